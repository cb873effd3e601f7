"""How many units a reliability round needs, by two published formulas.

They rest on what is expected; `planning.py` simulates. docs/methods.md says when to use
which.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from mediacoding.stats.distributions import NORMAL


@dataclass(frozen=True, slots=True)
class SampleSize:
    """How many a round needs: `needed` is `exact` rounded up, so that it is never too few.

    `units` are units, also where the formula counts codings. `assumes` says, in sentences,
    what the number rests on.
    """

    needed: int
    exact: float
    units: int
    assumes: str


def lacy_riffe(
    *,
    population: int,
    agreement: float,
    minimum: float | None = None,
    se: float | None = None,
    confidence: float = 0.95,
) -> SampleSize:
    """Units that two coders both code, so that their percent agreement is known well enough.

    n = ((N - 1) SE^2 + P (1 - P) N) / ((N - 1) SE^2 + P (1 - P)), never more than N.

    Parameters
    ----------
    population : N, the units of the study, from which the round is drawn at random.
    agreement : P, the expected share of units on which two coders agree.
    minimum, se : one of them
        The standard error of the agreement, or the lowest agreement that is acceptable:
        then SE = (P - minimum) / z, one-tailed at `confidence` (z = 1.645 for .95).

    Raises ValueError if the numbers contradict each other.

    Source: Lacy, S. & Riffe, D. (1996). Sampling error and selecting intercoder
    reliability samples for nominal content categories. The paper rounds its results, up
    or down, and SE = .05 / 1.64 to .03.
    """
    refuse_if(
        population < 2 or population != int(population),
        "The study has a whole number of units, two or more.",
    )
    refuse_if(
        not 0 < agreement < 1,
        "Expected agreement lies between 0 and 1, without the ends: what is certain "
        "needs no sample. Use a share such as .9.",
    )
    refuse_if(
        (minimum is None) == (se is None),
        "Give either the minimum agreement or the standard error.",
    )
    if minimum is not None:
        refuse_if(
            not 0 <= minimum < agreement,
            "The minimum agreement must lie below the expected agreement. Lower the "
            "minimum, or train the coders first.",
        )
        se = (agreement - minimum) / z_of(confidence)
        aim = f"it is above {minimum:g} in the whole study, with {confidence:.0%} confidence (one-tailed)"
    else:
        aim = f"its standard error is {se:g}"
    assert se is not None
    refuse_if(not 0 < se < 1, "A standard error of agreement lies between 0 and 1.")
    noise, spread = (population - 1) * se**2, agreement * (1 - agreement)
    exact = (noise + spread * population) / (noise + spread)
    needed = rounded_up(exact)
    return SampleSize(
        needed,
        exact,
        needed,
        f"{needed} units, drawn at random from the {population} of the study and coded by "
        f"two coders: if they agree on {agreement:.0%} of them, {aim}. The formula is for "
        "percent agreement on a nominal variable, not for alpha.",
    )


def bloch_kraemer(
    *,
    minimum: float,
    categories: int | None = None,
    smallest_share: float | None = None,
    significance: float = 0.05,
    coders: int = 2,
) -> SampleSize:
    """Codings by which alpha can be told from `minimum`, as Krippendorff tabulates them.

    n = m z_p^2 [(1 + a)(3 - a) / (4 (1 - a) p_c (1 - p_c)) - a], with the minimum alpha a,
    m coders and the share p_c of the rarest category that matters. The bracket is the
    variance of a unit's kappa of that category against all others at (1 + a) / 2, midway
    between the minimum and 1, over the square of half the way. So if true alpha is midway,
    the normal lower bound of n / m units is above the minimum every other time.

    n counts codings with m = 2, half as many units (`units`). Read as units it is twice as
    many, and on the safe side, since near 1 the normal bound is too high; `power` tells
    what a round really shows.

    Parameters
    ----------
    minimum : the alpha that must be reached, from 0 to below 1.
    categories, smallest_share : one of them
        With a number of categories all are taken as equally frequent: p_c = 1 / categories.
    significance : chance of taking data for reliable whose alpha is at the minimum.

    Raises ValueError if the numbers make no sense.

    Sources: Bloch, D. & Kraemer, H. (1989), 2 x 2 kappa coefficients, eq. 3.7;
    Krippendorff, K. (2019), Content analysis, 4th ed., ch. 12.
    """
    refuse_alpha(minimum)
    refuse_if(
        (categories is None) == (smallest_share is None),
        "Give either the number of categories or the smallest category's share.",
    )
    if categories is not None:
        smallest_share = 1 / max(categories, 1)
    assert smallest_share is not None
    refuse_if(
        not 0 < smallest_share <= 0.5,
        "A variable has two or more categories, so the smallest one's share is at most "
        "one half, and above 0: what never occurs cannot be tested.",
    )
    refuse_if(coders < 2, "Agreement needs two or more coders.")
    z = z_of(1 - significance)
    spread = smallest_share * (1 - smallest_share)
    bracket = (1 + minimum) * (3 - minimum) / (4 * (1 - minimum) * spread) - minimum
    exact = coders * z**2 * bracket
    needed, units = rounded_up(exact), rounded_up(exact / coders)
    return SampleSize(
        needed,
        exact,
        units,
        f"{needed} codings: {units} units, each coded by {coders} coders, if the rarest "
        f"category holds {smallest_share:.1%} of the codings. By the normal approximation, "
        f"data with an alpha of {minimum:g} pass for better with a chance of "
        f"{significance:g}, and data with {(1 + minimum) / 2:g} with about one half.",
    )


def refuse_if(makes_no_sense: bool, sentence: str) -> None:
    if makes_no_sense:
        raise ValueError(sentence)


def refuse_alpha(alpha: float) -> None:
    refuse_if(
        not 0 <= alpha < 1,
        "An alpha to plan with lies between 0 and 1; 1 itself cannot be shown.",
    )


def z_of(probability: float) -> float:
    refuse_if(
        not 0.5 < probability < 1,
        "Confidence lies between one half and 1, significance between 0 and one half.",
    )
    return NORMAL.inv_cdf(probability)


def rounded_up(exact: float) -> int:
    """The next whole number; what is above one by rounding only is that number."""
    return ceil(exact - 1e-9)
