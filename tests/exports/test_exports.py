import csv
import io

import pandas as pd
import pytest
from django.urls import reverse

from mediacoding.exports.catalogue import CATALOGUE
from mediacoding.exports.request import export_request
from mediacoding.exports.writing import PRESETS, csv_pieces, safe
from tests.builders import coding as builders
from tests.builders import corpus
from tests.builders import studies as people


def written(headers, rows, preset="standard"):
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


def test_a_file_begins_with_the_mark_that_spreadsheets_look_for():
    text = written(["a", "b"], [(1, 'ž "x"'), (None, "=1")])
    assert text == '\ufeffa,b\r\n1,"ž ""x"""\r\n,\'=1\r\n'


def test_the_semicolon_preset_has_decimal_commas():
    assert written(["a"], [(0.5,)], "semicolon").splitlines()[1] == "0,5"


@pytest.fixture
def study(db):
    study = people.study()
    round = builders.round(study)
    builders.code(round, "boris", *[builders.READY] * 3)
    builders.code(
        round, "vesna", *[{**builders.READY, "relevance": "2", "area": "12,5"}] * 2
    )
    return study


def read(client, study, slug, **asked):
    client.force_login(people.person())
    response = client.get(reverse("exports:download", args=[study.slug, slug]), asked)
    return pd.read_csv(
        io.BytesIO(b"".join(response.streaming_content)), encoding="utf-8-sig"
    )


def test_the_long_file_holds_every_answer(client, study):
    frame = read(client, study, "codings-long")
    assert len(frame) == 5 * 5  # four answers and the area, asked or not
    assert set(frame.state) == {"value", "not_applicable"}
    tone = frame[frame.variable == "tone"]
    assert set(tone.label) == {"Lurid"}
    assert set(frame[frame.variable == "area"].value.dropna()) == {"12.5"}


def test_the_wide_file_has_a_column_per_option_in_codebook_order(client, study):
    frame = read(client, study, "codings-wide")
    names = list(frame.columns)
    assert names.index("sources") + 1 == names.index("sources_0")
    assert names.index("relevance") < names.index("tone") < names.index("page_no")
    assert len(frame) == 5
    assert frame["sources_2"].sum() == 5


def test_final_values_say_where_they_come_from(client, study):
    frame = read(client, study, "final-values")
    assert set(frame[frame.variable == "tone"].origin) == {"unanimous", "single"}
    assert set(frame[frame.variable == "relevance"].origin) == {"undecided", "single"}


def test_articles_come_without_texts_unless_asked(client, study):
    assert "body" not in read(client, study, "articles").columns
    assert read(client, study, "articles", text="1").body.str.contains("Đorđu").all()


@pytest.mark.parametrize("slug", CATALOGUE)
def test_every_export_has_as_many_cells_as_columns(study, slug):
    asked = export_request(study=study, person=people.person(), language="sr")
    export = CATALOGUE[slug]
    columns = export.columns(asked)
    rows = list(export.rows(asked))
    assert rows
    assert {len(row) for row in rows} == {len(columns)}
    assert len(set(columns)) == len(columns)


@pytest.mark.parametrize("slug", CATALOGUE)
def test_an_empty_study_gives_a_header(db, slug):
    study = people.study()
    asked = export_request(study=study, person=people.person(), language="en")
    text = written(CATALOGUE[slug].columns(asked), CATALOGUE[slug].rows(asked))
    assert len(list(csv.reader(io.StringIO(text)))) == 1


def test_articles_stream_in_the_order_of_their_dates(client, db):
    study = people.study()
    for number in (5, 2, 9):
        corpus.article(study, number)
    frame = read(client, study, "articles")
    assert list(frame.published_on) == sorted(frame.published_on)
