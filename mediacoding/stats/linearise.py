"""The closed-form standard error of alpha, by linearisation.

Source: Gwet (2014), Handbook of inter-rater reliability, ch. 5-6: Krippendorff's alpha in
the form of a chance-corrected coefficient.
"""

from __future__ import annotations

from math import sqrt

from mediacoding.stats.alpha import Quadratic
from mediacoding.stats.design import Statistic
from mediacoding.stats.distributions import student_t_quantile
from mediacoding.stats.patterns import Patterns
from mediacoding.stats.result import NotComputable

NO_CLOSED_FORM = (
    "There is no closed form of the error of ordinal alpha, because its distances depend "
    "on the data. Use the bootstrap or the jackknife."
)


def alpha(
    statistic: Statistic, patterns: Patterns, n_units: int
) -> tuple[float | None, tuple[float, float] | None]:
    """Standard error and 95 % t interval of alpha of pairable patterns.

    Student's t has the degrees of freedom of all `n_units` rated units, as Gwet has it.
    None where units show no uncertainty. Raises NotComputable at the ordinal level.
    """
    if not isinstance(statistic, Quadratic):
        raise NotComputable(NO_CLOSED_FORM)
    units = patterns.units.astype(float)
    n, m = float(units.sum()), patterns.ratings
    mean_m = float(units @ m) / n
    above = (m - mean_m) / mean_m  # how much more than usual a unit was rated
    totals = statistic.features.totals(units[None, :])
    n_values = float(units @ m)
    per_value = statistic.product(totals) / n_values  # sum over l of pi_l d_kl
    expected = float((per_value * totals).sum()) / n_values
    observed = float(units @ statistic.within) / n / mean_m
    own = statistic.features.sums(per_value)[0] / mean_m
    within = statistic.within / mean_m - observed * above
    chance = own - expected * above
    center = 1 - observed / expected
    figures = 1 - within / expected
    figures -= 2 * (observed / expected) * (expected - chance) / expected
    # Gwet's form differs from alpha by a term of 1 / n; the interval is around alpha.
    squares = float(units @ (figures - center) ** 2)
    if n < 2 or squares < 1e-18:
        return None, None
    se = sqrt(squares / (n * (n - 1)))
    value = float(statistic(units[None, :])[0])
    reach = student_t_quantile(0.975, n_units - 1) * se
    return se, (max(-1.0, value - reach), min(1.0, value + reach))
