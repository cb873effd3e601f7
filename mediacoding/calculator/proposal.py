"""What the columns of a file probably are, to be looked at and corrected. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from mediacoding.calculator.table import Column, Table

UNIT_NAMES = frozenset(
    (
        "id", "unit", "unit_id", "unitid", "item", "item_id", "article", "article_id", "case",
        "case_id", "subject", "text", "doc", "document", "no", "nr", "n", "#", "row", "story",
        "post", "target", "jedinica", "članak", "clanak", "tekst", "rb", "br",
    )
)  # fmt: skip
CODER_NAMES = frozenset(
    (
        "coder", "coder_id", "coderid", "coder_name", "rater", "rater_id", "judge", "observer",
        "annotator", "koder", "koderka", "koder_id", "kodirao", "codeur", "kodierer",
    )
)  # fmt: skip
#: What columns of coders are called before a number or a name.
CODER_WORDS = CODER_NAMES | {"c", "r", "k", "o", "obs", "sudija"}
#: Texts that stand for “no value” in exports of other programs.
BLANKS = ("NA", "N/A", "n/a", "NaN", "nan", "#N/A", "NULL", ".", "-", "–")
MOST_CATEGORIES = 60  # more different texts are no categories
FEW_ROWS = 5  # in fewer, a column may be all different by chance
FEW_NUMBERS = 12  # whole numbers that may be codes of categories
SEPARATORS = r"[\s._:/–-]+"


@dataclass(frozen=True, slots=True)
class Rated:
    """A column of ratings: of which variable and, in a wide table, by which coder."""

    column: int
    variable: str
    coder: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Where units, coders and ratings stand. Columns are named by their places.

    `layout` is wide (a row a unit, a column a coder) or long (a row a unit and coder).
    """

    layout: str
    unit: int | None
    coder: int | None
    ratings: tuple[Rated, ...]

    @property
    def variables(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(rated.variable for rated in self.ratings))


def propose(table: Table, layout: str = "") -> Plan:
    """What the columns probably are; `layout` is what the person chose already."""
    unit, coder = _keys(table)
    if layout == "long" or (not layout and unit is not None and coder is not None):
        return _long(table, unit, coder)
    return _wide(table)


def plan_of(
    table: Table,
    *,
    layout: str = "",
    unit: int | None = None,
    coder: int | None = None,
    columns: Sequence[int] | None = None,
) -> Plan:
    """The plan that a person named in part; the rest is proposed.

    `columns` hold the ratings: in a wide table those of the coders, in a long one those
    of the variables.
    """
    found = propose(table, layout)
    unit = found.unit if unit is None else unit
    coder = found.coder if coder is None else coder
    keys = {unit, coder} if found.layout == "long" else {unit}
    chosen = [at for at in columns or () if at not in keys]
    if columns is None:
        ratings = tuple(rated for rated in found.ratings if rated.column not in keys)
    elif found.layout == "long":
        ratings = tuple(Rated(at, table.columns[at].name) for at in chosen)
    else:
        ratings = _of_coders(table, chosen)
    return Plan(found.layout, unit, coder, ratings)


def propose_level(column_numbers: Sequence[float | None], stated: str = "") -> str:
    """The level of measurement of a variable: what the file states, else by its values.

    Whole numbers may be codes of categories or amounts; few of them are taken for codes.
    """
    if not column_numbers or None in column_numbers:
        return "nominal"
    if stated:
        return stated
    numbers = [number for number in column_numbers if number is not None]
    is_whole = all(number.is_integer() for number in numbers)
    return "nominal" if is_whole and len(numbers) <= FEW_NUMBERS else "interval"


def propose_missing(table: Table, plan: Plan) -> tuple[str, ...]:
    """Texts such as “NA” that stand among numbers and so mean “not coded”."""
    found: dict[str, None] = {}
    for rated in plan.ratings:
        column = table.columns[rated.column]
        words = [
            value
            for value, number in zip(column.values, column.numbers, strict=True)
            if number is None
        ]
        is_numeric = len(words) < len(column.values)
        if words and is_numeric and all(word in BLANKS for word in words):
            found |= dict.fromkeys(words)
    return tuple(found)


def folded(header: str) -> str:
    """A header without case and with one kind of separator."""
    return re.sub(SEPARATORS, "_", header.strip().casefold()).strip("_")


def _named(table: Table, names: frozenset[str]) -> int | None:
    return next(
        (at for at, header in enumerate(table.headers) if folded(header) in names), None
    )


def _keys(table: Table) -> tuple[int | None, int | None]:
    """The columns of a long table that name the unit and the coder; None in a wide one."""
    coder, unit = _named(table, CODER_NAMES), _named(table, UNIT_NAMES)
    if coder is not None:
        if unit is None or unit == coder:
            unit = next((at for at in _repeated(table) if at != coder), None)
        return unit, coder
    candidates = _repeated(table)
    for at in candidates:
        for other in range(len(table.columns)):
            if other != at and _is_key(table, at, other, is_named=at == unit):
                return at, other
    return unit, None


def _repeated(table: Table) -> list[int]:
    """Columns that are filled in every row and hold each value more than once on average."""
    many = len(table.rows)
    return [
        at
        for at, column in enumerate(table.columns)
        if column.n_filled == many and 2 <= len(column.values) <= many / 1.5
    ]


