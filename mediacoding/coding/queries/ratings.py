"""Independent answers as reliability data: the only source that agreement reads.

First submissions, the round's codebook version, the article as the unit. What was reopened,
handed back or adjudicated is not in these tables by construction of the query. In a round
that was carried forward, an answer that was carried counts before its coding is recoded,
unless a recode change separates its variable (pooling.py).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Count, Max

from codebook.changes.carrying import comparable
from codebook.changes.compare import compare
from codebook.document import VariableSpec
from codebook.models import Variable
from codebook.queries import document_of, variables_of
from codebook.values import Value
from mediacoding.coding.models import CarryForward, Round, Submission, Unit

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
    n_to_recode: int = 0  # codings whose carried answers count, the others not yet


FROM_ANSWERS = """
    FROM coding_answer a
    JOIN coding_unit u ON u.id = a.unit_id
    JOIN coding_submission s ON s.id = u.submission_id
    JOIN coding_coding c ON c.id = s.coding_id
    JOIN coding_assignment g ON g.id = c.assignment_id
"""
FROM_UNITS = """
    FROM coding_unit u
    JOIN coding_submission s ON s.id = u.submission_id
    JOIN coding_coding c ON c.id = s.coding_id
    JOIN coding_assignment g ON g.id = c.assignment_id
"""
OF_ROUND = """
    WHERE g.round_id = %s AND c.version_id = %s AND u.kind = %s
      AND s.number = 1 AND u.removed_at IS NULL AND g.state <> 'handed_back'
"""
SUBMITTED = f"{OF_ROUND} AND s.submitted_at IS NOT NULL"
#: Carried codings that are still to be recoded, of codings that were submitted. A query of
#: its own: as a second condition of the first it would make a planner lose its way.
TO_RECODE = f"""
    JOIN coding_submission os ON os.coding_id = c.carried_from_id AND os.number = 1
    {OF_ROUND} AND s.submitted_at IS NULL AND os.submitted_at IS NOT NULL
"""
UNITS = "SELECT u.id, g.article_id, g.coder_id"
ANSWERS = "SELECT a.variable_id, a.unit_id, a.state, a.value"


def round_ratings(round: Round) -> RoundRatings:
    """Every variable's independent answers of a round, as arrays.

    Two queries, whatever the size (five in a round that was carried); 720,000 answers are read in one pass of the driver's
    own cursor, because model instances would cost ten times as much.
    """
    import numpy as np

    arguments: tuple[int, int, str] = (round.pk, round.version_id, Unit.ARTICLE)
    pooled = pooled_rows(round)
    with connection.cursor() as cursor:
        cursor.execute(f"{UNITS} {FROM_UNITS} {SUBMITTED}", arguments)
        units = cursor.fetchall()
        cursor.execute(
            f"{ANSWERS} {FROM_ANSWERS} {SUBMITTED} AND a.state <> 'open'", arguments
        )
        rows = cursor.fetchall()
        pending = []
        if pooled:
            cursor.execute(f"{UNITS} {FROM_UNITS} {TO_RECODE}", arguments)
            pending = cursor.fetchall()
            cursor.execute(
                f"{ANSWERS} {FROM_ANSWERS} {TO_RECODE} AND a.state <> 'open' "
                "AND a.carried_from_id IS NOT NULL AND a.revision = 1",
                arguments,
            )
            rows += [row for row in cursor.fetchall() if row[0] in pooled]
    units += pending
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
        n_to_recode=len(pending),
    )


def pooled_rows(round: Round) -> frozenset[int]:
    """The variables of a round's version that no recode change separates from the version
    that the round was carried from: their carried answers count before recoding."""
    carrying = (
        CarryForward.objects.filter(
            round=round, to_version=round.version_id, undone_at=None
        )
        .select_related("from_version")
        .first()
    )
    if carrying is None:
        return frozenset()
    changes = compare(document_of(carrying.from_version), document_of(round.version))
    rows = variables_of(round.version)
    return frozenset(rows[new].pk for new in comparable(changes).values())


def ratings_fingerprint(round: Round) -> str:
    """A digest that changes whenever the round's first submissions change: one query.

    First submissions are frozen in the database, so their number and the newest tell all.
    """
    facts = Submission.objects.filter(
        coding__assignment__round=round,
        coding__version=round.version_id,
        number=1,
        submitted_at__isnull=False,
    ).aggregate(n=Count("pk"), newest=Max("submitted_at"), last=Max("pk"))
    text = f"{round.version.digest} {facts['n']} {facts['newest']} {facts['last']}"
    return hashlib.sha256(text.encode()).hexdigest()
