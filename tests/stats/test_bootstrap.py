"""Intervals: against a bootstrap and a jackknife written out unit by unit."""

import numpy as np
import pytest

from mediacoding.stats import bootstrap, distributions, krippendorff
from mediacoding.stats.agreement import krippendorff_alpha
from mediacoding.stats.alpha import alpha_statistic
from mediacoding.stats.patterns import from_table

LEVELS = ("nominal", "ordinal", "interval", "ratio")


def ratings(units=60, coders=2, agree=0.7, seed=3):
    chance = np.random.default_rng(seed)
    truth = chance.integers(1, 5, (units, 1))
    given = chance.integers(1, 5, (units, coders))
    return np.where(chance.random((units, coders)) < agree, truth, given).astype(float)


def alpha(table, level="nominal", **more):
    return krippendorff_alpha(table, level=level, interval=None, **more).value


@pytest.mark.parametrize("level", LEVELS)
def test_the_percentile_interval_is_that_of_a_bootstrap_written_out(level):
    table, chance = ratings(), np.random.default_rng(4)
    plain = [alpha(table[chance.integers(0, 60, 60)], level) for _n in range(3_000)]
    found = krippendorff_alpha(
        table, level=level, interval="percentile", replicates=20_000, bounds=(0.6,)
    )
    assert found.method == "percentile"
    assert found.interval == pytest.approx(np.quantile(plain, [0.025, 0.975]), abs=0.02)
    assert found.se == pytest.approx(np.std(plain), rel=0.1)
    assert found.below[0.6] == pytest.approx(np.mean(np.array(plain) < 0.6), abs=0.04)


@pytest.mark.parametrize(
    ("level", "more"),
    [*((level, {}) for level in LEVELS), ("circular", {"steps": 7}), ("bipolar", {"ends": (0, 5)})],
)  # fmt: skip
def test_the_jackknife_is_that_of_leaving_out_each_unit(level, more):
    table = ratings(units=25, coders=3)
    table[::4, 1] = np.nan
    without = np.array(
        [alpha(np.delete(table, unit, axis=0), level, **more) for unit in range(25)]
    )
    expected = np.sqrt(24 / 25 * ((without - without.mean()) ** 2).sum())

    found = krippendorff_alpha(table, level=level, interval="jackknife", **more)

    assert found.se == pytest.approx(expected, rel=1e-9)
    reach = distributions.student_t_quantile(0.975, 24) * expected / (1 - found.value)
    assert found.interval == pytest.approx(
        (
            1 - (1 - found.value) * np.exp(reach),
            1 - (1 - found.value) * np.exp(-reach),
        )
    )
    assert found.replicates == 0


def test_bca_corrects_the_percentiles_as_efron_writes():
    table = ratings(units=40, agree=0.85)
    found = from_table(table).pairable().regardless_of_coders()
    statistic = alpha_statistic(found, "nominal")
    value = alpha(table)
    drawn = np.concatenate(
        [statistic(w) for w in bootstrap.samples(found.units, 2_000, 7)]
    )
    without = np.array([alpha(np.delete(table, u, axis=0)) for u in range(40)])
    normal = distributions.NORMAL
    bias = normal.inv_cdf(
        (np.sum(drawn < value - 1e-12) + np.sum(abs(drawn - value) <= 1e-12) / 2)
        / 2_000
    )
    centred = without.mean() - without
    acceleration = (centred**3).sum() / (6 * (centred**2).sum() ** 1.5)
    expected = []
    for end in (0.025, 0.975):
        z = bias + normal.inv_cdf(end)
        expected.append(
            np.quantile(drawn, normal.cdf(bias + z / (1 - acceleration * z)))
        )

    found = krippendorff_alpha(table, level="nominal", interval="bca", seed=7)

    assert found.interval == pytest.approx(expected, abs=1e-9)


def test_an_interval_is_repeatable_and_its_seed_is_told():
    table = ratings()
    one = krippendorff_alpha(table, level="nominal", seed=5)
    assert (one.method, one.seed, one.replicates) == ("smoothed", 5, 2_000)
    assert one.interval[0] < one.value < one.interval[1] <= 1
    assert one == krippendorff_alpha(table, level="nominal", seed=5)
    assert one.interval != krippendorff_alpha(table, level="nominal", seed=6).interval
    assert 1 >= one.below[0.8] >= one.below[0.667] >= 0


def test_the_interval_does_not_hear_who_coded_or_in_which_order():
    table = ratings()
    other = krippendorff_alpha(table[::-1, ::-1], level="ordinal")
    assert other == krippendorff_alpha(table, level="ordinal")


def test_samples_are_of_all_units_and_of_nothing_else():
    for units in (np.array([50, 3, 900]), np.array([1, 1, 2, 1])):
        blocks = list(bootstrap.samples(units, 500, 1))
        drawn = np.concatenate(blocks)
        assert drawn.shape == (500, len(units))
        assert (drawn.sum(axis=1) == units.sum()).all()
        assert drawn.mean(axis=0) == pytest.approx(units, rel=0.12)


def test_few_units_are_told_so():
    few = krippendorff_alpha(ratings(units=19), level="nominal")
    enough = krippendorff_alpha(ratings(units=20), level="nominal")
    assert bootstrap.FEW in few.warnings
    assert bootstrap.FEW not in enough.warnings


