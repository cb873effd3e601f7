"""Intervals as drawings: numbers for an SVG, from 0 to 1 with room for less. Pure."""

from dataclasses import dataclass

WIDTH, LEFT, RIGHT = 260, 20, 240


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the marks of one interval stand, in pixels."""

    low: float
    value: float
    high: float
    minimum: float | None


def interval(
    low: float | None, value: float | None, high: float | None, minimum: float | None
) -> Interval | None:
    """The drawing of an interval; None where there is no value."""
    if value is None:
        return None
    return Interval(
        _at(value if low is None else low),
        _at(value),
        _at(value if high is None else high),
        None if minimum is None else _at(minimum),
    )


def _at(number: float) -> float:
    """A coefficient's place; what is below 0 stands at the left end."""
    return round(LEFT + (RIGHT - LEFT) * min(1.0, max(-0.08, number)), 1)
