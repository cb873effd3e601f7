"""Derived variables changed: computed by a formula, or by grouping another's categories. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from codebook.editing import texts
from codebook.editing.tree import (
    DERIVED,
    TOP,
    NotEditable,
    Tree,
    at_of,
    entries_of,
    entry_of,
    free_key,
    gettext_noop,
    keys_of,
    languages_of,
    put,
    with_entry,
)
from codebook.editing.variables import renamed
from codebook.levels import Level

LIST = "derived_variables"
GROUP = re.compile(r"\s*(.+?)\s*:\s*(-?\d+(?:[\s,;]+-?\d+)*)?[\s,;]*")


def with_new_derived(tree: Tree) -> tuple[Tree, str]:
    """The tree with an empty derived variable at the end, and its key."""
    entries = entries_of(tree, LIST)
    known = {str(v["name"]) for v in (*entries, *entries_of(tree, "variables"))}
    name = free_key("derived_", known, len(entries) + 1)
    words = dict.fromkeys(languages_of(tree), "")
    new = {"name": name, "label": words.get("", words), "level": str(Level.NOMINAL)}
    return put(tree, LIST, [*entries, new], TOP), name


def with_derived(tree: Tree, key: str, values: Mapping[str, Any]) -> tuple[Tree, str]:
    """The tree with a derived variable's fields as a form holds them, and its key.

    A new name is put into every formula that names the old one. Raises NotEditable if the
    groups cannot be read.
    """
    old = entry_of(tree, LIST, key)
    new = old
    label = texts.written(old.get("label"), values["label"], languages_of(tree))
    if label is not old.get("label"):
        new = put(new, "label", label, DERIVED)
    for name in ("level", "formula", "from"):
        if values[name] != str(old.get(name) or ""):
            new = put(new, name, values[name] or None, DERIVED)
    groups = written_groups(old.get("map"), values["groups"])
    if groups is not old.get("map"):
        new = put(new, "map", groups, DERIVED)
    at = at_of(tree, LIST, key)
    was, name = str(old["name"]), values["name"]
    if new is not old:
        tree = with_entry(tree, LIST, key, new)
    if name != was:
        entries = [
            {**entry, "formula": renamed(str(entry["formula"]), was, name)}
            if entry.get("formula")
            else entry
            for entry in entries_of(tree, LIST)
        ]
        entries[at] = {**entries[at], "name": name}
        tree = {**tree, LIST: entries}
    return tree, keys_of(tree, LIST)[at]


def without_derived(tree: Tree, key: str) -> Tree:
    """The tree without a derived variable."""
    return with_entry(tree, LIST, key, None)


def with_derived_stepped(tree: Tree, key: str, by: int) -> Tree:
    """The tree with a derived variable one place further up (-1) or down (1)."""
    entries = entries_of(tree, LIST)
    at = at_of(tree, LIST, key)
    if not 0 <= at + by < len(entries):
        return tree
    others = [*entries[:at], *entries[at + 1 :]]
    others.insert(at + by, entries[at])
    return {**tree, LIST: others}


def shown_groups(given: object) -> str:
    """The groups as lines: “left: 1, 2”."""
    if not isinstance(given, Mapping):
        return ""
    return "\n".join(
        f"{name}: {', '.join(map(str, codes if isinstance(codes, list) else [codes]))}"
        for name, codes in given.items()
    )


def written_groups(given: Any, text: str) -> Any:
    """What to write for lines of groups: `given` itself if nothing was changed.

    Raises NotEditable with the line that cannot be read.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if [line.split() for line in lines] == [
        line.split() for line in shown_groups(given).splitlines()
    ]:
        return given
    groups: dict[str, list[int]] = {}
    for line in lines:
        match = GROUP.fullmatch(line)
        if match is None:
            raise NotEditable(
                gettext_noop(
                    "“%(line)s” is no group. Write its name, a colon and its codes: "
                    "left: 1, 2"
                ),
                line=line.strip(),
            )
        codes = re.findall(r"-?\d+", match[2] or "")
        groups.setdefault(match[1], []).extend(int(code) for code in codes)
    return groups or None
