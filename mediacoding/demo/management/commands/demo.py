import json
import os

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from mediacoding.demo import operations
from mediacoding.studies import serving
from mediacoding.studies.models import Study


class Command(BaseCommand):
    help = (
        "Load the demonstration study, print its addresses and sign-ins, and serve it."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--no-server", action="store_true", help="load and print only"
        )

    def handle(self, *, no_server, **options):
        serving.set_up()
        notes = settings.HOME / "demo-sign-ins.json"
        if not Study.objects.filter(slug=operations.SLUG).exists():
            self.stdout.write(
                "Building the demonstration study (once, about half a minute) ..."
            )
            made = [
                [one.username, one.password, one.roles]
                for one in operations.load_demonstration()
            ]
            # Kept for the second start; readable by the person who started this only.
            with os.fdopen(
                os.open(notes, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w"
            ) as file:
                json.dump(made, file)
        address = settings.URL.geturl().rstrip("/")
        self.stdout.write(
            f"\n  Demonstration study: {address}/studies/{operations.SLUG}/"
        )
        self.stdout.write("  Everything in it is invented.\n\n  Sign in as")
        known = json.loads(notes.read_text()) if notes.exists() else []
        for username, password, roles in known:
            self.stdout.write(f"    {username:8} {password:16} {roles}")
        if not known:
            self.stdout.write(
                "    the people whose passwords were printed at the first start"
            )
        self.stdout.write("")
        if not no_server:
            call_command("start")
