"""A file becomes a table, a plan is proposed, and ratings are read out of it. Pure."""

import numpy as np
import pandas as pd
import pyreadstat
import pytest
import xlsxwriter

from mediacoding.calculator import reading
from mediacoding.calculator.proposal import (
    plan_of,
    propose,
    propose_level,
    propose_missing,
)
from mediacoding.calculator.ratings import patterns_of, ratings_of
from mediacoding.calculator.sentences import Refused
from mediacoding.calculator.table import number_of
from mediacoding.stats import agreement


def table(tmp_path, text, name="codings.csv", **how):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return reading.read(path, name=name, **how)


def groups(found):
    """The plan's variables, each with its coders."""
    plan = propose(found)
    return {
        name: [rated.coder for rated in plan.ratings if rated.variable == name]
        for name in plan.variables
    }


def alphas(found, missing=(), level="nominal", layout=""):
    return {
        one.variable: agreement.krippendorff_alpha(
            patterns_of(one, level), level=level
        ).value
        for one in ratings_of(found, propose(found, layout), missing)
    }


WIDE = """id,tone_ana,tone_boris,frame_ana,frame_boris
1,1,1,a,a
2,2,1,b,b
3,2,2,a,b
4,1,1,b,b
5,1,2,a,a
"""
LONG = """article,coder,tone,frame
1,ana,1,a
1,boris,1,a
2,ana,2,b
2,boris,1,b
3,ana,2,a
3,boris,2,b
4,ana,1,b
4,boris,1,b
5,ana,1,a
5,boris,2,a
"""


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("coder1,coder2", {"codings": ["coder1", "coder2"]}),
        ("ana,boris", {"codings": ["ana", "boris"]}),
        ("tone_1,tone_2", {"tone": ["tone_1", "tone_2"]}),
        ("tone_ana,tone_boris,frame_ana,frame_boris",
         {"tone": ["ana", "boris"], "frame": ["ana", "boris"]}),
        ("tone.1,tone.2,frame.1,frame.2", {"tone": ["1", "2"], "frame": ["1", "2"]}),
        ("tone1,tone2,frame1,frame2", {"tone": ["1", "2"], "frame": ["1", "2"]}),
        ("coder1_tone,coder2_tone,coder1_frame,coder2_frame",
         {"tone": ["coder1", "coder2"], "frame": ["coder1", "coder2"]}),
    ],
)  # fmt: skip
def test_the_headers_of_a_wide_table_tell_variables_and_coders(
    tmp_path, header, expected
):
    width = header.count(",") + 1
    rows = "\n".join(",".join(str((at + row) % 3) for at in range(width)) for row in range(9))  # fmt: skip
    assert groups(table(tmp_path, f"{header}\n{rows}\n")) == expected


def test_a_column_before_the_coders_is_the_unit(tmp_path):
    found = table(tmp_path, WIDE)
    assert (propose(found).layout, propose(found).unit) == ("wide", 0)


def test_wide_and_long_give_the_same(tmp_path):
    wide, long = table(tmp_path, WIDE), table(tmp_path, LONG, "long.csv")
    assert propose(long).layout == "long"
    assert alphas(wide) == alphas(long)
    assert set(alphas(wide)) == {"tone", "frame"}


def test_unit_and_coder_are_found_without_telling_headers(tmp_path):
    found = table(tmp_path, LONG.replace("article,coder", "what,who"))
    plan = propose(found)
    assert (plan.layout, plan.unit, plan.coder) == ("long", 0, 1)


def test_the_layout_may_be_chosen_otherwise(tmp_path):
    found = table(tmp_path, WIDE)
    assert propose(found, "long").coder is None
    with pytest.raises(Refused, match="one column names the unit and one the coder"):
        ratings_of(found, propose(found, "long"))


