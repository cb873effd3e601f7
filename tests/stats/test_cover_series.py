"""Attention over time with gaps, peaks and half-lives; scores; concentration."""

import datetime as dt
import math
import subprocess
import sys

import numpy as np
import pytest
import scipy.stats
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from mediacoding.stats.attention import concentration as spread_out
from mediacoding.stats.attention import decline, scores
from mediacoding.stats.attention import series as time
from mediacoding.stats.attention.concentration import (
    concentration,
    estimated_concentration,
)
from mediacoding.stats.attention.decline import decay_half_life, half_life, peak
from mediacoding.stats.attention.series import (
    mark_events,
    moving_average,
    series,
)
from mediacoding.stats.survey.design import survey_design


def day(month, number, year=2024):
    return dt.date(year, month, number)


def monthly(*values):
    """A series by month: one issue a month with so many articles, None for a gap."""
    held = [(day(m, 1), v) for m, v in enumerate(values, 1) if v is not None]
    return series(
        [d for d, _v in held],
        [v for _d, v in held],
        start=day(1, 1),
        end=day(len(values), 1),
    )


def values(given):
    return [point.value for point in given.points]


def test_a_month_without_an_issue_is_a_gap_and_not_a_zero():
    found = series(
        [day(1, 3), day(1, 20), day(3, 5), day(4, 9)], [2, 3, 0, 4], period="month"
    )
    assert values(found) == [5, None, 0, 4]
    assert [p.issues for p in found.points] == [2, 0, 1, 1]
    assert found.points[1].reason == time.GAP
    assert (found.points[1].start, found.points[1].end) == (day(2, 1), day(2, 29))
    assert (found.gaps, found.issues) == (1, 4)


def test_expected_issues_that_are_missing_are_counted():
    found = series(
        [day(1, 1), day(1, 1), day(2, 1)],
        [1, 2, 3],
        expected=[day(1, 1), day(1, 1), day(1, 2), day(2, 1), day(3, 1)],
    )
    assert [p.missing for p in found.points] == [1, 0, 1]
    assert [p.is_partial for p in found.points] == [True, False, False]
    assert found.missing == 2


def test_attention_is_counted_per_issue_and_per_100_articles():
    days, counts, articles = [day(1, 1), day(1, 8), day(2, 1)], [3, 1, 2], [40, 60, 0]
    per_issue = series(days, counts, measure="per_issue")
    assert values(per_issue) == [2, 2]
    per_100 = series(days, counts, articles=articles, measure="per_100")
    assert values(per_100) == [4, None]
    assert per_100.points[1].reason == time.NO_ARTICLES
    assert per_100.points[0].articles == 100


def test_weeks_begin_on_monday_and_days_and_years_follow():
    days = [day(1, 7), day(1, 8), day(1, 22)]
    weeks = series(days, [1, 1, 1], period="week")
    assert [p.start for p in weeks.points] == [
        day(1, 1),
        day(1, 8),
        day(1, 15),
        day(1, 22),
    ]
    assert values(weeks) == [1, 1, None, 1]
    assert len(series(days, [1, 1, 1], period="day").points) == 16
    years = series([day(5, 1, 2020), day(5, 1, 2022)], [1, 2], period="year")
    assert values(years) == [1, None, 2]
    december = series([day(12, 31, 2023), day(1, 1)], [1, 2])
    assert [p.end for p in december.points] == [day(12, 31, 2023), day(1, 31)]


def test_every_issue_can_be_a_point_and_a_missing_one_a_gap():
    found = series(
        [day(1, 2), day(1, 1)],
        [5, 4],
        expected=[day(1, 1), day(1, 2), day(1, 3)],
        period="issue",
    )
    assert values(found) == [4, 5, None]


def test_start_and_end_bound_the_series():
    found = series([day(2, 1), day(9, 1)], [1, 9], start=day(1, 1), end=day(3, 31))
    assert values(found) == [None, 1, None]
    assert series([], []).points == ()


def test_a_moving_average_leaves_gaps_out():
    found = moving_average(monthly(2, 4, None, 6, 8), window=3, least=2)
    assert [a.value for a in found] == [3, 3, None, 7, 7]
    assert [a.periods for a in found] == [2, 2, 2, 2, 2]
    assert found[2].reason == time.GAP
    alone = moving_average(monthly(None, 4, None), window=3)
    assert alone[1].reason == time.TOO_FEW


def test_a_moving_average_of_a_rate_is_the_rate_of_its_window():
    days = [day(1, 1), day(1, 2), day(2, 1), day(3, 1)]
    found = moving_average(series(days, [1, 1, 8, 2], measure="per_issue"))
    assert found[1].value == pytest.approx(12 / 4)


