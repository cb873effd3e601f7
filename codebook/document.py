"""The codebook document: the whole instrument as one immutable value. Pure.

A document is read from YAML or JSON (`codebook.reading`) and keeps everything that stood
there, known or not, in `tree`; the typed views below say what the program knows of it.
docs/codebook-format.md describes the format.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from codebook.levels import CategoryKind, Evidence, Kind, Level

Tree = Mapping[str, Any]

#: Where a language's own text is missing, these are read instead, in this order.
FALLBACKS = {
    "sr": ("sr-cyrl", "sr", "sr-latn"),
    "sr-latn": ("sr-latn", "sr"),
}
#: Codes that mean "not applicable" unless the document says otherwise.
NOT_APPLICABLE_CODES = frozenset({99, -99})


@dataclass(frozen=True, slots=True)
class Texts:
    """One text in several languages."""

    by_language: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, given: object) -> "Texts":
        """Texts of a mapping of languages, or of one text for every language."""
        if given is None:
            return cls()
        if isinstance(given, Mapping):
            return cls(tuple((str(k), str(v)) for k, v in given.items()))
        return cls((("", str(given)),))

    def in_(self, language: str) -> str:
        """The text in a language, or in the nearest one that there is."""
        texts = dict(self.by_language)
        wanted = FALLBACKS.get(language, (language, language.partition("-")[0]))
        for known in (*wanted, "", "en"):
            if known in texts:
                return texts[known]
        return next(iter(texts.values()), "")

    def __str__(self) -> str:
        return self.in_("en")

    def __bool__(self) -> bool:
        return bool(self.by_language)


@dataclass(frozen=True, slots=True)
class CategorySpec:
    """One category: its code, words and rules."""

    code: int
    stable_id: str
    label: Texts
    definition: Texts = Texts()
    examples: tuple[Texts, ...] = ()
    rule: Texts = Texts()
    kind: CategoryKind = CategoryKind.SUBSTANTIVE
    is_retired: bool = False
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class MissingSpec:
    """One missing code of a variable: why there is no value."""

    code: int
    label: Texts
    is_offered: bool  # whether a coder may choose it; the program writes the others


@dataclass(frozen=True, slots=True)
class Reliability:
    """What agreement a variable must reach."""

    check: bool = True
    target: float | None = None
    minimum: float | None = None
    metric: Level | None = None
    per_option: bool = False


@dataclass(frozen=True, slots=True)
class VariableSpec:
    """One variable: what is asked, how it is answered, when, and how well it must agree."""

    stable_id: str
    name: str
    section: str
    label: Texts
    question: Texts
    kind: Kind
    level: Level
    categories: tuple[CategorySpec, ...] = ()
    missing: tuple[MissingSpec, ...] = ()
    notes: Texts = Texts()
    role: str = ""
    ask_if: str = ""
    ends_item_if: str = ""
    required: bool = True
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    max_length: int | None = None
    unit_of_measurement: str = ""
    prefill: str = ""
    is_sensitive: bool = False
    evidence: Evidence = Evidence.NONE
    unit_kind: str = "article"
    consistency: str = ""
    reliability: Reliability = Reliability()

    def category(self, code: int) -> CategorySpec:
        """The category with a code. Raises KeyError."""
        for category in self.categories:
            if category.code == code:
                return category
        raise KeyError(code)

    @property
    def missing_codes(self) -> frozenset[int]:
        return frozenset(missing.code for missing in self.missing)

    @property
    def offered(self) -> tuple[CategorySpec, ...]:
        """The categories that a coder may choose."""
        return tuple(c for c in self.categories if not c.is_retired)

    @property
    def offered_missing(self) -> tuple[MissingSpec, ...]:
        """The missing codes that a coder may choose."""
        return tuple(missing for missing in self.missing if missing.is_offered)

    def words_of(self, code: int, language: str) -> str:
        """The label of a category or missing code; the code itself if it is neither."""
        labels = {spec.code: spec.label for spec in self.missing}
        labels |= {spec.code: spec.label for spec in self.categories}
        return labels[code].in_(language) if code in labels else str(code)

    def say(self, state: str, value: str, language: str) -> str:
        """A stored answer in words: labels for codes, the value itself otherwise."""
        if state in ("open", "not_applicable"):
            return "—"
        if not self.kind.has_categories and state == "value":
            return value
        words = [self.words_of(int(code), language) for code in value.split()]
        return ", ".join(words) or "∅"


@dataclass(frozen=True, slots=True)
class SectionSpec:
    """A part of the codebook that is coded in one go."""

    id: str
    label: Texts


@dataclass(frozen=True, slots=True)
class DerivedSpec:
    """A variable that the program computes from others."""

    name: str
    label: Texts
    level: str
    formula: str = ""
    source: str = ""


@dataclass(frozen=True)
class Document:
    """A codebook document. Two documents are equal when everything in them is."""

    tree: Tree = field(hash=False)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: equal digests mean equal instruments."""
        return hashlib.sha256(self.canonical_json.encode()).hexdigest()

    @cached_property
    def canonical_json(self) -> str:
        return json.dumps(
            self.tree, sort_keys=True, ensure_ascii=False, separators=(",", ":")
        )

    @property
    def stored_text(self) -> str:
        """JSON in the order in which it was written: what the database keeps."""
        return json.dumps(self.tree, ensure_ascii=False, separators=(",", ":"))

    def __hash__(self) -> int:
        return hash(self.digest)

    @property
    def head(self) -> Tree:
        return self.tree.get("codebook") or {}

    @property
    def key(self) -> str:
        return str(self.head.get("id", ""))

    @property
    def number(self) -> str:
        return str(self.head.get("version", ""))

    @property
    def title(self) -> Texts:
        return Texts.of(self.head.get("title"))

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.head.get("languages") or ())

    @property
    def universe(self) -> Texts:
        return Texts.of(self.head.get("universe"))

    @property
    def general_rules(self) -> tuple[Texts, ...]:
        return tuple(Texts.of(rule) for rule in self.head.get("general_rules") or ())

    @cached_property
    def sections(self) -> tuple[SectionSpec, ...]:
        return tuple(
            SectionSpec(str(section["id"]), Texts.of(section.get("label")))
            for section in self.tree.get("sections") or ()
        )

    @cached_property
    def variables(self) -> tuple[VariableSpec, ...]:
        return tuple(
            _variable(tree, self.head) for tree in self.tree.get("variables") or ()
        )

    @cached_property
    def derived(self) -> tuple[DerivedSpec, ...]:
        return tuple(
            DerivedSpec(
                name=str(tree["name"]),
                label=Texts.of(tree.get("label")),
                level=str(tree.get("level", "")),
                formula=str(tree.get("formula", "")),
                source=str(tree.get("from", "")),
            )
            for tree in self.tree.get("derived_variables") or ()
        )

    @cached_property
    def _by_name(self) -> dict[str, VariableSpec]:
        return {variable.name: variable for variable in self.variables}

    def variable(self, name: str) -> VariableSpec:
        """The variable of that name. Raises KeyError."""
        return self._by_name[name]

    def by_section(self) -> Iterator[tuple[SectionSpec, tuple[VariableSpec, ...]]]:
        """The sections that hold variables, each with its variables, in order."""
        for section in self.sections:
            inside = tuple(v for v in self.variables if v.section == section.id)
            if inside:
                yield section, inside


