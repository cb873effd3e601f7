import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from codebook import values
from codebook.document import VariableSpec
from codebook.models import Variable
from codebook.queries import document_of, variables_of
from codebook.values import NotAValue, Value
from mediacoding.coding import filters
from mediacoding.coding.models import (
    Answer,
    AnswerEvent,
    Assignment,
    Coding,
    Passage,
    Submission,
    Unit,
)
from mediacoding.studies.models import User
from mediacoding.studies.operations import write_journal


class AnswerRefused(Exception):
    """The answer was not saved; the text says what is legal."""


class StaleRevision(Exception):
    """The answer changed elsewhere meanwhile: `answer` as it stands, `attempted` as sent."""

    def __init__(self, answer: Answer | None, attempted: Value) -> None:
        super().__init__(
            _(
                "This answer was changed in another window meanwhile. Choose which one stands."
            )
        )
        self.answer = answer
        self.attempted = attempted


class NotReady(Exception):
    """The coding cannot be submitted yet; `variables` still need an answer."""

    def __init__(self, variables: list[VariableSpec]) -> None:
        names = "; ".join(v.label.in_(get_language() or "en") for v in variables)
        super().__init__(_("Not answered yet: %(names)s.") % {"names": names})
        self.variables = variables


class NotOpen(Exception):
    """Nothing can be written to this coding any more; the text says why and the way out."""


@dataclass(frozen=True, slots=True)
class Saved:
    """An answer as it stands after a save, and whether the save was a replay."""

    answer: Answer
    is_replay: bool


@transaction.atomic
def save_answer(
    *,
    unit: Unit,
    variable: Variable,
    raw: str | Sequence[str],
    event_id: uuid.UUID,
    base_revision: int,
    by: User,
    at: dt.datetime,
) -> Saved:
    """Save what the coder answered, log the event, and return the answer as it stands.

    `raw` is what the form sent: a code, several codes, a number, a date, words; an empty
    text takes the answer back. The client makes `event_id`: the same one again writes
    nothing. Raises AnswerRefused, StaleRevision or NotOpen.
    """
    submission = _open_submission(unit, by)
    if AnswerEvent.objects.filter(pk=event_id).exists():
        return Saved(Answer.objects.get(unit=unit, variable=variable), True)
    spec = document_of(submission.coding.version).variable(variable.name)
    new = _value(spec, raw)
    answer = Answer.objects.filter(unit=unit, variable=variable).first()
    if base_revision != (answer.revision if answer else 0):
        if answer and (answer.state, answer.value) == (new.state, new.value):
            return Saved(answer, True)
        raise StaleRevision(answer, new)
    old = _text_of(answer)
    if answer and (answer.state, answer.value) == (new.state, new.value):
        return Saved(answer, True)
    if answer:
        answer.state = new.state
        answer.value = new.value
        answer.revision += 1
        answer.changed_at = at
        answer.save(update_fields=["state", "value", "revision", "changed_at"])
    else:
        answer = Answer.objects.create(
            unit=unit,
            variable=variable,
            state=new.state,
            value=new.value,
            changed_at=at,
        )
    AnswerEvent.objects.create(
        pk=event_id,
        unit=unit,
        variable=variable,
        old=old,
        new=_text_of(answer),
        base_revision=base_revision,
        at=at,
        by=by,
    )
    return Saved(answer, False)


@transaction.atomic
def set_uncertain(
    *,
    unit: Unit,
    variable: Variable,
    is_uncertain: bool,
    event_id: uuid.UUID,
    by: User,
    at: dt.datetime,
) -> Answer:
    """Flag an answer as uncertain, or take the flag back, and return it."""
    return _set_aspect(
        unit, variable, "is_uncertain", is_uncertain, event_id=event_id, by=by, at=at
    )


@transaction.atomic
def write_remark(
    *,
    unit: Unit,
    variable: Variable,
    text: str,
    event_id: uuid.UUID,
    by: User,
    at: dt.datetime,
) -> Answer:
    """Keep a coder's remark on one answer, and return the answer."""
    return _set_aspect(
        unit, variable, "remark", text.strip(), event_id=event_id, by=by, at=at
    )


def _set_aspect(
    unit: Unit,
    variable: Variable,
    field: str,
    new: bool | str,
    *,
    event_id: uuid.UUID,
    by: User,
    at: dt.datetime,
) -> Answer:
    _open_submission(unit, by)
    answer, _made = Answer.objects.get_or_create(
        unit=unit,
        variable=variable,
        defaults={"state": Answer.State.OPEN, "changed_at": at, "revision": 0},
    )
    old = getattr(answer, field)
    if old == new or AnswerEvent.objects.filter(pk=event_id).exists():
        return answer
    setattr(answer, field, new)
    answer.changed_at = at
    answer.save(update_fields=[field, "changed_at"])
    AnswerEvent.objects.create(
        pk=event_id,
        unit=unit,
        variable=variable,
        aspect=AnswerEvent.Aspect.REMARK
        if field == "remark"
        else AnswerEvent.Aspect.UNCERTAIN,
        old=str(old),
        new=str(new),
        base_revision=answer.revision,
        at=at,
        by=by,
    )
    return answer


@transaction.atomic
def remark_coding(
    *, submission: Submission, text: str, by: User, at: dt.datetime
) -> Submission:
    """Keep a coder's remark on the coding as a whole, and return the submission."""
    submission = _lock(submission.pk, by)
    submission.remark = text.strip()
    submission.save(update_fields=["remark"])
    return submission


