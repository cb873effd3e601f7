"""Which variable or category of the new version is which of the old. Pure.

Identity runs by id. Where no id is given, a variable is known by its name and a category
by its code, unless the history says otherwise, or the very same words stand at another
code: then the code was changed, not the meaning.
"""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from codebook.changes.change import Kind
from codebook.changes.declarations import Declaration, Declared, codes_in
from codebook.changes.edits import entries, handles, same
from codebook.document import Texts

Tree = Mapping[str, Any]
Matched = list[int | None]


@dataclass(frozen=True, slots=True)
class Regrouping:
    """A split or merge that the history declares: old codes and what became of them."""

    kind: Kind
    declaration: Declaration
    codes: tuple[int, ...]
    to: tuple[int, ...]


@dataclass(frozen=True)
class Categories:
    """The categories of a variable in both versions, and which is which."""

    olds: Sequence[Tree]
    news: Sequence[Tree]
    matched: Matched
    regroupings: tuple[Regrouping, ...] = ()

    @cached_property
    def handles(self) -> list[str]:
        return handles("categories", self.olds)

    @property
    def recoded(self) -> dict[int, int]:
        """The new code of every old category that has another one now."""
        pairs = (
            (self.olds[was]["code"], self.news[at]["code"])
            for at, was in enumerate(self.matched)
            if was is not None
        )
        return {old: new for old, new in pairs if old != new}


class _Free:
    """The old entries that nobody has claimed yet, by the value of a field."""

    def __init__(self, olds: Sequence[Tree], matched: Matched, name: str) -> None:
        taken = set(matched)
        self.places: dict[object, list[int]] = {}
        for at, old in enumerate(olds):
            if at not in taken and old.get(name) is not None:
                self.places.setdefault(old[name], []).append(at)

    def first(self, value: object) -> int | None:
        return next(iter(self.places.get(value, ())), None)

    def take(self, value: object) -> int | None:
        found = self.places.get(value)
        return found.pop(0) if found else None


def match_variables(
    olds: Sequence[Tree], news: Sequence[Tree], declared: Declared
) -> Matched:
    """Return for every new variable the position of the old one that it was."""
    matched = _by_id(olds, news)
    free = _Free(olds, matched, "name")
    renamed = {
        str(entry.get("to")): str(entry.get("variable"))
        for entry in declared.entries
        if entry.get("kind") == Kind.RENAME_VARIABLE
    }
    known = {old["name"] for old in olds}
    for was_named in (True, False):
        for at, new in enumerate(news):
            name = _old_name(new["name"], renamed, known) if was_named else new["name"]
            was = free.first(name) if matched[at] is None else None
            # Two different ids say that it is another variable under the same name.
            if was is not None and not (new.get("id") and olds[was].get("id")):
                matched[at] = free.take(name)
    return matched


def _old_name(name: str, renamed: Mapping[str, str], known: Set[str]) -> str | None:
    """The name before a renaming, or before several of them in a row."""
    seen: set[str] = set()
    while name in renamed and name not in seen:
        seen.add(name)
        name = renamed[name]
    return name if seen and name in known else None


def match_named(olds: Sequence[Tree], news: Sequence[Tree], name: str) -> Matched:
    """Return for every new entry the position of the old one with its id or name."""
    matched = _by_id(olds, news)
    free = _Free(olds, matched, name)
    for at, new in enumerate(news):
        if matched[at] is None:
            matched[at] = free.take(new.get(name))
    return matched


def _by_id(olds: Sequence[Tree], news: Sequence[Tree]) -> Matched:
    places: dict[str, int] = {}
    for at, old in enumerate(olds):
        if old.get("id"):
            places.setdefault(str(old["id"]), at)
    return [places.pop(str(new["id"]), None) if new.get("id") else None for new in news]


