"""Krippendorff's alpha of many weightings of the same patterns at once.

One function serves the point estimate (the units as they are), the jackknife (one unit
less) and the bootstrap (units drawn with replacement): each is a row of weights.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from mediacoding.stats.patterns import Floats, Patterns
from mediacoding.stats.result import NotComputable

#: alpha of weightings: (replicates, patterns) -> (replicates,), NaN without variation
Weighted = Callable[[Floats], Floats]
MOST_BLOCK = 4_000_000  # cells of a block of replicates


def weighted_alpha(
    patterns: Patterns, level: str, distances: npt.ArrayLike | None = None
) -> Weighted:
    """Return the function that gives alpha for weights of these (pairable) patterns.

    `level` is nominal, ordinal, interval, ratio, or sets with a matrix of `distances`
    (values, values) that is used as it is.
    """
    counts, m = patterns.counts, patterns.ratings
    if distances is not None:
        return _by_matrix(counts, m, np.asarray(distances, float))
    if level == "nominal":
        return _nominal(counts, m)
    if level == "ordinal":
        return _by_position(counts, m, None)
    numbers = _numbers(patterns)
    if level == "interval":
        return _by_position(counts, m, numbers - numbers.mean())
    if level == "ratio":
        if (numbers < 0).any():
            raise NotComputable(
                "Ratio alpha needs values of 0 or more, and some are negative. Use the "
                "interval level, or check the values."
            )
        sums = numbers[:, None] + numbers
        differences = numbers[:, None] - numbers
        parts = np.divide(differences, sums, out=np.zeros_like(sums), where=sums != 0)
        return _by_matrix(counts, m, parts**2)
    raise ValueError(f"There is no alpha for the level “{level}”.")


def _numbers(patterns: Patterns) -> Floats:
    try:
        return patterns.values.astype(float)
    except (TypeError, ValueError) as error:
        raise NotComputable(
            "The values are labels, not numbers: only the nominal level fits them."
        ) from error


def _ratio(observed: Floats, expected: Floats, n: Floats) -> Floats:
    """1 - D_o / D_e from the sums over pairs; NaN where nothing varies."""
    with np.errstate(divide="ignore", invalid="ignore"):
        alpha = 1 - (n - 1) * observed / expected
    return np.where(expected > 1e-12 * n * n, alpha, np.nan)


def _nominal(counts: Floats, m: Floats) -> Weighted:
    within = (m**2 - (counts**2).sum(axis=1)) / (m - 1)

    def alpha(weights: Floats) -> Floats:
        n_c = weights @ counts
        n = n_c.sum(axis=1)
        return _ratio(weights @ within, n**2 - (n_c**2).sum(axis=1), n)

    return alpha


def _by_matrix(counts: Floats, m: Floats, delta: Floats) -> Weighted:
    within = ((counts @ delta) * counts).sum(axis=1) / (m - 1)

    def alpha(weights: Floats) -> Floats:
        n_c = weights @ counts
        expected = ((n_c @ delta) * n_c).sum(axis=1)
        return _ratio(weights @ within, expected, n_c.sum(axis=1))

    return alpha


def _by_position(counts: Floats, m: Floats, positions: Floats | None) -> Weighted:
    """Squared differences of positions: given (interval) or mid-ranks (ordinal).

    The ordinal metric is the interval metric between the mid-ranks of the pooled values,
    which every replicate has anew.
    """

    def alpha(weights: Floats) -> Floats:
        n_c = weights @ counts
        n = n_c.sum(axis=1)
        if positions is None:
            at = np.cumsum(n_c, axis=1) - n_c / 2
            at -= n[:, None] / 2
            sums = at @ counts.T  # (replicates, patterns)
        else:
            at = np.broadcast_to(positions, n_c.shape)
            sums = np.broadcast_to(counts @ positions, weights.shape)
        scaled = weights * (2 / (m - 1))
        squares = ((scaled * m) @ counts * at**2).sum(axis=1)
        observed = squares - (scaled * sums**2).sum(axis=1)
        mean = (n_c * at).sum(axis=1)
        expected = 2 * (n * (n_c * at**2).sum(axis=1) - mean**2)
        scale = np.maximum((at**2).max(axis=1), 1e-300)
        return _ratio(observed / scale, expected / scale, n)

    return alpha
