"""Differences of shares and means: Newcombe's published intervals, and by the design."""

import math

import numpy as np
import pytest
import scipy.stats
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
)
from statsmodels.stats.proportion import (
    test_proportions_2indep as score_test,
)

from mediacoding.stats.survey import result
from mediacoding.stats.survey.design import survey_design
from mediacoding.stats.survey.differences import (
    ONE_IS_MISSING,
    difference_of_means,
    difference_of_shares,
    newcombe,
)


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [  # Newcombe (1998), table II, method 10
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((10, 10, 0, 20), 0.6791, 1.0000),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 10), -0.2775, 0.2775),
    ],
)
def test_newcombe_s_interval_is_the_published_one(counts, low, high):
    found = newcombe(*counts).difference
    assert found.interval == pytest.approx((low, high), abs=6e-5)


def test_newcombe_is_that_of_statsmodels():
    found = newcombe(17, 60, 30, 71)
    assert found.difference.interval == pytest.approx(
        confint_proportions_2indep(17, 60, 30, 71, method="newcomb")
    )
    assert found.p == pytest.approx(
        score_test(17, 60, 30, 71, method="score").pvalue, rel=0.02
    )
    assert (found.first.base.units, found.difference.base.units) == (60, 131)


def test_newcombe_of_an_empty_base_is_a_sentence():
    found = newcombe(0, 0, 3, 10)
    assert found.difference.reason == ONE_IS_MISSING
    assert found.first.reason == result.NO_UNITS
    with pytest.raises(ValueError, match="between 0 and its base"):
        newcombe(4, 3, 1, 2)


def split(shown, groups, first, second):
    """One variable in two groups, each None in the other."""
    return [
        [
            one if group == name else None
            for one, group in zip(shown, groups, strict=True)
        ]
        for name in (first, second)
    ]


def test_two_groups_of_a_simple_sample_are_newcombe_s():
    shown = [True] * 56 + [False] * 14 + [True] * 48 + [False] * 32
    groups = ["blic"] * 70 + ["danas"] * 80
    found = difference_of_shares(
        *split(shown, groups, "blic", "danas"), survey_design(150)
    )
    assert found.difference.interval == pytest.approx((0.0524, 0.3339), abs=6e-5)
    assert found.correlation == 0
    assert found.difference.method == "Newcombe"


def test_groups_that_share_clusters_are_correlated():
    chance = np.random.default_rng(8)
    clusters = np.repeat(np.arange(30), 10)
    level = chance.beta(1, 1, 30)[clusters]
    shown = chance.random(300) < level
    groups = np.tile(["a", "b"], 150)
    one, other = split(shown.tolist(), groups.tolist(), "a", "b")
    together = difference_of_shares(one, other, survey_design(300, clusters=clusters))
    apart = difference_of_shares(
        one,
        other,
        survey_design(
            300,
            clusters=[f"{c}{g}" for c, g in zip(clusters, groups, strict=True)],
        ),
    )
    assert together.correlation > 0.5
    assert together.difference.se < apart.difference.se
    assert np.ptp(together.difference.interval) < np.ptp(apart.difference.interval)


def test_the_standard_error_is_that_of_the_linearised_difference():
    chance = np.random.default_rng(9)
    clusters = np.repeat(np.arange(25), 8)
    weights = chance.uniform(1, 3, 200)
    values = chance.normal(size=200) + chance.normal(size=25)[clusters]
    first = np.where(chance.random(200) < 0.5, values, np.nan)
    second = np.where(np.isnan(first), values, np.nan)
    found = difference_of_means(
        first, second, survey_design(200, weights=weights, clusters=clusters)
    )
    scores = np.zeros(200)
    for column, sign in ((first, 1), (second, -1)):
        known = ~np.isnan(column)
        centre = np.average(column[known], weights=weights[known])
        scores[known] += (
            sign * weights[known] * (column[known] - centre) / weights[known].sum()
        )
    totals = np.bincount(clusters, scores)
    se = math.sqrt(25 * totals.var(ddof=1))
    assert found.difference.se == pytest.approx(se)
    t = found.difference.value / se
    assert found.p == pytest.approx(2 * scipy.stats.t.sf(abs(t), 24))


def test_two_means_of_a_simple_sample_are_nearly_welch_s():
    chance = np.random.default_rng(10)
    one, other = chance.normal(0, 1, 80), chance.normal(0.4, 2, 120)
    gap = np.full(120, np.nan), np.full(80, np.nan)
    found = difference_of_means(
        np.concatenate([one, gap[0]]),
        np.concatenate([gap[1], other]),
        survey_design(200),
    )
    welch = scipy.stats.ttest_ind(one, other, equal_var=False)
    assert found.difference.value / found.difference.se == pytest.approx(
        welch.statistic, rel=0.01
    )


def test_two_categories_of_one_base_are_negatively_correlated():
    values = np.array(["pro"] * 40 + ["con"] * 30 + ["neutral"] * 30)
    found = difference_of_shares(values == "pro", values == "con", survey_design(100))
    assert found.difference.value == pytest.approx(0.1)
    # Var(p - q) = (p + q - (p - q)^2) / (n - 1)
    assert found.difference.se == pytest.approx(math.sqrt((0.7 - 0.01) / 99))
    p, q = 0.4, 0.3
    assert found.correlation == pytest.approx(-math.sqrt(p * q / (1 - p) / (1 - q)))


def test_a_difference_without_a_variance_says_why():
    one, other = [True, False, None, None], [None, None, True, True]
    found = difference_of_shares(one, other, survey_design(4, clusters=["x"] * 4))
    assert found.difference.value == -0.5
    assert found.difference.no_interval == result.ONE_CLUSTER
    census = difference_of_shares(one, other, survey_design(4, population=4))
    assert census.difference.no_interval == result.CENSUS
    none = difference_of_means([1.0, 2.0], [np.nan, np.nan], survey_design(2))
    assert none.difference.reason == ONE_IS_MISSING
    alike = difference_of_means(
        [1, 1, np.nan, np.nan], [np.nan, np.nan, 2, 2], survey_design(4)
    )
    assert alike.difference.no_interval == result.ALL_ALIKE
