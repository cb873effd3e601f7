"""How far apart two numbers are, squared, at the levels that need more than a difference.

Source: Krippendorff (2011; 2019, ch. 12).
"""

from collections.abc import Callable
from math import ceil, log, pi, sqrt

import numpy as np

from mediacoding.stats.patterns import Floats, Patterns

#: Squared distance of two arrays of numbers, element by element.
Distance = Callable[[Floats, Floats], Floats]


def ratio(left: Floats, right: Floats) -> Floats:
    """((a - b) / (a + b)) squared; 0 between two zeros. Numbers of 0 or more."""
    sums = left + right
    parts = np.divide(left - right, sums, out=np.zeros_like(sums), where=sums != 0)
    return parts**2


def bipolar(low: float, high: float) -> Distance:
    """Distance on a scale with two ends: a step counts more the nearer it is to an end."""

    def distance(left: Floats, right: Floats) -> Floats:
        room = (left + right - 2 * low) * (2 * high - left - right)
        # No room: both values are at the same end, so they are equal.
        squares = (left - right) ** 2
        return np.divide(squares, room, out=np.zeros_like(room), where=room != 0)

    return distance


def ratio_expansion(numbers: Floats) -> tuple[Floats, Floats]:
    """Ratio distances between many numbers as few terms.

    Returns features F (numbers, terms) and a form M (terms, terms) with F M F' equal to
    the ratio distances, to about 1e-13. The ratio distance of a and b is tanh((ln a -
    ln b) / 2) squared, smooth in both logarithms, so Chebyshev interpolation on that axis
    needs some 50 terms where a matrix of 10,000 values needs 10,000. Zero is as far as
    can be, 1, from all other numbers, so it has a term of its own.

    Source of the interpolation: Berrut & Trefethen (2004), Barycentric Lagrange
    interpolation.
    """
    positive = numbers > 0
    logs = np.log(numbers[positive])
    middle, reach = (logs.min() + logs.max()) / 2, (logs.max() - logs.min()) / 2
    # The nearest pole is at i pi, which decides how fast the terms fall off.
    ellipse = pi / reach + sqrt(1 + (pi / reach) ** 2)
    terms = ceil(log(1e15) / log(ellipse)) + 6
    nodes = np.cos(pi * np.arange(terms) / (terms - 1))
    signs = (-1.0) ** np.arange(terms)
    signs[[0, -1]] /= 2

    away = (logs - middle)[:, None] / reach - nodes
    exact = away == 0
    parts = np.divide(signs, away, out=np.zeros_like(away), where=~exact)
    hit = exact.any(axis=1)
    parts[hit] = exact[hit]
    features = np.zeros((len(numbers), terms + 1))
    features[~positive, 0] = 1
    features[positive, 1:] = parts / parts.sum(axis=1, keepdims=True)

    form = np.ones((terms + 1, terms + 1))
    form[0, 0] = 0
    places = nodes * reach / 2
    form[1:, 1:] = np.tanh(places[:, None] - places) ** 2
    return features, form


def between(
    patterns: Patterns,
    level: str,
    *,
    distances: Floats | None = None,
    steps: float | None = None,
    ends: tuple[float, float] | None = None,
) -> Callable[[np.ndarray, np.ndarray], Floats]:
    """Squared distances between places in the values of patterns, element by element.

    At all levels as `alpha.alpha_statistic` has them, which is faster because it needs no
    distance of a single pair. The values fit the level.
    """
    if level == "nominal":
        return lambda left, right: (left != right).astype(float)
    if level in ("sets", "distances"):
        assert distances is not None
        matrix = distances
        return lambda left, right: matrix[left, right]
    numbers = patterns.values.astype(float)
    if level == "ordinal":
        order = np.argsort(numbers)
        totals = patterns.marginals[order]
        ranks = np.empty(len(order))
        ranks[order] = np.cumsum(totals) - totals / 2
        return lambda left, right: (ranks[left] - ranks[right]) ** 2
    if level == "interval":
        return lambda left, right: (numbers[left] - numbers[right]) ** 2
    if level == "ratio":
        return lambda left, right: ratio(numbers[left], numbers[right])
    if level == "circular":
        assert steps is not None
        turn = pi / steps
        return lambda left, right: np.sin(turn * (numbers[left] - numbers[right])) ** 2
    assert ends is not None
    distance = bipolar(*ends)
    return lambda left, right: distance(numbers[left], numbers[right])
