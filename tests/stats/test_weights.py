"""Agreement weights, and what they need to know of the codebook."""

import numpy as np
import pytest

from mediacoding.stats import agreement, weights
from mediacoding.stats.patterns import from_table

TABLE = [[1, 1], [1, 2], [2, 2], [4, 4], [4, 1], [2, 2], [4, 4]]


def test_weights_by_number_and_by_place_differ():
    by_number = weights.named("linear", [1, 2, 4])
    by_place = weights.named("linear", ["a", "b", "c"])
    assert by_number[0].tolist() == pytest.approx([1, 2 / 3, 0])
    assert by_place[0].tolist() == pytest.approx([1, 1 / 2, 0])


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("unweighted", [1, 0, 0, 0]),
        ("linear", [1, 2 / 3, 1 / 3, 0]),
        ("quadratic", [1, 8 / 9, 5 / 9, 0]),
        ("ordinal", [1, 5 / 6, 3 / 6, 0]),
        ("radical", [1, 1 - 3**-0.5, 1 - (2 / 3) ** 0.5, 0]),
        ("ratio", [1, 1 - (1 / 9) / 0.36, 1 - (1 / 4) / 0.36, 0]),
    ],
)
def test_the_weights_of_a_name_are_those_of_gwet(name, row):
    found = weights.named(name, [1, 2, 3, 4])
    assert found[0].tolist() == pytest.approx(row)
    assert found == pytest.approx(found.T)


def test_weights_are_1_within_and_fall_with_distance():
    for name in weights.NAMES:
        found = weights.named(name, [1, 2, 3, 4, 5])
        assert np.diag(found).tolist() == [1] * 5
        assert (np.diff(found[0]) <= 0).all()


def test_a_category_that_nobody_gave_counts_where_it_is_named():
    few = agreement.gwet_ac(TABLE, weights="linear", categories=[1, 2, 4])
    more = agreement.gwet_ac(TABLE, weights="linear", categories=[1, 2, 3, 4, 9])
    assert few.name == "Gwet's AC2"
    assert few.value != pytest.approx(more.value)
    pooled = agreement.fleiss_kappa(TABLE, weights="linear", categories=[1, 2, 4, 3])
    assert pooled.value == pytest.approx(
        agreement.fleiss_kappa(TABLE, weights="linear").value
    )


def test_a_matrix_serves_as_well_as_a_name():
    matrix = weights.named("quadratic", [1, 2, 4])
    for coefficient in (
        agreement.gwet_ac,
        agreement.brennan_prediger,
        agreement.fleiss_kappa,
        agreement.conger_kappa,
        agreement.cohen_kappa,
        agreement.light_kappa,
        agreement.scott_pi,
    ):
        assert coefficient(TABLE, weights=matrix) == coefficient(
            TABLE, weights="quadratic"
        )


def test_quadratic_weights_give_interval_alpha_its_place():
    # Fleiss' kappa with quadratic weights is interval alpha up to a term of 1 / n.
    chance = np.random.default_rng(2)
    table = chance.integers(1, 6, (4_000, 2))
    table[:, 1] = np.clip(table[:, 0] + chance.integers(-1, 2, 4_000), 1, 5)
    alpha = agreement.krippendorff_alpha(table, level="interval", interval=None)
    kappa = agreement.fleiss_kappa(table, weights="quadratic")
    assert kappa.value == pytest.approx(alpha.value, abs=1e-3)


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"categories": [1, 2]}, "More values occur"),
        ({"categories": [1, 2, 5]}, "none of the categories"),
        ({"categories": 2}, "More values occur"),
        ({"categories": 5, "weights": "linear"}, "Give the list of the categories"),
    ],
)
def test_categories_that_do_not_fit_are_refused_with_a_sentence(how, sentence):
    found = agreement.gwet_ac(TABLE, **how)
    assert found.value is None
    assert sentence in found.reason


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (np.eye(2), "but there are 3 categories"),
        (np.ones((3, 3)) * 2, "between 0 and 1"),
        ([[1, 0.5, 0], [0, 1, 0], [0, 0, 1]], "same in both directions"),
        ("cubic", "no weights"),
    ],
)
def test_weights_that_are_none_are_refused(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        agreement.gwet_ac(TABLE, weights=given)


def test_ratio_weights_need_numbers_that_are_not_negative():
    patterns = from_table([["a", "b"], ["b", "b"]])
    assert "0 or more" in agreement.gwet_ac(patterns, weights="ratio").reason
