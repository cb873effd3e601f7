import csv
from pathlib import Path

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from mediacoding.corpus.models import ImportBatch, ImportRow
from mediacoding.corpus.operations import import_work, importing
from mediacoding.corpus.queries import importing as queries
from mediacoding.studies.models import Study, User


class Command(BaseCommand):
    help = "Import articles from a CSV or XLSX file: check every row, then commit."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--study", required=True, help="short name of the study")
        parser.add_argument("--by", required=True, help="who imports (a supervisor)")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="FIELD=COLUMN",
            help="a column that its header does not tell, e.g. published_on=Datum",
        )
        parser.add_argument("--outlet", help="one outlet for all rows")
        parser.add_argument("--encoding")
        parser.add_argument("--delimiter")
        parser.add_argument("--header-row", type=int)
        parser.add_argument("--date-order", choices=["day", "month"])
        parser.add_argument("--skip-invalid", action="store_true")
        parser.add_argument("--dry-run", action="store_true", help="check only")
        parser.add_argument("--report", type=Path, help="write every row's outcome")

    def handle(self, *, file, study, by, skip_invalid, dry_run, report, **options):
        try:
            known_study = Study.objects.get(slug=study)
            person = User.objects.get(username=by)
        except (Study.DoesNotExist, User.DoesNotExist) as missing:
            raise CommandError(f"{missing} (--study, --by)") from missing
        if not person.has_perm("corpus.import_articles", known_study):
            raise CommandError(
                f"{person} may not import articles into “{known_study}”."
            )
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        try:
            batch = self._check(file, known_study, person, options)
            self._tell(batch)
            if report:
                self._report(batch, report)
            if dry_run:
                return
            importing.commit_import(
                batch=batch,
                skip_invalid=skip_invalid,
                in_background=False,
                by=person,
                at=timezone.now(),
            )
        except importing.NotImportable as refusal:
            raise CommandError(str(refusal)) from refusal
        import_work.commit(batch.pk, clock=timezone.now)
        self._after_work(batch)
        self.stdout.write(
            f"Committed: {batch.counts.get('new', 0)} new, "
            f"{batch.counts.get('changed', 0)} changed."
        )

    def _check(self, file: Path, study: Study, person: User, options) -> ImportBatch:
        with file.open("rb") as opened:
            batch = importing.upload_file(
                study=study, file=File(opened, file.name), by=person, at=timezone.now()
            )
        chosen = {
            name: options[name]
            for name in ("encoding", "delimiter", "header_row")
            if options[name]
        }
        if chosen:
            importing.change_reading(
                batch=batch, by=person, at=timezone.now(), **chosen
            )
        mapping = dict(batch.mapping)
        mapping["columns"] = {
            **mapping["columns"],
            **dict(pair.split("=", 1) for pair in options["map"]),
        }
        if options["outlet"]:
            mapping["columns"].pop("outlet", None)
            mapping["fixed"] = {"outlet": options["outlet"]}
        mapping["date_order"] = options["date_order"] or mapping["date_order"]
        importing.map_columns(
            batch=batch,
            mapping=mapping,
            in_background=False,
            by=person,
            at=timezone.now(),
        )
        import_work.check(batch.pk, clock=timezone.now)
        return self._after_work(batch)

    def _after_work(self, batch: ImportBatch) -> ImportBatch:
        batch.refresh_from_db()
        if batch.state == ImportBatch.State.FAILED:
            raise CommandError(batch.trouble)
        return batch

    def _tell(self, batch: ImportBatch) -> None:
        for outcome, words in ImportRow.Outcome.choices:
            self.stdout.write(f"{batch.counts.get(outcome, 0):>9,} {words}")
        for outcome in (ImportRow.Outcome.INVALID, ImportRow.Outcome.DUPLICATE):
            for row in queries.rows_of(batch, outcome)[:10]:
                self.stdout.write(f"  row {row.number}, {row.outcome}: {row.reason}")

    def _report(self, batch: ImportBatch, path: Path) -> None:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["row", "outcome", "reason", "name"])
            for row in queries.rows_of(batch).iterator(2_000):
                writer.writerow([row.number, row.outcome, row.reason, row.name])
