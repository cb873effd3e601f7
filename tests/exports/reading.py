"""Every format read back by another reader, as rows of texts that can be compared."""

import csv
import datetime as dt
import io
import json
import math

from mediacoding.coding.models import Passage
from mediacoding.exports import files
from mediacoding.exports.catalogue import CATALOGUE, table_of
from mediacoding.exports.request import Filters, export_request
from tests.builders import coding as builders
from tests.builders import studies as people


def table(study, slug, *, language="en", may_read=True, by="ana", **filters):
    asked = export_request(
        study=study,
        person=people.person(by),
        language=language,
        filters=Filters(**filters),
        may_read=may_read,
    )
    return table_of(CATALOGUE[slug], asked, at=people.NOON)


def written(found, form="csv"):
    return b"".join(files.pieces(found, files.FORMATS[form]))


def rows(text, delimiter=","):
    return list(
        csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=delimiter)
    )


def exported(study, slug, **filters):
    """The rows of an export as a CSV has them, by column."""
    head, *body = rows(written(table(study, slug, **filters)).decode())
    return [dict(zip(head, row, strict=True)) for row in body]


def plain(cell):
    """A cell as a CSV has it."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, dt.datetime):
        cell = cell.date()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return str(cell)


def unescaped(cell):
    """A cell of a CSV without the apostrophe that keeps spreadsheets from running it."""
    return cell[1:] if cell[:2] in ("'=", "'+", "'-", "'@") else cell


def read_xlsx(path):
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(str(path))
    head, *body = book.get_sheet_by_name("Data").to_python(skip_empty_area=False)
    width = len(head)
    return head, [[plain(cell) for cell in row[:width]] for row in body]


def read_sav(path):
    import pyreadstat

    data, about = pyreadstat.read_sav(path, user_missing=True, output_format="dict")
    return _from_dict(data, about.number_rows)


def read_dta(path):
    import pyreadstat

    data, about = pyreadstat.read_dta(path, user_missing=True, output_format="dict")
    return _from_dict(data, about.number_rows)


def _from_dict(data, many):
    columns = [[plain(cell) for cell in column] for column in data.values()]
    return list(data), [list(row) for row in zip(*columns, strict=True)] or [[]] * many


def read_parquet(path):
    import pyarrow.parquet as pq

    found = pq.read_table(path)
    return _from_dict(found.to_pydict(), found.num_rows)


def read_jsonl(path):
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    head = list(lines[0])
    return head, [[plain(line[name]) for name in head] for line in lines]


READERS = {
    "xlsx": read_xlsx,
    "sav": read_sav,
    "dta": read_dta,
    "parquet": read_parquet,
    "jsonl": read_jsonl,
}


def mark(coding, start, end):
    """A passage of an open coding; the desk does not write them yet."""
    unit = builders.unit(coding)
    words = coding.text.body[start:end]
    Passage.objects.create(
        unit=unit, start=start, end=end, quote=words, suffix="x", made_at=people.NOON
    )
    return words
