"""A design laid over a frame: what is drawn from which part, with which chance. Pure."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any

from mediacoding.corpus.designs.frame import BETWEEN, Frame, Unit
from mediacoding.corpus.designs.lines import Line

#: What says how each method draws, beside the seed.
FIELDS_OF: Mapping[str, tuple[str, ...]] = {
    "census": (),
    "simple": ("unit", "size"),
    "systematic": ("unit", "step", "size"),
    "stratified": ("unit", "stratify_by", "allocation", "shares", "size"),
    "constructed_week": ("weeks", "period", "absent"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """How a sample is to be drawn, as a person chose it.

    `unit` is what is drawn as one: article, issue or day. `stratify_by` are fields of `frame.FIELDS`.
    `absent` tells what a day without a known issue is to constructed weeks: "missing" from
    the corpus, or "empty" because the corpus holds only hits.
    """

    method: str
    unit: str = "article"
    size: int | None = None
    step: int | None = None
    stratify_by: tuple[str, ...] = ()
    allocation: str = "proportional"
    shares: Mapping[str, int] = field(default_factory=dict)
    weeks: int = 1
    period: str = "all"
    absent: str = "missing"

    def stored(self) -> dict[str, Any]:
        """What the method reads, as JSON keeps it."""
        read = {name: getattr(self, name) for name in FIELDS_OF.get(self.method, ())}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in read.items()
            if value not in (None, (), {})
        }


class Selection(StrEnum):
    ALL = "all"
    RANDOM = "random"  # without replacement
    STEP = "step"  # every k-th, from a random start


@dataclass(frozen=True, slots=True)
class Gap:
    """A date without an issue, or one that a double issue of another day covers."""

    day: dt.date
    covered_by: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Stratum:
    """What is drawn from apart: its units in order, and how many are drawn, or every how-manyth.

    `gaps` are dates that may be drawn in vain; another takes the place.
    """

    parts: tuple[str, ...]
    units: tuple[Unit, ...]
    draw: int
    selection: Selection = Selection.RANDOM
    step: Fraction = Fraction(1)
    gaps: tuple[Gap, ...] = ()

    @property
    def name(self) -> str:
        return BETWEEN.join(self.parts)

    @property
    def probability(self) -> float:
        """The chance of each unit to be drawn."""
        if self.selection is Selection.STEP:
            return float(1 / self.step)
        return self.draw / len(self.units)

    @property
    def weight(self) -> float:
        """How many units of the stratum each drawn one stands for."""
        return 1 / self.probability

    @property
    def n_articles(self) -> int:
        return sum(len(unit.articles) for unit in self.units)


@dataclass(frozen=True, slots=True)
class Plan:
    """A design laid over a frame, before anything is drawn: the same for every seed."""

    design: Design
    frame: Frame
    strata: tuple[Stratum, ...]
    lines: tuple[Line, ...] = ()  # notes and warnings

    @property
    def probabilities(self) -> dict[int, float]:
        """The chance of every article of the frame to be in the sample; 0 where it has none."""
        found = dict.fromkeys((article.id for article in self.frame.articles), 0.0)
        for stratum in self.strata:
            if stratum.draw:
                chance = stratum.probability
                for unit in stratum.units:
                    found.update(dict.fromkeys(unit.articles, chance))
        return found

    @property
    def expected(self) -> float:
        """How many articles the sample holds on average."""
        return sum(
            stratum.probability * stratum.n_articles
            for stratum in self.strata
            if stratum.draw
        )
