import json
import os

from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string


class Command(BaseCommand):
    help = "Run one background job to its end (started by the program itself)."

    def add_arguments(self, parser):
        parser.add_argument("task")
        parser.add_argument("args")
        parser.add_argument("kwargs", nargs="?", default="{}")

    def handle(self, *, task, kwargs, **options):
        if hasattr(os, "nice"):
            os.nice(5)  # people who code come first
        import_string(task).func(*json.loads(options["args"]), **json.loads(kwargs))
