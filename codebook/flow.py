"""The filters of a codebook as a flow: which questions lead to which. Pure.

Variables with the same filter stand in one box. A box stands right of every variable that
its filter reads (layers by the longest path), boxes of a layer in the order of what leads
to them (barycentres, Sugiyama, Tagawa and Toda 1981). Long lines run in lanes of their own.
Everything stands on rows of one height, so that a drawing can be cut between two pages
without cutting a line of text.
"""

import math
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from codebook import conditions
from codebook.conditions import ConditionError
from codebook.document import Document

ROW = 16  # height of a line of text
WIDTH = 236  # of a box
GAP = 72  # between two layers, for the lines
LETTERS = 36  # a line in a box
PAGE = (980, 576)  # what fits on a sheet of A4 laid across


class Part(StrEnum):
    """What a box stands for."""

    ALWAYS = "always"
    FILTER = "filter"
    UNCLEAR = "unclear"  # the filter cannot be read, or looks ahead
    END = "end"  # coding of the item ends here


@dataclass(frozen=True, slots=True)
class Group:
    """Variables that are asked under the same filter, and what the filter reads."""

    part: Part
    condition: str
    names: tuple[str, ...]
    reads: tuple[str, ...]


def groups_of(document: Document) -> tuple[Group, ...]:
    """Return the boxes of the flow in the order in which their first variable is asked.

    Every variable is in one (a name that a draft uses twice stands for the first). What
    ends the coding comes last.
    """
    found: dict[tuple[Part, str], list[str]] = {}
    reads: dict[tuple[Part, str], tuple[str, ...]] = {}
    earlier: dict[str, int] = {}
    for position, variable in enumerate(document.variables):
        if variable.name in earlier:
            continue
        key, sources = _filter(variable.ask_if, earlier)
        found.setdefault(key, []).append(variable.name)
        reads[key] = sources
        earlier[variable.name] = position
    for variable in document.variables:
        if variable.ends_item_if:
            (part, text), sources = _filter(variable.ends_item_if, earlier)
            key = (Part.END if part is Part.FILTER else Part.UNCLEAR, text)
            found.setdefault(key, [])
            reads.setdefault(key, sources)
    return tuple(
        Group(part, text, tuple(names), reads[part, text])
        for (part, text), names in found.items()
    )


def _filter(
    text: str, earlier: Mapping[str, int]
) -> tuple[tuple[Part, str], tuple[str, ...]]:
    if not text:
        return (Part.ALWAYS, ""), ()
    try:
        condition = conditions.parse(text)
    except ConditionError:
        return (Part.UNCLEAR, text), ()
    names = conditions.variables_in(condition)
    if not names <= earlier.keys():
        return (Part.UNCLEAR, text), ()
    sources = tuple(sorted(names, key=lambda name: earlier[name]))
    return (Part.FILTER, conditions.text_of(condition)), sources


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text in a box."""

    x: int
    y: int
    text: str
    is_heading: bool


@dataclass(frozen=True, slots=True)
class Box:
    """A box and its lines of text."""

    x: int
    y: int
    width: int
    height: int
    part: Part
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Arrow:
    """A line from a variable to a box, as the path of an SVG."""

    path: str
    top: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """A part of the flow that fits on a page: a window of `height` from `top` on."""

    width: int
    top: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]

    @property
    def view_box(self) -> str:
        return f"-2 {self.top} {self.width + 4} {self.height}"


def drawings_of(
    document: Document,
    *,
    heading: Callable[[Group], str],
    label: Callable[[str], str],
) -> tuple[Drawing, ...]:
    """Return the flow as drawings, one for each page that it needs, from top to bottom.

    `heading` says a box's filter in words, `label` a variable's name.
    """
    groups = groups_of(document)
    if not groups:
        return ()
    numbers = {v.name: at for at, v in enumerate(document.variables, start=1)}
    plan = _Plan(groups)
    plan.place(heading, lambda name: f"{numbers[name]}  {label(name)}")
    return plan.drawings()


@dataclass(frozen=True, slots=True)
class _Text:
    """A line of a box before it has a place; the first of a variable with its name."""

    text: str
    name: str = ""
    is_heading: bool = False


@dataclass
class _Item:
    """Something that takes rows of a layer: a group's box, or the lane of a long line."""

    rank: tuple[
        float, int, int
    ]  # the middle of what leads to it; ties keep their order
    group: Group | None = None
    lane_of: str = ""  # a variable
    texts: tuple[_Text, ...] = (_Text(""),)
    row: int = 0


