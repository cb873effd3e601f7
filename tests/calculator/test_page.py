"""The page and the command: published values, the same from every kind of file, nothing kept."""

import csv
import io
import json
import re
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest
import xlsxwriter
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from mediacoding.calculator import writing
from mediacoding.exports.writing import safe
from tests.builders import studies as people

FIXTURES = Path(__file__).resolve().parent.parent.parent / "fixtures" / "agreement"
VALUES = json.loads((FIXTURES / "values.json").read_text(encoding="utf-8"))
KEYS = {
    "alpha": "alpha", "holsti": "holsti", "scott": "scott", "cohen": "cohen",
    "fleiss": "fleiss", "light": "light", "ICC(1,1)": "icc_1_1", "ICC(A,1)": "icc_a_1",
    "ICC(C,1)": "icc_c_1", "ICC(1,k)": "icc_1_k", "ICC(A,k)": "icc_a_k",
    "ICC(C,k)": "icc_c_k",
}  # fmt: skip
LEVELS = ("nominal", "ordinal", "interval", "ratio")
PUBLISHED = [
    row
    for row in VALUES
    if row.get("kind") == "published"
    and row["coefficient"] in KEYS
    and row["level"] in LEVELS
    and re.match(r"freelon|hayes|krippendorff2011_c|shrout", row.get("dataset", ""))
]


def test_there_are_published_values_of_recal_and_kalpha():
    assert len(PUBLISHED) >= 25


# -- the command --------------------------------------------------------------------------


def run(*words):
    out = io.StringIO()
    call_command("agreement", *map(str, words), stdout=out, stderr=io.StringIO())
    return out.getvalue()


def rows_of(text):
    """The rows of a CSV by variable and coefficient."""
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    return {(row["variable"], row["coefficient"]): row for row in rows}


def name_of(row):
    return f"{row['dataset']}-{row['coefficient']}-{row['level']}"


@pytest.mark.parametrize("row", PUBLISHED, ids=name_of)
def test_the_command_gives_the_published_value(row):
    key = KEYS[row["coefficient"]]
    text = run(
        FIXTURES / f"{row['dataset']}.csv", "--variable", f"x={row['level']}",
        "--coefficients", key, "--replicates", 100, "--format", "csv",
    )  # fmt: skip
    found = float(rows_of(text)["x", key]["value"])
    assert found == pytest.approx(row["expected"], abs=row["tolerance"])


def test_the_command_needs_no_database():
    """Without the database mark a query would fail here."""
    assert "Krippendorff's alpha  0.7" in run(FIXTURES / "krippendorff2011_c.csv")


def test_the_command_reads_a_long_table(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text("what;who;tone\n1;a;1\n1;b;1\n2;a;2\n2;b;1\n3;a;2\n3;b;2\n")
    text = run(path, "--long", "--unit", "what", "--coder", "who", "--variable", "tone=ordinal")  # fmt: skip
    assert text.startswith(
        "tone: ordinal, 3 units, 3 pairable, 2 coders; most frequent"
    )


def test_the_command_says_which_codes_it_read_as_not_coded(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,99\n2,2\n1,1\n99,1\n")
    assert "; read as not coded: 99 (2)\n" in run(path, "--missing", "99,NA")
    assert "not coded" not in run(path)


def test_the_command_writes_the_paragraph_in_the_asked_language():
    text = run(
        FIXTURES / "krippendorff2011_c.csv", "--variable", "x=ordinal", "--seed", 7,
        "--format", "paragraph",
    )  # fmt: skip
    assert "“x” (ordinal) was coded in 12 units by 4 coders; 11 were coded by two or more." in text  # fmt: skip
    assert "Krippendorff's alpha = .815 (95% CI" in text
    assert "Blank cells were read as not coded." in text
    assert re.search(r"Computed with mediacoding \d", text)
    assert "Krippendorff, K. (2019)." in text


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nothing.csv"], "There is no file"),
        (["FILE", "--unit", "z"], "There is no column “z”. The columns are: a, b, c."),
        (["FILE", "--variable", "x"], "NAME=LEVEL"),
        (["FILE", "--variable", "x=high"], "NAME=LEVEL"),
        (["FILE", "--variable", "x=ordinal", "--variable", "y=ratio"], "There is no variable"),
        (["FILE", "--coefficients", "omega"], "There is no coefficient omega"),
        (["FILE", "--replicates", "5"], "--replicates is a number from 100"),
        (["FILE", "--long"], "one column names the unit"),
        (["FILE", "--columns", "a,c", "--variable", "x=ordinal"], "“u” is no number"),
        (["FILE", "--columns", "a,b", "--categories", "2"], "more than the 2 categories"),
    ],
)  # fmt: skip
def test_the_command_refuses_in_a_sentence(tmp_path, words, sentence):
    path = tmp_path / "a.csv"
    path.write_text("a,b,c\n1,1,u\n2,2,u\n3,2,1\n1,2,2\n")
    with pytest.raises(CommandError, match=sentence):
        run(*[path if word == "FILE" else word for word in words])


