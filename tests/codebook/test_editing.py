"""Edits of a codebook document: what they change, and that everything else stays."""

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codebook import checks, shape
from codebook.changes.compare import compare
from codebook.document import Document
from codebook.editing import derived, head, merging, outline, steps, texts, variables
from codebook.editing.merging import ABSENT, Conflict, Side
from codebook.editing.tree import (
    NotEditable,
    document_after,
    entries_of,
    entry_of,
    keys_of,
    put,
    tree_of,
)
from tests.builders import codebooks
from tests.codebook import strategies

LANGUAGES = ("en", "sr")


def small():
    return json.loads(codebooks.document().stored_text)


def window():
    return json.loads(codebooks.internet_window("1.1").stored_text)


def text_of(tree):
    return json.dumps(tree, ensure_ascii=False)


def form_of(tree, key):
    """The values of a variable as an editor shows them and sends them back unchanged."""
    entry = entry_of(tree, "variables", key)
    languages = tuple(tree["codebook"]["languages"])

    def number(value):
        return None if value is None else Decimal(str(value))

    def words(given):
        return texts.shown(given, languages)

    reliability = entry.get("reliability") or {}
    exclusive = entry.get("exclusive") or []
    return {
        "name": entry["name"],
        **{name: words(entry.get(name)) for name in ("label", "question", "notes")},
        **{
            name: str(entry.get(name) or "")
            for name in (*variables.WORDS, *variables.CHOICES)
        },
        **{name: number(entry.get(name)) for name in variables.NUMBERS},
        "required": entry.get("required"),
        "sensitive": bool(entry.get("sensitive")),
        "prefill": bool(entry.get("prefill")),
        "evidence": entry.get("evidence", "none"),
        "missing_codes": list(entry.get("missing_codes") or []),
        "reliability": {
            "check": reliability.get("check"),
            "per_option": reliability.get("per_option"),
            "target": number(reliability.get("target")),
            "minimum": number(reliability.get("minimum")),
            "metric": reliability.get("metric") or "",
        },
        "categories": [
            {
                "was": was,
                "code": category["code"],
                **{n: words(category.get(n)) for n in ("label", "definition", "rule")},
                "examples": texts.shown_lines(category.get("examples"), languages),
                "retired": category.get("status") == "retired",
                "exclusive": category["code"] in exclusive,
                "parent": category.get("parent"),
            }
            for was, category in zip(
                keys_of(entry, "categories"),
                entries_of(entry, "categories"),
                strict=True,
            )
        ],
    }


# -- texts ----------------------------------------------------------------------------------


def test_a_text_for_every_language_stays_one_until_another_column_is_filled():
    assert texts.shown("Daily.", LANGUAGES) == {"en": "Daily.", "sr": ""}
    assert texts.written("Daily.", {"en": "Weekly.", "sr": ""}, LANGUAGES) == "Weekly."
    assert texts.written("Daily.", {"en": "Daily.", "sr": "Dnevni."}, LANGUAGES) == {
        "en": "Daily.",
        "sr": "Dnevni.",
    }


def test_a_new_text_is_one_for_each_language_that_has_words():
    assert texts.written(None, {"en": "Tone", "sr": " "}, LANGUAGES) == {"en": "Tone"}
    assert texts.written(None, {"en": "", "sr": ""}, LANGUAGES) is None


def test_a_language_that_the_form_does_not_show_keeps_its_words():
    given = {"en": "Tone", "sr-cyrl": "Тон"}
    new = texts.written(given, {"en": "Voice", "sr": ""}, LANGUAGES)
    assert new == {"en": "Voice", "sr-cyrl": "Тон"}


def test_the_line_ends_of_a_browser_are_no_change():
    given = "one\ntwo\n"
    assert texts.written(given, {"en": "one\r\ntwo\r\n", "sr": ""}, LANGUAGES) is given


def test_an_example_whose_line_stays_is_kept_as_it_was_written():
    given = ["only English", {"en": "a", "sr": "b", "source": "field notes"}]
    lines = {"en": ["new", "only English", "a"], "sr": ["novo", "", "b"]}
    assert texts.written_lines(given, lines, LANGUAGES) == [
        {"en": "new", "sr": "novo"},
        "only English",
        {"en": "a", "sr": "b", "source": "field notes"},
    ]


