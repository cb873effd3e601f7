"""What a codebook's own history says about its changes. Pure.

The history is the document's word on what two texts cannot tell: that 11 and 12 are what
was 1, that 7 now counts as 5, that a new wording means the same. Every entry of
`version_history` that the older version does not have yet is read; its `changes` have the
fields `kind`, `variable`, `code` or `from` and `to`, `automatic`, `action`.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from codebook.changes.change import Change, Comparison, Effect, Kind
from codebook.document import Document

Declaration = Mapping[str, Any]

#: Where it is for people to say whether answers still mean what they meant, and what a
#: change counts as once they say that they do.
JUDGED = {
    Kind.CHANGE_QUESTION: Effect.NONE,
    Kind.CHANGE_DEFINITION: Effect.NONE,
    Kind.CHANGE_GENERAL_RULES: Effect.NONE,
    Kind.CHANGE_EXAMPLES: Effect.NONE,
    Kind.RELABEL_VARIABLE: Effect.NONE,
    Kind.RENAME_LABEL: Effect.NONE,
    Kind.CHANGE_SKIP_RULE: Effect.AUTOMATIC,
    Kind.CHANGE_LEVEL: Effect.AUTOMATIC,
    Kind.CHANGE_BOUNDS: Effect.AUTOMATIC,
    Kind.CHANGE_MISSING_CODES: Effect.AUTOMATIC,
    Kind.ADD_CATEGORY: Effect.AUTOMATIC,
    Kind.RESTORE_CATEGORY: Effect.AUTOMATIC,
}
#: What concerns no answer, whatever the history says of it.
HARMLESS = frozenset(
    {Kind.ADD_SECTION, Kind.REMOVE_SECTION, Kind.RELABEL_SECTION, Kind.MOVE_SECTION}
    | {Kind.ADD_DERIVED, Kind.REMOVE_DERIVED, Kind.CHANGE_DERIVED}
    | {Kind.RELABEL_DERIVED, Kind.MOVE_DERIVED, Kind.CHANGE_TITLE}
    | {Kind.CHANGE_LANGUAGES, Kind.CHANGE_THRESHOLD, Kind.REMOVE_VARIABLE}
)


@dataclass(frozen=True)
class Declared:
    """The entries of a history that lie between two versions."""

    entries: tuple[Declaration, ...] = ()

    def about(self, kind: Kind, names: Collection[str]) -> Iterator[Declaration]:
        """The entries of a kind that speak of a variable, under its old or new name."""
        for entry in self.entries:
            if entry.get("kind") == kind and entry.get("variable", "") in names:
                yield entry

    def of(
        self, kind: Kind, names: Collection[str], codes: Collection[int] = ()
    ) -> Declaration | None:
        """The entry that speaks of a change, None if there is none.

        An entry without codes speaks of every change of its kind in the variable that has
        no entry of its own.
        """
        of_all: Declaration | None = None
        for entry in self.about(kind, names):
            named = codes_in(entry, "code")
            if set(named) == set(codes):
                return entry
            if not named and of_all is None:
                of_all = entry
        return of_all


def declared(old: Document, new: Document) -> Declared:
    """Return what the new document says of the changes since the old one."""
    known = {str(entry.get("version")) for entry in _history(old)}
    return Declared(
        tuple(
            change
            for entry in _history(new)
            if str(entry.get("version")) not in known
            for change in _mappings(entry.get("changes"))
        )
    )


def _history(document: Document) -> list[Declaration]:
    return _mappings(document.head.get("version_history"))


def _mappings(given: object) -> list[Declaration]:
    listed = given if isinstance(given, list) else []
    return [entry for entry in listed if isinstance(entry, Mapping)]


def became(document: Document) -> dict[tuple[str, int], tuple[int, ...]]:
    """What former codes became in splits, merges and recodings, by variable and code.

    Variables are named as they are now.
    """
    found: dict[tuple[str, int], tuple[int, ...]] = {}
    changes = [
        change
        for entry in _history(document)
        for change in _mappings(entry.get("changes"))
    ]
    names: dict[str, str] = {}
    for change in reversed(changes):
        name, to = str(change.get("variable", "")), change.get("to")
        if change.get("kind") == Kind.RENAME_VARIABLE:
            names[name] = names.get(str(to), str(to))
        name = names.get(name, name)
        codes, new = codes_in(change, "from"), codes_in(change, "to")
        if change.get("kind") == Kind.RECODE_CATEGORIES:
            pairs = dict(zip(codes, new, strict=False))
            found |= {(name, code): (pairs[code],) for code in pairs}
        elif change.get("kind") in (Kind.SPLIT_CATEGORY, Kind.MERGE_CATEGORIES):
            found |= {(name, code): new for code in codes if code not in new}
    return found


def codes_in(entry: Declaration, name: str) -> tuple[int, ...]:
    """The codes in a field of an entry, which may be one code or a list."""
    given = entry.get(name)
    listed = given if isinstance(given, list) else [given]
    if all(isinstance(code, int) and not isinstance(code, bool) for code in listed):
        return tuple(listed)
    return ()


def effect_of(kind: Kind, default: Effect, entry: Declaration | None) -> Effect:
    """Return the effect of a change, given what the history says of it.

    The history may ask for more than the texts do, where answers are concerned at all. It
    may ask for less only where that is a judgement about meaning: a category that is gone
    cannot be declared kept.
    """
    automatic = (entry or {}).get("automatic")
    if automatic is False and kind not in HARMLESS:
        return Effect.RECODE
    if automatic is True and default is Effect.RECODE:
        return JUDGED.get(kind, default)
    return default


def history_of(comparison: Comparison) -> list[dict[str, Any]]:
    """Return the changes as entries for the history of the new document."""
    return [_entry(number, change) for number, change in enumerate(comparison, start=1)]


def _entry(number: int, change: Change) -> dict[str, Any]:
    entry: dict[str, Any] = {"n": number, "kind": str(change.kind)}
    if change.variable:
        entry["variable"] = change.variable
    if change.kind is Kind.RENAME_VARIABLE:
        entry["to"] = change.new
    elif change.to and change.kind is not Kind.ADD_CATEGORY:
        entry |= {"from": list(change.codes), "to": list(change.to)}
    elif codes := change.to or change.codes:
        entry["code"] = codes[0] if len(codes) == 1 else list(codes)
    if "to" not in entry and not isinstance(change.old or change.new, dict | list):
        entry |= {"old": change.old, "new": change.new}
    entry["automatic"] = change.automatic
    said = change.declared or {}
    return entry | {key: value for key, value in said.items() if key not in entry}
