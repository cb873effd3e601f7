"""Cross tables against scipy and statsmodels; Rao and Scott's correction; many tables."""

import math

import numpy as np
import pytest
import scipy.stats
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from statsmodels.stats.multitest import multipletests

from mediacoding.stats.survey import result
from mediacoding.stats.survey.association import NO_TEST, weighted_association
from mediacoding.stats.survey.design import survey_design
from mediacoding.stats.tables import association as tables
from mediacoding.stats.tables.association import association
from mediacoding.stats.tables.corrections import benjamini_hochberg, holm
from mediacoding.stats.tables.exact import fisher_exact, permutation_p, random_tables
from mediacoding.stats.tables.tails import (
    beta_quantile,
    chi_square_tail,
    f_tail,
    noncentrality,
)

PRESS = np.array([[32, 15, 13], [14, 29, 21], [17, 17, 40]])


def test_chi_square_is_that_of_scipy():
    found = association(PRESS)
    chi_square, p, degrees, expected = scipy.stats.chi2_contingency(PRESS)
    assert found.chi_square == pytest.approx(chi_square)
    assert (found.degrees, found.method, found.n) == (degrees, "chi-square", 198)
    assert found.p == pytest.approx(p, rel=1e-9)
    assert np.array(found.expected) == pytest.approx(expected)


def test_adjusted_residuals_are_those_of_statsmodels():
    found = association(PRESS)
    assert np.array(found.residuals) == pytest.approx(
        sm.stats.Table(PRESS).standardized_resids
    )
    p = [math.erfc(abs(z) / math.sqrt(2)) for row in found.residuals for z in row]
    expected = multipletests(p, method="holm")[0].reshape(3, 3)
    assert np.array(found.marked).tolist() == expected.tolist()


def test_cramer_s_v_is_that_of_scipy_and_bergsma_s_is_lower():
    found = association(PRESS).v
    assert found.value == pytest.approx(scipy.stats.contingency.association(PRESS))
    n, phi = 198, association(PRESS).chi_square / 198
    least = 2 - 4 / (n - 1)
    assert found.corrected == pytest.approx(math.sqrt((phi - 4 / (n - 1)) / least))
    assert found.interval[0] < found.corrected < found.value < found.interval[1]


@given(
    arrays.arrays(
        np.int64,
        st.tuples(st.integers(1, 4), st.integers(1, 4)),
        elements=st.integers(0, 30),
    )
)
@settings(max_examples=200, deadline=None)
def test_every_table_gives_a_test_or_a_sentence(counts):
    found = association(counts, replicates=99)
    if found.reason:
        assert found.reason in tables.SENTENCES
        assert (found.p, found.v) == (None, None)
        return
    assert 0 <= found.p <= 1
    low, high = found.v.interval
    assert 0 <= low <= found.v.value + 1e-12
    assert found.v.value <= high + 1e-12
    assert high <= 1
    kept = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    expected = scipy.stats.chi2_contingency(kept, correction=False)
    assert found.chi_square == pytest.approx(expected.statistic, abs=1e-9)
    assert found.p_chi_square == pytest.approx(expected.pvalue, abs=1e-12)


def test_an_empty_row_stays_in_the_table_and_out_of_the_test():
    wider = np.insert(PRESS, 1, 0, axis=0)
    found = association(wider, rows=list("abcd"), columns=[1, 2, 3])
    assert found.chi_square == pytest.approx(association(PRESS).chi_square)
    assert found.residuals[1] == (None, None, None)
    assert (len(found.counts), found.rows) == (4, ("a", "b", "c", "d"))


def test_one_row_and_no_unit_give_a_sentence():
    assert association([[3, 4]]).reason == tables.ONE_LINE
    assert association([[3, 4], [0, 0]]).reason == tables.ONE_LINE
    assert association([[0, 0], [0, 0]]).reason == tables.NO_UNITS


@given(st.lists(st.integers(0, 25), min_size=4, max_size=4))
@settings(max_examples=150, deadline=None)
def test_fisher_s_p_is_that_of_scipy(cells):
    table = np.array(cells).reshape(2, 2)
    if table.sum():
        expected = scipy.stats.fisher_exact(table)[1]
        assert fisher_exact(table) == pytest.approx(expected, rel=1e-6)


def test_a_small_two_by_two_table_is_tested_exactly():
    found = association([[3, 1], [1, 3]])  # Fisher's lady tasting tea
    assert found.method == "Fisher"
    assert found.p == pytest.approx(34 / 70)
    assert tables.SMALL_EXPECTED in found.warnings


