"""Which options of a multiple choice go together: Jaccard, phi and lift of each pair.

Sources: Jaccard (1912), The distribution of the flora in the alpine zone; Yule (1912), On
the methods of measuring association between two attributes; Brin, Motwani, Ullman & Tsur
(1997), Dynamic itemset counting (lift, there "interest").
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from math import atanh, exp, sqrt, tanh

import numpy as np

from mediacoding.stats.patterns import Floats, Integers
from mediacoding.stats.survey import intervals
from mediacoding.stats.survey.choices import Answer, indicators
from mediacoding.stats.survey.design import (
    Spread,
    SurveyDesign,
    spread,
    sums_by_cluster,
)
from mediacoding.stats.survey.estimates import (
    Within,
    base_of,
    rows_within,
    shares_of_codes,
)
from mediacoding.stats.survey.result import Base, Estimate, NoVariance

NEVER = "One of the two options was never chosen, so they cannot go together."
ALWAYS = (
    "One of the two options was chosen by all units or by none, so nothing shows whether "
    "they go together."
)
PERFECT = (
    "The two options are chosen together always, or never but one of them always, so these "
    "units show no uncertainty."
)
NEVER_TOGETHER = "The two options were never chosen together, so lift has no interval."
SENTENCES = (NEVER, ALWAYS, PERFECT, NEVER_TOGETHER)
#: A variance below this is what rounding leaves.
NOTHING_LEFT = 1e-18


@dataclass(frozen=True, slots=True)
class Pair:
    """Two options, with the units that chose `both`, either one, and those that answered.

    jaccard : both / either, 0 to 1; its base are the units that chose either.
    phi : correlation of choosing them, -1 to 1.
    lift : how many times as often together as if unrelated; 1 is unrelated.
    """

    first: Hashable
    second: Hashable
    both: int
    first_count: int
    second_count: int
    base: Base
    jaccard: Estimate
    phi: Estimate
    lift: Estimate


def cooccurrence(
    answers: Sequence[Answer],
    design: SurveyDesign,
    *,
    options: Sequence[Hashable] | None = None,
    within: Within = None,
    confidence: float = 0.95,
) -> tuple[Pair, ...]:
    """How often each two options were chosen together, with three measures of it.

    `answers` and `options` as in `choices.choices`. Intervals by the design: of Jaccard as
    of any share, of phi on Fisher's z, of lift on its logarithm.

    phi = (p12 - p1 p2) / sqrt(p1 (1 - p1) p2 (1 - p2)), lift = p12 / (p1 p2).
    """
    chosen, known, named = indicators(answers, design.rows, options)
    at = rows_within(design, within, known)
    return tuple(
        _pair((named[i], named[j]), chosen[:, i], chosen[:, j], design, at, confidence)
        for i in range(len(named))
        for j in range(i + 1, len(named))
    )


def _pair(
    names: tuple[Hashable, Hashable],
    one: Floats,
    other: Floats,
    design: SurveyDesign,
    at: Integers,
    confidence: float,
) -> Pair:
    either = np.where(one + other > 0, (one * other).astype(np.int64), -1)
    if (either[at] >= 0).any():
        jaccard = shares_of_codes(either, (0, 1), design, at, confidence=confidence).of(
            1
        )
    else:
        jaccard = Estimate(None, reason=NEVER, confidence=confidence)
    times, base = design.times[at], base_of(design, at)
    columns = np.column_stack([one * other, one, other])[at]
    counts = [round(float(times @ column)) for column in columns.T]
    phi, lift = _phi_and_lift(columns, design, at, base, confidence)
    return Pair(
        first=names[0],
        second=names[1],
        both=counts[0],
        first_count=counts[1],
        second_count=counts[2],
        base=base,
        jaccard=jaccard,
        phi=replace(phi, count=counts[0]),
        lift=replace(lift, count=counts[0]),
    )


def _phi_and_lift(
    columns: Floats,
    design: SurveyDesign,
    at: Integers,
    base: Base,
    confidence: float,
) -> tuple[Estimate, Estimate]:
    """Both of the columns (rows, 3): chose both, the first, the second."""
    weight = design.weights[at] * design.times[at]
    total = float(weight.sum())
    both, first, second = (weight @ columns / total).tolist() if total else (0.0,) * 3
    if not first or not second:
        none = Estimate(None, reason=NEVER, base=base, confidence=confidence)
        return none, none
    size = first * (1 - first) * second * (1 - second)
    lift, phi, gains = both / (first * second), None, np.zeros((3, 2))
    if size > 1e-24:
        phi = min(1.0, max(-1.0, (both - first * second) / sqrt(size)))
        gains[:, 0] = _gains_of_phi(phi, first, second, sqrt(size))
    if both:
        gains[:, 1] = 1 / both, -1 / first, -1 / second  # of the logarithm
    why, found = None, None
    scores = weight[:, None] * (columns - [both, first, second]) / total
    try:
        found = spread(design, *sums_by_cluster(design, at, scores @ gains))
    except NoVariance as reason:
        why = str(reason)
    return (
        _phi(phi, found, why, base, confidence),
        _lift(lift, found, why, base, confidence),
    )


def _gains_of_phi(
    phi: float, first: float, second: float, size: float
) -> tuple[float, float, float]:
    """What phi gains per gain of each of the three shares."""
    return (
        1 / size,
        -second / size - phi * (1 - 2 * first) / (2 * first * (1 - first)),
        -first / size - phi * (1 - 2 * second) / (2 * second * (1 - second)),
    )


def _phi(
    value: float | None,
    found: Spread | None,
    why: str | None,
    base: Base,
    confidence: float,
) -> Estimate:
    if value is None:
        return Estimate(None, reason=ALWAYS, base=base, confidence=confidence)
    variance = 0.0 if found is None else float(found.covariance[0, 0])
    if found is None or variance < NOTHING_LEFT or abs(value) > 1 - 1e-12:
        return Estimate(
            value, no_interval=why or PERFECT, base=base, confidence=confidence
        )
    se, degrees = sqrt(variance), float(found.degrees[0])
    low, high = intervals.symmetric(
        atanh(value), se / (1 - value**2), degrees=degrees, confidence=confidence
    )
    return Estimate(
        value,
        (tanh(low), tanh(high)),
        se,
        base=base,
        degrees=degrees,
        confidence=confidence,
        method="Fisher z",
    )


def _lift(
    value: float,
    found: Spread | None,
    why: str | None,
    base: Base,
    confidence: float,
) -> Estimate:
    variance = 0.0 if found is None else float(found.covariance[1, 1])
    if found is None or not value or variance < NOTHING_LEFT:
        why = why or (PERFECT if value else NEVER_TOGETHER)
        return Estimate(value, no_interval=why, base=base, confidence=confidence)
    se, degrees = sqrt(variance), float(found.degrees[1])
    low, high = intervals.symmetric(0.0, se, degrees=degrees, confidence=confidence)
    return Estimate(
        value,
        (value * exp(low), value * exp(high)),
        value * se,
        base=base,
        degrees=degrees,
        confidence=confidence,
        method="log t",
    )
