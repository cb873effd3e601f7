"""A workbook: the data, the codebook of its columns, and notes. In constant memory.

Spreadsheets end at 1,048,576 rows, 16,384 columns and 32,767 characters a cell, and
writers cut there without a word: more rows go on on further sheets, longer texts are
written whole, in parts, on a sheet of their own, and more columns are refused.
"""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from mediacoding.exports import cells
from mediacoding.exports.columns import Column, Type
from mediacoding.exports.formats.typed import rounded
from mediacoding.exports.request import NotExportable
from mediacoding.exports.table import DESCRIPTION, Table, described

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
LONGEST_CELL = 32_767  # in UTF-16 units
SURELY_FITS = LONGEST_CELL // 2  # letters, if each were two units
LONGEST_NAME = 31  # of a sheet
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
        data = self._sheet(_("Data"))
        self._describe(self.book.add_worksheet(_("Codebook")[:LONGEST_NAME]))
        notes = self.book.add_worksheet(_("Notes")[:LONGEST_NAME])
        self._notes(notes, self._data(data))

    def _sheet(self, name: str) -> Any:
        """A sheet for data, with the columns' names in its first row."""
        sheet = self.book.add_worksheet(name[:LONGEST_NAME])
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(self.table.columns):
            sheet.set_column(place, place, _width(column))
        for place, column in enumerate(self.table.columns):
            sheet.write_string(0, place, column.name, self.bold)
        return sheet

    def _data(self, sheet: Any) -> int:
        """Write the rows, on further sheets where one is full; return how many there are."""
        columns = list(enumerate(self.table.columns))
        readers = cells.readers_of(self.table.columns)
        are_texts = [column.type is Type.TEXT for _place, column in columns]
        line, n_rows, n_sheets = 1, 0, 1
        for row in self.table.rows:
            if line == self.most_rows:
                n_sheets += 1
                sheet = self._sheet(f"{_('Data')} {n_sheets}")
                line = 1
            n_rows += 1
            for place, cell in enumerate(row):
                if cell is None or cell == "":
                    continue
                if are_texts[place]:
                    text = cell if type(cell) is str else str(cell)
                    if len(text) > SURELY_FITS and cells.n_units(text) > LONGEST_CELL:
                        text = self._elsewhere(text, n_rows, place)
                    sheet.write_string(line, place, text)
                else:
                    self._figure(sheet, line, place, readers[place](cell))
                    if type(cell) is not int and columns[place][1].type is Type.DECIMAL:
                        self._mind_digits(cell, place)
            line += 1
        if n_sheets > 1:
            self.table.notes.add(
                _("The rows go on over %(many)s sheets: a sheet holds %(most)s.")
                % {"many": n_sheets, "most": self.most_rows - 1}
            )
        return n_rows

    def _figure(self, sheet: Any, line: int, place: int, cell: Any) -> None:
        """Write a number or a day; a day that spreadsheets do not know as a text."""
        if isinstance(cell, int | float):
            sheet.write_number(line, place, cell)
        elif cell >= FIRST_DAY:
            sheet.write_datetime(line, place, cell, self.day)
        else:
            sheet.write_string(line, place, cell.isoformat())
            self.table.notes.add(
                _(
                    "Days before March 1900 are texts, because spreadsheets count from "
                    "there."
                )
            )

    def _elsewhere(self, cell: str, row: int, place: int) -> str:
        """Write a long text on its own sheet, in parts; return what stands in the cell."""
        if self.long is None:
            self.long = self.book.add_worksheet(_("Long texts")[:LONGEST_NAME])
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

    def _mind_digits(self, cell: Any, place: int) -> None:
        if cells.is_rounded(cell):
            self.table.notes.add(rounded(self.table.columns[place]))

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
