"""Codings against a gold standard: how good they are.

A coder, several coders' final values or a machine are compared with values that count as
true. docs/methods.md has the formulas and says when to use which.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mediacoding.stats import cells
from mediacoding.stats.agreement import cohen_kappa, krippendorff_alpha
from mediacoding.stats.coverage import shares
from mediacoding.stats.patterns import Floats, Integers
from mediacoding.stats.result import Coefficient, no_uncertainty

REPLICATES = 2_000
UNWEIGHTED = "Alpha and kappa count every unit once, whatever its weight."


@dataclass(frozen=True, slots=True)
class CategoryScore:
    """How one category was coded: `support` gold units show it, `predicted` were coded so."""

    category: Hashable
    support: int
    predicted: int
    precision: Coefficient
    recall: Coefficient
    specificity: Coefficient
    f1: Coefficient


@dataclass(frozen=True, slots=True, eq=False)
class AgainstGold:
    """Codings compared with a gold standard on the `n` units that have both.

    `confusion` (values, values): units by gold value (rows) and coded value (columns), in
    the order of `categories`. `uncoded` units have only a gold value, `without_gold` only a
    coding.
    """

    n: int
    uncoded: int
    without_gold: int
    categories: tuple[Hashable, ...]
    confusion: npt.NDArray[np.int64]
    accuracy: Coefficient
    by_category: tuple[CategoryScore, ...]
    macro_f1: Coefficient
    alpha: Coefficient
    kappa: Coefficient
    warnings: tuple[str, ...] = ()


def against_gold(
    coded: npt.ArrayLike,
    gold: npt.ArrayLike,
    *,
    categories: Sequence[Hashable] | None = None,
    weights: npt.ArrayLike | None = None,
    level: str = "nominal",
    confidence: float = 0.95,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> AgainstGold:
    """Accuracy, confusion, precision, recall, specificity and F1 against a gold standard.

    Parameters
    ----------
    coded, gold : array_like, shape (units,)
        Labels or numbers; NaN, None or empty text where there is no value. Units with one
        of them only are counted and left out.
    categories : the codebook's, in its order; without them those that occur.
    weights : array_like, shape (units,)
        How many units of the study each stands for, where they were not drawn with the
        same chance. Counts stay counts; intervals rest on Kish's effective base.
    level : of measurement, for alpha only; `agreement.krippendorff_alpha` lists them.
    replicates, seed : of the bootstrap of macro F1.

    Returns
    -------
    AgainstGold
        Proportions have Wilson's interval. F1 = 2 TP / (2 TP + FP + FN) is 2 J / (1 + J)
        of the proportion J = TP / (TP + FP + FN), and its interval that of J, transformed
        (Lam, Gopal & Qian 2023, "Wilson indirect"). Macro F1 is the plain mean over
        categories that occur; its interval is the percentile one of the unit bootstrap.
        What is undefined, such as the precision of a category that was never coded, has a
        reason. Alpha and kappa take the gold standard for a second coder.

    Raises ValueError for lengths that differ, for a value that is no category, and for
    weights that are not above 0; NotComputable for infinite numbers.
    """
    pair = _side_by_side(coded, gold)
    places, named = _places(pair, categories)
    both = np.asarray((places >= 0).all(axis=1))
    by_unit, weight = _strata(weights, both)
    many, strata = len(named), len(weight)
    key = (by_unit * many + places[both, 0]) * many + places[both, 1]
    tables = np.bincount(key, minlength=strata * many * many)
    tables = tables.reshape(strata, many, many)
    proportions = _Proportions(weight, confidence)
    scores = tuple(
        _score(category, tables, place, proportions)
        for place, category in enumerate(named)
    )
    n = int(both.sum())
    return AgainstGold(
        n=n,
        uncoded=int((places[:, 0] >= 0).sum()) - n,
        without_gold=int((places[:, 1] >= 0).sum()) - n,
        categories=named,
        confusion=tables.sum(axis=0),
        accuracy=proportions.of(
            "Accuracy",
            np.trace(tables, axis1=1, axis2=2),
            tables.sum(axis=(1, 2)),
            "No unit has both a coding and a gold value.",
        ),
        by_category=scores,
        macro_f1=_macro_f1(scores, tables, weight, confidence, replicates, seed),
        alpha=krippendorff_alpha(pair, level=level, seed=seed),
        kappa=cohen_kappa(pair),
        warnings=() if weights is None else (UNWEIGHTED,),
    )


def _side_by_side(coded: npt.ArrayLike, gold: npt.ArrayLike) -> npt.NDArray[Any]:
    """The two as a table of ratings, gold first: shape (units, 2)."""
    first, second = cells.table_of(gold), cells.table_of(coded)
    if first.ndim != 1 or first.shape != second.shape:
        raise ValueError("Give one coded and one gold value for each unit.")
    table = np.empty((len(first), 2), dtype=object)
    table[:, 0], table[:, 1] = first, second
    numeric = first.dtype.kind in "biuf" and second.dtype.kind in "biuf"
    return table.astype(float) if numeric else table


def _places(
    pair: npt.NDArray[Any], categories: Sequence[Hashable] | None
) -> tuple[Integers, tuple[Hashable, ...]]:
    """Each value's place among the categories (units, 2), -1 for none; and the categories."""
    if categories is None:
        places, values = cells.places_of(pair)
        return places.reshape(-1, 2), tuple(values.tolist())
    listed = np.empty(len(categories) + pair.size, dtype=object)
    listed[: len(categories)] = categories
    listed[len(categories) :] = pair.reshape(-1)
    # All at once, so that 3, 3.0 and "3" are one value also between codebook and data.
    places, values = cells.places_of(listed)
    known, places = places[: len(categories)], places[len(categories) :]
    if (known < 0).any() or len(np.unique(known)) < len(known):
        raise ValueError("Each category has a value of its own.")
    order = np.full(len(values) + 1, -1)
    order[known] = np.arange(len(known))
    found = order[places]
    strange = places[(found < 0) & (places >= 0)]
    if len(strange):
        raise ValueError(
            f"“{values[strange[0]]}” is not among the categories. Correct the value, or "
            "add the category."
        )
    return found.reshape(-1, 2), tuple(categories)


