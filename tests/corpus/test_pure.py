import datetime as dt
import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediacoding.corpus import dates, search, tabular
from mediacoding.corpus.folding import fold, nfc, script_of
from mediacoding.demo.script import cyrillic

ALPHABET = "abvgdđežzijklmnoprstćufhcčš"


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=ALPHABET + " ", max_size=60))
def test_both_scripts_fold_to_the_same(text):
    assert fold(cyrillic(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ђорђе", "djordje"),
        ("Đorđe", "djordje"),
        ("DJORDJE", "djordje"),
        ("ЊИВА, љубав!", "njiva ljubav"),
        ("ǇUBAV", "ljubav"),
        ("„Čšž ćšž“ — 2006.", "csz csz 2006"),
        ("e\u0301lan", "elan"),
    ],
)
def test_words_fold_as_a_reader_would_say(text, folded):
    assert fold(text) == folded


def test_the_stored_form_is_nfc_with_plain_line_ends():
    assert nfc("\ufeffc\u030c\r\nred \r\n") == "č\nred"
    assert script_of("Ово је ћирилица") == "Cyrl"
    assert script_of("Ovo je latinica") == "Latn"


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2006-03-14", "day", dt.date(2006, 3, 14)),
        ("14.3.2006.", "day", dt.date(2006, 3, 14)),
        ("14. mart 2006", "day", dt.date(2006, 3, 14)),
        ("14. марта 2006.", "day", dt.date(2006, 3, 14)),
        ("петак, 16. јан 2026, 13:45 -> 14:12", "day", dt.date(2026, 1, 16)),
        ("3/14/2006 8:00", "month", dt.date(2006, 3, 14)),
        ("4/3/2006", "day", dt.date(2006, 3, 4)),
        ("March 14, 2006", "day", dt.date(2006, 3, 14)),
    ],
)
def test_a_date_is_read_as_papers_write_it(text, order, day):
    assert dates.parse_date(text, order=order) == day


@pytest.mark.parametrize("text", ["soon", "31.2.2006.", "14. foo 2006", ""])
def test_what_is_no_date_says_so(text):
    with pytest.raises(dates.NotADate):
        dates.parse_date(text)


def test_the_order_of_day_and_month_is_told_with_its_reason():
    assert dates.guess_order(["2/24/2016"]).order == "month"
    assert dates.guess_order(["24/2/2016"]).order == "day"
    assert not dates.guess_order(["2/3/2016"]).is_sure


@pytest.fixture(scope="module")
def index():
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE t USING fts5(folded, tokenize='unicode61')"
    )
    texts = ["Ђорђе чита новине", "Đorđe piše novine na mreži", "dete na mreži"]
    connection.executemany(
        "INSERT INTO t VALUES (?)", [(fold(text),) for text in texts]
    )
    return connection


def hits(index, text):
    query = search.for_sqlite(search.parse(text))
    return [
        row[0]
        for row in index.execute(
            "SELECT rowid FROM t WHERE t MATCH ? ORDER BY 1", [query]
        )
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("đorđe", [1, 2]),
        ("ЂОРЂЕ новине", [1, 2]),
        ('"na mreži"', [2, 3]),
        ("novine -piše", [1]),
        ("dete OR čita", [1, 3]),
        ("mrež*", [2, 3]),
    ],
)
def test_a_query_finds_words_in_either_script(index, text, found):
    assert hits(index, text) == found


@given(st.text())
@settings(max_examples=200)
def test_any_text_is_a_query_or_is_refused_with_a_sentence(text):
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5(folded)")
    try:
        query = search.for_sqlite(search.parse(text))
    except search.NotAQuery:
        return
    connection.execute("SELECT rowid FROM t WHERE t MATCH ?", [query]).fetchall()


ROWS = "ime;grad\nŠešelj Žika;Čačak\nЂорђе;Ниш\n"


@pytest.mark.parametrize(
    ("encoding", "text", "found"),
    [
        ("utf-8", ROWS, "utf-8-sig"),
        ("utf-8-sig", ROWS, "utf-8-sig"),
        ("utf-16", ROWS, "utf-16"),
        ("cp1250", "ime;grad\nŠešelj Žika;Čačak\n", "cp1250"),
        ("cp1251", "ime;grad\nЂорђе;Ниш\n", "cp1251"),
    ],
)
def test_an_encoding_is_detected_and_a_guess_is_called_one(
    tmp_path, encoding, text, found
):
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode(encoding))
    sniffed = tabular.sniff(path)
    assert sniffed.reading.encoding == found
    assert sniffed.reading.delimiter == ";"
    assert sniffed.headers == ("ime", "grad")
    assert bool(sniffed.warnings) == encoding.startswith("cp")


def test_letters_lost_to_question_marks_are_reported(shared_data):
    path = shared_data / "exports" / "cp1252lossy_csv_slovenia" / "kazalniki.csv"
    assert any(
        "letters were lost" in warning for warning in tabular.sniff(path).warnings
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"a,b\n", "The file has a header and no rows below it."),
        (b"\xd0\xcf\x11\xe0rest", "This is an old Excel file"),
        (b"PK\x03\x04broken", "The file is no Excel workbook"),
        (b'a,b\n1,"open\n', "Line 2"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path, content, sentence):
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(tabular.NotReadable, match=sentence):
        list(tabular.rows(path, tabular.sniff(path).reading))


def test_a_row_with_too_many_cells_carries_its_number(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text('id,text\n1,"two\nlines"\n2,a,b,c\n')
    rows = list(tabular.rows(path, tabular.sniff(path).reading))
    assert [row.number for row in rows] == [2, 4]
    assert rows[1].fault.startswith("The row has 4 cells, the header 2")


def test_a_workbook_is_read_like_a_table(tmp_path):
    import xlsxwriter

    path = tmp_path / "table.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Press")
        for row, cells in enumerate([("id", "day", "page"), ("a", "2006-03-14", 9.0)]):
            sheet.write_row(row, 0, cells)
    sniffed = tabular.sniff(path)
    assert sniffed.reading.sheet == "Press"
    assert [row.cells for row in tabular.rows(path, sniffed.reading)] == [
        {"id": "a", "day": "2006-03-14", "page": "9"}
    ]
