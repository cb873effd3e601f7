"""Quantiles of the normal, Student's t and F, so that nothing heavier is needed."""

import math
from collections.abc import Callable
from functools import lru_cache
from statistics import NormalDist

NORMAL = NormalDist()


@lru_cache
def student_t_quantile(probability: float, degrees: float) -> float:
    """The t below which a share of Student's distribution lies, to 1e-10.

    By bisection on the distribution function (regularised incomplete beta, Lentz's
    continued fraction; Press et al. 2007, Numerical Recipes, 6.4).
    """
    if probability < 0.5:
        return -student_t_quantile(1 - probability, degrees)
    return _where(lambda t: student_t(t, degrees), probability)


def student_t(t: float, degrees: float) -> float:
    """The share of Student's distribution below t."""
    if t < 0:
        return 1 - student_t(-t, degrees)
    return 1 - beta(degrees / 2, 0.5, degrees / (degrees + t * t)) / 2


@lru_cache
def f_quantile(probability: float, above: float, below: float) -> float:
    """The F below which a share of the distribution lies, to 1e-10; degrees of freedom
    of the numerator and the denominator."""
    return _where(
        lambda f: beta(above / 2, below / 2, above * f / (above * f + below)),
        probability,
    )


@lru_cache
def chi_square_above(value: float, degrees: float) -> float:
    """The share of the chi-square distribution above a value."""
    if value <= 0:
        return 1.0
    return 1 - _gamma(degrees / 2, value / 2)


@lru_cache
def beta_quantile(probability: float, a: float, b: float) -> float:
    """The share below which a share of the beta distribution lies, to 1e-10."""
    low, high = 0.0, 1.0
    while high - low > 1e-12:
        middle = (low + high) / 2
        if beta(a, b, middle) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _where(distribution: Callable[[float], float], probability: float) -> float:
    """Where a distribution on the positive numbers reaches a probability, by bisection."""
    low, high = 0.0, 2.0
    while distribution(high) < probability:
        high *= 2
    while high - low > 1e-11 * max(1.0, high):
        middle = (low + high) / 2
        if distribution(middle) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _gamma(a: float, x: float) -> float:
    """The regularised lower incomplete gamma function (series, or continued fraction)."""
    front = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        for n in range(1, 10_000):
            term *= x / (a + n)
            total += term
            if term < total * 1e-16:
                break
        return front * total
    b, c, d = x + 1 - a, 1e300, 1 / (x + 1 - a)
    result = d
    for n in range(1, 10_000):
        numerator = -n * (n - a)
        b += 2
        d = 1 / (numerator * d + b)
        c = b + numerator / c
        result *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return 1 - front * result


def beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    front = math.exp(
        math.lgamma(a + b)
        - math.lgamma(a)
        - math.lgamma(b)
        + a * math.log(x)
        + b * math.log1p(-x)
    )
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(a, b, x) / a
    return 1 - front * _fraction(b, a, 1 - x) / b


def _fraction(a: float, b: float, x: float) -> float:
    tiny = 1e-300
    c, d = 1.0, 1 / max(1 - (a + b) * x / (a + 1), tiny)
    result = d
    for m in range(1, 500):
        for numerator in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 + numerator * d
            d = 1 / (d if abs(d) > tiny else tiny)
            c = 1 + numerator / c
            c = c if abs(c) > tiny else tiny
            result *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return result
