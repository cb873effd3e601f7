"""Codebooks as Excel workbooks (.xlsx), both ways; nothing of a document is lost. Pure."""

import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from codebook import checks, shape
from codebook.document import Document
from codebook.interchange.cells import Cell, cell_from
from codebook.interchange.columns import COLUMNS
from codebook.interchange.from_sheets import Read, read_tables
from codebook.interchange.into_sheets import tables_of
from codebook.interchange.tables import JSON, PASSED_OVER, CellProblem, Table, letters
from codebook.levels import Evidence, Kind, Level
from codebook.places import Problem
from codebook.reading import Reading

MOST_UNPACKED = 30_000_000  # bytes
MOST_CELLS = 3_000_000  # of a sheet, with the empty ones up to its farthest corner
CELL = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')
ABOUT = "read me"
WIDTHS = {
    "label": 28, "question": 44, "notes": 44, "definition": 50, "examples": 36, "rule": 44,
    "value": 50, "action": 44, "formula": 44, "ask_if": 28, "field": 28, "list": 36, JSON: 30,
    "summary": 44, "note": 44, "missing_codes": 15, "reliability": 19,
}  # fmt: skip
CHOICES = {
    "type": list(Kind), "level": list(Level), "evidence": list(Evidence),
    "status": ["active", "retired"], "reliability.metric": list(Level),
}  # fmt: skip
#: The same document gives the same file: no time of writing in it.
MADE_AT = dt.datetime(2000, 1, 1)  # noqa: DTZ001
README = (
    "A codebook of mediacoding: change it here and read it in again.",
    "One row is one variable, category, section, rule ... The order of the rows counts.",
    "A header may name a language: label [sr]. Without one the text holds for all languages.",
    "Codes of a list stand in one cell: 98, 99. Examples stand one in a line.",
    "The column “json” keeps what no other column can say. Leave it as it is.",
    "A column or a sheet whose name begins with # is passed over, and so is this sheet.",
)


# Writing


def write(document: Document) -> bytes:
    """Return the document as a workbook; `read` gives an equal document.

    The document's shape must be right (`codebook.shape`).
    """
    import xlsxwriter

    file = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_numbers": False,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(file, options) as workbook:
        workbook.set_properties({"title": document.title.in_("en"), "created": MADE_AT})
        about = workbook.add_worksheet(ABOUT)
        about.set_column(0, 0, 100)
        for at, line in enumerate(
            (*README, f"Digest of the document: {document.digest}")
        ):
            about.write_string(at, 0, line)
        for table in tables_of(document):
            _write_sheet(workbook, table)
    return file.getvalue()


def _write_sheet(workbook: Any, table: Table) -> None:
    sheet = workbook.add_worksheet(table.name)
    bold = workbook.add_format({"bold": True, "bottom": 1, "valign": "top"})
    wrapped = workbook.add_format(
        {"text_wrap": True, "valign": "top", "num_format": "@"}
    )
    number = workbook.add_format({"valign": "top"})
    for column, header in enumerate(table.headers):
        path = header.partition(" [")[0]
        width = WIDTHS.get(path) or WIDTHS.get(path.partition(".")[0], 12)
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, header, bold)
        if path in CHOICES:
            sheet.data_validation(
                1, column, len(table.rows) + 200, column,
                {"validate": "list", "source": CHOICES[path], "error_type": "warning"},
            )  # fmt: skip
    for at, row in enumerate(table.rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, bool):
                sheet.write_boolean(at, column, cell, number)
            elif isinstance(cell, int | float):
                sheet.write_number(at, column, cell, number)
            elif cell is not None:
                sheet.write_string(at, column, cell, wrapped)
    sheet.freeze_panes(1, 2 if table.name in ("variables", "categories") else 1)


# Reading


