import datetime as dt

from django.db.models import Q, QuerySet

from mediacoding.corpus.models import (
    Article,
    ArticleText,
    ImportBatch,
    ImportRow,
    Sample,
)
from mediacoding.studies.models import Study

#: A job that has said nothing for so long is not running any more.
SILENCE = dt.timedelta(seconds=60)
States = ImportBatch.State
WORKING = (States.CHECKING, States.COMMITTING, States.UNDOING)
BEFORE_THE_COMMIT = (States.UPLOADED, States.CHECKED, States.FAILED, States.UNDONE)


def imports_of(study: Study) -> QuerySet[ImportBatch]:
    """The imports of a study, newest first."""
    return study.import_batches.select_related("created_by").order_by("-pk")


def is_interrupted(batch: ImportBatch, *, at: dt.datetime) -> bool:
    """Whether a job on the batch began and no longer runs."""
    return batch.state in WORKING and (
        batch.heartbeat_at is None or at - batch.heartbeat_at > SILENCE
    )


def rows_of(
    batch: ImportBatch, outcome: str = "", *, with_reason: bool = False
) -> QuerySet[ImportRow]:
    """What the check found, by row; of one outcome if it is given, or only with a reason."""
    rows = batch.rows.order_by("number")
    if with_reason:
        rows = rows.exclude(reason="")
    return rows.filter(outcome=outcome) if outcome else rows


def samples_that_hold(batch: ImportBatch) -> list[str]:
    """The names of the samples with articles of a batch, or with texts that it corrected."""
    revised = ArticleText.objects.filter(batch=batch, number__gt=1).values("article")
    held = Q(drawn__article__batch=batch) | Q(drawn__article__in=revised)
    found = Sample.objects.filter(held, study=batch.study_id).distinct()
    return sorted(found.values_list("name", flat=True))


def later_imports(batch: ImportBatch) -> list[str]:
    """The files of later imports that changed articles of a committed batch."""
    own = Q(article__batch=batch) | Q(
        article__in=Article.objects.filter(
            import_rows__batch=batch, import_rows__outcome=ImportRow.Outcome.CHANGED
        )
    )
    rows = ImportRow.objects.filter(
        own,
        outcome=ImportRow.Outcome.CHANGED,
        batch__state=States.COMMITTED,
        batch__committed_at__gt=batch.committed_at,
    ).exclude(batch=batch)
    return sorted(set(rows.values_list("batch__file_name", flat=True)))


def superseded_texts(batch: ImportBatch) -> QuerySet[ArticleText]:
    """The texts of a committed batch that are not current any more."""
    return ArticleText.objects.filter(batch=batch, is_current=False)
