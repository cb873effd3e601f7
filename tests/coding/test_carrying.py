"""Rounds carried forward: what is carried, what is open again, and what stays as it was."""

import random

import pytest
from django.db import IntegrityError, connection, transaction

from codebook import operations as codebook_operations
from codebook.changes.compare import compare
from codebook.levels import Kind
from codebook.queries import variables_of
from codebook.values import Value
from mediacoding.coding import filters
from mediacoding.coding.models import Answer, CarryForward, Coding, Submission
from mediacoding.coding.operations import answers, carrying
from mediacoding.coding.operations.recording import RecordedCoding, record_codings
from mediacoding.coding.queries import pooling, ratings
from mediacoding.studies.models import JournalEntry
from tests.builders import codebooks
from tests.builders import coding as builders
from tests.builders import studies as people
from tests.builders.studies import NOON

pytestmark = pytest.mark.django_db


def carried(round, version):
    return carrying.carry_round_forward(
        round=round, version=version, by=people.person(), at=NOON
    )


def values(coding, number=1):
    unit = coding.submissions.get(number=number).units.get()
    return {
        a.variable.name: f"{a.state}:{a.value}"
        for a in unit.answers.select_related("variable")
    }


@pytest.fixture
def round():
    """Three articles coded by boris: irrelevant, sober, lurid; and one that is open."""
    found = builders.round(people.study(), articles=4)
    builders.code(
        found,
        "boris",
        {"relevance": "0", "page_no": "1"},
        {"relevance": "1", "tone": "1", "sources": ["1"], "page_no": "2"},
        {"relevance": "1", "tone": "2", "sources": ["1", "3"], "page_no": "3"},
    )
    builders.answer(builders.take(found), "relevance", "2")
    return found


def newer(round, version):
    """The carried codings in the order of those they come from."""
    return list(
        Coding.objects.filter(assignment__round=round, version=version).order_by(
            "carried_from"
        )
    )


def snapshot():
    """Every row of codings, submissions, units and answers, as the database has them."""
    rows = []
    with connection.cursor() as cursor:
        for table in ("coding", "submission", "unit", "answer", "answerevent"):
            cursor.execute(f"SELECT * FROM coding_{table} ORDER BY 1")
            rows.append(cursor.fetchall())
    return rows


def test_what_can_be_carried_is_and_the_rest_is_open_for_its_coder(round):
    version = codebooks.later(round.version)
    made = carried(round, version)
    round.refresh_from_db()
    assert round.version == version
    irrelevant, sober, lurid, unfinished = newer(round, version)

    assert values(irrelevant) == {
        "relevance": "value:0",
        "tone": "not_applicable:",
        "sources": "not_applicable:",
        "page": "value:1",
        "area": "not_applicable:",
        "byline": "not_applicable:",
    }
    assert values(sober)["tone"] == "value:1"
    assert values(sober)["page"] == "value:2"
    assert "tone" not in values(lurid)
    assert values(lurid)["sources"] == "value:1 3"
    assert values(unfinished) == {"relevance": "value:2"}
    states = [
        c.submissions.get().submitted_at is not None for c in newer(round, version)
    ]
    assert states == [True, True, False, False]
    assert (made.n_codings, made.n_to_recode) == (4, 1)
    assert made.n_answers == Answer.objects.exclude(carried_from=None).count()


def test_every_carried_answer_names_the_answer_that_it_comes_from(round):
    version = codebooks.later(round.version)
    carried(round, version)
    for answer in Answer.objects.exclude(carried_from=None).select_related(
        "variable", "unit__submission__coding", "carried_from__variable"
    ):
        source = answer.carried_from
        assert source.variable.stable_id == answer.variable.stable_id
        assert source.unit.submission.coding_id == (
            answer.unit.submission.coding.carried_from_id
        )


def test_the_old_codings_stay_row_for_row(round):
    version = codebooks.later(round.version)
    before = snapshot()
    carried(round, version)
    after = snapshot()
    for old, new in zip(before, after, strict=True):
        assert set(old) <= set(new)


def test_the_coder_recodes_what_is_open_and_submits(round):
    version = codebooks.later(round.version)
    carried(round, version)
    lurid = newer(round, version)[2]
    boris = lurid.assignment.coder.person

    with pytest.raises(answers.NotReady) as refusal:
        answers.submit_coding(coding=lurid, by=boris, at=NOON)
    assert [v.name for v in refusal.value.variables] == ["tone"]
    builders.answer(lurid, "tone", "22")
    submission = answers.submit_coding(coding=lurid, by=boris, at=NOON)

    assert submission.number == 1
    assert values(lurid)["tone"] == "value:22"


