"""Estimates by the design of the sample, against textbook values and plain formulas."""

import math

import numpy as np
import pytest

from mediacoding.stats.survey import result
from mediacoding.stats.survey.design import survey_design
from mediacoding.stats.survey.estimates import mean, ratio, shares, total
from mediacoding.stats.survey.groups import (
    means_by,
    ratios_by,
    shares_by,
    totals_by,
)

#: Lohr (2019), example 3.2, acres of farms by region: N, n, mean, variance.
REGIONS = {
    "northeast": (220, 21, 97_629.8, 7_647_472_708),
    "north central": (1_054, 103, 300_504.2, 29_618_183_543),
    "south": (1_382, 135, 211_315.0, 53_587_487_856),
    "west": (422, 41, 662_295.5, 396_185_950_266),
}
#: Lohr (2019), example 5.2: grade averages of four students in each of 5 of 100 suites.
SUITES = [
    [3.08, 2.60, 3.44, 3.04],
    [2.36, 3.04, 3.28, 2.68],
    [2.00, 2.56, 2.52, 1.88],
    [3.00, 2.88, 3.44, 3.64],
    [2.68, 1.92, 3.28, 3.20],
]


def with_moments(n, centre, variance, chance):
    """n numbers of exactly this mean and variance."""
    numbers = chance.normal(size=n)
    numbers = (numbers - numbers.mean()) / numbers.std(ddof=1)
    return centre + numbers * math.sqrt(variance)


def farms():
    chance = np.random.default_rng(1)
    values = [with_moments(n, m, s, chance) for _N, n, m, s in REGIONS.values()]
    strata = [name for name, (_N, n, _m, _s) in REGIONS.items() for _ in range(n)]
    weights = [N / n for N, n, _m, _s in REGIONS.values() for _ in range(n)]
    held = {name: N for name, (N, _n, _m, _s) in REGIONS.items()}
    design = survey_design(len(strata), weights=weights, strata=strata, population=held)
    return np.concatenate(values), strata, design


def students(**how):
    values = np.array(SUITES).ravel()
    suites = np.repeat(["a", "b", "c", "d", "e"], 4)
    return values, survey_design(20, clusters=suites, weights=[20] * 20, **how)


def test_a_stratified_total_has_the_published_standard_error():
    values, _strata, design = farms()
    found = total(values, design)
    assert found.value == pytest.approx(909_736_034, rel=1e-6)
    assert found.se == pytest.approx(50_417_248, rel=1e-6)
    assert (found.base.units, found.base.clusters, found.base.strata) == (300, 300, 4)


def test_degrees_of_freedom_are_satterthwaite_s_where_strata_differ():
    """Not 300 - 4 = 296, since most of the variance comes from 41 farms of the west."""
    values, _strata, design = farms()
    parts = [N**2 * (1 - n / N) * s / n for N, n, _m, s in REGIONS.values()]
    below = sum(
        v**2 / (n - 1)
        for v, (_N, n, _m, _s) in zip(parts, REGIONS.values(), strict=True)
    )
    degrees = sum(parts) ** 2 / below
    assert total(values, design).degrees == pytest.approx(degrees)
    assert 99 < degrees < 100
    equal = survey_design(20, strata=["a"] * 10 + ["b"] * 10)
    assert mean([1.0, 2.0] * 10, equal).degrees == pytest.approx(18)


def test_a_stratified_mean_is_the_total_over_the_frame():
    values, _strata, design = farms()
    found = mean(values, design)
    assert found.value == pytest.approx(909_736_034 / 3_078, rel=1e-6)
    assert found.se == pytest.approx(50_417_248 / 3_078, rel=1e-6)
    assert found.design_effect < 1


def test_a_simple_sample_of_a_finite_frame_has_the_published_standard_error():
    values = with_moments(300, 297_897.0467, 344_551.8948**2, np.random.default_rng(2))
    found = mean(values, survey_design(300, population=3_078))
    assert found.se == pytest.approx(18_898.434, abs=1e-2)


