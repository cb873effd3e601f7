"""Files to tables: CSV, XLSX and SPSS .sav. Nothing of them is kept. Pure."""

import csv
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mediacoding.calculator.sentences import (
    Refused,
    Sentence,
    gettext_noop,
    refusal,
)
from mediacoding.calculator.table import Column, Gathering, Table, number_of, text_of
from mediacoding.corpus import tabular

MEGABYTE = 1024 * 1024
MOST_BYTES = 50 * MEGABYTE
MOST_UNPACKED = 500 * MEGABYTE
MOST_COLUMNS = 1000
MOST_FAULTS = 5
SAV = (b"$FL2", b"$FL3")
TWIN = re.compile(r" \(\d+\)$")  # how tabular tells twin headers apart
NAMELESS = re.compile(r"column \d+")  # how tabular calls a blank header


def read(path: Path, *, name: str, has_names: bool | None = None) -> Table:
    """Read a file whole; `name` is what the person calls it.

    `has_names` says whether the first row holds the columns' names; None lets the file
    decide: a first row of numbers only holds ratings. Raises Refused.
    """
    if path.stat().st_size > MOST_BYTES:
        raise too_large()
    with path.open("rb") as file:
        head = file.read(4)
    if head in SAV:
        return _read_sav(path, name)
    if head.startswith(b"PK"):
        _check_unpacked(path)
    try:
        return _read_rows(path, name, has_names)
    except tabular.NotReadable as why:
        raise Refused(Sentence(str(why))) from why


def too_large() -> Refused:
    """What is said of a file above the limit."""
    return refusal(
        gettext_noop(
            "The file is larger than %(most)s MB, the most that is read here. Leave out "
            "columns that hold no ratings, such as texts."
        ),
        most=MOST_BYTES // MEGABYTE,
    )


