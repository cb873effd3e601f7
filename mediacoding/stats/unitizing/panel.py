"""One call that gives what an agreement page shows of passages."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Unpack

from mediacoding.stats.result import Coefficient
from mediacoding.stats.unitizing import alpha, f1
from mediacoding.stats.unitizing.estimates import Interval, estimate
from mediacoding.stats.unitizing.markings import Markings
from mediacoding.stats.unitizing.sums import stretches_of, sums_of


@dataclass(frozen=True, slots=True)
class ValueAgreement:
    """Agreement on one value: (k)u-alpha, and the share of its text that it rests on."""

    alpha: Coefficient
    coverage: float | None


@dataclass(frozen=True, slots=True)
class PassagePanel:
    """Agreement on passages.

    `n_articles` were read by two or more coders; only their `n_passages` count.
    `share_marked` is how much of their text a coder marks on average.
    """

    n_articles: int
    n_passages: int
    share_marked: float | None
    u_alpha: Coefficient
    u_alpha_binary: Coefficient
    cu_alpha: Coefficient
    by_value: dict[Hashable, ValueAgreement]
    overlap_f1: Coefficient
    overlap_f1_same_value: Coefficient
    boundary_f1: Coefficient


def passage_panel(
    markings: Markings, *, tolerance: int = 0, **how: Unpack[Interval]
) -> PassagePanel:
    """All coefficients of agreement on passages, from one pass over the text.

    `tolerance` is that of `boundary_f1`, in characters; the rest as in `u_alpha`.
    """
    stretches = stretches_of(markings)
    sums = sums_of(markings, stretches)
    read, marked = sums.lengths.sum(), sums.lengths[:, :-1].sum()
    covered = alpha.coverage_of(markings, sums)
    return PassagePanel(
        n_articles=int(markings.pairable.sum()),
        n_passages=int(markings.counted.sum()),
        share_marked=float(marked / read) if read else None,
        u_alpha=estimate(
            "u-alpha, nominal", markings, lambda: alpha.u_statistic(sums), how
        ),
        u_alpha_binary=estimate(
            "u-alpha, binary", markings, lambda: alpha.binary_statistic(sums), how
        ),
        cu_alpha=estimate(
            "cu-alpha, nominal", markings, lambda: alpha.cu_statistic(sums), how
        ),
        by_value={
            value: ValueAgreement(found, covered[value])
            for value, found in alpha.ku_of(markings, sums, how).items()
        },
        overlap_f1=f1.overlap_of(markings, stretches, False, how),
        overlap_f1_same_value=f1.overlap_of(markings, stretches, True, how),
        boundary_f1=f1.boundary_f1(markings, tolerance=tolerance, **how),
    )
