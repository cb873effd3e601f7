"""The single steps from one codebook document to another, and taking them. Pure.

A step addresses an entry of a list by its handle, not by its position, so that steps do
not depend on each other's order: "=V07" is the entry that the old document knows as V07,
"+V37" one that the new document brings.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from codebook.document import Document

Path = tuple[str, ...]

#: What the entries of a list are known by: the first of these fields that is there.
KNOWN_BY = {
    "sections": ("id",),
    "variables": ("id", "name"),
    "categories": ("id", "code"),
    "derived_variables": ("id", "name"),
}


class Act(StrEnum):
    """What a step does at its place."""

    SET = "set"
    DROP = "drop"
    INSERT = "insert"
    REMOVE = "remove"
    MOVE = "move"


class NotMergeable(Exception):
    """The changes do not fit the document; the text says which part is gone."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One step: what stood at a place and what stands there instead.

    For an entry of a list, `after` is the handle of the entry that it follows (None: it
    comes first) and `at` its position in the new list.
    """

    act: Act
    path: Path
    old: Any = None
    new: Any = None
    after: str | None = None
    at: int = 0


@dataclass(frozen=True, slots=True)
class ListEdits:
    """The steps from one list to another, by the entries that they concern."""

    removed: Mapping[int, Edit] = field(default_factory=dict)  # by position in the old
    inserted: Mapping[int, Edit] = field(default_factory=dict)  # by position in the new
    moved: Mapping[int, Edit] = field(default_factory=dict)  # by position in the new


def entries(tree: Mapping[str, Any], name: str) -> list[Any]:
    """The entries of a list; none where the list is absent."""
    given = tree.get(name)
    return given if isinstance(given, list) else []


def handles(name: str, given: Sequence[Any], sign: str = "=") -> list[str]:
    """The handles of a list's entries: each its own, even where two have the same id."""
    found: dict[str, None] = {}
    for entry in given:
        key = next(
            (str(entry[known]) for known in KNOWN_BY[name] if entry.get(known)),
            str(entry.get(KNOWN_BY[name][-1], "")),  # a code may be 0
        )
        handle, times = f"{sign}{key}", 1
        while handle in found:
            times += 1
            handle = f"{sign}{key}#{times}"
        found[handle] = None
    return list(found)


def list_edits(
    path: Path, olds: Sequence[Any], news: Sequence[Any], matched: Sequence[int | None]
) -> ListEdits:
    """Return the steps from one list to another.

    `matched` says for every new entry which old one it was, None for an added one. As few
    entries as possible are moved: the longest run that kept its order stays.
    """
    name = path[-1]
    old_handles, added_handles = handles(name, olds), handles(name, news, "+")
    new_handles = [
        added_handles[at] if was is None else old_handles[was]
        for at, was in enumerate(matched)
    ]
    staying = _longest_run(matched)
    inserted, moved = {}, {}
    for at, was in enumerate(matched):
        after = new_handles[at - 1] if at else None
        place = (*path, new_handles[at])
        if was is None:
            inserted[at] = Edit(Act.INSERT, place, None, news[at], after, at)
        elif at not in staying:
            moved[at] = Edit(Act.MOVE, place, was, at, after, at)
    known = {was for was in matched if was is not None}
    removed = {
        was: Edit(Act.REMOVE, (*path, old_handles[was]), old=olds[was])
        for was in range(len(olds))
        if was not in known
    }
    return ListEdits(removed, inserted, moved)


def _longest_run(matched: Sequence[int | None]) -> set[int]:
    """The new positions of the longest increasing run of old positions."""
    tails: list[int] = []  # the smallest old position that ends a run of each length
    ends: list[int] = []  # the new position of that end
    before: dict[int, int | None] = {}
    for at, was in enumerate(matched):
        if was is None:
            continue
        length = bisect_left(tails, was)
        before[at] = ends[length - 1] if length else None
        tails[length:] = [was]
        ends[length:] = [at]
    staying = set()
    at_end: int | None = ends[-1] if ends else None
    while at_end is not None:
        staying.add(at_end)
        at_end = before[at_end]
    return staying


def field_edits(
    path: Path,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    names: Iterable[str],
) -> tuple[Edit, ...]:
    """Return the steps by which the named fields get their new contents."""
    found = []
    for name in names:
        if name not in new:
            if name in old:
                found.append(Edit(Act.DROP, (*path, name), old=old[name]))
        elif name not in old or not same(old[name], new[name]):
            found.append(Edit(Act.SET, (*path, name), old.get(name), new[name]))
    return tuple(found)


