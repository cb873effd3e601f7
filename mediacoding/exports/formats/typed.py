"""Rows gathered by column, for writers that want a file's columns whole.

Numbers lie in arrays of doubles, texts as references to one object for each distinct text,
so a million rows take some hundred megabytes.
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from mediacoding.exports import cells
from mediacoding.exports.columns import Column, Type
from mediacoding.exports.table import Table

#: So many distinct texts of a column are kept to be used again; more hardly repeat.
MOST_KEPT = 50_000
BLANK = float("nan")


@dataclass(slots=True)
class Gathered:
    """One column: `numbers` (rows,) with NaN for blanks, or `texts` (rows,).

    `longest` is the length of the longest text in bytes of UTF-8, `decimals` the most
    digits after a point.
    """

    column: Column
    numbers: array = field(default_factory=lambda: array("d"))
    texts: list[str] = field(default_factory=list)
    longest: int = 0
    decimals: int = 0
    ends_blank: bool = False  # whether a text ends with one

    @property
    def is_text(self) -> bool:
        return self.column.type is Type.TEXT

    def take(self) -> Any:
        """The column as an array, (rows,); the gathered cells are given up."""
        import numpy as np

        if not self.is_text:
            return np.frombuffer(self.numbers, dtype=float)
        found, self.texts = as_objects(self.texts), []
        return found


def as_objects(texts: list[str]) -> Any:
    """Texts as an array of references, which pandas takes as it is."""
    import numpy as np

    found = np.empty(len(texts), dtype=object)
    found[:] = texts
    return found


def frame_of(columns: dict[str, Any]) -> Any:
    """The columns as a data frame, without a copy of any."""
    import pandas as pd

    return pd.DataFrame(
        {name: pd.Series(c, dtype=c.dtype, copy=False) for name, c in columns.items()},
        copy=False,
    )


def gather(table: Table, day_number) -> list[Gathered]:
    """Read the rows of a table once. `day_number` turns a date into the format's number."""
    found = [Gathered(column) for column in table.columns]
    adders = [_adder(one, table, day_number) for one in found]
    for row in table.rows:
        for add, cell in zip(adders, row, strict=True):
            add(cell)
    return found


def _adder(into: Gathered, table: Table, day_number) -> Any:
    if into.is_text:
        return _add_text(into, table)
    if into.column.type is Type.WHOLE:
        numbers = into.numbers

        def add_whole(cell: Any) -> None:
            numbers.append(BLANK if cell is None or cell == "" else int(cell))

        return add_whole
    if into.column.type is Type.DECIMAL:
        return _add_decimal(into, table)

    def add_day(cell: Any) -> None:
        day = cells.day(cell)
        if day is None:
            into.numbers.append(BLANK)
        else:
            into.numbers.append(day if isinstance(day, int) else day_number(day))

    return add_day


def _add_text(into: Gathered, table: Table) -> Any:
    known: dict[str, str] = {}
    texts = into.texts

    def add(cell: Any) -> None:
        text = cells.text(cell)
        same = known.get(text)
        if same is None:
            if "\x00" in text:
                table.notes.add(
                    _("NUL characters in %(column)s are written as �.")
                    % {"column": into.column.name}
                )
                text = text.replace("\x00", "�")
            into.longest = max(into.longest, len(text.encode()))
            into.ends_blank = into.ends_blank or text.endswith(" ")
            if len(known) < MOST_KEPT:
                known[text] = text
            same = text
        texts.append(same)

    return add


def _add_decimal(into: Gathered, table: Table) -> Any:
    def add(cell: Any) -> None:
        if cell is None or cell == "":
            into.numbers.append(BLANK)
            return
        into.numbers.append(float(cell))
        given = str(cell)
        into.decimals = max(into.decimals, len(given.partition(".")[2]))
        if cells.is_rounded(cell):
            table.notes.add(rounded(into.column))

    return add


def rounded(column: Column) -> str:
    """The sentence that numbers of a column were longer than a double."""
    return _(
        "Some numbers of %(column)s have more digits than a double keeps; they are whole "
        "in a CSV."
    ) % {"column": column.name}


def wrapped(lines: Iterable[str], width: int) -> list[str]:
    """Lines of at most `width` bytes, broken at blanks where there are any."""
    found = []
    for line in lines:
        rest: Sequence[str] = line.split()
        begun = ""
        for word in rest:
            longer = f"{begun} {word}".strip()
            if len(longer.encode()) <= width:
                begun = longer
                continue
            if begun:
                found.append(begun)
            begun = word
            while len(begun.encode()) > width:
                cut = width
                while len(begun[:cut].encode()) > width:
                    cut -= 1
                found.append(begun[:cut])
                begun = begun[cut:]
        found.append(begun)
    return found
