"""Agreement of a round: a panel for every variable, from independent first submissions."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import Any

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
from mediacoding.stats.panel import Panel, choice_panel, variable_panel
from mediacoding.stats.patterns import Patterns, from_long

#: How agreement is computed; another name makes all reports anew.
METHOD = "smoothed bootstrap 1"


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
    if report is None or report.fingerprint != report_key(round):
        return None
    return report.result


def report_key(round: Round) -> str:
    """A digest of all that a report is made of: the submissions, and how it is computed."""
    text = f"{METHOD} {ratings_fingerprint(round)}"
    return hashlib.sha256(text.encode()).hexdigest()


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
    level = spec.reliability.metric or spec.level
    answers = _answers(table, level, coders)
    how: dict[str, Any] = {
        "not_applicable": _places(table, "not_applicable"),
        "missing": _places(table, "missing"),
        "minimum": spec.reliability.minimum,
        "replicates": replicates,
        "seed": seed,
    }
    if spec.kind is Kind.MULTI:
        codes = [category.code for category in spec.offered]
        choice = choice_panel(answers, options=codes, **how)
        yield _row(spec, None, "sets", choice.whole)
        for code in codes:
            yield _row(spec, code, "nominal", choice.options[code])
        return
    categories = _n_categories(spec, level)
    found = variable_panel(answers, level=level, categories=categories, **how)
    yield _row(spec, None, level, found)


def _answers(table: VariableRatings, level: str, coders: int) -> Patterns:
    """All answers of a variable, also “not applicable” and missing codes."""
    values = [_read(table.spec, level, value) for value in table.values]
    return from_long(table.article, table.coder, table.token, values, coders=coders)


def _places(table: VariableRatings, state: str) -> list[int]:
    """Where the values of a state stand among the distinct values of a variable."""
    return [place for place, value in enumerate(table.values) if value.state == state]


def _read(spec: VariableSpec, level: str, value: Value) -> object:
    """A value as the statistics take it: a set, a number, or a label."""
    if value.is_value and spec.kind is Kind.MULTI:
        return frozenset(value.codes)
    if value.is_value and level != Level.NOMINAL:
        return _number(spec, value)
    return f"{value.state}:{value.value}"


def _number(spec: VariableSpec, value: Value) -> float:
    if spec.kind is Kind.DATE:
        return float(np.datetime64(value.value).astype("datetime64[D]").astype(int))
    return float(value.value)


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
