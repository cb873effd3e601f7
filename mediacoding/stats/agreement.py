"""Coefficients of inter-coder agreement. Each takes a ratings table or its patterns and
returns one `Coefficient`: a value with its uncertainty, or the sentence why there is none.

docs/methods.md has a section on each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt

import numpy as np
import numpy.typing as npt

from mediacoding.stats import bootstrap
from mediacoding.stats.alpha import weighted_alpha
from mediacoding.stats.distributions import student_t_quantile
from mediacoding.stats.patterns import Patterns, from_table
from mediacoding.stats.result import Coefficient, NotComputable

BOUNDS = (0.667, 0.8)


def krippendorff_alpha(
    ratings: npt.ArrayLike | Patterns,
    *,
    level: str,
    distances: npt.ArrayLike | None = None,
    interval: bool = True,
    bounds: Sequence[float] = BOUNDS,
    replicates: int = bootstrap.REPLICATES,
    seed: int = 0,
) -> Coefficient:
    """Krippendorff's alpha: 1 - observed / expected disagreement.

    Parameters
    ----------
    ratings : array_like, shape (units, coders), or Patterns
        Numbers or labels; NaN or None where a coder did not code a unit. Units with fewer
        than two values are left out, as alpha prescribes.
    level : {"nominal", "ordinal", "interval", "ratio", "sets"}
        Level of measurement: how far apart two values are. For "sets" give `distances`,
        shape (values, values), of the patterns' values.
    interval : bool
        Whether to add the 95 % interval: BCa of the unit bootstrap, or jackknife-t on
        log(1 - alpha) with fewer than 20 units.
    bounds : for each, the share of replicates below it.

    Returns
    -------
    Coefficient
        `value` is at most 1; 0 means chance agreement, below 0 systematic disagreement.
        Undefined without pairable units, or when every pairable value is the same
        (expected disagreement is 0 and alpha is 0/0).

    References
    ----------
    Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. Zapf, A. et al.
    (2016). Measuring inter-rater reliability for nominal data.
    Published values: fixtures/agreement/values.json.
    """
    name = f"Krippendorff's alpha, {level}"
    try:
        patterns = _patterns(ratings).pairable()
        if distances is not None:
            distances = _of_seen(_patterns(ratings), patterns, distances)
        function = weighted_alpha(patterns, level, distances)
        value = float(function(patterns.units[None, :])[0])
        if np.isnan(value):
            raise NotComputable(
                "Every pairable value is the same, so agreement by chance is certain and "
                "alpha is undefined. Add units in which the variable varies."
            )
    except NotComputable as why:
        return Coefficient(name, reason=str(why), level=level)
    if not interval:
        return Coefficient(name, value, level=level)
    found = bootstrap.uncertainty(
        function, patterns.units, value, replicates=replicates, seed=seed
    )
    return Coefficient(
        name,
        value,
        interval=found.interval,
        se=found.se,
        level=level,
        method=found.method,
        replicates=replicates,
        seed=seed,
        below={
            bound: float((found.replicates < bound).mean())
            for bound in bounds
            if len(found.replicates)
        },
        warnings=tuple(_warnings(found, replicates, patterns, value)),
    )


def _patterns(ratings: npt.ArrayLike | Patterns) -> Patterns:
    return ratings if isinstance(ratings, Patterns) else from_table(ratings)


def _of_seen(whole: Patterns, seen: Patterns, distances: npt.ArrayLike) -> np.ndarray:
    """The distances between the values that pairable units show."""
    keep = whole.counts[whole.ratings >= 2].any(axis=0)
    return np.asarray(distances, float)[np.ix_(keep, keep)]


def _warnings(
    found: bootstrap.Uncertainty, replicates: int, patterns: Patterns, value: float
):
    if found.lost:
        yield (
            f"In {found.lost} of {replicates} replicates nothing varied; they are left out."
        )
    if value >= 1 - 1e-12:
        yield "All coders agree everywhere, so these units show no uncertainty."
    marginals = patterns.marginals
    if marginals.max() / marginals.sum() > 0.95:
        yield (
            "One value holds more than 95 percent of the codings, so a few units decide the "
            "coefficient."
        )


def percent_agreement(ratings: npt.ArrayLike | Patterns) -> Coefficient:
    """The chance that two coders of a unit gave it the same value.

    Mean over pairable units of sum_c n_c (n_c - 1) / (m (m - 1)): Gwet's p_a, Fleiss'
    P-bar, with Gwet's standard error and t interval. Shapes as in `krippendorff_alpha`.
    Source: Fleiss (1971), Gwet (2014).
    """
    name = "Percent agreement"
    patterns = _patterns(ratings)
    try:
        patterns.pairable()
    except NotComputable as why:
        return Coefficient(name, reason=str(why))
    rated = patterns.ratings > 0
    units, m = patterns.units[rated], patterns.ratings[rated]
    n, n_pairable = units.sum(), units[m >= 2].sum()
    agreeing = _agreeing(patterns)[rated]
    value = float(units @ agreeing / n_pairable)
    return _with_t_interval(name, value, agreeing * n / n_pairable, units)


def _with_t_interval(
    name: str, value: float, linear: np.ndarray, units: np.ndarray
) -> Coefficient:
    """The coefficient with Gwet's variance from its linearised unit values (patterns,)."""
    n = units.sum()
    if n < 2:
        return Coefficient(name, value)
    se = sqrt(float((units * (linear - value) ** 2).sum()) / (n * (n - 1)))
    reach = student_t_quantile(0.975, n - 1) * se
    return Coefficient(
        name, value, (value - reach, min(1.0, value + reach)), se, method="Gwet's t"
    )


