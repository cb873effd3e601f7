"""Two people's changes to one draft put together: base, mine, theirs. Pure.

What only one of them changed is taken over. What both changed in different ways is a
conflict: the person who saves last sees both and chooses. The smallest place is one field
of a variable, category, section or of the head; a text in several languages is one field.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any

from codebook.changes.edits import KNOWN_BY, handles, list_edits, same
from codebook.editing.tree import Tree

Path = tuple[str, ...]


class Absent(Enum):
    """There is nothing at a place: not even an empty text."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT


class Side(StrEnum):
    """Whose value a person chose."""

    MINE = "mine"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A place that two people changed in different ways.

    `path` ends in a field, in the key of an entry (one removed what the other changed) or
    in a list: then the values are its keys in two orders.
    """

    path: Path
    base: Any
    mine: Any
    theirs: Any

    @property
    def is_order(self) -> bool:
        return self.path[-1] in KNOWN_BY


@dataclass(frozen=True, slots=True)
class Merge:
    """The tree with both changes, and what could not be put together."""

    tree: Tree
    conflicts: tuple[Conflict, ...]


def merge(base: Tree, mine: Tree, theirs: Tree, chosen: Sequence[Side] = ()) -> Merge:
    """Put two changes of the same base together.

    `chosen` answers the conflicts of an earlier call with the same trees, one by one in
    their order. A conflict without an answer stands in the result; its tree then holds
    theirs.
    """
    merger = _Merger(list(chosen))
    tree = merger.at((), base, mine, theirs)
    return Merge(tree, tuple(merger.open))


@dataclass
class _Merger:
    chosen: list[Side]
    open: list[Conflict] = field(default_factory=list)

    def at(self, path: Path, base: Any, mine: Any, theirs: Any) -> Any:
        if same(mine, theirs) or same(base, theirs):
            return mine
        if same(base, mine):
            return theirs
        if _has_fields(path) and all(
            isinstance(tree, Mapping) for tree in (base, mine, theirs)
        ):
            return self.fields(path, base, mine, theirs)
        if path and path[-1] in KNOWN_BY:
            was, here, there = (
                [] if tree in (None, ABSENT) else tree for tree in (base, mine, theirs)
            )
            if all(isinstance(entries, list) for entries in (was, here, there)):
                return self.entries(path, was, here, there)
        return self.choose(path, base, mine, theirs)

    def choose(self, path: Path, base: Any, mine: Any, theirs: Any) -> Any:
        if self.chosen:
            return mine if self.chosen.pop(0) is Side.MINE else theirs
        self.open.append(Conflict(path, base, mine, theirs))
        return theirs

    def fields(self, path: Path, base: Tree, mine: Tree, theirs: Tree) -> Tree:
        found = {}
        for name in _woven(list(theirs), list(mine)):
            value = self.at(
                (*path, name),
                base.get(name, ABSENT),
                mine.get(name, ABSENT),
                theirs.get(name, ABSENT),
            )
            if value is not ABSENT:
                found[name] = value
        return found

    def entries(
        self, path: Path, base: list[Tree], mine: list[Tree], theirs: list[Tree]
    ) -> list[Tree]:
        was, here, there = (
            dict(zip(handles(path[-1], given, ""), given, strict=True))
            for given in (base, mine, theirs)
        )
        found = {}
        for key in dict.fromkeys((*there, *here)):
            entry = self.at(
                (*path, key),
                was.get(key, ABSENT),
                here.get(key, ABSENT),
                there.get(key, ABSENT),
            )
            if entry is not ABSENT:
                found[key] = entry
        order = self.order(path, was, here, there)
        return [found[key] for key in order if key in found]

    def order(self, path: Path, base: Tree, mine: Tree, theirs: Tree) -> list[str]:
        """The keys of both lists: theirs, with what I moved or added behind what I put it."""
        moved, moved_there = _moved(path, base, mine), _moved(path, base, theirs)
        keys = list(theirs)
        if moved & moved_there and _common(mine, theirs) != _common(theirs, mine):
            if self.choose(path, list(base), list(mine), keys) != keys:
                return _woven(list(mine), keys)
            moved = set()
        return _woven(keys, list(mine), moved)


def _has_fields(path: Path) -> bool:
    """Whether what stands at a path is made of fields that are changed one by one."""
    return (
        path in ((), ("codebook",), ("codebook", "missing_codes"))
        or path[:-1] == ("codebook", "missing_codes")
        or (len(path) > 1 and path[-2] in KNOWN_BY)
        or path[-1] == "reliability"
    )


def _moved(path: Path, base: Tree, new: Tree) -> set[str]:
    """The keys of the entries that were moved."""
    places = {key: at for at, key in enumerate(base)}
    matched = [places.get(key) for key in new]
    steps = list_edits(path, list(base.values()), list(new.values()), matched)
    keys = list(new)
    return {keys[at] for at in steps.moved}


def _common(keys: Iterable[str], others: Iterable[str]) -> list[str]:
    known = set(others)
    return [key for key in keys if key in known]


def _woven(keys: list[str], others: list[str], moving: Iterable[str] = ()) -> list[str]:
    """The keys, with those of the others that are missing or moving behind their neighbours."""
    known = set(keys)
    placing = {key for key in others if key not in known} | set(moving)
    order = [key for key in keys if key not in placing or key not in set(others)]
    for at, key in enumerate(others):
        if key not in placing:
            continue
        before = next((k for k in reversed(others[:at]) if k in order), None)
        order.insert(0 if before is None else order.index(before) + 1, key)
    return order
