import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import asdict
from pathlib import Path

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from mediacoding.corpus import tabular, tasks
from mediacoding.corpus.mapping import suggest
from mediacoding.corpus.models import ColumnMapping, ImportBatch, ImportRow
from mediacoding.corpus.queries import importing as queries
from mediacoding.corpus.resources import COLUMNS
from mediacoding.studies.models import Study, User
from mediacoding.studies.operations import write_journal

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
    batch = _locked(batch)
    _refuse_past_the_check(batch)
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
    Raises NotImportable, with every reason at once, if something that every article needs
    has no column, or while another import of the study is being committed or undone.
    """
    batch = _locked(batch)
    _refuse_past_the_check(batch)
    _refuse_beside_another(batch)
    headers = tabular.sniff(
        Path(batch.file.path), tabular.Reading(**batch.reading)
    ).headers
    columns: dict[str, str] = dict(mapping.get("columns") or {})  # type: ignore[call-overload]
    fixed: dict[str, str] = dict(mapping.get("fixed") or {})  # type: ignore[call-overload]
    if reasons := list(_unmappable(columns, fixed, headers)):
        raise NotImportable(" ".join(reasons))
    batch.mapping = {
        "columns": columns,
        "fixed": fixed,
        "date_order": mapping.get("date_order", "day"),
    }
    ColumnMapping.objects.update_or_create(
        study=batch.study,
        signature=signature_of(headers),
        defaults={"mapping": batch.mapping, "used_at": at},
    )
    batch.counts = {}
    batch.new_outlets = []
    batch.rows_total = 0
    job = tasks.check_import if in_background else None
    return _begin(batch, States.CHECKING, job, at)


def _unmappable(
    columns: Mapping[str, str], fixed: Mapping[str, str], headers: Collection[str]
):
    """Yield every reason why rows could not be read as articles by this mapping."""
    if unknown := sorted(set(columns) - set(COLUMNS)):
        yield _("An article has no %(fields)s; it has %(known)s.") % {
            "fields": ", ".join(f"“{name}”" for name in unknown),
            "known": ", ".join(COLUMNS),
        }
    if missing := sorted(set(columns.values()) - set(headers)):
        yield _("The file has no column %(columns)s; it has %(known)s.") % {
            "columns": ", ".join(f"“{name}”" for name in missing),
            "known": ", ".join(headers),
        }
    if "published_on" not in columns:
        yield _("Choose the column that holds the date.")
    if "outlet" not in columns and not fixed.get("outlet", "").strip():
        yield _("Choose the column of the outlet, or name one for all rows.")
    if "headline" not in columns and "body" not in columns:
        yield _("Choose the column of the headline or of the text.")
    if twice := sorted(c for c, n in Counter(columns.values()).items() if n > 1):
        yield _("Each column can be used once: %(columns)s.") % {
            "columns": ", ".join(twice)
        }


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
    batch = _locked(batch)
    if batch.state != States.CHECKED:
        raise NotImportable(
            _("Check the file first; only a checked import can be committed.")
        )
    _refuse_beside_another(batch)
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
    write_journal(
        study=batch.study,
        act="commit_import",
        about=batch,
        detail={"file": batch.file_name, "rows": batch.counts},
        by=by,
        at=at,
    )
    job = tasks.commit_import if in_background else None
    return _begin(batch, States.COMMITTING, job, at)


@transaction.atomic
def resume_import(*, batch: ImportBatch, by: User, at: dt.datetime) -> ImportBatch:
    """Go on with a job that was interrupted, exactly where it stopped.

    Whatever is left of the earlier job stops: it has lost its hold on the batch.
    """
    batch = _locked(batch)
    job = {
        States.CHECKING: tasks.check_import,
        States.COMMITTING: tasks.commit_import,
        States.UNDOING: tasks.undo_import,
    }.get(States(batch.state))
    if job is None:
        raise NotImportable(_("There is nothing to resume: no job is under way."))
    if not queries.is_interrupted(batch, at=at):
        raise NotImportable(_("The job is at work; it needs no help."))
    write_journal(
        study=batch.study,
        act="resume_import",
        about=batch,
        detail={"file": batch.file_name},
        by=by,
        at=at,
    )
    if batch.state == States.CHECKING:
        return _begin(batch, States.CHECKING, job, at)
    batch.heartbeat_at = at
    batch.save(update_fields=["heartbeat_at"])
    transaction.on_commit(lambda: job.enqueue(batch.pk))
    return batch


@transaction.atomic
def undo_import(
    *, batch: ImportBatch, in_background: bool = True, by: User, at: dt.datetime
) -> ImportBatch:
    """Start taking a batch out of the corpus again.

    With `in_background` false the caller does it itself (import_work.undo).
    Raises NotImportable if one of its articles was sampled (samples never change), or if
    something later stands on it.
    """
    batch = _locked(batch)
    if batch.state not in (States.COMMITTED, States.COMMITTING):
        raise NotImportable(_("Only a committed or interrupted import can be undone."))
    _refuse_beside_another(batch)
    if batch.state == States.COMMITTED:
        _refuse_what_others_stand_on(batch)
    write_journal(
        study=batch.study,
        act="undo_import",
        about=batch,
        detail={"file": batch.file_name},
        by=by,
        at=at,
    )
    job = tasks.undo_import if in_background else None
    return _begin(batch, States.UNDOING, job, at)


def _refuse_what_others_stand_on(batch: ImportBatch) -> None:
    if names := queries.samples_that_hold(batch):
        raise NotImportable(
            _(
                "Articles of this import, or texts that it corrected, are part of "
                "%(samples)s; a sample never changes. Correct articles by another import."
            )
            % {"samples": ", ".join(f"“{name}”" for name in names)}
        )
    if names := queries.later_imports(batch):
        raise NotImportable(
            _("Undo %(imports)s first: it changed articles of this import.")
            % {"imports": ", ".join(f"“{name}”" for name in names)}
        )
    if corrected := queries.superseded_texts(batch).count():
        raise NotImportable(
            _(
                "%(n)s texts of this import were corrected since; undoing it would lose "
                "the corrections."
            )
            % {"n": corrected}
        )


def _locked(batch: ImportBatch) -> ImportBatch:
    """The batch as it is now, kept from others; and its study, so that one at a time acts."""
    Study.objects.select_for_update().get(pk=batch.study_id)
    return ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)


def _refuse_past_the_check(batch: ImportBatch) -> None:
    if batch.state not in queries.BEFORE_THE_COMMIT:
        raise NotImportable(
            _("This import is past the point where that can be changed.")
        )


def _refuse_beside_another(batch: ImportBatch) -> None:
    """One import of a study writes at a time, so that the check of a file stays true."""
    other = (
        queries.imports_of(batch.study)
        .filter(state__in=(States.COMMITTING, States.UNDOING))
        .exclude(pk=batch.pk)
        .first()
    )
    if other:
        raise NotImportable(
            _(
                "“%(file)s” is %(state)s. Wait until that has ended; if it was "
                "interrupted, resume or undo it on its page."
            )
            % {"file": other.file_name, "state": other.get_state_display()}
        )


def _begin(batch: ImportBatch, state: str, job, at: dt.datetime) -> ImportBatch:
    batch.state = state
    batch.rows_done = 0
    batch.trouble = ""
    batch.heartbeat_at = at
    batch.save()
    if job is not None:
        transaction.on_commit(lambda: job.enqueue(batch.pk))
    return batch
