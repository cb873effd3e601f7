import datetime as dt

import pytest
from django.urls import reverse

from codebook.queries import document_of
from mediacoding.coding.queries.final_values import scope_of
from mediacoding.coding.queries.progress import (
    coding_by_coder,
    coding_by_outlet_and_month,
)
from mediacoding.coding.queries.work import blind_rounds
from mediacoding.corpus.operations.articles import ensure_issue
from mediacoding.coverage import queries
from tests.builders import coding as builders
from tests.builders import corpus
from tests.builders import studies as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def study():
    """Two outlets, January to April 2006, March without an article; two coders on all."""
    study = people.study()
    glas, list_ = corpus.outlet(study, "Glas"), corpus.outlet(study, "List")
    days = [(glas, 1), (glas, 2), (list_, 1), (glas, 4)]
    for number, (outlet, month) in enumerate(days, start=1):
        corpus.article(
            study, number, outlet=outlet, published_on=dt.date(2006, month, 5)
        )
    ensure_issue(outlet=list_, published_on=dt.date(2006, 3, 5))
    round = builders.round(study, articles=0)
    for name, tones in (("boris", "1121"), ("vesna", "1221")):
        for _number in range(4):
            coding = builders.take(round, name)
            tone = tones[coding.assignment.article.page - 1]
            builders.submit(coding, {**builders.READY, "tone": tone})
    return study


def table(study, name, group):
    scope = scope_of(study, hidden=blind_rounds(person=people.person(), study=study))
    variable = scope.version.variables.get(name=name)
    spec = document_of(scope.version).variable(name)
    return queries.value_table(scope, variable, spec, group)


def test_every_outlet_has_every_month_and_gaps_are_gaps(study):
    rows = {row.outlet: row for row in queries.calendar(study)}
    assert [m.articles for m in rows["Glas"].months] == [1, 1, 0, 1]
    assert [m.articles for m in rows["List"].months] == [1, 0, 0, 0]
    assert [m.issues for m in rows["List"].months] == [1, 0, 1, 0]
    assert [m.is_gap for m in rows["Glas"].months] == [False, False, True, False]


def test_final_values_are_counted_with_their_base(study):
    found = table(study, "tone", "outlet")
    assert found.columns == ("1", "2")
    assert (found.base, found.undecided) == (3, 1)  # on the second article they differ
    assert [share.count for share in found.total] == [2, 1]
    assert found.total[0].share == pytest.approx(2 / 3)
    assert found.rows[0][0] == "Glas"
    assert [share.count for share in found.rows[0][1]] == [2, 0]
    assert found.rows[0][2] == 2


def test_a_multiple_choice_is_counted_on_articles(study):
    found = table(study, "sources", "month")
    assert found.base == 4
    assert {c: s.count for c, s in zip(found.columns, found.total, strict=True)} == {
        "0": 0, "1": 4, "2": 4, "3": 0,
    }  # fmt: skip
    assert [name for name, _shares, _base in found.rows] == [
        "2006-01",
        "2006-02",
        "2006-04",
    ]


def test_the_progress_of_coding_is_told_by_outlet_month_and_coder(study):
    hidden = blind_rounds(person=people.person(), study=study)
    first = next(coding_by_outlet_and_month(study, hidden=hidden))
    assert first.group == ("Glas", dt.date(2006, 1, 1))
    assert (first.assigned, first.submitted, first.articles, first.double_coded) == (
        2,
        2,
        1,
        1,
    )
    assert [row[1:] for row in coding_by_coder(study, hidden=hidden)] == [
        (4, 4, 0),
        (4, 4, 0),
    ]


def test_the_page_shows_tables_and_drawings(client, study):
    client.force_login(people.person())
    url = reverse("coverage:coverage", args=[study.slug])
    page = client.get(url, {"variable": "tone", "by": "month"}).content.decode()
    assert "Base: 3 articles with a final value" in page
    assert page.count("<svg") >= 4
    assert 'class="gap"' in page
