"""Where coders disagree: by category, by coder, by unit, over time.

All from the distinct patterns, so that none of it costs more for more units. Sources:
Krippendorff (2004, ch. 11), alpha of a single category; Fleiss (1971), kappa of a single
category; Krippendorff (2019, ch. 12), diagnostic use of alpha.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mediacoding.stats.agreement import krippendorff_alpha
from mediacoding.stats.distributions import chi_square_above
from mediacoding.stats.lotus import modal_codes
from mediacoding.stats.pairwise import pair_of, pairs_of
from mediacoding.stats.patterns import Floats, Patterns, RatingsRefused, from_table
from mediacoding.stats.ratings import Ratings, patterns_of, refuse_unknown_coders
from mediacoding.stats.result import Coefficient, NotComputable

#: A coefficient of patterns. Give one with its level as
#: `functools.partial(krippendorff_alpha, level="nominal")`.
Measure = Callable[[Patterns], Coefficient]


def nominal_alpha(ratings: Ratings) -> Coefficient:
    return krippendorff_alpha(ratings, level="nominal")


def by_category(
    ratings: Ratings, measure: Measure = nominal_alpha
) -> dict[Any, Coefficient]:
    """Agreement on each value against all others taken together.

    Alpha of "c or not c" tells which categories coders can tell apart; with Fleiss' kappa
    as `measure` it is Fleiss' kappa of single categories. Values in their order.
    """
    patterns = patterns_of(ratings)
    many = len(patterns.values)
    occurring = np.flatnonzero(patterns.marginals > 0).tolist()
    return {
        patterns.values.tolist()[place]: measure(
            patterns.recoded([int(at == place) for at in range(many)], [0, 1])
        )
        for place in occurring
    }


def by_pair(ratings: Ratings, measure: Measure) -> dict[tuple[int, int], Coefficient]:
    """Agreement of each two coders, by their columns.

    Raises NotComputable where the patterns do not know their coders.
    """
    patterns = patterns_of(ratings)
    return {
        (first, second): measure(of_coders(patterns, [first, second]))
        for first, second, _pair in pairs_of(patterns)
    }


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Agreement of all but one coder, and how much higher it is without that coder."""

    without: Coefficient
    gain: float | None


def leave_one_out(ratings: Ratings, measure: Measure) -> dict[int, LeftOut]:
    """Agreement without each coder, by column: who lowers it, the gain is above 0.

    Raises NotComputable where the patterns do not know their coders.
    """
    patterns = patterns_of(ratings)
    refuse_unknown_coders(patterns)
    whole = measure(patterns).value
    found = {}
    for coder in _rated(patterns):
        others = [at for at in _rated(patterns) if at != coder]
        left = measure(of_coders(patterns, others))
        gain = None
        if left.value is not None and whole is not None:
            gain = left.value - whole
        found[coder] = LeftOut(left, gain)
    return found


def against_the_rest(ratings: Ratings, measure: Measure) -> dict[int, Coefficient]:
    """Each coder against the most common value of the others, by column.

    Of several most common values the coder's own is taken if it is one of them, else the
    first. Units that nobody else rated are left out.
    """
    patterns = patterns_of(ratings)
    refuse_unknown_coders(patterns)
    found = {}
    for coder in _rated(patterns):
        own = patterns.codes[:, coder]
        rest = np.delete(patterns.codes, coder, axis=1)
        both = (own >= 0) & (rest >= 0).any(axis=1)
        others = Patterns(
            rest[both], patterns.units[both], patterns.values, rest.shape[1]
        )
        mode = modal_codes(others)
        times_own = (rest[both] == own[both, None]).sum(axis=1)
        times_mode = (rest[both] == mode[:, None]).sum(axis=1)
        mode = np.where(times_own == times_mode, own[both], mode)
        pair = np.column_stack([own[both], mode]).astype(np.int32)
        found[coder] = measure(Patterns(pair, patterns.units[both], patterns.values, 2))
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Marginals:
    """How often each coder gave each value.

    `counts` (coders, values), rows in the order of `coders` (columns of the table). The
    chi-square test asks whether coders use the values alike; it takes codings as
    independent, which several of one unit are not, so p is a rough guide.
    """

    coders: tuple[int, ...]
    values: tuple[Any, ...]
    counts: npt.NDArray[np.int64]
    chi_square: float | None
    degrees: int
    p: float | None


