"""Every format says what the CSV says, when another program reads it back."""

import csv
import importlib.util
import io
import json
import shutil
import subprocess
import sys
import zipfile

import pandas as pd
import pyreadstat
import pytest

from mediacoding.exports import files
from mediacoding.exports.catalogue import CATALOGUE
from mediacoding.exports.formats import stata
from tests.exports.reading import READERS, rows, table, unescaped, written

CHOSEN = {"kalpha": {"variables": ("tone",)}}
MANY = sorted(set(CATALOGUE) - {"recal", "passages"})
needs_pyarrow = pytest.mark.skipif(
    importlib.util.find_spec("pyarrow") is None, reason="pyarrow is an extra"
)
FORMS = [
    "xlsx", "sav", "dta", "jsonl", pytest.param("parquet", marks=needs_pyarrow),
]  # fmt: skip


def as_number(text, digits):
    return repr(float(f"{float(text):.{digits}g}")).removesuffix(".0")


def comparable(form, found, head, body):
    """The cells of a CSV as a format has them, for what each cannot say."""
    letters = {str(k): v for k, v in stata.letters_of(found.columns).items()}
    coded = {
        place: {str(code) for code in column.missing}
        for place, column in enumerate(found.columns)
    }
    for row in body:
        for place, cell in enumerate(row):
            column = found.columns[place]
            plain = unescaped(cell)
            if form == "dta" and plain in coded[place]:
                plain = letters[plain]
            if column.type in ("decimal", "whole") and plain not in (
                "",
                *letters.values(),
            ):
                plain = as_number(plain, 15 if form == "xlsx" else 17)
            row[place] = plain.rstrip(" ") if form == "sav" else plain
    return head, body


@pytest.mark.parametrize("form", FORMS)
def test_every_export_reads_back_as_its_csv(study, form, tmp_path):
    for slug in MANY:
        chosen = CHOSEN.get(slug, {})
        found = table(study, slug, **chosen)
        path = tmp_path / f"{slug}.{form}"
        path.write_bytes(written(found, form))
        head, *body = rows(written(table(study, slug, **chosen)).decode())
        names, cells = READERS[form](path)
        if form == "xlsx":  # a workbook keeps fifteen digits
            decimals = [column.type == "decimal" for column in found.columns]
            cells = [
                [
                    as_number(c, 15) if c and d else c
                    for c, d in zip(row, decimals, strict=True)
                ]
                for row in cells
            ]
        assert (names, cells) == comparable(form, found, head, body), slug


def test_the_preset_for_spreadsheets_says_the_same_with_other_marks(study):
    head, *body = rows(written(table(study, "codings-wide"), "csv-excel").decode(), ";")
    first, *others = rows(written(table(study, "codings-wide")).decode())
    assert head == first
    area = head.index("area")
    assert [row[area].replace(",", ".") for row in body] == [
        row[area] for row in others
    ]
    assert "12,5" in {row[area] for row in body}


def test_spss_knows_labels_levels_and_missing_codes(study, tmp_path):
    path = tmp_path / "wide.sav"
    path.write_bytes(written(table(study, "codings-wide"), "sav"))
    data, _about = pyreadstat.read_sav(path)
    _all, about = pyreadstat.read_sav(path, user_missing=True)
    assert about.column_names_to_labels["tone"] == "Tone"
    assert about.variable_value_labels["tone"] == {
        1: "Sober", 2: "Lurid", 98: "Not determinable", 99: "Not applicable",
    }  # fmt: skip
    assert about.missing_ranges["tone"] == [{"lo": 98, "hi": 98}, {"lo": 99, "hi": 99}]
    assert about.variable_measure["relevance"] == "ordinal"
    assert about.variable_measure["tone"] == "nominal"
    assert about.variable_measure["area"] == "scale"
    assert data["tone"].isna().sum() == 3  # as SPSS counts: two 99, one 98
    assert str(data["day"].dropna().iloc[0]) == "2006-03-14"
    assert "Internet window" in " ".join(about.notes)


def test_stata_has_missing_codes_of_its_own_with_their_words(study, tmp_path):
    path = tmp_path / "wide.dta"
    path.write_bytes(written(table(study, "codings-wide"), "dta"))
    _data, about = pyreadstat.read_dta(path, user_missing=True)
    labels = about.variable_value_labels["tone"]
    assert labels == {
        1: "Sober",
        2: "Lurid",
        "b": "Not determinable",
        "c": "Not applicable",
    }
    frame = pd.read_stata(path, convert_categoricals=False)
    assert frame["tone"].isna().sum() == 3
    assert frame["relevance"].tolist().count(0) == 2


def test_the_workbook_has_data_codebook_and_notes(study, tmp_path):
    from python_calamine import CalamineWorkbook

    path = tmp_path / "wide.xlsx"
    path.write_bytes(written(table(study, "codings-wide"), "xlsx"))
    book = CalamineWorkbook.from_path(str(path))
    assert book.sheet_names == ["Data", "Codebook", "Notes"]
    codebook = book.get_sheet_by_name("Codebook").to_python()
    assert [
        "tone",
        "Tone",
        "whole",
        "nominal",
        98,
        "Not determinable",
        "1",
        "",
    ] in codebook
    notes = dict(row[:2] for row in book.get_sheet_by_name("Notes").to_python())
    assert notes["Rows"] == "10"
    assert notes["Codebook"].startswith("Small codebook 1.0 (")


