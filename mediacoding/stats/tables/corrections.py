"""Many tests at once: how far each p must be raised, because some are low by chance alone.

Sources: Holm, S. (1979), A simple sequentially rejective multiple test procedure; Benjamini,
Y. & Hochberg, Y. (1995), Controlling the false discovery rate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mediacoding.stats.patterns import Floats


@dataclass(frozen=True, slots=True)
class Corrected:
    """p of several tests as they are and as corrected, in the order given.

    `tests` of them have a p; those without one have no corrected one either.
    """

    method: str
    p: tuple[float | None, ...]
    adjusted: tuple[float | None, ...]
    tests: int


def holm(p: Sequence[float | None]) -> Corrected:
    """Correct p so that one false finding among all is improbable (family-wise error).

    The i-th smallest of m is multiplied by m - i + 1, and is never below one before it.
    Raises ValueError for a p that is not between 0 and 1.
    """

    def adjusted(in_order: Floats) -> Floats:
        return np.maximum.accumulate(in_order * np.arange(len(in_order), 0, -1))

    return _corrected("Holm", p, adjusted)


def benjamini_hochberg(p: Sequence[float | None]) -> Corrected:
    """Correct p so that few of the findings are false (false discovery rate).

    The i-th smallest of m is multiplied by m / i, and is never above one after it.
    Raises ValueError for a p that is not between 0 and 1.
    """

    def adjusted(in_order: Floats) -> Floats:
        m = len(in_order)
        raised = in_order * m / np.arange(1, m + 1)
        return np.minimum.accumulate(raised[::-1])[::-1]

    return _corrected("Benjamini-Hochberg", p, adjusted)


def _corrected(
    method: str,
    p: Sequence[float | None],
    adjusted: Callable[[Floats], Floats],
) -> Corrected:
    there = [place for place, value in enumerate(p) if value is not None]
    values = np.array([p[place] for place in there], dtype=float)
    if not ((values >= 0) & (values <= 1)).all():
        raise ValueError("A p lies between 0 and 1.")
    order = np.argsort(values, kind="stable")
    found: list[float | None] = [None] * len(p)
    raised = np.minimum(adjusted(values[order]), 1.0)
    for place, value in zip(order, raised, strict=True):
        found[there[int(place)]] = float(value)
    return Corrected(method, tuple(p), tuple(found), len(there))
