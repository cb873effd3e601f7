"""Agreement of two coders, and means over all pairs of coders: Cohen, Light, Holsti."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

import numpy as np

from mediacoding.stats import gwet
from mediacoding.stats.distributions import NORMAL
from mediacoding.stats.patterns import Floats, Integers, Patterns
from mediacoding.stats.ratings import (
    Ratings,
    base_of,
    linearised,
    patterns_of,
    refuse_unknown_coders,
)
from mediacoding.stats.result import Coefficient, NotComputable, no_uncertainty
from mediacoding.stats.weights import Categories, Weighting, Weights, weighting

SAME_CATEGORY = (
    "Both coders used one and the same category throughout, so agreement by chance is "
    "certain and kappa is undefined. Add units in which the variable varies."
)
NEVER_MET = "Some pairs of coders have no unit in common; the mean is over the others."


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """What two coders gave to the units that both coded.

    `rows` are their patterns, (rows,); `first` and `second` (rows,) places in the values.
    """

    rows: Integers
    first: Integers
    second: Integers
    units: Integers

    @property
    def n(self) -> int:
        return int(self.units.sum())

    def agreeing(self, weights: Weighting) -> Floats:
        """(rows,) the weight of the two values."""
        if weights.matrix is None:
            return (self.first == self.second).astype(float)
        return weights.matrix[self.first, self.second]


def pair_of(patterns: Patterns, first: int, second: int) -> Pair:
    """The units that two coders (columns) both coded; maybe none."""
    one, other = patterns.codes[:, first], patterns.codes[:, second]
    rows = np.flatnonzero((one >= 0) & (other >= 0))
    return Pair(rows, one[rows], other[rows], patterns.units[rows])


def pairs_of(patterns: Patterns) -> Iterator[tuple[int, int, Pair]]:
    """All pairs of coders who rated; also those who never met."""
    refuse_unknown_coders(patterns)
    rated = np.flatnonzero((patterns.codes >= 0).any(axis=0)).tolist()
    for at, first in enumerate(rated):
        for second in rated[at + 1 :]:
            yield first, second, pair_of(patterns, first, second)


def cohen_kappa(
    ratings: Ratings,
    *,
    weights: Weights = "unweighted",
    categories: Categories = None,
) -> Coefficient:
    """Cohen's kappa of two coders, on the units that both coded.

    Shapes as in `krippendorff_alpha`, two coders who rated; `weights` and `categories` as
    in `gwet_ac`: "linear" and "quadratic" are the usual ones. Standard error of Fleiss,
    Cohen & Everitt (1969); Wald interval. Source: Cohen (1960; 1968, weighted).
    """
    name = "Cohen's kappa"
    if not (isinstance(weights, str) and weights == "unweighted"):
        name = "Cohen's weighted kappa"
    try:
        patterns = patterns_of(ratings)
    except NotComputable as why:
        return Coefficient(name, reason=str(why))
    base = base_of(patterns)
    try:
        pair = only_pair(patterns)
        value, figures = _kappa(pair, weighting(patterns, weights, categories))
    except NotComputable as why:
        return Coefficient(name, reason=str(why), **base)
    se = sqrt(float(pair.units @ figures**2)) / pair.n
    if se < 1e-9:
        return Coefficient(name, value, warnings=(no_uncertainty(value),), **base)
    reach = NORMAL.inv_cdf(0.975) * se
    interval = (value - reach, min(1.0, value + reach))
    return Coefficient(name, value, interval, se, method="Wald", **base)


def light_kappa(
    ratings: Ratings,
    *,
    weights: Weights = "unweighted",
    categories: Categories = None,
) -> Coefficient:
    """Light's kappa: the mean of Cohen's kappas of all pairs of coders.

    A pair in which kappa is undefined leaves the mean undefined; pairs without a common
    unit are left out with a warning. Standard error by linearisation over units, so that
    the pairs' dependence counts; t interval. Shapes as in `krippendorff_alpha`. Source:
    Light (1971); Conger (1980).
    """

    def of(patterns: Patterns) -> gwet.Linear:
        weighed = weighting(patterns, weights, categories)
        found = [
            (pair, *_kappa(pair, weighed))
            for _one, _other, pair in pairs_of(patterns)
            if pair.n
        ]
        return _mean_of_pairs(patterns, found, lowest=-np.inf)

    return linearised(
        "Light's kappa", ratings, of, method="linearised t", asks_for_coders=True
    )


def holsti(ratings: Ratings) -> Coefficient:
    """Holsti's coefficient: percent agreement, as the mean over pairs of coders.

    2 M / (N_1 + N_2) with M agreements, both N the units that both coded; no correction
    for chance. With complete data it is percent agreement; with gaps the mean over pairs,
    over units and over pooled pairs are three numbers, and this is the first. Holsti's
    composite reliability (Spearman-Brown) is `holsti_composite`. Standard error by
    linearisation over units. Shapes as in `krippendorff_alpha`. Source: Holsti (1969).
    """

    def of(patterns: Patterns) -> gwet.Linear:
        equal = weighting(patterns)
        found = []
        for _one, _other, pair in pairs_of(patterns):
            if not pair.n:
                continue
            agreeing = pair.agreeing(equal)
            value = float(pair.units @ agreeing / pair.n)
            found.append((pair, value, agreeing - value))
        return _mean_of_pairs(patterns, found, lowest=0.0)

    return linearised(
        "Holsti", ratings, of, method="linearised t", asks_for_coders=True
    )


def holsti_composite(ratings: Ratings) -> Coefficient:
    """Holsti's composite reliability: m A / (1 + (m - 1) A), A the mean pairwise agreement.

    How well the mean of m coders would do, always larger than A: never to be shown as the
    agreement of coders. Source: Holsti (1969, p. 140).
    """
    found = holsti(ratings)
    name = "Holsti's composite reliability"
    if found.value is None:
        return Coefficient(name, reason=found.reason)
    m = found.n_coders
    return Coefficient(
        name,
        m * found.value / (1 + (m - 1) * found.value),
        n_units=found.n_units,
        n_pairable=found.n_pairable,
        n_coders=m,
        n_values=found.n_values,
    )


def only_pair(patterns: Patterns) -> Pair:
    """What the only two coders gave to units that both coded. Raises NotComputable."""
    refuse_unknown_coders(patterns)
    rated = np.flatnonzero((patterns.codes >= 0).any(axis=0)).tolist()
    if len(rated) != 2:
        raise NotComputable("Cohen's kappa is for exactly two coders.")
    pair = pair_of(patterns, *rated)
    if not pair.n:
        raise NotComputable("No unit was coded by both coders.")
    return pair


def _kappa(pair: Pair, weights: Weighting) -> tuple[float, Floats]:
    """Weighted kappa, and how much each row's unit moves it, (rows,), zero in the mean."""
    n = pair.n
    many = int(max(pair.first.max(), pair.second.max())) + 1
    if weights.matrix is not None:
        many = len(weights.matrix)
    row = np.bincount(pair.first, pair.units, many) / n
    column = np.bincount(pair.second, pair.units, many) / n
    if np.count_nonzero(row + column) < 2:
        raise NotComputable(SAME_CATEGORY)
    by_second, by_first = weights.times(column), weights.times(row)
    p_o = float(pair.units @ pair.agreeing(weights)) / n
    p_e = float(row @ by_second)
    if p_e > 1 - 1e-12:
        raise NotComputable(SAME_CATEGORY)
    value = (p_o - p_e) / (1 - p_e)
    # In the cell (k, l): how near the second coder's values are to k, the first's to l.
    margins = by_second[pair.first] + by_first[pair.second]
    figures = pair.agreeing(weights) - (1 - value) * margins
    return value, (figures - (p_o - 2 * (1 - value) * p_e)) / (1 - p_e)


def _mean_of_pairs(
    patterns: Patterns, found: list[tuple[Pair, float, Floats]], *, lowest: float
) -> gwet.Linear:
    if not found:
        raise NotComputable("No unit was coded by two or more coders.")
    value = sum(pair_value for _pair, pair_value, _figures in found) / len(found)
    figures = np.full(len(patterns.units), value)
    for pair, _value, moves in found:
        figures[pair.rows] += moves * patterns.n_units / pair.n / len(found)
    many = patterns.n_coders
    gaps = len(found) < many * (many - 1) // 2
    return gwet.Linear(value, figures, lowest, (NEVER_MET,) if gaps else ())
