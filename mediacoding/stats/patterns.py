"""Ratings as their distinct patterns: what every coefficient is computed from.

The rating table of one variable has few distinct rows. Once it is reduced to them, with
counts, the cost of a coefficient, of its jackknife and of its bootstrap no longer grows
with the number of units.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mediacoding.stats.result import NotComputable

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.integer]
MOST_CELLS = 200_000_000  # of the table units x values, one byte each


@dataclass(frozen=True, slots=True)
class Patterns:
    """How often each combination of values was given to a unit, whoever gave them.

    `counts` (patterns, values): how many coders gave a unit of the pattern the value.
    `units` (patterns,): how many units show it. `values` (values,): the values in order,
    numbers or labels. `coders`: how many coders there are in all.
    """

    counts: Floats
    units: Floats
    values: npt.NDArray
    coders: int

    @property
    def ratings(self) -> Floats:
        """(patterns,) how many coders rated a unit of the pattern."""
        return self.counts.sum(axis=1)

    @property
    def n_units(self) -> int:
        """Units that at least one coder rated."""
        return int(self.units[self.ratings > 0].sum())

    @property
    def n_pairable(self) -> int:
        """Units that at least two coders rated."""
        return int(self.units[self.ratings >= 2].sum())

    @property
    def marginals(self) -> Floats:
        """(values,) how often each value was given in all."""
        return self.units @ self.counts

    def pairable(self) -> Patterns:
        """The patterns with two or more ratings. Raises NotComputable if there is none."""
        if self.coders < 2:
            raise NotComputable(
                "Only one coder rated these units; agreement needs two or more."
            )
        keep = self.ratings >= 2
        if not keep.any():
            raise NotComputable("No unit was coded by two or more coders.")
        counts = self.counts[keep]
        seen = counts.any(axis=0)
        return Patterns(
            counts[:, seen], self.units[keep], self.values[seen], self.coders
        )


def from_table(ratings: npt.ArrayLike | pd.DataFrame) -> Patterns:
    """Patterns of a table, shape (units, coders): numbers or labels; NaN or None = not coded."""
    table = np.asarray(ratings)
    if table.ndim != 2:
        raise ValueError("Ratings are a table: one row a unit, one column a coder.")
    if table.dtype.kind in "fiub":
        numbers = table.astype(float)
        present = ~np.isnan(numbers)
        if np.isinf(numbers[present]).any():
            raise NotComputable("Infinite ratings cannot be compared; check the table.")
        values, codes = np.unique(numbers[present], return_inverse=True)
    else:
        present = np.array(
            [[_is_given(cell) for cell in row] for row in table], dtype=bool
        )
        present = present.reshape(table.shape)
        given = table[present]
        if all(isinstance(cell, int | float | np.number) for cell in given):
            return from_table(np.where(present, table, np.nan).astype(float))
        labels = np.array([str(cell) for cell in given], dtype=object)
        values, codes = np.unique(labels, return_inverse=True)
    unit, coder = np.nonzero(present)
    return from_long(unit, coder, codes, values, coders=table.shape[1])


def _is_given(cell: object) -> bool:
    return cell is not None and cell == cell and cell != ""


def from_long(
    unit: Integers,
    coder: Integers,
    code: Integers,
    values: npt.ArrayLike,
    *,
    coders: int | None = None,
) -> Patterns:
    """Patterns of long records: for each rating its unit, coder and position in `values`.

    Positions count from 0; shapes (ratings,). Units may have gaps in their numbering.
    """
    known = np.asarray(values)
    unit, code = np.asarray(unit), np.asarray(code)
    n_coders = coders if coders is not None else len(np.unique(coder))
    if not len(unit):
        return Patterns(np.zeros((0, len(known))), np.zeros(0), known, n_coders)
    rows = int(unit.max()) + 1
    if rows * len(known) > MOST_CELLS:
        raise NotComputable(
            "These ratings have too many units times distinct values for this computer."
        )
    counts = np.bincount(
        unit.astype(np.int64) * len(known) + code, minlength=rows * len(known)
    ).reshape(rows, len(known))
    counts = counts[counts.any(axis=1)]
    return _compressed(counts, known, n_coders)


def _compressed(counts: npt.NDArray, values: npt.NDArray, coders: int) -> Patterns:
    """The distinct rows of a table of counts, with how often each occurs."""
    most = int(counts.max()) + 1 if counts.size else 1
    if counts.shape[1] and most ** min(counts.shape[1], 64) < 2**62:
        weights = most ** np.arange(counts.shape[1], dtype=np.int64)
        _keys, first, times = np.unique(
            counts @ weights, return_index=True, return_counts=True
        )
        distinct = counts[first]
    else:
        distinct, times = np.unique(counts, axis=0, return_counts=True)
    return Patterns(distinct.astype(float), times.astype(float), values, coders)


def from_counts(
    counts: npt.ArrayLike, units: npt.ArrayLike, values: npt.ArrayLike, *, coders: int
) -> Patterns:
    """Patterns that were counted already: counts (patterns, values), units (patterns,)."""
    return Patterns(
        np.asarray(counts, float), np.asarray(units, float), np.asarray(values), coders
    )
