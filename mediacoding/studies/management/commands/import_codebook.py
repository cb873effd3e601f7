from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from codebook import operations as codebooks
from mediacoding.studies import operations
from mediacoding.studies.codebook_files import read_file
from mediacoding.studies.models import Study, User


class Command(BaseCommand):
    help = "Read a codebook file (YAML, JSON, XLSX, .qdc) as a draft of the study's codebook, and publish it on request."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--study", required=True, help="short name of the study")
        parser.add_argument(
            "--by", required=True, help="who reads it in (a supervisor)"
        )
        parser.add_argument("--publish", action="store_true")

    def handle(self, *, file, study, by, publish, **options):
        try:
            known = Study.objects.select_related("codebook").get(slug=study)
            person = User.objects.get(username=by)
            data = file.read_bytes()
        except (Study.DoesNotExist, User.DoesNotExist, OSError) as error:
            raise CommandError(str(error)) from error
        if not person.has_perm("codebook.publish_version", known):
            raise CommandError(f"{person} may not change the codebook of “{known}”.")
        found = read_file(study=known, data=data, name=file.name)
        if found.draft is None:
            raise CommandError("\n".join(str(problem) for problem in found.problems))
        try:
            draft = operations.import_codebook(
                study=known, document=found.draft, by=person, at=timezone.now()
            )
            if publish:
                codebooks.publish_version(version=draft, by=person, at=timezone.now())
        except (codebooks.NotImportable, codebooks.NotPublishable) as refusal:
            raise CommandError(str(refusal)) from refusal
        for line in (*found.notes, *found.problems):
            self.stdout.write(str(line))
        self.stdout.write(f"{draft}: {'published' if publish else 'a draft'}")
