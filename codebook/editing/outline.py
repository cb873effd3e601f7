"""The outline of a codebook: sections and variables added, moved, removed. Pure.

Questions stand in the order of their sections, and the list of variables is kept in that
order too: a filter may then name whatever is asked before it.
"""

import re
from collections import Counter
from collections.abc import Collection

from codebook.editing.tree import (
    TOP,
    VARIABLE,
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
from codebook.levels import Kind, Level

#: The level that a new variable of each kind has; another may be chosen.
USUAL_LEVEL = {
    Kind.SINGLE: Level.NOMINAL,
    Kind.MULTI: Level.NOMINAL,
    Kind.INTEGER: Level.RATIO,
    Kind.DECIMAL: Level.RATIO,
    Kind.DATE: Level.INTERVAL,
    Kind.TEXT: Level.TEXT,
}
NUMBERED = re.compile(r"([A-Za-z]+)(\d+)")


def with_new_section(tree: Tree) -> tuple[Tree, str]:
    """The tree with an empty section at the end, and the section's id."""
    sections = entries_of(tree, "sections")
    known = [str(section.get("id", "")) for section in sections]
    key = free_key("section_", known, len(known) + 1)
    words = dict.fromkeys(languages_of(tree), "")
    section = {"id": key, "label": words.get("", words)}
    return put(tree, "sections", [*sections, section], TOP), key


def without_section(tree: Tree, key: str) -> Tree:
    """The tree without a section. Raises NotEditable if variables stand in it."""
    inside = [v for v in entries_of(tree, "variables") if v.get("section") == key]
    if inside:
        raise NotEditable(
            gettext_noop(
                "Variables stand in this section: %(names)s. Move or remove them first."
            ),
            names=", ".join(str(variable["name"]) for variable in inside),
        )
    return with_entry(tree, "sections", key, None)


def with_section_moved(tree: Tree, key: str, before: str | None) -> Tree:
    """The tree with a section set before another, or last; its variables go with it."""
    moved = entry_of(tree, "sections", key)
    if before == key:
        return tree
    others = [entry for entry in entries_of(tree, "sections") if entry is not moved]
    at = (
        len(others)
        if before is None
        else at_of({"sections": others}, "sections", before)
    )
    tree = {**tree, "sections": [*others[:at], moved, *others[at:]]}
    order = {key: n for n, key in enumerate(keys_of(tree, "sections"))}
    variables = entries_of(tree, "variables")
    last = len(order)
    in_order = sorted(variables, key=lambda v: order.get(v.get("section", ""), last))
    return {**tree, "variables": in_order}


def with_section_stepped(tree: Tree, key: str, by: int) -> Tree:
    """The tree with a section one place further up (-1) or down (1), as far as that goes."""
    keys = keys_of(tree, "sections")
    at = at_of(tree, "sections", key)
    if not 0 <= at + by < len(keys):
        return tree
    after = at + by + (1 if by > 0 else 0)
    before = keys[after] if after < len(keys) else None
    return with_section_moved(tree, key, before)


def with_new_variable(
    tree: Tree, section: str, kind: str, taken: Collection[str] = ()
) -> tuple[Tree, str]:
    """The tree with an empty variable at the end of a section, and the variable's id.

    `taken` are ids that earlier versions used: a new variable is never one of them.
    """
    entry_of(tree, "sections", section)
    variables = entries_of(tree, "variables")
    key = _new_id(keys_of(tree, "variables"), taken)
    names = {str(variable["name"]) for variable in variables}
    derived = {str(other["name"]) for other in entries_of(tree, "derived_variables")}
    words = dict.fromkeys(languages_of(tree), "")
    variable: Tree = {
        "id": key,
        "name": free_key("variable_", names | derived, len(variables) + 1),
        "section": section,
        "label": words.get("", words),
        "level": str(USUAL_LEVEL[Kind(kind)]),
        "type": str(Kind(kind)),
    }
    if Kind(kind).has_categories:
        variable["categories"] = [
            {"code": code, "label": words.get("", words)} for code in (1, 2)
        ]
    return _placed(tree, variables, variable, None), key


def _new_id(keys: list[str], taken: Collection[str]) -> str:
    """An id that goes on as the others do: V38 after V37."""
    known = {*keys, *taken}
    numbered = [match for key in known if (match := NUMBERED.fullmatch(key))]
    stems = Counter(match[1] for match in numbered)
    stem = stems.most_common(1)[0][0] if stems else "V"
    used = [match[2] for match in numbered if match[1] == stem]
    width = max((len(digits) for digits in used), default=2)
    last = max((int(digits) for digits in used), default=0)
    return free_key(stem, known, last + 1, width)


def with_variable_copied(
    tree: Tree, key: str, taken: Collection[str] = ()
) -> tuple[Tree, str]:
    """The tree with a copy of a variable behind it, under a new id and name, and that id."""
    original = entry_of(tree, "variables", key)
    variables = entries_of(tree, "variables")
    new = _new_id(keys_of(tree, "variables"), taken)
    names = {str(variable["name"]) for variable in variables}
    stem = str(original["name"])[:28]
    copy = {
        **({"id": new} if "id" not in original else {}),
        **original,
        "id": new,
        "name": free_key(f"{stem}_", names, 2),
    }
    if "categories" in copy:  # the ids of categories are the original's own
        copy["categories"] = [
            {name: value for name, value in category.items() if name != "id"}
            for category in entries_of(copy, "categories")
        ]
    at = at_of(tree, "variables", key) + 1
    return {**tree, "variables": [*variables[:at], copy, *variables[at:]]}, new


def without_variable(tree: Tree, key: str) -> Tree:
    """The tree without a variable. Filters that name it say so among the problems."""
    return with_entry(tree, "variables", key, None)


def with_variable_moved(
    tree: Tree, key: str, section: str, before: str | None = None
) -> Tree:
    """The tree with a variable in a section, before another one there, or last."""
    if before == key:
        return tree
    entry_of(tree, "sections", section)
    variable = entry_of(tree, "variables", key)
    others = [entry for entry in entries_of(tree, "variables") if entry is not variable]
    if variable.get("section") != section:
        variable = put(variable, "section", section, VARIABLE)
    return _placed(tree, others, variable, before)


def with_variable_stepped(tree: Tree, key: str, by: int) -> Tree:
    """The tree with a variable one question further up (-1) or down (1).

    At the edge of a section it goes into the next one, as far as there is one.
    """
    section = entry_of(tree, "variables", key).get("section", "")
    inside = _keys_in(tree, section)
    at = inside.index(key)
    if 0 <= at + by < len(inside):
        after = at + by + (1 if by > 0 else 0)
        before = inside[after] if after < len(inside) else None
        return with_variable_moved(tree, key, section, before)
    sections = keys_of(tree, "sections")
    to = sections.index(section) + by if section in sections else 0
    if not 0 <= to < len(sections):
        return tree
    there = _keys_in(tree, sections[to])
    before = there[0] if by > 0 and there else None
    return with_variable_moved(tree, key, sections[to], before)


def _keys_in(tree: Tree, section: str) -> list[str]:
    variables = zip(
        keys_of(tree, "variables"), entries_of(tree, "variables"), strict=True
    )
    return [key for key, entry in variables if entry.get("section", "") == section]


def _placed(tree: Tree, others: list[Tree], variable: Tree, before: str | None) -> Tree:
    """The tree with a variable among the others: before one, or last of its section."""
    if before is not None:
        at = at_of({"variables": others}, "variables", before)
    else:
        at = _end_of_section(tree, others, variable.get("section", ""))
    return put(tree, "variables", [*others[:at], variable, *others[at:]], TOP)


def _end_of_section(tree: Tree, variables: list[Tree], section: str) -> int:
    """Behind the last variable of a section, or of the nearest one before it with any."""
    sections = keys_of(tree, "sections")
    upto = sections[: sections.index(section) + 1] if section in sections else sections
    for wanted in reversed(upto):
        places = [n for n, v in enumerate(variables) if v.get("section") == wanted]
        if places:
            return places[-1] + 1
    return 0
