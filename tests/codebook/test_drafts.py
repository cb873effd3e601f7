"""Drafts: started from a version, written by two people at once, taken back step by step."""

import json
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction

from codebook import drafting, operations, queries
from codebook.drafting import Chosen, DraftChange
from codebook.editing import head, outline, variables
from codebook.editing.merging import Side
from codebook.models import CodebookEvent, CodebookVersion, DraftRevision
from tests import servers
from tests.builders import codebooks
from tests.builders import studies as people

pytestmark = pytest.mark.django_db


def relabel(key, words):
    return DraftChange(
        "change_variable",
        partial(
            variables.with_variable,
            key=key,
            values={"label": {"en": words, "sr": words}},
        ),
        key,
    )


def save(draft, change, *, base=1, chosen=None, by="ana"):
    return drafting.save_draft(
        version=draft,
        base_revision=base,
        change=change,
        chosen=chosen,
        by=people.person(by),
        at=people.NOON,
    )


def undo(draft, base, to=None):
    return drafting.undo_draft(
        version=draft, base_revision=base, to=to, by=people.person(), at=people.NOON
    )


def redo(draft, base):
    return drafting.redo_draft(
        version=draft, base_revision=base, by=people.person(), at=people.NOON
    )


def label_of(draft, name="tone"):
    draft.refresh_from_db()
    return str(queries.document_of(draft).variable(name).label)


# -- starting -------------------------------------------------------------------------------


def test_a_draft_begins_as_a_copy_with_a_free_number():
    first = codebooks.published(people.study())
    draft = drafting.start_draft(version=first, by=people.person(), at=people.NOON)
    assert (draft.ordinal, draft.number, draft.is_draft) == (2, "1.1", True)
    old, new = (queries.document_of(version).tree for version in (first, draft))
    assert {**new, "codebook": {**new["codebook"], "version": "1.0"}} == old


def test_a_codebook_has_one_draft():
    first = codebooks.published(people.study())
    drafting.start_draft(version=first, by=people.person(), at=people.NOON)
    with pytest.raises(operations.NotImportable, match="has a draft already"):
        drafting.start_draft(version=first, by=people.person(), at=people.NOON)


def test_a_codebook_is_written_from_nothing():
    document = head.new_document({"en": "Pupils"}, ["en"])
    draft = operations.import_document(
        document=document, by=people.person(), at=people.NOON
    )
    draft = save(
        draft,
        DraftChange(
            "add_variable",
            lambda tree: outline.with_new_variable(tree, "main", "text")[0],
        ),
    ).version
    draft = save(
        draft,
        DraftChange(
            "change_variable",
            partial(
                variables.with_variable,
                key="V01",
                values={"name": "remarks", "label": {"en": "Remarks"}},
            ),
        ),
        base=2,
    ).version
    version = operations.publish_version(
        version=draft, by=people.person(), at=people.NOON
    )
    assert [v.name for v in version.variables.all()] == ["remarks"]


# -- saving ---------------------------------------------------------------------------------


def test_a_save_is_the_next_revision_and_an_event():
    draft = codebooks.draft()
    saved = save(draft, relabel("B", "Voice"))
    assert (saved.version.revision, saved.was_merged) == (2, False)
    assert label_of(draft) == "Voice"
    assert list(draft.revisions.values_list("revision", "act", "about")) == [
        (1, "import_document", ""),
        (2, "change_variable", "B"),
    ]
    event = CodebookEvent.objects.get(act="save_draft")
    assert event.detail == {
        "number": "1.0", "revision": 2, "what": "change_variable", "about": "B",
    }  # fmt: skip


def test_a_save_that_changes_nothing_is_no_revision():
    draft = codebooks.draft()
    save(draft, relabel("B", "Voice"))
    assert save(draft, relabel("B", "Voice"), base=2).version.revision == 2


def test_two_people_change_different_variables_and_both_changes_stand():
    draft = codebooks.draft()
    save(draft, relabel("A", "Rank"))
    saved = save(draft, relabel("B", "Voice"), base=1, by="boris")
    assert saved.was_merged
    assert (label_of(draft, "relevance"), label_of(draft)) == ("Rank", "Voice")


