"""Reading .qdc files: their structure, with every fault and its line. Pure.

`qdc_translation` makes a codebook of what was read here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from lxml import etree

from codebook.interchange.qdc import COLOUR, GUID, MARK, NAMESPACE
from codebook.places import Problem
from codebook.reading import Note
from codebook.values import gettext_noop

#: The standard's namespace; as NVivo and QualCoder write it; none at all.
NAMESPACES = (NAMESPACE, "urn:QDA-XML:codebook:1:0", "")
PROJECTS = ("urn:QDA-XML:project:1.0", "urn:QDA-XML:project:1:0")
LAST_MARK = re.compile(rf"(?:^|\n)[ \t]*{re.escape(MARK)}[ \t]*(?:\n|$)")
TRUTH = {"true": True, "1": True, "false": False, "0": False}


@dataclass
class Code:
    """A code of the file; `apart` is what we wrote behind the mark, if we did."""

    guid: str
    name: str
    text: str
    apart: dict[str, Any]
    is_codable: bool
    colour: str
    line: int
    inside: list["Code"] = field(default_factory=list)


@dataclass
class CodeSet:
    """A set of codes, by their identities."""

    guid: str
    name: str
    text: str
    apart: dict[str, Any]
    line: int
    members: list[str] = field(default_factory=list)


@dataclass
class CodeBook:
    """A .qdc file as it stands."""

    origin: str
    codes: list[Code] = field(default_factory=list)
    sets: list[CodeSet] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def walk(codes: list[Code]) -> Iterator[Code]:
    """Every code of a list and below it, in the order of the file."""
    for code in codes:
        yield code
        yield from walk(code.inside)


def read(data: bytes) -> CodeBook:
    """Return what a .qdc file holds; its faults are in `problems`.

    Nothing outside the file is read: no entity, no document type, no network.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        what = (error.msg or "it cannot be read").rstrip(".")
        return _refused(f"The file is no valid XML: {what}.", error.lineno)
    if root.getroottree().docinfo.doctype:
        return _refused(
            "The file declares a document type; a .qdc file has none. Export it anew.",
            1,
        )
    name = etree.QName(root)
    if name.namespace in PROJECTS or name.localname == "Project":
        return _refused(
            "This is a whole REFI-QDA project. Export the codebook alone (.qdc).", 1
        )
    if name.localname != "CodeBook" or (name.namespace or "") not in NAMESPACES:
        return _refused(
            f"The file begins with “{name.localname}”, not with the “CodeBook” of a .qdc "
            "file.",
            root.sourceline,
        )
    return _Reader(CodeBook(origin=root.get("origin", "").strip())).read(root)


def _refused(sentence: str, line: int | None) -> CodeBook:
    return CodeBook("", problems=[Problem((), sentence, line)])


class _Reader:
    def __init__(self, found: CodeBook) -> None:
        self.found = found
        self.seen: dict[str, int] = {}
        self.unknown: set[str] = set()
        self.colours = 0

    def read(self, root: Any) -> CodeBook:
        codes = [child for child in root if _name(child) == "Codes"]
        inside = [code for child in codes for code in child]
        self.found.codes = self.codes(inside)
        known = {code.guid for code in walk(self.found.codes)}
        for child in root:
            if _name(child) == "Sets":
                self.found.sets += [*self.sets(child, known)]
            elif _name(child) != "Codes":
                self.unknown.add(_name(child))
        if not inside and not any(given.apart for given in self.found.sets):
            self.tell(root, "The file holds no codes.")
        if self.unknown:
            self.found.notes.append(
                Note(
                    gettext_noop("Not read, because no codebook has them: %(names)s."),
                    {"names": ", ".join(sorted(self.unknown))},
                )
            )
        return self.found

    def tell(self, element: Any, sentence: str) -> None:
        self.found.problems.append(Problem((), sentence, element.sourceline))

    def codes(self, elements: list[Any]) -> list[Code]:
        found = []
        for element in elements:
            if _name(element) != "Code":
                self.unknown.add(_name(element))
                continue
            name = " ".join(element.get("name", "").split())
            if not name:
                self.tell(element, "A code has no name.")
            text, apart = self.description(element)
            codable = element.get("isCodable", "true").strip().lower()
            if codable not in TRUTH:
                self.tell(element, f"“isCodable” of “{name}” must be true or false, not “{codable}”.")  # fmt: skip
            colour = element.get("color", "").strip()
            if colour and not COLOUR.fullmatch(colour):
                self.tell(element, f"“{colour}”, the colour of “{name}”, is none: write #RRGGBB.")  # fmt: skip
                colour = ""
            children = [child for child in element if _name(child) != "Description"]
            found.append(
                Code(
                    guid=self.guid(element, f"the code “{name}”"), name=name, text=text,
                    apart=apart, is_codable=TRUTH.get(codable, True), colour=colour,
                    line=element.sourceline, inside=self.codes(children),
                )
            )  # fmt: skip
        return found

    def sets(self, element: Any, known: set[str]) -> Iterator[CodeSet]:
        for child in element:
            if _name(child) != "Set":
                self.unknown.add(_name(child))
                continue
            name = " ".join(child.get("name", "").split())
            text, apart = self.description(child)
            found = CodeSet(
                self.guid(child, f"the set “{name}”"),
                name,
                text,
                apart,
                child.sourceline,
            )
            for member in child:
                if _name(member) == "MemberCode":
                    guid = _guid(member.get("guid", "") or member.get("targetGUID", ""))
                    if guid not in known:
                        self.tell(member, f"The set “{name}” names a code that the file does not hold.")  # fmt: skip
                    found.members.append(guid)
                elif _name(member) != "Description":
                    self.unknown.add(_name(member))
            yield found

    def guid(self, element: Any, about: str) -> str:
        given = element.get("guid", "")
        guid = _guid(given)
        if not guid:
            what = f"“{given}” is no GUID" if given else "The GUID is missing"
            self.tell(element, f"{what}: {about}.")
        elif guid in self.seen:
            self.tell(element, f"The GUID of {about} stands in line {self.seen[guid]} already.")  # fmt: skip
        self.seen.setdefault(guid, element.sourceline)
        return guid

    def description(self, element: Any) -> tuple[str, dict[str, Any]]:
        """The words of a description, and what we wrote behind the mark."""
        found = next(
            (child for child in element if _name(child) == "Description"), None
        )
        text = "".join(found.itertext()) if found is not None else ""
        marks = [*LAST_MARK.finditer(text)]
        if not marks:
            return text.strip(), {}
        words, rest = text[: marks[-1].start()], text[marks[-1].end() :]
        try:
            apart = yaml.load(rest, Loader=yaml.CSafeLoader)
        except yaml.YAMLError as error:
            apart = None
            what = getattr(error, "problem", None) or "it is no YAML"
        else:
            what = "it holds no fields"
        if not isinstance(apart, dict):
            self.tell(
                found,
                f"What stands behind “{MARK}” cannot be read: {what}. Export the codebook "
                "anew, or remove that part of the description.",
            )
            return words.strip(), {}
        return words.strip(), apart


def _name(element: Any) -> str:
    return str(etree.QName(element).localname)


def _guid(given: str) -> str:
    found = GUID.fullmatch(given.strip())
    return found[1].lower() if found else ""
