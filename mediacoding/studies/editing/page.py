"""What the pages of the codebook editor show beside a form: outline, faults, preview, steps."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.forms import Form
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from codebook import checks, queries
from codebook.document import Document
from codebook.editing import steps
from codebook.editing.tree import keys_of, languages_of
from codebook.models import CodebookVersion, DraftRevision
from codebook.options import Option, options_of
from codebook.places import Place, Problem
from codebook.reader import ReadVariable, read_variable
from codebook.values import Value
from mediacoding.studies.models import Study

HEAD, SECTION, VARIABLE, DERIVED = "head", "section", "variable", "derived"


@dataclass(frozen=True, slots=True)
class Where:
    """A part of the codebook that a form is about."""

    what: str
    key: str = ""

    def address(self, study: Study, draft: CodebookVersion) -> str:
        parts = [study.slug, draft.ordinal]
        if self.what == HEAD:
            return reverse("studies:codebook_edit", args=parts)
        return reverse(f"studies:codebook_edit_{self.what}", args=[*parts, self.key])


@dataclass(frozen=True, slots=True)
class Fault:
    """A problem of the draft, with the field in which it is mended."""

    sentence: str
    about: str
    where: Where
    field: str
    address: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the outline."""

    key: str
    label: str
    address: str
    is_here: bool
    n_faults: int


@dataclass(frozen=True, slots=True)
class SectionEntry:
    """A section of the outline with its variables."""

    entry: Entry
    variables: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """Everything that has a form, in its order."""

    sections: tuple[SectionEntry, ...]
    homeless: tuple[Entry, ...]
    derived: tuple[Entry, ...]
    n_faults_of_head: int
    head_address: str

    @property
    def section_here(self) -> str:
        """The section that the form is about, or in which its variable stands."""
        for section in self.sections:
            if section.entry.is_here or any(line.is_here for line in section.variables):
                return section.entry.key
        return self.sections[-1].entry.key if self.sections else ""


@lru_cache(maxsize=16)
def problems_of(document: Document) -> tuple[Problem, ...]:
    """The problems of a document; those of one that was checked before are kept."""
    return tuple(checks.problems(document))


def outline_of(
    study: Study, draft: CodebookVersion, here: Where, faults: Sequence[Fault]
) -> Outline:
    """The outline of a draft, with how many faults every entry has."""
    document = queries.document_of(draft)
    language = get_language() or "en"
    counts = Counter(fault.where for fault in faults)

    def entries(kind: str, name: str, specs: Sequence[Any]) -> list[Entry]:
        keys = keys_of(document.tree, name)
        found = []
        for key, spec in zip(keys, specs, strict=True):
            where = Where(kind, key)
            found.append(
                Entry(
                    key,
                    spec.label.in_(language) or getattr(spec, "name", key),
                    where.address(study, draft),
                    where == here,
                    counts[where],
                )
            )
        return found

    by_section: dict[str, list[Entry]] = {}
    variables = entries(VARIABLE, "variables", document.variables)
    for line, spec in zip(variables, document.variables, strict=True):
        by_section.setdefault(spec.section, []).append(line)
    sections = tuple(
        SectionEntry(line, tuple(by_section.pop(section.id, ())))
        for line, section in zip(
            entries(SECTION, "sections", document.sections),
            document.sections,
            strict=True,
        )
    )
    return Outline(
        sections=sections,
        homeless=tuple(line for lines in by_section.values() for line in lines),
        derived=tuple(entries(DERIVED, "derived_variables", document.derived)),
        n_faults_of_head=counts[Where(HEAD)],
        head_address=Where(HEAD).address(study, draft),
    )


def faults_of(
    study: Study,
    draft: CodebookVersion,
    here: Where,
    typed: Document | None = None,
) -> tuple[Fault, ...]:
    """The problems of a draft as it is, or of a document that is being typed."""
    if typed is None:
        document = queries.document_of(draft)
        return tuple(_faults(study, draft, document, problems_of(document), here))
    return tuple(_faults(study, draft, typed, checks.problems(typed), here))


def _faults(
    study: Study,
    draft: CodebookVersion,
    document: Document,
    problems: Iterable[Problem],
    here: Where,
) -> Iterator[Fault]:
    variables = keys_of(document.tree, "variables")
    sections = keys_of(document.tree, "sections")
    derived = keys_of(document.tree, "derived_variables")
    first = languages_of(document.tree)[0]
    for problem in problems:
        where, about = Where(HEAD), ""
        match problem.place:
            case ("variables", int(number), *_rest):
                where = Where(VARIABLE, variables[number])
                about = document.variables[number].name
            case ("sections", int(number), *_rest):
                where = Where(SECTION, sections[number])
                about = sections[number]
            case ("derived_variables", int(number), *_rest):
                where = Where(DERIVED, derived[number])
                about = document.derived[number].name
        field = field_of(problem.place, first)
        yield Fault(
            sentence=problem.sentence,
            about=about,
            where=where,
            field=field,
            address=f"{where.address(study, draft)}#{field}",
            is_here=where == here,
        )


