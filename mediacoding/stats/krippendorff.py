"""Krippendorff's alpha with its interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mediacoding.stats import bootstrap, kalpha, linearise, pseudo
from mediacoding.stats.alpha import alpha_statistic
from mediacoding.stats.design import Design, Statistic, Stratum, grouped, simple
from mediacoding.stats.distances import between
from mediacoding.stats.patterns import Floats, Patterns, indexed
from mediacoding.stats.ratings import Ratings, base_of, patterns_of
from mediacoding.stats.result import Coefficient, NotComputable, no_uncertainty
from mediacoding.stats.sets import masi_distances

#: Krippendorff's (2019, ch. 12) limits: for tentative conclusions, and for firm ones.
BOUNDS = (0.667, 0.8)
#: Krippendorff's own bootstraps, by the name of the interval.
OWN = {
    "kalpha": "KALPHA-compatible",
    "kalpha2007": "Hayes & Krippendorff 2007",
    "krippendorff2016": "Krippendorff 2016",
}
INTERVALS = (*bootstrap.METHODS, "linearised", *OWN)
NO_VARIATION = (
    "Every pairable value is the same, so agreement by chance is certain and "
    "alpha is undefined. Add units in which the variable varies."
)
NEARLY_ALL = "One value holds more than 95 percent of the codings, so a few units decide the coefficient."
PERFECT = (
    "All coders agree everywhere, so the interval rests on how many units there are, "
    "not on how they differ."
)
TOO_NARROW = (
    "This interval takes the pairs of a unit as independent and is too narrow; it is "
    "given for comparison with other studies."
)


def krippendorff_alpha(
    ratings: Ratings,
    *,
    level: str,
    distances: npt.ArrayLike | None = None,
    steps: float | None = None,
    ends: tuple[float, float] | None = None,
    interval: str | None = "default",
    bounds: Sequence[float] = BOUNDS,
    replicates: int = bootstrap.REPLICATES,
    seed: int = 0,
    clusters: npt.ArrayLike | None = None,
    strata: npt.ArrayLike | None = None,
) -> Coefficient:
    """Krippendorff's alpha: 1 - observed / expected disagreement.

    Parameters
    ----------
    ratings : array_like, shape (units, coders), or Patterns
        Numbers, labels or frozensets; NaN or None where a coder did not code a unit. Units
        with fewer than two values are left out, as alpha prescribes.
    level : {"nominal", "ordinal", "interval", "ratio", "circular", "bipolar", "sets",
        "distances"}
        Level of measurement: how far apart two values are. Ordinal values are numbers in
        their order. Sets are answers to a multiple choice, MASI their distance.
    distances : array_like, shape (values, values)
        Between the patterns' values in their order, used as they are: for sets other than
        MASI (stats.sets has Jaccard and Dice), or for any values at the level "distances".
    steps : how many equal steps the circle has, for circular: 7 for weekdays.
    ends : the two ends of the scale, for bipolar: the codebook's, not the data's.
    interval : which 95 % interval, or None for none
        "default", "bca", "percentile", "jackknife" as `bootstrap.uncertainty` has them;
        "linearised" Gwet's closed form (not ordinal, whose distances depend on the data);
        "kalpha" the bootstrap of the KALPHA macro, "kalpha2007" that of Hayes and
        Krippendorff (2007) and "krippendorff2016" that of Krippendorff (2016), all for
        comparison only: they are too narrow.
    bounds : for each, the share of replicates below it.
    replicates, seed : how many bootstrap samples of the units, and their seed.
    clusters : shape (units,), with a table: what was drawn with all its units, the issues
        of a newspaper. They are resampled then, not the units.
    strata : shape (units,), with a table: what was drawn apart, each outlet. Each is
        resampled apart.

    Returns
    -------
    Coefficient
        `value` is at most 1; 0 means chance agreement, below 0 systematic disagreement.
        Undefined without pairable units, or when every pairable value is the same
        (expected disagreement is 0 and alpha is 0/0), or where values do not fit the level.

    Raises RatingsRefused if the ratings are no table, and ValueError for clusters or strata
    that do not fit it.

    References
    ----------
    Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability.
    Krippendorff, K. (2019). Content analysis, 4th ed., ch. 12. Passonneau, R. (2006).
    Measuring agreement on set-valued items (MASI).
    Published values: fixtures/agreement/values.json.
    """
    if interval is not None and interval not in INTERVALS:
        raise ValueError(
            f"There is no interval “{interval}”: it is one of {INTERVALS}."
        )
    name = f"Krippendorff's alpha, {level}"
    scale = Scale(level, distances, steps, ends)
    try:
        drawn = _drawn(ratings, clusters, strata)
    except NotComputable as why:
        return Coefficient(name, reason=str(why), level=level)
    base = {**base_of(drawn.rated), "level": level}
    try:
        patterns = drawn.pairable
        statistic, value = _alpha(drawn.rated, patterns, scale)
    except NotComputable as why:
        return Coefficient(name, reason=str(why), **base)
    found = Coefficient(name, value, warnings=tuple(_notes(patterns)), **base)
    if interval is None:
        return found
    if interval == "linearised":
        return _linearised(found, statistic, patterns)
    if interval in OWN:
        return _too_narrow(
            found, interval, scale, drawn.rated, patterns, bounds, replicates, seed
        )
    design = drawn.design()
    smoothed = None
    if interval == "default" and clusters is None and pseudo.are_needed(patterns):
        smoothed = _smoothed(drawn.rated, patterns, scale, design)
    known = bootstrap.uncertainty(
        statistic,
        patterns.units,
        value,
        method=interval,
        bounds=bounds,
        replicates=replicates,
        seed=seed,
        confidence=found.confidence,
        design=design,
        smoothed=smoothed,
    )
    notes = known.warnings
    if smoothed is not None and known.interval and value >= 1 - 1e-12:
        notes = (PERFECT, *notes)
    return replace(
        found,
        interval=known.interval,
        se=known.se,
        method=known.method,
        replicates=known.replicates,
        lost=known.lost,
        seed=seed if known.replicates else None,
        below=known.below,
        warnings=notes + found.warnings,
    )


@dataclass(frozen=True, slots=True)
class Scale:
    """How far apart values are: the level with what it needs."""

    level: str
    distances: npt.ArrayLike | None = None
    steps: float | None = None
    ends: tuple[float, float] | None = None

    def statistic(self, rated: Patterns, patterns: Patterns) -> Statistic:
        """Alpha of pairable patterns of `rated`, as a function of their weights."""
        distances = self.distances
        if self.level in ("sets", "distances"):
            distances = _set_distances(self, rated, patterns)
        return alpha_statistic(
            patterns,
            "sets" if self.level == "distances" else self.level,
            distances=distances,
            steps=self.steps,
            ends=self.ends,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Ratings with how their units were drawn."""

    rated: Patterns
    pairable: Patterns
    index: npt.NDArray[np.integer] | None = (
        None  # (units,) the pairable pattern of each
    )
    clusters: npt.NDArray | None = None
    strata: npt.NDArray | None = None

    def design(self) -> Design:
        if self.index is None:
            return simple(self.pairable.units)
        return grouped(
            self.index,
            len(self.pairable.codes),
            clusters=self.clusters,
            strata=self.strata,
        )


