"""The u-alpha family: Krippendorff's alpha of passages in a continuous text.

Sources: Krippendorff, Mathet, Bouvry & Widlöcher (2016), On the reliability of unitizing
textual continua; Krippendorff (2019), Content analysis, 4th ed., sec. 12.6. Published
values: fixtures/agreement/units_krippendorff2019_fig12_11.csv. docs/methods.md has the
formulas.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Unpack

import numpy as np

from mediacoding.stats.patterns import Floats
from mediacoding.stats.result import Coefficient, NotComputable
from mediacoding.stats.totals import OfSums
from mediacoding.stats.unitizing.estimates import NO_MARKS, Interval, estimate
from mediacoding.stats.unitizing.markings import Markings
from mediacoding.stats.unitizing.sums import Sums, stretches_of, sums_of

ONE_VALUE = (
    "Every coder gave all of the text one and the same value, so agreement by chance is "
    "certain and u-alpha is undefined. Add articles in which the marking varies."
)
ALL_MARKED = (
    "Every coder marked all of the text, so whether text is marked does not vary and the "
    "binary u-alpha is undefined. cu-alpha tells how the values agree."
)
NOTHING_SHARED = (
    "Nowhere did two coders mark the same text, so their values cannot be compared. The "
    "binary u-alpha tells how far they agree on what to mark."
)
ONE_SHARED_VALUE = (
    "All text that two coders marked has one and the same value, so agreement by chance "
    "is certain. Add articles in which the values vary."
)
NOT_THERE = "No article that two or more coders read has a passage with this value."
NOT_SHARED = (
    "Where one coder gave this value no other coder marked anything, so nothing tells "
    "whether they know it from other values. Its coverage is 0."
)


def u_alpha(markings: Markings, **how: Unpack[Interval]) -> Coefficient:
    """u-alpha, nominal: agreement on which text is marked and on its value.

    Parameters
    ----------
    markings : from `from_passages`. Articles that fewer than two coders read are left
        out. In an article with m readers each pair weighs 1 / (m - 1), as in alpha.
    interval : {"default", "bca", "percentile", "jackknife"}, or None for none
        By drawing articles; `bootstrap.uncertainty` has the rule of the default.
    bounds : for each, the share of replicates below it.
    replicates, seed : how many bootstrap samples of the articles, and their seed.

    Returns
    -------
    Coefficient
        `value` is at most 1, 0 means chance agreement. Its units are articles. Undefined
        when nobody marked anything, or all marked everything with the same value.
    """
    return estimate(
        "u-alpha, nominal", markings, lambda: u_statistic(_sums(markings)), how
    )


def u_alpha_binary(markings: Markings, **how: Unpack[Interval]) -> Coefficient:
    """|u-alpha, binary: agreement on which text is marked, whatever its value.

    Parameters as in `u_alpha`. Undefined when nobody marked anything, or all everything.
    """
    return estimate(
        "u-alpha, binary", markings, lambda: binary_statistic(_sums(markings)), how
    )


def cu_alpha(markings: Markings, **how: Unpack[Interval]) -> Coefficient:
    """cu-alpha, nominal: agreement on the values of text that two coders marked.

    Parameters as in `u_alpha`. Undefined where no two coders marked the same text, or all
    such text has the same value.
    """
    return estimate(
        "cu-alpha, nominal", markings, lambda: cu_statistic(_sums(markings)), how
    )


def ku_alpha(
    markings: Markings, **how: Unpack[Interval]
) -> dict[Hashable, Coefficient]:
    """(k)u-alpha of each value: how well it is told from the others in text marked twice.

    Parameters as in `u_alpha`. Undefined for a value on whose text no second coder marked
    anything (0 / 0, neither 1 nor 0), and where it is the only value. Read it with the
    value's `coverage`: it says nothing of text that only one coder marked.
    """
    return ku_of(markings, _sums(markings), how)


def coverage(markings: Markings) -> dict[Hashable, float | None]:
    """For each value the share of its text that another coder marked too, l*_.k / l_.k.

    From 0 to 1; with more than two readers the mean over the others. None where the value
    does not occur in articles that two coders read.
    """
    return coverage_of(markings, _sums(markings))


def _sums(markings: Markings) -> Sums:
    return sums_of(markings, stretches_of(markings))


def ku_of(markings: Markings, sums: Sums, how: Interval) -> dict[Hashable, Coefficient]:
    """`ku_alpha` of sums that are known."""
    return {
        value: estimate(
            f"(k)u-alpha of “{value}”",
            markings,
            lambda at=at: value_statistic(sums, at),  # type: ignore[misc]
            how,
        )
        for at, value in enumerate(markings.values)
    }


def coverage_of(markings: Markings, sums: Sums) -> dict[Hashable, float | None]:
    """`coverage` of sums that are known."""
    shared, lengths = sums.shared.sum(axis=0), sums.lengths.sum(axis=0)
    return {
        value: float(shared[at] / lengths[at]) if lengths[at] else None
        for at, value in enumerate(markings.values)
    }


def u_statistic(sums: Sums) -> OfSums:
    """u-alpha as a function of the articles' weights; raises NotComputable."""
    if not sums.lengths[:, :-1].any():
        raise NotComputable(NO_MARKS)
    return _alpha(sums.lengths, sums.differing, sums.squares, ONE_VALUE)


