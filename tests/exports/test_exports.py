import csv
import io

import pandas as pd
import pytest
from django.urls import reverse
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from codebook.checks import NAME, RESERVED
from mediacoding.exports.catalogue import CATALOGUE, FIXED
from mediacoding.exports.request import Filters, export_request
from mediacoding.exports.writing import PRESETS, Figure, csv_pieces, safe
from tests.builders import coding as builders
from tests.builders import corpus
from tests.builders import studies as people
from tests.exports.reading import exported, mark, table, written

ONE = {"kalpha": "tone", "recal": "tone"}  # exports of one variable


def text_of(headers, rows, preset="standard"):
    return "".join(csv_pieces(headers, rows, PRESETS[preset]))


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("=1+1", "'=1+1"),
        ("+381 11", "'+381 11"),
        ("-2", "-2"),
        ("-2.5", "-2.5"),
        ("@here", "'@here"),
        ("\tx", "'\tx"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_what_a_spreadsheet_would_run_is_made_text(text, result):
    assert safe(text) == result


CELLS = st.lists(st.text('=+-@\t\r\n",;.0123a', max_size=6), min_size=2, max_size=2)


@settings(max_examples=400)
@given(st.lists(CELLS, max_size=6))
def test_every_cell_is_as_safe_as_if_it_were_looked_at_alone(rows):
    expected = [[safe(cell) for cell in row] for row in rows]
    for preset, between in (("standard", ","), ("semicolon", ";")):
        text = text_of(["a", "b"], rows, preset).removeprefix("\ufeff")
        read = list(csv.reader(io.StringIO(text, newline=""), delimiter=between))
        assert read == [["a", "b"], *expected]


def test_a_file_begins_with_the_mark_that_spreadsheets_look_for():
    text = text_of(["a", "b"], [(1, 'ž "x"'), (None, "=1")])
    assert text == '\ufeffa,b\r\n1,"ž ""x"""\r\n,\'=1\r\n'


def test_the_semicolon_preset_has_decimal_commas_in_numbers_only():
    rows = [(0.5, Figure("12.5"), "12.5")]
    assert (
        text_of(["a", "b", "c"], rows, "semicolon").splitlines()[1] == "0,5;12,5;12.5"
    )


def read(client, study, slug, **asked):
    client.force_login(people.person())
    response = client.get(reverse("exports:download", args=[study.slug, slug]), asked)
    return pd.read_csv(
        io.BytesIO(b"".join(response.streaming_content)), encoding="utf-8-sig"
    )


def test_the_long_file_holds_every_answer(client, study):
    frame = read(client, study, "codings-long")
    answered = 5 + 7 + 5 + 5 + 5  # the filtered ones too, date and words where given
    assert len(frame) == 2 * answered
    assert set(frame.state) == {"value", "missing", "not_applicable"}
    assert set(frame[frame.variable == "tone"].label.dropna()) == {
        "Lurid", "Sober", "Not determinable", "—",
    }  # fmt: skip
    assert set(frame[frame.variable == "area"].value.dropna()) == {"12.5"}


def test_the_wide_file_has_a_column_per_option_in_codebook_order(client, study):
    frame = read(client, study, "codings-wide")
    names = list(frame.columns)
    assert names.index("sources") + 1 == names.index("sources_0")
    assert names.index("relevance") < names.index("tone") < names.index("page_no")
    assert len(frame) == 10
    assert frame["sources_2"].sum() == 4
    assert frame["tone"].tolist().count(99) == 2  # not applicable, by its own code


def test_the_file_by_coder_has_the_coders_beside_each_other(study):
    found = exported(study, "codings-by-coder")
    assert len(found) == 5
    names = list(found[0])
    assert names.index("tone_P03") == names.index("tone_P02") + 1
    tones = [[row[name] for name in names if name.startswith("tone_")] for row in found]
    assert sorted(map(sorted, tones))[-2:] == [["2", "98"], ["99", "99"]]


def test_final_values_say_where_they_come_from(client, study):
    frame = read(client, study, "final-values")
    tone = frame[frame.variable == "tone"]
    assert sorted(tone.origin) == ["unanimous"] * 4 + ["undecided"]


def test_wide_final_values_leave_the_undecided_blank_and_count_them(study):
    found = exported(study, "final-wide")
    assert sorted((row["tone"], row["undecided"]) for row in found) == [
        ("", "1"), ("1", "0"), ("1", "0"), ("2", "0"), ("99", "0"),
    ]  # fmt: skip
    assert {row["probability"] for row in found} == {"1.0"}


def test_articles_come_with_as_many_of_their_words_as_are_asked_for(client, study):
    assert "body" not in read(client, study, "articles").columns
    assert read(client, study, "articles", text="1").body.str.contains("Đorđu").all()
    quoted = read(client, study, "articles", text="quote")
    assert "body" not in quoted.columns
    assert quoted.quote.str.startswith("Prvi pasus").all()


def test_a_quotation_ends_with_a_whole_word(db):
    study = people.study()
    corpus.article(study, 1, body="reč " * 400)
    (row,) = exported(study, "articles", words="quote")
    assert len(row["quote"]) <= 302
    assert row["quote"].endswith("reč …")


def _asked(study, slug):
    chosen = (ONE[slug],) if slug in ONE else ()
    return export_request(
        study=study,
        person=people.person(),
        language="sr",
        filters=Filters(variables=chosen),
    )


@pytest.mark.parametrize("slug", sorted(set(CATALOGUE) - {"passages"}))
def test_every_export_has_as_many_cells_as_columns(study, slug):
    asked, export = _asked(study, slug), CATALOGUE[slug]
    columns = [column.name for column in export.columns(asked)]
    rows = list(export.rows(asked))
    assert rows
    assert {len(row) for row in rows} == {len(columns)}
    assert len({name.lower() for name in columns}) == len(columns)
    assert [name for name in columns if not NAME.fullmatch(name)] == []
    assert [name for name in columns if name.lower() in RESERVED] == []
    assert {column.name for column in FIXED[slug]} - {"quote", "body"} <= set(columns)


@pytest.mark.parametrize("slug", sorted(set(CATALOGUE) - set(ONE) - {"journal"}))
def test_an_empty_study_gives_a_header(db, slug):
    study = people.study()
    text = written(table(study, slug)).decode()
    assert len(list(csv.reader(io.StringIO(text)))) == 1


def test_articles_stream_in_the_order_of_their_dates(client, db):
    study = people.study()
    for number in (5, 2, 9):
        corpus.article(study, number)
    frame = read(client, study, "articles")
    assert list(frame.published_on) == sorted(frame.published_on)


def test_passages_are_those_of_submitted_codings(db):
    study = people.study()
    round = builders.round(study)
    coding = builders.take(round)
    words = mark(coding, 0, 12)
    builders.submit(coding)
    mark(builders.take(round), 0, 5)
    (row,) = exported(study, "passages")
    assert (row["start"], row["end"], row["quote"]) == ("0", "12", words)
    (bare,) = exported(study, "passages", may_read=False)
    assert "quote" not in bare
    assert words not in bare.values()


def test_the_journal_tells_every_act(study):
    found = exported(study, "journal")
    assert found[0]["act"] == "start_study"
    assert {row["person"] for row in found} == {"ana"}


def test_the_titles_of_exports_are_said_in_the_reader_s_language(study):
    with translation.override("sr-latn"):
        label = table(study, "codings-wide", language="sr-latn").columns[8].label
    assert label == "Relevantnost"