def coder_marginals(ratings: Ratings) -> Marginals:
    """How often each coder gave each value, and whether they differ in it."""
    patterns = patterns_of(ratings)
    refuse_unknown_coders(patterns)
    coders = _rated(patterns)
    many = len(patterns.values)
    counts = np.zeros((len(coders), many), dtype=np.int64)
    for row, coder in zip(counts, coders, strict=True):
        given = patterns.codes[:, coder] >= 0
        row += np.bincount(
            patterns.codes[given, coder], patterns.units[given], many
        ).astype(np.int64)
    degrees = (len(coders) - 1) * (int((counts.sum(axis=0) > 0).sum()) - 1)
    chi_square = p = None
    if degrees > 0:
        shown = counts[:, counts.sum(axis=0) > 0]
        expected = np.outer(shown.sum(axis=1), shown.sum(axis=0)) / shown.sum()
        chi_square = float(((shown - expected) ** 2 / expected).sum())
        p = chi_square_above(chi_square, degrees)
    return Marginals(
        tuple(coders), tuple(patterns.values.tolist()), counts, chi_square, degrees, p
    )


def confusion(ratings: Ratings, first: int, second: int) -> npt.NDArray[np.int64]:
    """What two coders (columns) gave to the units that both coded, (values, values).

    Rows are the first coder's values, columns the second's, in the patterns' order.
    """
    patterns = patterns_of(ratings)
    refuse_unknown_coders(patterns)
    pair, many = pair_of(patterns, first, second), len(patterns.values)
    cell = pair.first.astype(np.int64) * many + pair.second
    return (
        np.bincount(cell, pair.units, many * many).reshape(many, many).astype(np.int64)
    )


def coincidences(ratings: Ratings) -> Floats:
    """Krippendorff's coincidence matrix of pairable values, (values, values).

    Its sum is the number of pairable values. Off the diagonal stand the confusions, pooled
    over coders: which two categories are taken for each other, and how often.
    """
    patterns = patterns_of(ratings)
    pairable = patterns.ratings >= 2
    kept = Patterns(
        patterns.codes[pairable],
        patterns.units[pairable],
        patterns.values,
        patterns.coders,
        patterns.knows_coders,
    )
    counts = kept.counts
    weights = kept.units / (kept.ratings - 1)
    found: Floats = (counts * weights[:, None]).T @ counts
    return found - np.diag(weights @ counts)


@dataclass(frozen=True, slots=True)
class Confused:
    """Two values, how often they met in a unit, and their share of all disagreement."""

    first: Any
    second: Any
    coincidences: float
    share: float


def most_confused(ratings: Ratings) -> list[Confused]:
    """The pairs of values that coders take for each other, the most frequent first."""
    patterns = patterns_of(ratings)
    matrix = coincidences(patterns)
    values = patterns.values.tolist()
    first, second = np.triu_indices(len(values), 1)
    times = matrix[first, second] + matrix[second, first]
    total = float(times.sum())
    order = np.argsort(-times, kind="stable")
    return [
        Confused(
            values[first[at]], values[second[at]], float(times[at]), times[at] / total
        )
        for at in order.tolist()
        if times[at] > 0
    ]


