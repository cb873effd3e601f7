import datetime as dt

from django.db.models import QuerySet

from mediacoding.corpus.models import ImportBatch, ImportRow
from mediacoding.studies.models import Study

#: A job that has said nothing for so long is not running any more.
SILENCE = dt.timedelta(seconds=60)
WORKING = (
    ImportBatch.State.CHECKING,
    ImportBatch.State.COMMITTING,
    ImportBatch.State.UNDOING,
)


def imports_of(study: Study) -> QuerySet[ImportBatch]:
    """The imports of a study, newest first."""
    return study.import_batches.select_related("created_by").order_by("-pk")


def is_interrupted(batch: ImportBatch, *, at: dt.datetime) -> bool:
    """Whether a job on the batch began and no longer runs."""
    return batch.state in WORKING and (
        batch.heartbeat_at is None or at - batch.heartbeat_at > SILENCE
    )


def rows_of(batch: ImportBatch, outcome: str = "") -> QuerySet[ImportRow]:
    """What the check found, by row; of one outcome if it is given."""
    rows = batch.rows.order_by("number")
    return rows.filter(outcome=outcome) if outcome else rows