def test_the_next_article_is_the_one_that_was_open_in_the_new_version(round):
    version = codebooks.later(round.version)
    carried(round, version)
    coding = builders.take(round)
    assert coding.version == version
    assert values(coding) == {"relevance": "value:2"}


def test_a_second_submission_is_carried_where_nothing_is_to_be_recoded(round):
    coding = Coding.objects.filter(assignment__round=round).order_by("pk")[1]
    answers.reopen_coding(coding=coding, reason="a slip", by=people.person(), at=NOON)
    builders.answer(coding, "page_no", "20")
    answers.submit_coding(coding=coding, by=coding.assignment.coder.person, at=NOON)
    version = codebooks.later(round.version)
    carried(round, version)
    found = newer(round, version)[1]
    assert values(found, 1)["page"] == "value:2"
    assert values(found, 2)["page"] == "value:20"
    assert found.submissions.get(number=2).reason == "a slip"


def test_a_reopened_coding_with_something_to_recode_begins_with_its_first_submission(
    round,
):
    coding = Coding.objects.filter(assignment__round=round).order_by("pk")[2]
    answers.reopen_coding(coding=coding, reason="a slip", by=people.person(), at=NOON)
    builders.answer(coding, "page_no", "20")
    answers.submit_coding(coding=coding, by=coding.assignment.coder.person, at=NOON)
    version = codebooks.later(round.version)
    effect = carrying.carrying_effect(round=round, version=version)
    carried(round, version)
    found = newer(round, version)[2]
    assert effect.n_left_behind == 1
    assert found.submissions.get().submitted_at is None
    assert values(found)["page"] == "value:3"


def test_handed_back_articles_are_not_carried(round):
    from mediacoding.coding.operations import rounds

    rounds.hand_back(coding=builders.take(round), by=people.person("boris"), at=NOON)
    version = codebooks.later(round.version)
    assert carried(round, version).n_codings == 3


def test_the_effect_is_told_before_anything_is_written(round):
    version = codebooks.later(round.version)
    before = snapshot()
    effect = carrying.carrying_effect(round=round, version=version)
    assert snapshot() == before
    made = carried(round, version)
    assert (effect.n_codings, effect.n_answers, effect.n_to_recode) == (
        made.n_codings,
        made.n_answers,
        made.n_to_recode,
    )
    assert effect.to_recode == {"tone": 1}


def test_a_carrying_is_taken_back_until_somebody_recodes(round):
    version = codebooks.later(round.version)
    before, old = snapshot(), round.version
    made = carried(round, version)
    carrying.undo_carrying(carrying=made, by=people.person(), at=NOON)
    round.refresh_from_db()
    assert round.version == old
    assert snapshot() == before
    assert [e.act for e in JournalEntry.objects.order_by("pk")][-2:] == [
        "carry_round_forward",
        "undo_carrying",
    ]

    again = carried(round, version)
    builders.answer(newer(round, version)[2], "tone", "21")
    with pytest.raises(carrying.NotCarriable, match="not taken back"):
        carrying.undo_carrying(carrying=again, by=people.person(), at=NOON)
    with pytest.raises(carrying.NotCarriable, match="last one"):
        carrying.undo_carrying(carrying=made, by=people.person(), at=NOON)


def test_the_database_keeps_a_carried_coding_once_it_was_touched(round):
    version = codebooks.later(round.version)
    carried(round, version)
    lurid = newer(round, version)[2]
    builders.answer(lurid, "tone", "21")
    answers.submit_coding(coding=lurid, by=lurid.assignment.coder.person, at=NOON)
    old = Coding.objects.get(pk=lurid.carried_from_id)
    for coding in (lurid, old):
        unit = coding.submissions.get(number=1).units.get()
        for rows in (
            Answer.objects.filter(unit=unit),
            Submission.objects.filter(coding=coding),
        ):
            with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
                rows._raw_delete(rows.db)
    sober = newer(round, version)[1]  # carried whole and submitted: still as frozen
    unit = sober.submissions.get().units.get()
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        Answer.objects.filter(unit=unit).update(value="2", state="value")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [("draft", "Publish"), ("same", "later version"), ("other", "own codebook")],
)
def test_what_cannot_be_carried_is_refused_with_the_way_out(round, change, sentence):
    if change == "draft":
        version = codebook_operations.import_document(
            document=codebooks.document(codebooks.LATER),
            codebook=round.version.codebook,
            by=people.person(),
            at=NOON,
        )
    elif change == "same":
        version = round.version
    else:
        other = codebooks.SMALL.replace("id: small", "id: another")
        version = codebook_operations.publish_version(
            version=codebooks.draft(other), by=people.person(), at=NOON
        )
    with pytest.raises(carrying.NotCarriable, match=sentence):
        carried(round, version)


