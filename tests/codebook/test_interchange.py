"""Codebooks in every format: nothing is lost; workbooks, and their faults by cell."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
import python_calamine
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codebook import reading
from codebook.document import Document
from codebook.interchange import files, workbook
from codebook.interchange.cells import same
from codebook.interchange.tables import letters
from tests.builders import codebooks
from tests.codebook import strategies

FOLDER = codebooks.FIXTURES / "codebooks"
SOUND = sorted(
    path
    for path in FOLDER.rglob("*.yaml")
    if path.name != "broken.yaml"
    and reading.read(path.read_text(encoding="utf-8")).document
)


def document_of(path: Path) -> Document:
    document = reading.read(path.read_text(encoding="utf-8")).document
    assert document is not None
    return document


def tree_of(found: reading.Reading):
    assert found.document is not None, [str(problem) for problem in found.problems]
    return found.document.tree


def sheet_of(data: bytes, name: str):
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    headers, *rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return headers, rows


def edited(data: bytes, changes: dict[tuple[str, int, str], object]) -> bytes:
    """A workbook with some cells changed: by sheet, row and header."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as new:
        for name in book.sheet_names:
            sheet = new.add_worksheet(name)
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for at, row in enumerate(rows, start=1):
                for column, cell in enumerate(row):
                    header = rows[0][column]
                    value = changes.pop((name, at, header), cell)
                    if value not in ("", None):
                        sheet.write(at - 1, column, value)
    assert changes == {}
    return file.getvalue()


# Nothing is lost


@pytest.mark.parametrize("form", files.FORMATS)
@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.stem)
def test_a_codebook_comes_back_from_every_format_as_it_was(path, form):
    document = document_of(path)

    again = files.read(files.write(document, form))

    assert same(tree_of(again), document.tree)
    assert again.document.digest == document.digest
    assert again.notes == ()


leaves = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**60), 2**60), st.text(max_size=8),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([" a", "[]", "[1]", "1, 2", "true", "1.0", "_x0041_", "a\nb", "a\rb", "\x07"]),
)  # fmt: skip
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["en", "sr", "x", "json", "Label", "a.b", "#", ""]) | st.text(max_size=4),
            inner, max_size=3,
        ),
    ),
    max_leaves=6,
)  # fmt: skip
extras = st.dictionaries(
    st.sampled_from(["extra", "json", "value", "list", "exact", "Name", "a.b", "rest"])
    | st.text(min_size=1, max_size=5),
    trees, max_size=3,
)  # fmt: skip
KNOWN = {
    "codebook", "sections", "variables", "derived_variables", "id", "name", "label", "title",
    "version", "languages", "missing_codes", "general_rules", "universe", "question", "notes",
    "level", "type", "categories", "code", "definition", "examples", "rule", "status", "parent",
}  # fmt: skip


@st.composite
def wild_documents(draw):
    """A document with anything that the program does not know, anywhere."""
    tree = json.loads(draw(strategies.documents()).stored_text)
    places = [tree, tree["codebook"], *tree["variables"]]
    places += [c for v in tree["variables"] for c in v.get("categories", [])]
    places += [*(tree.get("sections") or []), *(tree.get("derived_variables") or [])]
    for place in places:
        if draw(st.booleans()):
            added = draw(extras)
            place.update(
                {k: v for k, v in added.items() if k not in KNOWN | set(place)}
            )
    tree["codebook"]["missing_codes"] = draw(
        st.dictionaries(
            st.sampled_from(["categorical", "numeric"]),
            st.dictionaries(st.sampled_from(["98", "-99", "098", "x"]), trees, max_size=3),
            max_size=2,
        )
    )  # fmt: skip
    return Document(tree)


@pytest.mark.parametrize("form", ["xlsx", "qdc"])
@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)  # fmt: skip
@given(document=wild_documents())
def test_nothing_that_a_file_may_hold_is_lost(form, document):
    again = files.read(files.write(document, form))
    assert same(tree_of(again), document.tree)


# XLSX


