"""What a page shows of a variable: both readings of a filter, missing codes, choices."""

import numpy as np
import pytest

from mediacoding.stats import agreement
from mediacoding.stats.panel import choice_panel, variable_panel
from mediacoding.stats.patterns import from_table
from mediacoding.stats.sets import masi_distances

N = "not applicable"
D = "not determinable"


def read(rows):
    table = np.empty((len(rows), len(rows[0])), dtype=object)
    table[:] = rows
    return from_table(table)


def places(found, *values):
    return [at for at, value in enumerate(found.values) if value in values]


def sample():
    """40 units, two coders; 5 that only one came to, 8 that neither did, 2 not determinable."""
    rows = [["1", "1"]] * 12 + [["2", "2"]] * 9 + [["1", "2"]] * 4
    rows += [["1", N]] * 3 + [[N, "2"]] * 2 + [[N, N]] * 8 + [["1", D], [D, D]]
    return read(rows)


def test_a_panel_holds_what_the_page_of_a_variable_needs():
    found = sample()
    seen = variable_panel(
        found,
        level="nominal",
        categories=3,
        minimum=0.7,
        not_applicable=places(found, N),
        missing=places(found, D),
        seed=4,
    )
    asked = [["1", "1"]] * 12 + [["2", "2"]] * 9 + [["1", "2"]] * 4
    asked += [["1", None]] * 3 + [[None, "2"]] * 2 + [["1", D], [D, D]]
    alpha = agreement.krippendorff_alpha(
        read(asked), level="nominal", bounds=(0.667, 0.8, 0.7), seed=4
    )
    assert seen.alpha == alpha
    assert set(seen.alpha.below) == {0.667, 0.8, 0.7}
    assert (seen.n_units, seen.n_pairable, seen.n_coders) == (32, 27, 2)
    assert seen.n_ratings == 59
    assert seen.modal_share == pytest.approx(32 / 59)
    assert seen.percent.value == pytest.approx(22 / 27)
    assert seen.ac1 == agreement.gwet_ac(read(asked), categories=3)
    assert seen.brennan_prediger.value == pytest.approx((22 / 27 - 1 / 3) / (1 - 1 / 3))


def test_the_second_reading_hears_a_disagreement_about_the_filter():
    found = sample()
    seen = variable_panel(
        found, level="nominal", categories=3, not_applicable=places(found, N)
    )
    whole = agreement.krippendorff_alpha(found, level="nominal")
    assert seen.with_filter.value == whole.value
    assert seen.with_filter.n_pairable == 40
    assert seen.with_filter.value != seen.alpha.value


def test_without_a_filter_there_is_no_second_reading():
    found = read([["1", "1"], ["1", "2"], ["2", "2"]])
    seen = variable_panel(found, level="nominal", categories=2, not_applicable=())
    assert seen.with_filter is None


def test_two_ways_of_not_being_asked_are_one_category():
    found = read([["1", "1"], ["1", "2"], ["n/a", "n/a 2"], ["n/a 2", "n/a 2"]])
    seen = variable_panel(
        found,
        level="nominal",
        categories=2,
        not_applicable=places(found, "n/a", "n/a 2"),
    )
    merged = read([["1", "1"], ["1", "2"], ["n", "n"], ["n", "n"]])
    assert (
        seen.with_filter.value
        == agreement.krippendorff_alpha(merged, level="nominal").value
    )


def test_missing_codes_are_categories_only_at_the_nominal_level():
    found = from_table(np.array([[1, 1], [2, 3], [98, 98], [3, 98], [2, 2]]))
    missing = places(found, 98)
    scaled = variable_panel(found, level="interval", categories=3, missing=missing)
    without = np.array([[1, 1], [2, 3], [np.nan, np.nan], [3, np.nan], [2, 2]])
    assert (
        scaled.alpha.value
        == agreement.krippendorff_alpha(without, level="interval").value
    )
    assert (scaled.n_units, scaled.n_pairable) == (4, 3)
    named = variable_panel(found, level="nominal", categories=4, missing=missing)
    assert named.n_pairable == 5


