"""Parquet, where pyarrow is installed: typed columns, labels and notes in the schema."""

from __future__ import annotations

import json
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from mediacoding.exports import cells
from mediacoding.exports.columns import Column, Type
from mediacoding.exports.formats.typed import rounded
from mediacoding.exports.request import NotExportable
from mediacoding.exports.table import Table

BATCH = 10_000
NOT_THERE = _(
    "Parquet needs the package pyarrow, which is not installed here (pip install "
    "mediacoding[parquet]). JSON Lines and CSV do without."
)


def is_there() -> bool:
    """Whether this installation can write Parquet."""
    return find_spec("pyarrow") is not None


def write(table: Table, path: Path) -> None:
    """Write a table in batches, in constant memory. Raises NotExportable without pyarrow."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as missing:
        raise NotExportable(str(NOT_THERE)) from missing
    schema = _schema(table, pa)
    readers = [
        cells.text if column.has_coded_days else read
        for column, read in zip(
            table.columns, cells.readers_of(table.columns), strict=True
        )
    ]
    places = [
        place
        for place, column in enumerate(table.columns)
        if column.type is Type.DECIMAL
    ]
    rows = iter(table.rows)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        is_first = True
        while (chunk := list(islice(rows, BATCH))) or is_first:
            is_first = False
            for place in places:
                _mind_digits(table, place, chunk)
            columns = list(zip(*chunk, strict=True)) or [()] * len(readers)
            arrays = [
                pa.array([read(cell) for cell in column], type=kind)
                for read, column, kind in zip(
                    readers, columns, schema.types, strict=True
                )
            ]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
        # Known only now; a file's own metadata may still be added to.
        writer.add_key_value_metadata(
            {"mediacoding.notes": json.dumps(list(table.notes), ensure_ascii=False)}
        )


def _mind_digits(table: Table, place: int, chunk: list[Any]) -> None:
    if any(
        row[place] not in (None, "") and cells.is_rounded(row[place]) for row in chunk
    ):
        table.notes.add(rounded(table.columns[place]))


def _schema(table: Table, pa: Any) -> Any:
    kinds = {
        Type.TEXT: pa.string(),
        Type.WHOLE: pa.int64(),
        Type.DECIMAL: pa.float64(),
        Type.DAY: pa.date32(),
    }
    fields = [
        pa.field(
            column.name,
            pa.string() if column.has_coded_days else kinds[column.type],
            metadata=_described(column),
        )
        for column in table.columns
    ]
    facts = json.dumps(dict(table.facts), ensure_ascii=False)
    return pa.schema(fields, metadata={"mediacoding.facts": facts})


def _described(column: Column) -> dict[str, str]:
    """What is known of a column, for its field in the schema."""
    known = {"label": str(column.label), "measure": column.measure}
    if column.labels:
        known["labels"] = json.dumps(dict(column.labels), ensure_ascii=False)
    if column.missing:
        known["missing"] = json.dumps(list(column.missing))
    if column.earlier:
        known["earlier"] = " ".join(column.earlier)
    return known
