"""The rows of every export, read in constant memory."""

from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from typing import Any

from codebook import reading
from codebook.document import Document, VariableSpec
from codebook.levels import Kind
from codebook.models import CodebookVersion
from codebook.queries import document_of
from codebook.values import Value
from mediacoding.coding.models import Answer, Round, Submission
from mediacoding.coding.queries.final_values import final_values
from mediacoding.corpus.queries.articles import articles
from mediacoding.coverage.queries import calendar
from mediacoding.exports.request import ExportRequest

CHUNK = 200  # submissions whose answers are read at once

Row = Sequence[Any]


def article_rows(asked: ExportRequest) -> Iterator[Row]:
    """The corpus, an article a row, by date; without the texts unless they are asked for."""
    text = "texts__"
    fields = [
        "pk", "external_id", "outlet__name", "published_on", "page", "section", "area_cm2",
        "url", "language", f"{text}script", f"{text}overheadline", f"{text}headline",
        f"{text}subheadline", f"{text}byline", f"{text}sha256",
    ]  # fmt: skip
    if asked.with_text:
        fields.append(f"{text}body")
    rows = (
        articles(asked.study)
        .filter(texts__is_current=True)
        .order_by("published_on", "pk")
        .values_list(*fields)
    )
    yield from rows.iterator(2_000)


def submissions(asked: ExportRequest) -> Iterator[dict[str, Any]]:
    """The submitted codings that the person may see, with whose and of what they are."""
    rows = (
        Submission.objects.filter(
            submitted_at__isnull=False, coding__assignment__round__in=asked.rounds
        )
        .order_by("coding__assignment__round", "coding__assignment__article", "pk")
        .values(
            "pk",
            "number",
            "submitted_at",
            "remark",
            "coding__version",
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


def _head(row: dict[str, Any]) -> list[Any]:
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
        variable.pk: (
            variable.name,
            document_of(version).variable(variable.name),
            version.number,
        )
        for version in asked.versions
        for variable in version.variables.all()
    }
    waiting = submissions(asked)
    while chunk := list(islice(waiting, CHUNK)):
        heads = {row["pk"]: _head(row) for row in chunk}
        answers = (
            Answer.objects.filter(unit__submission__in=list(heads))
            .exclude(state=Answer.State.OPEN)
            .order_by("unit__submission", "unit", "variable")
            .values_list(
                "unit__submission", "unit__kind", "unit__position", "variable", "state",
                "value", "is_uncertain", "remark",
            )
        )  # fmt: skip
        for (
            submission,
            kind,
            position,
            variable,
            state,
            value,
            unsure,
            remark,
        ) in answers:
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
                value,
                words.get(key, value),
                int(unsure),
                remark,
            )


def wide_columns(document: Document) -> list[tuple[VariableSpec, int | None, str]]:
    """The columns of a wide file: a variable each, and one per option of a multiple choice."""
    columns: list[tuple[VariableSpec, int | None, str]] = []
    for spec in document.variables:
        columns.append((spec, None, spec.name))
        if spec.kind is Kind.MULTI:
            columns += [
                (spec, category.code, f"{spec.name}_{category.code}".replace("-", "m"))
                for category in spec.categories
            ]
    return columns


def wide_cells(
    columns: Sequence[tuple[VariableSpec, int | None, str]], values: dict[str, Value]
) -> list[str]:
    """The cells of one coding: codes as they are, missing codes too, "" where nothing is."""
    cells = []
    for spec, option, _name in columns:
        value = values.get(spec.name)
        if value is None:
            cells.append("")
        elif option is not None:
            is_value = value.state == "value"
            cells.append(str(int(option in value.codes)) if is_value else "")
        elif value.state == "not_applicable":
            cells.append(_not_applicable(spec))
        else:
            cells.append(value.value)
    return cells


def _not_applicable(spec: VariableSpec) -> str:
    """The codebook's own code for “not applicable”, where it has one."""
    return next((str(m.code) for m in spec.missing if not m.is_offered), "")


def wide_rows(asked: ExportRequest, version: CodebookVersion) -> Iterator[Row]:
    """Every submission of one codebook version, a row each."""
    columns = wide_columns(document_of(version))
    names = {variable.pk: variable.name for variable in version.variables.all()}
    waiting = (
        row for row in submissions(asked) if row["coding__version"] == version.pk
    )
    while chunk := list(islice(waiting, CHUNK)):
        answers = (
            Answer.objects.filter(
                unit__submission__in=[row["pk"] for row in chunk], unit__kind="article"
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
            cells = wide_cells(columns, by_submission.get(row["pk"], {}))
            yield (*_head(row), *cells, row["remark"])


def final_rows(asked: ExportRequest) -> Iterator[Row]:
    """Final values, an article and variable a row, with where each comes from."""
    if asked.scope is None:
        return
    names = {v.pk: v.name for v in asked.scope.version.variables.all()}
    document = document_of(asked.scope.version)
    facts: dict[int, Row] = {
        pk: (external_id, outlet, day)
        for pk, external_id, outlet, day in articles(asked.study)
        .filter(rounds__round__in=asked.scope.rounds)
        .values_list("pk", "external_id", "outlet__name", "published_on")
    }
    for final in final_values(asked.scope):
        name = names[final.variable]
        state, value = (
            (final.value.state, final.value.value) if final.value else ("undecided", "")
        )
        words = (
            document.variable(name).say(state, value, asked.language)
            if final.value
            else ""
        )
        yield (
            final.article,
            *facts[final.article],
            name,
            state,
            value,
            words,
            final.origin,
            final.n_coders,
            asked.scope.version.number,
        )


AGREEMENT_FIELDS = (
    "name", "option", "level", "n_units", "n_pairable", "n_coders", "n_ratings",
    "modal_share", "percent", "alpha", "low", "high", "method", "below_minimum", "ac1",
    "brennan_prediger", "with_filter", "minimum", "target", "verdict", "reason",
)  # fmt: skip


def agreement_rows(
    asked: ExportRequest, reports: dict[Round, list[dict]]
) -> Iterator[Row]:
    """The agreement of rounds, a variable or option a row; unrounded."""
    for round, rows in reports.items():
        for row in rows:
            yield (
                round.name,
                round.version.number,
                *(row[f] for f in AGREEMENT_FIELDS),
            )


def coverage_rows(asked: ExportRequest) -> Iterator[Row]:
    """Articles and known issues by outlet and month, gaps included."""
    for row in calendar(asked.study):
        for month in row.months:
            yield (row.outlet, f"{month.month:%Y-%m}", month.articles, month.issues)


def codebook_rows(asked: ExportRequest) -> Iterator[Row]:
    """The codebook, a category a row; variables without categories have one row."""
    for version in asked.versions:
        for spec in document_of(version).variables:
            head = (
                version.number, spec.stable_id, spec.name, spec.label.in_(asked.language),
                spec.question.in_(asked.language), str(spec.kind), str(spec.level),
                spec.ask_if,
            )  # fmt: skip
            entries: list[Any] = [
                (
                    c.code,
                    c.label.in_(asked.language),
                    str(c.kind),
                    c.definition.in_(asked.language),
                )
                for c in spec.categories
            ] + [
                (m.code, m.label.in_(asked.language), "missing", "")
                for m in spec.missing
            ]
            for entry in entries or [("", "", "", "")]:
                yield (*head, *entry)


def codebook_text(version: CodebookVersion) -> str:
    """The whole codebook document as YAML."""
    return reading.to_yaml(document_of(version))
