"""Coefficients of inter-coder agreement: Krippendorff's alpha, and what stands beside it.

Each takes a ratings table or its patterns and returns one `Coefficient`: a value with its
uncertainty, or the sentence why there is none. docs/methods.md has a section on each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from mediacoding.stats import bootstrap, gwet
from mediacoding.stats.alpha import Statistic, alpha_statistic
from mediacoding.stats.distributions import NORMAL
from mediacoding.stats.patterns import Integers, Patterns, from_table
from mediacoding.stats.result import Coefficient, NotComputable, no_uncertainty
from mediacoding.stats.sets import masi_distances

Ratings = npt.ArrayLike | Patterns
#: Krippendorff's (2019, ch. 12) limits: for tentative conclusions, and for firm ones.
BOUNDS = (0.667, 0.8)
NO_VARIATION = (
    "Every pairable value is the same, so agreement by chance is certain and "
    "alpha is undefined. Add units in which the variable varies."
)
NEARLY_ALL = "One value holds more than 95 percent of the codings, so a few units decide the coefficient."


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
) -> Coefficient:
    """Krippendorff's alpha: 1 - observed / expected disagreement.

    Parameters
    ----------
    ratings : array_like, shape (units, coders), or Patterns
        Numbers, labels or frozensets; NaN or None where a coder did not code a unit. Units
        with fewer than two values are left out, as alpha prescribes.
    level : {"nominal", "ordinal", "interval", "ratio", "circular", "bipolar", "sets"}
        Level of measurement: how far apart two values are. Ordinal values are numbers in
        their order. Sets are answers to a multiple choice, MASI their distance.
    distances : array_like, shape (values, values)
        For sets: other distances than MASI between the patterns' values, used as they are.
    steps : how many equal steps the circle has, for circular: 7 for weekdays.
    ends : the two ends of the scale, for bipolar: the codebook's, not the data's.
    interval : {"default", "bca", "percentile", "jackknife"}, or None for none
        Which 95 % interval; `bootstrap.uncertainty` has the rule of the default.
    bounds : for each, the share of replicates below it.
    replicates, seed : how many bootstrap samples of the units, and their seed.

    Returns
    -------
    Coefficient
        `value` is at most 1; 0 means chance agreement, below 0 systematic disagreement.
        Undefined without pairable units, or when every pairable value is the same
        (expected disagreement is 0 and alpha is 0/0), or where values do not fit the level.

    Raises RatingsRefused if the ratings are no table.

    References
    ----------
    Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability.
    Krippendorff, K. (2019). Content analysis, 4th ed., ch. 12. Passonneau, R. (2006).
    Measuring agreement on set-valued items (MASI).
    Published values: fixtures/agreement/values.json.
    """
    name = f"Krippendorff's alpha, {level}"
    try:
        patterns = _patterns(ratings)
    except NotComputable as why:
        return Coefficient(name, reason=str(why), level=level)
    base = {**_base(patterns), "level": level}
    try:
        pairable = patterns.pairable().regardless_of_coders()
        if len(pairable.values) < 2:
            raise NotComputable(NO_VARIATION)
        if level == "sets":
            distances = _set_distances(patterns, pairable, distances)
        statistic = alpha_statistic(
            pairable, level, distances=distances, steps=steps, ends=ends
        )
        value = float(statistic(pairable.units[None, :].astype(float))[0])
        if np.isnan(value):  # different values without a distance between them
            raise NotComputable(NO_VARIATION)
    except NotComputable as why:
        return Coefficient(name, reason=str(why), **base)
    notes = tuple(_notes(pairable))
    if interval is None:
        return Coefficient(name, value, warnings=notes, **base)
    return _with_interval(
        Coefficient(name, value, warnings=notes, **base),
        statistic,
        pairable,
        method=interval,
        bounds=bounds,
        replicates=replicates,
        seed=seed,
    )


def _with_interval(
    found: Coefficient, statistic: Statistic, patterns: Patterns, **how: Any
) -> Coefficient:
    assert found.value is not None
    known = bootstrap.uncertainty(
        statistic, patterns.units, found.value, confidence=found.confidence, **how
    )
    return replace(
        found,
        interval=known.interval,
        se=known.se,
        method=known.method,
        replicates=known.replicates,
        lost=known.lost,
        seed=how["seed"] if known.replicates else None,
        below=known.below,
        warnings=known.warnings + found.warnings,
    )


def _patterns(ratings: Ratings) -> Patterns:
    return ratings if isinstance(ratings, Patterns) else from_table(ratings)


def _base(patterns: Patterns) -> dict[str, Any]:
    """What a coefficient rests on."""
    return {
        "n_units": patterns.n_units,
        "n_pairable": patterns.n_pairable,
        "n_coders": patterns.n_coders,
        "n_values": patterns.n_values,
    }


def _set_distances(
    whole: Patterns, pairable: Patterns, distances: npt.ArrayLike | None
) -> npt.ArrayLike:
    """The distances between the sets that pairable units show."""
    if distances is None:
        if not all(isinstance(value, frozenset) for value in pairable.values):
            raise NotComputable(
                "Some values are not sets of options. Give every answer to a multiple "
                "choice as a frozenset, the empty one too."
            )
        return masi_distances(list(pairable.values))
    codes = whole.codes[whole.ratings >= 2]
    seen = np.unique(codes[codes >= 0])
    return np.asarray(distances, float)[np.ix_(seen, seen)]


def _notes(patterns: Patterns):
    marginals = patterns.marginals
    if marginals.max() / marginals.sum() > 0.95:
        yield NEARLY_ALL


def percent_agreement(ratings: Ratings) -> Coefficient:
    """The chance that two coders of a unit gave it the same value.

    The mean over pairable units of sum_c n_c (n_c - 1) / (m (m - 1)): Gwet's p_a, Fleiss'
    P-bar, with Gwet's standard error and t interval. Shapes as in `krippendorff_alpha`.
    Source: Fleiss (1971), Gwet (2014).
    """

    def of(patterns: Patterns) -> gwet.Linear:
        agreeing, n_pairable = gwet.pairs_agreeing(patterns), patterns.n_pairable
        value = float(patterns.units @ agreeing / n_pairable)
        return gwet.Linear(value, agreeing * patterns.n_units / n_pairable, lowest=0.0)

    return _linearised("Percent agreement", ratings, of)


def full_agreement(ratings: Ratings) -> Coefficient:
    """The share of pairable units to which all their coders gave the same value."""
    name = "Full agreement"
    try:
        patterns = _patterns(ratings)
        pairable = patterns.pairable()
    except NotComputable as why:
        return Coefficient(name, reason=str(why))
    highest = pairable.codes.max(axis=1, keepdims=True)
    same = ((pairable.codes == highest) | (pairable.codes < 0)).all(axis=1)
    value = float(pairable.units @ same / pairable.units.sum())
    return Coefficient(name, value, **_base(patterns))


def gwet_ac(ratings: Ratings, *, categories: int | None = None) -> Coefficient:
    """Gwet's AC1, with Gwet's standard error and t interval.

    `categories` is how many the codebook defines; without it those that occur count, which
    can only make chance agreement look larger. Units with one rating count for chance
    agreement. Shapes as in `krippendorff_alpha`. Source: Gwet (2008; 2014, ch. 2-5).
    """
    return _linearised(
        "Gwet's AC1",
        ratings,
        lambda patterns: gwet.chance_corrected(patterns, gwet.ac1, categories),
    )


def brennan_prediger(ratings: Ratings, *, categories: int | None = None) -> Coefficient:
    """Brennan and Prediger's kappa: chance agreement is 1 / categories.

    `categories` as in `gwet_ac`, shapes as in `krippendorff_alpha`. For two coders also
    Bennett, Alpert and Goldstein's S. Source: Brennan & Prediger (1981), Gwet (2014).
    """
    return _linearised(
        "Brennan-Prediger",
        ratings,
        lambda patterns: gwet.chance_corrected(patterns, gwet.uniform, categories),
    )


def fleiss_kappa(ratings: Ratings) -> Coefficient:
    """Fleiss' kappa for any number of coders, with missing ratings (Gwet's form).

    Units with one rating count for chance agreement. Shapes as in `krippendorff_alpha`.
    Source: Fleiss (1971), Gwet (2014).
    """
    return _linearised(
        "Fleiss' kappa",
        ratings,
        lambda patterns: gwet.chance_corrected(patterns, gwet.pooled, None),
    )


def scott_pi(ratings: Ratings) -> Coefficient:
    """Scott's pi: for two coders, chance agreement from their pooled marginals.

    Shapes as in `krippendorff_alpha`, two coders who rated. Source: Scott (1955).
    """

    def of(patterns: Patterns) -> gwet.Linear:
        if patterns.n_coders != 2:
            raise NotComputable(
                "Scott's pi is for exactly two coders; Fleiss' kappa takes more."
            )
        return gwet.chance_corrected(patterns, gwet.pooled, None)

    return _linearised("Scott's pi", ratings, of)


def _linearised(name: str, ratings: Ratings, of) -> Coefficient:
    """A coefficient of Gwet's framework with its base, its error and its interval."""
    try:
        patterns = _patterns(ratings)
    except NotComputable as why:
        return Coefficient(name, reason=str(why))
    base = _base(patterns)
    try:
        patterns.pairable()
        merged = patterns.regardless_of_coders()
        found = of(merged)
    except NotComputable as why:
        return Coefficient(name, reason=str(why), **base)
    se, interval, warnings = gwet.t_interval(found, merged.units)
    return Coefficient(
        name,
        found.value,
        interval,
        se,
        method="Gwet's t" if interval else "",
        warnings=warnings,
        **base,
    )


