import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codebook import reading
from codebook.changes import titles
from codebook.changes.carrying import carry, plan_of
from codebook.changes.change import Effect, Kind
from codebook.changes.compare import apply, compare
from codebook.changes.declarations import history_of
from codebook.changes.edits import NotMergeable
from codebook.changes.numbers import next_number
from codebook.changes.words import Piece, side_by_side, word_diff
from codebook.document import Document
from codebook.values import Value
from tests.builders import codebooks
from tests.codebook import strategies
from tests.codebook.revising import (
    FIRST,
    SECOND,
    SMALL,
    declared_by_the_second_version,
    revised,
)


def told(comparison):
    return [(c.kind, c.variable, c.codes, c.to, c.effect) for c in comparison]


# The two shipped versions


def test_the_shipped_versions_differ_by_exactly_what_the_history_declares():
    declared = declared_by_the_second_version()

    changes = compare(FIRST, SECOND)

    found = []
    for entry in history_of(changes):
        twin = next(
            d for d in declared
            if (d["kind"], d["variable"]) == (entry["kind"], entry["variable"])
        )  # fmt: skip
        found.append(
            {name: twin["n"] if name == "n" else entry.get(name) for name in twin}
        )
    assert len(changes) == len(declared) == 11
    assert sorted(found, key=lambda entry: entry["n"]) == declared
    assert changes.unfound == ()


def test_the_changes_are_found_in_the_texts_and_not_copied_from_the_history():
    """What the texts tell by themselves is found without the history too."""
    tree = json.loads(SECOND.stored_text)
    del tree["codebook"]["version_history"][1]

    changes = compare(FIRST, Document(tree))

    declared = {(entry["kind"], entry["variable"]): entry["automatic"]
                for entry in declared_by_the_second_version()}  # fmt: skip
    regrouped = {"victim_age", "trigger"}
    assert {
        (change.kind, change.variable): change.automatic
        for change in changes if change.variable not in regrouped
    } == {key: value for key, value in declared.items() if key[1] not in regrouped}  # fmt: skip
    assert told(changes.of_variable("victim_age")) == [
        (Kind.REMOVE_CATEGORY, "victim_age", (1,), (), Effect.RECODE),
        (Kind.ADD_CATEGORY, "victim_age", (), (11,), Effect.RECODE),
        (Kind.ADD_CATEGORY, "victim_age", (), (12,), Effect.RECODE),
    ]
    assert (Kind.REMOVE_CATEGORY, "trigger", (7,), (), Effect.RECODE) in told(changes)


@pytest.mark.parametrize(("old", "new"), [(FIRST, SECOND), (SECOND, FIRST)])
def test_the_changes_make_one_shipped_version_out_of_the_other(old, new):
    made = apply(old, compare(old, new))
    assert made == new
    assert made.digest == new.digest


def test_every_change_has_its_place_in_the_new_document():
    for change in compare(FIRST, SECOND):
        found = SECOND.tree
        for step in change.place:
            found = found[step]
        assert found


def test_a_history_that_the_documents_do_not_bear_out_is_told():
    entry = {"kind": "split_category", "variable": "tone", "from": [7], "to": [1, 2]}
    assert compare(SMALL, revised(history=[entry])).unfound == (entry,)


# Documents as Hypothesis draws them


@settings(deadline=None)
@given(strategies.documents())
def test_a_document_is_the_same_after_yaml_and_json(document):
    for write in (reading.to_yaml, reading.to_json):
        again = reading.read(write(document)).document
        assert again == document
        assert again.digest == document.digest


@settings(deadline=None)
@given(strategies.documents())
def test_a_document_does_not_differ_from_itself(document):
    assert len(compare(document, document)) == 0


@settings(deadline=None)
@given(strategies.documents(), strategies.documents())
def test_applying_the_changes_between_two_documents_gives_the_second(one, other):
    made = apply(one, compare(one, other))
    assert made == other
    assert made.digest == other.digest


