"""What is decided about a draft before it is published, and what becomes of the decisions."""

import datetime as dt
import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codebook.changes.change import Effect, Kind
from codebook.changes.compare import apply, compare
from codebook.changes.decisions import (
    NO_CODE,
    NO_CODES,
    NO_NAME,
    NOT_OFFERED,
    TOO_FEW,
    TWICE,
    Choice,
    Decision,
)
from codebook.changes.outline import topics, variables
from codebook.changes.questions import revise
from codebook.document import Document
from tests.builders import codebooks
from tests.codebook import strategies
from tests.codebook.revising import FIRST, SECOND, SMALL, revised

DAY = dt.date(2026, 3, 2)
DEFINITION = (
    "{code: 2, label: {en: Lurid, sr: Senzacionalan}}",
    "{code: 2, label: {en: Lurid, sr: Senzacionalan}, definition: Three such words}",
)
NOTES = ("  name: tone\n", "  name: tone\n  notes: The headline decides.\n")
VICTIM_GONE = ("  - {code: 2, label: {en: Victim, sr: Žrtva}}\n", "")
SCHOOL = ("{code: 3, label: {en: Expert", "{code: 4, label: {en: School, sr: Škola}}\n  - {code: 3, label: {en: Expert")  # fmt: skip


def without_history(document):
    tree = json.loads(document.stored_text)
    del tree["codebook"]["version_history"][1]
    return Document(tree)


def told(comparison):
    return [(c.kind, c.variable, c.codes, c.to, c.effect) for c in comparison]


def open_keys(revision):
    return [question.key for question in revision.open]


def test_a_draft_whose_history_tells_everything_asks_nothing_and_stays_as_it_is():
    revision = revise(FIRST, SECOND)

    assert revision.open == ()
    assert told(revision.changes) == told(compare(FIRST, SECOND))
    assert revision.document(number="1.1", day=DAY).digest == SECOND.digest


def test_a_number_of_its_own_is_written_into_the_head_and_the_history():
    document = revise(FIRST, SECOND).document(number="1.2", day=DAY)

    assert document.number == "1.2"
    entry = document.head["version_history"][-1]
    assert (entry["version"], entry["summary"], len(entry["changes"])) == (
        "1.2", "after pilot with 30 items", 11,
    )  # fmt: skip
    assert told(compare(FIRST, document)) == told(compare(FIRST, SECOND))


def test_a_draft_without_a_history_asks_of_everything_that_the_texts_cannot_tell():
    assert open_keys(revise(FIRST, without_history(SECOND))) == [
        "remove_category:trigger:7",
        "remove_category:victim_age:1",
        "change_definition:trigger:5",
        "change_skip_rule:recruitment_channel",
        "add_category:recruitment_channel:13",
        "add_category:victim_age:11",
        "add_category:victim_age:12",
        "change_definition:sensational_wording",
    ]


def test_the_decisions_make_the_changes_that_the_shipped_history_declares():
    recode = Decision(Choice.RECODE)
    revision = revise(
        FIRST,
        without_history(SECOND),
        {
            "remove_category:trigger:7": Decision(Choice.COUNTS_AS, (5,)),
            "remove_category:victim_age:1": Decision(Choice.SPLIT, (11, 12)),
            "change_skip_rule:recruitment_channel": recode,
            "add_category:recruitment_channel:13": recode,
            "change_definition:sensational_wording": recode,
        },
    )

    assert revision.open == ()
    assert told(revision.changes) == told(compare(FIRST, SECOND))
    document = revision.document(number="1.1", day=DAY)
    assert told(compare(FIRST, document)) == told(compare(FIRST, SECOND))
    entry = document.head["version_history"][-1]
    assert (entry["version"], entry["date"]) == ("1.1", "2026-03-02")


