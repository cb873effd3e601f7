"""The one catalogue of exports: slug, title, documented columns, rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from codebook.queries import document_of
from mediacoding.exports import queries
from mediacoding.exports.request import ExportRequest
from mediacoding.reliability import operations as reliability

Rows = Iterator[Any]


@dataclass(frozen=True, slots=True)
class Export:
    """One entry of the catalogue. `columns` depends on the codebook for wide files."""

    slug: str
    title: Any
    purpose: Any
    columns: Callable[[ExportRequest], list[str]]
    rows: Callable[[ExportRequest], Rows]


HEAD = [
    "round", "article", "external_id", "outlet", "published_on", "coder", "submission",
    "submitted_at",
]  # fmt: skip
ARTICLES = [
    "article", "external_id", "outlet", "published_on", "page", "section", "area_cm2", "url",
    "language", "script", "overheadline", "headline", "subheadline", "byline", "sha256",
]  # fmt: skip
LONG = [
    *HEAD, "codebook_version", "unit", "unit_position", "variable", "state", "value",
    "label", "uncertain", "remark",
]  # fmt: skip
FINAL = [
    "article", "external_id", "outlet", "published_on", "variable", "state", "value",
    "label", "origin", "n_coders", "codebook_version",
]  # fmt: skip
AGREEMENT = [
    "round", "codebook_version", "variable", "option", "level", "units", "pairable_units",
    "coders", "ratings", "modal_share", "percent_agreement", "alpha", "interval_low",
    "interval_high", "interval_method", "p_below_minimum", "ac1", "brennan_prediger",
    "alpha_with_filter", "minimum", "target", "verdict", "undefined_because",
]  # fmt: skip
COVERAGE = ["outlet", "month", "articles", "issues_known"]
CODEBOOK = [
    "codebook_version", "id", "variable", "label", "question", "type", "level", "ask_if",
    "code", "category", "kind", "definition",
]  # fmt: skip


def _wide_columns(asked: ExportRequest) -> list[str]:
    version = asked.scope.version if asked.scope else None
    names = (
        [n for *_rest, n in queries.wide_columns(document_of(version))]
        if version
        else []
    )
    return [*HEAD, *names, "coding_remark"]


def _wide_rows(asked: ExportRequest) -> Rows:
    if asked.scope is not None:
        yield from queries.wide_rows(asked, asked.scope.version)


def _agreement_rows(asked: ExportRequest) -> Rows:
    reports = {r: reliability.report(round=r, at=timezone.now()) for r in asked.rounds}
    yield from queries.agreement_rows(asked, reports)


def _fixed(columns: list[str], asked: ExportRequest) -> list[str]:
    return columns


CATALOGUE: dict[str, Export] = {
    export.slug: export
    for export in (
        Export(
            "articles",
            _("Articles"),
            _("The corpus, an article a row; with the texts on request."),
            lambda asked: [*ARTICLES, *(["body"] if asked.with_text else [])],
            queries.article_rows,
        ),
        Export(
            "codings-long",
            _("Codings, long"),
            _("Every answer of every submission, a row each."),
            partial(_fixed, LONG),
            queries.long_rows,
        ),
        Export(
            "codings-wide",
            _("Codings, wide"),
            _("A submission a row, a variable a column, in codebook order."),
            _wide_columns,
            _wide_rows,
        ),
        Export(
            "final-values",
            _("Final values"),
            _("What every article counts as, with where the value comes from."),
            partial(_fixed, FINAL),
            queries.final_rows,
        ),
        Export(
            "agreement",
            _("Agreement"),
            _("Every variable's coefficients with intervals, unrounded."),
            partial(_fixed, AGREEMENT),
            _agreement_rows,
        ),
        Export(
            "coverage",
            _("Coverage"),
            _("Articles and known issues by outlet and month, gaps included."),
            partial(_fixed, COVERAGE),
            queries.coverage_rows,
        ),
        Export(
            "codebook",
            _("Codebook"),
            _("Variables and categories, a category a row."),
            partial(_fixed, CODEBOOK),
            queries.codebook_rows,
        ),
    )
}


def file_name(export: Export, asked: ExportRequest) -> str:
    """The name of the file: study, export, codebook version and the start of its digest."""
    parts = [asked.study.slug, export.slug]
    if asked.scope is not None and export.slug not in ("articles", "coverage"):
        version = asked.scope.version
        parts.append(f"codebook-{version.number}-{version.digest[:8]}")
    return "_".join(parts) + ".csv"