@settings(deadline=None)
@given(st.data())
def test_applying_the_changes_of_a_revision_gives_the_revision(data):
    new = data.draw(strategies.revisions(SMALL))
    changes = compare(SMALL, new)
    assert apply(SMALL, changes).digest == new.digest
    assert apply(new, compare(new, SMALL)).digest == SMALL.digest
    assert history_of(changes) == json.loads(json.dumps(history_of(changes)))


# Kinds of change and their effects


ROWS = [
    ("label: {en: Tone, sr: Ton}", "label: {en: Tone of voice, sr: Ton}",
     (Kind.RELABEL_VARIABLE, "tone", (), (), Effect.NONE)),
    ("question: {en: Which tone?", "question: {en: What tone?",
     (Kind.CHANGE_QUESTION, "tone", (), (), Effect.RECODE)),
    ("question: {en: Which tone?, sr: Kakav ton?}", "question: {en: Which tone?, sr: Kakav ton?, de: Welcher Ton?}",
     (Kind.CHANGE_QUESTION, "tone", (), (), Effect.NONE)),
    ("  name: tone\n", "  name: tone\n  notes: The headline decides.\n",
     (Kind.CHANGE_DEFINITION, "tone", (), (), Effect.RECODE)),
    ("  name: tone\n", "  name: wording\n",
     (Kind.RENAME_VARIABLE, "tone", (), (), Effect.AUTOMATIC)),
    ("{code: 2, label: {en: Lurid, sr: Senzacionalan}}", "{code: 2, label: {en: Sensational, sr: Senzacionalan}}",
     (Kind.RENAME_LABEL, "tone", (2,), (), Effect.NONE)),
    ("{code: 2, label: {en: Lurid, sr: Senzacionalan}}", "{code: 2, label: {en: Lurid, sr: Senzacionalan}, definition: More than three such words}",
     (Kind.CHANGE_DEFINITION, "tone", (2,), (), Effect.RECODE)),
    ("{code: 2, label: {en: Lurid, sr: Senzacionalan}}", "{code: 2, label: {en: Lurid, sr: Senzacionalan}, examples: [beast]}",
     (Kind.CHANGE_EXAMPLES, "tone", (2,), (), Effect.NONE)),
    ("{code: 2, label: {en: Lurid, sr: Senzacionalan}}", "{code: 2, label: {en: Lurid, sr: Senzacionalan}, status: retired, rule: Code 1}",
     (Kind.RETIRE_CATEGORY, "tone", (2,), (), Effect.AUTOMATIC)),
    ("{code: 2, label: {en: Lurid, sr: Senzacionalan}}", "{code: 7, label: {en: Lurid, sr: Senzacionalan}}",
     (Kind.RECODE_CATEGORIES, "tone", (2,), (7,), Effect.AUTOMATIC)),
    ("  - {code: 2, label: {en: Victim, sr: Žrtva}}\n", "",
     (Kind.REMOVE_CATEGORY, "sources", (2,), (), Effect.RECODE)),
    ("  - {code: 2, label: {en: Victim, sr: Žrtva}}\n", "  - {code: 2, label: {en: Victim, sr: Žrtva}, parent: 1}\n",
     (Kind.CHANGE_PARENT, "sources", (2,), (), Effect.AUTOMATIC)),
    ("  - {code: 2, label: {en: Victim, sr: Žrtva}}\n", "  - {code: 2, label: {en: Victim, sr: Žrtva}}\n  - {code: 4, label: {en: School, sr: Škola}}\n",
     (Kind.ADD_CATEGORY, "sources", (), (4,), Effect.RECODE)),
    ("  - {code: 1, label: {en: Police, sr: Policija}}\n  - {code: 2, label: {en: Victim, sr: Žrtva}}\n",
     "  - {code: 2, label: {en: Victim, sr: Žrtva}}\n  - {code: 1, label: {en: Police, sr: Policija}}\n",
     (Kind.MOVE_CATEGORY, "sources", (2,), (), Effect.NONE)),
    ("  exclusive: [0]\n", "  exclusive: [0, 3]\n",
     (Kind.CHANGE_EXCLUSIVE, "sources", (), (), Effect.RECODE)),
    ("  exclusive: [0]\n", "  exclusive: []\n",
     (Kind.CHANGE_EXCLUSIVE, "sources", (), (), Effect.AUTOMATIC)),
    ("ask_if: relevance >= 1", "ask_if: relevance == 2",
     (Kind.CHANGE_SKIP_RULE, "tone", (), (), Effect.RECODE)),
    ("ask_if: relevance >= 1", "ask_if: (relevance  >= 1)",
     (Kind.CHANGE_SKIP_RULE, "tone", (), (), Effect.NONE)),
    ("  level: ratio\n  type: integer", "  level: interval\n  type: integer",
     (Kind.CHANGE_LEVEL, "page_no", (), (), Effect.RECODE)),
    ("  level: ratio\n  type: integer", "  level: ratio\n  type: decimal",
     (Kind.CHANGE_TYPE, "page_no", (), (), Effect.AUTOMATIC)),
    ("  max: 160\n", "  max: 200\n", (Kind.CHANGE_BOUNDS, "page_no", (), (), Effect.AUTOMATIC)),
    ("  max: 160\n", "  max: 96\n", (Kind.CHANGE_BOUNDS, "page_no", (), (), Effect.RECODE)),
    ("  max: 160\n", "  max: 160.0\n", (Kind.CHANGE_BOUNDS, "page_no", (), (), Effect.NONE)),
    ("  max: 160\n", "  max: 160\n  unit: page\n", (Kind.CHANGE_UNIT, "page_no", (), (), Effect.RECODE)),
    ("  max: 160\n", "  max: 160\n  describes: image\n", (Kind.CHANGE_DESCRIBED_UNIT, "page_no", (), (), Effect.RECODE)),
    ("  max: 160\n", "  max: 160\n  evidence: required\n", (Kind.CHANGE_EVIDENCE, "page_no", (), (), Effect.AUTOMATIC)),
    ("  required: false\n", "", (Kind.CHANGE_REQUIRED, "day", (), (), Effect.AUTOMATIC)),
    ("  missing_codes: [98]\n", "  missing_codes: []\n", (Kind.CHANGE_MISSING_CODES, "sources", (98,), (), Effect.RECODE)),
    ("  missing_codes: [98]\n", "  missing_codes: [98, 99]\n", (Kind.CHANGE_MISSING_CODES, "sources", (), (), Effect.AUTOMATIC)),
    ("  missing_codes: [98]\n", "  missing_codes: [98, 97]\n", (Kind.CHANGE_MISSING_CODES, "sources", (), (), Effect.RECODE)),
    ("reliability: {minimum: 0.667, target: 0.8}\n- id: C", "reliability: {minimum: 0.667, target: 0.9}\n- id: C",
     (Kind.CHANGE_THRESHOLD, "tone", (), (), Effect.NONE)),
    ("  max_length: 200\n", "  max_length: 200\n  sensitive: true\n", (Kind.CHANGE_OTHER, "remarks", (), (), Effect.NONE)),
    ("title: {en: Small codebook", "title: {en: Little codebook", (Kind.CHANGE_TITLE, "", (), (), Effect.NONE)),
    ("languages: [en, sr]", "languages: [sr, en]", (Kind.CHANGE_LANGUAGES, "", (), (), Effect.NONE)),
    ("98: {en: Not determinable", "98: {en: Not to be determined", (Kind.CHANGE_MISSING_WORDS, "", (), (), Effect.NONE)),
    ("label: {en: Main, sr: Glavno}", "label: {en: All, sr: Sve}", (Kind.RELABEL_SECTION, "", (), (), Effect.NONE)),
    ("- id: main\n", "- id: other\n  label: {en: Other, sr: Drugo}\n- id: main\n", (Kind.ADD_SECTION, "", (), (), Effect.NONE)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "expected"), ROWS, ids=[f"{row[2][0]}-{row[2][4]}" for row in ROWS]
)
def test_a_change_has_its_kind_and_effect(old, new, expected):
    changed = revised((old, new))
    changes = compare(SMALL, changed)
    assert told(changes) == [expected]
    assert apply(SMALL, changes) == changed
    assert compare(changed, changed).changes == ()