#: Fields of the document that the form calls otherwise.
FIELDS = {
    "reliability": "reliability_minimum",
    "exclusive": "categories",
    "id": "name",
    "categories": "categories",
    "map": "groups",
}
TEXTS = (
    "title", "universe", "general_rules", "label", "question", "notes", "definition",
    "rule", "examples",
)  # fmt: skip
ROW = re.compile(r"(category-\d+)-.+")


def field_of(place: Place, language: str) -> str:
    """The id of the field in which a problem at a place is mended."""
    match place:
        case ("variables", int(), "categories", int(row), *rest):
            name = str(rest[0]) if rest else "code"
            name = {"id": "code"}.get(name, name)
            tail = f"_{language}" if name in TEXTS else ""
            return f"id_category-{row}-{name}{tail}"
        case ("variables", int(), "reliability", str(name)):
            return f"id_reliability_{name}"
        case ("variables", int()):
            return "categories"
        case (str(), int(), str(name), *_rest) | ("codebook", str(name), *_rest):
            name = FIELDS.get(name, name)
            tail = f"_{language}" if name in TEXTS else ""
            return name if name == "categories" else f"id_{name}{tail}"
        case ("variables",):
            return "add"
        case _:
            return "id_formula"


def slot_of(field: str) -> str:
    """The place of a form where it is said what is wrong with a field."""
    name = field.removeprefix("id_")
    if row := ROW.fullmatch(name):
        return row[1]
    return next((text for text in TEXTS if name.startswith(f"{text}_")), name)


def slots_of(faults: Iterable[Fault], form: Form | None) -> dict[str, list[str]]:
    """What is wrong with the form and with the part that it is about, by slot."""
    found: dict[str, list[str]] = {}
    for shown in (form, *getattr(form, "categories", ())):
        if shown is not None and shown.is_bound:
            for name, errors in shown.errors.items():
                slot = slot_of(shown.add_prefix(name))
                found.setdefault(slot, []).extend(str(error) for error in errors)
    for fault in faults:
        if fault.is_here:
            found.setdefault(slot_of(fault.field), []).append(fault.sentence)
    return found


def slot_names(form: Form) -> list[str]:
    """Every slot of a form."""
    names = [slot_of(name) for name in form.fields]
    rows = [row.slot for row in getattr(form, "categories", ())]
    return [*dict.fromkeys(names), "categories", *rows]


@dataclass(frozen=True, slots=True)
class Preview:
    """A variable as a coder is asked it; `variable` and `read` as on the coder's desk."""

    read: ReadVariable
    options: tuple[Option, ...]
    language: str
    text: str = ""


def preview_of(document: Document, key: str, language: str) -> Preview | None:
    """The variable as the coder will see it; None if it is not there any more."""
    keys = keys_of(document.tree, "variables")
    if key not in keys:
        return None
    read = read_variable(document, document.variables[keys.index(key)], language)
    options = options_of(read, Value("open"), _("None applies"))
    return Preview(read, options, language)


# -- steps ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a draft in words."""

    row: DraftRevision
    words: str
    is_now: bool


@dataclass(frozen=True, slots=True)
class Steps:
    """How a draft was written, newest first, and what can be undone."""

    rows: tuple[Step, ...]
    may_undo: bool
    may_redo: bool

    @property
    def last(self) -> Step | None:
        return self.rows[0] if self.rows else None


def steps_of(draft: CodebookVersion) -> Steps:
    """The steps of a draft: one query."""
    rows = list(queries.revisions_of(draft))
    numbers = {row.revision: row.restores for row in reversed(rows)}
    return Steps(
        tuple(
            Step(row, _words(row.act, row.about, row.restores), not number)
            for number, row in enumerate(rows)
        ),
        may_undo=bool(numbers) and steps.undone_by(numbers) is not None,
        may_redo=bool(numbers) and steps.redone_by(numbers) is not None,
    )


def _words(act: str, about: str, restores: int | None) -> str:
    known: Mapping[str, str] = {
        "import_document": _("The draft was begun"),
        "change_head": _("Title and general rules changed"),
        "change_section": _("Section “%(about)s” changed"),
        "add_section": _("A section was added"),
        "remove_section": _("Section “%(about)s” removed"),
        "move_section": _("Section “%(about)s” moved"),
        "change_variable": _("“%(about)s” changed"),
        "add_variable": _("A variable was added"),
        "copy_variable": _("“%(about)s” copied"),
        "remove_variable": _("“%(about)s” removed"),
        "add_derived": _("A derived variable was added"),
        "change_derived": _("Derived variable “%(about)s” changed"),
        "remove_derived": _("Derived variable “%(about)s” removed"),
        "move_derived": _("Derived variable “%(about)s” moved"),
        "move_variable": _("“%(about)s” moved"),
        "undo": _("Back to step %(step)s"),
        "redo": _("Forward to step %(step)s"),
    }
    return known.get(act, act) % {"about": about, "step": restores}
