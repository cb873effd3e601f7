"""Texts in several languages as fields of a form, and back. Pure.

A text that stands for every language is shown in the first column. What is sent back as
it was shown is kept as it was written, so that a save changes only what a person changed.
"""

from collections.abc import Mapping, Sequence
from typing import Any

Columns = Mapping[str, str]  # one text a language
Lines = Mapping[str, Sequence[str]]  # the lines of a list, one column a language


def shown(given: object, languages: Sequence[str]) -> dict[str, str]:
    """The text in each language as a form shows it; "" where there is none."""
    if isinstance(given, Mapping):
        return {
            language: _plain(str(given.get(language, ""))) for language in languages
        }
    text = "" if given is None else _plain(str(given))
    return {
        language: "" if number else text for number, language in enumerate(languages)
    }


def serves_all(given: object) -> bool:
    """Whether one text stands for every language."""
    return given not in (None, "") and not isinstance(given, Mapping)


def written(given: Any, texts: Columns, languages: Sequence[str]) -> Any:
    """What to write for the texts of a form: `given` itself if nothing was changed.

    None where no text is left. A text for every language stays one as long as the other
    columns are empty. Languages that the form does not show are kept.
    """
    new = {language: _plain(texts.get(language, "")) for language in languages}
    if new == shown(given, languages):
        return given
    said = {language: text.strip() for language, text in new.items() if text.strip()}
    if isinstance(given, Mapping):
        kept = {k: v for k, v in given.items() if k not in languages or k in said}
        return {**kept, **said} or None
    if set(said) == {languages[0]} and (given is not None or languages[0] == ""):
        return said[languages[0]]
    return said or None


def shown_lines(given: object, languages: Sequence[str]) -> dict[str, list[str]]:
    """A list of texts as columns of lines, so that equal lines of the columns belong together."""
    entries = given if isinstance(given, list) else []
    rows = [shown(entry, languages) for entry in entries]
    return {
        language: [" ".join(row[language].split()) for row in rows]
        for language in languages
    }


def written_lines(given: Any, lines: Lines, languages: Sequence[str]) -> Any:
    """What to write for columns of lines: `given` itself if nothing was changed.

    A line that an entry already says keeps that entry as it was written. Lines that are
    empty in every language fall away; None where none is left.
    """
    entries = given if isinstance(given, list) else []
    count = max((len(lines.get(language, ())) for language in languages), default=0)
    rows = []
    for number in range(count):
        row = {
            language: " ".join(_at(lines.get(language, ()), number).split())
            for language in languages
        }
        if any(row.values()):
            rows.append(row)
    columns = shown_lines(given, languages)
    old = [
        {language: columns[language][at] for language in languages}
        for at in range(len(entries))
    ]
    if rows == old:
        return given
    new = []
    for number, row in enumerate(rows):
        known = next((entries[at] for at, was in enumerate(old) if was == row), None)
        was = entries[number] if number < len(entries) else None
        new.append(known if known is not None else written(was, row, languages))
    return new or None


def _at(lines: Sequence[str], number: int) -> str:
    return lines[number] if number < len(lines) else ""


def _plain(text: str) -> str:
    """The text with the line ends of a file: a browser sends others."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