def full_agreement(ratings: npt.ArrayLike | Patterns) -> Coefficient:
    """The share of pairable units to which all their coders gave the same value."""
    name = "Full agreement"
    try:
        patterns = _patterns(ratings).pairable()
    except NotComputable as why:
        return Coefficient(name, reason=str(why))
    same = patterns.counts.max(axis=1) == patterns.ratings
    return Coefficient(name, float(patterns.units @ same / patterns.units.sum()))


def _agreeing(patterns: Patterns) -> np.ndarray:
    """(patterns,) the share of pairs of coders that agree; 0 with fewer than two."""
    m = patterns.ratings
    pairs = m * (m - 1)
    same = (patterns.counts * (patterns.counts - 1)).sum(axis=1)
    return np.divide(same, pairs, out=np.zeros_like(m), where=pairs > 0)


def gwet_ac(
    ratings: npt.ArrayLike | Patterns, *, categories: int | None = None
) -> Coefficient:
    """Gwet's AC1, with Gwet's standard error and t interval.

    `categories` is the number that the codebook defines; without it those that occur
    count, which makes the coefficient larger than it is. Units with one rating count for
    chance agreement. Source: Gwet (2008; 2014, ch. 2-5).
    """

    def chance(pi: np.ndarray, q: int) -> tuple[float, np.ndarray]:
        scale = 1 / (q - 1)
        return scale * float((pi * (1 - pi)).sum()), scale * (1 - pi)

    return _gwet("Gwet's AC1", ratings, categories, chance)


def brennan_prediger(
    ratings: npt.ArrayLike | Patterns, *, categories: int | None = None
) -> Coefficient:
    """Brennan and Prediger's kappa: chance agreement is 1 / categories.

    Shapes and `categories` as in `gwet_ac`. Source: Brennan & Prediger (1981).
    """

    def chance(pi: np.ndarray, q: int) -> tuple[float, np.ndarray]:
        return 1 / q, np.full_like(pi, 1 / q)

    return _gwet("Brennan-Prediger", ratings, categories, chance)


def fleiss_kappa(
    ratings: npt.ArrayLike | Patterns, *, categories: int | None = None
) -> Coefficient:
    """Fleiss' kappa for any number of coders, with missing ratings (Gwet's form).

    For two coders this is Scott's pi. Source: Fleiss (1971), Gwet (2014).
    """

    def chance(pi: np.ndarray, q: int) -> tuple[float, np.ndarray]:
        return float((pi**2).sum()), pi

    return _gwet("Fleiss' kappa", ratings, categories, chance)


