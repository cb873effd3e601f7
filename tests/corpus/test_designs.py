"""Samples against their methods: chances by simulation, weeks by calendars with gaps."""

import datetime as dt
from collections import Counter
from fractions import Fraction
from itertools import combinations, islice, pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mediacoding.corpus.designs import allocation
from mediacoding.corpus.designs.drawing import draw, in_random_order, plan_of
from mediacoding.corpus.designs.frame import frame_of
from mediacoding.corpus.designs.lines import Kind, Refused
from mediacoding.corpus.designs.plan import Design
from mediacoding.stats.coverage import share
from tests.builders.frames import daily, day, frame, ids, sentences

RUNS = 4_000


def frequencies(plan, runs=RUNS):
    """How often each article is drawn over many seeds."""
    counts = Counter()
    for seed in range(runs):
        counts.update(ids(draw(plan, seed)))
    return counts


DESIGNS = {
    "simple": Design(method="simple", size=9),
    "simple, issues": Design(method="simple", unit="issue", size=5),
    "systematic by step": Design(method="systematic", step=4),
    "systematic by size": Design(method="systematic", size=11),
    "systematic, issues": Design(method="systematic", unit="issue", step=5),
    "systematic, days": Design(method="systematic", unit="day", step=4),
    "stratified": Design(
        method="stratified", stratify_by=("outlet", "section"), size=11
    ),
    "stratified, equal": Design(
        method="stratified", stratify_by=("weekday",), size=16, allocation="equal"
    ),
    "stratified, issues": Design(
        method="stratified", unit="issue", stratify_by=("outlet",), size=6
    ),
    "one week": Design(method="constructed_week"),
    "two weeks, hits only": Design(method="constructed_week", weeks=2, absent="empty"),
}
UNEVEN = frame(
    ("Glas", {0: 3, 1: 1, 2: 2, 4: 1, 7: 0, 8: 4, 10: 1, 15: 1, 16: 0, 18: 2, 20: 1}),
    ("Dan", {0: 1, 3: 5, 7: 1, 9: 2, 14: 1, 21: 3}),
)


@pytest.mark.parametrize("name", DESIGNS)
def test_articles_are_drawn_as_often_as_their_probability_says(name):
    """In 4,000 draws each share lies in its 99.99 % interval."""
    plan = plan_of(UNEVEN, DESIGNS[name])
    expected = plan.probabilities
    counts = frequencies(plan)
    assert set(counts) <= set(expected)
    for article, chance in expected.items():
        low, high = share(counts[article], RUNS, confidence=0.9999).interval
        assert low <= chance <= high, (article, chance, counts[article] / RUNS)
    assert sum(counts.values()) / RUNS == pytest.approx(plan.expected, rel=0.05)


def test_pairs_of_a_simple_random_sample_are_drawn_equally_often():
    """All sets are equally likely: a pair of 12 with n = 4 has 4 * 3 / (12 * 11)."""
    plan = plan_of(
        frame(("Glas", dict.fromkeys(range(12), 1))), Design(method="simple", size=4)
    )
    counts = Counter()
    for seed in range(RUNS):
        counts.update(combinations(sorted(ids(draw(plan, seed))), 2))
    assert len(counts) == 66
    for times in counts.values():
        low, high = share(times, RUNS, confidence=0.9999).interval
        assert low <= 12 / 132 <= high


def test_every_order_of_four_is_as_likely_as_another():
    import random

    orders = Counter(
        tuple(in_random_order("abcd", random.Random(seed))) for seed in range(12_000)
    )
    assert len(orders) == 24
    chi2 = sum((times - 500) ** 2 / 500 for times in orders.values())
    assert chi2 < 49.7  # the .999 quantile of chi-square with 23 degrees of freedom


@pytest.mark.parametrize("name", DESIGNS)
@pytest.mark.parametrize("seed", [0, 1, 1914])
def test_the_weights_estimate_the_frame_without_bias(name, seed):
    """The mean of Horvitz-Thompson totals over 2,000 draws is the total of the frame."""
    plan = plan_of(UNEVEN, DESIGNS[name])
    size = {article.id: article.page for article in UNEVEN.articles}
    whole = sum(size.values())
    totals = []
    for turn in range(2_000):
        drawn = draw(plan, seed * 10_000 + turn)
        totals.append(sum(size[one.id] / one.probability for one in drawn.articles))
    mean = sum(totals) / len(totals)
    spread = (sum((one - mean) ** 2 for one in totals) / len(totals)) ** 0.5
    assert abs(mean - whole) < 4 * spread / len(totals) ** 0.5 + 1e-9