def test_a_new_type_of_answer_is_one_change_with_all_that_belongs_to_it():
    choice = "  level: ratio\n  type: integer\n  min: 1\n  max: 160\n"
    changed = revised(
        (choice, "  level: ratio\n  type: single\n  categories:\n  - {code: 1, label: 1}\n  - {code: 2, label: 2}\n"),
        ("missing_codes: [-98]", "missing_codes: [-98]"),
    )  # fmt: skip
    assert told(compare(SMALL, changed)) == [
        (Kind.CHANGE_TYPE, "page_no", (), (), Effect.RECODE)
    ]


def test_moved_variables_are_as_few_as_can_be():
    tree = json.loads(SMALL.stored_text)
    tree["variables"].insert(0, tree["variables"].pop())
    assert told(compare(SMALL, Document(tree))) == [
        (Kind.MOVE_VARIABLE, "remarks", (), (), Effect.NONE)
    ]


def test_exchanged_labels_are_a_recoding_and_never_mere_words():
    changed = revised(
        ("{code: 1, label: {en: Sober, sr: Trezven}}", "{code: 2, label: {en: Sober, sr: Trezven}}"),
        ("{code: 2, label: {en: Lurid, sr: Senzacionalan}}", "{code: 1, label: {en: Lurid, sr: Senzacionalan}}"),
    )  # fmt: skip
    changes = compare(SMALL, changed)
    assert told(changes) == [
        (Kind.RECODE_CATEGORIES, "tone", (1, 2), (2, 1), Effect.AUTOMATIC)
    ]
    carried, _ = carry({"tone": Value("value", "1")}, plan_of(changes))
    assert carried == {"tone": Value("value", "2")}


