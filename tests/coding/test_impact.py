"""What a change of the codebook touches, counted before anybody decides."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from codebook.changes.change import Kind
from codebook.changes.compare import compare
from codebook.changes.decisions import Choice, Decision
from codebook.changes.questions import revise
from codebook.queries import document_of
from mediacoding.coding.models import Coding, Round
from mediacoding.coding.operations import answers
from mediacoding.coding.queries import impact
from mediacoding.coding.queries.impact import Counts
from mediacoding.studies import operations as studies
from mediacoding.studies.models import Study
from tests.builders import codebooks
from tests.builders import coding as builders
from tests.builders import studies as people
from tests.builders.studies import NOON
from tests.codebook.revising import revised

pytestmark = pytest.mark.django_db

NOBODY = Round.objects.none
READY = builders.READY
IRRELEVANT = {"relevance": "0", "page_no": "9"}
VICTIM_GONE = ("  - {code: 2, label: {en: Victim, sr: Žrtva}}\n", "")
#: code of the small codebook -> what the answers hold below
GIVEN = {
    "boris": [READY, {**READY, "sources": ["3"], "tone": "1"}, IRRELEVANT],
    "vesna": [READY, {**READY, "tone": "1"}, {**READY, "sources": ["3"]}],
}


@pytest.fixture
def study() -> Study:
    """Two coders code three articles each in one round, one of them one more in another."""
    study = people.study()
    round = builders.round(study, articles=3)
    for name, given in GIVEN.items():
        builders.code(round, name, *given)
    second = builders.round(
        study, round.version, articles=1, coders=("boris",), name="Round 2"
    )
    builders.answer(builders.take(second, "boris"), "relevance", "2")
    return study


def usage_of(study, changes, *, hidden=NOBODY):
    return impact.usage(
        study=study,
        changes=changes,
        version=study.codebook.versions.get(),
        hidden=hidden(),
    )


def impacts(study, new, decisions=None):
    """The impact of every change, by kind, as decided."""
    old = document_of(study.codebook.versions.get())
    changes = revise(old, new, decisions or {}).changes
    usage = usage_of(study, changes)
    return {c.kind: impact.impact_of(c, changes, usage) for c in changes}


def counted(study, variable, *, holding=(), states=("value", "missing")):
    """An independent count: every answer that holds one of the codes, one by one."""
    found = set()
    for coding in Coding.objects.filter(assignment__round__study=study):
        newest = coding.submissions.order_by("-number").first()
        for unit in newest.units.all():
            for answer in unit.answers.filter(variable__name=variable):
                codes = {int(code) for code in answer.value.split()}
                if answer.state in states and (not holding or codes & {*holding}):
                    found.add(coding)
    return Counts(
        len(found),
        len({coding.assignment.coder_id for coding in found}),
        len({coding.assignment.round_id for coding in found}),
        len({coding.assignment.article_id for coding in found}),
    )


def test_everything_is_counted_once(study):
    usage = usage_of(study, compare(codebooks.document(), revised()))
    everything = usage.counts([usage.every_unit, usage.every_unit])
    assert everything == counted(study, "relevance")
    assert (everything.codings, everything.coders, everything.rounds) == (7, 2, 2)


def test_a_change_of_a_category_touches_the_answers_that_hold_it(study):
    found = impacts(
        study, revised(("{code: 2, label: {en: Lurid", "{code: 2, label: {en: Sensational"))
    )  # fmt: skip
    one = found[Kind.RENAME_LABEL]
    assert one.touched == counted(study, "tone", holding=[2])
    assert (one.touched.codings, one.open_again) == (3, 0)


def test_a_category_that_is_gone_opens_the_answers_that_hold_it(study):
    new = revised(VICTIM_GONE)
    gone = impacts(study, new)[Kind.REMOVE_CATEGORY]
    assert gone.touched == counted(study, "sources", holding=[2])
    assert (gone.touched.codings, gone.open_again) == (3, 3)

    decided = {"remove_category:sources:2": Decision(Choice.COUNTS_AS, (3,))}
    merged = impacts(study, new, decided)[Kind.MERGE_CATEGORIES]
    assert merged.touched == gone.touched
    assert merged.open_again == 0


def test_a_definition_opens_every_answer_of_its_variable_unless_it_is_kept(study):
    new = revised(
        ("{code: 2, label: {en: Lurid, sr: Senzacionalan}}",
         "{code: 2, label: {en: Lurid, sr: Senzacionalan}, definition: Three such words}")
    )  # fmt: skip
    recode = impacts(study, new)[Kind.CHANGE_DEFINITION]
    assert recode.touched == counted(study, "tone")
    assert (recode.touched.codings, recode.open_again) == (5, 5)

    key = "change_definition:tone:2"
    keep = impacts(study, new, {key: Decision(Choice.KEEP)})[Kind.CHANGE_DEFINITION]
    assert (keep.touched, keep.open_again) == (counted(study, "tone", holding=[2]), 0)


def test_a_new_category_opens_only_the_answers_that_it_is_said_to(study):
    new = revised(
        ("  - {code: 3, label: {en: Expert", "  - {code: 4, label: {en: School, sr: Škola}}\n  - {code: 3, label: {en: Expert")
    )  # fmt: skip
    assert impacts(study, new)[Kind.ADD_CATEGORY].open_again == 5
    key = "add_category:sources:4"
    some = impacts(study, new, {key: Decision(Choice.SOME, (3,))})
    assert some[Kind.ADD_CATEGORY].touched == counted(study, "sources", holding=[3])
    kept = impacts(study, new, {key: Decision(Choice.KEEP)})
    assert kept[Kind.ADD_CATEGORY].touched == Counts(0, 0, 0, 0)


def test_a_filter_opens_at_most_the_answers_that_were_not_asked(study):
    found = impacts(
        study, revised(("ask_if: relevance >= 1", "ask_if: relevance >= 0"))
    )
    one = found[Kind.CHANGE_SKIP_RULE]
    states = ("value", "missing", "not_applicable")
    assert one.touched == counted(study, "tone", states=states)
    ruled_out = counted(study, "tone", states=["not_applicable"])
    assert (one.open_again, one.is_at_most) == (ruled_out.codings, True)
    assert ruled_out.codings == 1


def test_narrower_bounds_open_what_is_outside_them(study):
    found = impacts(study, revised(("  max: 160\n", "  max: 8\n")))
    assert found[Kind.CHANGE_BOUNDS].open_again == 6
    found = impacts(study, revised(("  max: 160\n", "  max: 9\n")))
    assert found[Kind.CHANGE_BOUNDS].open_again == 0


def test_a_new_variable_is_asked_in_every_coding(study):
    tree = json.loads(codebooks.document().stored_text)
    new = {**tree["variables"][0], "id": "H", "name": "byline"}
    for ask_if, is_at_most in (("", False), ("relevance == 2", True)):
        changed = {**tree, "variables": [*tree["variables"], {**new, "ask_if": ask_if}]}
        changes = compare(codebooks.document(), type(codebooks.document())(changed))
        usage = usage_of(study, changes)
        one = impact.impact_of(changes[0], changes, usage)
        assert (one.touched.codings, one.open_again) == (7, 7)
        assert one.is_at_most is is_at_most


def test_headings_and_thresholds_concern_no_answer(study):
    found = impacts(
        study,
        revised(
            ("label: {en: Main, sr: Glavno}", "label: {en: All, sr: Sve}"),
            ("title: {en: Small codebook", "title: {en: Little codebook"),
        ),
    )
    assert {kind: one.touched for kind, one in found.items()} == {
        Kind.CHANGE_TITLE: None,
        Kind.RELABEL_SECTION: None,
    }


def test_a_coding_with_several_changes_is_looked_at_once(study):
    changes = compare(
        codebooks.document(),
        revised(
            VICTIM_GONE,
            ("  max: 160\n", "  max: 8\n"),
        ),
    )
    together = impact.impact_of_all(changes, usage_of(study, changes))
    assert (together.open_again, together.is_at_most) == (6, False)


def test_the_newest_submission_counts(study):
    coding = Coding.objects.filter(submissions__units__answers__value="1 2").first()
    answers.reopen_coding(
        coding=coding, reason="slip", by=people.person(), at=people.NOON
    )
    builders.answer(coding, "sources", ["3"])
    gone = impacts(study, revised(VICTIM_GONE))[Kind.REMOVE_CATEGORY]
    assert gone.touched == counted(study, "sources", holding=[2])
    assert gone.touched.codings == 2


def test_hidden_rounds_and_other_studies_are_not_counted(study):
    other = people.study("Another")
    studies.choose_codebook(
        study=other, codebook=study.codebook, by=people.person(), at=NOON
    )
    other.refresh_from_db()
    round = builders.round(other, study.codebook.versions.get(), articles=1)
    builders.code(round, "boris", READY)
    changes = compare(codebooks.document(), revised(VICTIM_GONE))

    def second():
        return study.rounds.filter(name="Round 2")

    usage = usage_of(study, changes, hidden=second)
    everything = usage.counts([usage.every_unit])
    assert everything == Counts(codings=6, coders=2, rounds=1, articles=3)
    assert impact.impact_of(changes[0], changes, usage).touched.codings == 3


def test_the_impact_of_many_changes_costs_two_queries(study):
    version = study.codebook.versions.get()
    for new in (
        revised(VICTIM_GONE),
        revised(
            VICTIM_GONE,
            ("ask_if: relevance >= 1", "ask_if: relevance >= 0"),
            ("  max: 160\n", "  max: 8\n"),
            ("label: {en: Remarks", "label: {en: Notes"),
        ),
    ):
        changes = compare(document_of(version), new)
        usage_of(study, changes)  # the version's variables are kept
        with CaptureQueriesContext(
            connection,
        ) as captured:
            usage = impact.usage(
                study=study, changes=changes, version=version, hidden=NOBODY()
            )
            for change in changes:
                impact.impact_of(change, changes, usage)
        assert len(captured) == 2


def test_earlier_versions_are_told_with_their_codings(study):
    first = study.codebook.versions.get()
    draft = studies.import_codebook(
        study=study, document=revised(VICTIM_GONE), by=people.person(), at=NOON
    )
    (use,) = impact.versions_in_use(study=study, version=draft, hidden=NOBODY())
    assert (use.version, use.n_codings) == (first, 7)
