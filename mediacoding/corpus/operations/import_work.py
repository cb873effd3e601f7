"""The long part of an import: what a background job does, chunk by chunk.

A chunk is read, judged and folded outside any transaction and then written in parts of a
few milliseconds, with pauses, so that people's saves keep their speed. Each transaction
renews the job's hold on its batch, so two processes never do the same work. The end of a
chunk says how far the job has come; a killed job goes on there, and what it had written of
the next chunk is recognised as its own.
"""

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from django.db import connection, transaction
from django.utils.translation import gettext as _

from mediacoding.corpus import tabular
from mediacoding.corpus.folding import fold
from mediacoding.corpus.models import (
    Article,
    ArticleText,
    ImportBatch,
    ImportRow,
    Issue,
    Outlet,
)
from mediacoding.corpus.operations.import_effect import (
    NotTakenBack,
    bring_into_force,
    take_out_of_force,
)
from mediacoding.corpus.resources import (
    COLUMNS,
    FAULT,
    NUMBER,
    ArticleResource,
    NotAsChecked,
    RowOutcome,
)

CHUNK = 500
PART = 25  # articles written in one transaction
ROWS = 100  # outcomes written in one transaction
PAUSE = 0.002  # seconds in which others may write
MOST_NEW_OUTLETS = 200  # that are listed
Clock = Callable[[], dt.datetime]
States = ImportBatch.State


class _TakenOver(Exception):
    """Another process works on the batch now, or a person has stopped the job."""


def check(batch_id: int, *, clock: Clock) -> None:
    """Dry-run a batch: every row's outcome is stored, nothing else changes."""
    batch = ImportBatch.objects.select_related("study").get(pk=batch_id)
    if batch.state != States.CHECKING:
        return  # a job that was delivered twice
    try:
        _check(batch, clock)
    except tabular.NotReadable as trouble:
        with transaction.atomic():
            _hold(batch, clock(), state=States.FAILED, trouble=str(trouble))
    except _TakenOver:
        return


def _check(batch: ImportBatch, clock: Clock) -> None:
    resource = ArticleResource(batch)
    counts: Counter[str] = Counter()
    for part in _parts(batch.rows.values_list("pk", flat=True), CHUNK):
        with transaction.atomic():
            ImportRow.objects.filter(pk__in=part).delete()
            _hold(batch, clock())
    with transaction.atomic():
        _hold(batch, clock(), rows_total=_rows_about(batch))
    for chunk in _chunks(batch):
        outcomes = resource.take(chunk)
        counts.update(str(outcome.outcome) for outcome in outcomes)
        for at in range(0, len(outcomes), ROWS):
            with transaction.atomic():
                _store(batch, outcomes[at : at + ROWS])
                _hold(batch, clock())
            time.sleep(PAUSE)
        with transaction.atomic():
            _hold(batch, clock(), rows_done=batch.rows_done + len(chunk))
    with transaction.atomic():
        _hold(
            batch,
            clock(),
            state=States.CHECKED,
            counts=dict(counts),
            rows_total=batch.rows_done,
            new_outlets=_new_outlets(resource),
        )


def _store(batch: ImportBatch, outcomes: list[RowOutcome]) -> None:
    ImportRow.objects.bulk_create(
        ImportRow(
            batch=batch,
            number=outcome.number,
            outcome=outcome.outcome,
            reason=outcome.reason,
            name=outcome.name,
            detail=outcome.detail,
            article_id=outcome.article_id,
        )
        for outcome in outcomes
    )


def _new_outlets(resource: ArticleResource) -> list[list[object]]:
    """Outlets that the import would make: name, rows, and a known one spelled alike."""
    known = {fold(name): name for name in resource.outlets}
    return [
        [name, rows, known.get(fold(name), "")]
        for name, rows in resource.new_outlets.most_common(MOST_NEW_OUTLETS)
    ]


def _rows_about(batch: ImportBatch) -> int:
    """How many rows the file has, told from its size and its first rows."""
    if batch.reading["format"] != "csv":
        return 0
    first = list(
        islice(
            tabular.rows(Path(batch.file.path), tabular.Reading(**batch.reading)), CHUNK
        )
    )
    encoding = batch.reading["encoding"].removesuffix("-sig")
    read = sum(
        len(",".join(row.cells.values()).encode(encoding, "replace")) + 2
        for row in first
    )
    return round(len(first) * batch.file.size / read) if read else 0


def commit(batch_id: int, *, clock: Clock) -> None:
    """Write a batch's new and changed rows and make them all visible at once.

    Begins after the last chunk that was written; a job that was killed is resumed by
    calling this again. If the corpus is not any more as it was when the file was checked,
    everything is taken back and the batch says why.
    """
    batch = ImportBatch.objects.select_related("study").get(pk=batch_id)
    if batch.state != States.COMMITTING:
        return  # a job that was delivered twice
    try:
        with _repeatable_writes():
            _write(batch, clock)
        with transaction.atomic():
            bring_into_force(batch)
            _hold(batch, clock(), state=States.COMMITTED, committed_at=clock())
    except (tabular.NotReadable, NotAsChecked) as trouble:
        with transaction.atomic():
            _hold(batch, clock(), state=States.UNDOING, trouble=str(trouble))
        undo(batch_id, clock=clock)
    except _TakenOver:
        return


