"""F1 between coders: of the text that they marked, and of where passages begin and end.

Plain shares, not corrected for chance: they stand beside u-alpha and answer what a
supervisor asks first. F1 of two coders treats them alike, neither is the truth.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Unpack

import numpy as np

from mediacoding.stats.patterns import Floats, Integers
from mediacoding.stats.result import Coefficient, NotComputable
from mediacoding.stats.totals import OfSums
from mediacoding.stats.unitizing.estimates import NO_MARKS, Interval, estimate
from mediacoding.stats.unitizing.markings import Markings
from mediacoding.stats.unitizing.sums import Stretches, stretches_of

#: For two coders and each article: what both have, and what the two have in all.
OfPair = Callable[[int, int], tuple[Floats, Floats]]


def overlap_f1(
    markings: Markings, *, with_values: bool = False, **how: Unpack[Interval]
) -> Coefficient:
    """F1 of marked characters: 2 x text that both marked / (text of one + of the other).

    The mean over pairs of coders, each over the articles that both read; pairs of whom
    neither marked anything are left out. `with_values` counts text that both marked only
    where they gave it the same value. The rest as in `u_alpha`; from 0 to 1. Undefined
    when nobody marked anything.
    """
    return overlap_of(markings, stretches_of(markings), with_values, how)


def boundary_f1(
    markings: Markings, *, tolerance: int = 0, **how: Unpack[Interval]
) -> Coefficient:
    """F1 of boundaries: 2 x boundaries found by both / (those of one + of the other).

    A passage has two boundaries. A start is found again where the other coder has a start,
    an end where the other has an end, at most `tolerance` characters away; each boundary
    is used once, and as many are found as can be. Values play no part. The mean over pairs
    as in `overlap_f1`. Undefined when nobody marked anything.
    """
    if tolerance < 0:
        raise ValueError("The tolerance is a number of characters, 0 or more.")
    # Articles lie so far apart that no boundary is found in the next one.
    ends = np.cumsum(markings.lengths + tolerance + 1)
    begins = (ends - markings.lengths)[markings.article]
    place = (np.cumsum(markings.pairable) - 1)[markings.article]
    articles = int(markings.pairable.sum())

    def of_pair(one: int, other: int) -> tuple[Floats, Floats]:
        both = (markings.read[:, one] & markings.read[:, other])[markings.article]
        here = [np.flatnonzero(both & (markings.coder == who)) for who in (one, other)]
        found = np.zeros(articles)
        for edge in (markings.start + begins, markings.end + begins):
            hits = here[0][matched(edge[here[0]], edge[here[1]], tolerance)]
            found += np.bincount(place[hits], minlength=articles)
        passages = np.bincount(place[np.concatenate(here)], minlength=articles)
        return found, 2 * passages.astype(float)

    name = f"Boundary F1, within {tolerance} characters" if tolerance else "Boundary F1"
    return _f1(name, markings, of_pair, how)


def overlap_of(
    markings: Markings, stretches: Stretches, with_values: bool, how: Interval
) -> Coefficient:
    """`overlap_f1` of stretches that are known."""
    code = np.append(markings.value, -1)[stretches.passage]
    if not with_values:
        code = np.minimum(code, 0)
    articles = int(markings.pairable.sum())

    def of_pair(one: int, other: int) -> tuple[Floats, Floats]:
        here = stretches.reads[:, one] & stretches.reads[:, other]
        length = stretches.length * here
        left, right = code[:, one], code[:, other]
        shared = length * ((left >= 0) & (left == right))
        every = length * ((left >= 0).astype(float) + (right >= 0))
        return (
            np.bincount(stretches.article, shared, articles).astype(float),
            np.bincount(stretches.article, every, articles).astype(float),
        )

    name = "Overlap F1, same value" if with_values else "Overlap F1"
    return _f1(name, markings, of_pair, how)


def _f1(name: str, markings: Markings, of_pair: OfPair, how: Interval) -> Coefficient:
    def statistic() -> OfSums:
        pairs = [
            of_pair(*pair) for pair in combinations(range(len(markings.coders)), 2)
        ]
        found, every = (
            np.column_stack(columns) for columns in zip(*pairs, strict=True)
        )
        if not every.any():
            raise NotComputable(NO_MARKS)
        return OfSums(np.column_stack([found, every]), _mean_over_pairs)

    # Krippendorff's bounds are not for F1.
    plain: Interval = {"bounds": (), **how}
    return estimate(name, markings, statistic, plain, lowest=0.0)


def _mean_over_pairs(totals: Floats) -> Floats:
    found, every = np.split(totals, 2, axis=1)
    has_any = every > 0
    each = np.divide(2 * found, every, out=np.zeros_like(every), where=has_any)
    mean = np.full(len(totals), np.nan)
    pairs = has_any.sum(axis=1)
    return np.divide(each.sum(axis=1), pairs, out=mean, where=pairs > 0)


def matched(left: Integers, right: Integers, tolerance: int) -> list[int]:
    """Places in `left` that find one of their own in `right`, at most `tolerance` away.

    Both are sorted. To take the first that fits, in order, finds as many as can be found.
    """
    here, there = left.tolist(), right.tolist()
    found, i, j = [], 0, 0
    while i < len(here) and j < len(there):
        if here[i] < there[j] - tolerance:
            i += 1
        elif there[j] < here[i] - tolerance:
            j += 1
        else:
            found.append(i)
            i += 1
            j += 1
    return found
