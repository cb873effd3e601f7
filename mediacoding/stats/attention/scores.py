"""How much attention an article gets on paper: area, column-centimetres, front page, points.

Arrays have one place an article; NaN is not known, and stays so in what is computed from
it. Give them to `survey.estimates.mean`, `total` and `ratio`, which leave NaN out.

Sources: Budd, R. W. (1964), Attention score: a device for measuring news "play"; Riffe,
Lacy, Watson & Fico (2019), Analyzing media messages, 4th ed., ch. 4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
import numpy.typing as npt

from mediacoding.stats.patterns import Floats

INCOMPLETE = (
    "Articles of which some criterion is not known have no attention score, because it "
    "would look lower than it is."
)
SENTENCES = (INCOMPLETE,)


@dataclass(frozen=True, slots=True)
class AttentionScores:
    """The points of each article, None where a criterion is not known.

    `highest` is what all criteria together give; `complete` articles have a score and
    `incomplete` have none, as `note` says then.
    """

    scores: tuple[float | None, ...]
    criteria: tuple[str, ...]
    highest: float
    complete: int
    incomplete: int
    note: str | None

    @property
    def numbers(self) -> Floats:
        """(articles,) the scores, NaN where there is none."""
        return np.array(
            [np.nan if score is None else score for score in self.scores], dtype=float
        )


def attention_scores(
    criteria: Mapping[str, Sequence[bool | None]],
    *,
    points: Mapping[str, float] | None = None,
) -> AttentionScores:
    """Points for each criterion that an article meets, added up.

    In the manner of Budd (1964), who gives a point each for such as a headline over two
    columns or more, a place on the front page or above the fold, length, and a picture;
    which criteria, the study says.

    Parameters
    ----------
    criteria : for each by name, shape (articles,): True, False, or None for not known.
    points : for some of them, other points than 1.

    Raises ValueError where lengths differ, without a criterion, for points of an unknown
    criterion, and for points that are not above 0.
    """
    if not criteria:
        raise ValueError("Give one criterion or more.")
    worth = dict.fromkeys(criteria, 1.0) | dict(points or {})
    if unknown := set(worth) - set(criteria):
        raise ValueError(f"There is no criterion {sorted(unknown)[0]!r}.")
    if not all(isfinite(one) and one > 0 for one in worth.values()):
        raise ValueError("Points are above 0.")
    if len({len(column) for column in criteria.values()}) > 1:
        raise ValueError("Every criterion has one place for each article.")
    names = tuple(criteria)
    scores = tuple(
        None
        if any(mark is None for mark in marks)
        else float(sum(worth[n] for n, mark in zip(names, marks, strict=True) if mark))
        for marks in zip(*criteria.values(), strict=True)
    )
    incomplete = sum(score is None for score in scores)
    return AttentionScores(
        scores=scores,
        criteria=names,
        highest=float(sum(worth.values())),
        complete=len(scores) - incomplete,
        incomplete=incomplete,
        note=INCOMPLETE if incomplete else None,
    )


def area(width: npt.ArrayLike, height: npt.ArrayLike) -> Floats:
    """Square centimetres from width and height in centimetres, (articles,).

    Raises ValueError for negative or infinite measures, and where lengths differ.
    """
    return _product(width, height)


def column_centimetres(height: npt.ArrayLike, columns: npt.ArrayLike) -> Floats:
    """Height in centimetres times the columns an article runs over, (articles,).

    Comparable between outlets only where their columns are equally wide. Errors as `area`.
    """
    return _product(height, columns)


def page_share(areas: npt.ArrayLike, page_areas: npt.ArrayLike) -> Floats:
    """The share of a page that each article fills, (articles,).

    Comparable between formats, such as tabloid and broadsheet. An article that runs over
    several pages fills more than 1. Raises ValueError for a page without area.
    """
    own, page = _measures(areas), _measures(page_areas)
    if (page == 0).any():
        raise ValueError("A page has an area above 0.")
    if own.shape != page.shape:
        raise ValueError("Every article has a page.")
    return own / page


def on_front_page(pages: npt.ArrayLike) -> Floats:
    """1 for an article on page 1, 0 for others, NaN where the page is not known.

    The mean of it is the front-page share. Raises ValueError for a page below 1.
    """
    numbers = _measures(pages)
    if (numbers < 1).any():
        raise ValueError("Pages are numbered from 1.")
    return np.where(np.isnan(numbers), np.nan, (numbers < 2).astype(float))


def _product(one: npt.ArrayLike, other: npt.ArrayLike) -> Floats:
    first, second = _measures(one), _measures(other)
    if first.shape != second.shape:
        raise ValueError("There are not as many of one measure as of the other.")
    return first * second


def _measures(given: npt.ArrayLike) -> Floats:
    numbers = np.asarray(given, dtype=float)
    if (numbers < 0).any() or np.isinf(numbers).any():
        raise ValueError("Measures are numbers of 0 or more; check them.")
    return numbers
