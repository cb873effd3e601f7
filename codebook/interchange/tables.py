"""One table of a workbook: entries to rows and back, every cell with its place. Pure.

A column's header is a field, “label”; a field inside a field, “reliability.target”; a
field in a language, “label [sr]”. What no cell says exactly stands as JSON in “json”.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from codebook.interchange.cells import (
    LANGUAGE,
    LOOSE,
    Cell,
    Kind,
    cells_of,
    value_of,
)
from codebook.places import Problem

Fields = Mapping[str, Kind]  # by path, in the order of the columns
Entry = dict[str, Any]
Column = tuple[str, str]  # path, language or ""

JSON = "json"
LONGEST_JSON = 30_000  # characters a cell; more go on in “json 2”, “json 3” ...
PASSED_OVER = "#"
HEADER = re.compile(r"(?P<path>[^\[\]]+?)\s*(\[(?P<language>[^\[\]]+)\])?")
JSON_HEADER = re.compile(r"json( \d+)?")
NAME = re.compile(r"[A-Za-z_]([A-Za-z0-9_ -]*[A-Za-z0-9_-])?")


@dataclass(frozen=True, slots=True)
class CellProblem(Problem):
    """A fault in a workbook: sheet, row, column."""

    sheet: str = ""
    row: int = 0
    column: int = 0  # from 1; 0 where the whole row is meant
    header: str = ""

    @property
    def where(self) -> str:
        """The place as the person sees it: sheet “variables”, row 5, column F (level)."""
        parts = [f"sheet “{self.sheet}”"] if self.sheet else []
        if self.row:
            parts.append(f"row {self.row}")
        if self.column:
            name = f" ({self.header})" if self.header else ""
            parts.append(f"column {letters(self.column)}{name}")
        return ", ".join(parts)


def letters(column: int) -> str:
    """A column as Excel names it: A, B, ..., Z, AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


@dataclass
class Table:
    """A sheet: its headers and rows; None is an empty cell."""

    name: str
    headers: list[str]
    rows: list[list[Cell | None]] = field(default_factory=list)


@dataclass
class Row:
    """One entry as it was read, and where each of its fields stands."""

    number: int
    entry: Entry
    columns: dict[str, int] = field(default_factory=dict)  # by path, as headers have it


# Writing


def table_of(
    name: str, entries: Iterable[Entry], fields: Fields, languages: Sequence[str]
) -> Table:
    """Return entries as a table; reading it gives equal entries.

    There is a column for every field of `fields` that some entry has, and for those that
    are said in words one for every language, so that they can be filled in.
    """
    said = [_said(entry, fields) for entry in entries]
    columns = _columns(said, fields, languages)
    pieces = max((len(_pieces(rest, cells)) for cells, rest in said), default=0)
    table = Table(
        name, [*(header(*column) for column in columns), *_json_headers(pieces)]
    )
    for cells, rest in said:
        texts: list[Cell | None] = [*_pieces(rest, cells)]
        texts += [None] * (pieces - len(texts))
        table.rows.append([*(cells.get(column) for column in columns), *texts])
    return table


def header(path: str, language: str) -> str:
    """The header of a column."""
    return f"{path} [{language}]" if language else path


def _said(entry: Entry, fields: Fields) -> tuple[dict[Column, Cell], Entry]:
    """The cells of an entry, and what of it no cell says."""
    cells: dict[Column, Cell] = {}
    rest: Entry = {}
    nested = {path.partition(".")[0] for path in fields if "." in path}
    for key, value in entry.items():
        if key in nested and isinstance(value, dict) and value:
            inside, left = _said_fields(value, fields, f"{key}.")
            if left:
                rest[key] = left
        else:
            inside, left = _said_fields({key: value}, fields, "")
            rest |= left
        cells |= inside
    return cells, rest


def _said_fields(
    entry: Entry, fields: Fields, before: str
) -> tuple[dict[Column, Cell], Entry]:
    cells: dict[Column, Cell] = {}
    rest: Entry = {}
    for key, value in entry.items():
        path = f"{before}{key}"
        found = None
        if _is_header(path, key, fields):
            found = cells_of(fields.get(path, LOOSE), value)
        if found is None:
            rest[key] = value
        else:
            cells |= {(path, language): cell for language, cell in found.items()}
    return cells, rest


def _is_header(path: str, key: str, fields: Fields) -> bool:
    """Whether a field can be the header of a column that is read as this field."""
    return (
        NAME.fullmatch(key) is not None
        and JSON_HEADER.fullmatch(key) is None
        and _known(path, fields) == path
    )


def _known(path: str, fields: Fields) -> str:
    """A path as the format writes it, however the person did."""
    return path.lower() if path.lower() in fields else path


def _columns(
    said: Sequence[tuple[dict[Column, Cell], Entry]],
    fields: Fields,
    languages: Sequence[str],
) -> list[Column]:
    used = dict.fromkeys(column for cells, _rest in said for column in cells)
    paths = dict.fromkeys([*fields, *(path for path, _language in used)])
    columns: list[Column] = []
    for path in paths:
        spoken = [language for known, language in used if known == path]
        kind = fields.get(path)
        if kind and kind.is_said and languages:
            spoken += languages
        elif kind and not spoken:
            spoken = [""]
        order = sorted(dict.fromkeys(spoken), key=lambda language: _rank(language, languages))  # fmt: skip
        columns += [(path, language) for language in order]
    return columns