@given(strategies.texts)
def test_any_text_survives_being_shown_and_sent_back(given_text):
    columns = texts.shown(given_text, LANGUAGES)
    sent = {language: text.replace("\n", "\r\n") for language, text in columns.items()}
    assert texts.written(given_text, sent, LANGUAGES) is given_text


# -- variables ------------------------------------------------------------------------------


@pytest.mark.parametrize("tree", [small(), window()], ids=["small", "window"])
def test_saving_a_form_as_it_was_shown_changes_nothing(tree):
    before = text_of(tree)
    for key in keys_of(tree, "variables"):
        assert text_of(variables.with_variable(tree, key, form_of(tree, key))) == before


def test_fields_that_the_program_does_not_know_survive_an_edit():
    tree = window()
    tree["variables"][0]["colour"] = {"of": "ink"}
    tree["variables"][0]["categories"][0]["source"] = "field notes"
    key = keys_of(tree, "variables")[0]
    values = form_of(tree, key)
    values["label"] = {"en": "Another label", "sr": "Druga oznaka"}
    values["categories"][0]["code"] = 77
    values["categories"].reverse()

    new = variables.with_variable(tree, key, values)

    changed = entry_of(new, "variables", key)
    assert changed["colour"] == {"of": "ink"}
    assert changed["categories"][-1]["source"] == "field notes"
    assert changed["categories"][-1]["code"] == 77
    assert {**changed, "label": 0, "categories": 0} == {
        **tree["variables"][0],
        "label": 0,
        "categories": 0,
    }
    assert [k for k in new if new[k] != tree[k]] == ["variables"]


def test_an_edit_leaves_the_old_tree_as_it_was():
    tree = small()
    before = text_of(tree)
    new = variables.with_variable(tree, "B", {"name": "voice", "ask_if": ""})
    new, _key = outline.with_new_variable(new, "main", "single")
    new = variables.without_category(new, "C", "0")
    assert text_of(tree) == before
    assert text_of(new) != before


def test_a_field_that_comes_new_stands_where_the_format_has_it():
    tree = variables.with_variable(small(), "A", {"ask_if": "", "min": Decimal("1.5")})
    fields = list(entry_of(tree, "variables", "A"))
    assert fields.index("min") == fields.index("type") + 1
    assert entry_of(tree, "variables", "A")["min"] == 1.5


def test_a_new_name_is_put_into_every_filter_and_formula_but_not_into_texts():
    tree = small()
    tree["variables"][4]["ask_if"] = "relevance == 2 and contains(sources, 1)"
    tree["variables"][6]["ask_if"] = "remarks2 == 'relevance' or relevance==1"
    tree["derived_variables"] = [
        {"name": "x", "formula": "relevance in [1,2] + my_relevance"},
        {"name": "y", "from": "relevance", "map": {"a": [1]}},
    ]
    new = variables.with_variable(tree, "A", {"name": "rank"})
    assert [v.get("ask_if", "") for v in new["variables"]] == [
        "", "rank >= 1", "rank >= 1", "", "rank == 2 and contains(sources, 1)", "",
        "remarks2 == 'relevance' or rank==1",
    ]  # fmt: skip
    assert new["derived_variables"][0]["formula"] == "rank in [1,2] + my_relevance"
    assert new["derived_variables"][1]["from"] == "rank"


def test_a_variable_without_an_id_stays_the_same_variable_under_a_new_name():
    tree = small()
    del tree["variables"][1]["id"]
    new = variables.with_variable(tree, "tone", {"name": "voice"})
    assert list(new["variables"][1])[:2] == ["id", "name"]
    assert Document(new).variables[1].stable_id == Document(tree).variables[1].stable_id


def test_exclusive_codes_follow_their_category_out():
    tree = variables.without_category(small(), "C", "0")
    assert "exclusive" not in entry_of(tree, "variables", "C")