def test_a_sample_of_clusters_has_the_published_mean_and_standard_error():
    values, design = students(population=100)
    found = mean(values, design)
    assert found.value == pytest.approx(2.826, abs=5e-4)
    assert found.se == pytest.approx(0.164, abs=5e-4)
    assert (found.degrees, found.base.units, found.base.clusters) == (4, 20, 5)
    assert total(values, design).value == pytest.approx(1_130.4)


def test_a_ratio_is_linearised():
    chance = np.random.default_rng(4)
    x = chance.integers(5, 40, 60).astype(float)
    y = np.rint(x * chance.uniform(0.1, 0.4, 60))
    found = ratio(y, x, survey_design(60, population=240), scale=100)
    r = y.sum() / x.sum()
    s_square = ((y - r * x) ** 2).sum() / 59
    se = math.sqrt((1 - 60 / 240) * s_square / 60) / x.mean()
    assert found.value == pytest.approx(100 * r)
    assert found.se == pytest.approx(100 * se)
    assert found.interval[1] - found.value == pytest.approx(2.0010 * 100 * se, rel=1e-4)


def test_a_share_by_design_is_a_ratio_of_cluster_totals():
    chance = np.random.default_rng(5)
    strata = np.repeat(["blic", "danas"], [80, 120])
    clusters = np.concatenate([chance.integers(0, 12, 80), chance.integers(0, 9, 120)])
    shown = chance.random(200) < 0.3
    weights = chance.uniform(1, 4, 200)
    design = survey_design(200, weights=weights, strata=strata, clusters=clusters)
    found = shares(shown, design, categories=[False, True]).of(True)
    p = weights @ shown / weights.sum()
    variance = 0.0
    for outlet in ("blic", "danas"):
        own = strata == outlet
        names = np.unique(clusters[own])
        scores = [
            (weights * (shown - p))[own & (clusters == c)].sum() / weights.sum()
            for c in names
        ]
        variance += len(names) * np.var(scores, ddof=1)
    assert found.value == pytest.approx(p)
    assert found.se == pytest.approx(math.sqrt(variance))
    effective = p * (1 - p) / variance * 200 / 199
    assert found.effective == pytest.approx(effective)
    assert found.design_effect == pytest.approx(200 / effective)
    assert (found.count, found.base.units) == (int(shown.sum()), 200)
    assert found.base.weight == pytest.approx(weights.sum())


def test_rows_may_stand_for_several_units_alike():
    values = ["a", "a", "b", "a", "b", "b", "b", "a"]
    issues = [1, 1, 1, 2, 2, 3, 3, 3]
    single = shares(values, survey_design(8, clusters=issues))
    counted = shares(
        ["a", "b", "a", "b", "a", "b"],
        survey_design(6, clusters=[1, 1, 2, 2, 3, 3], times=[2, 1, 1, 1, 1, 2]),
    )
    assert counted == single


def test_a_cluster_without_such_a_unit_counts_as_drawn():
    values, clusters = [1.0, 1.0, 1.0, 0.0], ["a", "b", "b", "c"]
    some = total(values, survey_design(4, weights=[10] * 4, clusters=clusters))
    all_drawn = survey_design(4, weights=[10] * 4, clusters=clusters, drawn=6)
    more = total(values, all_drawn)
    assert some.value == more.value == 30
    totals = np.array([10, 20, 0, 0, 0, 0])
    assert more.se == pytest.approx(math.sqrt(6 * totals.var(ddof=1)))
    assert more.interval[0] == 0


