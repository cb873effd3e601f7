"""Sentences of a draw with their figures apart: they are stored, and said in the reader's
language where they are shown. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


def gettext_noop(text: str) -> str:
    """Mark a text for the translators; it is translated where it is shown."""
    return text


class Kind(StrEnum):
    ORDER = "order"  # in which order numbers were drawn for what
    NOTE = "note"
    WARNING = "warning"
    DRAWN = "drawn"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence with places for figures: “%(outlet)s: %(day)s” and {"outlet": ...}.

    The figure `weekday` is 1 (Monday) to 7, and `weekdays` a list of them.
    """

    kind: Kind
    text: str
    figures: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text % self.figures if self.figures else self.text

    def stored(self) -> dict[str, Any]:
        """The line as JSON keeps it."""
        return {
            "kind": str(self.kind),
            "text": self.text,
            "figures": dict(self.figures),
        }


class Refused(Exception):
    """Nothing can be drawn so; `line` says why and the way out."""

    def __init__(self, text: str, **figures: Any) -> None:
        self.line = Line(Kind.WARNING, text, figures)
        super().__init__(str(self.line))


def note(text: str, **figures: Any) -> Line:
    return Line(Kind.NOTE, text, figures)


def warning(text: str, **figures: Any) -> Line:
    return Line(Kind.WARNING, text, figures)