def test_two_categories_with_one_code_are_told_apart():
    tree = small()
    tree["variables"][1]["categories"][1]["code"] = 1
    entry = entry_of(tree, "variables", "B")
    assert keys_of(entry, "categories") == ["1", "1#2"]
    new = variables.without_category(tree, "B", "1#2")
    assert entry_of(new, "variables", "B")["categories"] == [entry["categories"][0]]


def test_a_new_category_takes_a_free_code_below_the_missing_ones():
    tree, code = variables.with_new_category(small(), "B")
    assert code == 3
    assert entry_of(tree, "variables", "B")["categories"][-1] == {
        "code": 3,
        "label": {"en": "", "sr": ""},
    }


def test_categories_step_up_and_down_and_stop_at_the_ends():
    def codes(tree):
        return [c["code"] for c in entry_of(tree, "variables", "A")["categories"]]

    tree = variables.with_category_stepped(small(), "A", "2", -1)
    assert codes(tree) == [0, 2, 1]
    tree = variables.with_category_stepped(tree, "A", "0", -1)
    assert codes(tree) == [0, 2, 1]
    assert codes(variables.with_codes_in_order(tree, "A")) == [0, 1, 2]


def test_what_is_not_there_any_more_is_named():
    with pytest.raises(NotEditable, match="has no “Z” any more"):
        variables.with_variable(small(), "Z", {"name": "x"})


# -- outline --------------------------------------------------------------------------------


def names(tree):
    return [variable["name"] for variable in tree["variables"]]


def two_sections():
    tree, key = outline.with_new_section(small())
    assert key == "section_2"
    for variable in ("C", "D", "E"):
        tree = outline.with_variable_moved(tree, variable, key)
    return tree


def test_a_variable_is_moved_before_another_one():
    tree = outline.with_variable_moved(small(), "D", "main", before="B")
    assert names(tree)[:4] == ["relevance", "page_no", "tone", "sources"]


def test_questions_stand_in_the_order_of_their_sections():
    tree = two_sections()
    assert names(tree) == [
        "relevance", "tone", "day", "remarks", "sources", "page_no", "area",
    ]  # fmt: skip
    moved = outline.with_section_moved(tree, "section_2", before="main")
    assert names(moved) == [
        "sources", "page_no", "area", "relevance", "tone", "day", "remarks",
    ]  # fmt: skip
    assert outline.with_section_stepped(moved, "section_2", 1) == tree


def test_a_step_at_the_edge_of_a_section_leads_into_the_next():
    tree = outline.with_variable_stepped(two_sections(), "G", 1)
    assert entry_of(tree, "variables", "G")["section"] == "section_2"
    assert names(tree)[-4:] == ["remarks", "sources", "page_no", "area"]
    back = outline.with_variable_stepped(tree, "G", -1)
    assert back == two_sections()
    assert outline.with_variable_stepped(back, "A", -1) == back


def test_a_new_variable_gets_an_id_that_no_version_used():
    tree, key = outline.with_new_variable(window(), "formal", "integer", ["V37", "V38"])
    assert key == "V39"
    entry = entry_of(tree, "variables", key)
    assert (entry["type"], entry["level"], entry["section"]) == (
        "integer", "ratio", "formal",
    )  # fmt: skip
    inside = [v["id"] for v in tree["variables"] if v["section"] == "formal"]
    assert inside[-1] == key
    assert not list(shape.problems(tree))


def test_a_new_variable_says_what_it_still_needs():
    tree, _key = outline.with_new_variable(small(), "main", "single")
    found = [str(problem) for problem in checks.problems(Document(tree))]
    assert "variables[8] · label: Variable “variable_8” has an empty label." in found


def test_a_copy_is_another_variable():
    tree, key = outline.with_variable_copied(small(), "B")
    copy, original = (entry_of(tree, "variables", name) for name in (key, "B"))
    assert (copy["name"], names(tree)[2]) == ("tone_2", "tone_2")
    assert {**copy, "id": 0, "name": 0} == {**original, "id": 0, "name": 0}


def test_a_section_with_variables_is_not_removed():
    with pytest.raises(NotEditable, match="relevance, tone"):
        outline.without_section(small(), "main")
    tree, key = outline.with_new_section(small())
    assert outline.without_section(tree, key) == small()