@pytest.mark.parametrize(
    ("replacement", "key", "default"),
    [
        (DEFINITION, "change_definition:tone:2", None),
        (("question: {en: Which tone?", "question: {en: What tone?"), "change_question:tone", None),
        (("ask_if: relevance >= 1", "ask_if: relevance == 2"), "change_skip_rule:tone", None),
        (("label: {en: Tone, sr: Ton}", "label: {en: Style, sr: Ton}"), "relabel_variable:tone", Choice.KEEP),
        (("{code: 2, label: {en: Lurid", "{code: 2, label: {en: Sensational"), "rename_label:tone:2", Choice.KEEP),
        (SCHOOL, "add_category:sources:4", None),
    ],
)  # fmt: skip
def test_whether_answers_mean_the_same_is_asked_where_it_is_judged(
    replacement, key, default
):
    new = revised(replacement)

    (question,) = revise(SMALL, new).questions
    assert question.key == key
    assert (question.decision and question.decision.choice) == default

    for choice, is_automatic in ((Choice.KEEP, True), (Choice.RECODE, False)):
        decided = revise(SMALL, new, {key: Decision(choice)})
        assert decided.open == ()
        (change,) = compare(SMALL, decided.document(number="1.1", day=DAY))
        assert change.automatic is is_automatic


def test_a_decision_about_a_category_does_not_speak_of_the_whole_variable():
    """An entry without codes speaks of every change of its kind but those with their own."""
    new = revised(DEFINITION, NOTES)
    given = {
        "change_definition:tone": Decision(Choice.KEEP),
        "change_definition:tone:2": Decision(Choice.RECODE),
    }
    document = revise(SMALL, new, given).document(number="1.1", day=DAY)
    assert [(c.codes, c.effect) for c in compare(SMALL, document)] == [
        ((), Effect.NONE),
        ((2,), Effect.RECODE),
    ]


def test_a_decision_goes_before_what_the_draft_s_history_says():
    entry = {"kind": "change_definition", "variable": "tone", "code": 2,
             "automatic": True, "action": "none"}  # fmt: skip
    new = revised(DEFINITION, history=[entry])
    assert revise(SMALL, new).changes[0].effect is Effect.NONE

    revision = revise(SMALL, new, {"change_definition:tone:2": Decision(Choice.RECODE)})

    assert revision.changes[0].effect is Effect.RECODE
    (written,) = revision.document(number="1.1", day=DAY).head["version_history"][-1]["changes"]  # fmt: skip
    assert "action" not in written


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        (Decision(Choice.RECODE), [(Kind.REMOVE_CATEGORY, (2,), (), Effect.RECODE)]),
        (Decision(Choice.COUNTS_AS, (3,)), [(Kind.MERGE_CATEGORIES, (2, 3), (3,), Effect.AUTOMATIC)]),
        (Decision(Choice.SPLIT, (1, 3)), [(Kind.SPLIT_CATEGORY, (2,), (1, 3), Effect.RECODE)]),
    ],
)  # fmt: skip
def test_what_became_of_a_category_that_is_gone_is_decided(decision, expected):
    new = revised(VICTIM_GONE)
    assert open_keys(revise(SMALL, new)) == ["remove_category:sources:2"]

    revision = revise(SMALL, new, {"remove_category:sources:2": decision})

    assert revision.open == ()
    found = [(c.kind, c.codes, c.to, c.effect) for c in revision.changes]
    assert found == expected


def test_a_category_under_another_code_and_other_words_is_a_recoding():
    new = revised(
        ("{code: 2, label: {en: Victim, sr: Žrtva}}", "{code: 20, label: {en: The victim, sr: Žrtva}}")
    )  # fmt: skip
    revision = revise(
        SMALL,
        new,
        {
            "remove_category:sources:2": Decision(Choice.COUNTS_AS, (20,)),
            "rename_label:sources:2": Decision(Choice.KEEP),
        },
    )
    assert (Kind.RECODE_CATEGORIES, "sources", (2,), (20,), Effect.AUTOMATIC) in told(
        revision.changes
    )
    assert revision.open == ()


