"""Where other programs print 1, 0, NaN or a traceback: every coefficient, every odd table."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediacoding.stats import offer
from mediacoding.stats.multivalued import mv_alpha
from mediacoding.stats.patterns import RatingsRefused, from_table
from mediacoding.stats.result import NotComputable

NAN, INF = math.nan, math.inf
SETS = np.empty((4, 2), dtype=object)
SETS[:] = [
    [frozenset(), frozenset()],
    [frozenset("a"), frozenset()],
    [frozenset("ab"), frozenset("b")],
    [None, frozenset("a")],
]
ODD = {
    "nothing": np.zeros((0, 3)),
    "no coder": np.zeros((3, 0)),
    "nobody coded": [[NAN, NAN], [NAN, NAN]],
    "one coder": [[1], [2], [3]],
    "one coder and an idle one": [[1, NAN], [2, NAN], [3, NAN]],
    "two who never met": [[1, NAN], [NAN, 1], [2, NAN], [NAN, 2]],
    "one pair": [[1, 2], [1, NAN], [NAN, 2]],
    "one category": [[5, 5], [5, 5], [5, 5]],
    "one category and single others": [[5, 5], [5, 5], [7, NAN]],
    "perfect": [[1, 1], [2, 2], [3, 3]],
    "perfect disagreement": [[1, 2], [2, 1], [1, 2]],
    "a coder who coded nothing": [[1, 1, NAN], [2, 1, NAN], [2, 2, NAN], [1, 2, NAN]],
    "text": [["a", "b"], ["b", "b"], ["a", None], ["c", "c"], ["", "c"]],
    "text and numbers": [["1", 1], ["x", 2], [3, 3.0]],
    "negative": [[-1, -2], [3, 3], [0, 0], [1, -1]],
    "zeros": [[0, 0], [0, 1], [1, 1], [0, 0]],
    "huge": [[1e300, 1e300], [1e-300, 1e300], [2.0, 2.0]],
    "tiny differences": [[1.0, 1.0 + 1e-15], [2.0, 2.0], [1.0, 1.0]],
    "sets": SETS,
    "booleans": [[True, False], [True, True], [False, False]],
}


def is_sound(found):
    """A finite value with what belongs to it, or a sentence."""
    if found.value is None:
        assert found.reason.endswith(".")
        assert (found.interval, found.se) == (None, None)
        return
    assert math.isfinite(found.value)
    assert found.value <= 1 + 1e-9
    if found.se is not None:
        assert math.isfinite(found.se)
        assert found.se >= 0
    if found.interval is None:
        return
    low, high = found.interval
    assert math.isfinite(low)
    assert low <= found.value + 1e-9
    assert found.value <= high + 1e-9
    assert high <= 1 + 1e-9


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio", "sets"])
def test_an_odd_table_gives_a_sound_value_or_a_sentence(name, level):
    patterns = from_table(ODD[name])
    found = offer.coefficients(
        patterns, level=level, only=offer.COEFFICIENTS, replicates=200
    )
    assert len(found) == len(offer.COEFFICIENTS)
    for coefficient in found.values():
        is_sound(coefficient)
    if level == "sets":
        is_sound(mv_alpha(patterns, replicates=200))


@pytest.mark.parametrize("table", [[[1, INF], [2, 2]], [[-INF, 1.5], [2, 2]]])
def test_infinite_ratings_are_refused_with_a_sentence(table):
    with pytest.raises(NotComputable, match="Infinite"):
        from_table(table)


def test_what_is_no_table_is_refused():
    with pytest.raises(RatingsRefused, match="table"):
        from_table([1, 2, 3])


cell = st.sampled_from([1.0, 2.0, 3.0, NAN])


@given(
    st.integers(2, 4).flatmap(
        lambda coders: st.lists(
            st.lists(cell, min_size=coders, max_size=coders), min_size=1, max_size=12
        )
    ),
    st.sampled_from(["nominal", "ordinal", "interval", "ratio"]),
)
@settings(max_examples=150, deadline=None)
def test_any_table_gives_sound_values_or_sentences(table, level):
    found = offer.coefficients(
        from_table(table), level=level, only=offer.COEFFICIENTS, replicates=50
    )
    for coefficient in found.values():
        is_sound(coefficient)


@given(
    st.lists(st.lists(cell, min_size=3, max_size=3), min_size=3, max_size=12),
    st.randoms(use_true_random=False),
)
@settings(max_examples=100, deadline=None)
def test_no_coefficient_hears_the_order_of_units_and_coders(table, chance):
    units = [list(row) for row in table]
    chance.shuffle(units)
    places = [0, 1, 2]
    chance.shuffle(places)
    other = np.array(units)[:, places]
    one = offer.coefficients(
        from_table(table), level="interval", only=offer.COEFFICIENTS, replicates=50
    )
    two = offer.coefficients(
        from_table(other), level="interval", only=offer.COEFFICIENTS, replicates=50
    )
    for key in one:
        assert two[key].value == pytest.approx(one[key].value, abs=1e-9), key
        assert two[key].reason == one[key].reason, key
