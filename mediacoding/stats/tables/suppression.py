"""Small cells hidden, and enough others with them that nobody can compute them back.

A hidden cell is found again from its row's total, or by adding and subtracting rows and
columns. Each cell that is too small gets a circle of other hidden cells, in which what one
gains the next can lose: so every table that differs around the circle has the same visible
figures, and the cell may be any number from 1 to the least that is shown.

Sources: Gusfield, D. (1988), A graph theoretic approach to data security; Cox, L. (1995),
Network models for complementary cell suppression; Hundepool et al. (2012), Statistical
disclosure control, ch. 4.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mediacoding.stats.patterns import Integers

WITHHELD = (
    "The table is so small that no choice of hidden cells protects them, so all of it is "
    "hidden. Merge rows or columns."
)
HIDDEN = (
    "Small counts are hidden, and others with them so that they cannot be computed from the "
    "totals. Shares, bases and intervals of hidden cells are hidden too."
)
SENTENCES = (WITHHELD, HIDDEN)
#: A count of the table or of its margins; None is hidden.
Shown = tuple[tuple[int | None, ...], ...]
Hidden = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A table with its margins in which small cells, and some others, are hidden.

    `shown` (rows + 1, columns + 1): the last column are the rows' totals, the last row the
    columns', the corner the whole. None is hidden. `small` were hidden because they are
    from 1 to `least` - 1, `complementary` to protect them; `is_withheld` if nothing is
    shown. `note` says so to readers, None where nothing is hidden.
    """

    shown: Shown
    least: int
    small: int
    complementary: int
    is_withheld: bool
    note: str | None

    @property
    def rows(self) -> Shown:
        """The table without its margins."""
        return tuple(row[:-1] for row in self.shown[:-1])


def suppress(counts: npt.ArrayLike, *, least: int = 5) -> Suppressed:
    """Hide counts from 1 to `least` - 1, in the table and its margins, safely.

    `counts` are whole numbers of 0 or more, shape (rows, columns); a 0 is shown. What is
    hidden can be any number from 1 to `least` - 1 for all that is shown. Protects one
    table: the same counts in another table, or with another filter, may give them away.

    Raises ValueError for other counts, and `least` below 2.
    """
    table = np.asarray(counts)
    if table.ndim != 2 or not table.size:
        raise ValueError("Counts have rows and columns.")
    if (table < 0).any() or (table != np.rint(table)).any():
        raise ValueError("Counts are whole numbers of 0 or more.")
    if least < 2:
        raise ValueError("The least count that is shown is 2 or more.")
    whole = _with_margins(table.astype(np.int64))
    small = (whole > 0) & (whole < least)
    hidden = small.copy()
    cells = [(int(row), int(column)) for row, column in np.argwhere(small)]
    # The smallest first: their circles serve the others.
    for cell in sorted(cells, key=lambda cell: (int(whole[cell]), cell)):
        circle = _circle(whole, hidden, cell, least)
        if circle is None:
            return _made(whole, small, np.ones_like(hidden), least, is_withheld=True)
        for other in circle:
            hidden[other] = True
    return _made(whole, small, hidden, least, is_withheld=False)


def _with_margins(table: Integers) -> Integers:
    down = np.concatenate([table, table.sum(axis=0, keepdims=True)])
    return np.concatenate([down, down.sum(axis=1, keepdims=True)], axis=1)


def _made(
    whole: Integers, small: Hidden, hidden: Hidden, least: int, *, is_withheld: bool
) -> Suppressed:
    shown = tuple(
        tuple(
            None if is_hidden else count
            for count, is_hidden in zip(row, flags, strict=True)
        )
        for row, flags in zip(whole.tolist(), hidden.tolist(), strict=True)
    )
    is_withheld = is_withheld or bool(hidden.all())
    note = WITHHELD if is_withheld else HIDDEN if hidden.any() else None
    return Suppressed(
        shown,
        least,
        int(small.sum()),
        int((hidden & ~small).sum()),
        is_withheld,
        note,
    )


def _circle(
    whole: Integers, hidden: Hidden, cell: tuple[int, int], least: int
) -> list[tuple[int, int]] | None:
    """The cells of the cheapest circle through `cell` that protects it, or None.

    Rows and columns are places, cells the ways between them; the circle is the cheapest way
    from the cell's row to its column by other cells. Going from a row to a column the cell
    on the way falls when `cell` rises, going back it rises; margins the other way round,
    because a total stands on the other side of its sum. A cell that falls must have so much
    to lose: `least` - 1 - x where x itself rises, x - 1 where x falls.
    """
    rows, columns = whole.shape
    size = int(whole[cell])
    rise, fall = least - 1 - size, size - 1
    start, goal = ("row", cell[0]), ("column", cell[1])
    best = {start: 0}
    came: dict[tuple[str, int], tuple[tuple[str, int], tuple[int, int]]] = {}
    waiting = [(0, start)]
    while waiting:
        cost, place = heapq.heappop(waiting)
        if place == goal:
            break
        if cost > best[place]:
            continue
        kind, at = place
        for other in range(columns if kind == "row" else rows):
            via = (at, other) if kind == "row" else (other, at)
            turned = _is_margin(whole, via) != _is_margin(whole, cell)
            needed = rise if (kind == "row") != turned else fall
            if via == cell or whole[via] < max(1, needed):
                continue
            after = ("column" if kind == "row" else "row", other)
            dearer = cost + (0 if hidden[via] else _price(whole, via))
            if dearer < best.get(after, dearer + 1):
                best[after] = dearer
                came[after] = (place, via)
                heapq.heappush(waiting, (dearer, after))
    if goal not in came:
        return None
    found, place = [], goal
    while place != start:
        place, via = came[place]
        found.append(via)
    return found


def _is_margin(whole: Integers, cell: tuple[int, int]) -> bool:
    """Whether a cell is a total of a row or a column; the whole is a total of totals."""
    return (cell[0] == whole.shape[0] - 1) != (cell[1] == whole.shape[1] - 1)


def _price(whole: Integers, cell: tuple[int, int]) -> int:
    """What hiding a cell costs: its count, and for a margin more than all inner cells."""
    margins = (cell[0] == whole.shape[0] - 1) + (cell[1] == whole.shape[1] - 1)
    return 1 + int(whole[cell]) + margins * (1 + 2 * int(whole[-1, -1]))
