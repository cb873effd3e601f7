"""A plan and a seed to a drawn sample with its log. Pure, and the same on every platform.

All chance comes from `random.Random(seed).random()`, whose numbers Python promises to keep;
what it makes of them beyond that (`sample`, `shuffle`) it may change.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from math import floor
from typing import Any, TypeVar

from mediacoding.corpus.designs.frame import Frame, Unit
from mediacoding.corpus.designs.lines import Kind, Line, Refused, gettext_noop
from mediacoding.corpus.designs.plan import Design, Gap, Plan, Selection, Stratum
from mediacoding.corpus.designs.stratified import (
    census_plan,
    simple_plan,
    stratified_plan,
)
from mediacoding.corpus.designs.systematic import systematic_plan
from mediacoding.corpus.designs.weeks import weeks_plan

Thing = TypeVar("Thing")

PLANS: Mapping[str, Callable[[Frame, Design], Plan]] = {
    "census": census_plan,
    "simple": simple_plan,
    "systematic": systematic_plan,
    "stratified": stratified_plan,
    "constructed_week": weeks_plan,
}

ORDER = {
    "given": gettext_noop("Nothing was left to chance: a person gave the articles."),
    "census": gettext_noop("Nothing was left to chance: all articles are in."),
    "simple": gettext_noop(
        "Order of draws: one random number a unit drawn; the units stood by outlet and day."
    ),
    "systematic": gettext_noop(
        "Order of draws: one random number for the start; the units stood by outlet and day."
    ),
    "stratified": gettext_noop(
        "Order of draws: stratum by stratum in the order of the table, one random number a "
        "unit drawn; the units of a stratum stood by outlet and day."
    ),
    "constructed_week": gettext_noop(
        "Order of draws: outlets by name, periods by time, Monday to Sunday; for each weekday "
        "one random number a date drawn, until every week has an issue; the dates stood in "
        "order."
    ),
}
GENERATOR = gettext_noop(
    "Random numbers: Mersenne Twister of Python (random.Random, random() only), seed "
    "%(seed)s."
)


@dataclass(frozen=True, slots=True)
class Pick:
    """A unit that was drawn, from which stratum, as which one of it (from 1), in place of what."""

    stratum: Stratum
    unit: Unit
    turn: int
    in_vain: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class DrawnArticle:
    """An article of a sample: its stratum's name and the chance that it had."""

    id: int
    stratum: str
    probability: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn sample: its articles in order, and how it came about."""

    plan: Plan
    articles: tuple[DrawnArticle, ...]
    picks: tuple[Pick, ...]
    log: tuple[Line, ...]

    def strata(self) -> list[dict[str, Any]]:
        """What every stratum held and gave, as JSON keeps it."""
        counts: dict[tuple[str, ...], list[int]] = {}
        for pick in self.picks:
            count = counts.setdefault(pick.stratum.parts, [0, 0])
            count[0] += 1
            count[1] += len(pick.unit.articles)
        return [
            {
                "parts": list(stratum.parts),
                "units": len(stratum.units),
                "drawn": counts.get(stratum.parts, [0, 0])[0],
                "articles": stratum.n_articles,
                "drawn_articles": counts.get(stratum.parts, [0, 0])[1],
            }
            for stratum in self.plan.strata
        ]


def plan_of(frame: Frame, design: Design) -> Plan:
    """Lay a design over a frame. Raises Refused."""
    if design.method not in PLANS:
        raise Refused(gettext_noop("Choose how the sample is drawn."))
    return PLANS[design.method](frame, design)


def draw(plan: Plan, seed: int) -> Drawn:
    """Draw a sample: the same plan and seed give the same articles in the same order."""
    chance = random.Random(seed)
    picks = tuple(pick for stratum in plan.strata for pick in _picks(stratum, chance))
    chances = {
        stratum.parts: stratum.probability for stratum in plan.strata if stratum.draw
    }
    days = {article.id: article.day for article in plan.frame.articles}
    found = [
        DrawnArticle(article, pick.stratum.name, chances[pick.stratum.parts])
        for pick in picks
        for article in pick.unit.articles
    ]
    if plan.design.method != "simple":
        found.sort(key=lambda drawn: (days[drawn.id], drawn.id))
    return Drawn(plan, tuple(found), picks, tuple(_log(plan, picks, seed)))


def given_list(frame: Frame, articles: Sequence[int]) -> Drawn:
    """A list that a person gives, as a sample: chance had no part in it, and all weigh 1.

    Raises Refused if one of them is not in the frame.
    """
    known = {unit.articles[0]: unit for unit in frame.units("article")}
    if not articles or not known.keys() >= set(articles):
        raise Refused(gettext_noop("Some of the given articles are not in the frame."))
    units = tuple(known[article] for article in dict.fromkeys(articles))
    stratum = Stratum((), units, len(units), Selection.ALL)
    plan = Plan(Design(method="given"), frame, (stratum,))
    return Drawn(
        plan,
        tuple(DrawnArticle(unit.articles[0], "", 1.0) for unit in units),
        tuple(_picks(stratum, random.Random(0))),
        (Line(Kind.ORDER, ORDER["given"]),),
    )


def in_random_order(things: Sequence[Thing], chance: random.Random) -> Iterator[Thing]:
    """The things in random order, one random number each (Fisher & Yates)."""
    rest = list(things)
    for left in range(len(rest), 0, -1):
        at = int(chance.random() * left)
        yield rest[at]
        rest[at] = rest[left - 1]


def _picks(stratum: Stratum, chance: random.Random) -> Iterator[Pick]:
    if stratum.selection is Selection.ALL:
        drawn: Iterator[Unit] = iter(stratum.units)
    elif stratum.selection is Selection.STEP:
        drawn = _every(stratum.units, stratum.step, chance)
    elif stratum.gaps:
        yield from _around_gaps(stratum, chance)
        return
    else:
        drawn = islice(in_random_order(stratum.units, chance), stratum.draw)
    for turn, unit in enumerate(drawn, start=1):
        yield Pick(stratum, unit, turn)


def _every(
    units: Sequence[Unit], step: Fraction, chance: random.Random
) -> Iterator[Unit]:
    place = Fraction(chance.random()) * step
    while place < len(units):
        yield units[floor(place)]
        place += step


def _around_gaps(stratum: Stratum, chance: random.Random) -> Iterator[Pick]:
    """Draw dates until enough have an issue; what was drawn in vain is kept with the next."""
    dates: list[Unit | Gap] = sorted(
        [*stratum.units, *stratum.gaps], key=lambda place: place.day
    )
    in_vain: list[Gap] = []
    turn = 0
    order = in_random_order(dates, chance)
    while turn < stratum.draw:
        place = next(order)
        if isinstance(place, Gap):
            in_vain.append(place)
            continue
        turn += 1
        yield Pick(stratum, place, turn, tuple(in_vain))
        in_vain = []


def _log(plan: Plan, picks: Sequence[Pick], seed: int) -> Iterator[Line]:
    method = plan.design.method
    yield Line(Kind.ORDER, ORDER[method])
    if method != "census":
        yield Line(Kind.ORDER, GENERATOR, {"seed": seed})
    yield from plan.lines
    if method == "systematic":
        yield _start(plan.strata[0], picks)
    if method == "constructed_week":
        for pick in picks:
            yield from _of_week(pick)
    elif plan.design.unit != "article":
        for pick in picks:
            yield _of_unit(pick)


def _start(stratum: Stratum, picks: Sequence[Pick]) -> Line:
    first = stratum.units.index(picks[0].unit) + 1 if picks else 0
    step = stratum.step
    return Line(
        Kind.ORDER,
        gettext_noop("Start at place %(start)s of %(units)s, step %(step)s."),
        {
            "start": first,
            "units": len(stratum.units),
            "step": int(step) if step.denominator == 1 else f"{float(step):.4f}",
        },
    )


def _of_unit(pick: Pick) -> Line:
    figures = {
        "day": pick.unit.day.isoformat(),
        "weekday": pick.unit.day.isoweekday(),
        "articles": len(pick.unit.articles),
    }
    if pick.unit.issue is None:
        text = gettext_noop("%(weekday)s, %(day)s; articles: %(articles)s.")
        return Line(Kind.DRAWN, text, figures)
    return Line(
        Kind.DRAWN,
        gettext_noop("“%(outlet)s”: %(weekday)s, %(day)s; articles: %(articles)s."),
        {"outlet": pick.unit.outlet, "issue": pick.unit.issue, **figures},
    )


def _of_week(pick: Pick) -> Iterator[Line]:
    outlet, period, _weekday = pick.stratum.parts
    figures = {
        "outlet": outlet,
        "period": period,
        "week": pick.turn,
        "weekday": pick.unit.day.isoweekday(),
        "day": pick.unit.day.isoformat(),
    }
    for gap in pick.in_vain:
        yield _replaced(gap, figures)
    yield Line(
        Kind.DRAWN,
        gettext_noop(
            "“%(outlet)s”, %(period)s, week %(week)s, %(weekday)s: %(day)s; articles: "
            "%(articles)s."
        ),
        {**figures, "issue": pick.unit.issue, "articles": len(pick.unit.articles)},
    )


def _replaced(gap: Gap, figures: Mapping[str, Any]) -> Line:
    known = {**figures, "drawn": gap.day.isoformat()}
    if gap.covered_by is None:
        return Line(
            Kind.REPLACED,
            gettext_noop(
                "“%(outlet)s”, %(period)s, week %(week)s, %(weekday)s: %(drawn)s was drawn and "
                "has no issue; %(day)s took its place."
            ),
            known,
        )
    return Line(
        Kind.REPLACED,
        gettext_noop(
            "“%(outlet)s”, %(period)s, week %(week)s, %(weekday)s: %(drawn)s was drawn and is "
            "in the double issue of %(double)s; %(day)s took its place."
        ),
        {**known, "double": gap.covered_by.isoformat()},
    )
