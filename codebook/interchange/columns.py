"""The sheets of a codebook in a workbook and their columns. Pure.

docs/codebook-format.md describes them sheet by sheet. Categories, groups and changes have
sheets of their own and name the variable, derived variable or version they belong to.
"""

from codebook.interchange.cells import (
    CODE_OR_CODES,
    CODES,
    EXAMPLES,
    FLAG,
    LINES,
    LOOSE,
    NUMBER,
    TEXT,
    TEXTS,
    WORDS,
)
from codebook.interchange.tables import Fields
from codebook.places import Place

#: The columns that a sheet has by itself; others are kept as they are.
COLUMNS: dict[str, Fields] = {
    "codebook": {"field": TEXT, "value": LOOSE, "list": LINES},
    "sections": {"id": TEXT, "label": TEXTS},
    "variables": {
        "id": TEXT, "name": TEXT, "section": TEXT, "label": TEXTS, "question": TEXTS,
        "notes": TEXTS, "type": TEXT, "level": TEXT, "role": TEXT, "ask_if": TEXT,
        "ends_item_if": TEXT, "required": FLAG, "min": NUMBER, "max": NUMBER,
        "max_length": NUMBER, "unit": TEXT, "exclusive": CODES, "missing_codes": CODES,
        "prefill": TEXT, "sensitive": FLAG, "evidence": TEXT, "describes": TEXT,
        "consistency": TEXT, "reliability.check": FLAG, "reliability.minimum": NUMBER,
        "reliability.target": NUMBER, "reliability.metric": TEXT,
        "reliability.per_option": FLAG,
    },
    "categories": {
        "variable": TEXT, "code": NUMBER, "label": TEXTS, "definition": TEXTS,
        "examples": EXAMPLES, "rule": TEXTS, "status": TEXT, "parent": NUMBER, "id": TEXT,
    },
    "missing codes": {"group": TEXT, "code": LOOSE, "label": TEXTS, "means": TEXT},
    "rules": {"rule": TEXTS},
    "derived": {
        "name": TEXT, "label": TEXTS, "level": TEXT, "formula": TEXT, "from": TEXT,
        "note": TEXTS,
    },
    "groups": {"derived": TEXT, "group": TEXT, "codes": CODES},
    "versions": {"version": TEXT, "date": TEXT, "summary": TEXTS},
    "changes": {
        "version": TEXT, "kind": TEXT, "variable": TEXT, "code": CODE_OR_CODES,
        "from": CODE_OR_CODES, "to": CODE_OR_CODES, "automatic": FLAG, "action": TEXTS,
        "old": LOOSE, "new": LOOSE,
    },
    "more": {"field": TEXT, "value": LOOSE, "list": LINES},
}  # fmt: skip
#: Fields of the sheet “codebook” that are no loose values.
HEAD = {"id": TEXT, "version": TEXT, "date": TEXT, "languages": WORDS}
WHOLE = "."  # in “field”: the JSON holds fields whose names no cell can say
EXACT = "exact"  # in JSON: a value that no cell says, in a list of one
#: The sheet of a place that no row holds.
SHEETS: dict[Place, str] = {
    ("codebook",): "codebook",
    ("codebook", "missing_codes"): "missing codes",
    ("codebook", "general_rules"): "rules",
    ("codebook", "version_history"): "versions",
    ("sections",): "sections",
    ("variables",): "variables",
    ("derived_variables",): "derived",
}
