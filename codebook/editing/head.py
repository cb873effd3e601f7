"""The head of a codebook and its sections' words changed; a codebook from nothing. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from codebook.document import Document
from codebook.editing import texts
from codebook.editing.tree import (
    HEAD,
    SECTION,
    TOP,
    Tree,
    entry_of,
    head_of,
    languages_of,
    put,
    with_entry,
)

#: The words of a new codebook.
UNKNOWN = {
    "en": "Not determinable",
    "sr": "Nije moguće utvrditi",
    "sr-latn": "Nije moguće utvrditi",
    "sr-cyrl": "Није могуће утврдити",
}
NOT_APPLICABLE = {
    "en": "Not applicable",
    "sr": "Nije primenljivo",
    "sr-latn": "Nije primenljivo",
    "sr-cyrl": "Није примењиво",
}
MAIN = {
    "en": "Main part",
    "sr": "Glavni deo",
    "sr-latn": "Glavni deo",
    "sr-cyrl": "Главни део",
}
LETTERS = str.maketrans({"đ": "dj", "Đ": "Dj", "ß": "ss", "ø": "o", "ł": "l"})


def new_document(title: Mapping[str, str], languages: Sequence[str]) -> Document:
    """A codebook with a title, one section and no variable yet."""
    said = {language: title.get(language, "") for language in languages}
    first = next((text for text in said.values() if text), "")
    return Document(
        {
            "codebook": {
                "id": slug(first),
                "title": said,
                "version": "1.0",
                "languages": list(languages),
                "missing_codes": {
                    "categorical": {
                        "98": _in(languages, UNKNOWN),
                        "99": _in(languages, NOT_APPLICABLE),
                    },
                    "numeric": {
                        "-98": _in(languages, UNKNOWN),
                        "-99": _in(languages, NOT_APPLICABLE),
                    },
                },
            },
            "sections": [{"id": "main", "label": _in(languages, MAIN)}],
            "variables": [],
        }
    )


def _in(languages: Sequence[str], words: Mapping[str, str]) -> dict[str, str]:
    """The words in those of the languages that they are known in."""
    found = {language: words[language] for language in languages if language in words}
    return found or {languages[0]: next(iter(words.values()))}


def slug(text: str) -> str:
    """The text as the id of a codebook: lower-case letters, digits, hyphens."""
    plain = unicodedata.normalize("NFKD", text.translate(LETTERS))
    ascii_only = plain.encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:60] or "codebook"


def with_head(tree: Tree, values: Mapping[str, Any]) -> Tree:
    """The tree with the head's fields set to what a form holds; others stay.

    `missing_codes` holds, for "categorical" and "numeric", the words of each code as one
    text a language; codes that are not given are dropped.
    """
    old = head_of(tree)
    languages = languages_of(tree)
    new = old
    if "title" in values:
        title = texts.written(old.get("title"), values["title"], languages)
        if title != old.get("title"):
            new = put(new, "title", title or {languages[0]: ""}, HEAD)
    if values.get("version") and values["version"] != str(old.get("version", "")):
        new = put(new, "version", values["version"], HEAD)
    if "universe" in values:
        universe = texts.written(old.get("universe"), values["universe"], languages)
        if universe != old.get("universe"):
            new = put(new, "universe", universe, HEAD)
    if "general_rules" in values:
        given = old.get("general_rules")
        rules = texts.written_lines(given, values["general_rules"], languages)
        if rules is not given:
            new = put(new, "general_rules", rules, HEAD)
    if "missing_codes" in values:
        new = _with_missing_words(new, values["missing_codes"], languages)
    if "languages" in values and values["languages"] != list(
        old.get("languages") or ()
    ):
        new = put(new, "languages", values["languages"], HEAD)
    return tree if new is old else put(tree, "codebook", new, TOP)


def _with_missing_words(
    head: Tree,
    groups: Mapping[str, Mapping[str, Mapping[str, str]]],
    languages: Sequence[str],
) -> Tree:
    declared: Tree = head.get("missing_codes") or {}
    for group, codes in groups.items():
        old: Tree = declared.get(group) or {}
        new = {
            code: _missing_words(old.get(code), words, languages)
            for code, words in codes.items()
        }
        if new != old:
            declared = put(declared, group, new or None, ("categorical", "numeric"))
    if declared == (head.get("missing_codes") or {}):
        return head
    return put(head, "missing_codes", declared or None, HEAD)


def _missing_words(
    given: Any, words: Mapping[str, str], languages: Sequence[str]
) -> Any:
    """The words of a missing code; one with `label` and `means` keeps its meaning."""
    if isinstance(given, Mapping) and "label" in given:
        label = texts.written(given["label"], words, languages)
        return put(given, "label", label or "")
    return texts.written(given, words, languages) or ""


def words_of_missing(given: Any) -> Any:
    """The words of a missing code as they stand in the head."""
    if isinstance(given, Mapping) and "label" in given:
        return given["label"]
    return given


def with_section(tree: Tree, key: str, label: Mapping[str, str]) -> Tree:
    """The tree with a section's label changed."""
    old = entry_of(tree, "sections", key)
    words = texts.written(old.get("label"), label, languages_of(tree))
    if words == old.get("label"):
        return tree
    return with_entry(tree, "sections", key, put(old, "label", words, SECTION))