def test_two_people_change_one_place_and_the_second_chooses():
    draft = codebooks.draft()
    save(draft, relabel("B", "Voice"))
    with pytest.raises(drafting.DraftConflict) as caught:
        save(draft, relabel("B", "Register"), base=1, by="boris")
    conflict = caught.value
    assert (conflict.seen, conflict.last.made_by.username) == (2, "ana")
    assert [c.path for c in conflict.conflicts] == [("variables", "B", "label")]
    assert label_of(draft) == "Voice"

    chosen = Chosen(2, (Side.MINE,))
    save(draft, relabel("B", "Register"), base=1, chosen=chosen, by="boris")
    assert label_of(draft) == "Register"


def test_a_choice_counts_only_for_what_the_person_saw():
    draft = codebooks.draft()
    save(draft, relabel("B", "Voice"))
    save(draft, relabel("B", "Manner"), base=2)
    with pytest.raises(drafting.DraftConflict) as caught:
        save(draft, relabel("B", "Register"), chosen=Chosen(2, (Side.MINE,)))
    assert caught.value.seen == 3
    assert label_of(draft) == "Manner"


def test_something_new_is_in_nobody_s_way():
    draft = codebooks.draft()

    def add(tree):
        return outline.with_new_variable(tree, "main", "single")[0]

    for _turn in range(2):
        save(draft, DraftChange("add_variable", add), base=None)
    draft.refresh_from_db()
    ids = [v.stable_id for v in queries.document_of(draft).variables]
    assert ids[-2:] == ["V01", "V02"]


def test_a_number_that_another_version_has_is_refused():
    first = codebooks.published(people.study())
    draft = drafting.start_draft(version=first, by=people.person(), at=people.NOON)
    change = DraftChange(
        "change_head", partial(head.with_head, values={"version": "1.0"})
    )
    with pytest.raises(drafting.NotSaved, match=r"a version 1\.0 already"):
        save(draft, change)


def test_a_change_that_leaves_no_codebook_is_refused():
    draft = codebooks.draft()
    change = DraftChange("break", lambda tree: {**tree, "variables": [{"name": "x"}]})
    with pytest.raises(drafting.NotSaved, match="“level” is missing"):
        save(draft, change)
    assert draft.revisions.count() == 1


def test_a_published_or_discarded_draft_is_not_saved():
    draft = codebooks.draft()
    operations.publish_version(version=draft, by=people.person(), at=people.NOON)
    with pytest.raises(drafting.NotSaved, match="was published meanwhile"):
        save(draft, relabel("B", "Voice"))
    other = codebooks.draft(codebooks.SMALL.replace("id: small", "id: other"))
    operations.discard_draft(version=other, by=people.person(), at=people.NOON)
    with pytest.raises(drafting.NotSaved, match="was discarded meanwhile"):
        save(other, relabel("B", "Voice"))


def test_the_codebook_is_called_as_its_first_draft_is():
    draft = codebooks.draft()
    change = DraftChange(
        "change_head",
        partial(head.with_head, values={"title": {"en": "Press", "sr": "Štampa"}}),
    )
    save(draft, change)
    draft.codebook.refresh_from_db()
    assert str(draft.codebook) == "Press"


# -- steps back -----------------------------------------------------------------------------


def test_every_step_is_taken_back_and_done_again():
    draft = codebooks.draft()
    for number, words in enumerate(("Voice", "Manner", "Register"), start=1):
        save(draft, relabel("B", words), base=number)
    walked = []
    for revision in range(4, 7):
        undo(draft, revision)
        walked.append(label_of(draft))
    assert walked == ["Manner", "Voice", "Tone"]
    with pytest.raises(drafting.NotSaved, match="no earlier step"):
        undo(draft, 7)
    for revision in range(7, 10):
        redo(draft, revision)
        walked.append(label_of(draft))
    assert walked[3:] == ["Voice", "Manner", "Register"]
    with pytest.raises(drafting.NotSaved, match="could be done again"):
        redo(draft, 10)


def test_a_draft_goes_back_to_any_of_its_steps_at_once():
    draft = codebooks.draft()
    before = draft.document
    for number, words in enumerate(("Voice", "Manner", "Register"), start=1):
        save(draft, relabel("B", words), base=number)
    assert undo(draft, 4, to=1).document == before
    assert redo(draft, 5).revision == 6
    assert label_of(draft) == "Voice"


