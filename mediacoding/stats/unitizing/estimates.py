"""From sums over articles to a coefficient with its interval.

The interval draws articles, never characters: the characters of a passage are one
decision, not many, and would make every interval far too narrow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypedDict

import numpy as np

from mediacoding.stats import bootstrap
from mediacoding.stats.agreement import BOUNDS
from mediacoding.stats.patterns import Floats
from mediacoding.stats.result import Coefficient, NotComputable, no_uncertainty
from mediacoding.stats.unitizing.markings import Markings

NO_MARKS = (
    "Nobody marked a passage in the articles that two or more coders read, so there is "
    "nothing to agree on but gaps. Add articles in which passages occur."
)
ONE_MARKS = "Only one coder marked anything; the others marked nothing at all."
#: What the bootstrap calls units are articles here.
OF_DOCUMENTS = {
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


@dataclass(frozen=True, slots=True, eq=False)
class OfSums:
    """A coefficient of sums over articles, as a function of the articles' weights.

    `table` (articles, sums), nothing in it negative; `of` gives the coefficients of
    several totals, (several, sums) -> (several,), NaN where undefined.
    """

    table: Floats
    of: Callable[[Floats], Floats]

    def __call__(self, weights: Floats) -> Floats:
        return self.of(weights @ self.table)

    def without_one(self, units: Floats) -> Floats:
        """The value without one of each article.

        What comes before and after an article is added up: subtracting it from the total
        would leave traces of rounding where nothing is left.
        """
        rows, nothing = self.table * units[:, None], np.zeros((1, self.table.shape[1]))
        before = np.concatenate([nothing, rows[:-1].cumsum(axis=0)])
        after = np.concatenate([rows[:0:-1].cumsum(axis=0)[::-1], nothing])
        return self.of(before + after + self.table * (units - 1)[:, None])


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
    notes = tuple(OF_DOCUMENTS.get(note, note) for note in known.warnings)
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
