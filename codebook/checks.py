"""Whether coders could work with a document: every reason why not, each with its place. Pure.

Filters are checked in `codebook.filter_checks`, derived variables in
`codebook.derived_checks`.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from codebook.derived_checks import derived_problems
from codebook.document import CategorySpec, Document, Texts, VariableSpec
from codebook.filter_checks import filter_problems
from codebook.levels import Kind, Level
from codebook.places import Place, Problem

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
LONGEST_NAME = 32  # Stata's limit; SPSS and R allow more
LONGEST_NUMBER = 20  # these four as the database keeps them
LONGEST_ID = 60
LONGEST_CATEGORY_ID = 80
LARGEST_CODE = 999_999_999
#: Words that SPSS, Stata, R or the filter language keep for themselves.
RESERVED = frozenset(
    {"all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"}
    | {"byte", "double", "float", "if", "in", "int", "long", "str", "strl", "using"}
    | {"break", "else", "false", "for", "function", "inf", "na", "nan", "next", "null"}
    | {"repeat", "true", "while", "contains"}
)
#: What a metric of agreement may take from the values, from least to most.
CLAIMS = (Level.NOMINAL, Level.ORDINAL, Level.INTERVAL, Level.RATIO)


def problems(document: Document) -> Iterator[Problem]:
    """Yield every reason why coders could not work with this document."""
    if not document.variables:
        yield Problem(("variables",), "The codebook has no variables.")
    yield from _head(document)
    yield from _sections(document)
    yield from _names(document)
    for number, variable in enumerate(document.variables):
        place: Place = ("variables", number)
        yield from _words(document, number)
        yield from _answers(variable, place)
        yield from _missing(document, variable, place)
        yield from _categories(variable, place)
        yield from _exclusive(document, number)
        yield from _reliability(variable, place)
    yield from filter_problems(document)
    yield from derived_problems(document)


def _head(document: Document) -> Iterator[Problem]:
    for language, times in Counter(document.languages).items():
        if times > 1:
            yield Problem(
                ("codebook", "languages"),
                f"Language “{language}” is listed {times} times.",
            )
        if not _is_said(document.title, language):
            yield Problem(("codebook", "title"), f"The title has no “{language}”.")
    if len(document.number) > LONGEST_NUMBER:
        yield Problem(
            ("codebook", "version"),
            f"The number of the version has {len(document.number)} characters; "
            f"{LONGEST_NUMBER} are allowed.",
        )


def _is_said(texts: Texts, language: str) -> bool:
    """Whether there are words in a language, or words for every language."""
    spoken = dict(texts.by_language)
    return bool(spoken.get("", spoken.get(language, "")).strip())


def _sections(document: Document) -> Iterator[Problem]:
    times: Counter[str] = Counter()
    for number, section in enumerate(document.sections):
        times[section.id] += 1
        if times[section.id] == 2:
            yield Problem(
                ("sections", number, "id"),
                f"Section “{section.id}” is defined more than once.",
            )
        for language in dict.fromkeys(document.languages):
            if not _is_said(section.label, language):
                yield Problem(
                    ("sections", number, "label"),
                    f"Section “{section.id}” has no label in “{language}”.",
                )
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
        if len(variable.stable_id) > LONGEST_ID:
            yield Problem(
                ("variables", number, "id"),
                f"The id “{variable.stable_id}” has {len(variable.stable_id)} characters; "
                f"{LONGEST_ID} are allowed.",
            )
        if len(name) > LONGEST_NAME:
            yield Problem(
                place,
                f"“{name}” has {len(name)} characters; Stata allows {LONGEST_NAME}.",
            )


def _words(document: Document, number: int) -> Iterator[Problem]:
    variable = document.variables[number]
    tree = document.tree["variables"][number]
    place: Place = ("variables", number)
    about = f"Variable “{variable.name}”"
    for what, texts in (("label", variable.label), ("question", variable.question)):
        yield from _said(document, texts, tree, (*place, what), about)
    for at, category in enumerate(variable.categories):
        yield from _said(
            document,
            category.label,
            tree["categories"][at],
            (*place, "categories", at, "label"),
            f"Category {category.code} of “{variable.name}”",
        )
        if variable.level is Level.NOMINAL and not tree["categories"][at].get("label"):
            yield Problem(
                (*place, "categories", at),
                f"Category {category.code} of “{variable.name}” has no label; a code "
                "alone says something only where codes have an order.",
            )
    yield from _same_words(variable, place)


def _said(
    document: Document, texts: Texts, tree: Mapping[str, Any], place: Place, about: str
) -> Iterator[Problem]:
    """Whether a text that stands in the tree says something in every language."""
    what = place[-1]
    given = tree.get(str(what))
    is_blank = isinstance(given, str) and not given.strip()
    if is_blank or (given and not any(text.strip() for _l, text in texts.by_language)):
        yield Problem(place, f"{about} has an empty {what}.")
        return
    for language in dict.fromkeys(document.languages):
        if not _is_said(texts, language):
            yield Problem(place, f"{about} has no {what} in “{language}”.")


def _same_words(variable: VariableSpec, place: Place) -> Iterator[Problem]:
    """Categories that a coder could not tell apart."""
    seen: dict[tuple[str, str], CategorySpec] = {}
    told: set[int] = set()
    for number, category in enumerate(variable.categories):
        if category.is_retired:
            continue
        for language, text in category.label.by_language:
            key = (language, text.strip().casefold())
            other = seen.setdefault(key, category)
            if key[1] and other.code != category.code and number not in told:
                told.add(number)
                yield Problem(
                    (*place, "categories", number, "label"),
                    f"Categories {other.code} and {category.code} of “{variable.name}” "
                    f"have the same label “{text.strip()}”.",
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
    if variable.max_length is not None and (
        kind is not Kind.TEXT or variable.max_length < 1
    ):
        yield Problem(
            (*place, "max_length"),
            f"“max_length” of “{name}” must be at least 1, and belongs to a text only.",
        )
    if variable.prefill not in ("", "metadata"):
        yield Problem(
            (*place, "prefill"),
            f"“prefill” of “{name}” can be metadata, not {variable.prefill}.",
        )
    if len(variable.unit_kind) > LONGEST_ID:
        yield Problem(
            (*place, "describes"),
            f"The unit that “{name}” describes has {len(variable.unit_kind)} characters; "
            f"{LONGEST_ID} are allowed.",
        )


def _missing(
    document: Document, variable: VariableSpec, place: Place
) -> Iterator[Problem]:
    """Missing codes that are declared twice, stand inside the bounds or have no words."""
    name, kind = variable.name, variable.kind
    place = (*place, "missing_codes")
    low, high = variable.minimum, variable.maximum
    codes = {category.code for category in variable.categories}
    group = "categorical" if kind.has_categories else "numeric"
    words = (document.head.get("missing_codes") or {}).get(group) or {}
    for code, times in Counter(spec.code for spec in variable.missing).items():
        if times > 1:
            yield Problem(
                place, f"Missing code {code} of “{name}” is declared {times} times."
            )
        if code in codes:
            yield Problem(
                place,
                f"Code {code} of “{name}” is a category and a missing code at once.",
            )
        elif not words.get(str(code)):
            yield Problem(
                place,
                f"Missing code {code} of “{name}” has no words in “codebook”, "
                f"“missing_codes”, “{group}”: coders would see only the number.",
            )
    if kind.is_number and not (low is not None and high is not None and low > high):
        for code in sorted(variable.missing_codes):
            if (low is None or code >= low) and (high is None or code <= high):
                yield Problem(
                    place,
                    f"Missing code {code} of “{name}” lies inside its bounds, "
                    "so it could not be told from a number.",
                )


def _categories(variable: VariableSpec, place: Place) -> Iterator[Problem]:
    name = variable.name
    codes: Counter[int] = Counter()
    ids: Counter[str] = Counter()
    for number, category in enumerate(variable.categories):
        codes[category.code] += 1
        ids[category.stable_id] += 1
        if codes[category.code] > 1:
            yield Problem(
                (*place, "categories", number, "code"),
                f"Code {category.code} of “{name}” is used {codes[category.code]} times.",
            )
        elif ids[category.stable_id] > 1:
            yield Problem(
                (*place, "categories", number, "id"),
                f"The category id “{category.stable_id}” of “{name}” is used "
                f"{ids[category.stable_id]} times.",
            )
    parents = {c.code: c.parent for c in variable.categories if c.parent is not None}
    for number, category in enumerate(variable.categories):
        inside: Place = (*place, "categories", number)
        if category.parent is not None and (
            category.parent not in codes or category.parent == category.code
        ):
            yield Problem(
                (*inside, "parent"),
                f"Category {category.code} of “{name}” belongs under "
                f"{category.parent}, which is no other category.",
            )
        elif (circle := _circle(category.code, parents)) and category.code == min(
            circle
        ):
            yield Problem(
                (*inside, "parent"),
                f"Categories {', '.join(map(str, circle))} of “{name}” belong under each "
                "other: a circle.",
            )
        if abs(category.code) > LARGEST_CODE:
            yield Problem(
                (*inside, "code"),
                f"Code {category.code} of “{name}” is too large; use nine digits at most.",
            )
        if len(category.stable_id) > LONGEST_CATEGORY_ID:
            yield Problem(
                (*inside, "id"),
                f"The id of category {category.code} of “{name}” has "
                f"{len(category.stable_id)} characters; {LONGEST_CATEGORY_ID} are allowed.",
            )
    offered = [category.code for category in variable.offered]
    steps = [after - before for before, after in pairwise(offered)]
    if (
        variable.level.has_order
        and 0 not in steps
        and min(steps, default=1) < 0 < max(steps, default=1)
    ):
        yield Problem(
            (*place, "categories"),
            f"Variable “{name}” is {variable.level}, but its codes are out of order: "
            f"{', '.join(map(str, offered))}. Order the categories by their codes, or "
            "number them in their order.",
        )


def _circle(code: int, parents: Mapping[int, int]) -> list[int]:
    """The categories from a code upwards and back to it; none if the way ends elsewhere."""
    way = [code]
    while (above := parents.get(way[-1])) is not None and above not in way:
        way.append(above)
    return way if above == code else []


def _exclusive(document: Document, number: int) -> Iterator[Problem]:
    """Exclusive codes that are no categories, or that a single choice declares."""
    variable = document.variables[number]
    place: Place = ("variables", number, "exclusive")
    codes = {category.code for category in variable.categories}
    for code in document.tree["variables"][number].get("exclusive") or ():
        if variable.kind is not Kind.MULTI:
            yield Problem(
                place,
                f"Variable “{variable.name}” is {variable.kind}: only a multiple choice "
                "has exclusive categories.",
            )
        elif code not in codes:
            yield Problem(
                place,
                f"Exclusive code {code} of “{variable.name}” is no category.",
            )


def _reliability(variable: VariableSpec, place: Place) -> Iterator[Problem]:
    target, minimum = variable.reliability.target, variable.reliability.minimum
    if target is not None and minimum is not None and minimum > target:
        yield Problem(
            (*place, "reliability"),
            f"The minimum {minimum} of “{variable.name}” is above its target {target}.",
        )
    metric = variable.reliability.metric
    claims = {level: at for at, level in enumerate(CLAIMS)}
    if claims.get(metric or Level.TEXT, -1) > claims.get(variable.level, len(CLAIMS)):
        yield Problem(
            (*place, "reliability", "metric"),
            f"“{variable.name}” is {variable.level}; agreement cannot take it as "
            f"{metric}, which claims more.",
        )
