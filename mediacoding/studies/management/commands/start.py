from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand

from mediacoding.studies import serving


class Command(BaseCommand):
    help = "Set up what is missing (database, static files) and serve on this machine."

    def add_arguments(self, parser):
        parser.add_argument("--host", default=settings.URL.hostname or "127.0.0.1")
        parser.add_argument("--port", type=int, default=settings.URL.port or 8000)
        parser.add_argument("--threads", type=int, default=8)

    def handle(self, *, host, port, threads, **options):
        serving.set_up()
        address = urlsplit(f"http://{host}:{port}/").geturl()
        self.stdout.write(f"mediacoding is at {address}  (Ctrl-C stops it)")
        serving.serve(host=host, port=port, threads=threads)