def test_a_workbook_says_a_codebook_as_a_person_would():
    data = workbook.write(codebooks.internet_window("1.1"))

    headers, rows = sheet_of(data, "variables")
    relevance = dict(zip(headers, rows[0], strict=True))
    assert relevance["name"] == "relevance"
    assert relevance["label [sr]"] == "Relevantnost (filter)"
    assert relevance["ends_item_if"] == "relevance == 0"
    assert relevance["reliability.minimum"] == 0.8
    headers, rows = sheet_of(data, "categories")
    third = dict(zip(headers, rows[3], strict=True))
    assert third["variable"] == "relevance"
    assert third["code"] == 3
    assert third["label [en]"] == "Main topic"
    assert third["examples"] == "arrest for recruiting a pupil in a chat room"
    _headers, rows = sheet_of(data, "missing codes")
    assert rows[0] == ["categorical", 98, "Not determinable", "Nije moguće utvrditi"] + [""] * (len(rows[0]) - 4)  # fmt: skip
    _headers, rows = sheet_of(data, "groups")
    assert rows[0] == ["outlet_type", "quality", "1, 4, 9"]


def test_the_same_document_gives_the_same_workbook():
    document = codebooks.document()
    assert workbook.write(document) == workbook.write(document)


def test_a_text_that_no_cell_holds_is_kept():
    tree = json.loads(codebooks.document().stored_text)
    tree["variables"][0]["notes"] = "long " * 20_000
    assert same(tree_of(workbook.read(workbook.write(Document(tree)))), tree)


def test_an_entry_without_any_field_is_kept():
    tree = json.loads(codebooks.document().stored_text)
    tree["codebook"]["version_history"] = [{}, {"version": "1.0", "changes": [{}]}]
    assert same(tree_of(workbook.read(workbook.write(Document(tree)))), tree)


def test_what_people_type_is_understood():
    data = edited(
        workbook.write(codebooks.document()),
        {
            ("codebook", 4, "value"): 1.2,
            ("variables", 2, "reliability.minimum"): "0,5",
            ("variables", 2, "required"): "no",
            ("variables", 3, "missing_codes"): "98; 99",
            ("variables", 4, "missing_codes"): "[98]",
            ("variables", 5, "max"): "200",
            ("categories", 2, "examples [en]"): "one\n two ",
        },
    )

    document = workbook.read(data).document

    assert document.number == "1.2"
    assert document.variable("relevance").reliability.minimum == 0.5
    assert not document.variable("relevance").required
    assert document.variable("tone").missing_codes == {98, 99}
    assert document.variable("sources").missing_codes == {98}
    assert document.variable("page_no").maximum == 200
    examples = document.variable("relevance").category(0).examples
    assert [str(example) for example in examples] == ["one", "two"]


def test_columns_and_sheets_that_begin_with_a_hash_are_passed_over():
    document = codebooks.document()
    file = io.BytesIO()
    data = edited(workbook.write(document), {("variables", 1, "unit"): "#mine"})
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    with xlsxwriter.Workbook(file) as new:
        for name in book.sheet_names:
            sheet = new.add_worksheet(name.title())
            for at, row in enumerate(book.get_sheet_by_name(name).to_python()):
                sheet.write_row(at, 0, row)
        new.add_worksheet("#notes").write(0, 0, "to do")
    assert same(tree_of(workbook.read(file.getvalue())), document.tree)


