"""A codebook out of the codes of another program, and every assumption said. Pure.

A system of codes does not know variables, levels or filters. What it has is read like this:
a code with codes below it is a variable with categories; one whose codes all have codes
below them, and which codes nothing itself, is a section; codes that stand alone are
gathered in one variable, or in one for each set they belong to.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from codebook import checks, shape
from codebook.document import Document
from codebook.interchange import qdc_reading
from codebook.interchange.names import name_from
from codebook.interchange.qdc import joined
from codebook.interchange.qdc_reading import Code, CodeBook, CodeSet, walk
from codebook.places import Place
from codebook.reading import Note, Reading, placed
from codebook.values import gettext_noop

Entry = dict[str, Any]
NUMBERED = re.compile(r"(-?\d{1,6})\s*(?:[-–—=:.)]\s*|\s+)(\S.*)")
MAIN = "main"
MOST_NAMED = 20


def read(data: bytes, *, name: str = "", number: str = "1.0") -> Reading:
    """Read a .qdc file as a codebook, with every problem at once and its line.

    A file that we wrote gives the document that it was written from. Of another program's
    file a draft is made, `notes` say what had to be assumed, and `name` (of the file) and
    `number` (of the version) fill what it cannot say.
    """
    found = qdc_reading.read(data)
    if found.problems:
        ordered = sorted(found.problems, key=lambda problem: problem.line or 0)
        return Reading(None, tuple(ordered))
    maker = _Maker(found, name, number)
    tree = maker.tree()
    notes = tuple(found.notes)
    if wrong := [*shape.problems(tree)]:
        return Reading(None, placed(wrong, maker.lines))
    document = Document(tree)
    return Reading(document, placed(checks.problems(document), maker.lines), notes)


@dataclass
class _Maker:
    found: CodeBook
    name: str
    number: str
    language: str = "en"
    variables: list[Entry] = field(default_factory=list)
    sections: list[Entry] = field(default_factory=list)
    lines: dict[Place, int] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    told: dict[str, list[str]] = field(default_factory=dict)

    def tree(self) -> Entry:
        ours = [given for given in self.found.sets if "codebook" in given.apart]
        rest = ours[0].apart["codebook"] or {} if ours else {}
        self.language = str(rest.get("language") or self.language)
        sets = [given for given in self.found.sets if not given.apart]
        for given in self.found.sets:
            if "section" in given.apart:
                entry = self.own(given.apart["section"], {"label": given.name})
                self.sections.append(entry)
        for code in walk(self.found.codes):
            if "variable" in code.apart:
                fields = (code.apart["variable"] or {}).get("fields") or {}
                self.names.add(str(fields.get("name", "")))
        self.top(sets)
        tree = {**(rest.get("rest") or {})}
        if "codebook" not in tree:
            tree["codebook"] = self.head()
        if self.sections:
            tree["sections"] = self.sections
        tree["variables"] = self.variables
        self.lines.update(
            {(): 1, ("codebook",): 1, ("variables",): 1, ("sections",): 1}
        )
        self.notes(is_ours=bool(ours))
        return tree

    def own(self, apart: Any, told: dict[str, str]) -> Entry:
        return joined(apart if isinstance(apart, dict) else {}, told, self.language)

    def head(self) -> Entry:
        title = PurePath(self.name).stem or self.found.origin or "Codebook"
        return {
            "id": name_from(title, (), "codebook").replace("_", "-"),
            "title": title,
            "version": self.number,
        }

    def top(self, sets: Sequence[CodeSet]) -> None:
        """Make variables of the codes at the top, those without codes below together."""
        alone: list[Code] = []
        for code in self.found.codes:
            if "variable" in code.apart or (code.inside and not _is_folder(code)):
                self.variable(code, self.section_of(code, sets))
            elif code.inside:
                section = self.section(code.guid, code.name)
                self.tell("sections", code.name)
                for inner in code.inside:
                    self.variable(inner, section)
            else:
                alone.append(code)
        for given in sets:
            inside = [code for code in alone if code.guid in given.members]
            alone = [code for code in alone if code not in inside]
            if inside:
                self.tell("gathered", given.name)
                self.gather(given.guid, given.name, given.text, inside, given.line)
        if alone:
            self.tell("gathered", "Codes")
            self.gather("", "Codes", "", alone, alone[0].line)

    def section_of(self, code: Code, sets: Sequence[CodeSet]) -> str:
        for given in sets:
            if code.guid in given.members:
                return self.section(given.guid, given.name)
        return "" if "variable" in code.apart else self.section(MAIN, "Codes")

    def section(self, own: str, label: str) -> str:
        if all(section.get("id") != own for section in self.sections):
            self.sections.append({"id": own, "label": label})
        return own

    def gather(
        self, guid: str, name: str, text: str, codes: list[Code], line: int
    ) -> None:
        together = Code(guid, name, text, {}, False, "", line, codes)
        self.variable(together, self.section(MAIN, "Codes"))

    def variable(self, code: Code, section: str) -> None:
        place: Place = ("variables", len(self.variables))
        self.lines[place] = code.line
        if "variable" in code.apart:
            entry = self.own(
                code.apart["variable"], {"label": code.name, "question": code.text}
            )
        else:
            entry = self.made(code, section)
        if categories := [*self.categories(code, place)]:
            entry["categories"] = categories
        self.variables.append(entry)

    def made(self, code: Code, section: str) -> Entry:
        """A variable of a code that another program made."""
        name = name_from(code.name, self.names)
        self.names.add(name)
        kind = "single" if _numbers(code.inside) else "multi"
        self.tell(kind, code.name)
        entry: Entry = {"id": code.guid} if code.guid else {}
        entry |= {"name": name, "section": section, "label": code.name}
        entry |= {"question": code.text or code.name, "level": "nominal", "type": kind}
        if code.colour:
            entry["color"] = code.colour
        return entry

    def categories(self, code: Code, place: Place) -> Iterator[Entry]:
        """The categories of a variable; what stands deeper has a parent."""
        numbers = _numbers(code.inside)
        taken = {
            int(number)
            for inner in walk(code.inside)
            if isinstance(number := _fields(inner).get("code"), int)
        } | {number for number, _label in numbers}
        if "variable" not in code.apart and any(inner.inside for inner in code.inside):
            self.tell("deeper", code.name)
        last = max(taken, default=0)
        above: dict[str, int] = {}
        for at, (inner, parent) in enumerate(_below(code)):
            self.lines[(*place, "categories", at)] = inner.line
            if "category" in inner.apart:
                entry = self.own(
                    inner.apart["category"],
                    {"label": inner.name, "definition": inner.text},
                )
            elif numbers and parent is None:
                number, label = numbers[code.inside.index(inner)]
                entry = self.category(inner, number, label)
            else:
                last += 1
                entry = self.category(inner, last, inner.name)
                if "variable" in code.apart:
                    self.tell("added", inner.name)
            if parent is not None and parent.guid in above:
                entry["parent"] = above[parent.guid]
            if isinstance(entry.get("code"), int):
                above[inner.guid] = entry["code"]
            yield entry

    def category(self, code: Code, number: int, label: str) -> Entry:
        entry: Entry = {"code": number, "id": code.guid, "label": label}
        if code.text:
            entry["definition"] = code.text
        if code.colour:
            entry["color"] = code.colour
        if not code.is_codable:
            self.tell("uncodable", code.name)
        return entry

    def tell(self, what: str, name: str) -> None:
        self.told.setdefault(what, []).append(name)

    def notes(self, *, is_ours: bool) -> None:
        """Say what was assumed, one sentence for each assumption."""
        for what, sentence in NOTES.items():
            if names := self.told.get(what):
                said = ", ".join(f"“{name}”" for name in names[:MOST_NAMED])
                said += ", …" * (len(names) > MOST_NAMED)
                self.found.notes.append(Note(sentence, {"names": said}))
        if not is_ours:
            self.found.notes.append(Note(UNSAID, {"number": self.number}))


NOTES = {
    "sections": gettext_noop(
        "Read as sections, because all their codes have codes below them: %(names)s."
    ),
    "single": gettext_noop(
        "Read as single choices, because their codes begin with numbers: %(names)s."
    ),
    "multi": gettext_noop(
        "Read as multiple choices, because several codes may stand at one place: %(names)s. "
        "Make single choices of those where a coder shall choose one."
    ),
    "gathered": gettext_noop(
        "Codes without codes below them were gathered in variables of their own: %(names)s."
    ),
    "deeper": gettext_noop(
        "Codes of deeper levels became categories below their parents: %(names)s."
    ),
    "added": gettext_noop(
        "These categories are new, and got the next free codes: %(names)s."
    ),
    "uncodable": gettext_noop(
        "These codes only group others; as categories a coder could choose them: %(names)s."
    ),
}
UNSAID = gettext_noop(
    "The file does not say version, level of measurement, filters, missing codes and "
    "thresholds of agreement: version %(number)s, nominal, none."
)


def _is_folder(code: Code) -> bool:
    """Whether a code only holds others that hold others: a section."""
    return not code.is_codable and all(inner.inside for inner in code.inside)


def _numbers(codes: Sequence[Code]) -> list[tuple[int, str]]:
    """The numbers and labels of codes that are all numbered, each with its own; else []."""
    found = [NUMBERED.fullmatch(code.name) for code in codes]
    numbers = [(int(match[1]), match[2]) for match in found if match]
    distinct = {number for number, _label in numbers}
    return numbers if len(distinct) == len(codes) else []


def _below(
    code: Code, parent: Code | None = None
) -> Iterator[tuple[Code, Code | None]]:
    for inner in code.inside:
        yield inner, parent
        yield from _below(inner, inner)


def _fields(code: Code) -> Entry:
    """The fields of a category that we wrote."""
    apart = code.apart.get("category")
    return (apart.get("fields") or {}) if isinstance(apart, dict) else {}