def cohen_kappa(ratings: Ratings) -> Coefficient:
    """Cohen's kappa of two coders, unweighted, on the units that both coded.

    Shapes as in `krippendorff_alpha`, two coders who rated. Standard error of Fleiss,
    Cohen & Everitt (1969); Wald interval. Source: Cohen (1960).
    """
    name = "Cohen's kappa"
    try:
        patterns = _patterns(ratings)
    except NotComputable as why:
        return Coefficient(name, reason=str(why))
    base = _base(patterns)
    try:
        first, second, units = _both(patterns)
    except NotComputable as why:
        return Coefficient(name, reason=str(why), **base)
    n, many = units.sum(), len(patterns.values)
    row = np.bincount(first, units, many) / n
    column = np.bincount(second, units, many) / n
    if np.count_nonzero(row + column) < 2:
        return Coefficient(
            name,
            reason="Both coders used one and the same category throughout, so agreement "
            "by chance is certain and kappa is undefined. Add units in which the "
            "variable varies.",
            **base,
        )
    p, same = units / n, first == second
    p_o, p_e = float(p @ same), float(row @ column)
    value = (p_o - p_e) / (1 - p_e)
    # In the cell (k, l): how often the second coder gives k, the first coder gives l.
    margins = column[first] + row[second]
    terms = float(p @ (same - (1 - value) * margins) ** 2)
    variance = (terms - (p_o - 2 * (1 - value) * p_e) ** 2) / (n * (1 - p_e) ** 2)
    se = sqrt(max(0.0, float(variance)))
    if se < 1e-9:
        return Coefficient(name, value, warnings=(no_uncertainty(value),), **base)
    reach = NORMAL.inv_cdf(0.975) * se
    interval = (value - reach, min(1.0, value + reach))
    return Coefficient(name, value, interval, se, method="Wald", **base)


def _both(patterns: Patterns) -> tuple[Integers, Integers, Integers]:
    """What the two coders gave to units that both coded, and how many units show it."""
    if not patterns.knows_coders:
        raise NotComputable("These patterns do not say which coder gave which value.")
    rated = np.flatnonzero((patterns.codes >= 0).any(axis=0))
    if len(rated) != 2:
        raise NotComputable("Cohen's kappa is for exactly two coders.")
    first, second = patterns.codes[:, rated].T
    both = (first >= 0) & (second >= 0)
    if not both.any():
        raise NotComputable("No unit was coded by both coders.")
    return first[both], second[both], patterns.units[both]
