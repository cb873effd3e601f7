"""What a cell of a spreadsheet says about a field of a codebook, both ways. Pure.

Writing tries the plain forms of a value and takes the first that reads back as exactly
that value; `cells_of` returns None where no cell does, and the value travels as JSON.
"""

import datetime as dt
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

Cell = str | int | float | bool

LONGEST_TEXT = 32_767  # Excel's limit for a cell, in UTF-16 units
LARGEST_WHOLE = 2**53  # beyond it Excel's numbers have gaps
EMPTY = "[]"  # how a list of nothing is written
#: What XML or Excel would change on the way.
UNSAFE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff\u2028\u2029]"
    r"|_x[0-9A-Fa-f]{4}_"
)
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
WHOLE = re.compile(r"[+-]?\d{1,15}")
YES, NO = ("true", "yes", "da", "1"), ("false", "no", "ne", "0")


@dataclass(frozen=True, slots=True)
class Kind:
    """How one field is read from a cell, and the cells that may say it."""

    read: Callable[[Cell], Any]
    write: Callable[[Any], Iterator[Cell]]
    by_language: bool = False  # may have a column for each language
    is_said: bool = False  # coders read it: the columns of all languages are offered
    is_lines: bool = False  # a list, one entry a line


def same(one: Any, other: Any) -> bool:
    """Whether two trees are equal to the type: 1 is neither 1.0 nor true."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(
            same(one[key], other[key]) for key in one
        )
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def cells_of(kind: Kind, value: Any) -> dict[str, Cell] | None:
    """The cells of a field by language, "" for all languages; None if none says it."""
    cells: dict[str, Cell | None]
    if kind.is_lines:
        cells = dict(_lines_of(value))
    elif kind.by_language and isinstance(value, Mapping):
        cells = {
            str(language): _cell_of(kind, text) for language, text in value.items()
        }
    else:
        cells = {"": _cell_of(kind, value)}
    found = {
        language: cell
        for language, cell in cells.items()
        if cell is not None and _is_kept(cell)
    }
    if not found or len(found) < len(cells):
        return None
    if "" not in found and not all(map(LANGUAGE.fullmatch, found)):
        return None
    return found if same(value_of(kind, found), value) else None


def value_of(kind: Kind, cells: Mapping[str, Cell]) -> Any:
    """What the cells of a field say; `cells` are by language, "" for all languages."""
    if kind.is_lines:
        if cells == {"": EMPTY}:
            return []
        lines = {
            language: _texts_in(_text(cell).split("\n"))
            for language, cell in cells.items()
        }
        if "" in lines:
            return lines[""]
        return [
            {
                language: text
                for language, text in zip(lines, texts, strict=True)
                if text is not None
            }
            for texts in zip_longest(*lines.values())
        ]
    if "" in cells:
        return kind.read(cells[""])
    return {language: kind.read(cell) for language, cell in cells.items()}


def cell_from(given: object) -> Cell | None:
    """The cell that a reader of spreadsheets gave; None for an empty one."""
    if isinstance(given, dt.datetime) and given.time() == dt.time():
        return given.date().isoformat()
    if isinstance(given, dt.datetime | dt.date | dt.time):
        return given.isoformat()
    if isinstance(given, bool | int | float):
        return given
    text = "" if given is None else str(given).replace("\r\n", "\n").strip()
    return text or None


def _cell_of(kind: Kind, value: Any) -> Cell | None:
    for cell in kind.write(value):
        if _is_kept(cell) and same(kind.read(_stored(cell)), value):
            return cell
    return None


def _is_kept(cell: Cell) -> bool:
    """Whether a file of Excel gives a cell back as it was."""
    if isinstance(cell, str):
        return (
            bool(cell)
            and cell == cell.strip()
            and "\r" not in cell
            and UNSAFE.search(cell) is None
            and len(cell.encode("utf-16-le", "surrogatepass")) // 2 <= LONGEST_TEXT
        )
    if isinstance(cell, float):
        return math.isfinite(cell) and float(f"{cell:.16G}") == cell
    return abs(cell) <= LARGEST_WHOLE


def _stored(cell: Cell) -> Cell:
    """A cell as Excel keeps it: every number a floating-point one."""
    if isinstance(cell, int) and not isinstance(cell, bool):
        return float(cell)
    return cell


def _lines_of(value: Any) -> Iterator[tuple[str, Cell | None]]:
    if value == []:
        yield "", EMPTY
    elif not isinstance(value, list):
        yield "", None
    elif all(isinstance(entry, str) for entry in value):
        yield "", "\n".join(value)
    elif all(isinstance(entry, Mapping) for entry in value):
        for language in value[0]:
            texts = [entry.get(language) for entry in value]
            is_whole = all(isinstance(text, str) for text in texts)
            yield str(language), "\n".join(texts) if is_whole else None
    else:
        yield "", None


def _texts_in(lines: list[str]) -> list[str]:
    return [line.strip() for line in lines if line.strip()]


def _text(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _write_text(value: Any) -> Iterator[Cell]:
    if isinstance(value, str):
        yield value


def _number(cell: Cell) -> Any:
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if not isinstance(cell, str):
        return cell
    text = cell.replace("−", "-").replace(",", ".")
    if WHOLE.fullmatch(text):
        return int(text)
    try:
        return float(text)
    except ValueError:
        return cell  # whoever checks the shape says what is wrong with it


def _write_number(value: Any) -> Iterator[Cell]:
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield value
        yield repr(value)  # 1.0 as a text: as a number it would come back as 1


def _flag(cell: Cell) -> Any:
    word = _text(cell).lower()
    return True if word in YES else False if word in NO else cell


def _write_flag(value: Any) -> Iterator[Cell]:
    if isinstance(value, bool):
        yield value


def _words(cell: Cell) -> Any:
    if cell == EMPTY:
        return []
    return [word.strip() for word in re.split(r"[,;]", _text(cell)) if word.strip()]


def _write_words(value: Any) -> Iterator[Cell]:
    if isinstance(value, list) and all(isinstance(word, str) for word in value):
        yield ", ".join(value) or EMPTY


def _codes(cell: Cell) -> Any:
    if cell == EMPTY:
        return []
    words = re.split(r"[,;\s]+", _text(cell).strip("[] "))
    if all(WHOLE.fullmatch(word) for word in words):
        return [int(word) for word in words]
    return cell


def _write_codes(value: Any) -> Iterator[Cell]:
    if isinstance(value, list) and all(type(code) is int for code in value):
        if len(value) == 1:
            yield value[0]
        yield ", ".join(str(code) for code in value) or EMPTY


def _code_or_codes(cell: Cell) -> Any:
    """A code, several codes, or a name; a list of one is written [5]."""
    if isinstance(cell, str) and not WHOLE.fullmatch(cell):
        return _codes(cell)
    return _number(cell)


def _write_code_or_codes(value: Any) -> Iterator[Cell]:
    yield from _write_loose(value)
    yield from _write_codes(value)
    if isinstance(value, list) and len(value) == 1:
        yield f"[{value[0]}]"


def _loose(cell: Cell) -> Any:
    """What a field that the program does not know says: as the cell is."""
    return cell if isinstance(cell, str) else _number(cell)


def _write_loose(value: Any) -> Iterator[Cell]:
    if isinstance(value, str | int | float):
        yield value


TEXT = Kind(_text, _write_text)
TEXTS = Kind(_text, _write_text, by_language=True, is_said=True)
LINES = Kind(_text, _write_text, by_language=True, is_lines=True)
EXAMPLES = Kind(_text, _write_text, by_language=True, is_said=True, is_lines=True)
NUMBER = Kind(_number, _write_number)
FLAG = Kind(_flag, _write_flag)
WORDS = Kind(_words, _write_words)
CODES = Kind(_codes, _write_codes)
CODE_OR_CODES = Kind(_code_or_codes, _write_code_or_codes)
LOOSE = Kind(_loose, _write_loose, by_language=True)
