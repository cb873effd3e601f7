"""Whether two variables go together: chi-square, Cramer's V, and where the cells depart.

Units are taken as independent, as in a simple sample; for weights and clusters see
`survey.association`.

Sources: Pearson (1900); Cochran (1954), Some methods for strengthening the common
chi-square tests; Haberman (1973), The analysis of residuals in cross-classified tables;
Cramer (1946), ch. 21; Bergsma (2013), A bias-correction for Cramer's V and Tschuprow's T;
Smithson (2003), Confidence intervals, ch. 4; Bishop, Fienberg & Holland (1975), ch. 11.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import erfc, isfinite, sqrt

import numpy as np
import numpy.typing as npt

from mediacoding.stats.patterns import Floats, Integers
from mediacoding.stats.tables.corrections import holm
from mediacoding.stats.tables.exact import REPLICATES, fisher_exact, permutation_p
from mediacoding.stats.tables.tails import chi_square_tail, noncentrality

NO_UNITS = "The table is empty, so there is nothing to compare."
ONE_LINE = (
    "Only one row or only one column of the table has units, so there is nothing to "
    "compare."
)
SMALL_EXPECTED = (
    "Some cells are expected to hold so few units that the chi-square distribution does "
    "not fit; p is exact or by permutation."
)
ROUGH_V = (
    "Some cells are expected to hold so few units that the interval of V is rough."
)
SENTENCES = (NO_UNITS, ONE_LINE, SMALL_EXPECTED, ROUGH_V)

Matrix = tuple[tuple[float, ...], ...]
Gaps = tuple[tuple[float | None, ...], ...]
SIGNIFICANCE = 0.05


@dataclass(frozen=True, slots=True)
class CramersV:
    """Cramer's V from 0 to 1 with its interval; `corrected` is Bergsma's, without its bias.

    V of unrelated variables is above 0 by chance alone, the more so the larger the table.
    """

    value: float
    interval: tuple[float, float]
    corrected: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Association:
    """A cross table (rows, columns) with its test, or the reason why there is none.

    counts : units; `expected` as they would be if the variables were unrelated, None in
        empty rows and columns. Of weighted data both are of weighted shares times n.
    residuals : adjusted standardised, about normal if the variables are unrelated; None
        where a row or column is empty or holds all. `marked` are those that differ from 0
        at 5 % after Holm's correction over the cells.
    p : by `method`: "chi-square", "Fisher", "permutation" (`replicates` with `seed`), or
        "Rao-Scott". `p_chi_square` is the plain one, also where it does not fit.
    n : units in the table. `degrees` of freedom; of Rao and Scott's F those are
        `f_degrees` (of numerator and denominator), its value `f`, and `design_effect` the
        mean generalised one, by which chi-square is too high.
    """

    rows: tuple[Hashable, ...]
    columns: tuple[Hashable, ...]
    counts: Matrix
    n: int
    expected: Gaps
    residuals: Gaps
    marked: tuple[tuple[bool, ...], ...]
    chi_square: float | None = None
    degrees: int | None = None
    p: float | None = None
    method: str = ""
    p_chi_square: float | None = None
    v: CramersV | None = None
    f: float | None = None
    f_degrees: tuple[float, float] | None = None
    design_effect: float | None = None
    replicates: int = 0
    seed: int | None = None
    reason: str | None = None
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.p is None) == (self.reason is None):
            raise ValueError("A cross table has a test or a reason.")
        if self.p is not None and not isfinite(self.p):
            raise ValueError("A p that is not a number is no p.")


def association(
    counts: npt.ArrayLike,
    *,
    rows: Sequence[Hashable] | None = None,
    columns: Sequence[Hashable] | None = None,
    test: str = "default",
    replicates: int = REPLICATES,
    seed: int = 0,
    confidence: float = 0.95,
) -> Association:
    """Test whether rows and columns of a table of counts are unrelated, and how strongly.

    Parameters
    ----------
    counts : whole numbers of units, shape (rows, columns). Rows and columns that are empty
        stay in the table and out of the test.
    rows, columns : their names; 0, 1, 2 ... if not given.
    test : "default" is Pearson's chi-square with (r - 1)(c - 1) degrees of freedom where
        Cochran's rule holds (no expected count below 1, at most a fifth below 5; in a 2 x 2
        table none below 5), else Fisher's exact test of a 2 x 2 table and the permutation
        test of a larger one. "chi-square", "fisher" (2 x 2 only) and "permutation" are
        always that.
    replicates, seed : of the permutation test.

    Returns
    -------
    Association
        V = sqrt(chi-square / (n min(r - 1, c - 1))). Its interval turns the noncentral
        chi-square around, and stretches it by the standard error of V that the table shows
        (delta method): the noncentral one alone holds for weak association only.

    Raises ValueError for counts that are negative or not whole, names that do not fit,
    and Fisher's test of a larger table.
    """
    table = _whole(counts)
    named = _names(rows, table.shape[0]), _names(columns, table.shape[1])
    full = np.ix_(table.sum(axis=1) > 0, table.sum(axis=0) > 0)
    kept = table[full]
    n = int(table.sum())
    if min(kept.shape) < 2:
        gaps: Gaps = ((None,) * table.shape[1],) * table.shape[0]
        return Association(
            rows=named[0],
            columns=named[1],
            counts=matrix(table),
            n=n,
            expected=gaps,
            residuals=gaps,
            marked=((False,) * table.shape[1],) * table.shape[0],
            reason=ONE_LINE if n else NO_UNITS,
        )
    expected = np.outer(kept.sum(axis=1), kept.sum(axis=0)) / n
    value = float(((kept - expected) ** 2 / expected).sum())
    degrees = (kept.shape[0] - 1) * (kept.shape[1] - 1)
    plain = chi_square_tail(value, degrees)
    is_small = expected_too_small(expected)
    method = chosen(test, is_small, kept.shape)
    p = plain
    if method == "Fisher":
        p = fisher_exact(kept)
    elif method == "permutation":
        p = permutation_p(kept, replicates=replicates, seed=seed)
    residuals = adjusted_residuals(kept / n) * sqrt(n)
    drawn = method == "permutation"
    return Association(
        rows=named[0],
        columns=named[1],
        counts=matrix(table),
        n=n,
        expected=placed(expected, full, table.shape),
        residuals=placed(residuals, full, table.shape),
        marked=marked(placed(residuals, full, table.shape)),
        chi_square=value,
        degrees=degrees,
        p=p,
        method=method,
        p_chi_square=plain,
        v=cramers_v(
            value,
            kept.shape,
            n,
            slope=_slope(kept / n, value / n),
            confidence=confidence,
        ),
        replicates=replicates if drawn else 0,
        seed=seed if drawn else None,
        warnings=(SMALL_EXPECTED, ROUGH_V)
        if is_small and method != "chi-square"
        else (ROUGH_V,)
        if is_small
        else (),
    )


def cramers_v(
    value: float,
    shape: tuple[int, ...],
    n: float,
    *,
    slope: float = 1.0,
    design_effect: float = 1.0,
    confidence: float = 0.95,
) -> CramersV:
    """Cramer's V of a chi-square of a table of `shape` and `n` units, with its interval.

    slope : the standard error of the root of chi-square / `design_effect`; 1 by the
        noncentral chi-square. Used where the interval does not reach 0.

    corrected : sqrt(max(0, V^2 k - df / (n - 1)) / min(r', c')), with r' = r - 1 - (r - 1)^2
        / (n - 1), and c' likewise.
    """
    rows, columns = shape[0] - 1, shape[1] - 1
    smaller, degrees = min(rows, columns), rows * columns
    size = n * smaller
    v = min(1.0, sqrt(value / size))
    own = value / design_effect
    ends = noncentrality(own, degrees, confidence=confidence)
    low, high = sqrt(ends[0]), sqrt(ends[1])
    if low > 0:
        middle = sqrt(max(own - degrees, ends[0]))
        low, high = middle - slope * (middle - low), middle + slope * (high - middle)
    back = sqrt(design_effect / size)
    interval = max(0.0, min(low * back, v)), min(1.0, max(high * back, v))
    units = n / design_effect
    corrected = 0.0
    if units > 2:
        excess = max(0.0, value / n - degrees / (units - 1))
        least = min(rows - rows**2 / (units - 1), columns - columns**2 / (units - 1))
        corrected = min(1.0, sqrt(excess / least)) if least > 0 else 0.0
    return CramersV(v, interval, corrected, confidence)


def _slope(shares: Floats, phi_square: float) -> float:
    """The standard error of the root of chi-square, by the delta method (shares: of n)."""
    if phi_square <= 0:
        return 1.0
    derivative = phi_square_derivative(shares)
    mean = float((shares * derivative).sum())
    variance = float((shares * derivative**2).sum()) - mean**2
    return sqrt(max(0.0, variance) / (4 * phi_square))


def phi_square_derivative(shares: Floats) -> Floats:
    """What phi^2 = sum p^2 / (p_r p_c) - 1 gains per gain of each cell's share."""
    rows, columns = shares.sum(axis=1, keepdims=True), shares.sum(axis=0, keepdims=True)
    ratio = shares / (rows * columns)
    by_row = (shares * ratio).sum(axis=1, keepdims=True) / rows
    by_column = (shares * ratio).sum(axis=0, keepdims=True) / columns
    return 2 * ratio - by_row - by_column