@needs_pyarrow
def test_parquet_carries_labels_and_facts_in_its_schema(study, tmp_path):
    import pyarrow.parquet as pq

    path = tmp_path / "wide.parquet"
    path.write_bytes(written(table(study, "codings-wide"), "parquet"))
    schema = pq.read_schema(path)
    told = {k.decode(): v.decode() for k, v in schema.field("tone").metadata.items()}
    assert json.loads(told["labels"])["98"] == "Not determinable"
    assert json.loads(told["missing"]) == [98, 99]
    assert str(schema.field("tone").type) == "int64"
    assert "Internet window" in schema.metadata[b"mediacoding.facts"].decode()


def unpacked(found, form, folder):
    data = b"".join(files.bundle(found, files.FORMATS[form]))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(folder)
        return archive.namelist()


def test_a_bundle_holds_the_file_and_all_that_helps_to_read_it(study, tmp_path):
    found = table(study, "codings-wide")
    names = unpacked(found, "sav", tmp_path)
    assert [name.removeprefix(found.stem) for name in names] == [
        ".sav", ".sps", ".py", ".R", "_columns.csv", "_notes.txt",
    ]  # fmt: skip
    codes = list(csv.DictReader((tmp_path / names[4]).open(encoding="utf-8-sig")))
    assert {row["code"] for row in codes if row["column"] == "tone"} == {
        "1",
        "2",
        "98",
        "99",
    }
    assert "Codebook: Small codebook 1.0" in (tmp_path / names[5]).read_text("utf-8")


CHECK = """
import json, runpy, sys
script = sys.argv.pop(1)
found = runpy.run_path(script)
data, valid, labelled = found["data"], found["valid"], found["labelled"]
print(json.dumps({
    "names": list(data.columns),
    "tone": [int(x) for x in data["tone"]],
    "valid": int(valid["tone"].isna().sum()),
    "words": sorted(set(map(str, labelled["tone"]))),
    "ordered": bool(labelled["relevance"].cat.ordered),
    "days": sorted({str(d)[:10] for d in data["published_on"]}),
    "area": sorted({float(x) for x in data["area"].dropna()}),
    "remarks": sorted(set(data["remarks"])),
}))
"""


@pytest.mark.parametrize("form", ["csv", "csv-excel", *FORMS])
def test_the_script_for_pandas_reads_each_format(study, form, tmp_path):
    found = table(study, "codings-wide")
    names = unpacked(found, form, tmp_path)
    script = next(name for name in names if name.endswith(".py"))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", CHECK, script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["names"] == found.names
    assert sorted(told["tone"]) == [1, 1, 1, 1, 2, 2, 2, 98, 99, 99]
    assert told["valid"] == 3
    assert told["words"] == ["Lurid", "Not applicable", "Not determinable", "Sober"]
    assert told["ordered"]
    assert told["days"][0] == "2006-03-02"
    assert told["area"] == [12.5]
    assert [unescaped(text) for text in told["remarks"]] == [
        "", "=1+1 „ž“\nsecond line",
    ]  # fmt: skip


R_CHECK = """
stopifnot(identical(sort(data$tone), c(1, 1, 1, 1, 2, 2, 2, 98, 99, 99)))
stopifnot(sum(is.na(valid$tone)) == 3)
stopifnot(identical(levels(labelled$tone),
  c("Sober", "Lurid", "Not determinable", "Not applicable")))
stopifnot(is.ordered(labelled$relevance), !is.ordered(labelled$tone))
stopifnot(identical(min(data$published_on), as.Date("2006-03-02")))
stopifnot(identical(unique(data$area[!is.na(data$area)]), 12.5))
stopifnot(any(grepl("1\\\\+1 \\u201e\\u017e\\u201c\\nsecond line", data$remarks)))
cat("read", nrow(data), "rows")
"""


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not on this machine")
@pytest.mark.parametrize("form", ["csv", "csv-excel", "sav", "dta"])
def test_the_script_for_r_reads_each_format(study, form, tmp_path):
    names = unpacked(table(study, "codings-wide"), form, tmp_path)
    script = next(name for name in names if name.endswith(".R"))
    (tmp_path / "check.R").write_text(
        f'source("{script}", encoding = "UTF-8")\n{R_CHECK}', encoding="utf-8"
    )
    done = subprocess.run(
        ["Rscript", "check.R"],
        cwd=tmp_path,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    if "there is no package called" in done.stderr:
        pytest.skip("R has no haven on this machine.")
    assert done.stdout.endswith("read 10 rows"), done.stderr


@pytest.mark.skipif(shutil.which("pspp") is None, reason="PSPP is not on this machine")
def test_pspp_reads_the_file_and_makes_the_sets_of_the_syntax(study, tmp_path):
    found = table(study, "codings-wide")
    names = unpacked(found, "sav", tmp_path)
    before = pyreadstat.read_sav(tmp_path / names[0], user_missing=True)
    done = subprocess.run(
        ["pspp", "--syntax-encoding=UTF-8", "-o", "said.txt", names[1]],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    said = (
        (tmp_path / "said.txt").read_text() if (tmp_path / "said.txt").exists() else ""
    )
    assert done.returncode == 0, said + done.stdout + done.stderr
    assert "warning" not in said.lower(), said
    data, about = pyreadstat.read_sav(tmp_path / names[0], user_missing=True)
    assert data.equals(before[0])
    assert about.variable_value_labels == before[1].variable_value_labels
    assert about.missing_ranges == before[1].missing_ranges
    assert about.variable_measure == before[1].variable_measure
    options = ["sources_0", "sources_1", "sources_2", "sources_3"]
    (told,) = about.mr_sets.values()
    assert told["variable_list"] == options
    assert told["counted_value"] in (1, "1")
