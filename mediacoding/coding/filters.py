"""Which questions of a codebook are open, given the answers so far. Pure values."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from codebook import conditions
from codebook.document import Document, VariableSpec
from codebook.values import Value

Answers = Mapping[str, Value]


@lru_cache(maxsize=2048)
def _condition(text: str) -> conditions.Condition:
    return conditions.parse(text)


def is_asked(variable: VariableSpec, answers: Answers) -> bool | None:
    """Whether the variable's filter is true; None while it depends on an open question."""
    if not variable.ask_if:
        return True
    return conditions.evaluate(_condition(variable.ask_if), answers)


def openness(document: Document, answers: Answers) -> dict[str, bool | None]:
    """For every variable whether it is asked, in codebook order.

    A filter reads earlier answers as the coder sees them: an answer that stands behind a
    filter which is false now counts as not applicable.
    """
    seen: dict[str, Value] = {}
    asked: dict[str, bool | None] = {}
    for variable in document.variables:
        asked[variable.name] = is_asked(variable, seen)
        if asked[variable.name] is False:
            seen[variable.name] = Value.not_applicable()
        elif variable.name in answers and asked[variable.name]:
            seen[variable.name] = answers[variable.name]
    return asked


def unready(document: Document, answers: Answers) -> Iterator[VariableSpec]:
    """The required variables that are asked and not answered yet, in codebook order."""
    for name, asked in openness(document, answers).items():
        variable = document.variable(name)
        if asked and variable.required and name not in answers:
            yield variable
