"""How often the 95 % intervals of alpha hold the true alpha, simulated.

python tests/benchmarks/interval_coverage.py [SIMULATIONS]
"""

import sys
from collections import defaultdict

import numpy as np

from mediacoding.stats.agreement import krippendorff_alpha

METHODS = ("bca", "jackknife", "percentile", "default")
UNITS = (8, 12, 16, 20, 30, 50, 100)
SETTINGS = [
    (coders, level, shares, alpha)
    for coders in (2, 3)
    for level, shares in (
        ("nominal", (0.85, 0.15)),
        ("nominal", (0.25, 0.25, 0.25, 0.25)),
        ("ordinal", (0.4, 0.3, 0.2, 0.1)),
    )
    for alpha in (0.5, 0.8)
]


def ratings(chance, units, coders, shares, alpha):
    """Coders who see the true value with probability sqrt(alpha) and else guess by shares.

    Two of them agree beyond chance on a share alpha of the units, which is alpha at every
    level, because a guess is independent of everything.
    """
    truth = chance.choice(len(shares), (units, 1), p=shares)
    guess = chance.choice(len(shares), (units, coders), p=shares)
    return np.where(chance.random((units, coders)) < np.sqrt(alpha), truth, guess)


def main(simulations: int) -> None:
    chance = np.random.default_rng(1)
    print(f"{'units':>5}  {'interval':10}  {'mean':>5}  {'worst':>5}  {'none':>5}")
    for units in UNITS:
        covered = defaultdict(list)
        without = defaultdict(int)
        for coders, level, shares, alpha in SETTINGS:
            held = defaultdict(list)
            for seed in range(simulations):
                table = ratings(chance, units, coders, shares, alpha)
                for method in METHODS:
                    found = krippendorff_alpha(
                        table, level=level, interval=method, replicates=1_000, seed=seed
                    )
                    if found.interval is None:
                        without[method] += 1
                    else:
                        low, high = found.interval
                        held[method].append(low <= alpha <= high)
            for method in METHODS:
                covered[method].append(np.mean(held[method]))
        for method in METHODS:
            none = without[method] / (simulations * len(SETTINGS))
            print(
                f"{units:5}  {method:10}  {np.mean(covered[method]):5.3f}"
                f"  {min(covered[method]):5.3f}  {none:5.3f}",
                flush=True,
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
