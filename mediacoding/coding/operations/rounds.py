import datetime as dt
import random
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _

from codebook.models import CodebookVersion
from codebook.queries import document_of, variables_of
from mediacoding.coding.models import (
    Answer,
    AnswerEvent,
    Assignment,
    Coding,
    Round,
    RoundArticle,
    RoundCoder,
    Submission,
    Unit,
)
from mediacoding.coding.prefill import Facts, prefilled
from mediacoding.corpus.models import Article, ArticleText, Sample
from mediacoding.studies.models import Membership, Study, User
from mediacoding.studies.operations import write_journal

CHUNK = 2_000


class NotOpenable(Exception):
    """The round cannot be opened; `reasons` are sentences for the supervisor."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


class NothingLeft(Exception):
    """There is no further article for this coder; the text says why."""


class NotPossible(Exception):
    """What was asked of a round or a coding cannot be done; the text says the way out."""


@transaction.atomic
def open_round(
    *,
    study: Study,
    name: str,
    kind: str,
    version: CodebookVersion,
    sample: Sample,
    coders: Sequence[Membership],
    overlap: int,
    is_blind: bool = True,
    seed: int = 0,
    by: User,
    at: dt.datetime,
) -> Round:
    """Open a round over the sample's articles for the coders, and return it.

    Every article is given to `overlap` coders, in an order of its own for each coder.
    Raises NotOpenable, with every reason at once.
    """
    if reasons := _why_not(study, name, kind, version, sample, coders, overlap):
        raise NotOpenable(reasons)
    round = Round.objects.create(
        study=study,
        name=name,
        kind=kind,
        version=version,
        sample=sample,
        overlap=overlap,
        is_blind=is_blind,
        seed=seed,
        opened_at=at,
        opened_by=by,
    )
    RoundCoder.objects.bulk_create(
        RoundCoder(round=round, coder=coder, joined_at=at) for coder in coders
    )
    ranks = random.Random(seed)
    RoundArticle.objects.bulk_create(
        (
            RoundArticle(
                round=round,
                article_id=article,
                rank=ranks.random(),
                places=overlap,
                places_left=overlap,
            )
            for article in sample.drawn.order_by("position")
            .values_list("article", flat=True)
            .iterator(CHUNK)
        ),
        batch_size=CHUNK,
    )
    write_journal(
        study=study,
        act="open_round",
        about=round,
        detail={
            "name": name,
            "kind": kind,
            "overlap": overlap,
            "seed": seed,
            "sample": sample.name,
            "coders": [coder.pseudonym for coder in coders],
            "codebook": version.digest,
        },
        by=by,
        at=at,
    )
    return round


def _why_not(
    study: Study,
    name: str,
    kind: str,
    version: CodebookVersion,
    sample: Sample,
    coders: Sequence[Membership],
    overlap: int,
) -> list[str]:
    reasons = []
    if not name.strip():
        reasons.append(_("Give the round a name."))
    if study.rounds.filter(name=name).exists():
        reasons.append(
            _("There is a round “%(name)s” already; choose another name.")
            % {"name": name}
        )
    if kind not in Round.Kind.values:
        reasons.append(_("Choose what kind of round it is."))
    if version.is_draft:
        reasons.append(
            _(
                "Publish the codebook version first: coders work with published versions only."
            )
        )
    if version.codebook_id != study.codebook_id:
        reasons.append(_("Choose a version of this study's own codebook."))
    if sample.study_id != study.pk:
        reasons.append(_("Choose a sample of this study."))
    if not sample.drawn.exists():
        reasons.append(_("The sample holds no article; draw another."))
    if strangers := [
        c for c in coders if c.study_id != study.pk or not c.is_coder or c.left_at
    ]:
        reasons.append(
            _(
                "%(names)s cannot code in this study: give them the role of a coder first."
            )
            % {"names": ", ".join(coder.pseudonym for coder in strangers)}
        )
    if overlap < 1 or overlap > len(set(coders)):
        reasons.append(
            _(
                "Each article is to be coded by %(overlap)s, but the round has %(coders)s coders."
            )
            % {"overlap": overlap, "coders": len(set(coders))}
        )
    return reasons


@transaction.atomic
def close_round(*, round: Round, by: User, at: dt.datetime) -> Round:
    """Close an open round: nothing can be taken or saved any more. Return the round."""
    round = Round.objects.select_for_update().get(pk=round.pk)
    if not round.is_open:
        raise NotPossible(_("This round is not open."))
    round.closed_at = at
    round.closed_by = by
    round.save(update_fields=["closed_at", "closed_by"])
    write_journal(study=round.study, act="close_round", about=round, by=by, at=at)
    return round


@transaction.atomic
def take_next(*, round: Round, coder: Membership, at: dt.datetime) -> Coding:
    """Return the coder's open coding of the round, or one of the next article.

    The place is taken in the same transaction, so it can't be given to two people, and a
    second click gives the same coding. Raises NothingLeft.
    """
    part = (
        RoundCoder.objects.select_for_update(of=("self",))
        .select_related("round")
        .filter(round=round, coder=coder, left_at=None)
        .first()
    )
    if part is None or not part.round.is_open:
        raise NothingLeft(_("This round is not open for you."))
    round = part.round  # as it stands now, with its codebook version
    open_coding = (
        Coding.objects.filter(
            assignment__round=round,
            assignment__coder=coder,
            assignment__state=Assignment.State.TAKEN,
            version=round.version_id,
        )
        .order_by("assignment__position")
        .first()
    )
    if open_coding:
        return open_coding
    last = (
        Assignment.objects.filter(round=round, coder=coder)
        .order_by("-position")
        .values_list("position", flat=True)
        .first()
    )
    position = (last or 0) + 1
    if part.cap is not None and position > part.cap:
        raise NothingLeft(
            _(
                "You have coded the %(cap)s articles that were planned for you. Thank you."
            )
            % {"cap": part.cap}
        )
    place = _free_place(round, coder, position)
    if place is None:
        raise NothingLeft(
            _("There is no further article for you in this round. Thank you.")
        )
    RoundArticle.objects.filter(pk=place.pk).update(places_left=F("places_left") - 1)
    assignment = Assignment.objects.create(
        round=round,
        article_id=place.article_id,
        coder=coder,
        position=position,
        taken_at=at,
    )
    return start_coding(assignment=assignment, at=at)


def _free_place(round: Round, coder: Membership, position: int) -> RoundArticle | None:
    """The first open place at or after a point that is the coder's own, locked."""
    start = random.Random(f"{round.seed}:{coder.pk}:{position}").random()
    own = Assignment.objects.filter(
        round=round, coder=coder, article=OuterRef("article")
    )
    free = (
        RoundArticle.objects.filter(round=round, places_left__gt=0)
        .exclude(Exists(own))
        .order_by("rank")
    )
    # On PostgreSQL several coders walk at once: a place that is just being taken is passed
    # over, and waited for only when there is no other. SQLite has one writer at a time.
    for skip_locked in (True, False):
        places = free.select_for_update(skip_locked=skip_locked, of=("self",))
        for stretch in (places.filter(rank__gte=start), places.filter(rank__lt=start)):
            if place := stretch.first():
                return place
    return None


