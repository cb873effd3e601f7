"""The ratings of each variable, read out of a table by a plan. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mediacoding.calculator.proposal import Plan, Rated
from mediacoding.calculator.sentences import (
    Refused,
    Sentence,
    gettext_noop,
    refusal,
)
from mediacoding.calculator.table import Column, Table, number_of, text_of
from mediacoding.stats import patterns
from mediacoding.stats.patterns import Patterns

Whole = npt.NDArray[np.int64]
MOST_SAID = 5  # places that a refusal names

SETS = "sets"
EMPTY_SET = "{}"


@dataclass(frozen=True, slots=True, eq=False)
class Ratings:
    """All ratings of one variable: for each its unit, coder, value and place in the file.

    `unit`, `coder`, `code`, `row` have shape (ratings,): the unit's number, the coder's
    place in `coders`, the value's place in `values`, the row's number in the file.
    `columns`: where a coder's ratings stand; one for all in a long table. `n_missing`: how
    many cells held each missing code, or were marked missing by the file.
    """

    variable: str
    unit: Whole
    coder: Whole
    code: Whole
    row: Whole
    coders: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[str, ...]
    labels: Mapping[str, str]
    level: str
    n_missing: Mapping[str, int]

    @property
    def numbers(self) -> tuple[float | None, ...]:
        return tuple(number_of(value) for value in self.values)

    def column_of(self, rating: int) -> str:
        """The column in which a rating stands."""
        return self.columns[self.coder[rating] if len(self.columns) > 1 else 0]


def ratings_of(table: Table, plan: Plan, missing: Sequence[str] = ()) -> list[Ratings]:
    """The ratings of every variable of the plan; `missing` codes are read as not coded.

    Raises Refused, with the rows, where the plan does not fit the table.
    """
    if plan.layout == "long" and (plan.unit is None or plan.coder is None):
        raise refusal(
            gettext_noop(
                "In a long table one column names the unit and one the coder. Choose them."
            )
        )
    if plan.layout == "long" and plan.unit == plan.coder:
        raise refusal(gettext_noop("Unit and coder stand in two different columns."))
    if not plan.ratings:
        raise refusal(
            gettext_noop("No column is chosen. Choose those that hold ratings.")
        )
    read = _long if plan.layout == "long" else _wide
    found = [
        read(table, plan, [r for r in plan.ratings if r.variable == name], missing)
        for name in plan.variables
    ]
    if doubles := [
        said for ratings in found for said in _doubles(table, plan, ratings)
    ]:
        raise Refused(*doubles[:MOST_SAID])
    return found


def patterns_of(ratings: Ratings, level: str) -> Patterns:
    """The patterns of a variable at a level. Raises Refused where values do not fit it."""
    values, places = _at(ratings, level)
    return patterns.from_long(
        ratings.unit,
        ratings.coder,
        places[ratings.code] if len(ratings.code) else ratings.code,
        values,
        coders=len(ratings.coders),
    )


def _at(ratings: Ratings, level: str) -> tuple[Sequence[Any], Whole]:
    """The values as the level takes them, and the place of each old value among them."""
    numbers = ratings.numbers
    kept: list[Any]
    if level == SETS:
        kept = [_set(value) for value in ratings.values]
        distinct = sorted(
            set(kept), key=lambda options: (len(options), sorted(options))
        )
    elif None not in numbers:
        kept = list(numbers)
        distinct = sorted(set(kept))
    elif level == "nominal":
        return ratings.values, np.arange(len(ratings.values))
    else:
        raise Refused(*_texts(ratings, level))
    place = {value: at for at, value in enumerate(distinct)}
    return distinct, np.array([place[value] for value in kept], dtype=np.int64)


def _set(text: str) -> frozenset[str]:
    """The options of a multiple choice: “a|b”; “{}” is none of them."""
    parts = (part.strip() for part in text.split("|"))
    return frozenset(part for part in parts if part and part != EMPTY_SET)


def _texts(ratings: Ratings, level: str) -> Iterator[Sentence]:
    """Where texts stand that have no place on a scale."""
    texts = [at for at, number in enumerate(ratings.numbers) if number is None]
    for at in texts[:MOST_SAID]:
        first = int(np.flatnonzero(ratings.code == at)[0])
        yield Sentence(
            gettext_noop(
                "Row %(row)s, column “%(column)s”: “%(value)s” is no number, and “%(variable)s” "
                "is not read as nominal. Choose nominal, or name it as a missing code."
            ),
            {
                "row": int(ratings.row[first]),
                "column": ratings.column_of(first),
                "value": ratings.values[at],
                "variable": ratings.variable,
            },
        )


def _wide(
    table: Table, plan: Plan, rated: Sequence[Rated], missing: Sequence[str]
) -> Ratings:
    coders = [one.coder for one in rated]
    for name in coders:
        if coders.count(name) > 1:
            raise refusal(
                gettext_noop(
                    "“%(variable)s” has several columns of coder “%(coder)s”: %(columns)s. "
                    "Give each its coder."
                ),
                variable=rated[0].variable,
                coder=name,
                columns=", ".join(
                    table.columns[one.column].name for one in rated if one.coder == name
                ),
            )
    unit = _units(table, plan, [table.columns[one.column] for one in rated])
    at, coder, parts = [], [], []
    for number, one in enumerate(rated):
        codes = table.columns[one.column].codes
        filled = np.flatnonzero(codes >= 0)
        at.append(filled)
        coder.append(np.full(len(filled), number))
        parts.append((table.columns[one.column], codes[filled]))
    place = np.concatenate(at)
    return _joined(
        rated[0].variable,
        unit[place],
        np.concatenate(coder),
        table.rows[place],
        parts,
        coders=coders,
        missing=missing,
    )


def _long(
    table: Table, plan: Plan, rated: Sequence[Rated], missing: Sequence[str]
) -> Ratings:
    if len(rated) > 1:
        raise refusal(
            gettext_noop("Two columns are called “%(variable)s”. Choose one of them."),
            variable=rated[0].variable,
        )
    assert plan.coder is not None
    column, who = table.columns[rated[0].column], table.columns[plan.coder]
    unit = _units(table, plan, [column])
    at = np.flatnonzero(column.codes >= 0)
    _refuse_blanks(table, who, at[who.codes[at] < 0], column)
    return _joined(
        rated[0].variable,
        unit[at],
        who.codes[at].astype(np.int64),
        table.rows[at],
        [(column, column.codes[at])],
        coders=[who.labels.get(name, name) for name in who.values],
        missing=missing,
    )


def _units(table: Table, plan: Plan, columns: Sequence[Column]) -> Whole:
    """(rows,) the number of each row's unit; the row itself where no column names it."""
    if plan.unit is None:
        return np.arange(len(table.rows))
    unit = table.columns[plan.unit]
    blank = np.flatnonzero(unit.codes < 0)
    for column in columns:
        _refuse_blanks(table, unit, blank[column.codes[blank] >= 0], column)
    return unit.codes.astype(np.int64)


