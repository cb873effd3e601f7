"""What is summed up over the ratings of units: how often each value, or sums of figures.

One small interface, so that a level of measurement need not know whether the table
patterns x values fits into memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from mediacoding.stats.patterns import Floats, Patterns

MOST_CELLS = 4_000_000  # of a table patterns x values that is kept whole


class Features(Protocol):
    """Figures of units, added up."""

    def totals(self, weights: Floats) -> Floats:
        """Sums over units: (weightings, patterns) -> (weightings, features)."""
        ...

    def sums(self, vectors: Floats) -> Floats:
        """Sums within units: (vectors, features) -> (vectors, patterns)."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Features as a table, shape (patterns, features)."""

    table: Floats

    def totals(self, weights: Floats) -> Floats:
        return weights @ self.table

    def sums(self, vectors: Floats) -> Floats:
        return vectors @ self.table.T


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """How often each value was given, where the table patterns x values would be too large.

    `codes` (patterns, coders), -1 where not coded.
    """

    codes: npt.NDArray[np.int32]
    values: int

    def totals(self, weights: Floats) -> Floats:
        given = self.codes >= 0
        codes = self.codes[given]
        pattern = np.broadcast_to(np.arange(len(given))[:, None], given.shape)[given]
        totals = np.empty((len(weights), self.values))
        for row, weight in zip(totals, weights, strict=True):
            row[:] = np.bincount(codes, weight[pattern], self.values)
        return totals

    def sums(self, vectors: Floats) -> Floats:
        padded = np.column_stack([vectors, np.zeros(len(vectors))])
        total = np.zeros((len(vectors), len(self.codes)))
        for column in self.codes.T:
            total += padded[:, column]  # -1, not coded, finds the zeros at the end
        return total


def counts_of(patterns: Patterns) -> Features:
    """How often each value was given to a unit of each pattern."""
    if len(patterns.codes) * len(patterns.values) > MOST_CELLS:
        return Codes(patterns.codes, len(patterns.values))
    return Sums(patterns.counts)