@pytest.mark.parametrize(
    ("values", "stated", "level"),
    [
        ("ab", "", "nominal"),
        ("123", "", "nominal"),
        ("123", "ordinal", "ordinal"),
        (["1.5", "2"], "", "interval"),
        (["1,5", "2"], "", "interval"),
        (map(str, range(40)), "", "interval"),
        (["1", "2", "x"], "interval", "nominal"),
    ],
)
def test_a_level_is_proposed_by_the_values(values, stated, level):
    assert propose_level([number_of(value) for value in values], stated) == level


def test_a_code_is_read_as_not_coded_however_it_is_written(tmp_path):
    found = table(tmp_path, "a,b\n1,1\n2,99\n99.0,2\n2,2\n1,2\n-1,1\n")
    (ratings,) = ratings_of(found, propose(found), ("99", "-1"))
    assert dict(ratings.n_missing) == {"99": 2, "-1": 1}
    assert ratings.values == ("1", "2")
    assert patterns_of(ratings, "nominal").n_pairable == 3


def test_na_among_numbers_is_proposed_as_a_missing_code_and_among_words_not(tmp_path):
    numbers = table(tmp_path, "a,b\n1,NA\n2,2\n.,1\n")
    words = table(tmp_path, "a,b\nyes,NA\nno,no\nNA,yes\n")
    assert propose_missing(numbers, propose(numbers)) == (".", "NA")
    assert propose_missing(words, propose(words)) == ()


def test_a_file_without_names_loses_no_row(tmp_path):
    found = table(tmp_path, "1,,\n2,2,2\n1,1,2\n2,2,2\n1,1,1\n")
    assert found.headers == ("column 1", "column 2", "column 3")
    assert found.rows.tolist() == [1, 2, 3, 4, 5]
    assert "read as ratings" in str(found.notes[0])


def test_a_first_row_of_numbers_may_be_names_all_the_same(tmp_path):
    found = table(tmp_path, "1,2\n5,5\n6,5\n", has_names=True)
    assert (found.headers, found.rows.tolist()) == (("1", "2"), [2, 3])


def test_words_may_be_ratings_without_names_above(tmp_path):
    found = table(tmp_path, "yes,yes\nno,yes\n", has_names=False)
    assert len(found.rows) == 2


@pytest.mark.parametrize("text", ["1;1,5\n2;2,5\n3;3,0\n1;1\n"])
def test_a_decimal_comma_is_a_number(tmp_path, text):
    found = table(tmp_path, "a;b\n" + text)
    assert all(column.is_numeric for column in found.columns)


def test_two_values_of_one_coder_for_one_unit_are_refused_with_their_rows(tmp_path):
    found = table(tmp_path, LONG + "3,boris,1,\n")
    with pytest.raises(Refused) as refusal:
        ratings_of(found, propose(found))
    assert str(refusal.value).startswith(
        "Rows 7 and 12: coder “boris” has two values of “tone” for unit “3”."
    )
    assert len(refusal.value.sentences) == 1


def test_a_rating_without_unit_is_refused_with_its_row(tmp_path):
    found = table(tmp_path, LONG + ",boris,1,\n")
    plan = plan_of(found, layout="long", unit=0, coder=1)
    with pytest.raises(
        Refused, match="“article” is blank where “tone” is coded: row 12, and 0"
    ):
        ratings_of(found, plan)


def test_a_text_has_no_place_on_a_scale(tmp_path):
    found = table(tmp_path, "ana,boris\n1,1\n2,x\n1,1\n")
    (ratings,) = ratings_of(found, propose(found))
    with pytest.raises(Refused, match="Row 3, column “boris”: “x” is no number"):
        patterns_of(ratings, "ordinal")


