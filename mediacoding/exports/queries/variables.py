"""The variables of a codebook version as columns, one also for every option of a multiple
choice, and answers as their cells."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from codebook.document import VariableSpec
from codebook.levels import Kind
from codebook.models import CodebookVersion, Variable
from codebook.queries import document_of
from codebook.values import Value
from mediacoding.exports.columns import Column, Type, measure_of
from mediacoding.exports.names import Names, identifier
from mediacoding.exports.request import ExportRequest
from mediacoding.exports.writing import Figure

TYPES = {
    Kind.SINGLE: Type.WHOLE,
    Kind.MULTI: Type.TEXT,
    Kind.INTEGER: Type.WHOLE,
    Kind.DECIMAL: Type.DECIMAL,
    Kind.DATE: Type.DAY,
    Kind.TEXT: Type.TEXT,
}


@dataclass(frozen=True, slots=True)
class Cell:
    """What a column of a wide file holds: a variable, or one option of a multiple choice."""

    spec: VariableSpec
    option: int | None
    column: Column

    def of(self, value: Value | None, missing: str) -> str:
        """The cell of an answer: codes as they are, missing codes too unless they are to
        be blank; "" where there is nothing."""
        if value is None:
            return ""
        if self.option is not None:
            is_value = value.state == "value"
            return str(int(self.option in value.codes)) if is_value else ""
        if value.state == "value":
            return Figure(value.value) if self.is_decimal else value.value
        if missing == "blank":
            return ""
        if value.state == "not_applicable":
            return not_applicable(self.spec)
        return value.value

    @property
    def is_decimal(self) -> bool:
        return self.spec.kind is Kind.DECIMAL


def cells_of(
    cells: Sequence[Cell], values: Mapping[str, Value], missing: str
) -> list[str]:
    """The cells of one coding, in the order of its columns."""
    return [cell.of(values.get(cell.spec.name), missing) for cell in cells]


def not_applicable(spec: VariableSpec) -> str:
    """The codebook's own code for “not applicable”, where it has one."""
    return next((str(m.code) for m in spec.missing if not m.is_offered), "")


def variable_columns(asked: ExportRequest, taken: Iterable[str]) -> list[Cell]:
    """The columns of the version asked for: a variable each, then its options.

    Variables have their own names, unless a column of the export has it already; options
    are NAME_CODE, with m for a minus sign.
    """
    version = asked.version
    if version is None:
        return []
    specs = [
        spec
        for spec in document_of(version).variables
        if asked.wants(version, spec.name)
    ]
    names = Names(*taken)
    own = {spec.name: names.give(spec.name) for spec in specs}
    earlier = earlier_names(version)
    cells: list[Cell] = []
    for spec in specs:
        column = _column(spec, own[spec.name], asked, earlier.get(spec.stable_id, ()))
        cells.append(Cell(spec, None, column))
        if spec.kind is Kind.MULTI:
            cells += _options(spec, column, names, asked.language)
    return cells


def _column(
    spec: VariableSpec, name: str, asked: ExportRequest, earlier: tuple[str, ...]
) -> Column:
    language = asked.language
    labels: dict[int, str] = {}
    missing: tuple[int, ...] = ()
    if spec.kind is not Kind.MULTI:
        if asked.filters.missing == "codes":
            labels = {m.code: m.label.in_(language) for m in spec.missing}
            missing = tuple(sorted(spec.missing_codes))
        labels = {c.code: c.label.in_(language) for c in spec.categories} | labels
    return Column(
        name,
        TYPES[spec.kind],
        spec.label.in_(language),
        measure_of(spec.level),
        labels,
        missing,
        earlier=tuple(old for old in earlier if old != spec.name),
        variable="" if name == spec.name else spec.name,
    )


def _options(
    spec: VariableSpec, column: Column, names: Names, language: str
) -> Iterable[Cell]:
    words = {0: _("not chosen"), 1: _("chosen")}
    for category in spec.categories:
        wanted = f"{spec.name}_{category.code}".replace("-", "m")
        yield Cell(
            spec,
            category.code,
            Column(
                names.give(wanted),
                Type.WHOLE,
                f"{column.label}: {category.label.in_(language)}",
                "nominal",
                words,
                choice=column.name,
            ),
        )


def of_coders(
    cells: Sequence[Cell], coders: Sequence[str], taken: Iterable[str]
) -> list[tuple[int, Cell]]:
    """Every column once for every coder, side by side: (place of the coder, column)."""
    names = Names(*taken)
    marks = Names()
    marked = [marks.give(identifier(coder)) for coder in coders]
    found: list[tuple[int, Cell]] = []
    given: dict[tuple[str, int], str] = {}
    for cell in cells:
        for place, coder in enumerate(coders):
            column = cell.column
            name = names.give(f"{column.name}_{marked[place]}")
            given[column.name, place] = name
            mine = replace(
                column,
                name=name,
                label=f"{column.label} ({coder})",
                choice=given[column.choice, place] if column.choice else "",
            )
            found.append((place, replace(cell, column=mine)))
    return found


def earlier_names(version: CodebookVersion) -> dict[str, tuple[str, ...]]:
    """The names that a version's variables had before, newest first, by stable id.

    From the codebook's earlier published versions, and from the renamings that its own
    history tells of.
    """
    found: dict[str, dict[str, None]] = {}
    rows = Variable.objects.filter(
        version__codebook=version.codebook_id, version__ordinal__lt=version.ordinal
    )
    for stable_id, name in rows.order_by("-version__ordinal").values_list(
        "stable_id", "name"
    ):
        found.setdefault(stable_id, {})[name] = None
    document = document_of(version)
    renamed = _renamed(document.head.get("version_history"))
    for spec in document.variables:
        known = found.setdefault(spec.stable_id, {})
        name = spec.name
        while name in renamed and renamed[name] not in known:
            name = renamed[name]
            known[name] = None
        known.pop(spec.name, None)
    return {stable_id: tuple(names) for stable_id, names in found.items()}


def _renamed(history: object) -> dict[str, str]:
    """Each new name with the one that it replaced, as far as a history says."""
    found: dict[str, str] = {}
    for version in history if isinstance(history, list) else ():
        changes = version.get("changes") if isinstance(version, Mapping) else ()
        for change in changes or ():
            if isinstance(change, Mapping) and change.get("kind") == "rename_variable":
                found[str(change.get("to"))] = str(change.get("variable"))
    return found
