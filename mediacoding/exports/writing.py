"""Rows to CSV, one at a time: UTF-8, safe to open in a spreadsheet. Pure.

The same rows as JSON, an object a line.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import Any

BOM = "\ufeff"
#: A text that begins like this would be run as a formula by a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
QUOTE = ord('"')
BEGINS_FORMULA = frozenset(FORMULA)
PIECE = 64 * 1024
CHUNK = 500  # rows that are written at once

Rows = Iterable[Sequence[Any]]


class Figure(str):
    """A decimal number in its own digits, in a column that also holds other things.

    A CSV with decimal commas writes it with one; everything else sees the text.
    """

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Preset:
    """How a CSV is written: for programs, or for a spreadsheet of central Europe."""

    delimiter: str = ","
    decimal: str = "."
    has_names: bool = True
    mark: str = BOM


PRESETS = {
    "standard": Preset(),
    "semicolon": Preset(";", ","),
    "bare": Preset(has_names=False, mark=""),  # numbers only, as ReCal reads them
}


def safe(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would take for a formula.

    Plain numbers stay as they are.
    """
    if not text.startswith(FORMULA):
        return text
    return text if _is_number(text) else f"'{text}"


def _is_number(text: str) -> bool:
    return text[1:].replace(".", "", 1).isdecimal() and text[0] in "+-"


def csv_pieces(
    headers: Sequence[str], rows: Rows, preset: Preset = PRESETS["standard"]
) -> Iterator[str]:
    """Yield a CSV in pieces, in constant memory."""
    head = _written([headers], preset) if preset.has_names else ""
    waiting = iter(rows)
    yield preset.mark + head
    while chunk := list(islice(waiting, CHUNK)):
        if preset.decimal == ".":
            # A million rows have seventeen million cells, too many to look at each: what
            # is written is searched, and rows are made safe only where something is found.
            text = _written(chunk, preset)
            if not _may_run(text, preset.delimiter):
                yield text
                continue
        yield _written([_made_safe(row, preset.decimal) for row in chunk], preset)


def _written(rows: Sequence[Sequence[Any]], preset: Preset) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=preset.delimiter, lineterminator="\r\n")
    writer.writerows(rows)
    return buffer.getvalue()


def _made_safe(row: Sequence[Any], decimal: str) -> list[Any]:
    """The cells of a row, no formula among them, numbers with the decimal mark."""
    cells = [
        safe(cell) if type(cell) is str and cell[:1] in BEGINS_FORMULA else cell
        for cell in row
    ]
    if decimal == ".":
        return cells
    return [
        str(cell).replace(".", decimal)
        if isinstance(cell, float | Decimal | Figure)
        else cell
        for cell in cells
    ]


def _may_run(text: str, delimiter: str) -> bool:
    """Whether the text of a CSV may hold a cell that has to be made safe.

    A cell begins at the beginning, after a delimiter or a new line, or after its own
    quotation mark. Plain numbers, which are never in quotation marks, may stay.
    """
    import numpy as np

    data = b"\n" + text.encode()
    signs, before = _tables(delimiter)
    bytes_ = np.frombuffer(data, dtype=np.uint8)
    places = np.flatnonzero(signs[bytes_[1:]] & before[bytes_[:-1]]) + 1
    number = _number(delimiter)
    return any(
        data[at - 1] == QUOTE or number.match(data, at) is None
        for at in places.tolist()
    ) or any(begun in data for begun in (f'{delimiter}"\r'.encode(), b'\n"\r'))


@cache
def _tables(delimiter: str) -> tuple[Any, Any]:
    """Which bytes begin a formula (a return is looked for apart), and which stand before."""
    import numpy as np

    signs, before = np.zeros(256, dtype=bool), np.zeros(256, dtype=bool)
    signs[[ord(sign) for sign in FORMULA if sign != "\r"]] = True
    before[[ord(delimiter), ord("\n"), QUOTE]] = True
    return signs, before


@cache
def _number(delimiter: str) -> re.Pattern[bytes]:
    return re.compile(
        rb"[+-][0-9]+(?:\.[0-9]*)?[\r" + re.escape(delimiter).encode() + b"]"
    )
