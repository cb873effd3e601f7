"""A document as a person reads it: one language, filters in words. Pure."""

from dataclasses import dataclass

from codebook import conditions
from codebook.conditions import Condition
from codebook.document import Document, VariableSpec

WORDS = {
    "en": {
        "==": "is", "!=": "is not", "<": "is below", "<=": "is at most", ">": "is above",
        ">=": "is at least", "in": "is one of", "not in": "is none of",
        "contains": "includes", "and": "and", "or": "or", "not": "not",
    },
    "sr-latn": {
        "==": "je", "!=": "nije", "<": "je ispod", "<=": "je najviše", ">": "je iznad",
        ">=": "je najmanje", "in": "je nešto od", "not in": "nije ništa od",
        "contains": "obuhvata", "and": "i", "or": "ili", "not": "nije tačno da",
    },
    "sr": {
        "==": "је", "!=": "није", "<": "је испод", "<=": "је највише", ">": "је изнад",
        ">=": "је најмање", "in": "је нешто од", "not in": "није ништа од",
        "contains": "обухвата", "and": "и", "or": "или", "not": "није тачно да",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadCategory:
    """A category in one language."""

    code: int
    label: str
    definition: str
    examples: tuple[str, ...]
    rule: str
    is_retired: bool
    is_exclusive: bool


@dataclass(frozen=True, slots=True)
class ReadVariable:
    """A variable in one language, its filter as a sentence."""

    spec: VariableSpec
    label: str
    question: str
    notes: str
    filter: str
    categories: tuple[ReadCategory, ...]
    missing: tuple[tuple[int, str, bool], ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """A whole document in one language."""

    title: str
    universe: str
    rules: tuple[str, ...]
    sections: tuple[tuple[str, str, tuple[ReadVariable, ...]], ...]
    n_variables: int


def reader_of(document: Document, language: str) -> Reader:
    """Return the document as it reads in a language."""
    return Reader(
        title=document.title.in_(language),
        universe=document.universe.in_(language),
        rules=tuple(rule.in_(language) for rule in document.general_rules),
        sections=tuple(
            (
                section.id,
                section.label.in_(language),
                tuple(read_variable(document, v, language) for v in variables),
            )
            for section, variables in document.by_section()
        ),
        n_variables=len(document.variables),
    )


def read_variable(
    document: Document, variable: VariableSpec, language: str
) -> ReadVariable:
    """Return one variable as it reads in a language."""
    return ReadVariable(
        spec=variable,
        label=variable.label.in_(language),
        question=variable.question.in_(language),
        notes=variable.notes.in_(language),
        filter=filter_in_words(document, variable.ask_if, language),
        categories=tuple(
            ReadCategory(
                code=category.code,
                label=category.label.in_(language),
                definition=category.definition.in_(language),
                examples=tuple(e.in_(language) for e in category.examples),
                rule=category.rule.in_(language),
                is_retired=category.is_retired,
                is_exclusive=category.kind == "exclusive",
            )
            for category in variable.categories
        ),
        missing=tuple(
            (missing.code, missing.label.in_(language), missing.is_offered)
            for missing in variable.missing
        ),
    )


def filter_in_words(document: Document, text: str, language: str) -> str:
    """A filter as a person says it: labels for names and codes; the text if it is broken."""
    if not text:
        return ""
    try:
        return _say(document, conditions.parse(text), language)
    except (conditions.ConditionError, KeyError):
        return text


def _say(document: Document, condition: Condition, language: str) -> str:
    words = WORDS.get(language, WORDS["en"])
    match condition:
        case conditions.And(parts) | conditions.Or(parts):
            sign = "and" if isinstance(condition, conditions.And) else "or"
            said = [
                f"({_say(document, part, language)})"
                if isinstance(part, conditions.And | conditions.Or)
                else _say(document, part, language)
                for part in parts
            ]
            return f" {words[sign]} ".join(said)
        case conditions.Not(part):
            return f"{words['not']} ({_say(document, part, language)})"
        case conditions.Contains(name, code):
            sign = "contains"
            literals: tuple[conditions.Literal, ...] = (code,)
        case conditions.Membership(name, literals, negated):
            sign = "not in" if negated else "in"
        case conditions.Comparison(name, sign, literal):
            literals = (literal,)
    variable = document.variable(name)
    values = [
        f"“{variable.words_of(int(literal), language)}”"
        if variable.kind.has_categories and not isinstance(literal, str)
        else str(literal)
        for literal in literals
    ]
    return f"“{variable.label.in_(language)}” {words[sign]} {', '.join(values)}"
