"""Coefficients of inter-coder agreement, by their names.

Each takes a ratings table or its patterns and returns one `Coefficient`: a value with its
uncertainty, or the sentence why there is none. docs/methods.md has a section on each.
"""

from mediacoding.stats.chance import (
    brennan_prediger,
    conger_kappa,
    fleiss_kappa,
    full_agreement,
    gwet_ac,
    percent_agreement,
    scott_pi,
)
from mediacoding.stats.krippendorff import BOUNDS, krippendorff_alpha
from mediacoding.stats.lotus import lotus, lotus_by_coder, s_lotus
from mediacoding.stats.metric import concordance, icc
from mediacoding.stats.pairwise import (
    cohen_kappa,
    holsti,
    holsti_composite,
    light_kappa,
)
from mediacoding.stats.ratings import Ratings

__all__ = [
    "BOUNDS",
    "Ratings",
    "brennan_prediger",
    "cohen_kappa",
    "concordance",
    "conger_kappa",
    "fleiss_kappa",
    "full_agreement",
    "gwet_ac",
    "holsti",
    "holsti_composite",
    "icc",
    "krippendorff_alpha",
    "light_kappa",
    "lotus",
    "lotus_by_coder",
    "percent_agreement",
    "s_lotus",
    "scott_pi",
]
