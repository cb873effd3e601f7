"""Whether coders could work with a document: every reason why not, each with its place. Pure."""

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from itertools import product

from codebook import conditions
from codebook.conditions import ConditionError
from codebook.document import Document, VariableSpec
from codebook.levels import Kind
from codebook.places import Place, Problem
from codebook.values import Value

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
LONGEST_NAME = 32  # Stata's limit; SPSS and R allow more
#: Words that SPSS, Stata, R or the filter language keep for themselves.
RESERVED = frozenset(
    {"all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"}
    | {"byte", "double", "float", "if", "in", "int", "long", "str", "strl", "using"}
    | {"break", "else", "false", "for", "function", "inf", "na", "nan", "next", "null"}
    | {"repeat", "true", "while", "contains"}
)
MOST_COMBINATIONS = 20_000


def problems(document: Document) -> Iterator[Problem]:
    """Yield every reason why coders could not work with this document."""
    if not document.variables:
        yield Problem(("variables",), "The codebook has no variables.")
    yield from _sections(document)
    yield from _names(document)
    for number, variable in enumerate(document.variables):
        place: Place = ("variables", number)
        yield from _words(document, variable, place)
        yield from _answers(variable, place)
        yield from _categories(variable, place)
        yield from _reliability(variable, place)
        yield from _filters(document, variable, number)


def _sections(document: Document) -> Iterator[Problem]:
    for name, times in Counter(section.id for section in document.sections).items():
        if times > 1:
            yield Problem(("sections",), f"Section “{name}” is defined {times} times.")
    known = {section.id for section in document.sections}
    for number, variable in enumerate(document.variables):
        if variable.section not in known:
            yield Problem(
                ("variables", number, "section"),
                f"Variable “{variable.name}” stands in section “{variable.section}”, "
                "which is not defined.",
            )


def _names(document: Document) -> Iterator[Problem]:
    names: Counter[str] = Counter()
    ids: Counter[str] = Counter()
    for number, variable in enumerate(document.variables):
        place: Place = ("variables", number, "name")
        name = variable.name
        names[name.lower()] += 1
        ids[variable.stable_id] += 1
        if names[name.lower()] == 2:
            yield Problem(place, f"Variable “{name}” is defined more than once.")
        if ids[variable.stable_id] == 2:
            yield Problem(
                ("variables", number, "id"),
                f"The id “{variable.stable_id}” is used more than once.",
            )
        if not NAME.fullmatch(name):
            yield Problem(
                place,
                f"“{name}” is no name for a variable: use a letter first, then letters, "
                "digits and underscores, without accents.",
            )
        elif name.lower() in RESERVED:
            yield Problem(
                place,
                f"“{name}” is a reserved word in SPSS, Stata or R; choose another.",
            )
        if len(name) > LONGEST_NAME:
            yield Problem(
                place,
                f"“{name}” has {len(name)} characters; Stata allows {LONGEST_NAME}.",
            )


def _words(
    document: Document, variable: VariableSpec, place: Place
) -> Iterator[Problem]:
    for language in document.languages:
        for what, texts in (("label", variable.label), ("question", variable.question)):
            spoken = dict(texts.by_language)
            if "" not in spoken and not spoken.get(language, "").strip():
                yield Problem(
                    (*place, what),
                    f"Variable “{variable.name}” has no {what} in “{language}”.",
                )
        for number, category in enumerate(variable.categories):
            spoken = dict(category.label.by_language)
            if "" not in spoken and not spoken.get(language, "").strip():
                yield Problem(
                    (*place, "categories", number, "label"),
                    f"Category {category.code} of “{variable.name}” has no label "
                    f"in “{language}”.",
                )


