"""When attention peaks, and how fast it goes: half-lives, by eye and by a fitted decay.

Sources: Downs (1972), Up and down with ecology: the issue-attention cycle; Leskovec,
Backstrom & Kleinberg (2009), Meme-tracking and the dynamics of the news cycle; Candia,
Jara-Figueroa, Rodriguez-Sickert, Barabasi & Hidalgo (2019), The universal decay of
collective memory and attention; McCullagh & Nelder (1989), Generalized linear models,
2nd ed., ch. 6 and 9 (Poisson regression with overdispersion).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from math import log, sqrt

import numpy as np

from mediacoding.stats.attention.series import NOTHING, Average, Point, Series
from mediacoding.stats.patterns import Floats
from mediacoding.stats.survey import intervals

ALL_ZERO = "Nothing was counted in any period, so there is no peak."
NOT_HALVED = "Attention had not fallen to half of its peak when the series ended."
PEAK_IS_LAST = "The series ends with its peak, so nothing shows how attention fell."
NO_DECLINE = (
    "Attention does not fall after its peak, so there is no half-life of a decay."
)
TOO_SHORT = "A decay needs three periods with a value or more, from the peak on."
GAP_BETWEEN = (
    "Attention fell to half while some periods are gaps, so the half-life lies somewhere "
    "between its bounds."
)
BESIDE_GAP = "A period beside the peak is a gap, so the true peak may lie there."
UNCERTAIN = "The decay is so uncertain that it may be none, so the half-life has no upper bound."
SENTENCES = (
    ALL_ZERO,
    NOT_HALVED,
    PEAK_IS_LAST,
    NO_DECLINE,
    TOO_SHORT,
    GAP_BETWEEN,
    BESIDE_GAP,
    UNCERTAIN,
)


@dataclass(frozen=True, slots=True)
class Peak:
    """The highest value of a series, at the first `place` that has it; None with `reason`.

    `ties` other points are as high. `periods` had a value.
    """

    place: int | None
    start: dt.date | None
    value: float | None
    ties: int
    periods: int
    reason: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HalfLife:
    """How long after the peak attention is down to half, in periods and days.

    `bounds` in periods: the last period still above and the first not above, if halved by
    eye, or the 95 % interval of a decay; its upper end is None where there is none.
    `value` is None exactly when `reason` says why. `periods` with a value were used.
    """

    value: float | None
    days: float | None
    bounds: tuple[float, float | None] | None
    periods: int
    reason: str | None = None
    warnings: tuple[str, ...] = ()


def peak(given: Series, averages: tuple[Average, ...] | None = None) -> Peak:
    """The period of most attention, of the series or of its moving average.

    `averages` are those of `moving_average` of the same series.
    """
    values = _values(given, averages)
    known = [value for value in values if value is not None]
    if not known or max(known) <= 0:
        reason = ALL_ZERO if known else NOTHING
        return Peak(None, None, None, 0, len(known), reason)
    highest = max(known)
    place = values.index(highest)
    beside = given.points[max(0, place - 1) : place + 2]
    return Peak(
        place,
        given.points[place].start,
        highest,
        known.count(highest) - 1,
        len(known),
        warnings=(BESIDE_GAP,) if any(p.issues == 0 for p in beside) else (),
    )


def half_life(given: Series, averages: tuple[Average, ...] | None = None) -> HalfLife:
    """When the values first reach half of their peak, by a straight line between periods.

    Of a moving average it depends less on single periods. A gap on the way makes bounds
    wider, and a warning.
    """
    values, top = _values(given, averages), peak(given, averages)
    if top.place is None or top.value is None:
        return HalfLife(None, None, None, top.periods, top.reason)
    half, above = top.value / 2, top.place
    for place in range(top.place + 1, len(values)):
        value = values[place]
        if value is None:
            continue
        before = values[above]
        if value > half or before is None:
            above = place
            continue
        at = above + (before - half) / (before - value) * (place - above)
        return HalfLife(
            at - top.place,
            _days(given, top.place, at),
            (float(above - top.place), float(place - top.place)),
            top.periods,
            warnings=(GAP_BETWEEN,) if place - above > 1 else (),
        )
    after = any(value is not None for value in values[top.place + 1 :])
    reason = NOT_HALVED if after else PEAK_IS_LAST
    return HalfLife(None, None, None, top.periods, reason)


def decay_half_life(given: Series, *, confidence: float = 0.95) -> HalfLife:
    """The half-life of an exponential decay fitted from the peak on: log(2) / rate.

    Counts are Poisson around issues (of per_100: articles) times exp(a - rate t), t in
    periods; gaps are left out. The interval is that of the rate, Student's t with the
    dispersion that the counts show, never below 1, turned over.
    """
    top = peak(given)
    if top.place is None:
        return HalfLife(None, None, None, top.periods, top.reason)
    after = [
        (place - top.place, point)
        for place, point in enumerate(given.points)
        if place >= top.place and point.value is not None
    ]
    if len(after) < 3:
        reason = PEAK_IS_LAST if len(after) < 2 else TOO_SHORT
        return HalfLife(None, None, None, len(after), reason)
    times = np.array([float(place) for place, _point in after])
    counts = np.array([point.count for _place, point in after])
    exposure = np.array([_exposure(point, given.measure) for _place, point in after])
    rate, se = _fit(times, counts, exposure)
    if rate <= 0:
        return HalfLife(None, None, None, len(after), NO_DECLINE)
    low, high = intervals.symmetric(
        rate, se, degrees=len(after) - 2, confidence=confidence
    )
    value = log(2) / rate
    return HalfLife(
        value,
        _days(given, top.place, top.place + value),
        (log(2) / high, log(2) / low if low > 0 else None),
        len(after),
        warnings=() if low > 0 else (UNCERTAIN,),
    )


def _fit(times: Floats, counts: Floats, exposure: Floats) -> tuple[float, float]:
    """The rate of decay and its standard error, by iteratively reweighted least squares."""
    x = np.column_stack([np.ones(len(times)), -times])
    offset = np.log(exposure)
    mean = np.maximum(counts, 0.5)
    slope = np.zeros(2)
    for _step in range(100):
        working = np.log(mean) - offset + (counts - mean) / mean
        new = np.linalg.solve((x.T * mean) @ x, (x.T * mean) @ working)
        # A step that leaps is shortened, or the exponential overflows.
        mean = np.exp(np.clip(offset + x @ new, -30.0, 30.0))
        if np.abs(new - slope).max() < 1e-10:
            slope = new
            break
        slope = new
    dispersion = max(1.0, float(((counts - mean) ** 2 / mean).sum()) / (len(times) - 2))
    covariance = np.linalg.inv((x.T * mean) @ x) * dispersion
    return float(slope[1]), sqrt(float(covariance[1, 1]))


def _exposure(point: Point, measure: str) -> float:
    if measure == "per_100":
        return float(point.articles or 1)
    return float(point.issues) if measure == "per_issue" else 1.0


def _values(given: Series, averages: tuple[Average, ...] | None) -> list[float | None]:
    if averages is None:
        return [point.value for point in given.points]
    if len(averages) != len(given.points):
        raise ValueError("The averages are not those of this series.")
    return [average.value for average in averages]


def _days(given: Series, start: int, end: float) -> float:
    """Days from one place of a series to another, which may lie between two points."""
    starts = [point.start.toordinal() for point in given.points]
    whole = int(end)
    if whole + 1 < len(starts):
        at = starts[whole] + (end - whole) * (starts[whole + 1] - starts[whole])
    else:
        mean = (starts[-1] - starts[start]) / max(1, len(starts) - 1 - start)
        at = starts[-1] + (end - (len(starts) - 1)) * mean
    return at - starts[start]
