"""The changes of a comparison as a person reads them: by section and variable. Pure."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace

from codebook.changes.carrying import plan_of
from codebook.changes.change import Change, Comparison, Effect, Kind
from codebook.document import VariableSpec
from codebook.values import gettext_noop


@dataclass(frozen=True, slots=True)
class Pooling:
    """Whether the codings of both versions can be pooled for a variable, and why.

    `because` are the changes that separate them; `codes` are the old codes that become
    others before answers are pooled. `is_in_old` and `is_in_new` say which versions have
    the variable at all. An old answer `is_asked_anew` where a filter decides again whether
    it applies, and `is_checked` where it may be none that the new version takes: both are
    told when a coding is carried forward, not from the answer alone. `is_cut_between` if
    a version between the two separates them.
    """

    is_in_old: bool
    is_in_new: bool
    because: tuple[Change, ...] = ()
    codes: tuple[tuple[int, int], ...] = ()
    is_asked_anew: bool = False
    is_checked: bool = False
    is_cut_between: bool = False

    @property
    def is_possible(self) -> bool:
        return (
            self.is_in_old
            and self.is_in_new
            and not self.because
            and not (self.is_asked_anew or self.is_checked or self.is_cut_between)
        )


@dataclass(frozen=True, slots=True)
class Topic:
    """What changes are about: a variable, a derived one, a section, or the whole codebook.

    `name` is the old name, the new one's for an added variable; `pooling` is None for what
    is no variable.
    """

    section: str  # the section's id, or one of BESIDE
    name: str
    old: VariableSpec | None = None
    new: VariableSpec | None = None
    changes: tuple[Change, ...] = ()
    pooling: Pooling | None = None

    @property
    def spec(self) -> VariableSpec | None:
        return self.new or self.old


#: What stands beside the sections, with its heading.
CODEBOOK, SECTIONS, DERIVED = ".codebook", ".sections", ".derived_variables"
BESIDE = {
    CODEBOOK: gettext_noop("The codebook as a whole"),
    SECTIONS: gettext_noop("Sections"),
    DERIVED: gettext_noop("Derived variables"),
}
#: The fields of a document in words, for the heads of texts side by side.
FIELDS = {
    "label": gettext_noop("label"),
    "question": gettext_noop("question"),
    "notes": gettext_noop("notes"),
    "definition": gettext_noop("definition"),
    "rule": gettext_noop("rule"),
    "examples": gettext_noop("examples"),
    "name": gettext_noop("name"),
    "code": gettext_noop("code"),
    "categories": gettext_noop("categories"),
    "exclusive": gettext_noop("exclusive"),
    "missing_codes": gettext_noop("missing codes"),
    "level": gettext_noop("level"),
    "type": gettext_noop("type"),
    "min": gettext_noop("smallest value"),
    "max": gettext_noop("largest value"),
    "max_length": gettext_noop("length"),
    "unit": gettext_noop("unit of measurement"),
    "ask_if": gettext_noop("filter"),
    "ends_item_if": gettext_noop("end of the item"),
    "reliability": gettext_noop("agreement"),
    "minimum": gettext_noop("minimum"),
    "target": gettext_noop("target"),
    "required": gettext_noop("required"),
    "section": gettext_noop("section of the codebook"),
    "formula": gettext_noop("formula"),
    "title": gettext_noop("title"),
    "universe": gettext_noop("universe"),
    "general_rules": gettext_noop("general rules"),
    "status": gettext_noop("status"),
    "parent": gettext_noop("group"),
    "languages": gettext_noop("languages"),
    "evidence": gettext_noop("evidence"),
}


def topics(comparison: Comparison, *, cut: Container[str] = ()) -> tuple[Topic, ...]:
    """Return everything that changed, in the order of the new version's sections.

    Variables that are gone come last in their section; `cut` as in `variables`.
    """
    found = [*_beside(comparison, CODEBOOK), *_beside(comparison, SECTIONS)]
    found += _in_sections(
        comparison,
        [topic for topic in variables(comparison, cut=cut) if topic.changes],
    )
    return (*found, *_beside(comparison, DERIVED))


def variables(comparison: Comparison, *, cut: Container[str] = ()) -> tuple[Topic, ...]:
    """Return every variable of both versions, changed or not; those that are gone last.

    `cut` are those, by new name, that a version between the two separates.
    """
    old_names = {new: old for old, new in comparison.names}
    olds = {v.name: v for v in comparison.old.variables}
    gone: dict[str, tuple[Change, ...]] = {}
    stayed: dict[object, list[Change]] = {}
    for change in comparison:
        if change.kind is Kind.REMOVE_VARIABLE:
            gone[change.variable] = (change,)
        elif change.place[:1] == ("variables",) and len(change.place) > 1:
            stayed.setdefault(change.place[1], []).append(change)
    of_all = [c for c in comparison if not c.variable and not c.automatic]
    steps = plan_of(comparison).steps
    found = []
    for at, spec in enumerate(comparison.new.variables):
        name = old_names.get(spec.name)
        was = olds.get(name) if name is not None else None
        changes = tuple(stayed.get(at, ()))
        pooling = Pooling(
            is_in_old=was is not None,
            is_in_new=True,
            because=tuple(c for c in (*of_all, *changes) if was and not c.automatic),
            codes=tuple(sorted(steps[at].codes.items())),
            is_asked_anew=was is not None and steps[at].filter is not None,
            is_checked=steps[at].has_limits,
            is_cut_between=was is not None and spec.name in cut,
        )
        found.append(
            Topic(spec.section, name or spec.name, was, spec, changes, pooling)
        )
    for spec in comparison.old.variables:
        if changes := gone.get(spec.name, ()):
            pooling = Pooling(is_in_old=True, is_in_new=False)
            found.append(Topic(spec.section, spec.name, spec, None, changes, pooling))
    return tuple(found)


def _beside(comparison: Comparison, where: str) -> Iterator[Topic]:
    """The topics that are no variables, in the order of the document."""
    by_name: dict[str, list[Change]] = {}
    for change in comparison:
        if _place(change) == where:
            by_name.setdefault(_name(comparison, change), []).append(change)
    for name, changes in by_name.items():
        yield Topic(where, name, changes=tuple(changes))


def _place(change: Change) -> str:
    first = f".{change.place[0]}" if change.place else CODEBOOK
    if first == ".variables" and len(change.place) > 1:
        return ""
    return first if first in BESIDE else CODEBOOK


def _name(comparison: Comparison, change: Change) -> str:
    """The derived variable or the section that a change is about."""
    if change.variable or _place(change) != SECTIONS or len(change.place) < 2:
        return change.variable
    is_gone = change.kind is Kind.REMOVE_SECTION
    sections = (comparison.old if is_gone else comparison.new).sections
    return sections[int(change.place[1])].id


def _in_sections(comparison: Comparison, found: Iterable[Topic]) -> list[Topic]:
    """The topics by section: those of the new version, then those that are gone."""
    ids = [s.id for s in (*comparison.new.sections, *comparison.old.sections)]
    order = {id: at for at, id in reversed([*enumerate(ids)])}
    return sorted(found, key=lambda topic: order.get(topic.section, len(ids)))


def with_effect(found: Iterable[Topic], effect: Effect) -> tuple[Topic, ...]:
    """The topics that have changes of an effect, with these alone."""
    kept = (
        replace(t, changes=tuple(c for c in t.changes if c.effect is effect))
        for t in found
    )
    return tuple(topic for topic in kept if topic.changes)


def headings(comparison: Comparison, language: str) -> dict[str, str]:
    """The headings of both versions' sections, by id, in a language."""
    return {
        spec.id: spec.label.in_(language) or spec.id
        for document in (comparison.old, comparison.new)
        for spec in document.sections
    }