class _Plan:
    def __init__(self, groups: Sequence[Group]) -> None:
        self.groups = groups
        self.home = {name: group for group in groups for name in group.names}
        self.layer: dict[Group, int] = {}
        for group in groups:
            # A filter reads earlier variables, so their groups have their layers already.
            deepest = max(
                (self.layer[self.home[name]] for name in group.reads), default=-1
            )
            self.layer[group] = max(deepest + 1, int(group.part is not Part.ALWAYS))
        self.rows: dict[str, int] = {}  # of each variable
        self.lanes: dict[tuple[str, int], int] = {}  # of its line in a farther layer
        self.items: dict[Group, _Item] = {}

    def place(
        self, heading: Callable[[Group], str], label: Callable[[str], str]
    ) -> None:
        """Give every box, variable and lane its row, layer by layer."""
        for layer in range(max(self.layer.values()) + 1):
            items = [
                *self._lanes_in(layer),
                *(
                    _Item(
                        (self._middle(group.reads), 1, order),
                        group=group,
                        texts=tuple(_texts(group, heading, label)),
                    )
                    for order, group in enumerate(self.groups)
                    if self.layer[group] == layer
                ),
            ]
            row = 1
            for item in sorted(items, key=lambda item: item.rank):
                self._settle(item, row, layer)
                row += len(item.texts) + (2 if item.group else 0)

    def _settle(self, item: _Item, row: int, layer: int) -> None:
        item.row = row
        if item.group is None:
            self.lanes[item.lane_of, layer] = row
            return
        self.items[item.group] = item
        for at, text in enumerate(item.texts):
            if text.name:
                self.rows[text.name] = row + at

    def _lanes_in(self, layer: int) -> Iterator[_Item]:
        """The lines that go on through a layer to a farther one."""
        names = dict.fromkeys(
            name
            for group in self.groups
            for name in group.reads
            if self.layer[self.home[name]] < layer < self.layer[group]
        )
        for order, name in enumerate(names):
            yield _Item((float(self._row(name, layer - 1)), 0, order), lane_of=name)

    def _row(self, name: str, layer: int) -> int:
        return self.lanes.get((name, layer), self.rows[name])

    def _middle(self, names: Sequence[str]) -> float:
        return sum(self.rows[name] for name in names) / len(names) if names else 0.0

    def drawings(self) -> tuple[Drawing, ...]:
        boxes = [self._box(group) for group in self.groups]
        arrows = [
            self._arrow(name, group) for group in self.groups for name in group.reads
        ]
        layers = max(self.layer.values()) + 1
        width = layers * WIDTH + (layers - 1) * GAP
        bottom = max(box.y + box.height for box in boxes) + 4
        most = PAGE[1] / min(1.0, PAGE[0] / width)
        pages = max(1, math.ceil((bottom - ROW) / most))
        height = math.ceil(bottom / pages / ROW) * ROW
        return tuple(
            Drawing(
                width,
                top,
                height,
                tuple(b for b in boxes if b.y < top + height and b.y + b.height > top),
                tuple(a for a in arrows if a.top < top + height and a.bottom > top),
            )
            for top in range(0, height * pages, height)
        )

    def _box(self, group: Group) -> Box:
        item = self.items[group]
        x = self.layer[group] * (WIDTH + GAP)
        lines = tuple(
            Line(x + 10, (item.row + at) * ROW + 12, line.text, line.is_heading)
            for at, line in enumerate(item.texts)
        )
        height = len(lines) * ROW + 8
        return Box(x, item.row * ROW - 4, WIDTH, height, group.part, lines)

    def _arrow(self, name: str, group: Group) -> Arrow:
        """A line from a variable's row over its lanes to the first row of a box."""
        first, last = self.layer[self.home[name]], self.layer[group]
        y = self.rows[name] * ROW + ROW // 2
        x = first * (WIDTH + GAP) + WIDTH
        path = [f"M{x} {y}"]
        ys = [y]
        for layer in range(first + 1, last + 1):
            row = self.items[group].row if layer == last else self.lanes[name, layer]
            to_x, to_y = layer * (WIDTH + GAP), row * ROW + ROW // 2
            bend = GAP // 2
            path.append(f"C{x + bend} {y} {to_x - bend} {to_y} {to_x} {to_y}")
            is_end = layer == last
            path.append("m-7 -4l6 4l-6 4" if is_end else f"H{to_x + WIDTH}")
            x, y = to_x + WIDTH, to_y
            ys.append(y)
        return Arrow("".join(path), min(ys) - 4, max(ys) + 4)


def _texts(
    group: Group, heading: Callable[[Group], str], label: Callable[[str], str]
) -> Iterator[_Text]:
    for text in textwrap.wrap(heading(group), LETTERS) or [""]:
        yield _Text(text, is_heading=True)
    for name in group.names:
        first, *more = textwrap.wrap(label(name), LETTERS) or [name]
        yield _Text(first, name)
        yield from (_Text(text) for text in more)
