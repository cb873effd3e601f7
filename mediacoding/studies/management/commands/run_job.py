import json
import os

from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string


class Command(BaseCommand):
    help = "Run one background job to its end (started by the program itself)."

    def add_arguments(self, parser):
        parser.add_argument("task")
        parser.add_argument("positional")
        parser.add_argument("named", nargs="?", default="{}")

    def handle(self, *, task, positional, named, **options):
        if hasattr(os, "nice"):
            os.nice(5)  # people who code come first
        import_string(task).func(*json.loads(positional), **json.loads(named))