@pytest.mark.parametrize("name", DESIGNS)
def test_the_same_seed_draws_the_same_articles_and_another_seed_others(name):
    plan = plan_of(UNEVEN, DESIGNS[name])
    assert draw(plan, 7) == draw(plan, 7)
    assert len({tuple(ids(draw(plan, seed))) for seed in range(20)}) > 1


def test_the_draws_are_those_of_the_mersenne_twister_and_stay_so():
    """random() of seed 1 is .13436, .84743, .76377, so places 1, 7 and 6 of what is left."""
    ten = frame(("Glas", dict.fromkeys(range(10), 1)))
    assert ids(draw(plan_of(ten, Design(method="simple", size=3)), 1)) == [2, 8, 7]
    assert ids(draw(plan_of(ten, Design(method="systematic", step=3)), 1)) == [
        1,
        4,
        7,
        10,
    ]


def test_a_sample_does_not_depend_on_the_order_in_which_the_frame_is_read():
    backwards = frame_of(reversed(UNEVEN.articles), reversed(UNEVEN.issues))
    for design in DESIGNS.values():
        assert ids(draw(plan_of(backwards, design), 3)) == ids(
            draw(plan_of(UNEVEN, design), 3)
        )


class TestCensus:
    def test_a_census_takes_all_in_order_with_certainty(self):
        drawn = draw(plan_of(UNEVEN, Design(method="census")), 1)
        assert len(drawn.articles) == len(UNEVEN.articles)
        assert {article.probability for article in drawn.articles} == {1.0}
        days = {article.id: article.day for article in UNEVEN.articles}
        assert [days[one] for one in ids(drawn)] == sorted(days.values())


class TestSystematic:
    def test_every_fifth_is_five_places_from_the_one_before_in_order_of_outlet_and_day(
        self,
    ):
        plan = plan_of(UNEVEN, Design(method="systematic", step=5))
        drawn = draw(plan, 3)
        places = [plan.strata[0].units.index(pick.unit) for pick in drawn.picks]
        assert {b - a for a, b in pairwise(places)} == {5}
        assert places[0] < 5
        in_order = [(unit.outlet, unit.day) for unit in plan.strata[0].units]
        assert in_order == sorted(in_order)
        assert f"Start at place {places[0] + 1} of 29, step 5." in sentences(
            drawn.log, Kind.ORDER
        )

    @given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 10**6))
    def test_a_size_gives_exactly_so_many(self, many, size, seed):
        assume(size <= many)
        plan = plan_of(
            frame(("Glas", dict.fromkeys(range(many), 1))),
            Design(method="systematic", size=size),
        )
        drawn = draw(plan, seed)
        assert len(set(ids(drawn))) == size
        assert {article.probability for article in drawn.articles} == {size / many}

    def warned(self, design, *papers):
        return sentences(plan_of(frame(*papers), design).lines, Kind.WARNING)

    @pytest.mark.parametrize(("step", "is_warned"), [(7, True), (14, True), (6, False)])
    def test_a_step_of_whole_weeks_is_warned_of(self, step, is_warned):
        for unit in ("issue", "day"):
            found = self.warned(
                Design(method="systematic", unit=unit, step=step), daily(weeks=20)
            )
            assert bool(found) is is_warned
            assert all(f"{step} days" in sentence for sentence in found)

    def test_six_issues_are_a_week_of_a_paper_without_sundays(self):
        six = daily(weekdays=range(6), weeks=20)
        by_six = Design(method="systematic", unit="issue", step=6)
        (found,) = self.warned(by_six, six)
        assert "7 days" in found
        assert not self.warned(Design(method="systematic", unit="issue", step=7), six)

    def test_seventy_articles_are_a_week_of_ten_a_day(self):
        design = Design(method="systematic", step=70)
        assert self.warned(design, daily(articles=10, weeks=20))
        assert not self.warned(design, daily(articles=9, weeks=20))

    def test_a_step_by_size_is_warned_of_too(self):
        design = Design(method="systematic", unit="issue", size=20)
        assert self.warned(design, daily(weeks=20))

    def test_a_weekly_is_not_warned_of_what_it_always_does(self):
        weekly = ("Nedeljnik", {7 * week: 5 for week in range(50)})
        assert not self.warned(
            Design(method="systematic", unit="issue", step=7), weekly
        )

    def test_the_warning_is_true(self):
        """What it warns of falls on one weekday, whatever the seed."""
        plan = plan_of(
            frame(daily(weeks=20)), Design(method="systematic", unit="issue", step=14)
        )
        for seed in range(50):
            drawn = draw(plan, seed)
            assert len({pick.unit.day.weekday() for pick in drawn.picks}) == 1


