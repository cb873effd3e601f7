"""Shares with their bases: what coverage tables are made of."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from mediacoding.stats.distributions import NORMAL


@dataclass(frozen=True, slots=True)
class Share:
    """A count as a share of its base, with a 95 % interval; no share where the base is 0.

    With weights `share` and `interval` are weighted; `count` and `base` stay what was
    counted.
    """

    count: int
    base: int
    share: float | None
    interval: tuple[float, float] | None


def share(count: int, base: int, *, confidence: float = 0.95) -> Share:
    """Share of a count in its base with Wilson's interval.

    Source: Wilson, E. B. (1927). Probable inference, the law of succession, and
    statistical inference.
    """
    if base == 0:
        return Share(count, base, None, None)
    return Share(count, base, count / base, _wilson(count / base, base, confidence))


def shares(
    counts: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    *,
    base: int | None = None,
    confidence: float = 0.95,
) -> list[Share]:
    """Shares of counts in their sum, each with Wilson's interval.

    `counts` has shape (values,): how many articles show each value. With `weights`, shape
    (strata,), it has shape (strata, values), and an article of a stratum counts as much as
    its stratum's weight; the interval is that of the effective base, (sum of weights)^2 /
    sum of squared weights (Kish 1965). `base` is another base than the sum, of articles:
    those of a multiple choice, which show several values; without weights only.

    Raises ValueError for negative counts or weights, and for a base below a count.
    """
    table = np.asarray(counts, dtype=np.int64)
    if (table < 0).any() or (base is not None and table.size and base < table.max()):
        raise ValueError("A count is between 0 and its base.")
    if weights is None:
        whole = int(table.sum()) if base is None else base
        return [share(int(count), whole, confidence=confidence) for count in table]
    weight = np.asarray(weights, dtype=float)
    if (weight < 0).any() or base is not None:
        raise ValueError("Weights are not negative, and go without another base.")
    by_stratum = table.sum(axis=1)
    total, squares = float(weight @ by_stratum), float(weight**2 @ by_stratum)
    cases = int(table.sum())
    if not total:
        return [Share(int(count), cases, None, None) for count in table.sum(axis=0)]
    effective = total**2 / squares
    return [
        Share(
            int(count), cases, float(part), _wilson(float(part), effective, confidence)
        )
        for count, part in zip(table.sum(axis=0), weight @ table / total, strict=True)
    ]


def _wilson(p: float, base: float, confidence: float) -> tuple[float, float]:
    z = NORMAL.inv_cdf((1 + confidence) / 2)
    centre = (p + z * z / (2 * base)) / (1 + z * z / base)
    reach = (
        z * sqrt(p * (1 - p) / base + z * z / (4 * base * base)) / (1 + z * z / base)
    )
    # At the ends the formula gives 0 or 1 but for rounding.
    low = 0.0 if p <= 0 else max(0.0, centre - reach)
    high = 1.0 if p >= 1 else min(1.0, centre + reach)
    return low, high


@dataclass(frozen=True, slots=True)
class CrossTable:
    """One variable's values by group, with the shares of each group in its own base.

    `rows` (groups, values) and `total` (values,) are shares; `without` says how many
    articles of each group have no value.
    """

    groups: tuple[Hashable, ...]
    values: tuple[Hashable, ...]
    rows: tuple[tuple[Share, ...], ...]
    total: tuple[Share, ...]
    without: tuple[int, ...]


def crosstab(
    values: Sequence[Any],
    groups: Sequence[Hashable],
    *,
    categories: Sequence[Hashable] | None = None,
    group_order: Sequence[Hashable] | None = None,
) -> CrossTable:
    """Cross one categorical variable with a group: counts, and shares by row.

    `values` and `groups` are as long as there are articles; None or NaN is no value.
    `categories` and `group_order` give rows and columns in the codebook's order, also
    those that never occur; without them what occurs counts, in order of appearance.

    Raises ValueError for a value or group that is not among those given.
    """
    filled = [None if value is None or value != value else value for value in values]
    columns = _places(
        categories if categories is not None else [v for v in filled if v is not None]
    )
    lines = _places(group_order if group_order is not None else groups)
    counts = np.zeros((len(lines), len(columns)), dtype=np.int64)
    without = [0] * len(lines)
    for value, group in zip(filled, groups, strict=True):
        if group not in lines or (value is not None and value not in columns):
            raise ValueError(f"{group!r} or {value!r} is not among those given.")
        if value is None:
            without[lines[group]] += 1
        else:
            counts[lines[group], columns[value]] += 1
    return CrossTable(
        groups=tuple(lines),
        values=tuple(columns),
        rows=tuple(tuple(shares(row)) for row in counts),
        total=tuple(shares(counts.sum(axis=0))),
        without=tuple(without),
    )


def _places(names: Sequence[Hashable]) -> dict[Hashable, int]:
    """Each name's place, in order of appearance."""
    return {name: place for place, name in enumerate(dict.fromkeys(names))}
