import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import Count
from django.db.models.functions import TruncMonth

from mediacoding.corpus.models import Issue
from mediacoding.corpus.queries.articles import articles, hidden_batches
from mediacoding.studies.models import Study


class OutletMonth(NamedTuple):
    """What the corpus holds of one outlet in one month."""

    outlet: str
    month: dt.date
    articles: int
    issues: int

    @property
    def is_gap(self) -> bool:
        return self.articles == 0


def months_between(first: dt.date, last: dt.date) -> list[dt.date]:
    """The first days of all months from one day's to another's."""
    start, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    return [dt.date(n // 12, n % 12 + 1, 1) for n in range(start, end + 1)]


def articles_by_outlet_and_month(study: Study) -> Iterator[OutletMonth]:
    """Every outlet in every month of the corpus's period, also where there is nothing.

    Four queries, whatever the size.
    """
    counts = {
        (row["outlet__name"], row["month"]): row["n"]
        for row in articles(study)
        .annotate(month=TruncMonth("published_on"))
        .values("outlet__name", "month")
        .annotate(n=Count("pk"))
    }
    known = Issue.objects.filter(outlet__study=study)
    if hidden := hidden_batches(study):
        known = known.exclude(batch__in=hidden)
    issues = {
        (row["outlet__name"], row["month"]): row["n"]
        for row in known.annotate(month=TruncMonth("published_on"))
        .values("outlet__name", "month")
        .annotate(n=Count("pk"))
    }
    days = [month for _outlet, month in (*counts, *issues)]
    if not days:
        return
    names = sorted({outlet for outlet, _month in (*counts, *issues)})
    for outlet in names:
        for month in months_between(min(days), max(days)):
            key = (outlet, month)
            yield OutletMonth(outlet, month, counts.get(key, 0), issues.get(key, 0))
