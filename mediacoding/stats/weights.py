"""Agreement weights: how much of an agreement two different categories still are.

1 for the same category, 0 for the two that are furthest apart. Source: Cohen (1968);
Gwet (2014, ch. 3.5 and appendix).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from typing import Any

import numpy as np
import numpy.typing as npt

from mediacoding.stats.patterns import Floats, Patterns
from mediacoding.stats.result import NotComputable

NAMES = ("unweighted", "linear", "quadratic", "ordinal", "radical", "ratio")
#: How a coefficient weighs: one of NAMES, or a matrix between the categories in order.
Weights = str | npt.ArrayLike
#: How many categories the codebook defines, or which (in order); None for those that occur.
Categories = int | Sequence[Any] | npt.NDArray[Any] | None

MORE_VALUES = "More values occur than the codebook defines categories. Check the codes."


@dataclass(frozen=True, slots=True, eq=False)
class Weighting:
    """The weights between the values of some patterns, and the sums over all categories.

    `matrix` (values, values) is None where only equal values agree. `total` is the sum of
    the weights of all pairs of the `categories` defined, Gwet's T_w.
    """

    categories: int
    total: float
    matrix: Floats | None = None

    def times(self, shares: Floats) -> Floats:
        """Sum over l of w_kl times the share of l: (..., values) to the same shape."""
        return shares if self.matrix is None else shares @ self.matrix


def weighting(
    patterns: Patterns, weights: Weights = "unweighted", categories: Categories = None
) -> Weighting:
    """The weights between the values of patterns.

    With numbers for values the distances are those of the numbers, else of their places in
    `categories`. Weights other than "unweighted" need all categories by name if not all
    of them occur, because Gwet's and Brennan and Prediger's chance agreement sum up over
    all; a count of them will do where all occur.

    Raises NotComputable where values lie outside the categories or fit no weights.
    """
    occurring = patterns.marginals > 0
    seen = patterns.values[occurring]
    if isinstance(weights, str) and weights == "unweighted":
        q = len(seen) if categories is None else _how_many(categories)
        _refuse_undefined(seen, categories, q)
        return Weighting(q, float(q))
    if categories is None or isinstance(categories, int | np.integer):
        q = len(seen) if categories is None else int(categories)
        _refuse_undefined(seen, categories, q)
        if len(seen) < q:
            raise NotComputable(
                "Not all categories occur, and the weights between them depend on which "
                "they are. Give the list of the categories, not their number."
            )
        defined: Sequence[Any] = seen.tolist()
    else:
        defined = list(categories)
        _refuse_undefined(seen, categories, len(defined))
    matrix = (
        named(weights, defined)
        if isinstance(weights, str)
        else _given(weights, defined)
    )
    place = {value: at for at, value in enumerate(defined)}
    places = [place.get(value, 0) for value in patterns.values.tolist()]
    return Weighting(len(defined), float(matrix.sum()), matrix[np.ix_(places, places)])


def named(name: str, categories: Sequence[Any]) -> Floats:
    """The weights of a name between categories in their order, (categories, categories).

    "linear" 1 - |k - l| / range, "quadratic" 1 - (k - l)^2 / range^2, "radical"
    1 - sqrt(|k - l| / range), "ratio" 1 - ((k - l) / (k + l))^2 over its largest, and Gwet's
    "ordinal" 1 - C(|k - l| + 1, 2) / C(q, 2) by places, which is not the ordinal distance of
    Krippendorff's alpha: that one depends on how often the ranks between occur.
    """
    if name not in NAMES:
        raise ValueError(f"There are no weights “{name}”: they are one of {NAMES}.")
    q = len(categories)
    if name == "unweighted" or q < 2:
        return np.eye(q)
    places = np.arange(q, dtype=float)
    if name == "ordinal":
        steps = np.abs(places[:, None] - places).astype(int)
        pairs = np.array([comb(step + 1, 2) for step in range(q)], dtype=float)
        return 1 - pairs[steps] / comb(q, 2)
    are_numbers = all(
        isinstance(value, int | float | np.number) for value in categories
    )
    at = np.array(categories, dtype=float) if are_numbers else places
    apart = np.abs(at[:, None] - at)
    if name == "ratio":
        if not are_numbers or (at < 0).any():
            raise NotComputable(
                "Ratio weights need categories that are numbers of 0 or more."
            )
        sums = at[:, None] + at
        apart = np.divide(apart, sums, out=np.zeros_like(sums), where=sums != 0)
    power = {"linear": 1.0, "quadratic": 2.0, "radical": 0.5, "ratio": 2.0}[name]
    return 1 - (apart / apart.max()) ** power


def _given(weights: npt.ArrayLike, defined: Sequence[Any]) -> Floats:
    matrix = np.asarray(weights, dtype=float)
    q = len(defined)
    if matrix.shape != (q, q):
        raise ValueError(
            f"The weights are a table of {matrix.shape}, but there are {q} categories."
        )
    if (
        not np.allclose(matrix, matrix.T)
        or not np.allclose(np.diag(matrix), 1)
        or matrix.min() < 0
        or matrix.max() > 1
    ):
        raise ValueError(
            "Weights are between 0 and 1, the same in both directions, and 1 between "
            "a category and itself."
        )
    return matrix


def _how_many(categories: Categories) -> int:
    if isinstance(categories, int | np.integer):
        return int(categories)
    assert categories is not None
    return len(categories)


def _refuse_undefined(
    seen: npt.NDArray[Any], categories: Categories, many: int
) -> None:
    if len(seen) > many:
        raise NotComputable(MORE_VALUES)
    if categories is None or isinstance(categories, int | np.integer):
        return
    if not set(seen.tolist()) <= set(categories):
        raise NotComputable(
            "Some values are none of the categories that the codebook defines. Check "
            "the codes."
        )