def _is_key(table: Table, unit: int, coder: int, *, is_named: bool) -> bool:
    """Whether two columns without telling names can be only unit and coder.

    No pair of them comes twice, coders are fewer than units, and are names where the
    unit's header says nothing either.
    """
    units, coders = table.columns[unit], table.columns[coder]
    if len(table.columns) < 3 or coders.n_filled < len(table.rows):
        return False
    if not 2 <= len(coders.values) < len(units.values):
        return False
    if coders.is_numeric and not is_named:
        return False
    pairs = units.codes.astype(np.int64) * len(coders.values) + coders.codes
    return len(np.unique(pairs)) == len(pairs)


def _long(table: Table, unit: int | None, coder: int | None) -> Plan:
    rest = [at for at in range(len(table.columns)) if at not in (unit, coder)]
    chosen = [
        at
        for at in rest
        if _may_be_rated(table.columns[at])
        and not (unit is not None and _describes(table, at, unit))
    ]
    return Plan(
        "long",
        unit,
        coder,
        tuple(Rated(at, table.columns[at].name) for at in chosen or rest),
    )


def _may_be_rated(column: Column) -> bool:
    """Whether a column is not empty and no free text."""
    return bool(column.values) and (
        column.is_numeric
        or len(column.values) <= MOST_CATEGORIES
        or any(number is not None for number in column.numbers)
    )


def _describes(table: Table, at: int, unit: int) -> bool:
    """Whether a column is the same in all rows of every unit, and too varied for codes."""
    column, units = table.columns[at], table.columns[unit]
    if len(column.values) <= FEW_NUMBERS or not len(column.codes):
        return False
    first = np.full(len(units.values) + 1, -2, dtype=np.int32)
    first[units.codes] = column.codes
    return bool((first[units.codes] == column.codes).all())


def _wide(table: Table) -> Plan:
    unit = _wide_unit(table)
    columns = [
        at
        for at, column in enumerate(table.columns)
        if at != unit and _may_be_rated(column)
    ]
    return Plan("wide", unit, None, _of_coders(table, columns))


def _of_coders(table: Table, columns: Sequence[int]) -> tuple[Rated, ...]:
    """Columns of a wide table with their variables and coders."""
    groups = _groups(table, {at: table.columns[at].name for at in columns})
    return tuple(
        Rated(at, variable, coder)
        for variable, coders in groups.items()
        for coder, at in coders.items()
    )


def _wide_unit(table: Table) -> int | None:
    """The column that numbers or names the rows, if there is one."""
    if len(table.columns) < 3:
        return None
    for at, column in enumerate(table.columns[:3]):
        is_key = len(column.values) == len(column.codes) > 0
        others = [c for c in table.columns if c is not column]
        if is_key and folded(column.name) in UNIT_NAMES:
            return at
        is_alone = all(len(c.values) < len(c.codes) for c in others)
        if is_key and at == 0 and is_alone and len(column.codes) >= FEW_ROWS:
            return at
    return None


Groups = dict[str, dict[str, int]]


def _groups(table: Table, headers: Mapping[int, str]) -> Groups:
    """Columns by variable, and in a variable by coder, as their headers tell.

    “tone_ana, tone_boris, frame_ana, frame_boris” are two variables; “coder1, coder2” and
    “ana, boris” are the coders of one.
    """
    by_prefix = _split(headers, rf"(.*?){SEPARATORS}([^\s._:/–-]+)|(.*\D)(\d+)")
    groups = {name: coders for name, coders in by_prefix.items() if len(coders) > 1}
    if len(groups) > 1:
        by_suffix = _split(headers, rf"([^\s._:/–-]+){SEPARATORS}(.+)", is_swapped=True)
        swapped = {
            name: coders for name, coders in by_suffix.items() if len(coders) > 1
        }
        if swapped and (
            all(_is_coder_word(name) for name in groups)
            or _likeness(table, swapped) > _likeness(table, groups) + 0.2
        ):
            return swapped
        return groups
    only = next(iter(groups), "")
    members = set(groups.get(only, {}).values())
    rest = [at for at in headers if at not in members]
    if only and all(not _share(table, at, members) for at in rest):
        name = _stem(table) if _is_coder_word(only) else only
        return {name: {headers[at]: at for at in sorted(members)}}
    alike = [at for at in headers if _share(table, at, set(headers) - {at})]
    return {_stem(table): {headers[at]: at for at in alike or headers}}


def _split(
    headers: Mapping[int, str], pattern: str, *, is_swapped: bool = False
) -> Groups:
    """Columns by the first part of their headers, or the second with `is_swapped`."""
    groups: Groups = {}
    for at, header in headers.items():
        if match := re.fullmatch(pattern, header.strip()):
            parts = [part for part in match.groups() if part is not None]
            name, coder = reversed(parts) if is_swapped else parts
            if name:
                groups.setdefault(name, {})[coder] = at
    return groups


def _is_coder_word(name: str) -> bool:
    return folded(name).rstrip("0123456789").rstrip("_") in CODER_WORDS


def _likeness(table: Table, groups: Groups) -> float:
    """How far the columns of each group hold the same values, 0 to 1."""
    shares = []
    for coders in groups.values():
        sets = [set(table.columns[at].values) for at in coders.values()]
        union = set[str]().union(*sets)
        shares += [
            len(first & second) / len(union)
            for first, second in combinations(sets[:6], 2)
        ]
    return sum(shares) / len(shares) if shares else 0.0


def _share(table: Table, at: int, others: set[int]) -> bool:
    """Whether a column has a value that one of the others has too."""
    own = set(table.columns[at].values)
    return any(own.intersection(table.columns[other].values) for other in others)


def _stem(table: Table) -> str:
    """The name of the file without its ending, for a variable that has no other."""
    return table.name.rpartition("/")[2].rsplit(".", 1)[0] or table.name