# -- the page -----------------------------------------------------------------------------


@pytest.fixture
def page(client, db):
    """Post a file, and choices, as ana."""
    client.force_login(people.person("ana"))
    url = reverse("calculator:calculator")

    def post(content, name="codings.csv", part=False, **choices):
        content = content.encode() if isinstance(content, str) else content
        headers = {"HX-Request": "true"} if part else {}
        file = SimpleUploadedFile(name, content)
        return client.post(url, {"file": file, **choices}, headers=headers)

    return post


def agreement(response):
    """What the page says: the figure of each variable and coefficient."""
    text = response.content.decode()
    found = re.findall(
        r'<tr data-variable="([^"]*)" data-coefficient="([^"]*)">.*?</th><td class="n">([^<]*)</td>',
        text,
    )
    return {(variable, key): value for variable, key, value in found}


def choices_of(response, **changed):
    """All that the page's form holds now, as a browser would send it again."""
    context = response.context
    data = {"mark": context["mark"]}
    for name in ("columns", "variables", "settings"):
        form = context.get(name)
        if form is None:
            continue
        for field in form:
            value = field.value()
            if value not in (None, "", False):
                data[field.html_name] = "on" if value is True else value
    return {**data, **changed}


def level_field(response, at=0):
    return response.context["variables"].rows[at]["fields"][0].html_name


def number(text):
    return float(text.replace("−", "-").replace("> ", ""))


@pytest.mark.parametrize("row", PUBLISHED, ids=name_of)
def test_the_page_gives_the_published_value(page, row):
    key = KEYS[row["coefficient"]]
    content = (FIXTURES / f"{row['dataset']}.csv").read_bytes()
    first = page(content, f"{row['dataset']}.csv")
    choices = choices_of(first, coefficients=[key], replicates="100")
    choices[level_field(first)] = row["level"]
    found = agreement(page(content, f"{row['dataset']}.csv", part=True, **choices))
    assert list(found) == [(row["dataset"], key)]
    tolerance = row["tolerance"] + 0.0005  # the page writes three decimals
    assert number(found[row["dataset"], key]) == pytest.approx(
        row["expected"], abs=tolerance
    )


TABLE = [
    ["id", "tone_ana", "tone_boris", "frame_ana", "frame_boris"],
    [1, 1, 1, 1, 1],
    [2, 2, 1, 2, 2],
    [3, 2, 2, 1, 2],
    [4, 1, None, 2, 2],
    [5, 1, 2, 1, 1],
    [6, 3, 3, 2, 1],
]


def as_csv():
    return "\n".join(
        ",".join("" if cell is None else str(cell) for cell in row) for row in TABLE
    )


def as_long():
    lines = ["unit,coder,tone,frame"]
    for row in TABLE[1:]:
        cells = ["" if cell is None else str(cell) for cell in row]
        lines += [f"{cells[0]},ana,{cells[1]},{cells[3]}", f"{cells[0]},boris,{cells[2]},{cells[4]}"]  # fmt: skip
    return "\n".join(lines)


def as_xlsx():
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(TABLE):
            sheet.write_row(at, 0, row)
    return buffer.getvalue()


