import subprocess
import sys

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediacoding.stats import agreement, distributions, panel, patterns, sets
from mediacoding.stats.coverage import share

LEVELS = ("nominal", "ordinal", "interval", "ratio")


@st.composite
def tables(draw):
    units, coders = draw(st.integers(1, 12)), draw(st.integers(2, 5))
    cell = st.one_of(st.none(), st.integers(0, 4))
    rows = draw(
        st.lists(
            st.lists(cell, min_size=coders, max_size=coders),
            min_size=units,
            max_size=units,
        )
    )
    return np.array(
        [[np.nan if c is None else float(c) for c in row] for row in rows]
    ).reshape(units, coders)


def alpha(table, level="nominal"):
    return agreement.krippendorff_alpha(table, level=level, interval=False)


@given(tables(), st.sampled_from(LEVELS))
@settings(max_examples=300, deadline=None)
def test_alpha_agrees_with_an_independent_program(table, level):
    pairable = table[(~np.isnan(table)).sum(axis=1) >= 2]
    found = alpha(table, level)
    if not len(pairable) or len(np.unique(pairable[~np.isnan(pairable)])) < 2:
        assert found.value is None
        assert found.reason
        return
    expected = krippendorff.alpha(
        reliability_data=pairable.T, level_of_measurement=level
    )
    assert found.value == pytest.approx(expected, abs=1e-9)


@given(tables(), st.sampled_from(LEVELS), st.randoms())
@settings(max_examples=100, deadline=None)
def test_the_order_of_units_and_coders_means_nothing(table, level, chance):
    rows, columns = list(range(table.shape[0])), list(range(table.shape[1]))
    chance.shuffle(rows)
    chance.shuffle(columns)
    other = alpha(table[rows][:, columns], level)
    assert other.value == (
        pytest.approx(alpha(table, level).value, abs=1e-12)
        if other.value is not None
        else None
    )


@given(tables())
@settings(max_examples=60, deadline=None)
def test_the_level_decides_what_may_be_changed(table):
    assert alpha(table).reason == alpha(7 - table).reason
    if alpha(table).value is not None:
        assert alpha(100 - table).value == pytest.approx(alpha(table).value)
        assert alpha(3 * table + 5, "interval").value == pytest.approx(
            alpha(table, "interval").value
        )
        assert alpha(3 * table, "ratio").value == pytest.approx(
            alpha(table, "ratio").value
        )
        assert alpha(table**3, "ordinal").value == pytest.approx(
            alpha(table, "ordinal").value
        )


@given(tables(), st.sampled_from(LEVELS))
@settings(max_examples=60, deadline=None)
def test_units_that_nobody_coded_change_nothing(table, level):
    more = np.vstack([table, np.full((3, table.shape[1]), np.nan)])
    assert alpha(more, level) == alpha(table, level)


def test_a_pattern_split_in_two_counts_the_same():
    whole = patterns.from_counts([[2, 0], [1, 1]], [5, 3], [0, 1], coders=2)
    split = patterns.from_counts([[2, 0], [2, 0], [1, 1]], [2, 3, 3], [0, 1], coders=2)
    assert alpha(whole).value == pytest.approx(alpha(split).value)


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ([[1, 1], [1, 1]], "Every pairable value is the same"),
        ([[1, np.nan], [np.nan, 2]], "No unit was coded by two or more coders."),
        ([[1], [2]], "Only one coder rated these units"),
        ([[np.inf, 1], [1, 2]], "Infinite ratings cannot be compared"),
    ],
)
def test_an_undefined_alpha_says_why(table, sentence):
    found = agreement.krippendorff_alpha(np.array(table, dtype=float), level="nominal")
    assert found.value is None
    assert found.interval is None
    assert found.reason.startswith(sentence)


def test_ratio_alpha_refuses_negative_values_and_labels_are_only_nominal():
    assert "some are negative" in alpha(np.array([[-1.0, 2], [3, 4]]), "ratio").reason
    labels = np.array([["a", "b"], ["a", "a"], ["b", "b"]], dtype=object)
    assert "only the nominal level" in alpha(labels, "interval").reason
    assert alpha(labels).value is not None


