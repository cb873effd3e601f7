"""Multi-valued alpha: chance agreement on sets from how often each option was chosen.

Alpha of sets takes the sets that occurred as the values by chance; multi-valued alpha takes
all sets of the sizes that occurred, made up of options as often as they were chosen.

Source: Krippendorff, K., & Craggs, R. (2016). The reliability of multi-valued coding of
data. Communication Methods and Measures, 10, 181-198.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mediacoding.stats import bootstrap
from mediacoding.stats.design import MOST_CELLS
from mediacoding.stats.krippendorff import BOUNDS, NO_VARIATION
from mediacoding.stats.patterns import Floats, Patterns
from mediacoding.stats.ratings import Ratings, base_of, patterns_of
from mediacoding.stats.result import Coefficient, NotComputable
from mediacoding.stats.sets import dice_distances

NAME = "Multi-valued alpha"
NO_SETS = (
    "Some values are not sets of options. Give every answer to a multiple choice as a "
    "frozenset, the empty one too."
)
LARGEST = 20  # options in one answer
TOO_LARGE = (
    "Some answers hold more than 20 options, too many for multi-valued alpha. Use alpha "
    "with MASI distances."
)


def mv_alpha(
    ratings: Ratings,
    *,
    bounds: Sequence[float] = BOUNDS,
    replicates: int = bootstrap.REPLICATES,
    seed: int = 0,
    interval: str | None = "default",
) -> Coefficient:
    """Multi-valued alpha of answers to a multiple choice, with its interval.

    `ratings` (units, coders) of frozensets, the empty one an answer, None where not coded;
    the rest as in `krippendorff_alpha`. Disagreement of two sets is 1 - 2 |A and B| /
    (|A| + |B|). With one option an answer it is nominal alpha.
    """
    try:
        patterns = patterns_of(ratings)
    except NotComputable as why:
        return Coefficient(NAME, reason=str(why))
    base = base_of(patterns)
    try:
        pairable = patterns.pairable().regardless_of_coders()
        statistic = _statistic(pairable)
        units = pairable.units.astype(float)
        value = float(statistic(units[None, :])[0])
        if np.isnan(value):
            raise NotComputable(NO_VARIATION)
    except NotComputable as why:
        return Coefficient(NAME, reason=str(why), **base)
    if interval is None:
        return Coefficient(NAME, value, **base)
    known = bootstrap.uncertainty(
        statistic,
        pairable.units,
        value,
        method=interval,
        bounds=bounds,
        replicates=replicates,
        seed=seed,
    )
    return Coefficient(
        NAME,
        value,
        known.interval,
        known.se,
        method=known.method,
        replicates=known.replicates,
        lost=known.lost,
        seed=seed if known.replicates else None,
        below=known.below,
        warnings=known.warnings,
        **base,
    )


@dataclass(frozen=True, slots=True, eq=False)
class MultiValued:
    """Multi-valued alpha as a function of the weights of patterns.

    `within` (patterns,) differences within a unit; `ratings` (patterns,); `chosen`
    (patterns, options) how often each option was chosen; `sizes` (patterns, sizes) how many
    answers have each size, 0 first.
    """

    within: Floats
    ratings: Floats
    chosen: Floats
    sizes: Floats

    def __call__(self, weights: Floats) -> Floats:
        return self._of(
            weights @ self.within,
            weights @ self.ratings,
            weights @ self.chosen,
            weights @ self.sizes,
        )

    def without_one(self, units: Floats) -> Floats:
        return self._of(
            units @ self.within - self.within,
            units @ self.ratings - self.ratings,
            units @ self.chosen - self.chosen,
            units @ self.sizes - self.sizes,
        )

    def _of(
        self, within: Floats, answers: Floats, chosen: Floats, sizes: Floats
    ) -> Floats:
        found = np.empty(len(within))
        many = sizes.shape[1]
        block = max(1, MOST_CELLS // many**3)
        for start in range(0, len(found), block):
            some = slice(start, start + block)
            expected = _expected(chosen[some], sizes[some] / answers[some, None])
            observed = within[some] / answers[some]
            quotient = np.divide(
                observed,
                expected,
                out=np.full_like(expected, np.nan),
                where=expected > 1e-12,
            )
            found[some] = 1 - quotient
        return found


def _statistic(patterns: Patterns) -> MultiValued:
    sets = patterns.values.tolist()
    if not all(isinstance(value, frozenset) for value in sets):
        raise NotComputable(NO_SETS)
    largest = max(len(value) for value in sets)
    if largest > LARGEST:
        raise NotComputable(TOO_LARGE)
    options = sorted(set().union(*sets), key=str)
    table = np.array([[option in value for option in options] for value in sets], float)
    sizes = np.zeros((len(sets), largest + 1))
    sizes[np.arange(len(sets)), [len(value) for value in sets]] = 1
    distances, codes = dice_distances(sets), patterns.codes
    within = np.zeros(len(codes))
    for right in range(1, codes.shape[1]):
        for left in range(right):
            both = np.flatnonzero((codes[:, left] >= 0) & (codes[:, right] >= 0))
            within[both] += 2 * distances[codes[both, left], codes[both, right]]
    return MultiValued(
        within / (patterns.ratings - 1),
        patterns.ratings,
        patterns.sums(table.reshape(len(sets), -1)),
        patterns.sums(sizes),
    )


def _expected(chosen: Floats, shares: Floats) -> Floats:
    """Expected disagreement, (weightings,).

    `chosen` (weightings, options) how often each option was chosen, `shares` (weightings,
    sizes) of the answers by size. Two sets of sizes a and b that share s options come up
    as often as the product of their options' counts, less one where an option is in both.
    Summed over all sets, that is the coefficient of x^a y^b z^s in the product over options
    of 1 + n x + n y + n (n - 1) x y z, so no set is ever listed.
    """
    rows, many = shares.shape
    total = np.maximum(chosen.sum(axis=1, keepdims=True), 1.0)
    once = chosen / total
    twice = chosen * np.maximum(chosen - 1, 0) / total**2
    product = np.zeros((rows, many, many, many))
    product[:, 0, 0, 0] = 1
    for option in range(chosen.shape[1]):
        n, pair = once[:, option, None, None, None], twice[:, option, None, None, None]
        grown = product.copy()
        grown[:, 1:] += n * product[:, :-1]
        grown[:, :, 1:] += n * product[:, :, :-1]
        grown[:, 1:, 1:, 1:] += pair * product[:, :-1, :-1, :-1]
        product = grown
    a, b, s = np.ogrid[:many, :many, :many]
    distance = 1 - 2 * s / np.maximum(a + b, 1) * np.ones((many, many, many))
    distance[0, 0] = 0
    ways = product.sum(axis=3)
    mean = np.divide(
        (product * distance).sum(axis=3), ways, out=np.zeros_like(ways), where=ways > 0
    )
    expected: Floats = np.einsum("ra,rb,rab->r", shares, shares, mean)
    return expected