def adjusted_residuals(shares: Floats) -> Floats:
    """(p - p_r p_c) / sqrt(p_r p_c (1 - p_r)(1 - p_c)), to be multiplied by sqrt(n)."""
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    expected = np.outer(rows, columns)
    return (shares - expected) / np.sqrt(expected * np.outer(1 - rows, 1 - columns))


def expected_too_small(expected: Floats) -> bool:
    """Whether Cochran's rule for the chi-square distribution is broken."""
    if expected.shape == (2, 2):
        return bool((expected < 5).any())
    return bool((expected < 1).any() or (expected < 5).mean() > 0.2)


def chosen(test: str, is_small: bool, shape: tuple[int, ...]) -> str:
    """The test that is made. Raises ValueError."""
    names = {
        "chi-square": "chi-square",
        "fisher": "Fisher",
        "permutation": "permutation",
    }
    if test == "default":
        if not is_small:
            return "chi-square"
        return "Fisher" if shape == (2, 2) else "permutation"
    if test not in names:
        raise ValueError(f"A test is default, {', '.join(names)}.")
    if test == "fisher" and shape != (2, 2):
        raise ValueError("Fisher's test is for two rows and two columns; permute.")
    return names[test]


def marked(residuals: Gaps) -> tuple[tuple[bool, ...], ...]:
    """Which residuals differ from 0 after Holm's correction over all cells."""
    cells = [cell for row in residuals for cell in row]
    found = holm([None if z is None else erfc(abs(z) / sqrt(2)) for z in cells])
    flags = [p is not None and p < SIGNIFICANCE for p in found.adjusted]
    width = len(residuals[0]) if residuals else 0
    return tuple(
        tuple(flags[row * width : (row + 1) * width]) for row in range(len(residuals))
    )


def matrix(table: npt.NDArray[np.generic]) -> Matrix:
    return tuple(tuple(row) for row in table.tolist())


def placed(
    inner: Floats, full: tuple[npt.NDArray[np.intp], ...], shape: tuple[int, ...]
) -> Gaps:
    """The figures of the rows and columns that have units, None in the others."""
    whole = np.full(shape, np.nan)
    whole[full] = inner
    return tuple(
        tuple(None if cell != cell else cell for cell in row) for row in whole.tolist()
    )


def _whole(counts: npt.ArrayLike) -> Integers:
    table = np.asarray(counts, dtype=float)
    if table.ndim != 2:
        raise ValueError("Counts have rows and columns.")
    if not np.isfinite(table).all() or (table < 0).any() or (table % 1 != 0).any():
        raise ValueError("Counts are whole numbers of 0 or more.")
    return table.astype(np.int64)


def _names(names: Sequence[Hashable] | None, many: int) -> tuple[Hashable, ...]:
    found: tuple[Hashable, ...] = tuple(range(many) if names is None else names)
    if len(found) != many:
        raise ValueError(f"There are {many} rows or columns, but {len(found)} names.")
    return found
