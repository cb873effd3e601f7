"""Passages that coders marked in articles, as the one input of agreement on passages.

Each coder cuts the text of an article into passages, which may have a value, and gaps
between them. Who read an article and marked nothing there left one long gap, and counts.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mediacoding.stats.patterns import Integers, RatingsRefused


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of an article that a coder marked.

    `start` and `end` count code points of the text, from 0; `end` is the first character
    after the passage. `value` is None for "marked", without a value.
    """

    article: Hashable
    coder: Hashable
    start: int
    end: int
    value: Hashable = None


@dataclass(frozen=True, slots=True, eq=False)
class Markings:
    """What coders marked in articles; made by `from_passages`, which checks it.

    `articles`, `coders` and `values` name what the numbers stand for. `lengths`
    (articles,) in code points; `read` (articles, coders): who read what. For each
    passage, (passages,): its `article`, `coder`, `start`, `end` and `value`, sorted by
    coder, article and start, so that the passages of a coder follow the text.
    """

    articles: tuple[Hashable, ...]
    lengths: npt.NDArray[np.int64]
    coders: tuple[Hashable, ...]
    read: npt.NDArray[np.bool_]
    values: tuple[Hashable, ...]
    article: npt.NDArray[np.int64]
    coder: npt.NDArray[np.int64]
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    value: npt.NDArray[np.int64]

    @property
    def pairable(self) -> npt.NDArray[np.bool_]:
        """(articles,) whether two or more coders read it."""
        return self.read.sum(axis=1) >= 2

    @property
    def counted(self) -> npt.NDArray[np.bool_]:
        """(passages,) whether it lies in a pairable article."""
        return self.pairable[self.article]


def from_passages(
    passages: Iterable[Passage],
    lengths: Mapping[Any, int],
    coders: Sequence[Hashable],
    *,
    read: Mapping[Any, Collection[Hashable]] | None = None,
) -> Markings:
    """Markings of passages, checked.

    Parameters
    ----------
    passages : in any order.
    lengths : for each article the length of its text in code points. Articles in which
        nobody marked anything belong here: that they agree on it, counts.
    coders : all coders, also those who marked nothing.
    read : for each article the coders who read it; nobody read an article that is not
        there. Without it every coder read every article.

    Raises RatingsRefused, with the place and the way out, for passages beyond the text,
    passages without extent, passages of one coder that overlap, and articles or coders
    that are not known.
    """
    rows = list(passages)
    names, people = tuple(lengths), tuple(coders)
    article_at = {name: at for at, name in enumerate(names)}
    coder_at = {name: at for at, name in enumerate(people)}
    if len(coder_at) < len(people):
        raise RatingsRefused("The same coder is given twice. Name every coder once.")
    sizes = _whole(list(lengths.values()), "The length of an article")
    if (sizes < 0).any():
        raise RatingsRefused("The length of an article is below 0.")
    reading = _reading(read, article_at, coder_at)
    for row in rows:
        _refuse_unknown(row, article_at, coder_at)
    values = tuple(dict.fromkeys(row.value for row in rows))
    value_at = {value: at for at, value in enumerate(values)}
    article = np.array([article_at[row.article] for row in rows], dtype=np.int64)
    coder = np.array([coder_at[row.coder] for row in rows], dtype=np.int64)
    value = np.array([value_at[row.value] for row in rows], dtype=np.int64)
    start = _whole([row.start for row in rows], "Where a passage starts")
    end = _whole([row.end for row in rows], "Where a passage ends")
    _refuse_places(rows, start, end, sizes[article], reading[article, coder])
    order = np.lexsort((start, article, coder))
    found = Markings(
        names,
        sizes,
        people,
        reading,
        values,
        article[order],
        coder[order],
        start[order],
        end[order],
        value[order],
    )
    _refuse_overlaps(found)
    return found


def _whole(numbers: list[Any], what: str) -> npt.NDArray[np.int64]:
    array = np.array(numbers) if numbers else np.zeros(0, dtype=np.int64)
    if array.dtype.kind not in "iu":
        raise RatingsRefused(f"{what} must be a whole number of characters.")
    return array.astype(np.int64)


def _reading(
    read: Mapping[Any, Collection[Hashable]] | None,
    article_at: dict[Any, int],
    coder_at: dict[Hashable, int],
) -> npt.NDArray[np.bool_]:
    """(articles, coders) who read what."""
    reading = np.full((len(article_at), len(coder_at)), read is None)
    for name, readers in (read or {}).items():
        if name not in article_at:
            raise RatingsRefused(
                f"“{name}” was read, but its length is not given. Add it to the lengths."
            )
        for reader in readers:
            if reader not in coder_at:
                raise RatingsRefused(
                    f"“{reader}” read “{name}”, but is not among the coders. Add them."
                )
            reading[article_at[name], coder_at[reader]] = True
    return reading


def _told(row: Passage) -> str:
    return (
        f"The passage {row.start}–{row.end} of coder “{row.coder}” in “{row.article}”"
    )


def _refuse_unknown(
    row: Passage, articles: dict[Any, int], coders: dict[Hashable, int]
) -> None:
    if row.article not in articles:
        raise RatingsRefused(
            f"{_told(row)} is in an article whose length is not given. Add it to the "
            "lengths, or leave the passage out."
        )
    if row.coder not in coders:
        raise RatingsRefused(
            f"{_told(row)} is by somebody who is not among the coders. Add them, or leave "
            "the passage out."
        )
    if row.value != row.value:
        raise RatingsRefused(
            f"{_told(row)} has “not a number” as its value. Give None where a passage was "
            "marked without a value."
        )


def _refuse_places(
    rows: list[Passage],
    start: Integers,
    end: Integers,
    length: Integers,
    was_read: npt.NDArray[np.bool_],
) -> None:
    """Refuse the first passage that is not a stretch of a text that its coder read."""
    for wrong, why in (
        (
            end <= start,
            "ends where it starts, or before. A passage has at least one character: "
            "mend its offsets, or leave it out.",
        ),
        (
            (start < 0) | (end > length),
            "reaches beyond the text, which has {} characters. Offsets count the code "
            "points of the text that the coders read: check which text, and what counted "
            "them.",
        ),
        (
            ~was_read,
            "is in an article that its coder has not read. Add the coder to its readers, "
            "or leave the passage out.",
        ),
    ):
        if wrong.any():
            first = int(np.argmax(wrong))
            raise RatingsRefused(f"{_told(rows[first])} {why.format(length[first])}")


def _refuse_overlaps(markings: Markings) -> None:
    """Refuse passages of one coder that share text."""
    same = (np.diff(markings.article) == 0) & (np.diff(markings.coder) == 0)
    wrong = same & (markings.start[1:] < markings.end[:-1])
    if wrong.any():
        one = int(np.argmax(wrong))
        places = [f"{markings.start[at]}–{markings.end[at]}" for at in (one, one + 1)]
        raise RatingsRefused(
            f"Coder “{markings.coders[markings.coder[one]]}” marked {places[0]} and "
            f"{places[1]} in “{markings.articles[markings.article[one]]}”, which "
            "overlap. u-alpha needs passages of one coder that do not share text: join "
            "them, end one where the other begins, or compute agreement for each value "
            "by itself."
        )
