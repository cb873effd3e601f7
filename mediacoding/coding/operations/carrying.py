"""Rounds carried forward to a later codebook version.

Every coding of the old version gets one of the new version beside it: what can be carried
mechanically is, what has to be looked at again is open for its coder, and the old coding
stays as it was. codebook.changes says what becomes of an answer.
"""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from codebook.changes.carrying import Plan, carry, plan_of
from codebook.changes.compare import compare
from codebook.models import CodebookVersion
from codebook.queries import document_of, variables_of
from codebook.values import Value
from mediacoding.coding import filters
from mediacoding.coding.models import (
    Answer,
    AnswerEvent,
    Assignment,
    CarryForward,
    Coding,
    Passage,
    Question,
    Round,
    Submission,
    Unit,
)
from mediacoding.coding.operations.recording import tell_the_planner
from mediacoding.studies.models import User
from mediacoding.studies.operations import write_journal

CHUNK = 400  # codings


class NotCarriable(Exception):
    """The round cannot be carried forward, or not back; the text says why and the way out."""


@dataclass(slots=True)
class Carried:
    """What a carrying did, or would do.

    `n_codings` codings, `n_answers` answers carried, `n_to_recode` codings with something
    to recode; `to_recode` says for each variable (new name) in how many codings.
    `n_left_behind` reopened codings have a variable to recode, so that only their first
    submission was carried.
    """

    n_codings: int = 0
    n_answers: int = 0
    n_to_recode: int = 0
    n_left_behind: int = 0
    to_recode: Counter[str] = field(default_factory=Counter)


def carrying_effect(*, round: Round, version: CodebookVersion) -> Carried:
    """What carrying a round to a version would do; nothing is written.

    Raises NotCarriable.
    """
    _refuse(round, version)
    effect = Carried()
    move = _Move(round, version)
    for _coding in move.codings(effect):
        pass
    return effect


def carry_round_forward(
    *, round: Round, version: CodebookVersion, by: User, at: dt.datetime
) -> CarryForward:
    """Take a round to a later published version, and return the record of it.

    Codings whose answers can all be carried are submitted as they were; the others are
    open for their coders, with only what is to be recoded. A closed round is opened again
    if there is something to recode. Raises NotCarriable.

    Submitted codings never change, so they are carried in short transactions, that others
    can save between; what was written shows only when the last one moves the round, and a
    carrying that was interrupted is taken up where it stopped.
    """
    _refuse(round, version)
    waiting = _Move(round, version).codings(Carried(), is_settled=True)
    while chunk := _take(waiting, CHUNK):
        _write_apart(chunk, version, at)
    tell_the_planner()
    return _move_round(round, version, by, at)


@transaction.atomic
def _move_round(
    round: Round, version: CodebookVersion, by: User, at: dt.datetime
) -> CarryForward:
    round = Round.objects.select_for_update(of=("self",)).get(pk=round.pk)
    _refuse(round, version)
    waiting = _Move(round, version).codings(Carried())  # those that are still open
    while chunk := _take(waiting, CHUNK):
        _write(chunk, version, at)
    mine = Coding.objects.filter(assignment__round=round, version=version)
    was_submitted = Q(carried_from__submissions__submitted_at__isnull=False)
    to_recode = mine.filter(was_submitted, submissions__submitted_at=None).distinct()
    made = CarryForward.objects.create(
        round=round,
        from_version_id=round.version_id,
        to_version=version,
        round_closed_at=round.closed_at,
        n_codings=mine.count(),
        n_answers=Answer.objects.filter(
            unit__submission__coding__in=mine, carried_from__isnull=False
        ).count(),
        n_to_recode=to_recode.count(),
        made_at=at,
        made_by=by,
    )
    round.version = version
    if made.n_to_recode and round.opened_at:
        round.closed_at = round.closed_by = None
    round.save(update_fields=["version", "closed_at", "closed_by"])
    write_journal(
        study=round.study,
        act="carry_round_forward",
        about=round,
        detail={
            "from": made.from_version.number,
            "to": version.number,
            "codings": made.n_codings,
            "to_recode": made.n_to_recode,
        },
        by=by,
        at=at,
    )
    return made


