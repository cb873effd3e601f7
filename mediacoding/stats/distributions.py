"""Quantiles of the normal and of Student's t, so that nothing heavier is needed."""

import math
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
    low, high = 0.0, 2.0
    while student_t(high, degrees) < probability:
        high *= 2
    while high - low > 1e-11 * max(1.0, high):
        middle = (low + high) / 2
        if student_t(middle, degrees) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def student_t(t: float, degrees: float) -> float:
    """The share of Student's distribution below t."""
    if t < 0:
        return 1 - student_t(-t, degrees)
    return 1 - _beta(degrees / 2, 0.5, degrees / (degrees + t * t)) / 2


def _beta(a: float, b: float, x: float) -> float:
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
