"""The filter language of `ask_if`: parse, evaluate, say what it depends on. Pure.

    condition  = all { "or" all }
    all        = one { "and" one }
    one        = "not" one | "(" condition ")" | contains | comparison
    contains   = "contains" "(" name "," number ")"
    comparison = name ( "==" | "!=" | "<" | "<=" | ">" | ">=" ) literal
               | name [ "not" ] "in" "[" literal { "," literal } "]"
    literal    = number | "'" text "'" | '"' text '"'

Three values: true, false, and unknown (None) while a variable that matters is not yet
answered. A variable that is not applicable, or holds a missing code, makes a comparison
false, except one that names that very missing code (`x == 98`, `x in [98]`).
docs/codebook-format.md has the same for researchers; static/js/conditions.js evaluates
the same language in the browser, and fixtures/codebooks/filter_vectors.json tests both.
"""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Protocol

Literal = Decimal | str


class Answered(Protocol):
    """What an answer must tell: codebook.values.Value does."""

    @property
    def state(self) -> str: ...
    @property
    def value(self) -> str: ...


class ConditionError(Exception):
    """The text is no filter; `column` (from 1) says where it goes wrong."""

    def __init__(self, sentence: str, column: int) -> None:
        super().__init__(f"{sentence} (column {column})")
        self.column = column


@dataclass(frozen=True, slots=True)
class Comparison:
    name: str
    sign: str
    literal: Literal


@dataclass(frozen=True, slots=True)
class Membership:
    name: str
    literals: tuple[Literal, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Contains:
    name: str
    code: Decimal


@dataclass(frozen=True, slots=True)
class Not:
    part: "Condition"


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple["Condition", ...]


Atom = Comparison | Membership | Contains
Condition = Atom | Not | And | Or

SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
TOKEN = re.compile(
    r"\s*(?:(?P<number>-?[0-9]+(?:\.[0-9]+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<text>'[^']*'|\"[^\"]*\")|(?P<sign>==|!=|<=|>=|<|>|\(|\)|\[|\]|,))"
)
NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
WORDS = frozenset({"and", "or", "not", "in", "contains"})
#: Brackets and "not" inside each other; more is no filter that a person wrote.
MOST_DEEP = 100


@lru_cache(maxsize=4096)
def parse(text: str) -> Condition:
    """Return the condition that a filter's text says. Raises ConditionError."""
    parser = _Parser(text)
    condition = parser.either()
    parser.end()
    return condition


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str, int]] = []
        position = 0
        while position < len(text.rstrip()):
            match = TOKEN.match(text, position)
            if match is None:
                at = len(text) - len(text[position:].lstrip())
                raise ConditionError(f"“{text[at]}” does not belong here.", at + 1)
            kind = str(match.lastgroup)
            self.tokens.append((kind, match[kind], match.start(kind) + 1))
            position = match.end()
        self.tokens.append(("end", "", len(text) + 1))
        self.at = 0
        self.depth = 0

    def peek(self) -> str:
        """What stands next: a sign or a word itself, of everything else the kind."""
        kind, text, _column = self.tokens[self.at]
        return text if kind == "sign" or text in WORDS else kind

    def take(self, *wanted: str) -> str:
        _kind, text, column = self.tokens[self.at]
        if self.peek() not in wanted:
            found = f"“{text}”" if text else "the end"
            raise ConditionError(
                f"Expected {' or '.join(wanted)}, found {found}.", column
            )
        self.at += 1
        return text

    def end(self) -> None:
        self.take("end")

    def either(self) -> Condition:
        parts = [self.every()]
        while self.peek() == "or":
            self.take("or")
            parts.append(self.every())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def every(self) -> Condition:
        parts = [self.one()]
        while self.peek() == "and":
            self.take("and")
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def one(self) -> Condition:
        if self.peek() == "not":
            self.descend("not")
            negated = Not(self.one())
            self.depth -= 1
            return negated
        if self.peek() == "(":
            self.descend("(")
            inner = self.either()
            self.take(")")
            self.depth -= 1
            return inner
        if self.peek() == "contains":
            self.take("contains")
            self.take("(")
            name = self.name()
            self.take(",")
            code = Decimal(self.take("number"))
            self.take(")")
            return Contains(name, code)
        return self.comparison()

    def descend(self, sign: str) -> None:
        self.depth += 1
        if self.depth > MOST_DEEP:
            raise ConditionError(
                f"More than {MOST_DEEP} brackets and “not” stand inside each other.",
                self.tokens[self.at][2],
            )
        self.take(sign)

    def name(self) -> str:
        kind, text, column = self.tokens[self.at]
        if kind != "name" or text in WORDS:
            found = f"“{text}”" if text else "the end"
            raise ConditionError(
                f"Expected the name of a variable, found {found}.", column
            )
        self.at += 1
        return text

    def comparison(self) -> Condition:
        name = self.name()
        negated = self.peek() == "not"
        if negated:
            self.take("not")
        if negated or self.peek() == "in":
            self.take("in")
            self.take("[")
            literals = [self.literal()]
            while self.peek() == ",":
                self.take(",")
                literals.append(self.literal())
            self.take("]")
            return Membership(name, tuple(literals), negated)
        return Comparison(name, self.take(*SIGNS), self.literal())

    def literal(self) -> Literal:
        kind, _text, _column = self.tokens[self.at]
        text = self.take("number", "text")
        return Decimal(text) if kind == "number" else text[1:-1]


