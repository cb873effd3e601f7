import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from codebook.frozen import FrozenRows, Unfrozen

SENTENCE = "A submitted coding never changes; reopening makes a second one."
#: A coding that was carried over and that no coder has touched may be taken back: all that
#: it holds stands in the coding that it came from.
UNTOUCHED = (
    "c.carried_from_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM coding_answerevent e "
    "JOIN coding_unit eu ON eu.id = e.unit_id JOIN coding_submission es ON es.id = "
    "eu.submission_id WHERE es.coding_id = c.id)"
)
OF_SUBMISSION = "OLD.submitted_at IS NOT NULL"
OF_UNIT = (
    "EXISTS (SELECT 1 FROM coding_submission s WHERE s.id = OLD.submission_id AND "
    "s.submitted_at IS NOT NULL)"
)
OF_ANSWER = (
    "EXISTS (SELECT 1 FROM coding_unit u JOIN coding_submission s ON s.id = u.submission_id "
    "WHERE u.id = OLD.unit_id AND s.submitted_at IS NOT NULL)"
)
BUT_SUBMISSION = (
    "OLD.submitted_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM coding_coding c WHERE "
    f"c.id = OLD.coding_id AND {UNTOUCHED})"
)
BUT_UNIT = (
    "EXISTS (SELECT 1 FROM coding_submission s JOIN coding_coding c ON c.id = s.coding_id "
    "WHERE s.id = OLD.submission_id AND s.submitted_at IS NOT NULL AND NOT "
    f"({UNTOUCHED}))"
)
BUT_ANSWER = (
    "EXISTS (SELECT 1 FROM coding_unit u JOIN coding_submission s ON s.id = u.submission_id "
    "JOIN coding_coding c ON c.id = s.coding_id WHERE u.id = OLD.unit_id AND "
    f"s.submitted_at IS NOT NULL AND NOT ({UNTOUCHED}))"
)


def but_carried(name, table, before, after):
    """Frozen as before, but carried codings that nobody touched may be deleted."""
    return [
        Unfrozen(
            FrozenRows(
                name, table=table, events=("DELETE",), when=before, sentence=SENTENCE
            )
        ),
        FrozenRows(name, table=table, events=("DELETE",), when=after, sentence=SENTENCE),
    ]


class Migration(migrations.Migration):

    dependencies = [
        ('codebook', '0001_codebooks_and_versions'),
        ('coding', '0001_rounds_codings_answers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='answer',
            name='carried_from',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='carried_to', to='coding.answer'),
        ),
        migrations.CreateModel(
            name='CarryForward',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('round_closed_at', models.DateTimeField(null=True)),
                ('n_codings', models.PositiveIntegerField()),
                ('n_answers', models.PositiveIntegerField()),
                ('n_to_recode', models.PositiveIntegerField()),
                ('made_at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(null=True)),
                ('from_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='codebook.codebookversion')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='carryings', to='coding.round')),
                ('to_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='carryings', to='codebook.codebookversion')),
                ('undone_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['round', '-pk'],
                'constraints': [models.UniqueConstraint(models.F('round'), models.F('to_version'), condition=models.Q(('undone_at__isnull', True)), name='a_round_is_carried_to_a_version_once'), models.CheckConstraint(condition=models.Q(('from_version', models.F('to_version')), _negated=True), name='a_round_is_carried_to_another_version'), models.CheckConstraint(condition=models.Q(models.Q(('undone_at__isnull', True), ('undone_by__isnull', True)), models.Q(('undone_at__isnull', False), ('undone_by__isnull', False)), _connector='OR'), name='undone_means_by_someone')],
            },
        ),
        *but_carried("submissions_are_frozen", "coding_submission", OF_SUBMISSION, BUT_SUBMISSION),
        *but_carried("submitted_units_are_frozen", "coding_unit", OF_UNIT, BUT_UNIT),
        *but_carried("submitted_answers_are_frozen", "coding_answer", OF_ANSWER, BUT_ANSWER),
        *but_carried("submitted_passages_are_frozen", "coding_passage", OF_ANSWER, BUT_ANSWER),
    ]
