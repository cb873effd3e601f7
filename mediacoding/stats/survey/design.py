"""How a sample of the press was drawn: weights, strata, clusters, constructed weeks.

A sample of issues is one of clusters: articles of one issue resemble each other, and a
hundred articles of two issues tell less of the press than a hundred of fifty.

Sources: Kish, L. (1965), Survey sampling; Lohr, S. (2019), Sampling: design and analysis,
2nd ed., ch. 3, 5 and 9; Korn & Graubard (1999), Analysis of health surveys; Valliant & Rust
(2010), Degrees of freedom approximations and rules-of-thumb; Riffe, Aust & Lacy (1993), The effectiveness of random,
consecutive day and constructed week sampling in newspaper content analysis.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mediacoding.stats.patterns import Floats, Integers
from mediacoding.stats.survey.result import (
    CENSUS,
    LONELY,
    ONE_CLUSTER,
    ONE_EACH,
    ONE_REPLICATE,
    ONE_UNIT,
    NoVariance,
)

#: What to do with a stratum of one cluster that is not certain to be in the sample.
LONELY_STRATA = ("refuse", "centre")
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class SurveyDesign:
    """A sample: what each row stands for, and what was drawn together and apart.

    `weights` and `times` (rows,); `cluster` (rows,) in 0..clusters-1, `stratum`
    (clusters,) in 0..strata-1; `drawn` and `fraction` (strata,): clusters drawn, and the
    share that they are of the frame's, 0 where the frame is large or not known.
    """

    weights: Floats
    times: Floats
    cluster: Integers
    stratum: Integers
    drawn: Floats
    fraction: Floats
    lonely: str
    is_weighted: bool
    is_clustered: bool
    are_replicates: bool

    @property
    def rows(self) -> int:
        return len(self.weights)

    @property
    def is_simple(self) -> bool:
        """Equal weights, no clusters, one stratum, a large frame: independent units."""
        return (
            not self.is_clustered
            and len(self.drawn) == 1
            and not self.fraction.any()
            and float(np.ptp(self.weights)) <= ROUNDING * float(self.weights.max())
        )

    @property
    def is_census(self) -> bool:
        return self.rows > 0 and bool((self.fraction >= 1).all())


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """Covariance (estimates, estimates) of estimates, and what it rests on.

    `nominal` degrees of freedom are clusters - strata; `degrees` (estimates,) are those of
    each estimate, never more.
    """

    covariance: Floats
    clusters: int
    strata: int
    nominal: int
    degrees: Floats
    has_lonely: bool


def survey_design(
    units: int,
    *,
    weights: npt.ArrayLike | None = None,
    strata: Sequence[Hashable] | npt.NDArray[Any] | None = None,
    clusters: Sequence[Hashable] | npt.NDArray[Any] | None = None,
    replicates: Sequence[Hashable] | npt.NDArray[Any] | None = None,
    drawn: Mapping[Hashable, int] | int | None = None,
    population: Mapping[Hashable, int] | int | None = None,
    times: npt.ArrayLike | None = None,
    lonely: str = "refuse",
) -> SurveyDesign:
    """The design of a sample, by which estimates know how certain they are.

    Parameters
    ----------
    units : rows of the data; every array below has shape (units,).
    weights : how many units of the frame each stands for, 1 / its probability. None:
        all alike. They are not rescaled; shares and means do not depend on their scale.
    strata : what was drawn apart, such as outlet or weekday.
    clusters : what was drawn with its units, such as the issue; the same name in two
        strata is two clusters. None: every unit was drawn by itself.
    replicates : the constructed week of each unit, each drawn in the same way and by
        itself. They are then the clusters, whatever is inside them, and weekdays are no
        strata. With two or more of each weekday, weekdays as `strata` and days as
        `clusters` say more: 7 (weeks - 1) degrees of freedom in place of weeks - 1.
    drawn : clusters (units if there are none) drawn, by stratum or in all where there are
        no strata; for clusters that hold no unit, such as an issue without an article on
        the topic. None: those that occur.
    population : how many the frame holds, likewise. None: so many that it is no matter.
        Right where clusters were coded whole; leave it out where units were drawn inside.
    times : where a row stands for several units alike of one cluster, how many.
    lonely : what a stratum of one cluster does, that is not all the frame holds of it:
        "refuse" an interval, or "centre": its distance from the whole sample's mean counts.

    Raises ValueError where lengths differ, a name is missing, weights are negative or not
    finite, more clusters occur than were drawn, or more were drawn than the frame holds.
    """
    if replicates is not None and (strata is not None or clusters is not None):
        raise ValueError(
            "Constructed weeks are either replicates, or their weekdays are strata and "
            "their days clusters; not both."
        )
    if lonely not in LONELY_STRATA:
        raise ValueError(f"A lonely stratum is one of {', '.join(LONELY_STRATA)}.")
    if times is not None and clusters is None and replicates is None:
        raise ValueError("Rows that stand for several units need their cluster.")
    named = clusters if replicates is None else replicates
    weight = _figures(weights, units, "weights")
    of_stratum, names = _codes(strata, units, "stratum")
    of_cluster, stratum = _clusters(named, units, of_stratum)
    occur = np.bincount(stratum, minlength=len(names)).astype(float)
    found = _by_stratum(drawn, names, strata is not None, "drawn")
    held = _by_stratum(population, names, strata is not None, "population")
    whole = occur if found is None else found
    if (whole < occur).any():
        raise ValueError("More clusters or units occur in a stratum than were drawn.")
    if held is not None and (held < whole).any():
        raise ValueError("More clusters or units were drawn than the frame holds.")
    return SurveyDesign(
        weights=weight,
        times=_figures(times, units, "times"),
        cluster=of_cluster,
        stratum=stratum,
        drawn=whole,
        fraction=np.zeros(len(names)) if held is None else whole / held,
        lonely=lonely,
        is_weighted=weights is not None,
        is_clustered=named is not None,
        are_replicates=replicates is not None,
    )


def spread(design: SurveyDesign, clusters: Integers, totals: Floats) -> Spread:
    """Covariance of estimates from the sums of their linearised values by cluster.

    sum_h (1 - f_h) n_h / (n_h - 1) sum_c (t_hc - mean_h)(t_hc - mean_h)', with n_h the
    clusters drawn in stratum h, also those that hold none of these units (t = 0).

    `clusters` (some,) are those that hold such units, each once; `totals` (some,
    estimates). Degrees of freedom are clusters - strata among those that hold such units,
    certain strata left out (Korn & Graubard 1999, ch. 5), or Satterthwaite's (sum_h v_h)^2
    / sum_h v_h^2 / (n_h - 1) where that is less: a variance that comes from two strata of
    three clusters is no better known for twenty other strata (Valliant & Rust 2010).

    Raises NoVariance.
    """
    stratum = design.stratum[clusters]
    here = np.bincount(stratum, minlength=len(design.drawn))
    n, certain = design.drawn, design.fraction >= 1
    _refuse_without_variance(design, here, certain)
    alone = (n == 1) & ~certain
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(alone, 1.0, n / (n - 1)) * (1 - design.fraction)
    factor[certain | (here == 0)] = 0.0
    # The mean is that of the stratum, and 0 for a cluster alone: that of the whole sample.
    shrink = np.where(alone, 0.0, 1 / np.maximum(n, 1))
    sums, squares = (_by_column(stratum, one, len(n)) for one in (totals, totals**2))
    raw = (totals * factor[stratum, None]).T @ totals
    covariance = raw - (sums * (factor * shrink)[:, None]).T @ sums
    # What is left of a subtraction of equals is rounding.
    size = np.sqrt(np.outer(np.diag(raw), np.diag(raw)))
    covariance = np.where(np.abs(covariance) <= ROUNDING * size, 0.0, covariance)
    there = (here > 0) & ~certain
    has_lonely = bool((alone & there).any())
    nominal = int(here[there].sum() - there.sum())
    if has_lonely:  # centred, each of them gives its distance from the mean
        nominal = max(nominal, int(here[there].sum()) - 1)
    if nominal < 1:
        alone_in_all = not design.is_clustered and here.sum() == 1
        raise NoVariance(ONE_UNIT if alone_in_all else ONE_EACH)
    by_stratum = factor[:, None] * np.maximum(0, squares - sums**2 * shrink[:, None])
    return Spread(
        covariance,
        len(clusters),
        int((here > 0).sum()),
        nominal,
        _degrees(by_stratum, np.maximum(n - 1, 1), nominal),
        has_lonely,
    )


def independent(shares: Floats, units: int) -> Spread:
    """Covariance of shares of independent units: (diag p - p p') / (n - 1)."""
    degrees = max(1, units - 1)
    covariance = (np.diag(shares) - np.outer(shares, shares)) / degrees
    each = np.full(len(shares), float(degrees))
    return Spread(covariance, units, 1, degrees, each, False)


def _by_column(stratum: Integers, columns: Floats, many: int) -> Floats:
    """Sums (strata, k) of columns (clusters, k)."""
    if many == 1:
        return columns.sum(axis=0, keepdims=True)
    sums = np.empty((many, columns.shape[1]))
    for column in range(columns.shape[1]):
        sums[:, column] = np.bincount(stratum, columns[:, column], many)
    return sums


def _degrees(by_stratum: Floats, own: Floats, nominal: int) -> Floats:
    """Satterthwaite's degrees of freedom of each estimate, from 1 to the nominal ones."""
    below = (by_stratum**2 / own[:, None]).sum(axis=0)
    found = np.full(by_stratum.shape[1], float(nominal))
    np.divide(by_stratum.sum(axis=0) ** 2, below, out=found, where=below > 0)
    return np.clip(found, 1.0, float(nominal))


def sums_by_cluster(
    design: SurveyDesign, at: Integers, columns: Floats
) -> tuple[Integers, Floats]:
    """Clusters of the rows `at`, and the sums of `columns` (rows, k) in each (clusters, k)."""
    if not design.is_clustered:
        return design.cluster[at], columns
    seen, place = np.unique(design.cluster[at], return_inverse=True)
    sums = np.empty((len(seen), columns.shape[1]))
    for column in range(columns.shape[1]):
        sums[:, column] = np.bincount(place, columns[:, column], len(seen))
    return seen, sums


def _refuse_without_variance(
    design: SurveyDesign, here: Integers, certain: npt.NDArray[np.bool_]
) -> None:
    if certain[here > 0].all():
        raise NoVariance(CENSUS)
    if here.sum() == 1 and design.drawn[here > 0].sum() == 1:
        if design.are_replicates:
            raise NoVariance(ONE_REPLICATE)
        raise NoVariance(ONE_CLUSTER if design.is_clustered else ONE_UNIT)
    alone = (design.drawn == 1) & (here > 0) & ~certain
    if alone.any() and (design.lonely == "refuse" or here.sum() == 1):
        raise NoVariance(LONELY)


def _figures(given: npt.ArrayLike | None, units: int, what: str) -> Floats:
    if given is None:
        return np.ones(units)
    figures = np.asarray(given, dtype=float)
    if figures.shape != (units,):
        raise ValueError(f"There are {units} rows, but {what} {figures.shape}.")
    if not np.isfinite(figures).all() or (figures < 0).any():
        raise ValueError(f"Some {what} are negative or not known.")
    return figures


def _codes(
    names: Sequence[Hashable] | npt.NDArray[Any] | None, units: int, what: str
) -> tuple[Integers, tuple[Hashable, ...]]:
    """Each row's number of its name, and the names in order of appearance."""
    if names is None:
        return np.zeros(units, dtype=np.int64), ("",)
    listed = names.tolist() if isinstance(names, np.ndarray) else list(names)
    if len(listed) != units:
        raise ValueError(f"There are {units} rows, but {len(listed)} of {what}.")
    places: dict[Hashable, int] = {}
    codes = [places.setdefault(name, len(places)) for name in listed]
    if any(name is None or name != name for name in places):
        raise ValueError(f"Some rows have no {what}.")
    return np.array(codes, dtype=np.int64), tuple(places)


def _clusters(
    names: Sequence[Hashable] | npt.NDArray[Any] | None,
    units: int,
    of_stratum: Integers,
) -> tuple[Integers, Integers]:
    """Each row's cluster, and each cluster's stratum."""
    if names is None:
        return np.arange(units), of_stratum
    codes, found = _codes(names, units, "cluster")
    both = of_stratum * len(found) + codes
    keys, cluster = np.unique(both, return_inverse=True)
    return cluster, keys // max(1, len(found))


def _by_stratum(
    given: Mapping[Hashable, int] | int | None,
    names: tuple[Hashable, ...],
    has_strata: bool,
    what: str,
) -> Floats | None:
    """One number a stratum, in the order of `names`; those of other strata are left out."""
    if given is None:
        return None
    if isinstance(given, Mapping) != has_strata:
        raise ValueError(
            f"Give {what} by stratum where there are strata, else one number."
        )
    if not isinstance(given, Mapping):
        return np.array([float(given)])
    if missing := [name for name in names if name not in given]:
        raise ValueError(f"The stratum {missing[0]!r} has no number in {what}.")
    return np.array([float(given[name]) for name in names])