def match_categories(
    old: Tree, new: Tree, declared: Declared, names: tuple[str, ...]
) -> Categories:
    """Return which category is which, given what the history says of the variable."""
    olds, news = entries(old, "categories"), entries(new, "categories")
    regroupings = tuple(_regroupings(olds, news, declared, names))
    gone = {code for r in regroupings for code in r.codes if code not in r.to}
    come = {code for r in regroupings for code in r.to if code not in r.codes}
    matched = _by_id(olds, news)
    recoded: dict[int, int] = {}
    for declaration in declared.about(Kind.RECODE_CATEGORIES, names):
        codes, to = codes_in(declaration, "from"), codes_in(declaration, "to")
        recoded |= dict(zip(to, codes, strict=False))
    free = _Free(olds, matched, "code")
    for at, category in enumerate(news):
        if matched[at] is None and category["code"] in recoded:
            matched[at] = free.take(recoded[category["code"]])
    _match_unchanged(olds, news, matched)
    if None in matched:
        _match_words(olds, news, matched, gone, come)
    free = _Free(olds, matched, "code")
    for at, category in enumerate(news):
        if matched[at] is None:
            matched[at] = free.take(category["code"])
    return Categories(olds, news, matched, regroupings)


def _match_unchanged(
    olds: Sequence[Tree], news: Sequence[Tree], matched: Matched
) -> None:
    """Match categories with the same code and the very same words."""
    free = _Free(olds, matched, "code")
    for at, new in enumerate(news):
        was = free.first(new["code"]) if matched[at] is None else None
        if was is not None and all(
            olds[was].get(name) == new.get(name) for name in ("label", "definition")
        ):
            matched[at] = free.take(new["code"])


def _match_words(
    olds: Sequence[Tree],
    news: Sequence[Tree],
    matched: Matched,
    gone: Set[int],
    come: Set[int],
) -> None:
    """Match categories with the very same words, if only one on each side has them."""
    taken = set(matched)
    places: dict[object, list[int]] = {}
    for was, old in enumerate(olds):
        if was not in taken and old.get("label") and old["code"] not in gone:
            places.setdefault(_words(old), []).append(was)
    words = {
        at: _words(new)
        for at, new in enumerate(news)
        if matched[at] is None and new.get("label") and new["code"] not in come
    }
    times = Counter(words.values())
    for at, said in words.items():
        if times[said] == 1 and len(places.get(said, ())) == 1:
            matched[at] = places[said][0]


def _words(category: Tree) -> tuple[Texts, Texts]:
    return Texts.of(category.get("label")), Texts.of(category.get("definition"))


def _regroupings(
    olds: Sequence[Tree],
    news: Sequence[Tree],
    declared: Declared,
    names: tuple[str, ...],
) -> list[Regrouping]:
    """The splits and merges of the history that the categories bear out."""
    old_codes = {category["code"] for category in olds}
    new_codes = {category["code"] for category in news}
    offered = {c["code"] for c in news if c.get("status") != "retired"}
    found: list[Regrouping] = []
    used: set[int] = set()
    for kind in (Kind.SPLIT_CATEGORY, Kind.MERGE_CATEGORIES):
        for declaration in declared.about(kind, names):
            codes, to = codes_in(declaration, "from"), codes_in(declaration, "to")
            gone = set(codes) - set(to)
            fits = (
                bool(codes and to)
                and old_codes.issuperset(codes)
                and new_codes.issuperset(to)
                and not gone & offered
                and not used & set(codes)
                and (len(to) > 1 if kind is Kind.SPLIT_CATEGORY else len(to) == 1)
                and bool(set(codes) ^ set(to))
            )
            if fits:
                found.append(Regrouping(kind, declaration, codes, to))
                used |= {*codes}
    return found


def same_meaning(old: object, new: object) -> bool:
    """Whether every language's old text is still there: a translation may be added."""
    was, now = dict(Texts.of(old).by_language), dict(Texts.of(new).by_language)
    if same(old, new) or was == now:
        return True
    if not was or not now:
        return False
    if "" in was:
        return was[""] in now.values()
    return all(now.get(language) == text for language, text in was.items())
