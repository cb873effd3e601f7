"""The JSON Schema of codebook documents: the shape of `codebook.shape` for other programs. Pure.

It describes the JSON form (YAML is read into the same). Fields that it does not name are
kept as they are. docs/codebook.schema.json holds the text of `to_json`.
"""

import json
from typing import Any

from codebook.changes.change import Kind as ChangeKind
from codebook.checks import LARGEST_CODE, LONGEST_NAME, LONGEST_NUMBER, NAME
from codebook.levels import Evidence, Kind, Level

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def codebook_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) that every codebook document meets."""
    return {
        "$schema": DIALECT,
        "title": "Codebook document",
        "description": "The whole instrument of a content analysis: sections, variables, "
        "categories, filters, missing codes and its own history.",
        **_record(
            {
                "codebook": _ref("head"),
                "sections": _list(_ref("section")),
                "variables": _list(_ref("variable"), may_be_null=False),
                "derived_variables": _list(_ref("derived")),
            },
            required=["codebook", "variables"],
        ),
        "$defs": {
            "words": _words(),
            "texts": _texts(),
            "head": _head(),
            "version": _version(),
            "change": _change(),
            "section": _record({"id": _text(), "label": _said()}, required=["id"]),
            "variable": _variable(),
            "category": _category(),
            "reliability": _reliability(),
            "derived": _derived(),
        },
    }


def to_json() -> str:
    """The schema as the text of docs/codebook.schema.json."""
    return json.dumps(codebook_schema(), ensure_ascii=False, indent=2) + "\n"


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _record(fields: Schema, *, required: list[str]) -> Schema:
    return {"type": "object", "required": required, "properties": fields}


def _list(entry: Schema, *, may_be_null: bool = True) -> Schema:
    kinds = ["array", "null"] if may_be_null else "array"
    return {"type": kinds, "items": entry}


def _text(about: str = "", **more: Any) -> Schema:
    """A text that must be there and not be empty."""
    return _about(about, {"type": "string", "minLength": 1, **more})


def _about(about: str, schema: Schema) -> Schema:
    return {"description": about, **schema} if about else schema


def _maybe(kind: str, about: str = "", **more: Any) -> Schema:
    return _about(about, {"type": [kind, "null"], **more})


def _words() -> Schema:
    return {"type": ["string", "number"]}


def _texts() -> Schema:
    return {
        "description": "One text for every language, or one for each.",
        "oneOf": [
            _ref("words"),
            {"type": "object", "additionalProperties": _ref("words")},
        ],
    }


def _said(about: str = "") -> Schema:
    return _about(about, {"anyOf": [_ref("texts"), {"type": "null"}]})


def _options(legal: list[str], about: str = "") -> Schema:
    return _about(about, {"enum": [*legal, None]})


def _codes(about: str = "") -> Schema:
    return _about(about, {"type": ["array", "null"], "items": {"type": "integer"}})


def _head() -> Schema:
    return _record(
        {
            "id": _text("The codebook's identity across versions."),
            "title": {"allOf": [_ref("texts"), {"not": {"const": ""}}]},
            "version": {
                "description": f"The number; {LONGEST_NUMBER} characters at most.",
                "allOf": [_ref("words"), {"not": {"const": ""}}],
            },
            "date": _maybe("string"),
            "languages": _list({"type": "string"}),
            "universe": _said(),
            "general_rules": _list(_ref("texts")),
            "missing_codes": {
                "description": "The words of the missing codes, for variables with "
                "categories and for numbers; by code.",
                "type": ["object", "null"],
                "properties": {
                    "categorical": _maybe("object"),
                    "numeric": _maybe("object"),
                },
            },
            "version_history": _list(_ref("version")),
        },
        required=["id", "title", "version"],
    )


def _version() -> Schema:
    return _record(
        {
            "version": _ref("words"),
            "date": _maybe("string"),
            "summary": _said(),
            "changes": _list(_ref("change")),
        },
        required=[],
    )


def _change() -> Schema:
    kinds = ", ".join(ChangeKind)
    codes = {"type": ["integer", "array"], "items": {"type": "integer"}}
    return _record(
        {
            "kind": {"description": f"One of {kinds}.", "type": "string"},
            "variable": {"type": "string"},
            "code": codes,
            "from": codes,
            "to": {"anyOf": [codes, {"type": "string"}]},
            "automatic": {
                "description": "Whether codings are carried over without a coder.",
                "type": "boolean",
            },
            "action": {"type": "string"},
        },
        required=["kind"],
    )


def _variable() -> Schema:
    return _record(
        {
            "id": _maybe(
                "string", "Its identity across versions; the name may change."
            ),
            "name": _text(
                f"Safe in SPSS, Stata and R: {NAME.pattern}, {LONGEST_NAME} characters "
                "at most."
            ),
            "section": _maybe("string"),
            "label": _said(),
            "question": _said(),
            "notes": _said(),
            "level": {"enum": list(Level)},
            "type": {"enum": list(Kind)},
            "role": _maybe("string"),
            "ask_if": _maybe("string", "The filter: when the question is asked."),
            "ends_item_if": _maybe("string"),
            "required": _maybe("boolean"),
            "min": _maybe("number"),
            "max": _maybe("number"),
            "max_length": _maybe("integer"),
            "unit": _maybe("string", "The unit of measurement."),
            "prefill": _maybe("string"),
            "sensitive": _maybe("boolean"),
            "evidence": _options(list(Evidence)),
            "describes": _maybe("string", "The unit that the variable describes."),
            "exclusive": _codes("Codes of a multiple choice that are chosen alone."),
            "missing_codes": _codes("Codes that mean there is no value."),
            "categories": _list(_ref("category")),
            "reliability": {"anyOf": [_ref("reliability"), {"type": "null"}]},
        },
        required=["name", "level", "type"],
    )


def _category() -> Schema:
    return _record(
        {
            "code": {
                "description": f"From {-LARGEST_CODE} to {LARGEST_CODE}.",
                "type": "integer",
            },
            "id": _maybe(
                "string", "Its identity across versions; the code may change."
            ),
            "label": _said(),
            "definition": _said(),
            "examples": _list(_ref("texts")),
            "rule": _said(),
            "status": _options(["active", "retired"]),
            "parent": _maybe(
                "integer", "The code of the category that it belongs under."
            ),
        },
        required=["code"],
    )


def _reliability() -> Schema:
    share = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
    return _record(
        {
            "check": _maybe("boolean"),
            "target": share,
            "minimum": share,
            "metric": {"enum": list(Level)},
            "per_option": _maybe("boolean"),
        },
        required=[],
    )


def _derived() -> Schema:
    return _record(
        {
            "name": _text(),
            "label": _said(),
            "level": _options(list(Level)),
            "formula": _maybe("string"),
            "from": _maybe("string", "The variable whose categories are grouped."),
            "map": _maybe(
                "object",
                "The codes of each group.",
                additionalProperties={"type": "array", "items": {"type": "integer"}},
            ),
        },
        required=["name"],
    )
