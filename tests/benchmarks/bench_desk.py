"""Open-next, save-answer and the desk at 1,000 and 100,000 articles, against a bare view.

python tests/benchmarks/bench_desk.py [ARTICLES ...]
"""

import sys
import tempfile
from pathlib import Path

import worlds

BUILD = """
import random
from django.utils import timezone
from mediacoding.corpus.models import Article, ArticleText, Issue, Outlet
from mediacoding.coding.operations import rounds
from mediacoding.corpus.operations import sampling
from tests.builders import codebooks, studies
many = int(sys.argv[1])
study = studies.study('Desk')
version = codebooks.published(study, codebooks.internet_window())
outlet = Outlet.objects.create(study=study, name='List')
issue = Issue.objects.create(outlet=outlet, published_on='2006-01-02')
for at in range(0, many, 1000):
    size = min(1000, many - at)
    rows = Article.objects.bulk_create([Article(study=study, issue=issue, outlet=outlet,
        published_on='2006-01-02', external_id=f'x{at + n}') for n in range(size)])
    ArticleText.objects.bulk_create([ArticleText(article=a, headline='Naslov', body='Tekst ' * 50,
        sha256=str(a.pk), folded='naslov') for a in rows])
sample = sampling.draw_sample(study=study, name='All', method='census', by=studies.person(), at=studies.NOON)
rounds.open_round(study=study, name='R', kind='main', version=version, sample=sample,
    coders=[studies.member(study, n) for n in ('boris', 'vesna')], overlap=1, by=studies.person(), at=studies.NOON)
"""
MEASURE = """
import time, uuid
from django.conf import settings
settings.ALLOWED_HOSTS = ['*']
from django.test import Client
from django.urls import path, include
from django.http import HttpResponse
from django.contrib.sessions.models import Session
import mediacoding.urls as urls
from worlds import percentile
from tests.builders import studies
from mediacoding.studies.models import Study
from mediacoding.coding.models import Coding, Round
from mediacoding.coding.operations import rounds

def bare(request):
    Study.objects.filter(memberships__person=request.user).first()
    return HttpResponse('ok')
urls.urlpatterns.append(path('bare/', bare))
client = Client()
client.force_login(studies.person('boris'), backend='django.contrib.auth.backends.ModelBackend')
study, round = Study.objects.get(), Round.objects.get()

def timed(call, times=60):
    call(); call()
    taken = []
    for _n in range(times):
        begin = time.process_time()
        response = call()
        taken.append(time.process_time() - begin)
        assert response.status_code in (200, 302), response.status_code
    return percentile(taken, .5)

plain = timed(lambda: client.get('/bare/'))
base = f'/studies/{study.slug}/'
client.post(f'{base}desk/rounds/{round.pk}/take/')
coding = Coding.objects.get()
state = {'revision': 0}
def save():
    state['revision'] += 1
    return client.post(f'{base}desk/codings/{coding.pk}/answers/page_no/',
        {'value': str(state['revision'] % 160 + 1), 'base_revision': state['revision'] - 1,
         'event_id': str(uuid.uuid4())}, headers={'HX-Request': 'true'})
saved = timed(save)
again = timed(lambda: client.post(f'{base}desk/rounds/{round.pk}/take/'))
taken = []
vesna = studies.member(study, 'vesna')
for n in range(60):
    begin = time.process_time()
    done = rounds.take_next(round=round, coder=vesna, at=studies.NOON)
    taken.append(time.process_time() - begin)
    rounds.hand_back(coding=done, by=vesna.person, at=studies.NOON)
page = timed(lambda: client.get(f'{base}desk/codings/{coding.pk}/'), 20)
client.force_login(studies.person('ana'), backend='django.contrib.auth.backends.ModelBackend')
listed = timed(lambda: client.get(f'{base}corpus/'), 20)
print(plain, saved, percentile(taken, .5), page, listed)
"""


def main(sizes: list[int]) -> list[tuple[str, str, str]]:
    rows = []
    first: list[float] = []
    for many in sizes:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            worlds.run(
                home,
                "from mediacoding.studies import serving; serving.set_up()",
            )
            worlds.run(home, BUILD, str(many))
            plain, *found = map(float, worlds.run(home, MEASURE, str(many)).split())
        ratios = [value / plain for value in found]
        first = first or ratios
        for name, ratio, small in zip(
            ("save-answer (whole request)", "open-next (operation)", "the desk (whole page)", "list of articles (whole page)"),
            ratios, first, strict=True,
        ):  # fmt: skip
            grown = f"{ratio / small:.2f} of that at {sizes[0]:,}"
            rows.append(
                (
                    f"{name} at {many:,} articles / bare signed-in view, CPU",
                    f"{ratio:.2f}",
                    grown,
                )
            )
    return rows


if __name__ == "__main__":
    for row in main([int(word) for word in sys.argv[1:]] or [1_000, 20_000]):
        print(" | ".join(row))
