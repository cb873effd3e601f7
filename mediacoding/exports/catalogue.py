"""The one catalogue of exports: slug, title, documented columns, rows, filters, formats."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import partial
from importlib.metadata import version
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mediacoding.exports import columns as known
from mediacoding.exports.columns import Column, said
from mediacoding.exports.queries import (
    articles,
    by_coder,
    codings,
    finals,
    passages,
    ratings,
    tables,
)
from mediacoding.exports.request import ExportRequest, Filters
from mediacoding.exports.table import Table, notes_on
from mediacoding.reliability import operations as reliability

Rows = Iterator[Sequence[Any]]
ARTICLE_FILTERS = ("outlet", "first", "last")
CODING_FILTERS = (
    "round", "version", "coder", *ARTICLE_FILTERS, "variable", "submissions", "sensitive",
)  # fmt: skip
FINAL_FILTERS = ("round", "version", *ARTICLE_FILTERS, "variable", "sensitive")
RATING_FILTERS = ("round", "variable", "coder", *ARTICLE_FILTERS, "sensitive")
EVERY_FORMAT = ("csv", "csv-excel", "xlsx", "sav", "dta", "parquet", "jsonl")


@dataclass(frozen=True, slots=True)
class Export:
    """One entry of the catalogue. `columns` depends on the codebook for wide files.

    `filters` names the fields of the filter form that it minds, `needs` those without
    which there is nothing to show; `permission` is what one must be allowed in the study.
    """

    slug: str
    title: Any
    purpose: Any
    columns: Callable[[ExportRequest], Sequence[Column]]
    rows: Callable[[ExportRequest], Rows]
    filters: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    formats: tuple[str, ...] = EVERY_FORMAT
    permission: str = "exports.export"


def _agreement_rows(asked: ExportRequest) -> Rows:
    reports = {r: reliability.report(round=r, at=timezone.now()) for r in asked.rounds}
    yield from tables.agreement_rows(asked, reports)


def _fixed(columns: Sequence[Column], asked: ExportRequest) -> Sequence[Column]:
    return columns


CATALOGUE: dict[str, Export] = {
    export.slug: export
    for export in (
        Export(
            "codings-long",
            gettext_lazy("Codings, long"),
            gettext_lazy("Every answer of every submission, a row each."),
            partial(_fixed, known.LONG),
            codings.long_rows,
            CODING_FILTERS,
        ),
        Export(
            "codings-wide",
            gettext_lazy("Codings, wide"),
            gettext_lazy("A submission a row, a variable a column, in codebook order."),
            codings.wide_columns,
            codings.wide_rows,
            (*CODING_FILTERS, "missing"),
        ),
        Export(
            "codings-by-coder",
            gettext_lazy("Codings, wide by coder"),
            gettext_lazy(
                "An article a row, with every coder's answers beside each other."
            ),
            by_coder.by_coder_columns,
            by_coder.by_coder_rows,
            (*CODING_FILTERS, "missing"),
        ),
        Export(
            "final-values",
            gettext_lazy("Final values, long"),
            gettext_lazy(
                "What every article counts as, with where the value comes from."
            ),
            partial(_fixed, known.FINAL),
            finals.final_rows,
            FINAL_FILTERS,
        ),
        Export(
            "final-wide",
            gettext_lazy("Final values, wide"),
            gettext_lazy(
                "An article a row, a variable a column, with its chance in the sample."
            ),
            finals.final_wide_columns,
            finals.final_wide_rows,
            (*FINAL_FILTERS, "missing"),
        ),
        Export(
            "reliability",
            gettext_lazy("Reliability data"),
            gettext_lazy(
                "Units by coders, from independent first submissions: what agreement reads."
            ),
            ratings.rating_columns,
            ratings.rating_rows,
            RATING_FILTERS,
        ),
        Export(
            "kalpha",
            gettext_lazy("Reliability data for KALPHA"),
            gettext_lazy(
                "One variable as numbers, a column a coder, with the macro's call."
            ),
            ratings.kalpha_columns,
            ratings.kalpha_rows,
            RATING_FILTERS,
            ("round", "variable"),
        ),
        Export(
            "recal",
            gettext_lazy("Reliability data for ReCal"),
            gettext_lazy("One variable as bare numbers, a column a coder."),
            ratings.recal_columns,
            ratings.recal_rows,
            RATING_FILTERS,
            ("round", "variable"),
            ("csv-bare",),
        ),
        Export(
            "passages",
            gettext_lazy("Passages"),
            gettext_lazy("The passages that support answers, with their places."),
            passages.passage_columns,
            passages.passage_rows,
            CODING_FILTERS,
        ),
        Export(
            "agreement",
            gettext_lazy("Agreement"),
            gettext_lazy("Every variable's coefficients with intervals, unrounded."),
            partial(_fixed, known.AGREEMENT),
            _agreement_rows,
            ("round", "variable", "sensitive"),
        ),
        Export(
            "coverage",
            gettext_lazy("Coverage of the corpus"),
            gettext_lazy(
                "Articles and known issues by outlet and month, gaps included."
            ),
            partial(_fixed, known.COVERAGE),
            tables.coverage_rows,
            (*ARTICLE_FILTERS, "smallest"),
        ),
        Export(
            "coverage-values",
            gettext_lazy("Coverage of the values"),
            gettext_lazy(
                "Counts and shares of every category, by outlet, by month and in all."
            ),
            partial(_fixed, known.COVERAGE_VALUES),
            tables.coverage_value_rows,
            (*FINAL_FILTERS, "smallest"),
        ),
        Export(
            "codebook",
            gettext_lazy("Codebook"),
            gettext_lazy("Variables and categories, a category a row."),
            partial(_fixed, known.CODEBOOK),
            tables.codebook_rows,
            ("round", "version", "variable", "sensitive"),
        ),
        Export(
            "articles",
            gettext_lazy("Articles"),
            gettext_lazy("The corpus, an article a row; with the texts on request."),
            articles.article_columns,
            articles.article_rows,
            (*ARTICLE_FILTERS, "text"),
        ),
        Export(
            "journal",
            gettext_lazy("Journal"),
            gettext_lazy("Every act in the study: who, when, what, why."),
            partial(_fixed, known.JOURNAL),
            tables.journal_rows,
            ("first", "last"),
            permission="studies.view_people",
        ),
    )
}
#: The fixed columns of every export, for its documentation; those of variables come beside.
FIXED: dict[str, tuple[Column, ...]] = {
    "codings-long": known.LONG,
    "codings-wide": (*known.HEAD, *known.WIDE_TAIL),
    "codings-by-coder": (known.ROUND, *known.WHICH),
    "final-values": known.FINAL,
    "final-wide": (*known.FINAL_WIDE_HEAD, *known.FINAL_WIDE_TAIL),
    "reliability": known.RATINGS,
    "kalpha": (known.ARTICLE,),
    "recal": (),
    "passages": (*known.PASSAGES, *known.PASSAGE_WORDS),
    "agreement": known.AGREEMENT,
    "coverage": known.COVERAGE,
    "coverage-values": known.COVERAGE_VALUES,
    "codebook": known.CODEBOOK,
    "articles": (*known.ARTICLES, known.QUOTE, known.BODY),
    "journal": known.JOURNAL,
}
#: Exports that do not read the codebook.
WITHOUT_CODEBOOK = frozenset({"articles", "coverage", "journal"})


def table_of(export: Export, asked: ExportRequest, *, at: dt.datetime) -> Table:
    """An export of what is asked for, ready to be written. Raises NotExportable."""
    table = Table(
        stem=stem_of(export, asked),
        title=f"{asked.study.name}: {export.title}",
        columns=said(export.columns(asked)),
        rows=export.rows(asked),
        facts=list(_facts(export, asked, at)),
    )
    if export.slug == "kalpha":
        table.level = ratings.one_variable(asked)[1].level
    for note in notes_on(table.columns):
        table.notes.add(note)
    if asked.filters.smallest > 1 and "smallest" in export.filters:
        table.notes.add(
            _(
                "Cells of fewer than %(many)s articles are left out. Figures from other "
                "files or filters may still tell them; compare before you publish."
            )
            % {"many": asked.filters.smallest}
        )
    return table


def stem_of(export: Export, asked: ExportRequest) -> str:
    """The name of the file: study, export, codebook version and the start of its digest."""
    parts = [asked.study.slug, export.slug]
    if "variable" in export.needs:
        parts += asked.filters.variables
    if asked.version is not None and export.slug not in WITHOUT_CODEBOOK:
        parts.append(f"codebook-{asked.version.number}-{asked.version.digest[:8]}")
    return "_".join(parts)


def _facts(
    export: Export, asked: ExportRequest, at: dt.datetime
) -> Iterator[tuple[str, str]]:
    yield _("Study"), f"{asked.study.name} ({asked.study.slug})"
    if asked.study.is_invented:
        yield _("Note"), _("Demonstration study: its data are invented.")
    yield _("Export"), f"{export.title} ({export.slug})"
    if asked.version is not None and export.slug not in WITHOUT_CODEBOOK:
        for one in asked.versions:
            yield _("Codebook"), f"{one} ({one.digest})"
    if "round" in export.filters:
        yield _("Rounds"), ", ".join(round.name for round in asked.rounds)
    if asked.hidden and "round" in export.filters:
        yield (
            _("Left out"),
            _("%(many)s rounds that are blind to the person who exports")
            % {"many": len(asked.hidden)},
        )
    if filters := _said(asked.filters):
        yield _("Filters"), filters
    yield _("Language"), asked.language
    yield _("Made"), at.isoformat(timespec="seconds")
    yield _("Made with"), f"mediacoding {version('mediacoding')}"


def _said(filters: Filters) -> str:
    """The filters that are not as they are without a choice."""
    found = []
    for one in fields(filters):
        value = getattr(filters, one.name)
        if value != one.default and one.name != "rounds":
            words = " ".join(map(str, value)) if isinstance(value, tuple) else value
            found.append(f"{one.name}: {words}")
    return "; ".join(found)
