"""Agreement of a round: a panel for every variable, from independent first submissions."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext

from codebook.document import VariableSpec
from codebook.levels import Kind, Level
from codebook.values import Value
from mediacoding.coding.models import Round
from mediacoding.coding.queries.ratings import (
    RoundRatings,
    VariableRatings,
    ratings_fingerprint,
    round_ratings,
)
from mediacoding.reliability.models import AgreementReport
from mediacoding.stats import bootstrap
from mediacoding.stats.panel import Panel, option_panels, panel, set_panel
from mediacoding.stats.patterns import Patterns, from_long

if TYPE_CHECKING:
    import numpy.typing as npt

    Integers = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """Agreement on one variable, or on one option of a multiple choice, as a page shows it."""

    name: str
    option: int | None
    level: str
    n_units: int
    n_pairable: int
    n_coders: int
    n_ratings: int
    modal_share: float | None
    percent: float | None
    alpha: float | None
    low: float | None
    high: float | None
    method: str
    reason: str | None
    below_minimum: float | None
    ac1: float | None
    brennan_prediger: float | None
    with_filter: float | None
    minimum: float | None
    target: float | None
    verdict: str
    warnings: list[str]


def known_report(round: Round) -> list[dict[str, Any]] | None:
    """The stored agreement of a round, if its submissions have not changed since."""
    report = AgreementReport.objects.filter(round=round).first()
    if report is None or report.fingerprint != ratings_fingerprint(round):
        return None
    return report.result


def agreement_rows(
    ratings: RoundRatings, *, replicates: int = bootstrap.REPLICATES
) -> list[dict[str, Any]]:
    """The agreement on every variable that is to be checked, in codebook order."""
    rows = []
    seed = ratings.round.seed
    for table in ratings.variables:
        if table.spec.reliability.check and table.spec.kind is not Kind.TEXT:
            rows += [
                asdict(row)
                for row in _rows(table, len(ratings.coders), replicates, seed)
            ]
    return rows


def fresh_rows(round: Round) -> list[dict[str, Any]]:
    """The agreement of a round, computed from its submissions as they are now."""
    return agreement_rows(round_ratings(round))


def _rows(table: VariableRatings, coders: int, replicates: int, seed: int):
    spec = table.spec
    minimum = spec.reliability.minimum
    options: dict[str, Any] = {
        "coders": coders,
        "minimum": minimum,
        "replicates": replicates,
        "seed": seed,
    }
    if spec.kind is Kind.MULTI:
        unit, coder, token, values = _kept(table, lambda v: v.is_value)
        sets = [frozenset(value.codes) for value in values]
        whole = set_panel(unit, coder, token, sets, **options)
        yield _row(spec, None, "sets", whole)
        codes = [category.code for category in spec.offered]
        for code, found in option_panels(
            unit, coder, token, sets, codes, **options
        ).items():
            yield _row(spec, code, "nominal", found)
        return
    level = spec.reliability.metric or spec.level
    found = panel(
        _patterns(table, level, coders),
        level=level,
        categories=_n_categories(spec, level),
        minimum=minimum,
        with_filter=_with_filter(table, coders) if spec.ask_if else None,
        replicates=replicates,
        seed=seed,
    )
    yield _row(spec, None, level, found)


def _kept(
    table: VariableRatings, keep
) -> tuple[Integers, Integers, Integers, list[Value]]:
    """The ratings whose value is kept, their tokens counted anew."""
    kept = np.array([keep(value) for value in table.values], dtype=bool)
    if not len(kept):
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing, nothing, []
    renumbered = np.cumsum(kept) - 1
    chosen = kept[table.token]
    values = [
        value for value, is_kept in zip(table.values, kept, strict=True) if is_kept
    ]
    return (
        table.article[chosen],
        table.coder[chosen],
        renumbered[table.token[chosen]],
        values,
    )


def _patterns(table: VariableRatings, level: str, coders: int) -> Patterns:
    """First reading of a filter: only units where a coder came to the question count.

    A missing code is a category of its own for nominal variables; for the others it has
    no place on the scale and is left out.
    """
    if level == Level.NOMINAL:
        unit, coder, token, values = _kept(
            table, lambda v: v.state in ("value", "missing")
        )
        labels = np.array([f"{v.state}:{v.value}" for v in values], dtype=object)
        return from_long(unit, coder, token, labels, coders=coders)
    unit, coder, token, values = _kept(table, lambda v: v.is_value)
    numbers = np.array([_number(table.spec, value) for value in values], dtype=float)
    order = np.argsort(numbers)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return from_long(unit, coder, place[token], numbers[order], coders=coders)


def _number(spec: VariableSpec, value: Value) -> float:
    if spec.kind is Kind.DATE:
        return float(np.datetime64(value.value).astype("datetime64[D]").astype(int))
    return float(value.value)


def _with_filter(table: VariableRatings, coders: int) -> Patterns | None:
    """Second reading: “not applicable” is a category, so a filter can be disagreed on."""
    if all(value.state != "not_applicable" for value in table.values):
        return None
    unit, coder, token, values = _kept(table, lambda v: True)
    labels = np.array([f"{v.state}:{v.value}" for v in values], dtype=object)
    return from_long(unit, coder, token, labels, coders=coders)


def _n_categories(spec: VariableSpec, level: str) -> int | None:
    """How many categories the codebook defines; None for measurements."""
    if not spec.kind.has_categories:
        return None
    missing = len(spec.offered_missing) if level == Level.NOMINAL else 0
    return len(spec.offered) + missing


def _row(
    spec: VariableSpec, option: int | None, level: str, found: Panel
) -> AgreementRow:
    low, high = found.alpha.interval or (None, None)
    minimum = spec.reliability.minimum
    return AgreementRow(
        name=spec.name,
        option=option,
        level=str(level),
        n_units=found.n_units,
        n_pairable=found.n_pairable,
        n_coders=found.n_coders,
        n_ratings=found.n_ratings,
        modal_share=found.modal_share,
        percent=found.percent.value,
        alpha=found.alpha.value,
        low=low,
        high=high,
        method=found.alpha.method,
        reason=found.alpha.reason,
        below_minimum=found.alpha.below.get(minimum) if minimum is not None else None,
        ac1=found.ac1.value,
        brennan_prediger=found.brennan_prediger.value,
        with_filter=found.with_filter.value if found.with_filter else None,
        minimum=minimum,
        target=spec.reliability.target,
        verdict=verdict(found.alpha.value, low, minimum),
        warnings=list(found.alpha.warnings),
    )


def verdict(alpha: float | None, low: float | None, minimum: float | None) -> str:
    """How an alpha stands to its minimum: meets, between (the interval holds it), below."""
    if alpha is None:
        return "undefined"
    if minimum is None:
        return "none"
    if alpha < minimum:
        return "below"
    return "meets" if low is None or low >= minimum else "between"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """An article on which coders differ: its id and every coder's value in words."""

    article: int
    values: dict[int, str]


def disagreements(
    round: Round, name: str, language: str
) -> tuple[list[Disagreement], int]:
    """The articles on which coders of a round differ in one variable, and how many agree."""
    ratings = round_ratings(round)
    table = next(t for t in ratings.variables if t.variable.name == name)
    by_article: dict[int, dict[int, int]] = {}
    for article, coder, token in zip(
        table.article, table.coder, table.token, strict=True
    ):
        by_article.setdefault(int(article), {})[int(coder)] = int(token)
    words = [
        gettext("not asked")
        if v.state == "not_applicable"
        else table.spec.say(v.state, v.value, language)
        for v in table.values
    ]
    differing = [
        Disagreement(
            ratings.articles[article],
            {ratings.coders[coder]: words[token] for coder, token in tokens.items()},
        )
        for article, tokens in by_article.items()
        if len(set(tokens.values())) > 1
    ]
    pairable = sum(len(tokens) > 1 for tokens in by_article.values())
    return differing, pairable - len(differing)
