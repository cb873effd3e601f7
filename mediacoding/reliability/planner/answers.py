"""How many units a reliability round needs: the planner's answers, in the reader's language.

The figures are those of `mediacoding.stats.sampling` and `planning`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from codebook.document import VariableSpec
from codebook.levels import Kind, Level
from codebook.values import Value
from mediacoding.coding.models import Round
from mediacoding.coding.queries.ratings import round_ratings
from mediacoding.stats import agreement, planning, sampling
from mediacoding.stats.patterns import Patterns, from_long
from mediacoding.stats.result import NotComputable
from mediacoding.studies.reasons import said

#: Patterns above which fewer rounds are simulated, so that the page comes at once.
MANY_PATTERNS, ROUNDS, FEW_ROUNDS = 300, 1_000, 200
LEAST_PILOT = 20


@dataclass(frozen=True, slots=True)
class Basis:
    """What a plan rests on: a pilot's ratings, or coders who are assumed to agree so well."""

    patterns: Patterns | planning.ExpectedPatterns
    level: str
    n_units: int | None = None  # of a pilot
    alpha: float | None = None
    percent: float | None = None
    smallest_share: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A figure and what it rests on, or the reason why there is none."""

    title: str
    figure: str
    sentence: str
    is_refused: bool = False


def pilot_of(round: Round, name: str) -> Basis:
    """The ratings of one variable of a round, as a pilot.

    Answers that a filter left out count as not given, and missing codes are categories at
    the nominal level and left out at others, as on the agreement page.
    Raises NotComputable.
    """
    ratings = round_ratings(round)
    table = next(t for t in ratings.variables if t.spec.name == name)
    spec = table.spec
    level = str(spec.reliability.metric or spec.level)
    if spec.kind is Kind.MULTI:
        level = "sets"
    leaving = [
        place
        for place, value in enumerate(table.values)
        if value.state == "not_applicable"
        or (value.state == "missing" and level != Level.NOMINAL)
    ]
    values = [_read(spec, level, value) for value in table.values]
    patterns = from_long(
        table.article, table.coder, table.token, values, coders=len(ratings.coders)
    ).without(leaving)
    pairable = patterns.pairable()
    shares = (pairable.marginals / pairable.marginals.sum()).tolist()
    return Basis(
        patterns,
        level,
        n_units=pairable.n_units,
        alpha=agreement.krippendorff_alpha(patterns, level=level, interval=None).value,
        percent=agreement.percent_agreement(patterns).value,
        smallest_share=rarest(shares) if spec.kind is Kind.SINGLE else None,
    )


def rarest(shares: Sequence[float]) -> float | None:
    """The smallest share, as the formula takes it; None where nothing varies."""
    return min(*shares, 0.5) if len(shares) > 1 else None


def _read(spec: VariableSpec, level: str, value: Value) -> object:
    """A value as the statistics take it: a set, a number, or a label."""
    if value.is_value and spec.kind is Kind.MULTI:
        return frozenset(value.codes)
    if value.is_value and level != Level.NOMINAL:
        if spec.kind is Kind.DATE:
            return float(np.datetime64(value.value).astype("datetime64[D]").astype(int))
        return float(value.value)
    return f"{value.state}:{value.value}"


def answers(given: Mapping[str, Any], basis: Basis | None) -> Iterator[Answer]:
    """Everything that can be told from what was given; `given` are the form's values."""
    if basis is not None:
        yield _answer(_("For an interval of that width"), lambda: _width(given, basis))
        if given["units"]:
            yield _answer(_("What so many units show"), lambda: _power(given, basis))
    share = basis.smallest_share if basis else None
    if share is not None:
        yield _answer(
            _("Bloch and Kraemer, as Krippendorff tabulates them"),
            lambda: _tabulated(given, share),
        )
    percent = given["percent"] or (basis.percent if basis else None)
    if percent and given["population"]:
        yield _answer(
            _("Lacy and Riffe, for percent agreement"),
            lambda: _percent(given, percent),
        )


def _answer(title: str, compute: Callable[[], tuple[str, str]]) -> Answer:
    try:
        return Answer(title, *compute())
    except (NotComputable, ValueError) as refusal:
        return Answer(title, "", said(str(refusal)), is_refused=True)


def _width(given: Mapping[str, Any], basis: Basis) -> tuple[str, str]:
    found = planning.from_pilot(
        basis.patterns, level=basis.level, half_width=given["half_width"]
    )
    sentence = _(
        "units have a 95 percent interval of alpha of about %(width)s to each side, if as "
        "many coders agree as well and categories are as frequent."
    ) % {"width": f"{given['half_width']:g}"}
    if found.exact < found.needed - 1:
        sentence += " " + _(
            "Fewer might do for the width, but then a round may show no disagreement, and "
            "alpha has no interval."
        )
    if basis.n_units is not None and basis.n_units < LEAST_PILOT:
        sentence += " " + _("The pilot is small, so this is a rough guide.")
    return str(found.needed), sentence


def _power(given: Mapping[str, Any], basis: Basis) -> tuple[str, str]:
    patterns = basis.patterns
    many = len(
        patterns.chances
        if isinstance(patterns, planning.ExpectedPatterns)
        else patterns.codes
    )
    found = planning.power(
        patterns,
        level=basis.level,
        minimum=given["minimum"],
        units=given["units"],
        rounds=ROUNDS if many <= MANY_PATTERNS else FEW_ROUNDS,
    )
    low, high = found.interval
    return (
        f"{100 * found.power:.0f} %",
        _(
            "of rounds of %(units)s units show alpha to be above %(minimum)s: their lower "
            "one-sided 95 percent bound lies above it (%(rounds)s rounds simulated, %(low)s "
            "to %(high)s percent)."
        )
        % {
            "units": given["units"],
            "minimum": f"{given['minimum']:g}",
            "rounds": found.rounds,
            "low": f"{100 * low:.0f}",
            "high": f"{100 * high:.0f}",
        },
    )


def _tabulated(given: Mapping[str, Any], share: float) -> tuple[str, str]:
    found = sampling.bloch_kraemer(minimum=given["minimum"], smallest_share=share)
    return (
        str(found.units),
        _(
            "units coded by two coders (%(codings)s codings), if the rarest category that "
            "matters holds %(share)s percent: data whose alpha is %(minimum)s pass for better "
            "with a chance of .05, data midway between it and 1 with about one half. To be "
            "on the safe side take twice as many."
        )
        % {
            "codings": found.needed,
            "share": f"{100 * share:.1f}",
            "minimum": f"{given['minimum']:g}",
        },
    )


def _percent(given: Mapping[str, Any], percent: float) -> tuple[str, str]:
    lowest = given["lowest"] or max(percent - 0.05, 0)
    found = sampling.lacy_riffe(
        population=given["population"], agreement=percent, minimum=lowest
    )
    return (
        str(found.needed),
        _(
            "units drawn at random from %(population)s: if two coders agree on %(percent)s "
            "percent of them, agreement in the whole study is above %(lowest)s percent, with "
            "95 percent confidence (one-tailed). For percent agreement, which knows no "
            "chance, not for alpha."
        )
        % {
            "population": given["population"],
            "percent": f"{100 * percent:.0f}",
            "lowest": f"{100 * lowest:.0f}",
        },
    )
