"""Agreement on passages: intervals, F1, and what is undefined or refused."""

import numpy as np
import pytest

from mediacoding.stats import bootstrap
from mediacoding.stats.patterns import RatingsRefused
from mediacoding.stats.unitizing import alpha, estimates
from mediacoding.stats.unitizing.alpha import (
    coverage,
    cu_alpha,
    ku_alpha,
    u_alpha,
    u_alpha_binary,
)
from mediacoding.stats.unitizing.f1 import boundary_f1, matched, overlap_f1
from mediacoding.stats.unitizing.markings import Passage, from_passages
from mediacoding.stats.unitizing.panel import passage_panel
from mediacoding.stats.unitizing.sums import stretches_of, sums_of

# The interval.


def round_of(articles, seed=1):
    """Two coders, 400 characters an article, who mostly agree."""
    chance = np.random.default_rng(seed)
    passages, lengths = [], {}
    for article in range(articles):
        lengths[article] = 400
        for number in range(chance.integers(0, 5)):
            start, value = 80 * number + 10, str(chance.choice(list("abc")))
            for coder in ("ana", "boris"):
                if chance.random() < 0.9:
                    shift, size = chance.integers(0, 10), chance.integers(20, 60)
                    given = value if chance.random() < 0.8 else "c"
                    begin = int(start + shift)
                    passages.append(
                        Passage(article, coder, begin, int(begin + size), given)
                    )
    return passages, lengths, ["ana", "boris"]


COEFFICIENTS = [u_alpha, u_alpha_binary, cu_alpha, overlap_f1, boundary_f1]


@pytest.mark.parametrize(
    ("coefficient", "statistic_of"),
    [
        (u_alpha, alpha.u_statistic),
        (u_alpha_binary, alpha.binary_statistic),
        (cu_alpha, alpha.cu_statistic),
    ],
)
def test_a_article_that_weighs_two_is_that_article_twice(coefficient, statistic_of):
    passages, lengths, coders = round_of(8)
    markings = from_passages(passages, lengths, coders)
    statistic = statistic_of(sums_of(markings, stretches_of(markings)))
    weighted = statistic(np.ones((8, 8)) + np.eye(8))
    for article in range(8):
        again = [
            Passage("again", p.coder, p.start, p.end, p.value)
            for p in passages
            if p.article == article
        ]
        twice = from_passages([*passages, *again], {**lengths, "again": 400}, coders)
        assert weighted[article] == pytest.approx(coefficient(twice).value, abs=1e-12)


@pytest.mark.parametrize("coefficient", COEFFICIENTS)
def test_the_error_is_the_jackknife_s_over_articles(coefficient):
    passages, lengths, coders = round_of(30)
    without = []
    for left_out in lengths:
        kept = {d: size for d, size in lengths.items() if d != left_out}
        rest = [p for p in passages if p.article != left_out]
        without.append(
            coefficient(from_passages(rest, kept, coders), interval=None).value
        )
    without = np.array(without)
    expected = np.sqrt(29 / 30 * ((without - without.mean()) ** 2).sum())
    result = coefficient(from_passages(passages, lengths, coders))
    assert result.se == pytest.approx(expected, rel=1e-9)


def test_the_percentile_interval_is_that_of_a_bootstrap_of_articles_written_out():
    passages, lengths, coders = round_of(40)
    by_article = {d: [p for p in passages if p.article == d] for d in lengths}
    chance, plain = np.random.default_rng(8), []
    for _sample in range(400):
        drawn = chance.choice(list(lengths), len(lengths))
        rows = [
            Passage(place, p.coder, p.start, p.end, p.value)
            for place, article in enumerate(drawn)
            for p in by_article[article]
        ]
        again = from_passages(rows, dict.fromkeys(range(len(drawn)), 400), coders)
        plain.append(u_alpha(again, interval=None).value)
    result = u_alpha(
        from_passages(passages, lengths, coders),
        interval="percentile",
        replicates=8_000,
    )
    assert result.interval == pytest.approx(
        np.quantile(plain, [0.025, 0.975]), abs=0.02
    )
    assert result.se == pytest.approx(np.std(plain), rel=0.15)


