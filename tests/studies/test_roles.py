import pytest
from django.db import IntegrityError, transaction

from mediacoding.studies import operations, queries
from mediacoding.studies.models import JournalEntry, Membership
from tests.builders import studies as builders

pytestmark = pytest.mark.django_db


def test_who_starts_a_study_supervises_it():
    study = builders.study()

    ana = builders.person("ana")
    assert ana.has_perm("studies.change_people", study)
    assert not ana.has_perm("coding.code", study)


def test_a_stranger_has_no_permission_and_sees_no_study():
    study = builders.study()
    ivo = builders.person("ivo")

    assert not ivo.has_perm("studies.view_study", study)
    assert not queries.studies_of(ivo).exists()


def test_a_coder_codes_and_sees_neither_corpus_nor_agreement():
    study = builders.study()
    builders.member(study, "boris")
    boris = builders.person("boris")

    assert boris.has_perm("coding.code", study)
    assert not boris.has_perm("corpus.view_corpus", study)
    assert not boris.has_perm("reliability.view_agreement", study)


def test_a_codebook_is_open_to_the_members_of_the_studies_that_use_it():
    from tests.builders import codebooks

    study = builders.study()
    builders.member(study, "boris")
    version = codebooks.published(study)

    assert builders.person("boris").has_perm("codebook.view_codebook", version.codebook)
    assert not builders.person("boris").has_perm(
        "codebook.publish_version", version.codebook
    )
    assert not builders.person("ivo").has_perm(
        "codebook.view_codebook", version.codebook
    )


def test_a_member_needs_a_role():
    study = builders.study()
    with pytest.raises(operations.NotPossible, match="at least one role"):
        operations.add_member(
            study=study,
            person=builders.person("boris"),
            roles=set(),
            by=builders.person(),
            at=builders.NOON,
        )


def test_the_database_refuses_a_member_without_a_role():
    study = builders.study()
    with pytest.raises(IntegrityError, match="a_member_has_a_role"):
        Membership.objects.create(
            study=study,
            person=builders.person("boris"),
            pseudonym="X",
            joined_at=builders.NOON,
        )


def test_the_journal_tells_who_did_what():
    study = builders.study()
    builders.member(study, "boris")

    assert list(study.journal.order_by("pk").values_list("act", "by__username")) == [
        ("start_study", "ana"),
        ("add_member", "ana"),
        ("add_member", "ana"),
    ]


@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_database_keeps_the_journal_as_it_was_written(act):
    builders.study()
    entries = JournalEntry.objects.all()
    with (
        pytest.raises(IntegrityError, match="the_journal_is_append_only"),
        transaction.atomic(),
    ):
        entries.update(act="nothing") if act == "update" else entries.delete()
