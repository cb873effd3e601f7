"""Intervals of shares from an effective base, and of other estimates from their error.

Sources: Wilson (1927); Korn & Graubard (1998), Confidence intervals for proportions with
small expected number of positive counts estimated from survey data, and (1999), Analysis
of health surveys, ch. 3; Dean & Pagano (2015), Evaluating confidence interval methods for
binomial proportions in clustered surveys; Franco, Little, Louis & Slud (2019), Comparative
study of confidence intervals for proportions in complex sample surveys.
"""

from __future__ import annotations

from functools import lru_cache
from math import erfc, floor, sqrt

from mediacoding.stats.distributions import (
    NORMAL,
    student_t,
    student_t_quantile,
)
from mediacoding.stats.tables.tails import beta_quantile

INFINITE = float("inf")


def wilson(
    share: float, base: float, *, degrees: float = INFINITE, confidence: float = 0.95
) -> tuple[float, float]:
    """Wilson's interval of a share in an effective base, with Student's t for the normal.

    `base` is the number of independent units that would be as certain, above 0.
    """
    t = quantile((1 + confidence) / 2, degrees)
    spread = t * t / base
    centre = (share + spread / 2) / (1 + spread)
    reach = sqrt(spread * share * (1 - share) + spread * spread / 4) / (1 + spread)
    low = 0.0 if share <= 0 else max(0.0, centre - reach)
    high = 1.0 if share >= 1 else min(1.0, centre + reach)
    return min(low, share), max(high, share)


def korn_graubard(
    share: float,
    base: float,
    *,
    units: float,
    degrees: float = INFINITE,
    confidence: float = 0.95,
) -> tuple[float, float]:
    """The exact binomial interval of a share in an effective base.

    The effective base is multiplied by (t of units - 1 / t of the design's degrees)^2 and
    at most the number of `units`; Clopper and Pearson's interval is taken at it.
    """
    upper = (1 + confidence) / 2
    ratio = quantile(upper, max(1.0, units - 1)) / quantile(upper, degrees)
    n = min(base * ratio * ratio, units)
    shown = share * n
    return _clopper_pearson(shown, n, confidence)


def symmetric(
    value: float, se: float, *, degrees: float = INFINITE, confidence: float = 0.95
) -> tuple[float, float]:
    """The value -+ t times its standard error."""
    reach = quantile((1 + confidence) / 2, degrees) * se
    return value - reach, value + reach


def quantile(probability: float, degrees: float) -> float:
    """Student's t, and the normal's where degrees are infinite.

    Degrees are cut to whole ones, below 10 to tenths, which widens the interval a little.
    """
    if not 0.5 < probability < 1:
        raise ValueError("Confidence lies between 0 and 1.")
    if degrees == INFINITE or degrees > 1e6:
        return NORMAL.inv_cdf(probability)
    # Rounded down a little, so that a table of many shares asks for few of them.
    parts = 10 if degrees < 10 else 1
    return _t(probability, floor(degrees * parts + 1e-9) / parts)


@lru_cache(maxsize=4096)
def _t(probability: float, degrees: float) -> float:
    return student_t_quantile(probability, degrees)


def two_sided(t: float, degrees: float = INFINITE) -> float:
    """How probable a t as far from 0 is, by chance alone."""
    if degrees == INFINITE or degrees > 1e6:
        return erfc(abs(t) / sqrt(2))
    return max(0.0, 2 * (1 - student_t(abs(t), degrees)))


@lru_cache(maxsize=4096)
def _clopper_pearson(shown: float, n: float, confidence: float) -> tuple[float, float]:
    tail = (1 - confidence) / 2
    low = 0.0 if shown <= 0 else beta_quantile(tail, shown, n - shown + 1)
    high = 1.0 if shown >= n else beta_quantile(1 - tail, shown + 1, n - shown)
    return low, high