# -- head -----------------------------------------------------------------------------------


def test_a_codebook_from_nothing_is_sound_but_for_its_variables():
    document = head.new_document(
        {"en": "Đaci i štampa", "sr": "Đaci i štampa"},
        ("en", "sr"),
    )
    assert document.key == "djaci-i-stampa"
    assert not list(shape.problems(document.tree))
    assert [str(problem) for problem in checks.problems(document)] == [
        "variables: The codebook has no variables."
    ]


def test_the_head_keeps_what_its_form_does_not_show():
    tree = window()
    new = head.with_head(
        tree,
        {
            "title": {"en": "Another title", "sr": "Drugi naslov"},
            "version": "1.1",
            "languages": ["en", "sr"],
        },
    )
    assert {**new["codebook"], "title": 0} == {**tree["codebook"], "title": 0}
    assert list(new["codebook"]) == list(tree["codebook"])


def test_the_meaning_of_a_missing_code_stays_with_its_words():
    tree = small()
    tree["codebook"]["missing_codes"]["categorical"]["97"] = {
        "label": {"en": "Skip"},
        "means": "not_applicable",
    }
    words = {
        "categorical": {
            "98": {"en": "Unclear", "sr": "Nejasno"},
            "97": {"en": "Skipped", "sr": ""},
        }
    }
    new = head.with_head(tree, {"missing_codes": words})
    assert new["codebook"]["missing_codes"] == {
        "categorical": {
            "98": {"en": "Unclear", "sr": "Nejasno"},
            "97": {"label": {"en": "Skipped"}, "means": "not_applicable"},
        },
        "numeric": tree["codebook"]["missing_codes"]["numeric"],
    }


# -- derived variables ----------------------------------------------------------------------


def derived_values(tree, key, **changes):
    entry = entry_of(tree, derived.LIST, key)
    return {
        "name": entry["name"],
        "label": texts.shown(entry.get("label"), LANGUAGES),
        **{n: str(entry.get(n) or "") for n in ("level", "formula", "from")},
        "groups": derived.shown_groups(entry.get("map")),
        **changes,
    }


def test_saving_a_derived_variable_untouched_changes_nothing():
    tree = window()
    for key in keys_of(tree, derived.LIST):
        values = derived_values(tree, key)
        values["groups"] = values["groups"].replace("\n", "\r\n")
        assert derived.with_derived(tree, key, values) == (tree, key)


def test_groups_are_lines_of_names_and_codes():
    tree, _key = derived.with_derived(
        window(),
        "outlet_type",
        derived_values(window(), "outlet_type", groups="dailies: 1, 2;3 4\nnone:\n"),
    )
    assert entry_of(tree, derived.LIST, "outlet_type")["map"] == {
        "dailies": [1, 2, 3, 4],
        "none": [],
    }
    with pytest.raises(NotEditable, match="“dailies 1, 2” is no group"):
        derived.written_groups(None, "dailies 1, 2")


def test_a_derived_variable_is_renamed_where_formulas_name_it():
    values = derived_values(window(), "page_share", name="share")
    tree, key = derived.with_derived(window(), "page_share", values)
    assert key == "share"
    score = entry_of(tree, derived.LIST, "attention_score")
    assert "(share >= 0.5)" in score["formula"]
    assert "note" in score


def test_a_derived_variable_is_added_moved_and_removed():
    tree, key = derived.with_new_derived(small())
    assert key == "derived_1"
    assert [str(problem) for problem in checks.problems(Document(tree))] == [
        "derived_variables[1]: The derived variable “derived_1” needs a formula, or "
        "“from” and “map”."
    ]
    tree, other = derived.with_new_derived(tree)
    tree = derived.with_derived_stepped(tree, other, -1)
    assert keys_of(tree, derived.LIST) == ["derived_2", "derived_1"]
    tree = derived.without_derived(derived.without_derived(tree, other), key)
    assert entries_of(tree, derived.LIST) == []


# -- merging --------------------------------------------------------------------------------


def relabelled(tree, key, words):
    return variables.with_variable(tree, key, {"label": {"en": words, "sr": words}})


