"""Lotus and S-Lotus: how many codings are the unit's most common value.

Source: Fretwurst, B. (2015). Reliabilitaet und Validitaet von Inhaltsanalysen: Mit
Erlaeuterungen zur Berechnung des Reliabilitaetskoeffizienten "Lotus" mit SPSS.
"""

from __future__ import annotations

import numpy as np

from mediacoding.stats import gwet
from mediacoding.stats.patterns import Floats, Patterns
from mediacoding.stats.ratings import (
    Ratings,
    linearised,
    patterns_of,
    refuse_unknown_coders,
)
from mediacoding.stats.result import Coefficient, NotComputable
from mediacoding.stats.weights import MORE_VALUES, Categories


def lotus(ratings: Ratings, *, tolerance: float = 0.0) -> Coefficient:
    """Lotus: the mean share of a unit's codings that are its most common coded value.

    With a `tolerance`, numbers this far from the most common value count as equal to it.
    Over pairable units; the mean of a share a unit, with its standard error and t interval.
    Not corrected for chance, and at least 1 / m because the mode agrees with itself: no
    value of it can be set beside alpha. Shapes as in `krippendorff_alpha`.
    """
    return linearised(
        "Lotus",
        ratings,
        lambda patterns: _lotus(patterns, tolerance),
        method="t",
    )


def s_lotus(
    ratings: Ratings, *, categories: Categories = None, tolerance: float = 0.0
) -> Coefficient:
    """Standardised Lotus: (Lotus - 1 / K) / (1 - 1 / K), K categories of the codebook.

    Not 0 under guessing: .50 for two coders whatever K, .40 for three and K = 5, because the
    mode agrees with itself. `categories` is how many the codebook defines, or which.
    """

    def of(patterns: Patterns) -> gwet.Linear:
        occurring = int((patterns.marginals > 0).sum())
        if categories is None or isinstance(categories, int | np.integer):
            many = occurring if categories is None else int(categories)
        else:
            many = len(categories)
        if occurring > many:
            raise NotComputable(MORE_VALUES)
        if many < 2:
            raise NotComputable(gwet.ONE_CATEGORY)
        raw = _lotus(patterns, tolerance)
        scale = 1 - 1 / many
        return gwet.Linear(
            (raw.value - 1 / many) / scale, (raw.figures - 1 / many) / scale
        )

    return linearised("S-Lotus", ratings, of, method="t")


def lotus_by_coder(ratings: Ratings, *, tolerance: float = 0.0) -> dict[int, float]:
    """Each coder's share of codings that are the unit's most common value.

    By column of the table. Of several most common values the first in order is taken,
    which moves single coders, never the mean. Raises NotComputable where nobody can be
    compared.
    """
    patterns = patterns_of(ratings)
    refuse_unknown_coders(patterns)
    pairable = patterns.pairable()
    mode = modal_codes(pairable)
    hits = _hits(pairable, mode, tolerance)
    given = pairable.codes >= 0
    return {
        coder: float(
            pairable.units @ hits[:, coder] / (pairable.units @ given[:, coder])
        )
        for coder in range(given.shape[1])
        if given[:, coder].any()
    }


def modal_codes(patterns: Patterns) -> np.ndarray:
    """(patterns,) the place of each unit's most common value, the first of several."""
    codes = patterns.codes
    times = np.zeros(codes.shape, dtype=int)
    for column in codes.T:
        times += (codes == column[:, None]) & (codes >= 0)
    best = times.max(axis=1, keepdims=True)
    past_all = len(patterns.values)
    return np.where((times == best) & (codes >= 0), codes, past_all).min(axis=1)


def _hits(patterns: Patterns, mode: np.ndarray, tolerance: float) -> np.ndarray:
    """(patterns, coders) whether what a coder gave is, or is near, the mode."""
    codes = patterns.codes
    if not tolerance:
        return codes == mode[:, None]
    try:
        numbers = patterns.values.astype(float)
    except (TypeError, ValueError) as error:
        raise NotComputable("A tolerance needs values that are numbers.") from error
    near = np.abs(numbers[codes] - numbers[mode][:, None]) <= tolerance + 1e-12
    return near & (codes >= 0)


def shares(patterns: Patterns, tolerance: float = 0.0) -> Floats:
    """(patterns,) the share of a unit's codings that are its most common value."""
    hits = _hits(patterns, modal_codes(patterns), tolerance)
    found: Floats = hits.sum(axis=1) / patterns.ratings
    return found


def _lotus(patterns: Patterns, tolerance: float) -> gwet.Linear:
    pairable = patterns.ratings >= 2
    found = shares(patterns, tolerance)
    n_pairable = patterns.n_pairable
    value = float(patterns.units @ (found * pairable) / n_pairable)
    # How many units are pairable is chance too: only what differs from the mean counts.
    moves = (found - value) * pairable * patterns.n_units / n_pairable
    return gwet.Linear(value, value + moves, lowest=0.0)
