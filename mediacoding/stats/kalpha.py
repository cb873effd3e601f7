"""Krippendorff's own bootstraps, for comparison with studies that used them.

Both take the pairs of values within a unit as independent and chance agreement as known,
so their intervals are too narrow: docs/methods.md has their simulated coverage (a nominal
95 % interval of three and more coders may hold the true value in seven samples of ten).
They are never the default, and their results say what they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mediacoding.stats.patterns import Floats, Patterns

#: Squared distances between places in the values, element by element.
Between = Callable[[np.ndarray, np.ndarray], Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """The distinct pairs of values that units show, and how often.

    `distance` (pairs,) squared; `coincidences` (pairs,) n_uc (n_uk - [c = k]) / (m_u - 1)
    summed over units, both orders of a pair together; `observed` (pairs,) how many pairs
    of coders show it; `same` (pairs,) whether both values are equal.
    """

    distance: Floats
    coincidences: Floats
    observed: Floats
    same: np.ndarray
    expected: float  # D_e
    n: float  # pairable values


def pairs_of(patterns: Patterns, between: Between, value: float) -> Pairs:
    """The pairs of pairable patterns; `value` is their alpha, which gives D_e."""
    codes, units, m = patterns.codes, patterns.units, patterns.ratings
    many = len(patterns.values)
    firsts, seconds, times, weights = [], [], [], []
    for right in range(1, codes.shape[1]):
        rows = np.flatnonzero(codes[:, right] >= 0)
        for left in range(right):
            both = rows[codes[rows, left] >= 0]
            one, other = codes[both, left], codes[both, right]
            firsts.append(np.minimum(one, other))
            seconds.append(np.maximum(one, other))
            times.append(units[both])
            weights.append(2 * units[both] / (m[both] - 1))
    key = np.concatenate(firsts) * np.int64(many) + np.concatenate(seconds)
    distinct, place = np.unique(key, return_inverse=True)
    first, second = np.divmod(distinct, many)
    coincidences = np.bincount(place, np.concatenate(weights)).astype(float)
    distance = between(first, second)
    n = float(units @ m)
    expected = float(coincidences @ distance) / n / (1 - value)
    return Pairs(
        distance,
        coincidences,
        np.bincount(place, np.concatenate(times)).astype(float),
        first == second,
        expected,
        n,
    )


def kalpha(
    pairs: Pairs, coders: int, *, replicates: int, seed: int, draws: int | None = None
) -> Floats:
    """Sorted replicates of the KALPHA macro, version 3 (Krippendorff 2006), shape (replicates,).

    Each draws M pairs of values from the coincidences: M = min(25 Q, (m - 1) n / 2) with Q
    their cells that are not empty; `draws` is another M (Hayes and Krippendorff 2007 drew as
    many as there are pairs of coders). The floor is -1. Where perfect agreement comes up, it
    is set to 0 in the replicates that would show a single value only.
    """
    cells = int(np.where(pairs.same, 1, 2).sum())
    m = draws or int(min(25 * cells, (coders - 1) * pairs.n / 2))
    share = pairs.coincidences / pairs.n
    chance = np.random.default_rng(seed)
    drawn = chance.multinomial(m, share / share.sum(), size=replicates)
    found = np.maximum(-1.0, 1 - drawn @ pairs.distance / (m * pairs.expected))
    perfect = np.flatnonzero((drawn[:, ~pairs.same]).sum(axis=1) == 0)
    if np.count_nonzero(pairs.same) == 1:
        found[perfect] = 0.0
    else:
        alike = round(replicates * float((share[pairs.same] ** m).sum()))
        found[perfect[:alike]] = 0.0
    return np.sort(found)


def krippendorff_2016(
    pairs: Pairs, patterns: Patterns, *, replicates: int, seed: int
) -> Floats:
    """Sorted replicates of Krippendorff (2016), Bootstrapping distributions.

    Every unit draws its m (m - 1) / 2 pairs from all observed pairs; D_e stays.
    """
    m, units = patterns.ratings, patterns.units
    chance = np.random.default_rng(seed)
    share = pairs.observed / pairs.observed.sum()
    lost = np.zeros(replicates)
    for coders in np.unique(m):
        times = int(units[m == coders].sum() * coders * (coders - 1) / 2)
        drawn = chance.multinomial(times, share, size=replicates)
        lost += 2 * (drawn @ pairs.distance) / (coders - 1)
    return np.sort(np.maximum(-1.0, 1 - lost / (pairs.n * pairs.expected)))


def percentiles(replicates: Floats, confidence: float = 0.95) -> tuple[float, float]:
    """KALPHA's ends: of X sorted replicates number trunc(.025 X) and trunc(.975 X) + 1."""
    many = len(replicates)
    low = max(1, int((1 - confidence) / 2 * many))
    high = min(many, int((1 + confidence) / 2 * many) + 1)
    return float(replicates[low - 1]), float(replicates[high - 1])