def test_few_units_that_are_not_smoothed_get_the_jackknife():
    table = ratings(units=19)
    patterns = from_table(table).pairable().regardless_of_coders()
    found = bootstrap.uncertainty(
        alpha_statistic(patterns, "nominal"),
        patterns.units,
        alpha(table),
        bounds=(0.8,),
    )
    assert found.method == "jackknife-t"
    assert found.replicates == 2_000  # P(alpha < bound) is still their share
    assert 0 < found.below[0.8] < 1


def test_very_many_patterns_get_the_jackknife():
    chance = np.random.default_rng(6)
    truth = chance.normal(size=60_000)
    table = truth[:, None] + chance.normal(scale=0.5, size=(60_000, 2))
    found = krippendorff_alpha(table, level="interval", bounds=(0.7, 0.8, 0.9))
    assert (found.method, found.replicates, found.seed) == ("jackknife-t", 0, None)
    assert found.interval == pytest.approx((0.8 - 0.004, 0.8 + 0.004), abs=0.003)
    assert found.below[0.7] == pytest.approx(0, abs=1e-9)
    assert 0 < found.below[0.8] < 1
    assert found.below[0.9] == pytest.approx(1, abs=1e-9)


def test_the_share_below_a_bound_is_alike_by_bootstrap_and_jackknife():
    table = ratings(units=400)
    drawn = krippendorff_alpha(table, level="nominal", bounds=(0.45, 0.5))
    by_t = krippendorff_alpha(
        table, level="nominal", bounds=(0.45, 0.5), interval="jackknife"
    )
    assert drawn.below == pytest.approx(by_t.below, abs=0.06)


def test_replicates_without_variation_are_counted_and_told():
    table = np.zeros((60, 2))
    table[:2] = [[1, 1], [1, 0]]
    found = krippendorff_alpha(table, level="nominal", interval="bca")
    assert found.lost > 100
    assert any("nothing varied" in warning for warning in found.warnings)
    assert any("more than 95 percent" in warning for warning in found.warnings)
    assert found.method == "BCa"


def test_a_rare_category_does_not_leave_the_interval_without_replicates():
    table = np.zeros((60, 2))
    table[:2] = [[1, 1], [1, 0]]
    found = krippendorff_alpha(table, level="nominal")
    assert (found.method, found.value) == ("smoothed", pytest.approx(0.66, abs=0.01))
    assert found.interval[0] < 0.1
    assert found.interval[1] > 0.95
    assert 100 < found.lost < 1_000


def test_one_varying_unit_cannot_show_an_uncertainty():
    table = np.zeros((100, 2))
    table[0] = [1, 0]
    found = krippendorff_alpha(table, level="nominal", interval="bca")
    assert found.value == pytest.approx(0, abs=0.01)
    assert (found.interval, found.se) == (None, None)
    assert bootstrap.ONE_UNIT in found.warnings
    low, high = krippendorff_alpha(table, level="nominal").interval
    assert low <= found.value
    assert high > 0.5  # a second article may show that they can tell the category


def test_perfect_agreement_has_an_interval_that_narrows_with_the_units():
    lows = []
    for units in (10, 40, 400):
        table = np.array([[1, 1], [2, 2]] * (units // 2))
        found = krippendorff_alpha(table, level="nominal")
        assert (found.value, found.interval[1], found.se) == (1, 1, None)
        assert found.warnings[0] == krippendorff.PERFECT
        lows.append(found.interval[0])
    assert 0 < lows[0] < lows[1] < lows[2] < 1
    # Of 40 units without a disagreement the rule of three says that fewer than 7 in 100
    # disagree, where chance makes half of them.
    assert 0.05 < 1 - lows[1] < 0.2


@pytest.mark.parametrize("method", ["bca", "percentile", "jackknife"])
def test_perfect_agreement_shows_nothing_to_resampling_alone(method):
    table = np.array([[1, 1], [2, 2]] * 20)
    found = krippendorff_alpha(table, level="nominal", interval=method)
    assert (found.value, found.interval, found.below) == (1, None, {})
    assert found.warnings == (
        "All coders agree everywhere, so these units show no uncertainty.",
    )


def test_units_that_all_disagree_alike_show_nothing_to_resampling_alone():
    table = np.array([[1, 2], [2, 1]] * 20)
    found = krippendorff_alpha(table, level="nominal", interval="bca")
    assert found.value == pytest.approx(-1, abs=0.05)
    assert found.interval is None
    assert "same disagreement" in found.warnings[0]
    low, high = krippendorff_alpha(table, level="nominal").interval
    assert -1 <= low <= found.value < high < -0.5


def test_no_interval_reaches_beyond_what_alpha_can_be():
    table = np.array([[0, 0]] * 9 + [[1, 1], [0, 1], [1, 0]])
    low, high = krippendorff_alpha(table, level="nominal").interval
    assert -1 <= low < high <= 1


def test_an_unknown_interval_is_refused():
    with pytest.raises(ValueError, match="no interval"):
        krippendorff_alpha(ratings(), level="nominal", interval="wald")


def test_quantiles_of_t_are_those_of_the_tables():
    quantile = distributions.student_t_quantile
    assert quantile(0.975, 1) == pytest.approx(12.7062, abs=1e-4)
    assert quantile(0.975, 30) == pytest.approx(2.04227, abs=1e-5)
    assert quantile(0.025, 10) == pytest.approx(-2.22814, abs=1e-5)
    assert quantile(0.975, 1e6) == pytest.approx(1.95997, abs=1e-5)
    assert distributions.student_t(2.04227, 30) == pytest.approx(0.975, abs=1e-6)
    assert distributions.student_t(-2.04227, 30) == pytest.approx(0.025, abs=1e-6)
