"""Distances between sets of options, for multiple choice. The empty set is an answer."""

from collections.abc import Sequence

import numpy as np

Sets = Sequence[frozenset[int]]


def masi_distances(sets: Sets) -> np.ndarray:
    """MASI distance between all pairs of sets, shape (sets, sets); 0 for two empty sets.

    1 - J M with the Jaccard index J and M = 1 for equal sets, 2/3 where one holds the
    other, 1/3 where they overlap, 0 where they are disjoint. Source: Passonneau (2006).
    """
    return _matrix(sets, _masi)


def jaccard_distances(sets: Sets) -> np.ndarray:
    """1 - shared / all options of a pair, shape (sets, sets); 0 for two empty sets."""
    return _matrix(sets, _jaccard)


def _matrix(sets: Sets, distance) -> np.ndarray:
    found = np.zeros((len(sets), len(sets)))
    for i, left in enumerate(sets):
        for j in range(i):
            found[i, j] = found[j, i] = distance(left, sets[j])
    return found


def _jaccard(left: frozenset[int], right: frozenset[int]) -> float:
    union = left | right
    return 1 - len(left & right) / len(union) if union else 0.0


def _masi(left: frozenset[int], right: frozenset[int]) -> float:
    if left == right:
        return 0.0
    shared = left & right
    if not shared:
        return 1.0
    monotonicity = 2 / 3 if left <= right or right <= left else 1 / 3
    return 1 - len(shared) / len(left | right) * monotonicity
