"""Cross tables of weighted and clustered data: Rao and Scott's correction of chi-square.

Sources: Rao & Scott (1981), The analysis of categorical data from complex sample surveys,
and (1984), On chi-squared tests for multiway contingency tables with cell proportions
estimated from survey data; Thomas & Rao (1987), Small-sample comparisons of level and power
for simple goodness-of-fit statistics under cluster sampling; Lohr (2019, ch. 10).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from mediacoding.stats.patterns import Floats, Integers
from mediacoding.stats.survey.design import Spread, SurveyDesign, spread
from mediacoding.stats.survey.estimates import Within, coded, rows_within
from mediacoding.stats.survey.result import CENTRED, NoVariance
from mediacoding.stats.tables.association import (
    NO_UNITS,
    ONE_LINE,
    ROUGH_V,
    Association,
    CramersV,
    cramers_v,
    expected_too_small,
    marked,
    matrix,
    phi_square_derivative,
    placed,
)
from mediacoding.stats.tables.tails import chi_square_tail, f_tail

SMALL_WEIGHTED = (
    "Some cells are expected to hold few units, so p of the weighted table is rough. Merge "
    "categories."
)
NO_TEST = (
    "The clusters are too few for a table of this size, so there is no test. Merge "
    "categories, or draw more clusters."
)
SENTENCES = (SMALL_WEIGHTED, NO_TEST)


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """Weighted shares (r, c) of the rows and columns that have units, and its clusters."""

    shares: Floats
    n: int
    clusters: Integers
    totals: Floats  # (clusters, r c): linearised shares
    full: tuple[npt.NDArray[np.intp], ...]


def weighted_association(
    row_values: Sequence[Any] | npt.NDArray[Any],
    column_values: Sequence[Any] | npt.NDArray[Any],
    design: SurveyDesign,
    *,
    rows: Sequence[Hashable] | None = None,
    columns: Sequence[Hashable] | None = None,
    within: Within = None,
    confidence: float = 0.95,
) -> Association:
    """Test whether two variables of a sample are unrelated, weighted and by its design.

    Parameters
    ----------
    row_values, column_values : shape (rows of the design,); None and NaN are no value, and
        such units are left out.
    rows, columns : the categories in the codebook's order; without them those that occur.
    within : bool, the part of the sample that is meant.

    Returns
    -------
    Association
        Pearson's chi-square of the weighted shares times n, divided by tr(D), with D the
        generalised design effects, is F with tr(D)^2 / tr(D^2) and that times the design's
        degrees of freedom (second order). Residuals are the departures from p_r p_c over
        their standard errors by the design. V is of the weighted shares; its interval rests
        on chi-square over the mean design effect. `counts` stay what was counted.

        Without a test where the design gives no variance; the reason says why.

    Raises ValueError for a value that is no category, and where lengths differ.
    """
    one, row_names = coded(row_values, design.rows, rows)
    other, column_names = coded(column_values, design.rows, columns)
    at = rows_within(design, within, (one >= 0) & (other >= 0))
    shape = len(row_names), len(column_names)
    cell = one[at] * shape[1] + other[at]
    times, weight = design.times[at], design.weights[at] * design.times[at]
    counts = np.rint(np.bincount(cell, times, shape[0] * shape[1])).reshape(shape)
    found = _table(design, at, cell, weight, counts)
    given: dict[str, Any] = {
        "rows": row_names,
        "columns": column_names,
        "counts": matrix(counts.astype(np.int64)),
        "n": int(counts.sum()),
    }
    gaps = ((None,) * shape[1],) * shape[0]
    unmarked = ((False,) * shape[1],) * shape[0]
    if min(found.shares.shape) < 2:
        reason = ONE_LINE if found.n else NO_UNITS
        return Association(
            **given, expected=gaps, residuals=gaps, marked=unmarked, reason=reason
        )
    p = found.shares
    independent = np.outer(p.sum(axis=1), p.sum(axis=0))
    given["expected"] = placed(independent * found.n, found.full, shape)
    value = found.n * float(((p - independent) ** 2 / independent).sum())
    degrees = (p.shape[0] - 1) * (p.shape[1] - 1)
    try:
        by_design = spread(design, found.clusters, found.totals)
        if by_design.nominal < 1 or not by_design.covariance.any():
            raise NoVariance(NO_TEST)
    except NoVariance as reason:
        return Association(**given, residuals=gaps, marked=unmarked, reason=str(reason))
    effects = _design_effects(p, by_design.covariance) * found.n
    trace, squares = float(np.trace(effects)), float((effects * effects.T).sum())
    if trace <= 0 or squares <= 0:
        return Association(**given, residuals=gaps, marked=unmarked, reason=NO_TEST)
    f, above = value / trace, trace**2 / squares
    below = above * by_design.nominal
    residuals = placed(_residuals(p, by_design.covariance), found.full, shape)
    small = expected_too_small(independent * found.n)
    return Association(
        **given,
        residuals=residuals,
        marked=marked(residuals),
        chi_square=value,
        degrees=degrees,
        p=f_tail(f, above, below),
        method="Rao-Scott",
        p_chi_square=chi_square_tail(value, degrees),
        v=_v(found, value, by_design, trace / degrees, confidence),
        f=f,
        f_degrees=(above, below),
        design_effect=trace / degrees,
        warnings=((SMALL_WEIGHTED, ROUGH_V) if small else ())
        + ((CENTRED,) if by_design.has_lonely else ()),
    )


def _table(
    design: SurveyDesign,
    at: Integers,
    cell: Integers,
    weight: Floats,
    counts: Floats,
) -> _Table:
    full = np.ix_(counts.sum(axis=1) > 0, counts.sum(axis=0) > 0)
    places = np.arange(counts.size).reshape(counts.shape)[full].ravel()
    renumbered = np.full(counts.size, -1)
    renumbered[places] = np.arange(len(places))
    many = len(places)
    seen, place = np.unique(design.cluster[at], return_inverse=True)
    total = float(weight.sum())
    shown = np.bincount(
        place * many + renumbered[cell], weight, len(seen) * many
    ).reshape(len(seen), many)
    p = shown.sum(axis=0) / total if total else shown.sum(axis=0)
    totals = (shown - shown.sum(axis=1, keepdims=True) * p) / (total or 1.0)
    inner = counts[full].shape
    return _Table(p.reshape(inner), int(counts.sum()), seen, totals, full)


def _contrasts(p: Floats) -> Floats:
    """Derivatives (cells, cells) of p_rc - p_r p_c by each cell's share."""
    r, c = p.shape
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    own = np.eye(r * c)
    by_row = np.repeat(np.eye(r), c, axis=1)  # p_r from cells
    by_column = np.tile(np.eye(c), r)
    at_row, at_column = np.repeat(np.arange(r), c), np.tile(np.arange(c), r)
    return (
        own
        - columns[at_column, None] * by_row[at_row]
        - rows[at_row, None] * by_column[at_column]
    )