def start_coding(*, assignment: Assignment, at: dt.datetime) -> Coding:
    """Begin the coding of an assignment in its round's version, with the article as unit."""
    text = ArticleText.objects.only("pk").get(
        article=assignment.article_id, is_current=True
    )
    coding = Coding.objects.create(
        assignment=assignment,
        version_id=assignment.round.version_id,
        text=text,
        started_at=at,
    )
    submission = Submission.objects.create(coding=coding, opened_at=at)
    unit = Unit.objects.create(submission=submission)
    _prefill(coding, unit, assignment, at)
    return coding


def _prefill(
    coding: Coding, unit: Unit, assignment: Assignment, at: dt.datetime
) -> None:
    """Answer the variables that the codebook takes over from the article's own facts.

    The coder sees and can change them; the log says when they came.
    """
    rows = variables_of(coding.version)
    document = document_of(coding.version)
    if not any(variable.prefill for variable in document.variables):
        return
    article = Article.objects.select_related("outlet").get(pk=assignment.article_id)
    facts = Facts(
        article.outlet.name, article.published_on, article.page, article.area_cm2
    )
    for variable in document.variables:
        value = prefilled(variable, facts)
        if value is None:
            continue
        row = rows[variable.name]
        Answer.objects.create(
            unit=unit, variable=row, state=value.state, value=value.value, changed_at=at
        )
        AnswerEvent.objects.create(
            unit=unit,
            variable=row,
            new=f"{value.state}:{value.value}",
            base_revision=0,
            at=at,
            by=assignment.coder.person,
        )


@transaction.atomic
def hand_back(*, coding: Coding, by: User, at: dt.datetime) -> Assignment:
    """Give an article back without a reason: another coder gets it. Return the assignment.

    What was answered so far stays on record and counts nowhere.
    """
    assignment = (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("round__study")
        .get(pk=coding.assignment_id)
    )
    if assignment.state != Assignment.State.TAKEN:
        raise NotPossible(_("This article is no longer yours to hand back."))
    assignment.state = Assignment.State.HANDED_BACK
    assignment.ended_at = at
    assignment.save(update_fields=["state", "ended_at"])
    RoundArticle.objects.filter(
        round=assignment.round, article=assignment.article_id
    ).update(places_left=F("places_left") + 1)
    write_journal(
        study=assignment.round.study, act="hand_back", about=assignment, by=by, at=at
    )
    return assignment
