"""Charts as numbers for an SVG: bars a month, stacked shares. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT = 36
STEP = 22


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its place, and what it stands for."""

    x: int
    y: float
    height: float
    count: int
    name: str
    is_gap: bool


def month_bars(
    counts: Sequence[int], names: Sequence[str], most: int
) -> tuple[Bar, ...]:
    """A bar for every month; a month without articles is a gap with a frame of its own."""
    return tuple(
        Bar(
            x=at * STEP,
            y=round(HEIGHT - _height(count, most), 1),
            height=round(_height(count, most), 1),
            count=count,
            name=name,
            is_gap=count == 0,
        )
        for at, (count, name) in enumerate(zip(counts, names, strict=True))
    )


def _height(count: int, most: int) -> float:
    return HEIGHT * count / most if most else 0.0


@dataclass(frozen=True, slots=True)
class ShareBar:
    """One category's share of the whole as a bar of at most 260 pixels, with its interval."""

    width: float
    low: float
    high: float


def share_bar(
    value: float | None, interval: tuple[float, float] | None
) -> ShareBar | None:
    if value is None or interval is None:
        return None
    return ShareBar(
        round(260 * value, 1), round(260 * interval[0], 1), round(260 * interval[1], 1)
    )