def test_ten_thousand_distinct_values_are_no_trouble():
    chance = np.random.default_rng(1)
    truth = chance.normal(size=3000)
    table = truth[:, None] + chance.normal(scale=0.5, size=(3000, 2))
    found = alpha(table, "interval")
    expected = krippendorff.alpha(
        reliability_data=table[:300].T, level_of_measurement="interval"
    )
    assert alpha(table[:300], "interval").value == pytest.approx(expected)
    assert 0.7 < found.value < 0.9


def test_the_interval_holds_the_value_and_is_repeatable():
    chance = np.random.default_rng(2)
    first = chance.integers(0, 3, 80)
    second = np.where(chance.random(80) < 0.6, first, chance.integers(0, 3, 80))
    table = np.column_stack([first, second]).astype(float)
    one = agreement.krippendorff_alpha(table, level="nominal", seed=5)
    assert one.method == "BCa"
    assert one.interval[0] < one.value < one.interval[1] <= 1
    assert one == agreement.krippendorff_alpha(table, level="nominal", seed=5)
    assert one.below[0.8] >= one.below[0.667] > 0


@pytest.mark.parametrize("level", LEVELS)
def test_the_interval_agrees_with_a_bootstrap_written_out(level):
    chance = np.random.default_rng(3)
    first = chance.integers(1, 5, 60)
    second = np.where(chance.random(60) < 0.7, first, chance.integers(1, 5, 60))
    table = np.column_stack([first, second]).astype(float)
    plain = [
        alpha(table[chance.integers(0, 60, 60)], level).value for _n in range(1500)
    ]
    found = agreement.krippendorff_alpha(table, level=level)
    assert found.se == pytest.approx(np.std(plain), rel=0.2)
    assert found.interval == pytest.approx(np.quantile(plain, [0.025, 0.975]), abs=0.05)


def test_few_units_get_the_jackknife_interval():
    table = np.array([[1, 1], [2, 2], [1, 2], [3, 3], [2, 2], [1, 1]], dtype=float)
    assert agreement.krippendorff_alpha(table, level="nominal").method == "jackknife-t"


def test_rare_categories_bring_a_warning():
    table = np.zeros((100, 2))
    table[0] = [1, 0]
    found = agreement.krippendorff_alpha(table, level="nominal")
    assert any("more than 95 percent" in warning for warning in found.warnings)
    assert any("nothing varied" in warning for warning in found.warnings)


def test_masi_of_published_sets():
    one, two = frozenset({1, 2}), frozenset({2, 3})
    found = sets.masi_distances([one, two, frozenset({1}), frozenset(), frozenset()])
    assert found[0, 1] == pytest.approx(1 - 1 / 3 * 1 / 3)
    assert found[0, 2] == pytest.approx(1 - 1 / 2 * 2 / 3)
    assert found[3, 4] == 0
    assert found[0, 3] == 1


def test_the_options_of_a_multiple_choice_are_judged_one_by_one():
    unit = np.array([0, 0, 1, 1, 2, 2])
    coder = np.array([0, 1, 0, 1, 0, 1])
    token = np.array([0, 0, 1, 1, 1, 0])
    found = panel.option_panels(
        unit, coder, token, [frozenset({1}), frozenset()], [1, 2], coders=2
    )
    assert found[1].percent.value == pytest.approx(2 / 3)
    assert found[2].alpha.reason.startswith("Every pairable value is the same")


def test_quantiles_of_t_are_those_of_the_tables():
    assert distributions.student_t_quantile(0.975, 1) == pytest.approx(
        12.7062, abs=1e-4
    )
    assert distributions.student_t_quantile(0.975, 30) == pytest.approx(
        2.04227, abs=1e-5
    )
    assert distributions.student_t_quantile(0.025, 10) == pytest.approx(
        -2.22814, abs=1e-5
    )


def test_a_share_of_nothing_is_no_share():
    assert share(0, 0).share is None
    assert share(8, 10).interval == pytest.approx((0.490, 0.943), abs=1e-3)


def test_the_statistics_load_without_django():
    code = (
        "import sys, mediacoding.stats.panel; "
        "sys.exit(any(m in sys.modules for m in ('django', 'pandas', 'scipy')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