def _drawn(
    ratings: Ratings, clusters: npt.ArrayLike | None, strata: npt.ArrayLike | None
) -> Drawn:
    if clusters is None and strata is None:
        rated = patterns_of(ratings)
        return Drawn(rated, rated.pairable().regardless_of_coders())
    if isinstance(ratings, Patterns):
        raise ValueError("Clusters and strata are of units: give the table of ratings.")
    rated, index = indexed(ratings)
    pairable = rated.ratings >= 2
    places = np.append(np.where(pairable, np.cumsum(pairable) - 1, -1), -1)
    return Drawn(
        rated,
        rated.pairable(),
        places[index],
        None if clusters is None else np.asarray(clusters),
        None if strata is None else np.asarray(strata),
    )


def _alpha(
    rated: Patterns, patterns: Patterns, scale: Scale
) -> tuple[Statistic, float]:
    if len(patterns.values) < 2:
        raise NotComputable(NO_VARIATION)
    statistic = scale.statistic(rated, patterns)
    value = float(statistic(patterns.units[None, :].astype(float))[0])
    if np.isnan(value):  # different values without a distance between them
        raise NotComputable(NO_VARIATION)
    return statistic, value


def _smoothed(
    rated: Patterns, patterns: Patterns, scale: Scale, design: Design
) -> bootstrap.Smoothed:
    """The same alpha on the units and pseudo-units, which every stratum has its part of."""
    extended, weights = pseudo.with_pseudo_units(patterns)
    strata = tuple(
        Stratum(
            np.concatenate([stratum.times, weights * (stratum.groups / design.groups)])
        )
        for stratum in design.strata
    )
    return bootstrap.Smoothed(scale.statistic(rated, extended), Design(strata))


