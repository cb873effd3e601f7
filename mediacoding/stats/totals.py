"""Coefficients that are functions of sums over units, as most are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mediacoding.stats.patterns import Floats


@dataclass(frozen=True, slots=True, eq=False)
class OfSums:
    """A coefficient of sums over units, as a function of the weights of their patterns.

    `table` (patterns, sums), nothing in it negative; `of` gives the coefficients of
    several totals, (several, sums) -> (several,), NaN where undefined.
    """

    table: Floats
    of: Callable[[Floats], Floats]

    def __call__(self, weights: Floats) -> Floats:
        return self.of(weights @ self.table)

    def without_one(self, units: Floats) -> Floats:
        """The value without one unit of each pattern.

        What comes before and after a pattern is added up: subtracting it from the total
        would leave traces of rounding where nothing is left.
        """
        rows, nothing = self.table * units[:, None], np.zeros((1, self.table.shape[1]))
        before = np.concatenate([nothing, rows[:-1].cumsum(axis=0)])
        after = np.concatenate([rows[:0:-1].cumsum(axis=0)[::-1], nothing])
        return self.of(before + after + self.table * (units - 1)[:, None])
