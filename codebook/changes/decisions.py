"""What people decide about a revision before it is published. Pure.

Two texts cannot tell whether answers still mean what they meant, or what became of a
category that is gone. A question is asked for each such change (`codebook.changes.questions`); the
decisions become entries of the new document's history, where `compare` reads them.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from codebook.changes.change import Change, Comparison
from codebook.changes.declarations import Declaration, history_of
from codebook.document import Document
from codebook.values import gettext_noop

#: The version of the entry that is being written, until it has its number.
UNNUMBERED = ""


class Choice(StrEnum):
    """What is decided about a change."""

    KEEP = "keep"  # answers mean what they meant
    RECODE = "recode"  # coders look again
    SOME = "some"  # coders look again at the answers that hold one of some codes
    COUNTS_AS = "counts_as"  # answers get another code
    SPLIT = "split"  # several codes stand where one stood; coders choose
    FORMER = "former"  # the variable is a former one under a new name
    NEW = "new"  # the variable is a new one


@dataclass(frozen=True, slots=True)
class Decision:
    """A choice, with the codes or the variable that it names."""

    choice: Choice
    codes: tuple[int, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be decided about a change.

    `variable` is the old name (the new one's for an added variable), `decision` None while
    it is open. `codes` and `names` are what SOME, COUNTS_AS, SPLIT and FORMER choose from.
    `fault` says why a decision cannot stand.
    """

    variable: str
    changes: tuple[Change, ...]
    choices: tuple[Choice, ...]
    codes: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    decision: Decision | None = None
    fault: str = ""

    @property
    def key(self) -> str:
        """The same for the same question, whatever else is decided."""
        return key_of(self.changes[0])

    @property
    def is_open(self) -> bool:
        return self.decision is None


def key_of(change: Change) -> str:
    """What the question about a change is known by."""
    codes = "-".join(str(code) for code in change.codes or change.to)
    return ":".join(part for part in (change.kind, change.variable, codes) if part)


NO_CODE = gettext_noop("Choose the category that it counts as.")
TOO_FEW = gettext_noop("Choose at least two categories that it was split into.")
NO_CODES = gettext_noop("Choose the categories whose answers are looked at again.")
NO_NAME = gettext_noop("Choose the variable that it was.")
TWICE = gettext_noop("Another new variable is said to be the same former one.")
NOT_OFFERED = gettext_noop("Choose one of the possibilities.")


def fault_of(question: Question) -> str:
    """Why a decision cannot stand, "" if it can."""
    decision = question.decision
    if decision is None:
        return ""
    if decision.choice not in question.choices:
        return NOT_OFFERED
    if not set(decision.codes) <= set(question.codes):
        return NOT_OFFERED
    match decision.choice:
        case Choice.COUNTS_AS if len(decision.codes) != 1:
            return NO_CODE
        case Choice.SPLIT if len(decision.codes) < 2:
            return TOO_FEW
        case Choice.SOME if not decision.codes:
            return NO_CODES
        case Choice.FORMER if decision.name not in question.names:
            return NO_NAME
    return ""


def decided(
    question: Question, given: Mapping[str, Decision], otherwise: Decision | None
) -> Question:
    """The question with what is decided: what is given, or else what was said before."""
    question = replace(question, decision=given.get(question.key, otherwise))
    return replace(question, fault=fault_of(question))


@dataclass(frozen=True)
class Draft:
    """A draft with the history of its changes apart, so that entries can be tried out."""

    old: Document
    new: Document
    before: tuple[Declaration, ...]  # entries of other versions; they stay as they are
    own: Declaration  # the entry of this version, {} if there is none yet

    @classmethod
    def of(cls, old: Document, new: Document) -> "Draft":
        known = {str(entry.get("version")) for entry in _entries(old)}
        entries = _entries(new)
        since = [entry for entry in entries if str(entry.get("version")) not in known]
        numbered = [e for e in since if str(e.get("version")) == new.number]
        own: Declaration = next(iter(numbered or since[-1:]), {})
        before = tuple(entry for entry in entries if entry is not own)
        return cls(old, new, before, own)

    @property
    def declarations(self) -> list[Declaration]:
        given = self.own.get("changes")
        listed = given if isinstance(given, list) else []
        return [entry for entry in listed if isinstance(entry, Mapping)]

    @property
    def numbers_before(self) -> frozenset[str]:
        """The versions that the history tells of, but this one."""
        return frozenset(str(entry.get("version")) for entry in self.before)

    def with_(
        self,
        declarations: Iterable[Declaration],
        *,
        number: str = UNNUMBERED,
        day: dt.date | None = None,
    ) -> Document:
        """The document with these entries as its own history."""
        own: dict[str, Any] = {"version": number}
        if "date" in self.own or day:
            own["date"] = self.own.get("date") or f"{day:%Y-%m-%d}"
        own |= {k: v for k, v in self.own.items() if k not in ("version", "changes")}
        own["changes"] = [dict(entry) for entry in declarations]
        history = [*(dict(entry) for entry in self.before), own]
        head: dict[str, Any] = {**self.new.head, "version_history": history}
        if number:
            head["version"] = number
        return Document({**self.new.tree, "codebook": head})


def _entries(document: Document) -> list[Declaration]:
    given = document.head.get("version_history")
    listed = given if isinstance(given, list) else []
    return [entry for entry in listed if isinstance(entry, Mapping)]


def numbered(
    draft: Draft, changes: Comparison, *, number: str, day: dt.date
) -> Document:
    """Return the document as it is published: with its number and all its changes.

    A change that the entry of a version in between declares is not told twice.
    """
    told = {
        id(change) for entry in draft.before for change in entry.get("changes") or ()
    }
    written = [
        entry
        for entry, change in zip(history_of(changes), changes, strict=True)
        if id(change.declared) not in told
    ]
    for n, entry in enumerate(written, start=1):
        entry["n"] = n
    return draft.with_(written, number=number, day=day)
