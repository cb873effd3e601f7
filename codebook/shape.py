"""The shape that a codebook document must have before it can be read as one. Pure."""

from collections.abc import Callable, Iterator
from typing import Any

from codebook.levels import Evidence, Kind, Level
from codebook.places import Place, Problem

Check = Callable[[Any], str | None]  # the sentence what is wrong, or None


def problems(tree: Any) -> Iterator[Problem]:
    """Yield every place where the tree is not shaped like a codebook document."""
    if not isinstance(tree, dict):
        yield Problem((), "The file must hold “codebook”, “sections” and “variables”.")
        return
    yield from _fields(tree, (), REQUIRED_TOP, TOP)
    head = tree.get("codebook")
    if isinstance(head, dict):
        yield from _fields(head, ("codebook",), ("id", "title", "version"), HEAD)
        words = head.get("missing_codes")
        if isinstance(words, dict):
            place: Place = ("codebook", "missing_codes")
            yield from _fields(words, place, (), MISSING_CODES)
    for place, section in _each(tree, (), "sections"):
        yield from _fields(section, place, ("id",), SECTION)
    for place, variable in _each(tree, (), "variables"):
        yield from _fields(variable, place, ("name", "level", "type"), VARIABLE)
        for inside, category in _each(variable, place, "categories"):
            yield from _fields(category, inside, ("code",), CATEGORY)
        reliability = variable.get("reliability")
        if isinstance(reliability, dict):
            yield from _fields(reliability, (*place, "reliability"), (), RELIABILITY)
    for place, derived in _each(tree, (), "derived_variables"):
        yield from _fields(derived, place, ("name",), {"name": _text})


def _each(tree: dict, place: Place, name: str) -> Iterator[tuple[Place, dict]]:
    entries = tree.get(name)
    if isinstance(entries, list):
        for number, entry in enumerate(entries):
            if isinstance(entry, dict):
                yield (*place, name, number), entry


def _fields(
    tree: dict, place: Place, required: tuple[str, ...], checks: dict[str, Check]
) -> Iterator[Problem]:
    for name in required:
        if tree.get(name) in (None, ""):
            yield Problem(place, f"“{name}” is missing.")
    for name, check in checks.items():
        if tree.get(name) is not None and (wrong := check(tree[name])):
            yield Problem((*place, name), f"“{name}” {wrong}")


def _text(given: Any) -> str | None:
    return None if isinstance(given, str) else f"must be a text, not {given!r}."


def _texts(given: Any) -> str | None:
    if isinstance(given, str | int | float):
        return None
    if isinstance(given, dict) and all(
        isinstance(text, str | int | float) for text in given.values()
    ):
        return None
    return "must be a text, or one text for each language."


def _words(given: Any) -> str | None:
    return None if isinstance(given, str | int | float) else "must be a text."


def _integer(given: Any) -> str | None:
    if isinstance(given, int) and not isinstance(given, bool):
        return None
    return f"must be a whole number, not {given!r}."


def _number(given: Any) -> str | None:
    if isinstance(given, int | float) and not isinstance(given, bool):
        return None
    return f"must be a number, not {given!r}."


def _share(given: Any) -> str | None:
    if _number(given) is None and 0 <= given <= 1:
        return None
    return f"must be a number from 0 to 1, not {given!r}."


def _yes_or_no(given: Any) -> str | None:
    return None if isinstance(given, bool) else f"must be true or false, not {given!r}."


def _integers(given: Any) -> str | None:
    if isinstance(given, list) and all(_integer(entry) is None for entry in given):
        return None
    return "must be a list of whole numbers, such as [98, 99]."


def _mappings(given: Any) -> str | None:
    if isinstance(given, list) and all(isinstance(entry, dict) for entry in given):
        return None
    return "must be a list, each entry with its own fields."


def _mapping(given: Any) -> str | None:
    return None if isinstance(given, dict) else "must hold fields of its own."


def _list_of_texts(given: Any) -> str | None:
    if isinstance(given, list) and all(_texts(entry) is None for entry in given):
        return None
    return "must be a list of texts."


def _languages(given: Any) -> str | None:
    if isinstance(given, list) and all(isinstance(entry, str) for entry in given):
        return None
    return "must be a list of languages, such as [en, sr]."


def _one_of(options: type) -> Check:
    legal = [str(option) for option in options]  # type: ignore[attr-defined]

    def check(given: Any) -> str | None:
        if given in legal:
            return None
        return f"must be one of {', '.join(legal)}, not {given!r}."

    return check


def _status(given: Any) -> str | None:
    if given in ("active", "retired"):
        return None
    return f"must be active or retired, not {given!r}."


REQUIRED_TOP = ("codebook", "variables")
TOP: dict[str, Check] = {
    "codebook": _mapping,
    "sections": _mappings,
    "variables": _mappings,
    "derived_variables": _mappings,
}
MISSING_CODES: dict[str, Check] = {"categorical": _mapping, "numeric": _mapping}
HEAD: dict[str, Check] = {
    "id": _text,
    "title": _texts,
    "version": _words,
    "languages": _languages,
    "missing_codes": _mapping,
    "general_rules": _list_of_texts,
    "universe": _texts,
}
SECTION: dict[str, Check] = {"id": _text, "label": _texts}
VARIABLE: dict[str, Check] = {
    "id": _text,
    "name": _text,
    "section": _text,
    "label": _texts,
    "question": _texts,
    "level": _one_of(Level),
    "type": _one_of(Kind),
    "role": _text,
    "ask_if": _text,
    "ends_item_if": _text,
    "required": _yes_or_no,
    "min": _number,
    "max": _number,
    "max_length": _integer,
    "unit": _text,
    "prefill": _text,
    "sensitive": _yes_or_no,
    "evidence": _one_of(Evidence),
    "describes": _text,
    "exclusive": _integers,
    "missing_codes": _integers,
    "notes": _texts,
    "categories": _mappings,
    "reliability": _mapping,
}
CATEGORY: dict[str, Check] = {
    "code": _integer,
    "label": _texts,
    "definition": _texts,
    "examples": _list_of_texts,
    "rule": _texts,
    "status": _status,
    "parent": _integer,
}
RELIABILITY: dict[str, Check] = {
    "check": _yes_or_no,
    "target": _share,
    "minimum": _share,
    "metric": _one_of(Level),
    "per_option": _yes_or_no,
}
