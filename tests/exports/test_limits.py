"""Nothing is cut silently: what a format cannot hold is elsewhere, whole, and said."""

import datetime as dt
import json

import pyreadstat
import pytest
from python_calamine import CalamineWorkbook

from mediacoding.exports.cells import n_bytes, shortened
from mediacoding.exports.columns import Column, Type
from mediacoding.exports.formats import excel, jsonlines, spss, stata, syntax
from mediacoding.exports.formats.typed import wrapped
from mediacoding.exports.names import Names, identifier
from mediacoding.exports.request import NotExportable
from mediacoding.exports.table import Table, described
from tests.builders import codebooks
from tests.builders import coding as builders
from tests.builders import studies as people
from tests.exports.reading import plain, rows, table, written

WORDS = "ч" * 90  # 180 bytes, a value's label in Cyrillic


def made(columns, *cells, level=""):
    return Table("t", "T", list(columns), iter(cells), [("Study", "S")], level=level)


def read_sav(found, path):
    spss.write(found, path)
    return pyreadstat.read_sav(path, user_missing=True, output_format="dict")


CODE = Column("x", Type.WHOLE, "ш" * 200, labels={1: WORDS, 98: "no"}, missing=(98,))


def test_labels_too_long_for_spss_end_with_an_ellipsis_and_are_whole_elsewhere(
    tmp_path,
):
    found = made([CODE], (1,), (98,))
    _data, about = read_sav(found, tmp_path / "x.sav")
    label = about.variable_value_labels["x"][1]
    assert label == "ч" * 58 + "…"
    assert n_bytes(label) <= 120
    assert about.column_names_to_labels["x"] == "ш" * 126 + "…"
    assert any(note.endswith(WORDS) for note in found.notes)
    assert any(note.endswith("ш" * 200) for note in found.notes)
    assert WORDS in {row[5] for row in described([CODE])}
    told = "".join(about.notes).replace(" ", "")
    assert "Thelabelofx=1istoolongforSPSS.Whole:" in told
    assert WORDS in told


def test_a_label_too_long_for_stata_ends_with_an_ellipsis_and_is_whole_elsewhere(
    tmp_path,
):
    found = made([CODE], (1,), (98,))
    stata.write(found, tmp_path / "x.dta")
    data, about = pyreadstat.read_dta(
        tmp_path / "x.dta", user_missing=True, output_format="dict"
    )
    assert about.column_names_to_labels["x"] == "ш" * 79 + "…"
    assert about.variable_value_labels["x"] == {1: WORDS, "a": "no"}
    assert list(data["x"]) == [1.0, "a"]
    assert any("98 = .a" in note for note in found.notes)


@pytest.mark.parametrize("size", [1, 20, 119, 120, 121, 400])
def test_a_shortened_text_fits_and_a_fitting_one_is_left_alone(size):
    words = "Žrtva, škola i „ćirilica“ ч " * 20
    given = words[:size]
    cut = shortened(given, 120, n_bytes)
    assert n_bytes(cut) <= 120
    assert (cut == given) == (n_bytes(given) <= 120)


TEXT = Column("body", Type.TEXT, "the text")


def test_a_text_longer_than_a_cell_stands_whole_on_a_sheet_of_its_own(tmp_path):
    long = "дуг текст 😀" * 6_000
    found = made([TEXT], ("short",), (long,), ("after",))
    excel.write(found, tmp_path / "x.xlsx")
    book = CalamineWorkbook.from_path(str(tmp_path / "x.xlsx"))
    _head, short, cell, after = book.get_sheet_by_name("Data").to_python()
    assert (short, after) == (["short"], ["after"])
    assert cell[0].startswith(long[:200])
    assert "Long texts" in cell[0]
    parts = book.get_sheet_by_name("Long texts").to_python()[1:]
    assert "".join(part[3] for part in parts) == long
    assert {(part[0], part[1]) for part in parts} == {(2, "body")}
    assert any("Long texts" in note for note in found.notes)