@transaction.atomic
def undo_carrying(*, carrying: CarryForward, by: User, at: dt.datetime) -> Round:
    """Take a round back to the version it came from, and return the round.

    The codings that were carried are deleted; what they held stands in the old ones. Raises
    NotCarriable once somebody has recoded, or coded a new article in the new version.
    """
    carrying = CarryForward.objects.select_for_update(of=("self",)).get(pk=carrying.pk)
    round = Round.objects.select_for_update(of=("self",)).get(pk=carrying.round_id)
    if carrying.undone_at is not None or round.version_id != carrying.to_version_id:
        raise NotCarriable(
            _("This step is not the round's last one. Take back the later ones first.")
        )
    mine = Coding.objects.filter(
        assignment__round=round, version_id=carrying.to_version_id
    )
    if (
        mine.filter(carried_from=None).exists()
        or AnswerEvent.objects.filter(unit__submission__coding__in=mine).exists()
        or Submission.objects.filter(
            coding__in=mine, submitted_at__gt=carrying.made_at
        ).exists()
        or Question.objects.filter(coding__in=mine).exists()
    ):
        raise NotCarriable(
            _(
                "Somebody has coded in the new version since. What coders did is not taken "
                "back; carry on in the new version."
            )
        )
    units = Unit.objects.filter(submission__coding__in=mine)
    for rows in (
        Passage.objects.filter(unit__in=units),
        Answer.objects.filter(unit__in=units),
        units,
        Submission.objects.filter(coding__in=mine),
        mine,
    ):
        rows._raw_delete(rows.db)
    carrying.undone_at, carrying.undone_by = at, by
    carrying.save(update_fields=["undone_at", "undone_by"])
    round.version_id = carrying.from_version_id
    round.closed_at = carrying.round_closed_at
    round.closed_by = by if round.closed_at else None
    round.save(update_fields=["version", "closed_at", "closed_by"])
    write_journal(study=round.study, act="undo_carrying", about=round, by=by, at=at)
    return round


def _refuse(round: Round, version: CodebookVersion) -> None:
    if version.is_draft:
        raise NotCarriable(_("Publish the version first."))
    if version.codebook_id != round.version.codebook_id:
        raise NotCarriable(_("Choose a version of the round's own codebook."))
    if version.ordinal <= round.version.ordinal:
        raise NotCarriable(
            _("The round is coded in version %(number)s. Choose a later version.")
            % {"number": round.version.number}
        )


@dataclass(slots=True)
class _NewUnit:
    source: int
    kind: str
    position: int
    key: uuid.UUID
    answers: list[tuple[int | None, int, str, str, bool, str]]
    passages: list[Passage]


@dataclass(slots=True)
class _NewSubmission:
    number: int
    remark: str
    reason: str
    opened_at: dt.datetime
    is_submitted: bool
    units: list[_NewUnit]


@dataclass(slots=True)
class _NewCoding:
    source: Coding
    submissions: list[_NewSubmission]


