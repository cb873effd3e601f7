from django.db.models import Count, F, Q, QuerySet

from mediacoding.coding.models import Assignment, Coding, Round, RoundCoder
from mediacoding.studies.models import Study, User


def codings_of(person: User) -> QuerySet[Coding]:
    """The codings that are the person's own, in rounds of studies they are a member of."""
    return Coding.objects.filter(
        assignment__coder__person=person, assignment__coder__left_at=None
    ).select_related(
        "assignment__round__study",
        "assignment__coder",
        "assignment__article__outlet",
        "version",
        "text",
    )


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
        .select_related("round", "coder")
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


def recent_codings(person: User, study: Study) -> QuerySet[Coding]:
    """The person's last twenty codings of a study, newest first."""
    return (
        codings_of(person)
        .filter(assignment__round__study=study, version=F("assignment__round__version"))
        .select_related("assignment__article__outlet")
        .order_by("-assignment__taken_at", "-pk")[:20]
    )


def own_progress(assignment: Assignment) -> tuple[int, int | None]:
    """Which of the coder's articles this is, and how many are planned for them.

    The plan is the cap, or all articles where every coder codes every one; otherwise it
    depends on the others, and is not told.
    """
    round = assignment.round
    part = RoundCoder.objects.filter(round=round, coder=assignment.coder_id).first()
    if part and part.cap:
        return assignment.position, part.cap
    n_coders = RoundCoder.objects.filter(round=round, left_at=None).count()
    if round.overlap >= n_coders:
        return assignment.position, round.articles.count()
    return assignment.position, None
