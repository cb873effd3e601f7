"""Agreement, coverage, codebook and journal as rows."""

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from codebook.document import VariableSpec
from codebook.levels import Kind
from codebook.queries import document_of, variables_of
from mediacoding.coding.models import Round
from mediacoding.coding.queries.final_values import FinalValue, final_values
from mediacoding.coverage.queries import calendar
from mediacoding.exports.queries.variables import earlier_names
from mediacoding.exports.request import ExportRequest, Filters
from mediacoding.stats.coverage import share
from mediacoding.stats.tables.suppression import suppress
from mediacoding.studies.queries import journal_of

Row = tuple[Any, ...]
AGREEMENT_FIELDS = (
    "name", "option", "level", "n_units", "n_pairable", "n_coders", "n_ratings",
    "modal_share", "percent", "alpha", "low", "high", "method", "below_minimum", "ac1",
    "brennan_prediger", "with_filter", "minimum", "target", "verdict", "reason",
)  # fmt: skip


def agreement_rows(
    asked: ExportRequest, reports: Mapping[Round, Sequence[Mapping[str, Any]]]
) -> Iterator[Row]:
    """The agreement of rounds, a variable or option a row; unrounded."""
    for round, rows in reports.items():
        for row in rows:
            if asked.wants(round.version, row["name"]):
                figures = (row[field] for field in AGREEMENT_FIELDS)
                yield (round.name, round.version.number, *figures)


def coverage_rows(asked: ExportRequest) -> Iterator[Row]:
    """Articles and known issues by outlet and month, gaps included."""
    chosen = asked.filters
    outlets = asked.study.outlets.filter(pk__in=chosen.outlets)
    names = set(outlets.values_list("name", flat=True))
    rows = [
        (row.outlet, [month for month in row.months if _is_inside(month.month, chosen)])
        for row in calendar(asked.study)
        if not chosen.outlets or row.outlet in names
    ]
    counts = [[entry.articles for entry in months] for _outlet, months in rows]
    shown = _shown(counts, chosen.smallest)
    for (outlet, months), figures in zip(rows, shown, strict=False):
        for entry, count in zip(months, figures, strict=False):
            month = f"{entry.month:%Y-%m}"
            yield (outlet, month, count, entry.issues, int(count is None))


def _is_inside(month: dt.date, chosen: Filters) -> bool:
    """Whether a month has days of the period that is asked for."""
    return not (
        (chosen.first and month < chosen.first.replace(day=1))
        or (chosen.last and month > chosen.last)
    )


def _shown(
    counts: Sequence[Sequence[int]], least: int
) -> Sequence[Sequence[int | None]]:
    """A table of counts with its margins behind and below, small ones None."""
    if not counts or not counts[0]:
        return []
    if least < 2:
        rows: list[list[int | None]] = [[*row, sum(row)] for row in counts]
        return [*rows, [sum(column) for column in zip(*rows, strict=True)]]
    return suppress(counts, least=least).shown


class _Counts:
    """Final values of one variable in one group."""

    __slots__ = ("marks", "states")

    def __init__(self) -> None:
        self.marks: Counter[int] = Counter()
        self.states: Counter[str] = Counter()

    def add(self, final: FinalValue) -> None:
        if final.value is None:
            self.states["undecided"] += 1
            return
        self.states[final.value.state] += 1
        if final.value.is_value:
            self.marks.update(final.value.codes)

    @property
    def base(self) -> int:
        return self.states["value"]


#: What final values are counted by beside the whole, and in this order.
GROUPINGS = ("outlet", "month")
STATES = ("missing", "not_applicable", "undecided")
Groups = Mapping[str, _Counts]


def coverage_value_rows(asked: ExportRequest) -> Iterator[Row]:
    """Final values of every variable with categories: counts and shares of each category
    in all, by outlet and by month. One pass over the final values."""
    scope = asked.scope
    if scope is None:
        return
    document = document_of(scope.version)
    rows = {
        row.pk: row
        for name, row in variables_of(scope.version).items()
        if asked.wants(scope.version, name)
        and document.variable(name).kind.has_categories
    }
    places = {
        pk: {"all": "", "outlet": outlet, "month": f"{day:%Y-%m}"}
        for pk, outlet, day in asked.articles()
        .filter(rounds__round__in=scope.rounds)
        .values_list("pk", "outlet__name", "published_on")
    }
    found: dict[tuple[int, str], dict[str, _Counts]] = {}
    for final in final_values(scope, list(rows.values())):
        for grouping, name in places.get(final.article, {}).items():
            groups = found.setdefault((final.variable, grouping), {})
            groups.setdefault(name, _Counts()).add(final)
    for variable, row in rows.items():
        spec = document.variable(row.name)
        tables = {
            grouping: dict(sorted(found.get((variable, grouping), {}).items()))
            for grouping in ("all", *GROUPINGS)
        }
        for code, words, *rest in _shares(spec, tables, asked):
            yield (scope.version.number, row.name, code, words, *rest)


