"""Which interval a share has, against scipy; and that sentences are sentences."""

import math

import numpy as np
import pytest
import scipy.stats

from mediacoding.stats.attention import concentration, decline, scores, series
from mediacoding.stats.coverage import share
from mediacoding.stats.survey import (
    association,
    choices,
    cooccurrence,
    differences,
    result,
)
from mediacoding.stats.survey.design import survey_design
from mediacoding.stats.survey.estimates import shares
from mediacoding.stats.survey.groups import shares_by
from mediacoding.stats.tables import association as tables
from mediacoding.stats.tables import suppression


def t(degrees):
    return scipy.stats.t.ppf(0.975, degrees)


def test_what_never_or_always_occurs_has_an_interval_of_clusters():
    clusters = np.repeat(np.arange(20), 10)
    design = survey_design(200, clusters=clusters)
    found = shares(["a"] * 200, design, categories=["a", "b"])
    none, every = found.of("b"), found.of("a")
    assert none.interval[0] == 0
    assert every.interval[1] == 1
    assert none.effective == 20
    assert none.warnings == (result.ALL_OR_NONE,)
    # the exact binomial bound of 0 in 20, with t of 19 and not 199 degrees
    adjusted = 20 * (1.97196 / 2.09302) ** 2
    assert none.interval[1] == pytest.approx(1 - 0.025 ** (1 / adjusted), abs=1e-5)


def test_clusters_that_are_all_alike_are_counted_as_units():
    design = survey_design(60, clusters=np.repeat(np.arange(20), 3))
    found = shares(["a", "b", "b"] * 20, design).of("a")
    assert (found.se, found.effective, found.design_effect) == (0, 20, None)
    assert found.warnings == (result.CLUSTERS_ALIKE,)
    assert found.interval[0] < 1 / 3 < found.interval[1]


def test_few_effective_units_have_korn_and_graubard_s_interval():
    chance = np.random.default_rng(3)
    clusters = np.repeat(np.arange(25), 8)
    shown = chance.random(200) < 0.02
    found = shares(shown, survey_design(200, clusters=clusters)).of(True)
    assert (found.method, found.warnings) == ("Korn-Graubard", (result.FEW,))
    n = min(200, found.effective * (t(199) / t(24)) ** 2)
    x = found.value * n
    assert found.interval == pytest.approx(
        (
            scipy.stats.beta.ppf(0.025, x, n - x + 1),
            scipy.stats.beta.ppf(0.975, x + 1, n - x),
        ),
        abs=1e-8,
    )


def test_many_effective_units_have_wilson_s_interval_with_t():
    chance = np.random.default_rng(3)
    clusters = np.repeat(np.arange(25), 8)
    shown = chance.random(200) < 0.3
    found = shares(shown, survey_design(200, clusters=clusters)).of(True)
    assert (found.method, found.degrees) == ("Wilson", 24)
    for limit in found.interval:  # where the score is t
        error = math.sqrt(limit * (1 - limit) / found.effective)
        assert abs(found.value - limit) / error == pytest.approx(t(24))


def test_a_simple_sample_has_wilson_s_interval():
    design = survey_design(40)
    found = shares(["pro"] * 12 + ["con"] * 28, design)
    expected = share(12, 40)
    assert found.of("pro").interval == pytest.approx(expected.interval)
    assert found.of("pro").method == "Wilson"
    assert found.of("pro").design_effect == pytest.approx(1)
    with pytest.raises(KeyError):
        found.of("neutral")


def test_equal_weights_are_no_weights():
    values = ["pro"] * 12 + ["con"] * 28
    weighted = shares(values, survey_design(40, weights=[2.5] * 40))
    assert weighted.of("pro").interval == pytest.approx(share(12, 40).interval)


def test_every_sentence_is_one_and_no_two_are_the_same():
    sentences = [
        sentence
        for module in (
            association,
            choices,
            concentration,
            cooccurrence,
            decline,
            differences,
            result,
            scores,
            series,
            suppression,
            tables,
        )
        for sentence in module.SENTENCES
    ]
    assert len(sentences) == len(set(sentences)) > 40
    for sentence in sentences:
        assert sentence.endswith(".")
        assert sentence[0].isupper()


def test_a_group_of_one_independent_unit_has_wilson_s_interval():
    found = shares_by(["a", "b", "b"], ["x", "y", "y"], survey_design(3)).rows[0]
    assert found.of("a").interval == pytest.approx(share(1, 1).interval)
    assert found.of("b").interval == pytest.approx(share(0, 1).interval)
