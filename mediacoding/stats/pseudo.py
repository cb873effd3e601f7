"""Pseudo-units: what lets a small round show what it could have come out as otherwise.

A bootstrap can only draw what occurred. Thirty units without a disagreement, or with one
article of a rare category, say little about how many there are in all, and resampling
them says that there are none. So the interval of a small round is drawn from its units and
a little more: pairs of codings whose weights add up to one unit, half of them agreeing and
half by chance, over the values that occur. The coefficient itself stays that of the units.

It is to intervals of agreement what Agresti and Coull's two successes and two failures are
to intervals of a share. Sources: Agresti & Coull (1998), Approximate is better than
"exact" for interval estimation of binomial proportions; Rubin (1981), The Bayesian
bootstrap; the simulation is tests/benchmarks/interval_coverage.py, its table in
docs/methods.md.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mediacoding.stats.patterns import Floats, Patterns

UNITS = 1.0  # what the pseudo-units add up to
AGREEING = 0.5  # their share that agrees
EVENLY = 0.5  # how far their values go from those of the ratings to all alike
#: Where a thousand units were drawn one more changes nothing, and with many values there
#: are too many pairs; but then no single category decides.
MOST_UNITS = 1_000
MOST_VALUES = 40


def are_needed(patterns: Patterns) -> bool:
    return patterns.n_units <= MOST_UNITS and 2 <= len(patterns.values) <= MOST_VALUES


def with_pseudo_units(patterns: Patterns) -> tuple[Patterns, Floats]:
    """Pairable patterns followed by all pairs of their values, and the pairs' weights.

    The patterns' own counts stay; those of the pairs are 0 in the patterns, and their
    weights, which add up to UNITS units of the usual number of codings, come apart.
    """
    many = len(patterns.values)
    marginals = patterns.marginals
    shares = (1 - EVENLY) * marginals / marginals.sum() + EVENLY / many
    first, second = np.triu_indices(many)
    weights = (1 - AGREEING) * shares[first] * shares[second]
    weights[first != second] *= 2
    weights[first == second] += AGREEING * shares
    codings = float(patterns.units @ patterns.ratings) / patterns.n_units
    pairs = np.full((len(first), patterns.codes.shape[1]), -1, dtype=np.int32)
    pairs[:, 0], pairs[:, 1] = first, second
    extended = replace(
        patterns,
        codes=np.concatenate([patterns.codes, pairs]),
        units=np.concatenate([patterns.units, np.zeros(len(pairs), np.int64)]),
    )
    return extended, UNITS * codings / 2 * weights