def _linearised(
    found: Coefficient, statistic: Statistic, patterns: Patterns
) -> Coefficient:
    assert found.value is not None
    try:
        se, interval = linearise.alpha(statistic, patterns, found.n_units)
    except NotComputable as why:
        return replace(found, warnings=(str(why), *found.warnings))
    if se is None:
        note = no_uncertainty(found.value)
        return replace(found, warnings=(note, *found.warnings))
    return replace(found, se=se, interval=interval, method="linearised t")


def _too_narrow(
    found: Coefficient,
    method: str,
    scale: Scale,
    rated: Patterns,
    patterns: Patterns,
    bounds: Sequence[float],
    replicates: int,
    seed: int,
) -> Coefficient:
    assert found.value is not None
    if found.value >= 1 - 1e-12:
        return replace(found, warnings=(no_uncertainty(1.0), *found.warnings))
    pairs = kalpha.pairs_of(patterns, _between(scale, rated, patterns), found.value)
    how = {"replicates": replicates, "seed": seed}
    if method == "krippendorff2016":
        drawn = kalpha.krippendorff_2016(pairs, patterns, **how)
    else:
        draws = int(pairs.observed.sum()) if method == "kalpha2007" else None
        drawn = kalpha.kalpha(pairs, found.n_coders, draws=draws, **how)
    return replace(
        found,
        interval=kalpha.percentiles(drawn, found.confidence),
        method=OWN[method],
        replicates=replicates,
        seed=seed,
        below={bound: float((drawn < bound).mean()) for bound in bounds},
        warnings=(TOO_NARROW, *found.warnings),
    )


def _between(
    scale: Scale, rated: Patterns, patterns: Patterns
) -> Callable[[np.ndarray, np.ndarray], Floats]:
    """Squared distances between places in the patterns' values, element by element."""
    distances = None
    if scale.level in ("sets", "distances"):
        distances = np.asarray(_set_distances(scale, rated, patterns), float)
    return between(
        patterns, scale.level, distances=distances, steps=scale.steps, ends=scale.ends
    )


def _set_distances(scale: Scale, whole: Patterns, patterns: Patterns) -> npt.ArrayLike:
    """The distances between the sets that pairable units show."""
    if scale.distances is None:
        if scale.level == "distances":
            raise ValueError("The level “distances” needs the distances.")
        if not all(isinstance(value, frozenset) for value in patterns.values):
            raise NotComputable(
                "Some values are not sets of options. Give every answer to a multiple "
                "choice as a frozenset, the empty one too."
            )
        return masi_distances(list(patterns.values))
    codes = whole.codes[whole.ratings >= 2]
    seen = np.unique(codes[codes >= 0])
    return np.asarray(scale.distances, float)[np.ix_(seen, seen)]


def _notes(patterns: Patterns) -> Any:
    marginals = patterns.marginals
    if marginals.max() / marginals.sum() > 0.95:
        yield NEARLY_ALL
