"""Shares, means, ratios and totals by group: by outlet, month, weekday, section, genre.

A group is a part of the sample, not a sample of its own: its base is a chance matter, and
its clusters may hold units of other groups too.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mediacoding.stats.patterns import Floats, Integers
from mediacoding.stats.survey.design import SurveyDesign
from mediacoding.stats.survey.estimates import (
    Distribution,
    coded,
    mean,
    ratio,
    rows_within,
    shares_of_codes,
    total,
)
from mediacoding.stats.survey.result import Estimate

Groups = Sequence[Hashable] | npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class GroupedShares:
    """A distribution for each group, in the order of `groups`, and of all units together.

    Units without a group are in none, nor in `whole`; `ungrouped` says how many rows.
    """

    groups: tuple[Hashable, ...]
    rows: tuple[Distribution, ...]
    whole: Distribution
    ungrouped: int


@dataclass(frozen=True, slots=True)
class GroupedEstimates:
    """An estimate for each group, in the order of `groups`, and for all units together."""

    groups: tuple[Hashable, ...]
    rows: tuple[Estimate, ...]
    whole: Estimate
    ungrouped: int


def shares_by(
    values: Sequence[Any] | npt.NDArray[Any],
    groups: Groups,
    design: SurveyDesign,
    *,
    categories: Sequence[Hashable] | None = None,
    group_order: Sequence[Hashable] | None = None,
    confidence: float = 0.95,
    interval: str = "default",
) -> GroupedShares:
    """The shares of a variable's values in each group's own base, with intervals.

    `values` and `groups` have shape (rows,); None and NaN are no value and no group.
    `group_order` gives the groups, also those that never occur. Else as `estimates.shares`.
    """
    codes, named = coded(values, design.rows, categories)
    places, order = coded(groups, design.rows, group_order)
    parts, inside = _parts(design, places, len(order))
    how: dict[str, Any] = {"confidence": confidence, "interval": interval}
    return GroupedShares(
        groups=order,
        rows=tuple(
            shares_of_codes(codes, named, design, part, **how) for part in parts
        ),
        whole=shares_of_codes(codes, named, design, inside, **how),
        ungrouped=int((places < 0).sum()),
    )


def means_by(
    values: npt.ArrayLike,
    groups: Groups,
    design: SurveyDesign,
    *,
    group_order: Sequence[Hashable] | None = None,
    confidence: float = 0.95,
) -> GroupedEstimates:
    """The mean of numbers in each group, such as area by outlet, with t intervals.

    `values` (rows,), NaN for none. Source: Lohr (2019, ch. 4.3), means of domains.
    """
    return _each(
        groups,
        design,
        group_order,
        lambda within: mean(values, design, within=within, confidence=confidence),
    )


def ratios_by(
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    groups: Groups,
    design: SurveyDesign,
    *,
    scale: float = 1.0,
    group_order: Sequence[Hashable] | None = None,
    confidence: float = 0.95,
) -> GroupedEstimates:
    """A ratio in each group, such as articles per issue by month; as `estimates.ratio`."""
    return _each(
        groups,
        design,
        group_order,
        lambda within: ratio(
            numerator,
            denominator,
            design,
            within=within,
            scale=scale,
            confidence=confidence,
        ),
    )


def totals_by(
    values: npt.ArrayLike,
    groups: Groups,
    design: SurveyDesign,
    *,
    group_order: Sequence[Hashable] | None = None,
    confidence: float = 0.95,
) -> GroupedEstimates:
    """The sum over the frame in each group; as `estimates.total`."""
    return _each(
        groups,
        design,
        group_order,
        lambda within: total(values, design, within=within, confidence=confidence),
    )


def _each(
    groups: Groups,
    design: SurveyDesign,
    group_order: Sequence[Hashable] | None,
    of: Callable[[npt.NDArray[np.bool_]], Estimate],
) -> GroupedEstimates:
    places, order = coded(groups, design.rows, group_order)
    return GroupedEstimates(
        groups=order,
        rows=tuple(of(places == place) for place in range(len(order))),
        whole=of(places >= 0),
        ungrouped=int((places < 0).sum()),
    )


def _parts(
    design: SurveyDesign, places: Integers, many: int
) -> tuple[list[Integers], Integers]:
    """The rows of each group, and of all."""
    inside = rows_within(design, places >= 0)
    in_order = inside[np.argsort(places[inside], kind="stable")]
    ends = np.cumsum(np.bincount(places[inside], minlength=many))
    return np.split(in_order, ends[:-1]) if many else [], inside


def per_row(indicator: npt.ArrayLike) -> Floats:
    """True and False as 1 and 0, None as NaN: what shows something, for a sum of it."""
    listed = np.asarray(indicator, dtype=object)
    return np.array(
        [np.nan if one is None else float(one) for one in listed], dtype=float
    )
