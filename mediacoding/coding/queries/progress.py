from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncMonth

from mediacoding.coding.models import (
    Adjudication,
    Assignment,
    Coding,
    Round,
    RoundArticle,
    RoundCoder,
)
from mediacoding.studies.models import Study


class RoundProgress(NamedTuple):
    """How far a round has come: articles, places, and assignments by state."""

    round: Round
    n_articles: int
    n_places: int
    n_taken: int
    n_submitted: int
    n_handed_back: int


def rounds_of(study: Study) -> QuerySet[Round]:
    """The rounds of a study, newest first, each with its version and sample."""
    return study.rounds.select_related("version", "sample").order_by("-pk")


def progress_of(study: Study, *, hidden: QuerySet[Round]) -> Iterator[RoundProgress]:
    """The progress of every round of a study, newest first; hidden rounds show no counts.

    Three queries, whatever the number of rounds.
    """
    states = Assignment.State
    places = dict(
        RoundArticle.objects.filter(round__study=study)
        .values("round")
        .annotate(n=Count("pk"))
        .values_list("round", "n")
    )
    counts = {
        row["round"]: row
        for row in Assignment.objects.filter(round__study=study)
        .exclude(round__in=hidden)
        .values("round")
        .annotate(
            taken=Count("pk", filter=Q(state=states.TAKEN)),
            submitted=Count("pk", filter=Q(state=states.SUBMITTED)),
            handed_back=Count("pk", filter=Q(state=states.HANDED_BACK)),
        )
    }
    for round in rounds_of(study):
        row = counts.get(round.pk, {})
        n_articles = places.get(round.pk, 0)
        yield RoundProgress(
            round,
            n_articles,
            n_articles * round.overlap,
            row.get("taken", 0),
            row.get("submitted", 0),
            row.get("handed_back", 0),
        )


class CoverageOfCoding(NamedTuple):
    """How far the coding of one outlet's month, or of one coder, has come."""

    group: tuple
    assigned: int
    submitted: int
    articles: int
    double_coded: int
    adjudicated: int


def coding_by_outlet_and_month(
    study: Study, *, hidden: QuerySet[Round]
) -> Iterator[CoverageOfCoding]:
    """Assigned, submitted, coded, double coded and adjudicated, by outlet and month."""
    visible = Assignment.objects.filter(round__study=study).exclude(round__in=hidden)
    submitted = Q(state=Assignment.State.SUBMITTED)
    twice = Exists(
        visible.filter(submitted, article=OuterRef("article")).exclude(
            coder=OuterRef("coder")
        )
    )
    decided = Exists(
        Adjudication.objects.filter(
            article=OuterRef("article"), round__study=study, is_current=True
        ).exclude(round__in=hidden)
    )
    rows = (
        visible.alias(twice=twice, decided=decided)
        .annotate(month=TruncMonth("article__published_on"))
        .values("article__outlet__name", "month")
        .annotate(
            n_assigned=Count("pk"),
            n_submitted=Count("pk", filter=submitted),
            n_articles=Count("article", distinct=True, filter=submitted),
            n_double=Count("article", distinct=True, filter=submitted & Q(twice=True)),
            n_decided=Count("article", distinct=True, filter=Q(decided=True)),
        )
        .order_by("article__outlet__name", "month")
    )
    for row in rows:
        yield CoverageOfCoding(
            (row["article__outlet__name"], row["month"]),
            row["n_assigned"],
            row["n_submitted"],
            row["n_articles"],
            row["n_double"],
            row["n_decided"],
        )


def coding_by_coder(
    study: Study, *, hidden: QuerySet[Round]
) -> Iterator[tuple[str, int, int, int]]:
    """Assigned, submitted and handed back, by coder's pseudonym."""
    yield from (
        Assignment.objects.filter(round__study=study)
        .exclude(round__in=hidden)
        .values("coder__pseudonym")
        .annotate(
            n_assigned=Count("pk"),
            n_submitted=Count("pk", filter=Q(state=Assignment.State.SUBMITTED)),
            n_handed_back=Count("pk", filter=Q(state=Assignment.State.HANDED_BACK)),
        )
        .order_by("coder__pseudonym")
        .values_list("coder__pseudonym", "n_assigned", "n_submitted", "n_handed_back")
    )


def coders_of(round: Round) -> QuerySet[RoundCoder]:
    """The coders of a round with their own assignments counted, by pseudonym."""
    own = Q(coder__assignments__round=round)
    state = "coder__assignments__state"
    return (
        round.coders.select_related("coder__person")
        .annotate(
            n_taken=Count(
                "coder__assignments", filter=own & Q(**{state: Assignment.State.TAKEN})
            ),
            n_submitted=Count(
                "coder__assignments",
                filter=own & Q(**{state: Assignment.State.SUBMITTED}),
            ),
            n_handed_back=Count(
                "coder__assignments",
                filter=own & Q(**{state: Assignment.State.HANDED_BACK}),
            ),
        )
        .order_by("coder__pseudonym")
    )


def codings_of(round: Round) -> QuerySet[Coding]:
    """The codings of a round in its version, with article and coder, by coder and position."""
    return (
        Coding.objects.filter(assignment__round=round, version=round.version_id)
        .select_related("assignment__coder", "assignment__article__outlet", "text")
        .annotate(
            n_submissions=Count(
                "submissions", filter=Q(submissions__submitted_at__isnull=False)
            )
        )
        .order_by("assignment__coder__pseudonym", "assignment__position")
    )


def n_submitted(round: Round) -> int:
    """How many codings of a round are submitted."""
    return round.assignments.filter(state=Assignment.State.SUBMITTED).count()
