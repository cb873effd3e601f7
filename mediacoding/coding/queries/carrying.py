from functools import lru_cache
from typing import NamedTuple

from django.db.models import Count, F, Q, QuerySet

from codebook.changes.compare import compare
from codebook.document import Document
from codebook.models import CodebookVersion
from codebook.queries import document_of, variables_of
from mediacoding.coding.models import (
    Answer,
    Assignment,
    CarryForward,
    Coding,
    Round,
)
from mediacoding.coding.queries.work import codings_of
from mediacoding.studies.models import Study, User


class EarlierRound(NamedTuple):
    """A round of an earlier version, with how many codings it has to carry."""

    round: Round
    n_codings: int


def rounds_before(
    study: Study, version: CodebookVersion, *, hidden: QuerySet[Round]
) -> list[EarlierRound]:
    """The rounds of a study that are coded in an earlier version of the same codebook.

    Without those that are `hidden` from the reader, who would see what others coded.
    """
    gone = [Assignment.State.HANDED_BACK, Assignment.State.RETURNED]
    here = Q(assignments__codings__version=F("version"))
    rounds = (
        study.rounds.filter(
            version__codebook=version.codebook_id, version__ordinal__lt=version.ordinal
        )
        .exclude(pk__in=hidden.values("pk"))
        .select_related("version")
        .annotate(
            n_codings=Count(
                "assignments__codings",
                filter=here & ~Q(assignments__state__in=gone),
                distinct=True,
            )
        )
        .order_by("pk")
    )
    return [EarlierRound(round, round.n_codings) for round in rounds]


def later_versions(round: Round) -> QuerySet[CodebookVersion]:
    """The published versions that a round could be carried to, oldest first."""
    return CodebookVersion.objects.filter(
        codebook=round.version.codebook_id,
        status=CodebookVersion.Status.PUBLISHED,
        ordinal__gt=round.version.ordinal,
    ).order_by("ordinal")


def carryings_of(study: Study) -> QuerySet[CarryForward]:
    """The carryings of a study that were not taken back, newest first."""
    return (
        CarryForward.objects.filter(round__study=study, undone_at=None)
        .select_related("round", "from_version", "to_version", "made_by")
        .order_by("-pk")
    )


def to_recode(person: User, study: Study) -> QuerySet[Coding]:
    """The person's carried codings that are still to be recoded, in their order."""
    return (
        codings_of(person)
        .filter(
            assignment__round__study=study,
            version=F("assignment__round__version"),
            carried_from__submissions__number=1,
            carried_from__submissions__submitted_at__isnull=False,
            submissions__submitted_at=None,
        )
        .order_by("assignment__round", "assignment__position")
    )


def n_to_recode(round: Round) -> int:
    """How many carried codings of a round are still to be recoded."""
    return Coding.objects.filter(
        assignment__round=round,
        version=round.version_id,
        carried_from__submissions__number=1,
        carried_from__submissions__submitted_at__isnull=False,
        submissions__submitted_at=None,
    ).count()


def names_to_recode(coding: Coding) -> frozenset[str] | None:
    """The variables of a carried coding that its coder looks at: new ones, and those that were
    answered and are not carried. What the coder had left empty stays so.

    None where all are shown: the coding was not submitted when it was carried, or it is
    submitted by now.
    """
    source = coding.carried_from
    if (
        source is None
        or not source.submissions.filter(number=1, submitted_at__isnull=False).exists()
        or not coding.submissions.filter(submitted_at=None).exists()
    ):
        return None
    carried = set(
        Answer.objects.filter(
            unit__submission__coding=coding,
            unit__submission__submitted_at=None,
            carried_from__isnull=False,
        ).values_list("variable__name", flat=True)
    )
    answered = set(
        Answer.objects.filter(
            unit__submission__coding=source, unit__submission__number=1
        )
        .exclude(state=Answer.State.OPEN)
        .values_list("variable__name", flat=True)
    )
    old_of = _old_names(document_of(source.version), document_of(coding.version))
    return frozenset(
        name
        for name in variables_of(coding.version)
        if name not in carried and (name not in old_of or old_of[name] in answered)
    )


@lru_cache(maxsize=32)
def _old_names(old: Document, new: Document) -> dict[str, str]:
    """The old name of every variable that both versions have."""
    return {after: before for before, after in compare(old, new).names}