def _check_unpacked(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile:
        return  # the reader says it better
    if unpacked > MOST_UNPACKED:
        raise refusal(
            gettext_noop(
                "The workbook unpacks to %(size)s MB, more than is read here. Save the "
                "sheet as CSV."
            ),
            size=unpacked // MEGABYTE,
        )


def _read_rows(path: Path, name: str, has_names: bool | None) -> Table:
    """Read a CSV or XLSX file as `tabular` finds it."""
    sniffed = tabular.sniff(path)
    notes = [Sentence(warning) for warning in sniffed.warnings]
    if has_names is None and _are_ratings(sniffed.headers):
        has_names = False
        notes.append(
            Sentence(
                gettext_noop(
                    "The first row holds numbers only, so it is read as ratings; the "
                    "columns are called by their places."
                )
            )
        )
        first = sniffed.reading.header_row
    else:
        first = 1
    if has_names is False:
        return _nameless(path, sniffed.reading, first).table(name, notes)
    _check_columns(len(sniffed.headers))
    gathering = Gathering(sniffed.headers)
    for row in _sound(tabular.rows(path, sniffed.reading)):
        gathering.add(row.number, row.cells.values())
    return gathering.table(name, notes)


def _nameless(path: Path, reading: tabular.Reading, first: int) -> Gathering:
    """Gather all rows of a file without names, from row `first` on.

    Rows above that hold numbers only belong to the ratings too: `tabular` may have passed
    over a sparse one as a title.
    """
    width = 0
    for _number, cells in _bare_rows(path, reading):
        width = max(width, len(cells))
    _check_columns(width)
    gathering = Gathering([f"column {place}" for place in range(1, width + 1)])
    for number, cells in _bare_rows(path, reading):
        if number >= first or _are_numbers(cells):
            gathering.add(number, [*cells, *([""] * (width - len(cells)))])
    return gathering


def _bare_rows(path: Path, reading: tabular.Reading) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that hold something, each with its number, names or none."""
    if reading.format == "xlsx":
        import python_calamine

        workbook = python_calamine.CalamineWorkbook.from_path(str(path))
        sheet = workbook.get_sheet_by_name(reading.sheet)
        for number, row in enumerate(sheet.to_python(skip_empty_area=False), start=1):
            cells = [_cell(cell) for cell in row]
            if any(cells):
                yield number, cells
        return
    with path.open(encoding=reading.encoding, newline="") as file:
        reader = csv.reader(file, delimiter=reading.delimiter)
        line = 1
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield line, cells
                line = reader.line_num + 1
        except (UnicodeDecodeError, csv.Error) as why:
            raise refusal(
                gettext_noop("After line %(line)s the file cannot be read: %(why)s."),
                line=reader.line_num,
                why=why,
            ) from why


def _sound(rows: Iterator[tabular.Row]) -> Iterator[tabular.Row]:
    """Yield the rows; raises Refused with the first faults if some are not whole."""
    faults: list[Sentence] = []
    for row in rows:
        if row.fault:
            faults.append(
                Sentence(
                    gettext_noop("Row %(row)s: %(fault)s"),
                    {"row": row.number, "fault": row.fault},
                )
            )
            if len(faults) == MOST_FAULTS:
                break
        if not faults:
            yield row
    if faults:
        raise Refused(*faults)


def _are_ratings(headers: Sequence[str]) -> bool:
    """Whether what was taken for headers is a row of ratings without names above it."""
    cells = [
        "" if NAMELESS.fullmatch(header) else TWIN.sub("", header) for header in headers
    ]
    return len([cell for cell in cells if cell]) > 1 and _are_numbers(cells)


def _are_numbers(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell.strip()]
    return bool(filled) and all(number_of(cell) is not None for cell in filled)


def _check_columns(many: int) -> None:
    if many > MOST_COLUMNS:
        raise refusal(
            gettext_noop(
                "The file has %(many)s columns, more than the %(most)s that are read. "
                "Keep those that hold ratings, units and coders."
            ),
            many=many,
            most=MOST_COLUMNS,
        )


def _read_sav(path: Path, name: str) -> Table:
    import pyreadstat

    try:
        _nothing, told = pyreadstat.read_sav(path, metadataonly=True)
        _check_columns(told.number_columns or 0)
        widths = (told.variable_storage_width or {}).values()
        if (told.number_rows or 0) * sum(widths) > MOST_UNPACKED:
            raise refusal(
                gettext_noop(
                    "The SPSS file unpacks to more than is read here. Leave out columns of "
                    "text, and save it again."
                )
            )
        data, told = pyreadstat.read_sav(
            path,
            user_missing=True,
            output_format="dict",
            disable_datetime_conversion=True,
        )
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ValueError) as why:
        raise refusal(
            gettext_noop("The SPSS file cannot be read: %(why)s."),
            why=str(why).rstrip("."),
        ) from why
    columns = tuple(
        _column_of(header, np.asarray(cells), told) for header, cells in data.items()
    )
    rows = np.arange(1, len(columns[0].codes) + 1) if columns else np.zeros(0)
    if not len(rows):
        raise refusal(gettext_noop("The SPSS file holds no rows."))
    return Table(name, columns, rows.astype(np.int64), _notes_of(columns))


def _notes_of(columns: Sequence[Column]) -> tuple[Sentence, ...]:
    marked = [column for column in columns if column.n_missing]
    if not marked:
        return ()
    return (
        Sentence(
            gettext_noop(
                "The SPSS file declares values missing; the cells that hold them are read as "
                "not coded (%(columns)s)."
            ),
            {
                "columns": ", ".join(
                    f"{column.name}: {column.n_missing}" for column in marked[:20]
                ),
            },
        ),
    )


def _column_of(header: str, cells: npt.NDArray[Any], told: Any) -> Column:
    """A column of an SPSS file, with its labels, level and missing values."""
    labels = {
        _cell(value): str(label).strip()
        for value, label in told.variable_value_labels.get(header, {}).items()
    }
    distinct, codes = _distinct(cells)
    texts = [_cell(value) for value in distinct]
    is_missing = [
        any(_within(value, span) for span in told.missing_ranges.get(header, ()))
        for value in distinct
    ]
    n_missing = int(np.array([*is_missing, False])[codes].sum())
    to: list[int] = []
    kept: dict[str, int] = {}
    for text, missing in zip(texts, is_missing, strict=True):
        to.append(-1 if missing or not text else kept.setdefault(text, len(kept)))
    return Column(
        header,
        np.array([*to, -1], dtype=np.int32)[codes],
        tuple(kept),
        {value: label for value, label in labels.items() if label},
        _level(told.variable_measure.get(header, ""), has_labels=bool(labels)),
        n_missing,
    )


def _distinct(cells: npt.NDArray[Any]) -> tuple[list[Any], npt.NDArray[np.intp]]:
    """The distinct cells, and each cell's place among them, -1 for none."""
    import pandas as pd

    codes, distinct = pd.factorize(cells)
    return list(distinct), codes


def _cell(value: object) -> str:
    """What a cell holds, as text."""
    if isinstance(value, float | int | np.floating | np.integer):
        return text_of(float(value))
    return str(value).strip()


def _within(value: object, span: Any) -> bool:
    """Whether a value lies in a range that SPSS counts as missing."""
    if isinstance(value, str) or isinstance(span["lo"], str):
        return str(value).strip() == str(span["lo"]).strip()
    return bool(span["lo"] <= value <= span["hi"])


def _level(measure: str, *, has_labels: bool) -> str:
    """The level that SPSS states. Scale is its default, so labelled codes contradict it."""
    if measure == "scale":
        return "" if has_labels else "interval"
    return measure if measure in ("nominal", "ordinal") else ""
