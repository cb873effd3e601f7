"""How the units of a reliability sample were drawn, for the bootstrap and the jackknife.

A simple random sample is resampled unit by unit. Where whole issues were drawn, issues are
resampled (clusters); where every outlet was drawn from apart, each is resampled apart
(strata). The statistic does not change, only what could have come out otherwise.

Sources: Davison & Hinkley (1997), Bootstrap methods and their application, ch. 3.2 and 3.8;
Shao & Tu (1995), The jackknife and bootstrap, ch. 6.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from mediacoding.stats.patterns import Floats

MOST_CELLS = 1 << 21  # of a block of samples
FREQUENT = (
    20  # groups of a kind, above which one binomial draw costs less than drawing each
)


class Statistic(Protocol):
    """A coefficient as a function of how many units show each pattern."""

    def __call__(self, weights: Floats) -> Floats:
        """The value for each weighting, (weightings, patterns) -> (weightings,).

        NaN where nothing varies.
        """
        ...

    def without_one(self, units: Floats) -> Floats:
        """The value without one unit of each pattern, (patterns,) -> (patterns,).

        NaN where nothing varies without it.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Stratum:
    """What was drawn apart from the rest: `times` (kinds,) how often each kind of group.

    `rows` (kinds, patterns) says how many units of each pattern a group of the kind holds;
    None where every unit is a group of its own and the kinds are the patterns.
    """

    times: Floats
    rows: Floats | None = None

    @property
    def groups(self) -> float:
        return float(self.times.sum())

    def sampled(self, drawn: Floats) -> Floats:
        """Weights of the patterns from how often each kind was drawn (samples, kinds)."""
        return drawn if self.rows is None else drawn @ self.rows

    def without_one(self, statistic: Statistic, units: Floats) -> Floats:
        """The statistic without one group of each kind, (kinds,)."""
        if self.rows is None:
            return statistic.without_one(units)
        left = np.empty(len(self.rows))
        size = max(1, MOST_CELLS // len(units))
        for start in range(0, len(left), size):
            some = slice(start, start + size)
            left[some] = statistic(units - self.rows[some])
        return left


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """The strata of a sample; one of them unless it was stratified."""

    strata: tuple[Stratum, ...]

    @property
    def groups(self) -> float:
        """How many units, or clusters, were drawn."""
        return sum(stratum.groups for stratum in self.strata)

    @property
    def degrees(self) -> float:
        """Degrees of freedom of its variance."""
        return self.groups - len(self.strata)

    @property
    def units(self) -> Floats:
        """(patterns,) how many units show each pattern in all."""
        return np.sum(
            [stratum.sampled(stratum.times) for stratum in self.strata], axis=0
        )

    def samples(self, replicates: int, seed: int) -> Iterator[Floats]:
        """Samples of the groups with replacement, each stratum apart, as weights.

        Yields blocks (some, patterns). The same design and seed give the same samples.
        """
        chance = np.random.default_rng(seed)
        widest = max(
            max(
                s.times.size,
                0 if s.rows is None else s.rows.shape[1],
                round(s.times[s.times <= FREQUENT].sum()),
            )
            for s in self.strata
        )
        rows = max(1, MOST_CELLS // widest)
        for start in range(0, replicates, rows):
            size = min(rows, replicates - start)
            block: Floats | float = 0.0
            for stratum in self.strata:
                block = block + stratum.sampled(_drawn(stratum, size, chance))
            assert isinstance(block, np.ndarray)
            yield block


def _drawn(stratum: Stratum, size: int, chance: np.random.Generator) -> Floats:
    """(size, kinds) how often each kind of group comes up in a sample of the stratum.

    A multinomial sample in parts: a binomial draw for each frequent kind costs as much as
    twenty single groups, so rare kinds are drawn group by group, and kinds that weigh less
    than a group (pseudo-units) by where a random number falls.
    """
    times, n = stratum.times, round(stratum.groups)
    whole = times == np.rint(times)
    frequent = np.flatnonzero(whole & (times > FREQUENT))
    rare = np.flatnonzero(whole & (times <= FREQUENT) & (times > 0))
    parts = np.flatnonzero(~whole)
    chances = [*times[frequent], times[rare].sum(), times[parts].sum()]
    split = chance.multinomial(n, np.array(chances) / times.sum(), size=size)
    counts = np.zeros((size, len(times)))
    counts[:, frequent] = split[:, :-2]
    if len(rare):
        kind = np.repeat(rare, times[rare].astype(int))
        many = int(split[:, -2].sum())
        _add(counts, split[:, -2], kind[chance.integers(0, len(kind), many)])
    if len(parts):
        ends = np.cumsum(times[parts])
        fallen = np.searchsorted(
            ends, chance.random(int(split[:, -1].sum())) * ends[-1]
        )
        _add(counts, split[:, -1], parts[np.minimum(fallen, len(parts) - 1)])
    return counts


def _add(counts: Floats, split: npt.NDArray[np.integer], kinds: npt.NDArray) -> None:
    """Count the kinds drawn, of which `split` (samples,) belong to each sample in turn."""
    size, many = counts.shape
    cell = np.repeat(np.arange(size) * many, split) + kinds
    counts += np.bincount(cell, minlength=size * many).reshape(size, many)


def simple(units: npt.NDArray) -> Design:
    """Every unit drawn by itself; `units` (patterns,) how many show each pattern."""
    return Design((Stratum(units.astype(float)),))


def grouped(
    index: npt.NDArray[np.integer],
    many: int,
    *,
    clusters: npt.NDArray | None = None,
    strata: npt.NDArray | None = None,
) -> Design:
    """The design of units whose pattern (of `many`) stands at `index` (units,).

    -1 leaves a unit out. `clusters` (units,) names the group that was drawn with all its
    units, `strata` (units,) what was drawn apart. A cluster belongs to one stratum; the
    same name in two strata is two clusters.

    Raises ValueError where the lengths differ, and where a stratum shows one group only,
    which cannot show how much groups differ.
    """
    import pandas as pd

    for named, names in (("clusters", clusters), ("strata", strata)):
        if names is not None and len(names) != len(index):
            raise ValueError(
                f"There are {len(index)} units, but {len(names)} names of {named}."
            )
    kept = index >= 0
    index = index[kept]
    of = np.zeros(len(index), int)
    if strata is not None:
        of = pd.factorize(np.asarray(strata)[kept])[0]
        if (of < 0).any():
            raise ValueError("Some units have no stratum.")
    cluster = None
    if clusters is not None:
        cluster = pd.factorize(np.asarray(clusters)[kept])[0]
        if (cluster < 0).any():
            raise ValueError("Some units have no cluster.")
    found = []
    for stratum in range(int(of.max(initial=-1)) + 1):
        inside = of == stratum
        if cluster is None:
            times = np.bincount(index[inside], minlength=many).astype(float)
            found.append(Stratum(times))
        else:
            _names, group = np.unique(cluster[inside], return_inverse=True)
            rows = np.zeros((int(group.max()) + 1, many))
            np.add.at(rows, (group, index[inside]), 1)
            kinds, times = np.unique(rows, axis=0, return_counts=True)
            found.append(Stratum(times.astype(float), kinds))
        if found[-1].groups < 2:
            raise ValueError(
                "A stratum has only one unit or cluster, which cannot show how much they "
                "differ. Merge it with another."
            )
    return Design(tuple(found))
