"""One variable changed: its fields, its categories, its name everywhere. Pure."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from codebook.changes.edits import same
from codebook.editing import texts
from codebook.editing.tree import (
    CATEGORY,
    RELIABILITY,
    VARIABLE,
    NotEditable,
    Tree,
    at_of,
    entries_of,
    entry_of,
    gettext_noop,
    keys_of,
    languages_of,
    put,
    with_entry,
)
from codebook.levels import Evidence

Values = Mapping[str, Any]

TEXTS = ("question", "notes")
WORDS = ("section", "ask_if", "ends_item_if", "unit", "describes", "consistency")
CHOICES = ("level", "type")  # always there
THREE_WAY = ("required",)  # true, false, or as usual for the type
NUMBERS = ("min", "max", "max_length")


def with_variable(tree: Tree, key: str, values: Values) -> Tree:
    """The tree with a variable's fields set to what a form holds.

    `values` are by name of the field; those that are not given stay. Texts are one a
    language, numbers Decimal or None, `categories` a list of such values in their new
    order, each with `was`: the key of the category that it has been, "" for a new one.
    A new name is put into every filter and formula that names the old one.
    """
    languages = languages_of(tree)
    old = entry_of(tree, "variables", key)
    new = old
    if "label" in values:
        label = texts.written(old.get("label"), values["label"], languages)
        blank: Any = dict.fromkeys(languages, "")
        # A label that is gone would be read as the name; an empty one is seen as a fault.
        new = put(new, "label", label or blank.get("", blank), VARIABLE)
    for name in TEXTS:
        if name in values:
            text = texts.written(old.get(name), values[name], languages)
            new = _put(new, name, text, VARIABLE)
    for name in (*WORDS, *CHOICES):
        if name in values and values[name] != str(old.get(name) or ""):
            new = put(new, name, values[name] or None, VARIABLE)
    for name in THREE_WAY:
        if name in values and values[name] is not old.get(name):
            new = put(new, name, values[name], VARIABLE)
    for name in NUMBERS:
        if name in values:
            new = _with_number(new, name, values[name], VARIABLE)
    new = _with_flags(new, values)
    if "missing_codes" in values:
        new = _with_codes(new, "missing_codes", values["missing_codes"])
    if "reliability" in values:
        new = _with_reliability(new, values["reliability"])
    if "categories" in values:
        new = _with_categories(new, values["categories"], languages)
    tree = with_entry(tree, "variables", key, new)
    if values.get("name") and values["name"] != old["name"]:
        tree = with_name(tree, key, values["name"])
    return tree


def _put(entry: Tree, name: str, value: Any, order: Sequence[str]) -> Tree:
    """The entry with a field set, itself where the field is what it was."""
    if value is entry.get(name):
        return entry
    return put(entry, name, value, order)


def _with_number(
    entry: Tree, name: str, value: Decimal | None, order: Sequence[str]
) -> Tree:
    old = entry.get(name)
    if value == (None if old is None else Decimal(str(old))):
        return entry
    if value is None:
        return put(entry, name, None)
    is_whole = value == value.to_integral_value()
    return put(entry, name, int(value) if is_whole else float(value), order)


def _with_flags(entry: Tree, values: Values) -> Tree:
    if "sensitive" in values and values["sensitive"] is not bool(
        entry.get("sensitive")
    ):
        entry = put(entry, "sensitive", values["sensitive"] or None, VARIABLE)
    if "prefill" in values and values["prefill"] is not bool(entry.get("prefill")):
        filled = "metadata" if values["prefill"] else None
        entry = put(entry, "prefill", filled, VARIABLE)
    none = str(Evidence.NONE)
    if "evidence" in values and values["evidence"] != entry.get("evidence", none):
        evidence = None if values["evidence"] == none else values["evidence"]
        entry = put(entry, "evidence", evidence, VARIABLE)
    return entry


def _with_codes(entry: Tree, name: str, codes: Sequence[int]) -> Tree:
    """A list of codes: those that stay keep their places, new ones follow."""
    old = entry.get(name) or []
    staying = [code for code in old if code in codes]
    new = [*staying, *(code for code in codes if code not in old)]
    if new == old:
        return entry
    is_wanted = bool(new) or (name == "missing_codes" and name in entry)
    return put(entry, name, new if is_wanted else None, VARIABLE)


def _with_reliability(entry: Tree, values: Values) -> Tree:
    old: Tree = entry.get("reliability") or {}
    new = old
    for name in ("check", "per_option"):
        if name in values and values[name] is not new.get(name):
            new = put(new, name, values[name], RELIABILITY)
    for name in ("target", "minimum"):
        if name in values:
            new = _with_number(new, name, values[name], RELIABILITY)
    if "metric" in values and values["metric"] != (new.get("metric") or ""):
        new = put(new, "metric", values["metric"] or None, RELIABILITY)
    if new is old:
        return entry
    return put(entry, "reliability", new or None, VARIABLE)


def _with_categories(
    entry: Tree, rows: Sequence[Values], languages: Sequence[str]
) -> Tree:
    """The variable with its categories as the rows say, in the order of the rows."""
    given = entries_of(entry, "categories")
    olds = dict(zip(keys_of(entry, "categories"), given, strict=True))
    news = [_category(olds.get(row["was"], {}), row, languages) for row in rows]
    if not same(news, given):
        entry = put(entry, "categories", news or None, VARIABLE)
    exclusive = [row["code"] for row in rows if row.get("exclusive")]
    return _with_codes(entry, "exclusive", exclusive)


def _category(old: Tree, row: Values, languages: Sequence[str]) -> Tree:
    new = old
    if row["code"] != old.get("code"):
        new = put(new, "code", row["code"], CATEGORY)
    for name in ("label", "definition", "rule"):
        if name in row:
            text = texts.written(old.get(name), row[name], languages)
            new = _put(new, name, text, CATEGORY)
    if "examples" in row:
        examples = texts.written_lines(old.get("examples"), row["examples"], languages)
        new = _put(new, "examples", examples, CATEGORY)
    if "retired" in row and row["retired"] is not (old.get("status") == "retired"):
        new = put(new, "status", "retired" if row["retired"] else None, CATEGORY)
    if "parent" in row and row["parent"] != old.get("parent"):
        new = put(new, "parent", row["parent"], CATEGORY)
    return new


def with_name(tree: Tree, key: str, name: str) -> Tree:
    """The tree with a variable under another name, also where filters and formulas name it.

    A variable that had no id keeps its old name as one: it stays the same variable.
    """
    old = entry_of(tree, "variables", key)
    was = str(old["name"])
    if old.get("id"):
        new = {**old, "name": name}
    else:
        new = {"id": was, **{k: v for k, v in old.items() if k != "id"}, "name": name}
    tree = with_entry(tree, "variables", key, new)
    for kind, fields in (
        ("variables", ("ask_if", "ends_item_if", "consistency")),
        ("derived_variables", ("formula", "from")),
    ):
        if tree.get(kind):
            entries = [
                _renamed(entry, fields, was, name) for entry in entries_of(tree, kind)
            ]
            tree = {**tree, kind: entries}
    return tree


def _renamed(entry: Tree, fields: Sequence[str], was: str, name: str) -> Tree:
    for field in fields:
        text = entry.get(field)
        if isinstance(text, str) and (new := renamed(text, was, name)) != text:
            entry = {**entry, field: new}
    return entry


def renamed(text: str, was: str, name: str) -> str:
    """A filter or formula with a variable under its new name; texts in quotes stay."""
    word = re.compile(rf"('[^']*'|\"[^\"]*\")|(?<![\w.]){re.escape(was)}(?!\w)")
    return word.sub(lambda match: match[1] or name, text)


def free_code(entry: Tree) -> int:
    """The code that a new category gets: one more than the largest."""
    codes = [category["code"] for category in entries_of(entry, "categories")]
    missing = set(entry.get("missing_codes") or ())
    code = max((code for code in codes if code < 90), default=0) + 1
    while code in codes or code in missing:
        code += 1
    return code


def with_new_category(tree: Tree, key: str) -> tuple[Tree, int]:
    """The tree with an empty category at the end of a variable's, and its code."""
    entry = entry_of(tree, "variables", key)
    code = free_code(entry)
    words = dict.fromkeys(languages_of(tree), "")
    category = {"code": code, "label": words.get("", words)}
    categories = [*entries_of(entry, "categories"), category]
    new = put(entry, "categories", categories, VARIABLE)
    return with_entry(tree, "variables", key, new), code


