"""Krippendorff's alpha against an independent program, its invariances, its undefined cases."""

import subprocess
import sys
import warnings

import krippendorff
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mediacoding.stats import alpha as levels
from mediacoding.stats import features, patterns
from mediacoding.stats.agreement import krippendorff_alpha
from mediacoding.stats.distances import bipolar, ratio, ratio_expansion

LEVELS = ("nominal", "ordinal", "interval", "ratio")
OTHERS = {"circular": {"steps": 7}, "bipolar": {"ends": (0, 4)}}


@st.composite
def tables(draw, numbers=(0, 1, 2, 3, 4)):
    """Up to twelve units and five coders, with gaps."""
    units, coders = draw(st.integers(1, 12)), draw(st.integers(2, 5))
    cell = st.one_of(st.just(np.nan), st.sampled_from([float(n) for n in numbers]))
    row = st.lists(cell, min_size=coders, max_size=coders)
    return np.array(draw(st.lists(row, min_size=units, max_size=units)))


def alpha(table, level="nominal", **more):
    return krippendorff_alpha(table, level=level, interval=None, **more)


def varies(table):
    """Whether pairable units show two values."""
    pairable = table[(~np.isnan(table)).sum(axis=1) >= 2]
    return len(np.unique(pairable[~np.isnan(pairable)])) > 1


@pytest.mark.parametrize("level", LEVELS)
def test_alpha_agrees_with_an_independent_program(level):
    @given(tables(numbers=(0, 1, 2, 3, 4) if level != "ratio" else (0, 0.5, 2, 7, 98)))
    @settings(max_examples=250, deadline=None)
    def agrees(table):
        found = alpha(table, level)
        pairable = table[(~np.isnan(table)).sum(axis=1) >= 2]
        if not varies(table):
            assert found.value is None
            assert found.reason
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = krippendorff.alpha(
                reliability_data=pairable.T, level_of_measurement=level
            )
        assert found.value == pytest.approx(expected, abs=1e-9)

    agrees()


@pytest.mark.parametrize("level", OTHERS)
@given(tables())
@settings(max_examples=100, deadline=None)
def test_circular_and_bipolar_alpha_follow_their_definition(level, table):
    """Pair by pair, as Krippendorff (2019, ch. 12) writes it down."""

    def distance(a, b):
        if level == "circular":
            return np.sin(np.pi * (a - b) / 7) ** 2
        return 0.0 if a == b else (a - b) ** 2 / ((a + b) * (8 - a - b))

    assume(varies(table))
    rows = [row[~np.isnan(row)] for row in table]
    rows = [row for row in rows if len(row) > 1]
    pooled = np.concatenate(rows)
    n = len(pooled)
    observed = sum(
        sum(distance(a, b) for a in row for b in row) / (len(row) - 1) for row in rows
    )
    expected = sum(distance(a, b) for a in pooled for b in pooled) / (n - 1)
    found = alpha(table, level, **OTHERS[level])
    assert found.value == pytest.approx(1 - observed / expected, abs=1e-9)


@given(tables(), st.sampled_from([*LEVELS, *OTHERS]), st.randoms())
@settings(max_examples=100, deadline=None)
def test_the_order_of_units_and_coders_means_nothing(table, level, chance):
    rows, columns = list(range(table.shape[0])), list(range(table.shape[1]))
    chance.shuffle(rows)
    chance.shuffle(columns)
    more = OTHERS.get(level, {})
    assert alpha(table[rows][:, columns], level, **more) == alpha(table, level, **more)


@given(tables())
@settings(max_examples=60, deadline=None)
def test_the_level_decides_what_may_be_changed(table):
    assume(varies(table))
    names = np.array(["b", "e", "a", "d", "c"], dtype=object)
    renamed = np.full(table.shape, None, dtype=object)
    present = ~np.isnan(table)
    renamed[present] = names[table[present].astype(int)]

    def same(one, other):
        assert one.value == pytest.approx(other.value, abs=1e-9)

    same(alpha(renamed), alpha(table))
    same(alpha(3 * table - 50, "interval"), alpha(table, "interval"))
    same(alpha(0.01 * table, "ratio"), alpha(table, "ratio"))
    same(alpha(table**3 - 7, "ordinal"), alpha(table, "ordinal"))
    same(alpha((table + 3) % 7, "circular", steps=7), alpha(table, "circular", steps=7))


