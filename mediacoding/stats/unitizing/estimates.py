"""From sums over articles to a coefficient with its interval.

The interval draws articles, never characters: the characters of a passage are one
decision, not many, and would make every interval far too narrow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypedDict

import numpy as np

from mediacoding.stats import bootstrap
from mediacoding.stats.agreement import BOUNDS
from mediacoding.stats.result import Coefficient, NotComputable, no_uncertainty
from mediacoding.stats.totals import OfSums
from mediacoding.stats.unitizing.markings import Markings

NO_MARKS = (
    "Nobody marked a passage in the articles that two or more coders read, so there is "
    "nothing to agree on but gaps. Add articles in which passages occur."
)
ONE_MARKS = "Only one coder marked anything; the others marked nothing at all."
#: What the bootstrap calls units are articles here.
OF_ARTICLES = {
    bootstrap.ONE_UNIT: "Only one article brings any variation, and an interval draws "
    "articles, so how certain the coefficient is cannot be told. Let two coders read "
    "more articles.",
    bootstrap.FEW: "Fewer than 20 articles were read by two or more coders, so the "
    "interval is rough.",
    no_uncertainty(1.0): "All coders agree wherever this coefficient looks, so these "
    "articles show no uncertainty.",
    no_uncertainty(0.0): "All articles show the same disagreement, so they show no "
    "uncertainty.",
}


class Interval(TypedDict, total=False):
    """Which interval a coefficient gets, and how.

    `interval` is default, bca, percentile or jackknife, as in `bootstrap.uncertainty`, or
    None for none; `bounds`: for each, the share of replicates below it; `replicates` and
    `seed`: how many samples of the articles, and their seed.
    """

    interval: str | None
    bounds: Sequence[float]
    replicates: int
    seed: int


def estimate(
    name: str,
    markings: Markings,
    statistic_of: Callable[[], OfSums],
    how: Interval,
    *,
    lowest: float = bootstrap.LOWEST,
) -> Coefficient:
    """The coefficient of the articles that two or more coders read, with its interval.

    `statistic_of` makes the statistic, one row of its table a pairable article, or
    raises NotComputable with the reason. `lowest` is what the coefficient cannot be below.
    """
    base = _base(markings)
    try:
        _refuse_unpaired(markings)
        statistic = statistic_of()
    except NotComputable as why:
        return Coefficient(name, reason=str(why), **base)
    # Equal articles are one pattern; so the order of the articles changes nothing.
    table, units = np.unique(statistic.table, axis=0, return_counts=True)
    statistic = replace(statistic, table=table)
    value = float(statistic(units[None, :].astype(float))[0])
    found = Coefficient(name, value, warnings=_notes(markings), **base)
    method = how.get("interval", "default")
    if method is None:
        return found
    seed = how.get("seed", 0)
    known = bootstrap.uncertainty(
        statistic,
        units,
        value,
        method=method,
        bounds=how.get("bounds", BOUNDS),
        replicates=how.get("replicates", bootstrap.REPLICATES),
        seed=seed,
        confidence=found.confidence,
    )
    interval = known.interval
    if interval is not None:
        interval = (max(lowest, interval[0]), interval[1])
    notes = tuple(OF_ARTICLES.get(note, note) for note in known.warnings)
    return replace(
        found,
        interval=interval,
        se=known.se,
        method=known.method,
        replicates=known.replicates,
        lost=known.lost,
        seed=seed if known.replicates else None,
        below=known.below,
        warnings=notes + found.warnings,
    )


class Base(TypedDict):
    """What a coefficient rests on; its units are articles."""

    n_units: int
    n_pairable: int
    n_coders: int
    n_values: int


def _base(markings: Markings) -> Base:
    return {
        "n_units": int(markings.read.any(axis=1).sum()),
        "n_pairable": int(markings.pairable.sum()),
        "n_coders": int(markings.read.any(axis=0).sum()),
        "n_values": len(np.unique(markings.value[markings.counted])),
    }


def _refuse_unpaired(markings: Markings) -> None:
    if markings.pairable.any():
        return
    if markings.read.any(axis=0).sum() == 1:
        raise NotComputable(
            "Only one coder read these articles; agreement needs two or more."
        )
    raise NotComputable("No article was read by two or more coders.")


def _notes(markings: Markings) -> tuple[str, ...]:
    marked = np.unique(markings.coder[markings.counted])
    return (ONE_MARKS,) if len(marked) == 1 else ()
