"""Constructed weeks: for every weekday, issues drawn from all of that weekday. Pure.

One week holds one Monday, one Tuesday and so on, each drawn at random from the Mondays,
Tuesdays of the period, outlet by outlet; several weeks share no issue.

Sources: Riffe, D., Aust, C. F., & Lacy, S. R. (1993), The effectiveness of random,
consecutive day and constructed week sampling in newspaper content analysis; Lacy, S.,
Riffe, D., Stoddard, S., Martin, H., & Chang, K.-K. (2001), Sample size for newspaper
content analysis in multi-year studies; Lacy, S., Robinson, K., & Riffe, D. (1995), Sample
size in content analysis of weekly newspapers.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from mediacoding.corpus.designs.frame import (
    PERIODS,
    WEEKDAYS,
    Frame,
    Unit,
    periods,
)
from mediacoding.corpus.designs.lines import (
    Line,
    Refused,
    gettext_noop,
    note,
    warning,
)
from mediacoding.corpus.designs.plan import Design, Gap, Plan, Stratum

MOST_WEEKS = 53
YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Calendar:
    """An outlet's issues by day, the weekdays on which it appears, and what doubles cover."""

    outlet: str
    issues: Mapping[dt.date, Unit]
    weekdays: tuple[int, ...]
    covered: Mapping[dt.date, dt.date]

    def place(self, day: dt.date, *, absent: str) -> Unit | Gap:
        """What is found at a date: an issue, a gap, or an issue that had no hit."""
        if day in self.issues:
            return self.issues[day]
        if day in self.covered:
            return Gap(day, self.covered[day])
        return Unit(self.outlet, day, ()) if absent == "empty" else Gap(day)


def weeks_plan(frame: Frame, design: Design) -> Plan:
    """Plan constructed weeks for every outlet and period.

    A stratum is one weekday of an outlet in a period. A weekday on which an outlet never
    appears is in no week of its. An issue stands under the day that it is dated, also a
    double one: the other day that it covers is a gap. Where a weekday has fewer issues
    than weeks are wanted, all are taken.
    """
    if design.period not in ("all", *PERIODS):
        raise Refused(gettext_noop("Choose the period that each week stands for."))
    if not 1 <= design.weeks <= MOST_WEEKS:
        raise Refused(
            gettext_noop("Draw between 1 and %(most)s weeks for a period."),
            most=MOST_WEEKS,
        )
    strata: list[Stratum] = []
    lines: list[Line] = []
    cut = list(periods(frame, design.period))
    calendars = list(_calendars(frame))
    for calendar in calendars:
        lines += _about(calendar, frame, design)
        own = [
            _stratum(calendar, period, weekday, days, design)
            for period, days in cut
            for weekday in calendar.weekdays
        ]
        lines += _short(own, calendar.outlet, design.weeks)
        strata += [stratum for stratum in own if stratum.units]
    if any(len(calendar.weekdays) > 1 for calendar in calendars):
        lines += _advice(frame, design, len(cut))
    return Plan(design, frame, tuple(strata), tuple(lines))


def _calendars(frame: Frame) -> Iterator[Calendar]:
    by_outlet: dict[str, dict[dt.date, Unit]] = {}
    double: set[tuple[str, dt.date]] = set()
    for issue, unit in zip(frame.issues, frame.units("issue"), strict=True):
        by_outlet.setdefault(issue.outlet, {})[issue.day] = unit
        if issue.is_double:
            double.add((issue.outlet, issue.day))
    for outlet, issues in by_outlet.items():
        doubles = [day for of, day in sorted(double) if of == outlet]
        yield Calendar(
            outlet,
            issues,
            tuple(sorted({day.isoweekday() for day in issues})),
            _covered(issues, doubles),
        )


def _covered(
    issues: Mapping[dt.date, Unit], doubles: Sequence[dt.date]
) -> dict[dt.date, dt.date]:
    """Day without an issue -> the double issue that covers it: of the day before, or after."""
    covered: dict[dt.date, dt.date] = {}
    for day in doubles:
        after, before = day + dt.timedelta(days=1), day - dt.timedelta(days=1)
        other = after if after not in issues else before
        if other not in issues:
            covered.setdefault(other, day)
    return covered


