"""The formulas of derived variables: what they read and compare. Pure.

    formula    = all { "or" all }
    all        = one { "and" one }
    one        = "not" one | comparison
    comparison = sum [ sign sum | [ "not" ] "in" ( list | name ) ]
    sum        = product { ( "+" | "-" ) product }
    product    = factor { ( "*" | "/" ) factor }
    factor     = number | text | name [ "." name ] | "contains" "(" name "," number ")"
               | "-" factor | "(" formula ")"
    list       = "[" literal { "," literal } "]"

A comparison counts as 1 where it is true and as 0 otherwise. `outlet.column_width_cm` is a
fact that is kept of the newspaper that a variable names.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal

from codebook.conditions import SIGNS, ConditionError, Literal

TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<text>'[^']*'|\"[^\"]*\")|(?P<sign>==|!=|<=|>=|[-<>()\[\],.+*/]))"
)
WORDS = frozenset({"and", "or", "not", "in", "contains"})
DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Formula:
    """What a formula reads, and which values it looks for in it."""

    names: frozenset[str]
    compared: tuple[tuple[str, Literal], ...]  # by ==, !=, in, contains; left to right


@dataclass(frozen=True, slots=True)
class _Factor:
    """A part of a formula, as far as comparisons need to know it."""

    name: str | None = None
    literal: Literal | None = None


def parse(text: str) -> Formula:
    """Return what a formula reads. Raises ConditionError with the column of the fault."""
    parser = _Parser(text)
    parser.either()
    parser.take("end")
    return Formula(frozenset(parser.names), tuple(parser.compared))


@dataclass
class _Parser:
    text: str
    names: list[str] = field(default_factory=list)
    compared: list[tuple[str, Literal]] = field(default_factory=list)
    at: int = 0
    depth: int = 0

    def __post_init__(self) -> None:
        self.tokens: list[tuple[str, str, int]] = []
        text, position = self.text.rstrip(), 0
        while position < len(text):
            match = TOKEN.match(text, position)
            if match is None:
                at = len(text) - len(text[position:].lstrip())
                raise ConditionError(f"“{text[at]}” does not belong here.", at + 1)
            kind = str(match.lastgroup)
            self.tokens.append((kind, match[kind], match.start(kind) + 1))
            position = match.end()
        self.tokens.append(("end", "", len(text) + 1))

    def peek(self) -> str:
        kind, text, _column = self.tokens[self.at]
        is_word = kind == "sign" or (kind == "name" and text in WORDS)
        return text if is_word else kind

    def take(self, *wanted: str) -> str:
        _kind, text, column = self.tokens[self.at]
        if self.peek() not in wanted:
            found = f"“{text}”" if text else "the end"
            raise ConditionError(
                f"Expected {' or '.join(wanted)}, found {found}.", column
            )
        self.at += 1
        return text

    def either(self) -> _Factor:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ConditionError("The brackets are too deep.", self.tokens[self.at][2])
        first = self.every()
        while self.peek() == "or":
            self.take("or")
            self.every()
            first = _Factor()
        self.depth -= 1
        return first

    def every(self) -> _Factor:
        first = self.one()
        while self.peek() == "and":
            self.take("and")
            self.one()
            first = _Factor()
        return first

    def one(self) -> _Factor:
        negations = 0
        while self.peek() == "not":
            self.take("not")
            negations += 1
        found = self.comparison()
        return _Factor() if negations else found

    def comparison(self) -> _Factor:
        left = self.sum()
        if self.peek() in SIGNS:
            sign = self.take(*SIGNS)
            right = self.sum()
            if sign in ("==", "!="):
                self._compare(left, right)
                self._compare(right, left)
        elif self.peek() in ("in", "not"):
            if self.peek() == "not":
                self.take("not")
            self.take("in")
            if self.peek() == "[":
                for literal in self.listed():
                    self._compare(left, _Factor(literal=literal))
            else:
                self._compare(_Factor(self.name()), left)
        else:
            return left
        return _Factor()

    def _compare(self, left: _Factor, right: _Factor) -> None:
        if left.name is not None and right.literal is not None:
            self.compared.append((left.name, right.literal))

    def listed(self) -> list[Literal]:
        self.take("[")
        found = [self.literal()]
        while self.peek() == ",":
            self.take(",")
            found.append(self.literal())
        self.take("]")
        return found

    def literal(self) -> Literal:
        sign = self.take("-") if self.peek() == "-" else ""
        if self.peek() == "text" and not sign:
            return self.take("text")[1:-1]
        return Decimal(sign + self.take("number"))

    def sum(self) -> _Factor:
        found = self.product()
        while self.peek() in ("+", "-"):
            self.take("+", "-")
            self.product()
            found = _Factor()
        return found

    def product(self) -> _Factor:
        found = self.factor()
        while self.peek() in ("*", "/"):
            self.take("*", "/")
            self.factor()
            found = _Factor()
        return found

    def factor(self) -> _Factor:
        match self.peek():
            case "(":
                self.take("(")
                found = self.either()
                self.take(")")
                return found
            case "-" | "number" | "text":
                if self.peek() == "-" and self.tokens[self.at + 1][0] != "number":
                    self.take("-")
                    self.depth += 1
                    if self.depth > DEEPEST:
                        column = self.tokens[self.at][2]
                        raise ConditionError("There are too many signs.", column)
                    self.factor()
                    self.depth -= 1
                    return _Factor()
                return _Factor(literal=self.literal())
            case "contains":
                self.take("contains")
                self.take("(")
                name = self.name()
                self.take(",")
                self._compare(_Factor(name), _Factor(literal=self.literal()))
                self.take(")")
                return _Factor()
        name = self.name()
        if self.peek() == ".":
            self.take(".")
            self.take("name")
            return _Factor()
        return _Factor(name)

    def name(self) -> str:
        _kind, text, column = self.tokens[self.at]
        if self.peek() != "name":
            found = f"“{text}”" if text else "the end"
            raise ConditionError(
                f"Expected a number or the name of a variable, found {found}.", column
            )
        name = self.take("name")
        self.names.append(name)
        return name
