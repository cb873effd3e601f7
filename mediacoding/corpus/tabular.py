"""Tables of unknown origin: CSV and XLSX, read so that a person sees what was taken for what. Pure."""

import codecs
import csv
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import mode

ENCODINGS = ("utf-8-sig", "utf-16", "cp1250", "cp1251", "cp1252")
DELIMITERS = (",", ";", "\t", "|")
SAMPLE_BYTES = 400_000
SAMPLE_ROWS = 8
MOST_CELL = 5_000_000
MOST_XLSX = 1_500_000_000  # bytes, unpacked
LETTERS = {
    "cp1250": set("čćžšđČĆŽŠĐ"),
    "cp1251": {chr(code) for code in range(0x0400, 0x0460)},
}
LOST_LETTER = re.compile(r"[^\W\d_]\?[^\W\d_]")

csv.field_size_limit(MOST_CELL)


class NotReadable(Exception):
    """The file cannot be read as a table; the text says why and the way out."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is read: what was detected, or what the person chose instead."""

    format: str  # csv, xlsx
    encoding: str = ""
    delimiter: str = ""
    header_row: int = 1  # as the person counts
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What a file looks like, how sure that is, and its first rows."""

    reading: Reading
    headers: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    reason: str
    warnings: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as the person sees it in the file, and its cells by header."""

    number: int
    cells: dict[str, str] = field(default_factory=dict)
    fault: str = ""


def sniff(path: Path, reading: Reading | None = None) -> Sniffed:
    """Tell how a file can be read; `reading` holds what the person chose already.

    Raises NotReadable.
    """
    with path.open("rb") as file:
        head = file.read(SAMPLE_BYTES)
    if not head.strip():
        raise NotReadable("The file is empty.")
    if head.startswith(b"PK\x03\x04"):
        return _sniff_xlsx(path, reading)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise NotReadable("This is an old Excel file (.xls). Save it as .xlsx or CSV.")
    return _sniff_csv(path, head, reading)


def _sniff_csv(path: Path, head: bytes, chosen: Reading | None) -> Sniffed:
    warnings: list[str] = []
    if chosen and chosen.encoding:
        encoding, reason = chosen.encoding, "The encoding was chosen by hand."
    else:
        encoding, reason, warning = _detect_encoding(head)
        warnings += [warning] if warning else []
    text = _decode(head, encoding, is_whole=len(head) < SAMPLE_BYTES)
    if "\0" in text:
        raise NotReadable(
            "The file holds NUL characters: it is no text table, or its encoding is "
            "UTF-16. Choose another encoding."
        )
    delimiter = (
        chosen.delimiter if chosen and chosen.delimiter else _detect_delimiter(text)
    )
    header_row = chosen.header_row if chosen else _detect_header(text, delimiter)
    reading = Reading("csv", encoding, delimiter, header_row)
    headers, sample = _first_rows(path, reading)
    if lost := LOST_LETTER.findall(text):
        warnings.append(
            f"In {len(lost)} places of the first part a “?” stands between letters "
            f"(“{lost[0]}”): letters were lost before this file was made. Go back to its source."
        )
    return Sniffed(reading, headers, sample, reason, tuple(warnings))


