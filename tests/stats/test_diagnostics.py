"""Where coders disagree: by category, coder, unit and time."""

from functools import partial

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from mediacoding.stats import agreement, diagnostics
from mediacoding.stats.patterns import RatingsRefused, from_counts, from_table
from mediacoding.stats.result import NotComputable

alpha = partial(agreement.krippendorff_alpha, level="nominal", interval=None)


def ratings(units=60, coders=4, agree=0.7, gaps=0.15, seed=4):
    chance = np.random.default_rng(seed)
    truth = chance.integers(1, 5, (units, 1))
    given = chance.integers(1, 5, (units, coders))
    table = np.where(chance.random((units, coders)) < agree, truth, given).astype(float)
    table[chance.random((units, coders)) < gaps] = np.nan
    return table


def test_agreement_by_category_is_that_of_the_category_and_the_rest():
    table = ratings()
    found = diagnostics.by_category(table, alpha)
    assert list(found) == [1, 2, 3, 4]
    for value, coefficient in found.items():
        one = np.where(np.isnan(table), np.nan, table == value)
        assert coefficient.value == pytest.approx(alpha(one).value)


def test_alpha_by_category_follows_krippendorff_s_formula():
    table = ratings()
    matrix = diagnostics.coincidences(table)
    totals, n = matrix.sum(axis=1), matrix.sum()
    for place, found in enumerate(diagnostics.by_category(table, alpha).values()):
        off = totals[place] - matrix[place, place]
        expected = 1 - (n - 1) * off / (totals[place] * (n - totals[place]))
        assert found.value == pytest.approx(expected)


def test_agreement_by_pair_is_that_of_the_two_columns():
    table = ratings()
    found = diagnostics.by_pair(table, alpha)
    assert len(found) == 6
    for (first, second), coefficient in found.items():
        assert coefficient.value == pytest.approx(
            alpha(table[:, [first, second]]).value
        )


def test_leaving_out_the_coder_who_guesses_gains_most():
    table = ratings(gaps=0)
    table[:, 2] = np.random.default_rng(1).integers(1, 5, len(table))
    found = diagnostics.leave_one_out(table, alpha)
    gains = {coder: left.gain for coder, left in found.items()}
    assert max(gains, key=gains.get) == 2
    assert found[2].without.value == pytest.approx(alpha(table[:, [0, 1, 3]]).value)
    assert gains[2] == pytest.approx(found[2].without.value - alpha(table).value)


def test_a_coder_is_set_against_the_most_common_value_of_the_others():
    table = [[1, 1, 1, 2], [2, 1, 1, 2], [3, 3, 3, 3], [1, None, None, None]]
    found = diagnostics.against_the_rest(table, alpha)
    # Coder 3 against 1, 1 and 3: where others tie, the coder's own value counts.
    assert found[3].value == pytest.approx(alpha([[2, 1], [2, 1], [3, 3]]).value)
    assert found[0].value == pytest.approx(alpha([[1, 1], [2, 1], [3, 3]]).value)
    assert found[0].n_units == 3


def test_the_marginals_of_coders_and_their_test_are_those_of_scipy():
    table = ratings()
    found = diagnostics.coder_marginals(table)
    counts = [[int(np.sum(column == v)) for v in (1, 2, 3, 4)] for column in table.T]
    assert found.counts.tolist() == counts
    expected = chi2_contingency(counts, correction=False)
    assert found.chi_square == pytest.approx(expected.statistic)
    assert found.degrees == expected.dof
    assert found.p == pytest.approx(expected.pvalue)


def test_one_value_only_has_no_test_of_marginals():
    found = diagnostics.coder_marginals([[1, 1], [1, 1]])
    assert (found.chi_square, found.degrees, found.p) == (None, 0, None)


def test_the_confusions_of_two_coders_have_one_row_a_value_of_the_first():
    table = [["a", "a"], ["a", "b"], ["a", "b"], ["b", "b"], ["b", None]]
    assert diagnostics.confusion(table, 0, 1).tolist() == [[1, 2], [0, 1]]
    assert diagnostics.confusion(table, 1, 0).tolist() == [[1, 0], [2, 1]]


