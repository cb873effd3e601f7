"""Krippendorff's alpha of many weightings of the same patterns at once.

A weighting says how many units show each pattern: the sample as it is, or a bootstrap
sample of it. Every level sums up differences within units (observed) and between all
values (expected), and both are cheap functions of the weights.

Sources: Krippendorff (2011; 2019, ch. 12). docs/methods.md has the formulas.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mediacoding.stats.design import Statistic
from mediacoding.stats.distances import bipolar, ratio, ratio_expansion
from mediacoding.stats.features import Features, Sums, counts_of
from mediacoding.stats.patterns import Floats, Patterns
from mediacoding.stats.result import NotComputable

LEVELS = ("nominal", "ordinal", "interval", "ratio", "circular", "bipolar", "sets")
MOST_VALUES = 500  # whose ratio distances are kept as a matrix
MOST_IN_MATRIX = 3_000  # where there is no other way
MOST_RATIO = 200_000  # ratio values whose expansion still fits into memory
MOST_EXACT = 300_000_000  # operations of the exact ordinal jackknife


def alpha_statistic(
    patterns: Patterns,
    level: str,
    *,
    distances: npt.ArrayLike | None = None,
    steps: float | None = None,
    ends: tuple[float, float] | None = None,
) -> Statistic:
    """Return alpha at a level as a function of the weights of pairable patterns.

    `level` is nominal, ordinal, interval, ratio, circular (with the number of `steps` on
    the circle), bipolar (with the `ends` of the scale) or sets (with `distances`, shape
    (values, values), used as they are).

    Raises NotComputable where the values do not fit the level.
    """
    if level == "nominal":
        within = _within(patterns, lambda left, right: (left != right).astype(float))
        return Quadratic(patterns, within, counts_of(patterns), _all_others)
    if level == "sets":
        if distances is None:
            raise ValueError("Alpha of sets needs the distances between the sets.")
        return _by_matrix(patterns, np.asarray(distances, float))
    numbers = _numbers(patterns)
    if level == "ordinal":
        return _ordinal(patterns, numbers)
    if level == "interval":
        return _interval(patterns, numbers)
    if level == "ratio":
        return _ratio(patterns, numbers)
    if level == "circular":
        return _circular(patterns, numbers, steps)
    if level == "bipolar":
        return _bipolar(patterns, numbers, ends)
    raise ValueError(
        f"There is no alpha for the level “{level}”: it is one of {LEVELS}."
    )


def _numbers(patterns: Patterns) -> Floats:
    try:
        return patterns.values.astype(float)
    except (TypeError, ValueError) as error:
        raise NotComputable(
            "The values are labels, not numbers: only the nominal level fits them."
        ) from error


def _ordinal(patterns: Patterns, numbers: Floats) -> Statistic:
    order = np.argsort(numbers)
    rank = np.empty(len(order) + 1, dtype=np.int32)
    rank[order], rank[-1] = np.arange(len(order)), -1
    ranked = replace(patterns, codes=rank[patterns.codes], values=numbers[order])
    return Ordinal(ranked, counts_of(ranked))


def _interval(patterns: Patterns, numbers: Floats) -> Statistic:
    """From sums and sums of squares of each unit, however many values there are."""
    centred = numbers - np.median(numbers)
    centred /= np.abs(centred).max() or 1.0
    m = patterns.ratings
    linear, square = patterns.sums(centred), patterns.sums(centred**2)
    features = Sums(np.column_stack([m, linear, square]))
    form = np.array([[0.0, 0.0, 1.0], [0.0, -2.0, 0.0], [1.0, 0.0, 0.0]])
    within = 2 * (m * square - linear**2) / (m - 1)
    return Quadratic(patterns, within, features, lambda f: f @ form, _faint_interval)


def _circular(patterns: Patterns, numbers: Floats, steps: float | None) -> Statistic:
    """sin^2 of half the angle between two values, by sums of their sines and cosines."""
    if steps is None:
        raise ValueError("Circular alpha needs the number of steps of the circle.")
    angles = 2 * np.pi * numbers / steps
    m = patterns.ratings
    cosines, sines = patterns.sums(np.cos(angles)), patterns.sums(np.sin(angles))
    features = Sums(np.column_stack([m, cosines, sines]))
    form = np.diag([0.5, -0.5, -0.5])
    within = (m**2 - cosines**2 - sines**2) / 2 / (m - 1)
    return Quadratic(patterns, within, features, lambda f: f @ form, _faint)


def _ratio(patterns: Patterns, numbers: Floats) -> Statistic:
    if (numbers < 0).any():
        raise NotComputable(
            "Ratio alpha needs values of 0 or more, and some are negative. Use the "
            "interval level, or check the values."
        )
    if len(numbers) <= MOST_VALUES:
        return _by_matrix(patterns, ratio(numbers[:, None], numbers[None, :]))
    if len(numbers) > MOST_RATIO:
        raise NotComputable(
            "There are more than 200,000 distinct values, too many for the ratio level. "
            "Round the values, or use the interval level."
        )
    terms, form = ratio_expansion(numbers)
    within = _within(patterns, lambda left, right: ratio(numbers[left], numbers[right]))
    features = Sums(patterns.sums(terms))
    return Quadratic(patterns, within, features, lambda f: f @ form, _faint)


def _bipolar(
    patterns: Patterns, numbers: Floats, ends: tuple[float, float] | None
) -> Statistic:
    if ends is None:
        raise ValueError("Bipolar alpha needs the two ends of the scale.")
    low, high = ends
    if numbers.min() < low or numbers.max() > high:
        raise NotComputable(
            "Some values lie beyond the ends of the scale. Check the values, or the "
            "bounds in the codebook."
        )
    _refuse_many(numbers)
    return _by_matrix(patterns, bipolar(low, high)(numbers[:, None], numbers[None, :]))


def _by_matrix(patterns: Patterns, matrix: Floats) -> Statistic:
    """Alpha by squared distances between the values, shape (values, values)."""
    _refuse_many(patterns.values)
    within = _within(patterns, lambda left, right: matrix[left, right])
    return Quadratic(patterns, within, counts_of(patterns), lambda f: f @ matrix)


def _refuse_many(values: npt.NDArray[Any]) -> None:
    if len(values) > MOST_IN_MATRIX:
        raise NotComputable(
            "There are more than 3,000 distinct values, too many for this kind of "
            "distance. Merge or round values."
        )


def _within(patterns: Patterns, distance: Callable[..., Floats]) -> Floats:
    """(patterns,) differences within a unit: over its ordered pairs, divided by m - 1.

    `distance` takes two arrays of places in the patterns' values.
    """
    codes = patterns.codes
    total = np.zeros(len(codes))
    for right in range(1, codes.shape[1]):
        rows = np.flatnonzero(codes[:, right] >= 0)
        for left in range(right):
            both = rows[codes[rows, left] >= 0]
            total[both] += 2 * distance(codes[both, left], codes[both, right])
    return total / (patterns.ratings - 1)


def _all_others(totals: Floats) -> Floats:
    """Nominal distances: every value is 1 from all others."""
    return totals.sum(axis=1, keepdims=True) - totals


def _exact(totals: Floats) -> Floats:
    return np.zeros(len(totals))


def _faint(totals: Floats) -> Floats:
    """Expected differences that rounding can make up where nothing varies."""
    return 1e-11 * totals.sum(axis=1) ** 2


def _faint_interval(totals: Floats) -> Floats:
    return 1e-12 * totals[:, 0] * totals[:, 2]


def _one_minus(observed: Floats, expected: Floats, n: Floats, faint: Floats) -> Floats:
    """1 - D_o / D_e from sums over pairs; NaN where nothing varies."""
    varies = expected > faint
    quotient = np.divide(
        (n - 1) * observed, expected, out=np.full_like(expected, np.nan), where=varies
    )
    return 1 - quotient


@dataclass(frozen=True, slots=True, eq=False)
class Quadratic:
    """Alpha at a level whose expected differences are quadratic in sums over the ratings.

    `within` (patterns,): differences within a unit. `features`: what is summed up over
    ratings. `product`: the sums times the form, (weightings, features) to the same shape.
    """

    patterns: Patterns
    within: Floats
    features: Features
    product: Callable[[Floats], Floats]
    faint: Callable[[Floats], Floats] = _exact

    def __call__(self, weights: Floats) -> Floats:
        totals = self.features.totals(weights)
        expected = (self.product(totals) * totals).sum(axis=1)
        return _one_minus(
            weights @ self.within,
            expected,
            weights @ self.patterns.ratings,
            self.faint(totals),
        )

    def without_one(self, units: Floats) -> Floats:
        m = self.patterns.ratings
        totals = self.features.totals(units[None, :])
        product = self.product(totals)
        own = self.within * (m - 1)
        expected = (product * totals).sum() - 2 * self.features.sums(product)[0] + own
        left = _one_minus(
            units @ self.within - self.within,
            expected,
            units @ m - m,
            np.zeros(len(m)),
        )
        return np.where(_still_varies(self.patterns), left, np.nan)


def _still_varies(patterns: Patterns) -> npt.NDArray[np.bool_]:
    """(patterns,) whether two different values are left without one unit of the pattern."""
    codes, many = patterns.codes, len(patterns.values)
    if many > codes.shape[1] + 1:  # a unit cannot hold all values but one
        return np.ones(len(codes), dtype=bool)
    return (patterns.marginals - patterns.counts > 0).sum(axis=1) > 1


@dataclass(frozen=True, slots=True, eq=False)
class Ordinal:
    """Alpha at the ordinal level: values are as far apart as their mid-ranks, squared.

    The mid-ranks are those of the pooled values, which every weighting has anew.
    `patterns` has its values in order; `counts` are how often each was given.
    """

    patterns: Patterns
    counts: Features

    def __call__(self, weights: Floats) -> Floats:
        m = self.patterns.ratings
        totals = self.counts.totals(weights)
        n = totals.sum(axis=1)
        ranks = _ranks(totals)
        scaled = weights * (2 / (m - 1))
        squares = (self.counts.totals(scaled * m) * ranks**2).sum(axis=1)
        observed = squares - (scaled * self.counts.sums(ranks) ** 2).sum(axis=1)
        expected = 2 * n * (totals * ranks**2).sum(axis=1)
        return _one_minus(observed, expected, n, _exact(totals))

    def without_one(self, units: Floats) -> Floats:
        many = len(self.patterns.codes) * len(self.patterns.values) ** 2
        left = self._recomputed(units) if many <= MOST_EXACT else self._linear(units)
        return np.where(_still_varies(self.patterns), left, np.nan)

    def _recomputed(self, units: Floats) -> Floats:
        """Alpha with the ranks of the remaining values, by the coincidences (values, values)."""
        m, counts = self.patterns.ratings, self.patterns.counts
        pairs = (counts * (units / (m - 1))[:, None]).T @ counts
        pairs -= np.diag(units / (m - 1) @ counts)
        totals = units @ counts - counts
        ranks = _ranks(totals)
        squares = 2 * (totals * ranks**2).sum(axis=1)
        # The unit itself is still among the coincidences, but no longer in the totals.
        sums = (counts * ranks).sum(axis=1)
        own = (sums**2 - (counts * ranks**2).sum(axis=1)) / (m - 1)
        observed = squares - 2 * (((ranks @ pairs) * ranks).sum(axis=1) - own)
        n = totals.sum(axis=1)
        expected = 2 * n * (totals * ranks**2).sum(axis=1)
        return _one_minus(observed, expected, n, _exact(totals))

    def _linear(self, units: Floats) -> Floats:
        """To the first order in the weight of a unit, ranks included: for many values."""
        m = self.patterns.ratings
        totals = self.counts.totals(units[None, :])
        ranks = _ranks(totals)
        n = float(totals.sum())
        sums = self.counts.sums(ranks)[0]
        squares = self.counts.sums(ranks**2)[0]
        own = 2 * (m * squares - sums**2) / (m - 1)
        observed = float(units @ own)
        expected = 2 * n * float((totals * ranks**2).sum())
        # How the observed differences change with the rank of a value: only the pairs of
        # a value with others count, and a unit shifts the ranks of all higher values.
        partners = self.counts.totals((units * sums / (m - 1))[None, :])
        partners -= ranks * self.counts.totals((units / (m - 1))[None, :])
        slope = 4 * (totals * ranks - partners)
        shift = slope[:, ::-1].cumsum(axis=1)[:, ::-1] - slope / 2
        change_observed = own + self.counts.sums(shift)[0]
        cubes = n**3 - float((totals**3).sum())
        change_expected = self.counts.sums(cubes / 6 + n * (n**2 - totals**2) / 2)[0]
        quotient = observed / expected
        change = m * quotient + (n - 1) / expected * (
            change_observed - quotient * change_expected
        )
        return 1 - (n - 1) * quotient + change


def _ranks(totals: Floats) -> Floats:
    """Mid-ranks of the values, (weightings, values), around their mean."""
    return np.cumsum(totals, axis=1) - (totals + totals.sum(axis=1, keepdims=True)) / 2
