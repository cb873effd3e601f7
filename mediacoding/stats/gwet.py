"""Gwet's framework: agreement corrected for chance, any number of coders, missing ratings.

Every coefficient here is the mean of one figure a unit once it is linearised, which gives
its standard error. Source: Gwet (2008), Computing inter-rater reliability and its variance
in the presence of high agreement; Gwet (2014), Handbook of inter-rater reliability, 4th
ed., ch. 2-5.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np

from mediacoding.stats.distributions import student_t_quantile
from mediacoding.stats.patterns import Floats, Integers, Patterns
from mediacoding.stats.result import NotComputable, no_uncertainty
from mediacoding.stats.weights import Categories, Weighting, Weights, weighting

#: From the shares of the categories (values,) and their weights: chance agreement, and
#: the figure of each category whose mean over a unit's ratings is the unit's share of it
#: (None where chance agreement does not depend on the data).
Chance = Callable[[Floats, Weighting], tuple[float, Floats | None]]

ONE_CATEGORY = (
    "Only one category occurs and the codebook names no other, so chance agreement is "
    "undefined."
)
CERTAIN = (
    "Every value is the same, so agreement by chance is certain and the coefficient is "
    "undefined. Add units in which the variable varies."
)


@dataclass(frozen=True, slots=True)
class Linear:
    """A coefficient and its linearised figures, shape (patterns,): their mean is the value."""

    value: float
    figures: Floats
    lowest: float = -np.inf
    warnings: tuple[str, ...] = ()


def ac(shares: Floats, weights: Weighting) -> tuple[float, Floats]:
    """Gwet: the chance that two coders agree while at least one of them guesses."""
    q = weights.categories
    scale = weights.total / (q * (q - 1))
    return scale * float((shares * (1 - shares)).sum()), scale * (1 - shares)


def uniform(shares: Floats, weights: Weighting) -> tuple[float, None]:
    """Brennan and Prediger: guessing among all categories alike."""
    return weights.total / weights.categories**2, None


def pooled(shares: Floats, weights: Weighting) -> tuple[float, Floats]:
    """Fleiss, and Scott for two coders: guessing by the shares in all ratings."""
    weighted = weights.times(shares)
    return float(shares @ weighted), weighted


def chance_corrected(
    patterns: Patterns,
    chance: Chance,
    categories: Categories,
    weights: Weights = "unweighted",
) -> Linear:
    """(p_a - p_e) / (1 - p_e) with its linearised figures.

    `patterns` are of all rated units, at least one with two ratings; `categories` and
    `weights` as `weights.weighting` reads them. Raises NotComputable.
    """
    found = weighting(patterns, weights, categories)
    if found.categories < 2:
        raise NotComputable(ONE_CATEGORY)
    p_e, figures = chance(_shares(patterns) / patterns.n_units, found)
    own = None if figures is None else patterns.sums(figures) / patterns.ratings
    return _corrected(patterns, found, p_e, own)


def conger(patterns: Patterns, categories: Categories, weights: Weights) -> Linear:
    """Conger's kappa: chance agreement from each coder's own shares.

    `patterns` know their coders. Source: Conger (1980); variance: Gwet (2014, ch. 5).
    """
    found = weighting(patterns, weights, categories)
    if found.categories < 2:
        raise NotComputable(ONE_CATEGORY)
    codes, units = patterns.codes, patterns.units
    codes = codes[:, (codes >= 0).any(axis=0)]
    n, many, q = patterns.n_units, codes.shape[1], len(patterns.values)
    given = codes >= 0
    rated = units @ given
    shares = np.empty((many, q))
    for coder, there in enumerate(given.T):
        times = np.bincount(codes[there, coder], units[there], q)
        shares[coder] = times / rated[coder]
    mean = shares.mean(axis=0)
    all_pairs = many**2 * float(mean @ found.times(mean))
    own_pairs = float((found.times(shares) * shares).sum())
    p_e = (all_pairs - own_pairs) / (many * (many - 1))
    # Each coder against the sum of the others; a unit changes its coders' shares.
    against = many * found.times(mean) - found.times(shares)
    own = np.zeros(len(units))
    for coder in range(many):
        there = given[:, coder]
        level = float(shares[coder] @ against[coder])
        part = np.where(there, against[coder][codes[:, coder]], 0.0)
        own += n / rated[coder] * (part - (there - rated[coder] / n) * level)
    return _corrected(patterns, found, p_e, own / (many * (many - 1)))


def _corrected(
    patterns: Patterns, weights: Weighting, p_e: float, own: Floats | None
) -> Linear:
    """The coefficient from chance agreement and each unit's part in it (patterns,)."""
    m = patterns.ratings
    n, n_pairable = patterns.n_units, patterns.n_pairable
    if p_e > 1 - 1e-12:
        raise NotComputable(CERTAIN)
    agreeing = pairs_agreeing(patterns, weights)
    p_a = float(patterns.units @ agreeing / n_pairable)
    value = (p_a - p_e) / (1 - p_e)
    linear = (n / n_pairable) * (agreeing - p_e * (m >= 2)) / (1 - p_e)
    if own is not None:
        linear = linear - 2 * (1 - value) * (own - p_e) / (1 - p_e)
    return Linear(value, linear)


def _shares(patterns: Patterns) -> Floats:
    """(values,) the sum over units of the share of a unit's ratings that give the value."""
    total = np.zeros(len(patterns.values))
    part = patterns.units / patterns.ratings
    for column in patterns.codes.T:
        given = column >= 0
        total += np.bincount(column[given], part[given], len(total))
    return total


def pairs_agreeing(patterns: Patterns, weights: Weighting | None = None) -> Floats:
    """(patterns,) the share of a unit's pairs of coders that agree; 0 with fewer than two."""
    m = patterns.ratings
    pairs = m * (m - 1)
    same = np.zeros(len(m))
    codes = patterns.codes
    matrix = None if weights is None else weights.matrix
    for right in range(1, codes.shape[1]):
        given = codes[:, right] >= 0
        for left in range(right):
            if matrix is None:
                same += 2 * (given & (codes[:, left] == codes[:, right]))
                continue
            both = np.flatnonzero(given & (codes[:, left] >= 0))
            same[both] += 2 * matrix[codes[both, left], codes[both, right]]
    return np.divide(same, pairs, out=np.zeros_like(m), where=pairs > 0)


def t_interval(
    found: Linear, units: Integers
) -> tuple[float | None, tuple[float, float] | None, tuple[str, ...]]:
    """Standard error, 95 % interval and warnings; `units` (patterns,) show each figure."""
    n = int(units.sum())
    if n < 2:
        return None, None, ("One unit cannot show how certain the coefficient is.",)
    squares = float(units @ (found.figures - found.value) ** 2)
    se = sqrt(squares / (n * (n - 1)))
    if se < 1e-9:
        return None, None, (no_uncertainty(found.value),)
    reach = student_t_quantile(0.975, n - 1) * se
    low, high = max(found.lowest, found.value - reach), min(1.0, found.value + reach)
    return se, (low, high), ()
