"""Small cells that cannot be computed back, by linear algebra and linear programming."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.optimize import linprog

from mediacoding.stats.tables.suppression import HIDDEN, WITHHELD, suppress

tables = arrays.arrays(
    np.int64,
    st.tuples(st.integers(1, 5), st.integers(1, 5)),
    elements=st.one_of(st.integers(0, 9), st.integers(0, 80)),
)


def with_margins(table):
    down = np.vstack([table, table.sum(axis=0)])
    return np.column_stack([down, down.sum(axis=1)])


def what_an_attacker_knows(found, whole):
    """Hidden cells, and the equations A x = b that rows, columns and margins give."""
    rows, columns = whole.shape
    hidden = [
        (i, j) for i in range(rows) for j in range(columns) if found.shown[i][j] is None
    ]
    place = {cell: at for at, cell in enumerate(hidden)}
    lines = [[(i, j) for j in range(columns)] for i in range(rows)]
    lines += [[(i, j) for i in range(rows)] for j in range(columns)]
    left, right = np.zeros((len(lines), len(hidden))), np.zeros(len(lines))
    for at, line in enumerate(lines):
        for cell in line:
            sign = -1 if cell == line[-1] else 1  # a total is the sum of the others
            if cell in place:
                left[at, place[cell]] += sign
            else:
                right[at] -= sign * whole[cell]
    return hidden, left, right


@given(tables, st.integers(2, 6))
@settings(max_examples=150, deadline=None)
def test_no_hidden_cell_can_be_computed_from_the_others(table, least):
    found, whole = suppress(table, least=least), with_margins(table)
    hidden, left, _right = what_an_attacker_knows(found, whole)
    small = (whole > 0) & (whole < least)
    assert all(found.shown[i][j] is None for i, j in np.argwhere(small).tolist())
    assert all(
        found.shown[i][j] in (None, whole[i, j]) for i, j in np.ndindex(whole.shape)
    )
    if not hidden:
        return
    # A cell is determined if moving it alone leaves the null space of the equations.
    _u, sizes, directions = np.linalg.svd(left)
    rank = int((sizes > 1e-9).sum())
    free = directions[rank:]
    for at, _cell in enumerate(hidden):
        assert np.abs(free[:, at]).max(initial=0) > 1e-9


@given(tables)
@settings(max_examples=40, deadline=None)
def test_a_small_cell_may_be_anything_that_is_small(table):
    found, whole = suppress(table), with_margins(table)
    hidden, left, right = what_an_attacker_knows(found, whole)
    if found.is_withheld:
        return
    for at, (i, j) in enumerate(hidden):
        if not 0 < whole[i, j] < 5:
            continue
        cost = np.zeros(len(hidden))
        cost[at] = 1
        lowest = linprog(cost, A_eq=left, b_eq=right, bounds=(0, None))
        highest = linprog(-cost, A_eq=left, b_eq=right, bounds=(0, 1e6))
        assert lowest.fun <= 1 + 1e-6
        assert -highest.fun >= 4 - 1e-6


def test_a_table_without_small_cells_is_shown_whole():
    found = suppress([[10, 0], [7, 20]])
    assert found.shown == ((10, 0, 10), (7, 20, 27), (17, 20, 37))
    assert (found.small, found.complementary, found.note) == (0, 0, None)


def test_one_small_cell_takes_three_others_with_it():
    found = suppress([[2, 30, 40], [25, 50, 60], [70, 80, 90]])
    assert found.rows == ((None, None, 40), (None, None, 60), (70, 80, 90))
    assert (found.small, found.complementary) == (1, 3)
    assert found.note == HIDDEN
    assert found.shown[3] == (97, 160, 190, 447)


def test_a_small_margin_is_hidden_too():
    found = suppress([[1, 1, 0], [30, 40, 50], [20, 25, 35]])
    assert found.shown[0][3] is None
    assert found.shown[0][2] == 0


def test_a_table_too_small_to_protect_is_withheld():
    found = suppress([[3]])
    assert found.is_withheld
    assert found.shown == ((None, None), (None, None))
    assert found.note == WITHHELD


def test_a_row_of_counts_is_a_table_with_one_row():
    found = suppress([[3, 40, 50, 60]])
    assert not found.is_withheld
    assert found.rows[0].count(None) == 2


@pytest.mark.parametrize(
    ("counts", "least", "sentence"),
    [
        ([1, 2], 5, "rows and columns"),
        ([[-1, 2]], 5, "whole numbers"),
        ([[0.5, 2]], 5, "whole numbers"),
        ([[1, 2]], 1, "2 or more"),
    ],
)
def test_what_is_no_table_of_counts_is_refused(counts, least, sentence):
    with pytest.raises(ValueError, match=sentence):
        suppress(counts, least=least)
