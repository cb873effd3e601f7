import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from mediacoding.coding.models import Answer, AnswerEvent, Submission
from mediacoding.coding.operations import answers
from tests.builders import coding as builders
from tests.builders import studies as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def coding():
    return builders.take(builders.round(people.study()))


def test_a_saved_answer_and_its_event_stand_side_by_side(coding):
    saved = builders.answer(coding, "relevance", "2")

    assert (saved.answer.state, saved.answer.value) == ("value", "2")
    event = AnswerEvent.objects.get()
    assert (event.old, event.new, event.base_revision) == ("", "value:2", 0)


def test_a_replayed_save_writes_nothing_twice(coding):
    event = uuid.uuid4()
    builders.answer(coding, "relevance", "2", event=event)
    again = builders.answer(coding, "relevance", "2", base=0, event=event)

    assert again.is_replay
    assert AnswerEvent.objects.count() == 1
    assert Answer.objects.get().revision == 1


def test_a_stale_save_is_refused_with_both_values(coding):
    builders.answer(coding, "relevance", "2")
    with pytest.raises(answers.StaleRevision) as stale:
        builders.answer(coding, "relevance", "1", base=0)

    assert stale.value.answer.value == "2"
    assert stale.value.attempted.value == "1"
    assert Answer.objects.get().value == "2"


@pytest.mark.parametrize(
    ("name", "raw", "sentence"),
    [
        ("relevance", "7", "“7” is not a category of “Relevance”. Legal are 0, 1, 2."),
        ("sources", ["0", "1"], "“Nobody” excludes every other category of “Sources”"),
        ("page_no", "161", "“Page” must be between 1 and 160, not 161."),
        ("page_no", "ten", "“ten” is not a whole number, as “Page” asks for."),
        ("area", "wide", "“wide” is not a number, as “Area” asks for."),
        ("day", "soon", "“soon” is not a date, as “Day” asks for."),
    ],
)
def test_an_illegal_answer_is_refused_with_what_is_legal(coding, name, raw, sentence):
    with pytest.raises(answers.AnswerRefused) as refusal:
        builders.answer(coding, name, raw)

    assert str(refusal.value).startswith(sentence)
    assert not Answer.objects.exists()


def test_a_missing_code_is_not_a_value(coding):
    assert builders.answer(coding, "page_no", "-98").answer.state == "missing"
    assert builders.answer(coding, "sources", []).answer.value == ""
    assert builders.answer(coding, "sources", []).answer.state == "value"


def test_submission_names_every_variable_that_is_not_ready(coding):
    builders.answer(coding, "relevance", "2")
    builders.answer(coding, "sources", ["1"])
    with pytest.raises(answers.NotReady) as refusal:
        builders.submit(coding, {})

    assert [v.name for v in refusal.value.variables] == ["tone", "page_no", "area"]


def test_what_the_filter_closed_becomes_not_applicable_and_the_log_keeps_it(coding):
    builders.answer(coding, "relevance", "1")
    builders.answer(coding, "tone", "2")
    builders.answer(coding, "relevance", "0")
    builders.submit(coding, {"page_no": "3"})

    tone = Answer.objects.get(variable__name="tone")
    assert (tone.state, tone.value) == ("not_applicable", "")
    assert [
        (event.old, event.new)
        for event in AnswerEvent.objects.filter(variable__name="tone").order_by(
            "base_revision"
        )
    ] == [("", "value:2"), ("value:2", "not_applicable:")]


def test_a_submitted_coding_is_closed(coding):
    builders.submit(coding)
    with pytest.raises(answers.NotOpen, match="Ask the supervisor to reopen it"):
        builders.answer(coding, "relevance", "0")


def test_reopening_makes_a_second_submission_beside_the_first(coding):
    first = builders.submit(coding)
    second = answers.reopen_coding(
        coding=coding, reason="Slip", by=people.person(), at=people.NOON
    )
    builders.answer(coding, "relevance", "2")

    values = Answer.objects.filter(variable__name="relevance")
    assert values.get(unit__submission=first).value == "1"
    assert values.get(unit__submission=second).value == "2"


def test_reopening_needs_a_reason(coding):
    builders.submit(coding)
    with pytest.raises(answers.NotOpen, match="Say why"):
        answers.reopen_coding(
            coding=coding, reason=" ", by=people.person(), at=people.NOON
        )


FROZEN = {
    "coding_answer": ("submitted_answers_are_frozen", "value = '0'"),
    "coding_unit": ("submitted_units_are_frozen", "position = 2"),
    "coding_submission": ("submissions_are_frozen", "remark = 'x'"),
    "coding_answerevent": ("answer_events_are_append_only", "new = 'x'"),
}


@pytest.mark.parametrize("table", FROZEN)
@pytest.mark.parametrize("act", ["UPDATE", "DELETE"])
def test_the_database_refuses_to_change_what_was_submitted(coding, table, act):
    builders.submit(coding)
    name, change = FROZEN[table]
    statement = (
        f"UPDATE {table} SET {change}" if act == "UPDATE" else f"DELETE FROM {table}"
    )
    with (
        pytest.raises(IntegrityError, match=name),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_the_database_refuses_an_answer_added_to_a_submission(coding):
    builders.submit(coding)
    unit = Submission.objects.get().units.get()
    with (
        pytest.raises(IntegrityError, match="submissions_gain_no_answers"),
        transaction.atomic(),
    ):
        Answer.objects.create(
            unit=unit,
            variable=coding.version.variables.get(name="day"),
            state="value",
            value="2006-01-01",
            changed_at=people.NOON,
        )


def test_another_coder_cannot_write_to_a_coding(coding):
    vesna = people.person("vesna")
    with pytest.raises(Submission.DoesNotExist):
        answers.save_answer(
            unit=builders.unit(coding),
            variable=coding.version.variables.get(name="relevance"),
            raw="1",
            event_id=uuid.uuid4(),
            base_revision=0,
            by=vesna,
            at=people.NOON,
        )
