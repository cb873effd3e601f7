"""Shares with their bases, weighted and by group."""

import numpy as np
import pytest

from mediacoding.stats.coverage import crosstab, share, shares


def test_a_share_has_its_base_and_wilson_s_interval():
    found = share(8, 10)
    assert (found.count, found.base, found.share) == (8, 10, 0.8)
    assert found.interval == pytest.approx((0.4902, 0.9433), abs=1e-4)


def test_a_share_of_nothing_is_no_share():
    found = share(0, 0)
    assert (found.share, found.interval) == (None, None)
    assert [s.share for s in shares([0, 0])] == [None, None]


def test_the_interval_ends_at_nothing_and_at_all():
    assert share(0, 20).interval[0] == 0
    assert share(20, 20).interval[1] == 1


def test_shares_add_up_and_a_multiple_choice_has_its_own_base():
    assert [s.share for s in shares([2, 3, 5])] == [0.2, 0.3, 0.5]
    assert [s.share for s in shares([8, 6], base=10)] == [0.8, 0.6]
    with pytest.raises(ValueError, match="between 0 and its base"):
        shares([8, 6], base=7)
    with pytest.raises(ValueError, match="between 0 and its base"):
        shares([-1, 6])


def test_weights_count_an_article_as_its_stratum_says():
    """Two strata: 10 articles of weight 1, 10 of weight 9."""
    found = shares([[8, 2], [1, 9]], weights=[1, 9])
    assert [s.share for s in found] == pytest.approx([17 / 100, 83 / 100])
    assert [(s.count, s.base) for s in found] == [(9, 20), (11, 20)]
    effective = 100**2 / (10 * 1 + 10 * 81)
    low, high = found[0].interval
    centre = (0.17 + 1.96**2 / (2 * effective)) / (1 + 1.96**2 / effective)
    assert (low + high) / 2 == pytest.approx(centre, abs=1e-4)
    assert high - low > np.ptp(share(17, 100).interval)


def test_equal_weights_are_no_weights():
    weighted = shares([[4, 1], [2, 3]], weights=[2.5, 2.5])
    assert weighted[0].interval == pytest.approx(share(6, 10).interval)


def test_a_cross_table_has_shares_in_the_base_of_each_group():
    found = crosstab(
        ["pro", "con", "pro", None, float("nan"), "con"],
        ["blic", "blic", "blic", "blic", "danas", "danas"],
        categories=["con", "neutral", "pro"],
        group_order=["danas", "blic", "politika"],
    )
    assert found.groups == ("danas", "blic", "politika")
    assert found.values == ("con", "neutral", "pro")
    assert [[s.count for s in row] for row in found.rows] == [
        [1, 0, 0],
        [1, 0, 2],
        [0, 0, 0],
    ]
    assert found.rows[1][2].share == pytest.approx(2 / 3)
    assert found.rows[2][0].share is None
    assert found.without == (1, 1, 0)
    assert [s.count for s in found.total] == [2, 0, 2]


def test_a_cross_table_without_a_codebook_takes_what_occurs():
    found = crosstab([2, 1, 2], ["b", "a", "a"])
    assert (found.groups, found.values) == (("b", "a"), (2, 1))
    with pytest.raises(ValueError, match="not among those given"):
        crosstab([2, 1], ["b", "a"], categories=[1])
