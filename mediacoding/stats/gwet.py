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

#: From the shares of the categories (values,) and how many are defined: chance agreement,
#: and the figure of each category whose mean over a unit's ratings is the unit's share of
#: it (None where chance agreement does not depend on the data).
Chance = Callable[[Floats, int], tuple[float, Floats | None]]


@dataclass(frozen=True, slots=True)
class Linear:
    """A coefficient and its linearised figures, shape (patterns,): their mean is the value."""

    value: float
    figures: Floats
    lowest: float = -np.inf


def ac1(shares: Floats, categories: int) -> tuple[float, Floats]:
    scale = 1 / (categories - 1)
    return scale * float((shares * (1 - shares)).sum()), scale * (1 - shares)


def uniform(shares: Floats, categories: int) -> tuple[float, None]:
    return 1 / categories, None


def pooled(shares: Floats, categories: int) -> tuple[float, Floats]:
    return float((shares**2).sum()), shares


def chance_corrected(
    patterns: Patterns, chance: Chance, categories: int | None
) -> Linear:
    """(p_a - p_e) / (1 - p_e) with its linearised figures.

    `patterns` are of all rated units, at least one with two ratings; `categories` is how
    many the codebook defines, None for as many as occur. Raises NotComputable.
    """
    m = patterns.ratings
    n, n_pairable = patterns.n_units, patterns.n_pairable
    occurring = int((patterns.marginals > 0).sum())
    q = occurring if categories is None else categories
    if occurring > q:
        raise NotComputable(
            "More values occur than the codebook defines categories. Check the codes."
        )
    if q < 2:
        raise NotComputable(
            "Only one category occurs and the codebook names no other, so chance "
            "agreement is undefined."
        )
    agreeing = pairs_agreeing(patterns)
    p_a = float(patterns.units @ agreeing / n_pairable)
    p_e, figures = chance(_shares(patterns) / n, q)
    if occurring < 2 and p_e > 1 - 1e-12:
        raise NotComputable(
            "Every value is the same, so agreement by chance is certain and the "
            "coefficient is undefined. Add units in which the variable varies."
        )
    value = (p_a - p_e) / (1 - p_e)
    linear = (n / n_pairable) * (agreeing - p_e * (m >= 2)) / (1 - p_e)
    if figures is not None:
        own = patterns.sums(figures) / m
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


def pairs_agreeing(patterns: Patterns) -> Floats:
    """(patterns,) the share of a unit's pairs of coders that agree; 0 with fewer than two."""
    m = patterns.ratings
    pairs = m * (m - 1)
    same = np.zeros(len(m))
    codes = patterns.codes
    for right in range(1, codes.shape[1]):
        given = codes[:, right] >= 0
        for left in range(right):
            same += 2 * (given & (codes[:, left] == codes[:, right]))
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
