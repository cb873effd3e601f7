"""SPSS syntax beside a .sav: labels whole, missing codes, levels, multiple response sets.

What the .sav cannot hold is here: the sets, and every label that it had to shorten (as a
comment). With reliability data of one variable, the call of the KALPHA macro.
"""

from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext as _

from mediacoding.exports.columns import Column, Type
from mediacoding.exports.formats import spss
from mediacoding.exports.formats.typed import wrapped
from mediacoding.exports.table import Table

LEVELS = {"nominal": 1, "ordinal": 2, "interval": 3, "ratio": 4}
LINE = 200  # bytes; older versions read 256 of a line


def syntax(table: Table) -> Iterator[str]:
    """Yield the syntax, a piece a command."""
    columns = table.columns
    yield "* Encoding: UTF-8.\n"
    yield from _comments([table.title, *(f"{a}: {b}" for a, b in table.facts)])
    yield from _comments([*table.notes, *spss.notes_on(columns)])
    yield f"GET FILE={quoted(f'{table.stem}.sav')}.\n"
    labelled = [column for column in columns if column.label]
    if labelled:
        yield _command(
            "VARIABLE LABELS",
            (f"{c.name} {quoted(spss.short_label(str(c.label)))}" for c in labelled),
        )
    coded = [c for c in columns if c.labels and c.type is not Type.TEXT]
    if coded:
        yield _command("VALUE LABELS", (_value_labels(c) for c in coded))
    yield from _missing(columns)
    for measure in ("nominal", "ordinal", "scale"):
        names = [c.name for c in columns if c.measure == measure]
        if names:
            yield f"VARIABLE LEVEL {_listed(names)} ({measure.upper()}).\n"
    yield from _sets(columns)
    yield f"SAVE OUTFILE={quoted(f'{table.stem}.sav')}.\n"
    if table.level in LEVELS:
        judges = _listed([c.name for c in columns[1:]])
        yield from _comments([_("Run the KALPHA macro (kalpha.sps) first.")])
        yield f"KALPHA judges = {judges}/level = {LEVELS[table.level]}/detail = 1/boot = 10000.\n"


def quoted(words: str) -> str:
    """Words as a string of the syntax, in pieces where they are long."""
    plain = " ".join(words.split())
    pieces = [piece.replace("'", "''") for piece in _pieces(plain)] or [""]
    return "\n  + ".join(f"'{piece}'" for piece in pieces)


def _pieces(words: str) -> Iterator[str]:
    """Words in pieces of at most LINE bytes."""
    while words:
        cut = len(words)
        while len(words[:cut].encode()) > LINE:
            cut = min(cut - 1, LINE)
        yield words[:cut]
        words = words[cut:]


def _comments(lines: Iterable[str]) -> Iterator[str]:
    """Each line as a comment of its own, so that no point inside ends it early."""
    for line in wrapped(lines, LINE):
        yield f"* {line.rstrip('.')}.\n"


def _command(name: str, parts: Iterable[str]) -> str:
    return f"{name}\n  " + "\n  /".join(parts) + ".\n"


def _listed(names: Sequence[str]) -> str:
    lines = [" ".join(names[at : at + 6]) for at in range(0, len(names), 6)]
    return "\n  ".join(lines)


def _value_labels(column: Column) -> str:
    pairs = (
        f"{code} {quoted(spss.short(words))}" for code, words in column.labels.items()
    )
    return f"{column.name} " + "\n    ".join(pairs)


def _missing(columns: Sequence[Column]) -> Iterator[str]:
    for column in columns:
        ranges, _note = spss.missing_of(column)
        if ranges:
            told = ", ".join(_span(span) for span in ranges)
            yield f"MISSING VALUES {column.name} ({told}).\n"


def _span(span: object) -> str:
    if isinstance(span, dict):
        return f"{span['lo']:g} THRU {span['hi']:g}"
    return f"{span:g}"


def _sets(columns: Sequence[Column]) -> Iterator[str]:
    """Multiple response sets of dichotomies: 1 is chosen."""
    for whole in columns:
        options = [column.name for column in columns if column.choice == whole.name]
        if options:
            # SPSS keeps 64 bytes of a name, the dollar sign among them.
            yield (
                f"MRSETS /MDGROUP NAME=${whole.name}\n"
                f"  LABEL={quoted(spss.short_label(str(whole.label)))}\n"
                f"  CATEGORYLABELS=VARLABELS\n  VARIABLES={_listed(options)}\n  VALUE=1.\n"
            )
