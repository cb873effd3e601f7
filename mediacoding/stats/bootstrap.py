"""Intervals: the unit bootstrap over patterns, and the jackknife. Sources: Efron (1987),
Zapf et al. (2016), Krippendorff (2019)."""

from dataclasses import dataclass
from math import exp, sqrt

import numpy as np

from mediacoding.stats.alpha import MOST_BLOCK, Weighted
from mediacoding.stats.distributions import NORMAL, student_t_quantile
from mediacoding.stats.patterns import Floats

REPLICATES = 2_000
#: Below so many units a bootstrap has too few distinct samples to give a fine interval.
FEW_UNITS = 20


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """The interval of a coefficient and what it was made of."""

    interval: tuple[float, float] | None
    method: str
    se: float | None
    replicates: Floats
    lost: int


def uncertainty(
    function: Weighted,
    units: Floats,
    value: float,
    *,
    replicates: int = REPLICATES,
    seed: int = 0,
    confidence: float = 0.95,
) -> Uncertainty:
    """Interval of a coefficient whose value for weights of the patterns is `function`.

    `units` (patterns,) says how many units show each pattern. The unit bootstrap draws
    units with replacement, which for patterns is a multinomial draw of their counts; the
    interval is BCa. With fewer than 20 units, or where the jackknife shows no variation,
    it is jackknife-t on log(1 - value).
    """
    n = int(units.sum())
    drawn = _bootstrap(function, units, replicates, seed)
    good = drawn[~np.isnan(drawn)]
    lost = len(drawn) - len(good)
    left_out, se = _jackknife(function, units)
    if value >= 1 - 1e-12:
        return Uncertainty((1.0, 1.0), "none", 0.0, good, lost)
    if n < FEW_UNITS or len(good) < replicates / 2:
        interval = _log_jackknife(value, se, n, confidence)
        return Uncertainty(interval, "jackknife-t", se, good, lost)
    interval = _bca(value, good, left_out, units, confidence)
    return Uncertainty(interval, "BCa", se, good, lost)


def _bootstrap(function: Weighted, units: Floats, replicates: int, seed: int) -> Floats:
    chance = np.random.default_rng(seed)
    n = int(units.sum())
    rows = max(1, MOST_BLOCK // max(1, len(units)))
    parts = []
    for at in range(0, replicates, rows):
        size = min(rows, replicates - at)
        parts.append(
            function(chance.multinomial(n, units / n, size=size).astype(float))
        )
    return np.concatenate(parts)


def _jackknife(function: Weighted, units: Floats) -> tuple[Floats, float | None]:
    """(patterns,) the value without one unit of each pattern, and the standard error."""
    n = units.sum()
    if n < 2:
        return np.full(len(units), np.nan), None

    def without(rows: Floats) -> Floats:
        weights = np.tile(units, (len(rows), 1))
        weights[np.arange(len(rows)), rows[:, 0].astype(int)] -= 1
        return function(weights)

    block = max(1, MOST_BLOCK // max(1, len(units)))
    index = np.arange(len(units), dtype=float)[:, None]
    left_out = np.concatenate(
        [without(index[at : at + block]) for at in range(0, len(units), block)]
    )
    good = ~np.isnan(left_out)
    if not good.any() or units[good].sum() < 2:
        return left_out, None
    weight = units[good]
    mean = (weight * left_out[good]).sum() / weight.sum()
    variance = (n - 1) / n * (weight * (left_out[good] - mean) ** 2).sum()
    return left_out, sqrt(variance)


def _log_jackknife(
    value: float, se: float | None, n: int, confidence: float
) -> tuple[float, float] | None:
    """1 - (1 - value) exp(-+ t SE / (1 - value)): never above 1."""
    if se is None or n < 3:
        return None
    reach = student_t_quantile((1 + confidence) / 2, n - 1) * se / (1 - value)
    if reach > 50:
        return None
    return 1 - (1 - value) * exp(reach), 1 - (1 - value) * exp(-reach)


def _bca(
    value: float, drawn: Floats, left_out: Floats, units: Floats, confidence: float
) -> tuple[float, float]:
    """Bias-corrected and accelerated percentiles (Efron 1987)."""
    ordered = np.sort(drawn)
    share = (np.sum(ordered < value) + np.sum(ordered == value) / 2) / len(ordered)
    share = min(max(share, 0.5 / len(ordered)), 1 - 0.5 / len(ordered))
    z0 = NORMAL.inv_cdf(float(share))
    good = ~np.isnan(left_out)
    weight = units[good]
    centred = (weight * left_out[good]).sum() / weight.sum() - left_out[good]
    spread = (weight * centred**2).sum()
    skew = (weight * centred**3).sum()
    acceleration = skew / (6 * spread**1.5) if spread > 0 else 0.0
    ends = []
    for probability in ((1 - confidence) / 2, (1 + confidence) / 2):
        z = z0 + NORMAL.inv_cdf(probability)
        adjusted = NORMAL.cdf(z0 + z / max(1 - acceleration * z, 1e-6))
        ends.append(float(np.quantile(ordered, adjusted)))
    return ends[0], ends[1]
