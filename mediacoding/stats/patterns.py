"""Ratings as their distinct patterns: what every coefficient is computed from.

The rating table of one variable has few distinct rows. Once it is reduced to them, with
counts, the cost of a coefficient, of its jackknife and of its bootstrap no longer grows
with the number of units.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mediacoding.stats import cells
from mediacoding.stats.result import NotComputable

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.integer[Any]]
MOST_KEYS = 1 << 22  # patterns that are counted in place, not sorted
BLOCK = 1 << 15  # units that are read at once, so that they stay in the cache


class RatingsRefused(ValueError):
    """The ratings contradict themselves; the text says where and the way out."""


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """The distinct rows of a rating table, and how many units show each.

    `codes` (patterns, coders): position in `values` of what each coder gave, -1 where the
    coder did not code the unit. `units` (patterns,): how many units. `values` (values,):
    numbers, labels or frozensets. Where `knows_coders` is false the columns are places
    only, and who gave what is not known. Units that nobody rated are not in it.
    """

    codes: npt.NDArray[np.int32]
    units: npt.NDArray[np.int64]
    values: npt.NDArray[Any]
    coders: int
    knows_coders: bool = True

    @property
    def ratings(self) -> Floats:
        """(patterns,) how many coders rated a unit of the pattern."""
        return (self.codes >= 0).sum(axis=1).astype(float)

    @property
    def counts(self) -> Floats:
        """(patterns, values) how many coders gave a unit of the pattern the value."""
        rows, many = len(self.codes), len(self.values)
        pattern, place = np.nonzero(self.codes >= 0)
        cell = pattern * many + self.codes[pattern, place]
        return (
            np.bincount(cell, minlength=rows * many).reshape(rows, many).astype(float)
        )

    @property
    def marginals(self) -> Floats:
        """(values,) how often each value was given in all."""
        total = np.zeros(len(self.values))
        for column in self.codes.T:
            given = column >= 0
            total += np.bincount(column[given], self.units[given], len(self.values))
        return total

    def sums(self, figures: Floats) -> Floats:
        """(patterns,) for each pattern the sum over its ratings of a figure of their values.

        `figures` has shape (values,) or (values, several).
        """
        padded = np.concatenate([figures, np.zeros((1, *figures.shape[1:]))])
        total = np.zeros((len(self.codes), *figures.shape[1:]))
        for column in self.codes.T:
            total += padded[column]  # -1, not coded, finds the zero at the end
        return total

    @property
    def n_units(self) -> int:
        """Units that at least one coder rated."""
        return int(self.units.sum())

    @property
    def n_pairable(self) -> int:
        """Units that at least two coders rated."""
        return int(self.units[self.ratings >= 2].sum())

    @property
    def n_coders(self) -> int:
        """Coders who rated at least one unit."""
        if not self.knows_coders:
            return self.coders
        return int((self.codes >= 0).any(axis=0).sum())

    @property
    def n_values(self) -> int:
        """Distinct values in pairable units."""
        codes = self.codes[self.ratings >= 2]
        return len(np.unique(codes[codes >= 0]))

    def pairable(self) -> Patterns:
        """The patterns with two or more ratings, with the values that occur in them.

        Raises NotComputable if there is none.
        """
        keep = self.ratings >= 2
        if not keep.any():
            if self.n_coders == 1:
                raise NotComputable(
                    "Only one coder rated these units; agreement needs two or more."
                )
            raise NotComputable("No unit was coded by two or more coders.")
        codes = self.codes[keep]
        seen = np.zeros(len(self.values), dtype=bool)
        seen[codes[codes >= 0]] = True
        places = np.append(np.cumsum(seen) - 1, -1)  # the last is for -1
        return Patterns(
            places[codes].astype(np.int32),
            self.units[keep],
            self.values[seen],
            self.coders,
            self.knows_coders,
        )

    def recoded(
        self,
        places: Sequence[int] | Integers,
        values: npt.NDArray[Any] | Sequence[Any],
    ) -> Patterns:
        """The same ratings with other values: `places` (old values,) in the new `values`.

        -1 takes the value away: its ratings count as not coded. Merging categories,
        judging one option of a multiple choice and leaving out missing codes are this.
        """
        to = np.append(np.asarray(places, dtype=np.int32), np.int32(-1))
        codes, units = _distinct(to[self.codes], self.units, len(values))
        return Patterns(codes, units, _listed(values), self.coders, self.knows_coders)

    def without(self, places: Iterable[int]) -> Patterns:
        """The ratings but those whose value stands at one of `places` in `values`."""
        leaving = set(places)
        to = [-1 if place in leaving else place for place in range(len(self.values))]
        return self.recoded(to, self.values) if leaving else self

    def regardless_of_coders(self) -> Patterns:
        """Patterns that differ only in who gave what, taken together.

        What does not ask for coders costs less on them: 3 coders and 10 categories have
        up to 1,330 patterns, but 285 regardless of coders.
        """
        most = int(self.ratings.max(initial=0))
        ordered = -np.sort(-self.codes, axis=1)[:, :most]
        codes, units = _distinct(ordered, self.units, len(self.values))
        return Patterns(codes, units, self.values, self.coders, knows_coders=False)


def from_table(ratings: npt.ArrayLike | pd.DataFrame) -> Patterns:
    """Patterns of a table: one row a unit, one column a coder.

    `ratings` has shape (units, coders): numbers, labels, or frozensets for a multiple
    choice; NaN, None or empty text where a coder did not code a unit. An empty frozenset
    is an answer. Numbers and their text are one value where the table has both.

    Raises RatingsRefused if it is no table, NotComputable for infinite numbers.
    """
    table = cells.table_of(ratings)
    if table.ndim != 2:
        raise RatingsRefused("Ratings are a table: one row a unit, one column a coder.")
    if table.dtype.kind in "biuf" and table.size:
        bounds = cells.whole_numbers_between(table)
        if bounds and (bounds[1] - bounds[0] + 2) ** table.shape[1] <= MOST_KEYS:
            found = _counted_in_place(table, *bounds)
            if found is not None:
                return found
    flat, values = cells.places_of(table)
    codes, units = _distinct(flat.reshape(table.shape), None, len(values))
    return Patterns(codes, units, values, table.shape[1])


def indexed(
    ratings: npt.ArrayLike | pd.DataFrame,
) -> tuple[Patterns, npt.NDArray[np.intp]]:
    """Patterns of a table as in `from_table`, and the pattern of each unit, (units,).

    -1 for a unit that nobody rated. Costs a sort; for clusters, strata, batches and lists of
    units, which patterns alone do not know.
    """
    table = cells.table_of(ratings)
    if table.ndim != 2:
        raise RatingsRefused("Ratings are a table: one row a unit, one column a coder.")
    flat, values = cells.places_of(table)
    codes = flat.reshape(table.shape)
    rated = (codes >= 0).any(axis=1)
    distinct, index, units = np.unique(
        codes[rated], axis=0, return_inverse=True, return_counts=True
    )
    found = np.full(len(codes), -1, dtype=np.intp)
    found[rated] = index.reshape(-1)
    rows: npt.NDArray[np.int32] = distinct.reshape(-1, table.shape[1]).astype(np.int32)
    return Patterns(rows, units.astype(np.int64), values, table.shape[1]), found


def from_records(records: Iterable[tuple[Any, Any, Any]] | pd.DataFrame) -> Patterns:
    """Patterns of long records: a unit, a coder and a value each, in this order.

    Units and coders are told apart by name or number; values as in `from_table`.
    Raises RatingsRefused if a coder gave the same unit two values.
    """
    unit, coder, value = cells.columns_of(records)
    code, values = cells.places_of(value)
    given = code >= 0
    unit_at, _units = cells.numbered(unit)
    coder_at, coders = cells.numbered(coder)
    return from_long(
        unit_at[given], coder_at[given], code[given], values, coders=len(coders)
    )


def from_long(
    unit: Integers,
    coder: Integers,
    code: Integers,
    values: npt.ArrayLike | Sequence[Any],
    *,
    coders: int | None = None,
) -> Patterns:
    """Patterns of long records that are numbered already: the fast way.

    For each rating its unit, its coder and its value's position in `values`, counted from
    0; shapes (ratings,). Units may have gaps in their numbering. `coders` is how many
    there are, also where one of them rated nothing.

    Raises RatingsRefused if a coder gave the same unit two values.
    """
    known = _listed(values)
    unit, coder, code = np.asarray(unit), np.asarray(coder), np.asarray(code)
    many = coders if coders is not None else int(coder.max(initial=-1)) + 1
    if not len(unit):
        nothing = np.zeros((0, many), dtype=np.int32)
        return Patterns(nothing, np.zeros(0, dtype=np.int64), known, many)
    if code.min() < 0 or code.max() >= len(known) or coder.max() >= many:
        raise ValueError("A rating's value or coder is not among those given.")
    rows = int(unit.max()) + 1
    if rows > 2 * len(unit):
        _seen, unit = np.unique(unit, return_inverse=True)
        rows = int(unit.max()) + 1
    table = np.full((rows, many), -1, dtype=np.min_scalar_type(-len(known) - 1))
    table[unit, coder] = code
    if np.count_nonzero(table >= 0) < len(unit):
        raise RatingsRefused(
            "A coder gave the same unit two values of this variable. Keep one of them, "
            "or count the second reading as another coder."
        )
    codes, units = _distinct(table, None, len(known))
    return Patterns(codes, units, known, many)


def from_counts(
    counts: npt.ArrayLike,
    units: npt.ArrayLike,
    values: npt.ArrayLike | Sequence[Any],
    *,
    coders: int | None = None,
) -> Patterns:
    """Patterns that were counted already, without who gave what.

    `counts` (patterns, values): how many coders gave a unit of the pattern the value;
    `units` (patterns,): how many units show it; `coders`: how many there are in all, else
    as many as rated the unit that most of them rated.
    """
    table = np.asarray(counts, dtype=np.int64)
    many = int(table.sum(axis=1).max(initial=0))
    codes = np.full((len(table), many), -1, dtype=np.int32)
    for row, times in enumerate(table):
        given = np.repeat(np.arange(table.shape[1]), times)
        codes[row, : len(given)] = given
    codes, merged = _distinct(codes, np.asarray(units), table.shape[1])
    return Patterns(codes, merged, _listed(values), coders or many, knows_coders=False)


def _listed(values: npt.ArrayLike | Sequence[Any]) -> npt.NDArray[Any]:
    """Values as an array of one dimension, also where they are sets."""
    if isinstance(values, np.ndarray):
        return values
    listed = list(values)  # type: ignore[arg-type]
    if all(isinstance(value, int | float | np.number) for value in listed):
        return np.array(listed)
    array = np.empty(len(listed), dtype=object)
    array[:] = listed
    return array


def _counted_in_place(table: npt.NDArray[Any], low: int, high: int) -> Patterns | None:
    """Patterns of whole numbers from low to high by one bincount; None if some are not whole.

    A unit's key is the number whose digits are its ratings, 0 for not coded. The table is
    read in blocks that stay in the cache, so memory does not grow with it.
    """
    base, many = high - low + 2, table.shape[1]
    offset = (low - 1) * sum(base**power for power in range(many))
    tally = np.zeros(base**many, dtype=np.int64)
    for start in range(0, len(table), BLOCK):
        block = table[start : start + BLOCK]
        if block.dtype.kind == "f":
            if np.isnan(block.sum()):
                block = np.fmax(block, low - 1)  # NaN gives way to the other
            whole = block.astype(np.int32)
            if (whole != block).any():
                return None
            block = whole
        key = block[:, 0].astype(np.intp)
        for column in range(1, many):
            key *= base
            key += block[:, column]
        key -= offset
        tally += np.bincount(key, minlength=len(tally))
    codes, units = _of_tally(tally, base, many)
    values = np.arange(low, high + 1)
    seen = np.zeros(len(values), dtype=bool)
    seen[codes[codes >= 0]] = True
    places = np.append(np.cumsum(seen) - 1, -1)
    numbers = values[seen].astype(float if table.dtype.kind == "f" else np.int64)
    return Patterns(places[codes].astype(np.int32), units, numbers, many)


def _of_tally(
    tally: npt.NDArray[Any], base: int, many: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """The codes and units of a tally of keys; the pattern that nobody rated is left out."""
    keys = np.flatnonzero(tally)
    keys = keys[keys > 0]
    codes = np.empty((len(keys), many), dtype=np.int32)
    rest = keys
    for column in reversed(range(many)):
        rest, digit = np.divmod(rest, base)
        codes[:, column] = digit - 1
    return codes, tally[keys].astype(np.int64)


def _distinct(
    codes: npt.NDArray[Any], units: npt.NDArray[Any] | None, values: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """The distinct rows of (rows, coders) codes, and the sum of `units` (rows,) of each.

    Without `units` a row is one unit. Rows of -1 only are left out.
    """
    rows, many = codes.shape
    if not rows:
        return np.zeros((0, many), dtype=np.int32), np.zeros(0, dtype=np.int64)
    base = values + 1
    if base**many <= MOST_KEYS:
        tally = np.zeros(base**many, dtype=np.int64)
        for start in range(0, rows, BLOCK):
            block = codes[start : start + BLOCK]
            key = np.zeros(len(block), dtype=np.intp)
            for column in range(many):
                key *= base
                key += block[:, column]
                key += 1
            weight = None if units is None else units[start : start + BLOCK]
            tally += np.bincount(key, weight, len(tally)).astype(np.int64)
        return _of_tally(tally, base, many)
    key, room = np.zeros(rows, dtype=np.int64), 1
    for column in range(many):
        if room * base >= 1 << 62:  # the digits so far are numbered anew
            _found, key = np.unique(key, return_inverse=True)
            room = int(key.max()) + 1
        key = key * base + codes[:, column] + 1
        room *= base
    _found, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    times = np.bincount(inverse, units, len(first)).astype(np.int64)
    distinct = codes[first].astype(np.int32)
    rated = (distinct >= 0).any(axis=1)
    return distinct[rated], times[rated]
