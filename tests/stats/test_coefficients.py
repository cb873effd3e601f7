"""What stands beside alpha: percent agreement, AC1, Brennan-Prediger and the kappas."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa
from statsmodels.stats.inter_rater import fleiss_kappa as fleiss_of_statsmodels

from mediacoding.stats import agreement, patterns
from mediacoding.stats.result import Coefficient

ALL = (
    agreement.percent_agreement,
    agreement.full_agreement,
    agreement.gwet_ac,
    agreement.brennan_prediger,
    agreement.fleiss_kappa,
    agreement.scott_pi,
    agreement.cohen_kappa,
)


def complete(units, coders):
    row = st.lists(st.integers(0, 3), min_size=coders, max_size=coders)
    return st.lists(row, min_size=units, max_size=units).map(np.array)


@given(complete(15, 2))
@settings(max_examples=100, deadline=None)
def test_cohen_s_kappa_agrees_with_two_independent_programs(table):
    found = agreement.cohen_kappa(table)
    both = np.bincount(table[:, 0] * 4 + table[:, 1], minlength=16).reshape(4, 4)
    if found.value is None:
        assert len(np.unique(table)) == 1
        return
    assert found.value == pytest.approx(cohen_kappa_score(table[:, 0], table[:, 1]))
    if found.se is not None:
        assert found.se == pytest.approx(float(cohens_kappa(both).std_kappa), abs=1e-9)


@given(complete(12, 4))
@settings(max_examples=100, deadline=None)
def test_fleiss_kappa_agrees_with_an_independent_program(table):
    found = agreement.fleiss_kappa(table)
    if found.value is None:
        assert len(np.unique(table)) == 1
        return
    counts = aggregate_raters(table, n_cat=4)[0]
    assert found.value == pytest.approx(fleiss_of_statsmodels(counts), abs=1e-9)


@given(complete(10, 3), st.sampled_from(ALL[:5]), st.randoms())
@settings(max_examples=60, deadline=None)
def test_order_and_names_mean_nothing(table, coefficient, chance):
    columns = [0, 1, 2]
    chance.shuffle(columns)
    expected = coefficient(table)
    assert coefficient(table[::-1, columns]).value == expected.value
    names = np.array(["d", "b", "a", "c"], dtype=object)
    if expected.value is not None:
        assert coefficient(names[table]).value == pytest.approx(expected.value)


def test_percent_agreement_is_the_mean_over_units_of_the_pairs_that_agree():
    table = np.array([[1, 1, 1], [1, 1, 2], [1, 2, np.nan], [3, np.nan, np.nan]])
    found = agreement.percent_agreement(table)
    assert found.value == pytest.approx((1 + 1 / 3 + 0) / 3)
    assert (found.n_units, found.n_pairable, found.n_coders) == (4, 3, 3)
    assert agreement.full_agreement(table).value == pytest.approx(1 / 3)


def test_defined_categories_that_nobody_used_lower_chance_agreement():
    table = np.array([[1, 1], [1, 2], [2, 2], [1, 1]])
    two, five = (agreement.brennan_prediger(table, categories=q).value for q in (2, 5))
    assert two == pytest.approx((0.75 - 1 / 2) / (1 - 1 / 2))
    assert five == pytest.approx((0.75 - 1 / 5) / (1 - 1 / 5))
    ac1 = [agreement.gwet_ac(table, categories=q).value for q in (2, 5)]
    assert ac1[0] == agreement.gwet_ac(table).value < ac1[1]


def test_ac1_is_defined_where_nothing_varies_but_the_codebook_offers_more():
    table = np.array([[1, 1], [1, 1]])
    found = agreement.gwet_ac(table, categories=3)
    assert found.value == 1
    assert found.interval is None
    assert found.warnings[0].startswith("All coders agree everywhere")
    assert agreement.gwet_ac(table).reason.startswith("Only one category occurs")
    assert agreement.fleiss_kappa(table).value is None


def test_more_values_than_categories_are_no_silent_number():
    table = np.array([[1, 2], [3, 3]])
    for coefficient in (agreement.gwet_ac, agreement.brennan_prediger):
        found = coefficient(table, categories=2)
        assert found.value is None
        assert found.reason.startswith("More values occur than")


def test_units_with_one_rating_count_for_chance_agreement():
    table = np.array([[1, 1], [1, 2], [2, 2], [1, 1], [2, np.nan]])
    assert agreement.gwet_ac(table).value != agreement.gwet_ac(table[:4]).value
    assert (
        agreement.percent_agreement(table).value
        == agreement.percent_agreement(table[:4]).value
    )


@pytest.mark.parametrize("coefficient", ALL)
@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ([[1, np.nan], [np.nan, 2]], "No unit was coded by"),
        ([[np.inf, 1.0], [1, 2]], "Infinite ratings"),
    ],
)
def test_an_undefined_coefficient_says_why(coefficient, table, sentence):
    found = coefficient(np.array(table))
    assert (found.value, found.interval) == (None, None)
    assert found.reason.startswith(sentence)


def test_coefficients_of_two_coders_refuse_three():
    table = np.array([[1, 1, 1], [2, 2, 1]])
    for coefficient in (agreement.scott_pi, agreement.cohen_kappa):
        assert "exactly two coders" in coefficient(table).reason
    counted = patterns.from_counts([[2, 0], [1, 1]], [5, 3], ["a", "b"])
    assert "do not say which coder" in agreement.cohen_kappa(counted).reason
    assert agreement.scott_pi(counted).value == agreement.fleiss_kappa(counted).value


def test_two_coders_who_used_one_category_have_no_kappa():
    found = agreement.cohen_kappa(np.array([["a", "a"], ["a", "a"]], dtype=object))
    assert found.reason.startswith("Both coders used one and the same category")


@pytest.mark.parametrize("coefficient", ALL)
def test_ten_thousand_distinct_values_cost_no_square(coefficient):
    table = np.arange(20_000).reshape(10_000, 2) // 3
    tracemalloc.start()
    found = coefficient(table)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.value is not None
    assert peak < 20_000_000


def test_a_coefficient_has_a_value_or_a_reason_and_is_never_nan():
    for parts in ({}, {"value": 0.5, "reason": "x"}, {"value": float("nan")}):
        with pytest.raises(ValueError, match="coefficient"):
            Coefficient("alpha", **parts)
