"""The frame of a sample as values: its articles, its issues, its period. Pure."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from mediacoding.corpus.designs.lines import Refused, gettext_noop

LONGEST = 200 * 366  # days that a frame may span
#: What stands in a stratum's name where an article has no such fact.
NOTHING = "—"
BETWEEN = " · "
WEEKDAYS = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)


@dataclass(frozen=True, slots=True)
class FrameArticle:
    """An article of the frame, with the facts by which a sample can be stratified."""

    id: int
    outlet: str
    day: dt.date
    issue: int
    section: str = ""
    page: int | None = None
    language: str = ""
    outlet_kind: str = ""
    is_distressing: bool = False


@dataclass(frozen=True, slots=True)
class FrameIssue:
    """An issue of an outlet of the frame, whether or not one of its articles is in it."""

    id: int
    outlet: str
    day: dt.date
    is_double: bool = False
    outlet_kind: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """What is drawn as one: an article, an issue or a day, with its articles of the frame.

    An issue without such an article is a unit with none. `issue` is None for a day, and for
    an issue that the corpus does not hold because nothing in it was a hit.
    """

    outlet: str
    day: dt.date
    articles: tuple[int, ...]
    issue: int | None = None
    facts: FrameArticle | FrameIssue | None = None


@dataclass(frozen=True)
class Frame:
    """Articles by day and number, issues by outlet and day, and the days that it spans."""

    articles: tuple[FrameArticle, ...]
    issues: tuple[FrameIssue, ...]
    first: dt.date
    last: dt.date

    @cached_property
    def days(self) -> tuple[dt.date, ...]:
        """Every calendar day of the frame."""
        length = (self.last - self.first).days + 1
        return tuple(self.first + dt.timedelta(days=n) for n in range(length))

    @cached_property
    def counts(self) -> dict[str, dict[str, int]]:
        """Outlet -> day (ISO) of every known issue -> articles of the frame, 0 included."""
        found: dict[str, dict[str, int]] = {}
        for issue in self.issues:
            found.setdefault(issue.outlet, {})[issue.day.isoformat()] = 0
        for article in self.articles:
            found[article.outlet][article.day.isoformat()] += 1
        return found

    def units(self, kind: str) -> tuple[Unit, ...]:
        """What can be drawn: articles or issues by outlet and day, or calendar days."""
        return UNITS[kind](self)


def frame_of(
    articles: Iterable[FrameArticle],
    issues: Iterable[FrameIssue],
    *,
    first: dt.date | None = None,
    last: dt.date | None = None,
) -> Frame:
    """Return a frame in its order; without `first` or `last` it ends with its issues.

    Raises Refused if it holds no article, ends before it begins, or is too long.
    """
    in_order = tuple(sorted(articles, key=lambda article: (article.day, article.id)))
    if not in_order:
        raise Refused(gettext_noop("No article fits this frame: widen it."))
    by_place = {(issue.outlet, issue.day): issue for issue in issues}
    for article in in_order:
        if (article.outlet, article.day) not in by_place:
            by_place[article.outlet, article.day] = FrameIssue(
                article.issue, article.outlet, article.day, False, article.outlet_kind
            )
    known = tuple(by_place[place] for place in sorted(by_place))
    days = [issue.day for issue in known]
    frame = Frame(in_order, known, first or min(days), last or max(days))
    if frame.first > frame.last:
        raise Refused(gettext_noop("The frame ends before it begins: check its days."))
    if (frame.last - frame.first).days >= LONGEST:
        raise Refused(
            gettext_noop(
                "A frame spans at most 200 years: give its first and last day."
            )
        )
    return frame


def _articles(frame: Frame) -> tuple[Unit, ...]:
    found = (
        Unit(one.outlet, one.day, (one.id,), one.issue, one) for one in frame.articles
    )
    return tuple(sorted(found, key=lambda unit: (unit.outlet, unit.day, unit.articles)))


def _issues(frame: Frame) -> tuple[Unit, ...]:
    inside: dict[tuple[str, dt.date], list[int]] = {}
    for article in frame.articles:
        inside.setdefault((article.outlet, article.day), []).append(article.id)
    return tuple(
        Unit(
            issue.outlet,
            issue.day,
            tuple(inside.get((issue.outlet, issue.day), ())),
            issue.id,
            issue,
        )
        for issue in frame.issues
    )


def _days(frame: Frame) -> tuple[Unit, ...]:
    inside: dict[dt.date, list[int]] = {}
    for article in frame.articles:
        inside.setdefault(article.day, []).append(article.id)
    return tuple(Unit("", day, tuple(inside.get(day, ()))) for day in frame.days)


UNITS: dict[str, Callable[[Frame], tuple[Unit, ...]]] = {
    "article": _articles,
    "issue": _issues,
    "day": _days,
}


def _quarter(day: dt.date) -> str:
    return f"{day.year:04}-Q{(day.month + 2) // 3}"


#: The parts that a frame's time can be cut into, by the name of the cut.
PERIODS: dict[str, Callable[[dt.date], str]] = {
    "year": lambda day: f"{day.year:04}",
    "half": lambda day: f"{day.year:04}-H{(day.month + 5) // 6}",
    "quarter": _quarter,
    "month": lambda day: f"{day:%Y-%m}",
}


def periods(frame: Frame, cut: str) -> Iterator[tuple[str, list[dt.date]]]:
    """The periods of a frame in order, each with its name and its days; one if `cut` is all."""
    if cut == "all":
        yield f"{frame.first}/{frame.last}", list(frame.days)
        return
    name_of = PERIODS[cut]
    parts: dict[str, list[dt.date]] = {}
    for day in frame.days:
        parts.setdefault(name_of(day), []).append(day)
    yield from parts.items()


def _of_period(name: str) -> Callable[[Unit], object]:
    return lambda unit: PERIODS[name](unit.day)


def _of_article(name: str) -> Callable[[Unit], object]:
    return lambda unit: getattr(unit.facts, name)


#: What a sample can be stratified by, and whether whole issues have it too.
FIELDS: dict[str, Callable[[Unit], object]] = {
    "outlet": lambda unit: unit.outlet,
    "outlet_kind": _of_article("outlet_kind"),
    **{name: _of_period(name) for name in PERIODS},
    "weekday": lambda unit: unit.day.isoweekday(),
    "section": _of_article("section"),
    "page": _of_article("page"),
    "language": _of_article("language"),
    "is_distressing": _of_article("is_distressing"),
}
OF_ARTICLES_ONLY = frozenset({"section", "page", "language", "is_distressing"})


def part(name: str, value: object) -> str:
    """The value of a field as it stands in the name of a stratum."""
    if name == "weekday":
        return WEEKDAYS[int(str(value)) - 1]
    if name == "is_distressing":
        return "distressing" if value else "not distressing"
    return NOTHING if value in ("", None) else str(value)
