"""What the errors of coders or a machine do to shares, and how to undo it.

The errors are known from a validation sample with a gold standard (`gold.py`).
docs/methods.md has the formulas and says when to use which.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from mediacoding.stats.coverage import Share, shares
from mediacoding.stats.distributions import NORMAL
from mediacoding.stats.patterns import Floats, Integers
from mediacoding.stats.result import Coefficient, NotComputable

REPLICATES = 2_000
#: Sensitivity + specificity - 1, or the smallest singular value of the error matrix, below
#: which a correction would multiply chance errors by ten and more.
LEAST_INFORMATIVE = 0.1
TOO_LITTLE = (
    "the coding hardly tells true categories apart, and a correction would be mostly "
    "chance. Improve the coding, enlarge the validation sample, or merge categories."
)
ABSENT = "The category occurs neither in the study nor in the validation sample."
NAME = "Corrected share"


@dataclass(frozen=True, slots=True)
class CorrectedPrevalence:
    """Shares as coded, and as they are likely to be in truth; one of each a category.

    Where the correction is refused, `reason` says why and every corrected share has it.
    `was_cut` tells that some came out below 0 or above 1, and were brought back.
    """

    categories: tuple[Hashable, ...]
    observed: tuple[Share, ...]
    corrected: tuple[Coefficient, ...]
    was_cut: bool = False
    reason: str | None = None
    warnings: tuple[str, ...] = ()


def corrected_prevalence(
    observed: npt.ArrayLike,
    confusion: npt.ArrayLike,
    *,
    categories: Sequence[Hashable] | None = None,
    confidence: float = 0.95,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> CorrectedPrevalence:
    """Shares of categories corrected for the coding's errors, as a gold standard shows them.

    Parameters
    ----------
    observed : array_like, shape (values,)
        How many units of the study were coded with each category.
    confusion : array_like, shape (values, values)
        Counts of a validation sample, rows gold, columns coded, as `against_gold` gives
        them. Not drawn by what was coded: that distorts the error rates.
    categories : names for the sentences; 1, 2, 3 ... if not given.
    replicates, seed : of the interval where there are three categories or more.

    Returns
    -------
    CorrectedPrevalence
        With M[k, l] the rate at which true l is coded k, observed = M true, so the
        corrected shares are M^-1 observed; those below 0 are set to 0 and the rest
        rescaled. For two categories this is (q + specificity - 1) / (sensitivity +
        specificity - 1) (Rogan & Gladen 1978), with the interval of Lang & Reiczigel
        (2014). For more, percentiles of corrected shares whose rates, and observed shares,
        are drawn from Dirichlet distributions of the counts plus 1 / values, so that an
        error that the validation sample happens not to show is not impossible.

        Refused, with the reason, where a share's whole interval is below 0, and where the
        coding hardly tells categories apart. Two: sensitivity + specificity - 1 is below
        .1, or Newcombe's (1998) interval of it reaches 0. More: the smallest singular value
        of M is below .1, or its determinant changes its sign in more draws than one end of
        the interval leaves out.

    Raises ValueError if shapes differ or counts are none.
    """
    counts, table = np.asarray(observed), np.asarray(confusion)
    many = len(counts) if counts.ndim == 1 else 0
    listed = range(1, many + 1) if categories is None else categories
    names: tuple[Hashable, ...] = tuple(listed)
    if many < 2 or table.shape != (many, many) or len(names) != many:
        raise ValueError(
            "Give a count and a name for each of two or more categories, and a confusion "
            "table with a row and a column for each."
        )
    for figures in (counts, table):
        if not (figures >= 0).all() or (figures != np.rint(figures)).any():
            raise ValueError("Counts are whole numbers of 0 or more.")
    counts, table = counts.astype(np.int64), table.astype(np.int64)
    as_coded = tuple(shares(counts, confidence=confidence))
    occurs = (counts > 0) | (table.sum(axis=0) > 0) | (table.sum(axis=1) > 0)
    kept = [name for name, is_there in zip(names, occurs, strict=True) if is_there]
    try:
        found, cut = _corrected(
            counts[occurs],
            table[np.ix_(occurs, occurs)],
            kept,
            confidence,
            replicates,
            seed,
        )
    except NotComputable as why:
        refused = Coefficient(NAME, reason=str(why), confidence=confidence)
        return CorrectedPrevalence(names, as_coded, (refused,) * many, reason=str(why))
    absent = Coefficient(NAME, reason=ABSENT, confidence=confidence)
    rest = iter(found)
    corrected = tuple(next(rest) if is_there else absent for is_there in occurs)
    named = ", ".join(f"“{name}”" for name in cut)
    warnings = (f"The corrected share of {named} came out below 0 and was set to 0.",)
    return CorrectedPrevalence(
        names, as_coded, corrected, bool(cut), warnings=warnings if cut else ()
    )


def _corrected(
    counts: Integers,
    table: Integers,
    names: list[Hashable],
    confidence: float,
    replicates: int,
    seed: int,
) -> tuple[list[Coefficient], list[Hashable]]:
    """Corrected shares of categories that occur, and which were below 0 at first.

    Raises NotComputable.
    """
    n, true = int(counts.sum()), table.sum(axis=1)
    if not n:
        raise NotComputable("No unit of the study was coded, so there is no share.")
    for name, units in zip(names, true, strict=True):
        if not units:
            raise NotComputable(
                f"No unit of the validation sample shows “{name}” by the gold standard, so "
                "how it is coded is not known. Add such units, or merge the category."
            )
    if len(names) < 2:
        raise NotComputable("Only one category occurs, so there is nothing to correct.")
    rates = (table / true[:, None]).T  # rates[k, l]: true l is coded k
    _refuse_uninformative(rates, table, names, confidence)
    raw = np.linalg.solve(rates, counts / n)
    best = _within_bounds(raw)
    if len(names) == 2:
        se, interval = _lang_reiczigel(counts, table, confidence)
        ses, ranges = [se, se], [interval, (1 - interval[1], 1 - interval[0])]
        how: dict[str, Any] = {"method": "Lang-Reiczigel"}
    else:
        drawn = _drawn(counts, table, replicates, seed, confidence, rates)
        ends = np.quantile(drawn, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
        ses, ranges = drawn.std(axis=0, ddof=1).tolist(), ends.T.tolist()
        how = {"method": "Dirichlet draws", "replicates": replicates, "seed": seed}
    for name, (_low, high) in zip(names, ranges, strict=True):
        if high <= 0:
            raise NotComputable(
                f"“{name}” was coded less often than by the errors of the validation sample "
                "alone, beyond chance, so these are not the errors of the study. Draw the "
                "validation sample from the study, and code it in the same way."
            )
    found = [
        Coefficient(
            NAME,
            float(value),
            (min(float(low), float(value)), max(float(high), float(value))),
            float(se),
            n_units=n,
            confidence=confidence,
            **how,
        )
        for value, se, (low, high) in zip(best, ses, ranges, strict=True)
    ]
    cut = [name for name, value in zip(names, raw, strict=True) if value < -1e-12]
    return found, cut


def _refuse_uninformative(
    rates: Floats, table: Integers, names: list[Hashable], confidence: float
) -> None:
    """Raise NotComputable where the coding hardly tells categories apart."""
    if len(names) == 2:
        found = [shares(row, confidence=confidence)[0] for row in table]
        (hit, hit_low, _high), (false, _low, false_high) = (
            (one.share or 0.0, *(one.interval or (0.0, 0.0))) for one in found
        )
        informed = hit - false
        lower = informed - sqrt((hit - hit_low) ** 2 + (false_high - false) ** 2)
        if informed < LEAST_INFORMATIVE or lower <= 0:
            raise NotComputable(
                f"Sensitivity + specificity - 1 is {informed:.2f}, with a lower bound of "
                f"{lower:.2f}: {TOO_LITTLE}"
            )
        return
    _left, sizes, right = np.linalg.svd(rates)
    if sizes[-1] < LEAST_INFORMATIVE:
        one, other = names[int(right[-1].argmax())], names[int(right[-1].argmin())]
        raise NotComputable(
            f"The smallest singular value of the error rates is {sizes[-1]:.2f}, mostly "
            f"because “{one}” and “{other}” are coded alike: {TOO_LITTLE}"
        )


def _within_bounds(raw: npt.NDArray[np.floating[Any]]) -> Floats:
    """Shares (..., values) that make 1: those below 0 set to 0, the rest rescaled."""
    cut = np.clip(raw.astype(float), 0, None)
    return cut / cut.sum(axis=-1, keepdims=True)


def _lang_reiczigel(
    counts: Integers, table: Integers, confidence: float
) -> tuple[float, tuple[float, float]]:
    """Standard error and interval of the first of two corrected shares.

    The counts of the validation sample are raised by one success and one failure, those of
    the study by z^2 / 2 of each (Agresti and Coull), and the centre is shifted (Lang &
    Reiczigel 2014, eq. 16 and 17).
    """
    z = NORMAL.inv_cdf((1 + confidence) / 2)
    n = counts.sum() + z**2
    q = (counts[0] + z**2 / 2) / n
    hits, rejections = table[0, 0] + 1, table[1, 1] + 1
    positives, negatives = table[0].sum() + 2, table[1].sum() + 2
    sensitivity, specificity = hits / positives, rejections / negatives
    informed = sensitivity + specificity - 1
    p = (q + specificity - 1) / informed
    of_hits = sensitivity * (1 - sensitivity) / positives
    of_rejections = specificity * (1 - specificity) / negatives
    shift = 2 * z**2 * (p * of_hits - (1 - p) * of_rejections)
    variance = q * (1 - q) / n + p**2 * of_hits + (1 - p) ** 2 * of_rejections
    se = float(sqrt(variance) / informed)
    low, high = (float(p + shift + sign * z * se) for sign in (-1, 1))
    return se, (min(max(low, 0.0), 1.0), min(max(high, 0.0), 1.0))


def _drawn(
    counts: Integers,
    table: Integers,
    replicates: int,
    seed: int,
    confidence: float,
    rates: Floats,
) -> Floats:
    """(replicates, values) corrected shares under drawn error rates and observed shares.

    Raises NotComputable if the rates may as well be singular.
    """
    chance, extra = np.random.default_rng(seed), 1 / len(counts)
    observed = chance.dirichlet(counts + extra, replicates)
    errors = np.stack([chance.dirichlet(row + extra, replicates) for row in table], 2)
    turned = np.sign(np.linalg.det(errors)) != np.sign(np.linalg.det(rates))
    if turned.mean() > (1 - confidence) / 2:
        raise NotComputable(
            f"The validation sample is so small that its error rates may be singular (in "
            f"{turned.mean():.0%} of draws): {TOO_LITTLE}"
        )
    return _within_bounds(np.linalg.solve(errors, observed[:, :, None])[:, :, 0])