def _answers(variable: VariableSpec, place: Place) -> Iterator[Problem]:
    name, kind = variable.name, variable.kind
    if variable.level not in kind.levels:
        legal = ", ".join(sorted(kind.levels))
        yield Problem(
            (*place, "level"),
            f"Variable “{name}” is {kind}; its level can be {legal}, not {variable.level}.",
        )
    if kind.has_categories and len(variable.offered) < 2:
        yield Problem(place, f"Variable “{name}” needs at least two categories.")
    if not kind.has_categories and variable.categories:
        yield Problem(
            (*place, "categories"),
            f"Variable “{name}” is {kind}: it takes no categories.",
        )
    low, high = variable.minimum, variable.maximum
    if (low is not None or high is not None) and not kind.is_number:
        yield Problem(place, f"Variable “{name}” is {kind}: it takes no bounds.")
    if low is not None and high is not None and low > high:
        yield Problem(
            (*place, "min"),
            f"The lower bound {low} of “{name}” is above its upper bound {high}.",
        )
    if kind.is_number:
        for code in sorted(variable.missing_codes):
            if (low is None or code >= low) and (high is None or code <= high):
                yield Problem(
                    (*place, "missing_codes"),
                    f"Missing code {code} of “{name}” lies inside its bounds, "
                    "so it could not be told from a number.",
                )


def _categories(variable: VariableSpec, place: Place) -> Iterator[Problem]:
    name = variable.name
    codes = Counter(category.code for category in variable.categories)
    for code, times in codes.items():
        if times > 1:
            yield Problem(
                (*place, "categories"),
                f"Code {code} of “{name}” is used {times} times.",
            )
    ids = Counter(category.stable_id for category in variable.categories)
    for stable_id, times in ids.items():
        if times > 1 and codes.most_common(1)[0][1] == 1:
            yield Problem(
                (*place, "categories"),
                f"The category id “{stable_id}” of “{name}” is used {times} times.",
            )
    missing = Counter(spec.code for spec in variable.missing)
    for code, times in missing.items():
        if times > 1:
            yield Problem(
                (*place, "missing_codes"),
                f"Missing code {code} of “{name}” is declared {times} times.",
            )
        if code in codes:
            yield Problem(
                (*place, "missing_codes"),
                f"Code {code} of “{name}” is a category and a missing code at once.",
            )
    for number, category in enumerate(variable.categories):
        if category.parent is not None and (
            category.parent not in codes or category.parent == category.code
        ):
            yield Problem(
                (*place, "categories", number, "parent"),
                f"Category {category.code} of “{name}” belongs under "
                f"{category.parent}, which is no other category.",
            )


def exclusive_problems(tree_codes: list[int], variable: VariableSpec, place: Place):
    """Yield exclusive codes that are no categories, or that a single choice declares."""
    codes = {category.code for category in variable.categories}
    for code in tree_codes:
        if variable.kind is not Kind.MULTI:
            yield Problem(
                (*place, "exclusive"),
                f"Variable “{variable.name}” is {variable.kind}: only a multiple choice "
                "has exclusive categories.",
            )
        elif code not in codes:
            yield Problem(
                (*place, "exclusive"),
                f"Exclusive code {code} of “{variable.name}” is no category.",
            )


def _reliability(variable: VariableSpec, place: Place) -> Iterator[Problem]:
    target, minimum = variable.reliability.target, variable.reliability.minimum
    if target is not None and minimum is not None and minimum > target:
        yield Problem(
            (*place, "reliability"),
            f"The minimum {minimum} of “{variable.name}” is above its target {target}.",
        )


def _filters(
    document: Document, variable: VariableSpec, number: int
) -> Iterator[Problem]:
    place: Place = ("variables", number)
    exclusive = document.tree["variables"][number].get("exclusive") or []
    yield from exclusive_problems(exclusive, variable, place)
    for what, text in (
        ("ask_if", variable.ask_if),
        ("ends_item_if", variable.ends_item_if),
    ):
        if text:
            yield from _filter(document, variable, number, what, text)


