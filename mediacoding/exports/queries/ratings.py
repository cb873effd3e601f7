"""Reliability data: units by coders, from independent first submissions only.

Blank where agreement reads nothing: not coded, not asked because of the filter, and at
other levels than the nominal a missing code, which has no place on the scale.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from codebook.document import VariableSpec
from codebook.levels import Kind, Level
from codebook.queries import document_of
from codebook.values import Value
from mediacoding.coding.models import Round
from mediacoding.coding.queries.ratings import (
    RoundRatings,
    VariableRatings,
    round_ratings,
)
from mediacoding.corpus.models import Article
from mediacoding.exports.columns import (
    ARTICLE,
    RATINGS,
    Column,
    Type,
    measure_of,
)
from mediacoding.exports.names import Names, identifier
from mediacoding.exports.request import (
    ExportRequest,
    NotExportable,
    chosen_articles,
)
from mediacoding.exports.writing import Figure
from mediacoding.studies.models import Membership

Row = tuple[Any, ...]
EPOCH = dt.date(1970, 1, 1)
#: An answer to a multiple choice as a whole of which nothing applies.
NONE_APPLIES = "none"
#: How ReCal OIR writes that a unit was not rated.
GAP = "#"


@dataclass(frozen=True, slots=True)
class Rated:
    """One variable, or one option of a multiple choice, as agreement reads it."""

    spec: VariableSpec
    option: int | None = None

    @property
    def name(self) -> str:
        """The variable, or NAME_CODE with m for a minus sign."""
        if self.option is None:
            return self.spec.name
        return f"{self.spec.name}_{self.option}".replace("-", "m")

    @property
    def level(self) -> str:
        if self.option is not None:
            return str(Level.NOMINAL)
        if self.spec.kind is Kind.MULTI:
            return "sets"
        return str(self.spec.reliability.metric or self.spec.level)

    def read(self, value: Value) -> str:
        """An answer as reliability data has it, "" where it has none."""
        if value.state == "not_applicable":
            return ""
        if self.option is not None:
            return str(int(self.option in value.codes)) if value.is_value else ""
        if not value.is_value:
            return value.value if self.level == Level.NOMINAL else ""
        if self.level == "sets":
            return value.value or NONE_APPLIES
        return Figure(value.value) if self.spec.kind is Kind.DECIMAL else value.value


def rated_of(spec: VariableSpec) -> Iterator[Rated]:
    """What of a variable is rated: itself, and every option of a multiple choice."""
    if spec.kind is not Kind.TEXT:
        yield Rated(spec)
    if spec.kind is Kind.MULTI:
        for category in spec.categories:
            yield Rated(spec, category.code)


def _rated(asked: ExportRequest, round: Round) -> Iterator[Rated]:
    """What of a round is asked for; a multiple choice brings its options along."""
    chosen = asked.filters.variables
    for spec in document_of(round.version).variables:
        if asked.filters.sensitive == "without" and spec.is_sensitive:
            continue
        for rated in rated_of(spec):
            if not chosen or {rated.name, spec.name} & set(chosen):
                yield rated


def rating_columns(asked: ExportRequest) -> list[Column]:
    """Round, variable and unit, then a column a coder."""
    return [*RATINGS, *_coder_columns(_coders(asked), [c.name for c in RATINGS])]


def rating_rows(asked: ExportRequest) -> Iterator[Row]:
    """Every unit with a rating, a row for each variable."""
    order = {pk: place for place, (pk, _name) in enumerate(_coders(asked))}
    for round in asked.rounds:
        ratings = round_ratings(round)
        ids = _ids(asked, round)
        tables = {table.spec.name: table for table in ratings.variables}
        for rated in _rated(asked, round):
            table = tables[rated.spec.name]
            for article, cells in _units(rated, table, ratings, order):
                if article in ids:
                    head = (round.name, rated.name, rated.level)
                    yield (*head, article, ids[article], *cells)


def _ids(asked: ExportRequest, round: Round) -> dict[int, str]:
    """The articles of a round that are asked for, with their ids."""
    found = chosen_articles(Article.objects.filter(rounds__round=round), asked.filters)
    return dict(found.values_list("pk", "external_id"))


def _units(
    rated: Rated, table: VariableRatings, ratings: RoundRatings, order: dict[int, int]
) -> Iterator[tuple[int, list[str]]]:
    """The units with at least one rating, by article: every coder's cell."""
    words = [rated.read(value) for value in table.values]
    places = [order.get(coder, -1) for coder in ratings.coders]
    found: dict[int, list[str]] = {}
    for article, coder, token in zip(
        table.article.tolist(), table.coder.tolist(), table.token.tolist(), strict=True
    ):
        if words[token] and places[coder] >= 0:
            cells = found.setdefault(article, [""] * len(order))
            cells[places[coder]] = words[token]
    for place in sorted(found):
        yield ratings.articles[place], found[place]


