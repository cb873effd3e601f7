"""A change between two versions of a codebook, and what it does to codings. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, overload

from codebook.changes.edits import Edit
from codebook.document import Document
from codebook.places import Place


class Effect(StrEnum):
    """What a change does to the codings that there are."""

    NONE = "none"  # wording only: nothing happens to them
    AUTOMATIC = "automatic"  # the program carries them over
    RECODE = "recode"  # coders must look again


class Kind(StrEnum):
    """What was changed; the names are those of `changes` in a document's history."""

    ADD_VARIABLE = "add_variable"
    REMOVE_VARIABLE = "remove_variable"
    RENAME_VARIABLE = "rename_variable"
    RELABEL_VARIABLE = "relabel_variable"
    MOVE_VARIABLE = "move_variable"
    CHANGE_QUESTION = "change_question"
    CHANGE_DEFINITION = "change_definition"  # of a category, or a variable's notes
    CHANGE_SKIP_RULE = "change_skip_rule"
    CHANGE_LEVEL = "change_level"
    CHANGE_TYPE = "change_type"
    CHANGE_BOUNDS = "change_bounds"
    CHANGE_UNIT = "change_unit"  # of measurement
    CHANGE_DESCRIBED_UNIT = "change_described_unit"
    CHANGE_REQUIRED = "change_required"
    CHANGE_EXCLUSIVE = "change_exclusive"
    CHANGE_MISSING_CODES = "change_missing_codes"
    CHANGE_THRESHOLD = "change_threshold"
    CHANGE_EVIDENCE = "change_evidence"
    ADD_CATEGORY = "add_category"
    REMOVE_CATEGORY = "remove_category"
    RETIRE_CATEGORY = "retire_category"
    RESTORE_CATEGORY = "restore_category"
    RENAME_LABEL = "rename_label"
    RECODE_CATEGORIES = "recode_categories"
    SPLIT_CATEGORY = "split_category"
    MERGE_CATEGORIES = "merge_categories"
    MOVE_CATEGORY = "move_category"
    CHANGE_PARENT = "change_parent"
    CHANGE_EXAMPLES = "change_examples"
    ADD_SECTION = "add_section"
    REMOVE_SECTION = "remove_section"
    RELABEL_SECTION = "relabel_section"
    MOVE_SECTION = "move_section"
    ADD_DERIVED = "add_derived"
    REMOVE_DERIVED = "remove_derived"
    CHANGE_DERIVED = "change_derived"
    RELABEL_DERIVED = "relabel_derived"
    MOVE_DERIVED = "move_derived"
    CHANGE_TITLE = "change_title"
    CHANGE_LANGUAGES = "change_languages"
    CHANGE_UNIVERSE = "change_universe"
    CHANGE_GENERAL_RULES = "change_general_rules"
    CHANGE_MISSING_WORDS = "change_missing_words"
    CHANGE_OTHER = "change_other"


class Opens(StrEnum):
    """Which answers a recode change hands back to their coders."""

    NOTHING = "nothing"
    ALL = "all"
    CODES = "codes"  # those that hold one of the change's `codes`
    FILTER = "filter"  # those that are asked now and were not
    ILLEGAL = "illegal"  # those that the new variable does not take


@dataclass(frozen=True, slots=True)
class Change:
    """One change, with everything that it consists of.

    `variable` is the name in the old version (the new one's for an added variable, "" for
    what is not about a variable). `codes` are the old codes concerned, `to` the new ones:
    of a split 1 and 11, 12. `edits` are the single steps, each with its old and new
    contents; together they make the new document out of the old. `declared` is the entry
    of the document's history that speaks of this change, if one does.
    """

    kind: Kind
    effect: Effect
    place: Place
    variable: str = ""
    codes: tuple[int, ...] = ()
    to: tuple[int, ...] = ()
    old: Any = None
    new: Any = None
    opens: Opens = Opens.NOTHING
    is_judged: bool = False
    edits: tuple[Edit, ...] = ()
    declared: Mapping[str, Any] | None = None

    @property
    def automatic(self) -> bool:
        """Whether codings can be carried over without a coder."""
        return self.effect is not Effect.RECODE

    @property
    def recoded(self) -> dict[int, int]:
        """The new code for every old code that a merge or a recoding replaces."""
        if self.kind is Kind.MERGE_CATEGORIES:
            return {code: self.to[0] for code in self.codes if code != self.to[0]}
        if self.kind is Kind.RECODE_CATEGORIES:
            return dict(zip(self.codes, self.to, strict=True))
        return {}

    @property
    def action(self) -> str:
        """What the history says is to be done, if it says so."""
        return str((self.declared or {}).get("action", ""))


@dataclass(frozen=True)
class Comparison(Sequence[Change]):
    """The changes from one version to another, in the order of the new document.

    `stamp` holds the steps that are no change of the instrument: its number, date, status
    and history. `names` says for every variable that stayed its old and its new name.
    `unfound` are entries of the history that nothing in the documents bears out.
    """

    old: Document
    new: Document
    changes: tuple[Change, ...] = ()
    stamp: tuple[Edit, ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    unfound: tuple[Mapping[str, Any], ...] = ()

    @overload
    def __getitem__(self, at: int) -> Change: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Change, ...]: ...
    def __getitem__(self, at: int | slice) -> Change | tuple[Change, ...]:
        return self.changes[at]

    def __len__(self) -> int:
        return len(self.changes)

    def __iter__(self) -> Iterator[Change]:
        return iter(self.changes)

    def of_variable(self, name: str) -> tuple[Change, ...]:
        """The changes of the variable that has this name in the old version."""
        return tuple(change for change in self.changes if change.variable == name)
