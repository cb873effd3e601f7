"""All coefficients by key: each what its own function gives, or the reason."""

import numpy as np
import pytest

from mediacoding.stats import agreement, offer
from mediacoding.stats.patterns import from_table

TABLE = np.array(
    [[1, 1], [2, 3], [3, 3], [2, 2], [1, 2], [4, 4], [5, 4], [5, 5]], float
)


def test_every_coefficient_of_the_library_is_on_offer():
    found = offer.coefficients(
        from_table(TABLE), level="interval", only=offer.COEFFICIENTS
    )
    assert list(found) == list(offer.COEFFICIENTS)
    assert all(c.is_defined for c in found.values())
    assert found["icc_a_1"] == agreement.icc(TABLE, form="A,1")
    assert found["cohen"] == agreement.cohen_kappa(TABLE)
    assert found["alpha"] == agreement.krippendorff_alpha(TABLE, level="interval")


def test_unasked_the_headline_and_its_companions_are_given():
    found = offer.coefficients(from_table(TABLE), level="nominal", minimum=0.7)
    assert list(found) == ["alpha", "percent", "ac1", "brennan_prediger"]
    assert set(found["alpha"].below) == {0.667, 0.8, 0.7}


def test_the_definition_reaches_the_coefficients():
    found = offer.coefficients(
        from_table(TABLE),
        level="ordinal",
        only=["ac1", "s_lotus"],
        categories=[1, 2, 3, 4, 5, 6],
        weights="linear",
    )
    assert found["ac1"] == agreement.gwet_ac(
        TABLE, categories=[1, 2, 3, 4, 5, 6], weights="linear"
    )
    assert found["s_lotus"] == agreement.s_lotus(TABLE, categories=6)


def test_coefficients_of_measurements_are_not_for_categories():
    found = offer.coefficients(
        from_table(TABLE), level="nominal", only=["icc_a_1", "ccc"]
    )
    assert all("for measurements" in c.reason for c in found.values())


def test_an_unknown_coefficient_is_an_error():
    with pytest.raises(KeyError, match="beta"):
        offer.coefficients(from_table(TABLE), level="nominal", only=["beta"])