def as_sav(folder):
    path = folder / "codings.sav"
    frame = pd.DataFrame(TABLE[1:], columns=TABLE[0]).astype(float)
    frame = frame.replace({np.nan: np.nan})
    labels = {"tone_ana": {1.0: "negative"}, "tone_boris": {1.0: "negative"}}
    pyreadstat.write_sav(frame, str(path), variable_value_labels=labels)
    return path.read_bytes()


def test_every_kind_of_file_and_both_layouts_give_the_same(page, tmp_path):
    found = agreement(page(as_csv()))
    assert {variable for variable, _key in found} == {"tone", "frame"}
    assert found["tone", "alpha"]
    for content, name in [
        (as_long(), "long.csv"),
        (as_xlsx(), "codings.xlsx"),
        (as_sav(tmp_path), "codings.sav"),
    ]:
        assert agreement(page(content, name)) == found, name


def test_the_labels_of_an_spss_file_are_shown_beside_the_codes(page, tmp_path):
    assert "1 negative" in page(as_sav(tmp_path), "a.sav").content.decode()


def test_a_choice_changes_only_what_was_chosen(page):
    first = page(as_csv())
    choices = choices_of(first, coefficients=["alpha"])
    choices[level_field(first)] = "ordinal"
    second = page(as_csv(), part=True, **choices)
    assert set(agreement(second)) == {("tone", "alpha"), ("frame", "alpha")}
    assert agreement(second)["tone", "alpha"] != agreement(first)["tone", "alpha"]
    assert agreement(second)["frame", "alpha"] == agreement(first)["frame", "alpha"]


def test_a_column_may_be_left_out_and_a_variable_renamed(page):
    choices = choices_of(page(as_csv()))
    choices |= {"variable_1": "Ton", "variable_2": "Ton"}
    del choices["use_3"], choices["use_4"]
    found = agreement(page(as_csv(), part=True, **choices))
    assert {variable for variable, _key in found} == {"Ton"}


def test_another_file_is_looked_at_anew(page):
    choices = choices_of(page(as_csv()))
    found = agreement(page(as_long(), part=True, **choices))
    assert {variable for variable, _key in found} == {"tone", "frame"}


def test_another_layout_is_looked_at_anew(page):
    choices = choices_of(page(as_csv()), layout="long", missing="3")
    response = page(as_csv(), part=True, **choices)
    assert response.status_code == 422
    assert "one column names the unit" in response.content.decode()
    assert response.context["columns"]["missing"].value() == "3"


def test_missing_codes_are_counted_and_said(page):
    choices = choices_of(page(as_csv()), missing="3")
    text = page(as_csv(), part=True, **choices).content.decode()
    assert "3: 2" in text
    assert "the codes 3 (2 cells) were read as not coded" in text


def test_a_minimum_adds_how_probable_it_is_to_be_below(page):
    content = (FIXTURES / "hayes_krippendorff2007.csv").read_bytes()
    choices = choices_of(page(content), minimum="0.8")
    text = page(content, part=True, **choices).content.decode()
    assert "The probability that alpha is below .800 is " in text


@pytest.mark.parametrize(
    ("wanted", "kind", "beginning"),
    [
        ("csv", "text/csv", "\ufeffvariable,level,coefficient,value,"),
        (
            "paragraph",
            "text/plain",
            "“tone” (nominal) was coded in 6 units by 2 coders;",
        ),
    ],
)
def test_results_are_taken_away_with_the_file_posted_again(
    page, wanted, kind, beginning
):
    response = page(as_csv(), **choices_of(page(as_csv())), **{"as": wanted})
    assert response.headers["Content-Type"].startswith(kind)
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.content.decode().startswith(beginning)


def test_the_csv_of_the_page_is_that_of_the_command(page, tmp_path):
    path = tmp_path / "codings.csv"
    path.write_text(as_csv())
    response = page(as_csv(), **{"as": "csv"})
    assert rows_of(response.content.decode()) == rows_of(run(path, "--format", "csv"))


@pytest.mark.parametrize(
    "text", ["=1+1", "-1", "-x", "+2.5", "@a", "a", "", "\tb", "1"]
)
def test_a_cell_is_written_as_safely_as_in_the_exports(text):
    assert writing.safe(text) == safe(text)


