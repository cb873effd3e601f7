"""The filters as a flow: which boxes there are, and where they stand on paper."""

import re

import pytest
from hypothesis import given, settings

from codebook import flow, printed, reader
from codebook.document import Document
from codebook.flow import Group, Part
from tests.builders import codebooks
from tests.codebook import strategies


def drawings(document: Document, label=str):
    def heading(group: Group) -> str:
        return group.condition or "always"

    return flow.drawings_of(document, heading=heading, label=label)


def chain(length: int, label: str = "x") -> Document:
    """Variables of which each is asked when the one before it is 1."""
    choices = [{"code": 0}, {"code": 1}]
    return Document(
        {
            "codebook": {"id": "chain", "title": "Chain", "version": "1"},
            "variables": [
                {
                    "name": f"v{n}", "level": "nominal", "type": "single", "label": label,
                    "categories": choices, **({"ask_if": f"v{n - 1} == 1"} if n else {}),
                }
                for n in range(length)
            ],
        }
    )  # fmt: skip


def test_variables_with_the_same_filter_stand_together():
    document = codebooks.document(
        codebooks.SMALL.replace(
            "exclusive: [0]\n  ask_if: relevance >= 1",
            "exclusive: [0]\n  ask_if: relevance  >=  1",
        )
    )
    assert flow.groups_of(document) == (
        Group(Part.ALWAYS, "", ("relevance", "page_no", "day", "remarks"), ()),
        Group(Part.FILTER, "relevance >= 1", ("tone", "sources"), ("relevance",)),
        Group(
            Part.FILTER, "relevance == 2 and contains(sources, 1)", ("area",),
            ("relevance", "sources"),
        ),
    )  # fmt: skip


def test_where_the_coding_ends_is_a_box_of_its_own():
    last = flow.groups_of(codebooks.internet_window("1.1"))[-1]
    assert last == Group(Part.END, "relevance == 0", (), ("relevance",))


@pytest.mark.parametrize(
    "wrong", ["relevance >=", "page_no == 1", "nothing == 1", "tone == 1"]
)
def test_a_filter_that_cannot_be_followed_has_a_box_without_a_line(wrong):
    text = codebooks.SMALL.replace("ask_if: relevance >= 1\n  missing_codes: [98, 99]", f"ask_if: {wrong}\n  missing_codes: [98, 99]")  # fmt: skip
    groups = flow.groups_of(codebooks.document(text))
    assert Group(Part.UNCLEAR, wrong, ("tone",), ()) in groups


