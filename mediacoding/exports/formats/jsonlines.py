"""JSON Lines: an object a row, in constant memory."""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

from mediacoding.exports import cells
from mediacoding.exports.columns import Type
from mediacoding.exports.table import Table
from mediacoding.exports.writing import PIECE


def pieces(table: Table) -> Iterator[str]:
    """Yield the rows as JSON objects, one a line. Blank numbers and days are null.

    Decimal numbers keep all of their digits: they are written as the numbers they are.
    """
    names = [json.dumps(name) for name in table.names]
    readers = [
        _figure if column.type is Type.DECIMAL else read
        for column, read in zip(
            table.columns, cells.readers_of(table.columns), strict=True
        )
    ]
    waiting: list[str] = []
    size = 0
    for row in table.rows:
        members = (
            f"{name}: {_value(read(cell))}"
            for name, read, cell in zip(names, readers, row, strict=True)
        )
        line = "{" + ", ".join(members) + "}\n"
        waiting.append(line)
        size += len(line)
        if size > PIECE:
            yield "".join(waiting)
            waiting, size = [], 0
    yield "".join(waiting)


class _Digits(str):
    """A number that is written as it stands."""

    __slots__ = ()


def _figure(cell: Any) -> _Digits | None:
    if cell is None or cell == "":
        return None
    return _Digits(
        cell
        if isinstance(cell, str)
        else repr(cell)
        if isinstance(cell, float)
        else str(cell)
    )


def _value(value: Any) -> str:
    if isinstance(value, _Digits):
        return value
    if isinstance(value, dt.date):
        value = value.isoformat()
    return json.dumps(value, ensure_ascii=False)
