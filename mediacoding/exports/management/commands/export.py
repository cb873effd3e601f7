from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from mediacoding.exports.catalogue import CATALOGUE, file_name
from mediacoding.exports.request import export_request
from mediacoding.exports.writing import PRESETS, csv_pieces
from mediacoding.studies.models import Study, User


class Command(BaseCommand):
    help = "Write an export of a study to a CSV file."

    def add_arguments(self, parser):
        parser.add_argument("export", choices=sorted(CATALOGUE))
        parser.add_argument("--study", required=True, help="short name of the study")
        parser.add_argument("--by", required=True, help="who exports")
        parser.add_argument("--to", type=Path, help="file or folder; here if not given")
        parser.add_argument("--preset", choices=sorted(PRESETS), default="standard")
        parser.add_argument("--language", default="en")
        parser.add_argument(
            "--text", action="store_true", help="articles with their texts"
        )

    def handle(self, *, export, study, by, to, preset, language, text, **options):
        try:
            known = Study.objects.select_related("codebook").get(slug=study)
            person = User.objects.get(username=by)
        except (Study.DoesNotExist, User.DoesNotExist) as missing:
            raise CommandError(f"{missing} (--study, --by)") from missing
        if not person.has_perm("exports.export", known):
            raise CommandError(f"{person} may not export from “{known}”.")
        asked = export_request(
            study=known, person=person, language=language, with_text=text
        )
        found = CATALOGUE[export]
        path = to or Path()
        path = path / file_name(found, asked) if path.is_dir() else path
        with path.open("w", encoding="utf-8", newline="") as file:
            for piece in csv_pieces(
                found.columns(asked), found.rows(asked), PRESETS[preset]
            ):
                file.write(piece)
        self.stdout.write(str(path))
