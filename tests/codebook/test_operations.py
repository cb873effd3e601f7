import pytest
from django.db import IntegrityError, connection, transaction

from codebook import operations, queries
from codebook.models import Category, CodebookVersion, Variable
from tests.builders import codebooks
from tests.builders import studies as people

pytestmark = pytest.mark.django_db


def test_publishing_stamps_and_makes_the_rows_that_answers_hang_on():
    version = codebooks.published(people.study(), codebooks.internet_window())

    assert version.digest == codebooks.internet_window().digest
    assert (version.published_by.username, version.published_at) == ("ana", people.NOON)
    assert version.variables.count() == 36
    age = Category.objects.filter(
        variable__name="victim_age", variable__version=version
    )
    assert list(age.values_list("code", "kind")) == [
        (1, "substantive"), (2, "substantive"), (3, "substantive"), (4, "substantive"),
        (98, "missing"), (99, "missing"),
    ]  # fmt: skip


def test_publishing_refuses_with_every_problem_at_once():
    text = codebooks.SMALL.replace("exclusive: [0]", "exclusive: [9]").replace(
        "ask_if: relevance >= 1", "ask_if: nothing == 1"
    )
    draft = codebooks.draft(text)
    with pytest.raises(operations.NotPublishable) as refusal:
        operations.publish_version(version=draft, by=people.person(), at=people.NOON)
    assert len(refusal.value.problems) == 3
    draft.refresh_from_db()
    assert draft.is_draft


def test_a_published_version_is_not_published_twice():
    version = codebooks.published(people.study())
    with pytest.raises(operations.NotPublishable, match="published already"):
        operations.publish_version(version=version, by=people.person(), at=people.NOON)


def test_the_next_version_is_a_draft_beside_the_published_one():
    first = codebooks.published(people.study(), codebooks.internet_window())
    second = operations.import_document(
        document=codebooks.internet_window("1.1"),
        codebook=first.codebook,
        by=people.person(),
        at=people.NOON,
    )
    assert (second.ordinal, second.number, second.is_draft) == (2, "1.1", True)
    assert queries.newest_version(first.codebook) == first
    with pytest.raises(operations.NotImportable, match="has a draft already"):
        operations.import_document(
            document=codebooks.document(),
            codebook=first.codebook,
            by=people.person(),
            at=people.NOON,
        )
    operations.discard_draft(version=second, by=people.person(), at=people.NOON)
    with pytest.raises(
        operations.NotImportable, match=r"published already, as version 1\.0"
    ):
        operations.import_document(
            document=codebooks.internet_window(),
            codebook=first.codebook,
            by=people.person(),
            at=people.NOON,
        )


FROZEN = {
    "codebook_codebookversion": ("published_versions_are_frozen", "document = '{}'"),
    "codebook_variable": ("published_variables_are_frozen", "name = 'x'"),
    "codebook_category": ("published_categories_are_frozen", "code = 5"),
    "codebook_codebookevent": ("codebook_events_are_append_only", "act = 'x'"),
}


@pytest.mark.parametrize("table", FROZEN)
@pytest.mark.parametrize("act", ["UPDATE", "DELETE"])
def test_the_database_keeps_a_published_version(table, act):
    codebooks.published(people.study())
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


def test_the_database_adds_no_variable_to_a_published_version():
    version = codebooks.published(people.study())
    with (
        pytest.raises(IntegrityError, match="published_versions_gain_no_variables"),
        transaction.atomic(),
    ):
        Variable.objects.create(
            version=version, position=99, stable_id="X", name="x", kind="text", level="text",
            is_required=False,
        )  # fmt: skip


def test_the_database_refuses_a_published_version_without_a_stamp():
    draft = codebooks.draft()
    with (
        pytest.raises(IntegrityError, match="published_means_stamped"),
        transaction.atomic(),
    ):
        CodebookVersion.objects.filter(pk=draft.pk).update(status="published")


def test_the_admin_changes_nothing(client):
    ana = people.person()
    ana.is_staff = ana.is_superuser = True
    ana.save()
    version = codebooks.published(people.study())
    client.force_login(ana)
    url = f"/admin/codebook/codebookversion/{version.pk}/"
    assert client.get(f"{url}change/").status_code == 200
    assert client.post(f"{url}change/", {"number": "9"}).status_code == 403
    assert client.post(f"{url}delete/", {"post": "yes"}).status_code == 403


def test_a_broken_file_is_refused_on_the_page_with_every_place(client):
    from django.core.files.uploadedfile import SimpleUploadedFile

    study = people.study()
    client.force_login(people.person())
    text = codebooks.SMALL.replace("exclusive: [0]", "exclusive: [9]").replace(
        "min: 1\n  max: 160", "min: 161\n  max: 160"
    )
    response = client.post(
        f"/studies/{study.slug}/codebook/import/",
        {"file": SimpleUploadedFile("c.yaml", text.encode())},
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "Exclusive code 9 of “sources” is no category." in page
    assert "variables[4] · min</b>" in page
    study.refresh_from_db()
    assert study.codebook is None


def test_the_page_of_a_codebook_costs_the_same_whatever_its_size(
    client, django_assert_max_num_queries
):
    counts = []
    for name, document in (
        ("small", codebooks.document()),
        ("large", codebooks.internet_window()),
    ):
        study = people.study(name)
        codebooks.published(study, document)
        client.force_login(people.person())
        with django_assert_max_num_queries(15) as captured:
            page = client.get(f"/studies/{study.slug}/codebook/").content.decode()
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert "Asked when “Relevance (filter)” is at least “Passing mention”" in page
