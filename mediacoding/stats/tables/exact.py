"""p of a cross table without the chi-square distribution: exact, or by permutation.

Sources: Fisher, R. A. (1935), The logic of inductive inference; Agresti, A. (2013),
Categorical data analysis, 3rd ed., ch. 3.5; Phipson & Smyth (2010), Permutation p-values
should never be zero.
"""

from __future__ import annotations

import numpy as np

from mediacoding.stats.patterns import Floats, Integers

REPLICATES = 9_999
#: Tables whose probability or chi-square is as good as equal to the observed one count.
TIES = 1e-7
#: Cells of random tables in memory at once.
MOST_CELLS = 1 << 21


def fisher_exact(counts: Integers) -> float:
    """The two-sided p of a 2 x 2 table of `counts` (2, 2), given its margins.

    The sum of the hypergeometric probabilities of all tables that are no more probable
    than this one.
    """
    table = np.asarray(counts, dtype=np.int64)
    first, n = int(table[0].sum()), int(table.sum())
    shown = int(table[:, 0].sum())
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])
    low, high = max(0, first + shown - n), min(first, shown)
    x = np.arange(low, high + 1)
    log_p = -(logs[x] + logs[first - x] + logs[shown - x] + logs[n - first - shown + x])
    p = np.exp(log_p - log_p.max())
    observed = p[int(table[0, 0]) - low]
    return float(min(1.0, p[p <= observed * (1 + TIES)].sum() / p.sum()))


def permutation_p(
    counts: Integers, *, replicates: int = REPLICATES, seed: int = 0
) -> float:
    """The share of random tables with the same margins whose chi-square is as high.

    `counts` has shape (rows, columns), no row and no column empty. The observed table is
    counted among the random ones, so p is at least 1 / (replicates + 1) and never 0. The
    same seed gives the same p.
    """
    table = np.asarray(counts, dtype=np.int64)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    observed = float(((table - expected) ** 2 / expected).sum())
    chance, as_high, left = np.random.default_rng(seed), 0, replicates
    while left:
        size = min(left, max(1, MOST_CELLS // table.size))
        drawn = random_tables(table, size, chance)
        found = ((drawn - expected) ** 2 / expected).sum(axis=(1, 2))
        as_high += int((found >= observed * (1 - TIES)).sum())
        left -= size
    return (1 + as_high) / (1 + replicates)


def random_tables(counts: Integers, size: int, chance: np.random.Generator) -> Floats:
    """Tables (size, rows, columns) with the margins of `counts`, as chance would have them.

    Cell by cell from the hypergeometric distribution of what is left of its row and column.
    """
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    left = np.repeat(columns[None, :], size, axis=0)
    drawn = np.zeros((size, *counts.shape))
    for row in range(len(rows) - 1):
        wanted = np.full(size, rows[row])
        after = left.sum(axis=1)
        for column in range(len(columns) - 1):
            after = after - left[:, column]
            found = chance.hypergeometric(left[:, column], after, wanted)
            drawn[:, row, column] = found
            left[:, column] -= found
            wanted = wanted - found
        drawn[:, row, -1] = wanted
        left[:, -1] -= wanted
    drawn[:, -1] = left
    return drawn