@transaction.atomic
def submit_coding(*, coding: Coding, by: User, at: dt.datetime) -> Submission:
    """Close the coding for good: check it, settle the filters, stamp it, return it.

    Questions whose filter is not true become not applicable, whatever was answered there
    before (the log keeps it). The first submission is what reliability reads.
    Raises NotReady, with every variable that still needs an answer, or NotOpen.
    """
    open_one = coding.submissions.filter(submitted_at=None).first()
    if open_one is None:
        raise NotOpen(_("This coding is submitted already."))
    submission = _lock(open_one.pk, by)
    document = document_of(submission.coding.version)
    rows = variables_of(submission.coding.version)
    unit = submission.units.get(kind=Unit.ARTICLE)
    given = {answer.variable_id: answer for answer in unit.answers.all()}
    answers = {
        name: Value(given[row.pk].state, given[row.pk].value)
        for name, row in rows.items()
        if row.pk in given and given[row.pk].state != Answer.State.OPEN
    }
    if missing := list(filters.unready(document, answers)):
        raise NotReady(missing)
    for name, asked in filters.openness(document, answers).items():
        if not asked:
            _make_not_applicable(unit, rows[name], given.get(rows[name].pk), by, at)
    submission.submitted_at = at
    submission.save(update_fields=["submitted_at"])
    Assignment.objects.filter(
        pk=coding.assignment_id, state=Assignment.State.TAKEN
    ).update(state=Assignment.State.SUBMITTED, ended_at=at)
    return submission


def _make_not_applicable(
    unit: Unit, variable: Variable, answer: Answer | None, by: User, at: dt.datetime
) -> None:
    not_applicable = Answer.State.NOT_APPLICABLE
    if answer and answer.state == not_applicable:
        return
    old, revision = _text_of(answer), answer.revision if answer else 0
    Answer.objects.update_or_create(
        unit=unit,
        variable=variable,
        defaults={
            "state": not_applicable,
            "value": "",
            "revision": revision + 1,
            "changed_at": at,
        },
    )
    AnswerEvent.objects.create(
        unit=unit,
        variable=variable,
        old=old,
        new=f"{not_applicable}:",
        base_revision=revision,
        at=at,
        by=by,
    )


@transaction.atomic
def reopen_coding(
    *, coding: Coding, reason: str, by: User, at: dt.datetime
) -> Submission:
    """Make a second submission beside the submitted one, open for changes, and return it.

    Units, answers and passages are copied; the first submission stays what reliability
    reads. Raises NotOpen without a reason, or if one is open already.
    """
    if not reason.strip():
        raise NotOpen(_("Say why the coding is reopened; the reason is kept."))
    last = (
        Submission.objects.select_for_update(of=("self",))
        .select_related("coding__assignment__round__study")
        .filter(coding=coding)
        .order_by("-number")
        .first()
    )
    if last is None or last.submitted_at is None:
        raise NotOpen(_("This coding is still open; there is nothing to reopen."))
    if not last.coding.assignment.round.is_open:
        raise NotOpen(_("The round is closed; its codings stay as they are."))
    again = Submission.objects.create(
        coding=coding,
        number=last.number + 1,
        remark=last.remark,
        reason=reason.strip(),
        opened_at=at,
    )
    for unit in last.units.filter(removed_at=None):
        _copy_unit(unit, again)
    write_journal(
        study=last.coding.assignment.round.study,
        act="reopen_coding",
        about=coding,
        reason=reason.strip(),
        by=by,
        at=at,
    )
    return again


def _copy_unit(unit: Unit, submission: Submission) -> None:
    copy = Unit.objects.create(
        submission=submission, kind=unit.kind, position=unit.position, key=unit.key
    )
    answers = list(unit.answers.all())
    passages = list(unit.passages.filter(removed_at=None))
    for answer in answers:
        answer.pk, answer.unit = None, copy
    for passage in passages:
        passage.pk, passage.unit = None, copy
    Answer.objects.bulk_create(answers)
    Passage.objects.bulk_create(passages)


def _open_submission(unit: Unit, by: User) -> Submission:
    return _lock(unit.submission_id, by)


def _lock(submission_id: int, by: User) -> Submission:
    """The submission, locked against a submit at the same moment, if `by` may write to it."""
    submission = (
        Submission.objects.select_for_update(of=("self",))
        .select_related("coding__version", "coding__assignment__round")
        .get(pk=submission_id, coding__assignment__coder__person=by)
    )
    assignment = submission.coding.assignment
    if submission.submitted_at is not None:
        raise NotOpen(
            _(
                "This coding is submitted. Ask the supervisor to reopen it, with a reason."
            )
        )
    if assignment.state in (Assignment.State.HANDED_BACK, Assignment.State.RETURNED):
        raise NotOpen(_("This article is no longer yours."))
    if not assignment.round.is_open:
        raise NotOpen(_("The round is closed. What you saved before is kept."))
    return submission


def _value(variable: VariableSpec, raw: str | Sequence[str]) -> Value:
    """The value of what was sent; taking an answer back is state "open"."""
    if raw == "":
        return Value(Answer.State.OPEN, "")
    try:
        return values.parse_value(variable, raw)
    except NotAValue as refusal:
        raise AnswerRefused(refusal.in_(get_language() or "en", _)) from refusal


def _text_of(answer: Answer | None) -> str:
    return f"{answer.state}:{answer.value}" if answer else ""
