"""Intervals: the bootstrap of units, clusters and strata over patterns, and the jackknife.

Sources: Efron (1987), Better bootstrap confidence intervals; Zapf et al. (2016), Measuring
inter-rater reliability for nominal data; docs/methods.md has the rule and its reasons.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import exp, log, sqrt

import numpy as np

from mediacoding.stats.design import MOST_CELLS, Design, Statistic, simple
from mediacoding.stats.distributions import NORMAL, student_t, student_t_quantile
from mediacoding.stats.patterns import Floats, Integers
from mediacoding.stats.result import no_uncertainty

REPLICATES = 2_000
METHODS = ("default", "bca", "percentile", "jackknife")
#: Below so many units a bootstrap has too few distinct samples to give a fine interval.
FEW_UNITS = 20
#: Above so many patterns (measurements: nearly every unit its own) a bootstrap takes long,
#: and the intervals no longer differ.
MANY_PATTERNS = 50_000
#: What a coefficient can hardly be below: two coders who always disagree.
LOWEST = -1.0
#: How far the smoothed interval's ends go from the percentile's to those of BCa.
BLEND = 0.4

ONE_UNIT = "Only one unit brings any variation, so how certain the coefficient is cannot be told."
NO_DIFFERENCE = (
    "The two are the same in every sample, so their difference has no interval."
)
TOO_MANY_LOST = (
    "In more than one replicate of twenty one of the two is undefined, so their "
    "difference has no interval. Add units."
)
FEW = "There are fewer than 20 pairable units, so the interval is rough."


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """The interval of a coefficient and what it was made of.

    `interval` is None where `warnings` say why. `lost` of the replicates had no variation.
    """

    interval: tuple[float, float] | None
    method: str
    se: float | None
    below: dict[float, float] = field(default_factory=dict)
    replicates: int = 0
    lost: int = 0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Smoothed:
    """The same coefficient on patterns with pseudo-units (`pseudo.py`), and their weights."""

    statistic: Statistic
    design: Design


def uncertainty(
    statistic: Statistic,
    units: Integers,
    value: float,
    *,
    method: str = "default",
    bounds: Sequence[float] = (),
    replicates: int = REPLICATES,
    seed: int = 0,
    confidence: float = 0.95,
    design: Design | None = None,
    smoothed: Smoothed | None = None,
) -> Uncertainty:
    """Interval of a coefficient, its standard error, and P(coefficient < bound).

    Parameters
    ----------
    statistic : the coefficient as a function of the weights of the patterns.
    units : (patterns,) how many units show each pattern.
    value : the coefficient of these units; at most 1.
    method : {"default", "bca", "percentile", "jackknife"}
        The default is the smoothed bootstrap where `smoothed` is given, else BCa; in both
        cases the jackknife-t on log(1 - value) where the bootstrap is coarse (fewer than 20
        units that are not smoothed, or one replicate in twenty without variation) or very
        long (more than 50,000 patterns).
    bounds : for each, the share of replicates below it; without replicates by the
        jackknife's t.
    design : how the units were drawn; else each by itself.

    The standard error is the jackknife's. Unsmoothed, perfect agreement has no interval: no
    resampling of units that all agree can show a disagreement.
    """
    if method not in METHODS:
        raise ValueError(f"There is no interval “{method}”: it is one of {METHODS}.")
    design = design or simple(units)
    influence, why_not = None, no_uncertainty(value)
    if value < 1 - 1e-12:
        influence, why_not = _left_out(statistic, design, value)
    se = influence.error if influence else None
    n = design.groups
    notes: tuple[str, ...] = (FEW,) if n < FEW_UNITS else ()
    how = (bounds, replicates, seed, confidence)
    if method == "default" and smoothed is not None:
        found = _smoothed(smoothed, value, se, notes, *how)
        if found is not None:
            return found
    if influence is None or se is None:
        return Uncertainty(None, "", None, warnings=(why_not,))
    if method == "default" and len(units) > MANY_PATTERNS:
        method = "jackknife"
    if method == "jackknife":
        degrees = design.degrees
        below = {bound: _log_t_below(value, se, degrees, bound) for bound in bounds}
        return _by_jackknife(value, se, degrees, confidence, below, warnings=notes)
    good, lost = _replicates(statistic, design, replicates, seed)
    below = {bound: float((good < bound).mean()) for bound in bounds if len(good)}
    notes += _lost_sentence(lost, replicates)
    is_coarse = n < FEW_UNITS or lost > replicates / 20
    if (method == "default" and is_coarse) or not len(good):
        return _by_jackknife(
            value, se, design.degrees, confidence, below, replicates, lost, notes
        )
    ends = (1 - confidence) / 2, (1 + confidence) / 2
    if method != "percentile":
        ends = _bca_ends(ends, value, good, influence.acceleration)
    low, high = (float(np.quantile(good, end)) for end in ends)
    name = "percentile" if method == "percentile" else "BCa"
    return Uncertainty((low, high), name, se, below, replicates, lost, notes)


def of_difference(
    statistic: Statistic,
    design: Design,
    value: float,
    *,
    replicates: int = REPLICATES,
    seed: int = 0,
    confidence: float = 0.95,
) -> Uncertainty:
    """BCa interval of a difference of two coefficients, and P(difference < 0)."""
    influence, why_not = _left_out(statistic, design, value)
    if influence is None:
        return Uncertainty(None, "", None, warnings=(why_not,))
    if influence.error < 1e-12:
        return Uncertainty(None, "", None, warnings=(NO_DIFFERENCE,))
    good, lost = _replicates(statistic, design, replicates, seed)
    if lost > replicates / 20:
        return Uncertainty(None, "", influence.error, warnings=(TOO_MANY_LOST,))
    ends = (1 - confidence) / 2, (1 + confidence) / 2
    ends = _bca_ends(ends, value, good, influence.acceleration)
    low, high = (float(np.quantile(good, end)) for end in ends)
    return Uncertainty(
        (low, high),
        "BCa",
        influence.error,
        {0.0: float((good < 0).mean())},
        replicates,
        lost,
        _lost_sentence(lost, replicates),
    )


def samples(units: Integers, replicates: int, seed: int) -> Iterator[Floats]:
    """Samples of the units with replacement, as weights of their patterns.

    Yields blocks (some, patterns). The same units and seed give the same samples, so two
    coefficients on them are compared like with like.
    """
    return simple(units).samples(replicates, seed)


@dataclass(frozen=True, slots=True)
class Influence:
    """How single groups move a coefficient: its standard error, and how skewed it is."""

    error: float
    acceleration: float


def _left_out(
    statistic: Statistic, design: Design, value: float
) -> tuple[Influence | None, str]:
    """The jackknife, or the sentence why groups show no uncertainty."""
    units = design.units
    squares = cubes = variance = 0.0
    kinds = 0
    for stratum in design.strata:
        left = stratum.without_one(statistic, units)
        shown = stratum.times > 0
        left, times = left[shown], stratum.times[shown]
        kinds += len(left)
        if np.isnan(left).any():
            return None, ONE_UNIT
        n = stratum.groups
        moves = times @ left / n - left
        squares += float(times @ moves**2)
        cubes += float(times @ moves**3)
        variance += (n - 1) / n * float(times @ moves**2)
    if kinds == len(design.strata):  # all groups are alike
        return None, no_uncertainty(value)
    acceleration = cubes / (6 * squares**1.5) if squares else 0.0
    return Influence(sqrt(variance), acceleration), ""


def _replicates(
    statistic: Statistic, design: Design, replicates: int, seed: int
) -> tuple[Floats, int]:
    """The coefficients of bootstrap samples in order, and how many had no variation."""
    drawn = np.concatenate(
        [statistic(weights) for weights in design.samples(replicates, seed)]
    )
    good = np.sort(drawn[~np.isnan(drawn)])
    return good, len(drawn) - len(good)


def _smoothed(
    smoothed: Smoothed,
    value: float,
    se: float | None,
    notes: tuple[str, ...],
    bounds: Sequence[float],
    replicates: int,
    seed: int,
    confidence: float,
) -> Uncertainty | None:
    """Ends between those of the percentile and of BCa, on units with pseudo-units."""
    statistic, design = smoothed.statistic, smoothed.design
    center, acceleration = _infinitesimal(statistic, design)
    good, lost = _replicates(statistic, design, replicates, seed)
    if lost > replicates / 2:
        return None
    plain = (1 - confidence) / 2, (1 + confidence) / 2
    corrected = _bca_ends(plain, center, good, acceleration)
    low, high = (
        (1 - BLEND) * float(np.quantile(good, percentile))
        + BLEND * float(np.quantile(good, bca))
        for percentile, bca in zip(plain, corrected, strict=True)
    )
    below = {bound: float((good < bound).mean()) for bound in bounds}
    notes += _lost_sentence(lost, replicates)
    interval = min(low, value), max(high, value)
    return Uncertainty(interval, "smoothed", se, below, replicates, lost, notes)


def _infinitesimal(statistic: Statistic, design: Design) -> tuple[float, float]:
    """The coefficient of weighted units and its acceleration by the infinitesimal jackknife."""
    units = design.units
    value = float(statistic(units[None, :])[0])
    step = 1e-4 * units.sum()
    moves = np.empty(len(units))
    size = max(1, MOST_CELLS // len(units))
    for start in range(0, len(units), size):
        rows = np.arange(start, min(start + size, len(units)))
        weights = np.repeat(units[None, :], len(rows), axis=0)
        weights[np.arange(len(rows)), rows] += step
        moves[rows] = statistic(weights) - value
    squares = cubes = 0.0
    for stratum in design.strata:
        centred = moves - stratum.times @ moves / stratum.groups
        squares += float(stratum.times @ centred**2)
        cubes += float(stratum.times @ centred**3)
    return value, cubes / (6 * squares**1.5) if squares else 0.0


def _lost_sentence(lost: int, replicates: int) -> tuple[str, ...]:
    if not lost:
        return ()
    return (f"In {lost} of {replicates} replicates nothing varied; they are left out.",)


def _by_jackknife(
    value: float,
    se: float,
    degrees: float,
    confidence: float,
    below: dict[float, float],
    replicates: int = 0,
    lost: int = 0,
    warnings: tuple[str, ...] = (),
) -> Uncertainty:
    """1 - (1 - value) exp(-+ t SE / (1 - value)): never above 1, and cut at -1."""
    reach = student_t_quantile((1 + confidence) / 2, degrees) * se / (1 - value)
    reach = min(reach, 50.0)
    interval = (
        max(LOWEST, 1 - (1 - value) * exp(reach)),
        1 - (1 - value) * exp(-reach),
    )
    return Uncertainty(interval, "jackknife-t", se, below, replicates, lost, warnings)


def _log_t_below(value: float, se: float, degrees: float, bound: float) -> float:
    """P(coefficient < bound) by the jackknife's t on the scale of log(1 - value)."""
    if bound >= 1:
        return 1.0
    if se == 0:
        return float(value < bound)
    return student_t(log((1 - value) / (1 - bound)) * (1 - value) / se, degrees)


def _bca_ends(
    ends: tuple[float, float], value: float, ordered: Floats, acceleration: float
) -> tuple[float, float]:
    """The percentiles that correct for bias and acceleration (Efron 1987)."""
    many = len(ordered)
    smaller = np.searchsorted(ordered, value - 1e-12)
    same = np.searchsorted(ordered, value + 1e-12) - smaller
    share = (smaller + same / 2) / many
    bias = NORMAL.inv_cdf(min(max(float(share), 0.5 / many), 1 - 0.5 / many))
    low, high = (
        NORMAL.cdf(bias + z / max(1 - acceleration * z, 1e-6))
        for z in (bias + NORMAL.inv_cdf(end) for end in ends)
    )
    return low, high