def test_events_fall_on_the_period_that_holds_them():
    marks = mark_events(
        monthly(1, None, 3),
        [(day(2, 15), "elections"), (day(12, 1), "later"), (day(1, 1, 2023), "before")],
    )
    assert [m.place for m in marks] == [1, None, None]
    assert marks[1].reason == time.OUTSIDE
    issues = series([day(1, 1), day(1, 5)], [1, 2], period="issue")
    assert mark_events(issues, [(day(1, 3), "strike")])[0].place == 1


def test_the_peak_is_the_first_highest_point():
    found = peak(monthly(1, 7, 2, 7, None))
    assert (found.place, found.value, found.ties, found.periods) == (1, 7, 1, 4)
    assert found.start == day(2, 1)
    assert found.warnings == ()
    assert peak(monthly(1, 9, None, 2)).warnings == (decline.BESIDE_GAP,)
    assert peak(monthly(0, 0)).reason == decline.ALL_ZERO
    assert peak(monthly(None, None)).reason == time.NOTHING


def test_the_half_life_lies_on_the_line_between_two_periods():
    found = half_life(monthly(2, 10, 8, 4, 1))
    assert found.value == pytest.approx(1.75)
    assert found.bounds == (1, 2)
    assert found.days == pytest.approx(29 + 0.75 * 31)
    assert found.warnings == ()


def test_a_gap_on_the_way_makes_the_bounds_wider():
    found = half_life(monthly(10, 8, None, None, 2))
    assert found.bounds == (1, 4)
    assert found.warnings == (decline.GAP_BETWEEN,)


def test_a_half_life_that_was_not_seen_is_a_sentence():
    assert half_life(monthly(10, 8, 7)).reason == decline.NOT_HALVED
    assert half_life(monthly(1, 2, 9)).reason == decline.PEAK_IS_LAST
    assert half_life(monthly(0, 0)).reason == decline.ALL_ZERO


def test_a_moving_average_can_be_halved():
    given = monthly(1, 10, 2, 8, 2, 1, 1)
    smooth = moving_average(given)
    assert half_life(given).value == pytest.approx(5 / 8)
    assert half_life(given, smooth).value > 1


def test_a_decay_is_that_of_poisson_regression():
    counts = [3, 80, 61, 38, None, 22, 14, 9, 6]
    found = decay_half_life(monthly(*counts))
    t = np.array([0, 1, 2, 4, 5, 6, 7])
    y = np.array([80, 61, 38, 22, 14, 9, 6])
    model = sm.GLM(y, sm.add_constant(t), family=sm.families.Poisson()).fit()
    assert found.value == pytest.approx(-math.log(2) / model.params[1], rel=1e-6)
    dispersion = max(1.0, model.pearson_chi2 / 5)
    reach = scipy.stats.t.ppf(0.975, 5) * model.bse[1] * math.sqrt(dispersion)
    rate = -model.params[1]
    assert found.bounds == pytest.approx(
        (math.log(2) / (rate + reach), math.log(2) / (rate - reach)), rel=1e-4
    )
    assert found.periods == 7


def test_an_exact_decay_has_its_half_life():
    given = series(
        [day(1, 1) + dt.timedelta(days=7 * w) for w in range(10)],
        [1_000 * 0.5 ** (w / 2) for w in range(10)],
        period="week",
    )
    found = decay_half_life(given)
    assert found.value == pytest.approx(2)
    assert found.days == pytest.approx(14)


def test_a_decay_that_is_none_is_a_sentence():
    assert decay_half_life(monthly(9, 9, 9, 9)).reason == decline.NO_DECLINE
    assert decay_half_life(monthly(1, 9, 3)).reason == decline.TOO_SHORT
    assert decay_half_life(monthly(1, 9)).reason == decline.PEAK_IS_LAST
    wide = decay_half_life(monthly(9, 2, 8, 1, 7, 6))
    assert (wide.bounds[1], wide.warnings) == (None, (decline.UNCERTAIN,))


