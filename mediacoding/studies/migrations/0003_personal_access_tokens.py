import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from codebook.frozen import FrozenRows


class Migration(migrations.Migration):
    dependencies = [("studies", "0002_studies_members_and_journal")]

    operations = [
        migrations.CreateModel(
            name="AccessToken",
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
                (
                    "name",
                    models.CharField(max_length=100, verbose_name="what it is for"),
                ),
                ("digest", models.CharField(max_length=64)),
                (
                    "with_text",
                    models.BooleanField(
                        default=False, verbose_name="reads the articles' texts"
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tokens",
                        to="studies.study",
                    ),
                ),
            ],
            options={
                "ordering": ["study", "person", "-made_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("digest"), name="one_token_per_secret"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("made_at"))),
                        name="a_token_expires_after_it_was_made",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("revoked_at__isnull", True),
                                ("revoked_by__isnull", True),
                            ),
                            models.Q(
                                ("revoked_at__isnull", False),
                                ("revoked_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="revoked_means_by_someone",
                    ),
                ],
            },
        ),
        FrozenRows(
            "a_token_stays_what_it_was_made_for",
            table="studies_accesstoken",
            sentence="A token's person, study, secret, scope and end do not change.",
            events=("UPDATE",),
            columns=(
                "study_id",
                "person_id",
                "digest",
                "with_text",
                "made_at",
                "expires_at",
            ),
        ),
        FrozenRows(
            "a_revoked_token_stays_revoked",
            table="studies_accesstoken",
            sentence="A revoked token does not come back; make another.",
            events=("UPDATE",),
            when="OLD.revoked_at IS NOT NULL",
            columns=("revoked_at", "revoked_by_id"),
        ),
    ]
