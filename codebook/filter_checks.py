"""Whether the filters of a document can work: every reason why not, with its place. Pure."""

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal

from codebook import conditions, reach
from codebook.conditions import Atom, Comparison, Condition, ConditionError, Contains
from codebook.document import Document, VariableSpec
from codebook.levels import Kind, Level
from codebook.places import Place, Problem


def filter_problems(document: Document) -> Iterator[Problem]:
    """Yield every reason why a filter cannot be read, or does not decide anything."""
    order: dict[str, int] = {}
    for number, variable in enumerate(document.variables):
        order.setdefault(variable.name, number)
    reads = _reads(document)
    filters = reach.sound_filters(document)
    known: dict[str, frozenset[bool | None]] = {}  # many questions share a filter
    for number, variable in enumerate(document.variables):
        for what, text in (
            ("ask_if", variable.ask_if),
            ("ends_item_if", variable.ends_item_if),
        ):
            if not text:
                continue
            place: Place = ("variables", number, what)
            about = f"The filter of “{variable.name}”"
            if what == "ends_item_if":
                about = f"The condition that ends the item at “{variable.name}”"
            try:
                condition = conditions.parse(text)
            except ConditionError as error:
                yield Problem(place, f"{about} cannot be read: {error}")
                continue
            found = [*_names(variable.name, number, condition, order, reads, what)]
            if not found:
                found = [
                    sentence
                    for atom in conditions.atoms(condition)
                    if (sentence := _impossible(document.variable(atom.name), atom))
                ]
            if not found:
                if text not in known:
                    known[text] = reach.outcomes(document, filters, condition)
                found = [*_idle(known[text], what, text)]
            for sentence in dict.fromkeys(found):
                yield Problem(place, f"{about} {sentence}")


def _reads(document: Document) -> dict[str, frozenset[str]]:
    """The variables that each filter reads."""
    found = {}
    for variable in document.variables:
        try:
            condition = conditions.parse(variable.ask_if) if variable.ask_if else None
        except ConditionError:
            condition = None
        if condition:
            found[variable.name] = conditions.variables_in(condition)
    return found


def _names(
    own: str,
    number: int,
    condition: Condition,
    order: Mapping[str, int],
    reads: Mapping[str, frozenset[str]],
    what: str,
) -> Iterator[str]:
    """What is wrong with the names that a filter reads."""
    for name in sorted(conditions.variables_in(condition)):
        if name not in order:
            yield f"names “{name}”, which is no variable."
        elif order[name] == number and what == "ask_if":
            yield f"depends on “{name}”, which is the variable itself."
        elif order[name] > number:
            circle = (
                f" It depends on “{own}” in turn: a circle."
                if what == "ask_if" and _leads_to(name, own, reads)
                else ""
            )
            yield f"depends on “{name}”, which is asked later.{circle}"


def _leads_to(name: str, wanted: str, reads: Mapping[str, frozenset[str]]) -> bool:
    """Whether a filter depends on a variable, by itself or through other filters."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen.add(current)
            waiting += reads.get(current, frozenset())
    return wanted in seen


def _impossible(asked: VariableSpec, atom: Atom) -> str | None:
    """Why a comparison fits no answer of the variable, or fits them in no sensible way."""
    if isinstance(atom, Contains):
        if asked.kind is not Kind.MULTI:
            return f"asks what “{atom.name}” contains, but it is {asked.kind}."
        if atom.code in asked.missing_codes:
            return (
                f"asks whether “{atom.name}” contains {atom.code}, a missing code, "
                f"which stands alone; use {atom.name} == {atom.code}."
            )
    by_size = isinstance(atom, Comparison) and atom.sign not in ("==", "!=")
    if by_size and asked.kind is Kind.MULTI:
        return f"compares “{atom.name}”, a multiple choice, by size; use contains()."
    if by_size and asked.kind is Kind.SINGLE and asked.level is Level.NOMINAL:
        return (
            f"compares “{atom.name}” by size, but it is nominal: its codes have no "
            f"order; use {atom.name} in [...]."
        )
    for literal in conditions.literals_of(atom):
        if literal in asked.missing_codes:
            continue
        if sentence := _unlike(asked, literal):
            return sentence
        if not by_size and not _is_legal(asked, literal):
            return f"compares “{atom.name}” with {literal}, which it never is."
    return None


def _unlike(asked: VariableSpec, literal: conditions.Literal) -> str | None:
    """Why a value is of another sort than the answers are."""
    if asked.kind is Kind.DATE:
        if isinstance(literal, str) and _is_day(literal):
            return None
        return (
            f"compares “{asked.name}”, a date, with {literal}; write a day as "
            "'2006-03-14'."
        )
    if isinstance(literal, str) and asked.kind is not Kind.TEXT:
        what = "codes" if asked.kind.has_categories else "numbers"
        return f"compares “{asked.name}” with the text “{literal}”; its answers are {what}."
    return None


def _is_day(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_legal(asked: VariableSpec, literal: conditions.Literal) -> bool:
    if asked.kind.has_categories:
        return any(category.code == literal for category in asked.categories)
    if asked.kind.is_number and isinstance(literal, Decimal):
        low, high = asked.minimum, asked.maximum
        is_whole = literal == literal.to_integral_value()
        return (
            (low is None or literal >= low)
            and (high is None or literal <= high)
            and (is_whole or asked.kind is Kind.DECIMAL)
        )
    return True


def _idle(found: frozenset[bool | None], what: str, text: str) -> Iterator[str]:
    """Whether a filter comes out the same whatever is answered: a dead branch."""
    then = "it would never be asked" if what == "ask_if" else "no item would ever end"
    if True not in found:
        yield f"can never be true, so {then}: {text}"
    elif found == {True}:
        then = (
            "the question is always asked; leave the filter out"
            if what == "ask_if"
            else "every item would end here"
        )
        yield f"is always true, so {then}: {text}"
