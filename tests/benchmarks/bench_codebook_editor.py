"""The codebook's pages at 300 variables with 3,000 categories, against one variable.

python tests/benchmarks/bench_codebook_editor.py [VARIABLES]
"""

import sys
import tempfile
from pathlib import Path

import worlds

MEASURE = """
import json
import time
from html.parser import HTMLParser
from django.conf import settings
settings.ALLOWED_HOSTS = ['*']
from django.test import Client
from codebook.document import Document
from mediacoding.studies import operations
from tests.builders import codebooks, studies
from tests.studies.test_codebook_editor import Fields
from worlds import percentile

def document(many, categories):
    tree = json.loads(codebooks.document().stored_text)
    tree['variables'] = [{
        'id': f'V{n:03}', 'name': f'v{n}', 'section': 'main', 'level': 'nominal', 'type': 'single',
        'label': {'en': f'Variable {n}', 'sr': f'Promenljiva {n}'},
        'question': {'en': 'Which?', 'sr': 'Koja?'}, 'missing_codes': [98, 99],
        **({'ask_if': f'v{n - 1} == 1'} if n else {}),
        'categories': [{'code': c, 'label': {'en': f'C {c}', 'sr': f'K {c}'},
            'definition': {'en': 'Some words of a definition.', 'sr': 'Nekoliko reči.'},
            'examples': ['one', 'another']} for c in range(1, categories + 1)],
    } for n in range(many)]
    return Document(tree)

def timed(call, times=9):
    call()
    taken = []
    for n in range(times):
        begin = time.process_time()
        response = call(n)
        taken.append(time.process_time() - begin)
        assert response.status_code in (200, 302), response.status_code
    return percentile(taken, .5)

client = Client()
client.force_login(studies.person('ana'), backend='django.contrib.auth.backends.ModelBackend')
for many in (1, int(sys.argv[1])):
    study = studies.study(f'study {many}')
    operations.import_codebook(study=study, document=document(many, 10), by=studies.person(), at=studies.NOON)
    base = f'/studies/{study.slug}/codebook/1/'
    edit = base + 'edit/variable/V000'
    def typed(n=0):
        return Fields(client.get(edit).content.decode()).data(label_en=f'Words {n} {time.monotonic()}')
    sent = [typed(n) for n in range(9)]
    def live(n=0):
        return client.post(base + 'edit/live/V000', sent[n])
    def save(n=0):
        return client.post(edit, sent[n] | {'base_revision': ''})
    print(timed(lambda n=0: client.get(base)), timed(lambda n=0: client.get(edit)), timed(live), timed(save))
"""
NAMES = (
    "codebook page",
    "editor, one variable open",
    "preview and problems while typing",
    "save",
)


def main(many: int = 300) -> list[tuple[str, str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        worlds.run(home, "from mediacoding.studies import serving; serving.set_up()")
        small, large = (
            [float(word) for word in line.split()]
            for line in worlds.run(home, MEASURE, str(many)).splitlines()
        )
    return [
        (
            f"{name}: {many} variables / one variable, CPU",
            f"{value / alone:.1f}",
            "at most 10",
        )
        for name, alone, value in zip(NAMES, small, large, strict=True)
    ]


if __name__ == "__main__":
    for row in main(*[int(word) for word in sys.argv[1:]]):
        print(" | ".join(row))
