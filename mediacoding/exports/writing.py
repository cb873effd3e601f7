"""Rows to CSV, one at a time: UTF-8 with BOM, safe to open in a spreadsheet. Pure."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

BOM = "\ufeff"
#: A text that begins like this would be run as a formula by a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
PIECE = 64 * 1024

Cell = str | int | float | None
Rows = Iterable[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Preset:
    """How a CSV is written: for programs, or for a spreadsheet of central Europe."""

    delimiter: str = ","
    decimal: str = "."


PRESETS = {"standard": Preset(), "semicolon": Preset(";", ",")}


def safe(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would take for a formula.

    Plain numbers stay as they are.
    """
    if not text.startswith(FORMULA):
        return text
    return text if _is_number(text) else f"'{text}"


def _is_number(text: str) -> bool:
    return text[1:].replace(".", "", 1).isdecimal() and text[0] in "+-"


class _Buffer:
    """What csv writes into: collects pieces until someone takes them."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.size = 0

    def write(self, text: str) -> None:
        self.parts.append(text)
        self.size += len(text)

    def take(self) -> str:
        text = "".join(self.parts)
        self.parts, self.size = [], 0
        return text


def csv_pieces(
    headers: Sequence[str], rows: Rows, preset: Preset = PRESETS["standard"]
) -> Iterator[str]:
    """Yield a CSV in pieces of about 64 kB, in constant memory. The first holds the BOM."""
    buffer = _Buffer()
    writer = csv.writer(buffer, delimiter=preset.delimiter, lineterminator="\r\n")
    buffer.write(BOM)
    writer.writerow(headers)
    begins_formula = frozenset(FORMULA)
    for row in rows:
        # The quickest way to look at every cell: a million rows have seventeen million.
        cells = [
            safe(cell) if type(cell) is str and cell[:1] in begins_formula else cell
            for cell in row
        ]
        if preset.decimal != ".":
            cells = [
                str(cell).replace(".", preset.decimal)
                if isinstance(cell, float)
                else cell
                for cell in cells
            ]
        writer.writerow(cells)
        if buffer.size > PIECE:
            yield buffer.take()
    yield buffer.take()
