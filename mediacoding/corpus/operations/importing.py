import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from mediacoding.corpus import tabular, tasks
from mediacoding.corpus.mapping import suggest
from mediacoding.corpus.models import (
    ColumnMapping,
    ImportBatch,
    ImportRow,
    SampledArticle,
)
from mediacoding.studies.models import Study, User

States = ImportBatch.State


class NotImportable(Exception):
    """The file or batch cannot go on; the text says why and the way out."""


def upload_file(*, study: Study, file: File, by: User, at: dt.datetime) -> ImportBatch:
    """Keep a file, detect how it can be read, suggest a mapping, and return the batch.

    Raises NotImportable if it cannot be read as a table at all; nothing is kept then.
    """
    digest = hashlib.sha256()
    for part in file.chunks():
        digest.update(part)
    batch = ImportBatch(
        study=study,
        file_name=Path(file.name or "articles.csv").name[:255],
        sha256=digest.hexdigest(),
        created_by=by,
        created_at=at,
    )
    batch.file.save(batch.file_name, file, save=False)
    try:
        sniffed = tabular.sniff(Path(batch.file.path))
    except tabular.NotReadable as refusal:
        batch.file.delete(save=False)
        raise NotImportable(str(refusal)) from refusal
    batch.reading = asdict(sniffed.reading)
    remembered = study.column_mappings.filter(
        signature=signature_of(sniffed.headers)
    ).first()
    batch.mapping = (
        remembered.mapping if remembered else suggest(Path(batch.file.path), sniffed)
    )
    batch.save()
    return batch


def signature_of(headers: tuple[str, ...]) -> str:
    return hashlib.sha256("\x1f".join(headers).encode()).hexdigest()


@transaction.atomic
def change_reading(
    *, batch: ImportBatch, by: User, at: dt.datetime, **chosen: object
) -> ImportBatch:
    """Read the file as the person says (encoding, delimiter, header_row, sheet).

    Raises NotImportable if it can't be read that way; the batch stays as it was.
    """
    if batch.state not in (States.UPLOADED, States.CHECKED, States.FAILED):
        raise NotImportable(
            _("This import is past the point where that can be changed.")
        )
    reading = tabular.Reading(**{**batch.reading, **chosen})
    try:
        sniffed = tabular.sniff(Path(batch.file.path), reading)
    except tabular.NotReadable as refusal:
        raise NotImportable(str(refusal)) from refusal
    batch.reading = asdict(sniffed.reading)
    batch.mapping = suggest(Path(batch.file.path), sniffed)
    batch.state = States.UPLOADED
    batch.trouble = ""
    batch.save()
    return batch


@transaction.atomic
def map_columns(
    *,
    batch: ImportBatch,
    mapping: Mapping[str, object],
    in_background: bool = True,
    by: User,
    at: dt.datetime,
) -> ImportBatch:
    """Say which column holds what, remember it for files with these headers, start the check.

    `mapping` has `columns` (field -> header), `fixed` (field -> text) and `date_order`.
    With `in_background` false the caller does the check itself (import_work.check).
    Raises NotImportable if something that every article needs has no column.
    """
    columns: dict = dict(mapping.get("columns") or {})  # type: ignore[call-overload]
    fixed: dict = dict(mapping.get("fixed") or {})  # type: ignore[call-overload]
    problems = []
    if "published_on" not in columns:
        problems.append(_("Choose the column that holds the date."))
    if "outlet" not in columns and not fixed.get("outlet"):
        problems.append(_("Choose the column of the outlet, or name one for all rows."))
    if "headline" not in columns and "body" not in columns:
        problems.append(_("Choose the column of the headline or of the text."))
    twice = {c for c in columns.values() if list(columns.values()).count(c) > 1}
    if twice:
        problems.append(
            _("Each column can be used once: %(columns)s.")
            % {"columns": ", ".join(sorted(twice))}
        )
    if problems:
        raise NotImportable(" ".join(problems))
    batch.mapping = {
        "columns": columns,
        "fixed": fixed,
        "date_order": mapping.get("date_order", "day"),
    }
    headers = tabular.sniff(
        Path(batch.file.path), tabular.Reading(**batch.reading)
    ).headers
    ColumnMapping.objects.update_or_create(
        study=batch.study,
        signature=signature_of(headers),
        defaults={"mapping": batch.mapping, "used_at": at},
    )
    job = tasks.check_import if in_background else None
    return _begin(batch, States.CHECKING, job, at)


@transaction.atomic
def commit_import(
    *,
    batch: ImportBatch,
    skip_invalid: bool = False,
    in_background: bool = True,
    by: User,
    at: dt.datetime,
) -> ImportBatch:
    """Start writing a checked batch: all rows, or none unless invalid ones may be skipped.

    With `in_background` false the caller does it itself (import_work.commit).
    Raises NotImportable.
    """
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.state != States.CHECKED:
        raise NotImportable(
            _("Check the file first; only a checked import can be committed.")
        )
    bad = batch.counts.get(ImportRow.Outcome.INVALID, 0)
    if bad and not skip_invalid:
        raise NotImportable(
            _(
                "%(bad)s rows are invalid and nothing was imported. Correct the file, or "
                "choose to skip these rows."
            )
            % {"bad": bad}
        )
    batch.skip_invalid = skip_invalid
    job = tasks.commit_import if in_background else None
    return _begin(batch, States.COMMITTING, job, at)


@transaction.atomic
def resume_import(*, batch: ImportBatch, by: User, at: dt.datetime) -> ImportBatch:
    """Go on with a job that was interrupted, exactly where it stopped."""
    job = {
        States.CHECKING: tasks.check_import,
        States.COMMITTING: tasks.commit_import,
        States.UNDOING: tasks.undo_import,
    }.get(States(batch.state))
    if job is None:
        raise NotImportable(_("There is nothing to resume: no job is under way."))
    if batch.state == States.CHECKING:
        return _begin(batch, States.CHECKING, job, at)
    batch.heartbeat_at = at
    batch.save(update_fields=["heartbeat_at"])
    transaction.on_commit(lambda: job.enqueue(batch.pk))
    return batch


@transaction.atomic
def undo_import(*, batch: ImportBatch, by: User, at: dt.datetime) -> ImportBatch:
    """Start taking a batch out of the corpus again.

    Raises NotImportable if one of its articles was sampled: samples never change.
    """
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.state not in (States.COMMITTED, States.COMMITTING, States.FAILED):
        raise NotImportable(_("Only a committed or interrupted import can be undone."))
    sampled = SampledArticle.objects.filter(article__batch=batch).values("sample__name")
    if names := sorted({row["sample__name"] for row in sampled}):
        raise NotImportable(
            _(
                "Articles of this import are part of %(samples)s; a sample never changes."
            )
            % {"samples": ", ".join(f"“{name}”" for name in names)}
        )
    batch.state = States.UNDOING
    batch.heartbeat_at = at
    batch.save(update_fields=["state", "heartbeat_at"])
    transaction.on_commit(lambda: tasks.undo_import.enqueue(batch.pk))
    return batch


def _begin(batch: ImportBatch, state: str, job, at: dt.datetime) -> ImportBatch:
    batch.state = state
    batch.rows_done = 0
    batch.trouble = ""
    batch.heartbeat_at = at
    batch.save()
    if job is not None:
        transaction.on_commit(lambda: job.enqueue(batch.pk))
    return batch