def test_each_level_hears_a_change_that_it_must_hear():
    table = np.array([[1, 1], [1, 2], [3, 3], [3, 2], [4, 4], [4, 1]], dtype=float)
    assert alpha(table**2, "interval").value != pytest.approx(
        alpha(table, "interval").value
    )
    assert alpha(table + 5, "ratio").value != pytest.approx(alpha(table, "ratio").value)
    swapped = np.where(table == 1, 3, np.where(table == 3, 1, table))
    assert alpha(swapped, "ordinal").value != pytest.approx(
        alpha(table, "ordinal").value
    )
    assert alpha(table, "circular", steps=4).value != pytest.approx(
        alpha(table, "circular", steps=12).value
    )


@given(tables(), st.sampled_from(LEVELS))
@settings(max_examples=60, deadline=None)
def test_units_that_nobody_coded_change_nothing(table, level):
    more = np.vstack([table, np.full((3, table.shape[1]), np.nan)])
    assert alpha(more, level) == alpha(table, level)


@given(tables(), st.sampled_from(LEVELS))
@settings(max_examples=60, deadline=None)
def test_units_that_one_coder_coded_do_not_count(table, level):
    alone = np.full((1, table.shape[1]), np.nan)
    alone[0, 0] = 9
    assert alpha(np.vstack([table, alone]), level).value == alpha(table, level).value


def test_a_pattern_split_in_two_counts_the_same():
    whole = patterns.from_counts([[2, 0], [1, 1]], [5, 3], [0, 1])
    split = patterns.from_counts([[2, 0], [2, 0], [1, 1]], [2, 3, 3], [0, 1])
    table = [[0, 0]] * 5 + [[0, 1]] * 3
    assert (
        alpha(whole).value
        == alpha(split).value
        == alpha(np.array(table, dtype=float)).value
    )


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ([[1, 1], [1, 1]], "Every pairable value is the same"),
        ([[1, 1], [1, np.nan], [np.nan, 2]], "Every pairable value is the same"),
        ([[1, np.nan], [np.nan, 2]], "No unit was coded by two or more coders."),
        ([[np.nan, np.nan]], "No unit was coded by two or more coders."),
        ([[1], [2]], "Only one coder rated these units"),
        ([[1, np.nan], [2, np.nan]], "Only one coder rated these units"),
        ([[np.inf, 1], [1, 2]], "Infinite ratings cannot be compared"),
        ([[-np.inf, 1], [np.nan, 2]], "Infinite ratings cannot be compared"),
    ],
)
def test_an_undefined_alpha_says_why(table, sentence):
    for level in LEVELS:
        found = krippendorff_alpha(np.array(table, dtype=float), level=level)
        assert found.value is None
        assert found.interval is None
        assert found.reason.startswith(sentence)


def test_values_that_do_not_fit_the_level_are_refused_with_a_sentence():
    negative = np.array([[-1.0, 2], [3, 4]])
    assert "some are negative" in alpha(negative, "ratio").reason
    labels = np.array([["a", "b"], ["a", "a"], ["b", "b"]], dtype=object)
    for level in ("ordinal", "interval", "ratio"):
        assert "only the nominal level" in alpha(labels, level).reason
    assert alpha(labels).value is not None
    beyond = alpha(np.array([[1.0, 2], [2, 9]]), "bipolar", ends=(1, 7))
    assert "beyond the ends of the scale" in beyond.reason
    mixed = np.array([[frozenset({1}), "a"]], dtype=object)
    assert "are not sets of options" in alpha(mixed, "sets").reason
    with pytest.raises(ValueError, match="no alpha for the level"):
        alpha(negative, "nominel")
    with pytest.raises(patterns.RatingsRefused, match="one row a unit"):
        alpha([1, 2, 3])


def test_a_coder_who_coded_nothing_is_no_coder():
    table = np.array([[1, np.nan, 2], [2, np.nan, 2], [1, np.nan, 1]])
    assert alpha(table).n_coders == 2
    assert alpha(table).value == alpha(table[:, [0, 2]]).value


def test_a_coefficient_says_what_it_rests_on():
    table = np.array([[1, 1, np.nan], [2, 3, 3], [np.nan, 5, np.nan]])
    found = alpha(table)
    assert (found.n_units, found.n_pairable, found.n_coders) == (3, 2, 3)
    assert found.n_values == 3
    assert found.level == "nominal"


