"""What a statistic gives: a value with its uncertainty, or the sentence why there is none."""

from dataclasses import dataclass, field


class NotComputable(Exception):
    """The statistic is undefined for these data; the text says why and the way out."""


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient of agreement.

    `value` is None exactly when `reason` says why it is undefined. `interval` is the
    interval of `confidence` by `method`. `below` gives, for each asked bound, the share of
    bootstrap replicates below it: how probable it is that agreement is worse.
    """

    name: str
    value: float | None = None
    interval: tuple[float, float] | None = None
    se: float | None = None
    reason: str | None = None
    level: str = ""
    confidence: float = 0.95
    method: str = ""
    replicates: int = 0
    seed: int | None = None
    below: dict[float, float] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def is_defined(self) -> bool:
        return self.value is not None