def _coders(asked: ExportRequest) -> list[tuple[int, str]]:
    """The coders who submitted in the rounds, by pseudonym; those that are asked for."""
    found = Membership.objects.filter(
        assignments__round__in=asked.rounds,
        assignments__codings__submissions__submitted_at__isnull=False,
    )
    if asked.filters.coders:
        found = found.filter(pseudonym__in=asked.filters.coders)
    rows = found.order_by("pseudonym").values_list("pk", "pseudonym")
    return list(rows.distinct())


def _coder_columns(
    coders: Sequence[tuple[int, str]], taken: Sequence[str], type: Type = Type.TEXT
) -> list[Column]:
    names = Names(*taken)
    return [
        Column(names.give(identifier(pseudonym)), type, pseudonym)
        for _pk, pseudonym in coders
    ]


def kalpha_columns(asked: ExportRequest) -> list[Column]:
    """The article, then a column a coder: what the KALPHA macro calls judges."""
    return [ARTICLE, *_numeric_columns(asked, [ARTICLE.name])]


def recal_columns(asked: ExportRequest) -> list[Column]:
    """A column a coder and nothing else."""
    return _numeric_columns(asked, [])


def _numeric_columns(asked: ExportRequest, taken: Sequence[str]) -> list[Column]:
    _round, rated = one_variable(asked)
    is_decimal = rated.spec.kind is Kind.DECIMAL
    type = Type.DECIMAL if is_decimal else Type.WHOLE
    measure = measure_of(Level(rated.level))
    columns = _coder_columns(_coders(asked), taken, type)
    return [replace(column, measure=measure) for column in columns]


def kalpha_rows(asked: ExportRequest) -> Iterator[Row]:
    """Every unit with a rating of the one variable that is asked for, as numbers."""
    round, rated = one_variable(asked)
    ratings = round_ratings(round)
    table = next(t for t in ratings.variables if t.spec.name == rated.spec.name)
    order = {pk: place for place, (pk, _name) in enumerate(_coders(asked))}
    ids = _ids(asked, round)
    for article, cells in _units(rated, table, ratings, order):
        if article in ids:
            yield (article, *(_as_number(rated.spec, cell) for cell in cells))


def recal_rows(asked: ExportRequest) -> Iterator[Row]:
    """The units as ReCal reads them: numbers only, without names.

    ReCal2 and ReCal3 (nominal) refuse gaps, so only units that every coder rated are
    there; ReCal OIR takes # for a gap.
    """
    _round, rated = one_variable(asked)
    for _article, *cells in kalpha_rows(asked):
        if "" not in cells:
            yield tuple(cells)
        elif rated.level != Level.NOMINAL:
            yield tuple(cell or GAP for cell in cells)


def _as_number(spec: VariableSpec, cell: str) -> str:
    """A cell as a number; dates as days since 1970."""
    if cell and spec.kind is Kind.DATE:
        return str((dt.date.fromisoformat(cell) - EPOCH).days)
    return cell


def one_variable(asked: ExportRequest) -> tuple[Round, Rated]:
    """The one round and the one variable of files that hold no more. Raises NotExportable."""
    if len(asked.rounds) != 1:
        raise NotExportable(_("This file holds one round. Choose which."))
    (round,) = asked.rounds
    chosen = asked.filters.variables
    found = [rated for rated in _rated(asked, round) if rated.name in chosen]
    if len(found) != 1 or found[0].level == "sets":
        raise NotExportable(
            _(
                "This file holds one variable, or one option of a multiple choice. "
                "Choose which."
            )
        )
    return round, found[0]
