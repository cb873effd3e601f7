"""Measurements: intraclass correlations and Lin's concordance correlation."""

from __future__ import annotations

from dataclasses import dataclass
from math import atanh, sqrt, tanh

import numpy as np

from mediacoding.stats.distributions import NORMAL, f_quantile
from mediacoding.stats.patterns import Floats, Patterns
from mediacoding.stats.ratings import Ratings, base_of, patterns_of
from mediacoding.stats.result import Coefficient, NotComputable, no_uncertainty

FORMS = ("1,1", "C,1", "A,1", "1,k", "C,k", "A,k")
INCOMPLETE = (
    "Units that not all coders rated are left out, because this coefficient needs "
    "complete data."
)
NOT_COMPLETE = (
    "Fewer than two units were rated by all coders, and this coefficient needs complete "
    "data. Interval alpha takes gaps."
)
LABELS = "The values are labels, not numbers: this coefficient is for measurements."
SAME_MEANS = (
    "The units do not differ from each other in the mean, so the coefficient is undefined. "
    "Add units in which the variable varies."
)
NO_LOWER_END = "The coefficient is so low that its interval has no lower end."
TOO_FEW = "There are too few units to tell how certain the coefficient is."
LEAST_DEGREES = 0.1  # of freedom, below which an F quantile says nothing
CONSTANT = (
    "All values are the same, so there is no variation to agree on. Add units in which "
    "the variable varies."
)


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Complete measurements: `table` (patterns, coders), shown by `units` (patterns,)."""

    table: Floats
    units: Floats
    warnings: tuple[str, ...]

    @property
    def n(self) -> float:
        return float(self.units.sum())


def icc(ratings: Ratings, *, form: str = "A,1") -> Coefficient:
    """An intraclass correlation of complete measurements, with its 95 % interval.

    Parameters
    ----------
    ratings : shape (units, coders), numbers; units with a gap are left out with a warning.
    form : McGraw and Wong's name, in Shrout and Fleiss' order:
        "1,1" other coders for every unit; "A,1" the same coders for all units, absolute
        agreement (the default of content analysis); "C,1" their consistency, whatever
        one coder always adds; "1,k", "A,k", "C,k" the same for the mean of the k coders.

    A single-coder form says how far one coder can be trusted alone; a k form is about means
    of k coders and always higher. It can be negative where coders differ more within units
    than between them. Intervals by F distributions.

    References
    ----------
    Shrout, P. E., & Fleiss, J. L. (1979). Intraclass correlations.
    McGraw, K. O., & Wong, S. P. (1996). Forming inferences about some intraclass
    correlation coefficients.
    """
    if form not in FORMS:
        raise ValueError(f"There is no ICC({form}): the form is one of {FORMS}.")
    name = f"ICC({form})"
    try:
        patterns = patterns_of(ratings)
    except NotComputable as why:
        return Coefficient(name, reason=str(why))
    base = base_of(patterns)
    try:
        measured = _complete(patterns)
        value, interval = _icc(form, _mean_squares(measured))
    except NotComputable as why:
        return Coefficient(name, reason=str(why), **base)
    warnings = measured.warnings
    if interval is None:
        note = no_uncertainty(value) if value > 1 - 1e-9 else TOO_FEW
        return Coefficient(name, value, warnings=(note, *warnings), **base)
    if not interval[0] <= value <= interval[1]:
        return Coefficient(name, value, warnings=(NO_LOWER_END, *warnings), **base)
    return Coefficient(
        name, value, interval, method="F distribution", warnings=warnings, **base
    )


@dataclass(frozen=True, slots=True)
class MeanSquares:
    """Of the analysis of variance of n units by k coders."""

    n: float
    k: int
    rows: float  # between units
    within: float  # within units
    columns: float  # between coders
    error: float  # what is left: units by coders


def _complete(patterns: Patterns) -> Measured:
    try:
        numbers = patterns.values.astype(float)
    except (TypeError, ValueError) as error:
        raise NotComputable(LABELS) from error
    codes = patterns.codes
    if patterns.knows_coders:
        codes = codes[:, (codes >= 0).any(axis=0)]
    if codes.shape[1] < 2:
        raise NotComputable(
            "Only one coder rated these units; agreement needs two or more."
        )
    complete = (codes >= 0).all(axis=1)
    units = patterns.units[complete].astype(float)
    if units.sum() < 2:
        raise NotComputable(NOT_COMPLETE)
    table = numbers[codes[complete]]
    middle = table.mean()
    if np.ptp(table) == 0:
        raise NotComputable(CONSTANT)
    warnings = () if complete.all() else (INCOMPLETE,)
    centred = table - middle  # which changes nothing, and its squares neither overflow
    return Measured(centred / np.abs(centred).max(), units, warnings)


def _mean_squares(measured: Measured) -> MeanSquares:
    table, units, n = measured.table, measured.units, measured.n
    k = table.shape[1]
    of_unit = table.mean(axis=1)
    of_coder = units @ table / n
    middle = float(of_coder.mean())
    rows = k * float(units @ (of_unit - middle) ** 2)
    columns = n * float(((of_coder - middle) ** 2).sum())
    within = float(units @ ((table - of_unit[:, None]) ** 2).sum(axis=1))
    return MeanSquares(
        n,
        k,
        rows / (n - 1),
        within / (n * (k - 1)),
        columns / (k - 1),
        max(0.0, within - columns) / ((n - 1) * (k - 1)),
    )


def _icc(form: str, s: MeanSquares) -> tuple[float, tuple[float, float] | None]:
    kind, many = form.split(",")
    if kind == "A":
        noise, between = s.error, s.k / s.n * (s.columns - s.error)
    else:
        noise, between = (s.within if kind == "1" else s.error), 0.0
    single = _share(s, s.rows - noise, s.rows + (s.k - 1) * noise + between)
    if kind == "A":
        interval = _by_satterthwaite(s, single)
    else:
        degrees = s.n * (s.k - 1) if kind == "1" else (s.n - 1) * (s.k - 1)
        interval = _by_ratio(s, noise, degrees)
    if many == "1":
        return single, interval
    mean = _share(s, s.rows - noise, s.rows + between / s.k)
    if not interval:
        return mean, None
    if interval[0] <= -1 / (s.k - 1):  # beyond the pole of the formula
        return mean, (mean + 1, mean)  # no lower end
    return mean, (_stepped_up(interval[0], s.k), _stepped_up(interval[1], s.k))


def _share(s: MeanSquares, above: float, below: float) -> float:
    """A quotient of mean squares; undefined where nothing is left to divide by."""
    if below <= 1e-12 * (s.rows + s.within + s.columns):
        raise NotComputable(SAME_MEANS)
    return above / below


def _stepped_up(single: float, k: int) -> float:
    """The mean of k coders (Spearman-Brown)."""
    return k * single / (1 + (k - 1) * single)


def _by_ratio(
    s: MeanSquares, noise: float, degrees: float
) -> tuple[float, float] | None:
    if noise <= 1e-12 * s.rows:
        return None
    ratio = s.rows / noise
    low = ratio / f_quantile(0.975, s.n - 1, degrees)
    high = ratio * f_quantile(0.975, degrees, s.n - 1)
    return (low - 1) / (low + s.k - 1), (high - 1) / (high + s.k - 1)


def _by_satterthwaite(s: MeanSquares, single: float) -> tuple[float, float] | None:
    """McGraw & Wong (1996), table 7, case 2A: coders are a sample of coders."""
    n, k = s.n, s.k
    if s.error <= 1e-12 * s.rows or single >= 1:
        return None
    a = k * single / (n * (1 - single))
    b = 1 + k * single * (n - 1) / (n * (1 - single))
    spread = (a * s.columns) ** 2 / (k - 1) + (b * s.error) ** 2 / ((n - 1) * (k - 1))
    if spread <= 0:
        return None
    degrees = (a * s.columns + b * s.error) ** 2 / spread
    if degrees < LEAST_DEGREES:
        return None
    f_low, f_high = (
        f_quantile(0.975, n - 1, degrees),
        f_quantile(0.975, degrees, n - 1),
    )
    rest = k * s.columns + (k * n - k - n) * s.error
    low = n * (s.rows - f_low * s.error) / (f_low * rest + n * s.rows)
    high = n * (f_high * s.rows - s.error) / (rest + n * f_high * s.rows)
    return low, high


def concordance(ratings: Ratings) -> Coefficient:
    """Lin's concordance correlation coefficient of complete measurements.

    For two coders 2 s_xy / (s_x^2 + s_y^2 + (mean x - mean y)^2) with moments by 1 / n and
    Lin's interval on Fisher's z. For more the overall coefficient of Barnhart, Haber & Song
    (2002), with a jackknife interval on the same scale. Units with a gap are left out with a
    warning. Numbers only; near to interval alpha, which takes gaps.

    References
    ----------
    Lin, L. I.-K. (1989; correction 2000). A concordance correlation coefficient to evaluate
    reproducibility. Barnhart, H. X., Haber, M., & Song, J. (2002). Overall concordance
    correlation coefficient for evaluating agreement among multiple observers.
    """
    name = "Lin's CCC"
    try:
        patterns = patterns_of(ratings)
    except NotComputable as why:
        return Coefficient(name, reason=str(why))
    base = base_of(patterns)
    try:
        measured = _complete(patterns)
    except NotComputable as why:
        return Coefficient(name, reason=str(why), **base)
    if measured.table.shape[1] > 2:
        name = "Overall CCC"
    value = float(_overall(measured, measured.units[None, :])[0])
    if value >= 1 - 1e-12:
        return Coefficient(
            name, value, warnings=(no_uncertainty(value), *measured.warnings), **base
        )
    if name == "Lin's CCC":
        error = _lin_error(measured, value)
    else:
        error = _jackknife_error(measured, value)
    warnings, method = measured.warnings, "Fisher's z"
    if error is None:
        return Coefficient(name, value, warnings=(TOO_FEW, *warnings), **base)
    z, reach = atanh(value), NORMAL.inv_cdf(0.975) * error
    return Coefficient(
        name,
        value,
        (tanh(z - reach), tanh(z + reach)),
        error * (1 - value**2),
        method=method,
        warnings=warnings,
        **base,
    )


def _overall(measured: Measured, weights: Floats) -> Floats:
    """The overall coefficient of each weighting (weightings, patterns)."""
    table = measured.table
    n = weights.sum(axis=1, keepdims=True)
    means = weights @ table / n
    variances = weights @ table**2 / n - means**2
    of_sum = weights @ table.sum(axis=1, keepdims=True) ** 2 / n
    of_sum = of_sum[:, 0] - means.sum(axis=1) ** 2
    k = table.shape[1]
    pairs = of_sum - variances.sum(axis=1)  # twice the sum of all covariances
    apart = k * (means**2).sum(axis=1) - means.sum(axis=1) ** 2
    below = (k - 1) * variances.sum(axis=1) + apart
    return np.divide(pairs, below, out=np.full_like(below, np.nan), where=below > 0)


def _lin_error(measured: Measured, value: float) -> float | None:
    """Standard error of Fisher's z of the coefficient, by Lin (1989, corrected 2000)."""
    n, units = measured.n, measured.units
    x, y = measured.table.T
    mean_x, mean_y = units @ x / n, units @ y / n
    s_x = float(units @ (x - mean_x) ** 2) / n
    s_y = float(units @ (y - mean_y) ** 2) / n
    s_xy = float(units @ ((x - mean_x) * (y - mean_y))) / n
    if n <= 2 or s_x <= 0 or s_y <= 0 or s_xy == 0:
        return None
    r = s_xy / sqrt(s_x * s_y)
    shift = (mean_x - mean_y) ** 2 / sqrt(s_x * s_y)
    room = 1 - value**2
    variance = (
        (1 - r**2) * value**2 / (room * r**2)
        + 2 * value**3 * (1 - value) * shift / (r * room**2)
        - value**4 * shift**2 / (2 * r**2 * room**2)
    ) / (n - 2)
    return sqrt(variance) if variance > 0 else None


def _jackknife_error(measured: Measured, value: float) -> float | None:
    units, n = measured.units, measured.n
    if n <= 2:
        return None
    left = np.empty(len(units))
    size = max(1, 4_000_000 // len(units))
    for start in range(0, len(units), size):
        rows = np.arange(start, min(start + size, len(units)))
        weights = np.repeat(units[None, :], len(rows), axis=0)
        weights[np.arange(len(rows)), rows] -= 1
        left[rows] = _overall(measured, weights)
    if np.isnan(left).any() or (np.abs(left) >= 1).any():
        return None
    z = np.arctanh(left)
    deviations = z - units @ z / n
    return sqrt((n - 1) / n * float(units @ deviations**2)) or None