def _variable(tree: Tree, head: Tree) -> VariableSpec:
    """The typed view of one variable. The tree has passed `codebook.shape`."""
    kind, level = Kind(tree["type"]), Level(tree["level"])
    name = str(tree["name"])
    stable_id = str(tree.get("id", name))
    exclusive = set(tree.get("exclusive") or ())
    role = str(tree.get("role", ""))
    reliability = tree.get("reliability") or {}
    ask_if = str(tree.get("ask_if") or "")
    return VariableSpec(
        stable_id=stable_id,
        name=name,
        section=str(tree.get("section", "")),
        label=Texts.of(tree.get("label") or name),
        question=Texts.of(tree.get("question") or tree.get("label") or name),
        kind=kind,
        level=level,
        categories=tuple(
            _category(category, stable_id, exclusive)
            for category in tree.get("categories") or ()
        ),
        missing=tuple(
            _missing(code, kind, bool(ask_if), head)
            for code in tree.get("missing_codes") or ()
        ),
        notes=Texts.of(tree.get("notes")),
        role=role,
        ask_if=ask_if,
        ends_item_if=str(tree.get("ends_item_if") or ""),
        required=bool(tree.get("required", kind is not Kind.TEXT)),
        minimum=_decimal(tree.get("min")),
        maximum=_decimal(tree.get("max")),
        max_length=tree.get("max_length"),
        unit_of_measurement=str(tree.get("unit") or ""),
        prefill=str(tree.get("prefill") or ""),
        is_sensitive=bool(tree.get("sensitive", False)),
        evidence=Evidence(tree.get("evidence", "none")),
        unit_kind=str(tree.get("describes", "article")),
        consistency=str(tree.get("consistency") or ""),
        reliability=Reliability(
            check=bool(reliability.get("check", level is not Level.TEXT)),
            target=reliability.get("target"),
            minimum=reliability.get("minimum"),
            metric=Level(reliability["metric"]) if reliability.get("metric") else None,
            per_option=bool(reliability.get("per_option", kind is Kind.MULTI)),
        ),
    )


def _category(tree: Tree, variable_id: str, exclusive: set[int]) -> CategorySpec:
    code = int(tree["code"])
    return CategorySpec(
        code=code,
        stable_id=str(tree.get("id", f"{variable_id}:{code}")),
        label=Texts.of(tree.get("label") or code),
        definition=Texts.of(tree.get("definition")),
        examples=tuple(Texts.of(example) for example in tree.get("examples") or ()),
        rule=Texts.of(tree.get("rule")),
        kind=CategoryKind.EXCLUSIVE if code in exclusive else CategoryKind.SUBSTANTIVE,
        is_retired=tree.get("status") == "retired",
        parent=tree.get("parent"),
    )


def _missing(code: int, kind: Kind, has_filter: bool, head: Tree) -> MissingSpec:
    """A missing code with its words from the head of the codebook.

    "Not applicable" is what the program writes behind a false filter; a coder is offered
    it only where there is no filter to do so.
    """
    group = "categorical" if kind.has_categories else "numeric"
    declared = (head.get("missing_codes") or {}).get(group) or {}
    entry = declared.get(str(code))
    if isinstance(entry, Mapping) and "label" in entry:
        words, means = entry["label"], entry.get("means", "")
    else:
        words, means = entry, ""
    not_applicable = means == "not_applicable" or (
        not means and code in NOT_APPLICABLE_CODES
    )
    return MissingSpec(
        code=int(code),
        label=Texts.of(words if words is not None else code),
        is_offered=not (not_applicable and has_filter),
    )


def _decimal(given: object) -> Decimal | None:
    return None if given is None else Decimal(str(given))
