"""The long export against iterating the same answers and writing nothing; peak memory, of
every format.

python tests/benchmarks/bench_export.py [ANSWERS]
"""

import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import worlds

BUILD = """
from mediacoding.coding.models import Round
from mediacoding.coding.operations.recording import RecordedCoding, record_codings
from mediacoding.corpus.models import Article, ArticleText, Issue, Outlet
from mediacoding.corpus.operations import sampling
from mediacoding.coding.operations import rounds
from codebook.values import Value
from tests.builders import codebooks, studies
answers = int(sys.argv[1])
many = max(10, answers // (36 * 2))
study = studies.study('Export')
version = codebooks.published(study, codebooks.internet_window())
outlet = Outlet.objects.create(study=study, name='List')
issue = Issue.objects.create(outlet=outlet, published_on='2006-01-02')
for at in range(0, many, 1000):
    rows = Article.objects.bulk_create([Article(study=study, issue=issue, outlet=outlet,
        published_on='2006-01-02', external_id=f'x{at + n}') for n in range(min(1000, many - at))])
    ArticleText.objects.bulk_create([ArticleText(article=a, headline='N', sha256=str(a.pk)) for a in rows])
sample = sampling.draw_sample(study=study, name='All', method='census', by=studies.person(), at=studies.NOON)
coders = [studies.member(study, n) for n in ('boris', 'vesna')]
round = rounds.open_round(study=study, name='R', kind='main', version=version, sample=sample,
    coders=coders, overlap=2, by=studies.person(), at=studies.NOON)
spec = codebooks.internet_window()
def values(n):
    found = {}
    for v in spec.variables:
        if v.kind == 'text': continue
        if v.kind.has_categories: found[v.name] = Value('value', str(v.offered[n % len(v.offered)].code))
        elif v.kind == 'date': found[v.name] = Value('value', '2006-01-02')
        else: found[v.name] = Value('value', str(n % 40 + 1))
    found['relevance'] = Value('value', '3')
    return found
ids = list(Article.objects.values_list('pk', flat=True))
record_codings(round=round, by=studies.person(), at=studies.NOON, codings=(
    RecordedCoding(article, coder, values(article + coder.pk)) for article in ids for coder in coders))
"""
ITERATE = """
from itertools import islice
from worlds import measured
from mediacoding.coding.models import Answer
from mediacoding.exports.queries import codings as queries
from mediacoding.exports.request import export_request
from mediacoding.studies.models import Study
from tests.builders import studies
import resource
asked = export_request(study=Study.objects.get(), person=studies.person(), language='en')
count = 0
def iterate():
    global count
    waiting = queries.submissions(asked)
    while chunk := list(islice(waiting, queries.CHUNK)):
        for row in (Answer.objects.filter(unit__submission__in=[r['pk'] for r in chunk])
                .exclude(state='open').order_by('unit__submission', 'unit', 'variable')
                .values_list('unit__submission', 'unit__kind', 'unit__position', 'variable', 'state', 'value',
                             'is_uncertain', 'remark')):
            count += 1
base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(*measured(iterate), count, base)
"""
EXPORT = """
import resource
from worlds import measured
from mediacoding.exports.catalogue import CATALOGUE
from mediacoding.exports.request import export_request
from mediacoding.exports.writing import csv_pieces
from mediacoding.studies.models import Study
from tests.builders import studies
asked = export_request(study=Study.objects.get(), person=studies.person(), language='en')
export = CATALOGUE['codings-long']
size = 0
def write():
    global size
    for piece in csv_pieces([c.name for c in export.columns(asked)], export.rows(asked)):
        size += len(piece)
base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(*measured(write), size, base)
"""

WHOLE = """
import resource
from worlds import measured
from mediacoding.exports import files
from mediacoding.exports.catalogue import CATALOGUE, table_of
from mediacoding.exports.request import export_request
from mediacoding.studies.models import Study
from tests.builders import studies
asked = export_request(study=Study.objects.get(), person=studies.person(), language='en')
table = table_of(CATALOGUE['codings-long'], asked, at=studies.NOON)
size = 0
def write():
    global size
    for piece in files.pieces(table, files.FORMATS[sys.argv[1]]):
        size += len(piece)
print(*measured(write), size)
"""
#: Formats that are made whole before they are sent; Parquet where pyarrow is installed.
FORMATS = [
    "jsonl",
    "xlsx",
    "sav",
    "dta",
    *(["parquet"] if find_spec("pyarrow") else []),
]


def main(answers: int) -> list[tuple[str, str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        worlds.run(
            home,
            "from django.core.management import call_command; call_command('migrate', verbosity=0)",
        )
        worlds.run(home, BUILD, str(answers))
        plain, _peak, count, _base = map(float, worlds.run(home, ITERATE).split())
        cpu, peak, _size, base = map(float, worlds.run(home, EXPORT).split())
        formats = [
            (form, *map(float, worlds.run(home, WHOLE, form).split()))
            for form in FORMATS
        ]
    title = f"export of {count:,.0f} answers, long"
    return [
        (
            f"{title}: / iterating the same query, CPU",
            f"{cpu / plain:.2f}",
            "at most 3",
        ),
        (f"{title}: memory above the start, MB", f"{peak - base:.0f}", "under 50"),
        *(
            (
                f"{title}, {form}: peak memory, MB (CPU s; file MB)",
                f"{most:.0f} ({seconds:.0f}; {size / 1e6:.0f})",
                "under 500",
            )
            for form, seconds, most, size in formats
        ),
    ]


if __name__ == "__main__":
    for row in main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000):
        print(" | ".join(row))
