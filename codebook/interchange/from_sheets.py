"""The sheets of a workbook as a tree, every part with its place. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from codebook.interchange.columns import COLUMNS, EXACT, HEAD, SHEETS, WHOLE
from codebook.interchange.tables import (
    CellProblem,
    Entry,
    Row,
    Table,
    merged,
    rows_of,
)
from codebook.places import Place, Problem


@dataclass
class Read:
    """A tree read from tables, what is wrong with them, and where its parts stand."""

    tree: Entry
    problems: list[Problem] = field(default_factory=list)
    rows: dict[Place, tuple[Table, Row]] = field(default_factory=dict)

    def entries(self, tables: Mapping[str, Table], name: str) -> Iterator[Row]:
        if name in tables:
            yield from rows_of(tables[name], COLUMNS[name], self.problems)

    def tell(self, table: Table, row: Row, path: str, sentence: str) -> None:
        self.problems.append(problem_at(table, row, path, sentence))

    def placed(self, problem: Problem) -> Problem:
        """The problem with its sheet, row and column."""
        for length in range(len(problem.place), 0, -1):
            if found := self.rows.get(problem.place[:length]):
                table, row = found
                steps = [
                    str(step)
                    for step in problem.place[length:]
                    if isinstance(step, str)
                ]
                paths = [".".join(steps[:many]) for many in range(len(steps), 0, -1)]
                path = next((path for path in paths if path in row.columns), "")
                if not path and not steps:
                    path = "value" if "value" in row.columns else ""
                return problem_at(table, row, path, problem.sentence, problem.place)
        sheet = SHEETS.get(problem.place[:2]) or SHEETS.get(problem.place[:1], "")
        return CellProblem(problem.place, problem.sentence, sheet=sheet)


def problem_at(
    table: Table, row: Row, path: str, sentence: str, place: Place = ()
) -> CellProblem:
    """A fault in a row, in the column of a field if it has one."""
    column = row.columns.get(path, 0)
    return CellProblem(
        place, sentence, sheet=table.name, row=row.number, column=column,
        header=table.headers[column - 1] if column else "",
    )  # fmt: skip


def read_tables(tables: Mapping[str, Table]) -> Read:
    """Return the tree that tables say, by the names of their sheets."""
    read = Read({})
    head: Entry = {}
    _read_fields(read, tables, "codebook", head, ("codebook",))
    read.tree["codebook"] = head
    _read_missing_codes(read, tables, head)
    rules = _list(read, tables, "rules", ("codebook", "general_rules"))
    _add(read, head, "general_rules", [row.entry.get("rule") for row in rules])
    versions = _list(read, tables, "versions", ("codebook", "version_history"))
    _add(read, head, "version_history", [row.entry for row in versions])
    _join(
        read, tables, "changes", "version", versions, "version", "changes", "versions"
    )
    sections = _list(read, tables, "sections", ("sections",))
    _add(read, read.tree, "sections", [row.entry for row in sections])
    _read_fields(read, tables, "more", read.tree, ())
    variables = _list(read, tables, "variables", ("variables",))
    read.tree["variables"] = [row.entry for row in variables]
    _join(
        read,
        tables,
        "categories",
        "variable",
        variables,
        "name",
        "categories",
        "variables",
    )
    derived = _list(read, tables, "derived", ("derived_variables",))
    _add(read, read.tree, "derived_variables", [row.entry for row in derived])
    _join(read, tables, "groups", "derived", derived, "name", "map", "derived")
    for row in derived:
        if isinstance(groups := row.entry.get("map"), list):
            row.entry["map"] = {
                str(group.get("group", "")): group.get("codes") for group in groups
            }
    return read


def _add(read: Read, tree: Entry, key: str, entries: list[Any]) -> None:
    if entries:
        tree[key] = entries


def _list(
    read: Read, tables: Mapping[str, Table], name: str, place: Place
) -> list[Row]:
    rows = [*read.entries(tables, name)]
    for number, row in enumerate(rows):
        read.rows[(*place, number)] = tables[name], row
    return rows


def _join(
    read: Read,
    tables: Mapping[str, Table],
    name: str,
    reference: str,
    parents: Sequence[Row],
    key: str,
    inside: str,
    sheet: str,
) -> None:
    """Put the entries of a sheet into those that they name."""
    by_name: dict[str, tuple[Place, Entry]] = {}
    places = {id(row): place for place, (_table, row) in read.rows.items()}
    for parent in parents:
        by_name.setdefault(
            str(parent.entry.get(key)), (places[id(parent)], parent.entry)
        )
    for row in read.entries(tables, name):
        own = row.entry.pop(reference, None)
        if own is None or str(own) not in by_name:
            sentence = (
                f"There is no “{own}” on the sheet “{sheet}”."
                if own is not None
                else f"Write in “{reference}” what this row belongs to on the sheet “{sheet}”."
            )
            read.tell(tables[name], row, reference, sentence)
            continue
        place, parent_entry = by_name[str(own)]
        entries = parent_entry.setdefault(inside, [])
        if not isinstance(entries, list):
            read.tell(tables[name], row, reference, f"“{own}” has “{inside}” in JSON already.")  # fmt: skip
            continue
        read.rows[(*place, inside, len(entries))] = tables[name], row
        entries.append(row.entry)


def _read_fields(
    read: Read, tables: Mapping[str, Table], name: str, tree: Entry, place: Place
) -> None:
    """Read a sheet with a field in every row."""
    for row in read.entries(tables, name):
        path = row.entry.get("field")
        if not path:
            read.tell(
                tables[name], row, "field", "Write in “field” what this row says."
            )
            continue
        steps = tuple(str(path).split(".", 1)) if place else (str(path),)
        if path == WHOLE:
            steps = ()
        is_head = bool(place) and len(steps) == 1
        value = _value(row.entry, steps[0] if is_head else "")
        if not steps and not isinstance(value, dict):
            read.tell(tables[name], row, "field", f"“{WHOLE}” needs fields in JSON.")
            continue
        for _twice in merged(tree, _nested(steps, value)):
            read.tell(tables[name], row, "field", f"“{path}” stands here twice.")
        read.rows[(*place, *steps)] = tables[name], row
        if len(steps) > 1:
            read.rows.setdefault((*place, steps[0]), (tables[name], row))


def _nested(steps: tuple[str, ...], value: Any) -> Entry:
    for step in reversed(steps):
        value = {step: value}
    return dict(value)


def _value(entry: Entry, head_field: str) -> Any:
    if EXACT in entry:
        return _exact(entry)
    if "list" in entry:
        return entry["list"]
    value = entry.get("value")
    kind = HEAD.get(head_field)
    return kind.read(value) if kind and isinstance(value, str | int | float) else value


def _exact(entry: Entry) -> Any:
    """The value that stands in JSON because no cell says it."""
    exact = entry[EXACT]
    return exact[0] if isinstance(exact, list) and len(exact) == 1 else exact


def _read_missing_codes(read: Read, tables: Mapping[str, Table], head: Entry) -> None:
    for row in read.entries(tables, "missing codes"):
        entry = {**row.entry}
        group, code = entry.pop("group", None), entry.pop("code", None)
        if group is None or code is None:
            read.tell(tables["missing codes"], row, "group", "A missing code needs its “group” and its “code”.")  # fmt: skip
            continue
        words = _exact(entry) if EXACT in entry else entry
        if words is entry and entry.keys() <= {"label"}:
            words = entry.get("label")
        steps = ("missing_codes", str(group), str(code))
        for _twice in merged(head, _nested(steps, words)):
            read.tell(tables["missing codes"], row, "code", f"Code {code} of “{group}” stands here twice.")  # fmt: skip
        read.rows[("codebook", *steps)] = tables["missing codes"], row
