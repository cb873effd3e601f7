"""Ratings in any shape become the same patterns."""

import numpy as np
import pandas as pd
import pytest

from mediacoding.stats import patterns
from mediacoding.stats.patterns import (
    RatingsRefused,
    from_long,
    from_records,
    from_table,
)
from mediacoding.stats.result import NotComputable


def content(found):
    """Each pattern in values, and how many units show it; order means nothing."""
    return {
        tuple(found.values[c] if c >= 0 else None for c in row): int(units)
        for row, units in zip(found.codes, found.units, strict=True)
    }


TABLE = np.array([[1, 1], [1, 2], [1, 1], [np.nan, 2], [np.nan, np.nan], [98, 98]])
CONTENT = {(1, 1): 2, (1, 2): 1, (None, 2): 1, (98, 98): 1}


def test_a_table_becomes_its_distinct_rows():
    found = from_table(TABLE)
    assert content(found) == CONTENT
    assert list(found.values) == [1, 2, 98]
    assert list(found.marginals) == [5, 2, 2]
    assert (found.n_units, found.n_pairable, found.n_coders) == (5, 4, 2)


@pytest.mark.parametrize("dtype", [np.int8, np.int32, np.int64, np.uint16, float])
def test_every_kind_of_number_is_read(dtype):
    table = np.array([[3, 5], [5, 5], [3, 5]], dtype=dtype)
    assert content(from_table(table)) == {(3, 5): 2, (5, 5): 1}
    assert content(from_table(np.asfortranarray(table))) == {(3, 5): 2, (5, 5): 1}
    assert content(from_table(table == 5)) == {(False, True): 2, (True, True): 1}


def test_long_records_are_the_same_ratings():
    rows = [
        (f"article {unit}", f"coder {coder}", value)
        for (unit, coder), value in np.ndenumerate(TABLE)
    ]
    assert content(from_records(rows)) == CONTENT
    assert content(from_records(pd.DataFrame(rows))) == CONTENT
    unit, coder = np.nonzero(~np.isnan(TABLE))
    code = np.searchsorted([1, 2, 98], TABLE[unit, coder])
    found = from_long(unit * 1_000_000, coder, code, [1, 2, 98], coders=2)
    assert content(found) == CONTENT


def test_numbered_records_keep_a_coder_who_rated_nothing():
    found = from_long(
        np.array([0, 1]), np.array([0, 0]), np.array([1, 0]), [5, 6], coders=3
    )
    assert found.codes.shape[1] == 3
    assert found.n_coders == 1
    nothing = from_long(*np.zeros((3, 0), dtype=int), [5, 6], coders=3)
    assert (nothing.n_units, nothing.n_pairable, nothing.n_coders) == (0, 0, 0)


def test_two_values_of_a_coder_for_one_unit_are_refused():
    with pytest.raises(RatingsRefused, match="same unit two values"):
        from_records([("a", "ana", 1), ("a", "boris", 1), ("a", "ana", 2)])


def test_a_value_that_was_not_declared_is_refused():
    with pytest.raises(ValueError, match="not among those given"):
        from_long(np.array([0]), np.array([0]), np.array([2]), [5, 6])


@pytest.mark.parametrize("coders", [2, 3, 8, 30])
def test_every_way_to_count_rows_finds_the_same(coders):
    """Few coders are counted in place, many sorted by one number, very many by parts."""
    chance = np.random.default_rng(coders)
    some = chance.integers(0, 9, (40, coders)).astype(float)
    some[chance.random(some.shape) < 0.3] = np.nan
    some[:, 0] = 1
    table = some[chance.integers(0, 40, 3_000)]
    expected: dict[tuple, int] = {}
    for row in table:
        key = tuple(None if cell != cell else cell for cell in row)
        expected[key] = expected.get(key, 0) + 1
    assert content(from_table(table)) == expected
    assert content(from_table(table + 0.5)) == {
        tuple(None if cell is None else cell + 0.5 for cell in key): units
        for key, units in expected.items()
    }


def test_patterns_regardless_of_coders_take_swapped_rows_together():
    table = np.array([[1, 2, np.nan], [np.nan, 1, 2], [2, np.nan, 1], [1, 1, 1]])
    found = from_table(table).regardless_of_coders()
    assert sorted(found.units) == [1, 3]
    assert found.counts.sum() == 5
    assert list(found.marginals) == list(from_table(table).marginals)


def test_recoding_merges_and_leaves_out():
    found = from_table(np.array([[1, 2], [2, 3], [3, 3], [1, 1]]))
    merged = found.recoded([0, 0, 1], ["low", "high"])
    assert content(merged) == {
        ("low", "low"): 2,
        ("low", "high"): 1,
        ("high", "high"): 1,
    }
    assert content(found.without([2])) == {(1, 2): 1, (2, None): 1, (1, 1): 1}
    assert found.without([]) is found


def test_counted_patterns_do_not_know_their_coders():
    found = patterns.from_counts([[2, 0, 1], [0, 1, 0]], [4, 2], ["a", "b", "c"])
    assert (found.n_units, found.n_pairable, found.coders) == (6, 4, 3)
    assert list(found.marginals) == [8, 2, 4]
    assert not found.knows_coders


def test_sets_are_values_and_the_empty_set_is_an_answer():
    table = np.empty((2, 2), dtype=object)
    table[:] = [[frozenset(), frozenset({1, 2})], [None, frozenset({2, 1})]]
    found = from_table(table)
    assert list(found.values) == [frozenset(), frozenset({1, 2})]
    assert (found.n_units, found.n_pairable) == (2, 1)


def test_lists_in_cells_are_refused_with_the_way_out():
    table = np.empty((1, 2), dtype=object)
    table[:] = [[frozenset({1}), frozenset({2})]]
    table[0, 0] = [1]
    with pytest.raises(NotComputable, match="as frozensets"):
        from_table(table)
