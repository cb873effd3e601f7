"""Constructed weeks over calendars with gaps: no Sundays, missing days, double issues."""

import datetime as dt
from collections import Counter

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mediacoding.corpus.designs.drawing import draw, plan_of
from mediacoding.corpus.designs.frame import FrameArticle, FrameIssue, frame_of
from mediacoding.corpus.designs.lines import Kind
from mediacoding.corpus.designs.plan import Design
from tests.builders.frames import MONDAY, daily, day, frame, sentences

CALENDARS = st.builds(
    lambda length, weekdays, gaps, doubles, hits: (
        length,
        [at for at in range(length) if at % 7 in weekdays and at not in gaps],
        doubles,
        hits,
    ),
    st.integers(1, 120),
    st.sets(st.integers(0, 6), min_size=1),
    st.sets(st.integers(0, 119), max_size=60),
    st.sets(st.integers(0, 119), max_size=12),
    st.sets(st.integers(0, 119), min_size=1, max_size=80),
)


def paper(calendar):
    """The frame of one paper, by a calendar: its length, days of issues, doubles, days of hits."""
    length, days, doubles, hits = calendar
    issues = [FrameIssue(at, "Glas", day(at), at in doubles) for at in days]
    articles = [FrameArticle(at + 1, "Glas", day(at), at) for at in days if at in hits]
    assume(articles)
    return frame_of(articles, issues, first=MONDAY, last=day(length - 1))


WEEKS = st.builds(
    Design,
    method=st.just("constructed_week"),
    weeks=st.integers(1, 4),
    period=st.sampled_from(["all", "month", "quarter", "half", "year"]),
    absent=st.sampled_from(["missing", "empty"]),
)


