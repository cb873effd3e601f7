"""Intraclass correlations and concordance, against published intervals and formulas."""

from itertools import combinations

import numpy as np
import pytest

from mediacoding.stats import metric
from mediacoding.stats.agreement import concordance, icc, krippendorff_alpha

#: Shrout & Fleiss (1979), table 2: six targets, four judges.
SHROUT_FLEISS = [
    [9, 2, 5, 8],
    [6, 1, 3, 2],
    [8, 4, 6, 8],
    [7, 1, 2, 6],
    [10, 5, 6, 9],
    [6, 2, 4, 7],
]


@pytest.mark.parametrize(
    ("form", "value", "low", "high"),
    [  # the intervals as the R package psych documents them for these data
        ("1,1", 0.17, -0.133, 0.72),
        ("A,1", 0.29, 0.019, 0.76),
        ("C,1", 0.71, 0.342, 0.95),
        ("1,k", 0.44, -0.884, 0.91),
        ("A,k", 0.62, 0.071, 0.93),
        ("C,k", 0.91, 0.676, 0.99),
    ],
)
def test_the_six_forms_and_their_intervals_come_out_as_published(
    form, value, low, high
):
    found = icc(SHROUT_FLEISS, form=form)
    assert found.value == pytest.approx(value, abs=0.005)
    assert found.interval == pytest.approx((low, high), abs=0.006)
    assert found.name == f"ICC({form})"


def measured(units=40, coders=2, noise=0.5, seed=1, shift=0.0):
    chance = np.random.default_rng(seed)
    truth = chance.normal(size=(units, 1))
    table = truth + chance.normal(scale=noise, size=(units, coders))
    table[:, 0] += shift
    return table


@pytest.mark.parametrize("form", metric.FORMS)
def test_the_intervals_hold_the_truth_as_often_as_they_say(form):
    truth = 1 / (1 + 0.5**2)
    if form.endswith("k"):
        truth = 2 * truth / (1 + truth)
    held = 0
    for seed in range(300):
        low, high = icc(measured(seed=seed), form=form).interval
        held += low <= truth <= high
    assert 270 <= held <= 298


def test_a_coder_who_always_adds_lowers_absolute_agreement_only():
    table = measured(shift=1.0)
    assert icc(table, form="C,1").value == pytest.approx(
        icc(measured(), form="C,1").value
    )
    assert icc(table, form="A,1").value < 0.75 * icc(table, form="C,1").value


def test_lin_s_coefficient_follows_its_formula():
    table = measured(shift=0.3)
    x, y = table.T
    expected = (
        2
        * np.cov(x, y, ddof=0)[0, 1]
        / (x.var() + y.var() + (x.mean() - y.mean()) ** 2)
    )
    found = concordance(table)
    assert (found.name, found.value) == ("Lin's CCC", pytest.approx(expected))
    # Interval alpha differs by a term of 1 / n.
    alpha = krippendorff_alpha(table, level="interval", interval=None)
    assert found.value == pytest.approx(alpha.value, abs=0.02)


@pytest.mark.parametrize("coders", [2, 3])
def test_the_error_of_concordance_is_that_of_a_bootstrap(coders):
    table = measured(units=150, coders=coders)
    found = concordance(table)
    chance = np.random.default_rng(3)
    drawn = [concordance(table[chance.integers(0, 150, 150)]).value for _ in range(800)]
    assert found.se == pytest.approx(np.std(drawn), rel=0.15)
    assert found.interval == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.03)


def test_overall_concordance_is_the_weighted_mean_of_all_pairs():
    table = measured(coders=4, shift=0.5)
    above = below = 0.0
    for i, j in combinations(range(4), 2):
        x, y = table[:, i], table[:, j]
        weight = x.var() + y.var() + (x.mean() - y.mean()) ** 2
        above += weight * concordance(table[:, [i, j]]).value
        below += weight
    found = concordance(table)
    assert (found.name, found.value) == ("Overall CCC", pytest.approx(above / below))


@pytest.mark.parametrize("coefficient", [icc, concordance])
def test_units_with_a_gap_are_left_out_with_a_warning(coefficient):
    table = measured()
    gaps = np.vstack([table, [[1, np.nan]]])
    assert coefficient(gaps).value == pytest.approx(coefficient(table).value)
    assert coefficient(gaps).warnings == (metric.INCOMPLETE,)
    assert coefficient(table).warnings == ()


@pytest.mark.parametrize("coefficient", [icc, concordance])
@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ([[1, None], [None, 2]], metric.NOT_COMPLETE),
        ([["a", "b"], ["a", "a"]], metric.LABELS),
        ([[1, 1], [1, 1]], metric.CONSTANT),
        ([[1], [2]], "Only one coder rated these units; agreement needs two or more."),
    ],
)
def test_what_is_undefined_says_why(coefficient, table, reason):
    found = coefficient(table)
    assert (found.value, found.reason) == (None, reason)


@pytest.mark.parametrize("coefficient", [icc, concordance])
def test_perfect_agreement_has_no_interval(coefficient):
    found = coefficient([[1, 1], [2, 2], [5, 5]])
    assert (found.value, found.interval) == (pytest.approx(1), None)
    assert "agree everywhere" in found.warnings[0]


def test_an_unknown_form_is_refused():
    with pytest.raises(ValueError, match=r"ICC\(2,1\)"):
        icc(SHROUT_FLEISS, form="2,1")