def test_a_decay_to_nothing_at_once_still_ends():
    found = decay_half_life(monthly(50, 0, 0, 0, 0))
    assert found.value is None or 0 < found.value < 1


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: series([day(1, 1)], []), "Every issue has a day"),
        (lambda: series([day(1, 1)], [-1]), "0 or more"),
        (lambda: series([day(1, 1)], [1], period="decade"), "A period is"),
        (lambda: series([day(1, 1)], [1], measure="per_100"), "needs the articles"),
        (lambda: moving_average(monthly(1, 2), window=2), "odd number"),
        (lambda: half_life(monthly(1, 2), moving_average(monthly(1))), "not those"),
    ],
)
def test_a_series_that_does_not_fit_is_refused(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


def test_area_and_column_centimetres_are_products_and_unknown_stays_unknown():
    found = scores.area([10, 20, np.nan], [5, 2, 3])
    assert found[:2].tolist() == [50, 40]
    assert np.isnan(found[2])
    assert scores.column_centimetres([30], [3]).tolist() == [90]
    assert scores.page_share([50], [200]).tolist() == [0.25]
    assert scores.on_front_page([1, 7, np.nan])[:2].tolist() == [1, 0]


def test_an_attention_score_adds_points_and_is_none_where_something_is_unknown():
    found = scores.attention_scores(
        {"front page": [True, False, None], "headline": [True, True, True]},
        points={"front page": 2},
    )
    assert found.scores == (3, 1, None)
    assert (found.highest, found.complete, found.incomplete) == (3, 2, 1)
    assert found.note == scores.INCOMPLETE
    assert np.isnan(found.numbers[2])
    assert scores.attention_scores({"a": [True]}).note is None


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: scores.area([-1], [1]), "0 or more"),
        (lambda: scores.area([1, 2], [1]), "as many"),
        (lambda: scores.page_share([1], [0]), "above 0"),
        (lambda: scores.on_front_page([0]), "from 1"),
        (lambda: scores.attention_scores({}), "one criterion"),
        (lambda: scores.attention_scores({"a": [True]}, points={"b": 1}), "no crit"),
        (lambda: scores.attention_scores({"a": [True]}, points={"a": 0}), "above 0"),
        (lambda: scores.attention_scores({"a": [True], "b": []}), "one place"),
    ],
)
def test_scores_that_do_not_fit_are_refused(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


def test_concentration_of_equal_and_of_one():
    equal = concentration([5, 5, 5, 5])
    assert (equal.gini, equal.hhi, equal.effective) == pytest.approx((0, 0.25, 4))
    assert (equal.entropy, equal.evenness, equal.hhi_normalised) == pytest.approx(
        (2, 1, 0)
    )
    one = concentration([9, 0, 0])
    assert (one.gini, one.gini_corrected, one.hhi) == pytest.approx((2 / 3, 1, 1))
    assert (one.entropy, one.hhi_normalised) == pytest.approx((0, 1))


@given(st.lists(st.integers(0, 50), min_size=2, max_size=12).filter(any))
def test_concentration_is_that_of_the_definitions(amounts):
    found, x = concentration(amounts), np.array(amounts, dtype=float)
    pairs = np.abs(x[:, None] - x).sum()
    assert found.gini == pytest.approx(pairs / (2 * len(x) * x.sum()))
    assert found.entropy == pytest.approx(scipy.stats.entropy(x, base=2), abs=1e-12)
    assert found.hhi == pytest.approx(((x / x.sum()) ** 2).sum())


def test_concentration_of_nothing_and_of_one_group_is_a_sentence():
    assert concentration([0, 0]).reason == spread_out.NO_AMOUNT
    alone = concentration([7])
    assert (alone.hhi, alone.evenness, alone.reason) == (1, None, spread_out.ONE_GROUP)
    with pytest.raises(ValueError, match="each group"):
        concentration([])
    with pytest.raises(ValueError, match="0 or more"):
        concentration([1, -1])


def test_concentration_of_a_sample_has_the_error_of_the_jackknife():
    chance = np.random.default_rng(6)
    clusters = np.repeat(np.arange(40), 5)
    groups = chance.choice(4, 200, p=[0.5, 0.3, 0.15, 0.05])
    areas = chance.uniform(50, 400, 200)
    design = survey_design(200, clusters=clusters)
    found = estimated_concentration(groups, design, amounts=areas, categories=range(4))
    without = [
        concentration(np.bincount(groups[clusters != c], areas[clusters != c], 4))
        for c in range(40)
    ]
    for own, name in (
        (found.gini, "gini"),
        (found.hhi, "hhi"),
        (found.entropy, "entropy"),
    ):
        theirs = np.array([getattr(one, name) for one in without])
        se = math.sqrt(39 / 40 * ((theirs - theirs.mean()) ** 2).sum())
        assert own.se == pytest.approx(se, rel=0.04)
    whole = concentration(np.bincount(groups, areas, 4))
    assert found.gini.value == pytest.approx(whole.gini)
    assert found.hhi.interval[0] >= 1 / 4


def test_concentration_without_a_variance_says_why():
    equal = estimated_concentration(["a", "b"] * 10, survey_design(20))
    assert equal.hhi.no_interval == spread_out.AT_AN_END
    one = estimated_concentration(["a", "b"], survey_design(2, clusters=[1, 1]))
    assert one.hhi.interval is None
    none = estimated_concentration([None, None], survey_design(2), categories=["a"])
    assert none.gini.reason is not None


def test_the_statistics_of_coverage_load_without_django_pandas_and_scipy():
    code = (
        "import sys\n"
        "import mediacoding.stats.attention.concentration\n"
        "import mediacoding.stats.attention.decline\n"
        "import mediacoding.stats.attention.scores\n"
        "import mediacoding.stats.survey.association\n"
        "import mediacoding.stats.survey.cooccurrence\n"
        "import mediacoding.stats.survey.differences\n"
        "import mediacoding.stats.tables.suppression\n"
        "sys.exit(any(m in sys.modules for m in ('django', 'pandas', 'scipy')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