def test_a_text_longer_than_spss_keeps_goes_on_in_further_columns(tmp_path):
    long = "дуг текст са речима " * 3_000
    found = made([TEXT, Column("body_b")], ("short", "b"), (long, ""))
    data, _about = read_sav(found, tmp_path / "x.sav")
    assert list(data) == ["body", "body_c", "body_d", "body_e", "body_b"]
    parts = [data[name][1] for name in data if name != "body_b"]
    assert "".join(parts) == long.rstrip()
    assert all(n_bytes(part) <= 32_767 for part in parts)
    assert any("go on in body_" in note for note in found.notes)
    assert any("no blanks at the end" in note for note in found.notes)


def test_a_long_text_is_whole_in_stata_and_json(tmp_path):
    long = "дуг текст " * 5_000
    stata.write(made([TEXT], (long,)), tmp_path / "x.dta")
    data, _about = pyreadstat.read_dta(tmp_path / "x.dta", output_format="dict")
    assert list(data["body"]) == [long]
    line = "".join(jsonlines.pieces(made([TEXT], (long,))))
    assert json.loads(line) == {"body": long}


def test_more_rows_than_a_sheet_holds_go_on_on_the_next(tmp_path):
    found = made([Column("n", Type.WHOLE)], *((n,) for n in range(25)))
    excel.write(found, tmp_path / "x.xlsx", most_rows=11)
    book = CalamineWorkbook.from_path(str(tmp_path / "x.xlsx"))
    sheets = [name for name in book.sheet_names if name.startswith("Data")]
    assert sheets == ["Data", "Data 2", "Data 3"]
    read = [
        row[0]
        for name in sheets
        for row in book.get_sheet_by_name(name).to_python()[1:]
    ]
    assert read == list(range(25))
    assert any("3 sheets" in note for note in found.notes)


@pytest.mark.parametrize(
    ("write", "many", "sentence"),
    [(excel.write, 16_385, "A sheet holds"), (stata.write, 32_768, "Stata holds")],
)
def test_more_columns_than_a_format_holds_are_refused(write, many, sentence, tmp_path):
    found = made([Column(f"v{n}") for n in range(many)])
    with pytest.raises(NotExportable, match=sentence):
        write(found, tmp_path / "x")


def test_control_characters_and_formulas_stay_text_in_a_workbook(tmp_path):
    given = ["=1+1", "@SUM(A1)", "tab\there", "line\nbreak", "{=A1}", "https://x.org"]
    excel.write(made([TEXT], *((text,) for text in given)), tmp_path / "x.xlsx")
    book = CalamineWorkbook.from_path(str(tmp_path / "x.xlsx"))
    read = book.get_sheet_by_name("Data").to_python()[1:]
    assert [row[0] for row in read] == given


def test_a_nul_character_does_not_end_a_text_early(tmp_path):
    found = made([TEXT], ("before\x00after",))
    data, _about = read_sav(found, tmp_path / "x.sav")
    assert list(data["body"]) == ["before�after"]
    assert any("NUL" in note for note in found.notes)


def test_a_number_with_more_digits_than_a_double_is_told(tmp_path):
    column = Column("area", Type.DECIMAL)
    for write in (spss.write, stata.write, excel.write):
        found = made([column], ("12.5",), ("0.12345678901234567891",))
        write(found, tmp_path / "x")
        assert any("more digits than a double" in note for note in found.notes)


def test_days_before_1900_are_texts_in_a_workbook_and_days_elsewhere(tmp_path):
    day, old = dt.date(2006, 3, 14), dt.date(1894, 1, 2)
    columns = [Column("d", Type.DAY)]
    found = made(columns, (day,), (old,))
    excel.write(found, tmp_path / "x.xlsx")
    book = CalamineWorkbook.from_path(str(tmp_path / "x.xlsx"))
    read = [row[0] for row in book.get_sheet_by_name("Data").to_python()[1:]]
    assert read == [day, "1894-01-02"]
    assert any("1900" in note for note in found.notes)
    data, _about = read_sav(made(columns, (day,), (old,)), tmp_path / "x.sav")
    assert list(data["d"]) == [day, old]