class _Move:
    """One round on its way from a version to another."""

    def __init__(self, round: Round, version: CodebookVersion) -> None:
        self.round, self.version = round, version
        old, new = document_of(round.version), document_of(version)
        changes = compare(old, new)
        plan = plan_of(changes)
        self.document = new
        self.plans = {
            kind: Plan(
                tuple(s for s in plan.steps if s.variable.unit_kind == kind),
                plan.removed,
            )
            for kind in {variable.unit_kind for variable in new.variables}
        }
        self.old_names = {v.pk: v.name for v in variables_of(round.version).values()}
        self.rows = {name: v.pk for name, v in variables_of(version).items()}
        self.new_of = {
            row.pk: self.rows[new_name]
            for old_name, new_name in changes.names
            if (row := variables_of(round.version).get(old_name))
        }
        self.old_of = {new_name: old_name for old_name, new_name in changes.names}

    def codings(
        self, effect: Carried, *, is_settled: bool = False
    ) -> Iterator[_NewCoding]:
        """Every coding of the old version as it is to be; counts into `effect`.

        Only those that are not carried yet; if `is_settled`, without those that are open.
        """
        sources = (
            Coding.objects.filter(
                assignment__round=self.round, version_id=self.round.version_id
            )
            .exclude(
                assignment__state__in=[
                    Assignment.State.HANDED_BACK,
                    Assignment.State.RETURNED,
                ]
            )
            .exclude(carried_to__version=self.version)
            .order_by("pk")
        )
        if is_settled:
            sources = sources.exclude(submissions__submitted_at=None)
        top = sources.aggregate(top=Max("pk"))["top"] or 0
        last = 0
        while last < top:
            chunk = list(sources.filter(pk__gt=last)[:CHUNK])
            if not chunk:
                return
            last = chunk[-1].pk
            yield from self._chunk(chunk, effect)

    def _chunk(
        self, sources: Sequence[Coding], effect: Carried
    ) -> Iterator[_NewCoding]:
        first, last = sources[0].pk, sources[-1].pk
        known = {coding.pk for coding in sources}
        here = {"submission__coding__in": known}
        submissions: dict[int, list[Submission]] = {}
        for submission in Submission.objects.filter(
            coding__gte=first, coding__lte=last, coding__in=known
        ).order_by("coding", "number"):
            submissions.setdefault(submission.coding_id, []).append(submission)
        units: dict[int, list[Unit]] = {}
        for unit in Unit.objects.filter(**here, removed_at=None).order_by(
            "submission", "kind", "position"
        ):
            units.setdefault(unit.submission_id, []).append(unit)
        answers = {
            unit: list(rows)
            for unit, rows in groupby(
                Answer.objects.filter(unit__submission__coding__in=known)
                .order_by("unit")
                .values_list(
                    "unit", "pk", "variable", "state", "value", "is_uncertain", "remark"
                )
                .iterator(20_000),
                key=lambda row: row[0],
            )
        }
        passages: dict[int, list[Passage]] = {}
        for passage in Passage.objects.filter(
            unit__submission__coding__in=known, removed_at=None
        ):
            passages.setdefault(passage.unit_id, []).append(passage)
        for coding in sources:
            yield self._coding(
                coding, submissions.get(coding.pk, []), units, answers, passages, effect
            )

    def _coding(
        self,
        coding: Coding,
        submissions: Sequence[Submission],
        units: Mapping[int, list[Unit]],
        answers: Mapping[int, list[tuple]],
        passages: Mapping[int, list[Passage]],
        effect: Carried,
    ) -> _NewCoding:
        made, opened = [], Counter[str]()
        for submission in submissions:
            new, to_recode = self._submission(
                submission, units.get(submission.pk, []), answers, passages, effect
            )
            made.append(new)
            if submission.number == 1 and submission.submitted_at is not None:
                opened.update(set(to_recode))
            if to_recode and submission.submitted_at is not None:
                break  # the coder looks again at the first; what came later comes after
        if len(made) < len(submissions):
            effect.n_left_behind += 1
        effect.n_codings += 1
        effect.n_to_recode += bool(opened)
        effect.to_recode.update(opened)
        return _NewCoding(coding, made)

    def _submission(
        self,
        submission: Submission,
        units: Sequence[Unit],
        answers: Mapping[int, list[tuple]],
        passages: Mapping[int, list[Passage]],
        effect: Carried,
    ) -> tuple[_NewSubmission, list[str]]:
        made: list[_NewUnit] = []
        to_recode: list[str] = []
        is_submitted = submission.submitted_at is not None
        for unit in units:
            given = {self.old_names[row[2]]: row for row in answers.get(unit.pk, [])}
            values = {
                name: Value(row[3], row[4])
                for name, row in given.items()
                if row[3] != Answer.State.OPEN
            }
            plan = self.plans.get(unit.kind)
            carried, again = carry(values, plan) if plan else ({}, ())
            rows: list[tuple[int | None, int, str, str, bool, str]] = []
            for name, value in carried.items():
                source = given[self.old_of[name]]
                rows.append(
                    (source[1], self.rows[name], value.state, value.value, *source[5:])
                )
            effect.n_answers += len(rows)
            if is_submitted and plan and len(carried) < len(plan.steps):
                rows += self._ruled_out(unit, carried, again)
            made.append(
                _NewUnit(
                    unit.pk,
                    unit.kind,
                    unit.position,
                    unit.key,
                    rows,
                    self._passages(passages.get(unit.pk, []), set(again)),
                )
            )
            to_recode += again
        new = _NewSubmission(
            submission.number,
            submission.remark,
            submission.reason,
            submission.opened_at,
            is_submitted and not to_recode,
            made,
        )
        return new, to_recode

    def _ruled_out(
        self, unit: Unit, carried: Mapping[str, Value], again: Sequence[str]
    ) -> Iterator[tuple[int | None, int, str, str, bool, str]]:
        """What a new filter or a new variable leaves not applicable."""
        if unit.kind != Unit.ARTICLE:
            return
        for name, asked in filters.openness(self.document, carried).items():
            if asked is False and name not in carried and name not in again:
                yield None, self.rows[name], Answer.State.NOT_APPLICABLE, "", False, ""

    def _passages(self, passages: Sequence[Passage], again: set[str]) -> list[Passage]:
        """Passages of answers that were carried, and those that the unit itself is."""
        open_again = {self.rows[name] for name in again}
        kept = []
        for passage in passages:
            if passage.variable_id is not None:
                new = self.new_of.get(passage.variable_id)
                if new is None or new in open_again:
                    continue
                passage.variable_id = new
            passage.pk = None
            kept.append(passage)
        return kept


