import getpass
import sys

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from mediacoding.studies import operations
from mediacoding.studies.models import Study


class Command(BaseCommand):
    help = "Make a person who can sign in, and a member of a study if one is named."

    def add_arguments(self, parser):
        parser.add_argument("username")
        parser.add_argument("--name", default="", help="as shown on pages")
        parser.add_argument(
            "--study", help="short name of the study; it is started if there is none"
        )
        parser.add_argument(
            "--roles", default="supervisor", help="supervisor,coder,analyst"
        )

    def handle(self, *, username, name, study, roles, **options):
        password = (
            getpass.getpass("Password: ")
            if sys.stdin.isatty()
            else sys.stdin.readline().rstrip("\n")
        )
        try:
            person = operations.register_person(
                username=username, password=password, name=name
            )
            self.stdout.write(f"{person} can sign in as “{username}”.")
            if study is None:
                return
            known = Study.objects.filter(slug=study).first()
            if known is None:
                operations.start_study(
                    name=study, slug=study, by=person, at=timezone.now()
                )
                self.stdout.write(f"Started the study “{study}”.")
            else:
                operations.add_member(
                    study=known,
                    person=person,
                    roles={role.strip() for role in roles.split(",")},
                    by=person,
                    at=timezone.now(),
                )
                self.stdout.write(f"{person} is now a member of “{known}”.")
        except operations.NotPossible as refusal:
            raise CommandError(str(refusal)) from refusal
