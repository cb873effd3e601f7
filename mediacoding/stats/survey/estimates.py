"""Shares, totals, means and ratios from a sample, linearised by its design.

A ratio R = sum w y / sum w x varies as the sum of w (y - R x) / sum w x does; a share is
the ratio with y = 1 where it is shown and x = 1, a mean the one with x = 1 (Taylor
linearisation: Woodruff 1971; Lohr 2019, ch. 9; Korn & Graubard 1999, ch. 2). A part of the
sample (`within`) is a domain: units outside count nothing, but their clusters and strata
stay.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from mediacoding.stats.patterns import Floats, Integers
from mediacoding.stats.survey import intervals
from mediacoding.stats.survey.design import (
    SurveyDesign,
    independent,
    spread,
    sums_by_cluster,
)
from mediacoding.stats.survey.result import (
    ALL_ALIKE,
    CENTRED,
    NO_DENOMINATOR,
    NO_UNITS,
    UNWEIGHTED_TOTAL,
    Base,
    Estimate,
    NoVariance,
)
from mediacoding.stats.survey.share import SharesRest, share_estimate

Within = npt.ArrayLike | None


@dataclass(frozen=True, slots=True)
class Distribution:
    """The values of one variable as shares of one base; `without` units have no value."""

    categories: tuple[Hashable, ...]
    shares: tuple[Estimate, ...]
    base: Base
    without: int

    def of(self, category: Hashable) -> Estimate:
        """The share of a category. Raises KeyError."""
        try:
            return self.shares[self.categories.index(category)]
        except ValueError:
            raise KeyError(category) from None


def shares(
    values: Sequence[Any] | npt.NDArray[Any],
    design: SurveyDesign,
    *,
    categories: Sequence[Hashable] | None = None,
    within: Within = None,
    confidence: float = 0.95,
    interval: str = "default",
) -> Distribution:
    """The share of every value among the units that have one, weighted, with intervals.

    Parameters
    ----------
    values : shape (rows,); None and NaN are no value, and not in the base.
    categories : the codebook's, in its order, also those that never occur; without them
        the values that occur, in order of appearance.
    within : bool, shape (rows,): the part of the sample that is meant.
    interval : "default" is Wilson's at the effective base p (1 - p) / variance, with
        Student's t, and Korn and Graubard's where fewer than five effective units show
        the value or fewer than five do not; "wilson", "korn_graubard" and "t" are always
        that. Of independent units of equal weight it is Wilson's own.

    Raises ValueError for a value that is no category, and where lengths differ.

    Sources: Lohr (2019, ch. 9); Korn & Graubard (1999, ch. 3).
    """
    codes, named = coded(values, design.rows, categories)
    return shares_of_codes(
        codes,
        named,
        design,
        rows_within(design, within),
        confidence=confidence,
        interval=interval,
    )


def shares_of_codes(
    codes: Integers,
    categories: tuple[Hashable, ...],
    design: SurveyDesign,
    inside: Integers,
    *,
    confidence: float = 0.95,
    interval: str = "default",
) -> Distribution:
    """`shares` of values that are numbered already: (rows,), -1 for no value.

    `inside` (some,) are the rows meant.
    """
    at = inside[(codes[inside] >= 0) & (design.weights[inside] > 0)]
    many, code = len(categories), codes[at]
    weight = design.weights[at] * design.times[at]
    counts = np.bincount(code, design.times[at], many)
    total = float(weight.sum())
    without = _units(design, inside[codes[inside] < 0])
    if not total:
        none = Estimate(None, reason=NO_UNITS, confidence=confidence)
        return Distribution(categories, (none,) * many, base_of(design, at), without)
    p = np.bincount(code, weight, many) / total
    p = np.where(counts == counts.sum(), 1.0, p)
    base, why, found = base_of(design, at), None, None
    try:
        if design.is_simple:
            found = independent(p, base.units)
        else:
            found = spread(design, *_scores(design, at, code, weight, p))
    except NoVariance as reason:
        why = str(reason)
    kish = total**2 / float(weight @ design.weights[at])
    rests = SharesRest(base, found, why, kish, design.is_simple)
    made = tuple(
        share_estimate(float(p[k]), round(counts[k]), rests, k, confidence, interval)
        for k in range(many)
    )
    return Distribution(categories, made, base, without)


def _scores(
    design: SurveyDesign, at: Integers, code: Integers, weight: Floats, p: Floats
) -> tuple[Integers, Floats]:
    """Clusters, and by cluster the sums of w (1[category] - p) / sum w, (clusters, many)."""
    many = len(p)
    if design.is_clustered:
        seen, place = np.unique(design.cluster[at], return_inverse=True)
    else:
        seen, place = design.cluster[at], np.arange(len(at))
    shown = np.bincount(place * many + code, weight, len(seen) * many)
    sums = np.bincount(place, weight, len(seen))
    scores = shown.reshape(len(seen), many) - sums[:, None] * p
    return seen, scores / weight.sum()


def mean(
    values: npt.ArrayLike,
    design: SurveyDesign,
    *,
    within: Within = None,
    confidence: float = 0.95,
) -> Estimate:
    """The weighted mean of numbers, such as the area of an article, with its t interval.

    `values` has shape (rows,), NaN for no value; units as the values'. `design_effect` is
    over the variance of as many units drawn simply. Errors as in `shares`.

    Source: Lohr (2019, ch. 9).
    """
    numbers = _numbers(values, design)
    at = rows_within(design, within, ~np.isnan(numbers))
    return ratio_at(numbers, np.ones(design.rows), design, at, confidence=confidence)


def ratio(
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    design: SurveyDesign,
    *,
    within: Within = None,
    scale: float = 1.0,
    confidence: float = 0.95,
) -> Estimate:
    """The sum of one over the sum of another, with the t interval of a ratio.

    Articles on a topic per issue: rows are issues, the denominator 1; per 100 articles: the
    denominator is each issue's number of articles, `scale` 100. Both have shape (rows,);
    rows where one is NaN are left out. Value, error and interval are multiplied by `scale`.

    Raises ValueError for negative denominators, and where lengths differ.

    Source: Lohr (2019, ch. 4 and 9).
    """
    above, below = _numbers(numerator, design), _numbers(denominator, design)
    if (below < 0).any():
        raise ValueError("A denominator is not negative.")
    at = rows_within(design, within, ~np.isnan(above + below))
    return ratio_at(above, below, design, at, scale=scale, confidence=confidence)


def ratio_at(
    above: Floats,
    below: Floats,
    design: SurveyDesign,
    at: Integers,
    *,
    scale: float = 1.0,
    confidence: float = 0.95,
) -> Estimate:
    """`ratio` of the rows `at`, which have both numbers."""
    base = base_of(design, at)
    weight = design.weights[at] * design.times[at]
    whole = float(weight @ below[at])
    if not whole:
        reason = NO_DENOMINATOR if base.units else NO_UNITS
        return Estimate(None, reason=reason, base=base, confidence=confidence)
    value = float(weight @ above[at]) / whole
    residuals = above[at] - value * below[at]
    scores = (weight * residuals)[:, None] / whole
    simple = None
    if (below[at] == 1).all() and base.units > 1:
        simple = float(weight @ residuals**2) / whole / (base.units - 1)
    return estimate_of_scores(
        value,
        scores,
        design,
        at,
        scale=scale,
        simple=simple,
        confidence=confidence,
    )


def total(
    values: npt.ArrayLike,
    design: SurveyDesign,
    *,
    within: Within = None,
    confidence: float = 0.95,
) -> Estimate:
    """The sum over the frame as the weights expand it, with its t interval from 0 upwards.

    `values` has shape (rows,), NaN for no value; of ones it is a number of units. Needs a
    design with weights: without them it is what was summed, and has no interval.
    Clusters without such a unit count as 0: tell the design how many were `drawn`.

    Raises ValueError where lengths differ. Source: Lohr (2019, ch. 5).
    """
    numbers = _numbers(values, design)
    at = rows_within(design, within, ~np.isnan(numbers))
    weight = design.weights[at] * design.times[at]
    parts = (weight * numbers[at])[:, None]
    value = float(parts.sum())
    if not len(at):
        return Estimate(None, reason=NO_UNITS, confidence=confidence)
    if not design.is_weighted:
        base = base_of(design, at)
        return Estimate(
            value,
            no_interval=UNWEIGHTED_TOTAL,
            count=base.units,
            base=base,
            confidence=confidence,
        )
    lowest = 0.0 if (numbers[at] >= 0).all() else None
    return estimate_of_scores(
        value, parts, design, at, lowest=lowest, confidence=confidence
    )


def estimate_of_scores(
    value: float,
    scores: Floats,
    design: SurveyDesign,
    at: Integers,
    *,
    scale: float = 1.0,
    simple: float | None = None,
    lowest: float | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """An estimate with the t interval of its linearised values `scores` (rows at, 1).

    `simple` is the variance that as many units drawn simply would give.
    """
    base, why, found, variance = base_of(design, at), None, None, 0.0
    try:
        found = spread(design, *sums_by_cluster(design, at, scores))
        variance = float(found.covariance[0, 0])
        if variance <= 0:
            why = ALL_ALIKE
    except NoVariance as reason:
        why = str(reason)
    if why is not None or found is None:
        return Estimate(
            value * scale,
            no_interval=why,
            count=base.units,
            base=base,
            confidence=confidence,
        )
    low, high = intervals.symmetric(
        value, sqrt(variance), degrees=float(found.degrees[0]), confidence=confidence
    )
    if lowest is not None:
        low = max(low, lowest)
    return Estimate(
        value=value * scale,
        interval=(low * scale, high * scale),
        se=sqrt(variance) * scale,
        count=base.units,
        base=base,
        degrees=float(found.degrees[0]),
        design_effect=variance / simple if simple else None,
        confidence=confidence,
        method="t",
        warnings=(CENTRED,) if found.has_lonely else (),
    )


def coded(
    values: Sequence[Any] | npt.NDArray[Any],
    rows: int,
    categories: Sequence[Hashable] | None,
) -> tuple[Integers, tuple[Hashable, ...]]:
    """Each row's number of its value (-1 for none), and the values in their order.

    Raises ValueError.
    """
    listed = values.tolist() if isinstance(values, np.ndarray) else list(values)
    if len(listed) != rows:
        raise ValueError(f"There are {rows} rows, but {len(listed)} values.")
    known = [v for v in dict.fromkeys(listed) if v is not None and v == v]
    names = dict.fromkeys(known if categories is None else categories)
    places: dict[Hashable, int] = {name: place for place, name in enumerate(names)}
    if strange := [value for value in known if value not in places]:
        raise ValueError(f"{strange[0]!r} is none of the categories.")
    codes = np.array([places.get(value, -1) for value in listed], dtype=np.int64)
    return codes, tuple(places)


def rows_within(
    design: SurveyDesign,
    within: Within = None,
    known: npt.NDArray[np.bool_] | None = None,
) -> Integers:
    """Rows of weight above 0 that are meant and `known`, as places."""
    inside = design.weights * design.times > 0
    if within is not None:
        mask = np.asarray(within)
        if mask.shape != (design.rows,) or mask.dtype != bool:
            raise ValueError(f"`within` is True or False for each of {design.rows}.")
        inside &= mask
    if known is not None:
        inside &= known
    return np.flatnonzero(inside)


def base_of(design: SurveyDesign, at: Integers) -> Base:
    """What an estimate of the rows `at` rests on."""
    clusters = np.unique(design.cluster[at]) if design.is_clustered else at
    return Base(
        units=_units(design, at),
        weight=float(design.weights[at] @ design.times[at]),
        clusters=len(clusters),
        strata=len(np.unique(design.stratum[clusters])),
    )


def _units(design: SurveyDesign, at: Integers) -> int:
    return round(float(design.times[at].sum()))


def _numbers(values: npt.ArrayLike, design: SurveyDesign) -> Floats:
    numbers = np.asarray(values, dtype=float)
    if numbers.shape != (design.rows,):
        raise ValueError(f"There are {design.rows} rows, but values {numbers.shape}.")
    if np.isinf(numbers).any():
        raise ValueError("Some values are infinite; check them.")
    return numbers