def _stratum(
    calendar: Calendar,
    period: str,
    weekday: int,
    days: Sequence[dt.date],
    design: Design,
) -> Stratum:
    found = [
        calendar.place(day, absent=design.absent)
        for day in days
        if day.isoweekday() == weekday
    ]
    units = tuple(place for place in found if isinstance(place, Unit))
    return Stratum(
        (calendar.outlet, period, WEEKDAYS[weekday - 1]),
        units,
        min(design.weeks, len(units)),
        gaps=tuple(place for place in found if isinstance(place, Gap)),
    )


def _short(own: Sequence[Stratum], outlet: str, weeks: int) -> Iterator[Line]:
    """A warning where weekdays of an outlet's periods have fewer issues than weeks."""
    short = sum(len(stratum.units) < weeks for stratum in own)
    if short:
        yield warning(
            gettext_noop(
                "“%(outlet)s”: of %(places)s weekdays of periods %(short)s have fewer issues than "
                "the weeks that are wanted (%(weeks)s). All of these issues are taken, and weeks "
                "lack a day. Draw fewer weeks, or from longer periods."
            ),
            outlet=outlet,
            short=short,
            places=len(own),
            weeks=weeks,
        )


def _about(calendar: Calendar, frame: Frame, design: Design) -> Iterator[Line]:
    """What is to be known of an outlet's calendar before weeks are drawn from it."""
    if len(calendar.weekdays) == 1 and len(calendar.issues) > 1:
        yield warning(
            gettext_noop(
                "“%(outlet)s” appears on %(weekday)s only, so a week of it is one issue. "
                "Draw issues instead: 14 a year at random, or one in each month (Lacy, "
                "Robinson & Riffe 1995)."
            ),
            outlet=calendar.outlet,
            weekday=calendar.weekdays[0],
        )
    elif len(calendar.weekdays) < 7:
        yield note(
            gettext_noop(
                "“%(outlet)s” has no issue on %(weekdays)s; its week has %(days)s days."
            ),
            outlet=calendar.outlet,
            weekdays=[day for day in range(1, 8) if day not in calendar.weekdays],
            days=len(calendar.weekdays),
        )
    dates = [day for day in frame.days if day.isoweekday() in calendar.weekdays]
    absent = sum(day not in calendar.issues for day in dates)
    if absent and design.absent == "missing":
        yield note(
            gettext_noop(
                "“%(outlet)s”: of %(dates)s dates %(absent)s have no issue. If one of them is "
                "drawn, another of the same weekday takes its place, and the log says so."
            ),
            outlet=calendar.outlet,
            dates=len(dates),
            absent=absent,
        )
    elif absent:
        yield note(
            gettext_noop(
                "“%(outlet)s”: of %(dates)s dates %(absent)s have no issue in the corpus and "
                "count as issues without a hit, but for those that a double issue covers."
            ),
            outlet=calendar.outlet,
            dates=len(dates),
            absent=absent,
        )


def _advice(frame: Frame, design: Design, n_periods: int) -> Iterator[Line]:
    """A warning where the weeks are fewer than studies of dailies found enough.

    Two a year (Riffe, Aust & Lacy 1993: one for half a year), and nine for five years
    (Lacy et al. 2001).
    """
    years = len(frame.days) / YEAR
    enough = max(1, min(ceil(2 * years - 0.05), ceil(9 * max(1, years / 5) - 0.05)))
    drawn = design.weeks * n_periods
    if drawn < enough:
        yield warning(
            gettext_noop(
                "Weeks of each outlet: %(drawn)s. Studies of dailies found about %(enough)s "
                "enough for so long a time (two a year, Riffe, Aust & Lacy 1993; nine for five "
                "years, Lacy et al. 2001), and more for rare topics."
            ),
            drawn=drawn,
            enough=enough,
        )