def binary_statistic(sums: Sums) -> OfSums:
    """|u-alpha: all values are one. Passages stay as they were cut, side by side or not."""
    if not sums.lengths[:, :-1].any():
        raise NotComputable(NO_MARKS)
    marked, gaps = sums.lengths[:, :-1].sum(axis=1), sums.lengths[:, -1]
    lengths = np.column_stack([marked, gaps])
    return _alpha(lengths, sums.unshared, sums.squares, ALL_MARKED)


def cu_statistic(sums: Sums) -> OfSums:
    """cu-alpha as a function of the articles' weights; raises NotComputable."""
    if not sums.shared.any():
        raise NotComputable(NOTHING_SHARED)
    confused = sums.confused.sum(axis=1)
    return _alpha(sums.shared, confused, sums.shared_squares, ONE_SHARED_VALUE)


def value_statistic(sums: Sums, at: int) -> OfSums:
    """(k)u-alpha of the value at a place; raises NotComputable."""
    if not sums.lengths[:, at].any():
        raise NotComputable(NOT_THERE)
    if not sums.shared[:, at].any():
        raise NotComputable(NOT_SHARED)
    others = np.delete(sums.shared, at, axis=1).sum(axis=1)
    if not others.any():
        raise NotComputable(ONE_SHARED_VALUE)
    own = (sums.shared, sums.confused, sums.shared_squares)
    table = np.column_stack([*(column[:, at] for column in own), others])
    return OfSums(table, _of_value)


def _alpha(lengths: Floats, differing: Floats, squares: Floats, alike: str) -> OfSums:
    """Alpha from l_c. (articles, values), the text that differs and lambda.

    Raises NotComputable with `alike` where there is only one value.
    """
    if np.count_nonzero(lengths.any(axis=0)) < 2:
        raise NotComputable(alike)
    return OfSums(np.column_stack([lengths, differing, squares.sum(axis=1)]), _of_all)


def _of_all(totals: Floats) -> Floats:
    """1 - sum_{c != k} l_ck / (l.. sum_{c != k} l_c. l_.k / (l..^2 - sum of lambda))."""
    lengths, differing, squares = totals[:, :-2], totals[:, -2], totals[:, -1]
    total = lengths.sum(axis=1)
    others = (lengths * (total[:, None] - lengths)).sum(axis=1)
    ratio = np.full(len(totals), np.nan)
    varies = np.count_nonzero(lengths, axis=1) >= 2
    np.divide(differing * (total**2 - squares), total * others, out=ratio, where=varies)
    return 1 - ratio


def _of_value(totals: Floats) -> Floats:
    """1 - (epsilon*_.k / l*_.k) sum_{c != k} l*_ck / sum_{c != k} epsilon*_ck.

    What the two epsilons share, l*.. / (l*..^2 - sum of lambda*), cancels.
    """
    length, confused, squares, others = totals.T
    expected = length * (length + others) - squares
    ratio = np.full(len(totals), np.nan)
    varies = (length > 0) & (others > 0)
    np.divide(expected * confused, length**2 * others, out=ratio, where=varies)
    return 1 - ratio
