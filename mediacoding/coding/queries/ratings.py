"""Independent answers as reliability data: the only source that agreement reads.

First submissions, one codebook version, the article as the unit. What was reopened,
handed back or adjudicated is not in these tables by construction of the query.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Count, Max

from codebook.document import VariableSpec
from codebook.models import Variable
from codebook.queries import document_of
from codebook.values import Value
from mediacoding.coding.models import Round, Submission, Unit

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class VariableRatings:
    """The ratings of one variable in long form: one entry an answer.

    `article` and `coder` (int32, shape (answers,)) are positions in the round's `articles`
    and `coders`; `token` (int32, shape (answers,)) is a position in `values`, the distinct
    values that occur.
    """

    variable: Variable
    spec: VariableSpec
    article: npt.NDArray[np.int32]
    coder: npt.NDArray[np.int32]
    token: npt.NDArray[np.int32]
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class RoundRatings:
    """All first submissions of a round: its articles and coders, and a table a variable."""

    round: Round
    articles: tuple[int, ...]
    coders: tuple[int, ...]
    variables: tuple[VariableRatings, ...]


FIRST_SUBMISSIONS = """
    SELECT u.id, g.article_id, g.coder_id
    FROM coding_unit u
    JOIN coding_submission s ON s.id = u.submission_id
    JOIN coding_coding c ON c.id = s.coding_id
    JOIN coding_assignment g ON g.id = c.assignment_id
    WHERE g.round_id = %s AND c.version_id = %s AND u.kind = %s
      AND s.number = 1 AND s.submitted_at IS NOT NULL AND u.removed_at IS NULL
      AND g.state <> 'handed_back'
"""
ANSWERS = """
    SELECT a.variable_id, a.unit_id, a.state, a.value
    FROM coding_answer a
    JOIN coding_unit u ON u.id = a.unit_id
    JOIN coding_submission s ON s.id = u.submission_id
    JOIN coding_coding c ON c.id = s.coding_id
    JOIN coding_assignment g ON g.id = c.assignment_id
    WHERE g.round_id = %s AND c.version_id = %s AND u.kind = %s
      AND s.number = 1 AND s.submitted_at IS NOT NULL AND u.removed_at IS NULL
      AND g.state <> 'handed_back' AND a.state <> 'open'
"""


def round_ratings(round: Round) -> RoundRatings:
    """Every variable's independent answers of a round, as arrays.

    Two queries, whatever the size; 720,000 answers are read in one pass of the driver's
    own cursor, because model instances would cost ten times as much.
    """
    import numpy as np

    arguments: tuple[int, int, str] = (round.pk, round.version_id, Unit.ARTICLE)
    with connection.cursor() as cursor:
        cursor.execute(FIRST_SUBMISSIONS, arguments)
        units = cursor.fetchall()
        cursor.execute(ANSWERS, arguments)
        rows = cursor.fetchall()
    articles = tuple(sorted({article for _unit, article, _coder in units}))
    coders = tuple(sorted({coder for _unit, _article, coder in units}))
    article_at = {article: n for n, article in enumerate(articles)}
    coder_at = {coder: n for n, coder in enumerate(coders)}
    place = {unit: (article_at[a], coder_at[c]) for unit, a, c in units}

    variables = list(round.version.variables.all())
    specs = document_of(round.version)
    columns: dict[int, tuple[list[int], list[int], list[int], dict]] = {
        variable.pk: ([], [], [], {}) for variable in variables
    }
    for variable_id, unit_id, state, value in rows:
        article_list, coder_list, token_list, known = columns[variable_id]
        article, coder = place[unit_id]
        article_list.append(article)
        coder_list.append(coder)
        token_list.append(known.setdefault((state, value), len(known)))
    return RoundRatings(
        round=round,
        articles=articles,
        coders=coders,
        variables=tuple(
            VariableRatings(
                variable=variable,
                spec=specs.variable(variable.name),
                article=np.array(columns[variable.pk][0], dtype=np.int32),
                coder=np.array(columns[variable.pk][1], dtype=np.int32),
                token=np.array(columns[variable.pk][2], dtype=np.int32),
                values=tuple(Value(*pair) for pair in columns[variable.pk][3]),
            )
            for variable in variables
        ),
    )


def ratings_fingerprint(round: Round) -> str:
    """A digest that changes whenever the round's first submissions change: one query.

    First submissions are frozen in the database, so their number and the newest tell all.
    """
    facts = Submission.objects.filter(
        coding__assignment__round=round, number=1, submitted_at__isnull=False
    ).aggregate(n=Count("pk"), newest=Max("submitted_at"), last=Max("pk"))
    text = f"{round.version.digest} {facts['n']} {facts['newest']} {facts['last']}"
    return hashlib.sha256(text.encode()).hexdigest()