def read(data: bytes) -> Reading:
    """Read a workbook, with every problem at once and its sheet, row and column.

    A document is returned when its shape is right, even if coders could not work with it
    yet.
    """
    found: list[Problem] = []
    tables = _tables(data, found)
    if tables is None:
        return Reading(None, tuple(found))
    result = read_tables(tables)
    result.problems[:0] = found
    result.problems += map(result.placed, shape.problems(result.tree))
    if result.problems:
        return Reading(None, _sorted(result, tables))
    document = Document(result.tree)
    result.problems += map(result.placed, checks.problems(document))
    return Reading(document, _sorted(result, tables))


def _sorted(result: Read, tables: dict[str, Table]) -> tuple[Problem, ...]:
    order = {name: at for at, name in enumerate(tables)}

    def place(problem: Problem) -> tuple[int, int, int]:
        if isinstance(problem, CellProblem):
            return order.get(problem.sheet, -1), problem.row, problem.column
        return -1, 0, 0

    return tuple(sorted(result.problems, key=place))


def _tables(data: bytes, problems: list[Problem]) -> dict[str, Table] | None:
    """The sheets by their names; None, with a problem, where there is no codebook."""
    import python_calamine

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sentence := _refusal(archive):
                problems.append(Problem((), sentence))
                return None
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        tables = {table.name: table for table in _sheets(workbook, problems)}
    except (zipfile.BadZipFile, zlib.error, python_calamine.CalamineError):
        problems.append(Problem((), "The file is no Excel workbook that can be read."))
        return None
    absent = [name for name in ("codebook", "variables") if name not in tables]
    problems += [
        Problem(
            (),
            f"The workbook has no sheet “{name}”. Download a codebook as XLSX to see the "
            "shape.",
        )
        for name in absent
    ]
    return None if absent else tables


def _refusal(archive: zipfile.ZipFile) -> str:
    """Why an archive is not opened as a workbook, if so; it may be built to do harm."""
    if "project.qde" in archive.namelist():
        return "This is a whole REFI-QDA project (.qdpx). Export the codebook alone (.qdc)."
    if sum(member.file_size for member in archive.infolist()) > MOST_UNPACKED:
        return "The workbook unpacks to more than 30 MB; no codebook does."
    if archive.testzip() is not None:  # a member is larger than it says, or broken
        raise zipfile.BadZipFile
    for name in archive.namelist():
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            cells = CELL.findall(archive.read(name))
            rows = max((int(row) for _column, row in cells), default=0)
            columns = max((_number(column) for column, _row in cells), default=0)
            if rows * columns > MOST_CELLS:
                return (
                    f"A sheet reaches to row {rows} and column {letters(columns)}. Delete "
                    "the empty rows and columns behind the codebook."
                )
    return ""


def _number(column: bytes) -> int:
    """The number of a column that Excel calls A, B, ..., AA."""
    number = 0
    for letter in column:
        number = number * 26 + letter - ord("A") + 1
    return number


def _sheets(workbook: Any, problems: list[Problem]) -> Iterator[Table]:
    for title in workbook.sheet_names:
        name = title.strip().lower()
        if name == ABOUT or name.startswith(PASSED_OVER):
            continue
        rows = workbook.get_sheet_by_name(title).to_python(skip_empty_area=False)
        cells = [[cell_from(cell) for cell in row] for row in rows]
        if name in COLUMNS:
            yield _table(name, cells)
        elif any(cell is not None for row in cells for cell in row):
            sentence = (
                f"“{title}” is no sheet of a codebook. Delete it, or begin its name with # "
                "to have it passed over."
            )
            problems.append(CellProblem((), sentence, sheet=title))


def _table(name: str, cells: list[list[Cell | None]]) -> Table:
    width = max(map(len, cells), default=0)
    rows: list[list[Cell | None]] = [
        [*row, *[None] * (width - len(row))] for row in cells
    ]
    headers = [str(cell or "").strip() for cell in rows[0]] if rows else []
    return Table(name, headers, rows[1:])
