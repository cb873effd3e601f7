import django.db.models.deletion
from django.db import migrations, models

from codebook.frozen import FrozenRows, Unfrozen

# SQLite makes an altered table anew, without its triggers.
DRAWN_ARTICLES = FrozenRows(
    "drawn_articles_are_frozen",
    table="corpus_sampledarticle",
    sentence="A drawn sample never changes; draw another.",
)


class Migration(migrations.Migration):
    dependencies = [("corpus", "0001_outlets_issues_articles_samples")]

    operations = [
        migrations.CreateModel(
            name="SampleRecord",
            fields=[
                (
                    "sample",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="record",
                        serialize=False,
                        to="corpus.sample",
                    ),
                ),
                ("frame_counts", models.JSONField()),
                ("strata", models.JSONField()),
                ("log", models.JSONField()),
            ],
        ),
        FrozenRows(
            "records_of_samples_are_frozen",
            table="corpus_samplerecord",
            sentence="A drawn sample never changes; draw another.",
        ),
        Unfrozen(DRAWN_ARTICLES),
        migrations.AlterField(
            model_name="sampledarticle",
            name="stratum",
            field=models.CharField(blank=True, max_length=700),
        ),
        DRAWN_ARTICLES,
    ]
