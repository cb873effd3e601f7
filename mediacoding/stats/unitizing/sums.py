"""How much text carries which value from how many coders, article by article.

The text is cut wherever a passage of any coder starts or ends: in the stretches between
the cuts every coder has one value or none. All that u-alpha needs is a sum over them, so
it costs what the passages cost, whatever the length of the text; and all articles
together are one continuum, laid end to end, so every quantity is a sum over articles.

Source: Krippendorff, Mathet, Bouvry & Widlöcher (2016); Krippendorff (2019, sec. 12.6).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mediacoding.stats.patterns import Floats, Integers
from mediacoding.stats.unitizing.markings import Markings


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """Pairable text, cut wherever any passage starts or ends.

    `article` (stretches,): its place among the pairable articles. `length` (stretches,)
    in characters. `reads` (stretches, coders): who read it. `passage` (stretches, coders):
    the passage in which it lies, -1 for a gap.
    """

    article: Integers
    length: Floats
    reads: npt.NDArray[np.bool_]
    passage: Integers

    @property
    def readers(self) -> Floats:
        """(stretches,) how many coders read it: two or more."""
        return self.reads.sum(axis=1).astype(float)

    @property
    def marks(self) -> Floats:
        """(stretches,) how many coders marked it."""
        return (self.passage >= 0).sum(axis=1).astype(float)


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """What u-alpha and its kin need of each pairable article; one row an article.

    In characters. Of all text, the gap being the last value:
    `lengths` (articles, values + 1): l_c., text with the value, over coders;
    `differing` (articles,): text on which pairs of coders differ in value or gap;
    `squares` (articles, values + 1): lambda, squares of passages and lengths of gaps;
    `unshared` (articles,): text that one of a pair of coders marked and the other not.
    Of text that two coders marked, each (articles, values): `shared`, l*_c.;
    `confused`, the part of it on which the other has another value; `shared_squares`,
    lambda*.
    """

    lengths: Floats
    differing: Floats
    squares: Floats
    unshared: Floats
    shared: Floats
    confused: Floats
    shared_squares: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Matrices:
    """Observed and expected coincidences of values in characters, l_ck and epsilon_ck.

    Both have shape (values, values); `values` names them, the last is the gap where gaps
    count.
    """

    values: tuple[Any, ...]
    observed: Floats
    expected: Floats


def stretches_of(markings: Markings) -> Stretches:
    """Cut the pairable articles, laid end to end, wherever a passage starts or ends."""
    ends = np.cumsum(markings.lengths)
    begins = ends - markings.lengths
    start = begins[markings.article] + markings.start
    end = begins[markings.article] + markings.end
    cuts = np.sort(np.concatenate([begins, ends, start, end]))
    is_new = np.diff(cuts) > 0
    at, length = cuts[:-1][is_new], np.diff(cuts)[is_new]
    passage = np.full((len(at), len(markings.coders)), -1)
    for coder in range(len(markings.coders)):
        own = np.flatnonzero(markings.coder == coder)
        if len(own):
            last = own[np.maximum(np.searchsorted(start[own], at, "right") - 1, 0)]
            inside = (start[last] <= at) & (at < end[last])
            passage[inside, coder] = last[inside]
    article = np.searchsorted(ends, at, "right")
    keep = markings.pairable[article]
    place = np.cumsum(markings.pairable) - 1
    article = article[keep]
    return Stretches(
        place[article],
        length[keep].astype(float),
        markings.read[article],
        passage[keep],
    )


def sums_of(markings: Markings, stretches: Stretches) -> Sums:
    """The sums of each pairable article: what one pass over its stretches gives."""
    articles, many = int(markings.pairable.sum()), len(markings.values)
    m, marks = stretches.readers, stretches.marks
    share = stretches.length / (m - 1)
    stretch, coder = np.nonzero(stretches.reads)
    passage = stretches.passage[stretch, coder]
    value = np.append(markings.value, many)[passage]  # -1, a gap, finds the last

    def by_article(place: Integers, weights: Floats, columns: int) -> Floats:
        added = np.bincount(place, weights, articles * columns)
        return added.astype(float).reshape(articles, columns)

    # One row a stretch and value that occurs in it, and how many coders gave it.
    keys, counts = np.unique(stretch * (many + 1) + value, return_counts=True)
    n = counts.astype(float)
    stretch, value = np.divmod(keys, many + 1)
    article, given = stretches.article[stretch], value < many
    cell = article * (many + 1) + value
    lengths = by_article(cell, stretches.length[stretch] * n, many + 1)
    differing = share[stretch] * n * (m[stretch] - n)
    own = (article * many + value)[given]
    reach = (share[stretch] * n)[given]
    others, same = marks[stretch][given] - 1, n[given] - 1

    # How much of each passage another coder marked too.
    stretch, coder = np.nonzero(stretches.passage >= 0)
    covered = np.bincount(
        stretches.passage[stretch, coder],
        (share * (marks - 1))[stretch],
        minlength=len(markings.value),
    ).astype(float)
    counted = markings.counted
    place = (np.cumsum(markings.pairable) - 1)[markings.article[counted]]
    place = place * many + markings.value[counted]
    extent = (markings.end - markings.start)[counted].astype(float)
    return Sums(
        lengths,
        by_article(article, differing, 1)[:, 0],
        np.column_stack([by_article(place, extent**2, many), lengths[:, many]]),
        by_article(stretches.article, 2 * share * marks * (m - marks), 1)[:, 0],
        by_article(own, reach * others, many),
        by_article(own, reach * (others - same), many),
        by_article(place, covered[counted] ** 2, many),
    )


def matrices(markings: Markings, *, gaps: bool = True) -> Matrices:
    """Observed and expected coincidence matrices: which values are taken for which.

    With `gaps` those of u-alpha, the gap being the last value; without, those of cu-alpha
    and (k)u-alpha, where only text that two coders marked counts. Expected coincidences
    are zero where there is nothing to expect them from.
    """
    stretches, gap = stretches_of(markings), len(markings.values)
    code = np.append(markings.value, gap)[stretches.passage]
    share = stretches.length / (stretches.readers - 1)
    flat = np.zeros((gap + 1) ** 2)
    for one in range(len(markings.coders)):
        for other in range(len(markings.coders)):
            both = stretches.reads[:, one] & stretches.reads[:, other]
            if one != other and both.any():
                key = (code[:, one] * (gap + 1) + code[:, other])[both]
                flat += np.bincount(key, share[both], minlength=len(flat))
    observed: Floats = flat.reshape(gap + 1, gap + 1)
    sums = sums_of(markings, stretches)
    squares = (sums.squares if gaps else sums.shared_squares).sum(axis=0)
    if not gaps:
        observed = observed[:gap, :gap]
    lengths, total = observed.sum(axis=1), observed.sum()
    free = total**2 - squares.sum()
    expected = np.zeros_like(observed)
    if free > 0:
        expected = total * (np.outer(lengths, lengths) - np.diag(squares)) / free
    names = (*markings.values, "gap") if gaps else markings.values
    return Matrices(names, observed, expected)