def test_changes_of_different_variables_are_put_together():
    base = small()
    found = merging.merge(
        base, relabelled(base, "A", "Mine"), relabelled(base, "B", "Theirs")
    )
    assert found.conflicts == ()
    assert found.tree == relabelled(relabelled(base, "A", "Mine"), "B", "Theirs")


def test_changes_of_different_fields_of_one_variable_are_put_together():
    base = small()
    mine = variables.with_variable(base, "B", {"ask_if": "relevance == 2"})
    theirs = variables.with_new_category(relabelled(base, "B", "Theirs"), "B")[0]
    found = merging.merge(base, mine, theirs)
    assert found.conflicts == ()
    assert found.tree == variables.with_variable(
        theirs, "B", {"ask_if": "relevance == 2"}
    )


def test_the_same_place_changed_twice_is_a_conflict_that_a_person_decides():
    base = small()
    mine, theirs = relabelled(base, "B", "Mine"), relabelled(base, "B", "Theirs")
    found = merging.merge(base, mine, theirs)
    place = ("variables", "B", "label")
    was = {"en": "Tone", "sr": "Ton"}
    assert found.conflicts == (
        Conflict(
            place, was, {"en": "Mine", "sr": "Mine"}, {"en": "Theirs", "sr": "Theirs"}
        ),
    )
    assert merging.merge(base, mine, theirs, [Side.MINE]).tree == mine
    assert merging.merge(base, mine, theirs, [Side.THEIRS]).tree == theirs


def test_a_variable_that_one_removed_and_the_other_changed_is_a_conflict():
    base = small()
    mine, theirs = relabelled(base, "B", "Mine"), outline.without_variable(base, "B")
    (conflict,) = merging.merge(base, mine, theirs).conflicts
    assert (conflict.path, conflict.theirs) == (("variables", "B"), ABSENT)
    assert merging.merge(base, mine, theirs, [Side.MINE]).tree == mine
    assert merging.merge(base, mine, theirs, [Side.THEIRS]).tree == theirs


def test_the_same_code_for_two_new_categories_is_a_conflict():
    base = small()
    mine, theirs = (
        variables.with_variable(
            variables.with_new_category(base, "B")[0],
            "B",
            {
                "categories": [
                    *form_of(base, "B")["categories"],
                    {"was": "", "code": 3, "label": {"en": words, "sr": words}},
                ]
            },
        )
        for words in ("Ironic", "Moving")
    )
    (conflict,) = merging.merge(base, mine, theirs).conflicts
    assert conflict.path == ("variables", "B", "categories", "3")


def test_moves_of_different_variables_are_put_together():
    base = small()
    mine = outline.with_variable_moved(base, "G", "main", before="A")
    theirs = outline.with_variable_moved(base, "B", "main", before="E")
    found = merging.merge(base, mine, theirs)
    assert found.conflicts == ()
    assert keys_of(found.tree, "variables") == ["G", "A", "C", "D", "B", "E", "F"]


def test_two_new_places_of_one_variable_are_a_conflict_of_order():
    base = small()
    mine = outline.with_variable_moved(base, "G", "main", before="A")
    theirs = outline.with_variable_moved(base, "G", "main", before="C")
    (conflict,) = merging.merge(base, mine, theirs).conflicts
    assert conflict.is_order
    assert conflict.mine == ["G", "A", "B", "C", "D", "E", "F"]
    assert merging.merge(base, mine, theirs, [Side.MINE]).tree == mine
    assert merging.merge(base, mine, theirs, [Side.THEIRS]).tree == theirs


def test_what_both_added_is_there_once_each():
    base = small()
    mine, _key = outline.with_new_variable(base, "main", "single")
    theirs = outline.with_variable_copied(base, "A", ["V01"])[0]
    found = merging.merge(base, mine, theirs)
    assert found.conflicts == ()
    assert sorted(keys_of(found.tree, "variables")) == sorted(
        {*keys_of(mine, "variables"), *keys_of(theirs, "variables")}
    )


