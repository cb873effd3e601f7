"""A conflict of two people's changes in words: where, and what each of them wrote."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from codebook.document import Document
from codebook.editing.merging import ABSENT, Conflict
from codebook.editing.tree import Tree, keys_of


@dataclass(frozen=True, slots=True)
class Told:
    """One conflict for the person who decides; the values as lines."""

    number: int
    where: str
    base: tuple[str, ...]
    mine: tuple[str, ...]
    theirs: tuple[str, ...]


def told(conflicts: Sequence[Conflict], tree: Tree) -> list[Told]:
    """The conflicts in words; `tree` is the draft as the other person left it."""
    known = _names(tree)
    return [
        Told(
            number,
            _where(conflict, known),
            *(
                tuple(_lines(value, known if conflict.is_order else {}))
                for value in (conflict.base, conflict.mine, conflict.theirs)
            ),
        )
        for number, conflict in enumerate(conflicts)
    ]


def _names(tree: Tree) -> dict[str, str]:
    names = [variable.name for variable in Document(tree).variables]
    return dict(zip(keys_of(tree, "variables"), names, strict=True))


def _where(conflict: Conflict, known: Mapping[str, str]) -> str:
    """The place in words: tone · categories · 3 · label."""
    path = list(conflict.path)
    if path[0] == "variables" and len(path) > 1:
        path[:2] = [known.get(path[1], path[1])]
    elif path[0] in ("codebook", "sections") and len(path) > 1:
        path = path[1:]
    words = " · ".join(step.replace("_", " ") for step in path)
    return _("Order of %(what)s") % {"what": words} if conflict.is_order else words


def _lines(value: Any, names: Mapping[str, str]) -> list[str]:
    """A value as lines of text."""
    if value is ABSENT or value is None:
        return [_("(nothing: it was removed, or was not there)")]
    if isinstance(value, Mapping):
        return [
            f"{name}: {text}" if text else str(name)
            for name, inside in value.items()
            for text in ["; ".join(_lines(inside, names))]
        ]
    if isinstance(value, list):
        if names:
            return [", ".join(names.get(str(key), str(key)) for key in value)]
        return [line for entry in value for line in [" · ".join(_lines(entry, names))]]
    return [str(value)]
