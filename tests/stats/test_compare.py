"""Differences with common random numbers, against bootstraps written out unit by unit."""

from functools import partial

import numpy as np
import pytest

from mediacoding.stats import agreement, compare, offer
from mediacoding.stats.patterns import from_table


def ratings(units=80, coders=3, agree=0.7, gaps=0.1, seed=4):
    chance = np.random.default_rng(seed)
    truth = chance.integers(1, 4, (units, 1))
    given = chance.integers(1, 4, (units, coders))
    table = np.where(chance.random((units, coders)) < agree, truth, given).astype(float)
    table[chance.random((units, coders)) < gaps] = np.nan
    return table


@pytest.mark.parametrize("key", compare.COMPARABLE)
@pytest.mark.parametrize("weights", ["unweighted", "quadratic"])
def test_the_statistic_of_a_coefficient_is_the_coefficient(key, weights):
    coders = 2 if key in ("cohen", "scott") else 3
    patterns = from_table(ratings(coders=coders))
    asked = offer.Definition("ordinal", weights=weights)
    statistic = compare.statistic(key, patterns, asked)
    units = patterns.units.astype(float)

    expected = offer.compute(key, patterns, asked).value

    if key == "percent":  # the offer's percent agreement is never weighted
        expected = agreement.percent_agreement(patterns, weights=weights).value
    assert statistic(units[None, :])[0] == pytest.approx(expected, abs=1e-12)
    without = statistic.without_one(units)
    for place in range(len(units)):
        left = units.copy()
        left[place] -= 1
        assert without[place] == pytest.approx(
            statistic(left[None, :])[0], abs=1e-9, nan_ok=True
        )


def test_two_coefficients_are_compared_on_the_same_samples():
    table = ratings()
    found = compare.coefficients(table, "ac1", "alpha", level="nominal")
    alone = [
        agreement.gwet_ac(table),
        agreement.krippendorff_alpha(table, level="nominal", interval="bca"),
    ]
    assert found.value == pytest.approx(alone[0].value - alone[1].value)
    assert found.interval[0] < found.value < found.interval[1]
    # They vary together: the difference is far more certain than either.
    assert found.se < 0.3 * max(alone[0].se, alone[1].se)


def test_the_interval_of_a_difference_is_that_of_a_bootstrap_unit_by_unit():
    table = ratings(units=50, gaps=0)
    found = compare.coefficients(
        table, "percent", "alpha", level="nominal", replicates=20_000
    )
    alpha = partial(agreement.krippendorff_alpha, level="nominal", interval=None)
    chance = np.random.default_rng(1)
    drawn = []
    for _ in range(1_500):
        sample = table[chance.integers(0, 50, 50)]
        drawn.append(agreement.percent_agreement(sample).value - alpha(sample).value)
    assert found.se == pytest.approx(np.std(drawn), rel=0.15)
    assert found.interval == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.02)


def test_two_rounds_are_compared_as_independent():
    first, second = ratings(units=120, agree=0.6), ratings(units=150, agree=0.9, seed=5)
    found = compare.rounds(first, second, level="nominal")
    alpha = partial(agreement.krippendorff_alpha, level="nominal", interval="bca")
    one, other = alpha(first), alpha(second)
    assert found.value == pytest.approx(other.value - one.value)
    assert found.se == pytest.approx(np.hypot(one.se, other.se), rel=0.01)
    assert found.interval[0] > 0
    assert found.below[0] == 0
    assert found.n_units == 270


def test_rounds_alike_do_not_differ_beyond_chance():
    outside = 0
    for seed in range(100):
        found = compare.rounds(
            ratings(seed=2 * seed), ratings(seed=2 * seed + 1), level="nominal"
        )
        outside += not found.interval[0] <= 0 <= found.interval[1]
    assert outside <= 12  # 5 expected; more than 12 has a chance of 1 in 1,000


def test_the_gain_without_a_coder_is_compared_on_the_same_units():
    table = ratings(gaps=0, units=200, agree=0.9)
    table[:, 2] = np.random.default_rng(9).integers(1, 4, 200)  # guesses
    found = compare.without_coder(table, 2, level="nominal")
    alpha = partial(agreement.krippendorff_alpha, level="nominal", interval=None)
    assert found.value == pytest.approx(alpha(table[:, :2]).value - alpha(table).value)
    assert found.interval[0] > 0.2


def test_merging_what_is_confused_raises_alpha():
    table = ratings(units=300, gaps=0, agree=1)
    confused = np.random.default_rng(2).random(table.shape) < 0.5
    table[(table == 3) & confused] = 2
    found = compare.merging(table, [[2, 3]], level="nominal")
    assert found.interval[0] > 0
    assert found.value == pytest.approx(
        agreement.krippendorff_alpha(
            np.where(table == 3, 2, table), level="nominal", interval=None
        ).value
        - agreement.krippendorff_alpha(table, level="nominal", interval=None).value
    )


def test_a_difference_without_a_side_says_why():
    table = ratings()
    found = compare.coefficients(table, "cohen", "alpha", level="nominal")
    assert (found.value, found.reason) == (
        None,
        "Cohen's kappa is for exactly two coders.",
    )
    same = compare.rounds([[1, 1]] * 5, table, level="nominal")
    assert "Every pairable value is the same" in same.reason


def test_the_same_coefficient_twice_has_no_interval():
    found = compare.coefficients(ratings(), "alpha", "alpha", level="nominal")
    assert (found.value, found.interval) == (0, None)
    assert "same in every sample" in found.warnings[0]


def test_what_cannot_be_compared_is_refused_by_name():
    with pytest.raises(ValueError, match="cannot be compared"):
        compare.coefficients(ratings(), "alpha", "icc_a_1", level="interval")
