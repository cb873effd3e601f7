"""What changed in the categories of a variable. Pure."""

from collections.abc import Iterator
from typing import Any

from codebook.changes.change import Change, Effect, Kind, Opens
from codebook.changes.declarations import codes_in
from codebook.changes.edits import Edit, ListEdits, field_edits, list_edits, same
from codebook.changes.matching import Categories, Regrouping, Tree, same_meaning
from codebook.changes.subject import Subject

#: Fields of a category that a change of its own tells about.
TOLD = ("code", "status", "label", "definition", "rule", "examples", "parent")


def category_changes(subject: Subject, categories: Categories) -> Iterator[Change]:
    """Yield the changes of a variable's categories.

    A split or merge that the history declares is one change, with everything that it does
    to the categories concerned.
    """
    path = (*subject.path, "categories")
    steps = list_edits(path, categories.olds, categories.news, categories.matched)
    told_old: set[int] = set()
    told_new: set[int] = set()
    for regrouping in categories.regroupings:
        yield _regrouping(subject, categories, steps, regrouping, told_old, told_new)
    if recoded := categories.recoded:
        yield subject.change(
            Kind.RECODE_CATEGORIES,
            Effect.AUTOMATIC,
            _code_edits(subject, categories),
            codes=tuple(recoded),
            to=tuple(recoded.values()),
        )
    for gone, edit in steps.removed.items():
        if gone not in told_old:
            code = categories.olds[gone]["code"]
            yield subject.change(
                Kind.REMOVE_CATEGORY,
                Effect.RECODE,
                [edit],
                codes=[code],
                opens=Opens.CODES,
            )
    for at, was in enumerate(categories.matched):
        if at in told_new:
            continue
        if was is None:
            yield _added(subject, categories.news[at], steps.inserted[at], at)
        elif at in steps.moved or not same(categories.olds[was], categories.news[at]):
            yield from _pair(subject, categories, was, at, steps)


def _regrouping(
    subject: Subject,
    categories: Categories,
    steps: ListEdits,
    regrouping: Regrouping,
    told_old: set[int],
    told_new: set[int],
) -> Change:
    """The one change that a split or merge is, with all its steps."""
    edits: list[Edit] = []
    for gone, edit in steps.removed.items():
        if categories.olds[gone]["code"] in regrouping.codes:
            told_old.add(gone)
            edits.append(edit)
    first: int | None = None
    for at, new in enumerate(categories.news):
        if at in told_new or new["code"] not in {*regrouping.codes, *regrouping.to}:
            continue
        told_new.add(at)
        first = at if first is None else first
        was = categories.matched[at]
        if was is None:
            edits.append(steps.inserted[at])
            continue
        old = categories.olds[was]
        names = [name for name in dict.fromkeys((*old, *new)) if name != "code"]
        edits += field_edits(_path(subject, categories, was), old, new, names)
        if at in steps.moved:
            edits.append(steps.moved[at])
    is_split = regrouping.kind is Kind.SPLIT_CATEGORY
    return subject.change(
        regrouping.kind,
        Effect.RECODE if is_split else Effect.AUTOMATIC,
        edits,
        codes=regrouping.codes,
        to=regrouping.to,
        old=[c for c in categories.olds if c["code"] in regrouping.codes],
        new=[c for c in categories.news if c["code"] in regrouping.to],
        opens=Opens.CODES if is_split else Opens.ALL,
        at=("categories",) if first is None else ("categories", first),
        declaration=regrouping.declaration,
    )


def _path(subject: Subject, categories: Categories, was: int) -> tuple[str, ...]:
    return (*subject.path, "categories", categories.handles[was])


def _code_edits(subject: Subject, categories: Categories) -> Iterator[Edit]:
    for at, was in enumerate(categories.matched):
        if was is not None:
            yield from field_edits(
                _path(subject, categories, was),
                categories.olds[was],
                categories.news[at],
                ["code"],
            )


def _added(subject: Subject, new: Tree, edit: Edit, at: int) -> Change:
    """A new category. The history may say `from` which codes answers could move to it."""
    is_retired = new.get("status") == "retired"
    names = subject.names
    entry = subject.declared.of(Kind.ADD_CATEGORY, names, [new["code"]])
    codes = codes_in(entry or {}, "from")
    return subject.change(
        Kind.ADD_CATEGORY,
        Effect.AUTOMATIC if is_retired else Effect.RECODE,
        [edit],
        codes=codes,
        to=[new["code"]],
        opens=Opens.CODES if codes else Opens.ALL,
        at=("categories", at),
        declaration=entry,
    )


def _pair(
    subject: Subject, categories: Categories, was: int, at: int, steps: ListEdits
) -> Iterator[Change]:
    """The changes of one category that stayed."""
    old, new = categories.olds[was], categories.news[at]
    path = _path(subject, categories, was)
    place = ("categories", at)
    facts: dict[str, Any] = {"codes": [old["code"]], "at": place}

    def edits(*names: str) -> tuple[Edit, ...]:
        return field_edits(path, old, new, names)

    retires = new.get("status") == "retired" != old.get("status")
    restores = old.get("status") == "retired" != new.get("status")
    if status := edits("status"):
        if retires:
            # The rule of a retired category tells what to code instead.
            yield subject.change(
                Kind.RETIRE_CATEGORY,
                Effect.AUTOMATIC,
                [*status, *edits("rule")],
                **facts,
            )
        elif restores:
            yield subject.change(Kind.RESTORE_CATEGORY, Effect.RECODE, status, **facts)
        else:
            yield subject.change(Kind.CHANGE_OTHER, Effect.NONE, status, **facts)
    if label := edits("label"):
        yield subject.change(Kind.RENAME_LABEL, Effect.NONE, label, **facts)
    if meaning := edits("definition", *(() if retires else ("rule",))):
        kept = all(same_meaning(edit.old, edit.new) for edit in meaning)
        yield subject.change(
            Kind.CHANGE_DEFINITION,
            Effect.NONE if kept else Effect.RECODE,
            meaning,
            **facts,
        )
    if examples := edits("examples"):
        yield subject.change(Kind.CHANGE_EXAMPLES, Effect.NONE, examples, **facts)
    if parent := edits("parent"):
        yield subject.change(Kind.CHANGE_PARENT, Effect.AUTOMATIC, parent, **facts)
    for name in dict.fromkeys((*old, *new)):
        if name not in TOLD and (other := edits(name)):
            yield subject.change(Kind.CHANGE_OTHER, Effect.NONE, other, **facts)
    if at in steps.moved:
        yield subject.change(
            Kind.MOVE_CATEGORY, Effect.NONE, [steps.moved[at]], **facts
        )