def _filter(
    document: Document, variable: VariableSpec, number: int, what: str, text: str
) -> Iterator[Problem]:
    place: Place = ("variables", number, what)
    about = f"The filter of “{variable.name}”"
    try:
        condition = conditions.parse(text)
    except ConditionError as error:
        yield Problem(place, f"{about} cannot be read: {error}")
        return
    order = {known.name: at for at, known in enumerate(document.variables)}
    sound = True
    for name in sorted(conditions.variables_in(condition)):
        if name not in order:
            yield Problem(place, f"{about} names “{name}”, which is no variable.")
            sound = False
        elif order[name] > number or (order[name] == number and what == "ask_if"):
            yield Problem(
                place,
                f"{about} depends on “{name}”, which is "
                + ("asked later." if order[name] > number else "the variable itself."),
            )
            sound = False
    if not sound:
        return
    impossible = list(_impossible(document, condition, about, place))
    yield from impossible
    if not impossible and _is_dead(document, condition):
        yield Problem(
            place, f"{about} can never be true, so it would never be asked: {text}"
        )


def _impossible(
    document: Document, condition: conditions.Condition, about: str, place: Place
) -> Iterator[Problem]:
    """Comparisons with codes that the variable does not have, or in a way it can't be."""
    for atom in conditions.atoms(condition):
        asked = document.variable(atom.name)
        if isinstance(atom, conditions.Contains):
            if asked.kind is not Kind.MULTI:
                yield Problem(
                    place,
                    f"{about} asks what “{atom.name}” contains, but it is {asked.kind}.",
                )
                continue
            literals: tuple[conditions.Literal, ...] = (atom.code,)
        elif isinstance(atom, conditions.Membership):
            literals = atom.literals
        else:
            literals = (atom.literal,)
            if atom.sign not in ("==", "!=") and asked.kind is Kind.MULTI:
                yield Problem(
                    place,
                    f"{about} compares “{atom.name}”, a multiple choice, by size; "
                    "use contains().",
                )
                continue
        if not asked.kind.has_categories or (
            isinstance(atom, conditions.Comparison) and atom.sign not in ("==", "!=")
        ):
            continue
        legal = {category.code for category in asked.categories} | asked.missing_codes
        for literal in literals:
            if literal not in legal:
                yield Problem(
                    place,
                    f"{about} compares “{atom.name}” with {literal}, which it never is.",
                )


def _is_dead(document: Document, condition: conditions.Condition) -> bool:
    """Whether no combination of answers makes the condition true (small ones only)."""
    names = sorted(conditions.variables_in(condition))
    choices = [_candidates(document.variable(name), condition) for name in names]
    combinations = 1
    for candidates in choices:
        combinations *= len(candidates)
    if combinations > MOST_COMBINATIONS:
        return False
    return not any(
        conditions.evaluate(condition, dict(zip(names, answers, strict=True)))
        for answers in product(*choices)
    )


def _candidates(variable: VariableSpec, condition: conditions.Condition) -> list[Value]:
    """Answers of a variable that can make a difference to a condition."""
    found = [Value.not_applicable()] if variable.ask_if else []
    found += [Value.missing(code) for code in sorted(variable.missing_codes)]
    if variable.kind is Kind.SINGLE:
        return found + [Value("value", str(c.code)) for c in variable.categories]
    if variable.kind is Kind.MULTI:
        codes = sorted(category.code for category in variable.categories)
        named = sorted(
            {
                int(atom.code)
                for atom in conditions.atoms(condition)
                if isinstance(atom, conditions.Contains) and atom.name == variable.name
            }
        )
        return [
            *found,
            Value("value", ""),
            Value("value", " ".join(map(str, named))),
            *(Value("value", str(code)) for code in codes),
        ]
    if variable.kind.is_number:
        near = {
            literal + step
            for atom in conditions.atoms(condition)
            if atom.name == variable.name and isinstance(atom, conditions.Comparison)
            for literal in (atom.literal,)
            if isinstance(literal, Decimal)
            for step in (Decimal(-1), Decimal(0), Decimal(1))
        }
        legal = [
            number
            for number in near
            if (variable.minimum is None or number >= variable.minimum)
            and (variable.maximum is None or number <= variable.maximum)
        ]
        return found + [
            Value("value", f"{number:f}") for number in legal or [Decimal(0)]
        ]
    texts = {
        literal
        for atom in conditions.atoms(condition)
        if atom.name == variable.name and isinstance(atom, conditions.Comparison)
        for literal in (atom.literal,)
        if isinstance(literal, str)
    }
    return found + [Value("value", text) for text in ("", *sorted(texts), "~")]
