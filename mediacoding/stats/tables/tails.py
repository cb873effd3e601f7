"""Tails of chi-square and F, exact also where they are tiny; noncentral chi-square; beta.

Sources: Abramowitz & Stegun (1964), 26.4.4, 26.4.5 and 26.6.2; Johnson, Kotz & Balakrishnan
(1995), Continuous univariate distributions, vol. 2, ch. 29.
"""

from __future__ import annotations

from math import erfc, exp, lgamma, log, log1p, sqrt

import numpy as np

from mediacoding.stats.distributions import NORMAL, beta

#: Above this noncentrality its square root is as good as normal.
LARGE = 20_000.0


def chi_square_tail(value: float, degrees: int) -> float:
    """The share of chi-square with whole degrees above a value; never 0 by rounding off."""
    if value <= 0:
        return 1.0
    half = value / 2
    found = erfc(sqrt(half)) if degrees % 2 else 0.0
    start = 0.5 if degrees % 2 else 0.0
    for step in range(degrees // 2):
        power = start + step
        found += exp(power * log(half) - half - lgamma(power + 1))
    return min(1.0, found)


def f_tail(value: float, above: float, below: float) -> float:
    """The share of F above a value; degrees of freedom of numerator and denominator."""
    if value <= 0:
        return 1.0
    return beta(below / 2, above / 2, below / (below + above * value))


def beta_quantile(probability: float, a: float, b: float) -> float:
    """Where a beta distribution reaches a probability, by Newton's steps kept in a bracket.

    The same as `distributions.beta_quantile`, in a sixth of its steps.
    """
    low, high, x = 0.0, 1.0, a / (a + b)
    log_size = lgamma(a + b) - lgamma(a) - lgamma(b)
    for _step in range(200):
        off = beta(a, b, x) - probability
        low, high = (x, high) if off < 0 else (low, x)
        slope = exp(log_size + (a - 1) * log(x) + (b - 1) * log1p(-x))
        after = x - off / slope if slope > 0 else low
        if not low < after < high:
            after = (low + high) / 2
        if abs(after - x) < 1e-13 or high - low < 1e-13:
            return after
        x = after
    return x


def noncentrality(
    value: float, degrees: int, *, confidence: float = 0.95
) -> tuple[float, float]:
    """The interval of the noncentrality of which a chi-square is a fair draw.

    The lower end is where the value is the upper quantile, the upper where it is the lower
    one; 0 where no noncentrality is as small as that.
    """
    tail = (1 - confidence) / 2
    if value > LARGE:
        z, root = NORMAL.inv_cdf(1 - tail), sqrt(value)
        return max(0.0, root - z) ** 2, (root + z) ** 2
    return (
        _where_below(1 - tail, value, degrees),
        _where_below(tail, value, degrees),
    )


def _where_below(share: float, value: float, degrees: int) -> float:
    """The noncentrality at which so large a share lies below the value; 0 if none does."""
    if _below(value, degrees, 0.0) <= share:
        return 0.0
    low, high = 0.0, 2 * value + 40.0
    while high - low > 1e-9 * max(1.0, high):
        middle = (low + high) / 2
        if _below(value, degrees, middle) > share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _below(value: float, degrees: int, noncentral: float) -> float:
    """The share of noncentral chi-square below a value: a Poisson mixture of central ones."""
    central = 1 - chi_square_tail(value, degrees)
    if not noncentral:
        return central
    mean = noncentral / 2
    most = int(mean + 12 * sqrt(mean) + 30)
    j = np.arange(most)
    log_factorial = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, most)))])
    poisson = np.exp(j * log(mean) - mean - log_factorial)
    half, start = value / 2, degrees / 2
    # log of (x/2)^(k/2 + j) e^(-x/2) / Gamma(k/2 + j + 1), what each two degrees take off
    steps = lgamma(start + 1) + np.concatenate(
        [[0.0], np.cumsum(np.log(start + np.arange(1, most)))]
    )
    taken = np.exp((start + j) * log(half) - half - steps)
    shares = central - np.concatenate([[0.0], np.cumsum(taken)[:-1]])
    return float(poisson @ np.clip(shares, 0.0, 1.0))
