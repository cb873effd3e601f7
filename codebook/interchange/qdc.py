"""Codebooks in the exchange format of programs for qualitative analysis, REFI-QDA .qdc. Pure.

A variable is a code, its categories are codes below it; a section is a set. The format has
names, descriptions, colours and sets, and no more. So the words in one language stand where
every program shows them, and everything else stands at the end of the description, behind
`MARK`, as YAML: a program that keeps descriptions and sets keeps the whole codebook.

Source: REFI-QDA Standard 1.5, Codebook exchange, namespace urn:QDA-XML:codebook:1.0.
"""

import re
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import yaml
from lxml import etree

from codebook.document import Document, Texts

NAMESPACE = "urn:QDA-XML:codebook:1.0"
ORIGIN = "mediacoding"
MARK = "— mediacoding —"
#: Identities of ours that are none by themselves become GUIDs in this space.
SPACE = uuid.uuid5(uuid.NAMESPACE_URL, NAMESPACE)
GUID = re.compile(
    r"\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?",
    re.IGNORECASE,
)
COLOUR = re.compile(r"#([A-Fa-f0-9]{6}|[A-Fa-f0-9]{3})")
#: Eight hues that colour-blind people tell apart (Okabe and Ito 2008), without black.
COLOURS = (
    "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7", "#999999",
)  # fmt: skip
NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(document: Document, *, language: str = "") -> bytes:
    """Return the document as a .qdc file; `qdc_reading.read` gives an equal document.

    Names and descriptions are in `language`, or in the first of the document. The
    document's shape must be right (`codebook.shape`).
    """
    language = language or (document.languages or ("en",))[0]
    root = etree.Element(_tag("CodeBook"), nsmap={None: NAMESPACE}, origin=ORIGIN)
    writer = _Writer(document, language, root)
    codes = etree.SubElement(root, _tag("Codes"))
    for number, tree in enumerate(document.tree["variables"]):
        writer.variable(codes, number, tree)
    writer.sets(etree.SubElement(root, _tag("Sets")))
    text: bytes = etree.tostring(
        root, encoding="UTF-8", xml_declaration=True, pretty_print=True
    )
    return text


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


@dataclass
class _Writer:
    document: Document
    language: str
    root: Any
    guids: Counter[str] = field(default_factory=Counter)
    members: dict[str, list[str]] = field(default_factory=dict)  # by section

    def guid(self, kind: str, stable_id: str) -> str:
        """The identity of a thing: the same in every file and every version."""
        own = GUID.fullmatch(stable_id)
        name = f"{self.document.key}/{kind}/{stable_id}"
        guid = own[1].lower() if own else str(uuid.uuid5(SPACE, name))
        self.guids[guid] += 1
        if self.guids[guid] > 1:  # a draft may use an identity twice
            guid = str(uuid.uuid5(SPACE, f"{name}/{self.guids[guid]}"))
        return guid

    def variable(self, codes: Any, number: int, tree: dict[str, Any]) -> None:
        spec = self.document.variables[number]
        entries = tree.get("categories") or []
        rest = {k: v for k, v in tree.items() if k != "categories" or not entries}
        colour = _colour(tree, COLOURS[number % len(COLOURS)])
        guid = self.guid("variable", spec.stable_id)
        element = self.code(
            codes, guid, "variable", rest, spec.label, "question", spec.question,
            is_codable=not entries, colour=colour,
        )  # fmt: skip
        members = self.members.setdefault(spec.section, [])
        members.append(guid)
        below: dict[int | None, Any] = {None: element}
        nests = _nests(entries)
        for category, entry in zip(spec.categories, entries, strict=True):
            rest = dict(entry)
            is_below = nests and entry.get("parent") is not None
            parent = rest.pop("parent") if is_below else None
            guid = self.guid("category", category.stable_id)
            members.append(guid)
            below[category.code] = self.code(
                below[parent], guid, "category", rest, category.label, "definition",
                category.definition, is_codable=True, colour=_colour(entry, colour),
            )  # fmt: skip

    def code(
        self,
        above: Any,
        guid: str,
        kind: str,
        rest: dict[str, Any],
        label: Texts,
        described_by: str,
        description: Texts,
        *,
        is_codable: bool,
        colour: str,
    ) -> Any:
        element = etree.SubElement(above, _tag("Code"))
        name = _in_one_line(label.in_(self.language))
        text = NOT_XML.sub("", description.in_(self.language)).strip()
        element.set("guid", guid)
        element.set("name", name or "?")
        element.set("isCodable", "true" if is_codable else "false")
        element.set("color", colour)
        apart = _apart(rest, {"label": name, described_by: text}, self.language)
        described = etree.SubElement(element, _tag("Description"))
        described.text = _described(text, {kind: apart})
        return element

    def sets(self, above: Any) -> None:
        """A set for each section, and one for what belongs to the whole codebook."""
        tree = {k: v for k, v in self.document.tree.items() if k != "variables"}
        sections = tree.pop("sections", None) or []
        if not sections and "sections" in self.document.tree:
            tree["sections"] = self.document.tree["sections"]
        for spec, entry in zip(self.document.sections, sections, strict=True):
            name = _in_one_line(spec.label.in_(self.language)) or spec.id
            apart = _apart(entry, {"label": name}, self.language)
            self.set(above, "section", spec.id, name, {"section": apart}, self.members.get(spec.id, []))  # fmt: skip
        everything = [guid for members in self.members.values() for guid in members]
        name = _in_one_line(self.document.title.in_(self.language)) or "?"
        apart = {"language": self.language, "rest": tree}
        self.set(above, "codebook", "", name, {"codebook": apart}, everything)

    def set(
        self, above: Any, kind: str, own: str, name: str, rest: Any, members: list[str]
    ) -> None:
        element = etree.SubElement(above, _tag("Set"))
        element.set("guid", self.guid(kind, own))
        element.set("name", name)
        etree.SubElement(element, _tag("Description")).text = _described("", rest)
        for guid in members:
            etree.SubElement(element, _tag("MemberCode"), guid=guid)