def _shares(
    spec: VariableSpec, tables: Mapping[str, Groups], asked: ExportRequest
) -> Iterator[Sequence[Any]]:
    """The categories of every group with their figures, small ones left out."""
    least = asked.filters.smallest
    whole = tables["all"].get("", _Counts())
    codes = [c.code for c in spec.categories if whole.marks[c.code] or not c.is_retired]
    hidden = {by: _hidden(spec, tables[by], codes, least) for by in GROUPINGS}
    of_whole = [
        any(hidden[by][-1][place] for by in GROUPINGS if hidden[by])
        for place in range(len(codes) + 1)
    ]
    for by, groups in tables.items():
        flags = [of_whole] if by == "all" else hidden[by]
        for (name, counts), is_hidden in zip(groups.items(), flags, strict=False):
            states = [
                None if 0 < counts.states[state] < least else counts.states[state]
                for state in STATES
            ]
            for code, is_small in zip(codes, is_hidden, strict=False):
                part = share(counts.marks[code], counts.base)
                low, high = part.interval or (None, None)
                figures: tuple[Any, ...] = (part.share, low, high)
                if is_small or is_hidden[-1]:
                    figures = (None, None, None)
                yield (
                    code, spec.words_of(code, asked.language), by, name,
                    None if is_small else part.count,
                    None if is_hidden[-1] else counts.base,
                    *figures, *states, int(is_small or is_hidden[-1]),
                )  # fmt: skip


def _hidden(
    spec: VariableSpec, groups: Groups, codes: Sequence[int], least: int
) -> list[list[bool]]:
    """Which figures of a table are left out, shape (groups + 1, categories + 1): the last
    row is the whole, the last column the base.

    The categories of a single choice add up to the base; each option of a multiple choice
    does with those who did not choose it, so it is a table of its own.
    """
    if not groups or not codes:
        return []
    if spec.kind is Kind.SINGLE:
        counts = [[one.marks[code] for code in codes] for one in groups.values()]
        return [[cell is None for cell in row] for row in _shown(counts, least)]
    tables = [
        _shown(
            [[one.marks[code], one.base - one.marks[code]] for one in groups.values()],
            least,
        )
        for code in codes
    ]
    return [
        [
            *(table[place][0] is None for table in tables),
            any(table[place][-1] is None for table in tables),
        ]
        for place in range(len(groups) + 1)
    ]


def codebook_rows(asked: ExportRequest) -> Iterator[Row]:
    """The codebook, a category a row; variables without categories have one row."""
    language = asked.language
    for version in asked.versions:
        earlier = earlier_names(version)
        for spec in document_of(version).variables:
            if not asked.wants(version, spec.name):
                continue
            head = (
                version.number, spec.stable_id, spec.name, spec.label.in_(language),
                spec.question.in_(language), str(spec.kind), str(spec.level), spec.ask_if,
            )  # fmt: skip
            names = " ".join(earlier.get(spec.stable_id, ()))
            entries: list[Any] = [
                (c.code, c.label.in_(language), str(c.kind), c.definition.in_(language))
                for c in spec.categories
            ]
            entries += [
                (m.code, m.label.in_(language), "missing", "") for m in spec.missing
            ]
            for entry in entries or [("", "", "", "")]:
                yield (*head, *entry, names)


def journal_rows(asked: ExportRequest) -> Iterator[Row]:
    """Every act in the study, oldest first."""
    for entry in journal_of(asked.study).order_by("at", "pk").iterator(2_000):
        at = entry.at
        first, last = asked.filters.first, asked.filters.last
        if (first and at.date() < first) or (last and at.date() > last):
            continue
        yield (
            at.isoformat(timespec="seconds"),
            entry.by.username,
            entry.act,
            entry.object_kind,
            entry.object_id,
            entry.reason,
            json.dumps(entry.detail, ensure_ascii=False, sort_keys=True)
            if entry.detail
            else "",
        )
