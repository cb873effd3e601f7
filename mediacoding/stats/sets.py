"""Distances between sets of options, for multiple choice. The empty set is an answer."""

from collections.abc import Hashable, Sequence, Set

import numpy as np

from mediacoding.stats.patterns import Floats

Sets = Sequence[Set[Hashable]]


def masi_distances(sets: Sets) -> Floats:
    """MASI distance between all pairs of sets, shape (sets, sets); 0 for two empty sets.

    1 - J M with the Jaccard index J and M = 1 for equal sets, 2/3 where one holds the
    other, 1/3 where they overlap, 0 where they are disjoint.

    Source: Passonneau, R. (2006). Measuring agreement on set-valued items (MASI) for
    semantic and pragmatic annotation.
    """
    shared, sizes = _shared(sets)
    smaller = np.minimum(sizes[:, None], sizes)
    union = sizes[:, None] + sizes - shared
    jaccard = np.divide(shared, union, out=np.ones_like(shared), where=union > 0)
    holds = np.where(shared == smaller, 2 / 3, 1 / 3)
    holds[shared == union] = 1
    return 1 - jaccard * holds


def jaccard_distances(sets: Sets) -> Floats:
    """1 - |A and B| / |A or B| between all pairs of sets; 0 for two empty sets.

    Source: Jaccard (1912).
    """
    shared, sizes = _shared(sets)
    union = sizes[:, None] + sizes - shared
    index = np.divide(shared, union, out=np.ones_like(shared), where=union > 0)
    return 1 - index


def dice_distances(sets: Sets) -> Floats:
    """1 - 2 |A and B| / (|A| + |B|) between all pairs of sets; 0 for two empty sets.

    Source: Dice (1945).
    """
    shared, sizes = _shared(sets)
    both = sizes[:, None] + sizes
    index = np.divide(2 * shared, both, out=np.ones_like(shared), where=both > 0)
    return 1 - index


#: The distances between sets by name; MASI is the default of alpha of sets.
SET_DISTANCES = {
    "masi": masi_distances,
    "jaccard": jaccard_distances,
    "dice": dice_distances,
}


def _shared(sets: Sets) -> tuple[Floats, Floats]:
    """How many options two sets share, shape (sets, sets), and each set's size."""
    place = {option: at for at, option in enumerate(set().union(*sets))}
    table = np.zeros((len(sets), len(place)))
    for row, options in zip(table, sets, strict=True):
        row[[place[option] for option in options]] = 1
    return table @ table.T, table.sum(axis=1)
