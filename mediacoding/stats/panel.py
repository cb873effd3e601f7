"""One call that gives what an agreement page shows of a variable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mediacoding.stats import agreement, bootstrap
from mediacoding.stats.patterns import Integers, Patterns, from_long
from mediacoding.stats.result import Coefficient
from mediacoding.stats.sets import Sets, masi_distances


@dataclass(frozen=True, slots=True)
class Panel:
    """Agreement on one variable, or on one option of a multiple choice.

    `modal_share` is the share of the most frequent value among all ratings: near 1, few
    units decide the coefficient. `with_filter` is nominal alpha with "not applicable" as
    a category: the second reading of a filtered variable.
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


def panel(
    patterns: Patterns,
    *,
    level: str,
    categories: int | None,
    minimum: float | None = None,
    distances: np.ndarray | None = None,
    with_filter: Patterns | None = None,
    replicates: int = bootstrap.REPLICATES,
    seed: int = 0,
) -> Panel:
    """The headline coefficients of one variable, all from its patterns.

    `categories` is how many the codebook defines; None for measurements, which have no
    AC1. `minimum` adds P(alpha < minimum). `with_filter` are the patterns with "not
    applicable" as a value.
    """
    marginals = patterns.marginals
    total = float(marginals.sum())
    bounds = (*agreement.BOUNDS, *((minimum,) if minimum is not None else ()))
    nothing = Coefficient("", reason="This coefficient is for categories.")
    return Panel(
        n_units=patterns.n_units,
        n_pairable=patterns.n_pairable,
        n_coders=patterns.coders,
        n_ratings=round(total),
        modal_share=float(marginals.max()) / total if total else None,
        percent=agreement.percent_agreement(patterns),
        alpha=agreement.krippendorff_alpha(
            patterns,
            level=level,
            distances=distances,
            bounds=bounds,
            replicates=replicates,
            seed=seed,
        ),
        ac1=agreement.gwet_ac(patterns, categories=categories)
        if categories
        else nothing,
        brennan_prediger=agreement.brennan_prediger(patterns, categories=categories)
        if categories
        else nothing,
        with_filter=agreement.krippendorff_alpha(
            with_filter, level="nominal", replicates=replicates, seed=seed
        )
        if with_filter is not None
        else None,
    )


def option_panels(
    unit: Integers,
    coder: Integers,
    token: Integers,
    sets: Sets,
    options: Sequence[int],
    *,
    coders: int,
    minimum: float | None = None,
    replicates: int = bootstrap.REPLICATES,
    seed: int = 0,
) -> dict[int, Panel]:
    """A panel for every option of a multiple choice: chosen or not chosen.

    `token` is each rating's position in `sets`, the distinct sets that occur.
    """
    panels = {}
    for option in options:
        chosen = np.array(
            [option in options_set for options_set in sets], dtype=np.int64
        )
        codes = chosen[token] if len(token) else np.zeros(0, dtype=np.int64)
        patterns = from_long(unit, coder, codes, np.array([0, 1]), coders=coders)
        panels[option] = panel(
            patterns,
            level="nominal",
            categories=2,
            minimum=minimum,
            replicates=replicates,
            seed=seed,
        )
    return panels


def set_panel(
    unit: Integers,
    coder: Integers,
    token: Integers,
    sets: Sets,
    *,
    coders: int,
    minimum: float | None = None,
    replicates: int = bootstrap.REPLICATES,
    seed: int = 0,
) -> Panel:
    """The panel of a multiple choice as a whole: alpha with MASI distances between sets."""
    patterns = from_long(unit, coder, token, np.arange(len(sets)), coders=coders)
    return panel(
        patterns,
        level="sets",
        categories=None,
        minimum=minimum,
        distances=masi_distances(sets),
        replicates=replicates,
        seed=seed,
    )
