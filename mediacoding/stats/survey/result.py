"""What an estimate from a sample of the press gives: a value with its base and interval."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

NO_UNITS = "No unit has a value here, so there is nothing to estimate."
NO_DENOMINATOR = "The denominator adds up to nothing, so there is no ratio."
CENSUS = (
    "Every unit of the frame was coded, so this is the value itself and has no sampling "
    "error."
)
UNWEIGHTED_TOTAL = (
    "Without weights a count is what was counted in the sample, and says nothing of the "
    "frame."
)
ONE_CLUSTER = (
    "All units come from one cluster (such as one issue), which cannot show how much "
    "clusters differ, so there is no interval. Draw more clusters."
)
ONE_UNIT = "One unit cannot show how much units differ, so there is no interval. Draw more units."
ONE_REPLICATE = (
    "One constructed week cannot show how much weeks differ, so there is no interval. Draw "
    "a second constructed week."
)
LONELY = (
    "A stratum has only one cluster or unit, which cannot show how much they differ, so "
    "there is no interval. Merge the stratum with another, or draw more from it."
)
ONE_EACH = (
    "No stratum has two clusters or units of this kind, so how much they differ cannot be "
    "told and there is no interval. Merge strata, or draw more."
)
ALL_ALIKE = "All units have the same value, so they show no uncertainty."
CENTRED = (
    "Strata with only one cluster or unit are taken as far from the mean as they are from "
    "the mean of the whole sample, which makes the interval rather too wide."
)
ALL_OR_NONE = (
    "All units show it, or none does, so the interval counts clusters as if each were one "
    "unit."
)
CLUSTERS_ALIKE = (
    "All clusters show it to the same degree, so the interval counts clusters as if each "
    "were one unit."
)
FEW = (
    "So few effective units show it, or do not, that the interval is that of Korn and "
    "Graubard, which is rather too wide than too narrow."
)
#: Every sentence of this package, for the translators.
SENTENCES = (
    NO_UNITS,
    NO_DENOMINATOR,
    CENSUS,
    UNWEIGHTED_TOTAL,
    ONE_CLUSTER,
    ONE_UNIT,
    ONE_REPLICATE,
    LONELY,
    ONE_EACH,
    ALL_ALIKE,
    CENTRED,
    ALL_OR_NONE,
    CLUSTERS_ALIKE,
    FEW,
)


@dataclass(frozen=True, slots=True)
class Base:
    """What an estimate rests on.

    `units` with a value, from `clusters` in `strata`; `weight` is the sum of their
    weights. Without clusters every unit is one.
    """

    units: int
    weight: float
    clusters: int
    strata: int


NOTHING = Base(0, 0.0, 0, 0)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share, mean, ratio, total or difference, with its uncertainty and its base.

    `value` is None exactly when `reason` says why it is undefined; `interval` and `se` are
    None exactly when `reason` or `no_interval` says why. Never NaN.

    count : units that show what is estimated: of a share those in its numerator, else all.
    degrees : degrees of freedom of the variance, clusters - strata.
    effective : how many independent units would be as certain (shares only).
    design_effect : the variance over that of as many units drawn simply (shares and means).
    method : how the interval was made. `warnings` are sentences.
    """

    value: float | None
    interval: tuple[float, float] | None = None
    se: float | None = None
    reason: str | None = None
    no_interval: str | None = None
    count: int = 0
    base: Base = NOTHING
    degrees: float | None = None
    effective: float | None = None
    design_effect: float | None = None
    confidence: float = 0.95
    method: str = ""
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.value is None) == (self.reason is None):
            raise ValueError("An estimate has either a value or a reason.")
        if (self.interval is None) == (
            self.reason is None and self.no_interval is None
        ):
            raise ValueError("An estimate has an interval or says why not.")
        if self.value is not None and not isfinite(self.value):
            raise ValueError("An estimate that is not a number has no value.")


class NoVariance(Exception):
    """The design does not show how certain an estimate is; the sentence says why."""