FAULTS = {
    "level": (
        ("variables", 3, "level"), "nominal!",
        "sheet “variables”, row 3, column {} (level): “level” must be one of nominal, ordinal, "
        "interval, ratio, text, not 'nominal!'.",
    ),
    "absent": (
        ("variables", 3, "type"), None, "sheet “variables”, row 3: “type” is missing.",
    ),
    "name": (
        ("variables", 3, "name"), "tön",
        "sheet “categories”, row 5, column A (variable): There is no “tone” on the sheet "
        "“variables”.",
    ),
    "filter": (
        ("variables", 3, "ask_if"), "relevance >=",
        "sheet “variables”, row 3, column {} (ask_if): The filter of “tone” cannot be read: "
        "Expected number or text, found the end. (column 13)",
    ),
    "code": (
        ("categories", 3, "code"), "one",
        "sheet “categories”, row 3, column B (code): “code” must be a whole number, not 'one'.",
    ),
    "language": (
        ("categories", 3, "label [sr]"), None,
        "sheet “categories”, row 3, column C (label [en]): Category 1 of “relevance” has no "
        "label in “sr”.",
    ),
    "minimum": (
        ("variables", 2, "reliability.minimum"), 0.9,
        "sheet “variables”, row 2: The minimum 0.9 of "
        "“relevance” is above its target 0.8.",
    ),
    "header": (
        ("sections", 1, "label [sr]"), "label [Serbian!]",
        "sheet “sections”, row 1, column C: “label [Serbian!]” is no header: write a field, or "
        "a field and its language, such as “label [en]”.",
    ),
    "nameless": (
        ("sections", 1, "label [sr]"), None,
        "sheet “sections”, row 1, column C: The column has no header: name its field, or begin "
        "it with #.",
    ),
    "twice": (
        ("sections", 1, "label [sr]"), "label [en]",
        "sheet “sections”, row 1, column C: The column “label [en]” stands here twice.",
    ),
    "field": (
        ("codebook", 4, "field"), "id",
        "sheet “codebook”, row 4, column A (field): “id” stands here twice.",
    ),
    "title": (
        ("codebook", 3, "field"), "titel", "sheet “codebook”: “title” is missing.",
    ),
    "missing code": (
        ("missing codes", 3, "code"), 98,
        "sheet “missing codes”, row 3, column B (code): Code 98 of “categorical” stands here "
        "twice.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_with_its_sheet_row_and_column(fault):
    (sheet, row, header), value, sentence = FAULTS[fault]
    data = workbook.write(codebooks.document())
    column = letters(sheet_of(data, sheet)[0].index(header) + 1)

    found = workbook.read(edited(data, {(sheet, row, header): value}))

    assert sentence.format(column) in [str(problem) for problem in found.problems]
    assert found.draft is None


def test_every_fault_of_a_workbook_is_told_at_once_in_the_order_of_the_sheets():
    data = edited(
        workbook.write(codebooks.document()),
        {
            ("categories", 3, "code"): "one",
            ("variables", 5, "max"): "many",
            ("codebook", 2, "value"): None,
        },
    )
    told = [str(problem).partition(",")[0] for problem in workbook.read(data).problems]
    assert told == ["sheet “codebook”: “id” is missing.", "sheet “variables”", "sheet “categories”"]  # fmt: skip


def test_json_that_cannot_be_read_or_says_a_thing_twice_is_told():
    tree = {**codebooks.document().tree, "variables": [
        {**codebooks.document().tree["variables"][0], "odd": {"a": 1}}
    ]}  # fmt: skip
    data = workbook.write(Document(tree))
    for text, sentence in (
        ("{", "The cell holds no valid JSON"),
        ("[1]", "The JSON must be an object"),
        ('{"name": "x"}', "“name” is said twice in this row: in its own column and in “json”."),
    ):  # fmt: skip
        found = workbook.read(edited(data, {("variables", 2, "json"): text}))
        (problem,) = found.problems
        assert sentence in problem.sentence
        assert "row 2" in problem.where


def made(*sheets):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        for name, cells in sheets:
            sheet = book.add_worksheet(name)
            for (row, column), cell in cells.items():
                sheet.write(row, column, cell)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (made(("articles", {(0, 0): "x"})), "The workbook has no sheet “codebook”."),
        (made(("codebook", {}), ("variables", {}), ("notes", {(0, 0): "x"})), "“notes” is no sheet of a codebook."),
        (made(("variables", {(1_048_575, 16_383): "x"})), "A sheet reaches to row 1048576 and column XFD."),
        (b"PK\x03\x04 and nothing else", "The file is no Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "This is an old Excel file (.xls)."),
        ("id: ć".encode("cp1250"), "The text is not UTF-8."),
        (b"", "The file is empty."),
    ],
)  # fmt: skip
def test_what_is_no_codebook_is_refused_in_a_sentence(data, sentence):
    found = files.read(data)
    assert found.document is None
    assert any(problem.sentence.startswith(sentence) for problem in found.problems)


@pytest.mark.parametrize("module", ["interchange.files", "flow", "printed"])
def test_pure_modules_load_without_django(module):
    code = f"import sys, codebook.{module}; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_columns_are_named_as_in_excel():
    assert letters(1) == "A"
    assert letters(26) == "Z"
    assert letters(27) == "AA"
    assert letters(16_384) == "XFD"
