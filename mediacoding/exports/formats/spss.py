"""SPSS: a .sav with labels, levels of measurement and user-missing codes.

SPSS keeps 120 bytes of a value's label, 256 of a variable's and 32,767 of a text, and
writers cut there without a word. Here a label that is too long ends with an ellipsis and
stands whole in the notes and in the syntax; a text that is too long goes on in further
columns. Multiple response sets cannot be written into the file; the syntax makes them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from mediacoding.exports import cells
from mediacoding.exports.columns import Column, Type
from mediacoding.exports.formats.typed import (
    Gathered,
    as_objects,
    frame_of,
    gather,
    wrapped,
)
from mediacoding.exports.names import Names
from mediacoding.exports.table import Table

LONGEST_LABEL = 120  # of a value, in bytes
LONGEST_VARIABLE_LABEL = 256
LONGEST_TEXT = 32_767
LONGEST_NOTE = 80
MOST_MISSING = 3
#: SPSS counts seconds from the first day of the Gregorian calendar.
EPOCH = dt.date(1582, 10, 14)


def write(table: Table, path: Path) -> None:
    """Write a table as an SPSS file, with the notes inside."""
    import pyreadstat

    gathered = gather(table, seconds)
    for note in notes_on(table.columns):
        table.notes.add(note)
    formats = {one.column.name: _format(one) for one in gathered if not one.is_text}
    frame, labels = _frame(gathered, table)
    columns = table.columns
    given: dict[str, list[Any]] = {}
    for one in columns:
        ranges, _note = missing_of(one)
        if ranges:
            given[one.name] = ranges
    pyreadstat.write_sav(
        frame_of(frame),
        path,
        file_label=cells.shortened(table.title, 64, cells.n_bytes),
        column_labels=labels,
        row_compress=True,
        note=wrapped(_told(table), LONGEST_NOTE),
        variable_value_labels={
            one.name: {code: short(words) for code, words in one.labels.items()}
            for one in columns
            if one.labels
        },
        missing_ranges=given or None,
        variable_measure={
            **dict.fromkeys(frame, "nominal"),
            **{one.name: one.measure for one in columns},
        },
        variable_format=formats,
    )


def _told(table: Table) -> Iterator[str]:
    for what, which in table.facts:
        yield f"{what}: {which}"
    yield from table.notes


def seconds(day: dt.date) -> float:
    """A day as SPSS keeps it."""
    return float((day - EPOCH).days * 86_400)


def short(words: str) -> str:
    """A value's label as SPSS takes it."""
    return cells.shortened(words, LONGEST_LABEL, cells.n_bytes)


def short_label(words: str) -> str:
    """A variable's label as SPSS takes it."""
    return cells.shortened(words, LONGEST_VARIABLE_LABEL, cells.n_bytes)


def _frame(
    gathered: Sequence[Gathered], table: Table
) -> tuple[dict[str, Any], dict[str, str | None]]:
    """The columns of the file with their labels; long texts go on in further columns."""
    names = Names(*table.names)
    frame: dict[str, Any] = {}
    labels: dict[str, str | None] = {}
    for one in gathered:
        column = one.column
        label = short_label(str(column.label))
        if not one.is_text:
            frame[column.name] = one.take()
            labels[column.name] = label or None
            continue
        if one.ends_blank:
            table.notes.add(
                _("SPSS keeps no blanks at the end of a text (%(column)s).")
                % {"column": column.name}
            )
        if one.longest <= LONGEST_TEXT:
            frame[column.name] = one.take()
            labels[column.name] = label or None
            continue
        parts = _parts(one.texts)
        more = [names.give(column.name) for _part in parts[1:]]
        for name, part in zip([column.name, *more], parts, strict=True):
            frame[name] = as_objects(part)
            labels[name] = label or None
        table.notes.add(
            _(
                "Texts of %(column)s longer than the %(most)s bytes that SPSS keeps go on "
                "in %(more)s."
            )
            % {"column": column.name, "most": LONGEST_TEXT, "more": ", ".join(more)}
        )
    return frame, labels


def _parts(texts: Sequence[str]) -> list[list[str]]:
    """A column of texts as columns of at most LONGEST_TEXT bytes."""
    split = [_split(text) for text in texts]
    most = max(map(len, split))
    return [
        [parts[at] if at < len(parts) else "" for parts in split] for at in range(most)
    ]


def _split(text: str) -> list[str]:
    """A text in parts of at most LONGEST_TEXT bytes, letters whole.

    A part never ends with a blank, which SPSS would not keep.
    """
    data = text.encode()
    parts = []
    while len(data) > LONGEST_TEXT:
        cut = LONGEST_TEXT
        while cut > 1 and (data[cut] & 0xC0 == 0x80 or data[cut - 1] == 0x20):
            cut -= 1
        if cut == 1:  # nothing but blanks
            cut = LONGEST_TEXT
        parts.append(data[:cut].decode())
        data = data[cut:]
    return [*parts, data.decode()]


def _format(one: Gathered) -> str:
    if one.column.type is Type.DAY:
        return "SDATE10"
    if one.column.type is Type.WHOLE:
        largest = max((abs(n) for n in one.numbers if n == n), default=0.0)
        return f"F{max(8, len(str(int(largest))) + 1)}.0"
    decimals = min(one.decimals, 16)
    return f"F{max(8, decimals + 12)}.{decimals}"


def missing_of(column: Column) -> tuple[list[Any], str]:
    """The user-missing codes of a column as SPSS takes them, and a note if it can't take all.

    SPSS takes three codes, or a range and one code. A range must hold no other value.
    """
    codes = sorted(column.missing)
    if column.type is Type.TEXT or not codes:
        return [], ""
    if len(codes) <= MOST_MISSING:
        return [float(code) for code in codes], ""
    valid = [code for code in column.labels if code not in column.missing]
    if valid and column.measure != "scale":
        for single, inside in (
            ([], codes),
            (codes[:1], codes[1:]),
            (codes[-1:], codes[:-1]),
        ):
            low, high = inside[0], inside[-1]
            if not any(low <= code <= high for code in valid):
                spans: list[Any] = [{"lo": float(low), "hi": float(high)}]
                return [*spans, *(float(code) for code in single)], ""
    return [float(code) for code in codes[:MOST_MISSING]], _(
        "SPSS takes three missing codes of a variable; of %(column)s it does not count "
        "%(others)s as missing."
    ) % {
        "column": column.name,
        "others": ", ".join(str(code) for code in codes[MOST_MISSING:]),
    }


def notes_on(columns: Sequence[Column]) -> Iterator[str]:
    """What of the labels and codes SPSS does not take as it is."""
    for column in columns:
        label = str(column.label)
        if short_label(label) != label:
            yield _(
                "The label of %(column)s is too long for SPSS. Whole: %(words)s"
            ) % {
                "column": column.name,
                "words": label,
            }
        if column.choice:
            continue
        for code, words in column.labels.items():
            if short(words) != words:
                yield _(
                    "The label of %(column)s = %(code)s is too long for SPSS. Whole: "
                    "%(words)s"
                ) % {"column": column.name, "code": code, "words": words}
        _ranges, note = missing_of(column)
        if note:
            yield note
    if any(column.choice for column in columns):
        yield _(
            "The options of a multiple choice are columns of 0 and 1; the syntax file "
            "beside this one makes multiple response sets of them."
        )
