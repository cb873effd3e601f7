"""The passages that support answers, a passage a row."""

from collections.abc import Iterator
from typing import Any

from mediacoding.coding.models import Passage
from mediacoding.exports.columns import PASSAGE_WORDS, PASSAGES, Column
from mediacoding.exports.queries.codings import submitted
from mediacoding.exports.request import ExportRequest


def passage_columns(asked: ExportRequest) -> list[Column]:
    """Where every passage stands; its words only for those who may read the texts."""
    return [*PASSAGES, *(PASSAGE_WORDS if asked.may_read else ())]


def passage_rows(asked: ExportRequest) -> Iterator[tuple[Any, ...]]:
    """The passages of submitted codings, by round, article and place in the text."""
    which = asked.filters.submissions or "all"
    submission = "unit__submission__"
    assignment = f"{submission}coding__assignment__"
    found = Passage.objects.filter(
        removed_at=None,
        unit__removed_at=None,
        unit__submission__in=submitted(asked, which).order_by().values("pk"),
    )
    if asked.filters.variables:
        found = found.filter(variable__name__in=asked.filters.variables)
    if asked.filters.sensitive == "without":
        rows = [v.pk for version in asked.versions for v in version.variables.all()
                if asked.wants(version, v.name)]  # fmt: skip
        found = found.filter(variable__in=rows)
    words = [column.name for column in PASSAGE_WORDS] if asked.may_read else []
    rows_found = found.order_by(
        f"{assignment}round", f"{assignment}article", submission + "pk", "start", "pk"
    ).values_list(
        f"{assignment}round__name",
        f"{assignment}article",
        f"{assignment}article__external_id",
        f"{assignment}article__outlet__name",
        f"{assignment}article__published_on",
        f"{assignment}coder__pseudonym",
        f"{submission}number",
        f"{submission}submitted_at",
        f"{submission}coding__version__number",
        "unit__kind",
        "unit__position",
        "variable__name",
        "start",
        "end",
        f"{submission}coding__text__number",
        f"{submission}coding__text__sha256",
        *words,
    )
    for row in rows_found.iterator(2_000):
        head, at, rest = row[:7], row[7], row[8:]
        yield (*head, at.isoformat(timespec="seconds"), *rest)