def test_one_cluster_gives_a_sentence_and_no_interval():
    found = shares(["a", "b", "a"], survey_design(3, clusters=["x"] * 3)).of("a")
    assert found.value == pytest.approx(2 / 3)
    assert (found.interval, found.se) == (None, None)
    assert found.no_interval == result.ONE_CLUSTER
    assert mean([3.0], survey_design(1)).no_interval == result.ONE_UNIT
    group = means_by([3.0, 4.0, 5.0], ["x", "y", "y"], survey_design(3)).rows[0]
    assert group.no_interval == result.ONE_UNIT


def test_one_constructed_week_gives_a_sentence_and_two_give_an_interval():
    values = ["a", "b", "a", "b", "b", "a"]
    one = shares(values, survey_design(6, replicates=[1] * 6)).of("a")
    assert one.no_interval == result.ONE_REPLICATE
    two = shares(values, survey_design(6, replicates=[1, 1, 1, 2, 2, 2])).of("a")
    assert two.degrees == 1
    assert two.se == pytest.approx(abs(2 / 3 - 1 / 3) / 2)


def test_one_issue_a_weekday_gives_a_sentence():
    days = ["mon", "mon", "tue", "tue"]
    design = survey_design(4, strata=days, clusters=days)
    assert shares(["a", "b", "a", "a"], design).of("a").no_interval == result.LONELY


def test_a_census_has_no_sampling_error():
    found = shares(["a", "b", "b"], survey_design(3, population=3)).of("b")
    assert found.value == pytest.approx(2 / 3)
    assert found.no_interval == result.CENSUS
    assert survey_design(3, population=3).is_census


def test_a_stratum_that_was_coded_whole_adds_no_error():
    strata = ["all"] * 4 + ["some"] * 6
    values = np.array([1, 0, 0, 1, 1, 0, 0, 0, 1, 0.0])
    weights = [1] * 4 + [10] * 6
    design = survey_design(
        10, weights=weights, strata=strata, population={"all": 4, "some": 60}
    )
    found = mean(values, design)
    own = values[4:] - found.value
    se = math.sqrt(0.9 * 6 * np.var(10 * own, ddof=1)) / 64
    assert found.se == pytest.approx(se)
    assert found.degrees == 5


def test_a_lonely_stratum_can_be_centred_and_says_so():
    strata = ["a"] * 5 + ["b"]
    values = [1.0, 2.0, 3.0, 4.0, 5.0, 9.0]
    refused = mean(values, survey_design(6, strata=strata))
    assert refused.no_interval == result.LONELY
    centred = mean(values, survey_design(6, strata=strata, lonely="centre"))
    own = np.array(values[:5])
    variance = 5 * own.var(ddof=1) + (9 - 4) ** 2
    assert centred.se == pytest.approx(math.sqrt(variance) / 6)
    assert centred.warnings == (result.CENTRED,)


def test_a_group_in_one_cluster_of_a_stratum_has_no_interval():
    clusters = ["x", "x", "y", "y", "z"]
    groups = ["g", "g", "h", "h", "h"]
    found = shares_by(
        ["a", "b", "a", "b", "a"], groups, survey_design(5, clusters=clusters)
    )
    assert found.rows[0].of("a").no_interval == result.ONE_EACH
    assert found.rows[1].of("a").interval is not None


def test_nothing_gives_a_sentence():
    design = survey_design(3)
    assert (
        shares([None] * 3, design, categories=["a"]).of("a").reason == result.NO_UNITS
    )
    assert mean([np.nan] * 3, design).reason == result.NO_UNITS
    assert total([np.nan] * 3, design).reason == result.NO_UNITS
    assert ratio([1, 2, 3], [0, 0, 0], design).reason == result.NO_DENOMINATOR
    assert (
        shares([], survey_design(0), categories=["a"]).of("a").reason == result.NO_UNITS
    )
    assert mean([2, 2, 2], design).no_interval == result.ALL_ALIKE


def test_a_total_without_weights_says_nothing_of_the_frame():
    found = total([1, 1, 1], survey_design(3))
    assert (found.value, found.no_interval) == (3, result.UNWEIGHTED_TOTAL)


