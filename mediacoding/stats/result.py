"""What a statistic gives: a value with its uncertainty, or the sentence why there is none."""

from dataclasses import dataclass, field
from math import isfinite


class NotComputable(Exception):
    """The statistic is undefined for these data; the text says why and the way out."""


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient of agreement with its uncertainty and its base.

    `value` is None exactly when `reason` says why it is undefined; it is never NaN.
    `interval` is the interval of `confidence` by `method`; None where `warnings` say why.
    `below` gives, for each asked bound, the share of bootstrap replicates below it: how
    probable it is that agreement is worse. `replicates` were drawn with `seed`; in
    `lost` of them nothing varied, so they count for nothing.

    The base: `n_units` units with a rating, `n_pairable` of them with two or more,
    `n_coders` coders who rated, `n_values` distinct values in pairable units.
    """

    name: str
    value: float | None = None
    interval: tuple[float, float] | None = None
    se: float | None = None
    reason: str | None = None
    n_units: int = 0
    n_pairable: int = 0
    n_coders: int = 0
    n_values: int = 0
    level: str = ""
    confidence: float = 0.95
    method: str = ""
    replicates: int = 0
    lost: int = 0
    seed: int | None = None
    below: dict[float, float] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.value is None) == (self.reason is None):
            raise ValueError("A coefficient has either a value or a reason.")
        if self.value is not None and not isfinite(self.value):
            raise ValueError("A coefficient that is not a number has no value.")

    @property
    def is_defined(self) -> bool:
        return self.value is not None


def no_uncertainty(value: float) -> str:
    """Why a coefficient of units that are all alike has no interval."""
    if value >= 1 - 1e-12:
        return "All coders agree everywhere, so these units show no uncertainty."
    return "All units show the same disagreement, so they show no uncertainty."
