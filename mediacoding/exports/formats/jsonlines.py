"""JSON Lines: an object a row, in constant memory."""

import datetime as dt
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from mediacoding.exports import cells
from mediacoding.exports.columns import Type
from mediacoding.exports.table import Table

CHUNK = 500  # rows that are written at once


def pieces(table: Table) -> Iterator[str]:
    """Yield the rows as JSON objects, one a line. Blank numbers and days are null.

    Decimal numbers keep all of their digits, also those that a double would lose.
    """
    names = table.names
    readers = cells.readers_of(table.columns)
    decimals = [n for n, c in enumerate(table.columns) if c.type is Type.DECIMAL]
    rows = iter(table.rows)
    while chunk := list(islice(rows, CHUNK)):
        lines = []
        for row in chunk:
            values = [read(cell) for read, cell in zip(readers, row, strict=True)]
            long = [
                n
                for n in decimals
                if values[n] is not None and cells.is_rounded(row[n])
            ]
            if long:
                lines.append(
                    _with_digits(names, values, {n: str(row[n]) for n in long})
                )
            else:
                lines.append(ENCODER.encode(dict(zip(names, values, strict=True))))
        yield "\n".join(lines) + "\n"


def _day(value: dt.date) -> str:
    return value.isoformat()


ENCODER = json.JSONEncoder(ensure_ascii=False, default=_day)


def _with_digits(names: list[str], values: list[Any], digits: dict[int, str]) -> str:
    """An object in which some numbers stand in their own digits."""
    members = (
        f"{json.dumps(name)}: {digits.get(place) or ENCODER.encode(value)}"
        for place, (name, value) in enumerate(zip(names, values, strict=True))
    )
    return "{" + ", ".join(members) + "}"