def test_a_closed_round_opens_again_for_recoding_and_closes_when_taken_back(round):
    from mediacoding.coding.operations import rounds

    rounds.close_round(round=round, by=people.person(), at=NOON)
    version = codebooks.later(round.version)
    made = carried(round, version)
    round.refresh_from_db()
    assert round.is_open
    carrying.undo_carrying(carrying=made, by=people.person(), at=NOON)
    round.refresh_from_db()
    assert round.closed_at == NOON


def test_the_database_refuses_a_carrying_to_the_same_version(round):
    with (
        pytest.raises(IntegrityError, match="a_round_is_carried_to_another_version"),
        transaction.atomic(),
    ):
        CarryForward.objects.create(
            round=round,
            from_version=round.version,
            to_version=round.version,
            n_codings=0,
            n_answers=0,
            n_to_recode=0,
            made_at=NOON,
            made_by=people.person(),
        )


def random_values(document, chance):
    """Legal answers to every question that is asked, as a coder would leave them."""
    given: dict[str, Value] = {}
    for variable in document.variables:
        if filters.openness(document, given).get(variable.name) is not True:
            continue
        if variable.missing_codes and chance.random() < 0.05:
            code = chance.choice(sorted(variable.missing_codes))
            given[variable.name] = Value("missing", str(code))
        elif variable.kind is Kind.SINGLE:
            given[variable.name] = Value(
                "value", str(chance.choice(variable.offered).code)
            )
        elif variable.kind is Kind.MULTI:
            code = chance.choice(variable.offered).code
            given[variable.name] = Value("value", str(code))
        elif variable.kind in (Kind.INTEGER, Kind.DECIMAL):
            given[variable.name] = Value("value", str(chance.randint(1, 40)))
        elif variable.kind is Kind.DATE:
            given[variable.name] = Value("value", f"2006-03-{chance.randint(1, 28):02}")
    return given


def of(code_, name, version, *, codes=None):
    """How many old submitted answers of a variable hold one of some codes: plain SQL."""
    variable = variables_of(version)[name].pk
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.state, a.value FROM coding_answer a JOIN coding_unit u ON u.id = "
            "a.unit_id JOIN coding_submission s ON s.id = u.submission_id JOIN "
            "coding_coding c ON c.id = s.coding_id JOIN coding_assignment g ON g.id = "
            "c.assignment_id WHERE g.round_id = %s AND a.variable_id = %s",
            [code_, variable],
        )
        rows = cursor.fetchall()
    if codes is None:
        return sum(state in ("value", "missing") for state, _value in rows)
    return sum(
        state == "value" and bool(set(value.split()) & codes) for state, value in rows
    )


def test_the_real_codebook_is_carried_as_its_history_says():
    study = people.study()
    old = codebooks.published(study, codebooks.internet_window("1.0"))
    found = builders.round(study, old, articles=60, overlap=1)
    chance = random.Random(4)
    document = codebooks.internet_window("1.0")
    boris = people.member(study, "boris")
    record_codings(
        round=found,
        codings=[
            RecordedCoding(article, boris, random_values(document, chance))
            for article in found.articles.values_list("article", flat=True)
        ],
        by=people.person(),
        at=NOON,
    )
    version = codebooks.later(old, codebooks.internet_window("1.1"))
    effect = carrying.carrying_effect(round=found, version=version)
    made = carried(found, version)

    assert made.n_codings == 60
    # Every variable of 1.1 that a recode change separates, counted by a query of its own.
    assert effect.to_recode["victim_age"] == of(
        found.pk, "victim_age", old, codes={"1"}
    )
    assert effect.to_recode["sensational_wording"] == of(
        found.pk, "sensational_wording", old
    )
    assert effect.to_recode["story_origin"] > 0
    changed = {c.variable for c in compare(document, codebooks.internet_window("1.1"))}
    assert set(effect.to_recode) <= changed
    # Merged codes are gone, and are as many as before under their new code.
    assert of(found.pk, "trigger", version, codes={"7"}) == 0
    assert of(found.pk, "trigger", version, codes={"5"}) == of(
        found.pk, "trigger", old, codes={"5", "7"}
    )
    # What no change touches is there as often as before.
    for name in ("relevance", "page_no", "frame_main"):
        if name in variables_of(old) and name in variables_of(version):
            assert of(found.pk, name, version) == of(found.pk, name, old), name
    n_old = Answer.objects.filter(variable__version=old).count()
    reopened = sum(
        effect.to_recode[name]
        for name in ("victim_age", "sensational_wording", "recruitment_channel")
    )
    assert made.n_answers == n_old - reopened