def test_labels_numbers_and_frames_are_read_alike():
    numbers = np.array([[1, 2, 2], [1, 1, np.nan], [3, 3, 3], [2, 3, np.nan]])
    expected = alpha(numbers).value
    frame = pd.DataFrame(numbers)
    for table in (
        frame,
        frame.astype("Int64"),
        frame.astype("Int64").astype(object).where(frame.notna(), None),
        frame.map(lambda n: "abc"[int(n) - 1] if n == n else None),
        frame.map(lambda n: str(int(n)) if n == n else " "),
        frame.map(lambda n: "abc"[int(n) - 1] if n == n else None).astype("category"),
        numbers.tolist(),
    ):
        assert alpha(table).value == expected
    # The order of the labels' letters is not their order on a scale: 10 comes after 9.
    tens = frame.replace({1: 9, 2: 10, 3: 11})
    assert alpha(tens, "ordinal").value == pytest.approx(
        alpha(numbers, "ordinal").value
    )


def test_a_number_and_its_text_are_one_value_where_a_table_has_both():
    table = np.array([[1, "1"], ["2", 2.0], ["x", "x"], [1, "x"]], dtype=object)
    same = np.array([["1", "1"], ["2", "2"], ["x", "x"], ["1", "x"]], dtype=object)
    assert alpha(table) == alpha(same)


def many_values(level, units=10_000):
    """More than 10,000 distinct values, two coders; above 0 for ratio."""
    chance = np.random.default_rng(1)
    truth = chance.gamma(2.0, 50.0, units)
    table = truth[:, None] * np.exp(chance.normal(scale=0.3, size=(units, 2)))
    return np.where(chance.random((units, 2)) < 0.02, 0.0, table)


@pytest.mark.parametrize("level", LEVELS)
def test_ten_thousand_distinct_values_are_no_trouble(level):
    table = many_values(level)
    assert len(np.unique(table)) > 10_000

    small = alpha(table[:150], level)
    expected = krippendorff.alpha(
        reliability_data=table[:150].T, level_of_measurement=level
    )
    assert small.value == pytest.approx(expected, abs=1e-9)
    found = krippendorff_alpha(table, level=level, replicates=40)
    assert found.interval[0] < found.value < found.interval[1]


@pytest.mark.parametrize("level", LEVELS)
def test_the_ways_for_few_and_for_many_values_give_the_same(level, monkeypatch):
    chance = np.random.default_rng(2)
    first = chance.integers(0, 40, (300, 1))
    table = np.where(chance.random((300, 3)) < 0.6, first, first + 1).astype(float)
    table[chance.random(table.shape) < 0.1] = np.nan
    found = patterns.from_table(table).pairable().regardless_of_coders()
    units = found.units.astype(float)
    weights = chance.integers(0, 5, (20, len(units))).astype(float)

    few = levels.alpha_statistic(found, level)
    monkeypatch.setattr(features, "MOST_CELLS", 10)
    monkeypatch.setattr(levels, "MOST_VALUES", 10)
    monkeypatch.setattr(levels, "MOST_EXACT", 10)
    many = levels.alpha_statistic(found, level)

    assert few(weights) == pytest.approx(many(weights), abs=1e-11)
    exact, quick = few.without_one(units), many.without_one(units)
    # The ordinal level's quick way is right to the first order in the weight of a unit.
    near = 0.05 * exact.std() if level == "ordinal" else 1e-11
    assert exact == pytest.approx(quick, abs=near)


@pytest.mark.parametrize("spread", [0.01, 1.0, 6.0, 12.0])
def test_ratio_distances_are_expanded_to_ten_digits(spread):
    chance = np.random.default_rng(3)
    numbers = np.append(0.0, np.exp(chance.uniform(-spread, spread, 700)))
    terms, form = ratio_expansion(numbers)
    exact = ratio(numbers[:, None], numbers[None, :])
    assert np.abs(terms @ form @ terms.T - exact).max() < 1e-11


def test_a_distance_of_two_zeros_is_nothing():
    zero = np.zeros(1)
    assert ratio(zero, zero) == 0
    assert bipolar(0, 4)(zero, zero) == 0
    assert bipolar(0, 4)(zero, zero + 4) == 1


def test_the_statistics_load_without_django_and_pandas():
    code = (
        "import sys, mediacoding.stats.panel, mediacoding.stats.coverage; "
        "sys.exit(any(m in sys.modules for m in ('django', 'pandas', 'scipy')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