def test_an_interval_is_repeatable_by_its_seed_and_deaf_to_the_order_of_articles():
    passages, lengths, coders = round_of(40)
    markings = from_passages(passages, lengths, coders)
    turned = from_passages(passages, dict(reversed(lengths.items())), coders)
    one = u_alpha(markings, seed=3)
    assert one == u_alpha(markings, seed=3)
    assert (one.seed, one.method, one.replicates) == (3, "BCa", 2_000)
    assert one.interval != u_alpha(markings, seed=4).interval
    assert u_alpha(turned, seed=3).interval == pytest.approx(one.interval)
    assert one.interval[0] < one.value < one.interval[1]
    assert one.below[0.667] <= one.below[0.8]


def test_one_article_has_a_value_but_no_interval_and_is_told_why():
    passages = [Passage("d", "ana", 0, 10, "a"), Passage("d", "boris", 5, 12, "a")]
    one = u_alpha(from_passages(passages, {"d": 40}, ["ana", "boris"]))
    assert one.value is not None
    assert one.interval is None
    assert one.se is None
    assert one.warnings == (estimates.OF_ARTICLES[bootstrap.ONE_UNIT],)
    assert "article" in one.warnings[0]


def test_few_articles_get_a_rough_interval_and_are_told_so():
    passages, lengths, coders = round_of(6)
    result = cu_alpha(from_passages(passages, lengths, coders))
    assert result.method == "jackknife-t"
    assert "Fewer than 20 articles" in result.warnings[0]


def test_perfect_agreement_is_one_without_an_interval():
    passages, lengths, _coders = round_of(30)
    own = [p for p in passages if p.coder == "ana"]
    twins = [Passage(p.article, "boris", p.start, p.end, p.value) for p in own]
    panel = passage_panel(from_passages([*own, *twins], lengths, ["ana", "boris"]))
    results = [
        panel.u_alpha,
        panel.u_alpha_binary,
        panel.cu_alpha,
        panel.overlap_f1,
        panel.overlap_f1_same_value,
        panel.boundary_f1,
        *(a.alpha for a in panel.by_value.values()),
    ]
    assert [r.value for r in results] == [1] * 9
    assert {r.interval for r in results} == {None}
    assert "All coders agree" in panel.u_alpha.warnings[0]
    assert {a.coverage for a in panel.by_value.values()} == {1}


def test_f1_is_never_below_zero_also_in_its_interval():
    passages = [Passage(d, "ana", 0, 10) for d in range(5)]
    passages += [Passage(d, "boris", 9 if d else 20, 40) for d in range(5)]
    low, _high = overlap_f1(
        from_passages(passages, dict.fromkeys(range(5), 60), ["ana", "boris"])
    ).interval
    assert low >= 0


# What is undefined has a reason.


def reasons(markings):
    panel = passage_panel(markings)
    return {
        "u": panel.u_alpha.reason,
        "binary": panel.u_alpha_binary.reason,
        "cu": panel.cu_alpha.reason,
        "overlap": panel.overlap_f1.reason,
        "boundary": panel.boundary_f1.reason,
        **{v: a.alpha.reason for v, a in panel.by_value.items()},
    }


def test_nothing_marked_is_nothing_to_agree_on():
    told = reasons(from_passages([], {"d": 10, "e": 0}, ["ana", "boris"]))
    assert told.pop("cu") == alpha.NOTHING_SHARED
    assert set(told.values()) == {estimates.NO_MARKS}


def test_everything_marked_alike_has_no_variation():
    both = [Passage("d", coder, 0, 10, "a") for coder in ("ana", "boris")]
    markings = from_passages(both, {"d": 10}, ["ana", "boris"])
    assert reasons(markings) == {
        "u": alpha.ONE_VALUE,
        "binary": alpha.ALL_MARKED,
        "cu": alpha.ONE_SHARED_VALUE,
        "overlap": None,
        "boundary": None,
        "a": alpha.ONE_SHARED_VALUE,
    }


def test_everything_marked_with_different_values_leaves_only_binary_undefined():
    both = [Passage("d", "ana", 0, 10, "a"), Passage("d", "boris", 0, 10, "b")]
    markings = from_passages(both, {"d": 10}, ["ana", "boris"])
    told = reasons(markings)
    assert told.pop("binary") == alpha.ALL_MARKED
    assert set(told.values()) == {None}
    # Two passages: whichever two are drawn, they differ, as observed.
    assert u_alpha(markings).value == 0


