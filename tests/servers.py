"""Real installations for tests that need several processes: a database of its own, a server.

SQLite: a file in the test's folder. PostgreSQL (when DATABASE_URL names one): a database
made for the test and dropped afterwards. Nothing is shared with pytest's own database.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Installation:
    """A home folder and a database; commands run in processes of their own."""

    home: Path
    database_url: str
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def env(self) -> dict[str, str]:
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "mediacoding.settings",
            "MEDIACODING_HOME": str(self.home),
            "DATABASE_URL": self.database_url,
            "PYTHONPATH": str(ROOT),
            **self.environment,
        }

    def run(self, *words: str, input: str | None = None, check: bool = True):
        """Run `mediacoding WORDS` to its end and return it with its output."""
        done = subprocess.run(
            [sys.executable, "-m", "mediacoding", *words],
            cwd=ROOT,
            env=self.env,
            input=input,
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(f"{words} failed:\n{done.stdout}\n{done.stderr}")
        return done

    def start(self, *words: str, **options) -> subprocess.Popen:
        """Start `mediacoding WORDS` and return the process."""
        return subprocess.Popen(
            [sys.executable, "-m", "mediacoding", *words],
            cwd=ROOT,
            env=self.env,
            text=True,
            **options,
        )

    def python(self, code: str, *arguments: str) -> str:
        """Run Python code with Django set up on this installation; return what it prints."""
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                f"import django; django.setup()\n{code}",
                *arguments,
            ],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise AssertionError(done.stderr)
        return done.stdout


@contextmanager
def installation(
    folder: Path, environment: Mapping[str, str] | None = None
) -> Iterator[Installation]:
    """An empty, migrated installation on the database kind that the tests run on."""
    home = folder / f"home-{uuid.uuid4().hex[:8]}"
    home.mkdir()
    server = os.environ.get("DATABASE_URL", "")
    extra = dict(environment or {})
    if not server.startswith("postgres"):
        made = Installation(home, f"sqlite:///{home / 'mediacoding.sqlite3'}", extra)
        made.run("migrate", "-v0")
        yield made
        return
    import psycopg

    name = f"trial_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        made = Installation(home, f"{server.rpartition('/')[0]}/{name}", extra)
        made.run("migrate", "-v0")
        yield made
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def server(made: Installation, *words: str, seconds: float = 60) -> Iterator[str]:
    """Serve an installation with `mediacoding start` (or `words`); yields its address."""
    port = free_port()
    made.environment["MEDIACODING_URL"] = f"http://127.0.0.1:{port}"
    log = (made.home / "server.log").open("w")
    process = made.start(*(words or ("start",)), stdout=log, stderr=log)
    try:
        _wait_for(f"http://127.0.0.1:{port}/sign-in/", process, seconds, log.name)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)
        log.close()


def _wait_for(url: str, process: subprocess.Popen, seconds: float, log: str) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise AssertionError(f"The server stopped:\n{Path(log).read_text()}")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise AssertionError(f"No answer within {seconds} s:\n{Path(log).read_text()}")