def _strata(
    weights: npt.ArrayLike | None, both: npt.NDArray[np.bool_]
) -> tuple[Integers, Floats]:
    """Which of the distinct weights each unit has, shape (units with both,), and these."""
    if weights is None:
        return np.zeros(int(both.sum()), dtype=np.intp), np.ones(1)
    weight = np.asarray(weights, dtype=float)
    if weight.shape != both.shape or not (np.isfinite(weight) & (weight > 0)).all():
        raise ValueError("Give each unit a weight above 0.")
    distinct, stratum = np.unique(weight[both], return_inverse=True)
    return stratum, distinct


@dataclass(frozen=True, slots=True, eq=False)
class _Proportions:
    """Proportions of units by stratum, whose units weigh `weight` (strata,)."""

    weight: Floats
    confidence: float

    def of(self, name: str, hits: Integers, base: Integers, reason: str) -> Coefficient:
        """`hits` of `base`, both (strata,), with Wilson's interval; else the reason."""
        table = np.column_stack([hits, base - hits])
        found = shares(table, self.weight, confidence=self.confidence)[0]
        if found.share is None:
            return Coefficient(name, reason=reason, confidence=self.confidence)
        return Coefficient(
            name,
            found.share,
            found.interval,
            n_units=found.base,
            method="Wilson",
            confidence=self.confidence,
        )


def _score(
    category: Hashable, tables: Integers, place: int, proportions: _Proportions
) -> CategoryScore:
    """One category's figures from the confusion tables (strata, values, values)."""
    n = tables.sum(axis=(1, 2))
    hits = tables[:, place, place]
    gold, coded = tables[:, place, :].sum(axis=1), tables[:, :, place].sum(axis=1)
    either = gold + coded - hits
    overlap = proportions.of(
        "F1",
        hits,
        either,
        f"Neither gold nor coding has “{category}”, so its F1 is undefined.",
    )
    return CategoryScore(
        category=category,
        support=int(gold.sum()),
        predicted=int(coded.sum()),
        precision=proportions.of(
            "Precision",
            hits,
            coded,
            f"No unit was coded “{category}”, so its precision is undefined. Code more "
            "units, or merge it with another category.",
        ),
        recall=proportions.of(
            "Recall",
            hits,
            gold,
            f"No gold unit shows “{category}”, so its recall is undefined. Add gold "
            "units that show it.",
        ),
        specificity=proportions.of(
            "Specificity",
            n - either,
            n - gold,
            f"No gold unit shows anything but “{category}”, so its specificity is "
            "undefined. Add gold units that show other categories.",
        ),
        f1=_f1_of_overlap(overlap),
    )


def _f1_of_overlap(overlap: Coefficient) -> Coefficient:
    """2 J / (1 + J) of J = TP / (TP + FP + FN), and of the ends of its interval."""
    if overlap.value is None or overlap.interval is None:
        return overlap
    value, low, high = (2 * j / (1 + j) for j in (overlap.value, *overlap.interval))
    return Coefficient(
        "F1",
        value,
        (low, high),
        n_units=overlap.n_units,
        method="Wilson indirect",
        confidence=overlap.confidence,
    )


def _macro_f1(
    scores: Sequence[CategoryScore],
    tables: Integers,
    weight: Floats,
    confidence: float,
    replicates: int,
    seed: int,
) -> Coefficient:
    """The mean F1 of the categories that occur, with the bootstrap of units."""
    known = [score.f1.value for score in scores if score.f1.value is not None]
    if not known:
        return Coefficient(
            "Macro F1", reason="No unit has both a coding and a gold value."
        )
    value, n = float(np.mean(known)), int(tables.sum())
    if value >= 1 - 1e-12:
        return Coefficient(
            "Macro F1", value, n_units=n, warnings=(no_uncertainty(value),)
        )
    stratum, gold, coded = np.nonzero(tables)  # a unit is in one of these cells
    units = tables[stratum, gold, coded]
    drawn = np.random.default_rng(seed).multinomial(n, units / n, size=replicates)
    each = np.eye(tables.shape[1])
    hits = each[gold] * each[coded] * weight[stratum][:, None]
    sums = (each[gold] + each[coded]) * weight[stratum][:, None]
    sums_drawn = drawn @ sums
    occurs = sums_drawn > 0
    f1 = np.divide(
        2 * drawn @ hits, sums_drawn, out=np.zeros(sums_drawn.shape), where=occurs
    )
    means = f1.sum(axis=1) / occurs.sum(axis=1)
    low, high = np.quantile(means, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Coefficient(
        "Macro F1",
        value,
        (float(low), float(high)),
        se=float(means.std(ddof=1)),
        n_units=n,
        method="percentile",
        confidence=confidence,
        replicates=replicates,
        seed=seed,
    )
