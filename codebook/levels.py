"""Levels of measurement, kinds of variable, kinds of category. Pure."""

from enum import StrEnum


class Level(StrEnum):
    """How far apart two values of a variable are, as far as one can say."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"
    TEXT = "text"

    @property
    def has_order(self) -> bool:
        return self in (Level.ORDINAL, Level.INTERVAL, Level.RATIO)

    @property
    def is_metric(self) -> bool:
        return self in (Level.INTERVAL, Level.RATIO)


class Kind(StrEnum):
    """What an answer to a variable looks like."""

    SINGLE = "single"
    MULTI = "multi"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    TEXT = "text"

    @property
    def has_categories(self) -> bool:
        return self in (Kind.SINGLE, Kind.MULTI)

    @property
    def is_number(self) -> bool:
        return self in (Kind.INTEGER, Kind.DECIMAL)

    @property
    def levels(self) -> frozenset[Level]:
        """The levels of measurement that fit this kind of answer."""
        return LEVELS_OF[self]


LEVELS_OF = {
    Kind.SINGLE: frozenset({Level.NOMINAL, Level.ORDINAL, Level.INTERVAL, Level.RATIO}),
    Kind.MULTI: frozenset({Level.NOMINAL}),
    Kind.INTEGER: frozenset({Level.ORDINAL, Level.INTERVAL, Level.RATIO}),
    Kind.DECIMAL: frozenset({Level.INTERVAL, Level.RATIO}),
    Kind.DATE: frozenset({Level.ORDINAL, Level.INTERVAL}),
    Kind.TEXT: frozenset({Level.TEXT, Level.NOMINAL}),
}


class CategoryKind(StrEnum):
    """What a category stands for."""

    SUBSTANTIVE = "substantive"
    EXCLUSIVE = "exclusive"  # of a multiple choice: chosen alone
    MISSING = "missing"


class Evidence(StrEnum):
    """Whether an answer is tied to a passage of the text."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"