def test_a_round_without_codings_just_moves_on():
    found = builders.round(people.study(), articles=2)
    version = codebooks.later(found.version)
    assert carried(found, version).n_codings == 0
    assert builders.take(found).version == version


def token_counts(round, name):
    """How many pairable ratings a variable has, and by which coders."""
    found = ratings.round_ratings(round)
    table = next(t for t in found.variables if t.variable.name == name)
    return len(table.token), found.n_to_recode


def test_carried_answers_count_before_recoding_where_no_recode_change_separates_them(
    round,
):
    before = token_counts(round, "relevance")
    version = codebooks.later(round.version)
    carried(round, version)
    round.refresh_from_db()

    assert before == (3, 0)
    assert token_counts(round, "relevance") == (3, 1)  # the unfinished one never counts
    assert token_counts(round, "page") == (3, 1)
    # Tone was split: the answers that were carried are not all, so none of a coding that is
    # still to be recoded counts; the other two stand.
    assert token_counts(round, "tone") == (2, 1)

    lurid = newer(round, version)[2]
    builders.answer(lurid, "tone", "21")
    answers.submit_coding(coding=lurid, by=lurid.assignment.coder.person, at=NOON)
    assert token_counts(round, "tone") == (3, 0)


def test_a_carried_answer_that_its_coder_changes_waits_for_the_submission(round):
    version = codebooks.later(round.version)
    carried(round, version)
    round.refresh_from_db()
    lurid = newer(round, version)[2]
    builders.answer(lurid, "page", "33")
    assert token_counts(round, "page") == (2, 1)


def test_the_pool_says_which_versions_a_variable_rests_on(round):
    version = codebooks.later(round.version)
    pool = pooling.pool_of(version)
    assert pool.numbers["relevance"] == ("1.0", "1.1")
    assert pool.numbers["page"] == ("1.0", "1.1")
    assert pool.numbers["tone"] == ("1.1",)
    assert pool.numbers["byline"] == ("1.1",)
    old, new = variables_of(round.version), variables_of(version)
    assert pool.members[old["page_no"].pk].variable == new["page"].pk
    assert old["tone"].pk not in pool.members
    assert pool.versions == (round.version.pk,)


def test_merged_codes_are_read_as_the_code_that_they_became():
    study = people.study()
    old = codebooks.published(study, codebooks.internet_window("1.0"))
    version = codebooks.later(old, codebooks.internet_window("1.1"))
    member = pooling.pool_of(version).members[variables_of(old)["trigger"].pk]
    assert member.read(Value("value", "7")) == Value("value", "5")
    assert member.read(Value("value", "3")) == Value("value", "3")
    assert member.read(Value("missing", "99")) == Value("missing", "99")


def first_chunk(round, version):
    return carrying._take(
        carrying._Move(round, version).codings(carrying.Carried(), is_settled=True), 2
    )


def test_an_interrupted_carrying_is_taken_up_where_it_stopped(round):
    version = codebooks.later(round.version)
    carrying._write_apart(first_chunk(round, version), version, NOON)
    round.refresh_from_db()
    assert round.version != version  # nothing shows before the round is moved
    made = carried(round, version)
    assert (made.n_codings, made.n_to_recode) == (4, 1)
    assert len({c.carried_from_id for c in newer(round, version)}) == 4


def test_two_who_carry_at_once_write_nothing_twice(round):
    version = codebooks.later(round.version)
    chunk = first_chunk(round, version)
    carrying._write_apart(chunk, version, NOON)
    with pytest.raises(carrying.NotCarriable, match="Somebody else"):
        carrying._write_apart(chunk, version, NOON)
    assert len(newer(round, version)) == 2
