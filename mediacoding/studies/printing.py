"""A codebook as it is printed: its parts, and its filters as a flow."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from codebook.document import Document
from codebook.flow import Drawing, Group, Part, drawings_of, groups_of
from codebook.printed import (
    Printed,
    PrintedGroup,
    languages_of,
    printed_groups,
    printed_of,
)
from codebook.reader import filter_in_words

ALL = "all"


@dataclass(frozen=True, slots=True)
class Printout:
    """Everything that the pages of a printed codebook show."""

    printed: Printed
    drawings: tuple[Drawing, ...]
    boxes: tuple[tuple[str, PrintedGroup], ...]  # what a box stands for, and the box
    choices: tuple[tuple[str, str], ...]  # language, name
    chosen: str


def printout_of(document: Document, wish: str) -> Printout:
    """Return a codebook for paper in a language, or in all of them (`ALL`).

    Without a wish that the codebook can grant it is the page's language, or the first one
    that the codebook has.
    """
    offered = languages_of(document)
    names = tuple((language, _name(language)) for language in offered)
    chosen = wish if wish in (*offered, ALL) else _nearest(offered)
    languages = offered if chosen == ALL else (chosen,)
    groups = groups_of(document)
    return Printout(
        printed=printed_of(document, languages),
        drawings=_drawings(document, languages[0]),
        boxes=tuple(
            (_about(box.group.part), box)
            for box in printed_groups(document, groups, languages)
        ),
        choices=((*names, (ALL, _("all languages"))) if len(offered) > 1 else names),
        chosen=chosen,
    )


def _nearest(offered: Sequence[str]) -> str:
    page = get_language() or "en"
    stem = page.partition("-")[0]
    near = [language for language in offered if language.partition("-")[0] == stem]
    return page if page in offered else (*near, *offered)[0]


def _name(language: str) -> str:
    try:
        return str(get_language_info(language)["name_local"])
    except KeyError:
        return language


def _drawings(document: Document, language: str) -> tuple[Drawing, ...]:
    def heading(group: Group) -> str:
        words = filter_in_words(document, group.condition, language)
        return f"{_about(group.part)} {words}".strip()

    def label(name: str) -> str:
        return document.variable(name).label.in_(language)

    return drawings_of(document, heading=heading, label=label)


def _about(part: Part) -> str:
    """What a box of the flow stands for; but for the first, its filter follows."""
    return {
        Part.ALWAYS: _("Always asked"),
        Part.FILTER: _("Asked when"),
        Part.UNCLEAR: _("A filter that cannot be followed:"),
        Part.END: _("The coding of the article ends when"),
    }[part]
