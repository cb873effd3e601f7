"""The operations by which a draft is written: started, saved together, taken back."""

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from codebook import checks, queries, shape
from codebook.changes.edits import same
from codebook.document import Document
from codebook.editing import steps
from codebook.editing.head import with_head
from codebook.editing.merging import Conflict, Side, merge
from codebook.editing.tree import NotEditable, Tree
from codebook.models import Codebook, CodebookVersion, DraftRevision
from codebook.operations import (
    NotImportable,
    import_document,
    keep_revision,
    record_event,
)


class NotSaved(Exception):
    """A change of a draft cannot be kept; the text says why and the way out."""


class DraftConflict(Exception):
    """Somebody else changed the same places since: both values, for the person to choose.

    `seen` is the revision of the draft that holds theirs, `last` its row: who and when.
    """

    def __init__(
        self, conflicts: Sequence[Conflict], seen: int, last: DraftRevision | None
    ) -> None:
        self.conflicts = tuple(conflicts)
        self.seen = seen
        self.last = last
        super().__init__(_("The same place was changed meanwhile by somebody else."))


@dataclass(frozen=True, slots=True)
class DraftChange:
    """What a person does to a draft: a pure edit, and what the history calls it."""

    act: str
    edit: Callable[[Tree], Tree]
    about: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A person's answers to the conflicts with the draft as it was at a revision."""

    seen: int
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Saved:
    """A draft after a save; `was_merged` if others had changed it since."""

    version: CodebookVersion
    was_merged: bool = False


@transaction.atomic
def start_draft(*, version: CodebookVersion, by, at: dt.datetime) -> CodebookVersion:
    """Make a draft that begins as a copy of a published version, and return it.

    Its number is the next free one; publishing proposes a number from what was changed.
    Raises NotImportable if the codebook has a draft already or the version is one.
    """
    if version.is_draft:
        raise NotImportable(_("This version is a draft already: change it as it is."))
    codebook = Codebook.objects.select_for_update().get(pk=version.codebook_id)
    numbers = set(codebook.versions.values_list("number", flat=True))
    tree = json.loads(version.document)
    return import_document(
        document=Document(
            with_head(tree, {"version": _free_number(version.number, numbers)})
        ),
        codebook=codebook,
        by=by,
        at=at,
    )


def _free_number(number: str, taken: set[str]) -> str:
    """The number with its second part raised until it is free: 1.1 after 1.0."""
    first, _point, rest = number.partition(".")
    second = rest.partition(".")[0]
    if not (first.isdecimal() and second.isdecimal()):
        first, second = number[:15], "0"
    step = int(second) + 1
    while f"{first}.{step}" in taken:
        step += 1
    return f"{first}.{step}"


@transaction.atomic
def save_draft(
    *,
    version: CodebookVersion,
    base_revision: int | None,
    change: DraftChange,
    chosen: Chosen | None = None,
    by,
    at: dt.datetime,
) -> Saved:
    """Make a change to a draft, together with what others changed since, and return it.

    `base_revision` is the revision that the person saw; None makes the change to whatever
    the draft is now (something new, which is in nobody's way). `chosen` answers the
    conflicts of an earlier call and counts only while the draft is what the person saw
    then. Raises DraftConflict with every place that both changed, and NotSaved if the
    draft is gone, or would be no codebook any more.
    """
    draft = _locked_draft(version)
    current = json.loads(draft.document)
    was_merged = False
    try:
        if base_revision is not None and base_revision != draft.revision:
            was_merged = True
            base = _tree_of(draft, base_revision)
            mine = change.edit(base)
            counts = chosen is not None and chosen.seen == draft.revision
            sides = chosen.sides if chosen and counts else ()
            merged = merge(base, mine, current, sides)
            if merged.conflicts:
                last = draft.revisions.select_related("made_by").last()
                raise DraftConflict(merged.conflicts, draft.revision, last)
            new = merged.tree
        else:
            new = change.edit(current)
    except NotEditable as refusal:
        raise NotSaved(refusal.said(_)) from refusal
    if not same(current, new):
        _write_draft(draft, new, change.act, change.about, None, by, at)
    return Saved(draft, was_merged)