def _rank(language: str, languages: Sequence[str]) -> int:
    if not language:
        return -1
    return languages.index(language) if language in languages else len(languages)


def _pieces(rest: Entry, cells: Mapping[Column, Cell]) -> list[str]:
    """The cells of “json”; an entry without any field has {} there, lest it be no row."""
    if not rest and cells:
        return []
    text = json.dumps(rest)
    if len(text) > LONGEST_JSON:  # the pieces must not begin or end with blanks
        text = json.dumps(rest, separators=(",", ":")).replace(" ", "\\u0020")
    return [text[at : at + LONGEST_JSON] for at in range(0, len(text), LONGEST_JSON)]


def _json_headers(pieces: int) -> list[str]:
    return [JSON if number == 1 else f"{JSON} {number}" for number in range(1, pieces + 1)]  # fmt: skip


# Reading


def rows_of(table: Table, fields: Fields, problems: list[Problem]) -> Iterator[Row]:
    """Yield the entries of a table in order; faults are added to `problems`."""
    columns = _read_headers(table, fields, problems)
    places: dict[str, int] = {}
    for number, (path, _language) in columns.items():
        places.setdefault(path, number)
    for at, row in enumerate(table.rows, start=2):
        if any(row[number - 1] is not None for number in columns):
            entry = _read_row(table, at, columns, fields, problems)
            yield Row(at, entry, places)


def _read_headers(
    table: Table, fields: Fields, problems: list[Problem]
) -> dict[int, Column]:
    """The columns by number. Those that begin with # are passed over."""
    columns: dict[int, Column] = {}
    for number, text in enumerate(table.headers, start=1):
        problem = CellProblem((), "", sheet=table.name, row=1, column=number)
        found = HEADER.fullmatch(text)
        if text.startswith(PASSED_OVER):
            continue
        if not text:
            if any(row[number - 1] is not None for row in table.rows):
                sentence = (
                    "The column has no header: name its field, or begin it with #."
                )
                problems.append(_replaced(problem, sentence))
            continue
        language = found["language"] if found else None
        if found is None or (language and not LANGUAGE.fullmatch(language)):
            sentence = f"“{text}” is no header: write a field, or a field and its language, such as “label [en]”."
            problems.append(_replaced(problem, sentence))
            continue
        column = (_known(found["path"], fields), language or "")
        if column in columns.values():
            problems.append(
                _replaced(problem, f"The column “{text}” stands here twice.")
            )
            continue
        columns[number] = column
    return columns


def _replaced(problem: CellProblem, sentence: str) -> CellProblem:
    return CellProblem(
        problem.place, sentence, sheet=problem.sheet, row=problem.row,
        column=problem.column, header=problem.header,
    )  # fmt: skip


def _read_row(
    table: Table,
    at: int,
    columns: Mapping[int, Column],
    fields: Fields,
    problems: list[Problem],
) -> Entry:
    row = table.rows[at - 2]
    cells: dict[str, dict[str, Cell]] = {}
    numbers: dict[str, int] = {}
    text = ""
    for number, (path, language) in columns.items():
        cell = row[number - 1]
        if cell is None:
            continue
        if JSON_HEADER.fullmatch(path):
            text += str(cell)
            numbers.setdefault(JSON, number)
        else:
            cells.setdefault(path, {})[language] = cell
            numbers.setdefault(path, number)

    def tell(path: str, sentence: str) -> None:
        number = numbers[path]
        problems.append(
            CellProblem(
                (), sentence, sheet=table.name, row=at, column=number,
                header=table.headers[number - 1],
            )
        )  # fmt: skip

    entry: Entry = {}
    for path, said in cells.items():
        if "" in said and len(said) > 1:
            tell(path, f"Write “{path}” once for all languages, or once for each.")
        outer, dot, inner = path.partition(".")
        inside = entry.setdefault(outer, {}) if dot else entry
        name = inner or outer
        if not isinstance(inside, dict) or name in inside:
            tell(path, f"“{path}” is said twice in this row.")
            continue
        inside[name] = value_of(fields.get(path, LOOSE), said)
    if text:
        for sentence in merge_json(entry, text):
            tell(JSON, sentence)
    return entry


def merge_json(entry: Entry, text: str) -> Iterator[str]:
    """Add what a JSON text says to an entry; yield what is wrong with it."""
    try:
        rest = json.loads(text)
    except ValueError as error:
        yield f"The cell holds no valid JSON: {error}."
        return
    if not isinstance(rest, dict):
        yield 'The JSON must be an object: {"field": value}.'
        return
    for key in merged(entry, rest):
        yield f"“{key}” is said twice in this row: in its own column and in “{JSON}”."


def merged(entry: Entry, rest: Entry, before: str = "") -> Iterator[str]:
    """Add the fields of `rest` to `entry`; yield the paths that both have."""
    for key, value in rest.items():
        if key not in entry:
            entry[key] = value
        elif isinstance(entry[key], dict) and isinstance(value, dict):
            yield from merged(entry[key], value, f"{before}{key}.")
        else:
            yield f"{before}{key}"
