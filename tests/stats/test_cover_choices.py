"""Multiple choice on cases and mentions, and which options go together."""

import math

import numpy as np
import pytest
import sklearn.metrics

from mediacoding.stats.coverage import share
from mediacoding.stats.survey import cooccurrence as together
from mediacoding.stats.survey import result
from mediacoding.stats.survey.choices import NO_MENTIONS, choices
from mediacoding.stats.survey.cooccurrence import cooccurrence
from mediacoding.stats.survey.design import survey_design
from mediacoding.stats.survey.estimates import ratio

ANSWERS = [{"eu", "nato"}, {"eu"}, set(), None, {"kosovo", "eu"}, {"nato"}]


def drawn(n=300, seed=5):
    chance = np.random.default_rng(seed)
    return [
        {
            name
            for name, p in (("eu", 0.4), ("nato", 0.2), ("kosovo", 0.5))
            if chance.random() < p
        }
        for _unit in range(n)
    ]


def test_options_are_shares_of_cases_and_of_mentions():
    found = choices(
        ANSWERS, survey_design(6), options=["eu", "nato", "kosovo", "china"]
    )
    assert [o.cases.value for o in found.options] == [3 / 5, 2 / 5, 1 / 5, 0]
    assert [o.mentions.value for o in found.options] == pytest.approx(
        [3 / 6, 2 / 6, 1 / 6, 0]
    )
    assert (found.base.units, found.without) == (5, 1)
    assert (found.nothing, found.mentions) == (1, 6)
    assert found.per_case.value == pytest.approx(6 / 5)
    assert [o.cases.base.units for o in found.options] == [5] * 4
    assert [o.mentions.base.units for o in found.options] == [6] * 4
    assert [o.mentions.count for o in found.options] == [3, 2, 1, 0]


def test_cases_of_a_simple_sample_have_wilson_s_interval():
    answers = drawn()
    found = choices(answers, survey_design(300), options=["eu", "nato", "kosovo"])
    count = sum("eu" in answer for answer in answers)
    assert found.options[0].cases.interval == pytest.approx(share(count, 300).interval)


def test_mentions_of_a_unit_are_not_independent():
    answers = drawn()
    design = survey_design(300)
    found = choices(answers, design, options=["eu", "nato", "kosovo"]).options[0]
    shown = np.array(["eu" in answer for answer in answers], dtype=float)
    mentions = np.array([len(answer) for answer in answers], dtype=float)
    some = mentions > 0
    expected = ratio(shown, mentions, design, within=some)
    assert found.mentions.value == pytest.approx(expected.value)
    assert found.mentions.se == pytest.approx(expected.se)


def test_a_choice_without_a_mention_says_so():
    found = choices([set(), set()], survey_design(2), options=["eu"])
    assert found.options[0].cases.value == 0
    assert found.options[0].mentions.reason == NO_MENTIONS
    empty = choices([None], survey_design(1), options=["eu"])
    assert empty.options[0].cases.reason == result.NO_UNITS


def test_weights_count_and_scale_changes_nothing():
    answers, chance = drawn(), np.random.default_rng(1)
    weights = chance.uniform(1, 5, 300)
    one = choices(
        answers, survey_design(300, weights=weights), options=["eu", "nato", "kosovo"]
    )
    two = choices(
        answers,
        survey_design(300, weights=7 * weights),
        options=["eu", "nato", "kosovo"],
    )
    for a, b in zip(one.options, two.options, strict=True):
        assert a.cases.interval == pytest.approx(b.cases.interval)
        assert a.mentions.interval == pytest.approx(b.mentions.interval)


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        (["eu"], "set of options"),
        ([{"mars"}], "none of the options"),
        ([{"eu"}, {"eu"}], "but 2 answers"),
    ],
)
def test_answers_that_do_not_fit_are_refused(answers, sentence):
    with pytest.raises(ValueError, match=sentence):
        choices(answers, survey_design(1), options=["eu", "nato"])


def test_co_occurrence_is_that_of_scikit_learn():
    answers = drawn()
    found = {
        (p.first, p.second): p
        for p in cooccurrence(
            answers, survey_design(300), options=["eu", "nato", "kosovo"]
        )
    }
    assert list(found) == [("eu", "nato"), ("eu", "kosovo"), ("nato", "kosovo")]
    a, b = ([name in answer for answer in answers] for name in ("eu", "kosovo"))
    pair = found["eu", "kosovo"]
    assert pair.jaccard.value == pytest.approx(sklearn.metrics.jaccard_score(a, b))
    assert pair.phi.value == pytest.approx(sklearn.metrics.matthews_corrcoef(a, b))
    assert pair.lift.value == pytest.approx(
        np.mean(np.array(a) & b) / np.mean(a) / np.mean(b)
    )
    assert (pair.first_count, pair.second_count, pair.both) == (
        sum(a),
        sum(b),
        sum(np.array(a) & b),
    )
    assert (pair.base.units, pair.jaccard.base.units) == (300, sum(np.array(a) | b))


def test_the_error_of_phi_is_that_of_its_linearisation():
    """Against the delete-one jackknife, which is as good for a smooth function of shares."""
    answers = drawn(120)
    pair = cooccurrence(answers, survey_design(120), options=["eu", "nato", "kosovo"])[
        0
    ]
    table = np.array([[("eu" in a), ("nato" in a)] for a in answers], dtype=float)

    def measures(rows):
        p12, p1, p2 = (
            (rows[:, 0] * rows[:, 1]).mean(),
            rows[:, 0].mean(),
            rows[:, 1].mean(),
        )
        return np.array(
            [(p12 - p1 * p2) / math.sqrt(p1 * (1 - p1) * p2 * (1 - p2)), p12 / p1 / p2]
        )

    without = np.array([measures(np.delete(table, u, axis=0)) for u in range(120)])
    se = np.sqrt(119 / 120 * ((without - without.mean(axis=0)) ** 2).sum(axis=0))
    assert pair.phi.se == pytest.approx(se[0], rel=0.03)
    assert pair.lift.se == pytest.approx(se[1], rel=0.06)


def test_options_that_never_or_always_occur_give_sentences():
    answers = [{"a", "b"}, {"a", "b"}, {"a"}, {"a", "c"}]
    found = {
        (p.first, p.second): p
        for p in cooccurrence(answers, survey_design(4), options=["a", "b", "c", "d"])
    }
    assert found["a", "b"].phi.reason == together.ALWAYS
    assert found["a", "b"].lift.value == 1
    assert found["a", "d"].lift.reason == together.NEVER
    assert found["b", "c"].lift.no_interval == together.NEVER_TOGETHER
    assert found["b", "c"].jaccard.value == 0
    same = cooccurrence([{"a", "b"}, set(), {"a", "b"}], survey_design(3))[0]
    assert (same.phi.value, same.phi.no_interval) == (
        pytest.approx(1),
        together.PERFECT,
    )
    none = cooccurrence([set(), set()], survey_design(2), options=["a", "b"])[0]
    assert none.jaccard.reason == together.NEVER
