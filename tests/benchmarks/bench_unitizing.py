"""Agreement on passages against counting characters with numpy, and with its intervals.

python tests/benchmarks/bench_unitizing.py
"""

import numpy as np
from bench_agreement import median

from mediacoding.stats.unitizing.alpha import u_alpha
from mediacoding.stats.unitizing.markings import Passage, from_passages
from mediacoding.stats.unitizing.panel import passage_panel

ARTICLES, LENGTH, PASSAGES, VALUES, REPLICATES = 1_000, 4_000, 20, 6, 1_000


def passages_of_two() -> list[Passage]:
    """Two coders mark twenty passages in each of a thousand articles, mostly alike."""
    chance = np.random.default_rng(1)
    begins = np.arange(PASSAGES) * (LENGTH // PASSAGES)
    rows = []
    for article in range(ARTICLES):
        truth = chance.integers(1, VALUES + 1, PASSAGES)
        for coder in ("ana", "boris"):
            start = begins + chance.integers(0, 50, PASSAGES)
            end = start + chance.integers(40, 150, PASSAGES)
            other = chance.integers(1, VALUES + 1, PASSAGES)
            value = np.where(chance.random(PASSAGES) < 0.7, truth, other)
            rows += [
                Passage(article, coder, *place)
                for place in zip(
                    start.tolist(), end.tolist(), value.tolist(), strict=True
                )
            ]
    return rows


def by_characters(rows: list[Passage]) -> float:
    """u-alpha from one cell a character and coder: the plain way."""
    table = np.zeros((2, ARTICLES * LENGTH), dtype=np.int64)
    squares = 0
    for row in rows:
        at = row.article * LENGTH
        table[int(row.coder == "boris"), at + row.start : at + row.end] = row.value
        squares += (row.end - row.start) ** 2
    many = VALUES + 1
    pairs = np.bincount(table[0] * many + table[1], minlength=many**2)
    pairs = pairs.reshape(many, many).astype(float)
    both = pairs + pairs.T
    total, lengths = both.sum(), both.sum(axis=1)
    squares += lengths[0]
    expected = total * (total**2 - (lengths**2).sum()) / (total**2 - squares)
    return 1 - (total - np.trace(both)) / expected


def main() -> list[tuple[str, str, str]]:
    rows = passages_of_two()
    sizes, coders = dict.fromkeys(range(ARTICLES), LENGTH), ["ana", "boris"]
    markings = from_passages(rows, sizes, coders)
    value = u_alpha(markings, interval=None).value
    assert value is not None
    assert abs(value - by_characters(rows)) < 1e-9

    what = f"{ARTICLES:,} articles x 2 coders x {PASSAGES} passages"
    counted = median(lambda: by_characters(rows), 5)
    taken = median(lambda: u_alpha(markings, interval=None), 5)
    read = median(lambda: from_passages(rows, sizes, coders), 5)
    whole = median(
        lambda: passage_panel(
            from_passages(rows, sizes, coders), tolerance=5, replicates=REPLICATES
        ),
        5,
    )
    return [
        (
            f"u-alpha, {what}",
            f"{taken:.0f} ms, by characters {counted:.0f} ms: {counted / taken:.1f} x faster",
            "faster than counting characters",
        ),
        ("the same with reading and checking", f"{taken + read:.0f} ms", ""),
        (
            f"all of it with {VALUES + 6} x {REPLICATES:,} replicates",
            f"{whole / 1_000:.2f} s = {whole / counted:.1f} x u-alpha by characters",
            "2 s",
        ),
    ]


if __name__ == "__main__":
    for name, value, aim in main():
        print(f"{name:55} {value:55} {aim}")