def test_coincidences_add_up_to_the_pairable_values():
    # Krippendorff (2011), section C: 40 pairable values.
    table = ratings()
    pairable = (~np.isnan(table)).sum(axis=1) >= 2
    matrix = diagnostics.coincidences(table)
    assert matrix == pytest.approx(matrix.T)
    assert matrix.sum() == pytest.approx((~np.isnan(table[pairable])).sum())


def test_the_most_confused_pair_comes_first_with_its_share():
    table = [[1, 2]] * 6 + [[2, 3]] * 2 + [[1, 1], [3, 3]]
    found = diagnostics.most_confused(table)
    assert [(c.first, c.second, c.coincidences) for c in found] == [
        (1, 2, 12),
        (2, 3, 4),
    ]
    assert [c.share for c in found] == [0.75, 0.25]


def test_the_units_that_disagree_most_are_found():
    table = np.array([[1, 1, 1], [1, 1, 2], [1, 2, 3], [1, np.nan, np.nan]])
    found = diagnostics.disagreement_of_units(table)
    assert found[:3].tolist() == pytest.approx([0, 2 / 3, 1])
    assert np.isnan(found[3])
    squared = diagnostics.disagreement_of_units(
        table, distance=lambda a, b: (a - b) ** 2
    )
    assert squared[:3].tolist() == pytest.approx([0, 2 / 3, 2])


def test_drift_shows_in_the_batches():
    early, late = ratings(units=200, agree=0.95), ratings(units=200, agree=0.5)
    weeks = ["1"] * 200 + ["2"] * 200
    found = diagnostics.by_batch(np.vstack([early, late]), weeks, alpha)
    assert list(found) == ["1", "2"]
    assert found["1"].value == pytest.approx(alpha(early).value)
    assert found["2"].value == pytest.approx(alpha(late).value)
    with pytest.raises(RatingsRefused, match="names of batches"):
        diagnostics.by_batch(early, weeks, alpha)


def test_coders_are_compared_with_themselves():
    first, second = ratings(seed=1), ratings(seed=1)
    second[:10, 0] = 4 - first[:10, 0]
    whole, each = diagnostics.intra_coder(first, second, alpha)
    assert each[0].value < 1
    assert each[1].value == 1
    assert whole.n_units == (~np.isnan(first) | ~np.isnan(second)).sum()
    with pytest.raises(RatingsRefused, match="two readings"):
        diagnostics.intra_coder(first, second[:5], alpha)


def test_merging_categories_is_recoding_them():
    table = ratings()
    found = alpha(diagnostics.merged(table, [[1, 2], [3, 4]]))
    assert found.value == pytest.approx(
        alpha(np.where(np.isnan(table), np.nan, np.ceil(table / 2))).value
    )
    with pytest.raises(NotComputable, match="does not occur"):
        diagnostics.merged(table, [[1, 9]])
    with pytest.raises(NotComputable, match="two groups"):
        diagnostics.merged(table, [[1, 2], [2, 3]])


def test_what_asks_for_coders_refuses_patterns_that_do_not_know_them():
    patterns = from_counts([[2, 0], [1, 1]], [3, 2], ["a", "b"])
    for ask in (
        lambda: diagnostics.by_pair(patterns, alpha),
        lambda: diagnostics.leave_one_out(patterns, alpha),
        lambda: diagnostics.against_the_rest(patterns, alpha),
        lambda: diagnostics.coder_marginals(patterns),
        lambda: diagnostics.confusion(patterns, 0, 1),
    ):
        with pytest.raises(NotComputable, match="which coder"):
            ask()
    assert set(diagnostics.by_category(patterns, alpha)) == {"a", "b"}


def test_patterns_and_tables_give_the_same():
    table = ratings()
    assert diagnostics.by_pair(from_table(table), alpha) == diagnostics.by_pair(
        table, alpha
    )
