"""Cells of rows as the types that programs other than CSV readers tell apart. Pure."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from mediacoding.exports.columns import Column, Type

#: Doubles hold every decimal number of so many digits.
SAFE_DIGITS = 15


def whole(cell: Any) -> int | None:
    """A whole number; None where the cell is blank."""
    return None if cell is None or cell == "" else int(cell)


def decimal(cell: Any) -> float | None:
    """A number as a double; None where the cell is blank."""
    return None if cell is None or cell == "" else float(cell)


def day(cell: Any) -> dt.date | int | None:
    """A day, or the missing code that stands in its place; None where the cell is blank."""
    if cell is None or cell == "" or isinstance(cell, dt.date):
        return cell or None
    return int(cell) if cell.lstrip("-").isdecimal() else dt.date.fromisoformat(cell)


def text(cell: Any) -> str:
    """A cell as text, as a CSV has it."""
    return cell if type(cell) is str else "" if cell is None else str(cell)


READERS: dict[Type, Callable[[Any], Any]] = {
    Type.TEXT: text,
    Type.WHOLE: whole,
    Type.DECIMAL: decimal,
    Type.DAY: day,
}


def readers_of(columns: list[Column]) -> list[Callable[[Any], Any]]:
    """For each column the function that reads its cells."""
    return [READERS[column.type] for column in columns]


def is_rounded(cell: Any) -> bool:
    """Whether a decimal number has more digits than a double keeps."""
    given = str(cell)
    return len(given) > SAFE_DIGITS and Decimal(given) != Decimal(repr(float(cell)))


def shortened(words: str, most: int, size: Callable[[str], int]) -> str:
    """Words cut to at most `most` in `size`, with an ellipsis; whole where they fit."""
    if size(words) <= most:
        return words
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        if size(words[:middle] + "…") <= most:
            low = middle
        else:
            high = middle - 1
    return words[:low].rstrip() + "…"


def n_bytes(words: str) -> int:
    """How long words are in UTF-8."""
    return len(words.encode())


def n_units(words: str) -> int:
    """How long words are in UTF-16, as spreadsheets count."""
    return len(words.encode("utf-16-le")) // 2
