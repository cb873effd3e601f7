"""Codings as rows: every answer, or a submission a row; read in constant memory."""

from collections.abc import Iterator
from itertools import groupby, islice
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from codebook.levels import Kind
from codebook.models import CodebookVersion
from codebook.queries import document_of, variables_of
from codebook.values import Value
from mediacoding.coding.models import Answer, Submission, Unit
from mediacoding.exports.columns import HEAD, WIDE_TAIL, Column
from mediacoding.exports.queries.variables import (
    Cell,
    cells_of,
    variable_columns,
)
from mediacoding.exports.request import ExportRequest, chosen_articles
from mediacoding.exports.writing import Figure

CHUNK = 200  # submissions whose answers are read at once

Row = tuple[Any, ...]


def submissions(
    asked: ExportRequest, which: str = "all", version: CodebookVersion | None = None
) -> Iterator[dict[str, Any]]:
    """The submitted codings that the person may see, with whose and of what they are.

    Of the version that each round has now, unless one is given; by round and article.
    """
    rows = (
        submitted(asked, which, version)
        .order_by("coding__assignment__round", "coding__assignment__article", "pk")
        .values(
            "pk",
            "number",
            "submitted_at",
            "remark",
            "coding__version",
            "coding__assignment__round",
            "coding__assignment__round__name",
            "coding__assignment__article",
            "coding__assignment__article__external_id",
            "coding__assignment__article__outlet__name",
            "coding__assignment__article__published_on",
            "coding__assignment__coder__pseudonym",
        )
    )
    for row in rows.iterator(2_000):
        yield dict(row)


def submitted(
    asked: ExportRequest, which: str = "all", version: CodebookVersion | None = None
) -> QuerySet[Submission]:
    """The submissions that are asked for: all, each coding's first, or its newest."""
    place = "coding__assignment__"
    found = Submission.objects.filter(
        submitted_at__isnull=False, **{f"{place}round__in": asked.rounds}
    )
    if version is not None:
        found = found.filter(coding__version=version)
    elif asked.filters.version:
        found = found.filter(coding__version__in=asked.versions)
    else:
        found = found.filter(coding__version=F(f"{place}round__version"))
    if asked.filters.coders:
        found = found.filter(**{f"{place}coder__pseudonym__in": asked.filters.coders})
    if which == "first":
        found = found.filter(number=1)
    if which == "newest":
        later = Submission.objects.filter(
            coding=OuterRef("coding"),
            number__gt=OuterRef("number"),
            submitted_at__isnull=False,
        )
        found = found.exclude(Exists(later))
    return chosen_articles(found, asked.filters, f"{place}article__")


def head_of(row: dict[str, Any]) -> list[Any]:
    """The cells of HEAD for a submission."""
    place = "coding__assignment__"
    return [
        row[f"{place}round__name"],
        row[f"{place}article"],
        row[f"{place}article__external_id"],
        row[f"{place}article__outlet__name"],
        row[f"{place}article__published_on"],
        row[f"{place}coder__pseudonym"],
        row["number"],
        row["submitted_at"].isoformat(timespec="seconds"),
    ]


def long_rows(asked: ExportRequest) -> Iterator[Row]:
    """Every answer of every submission, a row each."""
    words: dict[tuple[int, str, str], str] = {}
    specs = {
        row.pk: (name, document_of(version).variable(name), version.number)
        for version in asked.versions
        for name, row in variables_of(version).items()
        if asked.wants(version, name)
    }
    decimals = {pk for pk, (_n, spec, _v) in specs.items() if spec.kind is Kind.DECIMAL}
    waiting = submissions(asked, asked.filters.submissions or "all")
    chosen = bool(asked.filters.variables) or asked.filters.sensitive == "without"
    while chunk := list(islice(waiting, CHUNK)):
        heads = {row["pk"]: head_of(row) for row in chunk}
        answers = (
            Answer.objects.filter(unit__submission__in=list(heads))
            .exclude(state=Answer.State.OPEN)
            .order_by("unit__submission", "unit", "variable")
        )
        if chosen:
            answers = answers.filter(variable__in=list(specs))
        for (
            submission,
            kind,
            position,
            variable,
            state,
            value,
            unsure,
            remark,
        ) in answers.values_list(
            "unit__submission", "unit__kind", "unit__position", "variable", "state",
            "value", "is_uncertain", "remark",
        ):  # fmt: skip
            name, spec, number = specs[variable]
            key = (variable, state, value)
            if key not in words and spec.kind is not Kind.TEXT:
                words[key] = spec.say(state, value, asked.language)
            yield (
                *heads[submission],
                number,
                kind,
                position,
                name,
                state,
                Figure(value) if variable in decimals else value,
                words.get(key, value),
                int(unsure),
                remark,
            )


def wide_columns(asked: ExportRequest) -> list[Column]:
    """The columns of a wide file, in codebook order."""
    return [*HEAD, *(cell.column for cell in _variables(asked)), *WIDE_TAIL]


def _variables(asked: ExportRequest) -> list[Cell]:
    taken = [column.name for column in (*HEAD, *WIDE_TAIL)]
    return variable_columns(asked, taken)


def wide_rows(asked: ExportRequest) -> Iterator[Row]:
    """Every submission of one codebook version, a row each."""
    version = asked.version
    if version is None:
        return
    columns = _variables(asked)
    which = asked.filters.submissions or "all"
    for row, values in with_answers(asked, version, which):
        cells = cells_of(columns, values, asked.filters.missing)
        yield (*head_of(row), *cells, row["remark"])


def with_answers(
    asked: ExportRequest, version: CodebookVersion, which: str
) -> Iterator[tuple[dict[str, Any], dict[str, Value]]]:
    """Every submission of a version with the answers of its article unit, by name."""
    names = {row.pk: name for name, row in variables_of(version).items()}
    waiting = submissions(asked, which, version)
    while chunk := list(islice(waiting, CHUNK)):
        answers = (
            Answer.objects.filter(
                unit__submission__in=[row["pk"] for row in chunk],
                unit__kind=Unit.ARTICLE,
            )
            .exclude(state=Answer.State.OPEN)
            .order_by("unit__submission")
            .values_list("unit__submission", "variable", "state", "value")
        )
        by_submission = {
            submission: {names[v]: Value(state, value) for _s, v, state, value in group}
            for submission, group in groupby(answers, key=lambda row: row[0])
        }
        for row in chunk:
            yield row, by_submission.get(row["pk"], {})