def test_fewer_than_two_coders_are_no_agreement():
    own = [Passage("d", "ana", 0, 10, "a")]
    alone = reasons(from_passages(own, {"d": 20}, ["ana"]))
    assert set(alone.values()) == {
        "Only one coder read these articles; agreement needs two or more."
    }
    apart = reasons(
        from_passages(
            own,
            {"d": 20, "e": 9},
            ["ana", "boris"],
            read={"d": ["ana"], "e": ["boris"]},
        )
    )
    assert set(apart.values()) == {"No article was read by two or more coders."}
    nobody = reasons(from_passages([], {}, []))
    assert set(nobody.values()) == {"No article was read by two or more coders."}


def test_one_coder_who_alone_marked_anything_is_told_and_has_no_values_to_compare():
    own = [Passage(d, "ana", 0, 10, "a") for d in range(3)]
    markings = from_passages(own, dict.fromkeys(range(3), 40), ["ana", "boris"])
    u = u_alpha(markings)
    assert u.value < 0
    assert estimates.ONE_MARKS in u.warnings
    assert overlap_f1(markings).value == 0
    told = reasons(markings)
    assert told["cu"] == alpha.NOTHING_SHARED
    assert told["a"] == alpha.NOT_SHARED


def test_a_value_only_in_articles_of_one_coder_says_so():
    passages = [
        Passage("d", "ana", 0, 9, "a"),
        Passage("d", "boris", 0, 9, "b"),
        Passage("e", "ana", 0, 9, "z"),
    ]
    both, one = {"ana", "boris"}, {"ana"}
    markings = from_passages(
        passages, {"d": 20, "e": 20}, ["ana", "boris"], read={"d": both, "e": one}
    )
    assert ku_alpha(markings)["z"].reason == alpha.NOT_THERE
    assert coverage(markings)["z"] is None


# F1.


def test_overlap_f1_counts_the_characters_that_both_marked():
    passages = [
        Passage("d", "ana", 0, 10, "a"),
        Passage("d", "ana", 10, 20, "b"),
        Passage("d", "boris", 5, 15, "a"),
    ]
    markings = from_passages(passages, {"d": 50}, ["ana", "boris"])
    assert overlap_f1(markings).value == pytest.approx(2 * 10 / 30)
    assert overlap_f1(markings, with_values=True).value == pytest.approx(2 * 5 / 30)


def test_boundary_f1_lets_a_start_meet_a_start_and_an_end_an_end():
    passages = [
        Passage("d", "ana", 0, 10),
        Passage("d", "ana", 20, 30),
        Passage("d", "boris", 10, 20),
        Passage("d", "boris", 21, 30),
    ]
    markings = from_passages(passages, {"d": 50}, ["ana", "boris"])
    assert boundary_f1(markings).value == pytest.approx(2 * 1 / 8)  # the end at 30
    assert boundary_f1(markings, tolerance=1).value == pytest.approx(2 * 2 / 8)
    assert boundary_f1(markings, tolerance=10).value == 1


def test_boundaries_of_neighbouring_articles_do_not_meet():
    passages = [Passage("d", "ana", 8, 10), Passage("e", "boris", 0, 2)]
    markings = from_passages(passages, {"d": 10, "e": 10}, ["ana", "boris"])
    assert boundary_f1(markings, tolerance=5).value == 0


def test_f1_is_the_mean_over_pairs_of_coders():
    passages = [Passage("d", coder, 0, 10) for coder in ("ana", "boris")]
    passages += [Passage("d", "vesna", 5, 10)]
    markings = from_passages(passages, {"d": 50}, ["ana", "boris", "vesna"])
    one = 2 * 5 / 15
    assert overlap_f1(markings).value == pytest.approx((1 + one + one) / 3)
    assert boundary_f1(markings).value == pytest.approx((1 + 0.5 + 0.5) / 3)


