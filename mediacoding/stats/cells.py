"""Cells of a rating table, whatever they hold, as places in a list of distinct values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mediacoding.stats.result import NotComputable

if TYPE_CHECKING:
    import pandas as pd

Places = npt.NDArray[np.integer[Any]]
INFINITE = "Infinite ratings cannot be compared; check the table."
MOST_SPAN = 1 << 16  # whole numbers that are looked up, not sorted


def table_of(ratings: npt.ArrayLike | pd.DataFrame) -> npt.NDArray[Any]:
    """The ratings as an array: of numbers where all cells are, else of objects."""
    table = np.asarray(ratings)
    return table if table.dtype.kind in "biuf" else table.astype(object)


def columns_of(
    records: Iterable[tuple[Any, Any, Any]] | pd.DataFrame,
) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]:
    """The three columns of long records: units, coders, values; values as in `table_of`."""
    import pandas as pd

    if isinstance(records, pd.DataFrame):
        if records.shape[1] != 3:
            raise ValueError("Long records have three columns: unit, coder, value.")
        unit, coder, value = (records.iloc[:, place].to_numpy() for place in range(3))
        return unit, coder, table_of(value)
    rows = list(records)
    columns = np.empty((3, len(rows)), dtype=object)
    for place in range(3):
        columns[place, :] = [row[place] for row in rows]
    return columns[0], columns[1], columns[2]


def numbered(names: npt.NDArray[Any]) -> tuple[Places, npt.NDArray[Any]]:
    """Each name's number, counted from 0 in order of appearance, and the distinct names."""
    import pandas as pd

    places, distinct = pd.factorize(names)
    return places, np.asarray(distinct)


def whole_numbers_between(table: npt.NDArray[Any]) -> tuple[int, int] | None:
    """The least and the largest number, if both are whole and not too far apart.

    None if all cells are NaN. Raises NotComputable for infinite numbers.
    """
    low, high = table.min(), table.max()
    if low != low:  # some are NaN
        low, high = np.fmin.reduce(table, axis=None), np.fmax.reduce(table, axis=None)
        if low != low:
            return None
    if np.isinf(low) or np.isinf(high):
        raise NotComputable(INFINITE)
    if (
        low != np.rint(low)
        or high != np.rint(high)
        or float(high) - float(low) > MOST_SPAN
    ):
        return None
    return int(low), int(high)


def places_of(array: npt.NDArray[Any]) -> tuple[Places, npt.NDArray[Any]]:
    """Each cell's place among the distinct values, -1 where nothing was coded.

    Shape (cells,), row by row; the values in order: numbers by size, labels by letters.
    Raises NotComputable for infinite numbers and for cells that cannot be told apart.
    """
    flat = array.reshape(-1)
    if flat.dtype.kind in "biuf":
        return _of_numbers(flat)
    import pandas as pd

    try:
        raw, found = pd.factorize(flat)
    except TypeError as error:
        raise NotComputable(
            "Some cells hold lists. Give the options of a multiple choice as frozensets."
        ) from error
    known = [None if _is_blank(cell) else cell for cell in found]
    given = [cell for cell in known if cell is not None]
    if all(isinstance(cell, bool | int | float | np.number) for cell in given):
        numbers = np.array(
            [np.nan if cell is None else float(cell) for cell in known] + [np.nan]
        )
        return _of_numbers(numbers[raw])
    known = [None if cell is None else _as_label(cell) for cell in known]
    given = [cell for cell in known if cell is not None]
    ordered = sorted(set(given), key=_order)
    place = {cell: at for at, cell in enumerate(ordered)}
    translate = np.array([place.get(cell, -1) for cell in known] + [-1])
    values = np.empty(len(ordered), dtype=object)
    values[:] = ordered
    return translate[raw], values


def _of_numbers(flat: npt.NDArray[Any]) -> tuple[Places, npt.NDArray[Any]]:
    if not len(flat):
        return np.zeros(0, dtype=np.intp), np.zeros(0)
    bounds = whole_numbers_between(flat)
    places = np.full(len(flat), -1, dtype=np.int32)
    present = flat == flat
    given = flat[present]
    if bounds:
        offset = given.astype(np.int64) - bounds[0]
        if (offset + bounds[0] == given).all():
            seen = np.bincount(offset, minlength=bounds[1] - bounds[0] + 1) > 0
            places[present] = (np.cumsum(seen) - 1)[offset]
            return places, (np.flatnonzero(seen) + bounds[0]).astype(flat.dtype)
    values, inverse = np.unique(given, return_inverse=True)
    places[present] = inverse
    return places, values


def _is_blank(cell: Any) -> bool:
    return isinstance(cell, str) and not cell.strip()


def _as_label(cell: Any) -> str | frozenset[Any]:
    """A label, the same for 3, 3.0 and "3"; a set of options stays as it is."""
    if isinstance(cell, frozenset):
        return cell
    if isinstance(cell, float | np.floating) and float(cell).is_integer():
        return str(int(cell))
    return str(cell).strip()


def _order(value: str | frozenset[Any]) -> tuple[Any, ...]:
    """Labels by their letters, then sets by size and by their options."""
    if isinstance(value, frozenset):
        return 1, len(value), sorted(map(str, value))
    return 0, value
