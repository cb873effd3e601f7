"""The raw tree of a codebook document: finding its parts and changing copies. Pure.

An edit returns a new tree and leaves the old one as it is; what it does not touch is
shared between them. Fields that the program does not know stay where they are.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from codebook.changes.edits import handles
from codebook.document import Document

Tree = dict[str, Any]

#: The order in which the fields of an entry are written; docs/codebook-format.md has it.
TOP = ("codebook", "sections", "system_fields", "variables", "derived_variables")
HEAD = (
    "id", "title", "version", "date", "status", "languages", "script", "licence",
    "universe", "units", "missing_codes", "missing_policy", "general_rules",
    "reliability_plan", "version_history",
)  # fmt: skip
SECTION = ("id", "label")
VARIABLE = (
    "id", "name", "section", "label", "question", "level", "type", "role", "unit", "min",
    "max", "max_length", "format", "prefill", "describes", "ends_item_if", "ask_if",
    "required", "sensitive", "evidence", "notes", "exclusive", "categories",
    "missing_codes", "consistency", "reliability",
)  # fmt: skip
CATEGORY = (
    "id", "code", "label", "definition", "examples", "rule", "status", "parent",
)  # fmt: skip
DERIVED = ("id", "name", "label", "level", "from", "map", "formula", "note")
RELIABILITY = ("check", "coefficient", "metric", "target", "minimum", "per_option")


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for the translators; whoever shows it translates it."""
    return sentence


class NotEditable(Exception):
    """An edit cannot be made; the sentence says why and the way out.

    `sentence` holds %(name)s places for `facts`.
    """

    def __init__(self, sentence: str, **facts: object) -> None:
        self.sentence = sentence
        self.facts = facts
        super().__init__(self.said())

    def said(self, translate: Callable[[str], str] = gettext_noop) -> str:
        return translate(self.sentence) % self.facts


def head_of(tree: Mapping[str, Any]) -> Tree:
    return tree.get("codebook") or {}


def languages_of(tree: Mapping[str, Any]) -> tuple[str, ...]:
    """The languages of the document; "" alone where it names none."""
    return tuple(dict.fromkeys(head_of(tree).get("languages") or ())) or ("",)


def entries_of(tree: Mapping[str, Any], name: str) -> list[Tree]:
    """The entries of a list; none where the list is absent."""
    return tree.get(name) or []


def keys_of(tree: Mapping[str, Any], name: str) -> list[str]:
    """What the entries of a list are addressed by: id, or name or code, each its own."""
    return handles(name, entries_of(tree, name), "")


def at_of(tree: Mapping[str, Any], name: str, key: str) -> int:
    """The position of an entry in its list. Raises NotEditable if it is not there."""
    try:
        return keys_of(tree, name).index(key)
    except ValueError:
        raise NotEditable(
            gettext_noop(
                "The codebook has no “%(key)s” any more: somebody removed it. Go back "
                "to the outline."
            ),
            key=key,
        ) from None


def entry_of(tree: Mapping[str, Any], name: str, key: str) -> Tree:
    """The entry with a key. Raises NotEditable if it is not there."""
    return entries_of(tree, name)[at_of(tree, name, key)]


def put(
    tree: Mapping[str, Any], name: str, value: Any, order: Sequence[str] = ()
) -> Tree:
    """The tree with a field set; None drops it. A new field takes its place in `order`."""
    if value is None:
        return {key: old for key, old in tree.items() if key != name}
    if name in tree or name not in order:
        return {**tree, name: value}
    later = set(order[order.index(name) + 1 :])
    at = next((n for n, key in enumerate(tree) if key in later), len(tree))
    items = list(tree.items())
    return dict([*items[:at], (name, value), *items[at:]])


def with_entry(tree: Tree, name: str, key: str, entry: Tree | None) -> Tree:
    """The tree with one entry of a list replaced; None takes it out."""
    at = at_of(tree, name, key)
    entries = entries_of(tree, name)
    new = [] if entry is None else [entry]
    return {**tree, name: [*entries[:at], *new, *entries[at + 1 :]]}


def tree_of(document: Document) -> Tree:
    """The raw tree of a document. Edits make new trees of it; nobody changes this one."""
    return dict(document.tree)


def document_after(document: Document, tree: Tree) -> Document:
    """The document of a tree that edits made of a document's own.

    What the edits did not touch is not read again: 300 variables cost 70 ms, one costs
    less than one.
    """
    new = Document(tree)
    if head_of(tree) is document.head:
        known = {
            id(entry): spec
            for entry, spec in zip(
                entries_of(document.tree, "variables"), document.variables, strict=True
            )
        }
        specs = [
            known.get(id(entry))
            or Document({"codebook": tree["codebook"], "variables": [entry]}).variables[
                0
            ]
            for entry in entries_of(tree, "variables")
        ]
        new.__dict__["variables"] = tuple(specs)  # as the cached property keeps it
    return new


def free_key(stem: str, taken: Collection[str], first: int = 1, width: int = 1) -> str:
    """The stem with the first number that is not taken: section_2, V07."""
    known = {key.lower() for key in taken}
    number = first
    while f"{stem}{number:0{width}}".lower() in known:
        number += 1
    return f"{stem}{number:0{width}}"
