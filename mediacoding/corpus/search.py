"""A small query language for the full-text search, rendered for both databases. Pure.

Words are all wanted; "a phrase" as it stands; a OR b; -word unwanted; begin* any ending.
"""

import re
from dataclasses import dataclass

from mediacoding.corpus.folding import fold


class NotAQuery(Exception):
    """Nothing can be searched for; the text says why."""


@dataclass(frozen=True, slots=True)
class Term:
    """One word, a phrase of words, or a beginning."""

    words: tuple[str, ...]
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """All of `groups` are wanted, each as any one of its terms; none of `unwanted`."""

    groups: tuple[tuple[Term, ...], ...]
    unwanted: tuple[Term, ...] = ()


TOKEN = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')


def parse(text: str) -> Query:
    """Return the query that a person typed, folded like the texts. Raises NotAQuery."""
    groups: list[list[Term]] = []
    unwanted: list[Term] = []
    joined = False
    for token in TOKEN.finditer(text):
        if token["word"] in ("OR", "ILI", "ИЛИ") and groups:
            joined = True
            continue
        given = token["phrase"] if token["phrase"] is not None else token["word"]
        words = tuple(fold(given).split())
        if not words:
            continue
        is_prefix = token["phrase"] is None and given.endswith("*")
        term = Term(words, is_prefix)
        if token["minus"]:
            unwanted.append(term)
        elif joined:
            groups[-1].append(term)
        else:
            groups.append([term])
        joined = False
    if not groups:
        raise NotAQuery("Type at least one word to search for.")
    return Query(tuple(tuple(group) for group in groups), tuple(unwanted))


def for_sqlite(query: Query) -> str:
    """The query as an FTS5 MATCH text. Words are letters and digits only, so it is safe."""
    parts = [
        "(" + " OR ".join(_sqlite(term) for term in group) + ")"
        for group in query.groups
    ]
    text = " AND ".join(parts)
    for term in query.unwanted:
        text = f"({text}) NOT {_sqlite(term)}"
    return text


def _sqlite(term: Term) -> str:
    return f'"{" ".join(term.words)}"' + ("*" if term.is_prefix else "")


def for_postgresql(query: Query) -> str:
    """The query as a text for to_tsquery('simple', ...)."""
    parts = [
        "(" + " | ".join(_postgresql(term) for term in group) + ")"
        for group in query.groups
    ]
    parts += [f"!{_postgresql(term)}" for term in query.unwanted]
    return " & ".join(parts)


def _postgresql(term: Term) -> str:
    words = [f"'{word}'" for word in term.words]
    if term.is_prefix:
        words[-1] += ":*"
    return "(" + " <-> ".join(words) + ")"
