"""An article a row, with every coder's answers beside each other."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from codebook.models import CodebookVersion
from mediacoding.exports.columns import ROUND, WHICH, Column
from mediacoding.exports.queries.codings import head_of, submitted, with_answers
from mediacoding.exports.queries.variables import Cell, of_coders, variable_columns
from mediacoding.exports.request import ExportRequest

#: Without a choice the first submissions, which are independent.
FIRST = "first"


def by_coder_columns(asked: ExportRequest) -> list[Column]:
    """Round and article, then every variable once for every coder."""
    fixed = [ROUND, *WHICH]
    version = asked.version
    if version is None:
        return fixed
    return [*fixed, *(cell.column for _place, cell in _cells(asked, version))]


def by_coder_rows(asked: ExportRequest) -> Iterator[tuple[Any, ...]]:
    """Every article of a round with its coders' answers; blank where a coder has none."""
    version = asked.version
    if version is None:
        return
    cells = _cells(asked, version)
    coders = {name: place for place, name in enumerate(_coders(asked, version))}
    which = asked.filters.submissions or FIRST
    found = with_answers(asked, version, which)
    place = "coding__assignment__"
    for _key, group in groupby(
        found,
        key=lambda pair: (pair[0][f"{place}round"], pair[0][f"{place}article"]),
    ):
        answers: dict[int, dict] = {}
        head: list[Any] = []
        for row, values in group:
            head = head_of(row)[:5]
            answers[coders[row[f"{place}coder__pseudonym"]]] = values
        yield (
            *head,
            *(
                cell.of(answers.get(at, {}).get(cell.spec.name), asked.filters.missing)
                for at, cell in cells
            ),
        )


def _cells(asked: ExportRequest, version: CodebookVersion) -> list[tuple[int, Cell]]:
    fixed = [column.name for column in (ROUND, *WHICH)]
    return of_coders(variable_columns(asked, []), _coders(asked, version), fixed)


def _coders(asked: ExportRequest, version: CodebookVersion) -> list[str]:
    """The pseudonyms of the coders who submitted something that is asked for."""
    found = submitted(asked, FIRST, version).values_list(
        "coding__assignment__coder__pseudonym", flat=True
    )
    return sorted(found.order_by().distinct())
