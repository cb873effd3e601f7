"""What a sample takes from each outlet, period and weekday of its frame. Pure."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mediacoding.corpus.designs.frame import PERIODS
from mediacoding.corpus.designs.plan import Plan

#: More months than this are shown as years.
MOST_MONTHS = 24

#: Outlet and day (ISO) -> how much of it is drawn, or expected to be.
Taken = Mapping[tuple[str, str], float]


@dataclass(slots=True)
class Cell:
    """What the frame holds somewhere, and what is taken; `silent` issues have no article."""

    issues: int = 0
    silent: int = 0
    articles: int = 0
    taken: float = 0.0

    def add(self, articles: int, taken: float) -> None:
        self.issues += 1
        self.silent += not articles
        self.articles += articles
        self.taken += taken


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    cells: tuple[Cell, ...]
    total: Cell


@dataclass(frozen=True, slots=True)
class Effect:
    """A frame and a sample of it, by outlet and period, and by weekday (Monday first)."""

    periods: tuple[str, ...]
    rows: tuple[Row, ...]
    total: Row
    weekdays: tuple[Cell, ...]


def effect(counts: Mapping[str, Mapping[str, int]], taken: Taken) -> Effect:
    """Add up a frame's counts (outlet -> day -> articles) and what is taken of them.

    Periods are months, or years where months are more than 24.
    """
    days = [day for by_day in counts.values() for day in by_day]
    months = {day[:7] for day in days}
    name_of = PERIODS["month" if len(months) <= MOST_MONTHS else "year"]
    periods = tuple(sorted({name_of(dt.date.fromisoformat(day)) for day in set(days)}))
    place = {period: at for at, period in enumerate(periods)}
    weekdays = tuple(Cell() for _day in range(7))
    total = Row("", tuple(Cell() for _period in periods), Cell())
    rows = []
    for outlet in sorted(counts):
        row = Row(outlet, tuple(Cell() for _period in periods), Cell())
        for iso, articles in counts[outlet].items():
            day, drawn = dt.date.fromisoformat(iso), taken.get((outlet, iso), 0.0)
            at = place[name_of(day)]
            for cell in (
                row.cells[at],
                row.total,
                total.cells[at],
                total.total,
                weekdays[day.weekday()],
            ):
                cell.add(articles, drawn)
        rows.append(row)
    return Effect(periods, tuple(rows), total, weekdays)


def expected_effect(plan: Plan) -> Effect:
    """The effect of a plan before anything is drawn: expected numbers of articles."""
    chances = plan.probabilities
    taken: dict[tuple[str, str], float] = {}
    for article in plan.frame.articles:
        key = (article.outlet, article.day.isoformat())
        taken[key] = taken.get(key, 0.0) + chances[article.id]
    return effect(plan.frame.counts, taken)


def counted(rows: Iterable[tuple[str, dt.date, int]]) -> dict[tuple[str, str], float]:
    """Rows of outlet, day and how many were drawn, as `effect` takes them."""
    return {(outlet, day.isoformat()): float(n) for outlet, day, n in rows}
