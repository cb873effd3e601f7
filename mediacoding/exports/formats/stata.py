"""Stata: a .dta with labels; missing codes are its own .a, .b ... with the words.

Stata keeps 80 letters of a variable's label and 26 missing codes. A label that is too long
ends with an ellipsis and stands whole in the notes; which letter is which code, the notes
say too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from string import ascii_lowercase
from typing import Any

from django.utils.translation import gettext as _

from mediacoding.exports import cells
from mediacoding.exports.columns import Column, Type
from mediacoding.exports.formats.typed import Gathered, frame_of, gather
from mediacoding.exports.request import NotExportable
from mediacoding.exports.table import Table

LONGEST_LABEL = 80  # letters
MOST_COLUMNS = 32_767
EPOCH = dt.date(1960, 1, 1)


def write(table: Table, path: Path) -> None:
    """Write a table as a Stata file. Raises NotExportable if it has too many columns."""
    import pyreadstat

    if len(table.columns) > MOST_COLUMNS:
        raise NotExportable(
            _("Stata holds %(most)s columns, and these are %(many)s. Choose fewer.")
            % {"most": MOST_COLUMNS, "many": len(table.columns)}
        )
    letters = letters_of(table.columns)
    gathered = gather(table, lambda day: float((day - EPOCH).days))
    for note in notes_on(table.columns):
        table.notes.add(note)
    frame = {one.column.name: _cells(one, letters) for one in gathered}
    pyreadstat.write_dta(
        frame_of(frame),
        path,
        file_label=cells.shortened(table.title, LONGEST_LABEL, len),
        column_labels={
            column.name: short_label(str(column.label)) or None
            for column in table.columns
        },
        variable_value_labels={
            column.name: _labels(column, letters)
            for column in table.columns
            if column.labels
        },
        missing_user_values={
            column.name: [letters[code] for code in column.missing if code in letters]
            for column in table.columns
            if column.missing
        },
        variable_format={
            one.column.name: "%td" for one in gathered if one.column.type is Type.DAY
        },
    )


def short_label(words: str) -> str:
    """A variable's label as Stata takes it."""
    return cells.shortened(words, LONGEST_LABEL, len)


def _labels(column: Column, letters: Mapping[int, str]) -> dict[Any, str]:
    """The words of a column's codes, under the letters of those that are missing codes."""
    return {
        letters.get(code, code) if code in column.missing else code: words
        for code, words in column.labels.items()
    }


def letters_of(columns: Sequence[Column]) -> dict[int, str]:
    """The missing codes of a file and the letter that stands for each."""
    codes = sorted({code for column in columns for code in column.missing})
    return dict(zip(codes, ascii_lowercase, strict=False))


def _cells(one: Gathered, letters: Mapping[int, str]) -> Any:
    """A column as the writer takes it: doubles, letters for missing codes among them."""
    import numpy as np

    if one.is_text:
        return one.take()
    numbers = one.take()
    codes = [code for code in one.column.missing if code in letters]
    places = {code: np.flatnonzero(numbers == code) for code in codes}
    if not any(len(found) for found in places.values()):
        return numbers
    mixed = numbers.astype(object)
    for code, found in places.items():
        mixed[found] = letters[code]
    return mixed


def notes_on(columns: Sequence[Column]) -> Iterator[str]:
    """What of the labels and codes Stata does not take as it is."""
    letters = letters_of(columns)
    for column in columns:
        label = str(column.label)
        if short_label(label) != label:
            yield _(
                "The label of %(column)s is too long for Stata. Whole: %(words)s"
            ) % {
                "column": column.name,
                "words": label,
            }
        others = [str(code) for code in column.missing if code not in letters]
        if others:
            yield _(
                "Stata has 26 missing codes; of %(column)s it does not count %(others)s "
                "as missing."
            ) % {"column": column.name, "others": ", ".join(others)}
    if letters:
        yield _("Missing codes are Stata's own: %(codes)s.") % {
            "codes": ", ".join(
                f"{code} = .{letter}" for code, letter in letters.items()
            )
        }
