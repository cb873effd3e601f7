"""Two texts side by side, word by word; the contents of a change as such texts. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from codebook.changes.change import Change
from codebook.changes.edits import Act

TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


class Piece(StrEnum):
    """What became of some words."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


Pieces = tuple[tuple[Piece, str], ...]


def word_diff(old_text: str, new_text: str) -> Pieces:
    """Return what was kept, removed and added, word by word, in the order of reading.

    The kept and the removed words together are the old text, the kept and the added ones
    the new text. Gestalt matching (Ratcliff and Metzener 1988), as in difflib.
    """
    old, new = TOKEN.findall(old_text), TOKEN.findall(new_text)
    pieces: list[tuple[Piece, str]] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag == "equal":
            pieces.append((Piece.SAME, "".join(old[old_from:old_to])))
            continue
        if old_from < old_to:
            pieces.append((Piece.REMOVED, "".join(old[old_from:old_to])))
        if new_from < new_to:
            pieces.append((Piece.ADDED, "".join(new[new_from:new_to])))
    return tuple(pieces)


@dataclass(frozen=True, slots=True)
class Side:
    """One text of a change in both versions; `what` are the steps that lead to it."""

    what: tuple[str, ...]
    old: str
    new: str

    @property
    def pieces(self) -> Pieces:
        return word_diff(self.old, self.new)


def side_by_side(change: Change) -> tuple[Side, ...]:
    """Return every text that a change touches, as it was and as it is.

    Of a new category, for example, label, definition and examples, with nothing on the
    old side. What was only moved has no texts.
    """
    found: list[Side] = []
    for edit in change.edits:
        if edit.act is Act.MOVE:
            continue
        old, new = dict(_texts(edit.old)), dict(_texts(edit.new))
        name = edit.path[-1].lstrip("=+")
        found += [
            Side((name, *what), old.get(what, ""), new.get(what, ""))
            for what in dict.fromkeys((*old, *new))
            if old.get(what, "") != new.get(what, "")
        ]
    return tuple(found)


def _texts(tree: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    """The texts in a tree, each with the steps that lead to it."""
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            for what, text in _texts(value):
                yield (str(key), *what), text
    elif isinstance(tree, list):
        if all(not isinstance(value, Mapping | list) for value in tree):
            yield (), ", ".join(str(value) for value in tree)
            return
        for at, value in enumerate(tree, start=1):
            for what, text in _texts(value):
                yield (str(at), *what), text
    elif tree is not None:
        yield (), str(tree)
