"""The questions that a revision raises, and what the decisions make of it. Pure.

In three steps, because each needs what the one before decided: which variables are former
ones under new names, what became of categories that are gone, and whether answers still
mean what they meant.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from codebook.changes.change import Change, Comparison, Effect, Kind
from codebook.changes.compare import compare
from codebook.changes.decisions import (
    TWICE,
    Choice,
    Decision,
    Draft,
    Question,
    decided,
    key_of,
    numbered,
)
from codebook.changes.declarations import Declaration, codes_in
from codebook.document import Document, VariableSpec

#: Entries of a history that tell what became of categories.
FATES = (Kind.SPLIT_CATEGORY, Kind.MERGE_CATEGORIES, Kind.RECODE_CATEGORIES)


@dataclass(frozen=True)
class Revision:
    """A draft, its changes with what was decided, and the questions in order."""

    draft: Draft
    changes: Comparison
    questions: tuple[Question, ...]
    entries: tuple[Declaration, ...] = ()  # with the decisions

    @property
    def decisions(self) -> dict[str, Decision]:
        """What was decided, by the key of the question."""
        return {q.key: q.decision for q in self.questions if q.decision is not None}

    @property
    def open(self) -> tuple[Question, ...]:
        """The questions that still want a decision, or another one."""
        return tuple(q for q in self.questions if q.is_open or q.fault)

    def document(self, *, number: str, day: dt.date) -> Document:
        """Return the document as it is published, its history with every change.

        A draft whose history tells all of it already is not touched.
        """
        draft = self.draft
        is_whole = (
            len(self.entries) == len(draft.declarations)
            and all(entry in draft.declarations for entry in self.entries)
            and all(change.declared is not None for change in self.changes)
            and number == draft.new.number == str(draft.own.get("version"))
        )
        if is_whole:
            return draft.new
        return numbered(draft, self.changes, number=number, day=day)


def revise(
    old: Document,
    new: Document,
    given: Mapping[str, Decision] | None = None,
    rest: Choice | None = None,
    *,
    known: Comparison | None = None,
) -> Revision:
    """Return the changes of a draft and the questions that they raise.

    `given` are decisions by the key of their question. What the draft's own history says
    counts as decided; a decision that is given goes before it. `rest` is the choice where
    nothing else decides and it is one of the possibilities. `known` is `compare(old, new)`,
    if it was made already.
    """
    trial = _Trial(Draft.of(old, new), given or {}, rest)
    trial.remember(known)
    questions = (*trial.names(), *trial.fates(), *trial.meanings())
    return Revision(trial.draft, trial.compared(), questions, tuple(trial.entries))


class _Trial:
    """The entries of the history as they are being decided."""

    def __init__(
        self, draft: Draft, given: Mapping[str, Decision], rest: Choice | None
    ) -> None:
        self.draft = draft
        self.given = given
        self.rest = rest
        self.entries: list[Declaration] = draft.declarations
        self._last: tuple[list[Declaration], Comparison] | None = None

    def remember(self, known: Comparison | None) -> None:
        """Take the changes with the entries as they stand from someone who has them."""
        if known is not None:
            self._last = self.draft.declarations, known

    def compared(self, but: Sequence[Kind] = ()) -> Comparison:
        """The changes with the entries as they are, without those of some kinds."""
        entries = [entry for entry in self.entries if entry.get("kind") not in but]
        if self._last is None or self._last[0] != entries:
            changes = compare(self.draft.old, self.draft.with_(entries))
            self._last = entries, changes
        return self._last[1]

    def _decided(self, question: Question, said: Decision | None) -> Question:
        """The question with what is given, or else was said, or else holds for the rest."""
        if said is None and self.rest in question.choices:
            said = Decision(self.rest)
        return decided(question, self.given, said)

    # Variables

    def names(self) -> list[Question]:
        """Ask of every new variable whether it is one that seems to be gone."""
        changes = self.compared(but=[Kind.RENAME_VARIABLE])
        removed = [c for c in changes if c.kind is Kind.REMOVE_VARIABLE]
        asked: list[Question] = []
        taken: set[str] = set()
        for change in changes:
            if change.kind is not Kind.ADD_VARIABLE:
                continue
            names = tuple(r.variable for r in removed if _may_be(r, change))
            if not names:
                continue
            question = self._decided(
                Question(
                    variable=change.variable,
                    changes=(change,),
                    choices=(Choice.NEW, Choice.FORMER),
                    names=names,
                ),
                self._name_said(change),
            )
            decision = question.decision
            if decision and decision.choice is Choice.FORMER:
                if decision.name in taken:
                    question = replace(question, fault=TWICE)
                taken.add(decision.name)
            asked.append(question)
        self._write_names(asked)
        return asked

    def _name_said(self, change: Change) -> Decision | None:
        for entry in self.entries:
            if entry.get("kind") == Kind.RENAME_VARIABLE and (
                entry.get("to") == change.variable
            ):
                return Decision(Choice.FORMER, name=str(entry.get("variable")))
        return None if change.declared is None else Decision(Choice.NEW)

    def _write_names(self, asked: Sequence[Question]) -> None:
        news = {question.variable for question in asked}
        renames = {
            str(entry.get("to")): entry
            for entry in self.entries
            if entry.get("kind") == Kind.RENAME_VARIABLE and entry.get("to") in news
        }
        entries = [e for e in self.entries if not _is_among(e, renames.values())]
        for question in asked:
            decision = question.decision
            if decision is None or question.fault:
                continue
            if decision.choice is Choice.FORMER:
                entry: dict[str, Any] = {
                    "kind": str(Kind.RENAME_VARIABLE),
                    "variable": decision.name,
                    "to": question.variable,
                }
                said = renames.get(question.variable)
                is_the_same = said and said.get("variable") == decision.name
                entries.append(said if said and is_the_same else entry)
            elif question.changes[0].declared is None:
                entries.append(
                    {
                        "kind": str(Kind.ADD_VARIABLE),
                        "variable": question.variable,
                        "automatic": False,
                    }
                )
        self.entries = entries

    # Categories

    def fates(self) -> list[Question]:
        """Ask of every category that is gone or retired what it counts as now."""
        changes = self.compared(but=FATES)
        now_called = dict(changes.names)
        asked: list[Question] = []
        by_variable: dict[str, list[Question]] = {}
        for change in changes:
            if change.kind not in (Kind.REMOVE_CATEGORY, Kind.RETIRE_CATEGORY):
                continue
            new = changes.new.variable(now_called[change.variable])
            codes = tuple(c.code for c in new.offered)
            is_gone = change.kind is Kind.REMOVE_CATEGORY
            choices = [Choice.RECODE if is_gone else Choice.KEEP]
            choices += [Choice.COUNTS_AS] if codes else []
            choices += [Choice.SPLIT] if len(codes) > 1 else []
            question = self._decided(
                Question(change.variable, (change,), tuple(choices), codes),
                self._fate_said(change, {change.variable, new.name}),
            )
            asked.append(question)
            by_variable.setdefault(change.variable, []).append(question)
        for name, questions in by_variable.items():
            self._write_fates(changes.old.variable(name), now_called[name], questions)
        return asked

    def _fate_said(self, change: Change, names: set[str]) -> Decision | None:
        (code,) = change.codes
        for entry in self.entries:
            if entry.get("kind") not in FATES or entry.get("variable") not in names:
                continue
            codes, to = codes_in(entry, "from"), codes_in(entry, "to")
            if code not in codes or code in to:
                continue
            if entry["kind"] == Kind.SPLIT_CATEGORY:
                return Decision(Choice.SPLIT, to)
            if entry["kind"] == Kind.MERGE_CATEGORIES:
                return Decision(Choice.COUNTS_AS, to)
            return Decision(Choice.COUNTS_AS, to[codes.index(code) :][:1])
        if change.kind is Kind.RETIRE_CATEGORY:
            return Decision(Choice.KEEP)
        return None if change.declared is None else Decision(Choice.RECODE)

    def _write_fates(
        self, old: VariableSpec, now_called: str, questions: Sequence[Question]
    ) -> None:
        codes = {question.changes[0].codes[0] for question in questions}
        said = [
            entry
            for entry in self.entries
            if entry.get("kind") in FATES
            and entry.get("variable") in (old.name, now_called)
            and codes.intersection(codes_in(entry, "from"))
        ]
        entries = [entry for entry in self.entries if not _is_among(entry, said)]
        for entry in _regroupings(old, questions):
            # The entry that was there says more than is asked.
            twins = (other for other in said if _is_the_same(entry, other))
            entries.append(next(twins, entry))
        for question in questions:
            (change,) = question.changes
            is_gone = change.kind is Kind.REMOVE_CATEGORY
            if question.decision == Decision(Choice.RECODE) and is_gone:
                entries.append(_meaning(change, recode=True))
        self.entries = entries

    # Meanings

    def meanings(self) -> list[Question]:
        """Ask whether answers still mean what they meant, wherever that is judged."""
        changes = self.compared()
        groups: dict[str, list[Change]] = {}
        for change in changes:
            if change.is_judged:
                groups.setdefault(key_of(change), []).append(change)
        asked = [self._meaning_asked(changes, group) for group in groups.values()]
        for question in asked:
            self._write_meaning(question)
        return asked

    def _meaning_asked(self, changes: Comparison, group: list[Change]) -> Question:
        first = group[0]
        choices = [Choice.KEEP, Choice.RECODE]
        codes: tuple[int, ...] = ()
        if first.kind is Kind.ADD_CATEGORY:
            old = changes.old.variable(first.variable)
            codes = tuple(category.code for category in old.categories)
            choices += [Choice.SOME] if codes else []
        return self._decided(
            Question(first.variable, tuple(group), tuple(choices), codes),
            _meaning_said(group),
        )

    def _write_meaning(self, question: Question) -> None:
        decision = question.decision
        if decision is None or question.fault:
            return
        change = question.changes[0]
        recode = decision.choice is not Choice.KEEP
        if decision == _meaning_said(question.changes):
            return
        entry = _meaning(change, recode=recode)
        if decision.choice is Choice.SOME:
            entry["from"] = list(decision.codes)
        self.entries = [
            entry,
            *(other for other in self.entries if not _speaks_of(other, entry)),
        ]


def _may_be(removed: Change, added: Change) -> bool:
    """Whether a variable that is gone may be the new one: same type, not two ids."""
    old, new = removed.edits[0].old, added.edits[0].new
    both_known = bool(old.get("id") and new.get("id"))
    return not both_known and old.get("type") == new.get("type")


def _is_among(entry: Declaration, entries: Any) -> bool:
    return any(entry is other for other in entries)


def _is_the_same(entry: Declaration, other: Declaration) -> bool:
    return entry["kind"] == other.get("kind") and all(
        sorted(codes_in(entry, name)) == sorted(codes_in(other, name))
        for name in ("from", "to")
    )


def _regroupings(
    old: VariableSpec, questions: Sequence[Question]
) -> Iterator[dict[str, Any]]:
    """The splits, merges and recodings that were decided for a variable."""
    known = {category.code for category in old.categories}
    sources: dict[int, list[Change]] = {}
    for question in questions:
        decision, change = question.decision, question.changes[0]
        if decision is None or question.fault:
            continue
        if decision.choice is Choice.SPLIT:
            yield _regrouping(
                Kind.SPLIT_CATEGORY, old.name, change.codes, decision.codes
            )
        elif decision.choice is Choice.COUNTS_AS:
            sources.setdefault(decision.codes[0], []).append(change)
    pairs: dict[int, int] = {}
    for target, changes in sources.items():
        codes = [change.codes[0] for change in changes]
        is_gone = all(change.kind is Kind.REMOVE_CATEGORY for change in changes)
        if target in known:
            codes = sorted({*codes, target})
        elif len(codes) == 1 and is_gone:
            pairs[codes[0]] = target
            continue
        yield _regrouping(Kind.MERGE_CATEGORIES, old.name, codes, [target])
    if pairs:
        kind = Kind.RECODE_CATEGORIES
        yield _regrouping(kind, old.name, [*pairs], [*pairs.values()])


def _regrouping(
    kind: Kind, variable: str, codes: Sequence[int], to: Sequence[int]
) -> dict[str, Any]:
    return {
        "kind": str(kind),
        "variable": variable,
        "from": list(codes),
        "to": list(to),
        "automatic": kind is not Kind.SPLIT_CATEGORY,
    }


def _meaning(change: Change, *, recode: bool) -> dict[str, Any]:
    """An entry that says whether answers are looked at again."""
    entry: dict[str, Any] = {"kind": str(change.kind)}
    if change.variable:
        entry["variable"] = change.variable
    if codes := change.to or change.codes:
        entry["code"] = codes[0] if len(codes) == 1 else list(codes)
    return entry | {"automatic": not recode}


def _meaning_said(changes: Sequence[Change]) -> Decision | None:
    """What the history says of a change; else what nobody doubts; else nothing."""
    said = changes[0].declared or {}
    codes = codes_in(said, "from")
    is_added = changes[0].kind is Kind.ADD_CATEGORY
    if is_added and codes and said.get("automatic") is not True:
        return Decision(Choice.SOME, codes)
    if isinstance(said.get("automatic"), bool):
        return Decision(Choice.KEEP if said["automatic"] else Choice.RECODE)
    if any(change.effect is Effect.RECODE for change in changes):
        return None
    return Decision(Choice.KEEP)


def _speaks_of(entry: Declaration, new: Declaration) -> bool:
    return (
        entry.get("kind") == new["kind"]
        and entry.get("variable", "") == new.get("variable", "")
        and set(codes_in(entry, "code")) == set(codes_in(new, "code"))
    )
