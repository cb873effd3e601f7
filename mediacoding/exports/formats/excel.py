"""A workbook: the data, the codebook of its columns, and notes. In constant memory.

Spreadsheets end at 1,048,576 rows, 16,384 columns and 32,767 characters a cell, and
writers cut there without a word: more rows go on on further sheets, longer texts are
written whole, in parts, on a sheet of their own, and more columns are refused.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from mediacoding.exports import cells
from mediacoding.exports.columns import Column, Type
from mediacoding.exports.request import NotExportable
from mediacoding.exports.table import DESCRIPTION, Table, described

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
LONGEST_CELL = 32_767  # in UTF-16 units
#: What stands in a cell whose text is too long, and the length of a part of it elsewhere.
SHOWN, PART = 200, 30_000
#: Spreadsheets know no day before; their year 1900 has a 29 February.
FIRST_DAY = dt.date(1900, 3, 1)


def write(table: Table, path: Path, *, most_rows: int = MOST_ROWS) -> None:
    """Write a table as a workbook. Raises NotExportable if it has too many columns."""
    import xlsxwriter

    if len(table.columns) > MOST_COLUMNS:
        raise NotExportable(
            _(
                "A sheet holds %(most)s columns, and these are %(many)s. Choose fewer "
                "variables or coders, or another format."
            )
            % {"most": MOST_COLUMNS, "many": len(table.columns)}
        )
    book = xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "tmpdir": str(path.parent)}
    )
    book.set_properties({"title": table.title})
    Sheets(book, table, most_rows).write()
    book.close()


class Sheets:
    """The sheets of one workbook while it is written."""

    def __init__(self, book: Any, table: Table, most_rows: int) -> None:
        self.book, self.table, self.most_rows = book, table, most_rows
        self.bold = book.add_format({"bold": True})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.long: Any = None  # the sheet of long texts, once there is one
        self.n_long = 0

    def write(self) -> None:
        names = {_("Data"), _("Codebook"), _("Notes"), _("Long texts")}
        data = self._sheet(_("Data"), self.table.columns)
        codebook = self.book.add_worksheet(_("Codebook")[:31])
        self._describe(codebook)
        notes = self.book.add_worksheet(_("Notes")[:31])
        n_rows = self._data(data, len(names))
        self._notes(notes, n_rows)

    def _sheet(self, name: str, columns: Sequence[Column]) -> Any:
        sheet = self.book.add_worksheet(name[:31])
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, _width(column))
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column.name, self.bold)
        return sheet

    def _data(self, sheet: Any, _n: int) -> int:
        readers = cells.readers_of(self.table.columns)
        types = [column.type for column in self.table.columns]
        line, n_rows, n_sheets = 1, 0, 1
        for row in self.table.rows:
            if line == self.most_rows:
                n_sheets += 1
                sheet = self._sheet(f"{_('Data')} {n_sheets}", self.table.columns)
                line = 1
            for place, cell in enumerate(row):
                if cell is not None and cell != "":
                    found = readers[place](cell)
                    if types[place] is Type.DECIMAL and cells.is_rounded(cell):
                        self._rounded(place)
                    self._cell(sheet, line, place, found, n_rows + 1)
            line += 1
            n_rows += 1
        if n_sheets > 1:
            self.table.notes.add(
                _("The rows go on over %(many)s sheets: a sheet holds %(most)s.")
                % {"many": n_sheets, "most": self.most_rows - 1}
            )
        return n_rows

    def _cell(self, sheet: Any, line: int, place: int, cell: Any, row: int) -> None:
        if isinstance(cell, dt.date):
            if cell >= FIRST_DAY:
                sheet.write_datetime(line, place, cell, self.day)
                return
            self.table.notes.add(
                _(
                    "Days before March 1900 are texts, because spreadsheets count from "
                    "there."
                )
            )
            cell = cell.isoformat()
        if isinstance(cell, int | float):
            sheet.write_number(line, place, cell)
        elif len(cell) * 2 > LONGEST_CELL and cells.n_units(cell) > LONGEST_CELL:
            sheet.write_string(line, place, self._elsewhere(cell, row, place))
        else:
            sheet.write_string(line, place, cell)

    def _elsewhere(self, cell: str, row: int, place: int) -> str:
        """Write a long text on its own sheet, in parts; return what stands in the cell."""
        if self.long is None:
            self.long = self.book.add_worksheet(_("Long texts")[:31])
            for at, name in enumerate(("row", "column", "part", "text")):
                self.long.write_string(0, at, name, self.bold)
            self.table.notes.add(
                _(
                    "Texts longer than the %(most)s characters of a cell stand whole on "
                    "the sheet “%(sheet)s”, in parts, with their row and column."
                )
                % {"most": LONGEST_CELL, "sheet": _("Long texts")}
            )
        parts = [cell[at : at + PART] for at in range(0, len(cell), PART)]
        if cells.n_units(cell) > len(cell):  # letters of two units count double
            half = PART // 2
            parts = [cell[at : at + half] for at in range(0, len(cell), half)]
        for number, part in enumerate(parts, start=1):
            self.n_long += 1
            self.long.write_number(self.n_long, 0, row)
            self.long.write_string(self.n_long, 1, self.table.columns[place].name)
            self.long.write_number(self.n_long, 2, number)
            self.long.write_string(self.n_long, 3, part)
        pointer = _("[whole on the sheet “%(sheet)s”]") % {"sheet": _("Long texts")}
        return f"{cell[:SHOWN]} … {pointer}"

    def _rounded(self, place: int) -> None:
        self.table.notes.add(
            _(
                "Some numbers of %(column)s have more digits than a double keeps; they "
                "are whole in a CSV."
            )
            % {"column": self.table.columns[place].name}
        )

    def _describe(self, sheet: Any) -> None:
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 7, 18)
        lines = [DESCRIPTION, *described(self.table.columns)]
        for line, row in enumerate(lines):
            for place, cell in enumerate(row):
                words = cells.shortened(cell, LONGEST_CELL, cells.n_units)
                form = self.bold if line == 0 else None
                if place == 4 and line and cell:
                    sheet.write_number(line, place, int(cell))
                elif words:
                    sheet.write_string(line, place, words, form)

    def _notes(self, sheet: Any, n_rows: int) -> None:
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 100)
        rows: Iterable[tuple[str, str]] = [
            *self.table.facts,
            (_("Rows"), str(n_rows)),
            *((_("Note"), sentence) for sentence in self.table.notes),
        ]
        for line, (what, which) in enumerate(rows):
            sheet.write_string(line, 0, what, self.bold)
            sheet.write_string(line, 1, which)


def _width(column: Column) -> int:
    """How wide a column is shown."""
    widest = 40 if column.type is Type.TEXT and not column.labels else 12
    return max(min(len(column.name) + 2, widest), 9)
