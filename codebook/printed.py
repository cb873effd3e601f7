"""A codebook for paper: every text in the languages that were asked for. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from codebook.document import (
    FALLBACKS,
    CategorySpec,
    DerivedSpec,
    Document,
    MissingSpec,
    Texts,
    VariableSpec,
)
from codebook.flow import Group
from codebook.reader import filter_in_words

Said = tuple[tuple[str, str], ...]  # (language, text); "" for every language


@dataclass(frozen=True, slots=True)
class PrintedCategory:
    spec: CategorySpec
    label: Said
    definition: Said
    examples: tuple[Said, ...]
    rule: Said


@dataclass(frozen=True, slots=True)
class PrintedVariable:
    """A variable with its number in the codebook."""

    number: int
    spec: VariableSpec
    label: Said
    question: Said
    notes: Said
    filter: Said
    ends_item_if: Said
    categories: tuple[PrintedCategory, ...]
    missing: tuple[tuple[MissingSpec, Said], ...]


@dataclass(frozen=True, slots=True)
class PrintedDerived:
    spec: DerivedSpec
    label: Said
    groups: tuple[tuple[str, str], ...]  # name, codes


@dataclass(frozen=True, slots=True)
class PrintedGroup:
    """A box of the flow: its filter in words, and its variables with their numbers."""

    group: Group
    words: Said
    variables: tuple[tuple[int, str, Said], ...]  # number, name, label


@dataclass(frozen=True, slots=True)
class Printed:
    """A whole codebook for paper."""

    title: Said
    universe: Said
    rules: tuple[Said, ...]
    sections: tuple[tuple[str, Said, tuple[PrintedVariable, ...]], ...]
    derived: tuple[PrintedDerived, ...]
    n_variables: int
    n_categories: int


def languages_of(document: Document) -> tuple[str, ...]:
    """The languages that a document can be printed in, Serbian in its own letters."""
    return tuple(
        "sr-latn" if language == "sr" and not _is_cyrillic(document) else language
        for language in document.languages or ("en",)
    )


def _is_cyrillic(document: Document) -> bool:
    """Whether the Serbian of a document stands in Cyrillic letters."""
    texts = [document.title, *(variable.label for variable in document.variables)]
    words = "".join(dict(text.by_language).get("sr", "") for text in texts)
    return any("\u0400" <= letter <= "\u04ff" for letter in words)


def printed_of(document: Document, languages: Sequence[str]) -> Printed:
    """Return the document in some languages, the first one leading.

    A text that is the same in several languages stands once.
    """
    numbers = {id(v): at for at, v in enumerate(document.variables, start=1)}
    known = {section.id for section in document.sections}
    sections = [
        (section.id, section.label, variables)
        for section, variables in document.by_section()
    ]
    if strays := tuple(v for v in document.variables if v.section not in known):
        sections.append(("", Texts(), strays))
    return Printed(
        title=said(document.title, languages),
        universe=said(document.universe, languages),
        rules=tuple(said(rule, languages) for rule in document.general_rules),
        sections=tuple(
            (
                own,
                said(label, languages),
                tuple(
                    _variable(document, v, numbers[id(v)], languages) for v in inside
                ),
            )
            for own, label, inside in sections
        ),
        derived=tuple(_derived(document, languages)),
        n_variables=len(document.variables),
        n_categories=sum(len(variable.categories) for variable in document.variables),
    )


def said(texts: Texts, languages: Sequence[str]) -> Said:
    """A text in some languages; what is the same in two stands once."""
    if not texts:
        return ()
    found: dict[str, str] = {}
    known = dict(texts.by_language)
    for language in languages:
        text = texts.in_(language)
        if text and text not in found:
            own = FALLBACKS.get(language, (language,))
            found[text] = language if known.keys() & {*own} else ""
    return tuple((language, text) for text, language in found.items())


def printed_groups(
    document: Document, groups: Sequence[Group], languages: Sequence[str]
) -> tuple[PrintedGroup, ...]:
    """The boxes of the flow as a list."""
    numbers = {v.name: at for at, v in enumerate(document.variables, start=1)}
    return tuple(
        PrintedGroup(
            group,
            _filter(document, group.condition, languages),
            tuple(
                (numbers[name], name, said(document.variable(name).label, languages))
                for name in group.names
            ),
        )
        for group in groups
    )


def _filter(document: Document, text: str, languages: Sequence[str]) -> Said:
    by_language = tuple(
        (language, filter_in_words(document, text, language)) for language in languages
    )
    return said(Texts(by_language), languages) if text else ()


def _variable(
    document: Document, spec: VariableSpec, number: int, languages: Sequence[str]
) -> PrintedVariable:
    return PrintedVariable(
        number=number,
        spec=spec,
        label=said(spec.label, languages),
        question=said(spec.question, languages),
        notes=said(spec.notes, languages),
        filter=_filter(document, spec.ask_if, languages),
        ends_item_if=_filter(document, spec.ends_item_if, languages),
        categories=tuple(
            PrintedCategory(
                spec=category,
                label=said(category.label, languages),
                definition=said(category.definition, languages),
                examples=tuple(said(e, languages) for e in category.examples),
                rule=said(category.rule, languages),
            )
            for category in spec.categories
        ),
        missing=tuple(
            (missing, said(missing.label, languages)) for missing in spec.missing
        ),
    )


def _derived(document: Document, languages: Sequence[str]) -> Iterator[PrintedDerived]:
    trees = document.tree.get("derived_variables") or ()
    for spec, tree in zip(document.derived, trees, strict=True):
        groups = tree.get("map")
        yield PrintedDerived(
            spec,
            said(spec.label, languages),
            tuple(
                (
                    str(name),
                    ", ".join(map(str, codes if isinstance(codes, list) else ())),
                )
                for name, codes in (groups.items() if isinstance(groups, dict) else ())
            ),
        )
