"""Agreement against one numpy.bincount, against the package krippendorff, and a whole round.

python tests/benchmarks/bench_agreement.py
"""

import statistics
import time
import tracemalloc
from collections.abc import Callable

import krippendorff
import numpy as np
from sklearn.metrics import cohen_kappa_score

from mediacoding.stats.agreement import krippendorff_alpha
from mediacoding.stats.panel import variable_panel
from mediacoding.stats.patterns import from_long, from_table

LEVELS = ("nominal", "ordinal", "interval", "ratio")
UNITS, SMALLER, CATEGORIES = 1_000_000, 200_000, 10


def median(work: Callable[[], object], times: int = 15) -> float:
    """Median milliseconds of some runs."""
    taken = []
    for _run in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return 1_000 * statistics.median(taken)


def two_coders(units: int) -> np.ndarray:
    """Ten categories, two coders who agree on three units in four. Shape (units, 2), int64."""
    chance = np.random.default_rng(1)
    first = chance.integers(1, CATEGORIES + 1, units)
    second = chance.integers(1, CATEGORIES + 1, units)
    return np.column_stack([first, np.where(chance.random(units) < 0.7, first, second)])


def main() -> list[tuple[str, str, str]]:
    rows = []
    table = two_coders(UNITS)
    keys = table[:, 0] * (CATEGORIES + 1) + table[:, 1]
    for level in LEVELS:
        # Side by side, so that both feel what else the machine does.
        counted = median(lambda: np.bincount(keys))
        taken = median(
            lambda level=level: krippendorff_alpha(table, level=level, interval=None)
        )
        rows.append(
            (
                f"alpha, {level}, 1,000,000 units x 2",
                f"{taken:.1f} ms = {taken / counted:.1f} x bincount",
                "4 x numpy.bincount of the keys",
            )
        )
    for name, kind in (("bytes", np.int8), ("floats", np.float64)):
        other = table.astype(kind)
        counted = median(lambda: np.bincount(keys))
        taken = median(
            lambda other=other: krippendorff_alpha(
                other, level="nominal", interval=None
            )
        )
        rows.append(
            (
                f"the same from {name}",
                f"{taken:.1f} ms = {taken / counted:.1f} x bincount",
                "",
            )
        )

    for level in LEVELS:
        small = table[:SMALLER]
        package = median(
            lambda level=level, small=small: krippendorff.alpha(
                reliability_data=small.T, level_of_measurement=level
            ),
            3,
        )
        taken = median(
            lambda level=level, small=small: krippendorff_alpha(
                small, level=level, interval=None
            )
        )
        rows.append(
            (
                f"alpha, {level}, {SMALLER:,} units x 2",
                f"{taken:.2f} ms, package {package:.0f} ms: {package / taken:.0f} x faster",
                "200 x faster than krippendorff",
            )
        )

    kappa = median(lambda: cohen_kappa_score(table[:, 0], table[:, 1]), 3)
    for level in LEVELS:
        taken = median(
            lambda level=level: variable_panel(
                from_table(table), level=level, categories=CATEGORIES, minimum=0.7
            ),
            5,
        )
        rows.append(
            (
                f"panel with 2,000 BCa replicates, {level}",
                f"{taken:.0f} ms, sklearn's kappa alone {kappa:.0f} ms",
                "below sklearn's cohen_kappa_score",
            )
        )

    rows += growth(table)
    rows.append(a_round_of_36())
    return rows


def growth(table: np.ndarray) -> list[tuple[str, str, str]]:
    """Ten times the units: ten times the reading, the same bootstrap; and the memory."""
    large = np.tile(table, (10, 1))
    point, tenfold = (
        median(
            lambda t=t: krippendorff_alpha(t, level="nominal", interval=None),
            5,
        )
        for t in (table, large)
    )
    bootstraps = []
    for units in (table, large):
        patterns = from_table(units)
        bootstraps.append(
            median(lambda p=patterns: krippendorff_alpha(p, level="nominal"), 5)
        )
    tracemalloc.start()
    variable_panel(
        from_table(table), level="nominal", categories=CATEGORIES, minimum=0.7
    )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return [
        (
            "alpha, 10,000,000 units / 1,000,000",
            f"{tenfold / point:.1f} x ({tenfold:.0f} ms)",
            "linear: 10 x",
        ),
        (
            "its bootstrap, 10,000,000 units / 1,000,000",
            f"{bootstraps[1] / bootstraps[0]:.2f} x ({bootstraps[1]:.0f} ms)",
            "does not grow: 1 x",
        ),
        (
            "peak memory of the panel / the table",
            f"{(peak + table.nbytes) / table.nbytes:.2f} x, the table included",
            "3 x the input",
        ),
    ]


def a_round_of_36() -> tuple[str, str, str]:
    """36 variables x 10,000 units x 3 coders, all intervals, against point estimates."""
    units, chance = 10_000, np.random.default_rng(2)
    truth = chance.integers(0, CATEGORIES, (units, 1))
    guess = chance.integers(0, CATEGORIES, (units, 3))
    codes = np.where(chance.random((units, 3)) < 0.8, truth, guess)
    unit, coder = np.repeat(np.arange(units), 3), np.tile([0, 1, 2], units)
    values = list(range(1, CATEGORIES + 1))

    def ours() -> None:
        for _variable in range(36):
            variable_panel(
                from_long(unit, coder, codes.ravel(), values, coders=3),
                level="nominal",
                categories=CATEGORIES,
                minimum=0.7,
            )

    def package() -> None:
        for _variable in range(36):
            krippendorff.alpha(reliability_data=codes.T, level_of_measurement="nominal")

    taken, peer = median(ours, 3), median(package, 3)
    return (
        "a round: 36 variables x 10,000 units x 3, all intervals",
        f"{taken / 1_000:.2f} s = {taken / peer:.2f} x krippendorff's points alone",
        "",
    )


if __name__ == "__main__":
    for name, value, aim in main():
        print(f"{name:45} {value:50} {aim}")
