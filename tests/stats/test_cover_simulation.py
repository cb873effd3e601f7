"""Intervals against a made press of which everything is known, drawn 1,000 times a design.

Six months of a daily paper: 182 issues of 6 to 15 articles, in which topic and area depend
on the weekday and on the issue.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediacoding.stats.survey.association import weighted_association
from mediacoding.stats.survey.design import survey_design
from mediacoding.stats.survey.differences import difference_of_shares
from mediacoding.stats.survey.estimates import mean, ratio, shares, total

TIMES = 1_000
WEEKS, DAYS = 26, 7


class Press:
    """All articles of the frame: their issue, weekday, topic, genre and area."""

    def __init__(self, share):
        chance = np.random.default_rng(42)
        sizes = chance.integers(6, 16, WEEKS * DAYS)
        self.issue = np.repeat(np.arange(WEEKS * DAYS), sizes)
        self.weekday = self.issue % DAYS
        by_day = np.linspace(0.6, 1.4, DAYS)[np.arange(WEEKS * DAYS) % DAYS]
        p = np.clip(share * by_day, 0, 1)
        rate = chance.beta(12 * p, 12 * (1 - p))
        n = len(self.issue)
        self.topic = (chance.random(n) < rate[self.issue]).astype(float)
        self.comment = chance.random(n) < 0.2 + 0.2 * self.topic
        self.area = chance.gamma(2, 60, n) * (1 + 0.4 * rate[self.issue])
        self.first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        self.sizes = sizes

    def articles_of(self, issues):
        return np.concatenate(
            [np.arange(self.first[i], self.first[i] + self.sizes[i]) for i in issues]
        )


PRESS = Press(0.3)
RARE = Press(0.02)
N = len(PRESS.issue)


def simple(press, chance):
    """With replacement, as if the frame were large."""
    return chance.integers(0, N, 250), {}


def half_of_a_small_frame(press, chance):
    """400 of the first 800 articles."""
    return chance.choice(800, 400, replace=False), {"population": 800}


def weekdays_by_unequal_parts(press, chance):
    """Articles drawn by weekday, ten times as many on Sundays as on Mondays."""
    parts, weights = [], []
    for weekday, n in enumerate((12, 20, 30, 40, 50, 80, 120)):
        held = np.flatnonzero(press.weekday == weekday)
        parts.append(chance.choice(held, n, replace=False))
        weights += [len(held) / n] * n
    rows = np.concatenate(parts)
    return rows, {"weights": weights, "strata": press.weekday[rows]}


def issues(press, chance):
    drawn = chance.choice(WEEKS * DAYS, 40, replace=False)
    rows = press.articles_of(drawn)
    return rows, {"clusters": press.issue[rows], "population": WEEKS * DAYS}


def weekdays_of_issues(press, chance):
    """Issues drawn by weekday, more on Sundays; weighted."""
    drawn, weight = [], {}
    for weekday, n in enumerate((3, 4, 5, 6, 7, 9, 12)):
        drawn += (weekday + DAYS * chance.choice(WEEKS, n, replace=False)).tolist()
        weight[weekday] = WEEKS / n
    rows = press.articles_of(drawn)
    return rows, {
        "clusters": press.issue[rows],
        "strata": press.weekday[rows],
        "weights": [weight[day] for day in press.weekday[rows].tolist()],
        "population": dict.fromkeys(range(DAYS), WEEKS),
    }


def constructed(press, chance, weeks):
    """The issues of constructed weeks, and the week of each of their articles."""
    order = np.array([chance.permutation(WEEKS)[:weeks] for _day in range(DAYS)])
    drawn = (np.arange(DAYS)[:, None] + DAYS * order).T
    rows = press.articles_of(drawn.ravel())
    week = np.repeat(np.arange(weeks), press.sizes[drawn].sum(axis=1))
    return rows, week


def constructed_weeks_by_day(press, chance):
    rows, _week = constructed(press, chance, 3)
    return rows, {
        "strata": press.weekday[rows],
        "clusters": press.issue[rows],
        "population": dict.fromkeys(range(DAYS), WEEKS),
    }


def constructed_weeks_as_replicates(press, chance):
    rows, week = constructed(press, chance, 6)
    return rows, {"replicates": week, "population": WEEKS}


DESIGNS = (
    simple,
    half_of_a_small_frame,
    weekdays_by_unequal_parts,
    issues,
    weekdays_of_issues,
    constructed_weeks_by_day,
    constructed_weeks_as_replicates,
)


def held(draw, estimate, truth, seed=1):
    """How many of the intervals hold the truth, and the mean of the estimates."""
    chance, times, values = np.random.default_rng(seed), 0, []
    for _time in range(TIMES):
        found = estimate(*draw(chance))
        values.append(found.value)
        if found.interval is not None:
            times += found.interval[0] <= truth <= found.interval[1]
    return times / TIMES, float(np.mean(values))


@pytest.mark.parametrize("design", DESIGNS)
def test_the_interval_of_a_share_holds_the_truth(design):
    frame = PRESS.topic[:800] if design is half_of_a_small_frame else PRESS.topic

    def draw(chance):
        rows, how = design(PRESS, chance)
        return rows, survey_design(len(rows), **how)

    def estimate(rows, sample):
        return shares(PRESS.topic[rows], sample, categories=[0.0, 1.0]).of(1.0)

    coverage, centre = held(draw, estimate, frame.mean())
    assert 0.93 <= coverage <= 0.97
    assert centre == pytest.approx(frame.mean(), abs=0.005)


@pytest.mark.parametrize("design", [simple, weekdays_by_unequal_parts, issues])
def test_the_interval_of_a_rare_share_holds_the_truth(design):
    def draw(chance):
        rows, how = design(RARE, chance)
        return rows, survey_design(len(rows), **how)

    def estimate(rows, sample):
        return shares(RARE.topic[rows], sample, categories=[0.0, 1.0]).of(1.0)

    coverage, _centre = held(draw, estimate, RARE.topic.mean())
    assert 0.93 <= coverage <= 0.98  # discrete, and rather too wide than too narrow


@pytest.mark.parametrize(
    "design", [issues, weekdays_of_issues, constructed_weeks_by_day]
)
def test_the_interval_of_a_mean_holds_the_truth(design):
    def draw(chance):
        rows, how = design(PRESS, chance)
        return rows, survey_design(len(rows), **how)

    coverage, _centre = held(
        draw, lambda rows, sample: mean(PRESS.area[rows], sample), PRESS.area.mean()
    )
    assert 0.93 <= coverage <= 0.97


def test_the_interval_of_a_ratio_of_issues_holds_the_truth():
    """Articles on the topic per 100: the rows are issues."""
    on_topic = np.bincount(PRESS.issue, PRESS.topic)

    def draw(chance):
        return (chance.choice(WEEKS * DAYS, 40, replace=False),)

    sample = survey_design(40, population=WEEKS * DAYS)
    coverage, centre = held(
        draw,
        lambda drawn: ratio(on_topic[drawn], PRESS.sizes[drawn], sample, scale=100),
        100 * PRESS.topic.mean(),
    )
    assert 0.93 <= coverage <= 0.97
    assert centre == pytest.approx(100 * PRESS.topic.mean(), abs=0.3)


def test_the_interval_of_a_total_holds_the_truth():
    def draw(chance):
        rows, how = issues(PRESS, chance)
        weights = np.full(len(rows), WEEKS * DAYS / 40)
        return rows, survey_design(len(rows), weights=weights, drawn=40, **how)

    coverage, centre = held(
        draw, lambda rows, sample: total(PRESS.topic[rows], sample), PRESS.topic.sum()
    )
    assert 0.93 <= coverage <= 0.97
    assert centre == pytest.approx(PRESS.topic.sum(), rel=0.01)


@pytest.mark.parametrize("design", [simple, weekdays_of_issues])
def test_the_interval_of_a_difference_of_groups_holds_the_truth(design):
    """The topic in comments, and in all other articles."""
    first = np.where(PRESS.comment, PRESS.topic, np.nan)
    second = np.where(PRESS.comment, np.nan, PRESS.topic)
    truth = np.nanmean(first) - np.nanmean(second)

    def draw(chance):
        rows, how = design(PRESS, chance)
        return rows, survey_design(len(rows), **how)

    def estimate(rows, sample):
        one, other = (
            [None if value != value else value for value in column[rows].tolist()]
            for column in (first, second)
        )
        return difference_of_shares(one, other, sample).difference

    coverage, _centre = held(draw, estimate, truth)
    assert 0.93 <= coverage <= 0.97


rows = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", None]),
        st.sampled_from(["x", "y"]),
        st.integers(1, 4),
        st.floats(0.5, 8),
    ),
    min_size=1,
    max_size=25,
)


def estimates(found):
    return [
        (e.value, e.interval, e.se, e.effective, e.reason, e.no_interval)
        for e in found.shares
    ]


def nearly(one, other):
    """Equal but for rounding, sentences exactly."""
    for mine, theirs in zip(one, other, strict=True):
        for a, b in zip(mine, theirs, strict=True):
            if a is None or b is None or isinstance(a, str):
                assert a == b
            else:
                assert a == pytest.approx(b, rel=1e-6, abs=1e-9)


@given(rows, st.floats(0.01, 1_000))
@settings(max_examples=80, deadline=None)
def test_the_scale_of_weights_changes_no_share(data, scale):
    values, strata, clusters, weights = (
        list(column) for column in zip(*data, strict=True)
    )
    found = [
        shares(
            values,
            survey_design(
                len(data),
                weights=np.array(weights) * by,
                strata=strata,
                clusters=clusters,
                lonely="centre",
            ),
            categories=["a", "b"],
        )
        for by in (1.0, scale)
    ]
    nearly(estimates(found[0]), estimates(found[1]))


@given(rows)
@settings(max_examples=80, deadline=None)
def test_strata_without_a_unit_change_nothing(data):
    values, strata, clusters, weights = (
        list(column) for column in zip(*data, strict=True)
    )
    here = {"x": 50, "y": 60}
    found = [
        shares(
            values,
            survey_design(
                len(data),
                weights=weights,
                strata=strata,
                clusters=clusters,
                population=held_there,
                drawn=dict.fromkeys(held_there, 9),
            ),
            categories=["a", "b"],
        )
        for held_there in (here, {**here, "z": 70, "w": 80})
    ]
    assert found[0] == found[1]


@given(rows)
@settings(max_examples=80, deadline=None)
def test_a_group_outside_changes_a_share_no_more_than_weights_of_zero_do(data):
    values, strata, clusters, weights = (
        list(column) for column in zip(*data, strict=True)
    )
    meant = np.array([stratum == "x" for stratum in strata])
    within = shares(
        values,
        survey_design(len(data), weights=weights, clusters=clusters),
        categories=["a", "b"],
        within=meant,
    )
    weighed = shares(
        values,
        survey_design(
            len(data), weights=np.where(meant, weights, 0), clusters=clusters
        ),
        categories=["a", "b"],
    )
    nearly(estimates(within), estimates(weighed))


@given(rows)
@settings(max_examples=80, deadline=None)
def test_every_sample_gives_sound_estimates_or_sentences(data):
    values, strata, clusters, weights = (
        list(column) for column in zip(*data, strict=True)
    )
    for how in (
        {},
        {"weights": weights},
        {"clusters": clusters},
        {"strata": strata, "clusters": clusters, "weights": weights},
        {"strata": strata, "clusters": clusters, "lonely": "centre"},
        {"replicates": clusters},
    ):
        sample = survey_design(len(data), **how)
        found = shares(values, sample, categories=["a", "b", "c"])
        for one in found.shares:
            if one.value is None or one.interval is None:
                assert (one.reason or one.no_interval).endswith(".")
            else:
                low, high = one.interval
                assert 0 <= low <= one.value <= high <= 1
        if found.base.units:
            assert sum(one.value for one in found.shares) == pytest.approx(1)
        table = weighted_association(values, strata, sample)
        assert table.reason or 0 <= table.p <= 1
