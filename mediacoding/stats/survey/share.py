"""One share with its interval, from its variance by the design.

Which interval, and why: docs/methods.md, with simulations.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from mediacoding.stats.survey import intervals
from mediacoding.stats.survey.design import Spread
from mediacoding.stats.survey.result import (
    ALL_OR_NONE,
    CENTRED,
    CLUSTERS_ALIKE,
    FEW,
    Base,
    Estimate,
)

#: Effective units that show a share, or do not, below which Wilson's interval is not kept.
FEW_EFFECTIVE = 5.0
METHODS = {"wilson": "Wilson", "korn_graubard": "Korn-Graubard", "t": "t"}


@dataclass(frozen=True, slots=True, eq=False)
class SharesRest:
    """What the shares of one base rest on.

    `spread` is None where `no_interval` says why; `kish` is (sum of weights)^2 / sum of
    their squares; `are_independent` units need no more than their number.
    """

    base: Base
    spread: Spread | None
    no_interval: str | None
    kish: float
    are_independent: bool


def share_estimate(
    share: float,
    count: int,
    rests: SharesRest,
    place: int,
    confidence: float,
    interval: str,
) -> Estimate:
    """A share whose variance stands at `place` of the covariance, with the interval asked.

    `interval` as in `estimates.shares`. Raises ValueError for another.
    """
    base, found = rests.base, rests.spread
    if interval != "default" and interval not in METHODS:
        raise ValueError(f"An interval is default, {', '.join(METHODS)}.")
    if found is None:
        return Estimate(
            share,
            no_interval=rests.no_interval,
            count=count,
            base=base,
            confidence=confidence,
        )
    variance = max(0.0, float(found.covariance[place, place]))
    is_varied = 0 < share < 1 and variance > 0
    effective, degrees = _effective(share, variance, rests, place)
    is_few = effective * min(share, 1 - share) < FEW_EFFECTIVE
    how = interval
    if interval == "default":
        exact = is_few and not rests.are_independent
        how = "korn_graubard" if exact else "wilson"
    warnings: tuple[str, ...] = (CENTRED,) if found.has_lonely else ()
    if not is_varied and base.clusters < base.units:
        warnings += (CLUSTERS_ALIKE if 0 < share < 1 else ALL_OR_NONE,)
    elif how == "korn_graubard" and interval == "default":
        warnings += (FEW,)
    return Estimate(
        value=share,
        interval=_limits(
            how, share, sqrt(variance), effective, degrees, base.units, confidence
        ),
        se=sqrt(variance),
        count=count,
        base=base,
        degrees=float(found.degrees[place]),
        effective=effective,
        design_effect=base.units / effective if is_varied else None,
        confidence=confidence,
        method=METHODS[how],
        warnings=warnings,
    )


def _effective(
    share: float, variance: float, rests: SharesRest, place: int
) -> tuple[float, float]:
    """The effective base of a share, and the degrees of freedom of its interval."""
    found, units = rests.spread, rests.base.units
    assert found is not None
    if rests.are_independent:
        return float(units), intervals.INFINITE
    if 0 < share < 1 and variance > 0:
        simple = share * (1 - share) / max(1, units - 1)
        return simple / variance * units, float(found.degrees[place])
    return min(rests.kish, float(rests.base.clusters)), float(found.nominal)


def _limits(
    how: str,
    share: float,
    se: float,
    effective: float,
    degrees: float,
    units: int,
    confidence: float,
) -> tuple[float, float]:
    if how == "wilson":
        return intervals.wilson(
            share, effective, degrees=degrees, confidence=confidence
        )
    if how == "korn_graubard":
        return intervals.korn_graubard(
            share, effective, units=units, degrees=degrees, confidence=confidence
        )
    low, high = intervals.symmetric(share, se, degrees=degrees, confidence=confidence)
    return max(0.0, low), min(1.0, high)
