"""Differences between coefficients, rounds, coders and codebooks, with intervals.

Two coefficients of the same units vary together, so the interval of their difference is
not to be had from theirs: both are computed from the same bootstrap samples (common random
numbers). Two rounds are two strata, each resampled apart. The interval is BCa's.

Source: Vanbelle & Albert (2008), A bootstrap method for comparing correlated kappa
coefficients; Efron (1987).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mediacoding.stats import bootstrap, gwet, lotus, pairwise
from mediacoding.stats.design import Design, Statistic, Stratum, simple
from mediacoding.stats.diagnostics import merged_places
from mediacoding.stats.features import MOST_CELLS
from mediacoding.stats.krippendorff import Scale
from mediacoding.stats.offer import COEFFICIENTS, Definition, compute
from mediacoding.stats.patterns import Floats, Patterns
from mediacoding.stats.ratings import Ratings, patterns_of, refuse_unknown_coders
from mediacoding.stats.result import Coefficient, NotComputable
from mediacoding.stats.totals import OfSums
from mediacoding.stats.weights import Weighting, weighting

COMPARABLE = (
    "alpha",
    "percent",
    "ac1",
    "brennan_prediger",
    "fleiss",
    "scott",
    "conger",
    "cohen",
    "lotus",
)


@dataclass(frozen=True, slots=True, eq=False)
class Some:
    """A statistic of some of the patterns, and of nothing else."""

    statistic: Statistic
    kept: np.ndarray

    def __call__(self, weights: Floats) -> Floats:
        return self.statistic(np.ascontiguousarray(weights[:, self.kept]))

    def without_one(self, units: Floats) -> Floats:
        found = np.full(len(self.kept), self(units[None, :])[0])
        found[self.kept] = self.statistic.without_one(units[self.kept])
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """The first statistic minus the second, of the same patterns."""

    first: Statistic
    second: Statistic

    def __call__(self, weights: Floats) -> Floats:
        return self.first(weights) - self.second(weights)

    def without_one(self, units: Floats) -> Floats:
        return self.first.without_one(units) - self.second.without_one(units)


def coefficients(
    ratings: Ratings, first: str, second: str, *, level: str, **definition: Any
) -> Coefficient:
    """One coefficient minus another of the same ratings, with its interval.

    `first` and `second` are keys of COMPARABLE, `definition` the fields of
    `offer.Definition`. `below[0]` is the share of replicates in which the difference is
    below 0.
    """
    asked = Definition(level, **definition)
    name = f"{_name(first)} minus {_name(second)}"
    return _difference(
        name,
        [
            (patterns_of(ratings), None, first, asked),
            (patterns_of(ratings), None, second, asked),
        ],
        asked,
    )


def rounds(
    first: Ratings,
    second: Ratings,
    *,
    level: str,
    key: str = "alpha",
    **definition: Any,
) -> Coefficient:
    """How much more coders agree in the second round than in the first.

    The rounds have no unit in common: each is resampled apart.
    """
    asked = Definition(level, **definition)
    name = f"{_name(key)}: second round minus first"
    one, other = patterns_of(first), patterns_of(second)
    found = [compute(key, patterns, asked) for patterns in (one, other)]
    for coefficient in found:
        if coefficient.value is None:
            return Coefficient(name, reason=coefficient.reason)
    earlier, later = (statistic(key, patterns, asked) for patterns in (one, other))
    at = len(one.codes)
    both = Difference(
        _Part(later, at, None),
        _Part(earlier, 0, at),
    )
    design = Design(
        (
            _padded(one.units, 0, len(other.codes)),
            _padded(other.units, at, 0),
        )
    )
    assert found[0].value is not None
    assert found[1].value is not None
    return _estimate(name, both, design, found[1].value - found[0].value, asked)


def without_coder(
    ratings: Ratings, coder: int, *, level: str, key: str = "alpha", **definition: Any
) -> Coefficient:
    """How much more the others agree without a coder (a column of the table)."""
    asked = Definition(level, **definition)
    patterns = patterns_of(ratings)
    refuse_unknown_coders(patterns)
    codes = patterns.codes.copy()
    codes[:, coder] = -1
    name = f"{_name(key)}: without a coder minus with"
    return _difference(
        name, [(patterns, codes, key, asked), (patterns, None, key, asked)], asked
    )


def merging(
    ratings: Ratings,
    groups: Sequence[Sequence[Any]],
    *,
    level: str,
    key: str = "alpha",
    **definition: Any,
) -> Coefficient:
    """How much more coders agree if each group of values were one category."""
    asked = Definition(level, **definition)
    patterns = patterns_of(ratings)
    places = np.append(merged_places(patterns, groups), -1)
    codes = places[patterns.codes].astype(np.int32)
    name = f"{_name(key)}: merged minus as coded"
    return _difference(
        name, [(patterns, codes, key, asked), (patterns, None, key, asked)], asked
    )


def statistic(key: str, patterns: Patterns, asked: Definition) -> Statistic:
    """A coefficient as a function of the weights of the patterns of all rated units.

    Its value at the patterns' own units is that of `offer.compute`, which also says why
    there is none. Raises NotComputable.
    """
    if key not in COMPARABLE:
        raise ValueError(f"“{key}” cannot be compared: give one of {COMPARABLE}.")
    if key == "alpha":
        kept = patterns.ratings >= 2
        pairable = patterns.pairable()
        scale = Scale(asked.level, None, asked.steps, asked.ends)
        return Some(scale.statistic(patterns, pairable), kept)
    if key == "lotus":
        figures = lotus.shares(patterns)
        pairable_units = (patterns.ratings >= 2).astype(float)
        return OfSums(
            np.column_stack([figures * pairable_units, pairable_units]), _ratio
        )
    if len(patterns.codes) * len(patterns.values) * patterns.coders > MOST_CELLS:
        raise NotComputable(
            "There are too many distinct values to compare this coefficient with another."
        )
    weights = weighting(patterns, asked.weights, asked.categories)
    if key == "cohen":
        return _cohen(patterns, weights)
    agreeing = gwet.pairs_agreeing(patterns, weights)
    pairable_units = (patterns.ratings >= 2).astype(float)
    if key == "percent":
        return OfSums(np.column_stack([agreeing, pairable_units]), _ratio)
    if key == "conger":
        table = np.column_stack([agreeing, pairable_units, _by_coder(patterns)])
        return OfSums(table, _conger(patterns, weights))
    shares = patterns.counts / patterns.ratings[:, None]
    rated = np.ones(len(shares))
    table = np.column_stack([agreeing, pairable_units, rated, shares])
    chance = {
        "ac1": _ac,
        "brennan_prediger": _uniform,
        "fleiss": _pooled,
        "scott": _pooled,
    }[key]
    return OfSums(table, lambda totals: _corrected(totals, chance(totals, weights)))


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A statistic of the patterns from one place to another."""

    statistic: Statistic
    start: int
    end: int | None

    def __call__(self, weights: Floats) -> Floats:
        return self.statistic(np.ascontiguousarray(weights[:, self.start : self.end]))

    def without_one(self, units: Floats) -> Floats:
        found = np.full(len(units), self(units[None, :])[0])
        part = slice(self.start, self.end)
        found[part] = self.statistic.without_one(units[part])
        return found


