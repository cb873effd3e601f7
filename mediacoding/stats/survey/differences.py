"""Differences of two shares or means, with intervals that know what the two have in common.

Sources: Newcombe (1998), Interval estimation for the difference between independent
proportions (method 10), and Improved confidence intervals for the difference between
binomial proportions based on paired data (method 10); Zou & Donner (2008), Construction of
confidence limits about effect measures: a general approach.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from mediacoding.stats.coverage import share
from mediacoding.stats.patterns import Floats, Integers
from mediacoding.stats.survey import intervals
from mediacoding.stats.survey.design import (
    Spread,
    SurveyDesign,
    spread,
    sums_by_cluster,
)
from mediacoding.stats.survey.estimates import base_of, ratio_at, rows_within, shares
from mediacoding.stats.survey.groups import per_row
from mediacoding.stats.survey.result import (
    ALL_ALIKE,
    CENTRED,
    NO_UNITS,
    Base,
    Estimate,
    NoVariance,
)

ONE_IS_MISSING = "One of the two has no unit with a value, so there is no difference."
SENTENCES = (ONE_IS_MISSING,)


@dataclass(frozen=True, slots=True)
class Difference:
    """The first minus the second, beside both.

    `difference` has the base of both together; its `count` is that base. `p` is of the
    two-sided t test that they are equal, None where there is no standard error.
    `correlation` is that of the two estimates, through what they have in common.
    """

    first: Estimate
    second: Estimate
    difference: Estimate
    correlation: float = 0.0
    p: float | None = None


def newcombe(
    first: int,
    first_base: int,
    second: int,
    second_base: int,
    *,
    confidence: float = 0.95,
) -> Difference:
    """The difference of two shares of independent units, from their counts and bases.

    Newcombe's method 10: with Wilson's limits l and u of each, d - sqrt((p1 - l1)^2 +
    (u2 - p2)^2) and d + sqrt((u1 - p1)^2 + (p2 - l2)^2). `p` is that of the two-sided
    score test, by pooled variance.

    Raises ValueError for a count that is not between 0 and its base.
    """
    one = _simple(first, first_base, confidence)
    other = _simple(second, second_base, confidence)
    if one.value is None or other.value is None:
        return _undefined(one, other, confidence)
    d = one.value - other.value
    units = first_base + second_base
    base = Base(units, float(units), units, 2)
    pooled = (first + second) / (first_base + second_base)
    null = pooled * (1 - pooled) * (1 / first_base + 1 / second_base)
    p = None
    if null > 0:
        p = intervals.two_sided(d / sqrt(null))
    variance = sum(
        e.value * (1 - e.value) / e.base.units
        for e in (one, other)
        if e.value is not None
    )
    difference = Estimate(
        d,
        _combined(one, other, 0.0),
        sqrt(variance),
        count=base.units,
        base=base,
        confidence=confidence,
        method="Newcombe",
    )
    return Difference(one, other, difference, p=p)


def difference_of_shares(
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    design: SurveyDesign,
    *,
    confidence: float = 0.95,
) -> Difference:
    """The difference of two shares of one sample, weighted and by its design.

    `first` and `second` have shape (rows,): True where a unit shows it, False where not,
    None where it is not in that share's base. So they hold one variable in two groups
    (each None in the other's), or two categories of one base.

    The interval is Newcombe's with the design's interval of each share and the design's
    correlation r of both: d - sqrt((p1 - l1)^2 + (u2 - p2)^2 - 2 r (p1 - l1)(u2 - p2)), and
    likewise upwards. Of two groups of a simple sample it is `newcombe`'s.
    """
    one, other = per_row(first), per_row(second)
    found = [_shown(column, design, confidence) for column in (one, other)]
    if found[0].value is None or found[1].value is None:
        return _undefined(found[0], found[1], confidence)
    return _difference(one, other, found[0], found[1], design, confidence, "Newcombe")


def difference_of_means(
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    design: SurveyDesign,
    *,
    confidence: float = 0.95,
) -> Difference:
    """The difference of two means of one sample, with its t interval by the design.

    `first` and `second` have shape (rows,), NaN where a unit is not in that mean's base:
    one variable in two groups, or two variables.
    """
    one, other = (np.asarray(c, dtype=float) for c in (first, second))
    found = []
    for column in (one, other):
        at = rows_within(design, None, ~np.isnan(column))
        found.append(
            ratio_at(column, np.ones(design.rows), design, at, confidence=confidence)
        )
    if found[0].value is None or found[1].value is None:
        return _undefined(found[0], found[1], confidence)
    return _difference(one, other, found[0], found[1], design, confidence, "t")


def _difference(
    first: Floats,
    second: Floats,
    one: Estimate,
    other: Estimate,
    design: SurveyDesign,
    confidence: float,
    method: str,
) -> Difference:
    assert one.value is not None
    assert other.value is not None
    d = one.value - other.value
    at = rows_within(design, None, ~(np.isnan(first) & np.isnan(second)))
    base = base_of(design, at)
    rests: dict[str, Any] = {
        "count": base.units,
        "base": base,
        "confidence": confidence,
    }
    scores = [
        _scores(first, one.value, design, at),
        _scores(second, other.value, design, at),
    ]
    scores.append(scores[0] - scores[1])
    try:
        found = spread(design, *sums_by_cluster(design, at, np.column_stack(scores)))
    except NoVariance as reason:
        return Difference(one, other, Estimate(d, no_interval=str(reason), **rests))
    if one.interval is None or other.interval is None:
        why = one.no_interval or other.no_interval
        if method != "t" or why != ALL_ALIKE:
            return Difference(one, other, Estimate(d, no_interval=why, **rests))
    variance, correlation = _of_difference(found)
    if variance <= 0 and method == "t":
        return Difference(one, other, Estimate(d, no_interval=ALL_ALIKE, **rests))
    se, degrees = sqrt(variance), float(found.degrees[2])
    limits = (
        _combined(one, other, correlation)
        if method == "Newcombe"
        else intervals.symmetric(d, se, degrees=degrees, confidence=confidence)
    )
    warnings = (
        *one.warnings,
        *other.warnings,
        *((CENTRED,) if found.has_lonely else ()),
    )
    difference = Estimate(
        d,
        limits,
        se,
        degrees=degrees,
        method=method,
        warnings=tuple(dict.fromkeys(warnings)),
        **rests,
    )
    p = intervals.two_sided(d / se, degrees) if se > 0 else None
    return Difference(one, other, difference, correlation, p)


def _scores(column: Floats, value: float, design: SurveyDesign, at: Integers) -> Floats:
    """Linearised values of one mean or share, 0 outside its base."""
    known = ~np.isnan(column[at])
    weight = np.where(known, design.weights[at] * design.times[at], 0.0)
    return weight * np.where(known, column[at] - value, 0.0) / weight.sum()


def _of_difference(found: Spread) -> tuple[float, float]:
    """The variance of a difference, and the correlation of the two."""
    one, other, difference = np.diag(found.covariance)
    variance, both = max(0.0, float(difference)), found.covariance[0, 1]
    size = sqrt(max(0.0, float(one * other)))
    correlation = float(both) / size if size > 0 else 0.0
    return variance, min(1.0, max(-1.0, correlation))


def _combined(
    one: Estimate, other: Estimate, correlation: float
) -> tuple[float, float]:
    """Limits of a difference from those of its two shares."""
    assert one.value is not None
    assert other.value is not None
    assert one.interval is not None
    assert other.interval is not None
    d = one.value - other.value
    down, up = one.value - one.interval[0], one.interval[1] - one.value
    below, above = other.value - other.interval[0], other.interval[1] - other.value
    low = sqrt(max(0.0, down**2 + above**2 - 2 * correlation * down * above))
    high = sqrt(max(0.0, up**2 + below**2 - 2 * correlation * up * below))
    return max(-1.0, d - low), min(1.0, d + high)


def _shown(column: Floats, design: SurveyDesign, confidence: float) -> Estimate:
    """The share of True among the rows of a base."""
    return shares(column, design, categories=[0.0, 1.0], confidence=confidence).of(1.0)


def _simple(count: int, base: int, confidence: float) -> Estimate:
    if not 0 <= count <= base:
        raise ValueError("A count is between 0 and its base.")
    found = share(count, base, confidence=confidence)
    if found.share is None or found.interval is None:
        return Estimate(None, reason=NO_UNITS, confidence=confidence)
    return Estimate(
        found.share,
        found.interval,
        sqrt(found.share * (1 - found.share) / base),
        count=count,
        base=Base(base, float(base), base, 1),
        effective=float(base),
        confidence=confidence,
        method="Wilson",
    )


def _undefined(one: Estimate, other: Estimate, confidence: float) -> Difference:
    none = Estimate(None, reason=ONE_IS_MISSING, confidence=confidence)
    return Difference(one, other, none)
