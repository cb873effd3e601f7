"""Carrying codings from 1.0 to 1.1 of the codebook of 36 variables, against copying the rows.

python tests/benchmarks/bench_carrying.py [CODINGS]
"""

import sys
import tempfile
from pathlib import Path

import worlds
from bench_export import BUILD

CARRY = """
from worlds import measured
from codebook import operations
from mediacoding.coding.models import Answer, Coding, Round
from mediacoding.coding.operations.carrying import carry_round_forward
from tests.builders import codebooks, studies
round = Round.objects.get()
draft = operations.import_document(document=codebooks.internet_window('1.1'),
    codebook=round.version.codebook, by=studies.person(), at=studies.NOON)
version = operations.publish_version(version=draft, by=studies.person(), at=studies.NOON)
made = None
def carry():
    global made
    made = carry_round_forward(round=round, version=version, by=studies.person(), at=studies.NOON)
print(*measured(carry), made.n_codings, made.n_answers, made.n_to_recode)
"""
#: The same new rows once more, under a third version: read as values, made by bulk_create.
COPY = """
import dataclasses
from worlds import measured
from codebook.models import CodebookVersion
from codebook.queries import variables_of
from mediacoding.coding.models import Answer, Coding, Round, Submission, Unit
from tests.builders import studies
version = CodebookVersion.objects.order_by('-ordinal').first()
third = CodebookVersion.objects.create(codebook=version.codebook, ordinal=9, number='9',
    document=version.document, created_by=studies.person(), created_at=studies.NOON)
codings = list(Coding.objects.filter(version=version))
units = [u for c in Coding.objects.filter(version=version).prefetch_related('submissions__units')
         for s in c.submissions.all() for u in s.units.all()]
def copy():
    for start in range(0, len(codings), 400):
        some = codings[start:start + 400]
        made = Coding.objects.bulk_create([Coding(assignment_id=c.assignment_id, version=third,
            text_id=c.text_id, carried_from_id=c.pk, started_at=c.started_at) for c in some])
        subs = Submission.objects.bulk_create([Submission(coding=c, opened_at=studies.NOON) for c in made])
        new = Unit.objects.bulk_create([Unit(submission=s) for s in subs])
        unit_of = dict(zip([c.pk for c in some], [u.pk for u in new]))
        rows = Answer.objects.filter(unit__submission__coding__in=[c.pk for c in some]).values_list(
            'unit__submission__coding', 'variable', 'state', 'value', 'is_uncertain', 'remark', 'pk')
        Answer.objects.bulk_create([Answer(unit_id=unit_of[c], variable_id=v, state=s, value=x,
            is_uncertain=u, remark=r, changed_at=studies.NOON, carried_from_id=p) for c, v, s, x, u, r, p in rows])
print(*measured(copy), Answer.objects.filter(unit__submission__coding__version=third).count())
"""


def main(codings: int) -> list[tuple[str, str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        worlds.run(
            home,
            "from django.core.management import call_command; call_command('migrate', verbosity=0)",
        )
        worlds.run(home, BUILD, str(codings * 36))
        cpu, _peak, many, answers, again = map(float, worlds.run(home, CARRY).split())
        copied, _peak, _rows = map(float, worlds.run(home, COPY).split())
    return [
        (
            f"{many:,.0f} codings carried ({answers:,.0f} answers, {again:,.0f} to recode) / "
            "copying their rows, CPU",
            f"{cpu / copied:.2f} ({cpu:.0f} s)",
            "at most 3",
        )
    ]


if __name__ == "__main__":
    for row in main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000):
        print(" | ".join(row))