def _padded(units: np.ndarray, before: int, after: int) -> Stratum:
    """A stratum of patterns that stand between others."""
    return Stratum(np.concatenate([np.zeros(before), units, np.zeros(after)]))


_Side = tuple[Patterns, np.ndarray | None, str, Definition]


def _difference(name: str, sides: list[_Side], asked: Definition) -> Coefficient:
    """The first side minus the second: each the same patterns, with other codes or not."""
    found, statistics = [], []
    patterns = sides[0][0]
    for base, codes, key, definition in sides:
        read = base
        if codes is not None:
            read = Patterns(codes, base.units, base.values, base.coders)
        rated = np.asarray((read.codes >= 0).any(axis=1))
        shown = Patterns(
            read.codes[rated],
            read.units[rated],
            read.values,
            read.coders,
            read.knows_coders,
        )
        coefficient = compute(key, shown, definition)
        if coefficient.value is None:
            return Coefficient(name, reason=coefficient.reason)
        try:
            statistics.append(Some(statistic(key, shown, definition), rated))
        except NotComputable as why:
            return Coefficient(name, reason=str(why))
        found.append(coefficient.value)
    both = Difference(*statistics)
    return _estimate(name, both, simple(patterns.units), found[0] - found[1], asked)


def _estimate(
    name: str, statistic: Statistic, design: Design, value: float, asked: Definition
) -> Coefficient:
    known = bootstrap.of_difference(
        statistic, design, value, replicates=asked.replicates, seed=asked.seed
    )
    return Coefficient(
        name,
        value,
        known.interval,
        known.se,
        n_units=round(design.groups),
        level=asked.level,
        method=known.method,
        replicates=known.replicates,
        lost=known.lost,
        seed=asked.seed if known.replicates else None,
        below=known.below,
        warnings=known.warnings,
    )