def evaluate(condition: Condition, answers: Mapping[str, Answered]) -> bool | None:
    """Return whether a condition holds; None while that depends on an open question."""
    match condition:
        case Not(part):
            inner = evaluate(part, answers)
            return None if inner is None else not inner
        case And(parts):
            results = [evaluate(part, answers) for part in parts]
            return False if False in results else None if None in results else True
        case Or(parts):
            results = [evaluate(part, answers) for part in parts]
            return True if True in results else None if None in results else False
        case Comparison() | Membership() | Contains():
            answer = answers.get(condition.name)
            if answer is None or answer.state == "open":
                return None
            return holds(condition, answer)


def holds(condition: Atom, answer: Answered) -> bool:
    """Return whether one comparison is true of an answer that is there."""
    if answer.state == "not_applicable":
        return False
    is_missing = answer.state == "missing"
    match condition:
        case Contains(_, code):
            codes = answer.value.split()
            return not is_missing and any(_equal(text, code) for text in codes)
        case Membership(_, literals, negated):
            inside = any(_equal(answer.value, literal) for literal in literals)
            if is_missing:
                # Only a list that names a missing code speaks about missing codes.
                return inside and not negated
            return inside is not negated
        case Comparison(_, "==", literal):
            return _equal(answer.value, literal)
        case Comparison(_, sign, literal):
            if is_missing:
                return False
            if sign == "!=":
                return not _equal(answer.value, literal)
            value = _like(answer.value, literal)
            return value is not None and SIGNS[sign](value, literal)


def _equal(value: str, literal: Literal) -> bool:
    return _like(value, literal) == literal


def _like(value: str, literal: Literal) -> Literal | None:
    """The answer's text as the literal's kind; None where it is no number."""
    if isinstance(literal, str):
        return value
    # Decimal alone would read “NaN”, “1e5” or “1_000” in a free text as numbers.
    return Decimal(value) if NUMBER.fullmatch(value) else None


def variables_in(condition: Condition) -> frozenset[str]:
    """The names of the variables that a condition reads."""
    match condition:
        case Not(part):
            return variables_in(part)
        case And(parts) | Or(parts):
            return frozenset().union(*(variables_in(part) for part in parts))
        case _:
            return frozenset({condition.name})


def atoms(condition: Condition) -> tuple[Atom, ...]:
    """The comparisons that a condition is made of, from left to right."""
    match condition:
        case Not(part):
            return atoms(part)
        case And(parts) | Or(parts):
            return tuple(atom for part in parts for atom in atoms(part))
        case _:
            return (condition,)


def literals_of(atom: Atom) -> tuple[Literal, ...]:
    """The values that a comparison compares with."""
    match atom:
        case Comparison(_, _, literal):
            return (literal,)
        case Membership(_, literals, _):
            return literals
        case Contains(_, code):
            return (code,)


def text_of(condition: Condition) -> str:
    """The canonical text of a condition; parsing it gives the same condition."""
    match condition:
        case Comparison(name, sign, literal):
            return f"{name} {sign} {_literal_text(literal)}"
        case Membership(name, literals, negated):
            inside = ", ".join(_literal_text(literal) for literal in literals)
            return f"{name} {'not in' if negated else 'in'} [{inside}]"
        case Contains(name, code):
            return f"contains({name}, {code})"
        case Not(part):
            return f"not {_bracketed(part)}"
        case And(parts):
            return " and ".join(_bracketed(part) for part in parts)
        case Or(parts):
            return " or ".join(_bracketed(part) for part in parts)


def _bracketed(part: Condition) -> str:
    return f"({text_of(part)})" if isinstance(part, (And, Or)) else text_of(part)


def _literal_text(literal: Literal) -> str:
    if isinstance(literal, Decimal):
        return str(literal)
    return f'"{literal}"' if "'" in literal else f"'{literal}'"