def scott_pi(ratings: npt.ArrayLike | Patterns) -> Coefficient:
    """Scott's pi: for two coders, chance agreement from their pooled marginals.

    Source: Scott (1955).
    """
    patterns = _patterns(ratings)
    if patterns.coders != 2:
        return Coefficient("Scott's pi", reason="Scott's pi is for exactly two coders.")
    kappa = fleiss_kappa(patterns)
    return Coefficient(
        "Scott's pi", kappa.value, kappa.interval, kappa.se, kappa.reason
    )


Chance = Callable[[np.ndarray, int], tuple[float, np.ndarray]]


def _gwet(
    name: str, ratings: npt.ArrayLike | Patterns, categories: int | None, chance: Chance
) -> Coefficient:
    """Gwet's framework: chance-corrected agreement with its variance (methods.md, 4)."""
    patterns = _patterns(ratings)
    try:
        patterns.pairable()
    except NotComputable as why:
        return Coefficient(name, reason=str(why))
    rated = patterns.ratings > 0
    counts, units = patterns.counts[rated], patterns.units[rated]
    m = counts.sum(axis=1)
    n, n_pairable = units.sum(), units[m >= 2].sum()
    q = categories or int((units @ counts > 0).sum())
    if q < 2:
        return Coefficient(
            name,
            reason="Only one category occurs and the codebook names no other, so chance "
            "agreement is undefined.",
        )
    agreeing = _agreeing(Patterns(counts, units, patterns.values, patterns.coders))
    p_a = float(units @ agreeing / n_pairable)
    pi = units @ (counts / m[:, None]) / n
    p_e, slope = chance(pi, q)
    if p_e >= 1 - 1e-12:
        return Coefficient(
            name,
            reason="Every value is the same, so agreement by chance is certain and the "
            "coefficient is undefined. Add units in which the variable varies.",
        )
    value = (p_a - p_e) / (1 - p_e)
    own = (n / n_pairable) * (agreeing - p_e * (m >= 2)) / (1 - p_e)
    own_chance = (counts / m[:, None]) @ slope
    linear = own - 2 * (1 - value) * (own_chance - p_e) / (1 - p_e)
    if name == "Brennan-Prediger":
        linear = own
    return _with_t_interval(name, value, linear, units)


def cohen_kappa(ratings: npt.ArrayLike) -> Coefficient:
    """Cohen's kappa of two coders, unweighted, on the units that both coded.

    `ratings` has shape (units, 2). Standard error of Fleiss, Cohen & Everitt (1969).
    """
    name = "Cohen's kappa"
    table = np.asarray(ratings, dtype=object)
    if table.ndim != 2 or table.shape[1] != 2:
        return Coefficient(name, reason="Cohen's kappa is for exactly two coders.")
    both = [
        (str(a), str(b))
        for a, b in table
        if a is not None and b is not None and a == a and b == b
    ]
    if not both:
        return Coefficient(name, reason="No unit was coded by both coders.")
    values, codes = np.unique(np.array(both), return_inverse=True)
    codes = codes.reshape(-1, 2)
    q, n = len(values), len(both)
    p = np.bincount(codes[:, 0] * q + codes[:, 1], minlength=q * q).reshape(q, q) / n
    row, column = p.sum(axis=1), p.sum(axis=0)
    p_o, p_e = float(np.trace(p)), float(row @ column)
    if p_e >= 1 - 1e-12:
        return Coefficient(
            name,
            reason="Both coders used one and the same category throughout, so agreement "
            "by chance is certain and kappa is undefined.",
        )
    value = (p_o - p_e) / (1 - p_e)
    expected = column[:, None] + row[None, :]
    terms = p * (np.eye(q) - (1 - value) * expected) ** 2
    variance = (terms.sum() - (p_o - 2 * (1 - value) * p_e) ** 2) / (n * (1 - p_e) ** 2)
    se = sqrt(max(0.0, float(variance)))
    return Coefficient(
        name, value, (value - 1.96 * se, min(1.0, value + 1.96 * se)), se, method="Wald"
    )
