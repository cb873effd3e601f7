"""A codebook drafted from the columns of codings that were made elsewhere. Pure.

A team that coded in a spreadsheet gets its reliability today, without writing a codebook:
kinds, categories and filters are read off the data, shown, and can be corrected.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from codebook.document import Document
from codebook.levels import Kind, Level

MOST_CATEGORIES = 60
#: A filter is proposed where it explains so large a share of the blanks and the answers.
SURE_FILTER = 0.97
UNIT_NAMES = ("id", "unit", "item", "article", "artikel", "tekst", "unit_id", "item_id")
CODER_NAMES = ("coder", "codeur", "koder", "kodirao", "rater", "coder_id", "annotator")

Cells = Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class ColumnDraft:
    """What a column is taken for."""

    column: str
    name: str
    kind: Kind
    level: Level
    codes: tuple[int, ...] = ()
    ask_if: str = ""
    is_chosen: bool = True
    n_filled: int = 0
    n_distinct: int = 0


def guess_key_columns(headers: Sequence[str]) -> tuple[str, str]:
    """The columns that probably name the unit and the coder; “” where none does."""
    by_name = {header.strip().lower(): header for header in reversed(headers)}
    unit = next((by_name[name] for name in UNIT_NAMES if name in by_name), "")
    coder = next((by_name[name] for name in CODER_NAMES if name in by_name), "")
    return unit, coder


def draft_columns(rows: Cells, headers: Sequence[str], unit: str) -> list[ColumnDraft]:
    """What every column is taken for, with the filters that the blanks give away.

    A column that is the same throughout a unit describes the unit (its outlet, its date)
    and is not proposed as a variable.
    """
    drafts = [_column(rows, header, unit) for header in headers if header != unit]
    names: Counter[str] = Counter()
    for at, draft in enumerate(drafts):
        names[draft.name.lower()] += 1
        if names[draft.name.lower()] > 1:
            name = f"{draft.name[:28]}_{names[draft.name.lower()]}"
            drafts[at] = replace(draft, name=name)
    for at, draft in enumerate(drafts):
        if draft.is_chosen:
            drafts[at] = replace(draft, ask_if=_filter(rows, draft, drafts[:at]))
    return drafts


def _column(rows: Cells, header: str, unit: str) -> ColumnDraft:
    filled = [row[header].strip() for row in rows if row[header].strip()]
    distinct = set(filled)
    name = re.sub(r"[^A-Za-z0-9_]+", "_", header).strip("_")[:32] or "variable"
    if not name[0].isalpha():
        name = f"v_{name}"[:32]
    whole = all(re.fullmatch(r"-?\d{1,9}(?:[.,]0+)?", text) for text in distinct)
    numeric = all(re.fullmatch(r"-?\d{1,12}(?:[.,]\d+)?", text) for text in distinct)
    facts: dict[str, Any] = {"n_filled": len(filled), "n_distinct": len(distinct)}
    if distinct and whole and len(distinct) <= MOST_CATEGORIES:
        codes = tuple(sorted({int(re.split("[.,]", text)[0]) for text in distinct}))
        draft = ColumnDraft(header, name, Kind.SINGLE, Level.NOMINAL, codes, **facts)
    elif distinct and numeric:
        kind = Kind.INTEGER if whole else Kind.DECIMAL
        draft = ColumnDraft(header, name, kind, Level.INTERVAL, **facts)
    else:
        draft = ColumnDraft(header, name, Kind.TEXT, Level.TEXT, **facts)
    is_variable = (
        draft.kind is not Kind.TEXT
        and len(distinct) > 1
        and not _belongs_to_unit(rows, header, unit)
    )
    return replace(draft, is_chosen=is_variable)


def _belongs_to_unit(rows: Cells, header: str, unit: str) -> bool:
    """Whether the column is the same in all rows of every unit that several coders coded."""
    seen: dict[str, str] = {}
    compared = 0
    for row in rows:
        text = row[header].strip()
        first = seen.setdefault(row[unit], text)
        if first is not text:
            compared += 1
            if first != text:
                return False
    return compared > 0


def _filter(rows: Cells, draft: ColumnDraft, earlier: Sequence[ColumnDraft]) -> str:
    """The earlier single choice whose one value decides whether this column is filled."""
    if draft.n_filled > 0.95 * len(rows):
        return ""
    for other in earlier:
        if not (other.is_chosen and other.kind is Kind.SINGLE):
            continue
        if other.n_filled < 0.95 * len(rows):
            continue
        for code in other.codes:
            right = sum(
                (row[other.column].strip() == str(code))
                == bool(row[draft.column].strip())
                for row in rows
            )
            if right >= SURE_FILTER * len(rows):
                return f"{other.name} == {code}"
    return ""


def document_of_columns(
    drafts: Sequence[ColumnDraft], *, key: str, title: str
) -> Document:
    """The codebook document of the chosen columns, to be corrected like any draft."""
    variables = []
    for number, draft in enumerate((d for d in drafts if d.is_chosen), start=1):
        variable: dict[str, Any] = {
            "id": f"C{number:02}",
            "name": draft.name,
            "section": "imported",
            "label": {"en": draft.column},
            "question": {"en": draft.column},
            "level": str(draft.level),
            "type": str(draft.kind),
            "required": False,
        }
        if draft.kind is Kind.SINGLE:
            variable["categories"] = [
                {"code": code, "label": {"en": str(code)}} for code in draft.codes
            ]
        if draft.ask_if:
            variable["ask_if"] = draft.ask_if
        variable["reliability"] = {"check": True, "minimum": 0.667, "target": 0.8}
        variables.append(variable)
    return Document(
        {
            "codebook": {
                "id": key,
                "title": {"en": title},
                "version": "1.0",
                "languages": ["en"],
                "note": "Drafted from the columns of imported codings.",
            },
            "sections": [{"id": "imported", "label": {"en": "Imported"}}],
            "variables": variables,
        }
    )
