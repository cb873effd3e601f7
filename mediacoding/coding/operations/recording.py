"""Complete codings from elsewhere, written in bulk: the same rows that the desk would leave."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from django.db import connection, transaction

from codebook.models import CodebookVersion
from codebook.queries import document_of, variables_of
from codebook.values import Value
from mediacoding.coding import filters
from mediacoding.coding.models import (
    Answer,
    AnswerEvent,
    Assignment,
    Coding,
    Round,
    RoundArticle,
    RoundCoder,
    Submission,
    Unit,
)
from mediacoding.corpus.models import ArticleText
from mediacoding.studies.models import Membership, User

CHUNK = 500


class RecordedCoding(NamedTuple):
    """What one coder found in one article: the values by name of the variable."""

    article: int
    coder: Membership
    values: Mapping[str, Value]


@transaction.atomic
def record_codings(
    *, round: Round, codings: Iterable[RecordedCoding], by: User, at: dt.datetime
) -> int:
    """Write submitted codings into a round, and return how many.

    Where a filter is false and nothing was answered, the answer becomes not applicable, as
    on submission at the desk. What was answered in spite of a filter is kept as it is.
    """
    written = 0
    waiting = iter(codings)
    known = {place.article_id: place for place in round.articles.all()}
    joined = set(round.coders.values_list("coder", flat=True))
    positions: dict[int, int] = {}
    while chunk := list(islice(waiting, CHUNK)):
        _add_places(round, chunk, known)
        _add_coders(round, chunk, joined, at)
        _write(round, chunk, positions, by, at)
        written += len(chunk)
    tell_the_planner()
    return written


def tell_the_planner() -> None:
    """Have PostgreSQL look at the tables that were just filled.

    Until it does, it takes them for empty and joins them row by row: minutes instead of
    milliseconds for the ratings of 3,000 codings. SQLite plans by its indexes.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for model in (RoundArticle, Assignment, Coding, Submission, Unit, Answer):
            cursor.execute(f"ANALYZE {model._meta.db_table}")


def _add_places(
    round: Round, chunk: Sequence[RecordedCoding], known: dict[int, RoundArticle]
) -> None:
    new = sorted({coding.article for coding in chunk} - set(known))
    made = RoundArticle.objects.bulk_create(
        RoundArticle(
            round=round,
            article_id=article,
            rank=0.0,
            places=round.overlap,
            places_left=0,
        )
        for article in new
    )
    known.update({place.article_id: place for place in made})


def _add_coders(
    round: Round, chunk: Sequence[RecordedCoding], joined: set[int], at: dt.datetime
) -> None:
    new = {c.coder.pk: c.coder for c in chunk if c.coder.pk not in joined}
    RoundCoder.objects.bulk_create(
        RoundCoder(round=round, coder=coder, joined_at=at) for coder in new.values()
    )
    joined.update(new)


def _write(
    round: Round,
    chunk: Sequence[RecordedCoding],
    positions: dict[int, int],
    by: User,
    at: dt.datetime,
) -> None:
    texts = dict(
        ArticleText.objects.filter(
            article__in={coding.article for coding in chunk}, is_current=True
        ).values_list("article", "pk")
    )
    assignments = []
    for coding in chunk:
        position = positions.get(coding.coder.pk)
        if position is None:
            position = Assignment.objects.filter(
                round=round, coder=coding.coder
            ).count()
        positions[coding.coder.pk] = position + 1
        assignments.append(
            Assignment(
                round=round,
                article_id=coding.article,
                coder=coding.coder,
                state=Assignment.State.SUBMITTED,
                position=position + 1,
                taken_at=at,
                ended_at=at,
            )
        )
    Assignment.objects.bulk_create(assignments)
    codings = Coding.objects.bulk_create(
        Coding(
            assignment=assignment,
            version_id=round.version_id,
            text_id=texts[assignment.article_id],
            started_at=at,
        )
        for assignment in assignments
    )
    submissions = Submission.objects.bulk_create(
        Submission(coding=coding, opened_at=at) for coding in codings
    )
    units = Unit.objects.bulk_create(Unit(submission=s) for s in submissions)
    answers = []
    for unit, coding in zip(units, chunk, strict=True):
        answers += _answers(round.version, unit, coding.values, at)
    Answer.objects.bulk_create(answers)
    AnswerEvent.objects.bulk_create(
        AnswerEvent(
            pk=uuid.uuid4(),
            unit_id=answer.unit_id,
            variable_id=answer.variable_id,
            new=f"{answer.state}:{answer.value}",
            base_revision=0,
            at=at,
            by=by,
        )
        for answer in answers
    )
    Submission.objects.filter(pk__in=[s.pk for s in submissions]).update(
        submitted_at=at
    )


def _answers(
    version: CodebookVersion, unit: Unit, values: Mapping[str, Value], at: dt.datetime
) -> list[Answer]:
    rows = variables_of(version)
    asked = filters.openness(document_of(version), values)
    whole = {
        name: Value.not_applicable()
        for name, is_asked in asked.items()
        if is_asked is False
    } | dict(values)
    return [
        Answer(
            unit=unit,
            variable=rows[name],
            state=value.state,
            value=value.value,
            changed_at=at,
        )
        for name, value in whole.items()
    ]
