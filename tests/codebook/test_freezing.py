"""A published version stays as it is: for the operations, the admin and the database itself.

These tests run on SQLite and on PostgreSQL; the statements go past Django.
"""

import pytest
from django.db import IntegrityError, connection, transaction

from codebook import operations
from codebook.models import Category, Codebook, CodebookVersion, Variable
from tests.builders import codebooks
from tests.builders import studies as people

pytestmark = pytest.mark.django_db

FROZEN = {
    CodebookVersion: "published_versions_are_frozen",
    Variable: "published_variables_are_frozen",
    Category: "published_categories_are_frozen",
}
COLUMNS = [
    (model, field.column)
    for model in FROZEN
    for field in model._meta.concrete_fields
    if field.column != "id"
]


@pytest.fixture
def version():
    return codebooks.published(people.study())


def refused(statement, name, parameters=()):
    with (
        pytest.raises(IntegrityError, match=name),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, parameters)


@pytest.mark.parametrize(
    ("model", "column"), COLUMNS, ids=[f"{m.__name__}.{c}" for m, c in COLUMNS]
)
def test_no_column_of_a_published_version_is_updated(version, model, column):
    table = model._meta.db_table
    row = model.objects.order_by("pk").first()
    before = model.objects.filter(pk=row.pk).values().get()
    refused(
        f"UPDATE {table} SET {column} = {column} WHERE id = %s", FROZEN[model], [row.pk]
    )
    assert model.objects.filter(pk=row.pk).values().get() == before


@pytest.mark.parametrize("model", FROZEN)
def test_no_row_of_a_published_version_is_deleted(version, model):
    many = model.objects.count()
    for row in model.objects.all():
        refused(
            f"DELETE FROM {model._meta.db_table} WHERE id = %s", FROZEN[model], [row.pk]
        )
    assert model.objects.count() == many


@pytest.mark.parametrize("model", FROZEN)
def test_django_s_own_ways_past_the_operations_are_refused(version, model):
    row = model.objects.order_by("pk").first()
    for act in (
        row.save,
        lambda: model.objects.filter(pk=row.pk)._raw_delete("default"),
        lambda: model.objects.bulk_update([row], ["position" if model is not CodebookVersion else "number"]),
    ):  # fmt: skip
        with pytest.raises(IntegrityError, match=FROZEN[model]), transaction.atomic():
            act()


def test_a_published_variable_gains_no_category(version):
    variable = version.variables.get(name="tone")
    with (
        pytest.raises(IntegrityError, match="published_variables_gain_no_categories"),
        transaction.atomic(),
    ):
        Category.objects.create(
            variable=variable, position=99, stable_id="B:9", code=9, kind="substantive"
        )


def test_a_published_version_is_no_draft_again(version):
    refused(
        "UPDATE codebook_codebookversion SET status = 'draft', digest = '', "
        "published_at = NULL, published_by_id = NULL",
        "published_versions_are_frozen",
    )


def test_a_draft_beside_it_still_changes(version):
    tree = codebooks.SMALL.replace("version: '1.0'", "version: '1.1'")
    draft = operations.import_document(
        document=codebooks.document(tree),
        codebook=version.codebook,
        by=people.person(),
        at=people.NOON,
    )
    draft.number = "1.2"
    draft.save()
    draft.refresh_from_db()
    assert draft.number == "1.2"


def test_the_operations_refuse_a_published_version(version):
    with pytest.raises(operations.NotImportable, match="never deleted"):
        operations.discard_draft(version=version, by=people.person(), at=people.NOON)
    with pytest.raises(operations.NotPublishable, match="published already"):
        operations.publish_version(version=version, by=people.person(), at=people.NOON)


@pytest.mark.parametrize("model", [Codebook, CodebookVersion])
def test_the_admin_shows_and_never_writes(client, version, model):
    ana = people.person()
    ana.is_staff = ana.is_superuser = True
    ana.save()
    client.force_login(ana)
    row = version if model is CodebookVersion else version.codebook
    base = f"/admin/codebook/{model._meta.model_name}/"

    assert client.get(base).status_code == 200
    assert client.get(f"{base}{row.pk}/change/").status_code == 200
    assert client.get(f"{base}add/").status_code == 403
    assert client.post(f"{base}add/", {"title": "x"}).status_code == 403
    assert client.post(f"{base}{row.pk}/change/", {"title": "x"}).status_code == 403
    assert client.post(f"{base}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(
        base,
        {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"},
    )
    assert model.objects.filter(pk=row.pk).exists()
    assert b'value="delete_selected"' not in client.get(base).content
