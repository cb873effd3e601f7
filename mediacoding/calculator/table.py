"""A table of codings in memory: each column as its distinct values and who has which. Pure.

A million rows hold few distinct values, so a column is a list of them and one number a row.
"""

import re
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import isfinite

import numpy as np
import numpy.typing as npt

from mediacoding.calculator.sentences import Sentence

Places = npt.NDArray[np.int32]
NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d{1,3})?")


def number_of(text: str) -> float | None:
    """The number that a cell says, with a point or a comma; None for anything else."""
    plain = text.strip().replace("\u2212", "-")
    if not NUMBER.fullmatch(plain):
        return None
    number = float(plain.replace(",", "."))
    return number if isfinite(number) else None


def text_of(number: float) -> str:
    """A number as a cell says it: 3, not 3.0."""
    return str(int(number)) if float(number).is_integer() else repr(float(number))


@dataclass(frozen=True, eq=False)
class Column:
    """One column of the file.

    `codes` (rows,): the place of each cell's text in `values`, -1 where the cell is blank.
    `labels`: what the file says a value means; `level`: the level of measurement that the
    file states, “” where it states none; `n_missing`: cells that the file itself marks as
    missing, which are blank here.
    """

    name: str
    codes: Places
    values: tuple[str, ...]
    labels: Mapping[str, str] = field(default_factory=dict)
    level: str = ""
    n_missing: int = 0

    @property
    def n_filled(self) -> int:
        return int((self.codes >= 0).sum())

    @cached_property
    def numbers(self) -> tuple[float | None, ...]:
        """Each distinct value as a number, None where it is none."""
        return tuple(number_of(value) for value in self.values)

    @property
    def is_numeric(self) -> bool:
        return bool(self.values) and None not in self.numbers


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """What the file holds. `rows` (rows,) are the numbers that a person sees in the file."""

    name: str
    columns: tuple[Column, ...]
    rows: npt.NDArray[np.int64]
    notes: tuple[Sentence, ...] = ()

    @property
    def headers(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


class Gathering:
    """Columns that grow row by row, in little memory."""

    def __init__(self, headers: Sequence[str]) -> None:
        self.headers = tuple(headers)
        self.known: list[dict[str, int]] = [{"": -1} for _header in headers]
        self.codes = [array("i") for _header in headers]
        self.rows = array("q")

    def add(self, number: int, cells: Iterable[str]) -> None:
        """Take a row in: its number in the file, and a cell for each header."""
        self.rows.append(number)
        for known, codes, cell in zip(self.known, self.codes, cells, strict=True):
            # What is new gets the next number; "" stands for one, so that blank is -1.
            codes.append(known.setdefault(cell.strip(), len(known) - 1))

    def table(self, name: str, notes: Sequence[Sentence]) -> Table:
        """What was gathered."""
        columns = tuple(
            Column(header, np.array(codes, dtype=np.int32), tuple(known)[1:])
            for header, codes, known in zip(
                self.headers, self.codes, self.known, strict=True
            )
        )
        return Table(name, columns, np.array(self.rows, dtype=np.int64), tuple(notes))
