"""The list of a sample as a CSV, for programs and spreadsheets. Pure."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence

COLUMNS = (
    "position", "article", "external_id", "outlet", "published_on", "page", "section",
    "headline", "stratum", "probability", "weight",
)  # fmt: skip
#: A text that begins like this would be run as a formula by a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
ROWS = 500


def csv_of(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield the CSV in pieces of some hundred rows: UTF-8 with BOM, CRLF."""
    buffer = io.StringIO()
    buffer.write("\ufeff")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for number, row in enumerate(rows, start=1):
        writer.writerow([_cell(value) for value in row])
        if number % ROWS == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _cell(value: object) -> object:
    """A value as a cell, with an apostrophe before what would be run as a formula.

    As `mediacoding.exports.writing.safe`, which stands on a higher floor.
    """
    if isinstance(value, dt.date):
        return value.isoformat()
    if not isinstance(value, str) or not value.startswith(FORMULA):
        return value
    is_number = value[0] in "+-" and value[1:].replace(".", "", 1).isdecimal()
    return value if is_number else f"'{value}"