def test_as_many_boundaries_are_found_as_can_be():
    def most(left, right, tolerance):
        """By trying everything: leave out the first, or pair it with any that fits."""
        if not left:
            return 0
        first, rest = left[0], left[1:]
        best = most(rest, right, tolerance)
        for at, other in enumerate(right):
            if abs(first - other) <= tolerance:
                best = max(
                    best, 1 + most(rest, right[:at] + right[at + 1 :], tolerance)
                )
        return best

    chance = np.random.default_rng(2)
    for _case in range(200):
        left, right = (
            np.unique(chance.integers(0, 25, chance.integers(0, 6))) for _side in "ab"
        )
        tolerance = int(chance.integers(0, 6))
        assert len(matched(left, right, tolerance)) == most(
            left.tolist(), right.tolist(), tolerance
        )


def test_a_negative_tolerance_is_refused():
    with pytest.raises(ValueError, match="0 or more"):
        boundary_f1(from_passages([], {}, []), tolerance=-1)


# Refusals.


@pytest.mark.parametrize(
    ("passages", "told"),
    [
        ([("d", "ana", 5, 31)], "reaches beyond the text, which has 30 characters"),
        ([("d", "ana", -1, 4)], "reaches beyond the text"),
        (
            [("d", "ana", 7, 7)],
            "passage 7–7 of coder “ana” in “d” ends where it starts",
        ),
        ([("d", "ana", 9, 7)], "ends where it starts, or before"),
        (
            [("d", "ana", 5, 10), ("d", "boris", 0, 9), ("d", "ana", 9, 12)],
            "Coder “ana” marked 5–10 and 9–12 in “d”, which overlap. u-alpha needs",
        ),
        ([("d", "ana", 0, 30), ("d", "ana", 9, 12)], "marked 0–30 and 9–12 in “d”"),
        ([("d", "vesna", 0, 3)], "by somebody who is not among the coders"),
        ([("x", "ana", 0, 3)], "in an article whose length is not given"),
        ([("e", "boris", 0, 3)], "in an article that its coder has not read"),
        ([("d", "ana", 0.5, 3)], "a whole number of characters"),
        ([("d", "ana", 0, 3, float("nan"))], "Give None"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(passages, told):
    with pytest.raises(RatingsRefused, match=told):
        from_passages(
            [Passage(*passage) for passage in passages],
            {"d": 30, "e": 30},
            ["ana", "boris"],
            read={"d": {"ana", "boris"}, "e": {"ana"}},
        )


@pytest.mark.parametrize(
    ("lengths", "coders", "read", "told"),
    [
        ({"d": 5}, ["ana", "ana"], None, "given twice"),
        ({"d": -5}, ["ana"], None, "below 0"),
        ({"d": 5}, ["ana"], {"x": {"ana"}}, "its length is not given"),
        ({"d": 5}, ["ana"], {"d": {"boris"}}, "not among the coders"),
    ],
)
def test_who_and_what_is_not_known_is_refused(lengths, coders, read, told):
    with pytest.raises(RatingsRefused, match=told):
        from_passages([], lengths, coders, read=read)


def test_passages_side_by_side_do_not_overlap():
    markings = from_passages(
        [Passage("d", "ana", 5, 9), Passage("d", "ana", 0, 5)],
        {"d": 9},
        ["ana", "boris"],
    )
    assert markings.start.tolist() == [0, 5]


# The panel.


def test_the_panel_gives_what_each_coefficient_gives_by_itself():
    passages, lengths, coders = round_of(25)
    markings = from_passages(passages, lengths, coders)
    how = {"replicates": 200, "seed": 2}
    panel = passage_panel(markings, tolerance=5, **how)
    assert panel.u_alpha == u_alpha(markings, **how)
    assert panel.u_alpha_binary == u_alpha_binary(markings, **how)
    assert panel.cu_alpha == cu_alpha(markings, **how)
    assert panel.overlap_f1 == overlap_f1(markings, **how)
    assert panel.overlap_f1_same_value == overlap_f1(markings, with_values=True, **how)
    assert panel.boundary_f1 == boundary_f1(markings, tolerance=5, **how)
    assert {v: a.alpha for v, a in panel.by_value.items()} == ku_alpha(markings, **how)
    assert {v: a.coverage for v, a in panel.by_value.items()} == coverage(markings)
    assert panel.n_articles == 25
    assert panel.n_passages == len(passages)
    marked = sum(p.end - p.start for p in passages)
    assert panel.share_marked == pytest.approx(marked / (25 * 400 * 2))