def test_a_retired_category_may_count_as_another_one():
    new = revised(
        ("{code: 2, label: {en: Victim, sr: Žrtva}}", "{code: 2, label: {en: Victim, sr: Žrtva}, status: retired}")
    )  # fmt: skip
    assert revise(SMALL, new).open == ()
    key = "retire_category:sources:2"
    (change,) = revise(SMALL, new, {key: Decision(Choice.COUNTS_AS, (3,))}).changes
    assert (change.kind, change.recoded) == (Kind.MERGE_CATEGORIES, {2: 3})


def bare(*names):
    """The small codebook without ids, its number and decimal variables called otherwise."""
    text = codebooks.SMALL
    for id in "ABCDEFG":
        text = text.replace(f"- id: {id}\n  name", "- name")
    for old, new in names:
        text = text.replace(f"name: {old}\n", f"name: {new}\n")
    return codebooks.document(text)


def test_a_variable_without_an_id_may_be_a_former_one():
    old, new = bare(), bare(("page_no", "page"))
    key = "add_variable:page"
    assert open_keys(revise(old, new)) == [key]

    as_new = revise(old, new, {key: Decision(Choice.NEW)})
    assert {c.kind for c in as_new.changes} == {Kind.ADD_VARIABLE, Kind.REMOVE_VARIABLE}
    assert revise(old, as_new.document(number="1.1", day=DAY)).open == ()

    former = revise(old, new, {key: Decision(Choice.FORMER, name="page_no")})
    assert told(former.changes) == [
        (Kind.RENAME_VARIABLE, "page_no", (), (), Effect.AUTOMATIC)
    ]
    assert former.open == ()


def test_only_one_variable_is_a_former_one():
    new = bare(("remarks", "one"))
    tree = json.loads(new.stored_text)
    tree["variables"].append({**tree["variables"][-1], "name": "two"})
    former = Decision(Choice.FORMER, name="remarks")
    revision = revise(
        bare(),
        Document(tree),
        {"add_variable:one": former, "add_variable:two": former},
    )
    assert [q.fault for q in revision.open] == [TWICE]


def test_two_ids_say_that_it_is_another_variable():
    new = revised(("- id: D\n  name: page_no", "- id: Z\n  name: page"))
    assert revise(SMALL, new).questions == ()


@pytest.mark.parametrize(
    ("replacement", "key", "decision", "fault"),
    [
        (VICTIM_GONE, "remove_category:sources:2", Decision(Choice.COUNTS_AS), NO_CODE),
        (VICTIM_GONE, "remove_category:sources:2", Decision(Choice.COUNTS_AS, (9,)), NOT_OFFERED),
        (VICTIM_GONE, "remove_category:sources:2", Decision(Choice.SPLIT, (1,)), TOO_FEW),
        (VICTIM_GONE, "remove_category:sources:2", Decision(Choice.KEEP), NOT_OFFERED),
        (SCHOOL, "add_category:sources:4", Decision(Choice.SOME), NO_CODES),
    ],
)  # fmt: skip
def test_a_decision_that_names_too_little_stays_open(replacement, key, decision, fault):
    revision = revise(SMALL, revised(replacement), {key: decision})
    assert [question.fault for question in revision.open] == [fault]


def test_what_nothing_else_decides_is_decided_together():
    new = revised(DEFINITION, NOTES, VICTIM_GONE)
    given = {"change_definition:tone": Decision(Choice.RECODE)}

    kept = revise(SMALL, new, given, rest=Choice.KEEP)
    assert [q.key for q in kept.open] == ["remove_category:sources:2"]
    assert [c.effect for c in kept.changes.of_variable("tone")] == [
        Effect.RECODE,
        Effect.NONE,
    ]
    assert revise(SMALL, new, given, rest=Choice.RECODE).open == ()


def test_a_former_variable_is_one_that_is_gone():
    decision = Decision(Choice.FORMER, name="tone")
    revision = revise(
        bare(), bare(("page_no", "page")), {"add_variable:page": decision}
    )
    assert [question.fault for question in revision.open] == [NO_NAME]


