from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from codebook.changes.carrying import carry, comparable, plan_of, separated
from codebook.changes.change import Opens
from codebook.changes.compare import compare
from codebook.values import Value
from tests.codebook import strategies
from tests.codebook.revising import (
    FIRST,
    SECOND,
    SMALL,
    declared_by_the_second_version,
    revised,
)


def carried_and_kept(old, new, answers):
    """Carry answers and see that none is lost: carried, to be recoded, or removed."""
    changes = compare(old, new)
    plan = plan_of(changes)
    carried, to_recode = carry(answers, plan)
    names = dict(changes.names)
    removed = [name for name in answers if name in plan.removed]
    open_again = [name for name in answers if names.get(name) in to_recode]
    assert len(carried) + len(open_again) + len(removed) == len(answers)
    assert not carried.keys() & set(to_recode)
    return changes, names, carried


@settings(deadline=None)
@given(st.data())
def test_carrying_loses_no_answer(data):
    old, new = data.draw(strategies.documents()), data.draw(strategies.documents())
    carried_and_kept(old, new, data.draw(strategies.answers(old)))


@settings(deadline=None)
@given(st.data())
def test_carrying_keeps_the_number_of_answers_that_no_recode_change_concerns(data):
    new = data.draw(strategies.revisions(SMALL))
    answers = data.draw(strategies.answers(SMALL))

    changes, names, carried = carried_and_kept(SMALL, new, answers)

    # A question whose filter reads a changed variable may be ruled out or open by now.
    unasked = {name for name in names if not SMALL.variable(name).ask_if}
    sure = unasked & comparable(changes).keys() & answers.keys()
    assert len({names[name] for name in sure} & carried.keys()) == len(sure)


def first_answers(**given):
    known = {"relevance": "3", "internet_role": "2", "trafficking_phase": "1 4"}
    return {name: Value("value", value) for name, value in (known | given).items()}


def test_the_variables_that_recode_changes_separate_are_those_of_the_history():
    declared = declared_by_the_second_version()
    recode = {entry["variable"] for entry in declared if not entry["automatic"]}
    known = {variable.name for variable in FIRST.variables}
    changes = compare(FIRST, SECOND)
    assert separated(changes) == recode & known
    assert len(comparable(changes)) == 33
    assert comparable(changes)["blaming"] == "victim_blaming"


def test_answers_are_carried_as_the_history_of_the_shipped_version_says():
    answers = first_answers(
        trigger="7", blaming="2", headline_type="6", frame_main="5", victim_age="2",
        sensational_wording="1", recruitment_channel="1",
    )  # fmt: skip
    carried, to_recode = carry(answers, plan_of(compare(FIRST, SECOND)))
    assert carried == first_answers(
        trigger="5",
        victim_blaming="2",
        headline_type="6",
        frame_main="5",
        victim_age="2",
    )
    assert to_recode == ("story_origin", "recruitment_channel", "sensational_wording")


def test_of_a_split_category_only_its_own_answers_are_open_again():
    plan = plan_of(compare(FIRST, SECOND))
    for code, is_open in (("1", True), ("2", False), ("4", False)):
        _carried, to_recode = carry(first_answers(victim_age=code), plan)
        assert ("victim_age" in to_recode) is is_open
    unknown = {"victim_age": Value.missing(98)}
    assert carry(unknown, plan)[0] == unknown


def test_of_a_wider_filter_only_what_is_asked_now_is_open_again():
    ruled_out = {"tone": Value.not_applicable()}
    plan = plan_of(
        compare(SMALL, revised(("ask_if: relevance >= 1", "ask_if: relevance >= 0")))
    )
    answered = {"relevance": Value("value", "1"), "tone": Value("value", "2")}
    assert carry(answered, plan) == (answered, ())
    low = {"relevance": Value("value", "0"), **ruled_out}
    assert carry(low, plan) == ({"relevance": Value("value", "0")}, ("tone",))


def test_of_a_narrower_filter_the_rest_is_ruled_out():
    plan = plan_of(
        compare(SMALL, revised(("ask_if: relevance >= 1", "ask_if: relevance == 2")))
    )
    answers = {"relevance": Value("value", "1"), "tone": Value("value", "2")}
    assert carry(answers, plan) == (
        {"relevance": Value("value", "1"), "tone": Value.not_applicable()},
        (),
    )


def test_of_narrower_bounds_only_what_lies_outside_is_open_again():
    plan = plan_of(compare(SMALL, revised(("max: 160", "max: 96"))))
    for page, is_open in (("96", False), ("97", True)):
        _carried, to_recode = carry({"page_no": Value("value", page)}, plan)
        assert ("page_no" in to_recode) is is_open


def test_a_category_added_from_others_opens_only_their_answers():
    add = ("  - {code: 2, label: {en: Victim, sr: Žrtva}}\n",
           "  - {code: 2, label: {en: Victim, sr: Žrtva}}\n  - {code: 4, label: {en: School, sr: Škola}}\n")  # fmt: skip
    entry = {
        "kind": "add_category",
        "variable": "sources",
        "code": 4,
        "from": [3],
        "automatic": False,
    }
    changes = compare(SMALL, revised(add, history=[entry]))
    assert [change.opens for change in changes] == [Opens.CODES]
    for codes, is_open in (("1 2", False), ("1 3", True), ("", False)):
        _carried, to_recode = carry(
            {"sources": Value("value", codes)}, plan_of(changes)
        )
        assert ("sources" in to_recode) is is_open


def test_questions_behind_a_variable_to_be_recoded_keep_their_answers():
    """Whether they are asked shows once the first one is recoded; nothing is lost."""
    changed = revised(
        ("question: {en: Is it relevant?", "question: {en: Is it central?")
    )
    answers = {"relevance": Value("value", "1"), "tone": Value("value", "2"),
               "sources": Value.not_applicable()}  # fmt: skip
    carried, to_recode = carry(answers, plan_of(compare(SMALL, changed)))
    assert carried == {"tone": Value("value", "2")}
    assert to_recode == ("relevance", "sources")


def test_carrying_the_shipped_codebook_counts_as_counted_by_hand():
    """Every combination of three variables: counts per change, counted the other way."""
    plan = plan_of(compare(FIRST, SECOND))
    ages, triggers = ["1", "2", "3", "4"], [str(code) for code in range(1, 9)]
    counts = Counter()
    for age in ages:
        for trigger in triggers:
            carried, to_recode = carry(
                first_answers(victim_age=age, trigger=trigger), plan
            )
            counts["split"] += "victim_age" in to_recode
            counts["merged"] += trigger == "7" and carried["trigger"].value == "5"
            counts["kept"] += carried["trigger"].value == trigger
    assert counts == {"split": 8, "merged": 4, "kept": 28}
