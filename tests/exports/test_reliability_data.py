"""Reliability data give back the agreement that the program shows."""

import krippendorff
import numpy as np
import pandas as pd
import pytest

from mediacoding.exports.formats import syntax
from mediacoding.exports.request import NotExportable
from mediacoding.stats import agreement
from tests.builders import coding as builders
from tests.builders import studies as people
from tests.exports.reading import exported, rows, table, written

LEVELS = ("nominal", "ordinal", "interval", "ratio")


def units(study, **chosen):
    """The export as frames, a variable each: units by coders, NaN where blank."""
    head, *body = rows(written(table(study, "reliability", **chosen)).decode())
    frame = pd.DataFrame(body, columns=head)
    coders = head[5:]
    for (name, level), part in frame.groupby(["variable", "level"], sort=False):
        yield name, level, part[coders].replace("", np.nan)


def test_alpha_of_the_exported_units_is_the_agreement_that_is_exported(study):
    shown = {
        f"{row['variable']}_{row['option']}".rstrip("_"): row["alpha"]
        for row in exported(study, "agreement")
    }
    seen = 0
    for name, level, frame in units(study):
        if level not in LEVELS or name == "day":
            continue
        ratings = frame.astype(float).to_numpy()
        own = agreement.krippendorff_alpha(ratings, level=level)
        assert (shown[name] == "") == (own.value is None), name
        if own.value is not None:
            assert float(shown[name]) == pytest.approx(own.value, abs=1e-12)
            oracle = krippendorff.alpha(
                reliability_data=ratings.T, level_of_measurement=level
            )
            assert own.value == pytest.approx(oracle, abs=1e-9)
            seen += 1
    assert seen >= 4


def test_what_has_no_place_on_the_scale_is_blank_and_none_applies_is_not(study):
    found = {name: frame for name, _level, frame in units(study)}
    assert "98" in set(found["tone"].stack())
    assert "99" not in set(found["tone"].stack())  # not asked
    assert "-98" not in set(found["page_no"].stack())
    assert set(found["sources"].stack()) == {"1 2", "none"}
    assert set(found["sources_1"].stack()) == {"0", "1"}


def test_kalpha_is_one_variable_as_numbers_with_the_macro_s_call(study):
    found = table(study, "kalpha", variables=("tone",))
    head, *body = rows(written(found).decode())
    assert head == ["article", "P02", "P03"]
    assert len(body) == 4
    text = "".join(syntax.syntax(found))
    assert text.endswith("KALPHA judges = P02 P03/level = 1/detail = 1/boot = 10000.\n")


def test_kalpha_writes_days_as_numbers(study):
    _head, row = rows(written(table(study, "kalpha", variables=("day",))).decode())
    days = (pd.Timestamp("2006-03-14") - pd.Timestamp("1970-01-01")).days
    assert row[1:] == [str(days), str(days)]


def test_recal_has_bare_numbers_of_the_units_that_all_rated(study):
    text = written(table(study, "recal", variables=("tone",)), "csv-bare").decode()
    assert sorted(text.splitlines()) == ["1,1", "1,1", "2,2", "98,2"]


def test_recal_marks_gaps_at_other_levels(db):
    study = people.study()
    round = builders.round(study)
    builders.code(round, "boris", *[builders.READY] * 3)
    builders.code(round, "vesna", *[builders.READY] * 2)
    text = written(table(study, "recal", variables=("page_no",)), "csv-bare").decode()
    assert sorted(text.splitlines()) == ["9,#", "9,9", "9,9"]
    assert written(table(study, "recal", variables=("tone",)), "csv-bare").decode() == (
        "2,2\r\n2,2\r\n"
    )


@pytest.mark.parametrize(
    "chosen", [(), ("tone", "relevance"), ("sources",), ("remarks",)]
)
def test_a_file_of_one_variable_asks_which(study, chosen):
    with pytest.raises(NotExportable, match="Choose which"):
        table(study, "recal", variables=chosen)


def test_a_file_of_one_round_asks_which(study):
    builders.round(study, study.codebook.versions.get(), name="Round 2")
    with pytest.raises(NotExportable, match="one round"):
        table(study, "kalpha", variables=("tone",))
    first = study.rounds.order_by("pk").first()
    assert (
        table(study, "kalpha", variables=("tone",), rounds=(first.pk,)).level
        == "nominal"
    )


def test_an_option_of_a_multiple_choice_is_a_variable_of_0_and_1(study):
    head, *body = rows(
        written(table(study, "kalpha", variables=("sources_1",))).decode()
    )
    assert {cell for row in body for cell in row[1:]} == {"0", "1"}
    assert head == ["article", "P02", "P03"]