def list_itself(
    path: Path, old: Mapping[str, Any], new: Mapping[str, Any], name: str
) -> tuple[Edit, ...]:
    """Return the step by which a list comes or goes that one version has not even empty."""
    had, has = (isinstance(tree.get(name), list) for tree in (old, new))
    if had and has:
        return ()
    if has:
        return (Edit(Act.SET, (*path, name), old.get(name), []),)
    return field_edits(path, old, new, [name])


def same(one: Any, other: Any) -> bool:
    """Whether two trees are written the same: 1, 1.0 and true are three things."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(
            same(value, other[key]) for key, value in one.items()
        )
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and bool(one == other)


def take(document: Document, steps: Iterable[Edit]) -> Document:
    """Return the document after the steps. The given one stays as it is.

    Raises NotMergeable if a step concerns an entry that the document does not have.
    """
    tree: dict[str, Any] = _copy(document.tree)
    walker = _Walker(tree)
    steps = [*steps]
    # Fields first, while every entry still answers to its old handle; then what goes,
    # what is lifted out, and what is set down behind its new neighbour, in new order.
    for step in steps:
        if step.act in (Act.SET, Act.DROP):
            inside = walker.inside(step.path)
            if step.act is Act.DROP:
                inside.pop(step.path[-1], None)
            else:
                inside[step.path[-1]] = _copy(step.new)
    for step in steps:
        if step.act is Act.REMOVE:
            walker.lift(step.path)
    moved = {
        step.path: walker.lift(step.path) for step in steps if step.act is Act.MOVE
    }
    placing = [step for step in steps if step.act in (Act.INSERT, Act.MOVE)]
    for step in sorted(placing, key=lambda step: step.at):
        entry = _copy(step.new) if step.act is Act.INSERT else moved[step.path]
        walker.put(step.path, entry, step.after)
    return Document(tree)


def _copy(tree: Any) -> Any:
    """The tree anew, so that no part of it is shared."""
    if isinstance(tree, Mapping):
        return {key: _copy(value) for key, value in tree.items()}
    return [_copy(value) for value in tree] if isinstance(tree, list) else tree


class _Walker:
    """A tree whose entries are found by the handles that they had in the beginning."""

    def __init__(self, tree: dict[str, Any]) -> None:
        self.tree = tree
        self.known: dict[Path, Any] = {}
        self._learn((), tree)

    def _learn(self, path: Path, tree: Mapping[str, Any]) -> None:
        for name in KNOWN_BY:
            given = entries(tree, name)
            for handle, entry in zip(handles(name, given), given, strict=True):
                place = (*path, name, handle)
                self.known[place] = entry
                if name == "variables":
                    self._learn(place, entry)

    def inside(self, path: Path) -> dict[str, Any]:
        """The mapping that the last step of a path stands in."""
        found: Any = self.tree
        for length in range(1, len(path)):
            place = path[:length]
            if place in self.known:
                found = self.known[place]
            elif length > 1 and path[length - 2] in KNOWN_BY:
                raise NotMergeable(
                    f"The document has no “{place[-1][1:]}” in its {place[-2]}."
                )
            elif place[-1] not in KNOWN_BY:
                found = found[place[-1]]
        return found

    def _list(self, path: Path) -> list[Any]:
        holder = self.inside(path[:-1])
        given = holder.get(path[-2])
        if not isinstance(given, list):
            given = holder[path[-2]] = []
        return given

    def lift(self, path: Path) -> Any:
        """Take an entry out of its list and return it."""
        entry = self.known.get(path)
        given = self.inside(path[:-1]).get(path[-2])
        if entry is None:
            raise NotMergeable(
                f"The document has no “{path[-1][1:]}” in its {path[-2]}."
            )
        # The list may be gone as a whole; then nothing is left to lift.
        if isinstance(given, list):
            given[:] = [other for other in given if other is not entry]
        return entry

    def put(self, path: Path, entry: Any, after: str | None) -> None:
        """Put an entry behind another, or first; last where that other is not there."""
        given = self._list(path)
        self.known[path] = entry
        if after is None:
            given.insert(0, entry)
            return
        before = self.known.get((*path[:-1], after))
        at = next((n for n, other in enumerate(given) if other is before), len(given))
        given.insert(at + 1, entry)