def test_nobody_undoes_a_step_that_they_have_not_seen():
    draft = codebooks.draft()
    save(draft, relabel("A", "Rank"))
    save(draft, relabel("B", "Voice"), base=2, by="boris")
    with pytest.raises(drafting.NotSaved, match="you have not seen"):
        undo(draft, 2)
    assert label_of(draft) == "Voice"


def test_the_steps_go_when_the_draft_is_published_and_the_history_stays():
    draft = codebooks.draft()
    save(draft, relabel("B", "Voice"))
    draft.refresh_from_db()
    operations.publish_version(version=draft, by=people.person(), at=people.NOON)
    assert not DraftRevision.objects.exists()
    acts = list(draft.codebook.events.values_list("act", flat=True))
    assert acts == ["import_document", "save_draft", "publish_version"]


def test_a_discarded_draft_takes_its_steps_with_it():
    draft = codebooks.draft()
    save(draft, relabel("B", "Voice"))
    operations.discard_draft(version=draft, by=people.person(), at=people.NOON)
    assert not DraftRevision.objects.exists()


# -- what the database keeps ----------------------------------------------------------------


def row(draft, **facts):
    return DraftRevision(
        version=draft,
        document=draft.document,
        act="x",
        made_at=people.NOON,
        made_by=people.person(),
        **{"revision": 2, **facts},
    )


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("one_draft_revision_per_number", {"revision": 1}),
        ("draft_revisions_count_from_one", {"revision": 0}),
        ("what_is_brought_back_is_earlier", {"restores": 2}),
    ],
)
def test_the_database_refuses_a_step_that_cannot_be(name, facts):
    draft = codebooks.draft()
    # SQLite names the columns of a broken UNIQUE constraint, not the constraint.
    match = f"{name}|UNIQUE" if name.startswith("one_") else name
    with pytest.raises(IntegrityError, match=match), transaction.atomic():
        row(draft, **facts).save()


def test_the_database_changes_no_step():
    codebooks.draft()
    with (
        pytest.raises(IntegrityError, match="draft_revisions_never_change"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE codebook_draftrevision SET document = '{}'")


def test_the_database_gives_a_published_version_no_further_step():
    draft = codebooks.draft()
    operations.publish_version(version=draft, by=people.person(), at=people.NOON)
    with (
        pytest.raises(IntegrityError, match="published_versions_gain_no_revisions"),
        transaction.atomic(),
    ):
        row(draft).save()


def test_a_large_draft_is_saved_with_as_many_queries_as_a_small_one(
    django_assert_max_num_queries,
):
    counts = []
    for document in (codebooks.document(), codebooks.internet_window()):
        draft = codebooks.draft(document)
        key = document.variables[1].stable_id
        change = relabel(key, "Voice")
        with django_assert_max_num_queries(12) as captured:
            save(draft, change)
        counts.append(len(captured))
        assert json.loads(CodebookVersion.objects.get(pk=draft.pk).document)
    assert counts[0] == counts[1]


# -- two processes --------------------------------------------------------------------------

BEGIN = """
from tests.builders import codebooks
codebooks.draft()
"""
WRITE = """
import sys
from functools import partial
from codebook import drafting
from codebook.editing import variables
from codebook.models import CodebookVersion
from tests.builders import studies as people
key, ana = sys.argv[1], people.person()
for turn in range(1, 13):
    draft = CodebookVersion.objects.get()
    edit = partial(variables.with_variable, key=key,
        values={"label": {"en": f"{key} {turn}", "sr": f"{key} {turn}"}})
    drafting.save_draft(version=draft, base_revision=draft.revision,
        change=drafting.DraftChange("change_variable", edit, key), by=ana, at=people.NOON)
"""
READ = """
from codebook import queries
from codebook.models import CodebookVersion
draft = CodebookVersion.objects.get()
print(draft.revision, draft.revisions.count(),
    *(v.label for v in queries.document_of(draft).variables[:2]), sep=", ")
"""


@pytest.mark.slow
def test_two_processes_that_save_at_once_lose_nothing(tmp_path):
    with servers.installation(tmp_path) as made:
        made.python(BEGIN)
        with ThreadPoolExecutor(2) as both:
            list(both.map(lambda key: made.python(WRITE, key), ("A", "B")))
        assert made.python(READ).strip() == "25, 25, A 12, B 12"
