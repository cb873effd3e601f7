import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from codebook.frozen import FrozenRows


class Migration(migrations.Migration):
    dependencies = [
        ("codebook", "0001_codebooks_and_versions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DraftRevision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("revision", models.PositiveIntegerField()),
                ("document", models.TextField()),
                ("act", models.CharField(max_length=40)),
                ("about", models.CharField(blank=True, max_length=120)),
                ("restores", models.PositiveIntegerField(null=True)),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="revisions",
                        to="codebook.codebookversion",
                    ),
                ),
            ],
            options={
                "ordering": ["version", "revision"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("version"),
                        models.F("revision"),
                        name="one_draft_revision_per_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("revision__gte", 1)),
                        name="draft_revisions_count_from_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("restores__isnull", True),
                            ("restores__lt", models.F("revision")),
                            _connector="OR",
                        ),
                        name="what_is_brought_back_is_earlier",
                    ),
                ],
            },
        ),
        # Drafts that are there already begin with what they are.
        migrations.RunSQL(
            "INSERT INTO codebook_draftrevision "
            "(version_id, revision, document, act, about, made_at, made_by_id) "
            "SELECT id, revision, document, 'import_document', '', created_at, "
            "created_by_id FROM codebook_codebookversion WHERE status = 'draft'",
            migrations.RunSQL.noop,
        ),
        FrozenRows(
            "draft_revisions_never_change",
            table="codebook_draftrevision",
            events=("UPDATE",),
            sentence="A revision of a draft never changes; the next save is another one.",
        ),
        FrozenRows(
            "published_versions_gain_no_revisions",
            table="codebook_draftrevision",
            events=("INSERT",),
            when="EXISTS (SELECT 1 FROM codebook_codebookversion v "
            "WHERE v.id = NEW.version_id AND v.status = 'published')",
            sentence="A published codebook version has no further revision.",
        ),
    ]
