"""What a file is made of: columns, rows, and the facts and notes that go with them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from mediacoding.exports.columns import Column


@dataclass(slots=True)
class Notes:
    """What a reader of the file must know: one sentence each, in order, none twice."""

    sentences: dict[str, None] = field(default_factory=dict)

    def add(self, sentence: str) -> None:
        self.sentences.setdefault(sentence)

    def __iter__(self) -> Iterator[str]:
        return iter(self.sentences)

    def __len__(self) -> int:
        return len(self.sentences)


@dataclass(slots=True)
class Table:
    """One export, ready to be written once: its rows are read from the database as it goes.

    `stem` is the file's name without its ending; `facts` are (what, which) pairs: study,
    codebook version and digest, filters. Writers add to `notes`.
    """

    stem: str
    title: str
    columns: list[Column]
    rows: Iterator[Sequence[Any]]
    facts: list[tuple[str, str]]
    notes: Notes = field(default_factory=Notes)
    #: The level of the one variable of reliability data; "" for every other table.
    level: str = ""

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]


#: What describes the columns of a file: on a sheet, or in a file beside it.
DESCRIPTION = (
    "column",
    "label",
    "type",
    "measure",
    "code",
    "meaning",
    "missing",
    "earlier",
)


def described(columns: Sequence[Column]) -> Iterator[tuple[str, ...]]:
    """The columns with their codes, a code a row: the whole words, never shortened."""
    for column in columns:
        head = (column.name, str(column.label), str(column.type), column.measure)
        earlier = " ".join(column.earlier)
        for code, meaning in column.labels.items():
            is_missing = "1" if code in column.missing else "0"
            yield (*head, str(code), meaning, is_missing, earlier)
        if not column.labels:
            yield (*head, "", "", "", earlier)


def notes_on(columns: Sequence[Column]) -> Iterator[str]:
    """What the names of columns need a sentence for."""
    for column in columns:
        if column.variable:
            yield _(
                "Variable “%(variable)s” is written as %(name)s, because another column "
                "has its name."
            ) % {"variable": column.variable, "name": column.name}
        if column.earlier and not column.choice:
            yield _("%(name)s was called %(earlier)s in earlier versions.") % {
                "name": column.name,
                "earlier": ", ".join(column.earlier),
            }