def test_measurements_have_no_coefficients_of_categories():
    found = from_table(np.array([[1.5, 1.5], [2.5, 3.0], [4.0, 4.0]]))
    seen = variable_panel(found, level="ratio", categories=None)
    assert seen.ac1.reason == "This coefficient is for categories."
    assert seen.brennan_prediger.value is None
    assert seen.alpha.value is not None


def test_a_variable_that_nobody_coded_has_a_panel_of_sentences():
    found = from_table(np.full((3, 2), np.nan))
    seen = variable_panel(found, level="nominal", categories=2, minimum=0.7)
    assert (seen.n_units, seen.n_ratings, seen.modal_share) == (0, 0, None)
    for coefficient in (seen.percent, seen.alpha, seen.ac1, seen.brennan_prediger):
        assert coefficient.reason == "No unit was coded by two or more coders."


def sets(*rows):
    table = np.empty((len(rows), 2), dtype=object)
    table[:] = rows
    return from_table(table)


A, B, NONE = frozenset("a"), frozenset("b"), frozenset()
AB = A | B


def test_a_multiple_choice_is_judged_as_a_whole_and_option_by_option():
    found = sets([A, A], [A, AB], [NONE, NONE], [B, A], [NONE, B], [AB, AB])
    seen = choice_panel(found, options=["a", "b", "c"], minimum=0.6)

    assert seen.whole.n_pairable == 6
    assert seen.whole.percent.value == pytest.approx(3 / 6)
    assert (
        seen.whole.alpha.value
        == agreement.krippendorff_alpha(found, level="sets").value
    )
    chose_a = np.array([[1, 1], [1, 1], [0, 0], [0, 1], [0, 0], [1, 1]])
    option = seen.options["a"]
    assert (
        option.alpha.value
        == agreement.krippendorff_alpha(chose_a, level="nominal").value
    )
    assert option.prevalence == pytest.approx(7 / 12)
    assert option.ac1 == agreement.gwet_ac(chose_a, categories=2)
    assert 0.6 in option.alpha.below
    never = seen.options["c"]
    assert never.prevalence == 0
    assert never.alpha.reason.startswith("Every pairable value is the same")


def test_the_filter_of_a_multiple_choice_is_read_both_ways():
    found = read([[A, A], [A, B], [B, B], [A, N]] * 3 + [[NONE, D]])
    seen = choice_panel(
        found,
        options=["a", "b"],
        not_applicable=places(found, N),
        missing=places(found, D),
    )
    assert (seen.whole.n_units, seen.whole.n_pairable) == (13, 9)
    assert seen.whole.with_filter.n_pairable == 13
    assert seen.options["a"].n_pairable == 9
    assert seen.options["a"].with_filter.n_pairable == 12
    assert seen.options["a"].prevalence == pytest.approx(12 / 22)


def test_masi_distances_are_those_of_passonneau():
    one, two, part = frozenset({1, 2}), frozenset({2, 3}), frozenset({1})
    found = masi_distances([one, two, part, frozenset(), frozenset()])
    assert found[0, 1] == pytest.approx(1 - 1 / 3 * 1 / 3)
    assert found[0, 2] == pytest.approx(1 - 1 / 2 * 2 / 3)
    assert found[1, 2] == 1
    assert found[3, 4] == 0
    assert found[0, 3] == 1
    assert (np.diag(found) == 0).all()
    assert (found == found.T).all()


def test_other_distances_between_sets_can_be_given():
    found = sets([A, A], [A, AB], [B, B], [NONE, B])
    nominal = 1 - np.eye(len(found.values))
    assert agreement.krippendorff_alpha(
        found, level="sets", distances=nominal
    ).value == pytest.approx(agreement.krippendorff_alpha(found, level="nominal").value)