def test_a_filter_that_only_follows_a_new_name_or_code_is_mere_words():
    changed = revised(
        ("name: relevance", "name: centrality"),
        ("{code: 1, label: {en: Police, sr: Policija}}", "{code: 11, label: {en: Police, sr: Policija}}"),
        ("ask_if: relevance >= 1", "ask_if: centrality >= 1"),
        ("ask_if: relevance >= 1", "ask_if: centrality >= 1"),
        ("relevance == 2 and contains(sources, 1)", "contains(sources, 11) and centrality == 2"),
    )  # fmt: skip
    assert {(c.kind, c.variable, c.effect) for c in compare(SMALL, changed)} == {
        (Kind.RENAME_VARIABLE, "relevance", Effect.AUTOMATIC),
        (Kind.RECODE_CATEGORIES, "sources", Effect.AUTOMATIC),
        (Kind.CHANGE_SKIP_RULE, "tone", Effect.NONE),
        (Kind.CHANGE_SKIP_RULE, "sources", Effect.NONE),
        (Kind.CHANGE_SKIP_RULE, "area", Effect.NONE),
    }


def test_without_ids_a_renamed_variable_is_known_by_the_history():
    bare = codebooks.document(codebooks.SMALL.replace("- id: B\n  name", "- name"))
    tree = json.loads(bare.stored_text)
    tree["variables"][1]["name"] = "wording"
    assert {c.kind for c in compare(bare, Document(tree))} == {
        Kind.ADD_VARIABLE,
        Kind.REMOVE_VARIABLE,
    }
    entry = {"kind": "rename_variable", "variable": "tone", "to": "wording"}
    tree["codebook"]["version_history"] = [{"version": "2", "changes": [entry]}]
    assert told(compare(bare, Document(tree))) == [
        (Kind.RENAME_VARIABLE, "tone", (), (), Effect.AUTOMATIC)
    ]


QUESTION = ("question: {en: Which tone?", "question: {en: What tone?")
LABEL = ("label: {en: Tone, sr: Ton}", "label: {en: Tone of voice, sr: Ton}")