def test_without_units_missing_ones_are_counted():
    values = ["a", None, "b", float("nan"), "a"]
    found = shares(values, survey_design(5))
    assert (found.base.units, found.without) == (3, 2)
    assert [e.count for e in found.shares] == [2, 1]


def test_groups_have_their_own_bases():
    values = ["a", "b", "a", None, "b", "a"]
    groups = ["x", "x", "y", "y", None, "y"]
    found = shares_by(
        values,
        groups,
        survey_design(6),
        categories=["a", "b"],
        group_order=["y", "x", "z"],
    )
    assert found.groups == ("y", "x", "z")
    assert [row.base.units for row in found.rows] == [2, 2, 0]
    assert [row.without for row in found.rows] == [1, 0, 0]
    assert found.rows[0].of("a").value == 1
    assert found.rows[2].of("a").reason == result.NO_UNITS
    assert (found.whole.base.units, found.ungrouped) == (4, 1)


def test_means_totals_and_ratios_by_group_are_those_of_the_groups():
    values = np.array([1.0, 2, 3, 4, 5, 9])
    groups = ["x", "x", "x", "y", "y", "y"]
    design = survey_design(6, weights=[2, 2, 2, 4, 4, 4])
    means = means_by(values, groups, design)
    assert [e.value for e in means.rows] == [2, 6]
    assert means.whole.value == pytest.approx((2 * 6 + 4 * 18) / 18)
    assert [e.value for e in totals_by(values, groups, design).rows] == [12, 72]
    rates = ratios_by(np.ones(6), values, groups, design, scale=100)
    assert [e.value for e in rates.rows] == pytest.approx([50, 100 * 3 / 18])
    assert rates.rows[0].interval is not None


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"weights": [1, 2]}, "There are 3 rows"),
        ({"weights": [1, 2, -1]}, "negative"),
        ({"weights": [1, 2, np.nan]}, "not known"),
        ({"strata": ["a", None, "b"]}, "no stratum"),
        ({"clusters": ["a", "b"]}, "but 2 of cluster"),
        ({"drawn": 2}, "than were drawn"),
        ({"population": 2}, "than the frame holds"),
        ({"population": {"a": 9}}, "else one number"),
        ({"strata": ["a", "a", "b"], "population": {"a": 9}}, "has no number"),
        ({"replicates": [1, 1, 2], "clusters": [1, 2, 3]}, "not both"),
        ({"times": [1, 2, 3]}, "need their cluster"),
        ({"lonely": "forget"}, "lonely stratum is one of"),
    ],
)
def test_a_design_that_does_not_fit_is_refused(how, sentence):
    with pytest.raises(ValueError, match=sentence):
        survey_design(3, **how)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda d: shares(["a", "b"], d), "but 2 values"),
        (lambda d: shares(["a", "b", "c"], d, categories=["a"]), "none of the cat"),
        (lambda d: shares(["a"] * 3, d, interval="wald"), "An interval is"),
        (lambda d: shares(["a"] * 3, d, within=[1, 1, 0]), "True or False"),
        (lambda d: mean([1, 2], d), "but values"),
        (lambda d: mean([1, 2, np.inf], d), "infinite"),
        (lambda d: ratio([1, 2, 3], [1, -1, 2], d), "not negative"),
        (lambda d: mean([1, 2, 3], d, confidence=1.0), "Confidence lies"),
    ],
)
def test_data_that_do_not_fit_are_refused(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call(survey_design(3))


def test_an_estimate_is_a_value_or_a_reason_and_never_nan():
    for wrong in (
        {"value": None},
        {"value": 1.0, "reason": "None."},
        {"value": 1.0},
        {"value": math.nan, "interval": (0, 1)},
        {"value": None, "reason": "None.", "interval": (0, 1)},
    ):
        with pytest.raises(ValueError, match="An estimate"):
            result.Estimate(**wrong)