def _take(waiting: Iterator[_NewCoding], many: int) -> list[_NewCoding]:
    return [coding for _place, coding in zip(range(many), waiting, strict=False)]


def _write_apart(
    chunk: Sequence[_NewCoding], version: CodebookVersion, at: dt.datetime
) -> None:
    """Write codings in a transaction of their own, unless somebody else just did."""
    try:
        with transaction.atomic():
            _write(chunk, version, at)
    except IntegrityError as error:
        if not Coding.objects.filter(
            version=version, carried_from__in=[new.source for new in chunk]
        ).exists():
            raise
        raise NotCarriable(
            _("Somebody else is carrying this round just now. Look again in a minute.")
        ) from error


def _write(
    chunk: Sequence[_NewCoding], version: CodebookVersion, at: dt.datetime
) -> None:
    codings = Coding.objects.bulk_create(
        Coding(
            assignment_id=new.source.assignment_id,
            version=version,
            text_id=new.source.text_id,
            carried_from_id=new.source.pk,
            is_irrelevant=new.source.is_irrelevant,
            started_at=at,
        )
        for new in chunk
    )
    pairs = [
        (coding, submission)
        for coding, new in zip(codings, chunk, strict=True)
        for submission in new.submissions
    ]
    submitted: list[int] = []
    # One open submission a coding: those of one number are written, filled and closed
    # before the next.
    for number in sorted({new.number for _coding, new in pairs}):
        of_number = [pair for pair in pairs if pair[1].number == number]
        submissions = Submission.objects.bulk_create(
            Submission(
                coding=coding,
                number=new.number,
                remark=new.remark,
                reason=new.reason,
                opened_at=new.opened_at,
            )
            for coding, new in of_number
        )
        _fill(submissions, [new for _coding, new in of_number], at)
        submitted = [
            made.pk
            for made, (_coding, new) in zip(submissions, of_number, strict=True)
            if new.is_submitted
        ]
        Submission.objects.filter(pk__in=submitted).update(submitted_at=at)


def _fill(
    submissions: Sequence[Submission], news: Sequence[_NewSubmission], at: dt.datetime
) -> None:
    plans = [
        (submission, unit)
        for submission, new in zip(submissions, news, strict=True)
        for unit in new.units
    ]
    units = Unit.objects.bulk_create(
        Unit(submission=submission, kind=new.kind, position=new.position, key=new.key)
        for submission, new in plans
    )
    Answer.objects.bulk_create(
        Answer(
            unit_id=unit.pk,
            variable_id=variable,
            state=state,
            value=value,
            is_uncertain=is_uncertain,
            remark=remark,
            changed_at=at,
            carried_from_id=source,
        )
        for unit, (_submission, new) in zip(units, plans, strict=True)
        for source, variable, state, value, is_uncertain, remark in new.answers
    )
    passages = []
    for unit, (_submission, new) in zip(units, plans, strict=True):
        for passage in new.passages:
            passage.unit_id = unit.pk
            passages.append(passage)
    Passage.objects.bulk_create(passages)
