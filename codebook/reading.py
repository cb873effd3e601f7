"""Reading and writing codebook documents: YAML and JSON, every fault with its place. Pure."""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from codebook import shape
from codebook.checks import problems
from codebook.document import Document
from codebook.places import Place, Problem

Lines = Mapping[Place, int]


@dataclass(frozen=True, slots=True)
class Note:
    """What had to be assumed to read a file: a sentence with %(name)s places for `facts`."""

    sentence: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def said(self, translate: Callable[[str], str] = str) -> str:
        """The note in the language of a translation."""
        return translate(self.sentence) % self.facts

    def __str__(self) -> str:
        return self.said()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file gave: a document if its shape is right, and every problem found.

    `notes` say what had to be assumed of a file of another program. Such a document is a
    beginning: it may become a draft with the problems that it has.
    """

    document: Document | None
    problems: tuple[Problem, ...]
    notes: tuple[Note, ...] = ()

    @property
    def draft(self) -> Document | None:
        """The document if it may become a draft."""
        return None if self.problems and not self.notes else self.document


def read(text: str) -> Reading:
    """Read a codebook document from YAML or JSON, with every problem at once.

    A document is returned when its shape is right, even if coders could not work with it
    yet: a draft may have problems, a published version none.
    """
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        return Reading(None, (_syntax(error),))
    if node is None:
        return Reading(None, (Problem((), "The file is empty."),))
    lines: dict[Place, int] = {}
    twice: list[Problem] = []
    tree = _plain(node, (), lines, twice)
    found = [*twice, *shape.problems(tree)]
    if found:
        return Reading(None, placed(found, lines))
    document = Document(tree)
    return Reading(document, placed(problems(document), lines))


def _syntax(error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or str(error)
    return Problem(
        (),
        f"The file is no valid YAML: {what}.",
        line=mark.line + 1 if mark else None,
    )


def placed(found: Iterable[Problem], lines: Lines) -> tuple[Problem, ...]:
    """The problems with their lines, in the order of the file."""
    placed = [
        problem
        if problem.line
        else Problem(problem.place, problem.sentence, _line(problem.place, lines))
        for problem in found
    ]
    return tuple(sorted(placed, key=lambda problem: problem.line or 0))


def _line(place: Place, lines: Lines) -> int | None:
    """The line of a place, or of the nearest thing around it that has one."""
    for length in range(len(place), -1, -1):
        if place[:length] in lines:
            return lines[place[:length]]
    return None


def _plain(
    node: yaml.Node, place: Place, lines: dict[Place, int], twice: list[Problem]
) -> Any:
    """The node as mappings with text keys, lists, texts, numbers, booleans."""
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        tree: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(_scalar(key_node))
            inside = (*place, key)
            if key in tree:
                twice.append(
                    Problem(
                        inside,
                        f"“{key}” stands here twice.",
                        line=key_node.start_mark.line + 1,
                    )
                )
            lines[inside] = key_node.start_mark.line + 1
            tree[key] = _plain(value_node, inside, lines, twice)
        return tree
    if isinstance(node, yaml.SequenceNode):
        return [
            _plain(child, (*place, number), lines, twice)
            for number, child in enumerate(node.value)
        ]
    return _scalar(node)


_constructor = yaml.constructor.SafeConstructor()


def _scalar(node: yaml.Node) -> Any:
    value = _constructor.construct_object(node)
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value


def to_json(document: Document) -> str:
    """The document as indented JSON; reading it gives an equal document."""
    return json.dumps(document.tree, ensure_ascii=False, indent=2) + "\n"


def to_yaml(document: Document) -> str:
    """The document as YAML in the order in which it was written."""
    return yaml.dump(
        document.tree,
        Dumper=yaml.CSafeDumper,
        allow_unicode=True,
        sort_keys=False,
        width=100,
    )


def from_json(text: str) -> Document:
    """The document of a text that `to_json` wrote: no checks, for our own stored texts."""
    return Document(json.loads(text))