class TestStratified:
    @given(st.lists(st.integers(1, 200), min_size=1, max_size=12), st.data())
    def test_proportional_shares_add_up_and_leave_nobody_out(self, sizes, data):
        size = data.draw(st.integers(len(sizes), sum(sizes)))
        shares = allocation.proportional(sizes, size)
        assert sum(shares) == size
        assert all(1 <= share <= own for share, own in zip(shares, sizes, strict=True))
        if all(Fraction(size * own, sum(sizes)) >= 1 for own in sizes):
            for share, own in zip(shares, sizes, strict=True):
                assert abs(share - Fraction(size * own, sum(sizes))) < 1

    @given(st.lists(st.integers(1, 50), min_size=1, max_size=12), st.data())
    def test_equal_shares_differ_by_one_at_most_but_for_those_taken_whole(
        self, sizes, data
    ):
        size = data.draw(st.integers(len(sizes), sum(sizes)))
        shares = allocation.equal(sizes, size)
        assert sum(shares) == size
        most = max(shares)
        assert all(
            share <= own and (share >= most - 1 or share == own)
            for share, own in zip(shares, sizes, strict=True)
        )

    def test_shares_are_those_of_the_largest_remainder(self):
        assert allocation.proportional([15, 70, 15], 10) == [2, 7, 1]
        assert allocation.proportional([1, 99], 10) == [1, 9]
        assert allocation.equal([2, 50, 50], 20) == [2, 9, 9]

    def test_strata_stand_in_order_and_hold_what_was_drawn_from_them(self):
        plan = plan_of(
            UNEVEN,
            Design(method="stratified", stratify_by=("outlet", "section"), size=11),
        )
        assert [stratum.name for stratum in plan.strata] == [
            "Dan · —", "Dan · culture", "Dan · news",
            "Glas · —", "Glas · culture", "Glas · news",
        ]  # fmt: skip
        facts = {article.id: article for article in UNEVEN.articles}
        drawn = draw(plan, 5)
        for article in drawn.articles:
            own = facts[article.id]
            assert article.stratum == f"{own.outlet} · {own.section or '—'}"
        assert [s["drawn"] for s in drawn.strata()] == [s.draw for s in plan.strata]
        assert len(drawn.articles) == 11

    def test_given_numbers_are_drawn_and_what_has_none_is_warned_of(self):
        design = Design(
            method="stratified",
            stratify_by=("outlet",),
            allocation="given",
            shares={"Dan": 4},
        )
        plan = plan_of(UNEVEN, design)
        drawn = draw(plan, 1)
        assert {article.stratum for article in drawn.articles} == {"Dan"}
        assert {article.probability for article in drawn.articles} == {4 / 13}
        (warning,) = sentences(plan.lines, Kind.WARNING)
        assert warning.startswith("16 of the frame have no chance")
        assert plan.expected == 4

    @pytest.mark.parametrize(
        ("design", "sentence"),
        [
            (
                {"size": 5, "stratify_by": ("outlet", "weekday")},
                "There are 9 strata and 5",
            ),
            ({"size": 5}, "Choose what"),
            ({"size": 30, "stratify_by": ("outlet",)}, "between 1 and 29"),
            ({"size": 5, "stratify_by": ("section",), "unit": "issue"}, "Whole issues"),
            ({"allocation": "given", "stratify_by": ("outlet",)}, "Say how many"),
            (
                {"allocation": "given", "stratify_by": ("outlet",), "shares": {"X": 1}},
                "no stratum “X”",
            ),
            (
                {
                    "allocation": "given",
                    "stratify_by": ("outlet",),
                    "shares": {"Dan": 14},
                },
                "between 0 and 13",
            ),
        ],
    )
    def test_what_cannot_be_drawn_is_refused_with_the_way_out(self, design, sentence):
        with pytest.raises(Refused, match=sentence):
            plan_of(UNEVEN, Design(method="stratified", **design))


class TestFrame:
    def test_the_counts_hold_issues_without_articles(self):
        known = frame(("Glas", {0: 2, 1: 0}), ("Dan", {0: 1}))
        assert known.counts == {
            "Dan": {"2006-01-02": 1},
            "Glas": {"2006-01-02": 2, "2006-01-03": 0},
        }

    @pytest.mark.parametrize(
        ("ends", "sentence"),
        [
            ({"first": day(3), "last": day(1)}, "before it begins"),
            ({"first": dt.date(1, 1, 1)}, "200 years"),
        ],
    )
    def test_a_frame_that_is_none_is_refused(self, ends, sentence):
        with pytest.raises(Refused, match=sentence):
            frame(("Glas", {0: 1}), **ends)
        with pytest.raises(Refused, match="No article"):
            frame(("Glas", {0: 0}))

    def test_only_as_many_numbers_are_drawn_as_are_needed(self):
        import random

        chance, other = random.Random(5), random.Random(5)
        list(islice(in_random_order(range(1000), chance), 3))
        for _n in range(3):
            other.random()
        assert chance.random() == other.random()
