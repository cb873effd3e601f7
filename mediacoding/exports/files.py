"""The formats of the catalogue, and files in them as pieces of bytes.

CSV and JSON Lines are streamed; the other formats are made in a temporary file first. A
bundle is a ZIP of the data with all that helps to read it: codebook, notes, scripts.
"""

import csv
import io
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from mediacoding.exports.formats import (
    excel,
    jsonlines,
    parquet,
    scripts,
    spss,
    stata,
    syntax,
)
from mediacoding.exports.table import DESCRIPTION, Table, described, notes_on
from mediacoding.exports.writing import BOM, PRESETS, Preset, csv_pieces

PIECE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Format:
    """One format: how a table becomes a file, as a stream or written to a path."""

    slug: str
    title: Any
    ending: str
    media_type: str
    stream: Callable[[Table], Iterator[str]] | None = None
    write: Callable[[Table, Path], None] | None = None
    preset: Preset = field(default_factory=lambda: PRESETS["standard"])
    script: str = ""  # under which key scripts read it; "" for none

    @property
    def is_text(self) -> bool:
        return self.media_type.startswith("text/")


def _csv(preset: Preset) -> Callable[[Table], Iterator[str]]:
    return lambda table: csv_pieces(table.names, table.rows, preset)


CSV = "text/csv; charset=utf-8"
FORMATS = {
    form.slug: form
    for form in (
        Format("csv", _("CSV"), "csv", CSV, _csv(PRESETS["standard"]), script="csv"),
        Format(
            "csv-excel",
            _("CSV for a spreadsheet (;)"),
            "csv",
            CSV,
            _csv(PRESETS["semicolon"]),
            preset=PRESETS["semicolon"],
            script="csv",
        ),
        Format("csv-bare", _("CSV without names"), "csv", CSV, _csv(PRESETS["bare"])),
        Format(
            "xlsx",
            _("Excel workbook"),
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            write=excel.write,
            script="xlsx",
        ),
        Format(
            "sav", "SPSS", "sav", "application/x-spss-sav", write=spss.write,
            script="sav",
        ),
        Format(
            "dta", "Stata", "dta", "application/x-stata-dta", write=stata.write,
            script="dta",
        ),
        Format(
            "parquet", "Parquet", "parquet", "application/vnd.apache.parquet",
            write=parquet.write, script="parquet",
        ),
        Format(
            "jsonl", "JSON Lines", "jsonl", "application/x-ndjson",
            stream=jsonlines.pieces, script="jsonl",
        ),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Companion:
    """A small file beside the data: what it is called and what it says."""

    slug: str
    title: Any
    ending: str
    media_type: str
    write: Callable[[Table, Format], Iterable[str]]
    formats: frozenset[str] = frozenset(FORMATS) - {"csv-bare"}


def _codebook(table: Table, form: Format) -> Iterable[str]:
    buffer = io.StringIO()
    buffer.write(BOM)
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(DESCRIPTION)
    writer.writerows(described(table.columns))
    return [buffer.getvalue()]


def _notes(table: Table, form: Format) -> Iterator[str]:
    yield f"{table.title}\n\n"
    for what, which in table.facts:
        yield f"{what}: {which}\n"
    for note in table.notes:
        yield f"\n{note}\n"


def _file_name(table: Table, form: Format) -> str:
    return f"{table.stem}.{form.ending}"


COMPANIONS = {
    one.slug: one
    for one in (
        Companion(
            "sps",
            _("SPSS syntax"),
            ".sps",
            "text/plain; charset=utf-8",
            lambda table, form: syntax.syntax(table),
            frozenset({"sav"}),
        ),
        Companion(
            "py",
            _("Script for pandas"),
            ".py",
            "text/x-python; charset=utf-8",
            lambda table, form: scripts.pandas_script(
                table, form.script, _file_name(table, form), form.preset
            ),
        ),
        Companion(
            "r",
            _("Script for R"),
            ".R",
            "text/plain; charset=utf-8",
            lambda table, form: scripts.r_script(
                table, form.script, _file_name(table, form), form.preset
            ),
        ),
        Companion(
            "columns", _("Columns and codes"), "_columns.csv", CSV, _codebook
        ),
        Companion(
            "notes",
            _("Notes"),
            "_notes.txt",
            "text/plain; charset=utf-8",
            _notes,
            frozenset(FORMATS),
        ),
    )
}  # fmt: skip


def pieces(table: Table, form: Format) -> Iterable[bytes]:
    """The file as pieces of bytes. What cannot be written is refused before the first.

    Raises NotExportable.
    """
    if form.stream is not None:
        return (piece.encode() for piece in form.stream(table))
    folder = Path(tempfile.mkdtemp(prefix="mediacoding-export-"))
    try:
        path = folder / f"data.{form.ending}"
        _write(table, form, path)
    except BaseException:
        shutil.rmtree(folder)
        raise
    return Sent(path, folder)


def _write(table: Table, form: Format, path: Path) -> None:
    if form.write is not None:
        form.write(table, path)
        return
    with path.open("wb") as file:
        for piece in pieces(table, form):
            file.write(piece)


class Sent:
    """The bytes of a temporary file, which is gone once they are sent or not wanted."""

    def __init__(self, path: Path, folder: Path) -> None:
        self.path, self.folder = path, folder

    def __iter__(self) -> Iterator[bytes]:
        try:
            with self.path.open("rb") as file:
                while piece := file.read(PIECE):
                    yield piece
        finally:
            self.close()

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def bundle(table: Table, form: Format) -> Iterable[bytes]:
    """A ZIP of the file and its companions. Raises NotExportable."""
    folder = Path(tempfile.mkdtemp(prefix="mediacoding-export-"))
    try:
        data = folder / f"data.{form.ending}"
        _write(table, form, data)
        path = folder / "bundle.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(data, _file_name(table, form))
            for companion in companions_of(form):
                text = "".join(companion.write(table, form))
                archive.writestr(f"{table.stem}{companion.ending}", text)
        data.unlink()
    except BaseException:
        shutil.rmtree(folder)
        raise
    return Sent(path, folder)


def companions_of(form: Format) -> list[Companion]:
    """The companions that a format has."""
    return [one for one in COMPANIONS.values() if form.slug in one.formats]


def expected_notes(table: Table, form: Format) -> list[str]:
    """What is known to need a note before the rows are read."""
    found = [*notes_on(table.columns)]
    if form.slug == "sav":
        found += spss.notes_on(table.columns)
    if form.slug == "dta":
        found += stata.notes_on(table.columns)
    if form.slug == "parquet" and not parquet.is_there():
        found.append(str(parquet.NOT_THERE))
    return found
