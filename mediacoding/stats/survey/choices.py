"""Multiple choice: options as shares of cases and of mentions.

A unit that chose three options is one case and three mentions. Shares of cases may add up
to more than 1, shares of mentions add up to 1; mentions of one unit are not independent,
so both rest on the units and their design. A unit that chose nothing is a case; a unit
that was not answered is none.

Source: Lohr (2019, ch. 4 and 9), ratios; Bilder & Loughin (2015), Analysis of categorical
data with R, ch. 6.4, on what is and is not a test of multiple choice.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mediacoding.stats.patterns import Floats, Integers
from mediacoding.stats.survey.design import SurveyDesign, spread, sums_by_cluster
from mediacoding.stats.survey.estimates import (
    Within,
    base_of,
    ratio_at,
    rows_within,
    shares_of_codes,
)
from mediacoding.stats.survey.result import Base, Estimate, NoVariance
from mediacoding.stats.survey.share import SharesRest, share_estimate

NO_MENTIONS = "No unit chose any option, so there are no mentions to share out."
SENTENCES = (NO_MENTIONS,)
#: One answer: the options chosen, also none; or None where there is no answer.
Answer = Iterable[Hashable] | None


@dataclass(frozen=True, slots=True)
class Option:
    """One option: its share of cases and its share of mentions, each with its own base.

    The base of mentions counts mentions, from so many clusters.
    """

    option: Hashable
    cases: Estimate
    mentions: Estimate


@dataclass(frozen=True, slots=True)
class Choices:
    """A multiple choice: `base` are the units that answered, `nothing` of them chose nothing.

    `mentions` were counted in all, `per_case` of them on average; `without` units have no
    answer.
    """

    options: tuple[Option, ...]
    base: Base
    nothing: int
    mentions: int
    per_case: Estimate
    without: int


def choices(
    answers: Sequence[Answer],
    design: SurveyDesign,
    *,
    options: Sequence[Hashable] | None = None,
    within: Within = None,
    confidence: float = 0.95,
) -> Choices:
    """The share of each option on cases and on mentions, weighted and with intervals.

    `answers` has one set of options for each row of the design, None where there is no
    answer. `options` are the codebook's, in its order; without them those that occur.

    Raises ValueError for an option that is none of these, and where lengths differ.
    """
    chosen, known, named = indicators(answers, design.rows, options)
    inside = rows_within(design, within)
    at = inside[known[inside]]
    mentions = chosen.sum(axis=1)
    per_case = ratio_at(
        mentions, np.ones(design.rows), design, at, confidence=confidence
    )
    cases = []
    for option in range(len(named)):
        codes = np.where(known, chosen[:, option].astype(np.int64), -1)
        found = shares_of_codes(codes, (0, 1), design, inside, confidence=confidence)
        cases.append(found.of(1))
    of_mentions = _of_mentions(chosen, design, at, confidence)
    times = design.times[at]
    return Choices(
        options=tuple(
            Option(name, case, mention)
            for name, case, mention in zip(named, cases, of_mentions, strict=True)
        ),
        base=base_of(design, at),
        nothing=round(float(times @ (mentions[at] == 0))),
        mentions=round(float(times @ mentions[at])),
        per_case=per_case,
        without=round(float(design.times[inside[~known[inside]]].sum())),
    )


def _of_mentions(
    chosen: Floats, design: SurveyDesign, at: Integers, confidence: float
) -> list[Estimate]:
    """Each option's share of mentions, by the ratio of their sums over units."""
    own = chosen[at]
    mentions = own.sum(axis=1)
    some = at[mentions > 0]
    own, mentions = own[mentions > 0], mentions[mentions > 0]
    if not len(some):
        none = Estimate(None, reason=NO_MENTIONS, confidence=confidence)
        return [none] * chosen.shape[1]
    weight = design.weights[some] * design.times[some]
    per_mention = weight * mentions
    total = float(per_mention.sum())
    p = weight @ own / total
    scores = weight[:, None] * (own - mentions[:, None] * p) / total
    counts = design.times[some] @ own
    base = replace(
        base_of(design, some), units=round(float(counts.sum())), weight=total
    )
    found, why = None, None
    try:
        found = spread(design, *sums_by_cluster(design, some, scores))
    except NoVariance as reason:
        why = str(reason)
    kish = total**2 / float(per_mention @ (design.weights[some] * mentions))
    rests = SharesRest(base, found, why, kish, False)
    return [
        share_estimate(
            min(1.0, float(p[k])),
            round(float(counts[k])),
            rests,
            k,
            confidence,
            "default",
        )
        for k in range(len(p))
    ]


def indicators(
    answers: Sequence[Answer], rows: int, options: Sequence[Hashable] | None
) -> tuple[Floats, np.ndarray, tuple[Hashable, ...]]:
    """Which row chose which option (rows, options) as 1 and 0, which rows answered, options.

    Raises ValueError.
    """
    if len(answers) != rows:
        raise ValueError(f"There are {rows} rows, but {len(answers)} answers.")
    places: dict[Hashable, int] = {
        name: place for place, name in enumerate(dict.fromkeys(options or ()))
    }
    marks: list[tuple[int, int]] = []
    known = np.zeros(rows, dtype=bool)
    for row, answer in enumerate(answers):
        if answer is None or answer != answer:
            continue
        if isinstance(answer, str):
            raise ValueError("An answer to a multiple choice is a set of options.")
        known[row] = True
        for option in answer:
            if option not in places:
                if options is not None:
                    raise ValueError(f"{option!r} is none of the options.")
                places[option] = len(places)
            marks.append((row, places[option]))
    chosen = np.zeros((rows, len(places)))
    if marks:
        at = np.array(marks)
        chosen[at[:, 0], at[:, 1]] = 1.0
    return chosen, known, tuple(places)