def _locked_draft(version: CodebookVersion) -> CodebookVersion:
    draft = (
        CodebookVersion.objects.select_for_update(of=("self",))
        .select_related("codebook")
        .filter(pk=version.pk)
        .first()
    )
    if draft is None:
        raise NotSaved(_("This draft was discarded meanwhile; nothing can be saved."))
    if not draft.is_draft:
        raise NotSaved(
            _(
                "Version %(number)s was published meanwhile and never changes. Start a "
                "new draft from it."
            )
            % {"number": draft.number}
        )
    return draft


def _tree_of(draft: CodebookVersion, revision: int) -> Tree:
    row = draft.revisions.filter(revision=revision).first()
    if row is None:
        raise NotSaved(
            _("The page was too old to be saved. Copy what you typed, then reload it.")
        )
    return json.loads(row.document)


def _write_draft(
    draft: CodebookVersion,
    tree: Tree,
    act: str,
    about: str,
    restores: int | None,
    by,
    at: dt.datetime,
) -> None:
    """Keep a new state of a draft. Raises NotSaved if it could not be read again."""
    if wrong := list(shape.problems(tree)):
        raise NotSaved(" ".join(str(problem) for problem in wrong))
    document = Document(tree)
    others = CodebookVersion.objects.filter(codebook=draft.codebook_id)
    others = others.exclude(pk=draft.pk)
    if len(document.number) > checks.LONGEST_NUMBER:
        raise NotSaved(_("The number of a version has at most 20 characters."))
    if others.filter(number=document.number).exists():
        raise NotSaved(
            _("There is a version %(number)s already. Choose another number.")
            % {"number": document.number}
        )
    draft.document = document.stored_text
    draft.number = document.number
    draft.revision += 1
    draft.save(update_fields=["document", "number", "revision"])
    if not others.exists() and draft.codebook.title != document.title.in_("en"):
        draft.codebook.title = document.title.in_("en")[:300]
        draft.codebook.save(update_fields=["title"])
    keep_revision(draft, act, about, restores, by, at)
    detail = {"revision": draft.revision, "what": act, "about": about}
    record_event("save_draft", draft, by, at, detail)


@transaction.atomic
def undo_draft(
    *,
    version: CodebookVersion,
    base_revision: int,
    to: int | None = None,
    by,
    at: dt.datetime,
) -> CodebookVersion:
    """Bring back what a draft was one step ago, or at a revision, and return the draft.

    That is a step too, so it can be taken back (`redo_draft`). Raises NotSaved if there is
    no such step, or if the draft moved on since the person saw it.
    """
    draft = _locked_draft(version)
    _refuse_unseen(draft, base_revision)
    target = to or steps.undone_by(queries.steps_of(draft))
    if target is None or target >= draft.revision:
        raise NotSaved(_("There is no earlier step to go back to."))
    return _bring_back(draft, "undo", target, by, at)


@transaction.atomic
def redo_draft(
    *, version: CodebookVersion, base_revision: int, by, at: dt.datetime
) -> CodebookVersion:
    """Do again what was undone last, and return the draft. Raises NotSaved."""
    draft = _locked_draft(version)
    _refuse_unseen(draft, base_revision)
    target = steps.redone_by(queries.steps_of(draft))
    if target is None:
        raise NotSaved(_("Nothing was undone that could be done again."))
    return _bring_back(draft, "redo", target, by, at)


def _refuse_unseen(draft: CodebookVersion, base_revision: int) -> None:
    if draft.revision != base_revision:
        raise NotSaved(
            _(
                "The draft was changed while you looked at it, so this would undo a step "
                "that you have not seen. This is the draft as it is now."
            )
        )


def _bring_back(
    draft: CodebookVersion, act: str, target: int, by, at: dt.datetime
) -> CodebookVersion:
    revisions = queries.steps_of(draft)
    source = steps.state_of(revisions, target)
    tree = _tree_of(draft, source)
    _write_draft(draft, tree, act, "", source, by, at)
    return draft
