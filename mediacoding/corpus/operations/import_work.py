"""The long part of an import: what a background job does, chunk by chunk.

A chunk is read, judged and folded outside any transaction and then written in parts of a
few milliseconds, with pauses, so that people's saves keep their speed. The end of a chunk
says how far the job has come; a killed job goes on there, and what it had written of the
next chunk is recognised as its own.
"""

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from django.db import connection, transaction
from django.utils.translation import gettext as _

from mediacoding.corpus import tabular
from mediacoding.corpus.models import (
    Article,
    ArticleText,
    ImportBatch,
    ImportRow,
    Issue,
    Outlet,
)
from mediacoding.corpus.resources import (
    COLUMNS,
    FACTS,
    FAULT,
    NUMBER,
    ArticleResource,
    RowOutcome,
)
from mediacoding.studies.operations import write_journal

CHUNK = 500
PART = 10  # articles written in one transaction
ROWS = 100  # outcomes written in one transaction
PAUSE = 0.002  # seconds in which others may write
Clock = Callable[[], dt.datetime]


class _Stopped(Exception):
    """Another process has taken the job over."""


def check(batch_id: int, *, clock: Clock) -> None:
    """Dry-run a batch: every row's outcome is stored, nothing else changes."""
    batch = ImportBatch.objects.select_related("study").get(pk=batch_id)
    resource = ArticleResource(batch)
    counts: Counter[str] = Counter()
    with transaction.atomic():
        batch.rows.all().delete()
    try:
        for chunk in _chunks(batch):
            outcomes = resource.take(chunk)
            counts.update(outcome.outcome for outcome in outcomes)
            _write_outcomes(batch, outcomes)
            with transaction.atomic():
                _report(batch, ImportBatch.State.CHECKING, len(chunk), clock())
    except (tabular.NotReadable, _Stopped) as trouble:
        _fail(batch, str(trouble), clock())
        return
    ImportBatch.objects.filter(pk=batch.pk).update(
        state=ImportBatch.State.CHECKED,
        counts=dict(counts),
        rows_total=batch.rows_done,
        heartbeat_at=clock(),
    )


def commit(batch_id: int, *, clock: Clock) -> None:
    """Write a batch's new and changed rows and make them all visible at once.

    Begins after the last chunk that was written; a job that was killed is resumed by
    calling this again.
    """
    batch = ImportBatch.objects.select_related("study", "created_by").get(pk=batch_id)
    resource = ArticleResource(batch)
    try:
        written = batch.rows_done
        for number, chunk in enumerate(_chunks(batch)):
            # A chunk from before the job was resumed is judged again, so that a row that
            # repeats one of it is still known for a duplicate.
            resource.take(chunk)
            if number * CHUNK < written:
                continue
            with transaction.atomic():
                resource.place()
            for part in resource.parts(PART):
                begun = time.monotonic()
                with transaction.atomic():
                    resource.write(part)
                # Twice as long for the others as for the job.
                time.sleep(max(PAUSE, 2 * (time.monotonic() - begun)))
            with transaction.atomic():
                resource.write_revisions()
                _report(batch, ImportBatch.State.COMMITTING, len(chunk), clock())
            _checkpoint()
        with transaction.atomic():
            _report(batch, ImportBatch.State.COMMITTING, 0, clock())
            _bring_into_force(batch)
            ImportBatch.objects.filter(pk=batch.pk).update(
                state=ImportBatch.State.COMMITTED, committed_at=clock()
            )
            write_journal(
                study=batch.study,
                act="commit_import",
                about=batch,
                detail={"file": batch.file_name, "rows": batch.counts},
                by=batch.created_by,
                at=clock(),
            )
    except tabular.NotReadable as trouble:
        _fail(batch, str(trouble), clock())
    except _Stopped:
        return


