"""Agreement of any number of coders, raw and corrected for chance, with missing ratings."""

from __future__ import annotations

from math import sqrt

from mediacoding.stats import gwet
from mediacoding.stats.coverage import share
from mediacoding.stats.patterns import Patterns
from mediacoding.stats.ratings import Ratings, base_of, linearised, patterns_of
from mediacoding.stats.result import Coefficient, NotComputable
from mediacoding.stats.weights import Categories, Weights, weighting


def percent_agreement(
    ratings: Ratings,
    *,
    weights: Weights = "unweighted",
    categories: Categories = None,
) -> Coefficient:
    """The chance that two coders of a unit gave it the same value.

    The mean over pairable units of sum_c n_c (n_c - 1) / (m (m - 1)): Gwet's p_a, Fleiss'
    P-bar, with Gwet's standard error and t interval. With `weights` a pair counts by how
    near its values are. Shapes as in `krippendorff_alpha`, `weights` and `categories` as
    in `gwet_ac`. Source: Fleiss (1971), Gwet (2014).
    """

    def of(patterns: Patterns) -> gwet.Linear:
        weighed = weighting(patterns, weights, categories)
        agreeing = gwet.pairs_agreeing(patterns, weighed)
        n_pairable = patterns.n_pairable
        value = float(patterns.units @ agreeing / n_pairable)
        return gwet.Linear(value, agreeing * patterns.n_units / n_pairable, lowest=0.0)

    return linearised("Percent agreement", ratings, of)


def full_agreement(ratings: Ratings) -> Coefficient:
    """The share of pairable units to which all their coders gave the same value.

    With Wilson's interval of a share. Shapes as in `krippendorff_alpha`.
    """
    name = "Full agreement"
    try:
        patterns = patterns_of(ratings)
    except NotComputable as why:
        return Coefficient(name, reason=str(why))
    base = base_of(patterns)
    try:
        pairable = patterns.pairable()
    except NotComputable as why:
        return Coefficient(name, reason=str(why), **base)
    highest = pairable.codes.max(axis=1, keepdims=True)
    same = ((pairable.codes == highest) | (pairable.codes < 0)).all(axis=1)
    n = int(pairable.units.sum())
    found = share(int(pairable.units @ same), n)
    assert found.share is not None
    return Coefficient(
        name,
        found.share,
        found.interval,
        sqrt(found.share * (1 - found.share) / n),
        method="Wilson",
        **base,
    )


def gwet_ac(
    ratings: Ratings,
    *,
    categories: Categories = None,
    weights: Weights = "unweighted",
) -> Coefficient:
    """Gwet's AC1, or AC2 with weights, with Gwet's standard error and t interval.

    `categories` is how many the codebook defines, or which, in order; without it those
    that occur count, which can only make chance agreement look larger. `weights` is
    "linear", "quadratic", "ordinal", "radical", "ratio" or a matrix between the categories;
    they need the list of categories where not all occur. Units with one rating count for
    chance agreement. Shapes as in `krippendorff_alpha`. Source: Gwet (2008; 2014, ch. 2-5).
    """
    name = "Gwet's AC1" if _is_unweighted(weights) else "Gwet's AC2"
    return linearised(
        name,
        ratings,
        lambda patterns: gwet.chance_corrected(patterns, gwet.ac, categories, weights),
    )


def brennan_prediger(
    ratings: Ratings,
    *,
    categories: Categories = None,
    weights: Weights = "unweighted",
) -> Coefficient:
    """Brennan and Prediger's kappa: chance agreement is 1 / categories.

    `categories` and `weights` as in `gwet_ac`, shapes as in `krippendorff_alpha`. For two
    coders also Bennett, Alpert and Goldstein's S. Source: Brennan & Prediger (1981), Gwet
    (2014).
    """
    return linearised(
        "Brennan-Prediger",
        ratings,
        lambda patterns: gwet.chance_corrected(
            patterns, gwet.uniform, categories, weights
        ),
    )


def fleiss_kappa(
    ratings: Ratings,
    *,
    categories: Categories = None,
    weights: Weights = "unweighted",
) -> Coefficient:
    """Fleiss' kappa for any number of coders, with missing ratings (Gwet's form).

    Units with one rating count for chance agreement. Categories that nobody gave do not
    matter, but weights by place need them. Shapes as in `krippendorff_alpha`. Source:
    Fleiss (1971), Gwet (2014).
    """
    return linearised(
        "Fleiss' kappa",
        ratings,
        lambda patterns: gwet.chance_corrected(
            patterns, gwet.pooled, categories, weights
        ),
    )


def scott_pi(
    ratings: Ratings,
    *,
    categories: Categories = None,
    weights: Weights = "unweighted",
) -> Coefficient:
    """Scott's pi: for two coders, chance agreement from their pooled marginals.

    Shapes as in `krippendorff_alpha`, two coders who rated. Source: Scott (1955).
    """

    def of(patterns: Patterns) -> gwet.Linear:
        if patterns.n_coders != 2:
            raise NotComputable(
                "Scott's pi is for exactly two coders; Fleiss' kappa takes more."
            )
        return gwet.chance_corrected(patterns, gwet.pooled, categories, weights)

    return linearised("Scott's pi", ratings, of)


def conger_kappa(
    ratings: Ratings,
    *,
    categories: Categories = None,
    weights: Weights = "unweighted",
) -> Coefficient:
    """Conger's kappa: Cohen's for any number of coders, with missing ratings (Gwet's form).

    Chance agreement from each coder's own marginals, so coders who use the categories
    differently are not charged for it: set it beside Fleiss' kappa, and the gap between
    the two is that difference. Shapes as in `krippendorff_alpha`. Source: Conger (1980),
    Gwet (2014, ch. 2 and 5).
    """
    return linearised(
        "Conger's kappa",
        ratings,
        lambda patterns: gwet.conger(patterns, categories, weights),
        asks_for_coders=True,
    )


def _is_unweighted(weights: Weights) -> bool:
    return isinstance(weights, str) and weights == "unweighted"
