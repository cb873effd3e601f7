"""How many units a reliability round needs, by simulation.

From the patterns of a pilot, or from those of coders who are assumed to agree so well;
`sampling.py` has published formulas. docs/methods.md says when to use which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import ceil, comb, factorial, isfinite, log, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from mediacoding.stats.alpha import alpha_statistic
from mediacoding.stats.coverage import share
from mediacoding.stats.distributions import student_t_quantile
from mediacoding.stats.features import MOST_CELLS, counts_of
from mediacoding.stats.patterns import Floats, Patterns
from mediacoding.stats.result import NotComputable
from mediacoding.stats.sampling import (
    SampleSize,
    refuse_alpha,
    refuse_if,
    rounded_up,
    z_of,
)
from mediacoding.stats.sets import masi_distances

ROUNDS = 1_000
#: More different patterns cost too much, and most of them never occur.
MOST_EXPECTED = 20_000
#: A round is planned so that it shows no disagreement at most with this chance.
BLANK = 0.05
MOST_UNITS = 10_000_000
#: Numbers of units that are simulated around a guess, how far they reach, and guesses.
GRID, REACH, SEARCHES = 9, 1.5, 8

ALL_ALIKE = (
    "The pilot shows no disagreement, or the same in all units, so it cannot tell how much "
    "alpha will vary. Code more units in the pilot, or plan with an assumed alpha."
)


@dataclass(frozen=True, slots=True, eq=False)
class ExpectedPatterns:
    """How units are expected to be coded: patterns, and the chance of each (patterns,)."""

    patterns: Patterns
    chances: Floats


@dataclass(frozen=True, slots=True)
class Power:
    """The chance that a round of `units` units shows alpha above the minimum.

    `power` is a share of the simulated `rounds`, `interval` how exactly they tell it (95 %,
    Wilson). In `undefined` of them alpha has no bound; they count as not shown.
    """

    power: float
    interval: tuple[float, float]
    units: int
    rounds: int
    undefined: int
    seed: int


def assumed(
    *,
    alpha: float,
    shares: Sequence[float],
    coders: int = 2,
    values: Sequence[float] | None = None,
) -> ExpectedPatterns:
    """The patterns of coders who agree with a given alpha, and the chance of each.

    Each coder sees a unit's true value with the chance sqrt(alpha) and else guesses by the
    shares. Two of them agree beyond chance on a share alpha of the units, which is alpha at
    every level, because a guess is independent of everything.

    `shares` (values,) of the categories, together 1; `values` (values,) are their numbers
    for levels other than nominal, 1, 2, 3 ... if not given.

    Raises ValueError if the numbers make no sense or there are too many patterns.
    """
    refuse_alpha(alpha)
    share_of = np.asarray(shares, dtype=float)
    many = len(share_of)
    refuse_if(
        many < 2 or not (share_of > 0).all() or abs(share_of.sum() - 1) > 1e-6,
        "The categories' shares are two or more numbers above 0 that make 1 together.",
    )
    refuse_if(coders < 2, "Agreement needs two or more coders.")
    refuse_if(
        comb(many + coders - 1, coders) > MOST_EXPECTED,
        "So many categories and coders have too many patterns. Merge rare "
        "categories, or assume fewer coders.",
    )
    numbers = np.arange(1, many + 1) if values is None else np.asarray(values)
    refuse_if(len(set(numbers)) != many, "Each share needs a value of its own.")
    codes = np.array(
        list(combinations_with_replacement(range(many), coders)), dtype=np.int32
    )
    sees, chances = sqrt(alpha), np.zeros(len(codes))
    for truth in range(many):
        given = (1 - sees) * share_of
        given[truth] += sees
        chances += share_of[truth] * given[codes].prod(axis=1)
    patterns = Patterns(
        codes, np.ones(len(codes), dtype=np.int64), numbers, coders, knows_coders=False
    )
    chances *= [_orders(row) for row in patterns.counts.astype(int)]
    return ExpectedPatterns(patterns, chances / chances.sum())


def _orders(counts: npt.NDArray[Any]) -> float:
    """In how many ways coders can share out the values of a unit."""
    ways = factorial(int(counts.sum()))
    for count in counts[counts > 1]:
        ways //= factorial(int(count))
    return float(ways)


def from_pilot(
    pilot: Patterns | ExpectedPatterns,
    *,
    level: str,
    half_width: float,
    confidence: float = 0.95,
    rounds: int = 2 * ROUNDS,
    seed: int = 0,
    steps: float | None = None,
    ends: tuple[float, float] | None = None,
) -> SampleSize:
    """Units for which the interval of alpha is expected to reach `half_width` to each side.

    Rounds of n units are drawn from the pilot's pairable patterns, with replacement, and
    half the distance between the percentiles of their alphas is the half width at n. It is
    simulated for several n around the one that is needed; a line through log half width
    by log n, which is steadier than any of them, gives the smallest n that reaches it.

    Parameters
    ----------
    pilot : patterns of a pilot, or the expected ones, by `assumed`.
    level, steps, ends : as in `agreement.krippendorff_alpha`; sets are compared by MASI.
    half_width : the half width to reach, for example .05.
    rounds, seed : how many rounds are simulated for each n, and their seed.

    Never fewer units than show a disagreement in 95 of 100 rounds: with fewer the spread
    of alpha shrinks for want of evidence.

    Raises NotComputable if the pilot cannot tell (nothing varies, nobody disagrees), and
    ValueError if the numbers make no sense.
    """
    refuse_if(not 0 < half_width < 1, "The half width lies between 0 and 1.")
    refuse_if(not 0 < confidence < 1, "Confidence lies between 0 and 1.")
    plan = _plan(pilot, level, steps, ends)
    agreeing = float(plan.chances[plan.is_uniform].sum())
    blank = max(agreeing, float(plan.chances.max()))
    if blank > 1 - 1e-12:
        raise NotComputable(ALL_ALIKE)
    least = max(2, ceil(log(BLANK) / log(blank)))
    ends_at = (1 - confidence) / 2, (1 + confidence) / 2

    def reached(units: int) -> float:
        drawn = _drawn(plan, units, rounds, seed)
        alphas = np.concatenate([plan.statistic(weights) for weights in drawn])
        low, high = np.quantile(alphas[~np.isnan(alphas)], ends_at)
        return float(high - low) / 2

    start = max(least, 50)
    exact = start * (reached(start) / half_width) ** 2
    for _search in range(SEARCHES):
        guess = min(max(exact, least), MOST_UNITS)
        grid = guess * np.geomspace(1 / REACH, REACH, GRID)
        tried = np.unique(np.maximum(np.rint(grid), least).astype(int))
        if len(tried) < 3:  # a few units: no line, but each number of them
            tried = np.arange(least, least + 3)
        widths = np.log([reached(int(units)) for units in tried])
        slope, level_at = np.polyfit(np.log(tried), widths, 1)
        exact = float(np.exp((log(half_width) - level_at) / slope))
        if exact > MOST_UNITS or not isfinite(exact) or slope >= 0:
            raise NotComputable(
                "No round of a possible size is expected to have so short an interval. "
                "Allow a wider one."
            )
        if exact <= least or tried[0] <= exact <= tried[-1]:
            break
    needed = max(least, rounded_up(exact))
    n = plan.n_units
    source = f"the {n} pairable units of the pilot" if n else "the assumption"
    assumes = (
        f"{needed} units have a {confidence:.0%} interval of about {half_width:g} to each "
        "side, if there are as many coders, who agree as well, and categories are as "
        f"frequent as in {source}."
    )
    if exact < least:
        assumes += (
            f" Fewer might do for the width, but with fewer than {least} units a round may "
            "show no disagreement, and then alpha has no interval."
        )
    if 0 < n < 20:
        assumes += " The pilot has fewer than 20 units, so this is a rough guide."
    return SampleSize(needed, exact, needed, assumes)


def power(
    pilot: Patterns | ExpectedPatterns,
    *,
    level: str,
    minimum: float,
    units: int,
    confidence: float = 0.95,
    rounds: int = ROUNDS,
    seed: int = 0,
    steps: float | None = None,
    ends: tuple[float, float] | None = None,
) -> Power:
    """The chance that a round of `units` units shows alpha to be above `minimum`.

    It is shown where the lower one-sided bound of `confidence` lies above: jackknife-t on
    log(1 - alpha), as `bootstrap.uncertainty` has it for small rounds. A round without any
    disagreement has no jackknife; its bound is that of the largest share of units with a
    disagreement that such a round leaves possible, 1 - (1 - confidence)^(1 / units), if
    those disagree as much as values paired at random do.

    `units` are the pairable units of the round, `rounds` how many are simulated; the other
    parameters are those of `from_pilot`.

    Raises NotComputable where nothing varies, and ValueError if the numbers make no sense.
    """
    refuse_if(not -1 < minimum < 1, "The minimum alpha lies between -1 and 1.")
    refuse_if(
        units < 2 or rounds < 1,
        "A round has two or more units, and one is simulated at least.",
    )
    z_of(confidence)
    plan = _plan(pilot, level, steps, ends)
    drawn = _drawn(plan, units, rounds, seed)
    bounds = np.concatenate([_lower_bounds(plan, row, confidence) for row in drawn])
    shown, undefined = int((bounds > minimum).sum()), int(np.isnan(bounds).sum())
    interval = share(shown, rounds).interval
    assert interval is not None
    return Power(shown / rounds, interval, units, rounds, undefined, seed)


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """Pairable patterns, the chance of each, and alpha; `n_units` of a pilot, else 0."""

    patterns: Patterns
    chances: Floats
    statistic: Callable[[Floats], Floats]
    is_uniform: npt.NDArray[np.bool_]
    n_units: int


def _plan(
    pilot: Patterns | ExpectedPatterns,
    level: str,
    steps: float | None,
    ends: tuple[float, float] | None,
) -> _Plan:
    if isinstance(pilot, ExpectedPatterns):
        patterns, chances, n = pilot.patterns, pilot.chances, 0
    else:
        patterns = pilot.pairable().regardless_of_coders()
        n = int(patterns.units.sum())
        chances = patterns.units / n
    if len(patterns.values) < 2:
        raise NotComputable(
            "Every pairable value of the pilot is the same, so alpha is undefined and "
            "nothing can be planned from it. Add units in which the variable varies."
        )
    distances = masi_distances(list(patterns.values)) if level == "sets" else None
    statistic = alpha_statistic(
        patterns, level, distances=distances, steps=steps, ends=ends
    )
    highest = patterns.codes.max(axis=1, keepdims=True)
    alike = ((patterns.codes == highest) | (patterns.codes < 0)).all(axis=1)
    return _Plan(patterns, chances, statistic, alike, n)


def _drawn(plan: _Plan, units: int, rounds: int, seed: int) -> Iterator[Floats]:
    """Rounds of so many units, as weights of the patterns: blocks (some, patterns)."""
    chance = np.random.default_rng([seed, units])
    rows = max(1, MOST_CELLS // len(plan.chances))
    for start in range(0, rounds, rows):
        size = min(rows, rounds - start)
        yield chance.multinomial(units, plan.chances, size=size).astype(float)


def _lower_bounds(plan: _Plan, weights: Floats, confidence: float) -> Floats:
    """(rounds,) one-sided lower bound of alpha in each round; NaN where there is none."""
    units = float(weights[0].sum())
    alphas = plan.statistic(weights)
    bounds = np.full(len(weights), np.nan)
    perfect = ~np.isnan(alphas) & (weights @ ~plan.is_uniform == 0)
    totals = counts_of(plan.patterns).totals(weights[perfect])
    n = totals.sum(axis=1)
    expected = 1 - (totals * (totals - 1)).sum(axis=1) / (n * (n - 1))
    bounds[perfect] = 1 - (1 - (1 - confidence) ** (1 / units)) / expected
    t = student_t_quantile(confidence, units - 1)
    for at in np.flatnonzero(~np.isnan(alphas) & ~perfect):
        bounds[at] = _jackknife_bound(plan.statistic, weights[at], alphas[at], t)
    return bounds


def _jackknife_bound(
    statistic: Callable[[Floats], Floats], row: Floats, value: float, t: float
) -> float:
    """1 - (1 - value) exp(t SE / (1 - value)); NaN if nothing varies without some unit."""
    seen = np.flatnonzero(row)
    without = np.repeat(row[None, :], len(seen), axis=0)
    without[np.arange(len(seen)), seen] -= 1
    left_out, times, units = statistic(without), row[seen], row.sum()
    deviations = left_out - times @ left_out / units
    se = sqrt((units - 1) / units * float(times @ deviations**2))
    return float(1 - (1 - value) * np.exp(min(t * se / (1 - value), 50.0)))
