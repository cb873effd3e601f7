from dataclasses import replace
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from codebook.levels import Level
from mediacoding.coding.drafting import draft_columns, guess_key_columns
from mediacoding.coding.operations import importing
from mediacoding.corpus import tabular
from mediacoding.studies.models import Study, User


class Command(BaseCommand):
    help = (
        "Import codings made elsewhere: a row per article and coder, a column per "
        "variable. The codebook is drafted from the columns."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--study", required=True, help="short name of the study")
        parser.add_argument("--by", required=True, help="who imports (a supervisor)")
        parser.add_argument("--unit", help="column of the article's id")
        parser.add_argument("--coder", help="column of the coder")
        parser.add_argument("--variables", help="columns, separated by commas")
        parser.add_argument(
            "--level", action="append", default=[], metavar="COLUMN=LEVEL"
        )
        parser.add_argument(
            "--ask-if", action="append", default=[], metavar="COLUMN=FILTER"
        )
        parser.add_argument("--headline", default="")
        parser.add_argument("--outlet", default="")
        parser.add_argument("--date", default="")
        parser.add_argument("--date-order", choices=["day", "month"], default="day")
        parser.add_argument("--name", default="Imported codings", help="of the round")

    def handle(self, *, file, study, by, **options):
        try:
            known = Study.objects.select_related("codebook").get(slug=study)
            person = User.objects.get(username=by)
        except (Study.DoesNotExist, User.DoesNotExist) as missing:
            raise CommandError(f"{missing} (--study, --by)") from missing
        if not person.has_perm("coding.import_codings", known):
            raise CommandError(f"{person} may not import codings into “{known}”.")
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        try:
            sniffed = tabular.sniff(file)
            plan = self._plan(file, sniffed, options)
            round = importing.import_codings(
                study=known,
                path=file,
                reading=sniffed.reading,
                plan=plan,
                by=person,
                at=timezone.now(),
            )
        except tabular.NotReadable as refusal:
            raise CommandError(str(refusal)) from refusal
        except importing.NotImportable as refusal:
            raise CommandError("\n".join(refusal.reasons)) from refusal
        self.stdout.write(
            f"“{round}”: {round.assignments.count()} codings of "
            f"{round.articles.count()} articles by {round.coders.count()} coders."
        )

    def _plan(self, file: Path, sniffed: tabular.Sniffed, options) -> importing.Plan:
        unit, coder = guess_key_columns(sniffed.headers)
        unit, coder = options["unit"] or unit, options["coder"] or coder
        asked = [options[name] for name in ("headline", "outlet", "date")]
        wanted = [
            c.strip() for c in (options["variables"] or "").split(",") if c.strip()
        ]
        for column in (unit, coder, *wanted, *filter(None, asked)):
            if column not in sniffed.headers:
                raise CommandError(
                    f"There is no column “{column}”. The file has: "
                    f"{', '.join(sniffed.headers)}. (--unit, --coder, --variables)"
                )
        rows = [row.cells for row in tabular.rows(file, sniffed.reading)]
        levels = dict(pair.split("=", 1) for pair in options["level"])
        filters = dict(pair.split("=", 1) for pair in options["ask_if"])
        columns = wanted or [h for h in sniffed.headers if h != coder]
        drafts = []
        for draft in draft_columns(rows, [c for c in columns if c != unit], unit):
            draft = replace(
                draft,
                is_chosen=draft.is_chosen or draft.column in wanted,
                level=Level(levels.get(draft.column, draft.level)),
                ask_if=filters.get(draft.column, draft.ask_if),
            )
            drafts.append(draft)
            if draft.is_chosen:
                asked_if = f", asked if {draft.ask_if}" if draft.ask_if else ""
                self.stdout.write(
                    f"{draft.column}: {draft.kind}, {draft.level}{asked_if}"
                )
        return importing.Plan(
            unit=unit,
            coder=coder,
            variables=tuple(drafts),
            headline=options["headline"],
            outlet=options["outlet"],
            date=options["date"],
            date_order=options["date_order"],
            round_name=options["name"],
        )
