"""Final values: what every article counts as, a value a row or an article a row."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from codebook.levels import Kind
from codebook.models import Variable
from codebook.queries import document_of, variables_of
from mediacoding.coding.queries.final_values import FinalValue, Scope, final_values
from mediacoding.corpus.models import SampledArticle
from mediacoding.exports.columns import (
    FINAL_WIDE_HEAD,
    FINAL_WIDE_TAIL,
    Column,
)
from mediacoding.exports.queries.variables import (
    Cell,
    cells_of,
    variable_columns,
)
from mediacoding.exports.request import ExportRequest
from mediacoding.exports.writing import Figure

Row = tuple[Any, ...]


def final_rows(asked: ExportRequest) -> Iterator[Row]:
    """Final values, an article and variable a row, with where each comes from."""
    scope = asked.scope
    if scope is None:
        return
    names = {row.pk: name for name, row in variables_of(scope.version).items()}
    document = document_of(scope.version)
    facts = _facts(asked, scope)
    for final in final_values(scope, _wanted(asked, scope)):
        if final.article not in facts:
            continue
        spec = document.variable(names[final.variable])
        state, value = (
            (final.value.state, final.value.value) if final.value else ("undecided", "")
        )
        words = spec.say(state, value, asked.language) if final.value else ""
        yield (
            *facts[final.article],
            spec.name,
            state,
            Figure(value) if spec.kind is Kind.DECIMAL else value,
            words,
            str(final.origin),
            final.n_coders,
            scope.version.number,
        )


def final_wide_columns(asked: ExportRequest) -> list[Column]:
    """Article, its sample, the variables in codebook order, how many are undecided."""
    columns = [cell.column for cell in _cells(asked)]
    return [*FINAL_WIDE_HEAD, *columns, *FINAL_WIDE_TAIL]


def final_wide_rows(asked: ExportRequest) -> Iterator[Row]:
    """Every coded article with its final values; blank where one is undecided."""
    scope = asked.scope
    if scope is None:
        return
    names = {row.pk: name for name, row in variables_of(scope.version).items()}
    cells = _cells(asked)
    facts = _facts(asked, scope)
    drawn = _drawn(scope)
    found = final_values(scope, _wanted(asked, scope))
    for article, group in groupby(found, key=lambda final: final.article):
        if article not in facts:
            continue
        finals: list[FinalValue] = list(group)
        values = {names[f.variable]: f.value for f in finals if f.value is not None}
        yield (
            *facts[article],
            *drawn.get(article, ("", None)),
            *cells_of(cells, values, asked.filters.missing),
            sum(final.value is None for final in finals),
        )


def _cells(asked: ExportRequest) -> list[Cell]:
    fixed = [column.name for column in (*FINAL_WIDE_HEAD, *FINAL_WIDE_TAIL)]
    return variable_columns(asked, fixed)


def _wanted(asked: ExportRequest, scope: Scope) -> list[Variable]:
    rows = variables_of(scope.version)
    return [row for name, row in rows.items() if asked.wants(scope.version, name)]


def _facts(asked: ExportRequest, scope: Scope) -> dict[int, Row]:
    """What is said of every article that is asked for: number, id, outlet, day."""
    rows = (
        asked.articles()
        .filter(rounds__round__in=scope.rounds)
        .values_list("pk", "external_id", "outlet__name", "published_on")
    )
    return {row[0]: row for row in rows.distinct()}


def _drawn(scope: Scope) -> dict[int, tuple[str, float]]:
    """Stratum and probability of each article in the sample of the first round with it."""
    rows = SampledArticle.objects.filter(sample__rounds__in=scope.rounds)
    found: dict[int, tuple[str, float]] = {}
    for article, stratum, probability in (
        rows.order_by("sample__rounds").values_list("article", "stratum", "probability")
    ):  # fmt: skip
        found.setdefault(article, (stratum, probability))
    return found