def disagreement_of_units(
    ratings: npt.ArrayLike, *, distance: Callable[[Any, Any], float] | None = None
) -> Floats:
    """The mean distance of each unit's pairs of codings, (units,); NaN with fewer than two.

    Sort by it for the units that disagree most. `distance` takes two values; without it
    two different ones are 1 apart.
    """
    from mediacoding.stats.patterns import indexed

    patterns, index = indexed(ratings)
    codes, values = patterns.codes, patterns.values.tolist()
    many = len(values)
    matrix = 1 - np.eye(many)
    if distance is not None:
        matrix = np.array([[distance(a, b) for b in values] for a in values], float)
    total, m = np.zeros(len(codes)), patterns.ratings
    for right in range(1, codes.shape[1]):
        for left in range(right):
            both = np.flatnonzero((codes[:, left] >= 0) & (codes[:, right] >= 0))
            total[both] += matrix[codes[both, left], codes[both, right]]
    pairs = m * (m - 1) / 2
    mean = np.divide(total, pairs, out=np.full_like(total, np.nan), where=pairs > 0)
    return np.append(mean, np.nan)[index]


def by_batch(
    ratings: npt.ArrayLike, batches: Sequence[Hashable], measure: Measure
) -> dict[Hashable, Coefficient]:
    """Agreement in each batch or week, in order of appearance: does it drift?

    `batches` (units,) names the batch of each unit. Intervals of small batches are wide;
    a drift is one that they do not explain.
    """
    import pandas as pd

    table = np.asarray(ratings, dtype=object)
    if len(batches) != len(table):
        raise RatingsRefused(
            f"There are {len(table)} units, but {len(batches)} names of batches."
        )
    place, names = pd.factorize(np.asarray(batches, dtype=object))
    return {
        name: measure(from_table(table[place == at]))
        for at, name in enumerate(names.tolist())
    }


def intra_coder(
    first: npt.ArrayLike, second: npt.ArrayLike, measure: Measure
) -> tuple[Coefficient, dict[int, Coefficient]]:
    """Agreement of coders with themselves: all together, and each by column.

    `first` and `second` (units, coders) are the same units read twice by the same coders;
    NaN or None where a coder did not read a unit again. All together, every pair of a
    unit and a coder is a unit that was coded twice.
    """
    one, other = np.asarray(first, dtype=object), np.asarray(second, dtype=object)
    if one.shape != other.shape or one.ndim != 2:
        raise RatingsRefused(
            "The two readings are tables of the same units and coders, and these differ."
        )
    whole = from_table(np.column_stack([one.ravel(), other.ravel()]))
    return measure(whole), {
        coder: measure(from_table(np.column_stack([one[:, coder], other[:, coder]])))
        for coder in range(one.shape[1])
    }


def merged(ratings: Ratings, groups: Sequence[Sequence[Any]]) -> Patterns:
    """The ratings as if each group of values were one category, the group's first.

    A coefficient of it is the "what if" of merging categories; merging always raises
    percent agreement, and alpha only where the merged categories were confused.
    Raises NotComputable for a value that does not occur or is in two groups.
    """
    patterns = patterns_of(ratings)
    return patterns.recoded(merged_places(patterns, groups), patterns.values)


def merged_places(patterns: Patterns, groups: Sequence[Sequence[Any]]) -> list[int]:
    """Where each value goes if each group of values were one category."""
    values = patterns.values.tolist()
    to = list(range(len(values)))
    taken: set[Any] = set()
    for group in groups:
        for value in group:
            if value not in values:
                raise NotComputable(f"The value {value} does not occur.")
            if value in taken:
                raise NotComputable(f"The value {value} is in two groups.")
            taken.add(value)
            to[values.index(value)] = values.index(group[0])
    return to


def of_coders(patterns: Patterns, coders: Sequence[int]) -> Patterns:
    """The ratings of some coders (columns) only."""
    refuse_unknown_coders(patterns)
    kept = np.ascontiguousarray(patterns.codes[:, list(coders)])
    smaller = Patterns(kept, patterns.units, patterns.values, len(coders))
    return smaller.recoded(range(len(patterns.values)), patterns.values)


def _rated(patterns: Patterns) -> list[int]:
    found: list[int] = np.flatnonzero((patterns.codes >= 0).any(axis=0)).tolist()
    return found
