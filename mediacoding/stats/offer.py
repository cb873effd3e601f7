"""All coefficients by a short key, for pages, commands and tables that offer a choice."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from mediacoding.stats import agreement
from mediacoding.stats.bootstrap import REPLICATES
from mediacoding.stats.patterns import Patterns
from mediacoding.stats.result import Coefficient
from mediacoding.stats.weights import Categories, Weights


@dataclass(frozen=True, slots=True)
class Definition:
    """What a codebook says of a variable, as far as coefficients ask for it.

    `level` decides alpha's distances; `categories` are those defined, their number or the
    list in order; `steps` and `ends` belong to circular and bipolar scales. `minimum` is
    the least alpha that will do. `weights` are those of the weighted coefficients.
    """

    level: str
    categories: Categories = None
    steps: float | None = None
    ends: tuple[float, float] | None = None
    weights: Weights = "unweighted"
    minimum: float | None = None
    replicates: int = REPLICATES
    seed: int = 0

    @property
    def bounds(self) -> tuple[float, ...]:
        more = () if self.minimum is None else (self.minimum,)
        return (*agreement.BOUNDS, *more)


@dataclass(frozen=True, slots=True)
class Offer:
    """A coefficient: its name, whether it is shown unasked, and how it is computed.

    `levels` are the levels that it has a meaning for; all if empty.
    """

    name: str
    compute: Callable[[Patterns, Definition], Coefficient]
    default: bool = False
    levels: tuple[str, ...] = ()


MEASURED = ("interval", "ratio")


def _alpha(patterns: Patterns, asked: Definition) -> Coefficient:
    return agreement.krippendorff_alpha(
        patterns,
        level=asked.level,
        steps=asked.steps,
        ends=asked.ends,
        bounds=asked.bounds,
        replicates=asked.replicates,
        seed=asked.seed,
    )


def _weighted(
    coefficient: Callable[..., Coefficient],
) -> Callable[[Patterns, Definition], Coefficient]:
    return lambda patterns, asked: coefficient(
        patterns, categories=asked.categories, weights=asked.weights
    )


def _icc(form: str) -> Callable[[Patterns, Definition], Coefficient]:
    return lambda patterns, asked: agreement.icc(patterns, form=form)


#: In the order of display.
COEFFICIENTS: dict[str, Offer] = {
    "alpha": Offer("Krippendorff's alpha", _alpha, default=True),
    "percent": Offer(
        "Percent agreement",
        lambda patterns, asked: agreement.percent_agreement(patterns),
        default=True,
    ),
    "full": Offer(
        "Full agreement", lambda patterns, asked: agreement.full_agreement(patterns)
    ),
    "ac1": Offer("Gwet's AC1", _weighted(agreement.gwet_ac), default=True),
    "brennan_prediger": Offer(
        "Brennan-Prediger", _weighted(agreement.brennan_prediger), default=True
    ),
    "cohen": Offer("Cohen's kappa", _weighted(agreement.cohen_kappa)),
    "scott": Offer("Scott's pi", _weighted(agreement.scott_pi)),
    "fleiss": Offer("Fleiss' kappa", _weighted(agreement.fleiss_kappa)),
    "conger": Offer("Conger's kappa", _weighted(agreement.conger_kappa)),
    "light": Offer("Light's kappa", _weighted(agreement.light_kappa)),
    "holsti": Offer("Holsti", lambda patterns, asked: agreement.holsti(patterns)),
    "lotus": Offer("Lotus", lambda patterns, asked: agreement.lotus(patterns)),
    "s_lotus": Offer(
        "S-Lotus",
        lambda patterns, asked: agreement.s_lotus(
            patterns, categories=asked.categories
        ),
    ),
    "icc_1_1": Offer("ICC(1,1)", _icc("1,1"), levels=MEASURED),
    "icc_a_1": Offer("ICC(A,1)", _icc("A,1"), levels=MEASURED),
    "icc_c_1": Offer("ICC(C,1)", _icc("C,1"), levels=MEASURED),
    "icc_1_k": Offer("ICC(1,k)", _icc("1,k"), levels=MEASURED),
    "icc_a_k": Offer("ICC(A,k)", _icc("A,k"), levels=MEASURED),
    "icc_c_k": Offer("ICC(C,k)", _icc("C,k"), levels=MEASURED),
    "ccc": Offer(
        "Lin's CCC",
        lambda patterns, asked: agreement.concordance(patterns),
        levels=MEASURED,
    ),
}


def coefficients(
    patterns: Patterns,
    *,
    level: str,
    only: Iterable[str] | None = None,
    **definition: Any,
) -> dict[str, Coefficient]:
    """The coefficients of a variable by their keys.

    Those of `only`, or those shown unasked; in the order of COEFFICIENTS. `definition` are
    the other fields of `Definition`. One that the data or the level do not allow has the
    reason instead of a value. Raises KeyError for an unknown key.
    """
    asked = Definition(level, **definition)
    if only is None:
        keys = [key for key, offer in COEFFICIENTS.items() if offer.default]
    else:
        wanted = set(only)
        if unknown := wanted - set(COEFFICIENTS):
            raise KeyError(", ".join(sorted(unknown)))
        keys = [key for key in COEFFICIENTS if key in wanted]
    return {key: compute(key, patterns, asked) for key in keys}


def compute(key: str, patterns: Patterns, asked: Definition) -> Coefficient:
    """One coefficient of a variable, or the reason why the level has none."""
    offer = COEFFICIENTS[key]
    if offer.levels and asked.level not in offer.levels:
        return Coefficient(
            offer.name,
            reason="This coefficient is for measurements: the interval or ratio level.",
            level=asked.level,
        )
    return offer.compute(patterns, asked)