def test_a_new_category_opens_only_the_answers_that_could_move_to_it():
    key = "add_category:sources:4"
    decision = Decision(Choice.SOME, (3,))
    revision = revise(SMALL, revised(SCHOOL), {key: decision})
    document = revision.document(number="1.1", day=DAY)
    (change,) = compare(SMALL, document)
    assert (change.codes, change.to, change.opens) == ((3,), (4,), "codes")
    assert revise(SMALL, document).questions[0].decision == decision


@settings(deadline=None)
@given(st.data())
def test_whatever_is_decided_stands_in_the_history(data):
    new = data.draw(strategies.revisions(SMALL))
    given: dict[str, Decision] = {}
    revision = revise(SMALL, new, given)
    while revision.open:
        for question in revision.open:
            choices = [
                Decision(c) for c in question.choices
                if c in (Choice.KEEP, Choice.RECODE, Choice.NEW)
            ]  # fmt: skip
            choices += [
                Decision(choice, question.codes[:1])
                for choice in (Choice.COUNTS_AS, Choice.SOME)
                if choice in question.choices
            ]
            given[question.key] = data.draw(st.sampled_from(choices))
        revision = revise(SMALL, new, given)

    document = revision.document(number="9.9", day=DAY)

    assert told(compare(SMALL, document)) == told(revision.changes)
    again = revise(SMALL, document)
    assert again.open == ()
    assert [(q.key, q.decision) for q in again.questions] == [
        (q.key, q.decision) for q in revision.questions
    ]
    assert apply(SMALL, compare(SMALL, document)).digest == document.digest


# As a person reads them


def test_changes_stand_by_section_and_variable():
    found = topics(compare(FIRST, SECOND))
    assert [(t.section, t.name, [c.kind.value for c in t.changes]) for t in found] == [
        ("formal", "story_origin", ["add_variable"]),
        ("formal", "headline_type", ["retire_category"]),
        ("subject", "trigger", ["merge_categories"]),
        ("subject", "recruitment_channel", ["change_skip_rule", "add_category"]),
        ("actors", "victim_age", ["split_category"]),
        ("frames", "frame_main", ["rename_label"]),
        ("ethics", "identity_disclosed", ["change_threshold"]),
        ("ethics", "sensational_wording", ["change_definition"]),
        ("ethics", "blaming", ["rename_variable"]),
        (".derived_variables", "child_involved", ["change_derived"]),
    ]


def test_every_change_has_its_topic():
    for old, new in ((FIRST, SECOND), (SECOND, FIRST), (FIRST, SMALL)):
        changes = compare(old, new)
        shown = [c for topic in topics(changes) for c in topic.changes]
        assert len(shown) == len(changes)
        assert {id(c) for c in shown} == {id(c) for c in changes}


@settings(deadline=None)
@given(st.data())
def test_every_change_of_a_revision_has_its_topic(data):
    changes = compare(SMALL, data.draw(strategies.revisions(SMALL)))
    shown = [c for topic in topics(changes) for c in topic.changes]
    assert sorted(map(id, shown)) == sorted(map(id, changes))


def test_what_can_be_pooled_is_told_of_every_variable_with_the_reason():
    pooling = {topic.name: topic.pooling for topic in variables(compare(FIRST, SECOND))}
    assert len(pooling) == 37
    assert [name for name, p in pooling.items() if p.because] == [
        "recruitment_channel", "victim_age", "sensational_wording",
    ]  # fmt: skip
    assert not pooling["story_origin"].is_in_old
    assert pooling["trigger"].codes == ((7, 5),)
    assert pooling["trigger"].is_possible
    assert pooling["blaming"].is_possible


@pytest.mark.parametrize("module", ["decisions", "outline", "questions"])
def test_the_decisions_load_without_django(module):
    code = f"import sys, codebook.changes.{module}; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
