import argparse
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.http import QueryDict
from django.utils import timezone, translation

from mediacoding.exports import files
from mediacoding.exports.catalogue import CATALOGUE, Export, table_of
from mediacoding.exports.commands import OPTIONS
from mediacoding.exports.forms import FilterForm
from mediacoding.exports.request import NotExportable, export_request
from mediacoding.studies.models import Study, User

#: The formats' old names, as presets of a CSV.
PRESETS = {"standard": "csv", "semicolon": "csv-excel"}
SEVERAL = ("round", "coder", "outlet", "variable")


class Command(BaseCommand):
    help = "Write an export of a study to a file, with the filters of the page."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("export", choices=sorted(CATALOGUE))
        parser.add_argument("--study", required=True, help="short name of the study")
        parser.add_argument("--by", required=True, help="who exports")
        parser.add_argument("--to", type=Path, help="file or folder; here if not given")
        parser.add_argument("--format", choices=list(files.FORMATS))
        parser.add_argument("--preset", choices=sorted(PRESETS), default="standard")
        parser.add_argument("--language", default="en")
        parser.add_argument(
            "--bundle", action="store_true", help="a ZIP with notes and scripts"
        )
        parser.add_argument(
            "--beside",
            action="store_true",
            help="write codebook, notes and scripts beside the file",
        )
        for field, option in OPTIONS.items():
            if field == "text":
                how: dict[str, Any] = {"nargs": "?", "const": "full", "default": ""}
            elif field in SEVERAL:
                how = {"action": "append", "default": []}
            else:
                how = {"default": ""}
            parser.add_argument(option, dest=f"filter_{field}", **how)

    def handle(self, *, export: str, language: str, **options: Any) -> None:
        with translation.override(language):
            try:
                for path in self._write(CATALOGUE[export], language, **options):
                    self.stdout.write(str(path))
            except NotExportable as refusal:
                raise CommandError(str(refusal)) from refusal

    def _write(
        self,
        export: Export,
        language: str,
        *,
        study: str,
        by: str,
        to: Path | None,
        format: str | None,
        preset: str,
        bundle: bool,
        beside: bool,
        **options: Any,
    ) -> Iterator[Path]:
        try:
            known = Study.objects.select_related("codebook").get(slug=study)
            person = User.objects.get(username=by)
        except (Study.DoesNotExist, User.DoesNotExist) as missing:
            raise CommandError(f"{missing} (--study, --by)") from missing
        if not person.has_perm(export.permission, known):
            raise CommandError(f"{person} may not export from “{known}”.")
        kind = format or PRESETS[preset]
        if kind not in export.formats:
            kind = export.formats[0] if format is None else kind
        if kind not in export.formats:
            raise CommandError(
                f"“{export.slug}” has no {kind}; it has {', '.join(export.formats)}."
            )
        data = self._asked(known, options)
        form = FilterForm(data, export=export, study=known, person=person)
        if unused := [OPTIONS[name] for name in data if name not in export.filters]:
            raise CommandError(
                f"“{export.slug}” takes no {', '.join(unused)}; it takes "
                f"{', '.join(OPTIONS[name] for name in export.filters)}."
            )
        if not form.is_valid():
            raise CommandError("\n".join(form.refusals()))
        asked = export_request(
            study=known, person=person, language=language, filters=form.filters()
        )
        table = table_of(export, asked, at=timezone.now())
        found = files.FORMATS[kind]
        ending = f"{kind}.zip" if bundle else found.ending
        path = to or Path()
        path = path / f"{table.stem}.{ending}" if path.is_dir() else path
        pieces = files.bundle if bundle else files.pieces
        yield self._save(path, pieces(table, found))
        if beside:
            for companion in files.companions_of(found):
                text = (t.encode() for t in companion.write(table, found))
                yield self._save(path.parent / f"{table.stem}{companion.ending}", text)

    def _save(self, path: Path, pieces: Any) -> Path:
        """Write a file beside its name and put it there whole."""
        partial = path.with_name(f".{path.name}.partial")
        try:
            with partial.open("wb") as file:
                for piece in pieces:
                    file.write(piece)
            os.replace(partial, path)
        finally:
            partial.unlink(missing_ok=True)
        return path

    def _asked(self, study: Study, options: dict[str, Any]) -> QueryDict:
        """The options as the form takes them; rounds and outlets by name or number."""
        data = QueryDict(mutable=True)
        for field in OPTIONS:
            given = options[f"filter_{field}"]
            if given and field in SEVERAL:
                data.setlist(field, given)
            elif given:
                data[field] = given
        for field, rows in (("round", study.rounds), ("outlet", study.outlets)):
            if field in data:
                numbers = {str(row.name): str(row.pk) for row in rows.all()}
                data.setlist(
                    field, [numbers.get(name, name) for name in data.getlist(field)]
                )
        return data
