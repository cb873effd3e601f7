from django.db.models import Count, Q, QuerySet

from mediacoding.coding.models import Assignment, Coding, Round, RoundCoder, Unit
from mediacoding.studies.models import Study, User


def codings_of(person: User) -> QuerySet[Coding]:
    """The codings that are the person's own, in rounds of studies they are a member of."""
    return Coding.objects.filter(
        assignment__coder__person=person, assignment__coder__left_at=None
    ).select_related("assignment__round__study", "assignment__coder", "version", "text")


def rounds_of(person: User, study: Study) -> QuerySet[RoundCoder]:
    """The person's part in each round of a study, with how far they have come.

    `n_submitted`, `n_taken` and `n_handed_back` count the person's own assignments only:
    nothing here depends on what other coders do.
    """
    own = Q(round__assignments__coder__person=person)
    states = Assignment.State
    return (
        RoundCoder.objects.filter(
            round__study=study, coder__person=person, left_at=None
        )
        .select_related("round")
        .annotate(
            n_submitted=Count(
                "round__assignments",
                filter=own & Q(round__assignments__state=states.SUBMITTED),
            ),
            n_taken=Count(
                "round__assignments",
                filter=own & Q(round__assignments__state=states.TAKEN),
            ),
            n_handed_back=Count(
                "round__assignments",
                filter=own & Q(round__assignments__state=states.HANDED_BACK),
            ),
        )
        .order_by("-round__opened_at")
    )


def is_blind_to(*, person: User, round: Round) -> bool:
    """Whether the person must not see others' work in this round: blind, open, and theirs.

    Holds for a supervisor who codes as well: one look would end the independence.
    """
    return (
        round.is_blind
        and round.closed_at is None
        and RoundCoder.objects.filter(round=round, coder__person=person).exists()
    )


def blind_rounds(*, person: User, study: Study) -> QuerySet[Round]:
    """The rounds of a study whose codings the person must not see (see is_blind_to)."""
    return study.rounds.filter(
        is_blind=True, closed_at=None, coders__coder__person=person
    ).distinct()


def units_of(coding: Coding) -> QuerySet[Unit]:
    """The units of the coding's newest submission, with their answers."""
    newest = coding.submissions.order_by("-number").values("pk")[:1]
    return Unit.objects.filter(submission__in=newest, removed_at=None).prefetch_related(
        "answers"
    )