def undo(batch_id: int, *, clock: Clock) -> None:
    """Take a batch's articles out again and restore the texts and facts it had changed."""
    batch = ImportBatch.objects.select_related("study", "created_by").get(pk=batch_id)
    with transaction.atomic():
        if batch.committed_at:
            _take_out_of_force(batch)
            ImportBatch.objects.filter(pk=batch.pk).update(committed_at=None)
    while True:
        with transaction.atomic():
            ids = list(
                Article.objects.filter(batch=batch).values_list("pk", flat=True)[:CHUNK]
            )
            ArticleText.objects.filter(article__in=ids).delete()
            Article.objects.filter(pk__in=ids).delete()
            ImportBatch.objects.filter(pk=batch.pk).update(heartbeat_at=clock())
        if not ids:
            break
        time.sleep(PAUSE)
    with transaction.atomic():
        ArticleText.objects.filter(batch=batch, is_current=False).delete()
        ImportBatch.objects.filter(pk=batch.pk).update(
            state=ImportBatch.State.UNDONE, undone_at=clock()
        )
        write_journal(
            study=batch.study,
            act="undo_import",
            about=batch,
            detail={"file": batch.file_name},
            by=batch.created_by,
            at=clock(),
        )


def _checkpoint() -> None:
    """Move what was written from SQLite's log to its file here, not in somebody's save."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")


def _write_outcomes(batch: ImportBatch, outcomes: list[RowOutcome]) -> None:
    for at in range(0, len(outcomes), ROWS):
        with transaction.atomic():
            ImportRow.objects.bulk_create(
                ImportRow(
                    batch=batch,
                    number=outcome.number,
                    outcome=outcome.outcome,
                    reason=outcome.reason,
                    name=outcome.name,
                    detail=outcome.detail,
                )
                for outcome in outcomes[at : at + ROWS]
            )
        time.sleep(PAUSE)


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


def _report(batch: ImportBatch, state: str, rows: int, at: dt.datetime) -> None:
    """Say how far the job has come; refused if another process does the same job."""
    updated = ImportBatch.objects.filter(
        pk=batch.pk, state=state, rows_done=batch.rows_done
    ).update(rows_done=batch.rows_done + rows, heartbeat_at=at)
    if not updated:
        raise _Stopped(_("The job was taken over or stopped."))
    batch.rows_done += rows


def _fail(batch: ImportBatch, trouble: str, at: dt.datetime) -> None:
    ImportBatch.objects.filter(pk=batch.pk).update(
        state=ImportBatch.State.FAILED, trouble=trouble, heartbeat_at=at
    )


def _bring_into_force(batch: ImportBatch) -> None:
    """Make the new revisions current and set the changed facts."""
    revised = list(
        ArticleText.objects.filter(batch=batch, is_current=False).values_list(
            "article", flat=True
        )
    )
    ArticleText.objects.filter(article__in=revised, is_current=True).update(
        is_current=False
    )
    ArticleText.objects.filter(batch=batch, article__in=revised).update(is_current=True)
    _set_facts(batch, new=1)


def _take_out_of_force(batch: ImportBatch) -> None:
    revisions = ArticleText.objects.filter(batch=batch, number__gt=1, is_current=True)
    earlier = list(revisions.values_list("article", "number"))
    revisions.update(is_current=False)
    for article, number in earlier:
        ArticleText.objects.filter(article=article, number=number - 1).update(
            is_current=True
        )
    _set_facts(batch, new=0)


def _set_facts(batch: ImportBatch, *, new: int) -> None:
    """Set the facts of changed rows to the new (1) or the old (0) side of their detail."""
    outlets = {o.name: o for o in Outlet.objects.filter(study=batch.study_id)}
    for row in batch.rows.filter(outcome=ImportRow.Outcome.CHANGED).iterator(CHUNK):
        sides = {name: values[new] for name, values in row.detail.items()}
        facts: dict[str, object] = {
            name: sides[name] or (None if name in ("page", "area_cm2") else "")
            for name in FACTS
            if name in sides
        }
        article = Article.objects.get(study=batch.study_id, external_id=row.name)
        if "outlet_name" in sides or "published_on" in sides:
            name = sides.get("outlet_name")
            outlet = (
                Outlet.objects.get_or_create(study_id=batch.study_id, name=name)[0]
                if name and name not in outlets
                else outlets[name]
                if name
                else article.outlet
            )
            day = dt.date.fromisoformat(
                sides.get("published_on", str(article.published_on))
            )
            issue, _made = Issue.objects.get_or_create(outlet=outlet, published_on=day)
            facts |= {"outlet": outlet, "published_on": day, "issue": issue}
        if facts:
            Article.objects.filter(pk=article.pk).update(**facts)
