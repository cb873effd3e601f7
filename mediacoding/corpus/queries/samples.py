"""Frames over a study's corpus, and its drawn samples: weights, designs, lists."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, F, QuerySet

from mediacoding.corpus.designs.effect import Effect, counted, effect
from mediacoding.corpus.designs.frame import (
    BETWEEN,
    Frame,
    FrameArticle,
    FrameIssue,
    frame_of,
)
from mediacoding.corpus.models import Issue, Sample, SampledArticle, SampleRecord
from mediacoding.corpus.queries.articles import articles, hidden_batches, in_frame
from mediacoding.studies.models import Study


def frame_for(study: Study, frame: Mapping[str, object]) -> Frame:
    """The articles that a filter names, with every issue of its outlets in its period.

    Issues without such an article are in it too. Raises designs.lines.Refused, and
    search.NotAQuery if the words are none.
    """
    first, last = _day(frame.get("first")), _day(frame.get("last"))
    rows = in_frame(study, frame).values_list(
        "pk",
        "outlet__name",
        "published_on",
        "issue",
        "section",
        "page",
        "language",
        "outlet__kind",
        "is_distressing",
    )
    issues = Issue.objects.filter(outlet__study=study)
    if hidden := hidden_batches(study):
        issues = issues.exclude(batch__in=hidden)
    if outlets := frame.get("outlets"):
        issues = issues.filter(outlet__in=outlets)
    if first:
        issues = issues.filter(published_on__gte=first)
    if last:
        issues = issues.filter(published_on__lte=last)
    known = issues.order_by().values_list(
        "pk", "outlet__name", "published_on", "is_double", "outlet__kind"
    )
    return frame_of(
        (FrameArticle(*row) for row in rows.iterator()),
        (FrameIssue(*row) for row in known.iterator()),
        first=first,
        last=last,
    )


def _day(given: object) -> dt.date | None:
    if isinstance(given, dt.date):
        return given
    return dt.date.fromisoformat(str(given)) if given else None


@dataclass(frozen=True, slots=True)
class SampleDesign:
    """How the articles of a sample were drawn, for weights and intervals.

    Each dictionary of articles has every article of the sample. `strata`: what was drawn
    apart from the rest, "" where nothing was. `clusters`: what was drawn as one; the issue
    where whole issues were drawn, the day (its ordinal) where whole days were, else the
    article itself. `units` has, for every stratum in order, how many units of drawing it
    held and how many were drawn, those without an article of the frame included; {} for a
    sample that was drawn before this was stored.
    """

    method: str
    weights: dict[int, float]
    strata: dict[int, str]
    clusters: dict[int, int]
    units: dict[str, tuple[int, int]]

    @property
    def is_probability(self) -> bool:
        """Whether chance drew it; a given list stands for nothing but itself."""
        return self.method != Sample.Method.GIVEN

    def for_variance(self) -> dict[int, str]:
        """Article -> strata joined with their neighbours until two units were drawn in each.

        One issue of a weekday shows no variance. Joining is on the safe side: what the
        strata differ by counts as chance (collapsed strata: Wolter 2007, Introduction to
        variance estimation, ch. 2.5).
        """
        joined: dict[str, str] = {}
        names: list[str] = []
        drawn, before = 0, ""
        for name, (of, n) in self.units.items():
            if not n:
                continue
            names.append(name)
            drawn += n
            # A stratum that was taken whole adds no chance, and needs no neighbour.
            if drawn >= 2 or of == n == 1:
                before = " + ".join(names)
                joined |= dict.fromkeys(names, before)
                names, drawn = [], 0
        if names and before:
            names = [name for name in joined if joined[name] == before] + names
        joined |= dict.fromkeys(names, " + ".join(names))
        return {
            article: joined.get(name, name) for article, name in self.strata.items()
        }


def sections(study: Study) -> list[str]:
    """The sections that the articles of a study stand in, by name."""
    found = articles(study).exclude(section="").values_list("section", flat=True)
    return sorted(found.distinct())


def frame_in_words(study: Study, frame: Mapping[str, object]) -> Mapping[str, object]:
    """A stored filter with the names of its outlets in place of their numbers."""
    chosen = frame.get("outlets")
    if not chosen:
        return frame
    named = study.outlets.filter(pk__in=chosen).order_by("name")
    return {**frame, "outlets": ", ".join(named.values_list("name", flat=True))}


def record_of(sample: Sample) -> SampleRecord:
    """How a sample was drawn; an empty record for one that was drawn before any was kept."""
    found = SampleRecord.objects.filter(sample=sample).first()
    return found or SampleRecord(sample=sample, frame_counts={}, strata=[], log=[])


def weights_of(sample: Sample) -> dict[int, float]:
    """How many articles of the frame each drawn article stands for: 1 / its probability."""
    rows = sample.drawn.values_list("article", "probability")
    return {article: 1 / probability for article, probability in rows.iterator()}


def design_of(sample: Sample) -> SampleDesign:
    """The design of a sample: two queries."""
    unit = sample.options.get("unit", "article")
    if sample.method == Sample.Method.CONSTRUCTED_WEEK:
        unit = "issue"
    rows = list(
        sample.drawn.values_list(
            "article",
            "probability",
            "stratum",
            "article__issue",
            "article__published_on",
        )
    )
    clusters = {
        "article": lambda row: row[0],
        "issue": lambda row: row[3],
        "day": lambda row: row[4].toordinal(),
    }[unit]
    return SampleDesign(
        method=sample.method,
        weights={row[0]: 1 / row[1] for row in rows},
        strata={row[0]: row[2] for row in rows},
        clusters={row[0]: clusters(row) for row in rows},
        units={
            BETWEEN.join(stratum["parts"]): (stratum["units"], stratum["drawn"])
            for stratum in record_of(sample).strata
        },
    )


def effect_of(record: SampleRecord) -> Effect:
    """What was drawn from each outlet, period and weekday of the stored frame: one query."""
    rows = (
        SampledArticle.objects.filter(sample=record.sample_id)
        .order_by()
        .values_list("article__outlet__name", "article__published_on")
        .annotate(n=Count("pk"))
    )
    return effect(record.frame_counts, counted(rows))


def list_of(sample: Sample) -> QuerySet[SampledArticle, tuple]:
    """The sample as rows: position, article, id, outlet, day, page, section, headline,
    stratum, probability, weight."""
    return (
        sample.drawn.filter(article__texts__is_current=True)
        .order_by("position")
        .values_list(
            "position",
            "article",
            "article__external_id",
            "article__outlet__name",
            "article__published_on",
            "article__page",
            "article__section",
            "article__texts__headline",
            "stratum",
            "probability",
            1.0 / F("probability"),
        )
    )
