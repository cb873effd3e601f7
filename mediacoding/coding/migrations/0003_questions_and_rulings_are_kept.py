import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from codebook.frozen import FrozenRows


class Migration(migrations.Migration):

    dependencies = [
        ('codebook', '0001_codebooks_and_versions'),
        ('coding', '0002_carrying_forward'),
        ('corpus', '0001_outlets_issues_articles_samples'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='question',
            options={'ordering': ['-asked_at', '-pk']},
        ),
        migrations.AlterModelOptions(
            name='ruling',
            options={'ordering': ['round', '-made_at', '-pk']},
        ),
        migrations.AddField(
            model_name='question',
            name='answered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='question',
            name='reply',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='question',
            name='withdrawn_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='ruling',
            name='end_reason',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='ruling',
            name='ended_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='ruling',
            name='ended_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='ruling',
            name='replaces',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='coding.ruling'),
        ),
        migrations.AddIndex(
            model_name='question',
            index=models.Index(condition=models.Q(('answered_at__isnull', True), ('withdrawn_at__isnull', True)), fields=['coding'], name='waiting_questions'),
        ),
        migrations.AddIndex(
            model_name='ruling',
            index=models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['round'], name='rulings_in_force'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='a_question_has_words'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('answered_by__isnull', True), ('reply', ''), ('ruling__isnull', True)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), models.Q(('ruling__isnull', False), models.Q(('reply', ''), _negated=True), _connector='OR')), _connector='OR'), name='an_answered_question_has_its_answer'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(('withdrawn_at__isnull', True), ('answered_at__isnull', True), _connector='OR'), name='a_withdrawn_question_is_not_answered'),
        ),
        migrations.AddConstraint(
            model_name='ruling',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='a_ruling_has_words'),
        ),
        migrations.AddConstraint(
            model_name='ruling',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('end_reason', ''), ('ended_at__isnull', True), ('ended_by__isnull', True)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='a_ruling_is_ended_by_someone'),
        ),
        FrozenRows(
            "rulings_are_kept",
            table="coding_ruling",
            events=("DELETE",),
            sentence="A ruling is replaced or withdrawn, never deleted.",
        ),
        FrozenRows(
            "rulings_keep_their_words",
            table="coding_ruling",
            events=("UPDATE",),
            columns=(
                "round_id",
                "variable_id",
                "article_id",
                "text",
                "made_at",
                "made_by_id",
                "replaces_id",
            ),
            sentence="A ruling is replaced by a later one, never edited.",
        ),
        FrozenRows(
            "ended_rulings_stay_ended",
            table="coding_ruling",
            events=("UPDATE",),
            when="OLD.ended_at IS NOT NULL",
            sentence="A ruling that was replaced or withdrawn does not come back.",
        ),
        FrozenRows(
            "questions_are_kept",
            table="coding_question",
            events=("DELETE",),
            sentence="A question is withdrawn, never deleted.",
        ),
        FrozenRows(
            "questions_keep_their_words",
            table="coding_question",
            events=("UPDATE",),
            columns=("coding_id", "variable_id", "text", "asked_at"),
            sentence="A question keeps its words; withdraw it and ask another.",
        ),
    ]