@st.composite
def edited(draw, tree):
    """The tree after a few edits such as a person makes."""
    for _turn in range(draw(st.integers(0, 4))):
        keys = keys_of(tree, "variables")
        if not keys:
            break
        key = draw(st.sampled_from(keys))
        act = draw(
            st.sampled_from(["label", "filter", "move", "remove", "add", "cats"])
        )
        words = draw(st.sampled_from(["One", "Two"]))
        if act == "label":
            tree = relabelled(tree, key, words)
        elif act == "filter":
            tree = variables.with_variable(tree, key, {"ask_if": f"x == {len(words)}"})
        elif act == "move":
            before = draw(st.sampled_from([None, *keys]))
            tree = outline.with_variable_moved(tree, key, "main", before)
        elif act == "remove":
            tree = outline.without_variable(tree, key)
        elif act == "add":
            tree, _key = outline.with_new_variable(tree, "main", "single", [words])
        else:
            tree, _code = variables.with_new_category(tree, key)
    return tree


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_merging_loses_nothing(data):
    base = small()
    mine, theirs = data.draw(edited(base)), data.draw(edited(base))

    assert merging.merge(base, mine, base).tree == mine
    assert merging.merge(base, base, theirs).tree == theirs
    assert merging.merge(base, mine, mine) == merging.Merge(mine, ())
    found = merging.merge(base, mine, theirs)
    sides = [Side.MINE] * len(found.conflicts)
    kept = merging.merge(base, mine, theirs, sides)
    assert kept.conflicts == ()
    assert not list(shape.problems(kept.tree))
    # With every conflict decided for me, all that I changed stands there as I left it.
    old, new = (dict(entries(tree)) for tree in (base, mine))
    merged = dict(entries(kept.tree))
    for key, entry in new.items():
        for name, value in entry.items():
            is_mine = key not in old or not_same(old[key].get(name), value)
            if is_mine and name != "categories":
                assert merged[key][name] == value
    for key in old:
        if key not in new:
            assert key not in merged


def not_same(one, other):
    return json.dumps(one) != json.dumps(other)


def entries(tree):
    return zip(keys_of(tree, "variables"), entries_of(tree, "variables"), strict=True)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_merge_is_the_same_from_both_sides_where_nothing_conflicts(data):
    base = small()
    mine, theirs = data.draw(edited(base)), data.draw(edited(base))
    one, other = merging.merge(base, mine, theirs), merging.merge(base, theirs, mine)
    assert len(one.conflicts) == len(other.conflicts)
    if not one.conflicts:
        kinds = {c.kind for c in compare(Document(one.tree), Document(other.tree))}
        assert kinds <= {"move_variable"}


# -- steps back -----------------------------------------------------------------------------


def test_steps_lead_back_to_the_beginning_and_forward_again():
    revisions = {1: None, 2: None, 3: None}
    walked = []
    while (target := steps.undone_by(revisions)) is not None:
        revisions[max(revisions) + 1] = target
        walked.append(target)
    while (target := steps.redone_by(revisions)) is not None:
        revisions[max(revisions) + 1] = target
        walked.append(target)
    assert walked == [2, 1, 2, 3]


def test_an_edit_after_a_step_back_begins_another_way_forward():
    revisions = {1: None, 2: None, 3: 1, 4: None}
    assert steps.redone_by(revisions) is None
    assert steps.undone_by(revisions) == 1
    revisions[5] = 1
    assert steps.redone_by(revisions) == 4


def test_dropping_a_field_and_putting_it_back_keeps_the_others_in_place():
    entry = {"id": "A", "name": "a", "type": "single"}
    assert put(entry, "name", None) == {"id": "A", "type": "single"}
    new = put(put(entry, "name", None), "name", "b", ("id", "name", "type"))
    assert list(new) == ["id", "name", "type"]


def test_a_document_after_an_edit_is_the_one_that_would_be_read_anew():
    old = codebooks.internet_window("1.1")
    tree = relabelled(tree_of(old), "V07", "Mine")
    new = document_after(old, outline.without_variable(tree, "V05"))
    assert new.variables == Document(new.tree).variables
    assert new.variables[0] is old.variables[0]
    renamed = head.with_head(tree_of(old), {"title": {"en": "Another", "sr": "Drugi"}})
    assert document_after(old, renamed).variables == Document(renamed).variables