def _design_effects(p: Floats, covariance: Floats) -> Floats:
    """Generalised design effects over n: the design's covariance of the contrasts of all
    rows and columns but the last, over that of independent units."""
    r, c = p.shape
    inner = np.arange(r * c).reshape(r, c)[:-1, :-1].ravel()
    contrasts = _contrasts(p)[inner]
    rows, columns = p.sum(axis=1)[:-1], p.sum(axis=0)[:-1]
    simple = np.kron(
        np.diag(rows) - np.outer(rows, rows),
        np.diag(columns) - np.outer(columns, columns),
    )
    solved = np.linalg.solve(simple, contrasts @ covariance @ contrasts.T)
    return np.asarray(solved, dtype=float)


def _residuals(p: Floats, covariance: Floats) -> Floats:
    """Departures from independence over their standard errors by the design; NaN if 0."""
    contrasts = _contrasts(p)
    variance = np.einsum("ij,jk,ik->i", contrasts, covariance, contrasts)
    departures = (p - np.outer(p.sum(axis=1), p.sum(axis=0))).ravel()
    found = np.full(p.size, np.nan)
    known = variance > 1e-18
    found[known] = departures[known] / np.sqrt(variance[known])
    return found.reshape(p.shape)


def _v(
    found: _Table, value: float, by_design: Spread, effect: float, confidence: float
) -> CramersV:
    slope, phi_square = 1.0, value / found.n
    if phi_square > 0:
        gains = phi_square_derivative(found.shares).ravel()
        variance = float(gains @ by_design.covariance @ gains)
        slope = sqrt(max(0.0, variance) * found.n / (4 * phi_square * effect))
    return cramers_v(
        value,
        found.shares.shape,
        found.n,
        slope=slope,
        design_effect=effect,
        confidence=confidence,
    )