@pytest.mark.parametrize(
    ("missing", "valid", "ranges", "is_told"),
    [
        ((97, 98, 99), (1, 2), [97.0, 98.0, 99.0], False),
        ((96, 97, 98, 99), (1, 2), [{"lo": 96.0, "hi": 99.0}], False),
        ((-9, 96, 97, 98), (1, 2), [{"lo": 96.0, "hi": 98.0}, -9.0], False),
        ((-9, -8, 97, 98), (1, 2), [-9.0, -8.0, 97.0], True),
    ],
)
def test_spss_takes_three_missing_codes_or_a_range_that_holds_no_value(
    missing, valid, ranges, is_told
):
    labels = {code: str(code) for code in (*valid, *missing)}
    column = Column("x", Type.WHOLE, labels=labels, missing=missing)
    found, note = spss.missing_of(column)
    assert found == ranges
    assert bool(note) == is_told


def test_names_are_given_once_whatever_their_case_and_fit_every_program():
    names = Names("article", "coder")
    given = [
        names.give(n) for n in ("Article", "sources_2", "SOURCES_2", "v" * 40, "v" * 41)
    ]
    assert given == ["Article_b", "sources_2", "SOURCES_2_b", "v" * 32, "v" * 30 + "_b"]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("P01", "P01"),
        ("Čika Pera", "ika_Pera"),
        ("2. koder", "c_2_koder"),
        ("all", "all_"),
    ],
)
def test_a_pseudonym_becomes_a_name(words, name):
    assert identifier(words) == name


CLASHING = codebooks.SMALL.replace("  name: page_no\n", "  name: article\n").replace(
    "  name: area\n", "  name: sources_2\n"
)


def test_a_variable_that_has_a_column_s_name_gets_another_and_it_is_said(db):
    study = people.study()
    round = builders.round(study, codebooks.published(study, CLASHING))
    answers = {**builders.READY, "article": "9"}
    del answers["page_no"]
    builders.code(round, "boris", answers)
    found = table(study, "codings-wide")
    head, row = rows(written(found).decode())
    assert head[1] == "article"
    assert row[head.index("article_b")] == "9"
    assert head.index("sources_2_b") < head.index("sources_2")
    assert row[head.index("sources_2_b")] == "1"
    assert any("“article” is written as article_b" in note for note in found.notes)


def test_syntax_holds_quotes_points_and_long_labels_in_its_lines():
    columns = [
        Column(
            "x", Type.WHOLE, "It's a label. " * 20, labels={1: "Don't."}, missing=()
        ),
        Column("s", Type.TEXT, "Sources"),
        Column("s_1", Type.WHOLE, "Police", choice="s"),
    ]
    found = made(columns)
    found.notes.add("One sentence. Another. " * 30)
    text = "".join(syntax.syntax(found))
    assert "'Don''t.'" in text
    assert "MRSETS /MDGROUP NAME=$s" in text
    for line in text.splitlines():
        assert len(line.encode()) <= 250
        if line.startswith("*"):
            assert line.endswith(".")
            assert not line.endswith("..")


def test_lines_are_broken_within_a_width_and_lose_no_word():
    text = "kratke reči i " + "џ" * 200
    broken = wrapped([text], 80)
    assert all(len(line.encode()) <= 80 for line in broken)
    assert "".join(broken).replace(" ", "") == text.replace(" ", "")
    assert plain(None) == ""


def test_json_keeps_every_digit_of_a_number():
    columns = [Column("n", Type.DECIMAL), Column("t"), Column("d", Type.DAY)]
    rows = [("0.12345678901234567891", "ž", dt.date(2006, 3, 14)), ("12.5", "", None)]
    assert "".join(jsonlines.pieces(made(columns, *rows))) == (
        '{"n": 0.12345678901234567891, "t": "ž", "d": "2006-03-14"}\n'
        '{"n": 12.5, "t": "", "d": null}\n'
    )
