"""A small query language for the full-text search, rendered for both databases. Pure.

Words are all wanted, in any order; "a phrase" as it stands; a OR b (also ILI, ИЛИ) either
of the two words or phrases beside it; -word (also NOT) unwanted; begin* any ending.
Signs that the language does not know are read as the blanks that they are in a folded text.

Both databases index `folding.fold(text)`, words between blanks, so both cut it into the same
words, and a query finds the same articles in both. Two differences of PostgreSQL are left: it
cuts 12e5ab (digits, e, digits, then a letter) in two, and counts the words of a text, for
phrases, only up to 16,383.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mediacoding.corpus.folding import fold

MOST_WORDS = 50  # SQLite's and PostgreSQL's parsers have limits of their own, far above
LONGEST_WORD = 200


class NotAQuery(Exception):
    """The words cannot be searched for; the text says why and what to type."""


@dataclass(frozen=True, slots=True)
class Term:
    """One word, a phrase of words, or a beginning."""

    words: tuple[str, ...]
    is_prefix: bool = False  # of the last word


@dataclass(frozen=True, slots=True)
class Query:
    """All of `groups` are wanted, each as any one of its terms; none of `unwanted`."""

    groups: tuple[tuple[Term, ...], ...]
    unwanted: tuple[Term, ...] = ()


QUOTES = dict.fromkeys(map(ord, "„“”‟«»″"), '"')
TOKEN = re.compile(
    r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"(?P<star>\*?)|(?P<word>[^\s"]+))'
)
EITHER = ("OR", "ILI", "ИЛИ")
STAR_INSIDE = re.compile(r"\*(?!\**$)")


def parse(text: str) -> Query:
    """Return the query that a person typed, folded like the texts. Raises NotAQuery."""
    text = text.translate(QUOTES)
    if text.count('"') % 2:
        raise NotAQuery('A quotation mark is not closed: write "a phrase" between two.')
    groups: list[list[Term]] = []
    unwanted: list[Term] = []
    is_joined = is_negated = has_bracket = False
    for token in TOKEN.finditer(text):
        word = token["word"] if not token["minus"] else None
        if word in EITHER:
            if is_joined or is_negated or not groups:
                raise NotAQuery(_between(word))
            is_joined = True
            continue
        if word == "NOT":
            is_negated = True
            continue
        has_bracket |= any(bracket in (token["word"] or "") for bracket in "()")
        term = _term(token) if word != "AND" else None
        if term is None:
            continue
        if (token["minus"] or is_negated) and is_joined:
            raise NotAQuery(
                "OR cannot be followed by an unwanted word: put the unwanted words last."
            )
        if token["minus"] or is_negated:
            unwanted.append(term)
        elif is_joined:
            groups[-1].append(term)
        else:
            groups.append([term])
        is_joined = is_negated = False
    if is_joined:
        raise NotAQuery(_between("OR"))
    if is_negated:
        raise NotAQuery("NOT stands before the word that is unwanted.")
    if has_bracket and any(len(group) > 1 for group in groups):
        raise NotAQuery(
            "Brackets are not understood: OR joins the two words or phrases beside it, and "
            "everything else must be there too."
        )
    return _within_limits(groups, unwanted)


def _between(word: str) -> str:
    return (
        f"{word} stands between two words: {word.lower()} in small letters is a word."
    )


def _term(token: re.Match[str]) -> Term | None:
    """The term of a token, folded; None where nothing is left of it."""
    given = (token["phrase"] or token["word"] or "").rstrip(".,;:!?)]} ")
    is_prefix = given.endswith("*") or bool(token["star"])
    if STAR_INSIDE.search(given):
        raise NotAQuery(
            f"The star in “{given[:40]}” can stand at the end of a word only: mrež* finds "
            "mreža, mreži, mrežom."
        )
    words = tuple(fold(given).split())
    return Term(words, is_prefix) if words else None


def _within_limits(groups: Sequence[Sequence[Term]], unwanted: Sequence[Term]) -> Query:
    terms = [*(term for group in groups for term in group), *unwanted]
    words = [word for term in terms for word in term.words]
    if not words:
        raise NotAQuery("Type at least one word to search for.")
    if not groups:
        raise NotAQuery("Type at least one word that is wanted beside the unwanted.")
    if len(words) > MOST_WORDS:
        raise NotAQuery(f"Search for at most {MOST_WORDS} words at once.")
    if max(map(len, words)) > LONGEST_WORD:
        raise NotAQuery(f"A word can have at most {LONGEST_WORD} letters.")
    return Query(tuple(tuple(group) for group in groups), tuple(unwanted))


def for_sqlite(query: Query) -> str:
    """The query as an FTS5 MATCH text. Words are letters and digits only, so it is safe."""
    wanted = " AND ".join(_any(group, " OR ", _sqlite) for group in query.groups)
    if not query.unwanted:
        return wanted
    return f"({wanted}) NOT {_any(query.unwanted, ' OR ', _sqlite)}"


def for_postgresql(query: Query) -> str:
    """The query as a text for to_tsquery('simple', ...)."""
    wanted = " & ".join(_any(group, " | ", _postgresql) for group in query.groups)
    if not query.unwanted:
        return wanted
    return f"{wanted} & !{_any(query.unwanted, ' | ', _postgresql)}"


def _any(terms: Sequence[Term], sign: str, render: Callable[[Term], str]) -> str:
    return f"({sign.join(map(render, terms))})"


def _sqlite(term: Term) -> str:
    return f'"{" ".join(term.words)}"' + ("*" if term.is_prefix else "")


def _postgresql(term: Term) -> str:
    words = [f"'{word}'" for word in term.words]
    if term.is_prefix:
        words[-1] += ":*"
    return f"({' <-> '.join(words)})"
