"""Systematic samples: every k-th of a list sorted by outlet and date, from a random start. Pure."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from math import floor

from mediacoding.corpus.designs.frame import Frame, Unit
from mediacoding.corpus.designs.lines import Line, Refused, gettext_noop, warning
from mediacoding.corpus.designs.plan import Design, Plan, Selection, Stratum

#: Share of the steps that pass over whole weeks, above which the person is warned.
MOSTLY = 0.5


def systematic_plan(frame: Frame, design: Design) -> Plan:
    """Plan a systematic sample by its step, or by its size (a step that is a fraction).

    A size n of N gives the step N / n; the places are floor(start + i N / n), so exactly n
    are drawn and each has the chance n / N (Murthy & Rao 1988, Handbook of statistics 6).
    """
    units = frame.units(design.unit)
    step = _step(len(units), design)
    stratum = Stratum(
        (), units, draw=floor(len(units) / step), selection=Selection.STEP, step=step
    )
    return Plan(design, frame, (stratum,), tuple(_weekly(units, step)))


def _step(many: int, design: Design) -> Fraction:
    if design.step and design.size:
        raise Refused(gettext_noop("Give the step or the size, not both."))
    if design.step:
        if not 1 <= design.step <= many:
            raise Refused(
                gettext_noop(
                    "The step lies between 1 and %(most)s: the frame holds no more."
                ),
                most=many,
            )
        return Fraction(design.step)
    if not design.size or not 1 <= design.size <= many:
        raise Refused(
            gettext_noop(
                "Give a step, or a size between 1 and %(most)s: the frame holds no more."
            ),
            most=many,
        )
    return Fraction(many, design.size)


def _weekly(units: Sequence[Unit], step: Fraction) -> Iterator[Line]:
    """A warning for every outlet whose draws would fall on one weekday."""
    for outlet, group in groupby(units, key=lambda unit: unit.outlet):
        own = [unit.day for unit in group]
        if len({day.isoweekday() for day in own}) > 1:
            days = _days_of_step(own, step)
            whole = {n: k for n, k in days.items() if n and n % 7 == 0}
            if days and sum(whole.values()) > MOSTLY * sum(days.values()):
                yield _warning(outlet, max(whole, key=lambda n: whole[n]))


def _days_of_step(own: Sequence[dt.date], step: Fraction) -> Counter[int]:
    """How often a step passes over how many days, from every place of an outlet's list.

    A step that is a fraction is now the whole number below it, now the one above.
    """
    whole, part = divmod(step.numerator, step.denominator)
    days: Counter[int] = Counter()
    for places, times in ((whole, step.denominator - part), (whole + 1, part)):
        for day, next_day in zip(own, own[places:], strict=False):
            days[(next_day - day).days] += times
    return days


def _warning(outlet: str, days: int) -> Line:
    if not outlet:
        return warning(
            gettext_noop(
                "The step is %(days)s days, a multiple of seven: all that is drawn falls "
                "on one weekday. Choose a step that seven does not divide."
            ),
            days=days,
        )
    return warning(
        gettext_noop(
            "In “%(outlet)s” the step is mostly %(days)s days, a multiple of seven: what is "
            "drawn falls on one weekday. Choose another step, or constructed weeks."
        ),
        outlet=outlet,
        days=days,
    )
