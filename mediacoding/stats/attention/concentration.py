"""How unequally attention is spread over outlets, topics or days: Gini, HHI, entropy.

Sources: Gini (1912); Herfindahl (1950) and Hirschman (1964), The paternity of an index;
Laakso & Taagepera (1979), "Effective" number of parties; Shannon (1948); Pielou (1966), The
measurement of diversity in different types of biological collections; Deltas (2003), The
small-sample bias of the Gini coefficient; Lohr (2019, ch. 9), linearisation.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from mediacoding.stats.patterns import Floats
from mediacoding.stats.survey import intervals
from mediacoding.stats.survey.design import (
    Spread,
    SurveyDesign,
    spread,
    sums_by_cluster,
)
from mediacoding.stats.survey.estimates import Within, base_of, coded, rows_within
from mediacoding.stats.survey.result import (
    CENTRED,
    NO_UNITS,
    Base,
    Estimate,
    NoVariance,
)

NO_AMOUNT = "The amounts add up to nothing, so nothing is spread out."
ONE_GROUP = "There is only one group, so nothing can be more or less equal than it is."
AT_AN_END = (
    "The groups are all equal, or one holds everything, and there the error of this "
    "measure cannot be told."
)
SENTENCES = (NO_AMOUNT, ONE_GROUP, AT_AN_END)


@dataclass(frozen=True, slots=True)
class Concentration:
    """How amounts of `groups` groups are spread; `shares` in their order.

    gini : 0 if all are equal, 1 - 1 / groups if one holds all; `gini_corrected` is times
        groups / (groups - 1), so that its highest is 1.
    hhi : sum of squared shares, from 1 / groups to 1; `hhi_normalised` from 0 to 1.
        `effective` = 1 / HHI: as many equal groups would be as concentrated.
    entropy : in bits; `evenness` over that of equal groups, 1 if all are equal.

    Measures are None, with `reason`, where nothing is spread; those that compare with equal
    groups also where there is one group, with `reason`.
    """

    groups: int
    total: float
    shares: tuple[float, ...]
    gini: float | None = None
    gini_corrected: float | None = None
    hhi: float | None = None
    hhi_normalised: float | None = None
    effective: float | None = None
    entropy: float | None = None
    evenness: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class EstimatedConcentration:
    """Gini, HHI and entropy (bits) of a sample, with intervals by its design."""

    categories: tuple[Hashable, ...]
    shares: tuple[float, ...]
    gini: Estimate
    hhi: Estimate
    entropy: Estimate


def concentration(amounts: npt.ArrayLike) -> Concentration:
    """Gini, HHI and entropy of amounts such as articles by outlet.

    `amounts` has shape (groups,); groups with 0 count as groups: give all of them. Raises
    ValueError for negative or unknown amounts, and without a group.
    """
    held = np.asarray(amounts, dtype=float)
    if held.ndim != 1 or not len(held):
        raise ValueError("Give an amount for each group.")
    if not np.isfinite(held).all() or (held < 0).any():
        raise ValueError("Amounts are numbers of 0 or more.")
    n, total = len(held), float(held.sum())
    if not total:
        return Concentration(n, 0.0, (), reason=NO_AMOUNT)
    shares = held / total
    hhi, entropy = _hhi(shares), _entropy(shares)
    found: dict[str, Any] = {
        "groups": n,
        "total": total,
        "shares": tuple(shares.tolist()),
        "gini": _gini(shares),
        "hhi": hhi,
        "effective": 1 / hhi,
        "entropy": entropy,
    }
    if n < 2:
        return Concentration(**found, reason=ONE_GROUP)
    return Concentration(
        **found,
        gini_corrected=min(1.0, found["gini"] * n / (n - 1)),
        hhi_normalised=max(0.0, (hhi - 1 / n) / (1 - 1 / n)),
        evenness=min(1.0, entropy / float(np.log2(n))),
    )


def estimated_concentration(
    groups: Sequence[Hashable] | npt.NDArray[Any],
    design: SurveyDesign,
    *,
    amounts: npt.ArrayLike | None = None,
    categories: Sequence[Hashable] | None = None,
    within: Within = None,
    confidence: float = 0.95,
) -> EstimatedConcentration:
    """Concentration over groups in the frame, as a sample shows it, with t intervals.

    Parameters
    ----------
    groups : shape (rows,), what each unit belongs to; None and NaN are left out.
    amounts : shape (rows,), such as area; units count 1 if not given, NaN are left out.
    categories : all groups, also those without a unit.

    Linearised: each measure varies as sum_k (its derivative by share k) share k. In a small
    sample they come out a little too concentrated, HHI by about (1 - HHI) / effective units.

    Raises ValueError for negative amounts, and where lengths differ.
    """
    codes, named = coded(groups, design.rows, categories)
    held = np.ones(design.rows) if amounts is None else np.asarray(amounts, dtype=float)
    if held.shape != (design.rows,):
        raise ValueError(f"There are {design.rows} rows, but amounts {held.shape}.")
    if (held < 0).any() or np.isinf(held).any():
        raise ValueError("Amounts are numbers of 0 or more.")
    at = rows_within(design, within, (codes >= 0) & ~np.isnan(held))
    base = base_of(design, at)
    weight = design.weights[at] * design.times[at] * held[at]
    total = float(weight.sum())
    if not total:
        reason = NO_AMOUNT if base.units else NO_UNITS
        none = Estimate(None, reason=reason, base=base, confidence=confidence)
        return EstimatedConcentration(named, (), none, none, none)
    shares = np.bincount(codes[at], weight, len(named)) / total
    values = _gini(shares), _hhi(shares), _entropy(shares)
    gains = np.column_stack(
        [_gini_derivative(shares), 2 * shares, _entropy_derivative(shares)]
    )
    found, why = None, None
    try:
        # A unit's score: what its own group gains, and all groups lose.
        own = gains[codes[at]] - shares @ gains
        scores = weight[:, None] * own / total
        found = spread(design, *sums_by_cluster(design, at, scores))
    except NoVariance as sentence:
        why = str(sentence)
    most = float(np.log2(max(2, len(named))))
    ends = (0.0, 1.0), (1 / len(named), 1.0), (0.0, most)
    gini, hhi, entropy = (
        _estimate(values[k], k, found, why, base, ends[k], confidence) for k in range(3)
    )
    return EstimatedConcentration(named, tuple(shares.tolist()), gini, hhi, entropy)


def _estimate(
    value: float,
    place: int,
    found: Spread | None,
    why: str | None,
    base: Base,
    ends: tuple[float, float],
    confidence: float,
) -> Estimate:
    variance = 0.0 if found is None else float(found.covariance[place, place])
    if found is None or variance < 1e-18:
        return Estimate(
            value,
            no_interval=why or AT_AN_END,
            count=base.units,
            base=base,
            confidence=confidence,
        )
    low, high = intervals.symmetric(
        value,
        sqrt(variance),
        degrees=float(found.degrees[place]),
        confidence=confidence,
    )
    return Estimate(
        value,
        (max(ends[0], low), min(ends[1], high)),
        sqrt(variance),
        count=base.units,
        base=base,
        degrees=float(found.degrees[place]),
        confidence=confidence,
        method="t",
        warnings=(CENTRED,) if found.has_lonely else (),
    )


def _gini(shares: Floats) -> float:
    n = len(shares)
    ranks = 2 * np.arange(1, n + 1) - n - 1
    return max(0.0, float(ranks @ np.sort(shares)) / n)


def _gini_derivative(shares: Floats) -> Floats:
    n = len(shares)
    gains = np.empty(n)
    gains[np.argsort(shares, kind="stable")] = (2 * np.arange(1, n + 1) - n - 1) / n
    return gains


def _hhi(shares: Floats) -> float:
    return float(shares @ shares)


def _entropy(shares: Floats) -> float:
    some = shares[shares > 0]
    return max(0.0, float(-(some @ np.log2(some))))


def _entropy_derivative(shares: Floats) -> Floats:
    return np.where(shares > 0, -np.log2(np.where(shares > 0, shares, 1.0)), 0.0)
