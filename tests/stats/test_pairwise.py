"""Cohen, Light, Holsti, Conger and Lotus: against other programs, formulas and bootstraps."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa

from mediacoding.stats import agreement, pairwise
from mediacoding.stats.patterns import from_counts

NAN = np.nan


def ratings(units=60, coders=3, agree=0.7, gaps=0.15, seed=4, values=4):
    chance = np.random.default_rng(seed)
    truth = chance.integers(1, values + 1, (units, 1))
    given_ = chance.integers(1, values + 1, (units, coders))
    table = np.where(chance.random((units, coders)) < agree, truth, given_).astype(
        float
    )
    table[chance.random((units, coders)) < gaps] = NAN
    return table


pairs = st.lists(
    st.tuples(st.sampled_from([1, 2, 3, 4]), st.sampled_from([1, 2, 3, 4])),
    min_size=3,
    max_size=30,
).map(lambda rows: np.array([*rows, (1, 1), (2, 2), (3, 3), (4, 4)], float))


@given(pairs, st.sampled_from(["unweighted", "linear", "quadratic"]), st.randoms())
@settings(max_examples=400, deadline=None)
def test_weighted_kappa_agrees_with_two_independent_programs(table, weights, chance):
    gaps = np.vstack([table, [[1, NAN], [NAN, 4]]])  # are left out
    chance.shuffle(rows := gaps.tolist())
    name = None if weights == "unweighted" else weights
    expected = cohen_kappa_score(table[:, 0], table[:, 1], weights=name)

    found = agreement.cohen_kappa(rows, weights=weights)

    assert found.value == pytest.approx(expected, abs=1e-9)
    counts = np.zeros((4, 4))
    np.add.at(counts, tuple((table - 1).astype(int).T), 1)
    with np.errstate(invalid="ignore"):  # its error of perfect agreement
        other = cohens_kappa(counts, wt=name)
    assert found.value == pytest.approx(other.kappa, abs=1e-9)
    if found.se is not None:
        assert found.se == pytest.approx(other.std_kappa, abs=1e-9)


def test_light_s_kappa_is_the_mean_of_all_pairs():
    table = ratings()
    kappas = [
        agreement.cohen_kappa(table[:, [i, j]]).value
        for i, j in combinations(range(3), 2)
    ]
    assert agreement.light_kappa(table).value == pytest.approx(np.mean(kappas))


def test_holsti_is_the_mean_over_pairs_and_not_over_units():
    table = [[1, 1, NAN], [1, 1, NAN], [1, 2, 1], [2, 2, 1]]
    found = agreement.holsti(table)
    assert found.value == pytest.approx((3 / 4 + 1 / 2 + 0 / 2) / 3)
    assert found.value != pytest.approx(agreement.percent_agreement(table).value)
    complete = ratings(gaps=0)
    assert agreement.holsti(complete).value == pytest.approx(
        agreement.percent_agreement(complete).value
    )


def test_holsti_s_composite_is_what_it_says():
    table = ratings(gaps=0)
    found = agreement.holsti_composite(table)
    mean = agreement.holsti(table).value
    assert found.value == pytest.approx(3 * mean / (1 + 2 * mean))
    assert found.value > mean


@pytest.mark.parametrize(
    "coefficient",
    [
        agreement.light_kappa,
        agreement.holsti,
        agreement.conger_kappa,
        agreement.lotus,
        agreement.s_lotus,
    ],
)
def test_the_error_is_that_of_a_bootstrap_over_units(coefficient):
    table = ratings(units=150)
    found = coefficient(table)
    chance = np.random.default_rng(3)
    drawn = [coefficient(table[chance.integers(0, 150, 150)]).value for _ in range(600)]
    assert found.se == pytest.approx(np.std(drawn), rel=0.12)
    assert found.interval == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.03)


def test_coders_who_never_met_are_left_out_of_the_mean_with_a_warning():
    table = [[1, 1, NAN], [2, 1, NAN], [NAN, 2, 2], [NAN, 1, 1], [1, 1, NAN]]
    found = agreement.holsti(table)
    assert found.value == pytest.approx((2 / 3 + 1) / 2)
    assert pairwise.NEVER_MET in found.warnings


def test_a_pair_without_kappa_leaves_the_mean_without_a_value():
    table = [[1, 1, 1], [1, 1, 2], [1, 1, 1]]
    assert agreement.light_kappa(table).reason == pairwise.SAME_CATEGORY


def test_conger_is_cohen_for_two_coders_and_above_fleiss_where_marginals_differ():
    table = ratings(coders=2, gaps=0)
    assert agreement.conger_kappa(table).value == pytest.approx(
        agreement.cohen_kappa(table).value
    )
    shifted = np.column_stack([table, np.minimum(table[:, 0] + 1, 4)])
    assert agreement.conger_kappa(shifted).value > agreement.fleiss_kappa(shifted).value


def test_lotus_is_the_mean_share_of_the_most_common_value():
    table = [[1, 1, 2], [1, 2, 3], [2, 2, 2], [1, 2, NAN], [3, NAN, NAN]]
    shares = [2 / 3, 1 / 3, 1, 1 / 2]
    found = agreement.lotus(table)
    assert found.value == pytest.approx(np.mean(shares))
    standard = agreement.s_lotus(table, categories=5)
    assert standard.value == pytest.approx((np.mean(shares) - 1 / 5) / (1 - 1 / 5))
    assert agreement.lotus(table, tolerance=1).value > found.value


def test_s_lotus_of_guessing_is_not_0():
    chance = np.random.default_rng(1)
    for coders, categories, expected in ((2, 5, 0.5), (3, 5, 0.4), (6, 10, 0.26)):
        table = chance.integers(0, categories, (40_000, coders))
        found = agreement.s_lotus(table, categories=categories)
        assert found.value == pytest.approx(expected, abs=0.01)


def test_lotus_tells_each_coder_s_hits():
    table = [[1, 1, 2], [2, 2, 2], [3, 3, 1], [1, 1, NAN]]
    assert agreement.lotus_by_coder(table) == {0: 1, 1: 1, 2: pytest.approx(1 / 3)}


@pytest.mark.parametrize(
    "coefficient",
    [agreement.holsti, agreement.light_kappa, agreement.conger_kappa],
)
def test_what_asks_for_coders_says_that_patterns_do_not_know_them(coefficient):
    patterns = from_counts([[2, 0], [1, 1]], [3, 2], ["a", "b"])
    assert "which coder" in coefficient(patterns).reason
    assert agreement.lotus(patterns).value == pytest.approx((3 + 2 * 0.5) / 5)