class TestConstructedWeeks:
    @given(CALENDARS, WEEKS, st.integers(0, 2**40))
    @settings(max_examples=300, deadline=None)
    def test_weeks_hold_each_weekday_once_and_no_issue_twice(
        self, calendar, design, seed
    ):
        known = paper(calendar)
        plan = plan_of(known, design)
        drawn = draw(plan, seed)
        days = [pick.unit.day for pick in drawn.picks]
        assert len(set(days)) == len(days)
        places = [
            (pick.stratum.parts[1], pick.turn, pick.unit.day.weekday())
            for pick in drawn.picks
        ]
        assert len(set(places)) == len(places)
        assert all(pick.turn <= design.weeks for pick in drawn.picks)
        for pick in drawn.picks:
            assert pick.stratum.parts[2] == f"{pick.unit.day:%A}"
        issues = {issue.day: issue for issue in known.issues}
        if design.absent == "missing":
            assert set(days) <= set(issues)
        weekdays = {issue.day.weekday() for issue in known.issues}
        assert {at.weekday() for at in days} <= weekdays

    @given(CALENDARS, WEEKS, st.integers(0, 2**40))
    @settings(max_examples=200, deadline=None)
    def test_a_week_lacks_a_weekday_only_where_its_issues_are_too_few_and_says_so(
        self, calendar, design, seed
    ):
        known = paper(calendar)
        plan = plan_of(known, design)
        drawn = draw(plan, seed)
        turns = Counter(pick.stratum.parts for pick in drawn.picks)
        for stratum in plan.strata:
            assert turns[stratum.parts] == min(design.weeks, len(stratum.units))
        (said,) = [x for x in plan.lines if "lack a day" in x.text] or [None]
        short = sum(len(stratum.units) < design.weeks for stratum in plan.strata)
        none = said.figures["places"] - len(plan.strata) if said else 0
        assert (said.figures["short"] if said else 0) == short + none

    @given(CALENDARS, WEEKS, st.integers(0, 2**40))
    @settings(max_examples=200, deadline=None)
    def test_a_date_without_an_issue_is_replaced_by_one_of_its_weekday_and_logged(
        self, calendar, design, seed
    ):
        known = paper(calendar)
        drawn = draw(plan_of(known, design), seed)
        replaced = [line for line in drawn.log if line.kind == Kind.REPLACED]
        assert len(replaced) == sum(len(pick.in_vain) for pick in drawn.picks)
        issues = {issue.day: issue for issue in known.issues}
        for line in replaced:
            in_vain = dt.date.fromisoformat(line.figures["drawn"])
            instead = dt.date.fromisoformat(line.figures["day"])
            assert in_vain not in issues
            assert in_vain.weekday() == instead.weekday()
            if "double" in line.figures:
                double = dt.date.fromisoformat(line.figures["double"])
                assert issues[double].is_double
                assert abs((double - in_vain).days) == 1
            else:
                assert design.absent == "missing"

    @given(CALENDARS, WEEKS)
    @settings(max_examples=100, deadline=None)
    def test_probabilities_are_weeks_over_issues_of_the_weekday(self, calendar, design):
        known = paper(calendar)
        plan = plan_of(known, design)
        for stratum in plan.strata:
            expected = min(design.weeks, len(stratum.units)) / len(stratum.units)
            assert stratum.probability == expected
        strata = {
            article: stratum
            for stratum in plan.strata
            for unit in stratum.units
            for article in unit.articles
        }
        assert set(strata) == {article.id for article in known.articles}

    def test_a_paper_without_sundays_has_a_week_of_six_days(self):
        plan = plan_of(
            frame(daily(weekdays=range(6))), Design(method="constructed_week")
        )
        drawn = draw(plan, 2)
        assert sorted(pick.unit.day.isoweekday() for pick in drawn.picks) == [
            1, 2, 3, 4, 5, 6,
        ]  # fmt: skip
        assert not [line for line in drawn.log if line.kind == Kind.REPLACED]
        (about,) = [line for line in plan.lines if "its week has" in line.text]
        assert about.figures["weekdays"] == [7]
        assert about.figures["days"] == 6

    def test_the_sunday_of_a_double_issue_is_replaced_with_that_reason(self):
        """Four Sundays, of which one is in Saturday's double issue."""
        name, days = daily()
        known = frame((name, {at: many for at, many in days.items() if at != 13}))
        issues = [
            FrameIssue(i.id, i.outlet, i.day, i.day == day(12)) for i in known.issues
        ]
        double = frame_of(known.articles, issues, first=MONDAY, last=day(27))
        design = Design(method="constructed_week", weeks=3)
        plan = plan_of(double, design)
        said = set()
        for seed in range(40):
            drawn = draw(plan, seed)
            assert day(13) not in {pick.unit.day for pick in drawn.picks}
            said |= set(sentences(drawn.log, Kind.REPLACED))
        assert said
        assert all("in the double issue of 2006-01-14" in one for one in said)
        assert {one.probability for one in draw(plan, 0).articles} == {3 / 4, 1.0}

    def test_issues_without_a_hit_are_drawn_and_logged_with_none(self):
        rare = frame(("Glas", {at: int(at == 0) for at in range(28)}))
        drawn = draw(plan_of(rare, Design(method="constructed_week")), 4)
        lines = [line for line in drawn.log if line.kind == Kind.DRAWN]
        assert len(lines) == 7
        assert sum(line.figures["articles"] for line in lines) == len(drawn.articles)

    def test_a_corpus_of_hits_only_counts_silent_days_as_issues(self):
        hits = frame(("Glas", {0: 1, 1: 1, 7: 1}), first=MONDAY, last=day(27))
        plan = plan_of(hits, Design(method="constructed_week", absent="empty"))
        assert plan.probabilities == {1: 1 / 4, 2: 1 / 4, 3: 1 / 4}
        known = plan_of(hits, Design(method="constructed_week"))
        assert known.probabilities == {1: 1 / 2, 2: 1.0, 3: 1 / 2}

    def test_each_outlet_and_period_has_weeks_of_its_own(self):
        two = frame(daily("Dan", weeks=13), daily("Glas", weeks=13))
        design = Design(method="constructed_week", weeks=2, period="month")
        drawn = draw(plan_of(two, design), 9)
        counts = Counter(pick.stratum.parts[:2] for pick in drawn.picks)
        assert counts == {
            (outlet, period): 14
            for outlet in ("Dan", "Glas")
            for period in ("2006-01", "2006-02", "2006-03")
        } | {("Dan", "2006-04"): 2, ("Glas", "2006-04"): 2}

    def test_a_weekly_is_told_to_draw_issues(self):
        weekly = frame(("Nedeljnik", {7 * week: 5 for week in range(50)}))
        found = plan_of(weekly, Design(method="constructed_week", weeks=2)).lines
        assert "appears on 1 only" in str(found[0])

    @pytest.mark.parametrize(
        ("weeks", "drawn", "enough"),
        [(26, 1, 1), (52, 1, 2), (52, 2, 2), (156, 5, 6), (260, 8, 9), (260, 9, 9)],
    )
    def test_fewer_weeks_than_studies_found_enough_are_warned_of(
        self, weeks, drawn, enough
    ):
        plan = plan_of(
            frame(daily(weeks=weeks, articles=1)),
            Design(method="constructed_week", weeks=drawn),
        )
        found = [line for line in plan.lines if "found about" in line.text]
        assert [line.figures["enough"] for line in found] == (
            [enough] if drawn < enough else []
        )