def _nests(entries: list[dict[str, Any]]) -> bool:
    """Whether categories can stand below their parents and keep their order."""
    above: list[Any] = []
    for entry in entries:
        parent = entry.get("parent")
        while above and above[-1] != parent:
            above.pop()
        if parent is not None and not above:
            return False
        above.append(entry["code"])
    codes = [entry["code"] for entry in entries]
    return len(codes) == len(set(codes))


def _apart(
    entry: dict[str, Any], told: dict[str, str], language: str
) -> dict[str, Any]:
    """What of an entry the visible words do not tell.

    "exact" are fields that the words tell otherwise than they are, "absent" those that the
    entry does not have: a program reads what it finds, and both are put right by these.
    """
    rest = {key: value for key, value in entry.items() if key not in told}
    exact = {}
    absent = []
    for key, text in told.items():
        value = entry.get(key)
        if key not in entry:
            absent += [key] if text else []
        elif isinstance(value, dict) and text and value.get(language) == text:
            rest[key] = {k: v for k, v in value.items() if k != language}
        elif value != text or not text:
            exact[key] = value
    apart: dict[str, Any] = {"fields": rest} if rest else {}
    if exact:
        apart["exact"] = exact
    if absent:
        apart["absent"] = absent
    return apart


def joined(
    apart: dict[str, Any], told: dict[str, str], language: str
) -> dict[str, Any]:
    """The entry that `_apart` took apart; `told` may have been edited in between."""
    entry = dict(apart.get("fields") or {})
    exact = apart.get("exact") or {}
    for key, text in told.items():
        if key in exact:
            entry[key] = exact[key]
        elif not text or key in (apart.get("absent") or ()):
            continue
        elif isinstance(entry.get(key), dict):
            entry[key] = {language: text, **entry[key]}
        else:
            entry[key] = text
    return entry


def _described(text: str, rest: dict[str, Any]) -> str:
    dumped = yaml.dump(
        rest, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=100
    )
    return "\n\n".join(part for part in (text, f"{MARK}\n{dumped}") if part)


def _in_one_line(text: str) -> str:
    return " ".join(NOT_XML.sub("", text).split())


def _colour(tree: dict[str, Any], otherwise: str) -> str:
    own = tree.get("color")
    return own if isinstance(own, str) and COLOUR.fullmatch(own) else otherwise
