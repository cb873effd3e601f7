"""What a filter can come out as, whatever coders answer. Pure.

Every answer that makes a difference is tried, in the order in which questions are asked: a
question whose own filter is false is not applicable. So a branch is found dead also where
only the filters together rule it out.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import combinations, pairwise

from codebook import conditions
from codebook.conditions import Atom, Condition, ConditionError
from codebook.document import Document, VariableSpec
from codebook.levels import CategoryKind, Kind
from codebook.values import Value

#: Beyond these the question is left open rather than the page kept waiting.
MOST_STEPS = 2_000
MOST_VARIABLES = 8
MOST_NAMED_CODES = 10
ANYTHING: frozenset[bool | None] = frozenset({True, False, None})


def sound_filters(document: Document) -> dict[str, Condition]:
    """The filters by variable, without those that cannot be read or look ahead."""
    found: dict[str, Condition] = {}
    earlier: set[str] = set()
    for variable in document.variables:
        if variable.ask_if:
            try:
                condition = conditions.parse(variable.ask_if)
            except ConditionError:
                condition = None
            if condition and conditions.variables_in(condition) <= earlier:
                found[variable.name] = condition
        earlier.add(variable.name)
    return found


def outcomes(
    document: Document, filters: Mapping[str, Condition], condition: Condition
) -> frozenset[bool | None]:
    """Return what a condition can come out as: True, False, None for an open question.

    `filters` are those of `sound_filters`. The search ends once the condition came out
    both true and otherwise. All three are returned where nothing can be told: a variable
    takes no answer at all, or trying would take too long.
    """
    names = _needed(filters, condition)
    order = [variable for variable in document.variables if variable.name in names]
    filters = {
        name: filters[name]
        for name in names & filters.keys()
        if conditions.variables_in(filters[name]) <= names
    }
    atoms = [*conditions.atoms(condition)]
    for own_filter in filters.values():
        atoms += conditions.atoms(own_filter)
    choices = {}
    for variable in order:
        own = [atom for atom in atoms if atom.name == variable.name]
        tried = _candidates(variable, own)
        if tried is None or not any(value.is_value for value in tried):
            return ANYTHING
        choices[variable.name] = _different(tried, own)
    search = _Search(order, choices, filters, condition)
    search.at(0, {})
    return search.found if search.left > 0 else ANYTHING


def _needed(filters: Mapping[str, Condition], condition: Condition) -> set[str]:
    """The variables that a condition depends on, also through their filters: the nearest.

    Farther filters are left out of account, which can hide a dead branch but never makes
    a living one look dead.
    """
    waiting = sorted(conditions.variables_in(condition))
    names = {*waiting}
    while waiting and len(names) < MOST_VARIABLES:
        name = waiting.pop(0)
        if name in filters:
            farther = conditions.variables_in(filters[name]) - names
            waiting += sorted(farther)
            names |= farther
    return names


class _Search:
    """Trying all answers, question by question, until every outcome was seen."""

    def __init__(
        self,
        order: list[VariableSpec],
        choices: Mapping[str, list[Value]],
        filters: Mapping[str, Condition],
        condition: Condition,
    ) -> None:
        self.order, self.choices = order, choices
        self.filters, self.condition = filters, condition
        self.found: frozenset[bool | None] = frozenset()
        self.left = MOST_STEPS

    def at(self, number: int, answers: dict[str, Value]) -> None:
        """Try every answer to the question of that number, given the earlier ones."""
        self.left -= 1
        result = conditions.evaluate(self.condition, answers)
        if result is not None or number == len(self.order):
            # Once a condition is true or false, no later answer changes it.
            self.found |= {result}
            return
        variable = self.order[number]
        for answer in self._answers(variable, answers):
            if self.left <= 0 or (True in self.found and len(self.found) > 1):
                return
            given = answers if answer is None else {**answers, variable.name: answer}
            self.at(number + 1, given)

    def _answers(
        self, variable: VariableSpec, answers: Mapping[str, Value]
    ) -> Iterator[Value | None]:
        own = self.filters.get(variable.name)
        asked = True if own is None else conditions.evaluate(own, answers)
        if asked:
            yield from self.choices[variable.name]
        # A filter that cannot be read may rule the question out.
        if asked is False or (own is None and variable.ask_if):
            yield Value.not_applicable()
        if asked is None or (asked and not variable.required):
            yield None


def _different(tried: list[Value], atoms: list[Atom]) -> list[Value]:
    """Of the answers that make the same comparisons true, one; the truest first."""
    found: dict[tuple[bool, ...], Value] = {}
    for value in tried:
        found.setdefault(tuple(conditions.holds(atom, value) for atom in atoms), value)
    return [found[truths] for truths in sorted(found, key=sum, reverse=True)]


def _candidates(variable: VariableSpec, atoms: list[Atom]) -> list[Value] | None:
    """Answers that can make a difference to the comparisons; None if they are too many."""
    missing = [Value.missing(code) for code in sorted(variable.missing_codes)]
    literals = [literal for atom in atoms for literal in conditions.literals_of(atom)]
    numbers = sorted({n for n in literals if isinstance(n, Decimal)})
    words = sorted({text for text in literals if isinstance(text, str)})
    if variable.kind is Kind.SINGLE:
        codes: list[str] | None = [str(c.code) for c in variable.categories]
    elif variable.kind is Kind.MULTI:
        codes = _choices(variable, numbers)
    elif variable.kind.is_number:
        codes = [f"{number:f}" for number in _numbers(variable, numbers)]
    elif variable.kind is Kind.DATE:
        codes = _dates(words)
    else:
        codes = ["", *words, *(f"{text}~" for text in words), "~"]
        codes += [str(number) for number in numbers]
    if codes is None:
        return None
    return [*missing, *(Value("value", code) for code in codes)]


def _choices(variable: VariableSpec, numbers: list[Decimal]) -> list[str] | None:
    """Choices of a multiple choice: every set of the named codes and one other."""
    alone = {c.code for c in variable.categories if c.kind is CategoryKind.EXCLUSIVE}
    codes = sorted({c.code for c in variable.categories} - alone)
    named = [code for code in codes if Decimal(code) in numbers]
    if len(named) > MOST_NAMED_CODES:
        return None
    together = [*named, *[code for code in codes if code not in named][:1]]
    found = [str(code) for code in sorted(alone)]
    for size in range(len(together) + 1):
        found += [
            " ".join(map(str, sorted(some))) for some in combinations(together, size)
        ]
    return found


def _numbers(variable: VariableSpec, literals: list[Decimal]) -> list[Decimal]:
    """Legal numbers at, between and beyond those that are compared with."""
    low, high = variable.minimum, variable.maximum
    points = sorted({*literals, *(n for n in (low, high) if n is not None)})
    points = points or [Decimal(0)]
    between = [(one + other) / 2 for one, other in pairwise(points)]
    tried = [points[0] - 1, *points, *between, points[-1] + 1]
    if variable.kind is Kind.INTEGER:
        tried = [
            n.to_integral_value(way)
            for n in tried
            for way in ("ROUND_FLOOR", "ROUND_CEILING")
        ]
        tried += [n + step for n in tried for step in (-1, 1)]
    return [
        number
        for number in sorted(set(tried))
        if (low is None or number >= low) and (high is None or number <= high)
    ]


def _dates(words: list[str]) -> list[str]:
    """The days that are compared with, those around them, and one where there is none."""
    found = {"2000-01-01"}
    for text in words:
        try:
            day = dt.date.fromisoformat(text)
        except ValueError:
            continue
        for step in (-1, 0, 1):
            near = day.toordinal() + step
            if 1 <= near <= dt.date.max.toordinal():
                found.add(dt.date.fromordinal(near).isoformat())
    return sorted(found)