def _name(key: str) -> str:
    if key not in COMPARABLE:
        raise ValueError(f"“{key}” cannot be compared: give one of {COMPARABLE}.")
    return COEFFICIENTS[key].name


def _ratio(totals: Floats) -> Floats:
    return np.divide(
        totals[:, 0],
        totals[:, 1],
        out=np.full(len(totals), np.nan),
        where=totals[:, 1] > 0,
    )


def _corrected(totals: Floats, chance: Floats) -> Floats:
    """(p_a - p_e) / (1 - p_e) of agreeing and pairable units, the first two sums."""
    observed = _ratio(totals)
    room = 1 - chance
    return np.divide(
        observed - chance, room, out=np.full_like(room, np.nan), where=room > 1e-12
    )


def _shares(totals: Floats) -> Floats:
    return np.divide(
        totals[:, 3:],
        totals[:, 2:3],
        out=np.zeros_like(totals[:, 3:]),
        where=totals[:, 2:3] > 0,
    )


def _ac(totals: Floats, weights: Weighting) -> Floats:
    q, shares = weights.categories, _shares(totals)
    found: Floats = weights.total / (q * (q - 1)) * (shares * (1 - shares)).sum(axis=1)
    return found


def _uniform(totals: Floats, weights: Weighting) -> Floats:
    return np.full(len(totals), weights.total / weights.categories**2)


def _pooled(totals: Floats, weights: Weighting) -> Floats:
    shares = _shares(totals)
    found: Floats = (weights.times(shares) * shares).sum(axis=1)
    return found


def _by_coder(patterns: Patterns) -> Floats:
    """(patterns, coders x values) whether a coder gave a value; coders who rated."""
    codes = patterns.codes[:, (patterns.codes >= 0).any(axis=0)]
    many = len(patterns.values)
    table = np.zeros((len(codes), codes.shape[1], many))
    pattern, coder = np.nonzero(codes >= 0)
    table[pattern, coder, codes[pattern, coder]] = 1
    return table.reshape(len(codes), -1)


def _conger(patterns: Patterns, weights: Weighting) -> Callable[[Floats], Floats]:
    values = len(patterns.values)

    def of(totals: Floats) -> Floats:
        counts = totals[:, 2:].reshape(len(totals), -1, values)
        given = counts.sum(axis=2, keepdims=True)
        shares = np.divide(counts, given, out=np.zeros_like(counts), where=given > 0)
        many = (given[:, :, 0] > 0).sum(axis=1)
        summed = shares.sum(axis=1)
        pairs = (weights.times(summed) * summed).sum(axis=1)
        own = (weights.times(shares) * shares).sum(axis=(1, 2))
        there = many * (many - 1)
        chance = np.divide(
            pairs - own, there, out=np.ones(len(totals)), where=there > 0
        )
        return _corrected(totals, chance)

    return of


def _cohen(patterns: Patterns, weights: Weighting) -> Statistic:
    pair = pairwise.only_pair(patterns)
    kept = np.zeros(len(patterns.codes), dtype=bool)
    kept[pair.rows] = True
    values = len(patterns.values)
    table = np.zeros((len(pair.rows), 2 + 2 * values))
    table[:, 0], table[:, 1] = pair.agreeing(weights), 1
    rows = np.arange(len(pair.rows))
    table[rows, 2 + pair.first] = 1
    table[rows, 2 + values + pair.second] = 1

    def of(totals: Floats) -> Floats:
        n = np.where(totals[:, 1:2] > 0, totals[:, 1:2], np.nan)
        row, column = totals[:, 2 : 2 + values] / n, totals[:, 2 + values :] / n
        chance: Floats = (weights.times(row) * column).sum(axis=1)
        return _corrected(totals, np.where(np.isnan(chance), 1.0, chance))

    return Some(OfSums(table, of), kept)
