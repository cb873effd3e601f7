"""How often the nominal 95 % intervals of alpha hold the true alpha, simulated.

python tests/benchmarks/interval_coverage.py [SIMULATIONS] [METHOD ...]

Prints the table of docs/methods.md: for each interval and number of units the mean and the
worst coverage over the settings, then rare categories, which are kept apart because no
interval can be sure of what thirty articles show twice.
"""

import sys
from collections import defaultdict
from itertools import product
from multiprocessing import Pool

import numpy as np

from mediacoding.stats.agreement import krippendorff_alpha

METHODS = ("default", "bca", "percentile", "jackknife", "kalpha", "krippendorff2016")
UNITS = (30, 50, 100, 200)
CODERS = (2, 3, 5)
SCALES = (
    ("nominal", (0.5, 0.5)),
    ("nominal", (0.85, 0.15)),
    ("nominal", (0.25, 0.25, 0.25, 0.25)),
    ("nominal", (0.7, 0.15, 0.1, 0.05)),
    ("ordinal", (0.7, 0.15, 0.1, 0.05)),
    ("interval", (0.1, 0.2, 0.4, 0.2, 0.1)),
)
ALPHAS = (0.85, 0.5)
RARE = ("nominal", (0.93, 0.07))
#: units, coders, level, shares, alpha: each scale and number of coders with either alpha,
#: in turn with the units, so that all meet.
SETTINGS = [
    (units, coders, *scale, ALPHAS[(row + column + place) % 2])
    for row, units in enumerate(UNITS)
    for column, coders in enumerate(CODERS)
    for place, scale in enumerate(SCALES)
]
RARE_SETTINGS = [
    (units, coders, *RARE, alpha)
    for units, coders, alpha in product(UNITS, CODERS, ALPHAS)
]


def ratings(chance, units, coders, shares, alpha):
    """Coders who see the true value with probability sqrt(alpha) and else guess by shares.

    Two of them agree beyond chance on a share alpha of the units, which is alpha at every
    level, because a guess is independent of everything.
    """
    truth = chance.choice(len(shares), (units, 1), p=shares)
    guess = chance.choice(len(shares), (units, coders), p=shares)
    return np.where(chance.random((units, coders)) < np.sqrt(alpha), truth, guess)


def coverage(work):
    """For each method the share of intervals that hold alpha, and that are missing."""
    number, (units, coders, level, shares, alpha), simulations, methods = work
    chance = np.random.default_rng(number)
    held, without = dict.fromkeys(methods, 0), dict.fromkeys(methods, 0)
    undefined = 0
    for seed in range(simulations):
        table = ratings(chance, units, coders, shares, alpha)
        if table.min() == table.max():
            undefined += 1  # alpha itself is undefined
            continue
        for method in methods:
            found = krippendorff_alpha(
                table, level=level, interval=method, replicates=1_000, seed=seed
            )
            if found.interval is None:
                without[method] += 1
            else:
                low, high = found.interval
                held[method] += low <= alpha <= high
    defined = simulations - undefined
    return {
        method: (
            held[method] / max(1, defined - without[method]),
            without[method] / simulations,
        )
        for method in methods
    }


def table_of(settings, simulations, methods, pool):
    found = defaultdict(list)
    work = [(n, s, simulations, methods) for n, s in enumerate(settings)]
    for setting, shares in zip(
        settings, pool.imap(coverage, work, chunksize=1), strict=True
    ):
        for method, (covered, without) in shares.items():
            found[method, setting[0]].append((covered, without, setting))
    print(f"{'interval':17} {'units':>5}  {'mean':>5}  {'worst':>5}  {'none':>5}  in")
    for method in methods:
        everything = []
        for units in UNITS:
            rows = found[method, units]
            everything += rows
            _print(method, units, rows)
        _print(method, "all", everything)


def _print(method, units, rows):
    worst = min(rows)
    mean = np.mean([row[0] for row in rows])
    without = np.mean([row[1] for row in rows])
    of, coders, level, shares, alpha = worst[2]
    print(
        f"{method:17} {units!s:>5}  {mean:.3f}  {worst[0]:.3f}  {without:.3f}  "
        f"{of} units, {coders} coders, {level} {shares}, alpha {alpha}"
    )


def main(simulations, methods):
    with Pool() as pool:
        print(f"{len(SETTINGS)} settings x {simulations} simulations")
        table_of(SETTINGS, simulations, methods, pool)
        print(f"\nRare categories: {len(RARE_SETTINGS)} settings")
        table_of(RARE_SETTINGS, simulations, methods, pool)


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 2_000,
        tuple(sys.argv[2:]) or METHODS,
    )
