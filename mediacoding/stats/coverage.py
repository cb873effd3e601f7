"""Shares with their bases: what coverage tables are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from mediacoding.stats.distributions import NORMAL


@dataclass(frozen=True, slots=True)
class Share:
    """A count as a share of its base, with a 95 % interval; no share where the base is 0."""

    count: int
    base: int
    share: float | None
    interval: tuple[float, float] | None


def share(count: int, base: int, *, confidence: float = 0.95) -> Share:
    """Share of a count in its base with Wilson's interval (Wilson 1927)."""
    if base == 0:
        return Share(count, base, None, None)
    p = count / base
    z = NORMAL.inv_cdf((1 + confidence) / 2)
    centre = (p + z * z / (2 * base)) / (1 + z * z / base)
    reach = (
        z * sqrt(p * (1 - p) / base + z * z / (4 * base * base)) / (1 + z * z / base)
    )
    return Share(count, base, p, (max(0.0, centre - reach), min(1.0, centre + reach)))


def shares(counts: Sequence[int], base: int | None = None) -> list[Share]:
    """Shares of several counts in their sum, or in a given base (multiple choice: cases)."""
    whole = sum(counts) if base is None else base
    return [share(count, whole) for count in counts]
