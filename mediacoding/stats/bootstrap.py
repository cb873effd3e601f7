"""Intervals: the unit bootstrap over patterns, and the jackknife.

Sources: Efron (1987), Better bootstrap confidence intervals; Zapf et al. (2016), Measuring
inter-rater reliability for nominal data; docs/methods.md has the rule and its reasons.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import exp, log, sqrt

import numpy as np

from mediacoding.stats.alpha import Statistic
from mediacoding.stats.distributions import NORMAL, student_t, student_t_quantile
from mediacoding.stats.features import MOST_CELLS
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

ONE_UNIT = "Only one unit brings any variation, so how certain the coefficient is cannot be told."
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
) -> Uncertainty:
    """Interval of a coefficient, its standard error, and P(coefficient < bound).

    Parameters
    ----------
    statistic : the coefficient as a function of the weights of the patterns.
    units : (patterns,) how many units show each pattern.
    value : the coefficient of these units; at most 1.
    method : {"default", "bca", "percentile", "jackknife"}
        The default is BCa of the unit bootstrap; jackknife-t on log(1 - value) where the
        bootstrap is coarse (fewer than 20 units, or one replicate in twenty without
        variation) or very long (more than 50,000 patterns).
    bounds : for each, the share of replicates below it; without replicates by the
        jackknife's t.

    The standard error is the jackknife's. Perfect agreement has no interval: no resampling
    of units that all agree can show a disagreement.
    """
    if method not in METHODS:
        raise ValueError(f"There is no interval “{method}”: it is one of {METHODS}.")
    if value >= 1 - 1e-12:
        return Uncertainty(None, "", None, warnings=(no_uncertainty(value),))
    left_out = statistic.without_one(units.astype(float))
    if np.isnan(left_out).any():
        return Uncertainty(None, "", None, warnings=(ONE_UNIT,))
    if len(units) == 1:  # all units are alike
        return Uncertainty(None, "", None, warnings=(no_uncertainty(value),))
    n, se = int(units.sum()), _jackknife_error(left_out, units)
    notes: tuple[str, ...] = (FEW,) if n < FEW_UNITS else ()
    if method == "default" and len(units) > MANY_PATTERNS:
        method = "jackknife"
    if method == "jackknife":
        below = {bound: _log_t_below(value, se, n, bound) for bound in bounds}
        return _by_jackknife(value, se, n, confidence, below, warnings=notes)
    drawn = np.concatenate(
        [statistic(weights) for weights in samples(units, replicates, seed)]
    )
    good = np.sort(drawn[~np.isnan(drawn)])
    lost = len(drawn) - len(good)
    below = {bound: float((good < bound).mean()) for bound in bounds if len(good)}
    notes += _lost_sentence(lost, replicates)
    is_coarse = n < FEW_UNITS or lost > replicates / 20
    if (method == "default" and is_coarse) or not len(good):
        return _by_jackknife(value, se, n, confidence, below, replicates, lost, notes)
    ends = (1 - confidence) / 2, (1 + confidence) / 2
    if method != "percentile":
        ends = _bca_ends(ends, value, good, left_out, units)
    low, high = (float(np.quantile(good, end)) for end in ends)
    name = "percentile" if method == "percentile" else "BCa"
    return Uncertainty((low, high), name, se, below, replicates, lost, notes)


def samples(units: Integers, replicates: int, seed: int) -> Iterator[Floats]:
    """Samples of the units with replacement, as weights of their patterns.

    Yields blocks (some, patterns). The same units and seed give the same samples, so two
    coefficients on them are compared like with like.
    """
    chance = np.random.default_rng(seed)
    n, many = int(units.sum()), len(units)
    if n >= 20 * many:  # counts of patterns cost less than units
        rows = max(1, MOST_CELLS // many)
        for start in range(0, replicates, rows):
            size = min(rows, replicates - start)
            yield chance.multinomial(n, units / n, size=size).astype(float)
        return
    pattern_of_unit = np.repeat(np.arange(many), units)
    rows = max(1, MOST_CELLS // n)
    for start in range(0, replicates, rows):
        size = min(rows, replicates - start)
        drawn = pattern_of_unit[chance.integers(0, n, (size, n))]
        drawn += many * np.arange(size)[:, None]
        counted = np.bincount(drawn.ravel(), minlength=size * many)
        yield counted.reshape(size, many).astype(float)


def _lost_sentence(lost: int, replicates: int) -> tuple[str, ...]:
    if not lost:
        return ()
    return (f"In {lost} of {replicates} replicates nothing varied; they are left out.",)


def _jackknife_error(left_out: Floats, units: Integers) -> float:
    """sqrt((n - 1) / n times the squared deviations of the n values without one unit)."""
    n = units.sum()
    deviations = left_out - (units @ left_out) / n
    return sqrt((n - 1) / n * float(units @ deviations**2))


def _by_jackknife(
    value: float,
    se: float,
    n: int,
    confidence: float,
    below: dict[float, float],
    replicates: int = 0,
    lost: int = 0,
    warnings: tuple[str, ...] = (),
) -> Uncertainty:
    """1 - (1 - value) exp(-+ t SE / (1 - value)): never above 1, and cut at -1."""
    reach = student_t_quantile((1 + confidence) / 2, n - 1) * se / (1 - value)
    reach = min(reach, 50.0)
    interval = (
        max(LOWEST, 1 - (1 - value) * exp(reach)),
        1 - (1 - value) * exp(-reach),
    )
    return Uncertainty(interval, "jackknife-t", se, below, replicates, lost, warnings)


def _log_t_below(value: float, se: float, n: int, bound: float) -> float:
    """P(coefficient < bound) by the jackknife's t on the scale of log(1 - value)."""
    if bound >= 1:
        return 1.0
    if se == 0:
        return float(value < bound)
    return student_t(log((1 - value) / (1 - bound)) * (1 - value) / se, n - 1)


def _bca_ends(
    ends: tuple[float, float],
    value: float,
    ordered: Floats,
    left_out: Floats,
    units: Integers,
) -> tuple[float, float]:
    """The percentiles that correct for bias and acceleration (Efron 1987)."""
    many = len(ordered)
    smaller = np.searchsorted(ordered, value - 1e-12)
    same = np.searchsorted(ordered, value + 1e-12) - smaller
    share = (smaller + same / 2) / many
    bias = NORMAL.inv_cdf(min(max(float(share), 0.5 / many), 1 - 0.5 / many))
    centred = (units @ left_out) / units.sum() - left_out
    spread = float(units @ centred**2)
    acceleration = float(units @ centred**3) / (6 * spread**1.5) if spread else 0.0
    low, high = (
        NORMAL.cdf(bias + z / max(1 - acceleration * z, 1e-6))
        for z in (bias + NORMAL.inv_cdf(end) for end in ends)
    )
    return low, high
