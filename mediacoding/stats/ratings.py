"""What every coefficient does first: read the ratings, and say what it rests on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy.typing as npt

from mediacoding.stats import gwet
from mediacoding.stats.patterns import Patterns, from_table
from mediacoding.stats.result import Coefficient, NotComputable

#: A table (units, coders), or its patterns.
Ratings = npt.ArrayLike | Patterns


def patterns_of(ratings: Ratings) -> Patterns:
    return ratings if isinstance(ratings, Patterns) else from_table(ratings)


def base_of(patterns: Patterns) -> dict[str, Any]:
    """What a coefficient of these patterns rests on."""
    return {
        "n_units": patterns.n_units,
        "n_pairable": patterns.n_pairable,
        "n_coders": patterns.n_coders,
        "n_values": patterns.n_values,
    }


def linearised(
    name: str,
    ratings: Ratings,
    of: Callable[[Patterns], gwet.Linear],
    *,
    method: str = "Gwet's t",
    asks_for_coders: bool = False,
) -> Coefficient:
    """A coefficient that is linearised, with its base, its error and its t interval.

    `of` takes the patterns of all rated units, merged regardless of coders unless it
    `asks_for_coders`, and raises NotComputable where the coefficient is undefined.
    """
    try:
        patterns = patterns_of(ratings)
    except NotComputable as why:
        return Coefficient(name, reason=str(why))
    base = base_of(patterns)
    try:
        patterns.pairable()
        if asks_for_coders:
            refuse_unknown_coders(patterns)
            read = patterns
        else:
            read = patterns.regardless_of_coders()
        found = of(read)
    except NotComputable as why:
        return Coefficient(name, reason=str(why), **base)
    se, interval, warnings = gwet.t_interval(found, read.units)
    return Coefficient(
        name,
        found.value,
        interval,
        se,
        method=method if interval else "",
        warnings=warnings + found.warnings,
        **base,
    )


def refuse_unknown_coders(patterns: Patterns) -> None:
    if not patterns.knows_coders:
        raise NotComputable("These patterns do not say which coder gave which value.")