def _write(batch: ImportBatch, clock: Clock) -> None:
    resource = ArticleResource(batch)
    written, seen = batch.rows_done, 0
    for chunk in _chunks(batch):
        # A chunk from before the job was resumed is judged again, so that a row that
        # repeats one of it is still known for a duplicate.
        outcomes = resource.take(chunk)
        seen += len(chunk)
        if seen <= written:
            continue
        _compare(batch, outcomes)
        with transaction.atomic():
            resource.place()
            _hold(batch, clock())
        for part in resource.parts(PART):
            begun = time.monotonic()
            with transaction.atomic():
                resource.write(part)
                _hold(batch, clock())
            # Six times as long for the others as for the job.
            time.sleep(max(PAUSE, 6 * (time.monotonic() - begun)))
        with transaction.atomic():
            resource.write_revisions()
            _hold(batch, clock(), rows_done=seen)
        _checkpoint()


def _compare(batch: ImportBatch, outcomes: list[RowOutcome]) -> None:
    """Refuse to write what the person who agreed to the check has not seen."""
    numbers = [outcome.number for outcome in outcomes]
    seen = {
        number: (outcome, detail)
        for number, outcome, detail in batch.rows.filter(
            number__range=(min(numbers), max(numbers))
        ).values_list("number", "outcome", "detail")
    }
    for outcome in outcomes:
        if seen.get(outcome.number) != (str(outcome.outcome), outcome.detail):
            raise NotAsChecked(
                _(
                    "Row %(row)s is not any more what the check found: the corpus or the "
                    "file has changed since. Nothing was imported; check the file again."
                )
                % {"row": outcome.number}
            )


def undo(batch_id: int, *, clock: Clock) -> None:
    """Take a batch's articles out again and restore the texts and facts it had changed.

    They leave the corpus all at once; then the rows are deleted part by part.
    """
    batch = ImportBatch.objects.select_related("study").get(pk=batch_id)
    if batch.state != States.UNDOING:
        return
    try:
        if batch.committed_at:
            with transaction.atomic():
                take_out_of_force(batch)
                _hold(batch, clock(), committed_at=None)
        _remove(batch, clock)
        ended = States.FAILED if batch.trouble else States.UNDONE
        with transaction.atomic():
            _hold(batch, clock(), state=ended, undone_at=clock())
    except NotTakenBack as refusal:
        with transaction.atomic():
            _hold(batch, clock(), state=States.COMMITTED, trouble=str(refusal))
    except _TakenOver:
        return


def _remove(batch: ImportBatch, clock: Clock) -> None:
    """Delete what the batch brought, part by part; outlets and issues only if empty now."""
    for part in _parts(batch.articles.values_list("pk", flat=True), PART):
        with transaction.atomic():
            ArticleText.objects.filter(article__in=part).delete()
            Article.objects.filter(pk__in=part).delete()
            _hold(batch, clock(), rows_done=batch.rows_done + len(part))
        time.sleep(PAUSE)
    for part in _parts(batch.texts.values_list("pk", flat=True), PART):
        with transaction.atomic():
            ArticleText.objects.filter(pk__in=part).delete()
            _hold(batch, clock(), rows_done=batch.rows_done + len(part))
        time.sleep(PAUSE)
    for part in _parts(batch.issues.values_list("pk", flat=True), ROWS):
        with transaction.atomic():
            Issue.objects.filter(pk__in=part, articles=None).delete()
            Issue.objects.filter(pk__in=part).update(batch=None)
            _hold(batch, clock())
        time.sleep(PAUSE)
    with transaction.atomic():
        Outlet.objects.filter(batch=batch, issues=None, articles=None).delete()
        Outlet.objects.filter(batch=batch).update(batch=None)
        _hold(batch, clock())


def _hold(batch: ImportBatch, at: dt.datetime, **changes: object) -> None:
    """Renew the job's hold on its batch and write how far it has come.

    The last act of every transaction of a job: if another process or a person has set the
    batch's state or heartbeat since, all of the transaction is void.
    """
    held = ImportBatch.objects.filter(
        pk=batch.pk, state=batch.state, heartbeat_at=batch.heartbeat_at
    ).update(heartbeat_at=at, **changes)
    if not held:
        raise _TakenOver
    batch.heartbeat_at = at
    for name, value in changes.items():
        setattr(batch, name, value)


@contextmanager
def _repeatable_writes() -> Iterator[None]:
    """Leave it to SQLite when these writes reach the disk.

    A power cut may take back the last of them, and the job does them again; waiting for
    the disk at each would keep the lock twice as long from the people who save. The
    transaction that makes the import visible waits again.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=NORMAL")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=FULL")


def _checkpoint() -> None:
    """Move what was written from SQLite's log to its file here, not in somebody's save."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")


def _parts(rows: Iterable[int], size: int) -> Iterator[list[int]]:
    left = list(rows)
    for at in range(0, len(left), size):
        yield left[at : at + size]


def _chunks(batch: ImportBatch) -> Iterator[list[dict[str, str]]]:
    """The file's rows in the resource's columns, `CHUNK` at a time."""
    columns: dict[str, str] = batch.mapping.get("columns", {})
    fixed: dict[str, str] = batch.mapping.get("fixed", {})
    reading = tabular.Reading(**batch.reading)
    rows = (
        {
            **{name: row.cells.get(columns.get(name, ""), "") for name in COLUMNS},
            **fixed,
            NUMBER: str(row.number),
            FAULT: row.fault,
        }
        for row in tabular.rows(Path(batch.file.path), reading)
    )
    while chunk := list(islice(rows, CHUNK)):
        yield chunk