def test_a_small_larger_table_is_permuted_and_the_seed_gives_the_same_p():
    small = [[3, 1, 0], [1, 4, 1], [0, 1, 5]]
    found = association(small, seed=7)
    again = association(small, seed=7)
    assert found.method == "permutation"
    assert found == again
    assert (found.seed, found.replicates) == (7, 9_999)
    assert found.p != association(small, seed=8).p


def test_the_permutation_p_comes_near_the_exact_one():
    table = np.array([[6, 2], [1, 7]])
    # The chi-square order of 2 x 2 tables is that of the departures of one cell.
    x = np.arange(0, 8)
    chances = scipy.stats.hypergeom.pmf(x, 16, 7, 8)
    departures = np.abs(x - 3.5)
    exact = chances[departures >= 2.5].sum()
    assert permutation_p(table, replicates=40_000) == pytest.approx(exact, abs=3e-3)


def test_random_tables_keep_their_margins_and_their_mean():
    drawn = random_tables(PRESS, 4_000, np.random.default_rng(1))
    assert (drawn.sum(axis=2) == PRESS.sum(axis=1)).all()
    assert (drawn.sum(axis=1) == PRESS.sum(axis=0)).all()
    expected = np.outer(PRESS.sum(axis=1), PRESS.sum(axis=0)) / PRESS.sum()
    assert drawn.mean(axis=0) == pytest.approx(expected, abs=0.3)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: association([[1, -1], [2, 3]]), "whole numbers"),
        (lambda: association([[1.5, 1], [2, 3]]), "whole numbers"),
        (lambda: association([1, 2]), "rows and columns"),
        (lambda: association(PRESS, test="fisher"), "two rows and two columns"),
        (lambda: association(PRESS, test="g"), "A test is"),
        (lambda: association(PRESS, rows=["a"]), "but 1 names"),
        (lambda: holm([0.1, 1.2]), "between 0 and 1"),
    ],
)
def test_what_is_no_table_is_refused(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


@pytest.mark.parametrize("value", [0.01, 0.7, 3.84, 20, 150, 900])
@pytest.mark.parametrize("degrees", [1, 2, 3, 4, 9, 30])
def test_tails_are_those_of_scipy(value, degrees):
    assert chi_square_tail(value, degrees) == pytest.approx(
        scipy.stats.chi2.sf(value, degrees), rel=1e-9
    )
    assert f_tail(value, degrees, 17.5) == pytest.approx(
        scipy.stats.f.sf(value, degrees, 17.5), rel=1e-8
    )


@pytest.mark.parametrize(("value", "degrees"), [(9, 1), (40, 4), (800, 6), (5_000, 2)])
def test_the_noncentrality_is_where_scipy_has_it(value, degrees):
    low, high = noncentrality(value, degrees)
    assert scipy.stats.ncx2.cdf(value, degrees, low) == pytest.approx(0.975, abs=1e-6)
    assert scipy.stats.ncx2.cdf(value, degrees, high) == pytest.approx(0.025, abs=1e-6)


@pytest.mark.parametrize("probability", [0.0005, 0.025, 0.5, 0.975])
@pytest.mark.parametrize(("a", "b"), [(0.2, 90), (1, 1), (3.7, 12), (400, 9), (2, 1e5)])
def test_quantiles_of_beta_are_those_of_scipy(probability, a, b):
    assert beta_quantile(probability, a, b) == pytest.approx(
        scipy.stats.beta.ppf(probability, a, b), rel=1e-7, abs=1e-12
    )


def test_no_noncentrality_is_as_small_as_a_small_chi_square():
    assert noncentrality(0.2, 4) == (0, 0)


chances = st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=12)


@given(chances)
def test_corrections_are_those_of_statsmodels(p):
    there = [place for place, value in enumerate(p) if value is not None]
    values = [p[place] for place in there]
    for found, method in ((holm(p), "holm"), (benjamini_hochberg(p), "fdr_bh")):
        assert found.tests == len(there)
        assert [found.adjusted[at] is None for at in range(len(p))] == [
            value is None for value in p
        ]
        if there:
            expected = multipletests(values, method=method)[1]
            own = [found.adjusted[place] for place in there]
            assert own == pytest.approx(expected.tolist(), abs=1e-12)


def as_rows(counts):
    counts = np.asarray(counts)
    rows, columns = np.nonzero(counts >= 0)
    return np.repeat(rows, counts.ravel()), np.repeat(columns, counts.ravel())


