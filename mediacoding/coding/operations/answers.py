import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import get_language

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
    RoundArticle,
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
            _("This answer was changed in another window meanwhile. Choose which one stands.")
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
