"""Clusters and strata: against bootstraps written out, and in what they must do."""

import numpy as np
import pytest

from mediacoding.stats.agreement import krippendorff_alpha
from mediacoding.stats.design import grouped
from mediacoding.stats.patterns import indexed


def ratings(units=60, coders=2, agree=0.7, seed=3):
    chance = np.random.default_rng(seed)
    truth = chance.integers(1, 4, (units, 1))
    given = chance.integers(1, 4, (units, coders))
    return np.where(chance.random((units, coders)) < agree, truth, given).astype(float)


def alpha(table, **how):
    return krippendorff_alpha(table, level="nominal", **how)


def test_every_unit_its_own_cluster_is_no_cluster():
    table = ratings()
    by_unit = alpha(table, interval="bca")
    by_cluster = alpha(table, interval="bca", clusters=np.arange(60))
    assert by_cluster.value == by_unit.value
    assert by_cluster.se == pytest.approx(by_unit.se, abs=1e-12)
    assert by_cluster.interval == pytest.approx(by_unit.interval, abs=0.03)


def test_articles_of_an_issue_that_resemble_each_other_widen_the_interval():
    table = np.repeat(ratings(units=40), 5, axis=0)  # five copies of each
    issues = np.repeat(np.arange(40), 5)
    naive, right = alpha(table), alpha(table, clusters=issues)
    alone = alpha(ratings(units=40), interval="bca")
    assert right.value == naive.value
    assert right.se == pytest.approx(alone.se, rel=0.05)
    assert right.se > 2 * naive.se
    assert right.method == "BCa"


def test_the_cluster_bootstrap_is_that_of_whole_issues_written_out():
    table = ratings(units=120)
    issues = np.random.default_rng(1).integers(0, 30, 120)
    found = alpha(table, clusters=issues, interval="percentile", replicates=8_000)
    chance = np.random.default_rng(2)
    members = [table[issues == issue] for issue in np.unique(issues)]
    drawn = [
        alpha(
            np.vstack(
                [members[i] for i in chance.integers(0, len(members), len(members))]
            ),
            interval=None,
        ).value
        for _ in range(1_500)
    ]
    assert found.interval == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.02)
    assert found.se == pytest.approx(np.std(drawn), rel=0.1)


def test_the_cluster_jackknife_leaves_out_one_issue_at_a_time():
    table = ratings(units=50)
    issues = np.arange(50) // 7
    left = np.array([alpha(table[issues != i], interval=None).value for i in range(8)])
    expected = np.sqrt(7 / 8 * ((left - left.mean()) ** 2).sum())
    assert alpha(table, clusters=issues).se == pytest.approx(expected)


def test_strata_are_drawn_apart():
    good, bad = ratings(units=60, agree=0.95), ratings(units=60, agree=0.3, seed=4)
    table = np.vstack([good, bad])
    outlets = ["a"] * 60 + ["b"] * 60
    found = alpha(table, strata=outlets, interval="percentile", replicates=8_000)
    chance = np.random.default_rng(2)
    drawn = [
        alpha(
            np.vstack(
                [good[chance.integers(0, 60, 60)], bad[chance.integers(0, 60, 60)]]
            ),
            interval=None,
        ).value
        for _ in range(1_500)
    ]
    assert found.interval == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.02)
    assert found.se < alpha(table).se  # how many of each is no chance


def test_strata_and_clusters_go_together_and_are_smoothed_only_without_clusters():
    table = ratings(units=120)
    outlets = np.repeat(["a", "b"], 60)
    issues = np.arange(120) // 6
    both = alpha(table, strata=outlets, clusters=issues)
    assert (both.method, both.interval[0] < both.value) == ("BCa", True)
    assert alpha(table, strata=outlets).method == "smoothed"


def test_units_that_do_not_count_do_not_disturb_the_design():
    table = ratings()
    more = np.vstack([table, [[1, np.nan]] * 5, [[np.nan, np.nan]] * 3])
    issues = np.append(np.arange(60) // 3, [90] * 8)
    assert alpha(more, clusters=issues).interval == pytest.approx(
        alpha(table, clusters=issues[:60]).interval
    )


def test_what_does_not_fit_is_refused_with_the_way_out():
    table = ratings()
    with pytest.raises(ValueError, match="60 units, but 3 names"):
        alpha(table, clusters=[1, 2, 3])
    with pytest.raises(ValueError, match="only one unit or cluster"):
        alpha(table, strata=["a"] * 59 + ["b"])
    with pytest.raises(ValueError, match="no stratum"):
        alpha(table, strata=["a"] * 59 + [None])
    patterns, _index = indexed(table)
    with pytest.raises(ValueError, match="give the table"):
        alpha(patterns, clusters=np.arange(60))


def test_samples_of_a_design_are_of_all_its_groups_and_of_nothing_else():
    table = ratings(units=30)
    patterns, index = indexed(table)
    design = grouped(
        index,
        len(patterns.codes),
        clusters=np.arange(30) // 3,
        strata=np.repeat([1, 2], 15),
    )
    assert design.units.tolist() == patterns.units.tolist()
    assert (design.groups, design.degrees) == (10, 8)
    block = np.concatenate(list(design.samples(300, 1)))
    assert block.shape == (300, len(patterns.codes))
    assert (block.sum(axis=1) == 30).all()  # clusters are of three units each
    assert block.mean(axis=0) == pytest.approx(patterns.units, abs=0.6)
