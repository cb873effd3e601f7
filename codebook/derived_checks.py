"""Whether derived variables can be computed: every reason why not, with its place. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from decimal import Decimal
from typing import Any

from codebook import formulas
from codebook.changes.declarations import became
from codebook.conditions import ConditionError
from codebook.document import Document, VariableSpec
from codebook.formulas import Formula
from codebook.levels import Level
from codebook.places import Place, Problem


def derived_problems(document: Document) -> Iterator[Problem]:
    """Yield every reason why a derived variable could not be computed."""
    variables = {variable.name: variable for variable in document.variables}
    trees = document.tree.get("derived_variables") or ()
    former = became(document)
    found: dict[str, Formula] = {}
    names = Counter(tree["name"].lower() for tree in trees)
    taken = {name.lower() for name in variables}
    for number, tree in enumerate(trees):
        place: Place = ("derived_variables", number)
        name = tree["name"]
        if names[name.lower()] > 1 or name.lower() in taken:
            yield Problem(
                (*place, "name"),
                f"The derived variable “{name}” has the name of another variable.",
            )
        if tree.get("level") and tree["level"] not in [*Level]:
            legal = ", ".join(Level)
            yield Problem(
                (*place, "level"),
                f"The level of “{name}” can be {legal}, not {tree['level']}.",
            )
        if bool(tree.get("formula")) is bool(tree.get("from")):
            yield Problem(
                place,
                f"The derived variable “{name}” needs a formula, or “from” and “map”.",
            )
        if tree.get("formula"):
            try:
                found[name] = formulas.parse(str(tree["formula"]))
            except ConditionError as error:
                yield Problem(
                    (*place, "formula"),
                    f"The formula of “{name}” cannot be read: {error}",
                )
        elif tree.get("from"):
            yield from _grouping(variables.get(str(tree["from"])), tree, place)
    for number, tree in enumerate(trees):
        if tree["name"] in found:
            place = ("derived_variables", number, "formula")
            known = {*variables, *(other["name"] for other in trees)}
            yield from _formula(tree["name"], found, variables, known, former, place)


def _formula(
    name: str,
    found: Mapping[str, Formula],
    variables: Mapping[str, VariableSpec],
    known: Set[str],
    former: Mapping[tuple[str, int], tuple[int, ...]],
    place: Place,
) -> Iterator[Problem]:
    formula = found[name]
    for read in sorted(formula.names):
        if read not in known:
            yield Problem(
                place,
                f"The formula of “{name}” names “{read}”, which is no variable.",
            )
        elif read == name:
            yield Problem(place, f"The formula of “{name}” depends on itself.")
        elif read not in variables and _is_first_of_circle(name, read, found):
            yield Problem(
                place,
                f"The formula of “{name}” depends on “{read}”, which depends on "
                f"“{name}” in turn: a circle.",
            )
    yield from _codes(name, formula, variables, former, place)


def _codes(
    name: str,
    formula: Formula,
    variables: Mapping[str, VariableSpec],
    former: Mapping[tuple[str, int], tuple[int, ...]],
    place: Place,
) -> Iterator[Problem]:
    """Codes that a formula looks for in vain, and those that it forgets.

    A formula may name a code that is no more, because old answers hold it; then it must
    name what became of it as well, or new answers would drop out of the result.
    """
    about = f"The formula of “{name}” compares"
    named = set(formula.compared)
    for read, literal in dict.fromkeys(formula.compared):
        asked = variables.get(read)
        if asked is None or not asked.kind.has_categories:
            continue
        legal = {category.code for category in asked.categories} | asked.missing_codes
        if literal in legal:
            continue
        new = () if isinstance(literal, str) else former.get((read, int(literal)), ())
        left = [code for code in new if (read, Decimal(code)) not in named]
        if not new:
            yield Problem(place, f"{about} “{read}” with {literal}, which it never is.")
        elif left:
            now = ", ".join(map(str, new))
            yield Problem(
                place,
                f"{about} “{read}” with {literal}, which became {now}; it must name "
                f"{', '.join(map(str, left))} as well.",
            )


def _is_first_of_circle(name: str, read: str, found: Mapping[str, Formula]) -> bool:
    """Whether two formulas depend on each other; told once, of the first of them."""
    order = [*found]
    return (
        read in found
        and order.index(name) < order.index(read)
        and _reaches(read, name, found)
    )


def _reaches(name: str, wanted: str, found: Mapping[str, Formula]) -> bool:
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen.add(current)
            if current in found:
                waiting += found[current].names
    return wanted in seen


def _grouping(
    source: VariableSpec | None, tree: Mapping[str, Any], place: Place
) -> Iterator[Problem]:
    """What is wrong with a variable that puts the categories of another into groups."""
    name = tree["name"]
    if source is None:
        yield Problem(
            (*place, "from"),
            f"“{name}” is derived from “{tree['from']}”, which is no variable.",
        )
        return
    groups = tree.get("map")
    if not isinstance(groups, Mapping) or not all(
        isinstance(codes, list) for codes in groups.values()
    ):
        yield Problem(
            place,
            f"“{name}” is derived from “{source.name}” but has no “map” that says which "
            "codes each group holds, such as {left: [1, 2], right: [3]}.",
        )
        return
    listed = Counter(str(code) for codes in groups.values() for code in codes)
    legal = {str(category.code) for category in source.categories}
    legal |= {str(code) for code in source.missing_codes}
    for code, times in listed.items():
        if code not in legal:
            yield Problem(
                (*place, "map"),
                f"“{name}” groups code {code} of “{source.name}”, which is no category.",
            )
        elif times > 1:
            yield Problem(
                (*place, "map"), f"Code {code} stands in {times} groups of “{name}”."
            )
    left = [str(c.code) for c in source.offered if str(c.code) not in listed]
    if left:
        yield Problem(
            (*place, "map"),
            f"“{name}” puts {', '.join(left)} of “{source.name}” in no group.",
        )