def test_a_formula_in_a_name_is_not_run_by_a_spreadsheet(page):
    content = as_csv().replace("tone_", "=cmd|_")
    text = page(content, **{"as": "csv"}).content.decode()
    assert "\r\n'=cmd|,nominal" in text


@pytest.mark.parametrize("times", [1, 300_000])
def test_nothing_of_a_file_is_kept(page, times, tmp_path, monkeypatch, client):
    """Neither of a small file, nor of one that Django puts aside while it is uploaded.

    Uploads of a test and, here, temporary files have their place in `tmp_path`.
    """
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    uploads = Path(settings.HOME) / "uploads"
    content = "a,b\n" + "1,1\n2,1\n" * times
    before, session = set(uploads.rglob("*")), dict(client.session)

    assert agreement(page(content))

    assert list(tmp_path.iterdir()) == []
    assert set(uploads.rglob("*")) == before
    assert dict(client.session) == session


def test_the_page_reads_who_is_there_and_writes_nothing(
    page, django_assert_num_queries
):
    with django_assert_num_queries(2) as asked:  # the session and the person
        page(as_csv())
    assert all(query["sql"].startswith("SELECT") for query in asked.captured_queries)


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        ("", "a.csv", "empty"),
        ("a,b\n1,2,3\n", "a.csv", "Row 2: The row has 3 cells"),
        ("a,b\n", "a.csv", "no rows below"),
        (b"PK\x03\x04nothing", "a.xlsx", "no Excel workbook"),
        (b"$FL2nothing", "a.sav", "The SPSS file cannot be read"),
        ("unit,coder,x\n1,a,1\n1,b,1\n2,a,1\n2,b,2\n2,b,1\n", "a.csv",
         "Rows 5 and 6: coder “b” has two values of “x” for unit “2”"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("part", [True, False])
def test_a_bad_file_is_refused_in_a_sentence(page, content, name, sentence, part):
    response = page(content, name, part=part)
    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_a_file_above_the_limit_is_refused(page, monkeypatch):
    monkeypatch.setattr("mediacoding.calculator.reading.MOST_BYTES", 10)
    response = page("a,b\n1,1\n2,2\n", part=True)
    assert response.status_code == 422
    assert "The file is larger than" in response.content.decode()


def test_no_file_is_no_fault(client, db):
    client.force_login(people.person("ana"))
    response = client.post(reverse("calculator:calculator"), {"layout": "wide"})
    assert response.status_code == 422


def test_a_text_at_a_numeric_level_is_refused_with_its_place(page):
    content = "a,b\n1,1\n2,x\n1,2\n2,2\n"
    first = page(content)
    choices = choices_of(first)
    choices[level_field(first)] = "ordinal"
    response = page(content, part=True, **choices)
    assert response.status_code == 422
    assert "Row 3, column “b”: “x” is no number" in response.content.decode()


def test_what_is_asked_for_must_make_sense(page):
    choices = choices_of(page(as_csv()), replicates="5")
    response = page(as_csv(), part=True, **choices)
    assert response.status_code == 422
    assert 'class="errors"' in response.content.decode()


def test_the_same_page_serves_a_swap_with_a_part_of_itself(page):
    whole, part = page(as_csv()), page(as_csv(), part=True)
    assert "<!doctype" in whole.content.decode()
    assert "<!doctype" not in part.content.decode()
    assert agreement(whole) == agreement(part)


def test_the_home_page_leads_to_the_calculator(client, db):
    client.force_login(people.person("ana"))
    assert reverse("calculator:calculator") in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Krippendorff's alpha = .815", "References")),
        ("sr-latn", ("Kripendorfova alfa = ,815", "Literatura")),
        ("sr", ("Крипендорфова алфа = ,815", "Литература")),
    ],
)
def test_the_paragraph_is_told_in_every_language(language, words):
    text = run(
        FIXTURES / "krippendorff2011_c.csv", "--variable", "x=ordinal",
        "--format", "paragraph", "--language", language,
    )  # fmt: skip
    assert [word for word in words if word not in text] == []
