"""One call that gives what an agreement page shows of a variable."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mediacoding.stats import agreement, bootstrap
from mediacoding.stats.patterns import Patterns
from mediacoding.stats.result import Coefficient

FOR_CATEGORIES = "This coefficient is for categories."


@dataclass(frozen=True, slots=True)
class Panel:
    """Agreement on one variable, or on one option of a multiple choice.

    `modal_share` is the share of the most frequent value among all ratings: near 1, few
    units decide the coefficient. `with_filter` is nominal alpha with "not applicable" as
    a category: the second reading of a filtered variable, None where no filter left
    anything out. `prevalence`, of an option, is the share of ratings that chose it.
    """

    n_units: int
    n_pairable: int
    n_coders: int
    n_ratings: int
    modal_share: float | None
    percent: Coefficient
    alpha: Coefficient
    ac1: Coefficient
    brennan_prediger: Coefficient
    with_filter: Coefficient | None = None
    prevalence: float | None = None


@dataclass(frozen=True, slots=True)
class ChoicePanel:
    """Agreement on a multiple choice: on the set as a whole, and on each option."""

    whole: Panel
    options: dict[Hashable, Panel]


def variable_panel(
    patterns: Patterns,
    *,
    level: str,
    categories: int | None,
    minimum: float | None = None,
    not_applicable: Collection[int] = (),
    missing: Collection[int] = (),
    distances: npt.ArrayLike | None = None,
    steps: float | None = None,
    ends: tuple[float, float] | None = None,
    replicates: int = bootstrap.REPLICATES,
    seed: int = 0,
) -> Panel:
    """The headline coefficients of one variable, filters and missing codes read rightly.

    Parameters
    ----------
    patterns : all answers of the variable, "not applicable" and missing codes among its
        values. Only what was not coded at all is absent.
    level : level of measurement, as in `agreement.krippendorff_alpha`, which also has
        `distances`, `steps` and `ends`.
    categories : how many the codebook defines, at the nominal level its missing codes
        too; None for measurements, which have no AC1 and no Brennan-Prediger.
    minimum : adds P(alpha < minimum).
    not_applicable : places in `patterns.values` that mean: this coder's filter left the
        question out. Coefficients are then (a) of the ratings by coders who came to the
        question, so that a unit counts where at least two did; and `with_filter` is (b)
        nominal alpha with "not applicable" as a category, which a coder who answers and
        one whose filter left the question out disagree on.
    missing : places that are missing codes. They are categories of their own at the
        nominal level; at the others they have no place on the scale and are left out.
    """
    filtered = set(not_applicable)
    unscaled = set() if level == "nominal" else set(missing)
    occurring = set(np.unique(patterns.codes).tolist())
    return panel(
        patterns.without(filtered | unscaled),
        level=level,
        categories=categories,
        minimum=minimum,
        distances=distances,
        steps=steps,
        ends=ends,
        with_filter=_merged(patterns, filtered) if filtered & occurring else None,
        replicates=replicates,
        seed=seed,
    )


def _merged(patterns: Patterns, filtered: set[int]) -> Patterns:
    """The ratings with all ways of "not applicable" as one value."""
    first = min(filtered)
    places = [first if at in filtered else at for at in range(len(patterns.values))]
    return patterns.recoded(places, patterns.values)


def choice_panel(
    patterns: Patterns,
    *,
    options: Sequence[Hashable],
    minimum: float | None = None,
    not_applicable: Collection[int] = (),
    missing: Collection[int] = (),
    replicates: int = bootstrap.REPLICATES,
    seed: int = 0,
) -> ChoicePanel:
    """Agreement on a multiple choice: MASI alpha of the set, nominal alpha of each option.

    The values of `patterns` are frozensets of `options`, the empty one an answer, except
    at the places of `not_applicable` and `missing`, which are as in `variable_panel`; a
    missing code is no set and is left out. An option is chosen or not chosen.
    """
    how: dict[str, Any] = {"minimum": minimum, "replicates": replicates, "seed": seed}
    whole = variable_panel(
        patterns,
        level="sets",
        categories=None,
        not_applicable=not_applicable,
        missing=missing,
        **how,
    )
    return ChoicePanel(
        whole,
        {
            option: _option_panel(
                patterns, option, set(not_applicable), set(missing), how
            )
            for option in options
        },
    )


def _option_panel(
    patterns: Patterns,
    option: Hashable,
    filtered: set[int],
    missing: set[int],
    how: dict[str, Any],
) -> Panel:
    """Agreement on whether an option was chosen (1), not chosen (0), or not asked (2)."""
    places = [
        2 if at in filtered else -1 if at in missing else int(option in value)
        for at, value in enumerate(patterns.values)
    ]
    chosen = patterns.recoded(places, [0, 1, 2])
    not_chosen, times = chosen.marginals[:2]
    asked = not_chosen + times
    found = variable_panel(
        chosen, level="nominal", categories=2, not_applicable=(2,), **how
    )
    return replace(found, prevalence=float(times / asked) if asked else None)


def panel(
    patterns: Patterns,
    *,
    level: str,
    categories: int | None,
    minimum: float | None = None,
    distances: npt.ArrayLike | None = None,
    steps: float | None = None,
    ends: tuple[float, float] | None = None,
    with_filter: Patterns | None = None,
    replicates: int = bootstrap.REPLICATES,
    seed: int = 0,
) -> Panel:
    """The headline coefficients of ratings that all have a place at the level.

    `with_filter` are the patterns of the second reading, with "not applicable" as a value;
    `variable_panel` makes both from one table and explains the rest.
    """
    marginals = patterns.marginals
    total = float(marginals.sum())
    bounds = (*agreement.BOUNDS, *((minimum,) if minimum is not None else ()))
    return Panel(
        n_units=patterns.n_units,
        n_pairable=patterns.n_pairable,
        n_coders=patterns.n_coders,
        n_ratings=round(total),
        modal_share=float(marginals.max()) / total if total else None,
        percent=agreement.percent_agreement(patterns),
        alpha=agreement.krippendorff_alpha(
            patterns,
            level=level,
            distances=distances,
            steps=steps,
            ends=ends,
            bounds=bounds,
            replicates=replicates,
            seed=seed,
        ),
        ac1=agreement.gwet_ac(patterns, categories=categories)
        if categories
        else Coefficient("Gwet's AC1", reason=FOR_CATEGORIES),
        brennan_prediger=agreement.brennan_prediger(patterns, categories=categories)
        if categories
        else Coefficient("Brennan-Prediger", reason=FOR_CATEGORIES),
        with_filter=None
        if with_filter is None
        else agreement.krippendorff_alpha(
            with_filter,
            level="nominal",
            bounds=bounds,
            replicates=replicates,
            seed=seed,
        ),
    )
