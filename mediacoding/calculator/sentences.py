"""Sentences with their figures apart, so that they can be said in the reader's language. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field


def gettext_noop(text: str) -> str:
    """Mark a text for the translators; it is translated where it is shown."""
    return text


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with places for figures: “row %(row)s” and {"row": 3}."""

    text: str
    figures: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text % self.figures if self.figures else self.text


class Refused(Exception):
    """The file, or what was chosen for it, gives no agreement; the sentences say why."""

    def __init__(self, *sentences: Sentence) -> None:
        super().__init__(" ".join(map(str, sentences)))
        self.sentences = sentences


def refusal(text: str, **figures: object) -> Refused:
    """One sentence as a refusal."""
    return Refused(Sentence(text, figures))