def test_a_box_stands_right_of_what_its_filter_reads():
    (drawing,) = drawings(codebooks.document())
    columns = [box.x // (flow.WIDTH + flow.GAP) for box in drawing.boxes]
    assert columns == [0, 1, 2]
    assert drawing.width == 3 * flow.WIDTH + 2 * flow.GAP


def test_a_line_leads_from_a_variable_to_what_is_asked_then():
    (drawing,) = drawings(codebooks.document())
    always, asked, last = drawing.boxes
    relevance = next(line for line in always.lines if line.text.endswith("relevance"))
    starts = [
        re.match(r"M(\d+) (\d+)C", arrow.path).groups() for arrow in drawing.arrows
    ]
    x, y = always.x + always.width, relevance.y - 4
    assert [s for s in starts if s == (str(x), str(y))] == [(str(x), str(y))] * 2
    ends = [re.search(r"(\d+) (\d+)m-7", arrow.path) for arrow in drawing.arrows]
    assert [int(end[1]) for end in ends] == [asked.x, last.x, last.x]
    assert {int(end[2]) for end in ends[1:]} == {last.lines[0].y - 4}


def test_a_long_line_has_a_lane_that_no_box_stands_in():
    (drawing,) = drawings(codebooks.document())
    long = next(a for a in drawing.arrows if "H" in a.path)
    lane = re.search(r"(\d+) (\d+)H(\d+)", long.path)
    crossed = [
        box
        for box in drawing.boxes
        if box.x == int(lane[1]) and box.y <= int(lane[2]) <= box.y + box.height
    ]
    assert crossed == []


@settings(deadline=None)
@given(document=strategies.documents())
def test_every_variable_of_any_draft_stands_in_one_box_and_no_box_on_another(document):
    names = [name for group in flow.groups_of(document) for name in group.names]
    assert sorted(names) == sorted({v.name for v in document.variables})
    boxes = [box for drawing in drawings(document) for box in drawing.boxes]
    for one in boxes:
        for other in boxes:
            if one.x == other.x and one != other:
                assert one.y + one.height < other.y or other.y + other.height < one.y


def test_a_tall_flow_is_cut_between_lines_of_text():
    tree = {**chain(1).tree}
    first = tree["variables"][0]
    tree["variables"] = [{**first, "name": f"v{n}"} for n in range(200)]
    parts = drawings(Document(tree))

    assert len(parts) == 6
    assert [part.top for part in parts[1:]] == [p.top + p.height for p in parts[:-1]]
    for part in parts:
        assert part.height <= flow.PAGE[1] + flow.ROW
        for box in part.boxes:
            for line in box.lines:  # letters reach from 11 above their line to 4 below
                is_cut = line.y - 11 < part.top < line.y + 4
                assert not is_cut


def test_a_wide_flow_takes_the_height_that_it_has_on_paper():
    parts = drawings(chain(30))
    assert len(parts) == 1
    assert parts[0].width == 30 * flow.WIDTH + 29 * flow.GAP


def test_long_labels_go_on_in_the_next_line():
    (drawing,) = drawings(chain(1), label=lambda name: "word " * 20)
    lines = drawing.boxes[0].lines
    assert len(lines) == 4
    assert max(len(line.text) for line in lines) <= flow.LETTERS


def test_a_codebook_without_variables_has_no_flow():
    assert drawings(Document({"codebook": {}, "variables": []})) == ()


# For paper


def test_a_text_stands_in_every_language_once():
    document = codebooks.document()
    book = printed.printed_of(document, printed.languages_of(document))
    assert book.title == (("en", "Small codebook"), ("sr-latn", "Mali kodeks"))
    tone = book.sections[0][2][1]
    assert tone.number == 2
    assert tone.filter == (
        ("en", "“Relevance” is at least “Some”"),
        ("sr-latn", "“Relevantnost” je najmanje “Nešto”"),
    )
    assert [str(missing.code) for missing, _label in tone.missing] == ["98", "99"]


def test_a_text_for_all_languages_has_no_language():
    document = codebooks.internet_window("1.1")
    book = printed.printed_of(document, printed.languages_of(document))
    assert book.rules[0] == (("", "Code what is printed, not what you know about the case."),)  # fmt: skip


def test_serbian_in_cyrillic_is_read_as_such():
    text = codebooks.SMALL.replace("sr: Ton", "sr: Тон")
    assert printed.languages_of(codebooks.document(text)) == ("en", "sr")


def test_a_variable_without_a_section_is_printed_too():
    text = codebooks.SMALL.replace("section: main\n  label: {en: Tone", "section: gone\n  label: {en: Tone")  # fmt: skip
    book = printed.printed_of(codebooks.document(text), ["en"])
    assert [v.spec.name for v in book.sections[-1][2]] == ["tone"]
    assert book.sections[-1][1] == ()


def test_groups_of_a_derived_variable_are_printed():
    book = printed.printed_of(codebooks.internet_window("1.1"), ["en"])
    assert book.derived[0].groups[0] == ("quality", "1, 4, 9")


def test_alternatives_in_a_filter_are_said_in_brackets():
    document = codebooks.document()
    text = "relevance == 2 and (tone == 1 or contains(sources, 1))"
    assert reader.filter_in_words(document, text, "en") == (
        "“Relevance” is “Main” and (“Tone” is “Sober” or “Sources” includes “Police”)"
    )