def _detect_encoding(head: bytes) -> tuple[str, str, str]:
    """The encoding, why, and a warning where it is a guess."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return encoding, "The file begins with a byte order mark.", ""
    try:
        # A sample may end inside a character; only what comes before the end counts.
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8-sig", "Every byte fits UTF-8.", ""
    scores = {
        encoding: sum(
            character in letters for character in head.decode(encoding, "replace")
        )
        for encoding, letters in LETTERS.items()
    }
    high = sum(byte > 0x7F for byte in head)
    best = max(scores, key=lambda encoding: scores[encoding])
    if scores[best] < high / 2:
        best = "cp1252"
    return (
        best,
        "The bytes do not fit UTF-8; the letters look like this encoding.",
        f"The encoding is a guess ({best}): check the letters in the sample, "
        "and choose another where they are wrong.",
    )


def _decode(head: bytes, encoding: str, *, is_whole: bool) -> str:
    try:
        return codecs.getincrementaldecoder(encoding)().decode(head, final=is_whole)
    except (UnicodeDecodeError, LookupError) as error:
        line = head[: getattr(error, "start", 0)].count(b"\n") + 1
        raise NotReadable(
            f"Line {line} does not fit the encoding {encoding}: choose another."
        ) from error


def _detect_delimiter(text: str) -> str:
    """The delimiter that cuts the first records into the same number of cells most often."""
    best, most = ",", 0.0
    for delimiter in DELIMITERS:
        counts = [
            len(row)
            for row, _n in zip(
                csv.reader(text.splitlines(True), delimiter=delimiter),
                range(60),
                strict=False,
            )
        ]
        width = max(counts, default=0)
        score = sum(count == width for count in counts) * (width - 1)
        if score > most:
            best, most = delimiter, score
    return best


def _detect_header(text: str, delimiter: str) -> int:
    """The first row that is as full as the table is wide; title rows stand above it."""
    rows = [
        row
        for row, _n in zip(
            csv.reader(text.splitlines(True), delimiter=delimiter),
            range(30),
            strict=False,
        )
    ]
    width = mode([sum(bool(cell.strip()) for cell in row) for row in rows] or [0])
    for number, row in enumerate(rows, start=1):
        if len([cell for cell in row if cell.strip()]) >= max(1, 0.6 * width):
            return number
    return 1


def _first_rows(
    path: Path, reading: Reading
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    sample = []
    headers: tuple[str, ...] = ()
    for row in rows(path, reading):
        headers = headers or tuple(row.cells)
        sample.append(tuple(row.cells.values()))
        if len(sample) == SAMPLE_ROWS:
            break
    if not sample:
        raise NotReadable("The file has a header and no rows below it.")
    return headers, tuple(sample)


def rows(path: Path, reading: Reading) -> Iterator[Row]:
    """Yield the rows below the header, one at a time, in constant memory.

    A row with more cells than headers carries a `fault`. Raises NotReadable where the file
    itself breaks off, with the line.
    """
    yield from (
        _xlsx_rows(path, reading)
        if reading.format == "xlsx"
        else _csv_rows(path, reading)
    )


def _csv_rows(path: Path, reading: Reading) -> Iterator[Row]:
    with path.open(encoding=reading.encoding, newline="") as file:
        reader = csv.reader(file, delimiter=reading.delimiter, strict=True)
        try:
            for _number in range(reading.header_row - 1):
                next(reader)
            headers = _headers(next(reader, []))
            line = reader.line_num + 1
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield _row(line, headers, cells)
                line = reader.line_num + 1
        except UnicodeDecodeError as error:
            raise NotReadable(
                f"After line {reader.line_num} the file does not fit the encoding "
                f"{reading.encoding}: choose another."
            ) from error
        except csv.Error as error:
            raise NotReadable(
                f"Line {reader.line_num}: {error}. A quotation mark may be left open, "
                "or the delimiter may be another."
            ) from error
        except StopIteration:
            raise NotReadable(
                "The header row lies below the end of the file."
            ) from None


def _row(number: int, headers: tuple[str, ...], cells: list[str]) -> Row:
    extra = [cell for cell in cells[len(headers) :] if cell.strip()]
    fault = (
        f"The row has {len(cells)} cells, the header {len(headers)}: a delimiter may stand "
        "in a text that is not quoted."
        if extra
        else ""
    )
    padded = [*cells, *([""] * (len(headers) - len(cells)))]
    return Row(number, dict(zip(headers, padded, strict=False)), fault)


def _headers(cells: list[str]) -> tuple[str, ...]:
    """Header names, each once: blank ones are named by their place, twins numbered."""
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    names: list[str] = []
    for number, cell in enumerate(cells, start=1):
        name = cell.strip() or f"column {number}"
        while name in names:
            name = f"{name} ({number})"
        names.append(name)
    return tuple(names)


def _sniff_xlsx(path: Path, chosen: Reading | None) -> Sniffed:
    workbook = _workbook(path)
    sheets = tuple(workbook.sheet_names)
    full = [name for name in sheets if workbook.get_sheet_by_name(name).to_python()]
    if not full:
        raise NotReadable("The workbook holds no filled sheet.")
    sheet = chosen.sheet if chosen and chosen.sheet in sheets else full[0]
    reading = Reading("xlsx", sheet=sheet)
    cells = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    width = max(
        (sum(bool(_cell(c).strip()) for c in row) for row in cells[:30]), default=0
    )
    header_row = next(
        number
        for number, row in enumerate(cells, start=1)
        if sum(bool(_cell(c).strip()) for c in row) >= max(1, 0.6 * width)
    )
    reading = replace(reading, header_row=chosen.header_row if chosen else header_row)
    headers, sample = _first_rows(path, reading)
    warning = (
        (f"The workbook has {len(sheets)} sheets; “{sheet}” is read.",)
        if len(sheets) > 1
        else ()
    )
    return Sniffed(reading, headers, sample, "An Excel workbook.", warning, sheets)


def _workbook(path: Path):
    import python_calamine

    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > MOST_XLSX:
                raise NotReadable(
                    "The workbook unpacks to far more than it says; it is not read."
                )
        return python_calamine.CalamineWorkbook.from_path(str(path))
    except (zipfile.BadZipFile, python_calamine.CalamineError) as error:
        raise NotReadable("The file is no Excel workbook that can be read.") from error


def _xlsx_rows(path: Path, reading: Reading) -> Iterator[Row]:
    sheet = _workbook(path).get_sheet_by_name(reading.sheet)
    headers: tuple[str, ...] = ()
    for number, cells in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        texts = [_cell(cell) for cell in cells]
        if number == reading.header_row:
            headers = _headers(texts)
        elif number > reading.header_row and any(text.strip() for text in texts):
            yield _row(number, headers, texts)


def _cell(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)