@pytest.mark.parametrize(
    ("replacement", "kind", "automatic", "effect"),
    [
        (QUESTION, "change_question", True, Effect.NONE),
        (QUESTION, "change_question", False, Effect.RECODE),
        (LABEL, "relabel_variable", False, Effect.RECODE),
        (("ask_if: relevance >= 1", "ask_if: relevance == 2"), "change_skip_rule", True, Effect.AUTOMATIC),
        (("  level: nominal\n  type: single", "  level: ordinal\n  type: single"), "change_level", True, Effect.AUTOMATIC),
    ],
)  # fmt: skip
def test_the_history_says_whether_answers_still_mean_the_same(
    replacement, kind, automatic, effect
):
    entry = {"kind": kind, "variable": "tone", "automatic": automatic}
    (change,) = compare(SMALL, revised(replacement, history=[entry]))
    assert (change.kind, change.effect) == (kind, effect)
    assert change.declared == entry


def test_a_category_that_is_gone_cannot_be_declared_kept():
    gone = ("  - {code: 2, label: {en: Victim, sr: Žrtva}}\n", "")
    entry = {
        "kind": "remove_category",
        "variable": "sources",
        "code": 2,
        "automatic": True,
    }
    (change,) = compare(SMALL, revised(gone, history=[entry]))
    assert change.effect is Effect.RECODE


def test_what_concerns_no_answer_cannot_be_declared_to_need_coders():
    label = ("label: {en: Main, sr: Glavno}", "label: {en: All, sr: Sve}")
    entry = {"kind": "relabel_section", "automatic": False}
    (change,) = compare(SMALL, revised(label, history=[entry]))
    assert (change.effect, change.declared) == (Effect.NONE, entry)


def test_one_change_of_many_can_be_applied_alone():
    alone = next(c for c in compare(FIRST, SECOND) if c.variable == "blaming")
    made = apply(FIRST, [alone])
    assert [v.name for v in made.variables if v.name == "victim_blaming"]
    assert told(compare(FIRST, made)) == told([alone])
    with pytest.raises(NotMergeable, match="has no “V32” in its variables"):
        apply(SMALL, [alone])


# Side by side


def test_two_texts_are_shown_word_by_word():
    assert word_diff("Count lurid words.", "Count all lurid words") == (
        (Piece.SAME, "Count"),
        (Piece.ADDED, " all"),
        (Piece.SAME, " lurid words"),
        (Piece.REMOVED, "."),
    )


@given(st.text(max_size=40), st.text(max_size=40))
def test_the_pieces_are_the_old_and_the_new_text(old, new):
    pieces = word_diff(old, new)
    assert "".join(text for piece, text in pieces if piece != Piece.ADDED) == old
    assert "".join(text for piece, text in pieces if piece != Piece.REMOVED) == new


def test_a_change_is_shown_with_every_text_that_it_touches():
    merge = next(c for c in compare(FIRST, SECOND) if c.kind is Kind.MERGE_CATEGORIES)
    sides = {side.what: (side.old, side.new) for side in side_by_side(merge)}
    assert sides["label", "en"] == (
        "Campaign or NGO action",
        "Institutional or NGO event",
    )
    assert sides["7", "label", "en"] == ("Conference or training", "")
    assert len(sides) == 7


def test_every_kind_and_effect_has_its_words():
    assert set(titles.KINDS) == set(Kind)
    assert set(titles.EFFECTS) == set(Effect)


# Numbers


def test_the_next_number_is_proposed_from_the_effects():
    changes = compare(FIRST, SECOND)
    assert next_number(FIRST.number, changes) == SECOND.number
    assert next_number("1.0", changes, taken=["1.1"]) == "1.2"
    assert next_number("2", changes) == "2.1"
    assert next_number("pilot", changes) == "pilot.1"
    assert next_number("1.0", compare(FIRST, FIRST)) == "1.0"
    assert next_number("1.0", compare(SMALL, revised(LABEL))) == "1.0.1"
    assert next_number("1.0.1", compare(SMALL, revised(LABEL))) == "1.0.2"


def test_a_version_with_little_in_common_is_another_instrument():
    assert next_number("1.3", compare(FIRST, SMALL)) == "2.0"


@pytest.mark.parametrize(
    "module",
    ["carrying", "compare", "declarations", "numbers", "titles", "words"],
)
def test_the_changes_load_without_django(module):
    code = f"import sys, codebook.changes.{module}; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
