"""Import of articles against the least possible; and what others' saves feel of it.

python tests/benchmarks/bench_import.py [ARTICLES]
"""

import http.client
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import worlds


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


PORT = free_port()

LEAST = """
import csv, hashlib, datetime as dt
from worlds import measured
from mediacoding.corpus.models import Article, ArticleText, Issue, Outlet
from mediacoding.corpus.folding import fold
from mediacoding.studies.models import Study
from django.db import transaction
study = Study.objects.get(slug='least')

def least():
    outlets, issues, chunk = {}, {}, []
    def write():
        with transaction.atomic():
            articles = Article.objects.bulk_create([a for a, _w in chunk])
            ArticleText.objects.bulk_create([
                ArticleText(article=a, headline=w['headline'], body=w['body'], sha256=w['id'].rjust(64),
                            fingerprint=w['id'].ljust(64), folded=fold(w['headline'] + ' ' + w['body']))
                for a, (_a, w) in zip(articles, chunk)])
        chunk.clear()
    with open(sys.argv[1], encoding='utf-8', newline='') as file:
        for row in csv.DictReader(file):
            outlet = outlets.get(row['outlet']) or outlets.setdefault(
                row['outlet'], Outlet.objects.create(study=study, name=row['outlet']))
            key = (outlet.pk, row['date'])
            issue = issues.get(key) or issues.setdefault(
                key, Issue.objects.create(outlet=outlet, published_on=row['date']))
            chunk.append((Article(study=study, issue=issue, outlet=outlet, published_on=row['date'],
                                  external_id=row['id'], page=row['page']), row))
            if len(chunk) == 1000:
                write()
    write()
print(*measured(least))
"""
PREPARE = """
from django.core.files import File
from django.utils import timezone
from mediacoding.corpus.operations import importing
from mediacoding.studies.models import Study, User
study, ana = Study.objects.get(slug='job'), User.objects.get(username='ana')
with open(sys.argv[1], 'rb') as file:
    batch = importing.upload_file(study=study, file=File(file, 'a.csv'), by=ana, at=timezone.now())
importing.map_columns(batch=batch, mapping=batch.mapping, in_background=False, by=ana, at=timezone.now())
print(batch.pk)
"""
CHECK = """
from worlds import measured
from django.utils import timezone
from mediacoding.corpus.operations import import_work
print(*measured(lambda: import_work.check(int(sys.argv[1]), clock=timezone.now)))
"""
COMMIT = """
from worlds import measured
from django.utils import timezone
from mediacoding.corpus.models import ImportBatch
from mediacoding.corpus.operations import import_work, importing
from mediacoding.studies.models import User
batch = ImportBatch.objects.get(pk=int(sys.argv[1]))
importing.commit_import(batch=batch, in_background=False, by=User.objects.get(username='ana'), at=timezone.now())
print(*measured(lambda: import_work.commit(batch.pk, clock=timezone.now)))
batch.refresh_from_db()
assert batch.state == 'committed' and batch.articles.count() == batch.rows_done, batch.state
"""
ROUND = """
import datetime as dt, io
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.auth import SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY
from django.utils import timezone
from tests.builders import coding, studies
study = studies.study('Desk')
taken = coding.take(coding.round(study))
boris = studies.person('boris')
session = SessionStore()
session[SESSION_KEY] = boris.pk
session[BACKEND_SESSION_KEY] = 'django.contrib.auth.backends.ModelBackend'
session[HASH_SESSION_KEY] = boris.get_session_auth_hash()
session.create()
print(session.session_key, study.slug, taken.pk)
"""


def saves(home: Path, seconds: float) -> tuple[float, int]:
    """p95 in ms of one coder's saves through the server, one every 50 ms."""
    key, slug, coding = (home / "desk").read_text().split()
    path = f"/studies/{slug}/desk/codings/{coding}/answers/page_no/"
    link = http.client.HTTPConnection("127.0.0.1", PORT)
    token = "a" * 32
    headers = {
        "Cookie": f"sessionid={key}; csrftoken={token}",
        "X-CSRFToken": token,
        "Content-Type": "application/x-www-form-urlencoded",
        "HX-Request": "true",
    }
    times, revision, end = (
        [],
        int((home / "revision").read_text()),
        time.monotonic() + seconds,
    )
    while time.monotonic() < end:
        body = f"value={revision % 160 + 1}&base_revision={revision}"
        begin = time.perf_counter()
        link.request("POST", path, body, headers)
        answer = link.getresponse()
        answer.read()
        times.append(time.perf_counter() - begin)
        assert answer.status == 200, answer.status
        revision += 1
        time.sleep(0.05)
    (home / "revision").write_text(str(revision))
    return worlds.percentile(times, 0.95) * 1000, len(times)


def main(many: int) -> list[tuple[str, str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        path = home / "articles.csv"
        worlds.write_articles(path, many)
        worlds.run(
            home,
            "from django.core.management import call_command; call_command('migrate', verbosity=0)",
        )
        worlds.run(
            home,
            "from django.utils import timezone\n"
            "from mediacoding.studies import operations as o\n"
            "ana = o.register_person(username='ana', password=None)\n"
            "for slug in ('least', 'job'): o.start_study(name=slug, slug=slug, by=ana, at=timezone.now())",
        )
        least, _peak = map(float, worlds.run(home, LEAST, str(path)).split())
        batch = worlds.run(home, PREPARE, str(path)).strip()
        check, check_peak = map(float, worlds.run(home, CHECK, batch).split())
        (home / "desk").write_text(worlds.run(home, ROUND))
        (home / "revision").write_text("0")
        server = subprocess.Popen(
            [sys.executable, "-m", "mediacoding", "start", "--port", str(PORT)],
            cwd=worlds.ROOT, env=worlds.environment(home), stdout=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            time.sleep(8)
            idle, _n = saves(home, 10)
            head = "import django; django.setup()\nimport sys\nsys.path.insert(0, 'tests/benchmarks')\n"
            job = subprocess.Popen(
                [sys.executable, "-c", head + COMMIT, batch],
                cwd=worlds.ROOT, env=worlds.environment(home), stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            busy, n = saves(home, max(5.0, many / 100_000 * 90))
            text, _error = job.communicate()
            commit, commit_peak = map(float, text.split())
        finally:
            server.terminate()
            server.wait()
    title = f"import of {many:,} articles of 3 kB"
    return [
        (f"{title}: job / least possible, CPU", f"{commit / least:.2f}", "at most 2.5"),
        (f"{title}: check and job / least possible, CPU", f"{(check + commit) / least:.2f}", ""),
        (f"{title}: peak memory of the job, MB", f"{commit_peak:.0f}", "under 250"),
        (f"{title}: peak memory of the check, MB", f"{check_peak:.0f}", "under 250"),
        (f"{title}: others' saves meanwhile / idle, p95", f"{busy / idle:.2f} ({busy:.0f} ms / {idle:.0f} ms, n {n})", "under 4"),
        (f"{title}: the least possible, CPU seconds", f"{least:.1f}", ""),
    ]  # fmt: skip


if __name__ == "__main__":
    for row in main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000):
        print(" | ".join(row))
