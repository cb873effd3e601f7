"""Agreement on every variable of a table: the ratings, and what `stats` makes of them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mediacoding.calculator.proposal import Plan, propose_level
from mediacoding.calculator.ratings import SETS, Ratings, patterns_of
from mediacoding.calculator.sentences import (
    Refused,
    Sentence,
    gettext_noop,
    refusal,
)
from mediacoding.calculator.table import Table, text_of
from mediacoding.stats import offer
from mediacoding.stats.patterns import Patterns
from mediacoding.stats.result import Coefficient

REPLICATES = 2000
MOST_REPLICATES = 20_000
LEVELS = ("nominal", "ordinal", "interval", "ratio")


@dataclass(frozen=True, slots=True)
class Settings:
    """What was chosen beside the columns.

    `levels` and `categories` by variable; a level that is not chosen is proposed, and
    without a number of categories those that occur count. `coefficients` None: the usual.
    """

    levels: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, int] = field(default_factory=dict)
    coefficients: tuple[str, ...] | None = None
    minimum: float | None = None
    replicates: int = REPLICATES
    seed: int = 0


@dataclass(frozen=True, slots=True)
class VariableAgreement:
    """Agreement on one variable, with the base it rests on.

    `modal` is the most frequent value as the file writes it, `modal_share` its share of
    all ratings: near 1, few units decide the coefficients.
    """

    name: str
    level: str
    categories: int | None
    coders: tuple[str, ...]
    n_units: int
    n_pairable: int
    n_coders: int
    n_ratings: int
    n_values: int
    n_missing: Mapping[str, int]
    modal: str
    modal_share: float | None
    coefficients: Mapping[str, Coefficient]


@dataclass(frozen=True, slots=True)
class Calculation:
    """Agreement on the variables of a file."""

    file: str
    n_rows: int
    plan: Plan
    settings: Settings
    variables: tuple[VariableAgreement, ...]

    @property
    def n_missing(self) -> dict[str, int]:
        """How many cells of all variables held each missing code."""
        found: dict[str, int] = {}
        for variable in self.variables:
            for code, times in variable.n_missing.items():
                found[code] = found.get(code, 0) + times
        return found


def calculate(
    table: Table, plan: Plan, ratings: list[Ratings], settings: Settings
) -> Calculation:
    """Compute the agreement on every variable of the plan.

    `ratings` are those of `ratings_of(table, plan, missing)`. Raises Refused with every
    reason where a variable does not fit its level or its number of categories.
    """
    reasons: list[Sentence] = []
    read: list[tuple[Ratings, str, Patterns]] = []
    for one in ratings:
        level = settings.levels.get(one.variable) or propose_level(
            one.numbers, one.level
        )
        try:
            read.append((one, level, _checked(one, level, settings)))
        except Refused as why:
            reasons += why.sentences
    if reasons:
        raise Refused(*reasons)
    return Calculation(
        table.name,
        len(table.rows),
        plan,
        settings,
        tuple(_agreement(*one, settings) for one in read),
    )


def _checked(ratings: Ratings, level: str, settings: Settings) -> Patterns:
    """The patterns of a variable. Raises Refused if it has more values than categories."""
    patterns = patterns_of(ratings, level)
    categories = settings.categories.get(ratings.variable)
    if categories is not None and categories < len(patterns.values):
        raise refusal(
            gettext_noop(
                "“%(variable)s” has %(found)s different values, more than the %(given)s "
                "categories given. Give the number that the codebook defines, or name those "
                "that are missing codes."
            ),
            variable=ratings.variable,
            found=len(patterns.values),
            given=categories,
        )
    return patterns


def _agreement(
    ratings: Ratings, level: str, patterns: Patterns, settings: Settings
) -> VariableAgreement:
    categories = settings.categories.get(ratings.variable)
    marginals = patterns.marginals
    total = float(marginals.sum())
    return VariableAgreement(
        name=ratings.variable,
        level=level,
        categories=categories,
        coders=ratings.coders,
        n_units=patterns.n_units,
        n_pairable=patterns.n_pairable,
        n_coders=patterns.n_coders,
        n_ratings=round(total),
        n_values=len(patterns.values),
        n_missing=ratings.n_missing,
        modal=_words(patterns.values[marginals.argmax()], ratings) if total else "",
        modal_share=float(marginals.max()) / total if total else None,
        coefficients=offer.coefficients(
            patterns,
            level=level,
            categories=categories,
            only=settings.coefficients,
            minimum=settings.minimum,
            replicates=settings.replicates,
            seed=settings.seed,
        ),
    )


def _words(value: object, ratings: Ratings) -> str:
    """A value as the file writes it, with its label."""
    if isinstance(value, frozenset):
        return "|".join(sorted(map(str, value))) or "{}"
    text = value if isinstance(value, str) else text_of(float(str(value)))
    label = ratings.labels.get(text, "")
    return f"{text} {label}".strip()


def levels_offered(ratings: Ratings) -> tuple[str, ...]:
    """The levels that a variable's values allow: numbers all, texts nominal and sets."""
    if any(number is not None for number in ratings.numbers):
        return LEVELS
    return ("nominal", SETS) if any("|" in v for v in ratings.values) else ("nominal",)
