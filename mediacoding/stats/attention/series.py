"""Attention over time, from issues: a period without an issue is a gap, not a zero.

An issue that is held and has no article on the topic counts 0. An issue that is missing
counts nothing; a period of which no issue is held has no value.

Source: Riffe, Lacy, Watson & Fico (2019), Analyzing media messages, 4th ed., ch. 5;
Chatfield (2004), The analysis of time series, 6th ed., ch. 2.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

GAP = "No issue of this period is held, so nothing is known of it; it is a gap, not a zero."
NO_ARTICLES = (
    "The issues of this period hold no article at all, so there is no share of them."
)
OUTSIDE = "The event lies outside the series."
NOTHING = "No period has a value."
TOO_FEW = "Too few periods around this one have a value for an average."
SENTENCES = (GAP, NO_ARTICLES, OUTSIDE, NOTHING, TOO_FEW)
PERIODS = ("issue", "day", "week", "month", "year")
MEASURES = ("count", "per_issue", "per_100")


@dataclass(frozen=True, slots=True)
class Point:
    """One period, from `start` to `end`, both included.

    `issues` are held, `missing` ones are not though expected (0 where nothing is expected).
    `count` and `articles` are sums over the issues held. `value` by the series' measure is
    None exactly when `reason` says why.
    """

    start: dt.date
    end: dt.date
    issues: int
    missing: int
    count: float
    articles: int | None
    value: float | None
    reason: str | None = None

    @property
    def is_partial(self) -> bool:
        """Whether some of its issues are missing, so that a count is too low."""
        return self.issues > 0 and self.missing > 0


@dataclass(frozen=True, slots=True)
class Series:
    """Periods in order, without a hole: gaps are points without a value."""

    period: str
    measure: str
    points: tuple[Point, ...]

    @property
    def issues(self) -> int:
        return sum(point.issues for point in self.points)

    @property
    def missing(self) -> int:
        return sum(point.missing for point in self.points)

    @property
    def gaps(self) -> int:
        return sum(point.issues == 0 for point in self.points)


@dataclass(frozen=True, slots=True)
class Average:
    """A moving average at one point: over `periods` with a value, None with `reason`."""

    value: float | None
    periods: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class EventMark:
    """An event at its `place` among the points, None with `reason` if it lies outside."""

    name: str
    day: dt.date
    place: int | None
    reason: str | None = None


def series(
    days: Sequence[dt.date],
    counts: Sequence[float],
    *,
    articles: Sequence[int] | None = None,
    expected: Sequence[dt.date] | None = None,
    period: str = "month",
    measure: str = "count",
    start: dt.date | None = None,
    end: dt.date | None = None,
) -> Series:
    """The attention of each period, from the issues that are held.

    Parameters
    ----------
    days : the day of each issue held, also of those with nothing on the topic; several
        outlets have several issues a day.
    counts : of each issue, articles on the topic, or their area.
    articles : of each issue, all its articles; for per_100.
    expected : the days on which issues appeared, held or not; a day as often as issues.
    period : "issue" (each by itself), "day", "week" (from Monday), "month" or "year".
    measure : "count", "per_issue" (count / issues) or "per_100" (100 count / articles).
    start, end : first and last day of the series; without them those of the issues.

    Raises ValueError where lengths differ, for negative counts, an unknown period or
    measure, and per_100 without articles.
    """
    _refuse(days, counts, articles, period, measure)
    rows = [
        (day, float(count), 0 if articles is None else articles[place])
        for place, (day, count) in enumerate(zip(days, counts, strict=True))
        if (start is None or day >= start) and (end is None or day <= end)
    ]
    rows.sort(key=lambda row: row[0])
    known = [row[0] for row in rows] + [
        day
        for day in expected or ()
        if (start is None or day >= start) and (end is None or day <= end)
    ]
    absent = Counter(known[len(rows) :])
    absent.subtract(row[0] for row in rows)
    with_articles = articles is not None
    if period == "issue":
        return Series(period, measure, _each(rows, absent, measure, with_articles))
    ends = [day for day in (start, end, *known) if day is not None]
    if not ends:
        return Series(period, measure, ())
    by_period: dict[dt.date, list[tuple[dt.date, float, int]]] = {}
    for row in rows:
        by_period.setdefault(first_day(row[0], period), []).append(row)
    missing: Counter[dt.date] = Counter()
    for day, times in absent.items():
        if times > 0:
            missing[first_day(day, period)] += times
    return Series(
        period,
        measure,
        tuple(
            _point(
                first,
                next_day - dt.timedelta(days=1),
                by_period.get(first, []),
                missing[first],
                measure,
                with_articles,
            )
            for first, next_day in _periods(min(ends), max(ends), period)
        ),
    )


def moving_average(
    given: Series, *, window: int = 3, least: int | None = None
) -> tuple[Average, ...]:
    """The average of each point and its neighbours that have a value, one for each point.

    `window` periods, odd, the point in the middle. Gaps are left out, not taken for zeros;
    a gap has no average, nor a point with fewer than `least` values in its window (half of
    it, rounded up, if not given). Of a rate it is the rate of the whole window: counts over
    issues or articles.

    Raises ValueError for an even window and a `least` that does not fit.
    """
    least = (window + 1) // 2 if least is None else least
    if window < 1 or window % 2 == 0 or not 1 <= least <= window:
        raise ValueError("A window has an odd number of periods, `least` at most all.")
    half, found = window // 2, []
    for place, point in enumerate(given.points):
        around = [
            other
            for other in given.points[max(0, place - half) : place + half + 1]
            if other.value is not None
        ]
        if point.value is None:
            found.append(Average(None, len(around), point.reason))
        elif len(around) < least:
            found.append(Average(None, len(around), TOO_FEW))
        else:
            found.append(Average(_pooled(around, given.measure), len(around)))
    return tuple(found)


def mark_events(
    given: Series, events: Sequence[tuple[dt.date, str]]
) -> tuple[EventMark, ...]:
    """Where events fall in a series, in their order.

    In a series by issue an event falls on the first issue of its day or after it.
    """
    return tuple(
        EventMark(name, day, place, OUTSIDE if place is None else None)
        for day, name in events
        for place in [_place(given, day)]
    )


def _place(given: Series, day: dt.date) -> int | None:
    """The point on which a day falls, None outside the series."""
    if not given.points or day < given.points[0].start:
        return None
    for place, point in enumerate(given.points):
        if point.end >= day:
            return place
    return None


def first_day(day: dt.date, period: str) -> dt.date:
    """The first day of the period that holds a day."""
    if period == "week":
        return day - dt.timedelta(days=day.weekday())
    if period == "month":
        return day.replace(day=1)
    return day.replace(month=1, day=1) if period == "year" else day


def _periods(
    first: dt.date, last: dt.date, period: str
) -> Iterator[tuple[dt.date, dt.date]]:
    """The first day of every period, and of the one after it."""
    reach = {"day": 1, "week": 7, "month": 31, "year": 366}[period]
    start = first_day(first, period)
    while start <= last:
        after = first_day(start + dt.timedelta(days=reach), period)
        yield start, after
        start = after


def _point(
    start: dt.date,
    end: dt.date,
    rows: Sequence[tuple[dt.date, float, int]],
    missing: int,
    measure: str,
    with_articles: bool,
) -> Point:
    count = sum(row[1] for row in rows)
    articles = sum(row[2] for row in rows)
    value: float | None = None
    reason = None
    if not rows:
        reason = GAP
    elif measure == "per_100" and not articles:
        reason = NO_ARTICLES
    else:
        value = _rate(count, len(rows), articles, measure)
    return Point(
        start,
        end,
        len(rows),
        missing,
        count,
        articles if with_articles else None,
        value,
        reason,
    )


def _each(
    rows: Sequence[tuple[dt.date, float, int]],
    absent: Counter[dt.date],
    measure: str,
    with_articles: bool,
) -> tuple[Point, ...]:
    """Every issue as a point, missing ones as gaps."""
    points = [_point(row[0], row[0], [row], 0, measure, with_articles) for row in rows]
    points += [
        _point(day, day, [], 1, measure, with_articles)
        for day, times in absent.items()
        for _time in range(times)
    ]
    return tuple(sorted(points, key=lambda point: (point.start, point.missing)))


def _rate(count: float, issues: int, articles: int, measure: str) -> float:
    if measure == "count":
        return count
    return count / issues if measure == "per_issue" else 100 * count / articles


def _pooled(points: Sequence[Point], measure: str) -> float:
    count = sum(point.count for point in points)
    if measure == "count":
        return count / len(points)
    issues = sum(point.issues for point in points)
    return _rate(count, issues, sum(point.articles or 0 for point in points), measure)


def _refuse(
    days: Sequence[dt.date],
    counts: Sequence[float],
    articles: Sequence[int] | None,
    period: str,
    measure: str,
) -> None:
    if len(days) != len(counts) or len(days) != len(
        days if articles is None else articles
    ):
        raise ValueError("Every issue has a day, a count and, if given, its articles.")
    if any(count < 0 or not isfinite(count) for count in counts):
        raise ValueError("Counts are 0 or more.")
    if any(number < 0 for number in articles or ()):
        raise ValueError("Numbers of articles are 0 or more.")
    if period not in PERIODS or measure not in MEASURES:
        raise ValueError(
            f"A period is {', '.join(PERIODS)}, a measure {', '.join(MEASURES)}."
        )
    if measure == "per_100" and articles is None:
        raise ValueError("Per 100 articles needs the articles of every issue.")