def test_two_columns_of_one_coder_are_refused(tmp_path):
    found = table(tmp_path, "a,b\n1,1\n2,2\n")
    plan = propose(found)
    twice = type(plan)(
        "wide",
        None,
        None,
        tuple(type(r)(r.column, r.variable, "ana") for r in plan.ratings),
    )
    with pytest.raises(Refused, match="several columns of coder “ana”: a, b"):
        ratings_of(found, twice)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "empty"),
        ("a,b\n", "no rows"),
        ("a,b\n1,2,3\n", "Row 2: The row has 3 cells"),
        (",".join(f"c{n}" for n in range(1001)) + "\n1\n", "1001 columns"),
    ],
)
def test_a_bad_file_is_refused_in_a_sentence(tmp_path, text, sentence):
    with pytest.raises(Refused, match=sentence):
        table(tmp_path, text)


def test_a_file_above_the_limit_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.truncate(reading.MOST_BYTES + 1)
    with pytest.raises(Refused, match="larger than 50 MB"):
        reading.read(path, name="a.csv")


def test_a_broken_spss_file_is_refused(tmp_path):
    path = tmp_path / "a.sav"
    path.write_bytes(b"$FL2" + b"\0" * 400)
    with pytest.raises(Refused, match="SPSS file cannot be read"):
        reading.read(path, name="a.sav")


def xlsx(path, rows):
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)


def test_xlsx_and_csv_give_the_same(tmp_path):
    rows = [line.split(",") for line in WIDE.splitlines()]
    path = tmp_path / "a.xlsx"
    xlsx(path, [[int(c) if c.isdigit() else c for c in row] for row in rows])
    assert alphas(reading.read(path, name="a.xlsx")) == alphas(table(tmp_path, WIDE))


def test_an_xlsx_without_names_loses_no_row(tmp_path):
    path = tmp_path / "a.xlsx"
    xlsx(path, [[1, 1], [2, 2], [1, 2]])
    assert len(reading.read(path, name="a.xlsx").rows) == 3


@pytest.fixture
def sav(tmp_path):
    """An SPSS file with labels, levels and missing values that it declares itself."""
    path = tmp_path / "codings.sav"
    frame = pd.DataFrame(
        {
            "story": ["s1", "s2", "s3", "s4", "s5"],
            "tone_ana": [1.0, 2, 2, 1, 99],
            "tone_boris": [1.0, 1, 2, np.nan, -5],
        }
    )
    pyreadstat.write_sav(
        frame,
        str(path),
        variable_value_labels={"tone_ana": {1.0: "negative", 2.0: "positive"}},
        missing_ranges={"tone_ana": [99], "tone_boris": [{"lo": -9, "hi": -1}]},
        variable_measure={
            "story": "nominal",
            "tone_ana": "ordinal",
            "tone_boris": "ordinal",
        },
    )
    return reading.read(path, name="codings.sav")


def test_an_spss_file_keeps_its_labels_and_levels(sav):
    (ratings,) = ratings_of(sav, propose(sav))
    assert ratings.variable == "tone"
    assert ratings.values == ("1", "2")
    assert dict(ratings.labels) == {"1": "negative", "2": "positive"}
    assert propose_level(ratings.numbers, ratings.level) == "ordinal"


def test_what_an_spss_file_declares_missing_is_not_coded_and_said(sav):
    assert [column.n_missing for column in sav.columns] == [0, 1, 1]
    assert str(sav.notes[0]).startswith("The SPSS file declares values missing")
    (ratings,) = ratings_of(sav, propose(sav))
    assert patterns_of(ratings, "nominal").n_pairable == 3


def test_spss_and_csv_give_the_same(sav, tmp_path):
    text = "story,tone_ana,tone_boris\ns1,1,1\ns2,2,1\ns3,2,2\ns4,1,\ns5,,\n"
    assert alphas(sav) == alphas(table(tmp_path, text))


def test_options_of_a_multiple_choice_are_sets(tmp_path):
    found = table(tmp_path, "ana,boris\na|b,b | a\n{},a\na,a\nb,{}\n")
    (ratings,) = ratings_of(found, propose(found))
    values = patterns_of(ratings, "sets").values
    assert set(values) == {frozenset(), frozenset("a"), frozenset("b"), frozenset("ab")}