def _refuse_blanks(table: Table, key: Column, places: Whole, column: Column) -> None:
    """Refuse ratings whose unit or coder is not told."""
    if len(places):
        raise refusal(
            gettext_noop(
                "Column “%(key)s” is blank where “%(column)s” is coded: row %(row)s, and %(more)s "
                "more. Fill it, or choose another column."
            ),
            key=key.name,
            more=len(places) - 1,
            column=column.name,
            row=int(table.rows[places[0]]),
        )


def _joined(
    variable: str,
    unit: Whole,
    coder: Whole,
    row: Whole,
    parts: Sequence[tuple[Column, npt.NDArray[Any]]],
    *,
    coders: Sequence[str],
    missing: Sequence[str],
) -> Ratings:
    """The columns of a variable as one list of values, missing codes taken out."""
    known: dict[str, int] = {}
    pieces, labels = [], dict[str, str]()
    for column, codes in parts:
        places = [known.setdefault(value, len(known)) for value in column.values]
        pieces.append(np.array([*places, -1], dtype=np.int64)[codes])
        labels |= column.labels
    code, texts = np.concatenate(pieces), list(known)
    given = np.bincount(code, minlength=len(texts)).tolist()
    n_missing = _missing(texts, given, missing)
    names = {_as_read(text) for text in missing}
    kept = [
        at for at, text in enumerate(texts) if given[at] and _as_read(text) not in names
    ]
    to = np.full(len(texts) + 1, -1, dtype=np.int64)
    to[kept] = np.arange(len(kept))
    keep = to[code] >= 0
    levels = {column.level for column, _codes in parts}
    return Ratings(
        variable,
        unit[keep],
        coder[keep],
        to[code[keep]],
        row[keep],
        tuple(coders),
        tuple(column.name for column, _codes in parts),
        tuple(texts[at] for at in kept),
        labels,
        levels.pop() if len(levels) == 1 else "",
        n_missing,
    )


def _missing(
    texts: Sequence[str], given: Sequence[int], missing: Sequence[str]
) -> dict[str, int]:
    """How many cells hold each missing code."""
    names = {_as_read(text): text for text in missing}
    found: dict[str, int] = {}
    for text, times in zip(texts, given, strict=True):
        if times and (name := names.get(_as_read(text))) is not None:
            found[name] = found.get(name, 0) + times
    return found


def _as_read(text: str) -> str:
    """A code so that 99, 99.0 and 99,0 are one."""
    number = number_of(text)
    return text.strip() if number is None else text_of(number)


def _doubles(table: Table, plan: Plan, ratings: Ratings) -> Iterator[Sentence]:
    """Where a coder gave a unit two values, with the rows."""
    if plan.unit is None or not len(ratings.unit):
        return
    key = ratings.unit * len(ratings.coders) + ratings.coder
    order = np.argsort(key, kind="stable")
    again = np.flatnonzero(key[order][1:] == key[order][:-1])
    names = table.columns[plan.unit].values
    for place in again[:MOST_SAID]:
        first, second = order[place], order[place + 1]
        yield Sentence(
            gettext_noop(
                "Rows %(first)s and %(second)s: coder “%(coder)s” has two values of "
                "“%(variable)s” for unit “%(unit)s”. Keep one of them, or count the second "
                "reading as another coder."
            ),
            {
                "first": int(ratings.row[first]),
                "second": int(ratings.row[second]),
                "coder": ratings.coders[ratings.coder[first]],
                "variable": ratings.variable,
                "unit": names[ratings.unit[first]],
            },
        )