def test_rao_and_scott_of_a_simple_sample_is_nearly_pearson():
    rows, columns = as_rows(PRESS * 20)
    found = weighted_association(rows, columns, survey_design(len(rows)))
    plain = association(PRESS * 20)
    assert found.chi_square == pytest.approx(plain.chi_square)
    assert found.v.value == pytest.approx(plain.v.value)
    unrelated = np.outer([30, 50, 20], [4, 6, 10])
    rows, columns = as_rows(unrelated)
    found = weighted_association(rows, columns, survey_design(len(rows)))
    n = unrelated.sum()
    assert found.design_effect == pytest.approx(n / (n - 1))
    assert found.f_degrees[0] == pytest.approx(4)
    assert found.p == pytest.approx(1)


def test_every_unit_twice_in_a_cluster_halves_chi_square():
    rows, columns = as_rows(PRESS)
    once = weighted_association(rows, columns, survey_design(len(rows)))
    twice = weighted_association(
        np.repeat(rows, 2),
        np.repeat(columns, 2),
        survey_design(2 * len(rows), clusters=np.repeat(np.arange(len(rows)), 2)),
    )
    assert twice.chi_square == pytest.approx(2 * once.chi_square)
    assert twice.design_effect == pytest.approx(2 * once.design_effect)
    assert (twice.f, twice.p) == pytest.approx((once.f, once.p))
    assert np.array(twice.residuals) == pytest.approx(np.array(once.residuals))
    assert twice.v.interval == pytest.approx(once.v.interval)
    assert twice.v.corrected == pytest.approx(once.v.corrected, abs=1e-3)


def test_a_weighted_two_by_two_table_agrees_with_the_test_of_the_difference():
    """One contrast: F is its square over its variance at independence's scale, so it tells
    the same as the residual, which is the contrast over its own error."""
    chance = np.random.default_rng(3)
    clusters = np.repeat(np.arange(60), 6)
    rows = chance.integers(0, 2, 360)
    columns = (chance.random(360) < 0.3 + 0.1 * rows).astype(int)
    weights = chance.uniform(1, 3, 360)
    design = survey_design(360, weights=weights, clusters=clusters)
    found = weighted_association(rows, columns, design)
    assert found.f == pytest.approx(found.residuals[0][0] ** 2)
    assert found.f_degrees == pytest.approx((1, 59))
    t = abs(found.residuals[0][0])
    assert found.p == pytest.approx(2 * scipy.stats.t.sf(t, 59))


def test_a_weighted_table_without_a_test_says_why():
    rows, columns = [0, 1, 0, 1], [0, 1, 1, 1]
    one = weighted_association(rows, columns, survey_design(4, clusters=["x"] * 4))
    assert one.reason == result.ONE_CLUSTER
    assert one.counts == ((1, 1), (0, 2))
    census = weighted_association(rows, columns, survey_design(4, population=4))
    assert census.reason == result.CENSUS
    line = weighted_association([0] * 4, columns, survey_design(4))
    assert line.reason == tables.ONE_LINE
    alike = weighted_association(
        rows * 2, columns * 2, survey_design(8, clusters=[1] * 4 + [2] * 4)
    )
    assert alike.reason == NO_TEST


def test_rao_and_scott_keep_their_level_where_pearson_does_not():
    """Articles of an issue resemble each other in topic and tone, but not in both at once."""
    chance, rejected, plain = np.random.default_rng(11), 0, 0
    clusters = np.repeat(np.arange(40), 20)
    design = survey_design(800, clusters=clusters)
    for _time in range(300):
        topic = chance.beta(0.7, 0.7, 40)[clusters]
        tone = chance.beta(0.7, 0.7, 40)[clusters]
        rows = (chance.random(800) < topic).astype(int)
        columns = (chance.random(800) < tone).astype(int)
        found = weighted_association(rows, columns, design)
        rejected += found.p < 0.05
        plain += found.p_chi_square < 0.05
    assert rejected / 300 < 0.09
    assert plain / 300 > 0.15


@pytest.mark.parametrize(
    ("chances", "n"),
    [
        (np.outer([0.5, 0.3, 0.2], [0.4, 0.3, 0.2, 0.1]), 200),
        (np.array([[0.3, 0.2], [0.2, 0.3]]), 200),
        (np.array([[0.2, 0.1, 0.1], [0.05, 0.15, 0.1], [0.02, 0.05, 0.23]]), 300),
    ],
)
def test_the_interval_of_v_holds_the_truth(chances, n):
    independent = np.outer(chances.sum(axis=1), chances.sum(axis=0))
    smaller = min(chances.shape) - 1
    truth = math.sqrt(((chances - independent) ** 2 / independent).sum() / smaller)
    draw, held = np.random.default_rng(12), 0
    for counts in draw.multinomial(n, chances.ravel(), 600):
        low, high = association(
            counts.reshape(chances.shape), test="chi-square"
        ).v.interval
        held += low <= truth + 1e-9 and truth <= high
    assert 0.92 <= held / 600 <= 0.98