def without_category(tree: Tree, key: str, category: str) -> Tree:
    """The tree without a category of a variable."""
    entry = entry_of(tree, "variables", key)
    gone = entry_of(entry, "categories", category)
    new = with_entry(entry, "categories", category, None)
    staying = [code for code in new.get("exclusive") or () if code != gone["code"]]
    if staying != (new.get("exclusive") or []):
        new = put(new, "exclusive", staying or None)
    return with_entry(tree, "variables", key, new)


def with_category_stepped(tree: Tree, key: str, category: str, by: int) -> Tree:
    """The tree with a category one place further up (-1) or down (1)."""
    entry = entry_of(tree, "variables", key)
    moved = entry_of(entry, "categories", category)
    categories = entries_of(entry, "categories")
    at = at_of(entry, "categories", category) + by
    if not 0 <= at < len(categories):
        return tree
    others = [other for other in categories if other is not moved]
    new = {**entry, "categories": [*others[:at], moved, *others[at:]]}
    return with_entry(tree, "variables", key, new)


def without_categories(tree: Tree, key: str) -> Tree:
    """The tree with a variable that has no categories: a number, a date or a text."""
    entry = put(entry_of(tree, "variables", key), "exclusive", None)
    return with_entry(tree, "variables", key, put(entry, "categories", None))


def with_codes_in_order(tree: Tree, key: str) -> Tree:
    """The tree with a variable's categories in the order of their codes."""
    entry = entry_of(tree, "variables", key)
    categories = sorted(entries_of(entry, "categories"), key=lambda c: c["code"])
    if not categories:
        raise NotEditable(
            gettext_noop("The variable has no categories to put in order.")
        )
    new = {**entry, "categories": categories}
    return with_entry(tree, "variables", key, new)
