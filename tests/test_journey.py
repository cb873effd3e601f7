"""The main job from end to end: import, publish, two coders code, agreement, export."""

import csv
import io

import pytest
from django.urls import reverse
from django.utils import timezone

from mediacoding.coding.models import Coding
from mediacoding.corpus.models import ImportBatch
from mediacoding.corpus.operations import import_work
from mediacoding.studies.models import Study
from tests.builders import codebooks
from tests.builders import studies as people

pytestmark = pytest.mark.django_db

ARTICLES = """id;Datum;List;Naslov;Tekst;Strana
a1;14.3.2006.;Jutarnji glas;Učenica nađena;"Prvi pasus.

Drugi pasus o Đorđu.";9
a2;15. mart 2006;Вечерњи лист;Ученица нађена;Пасус о Ђорђу.;7
a3;2006-03-16;Jutarnji glas;Kampanja u školama;Radionice za sedmake.;5
"""


@pytest.fixture
def sign_in(client):
    def as_(name):
        client.force_login(people.person(name))
        return client

    return as_


def post(client, url_name, /, *arguments, **data):
    response = client.post(reverse(url_name, args=arguments), data)
    assert response.status_code == 302, response.content.decode()[:3000]
    return response


def test_from_a_file_of_articles_to_a_file_of_codings(sign_in):
    ana = sign_in("ana")
    post(ana, "studies:start", name="Prozor", about="")
    study = Study.objects.get()
    for name in ("boris", "vesna"):
        people.member(study, name)
    slug = study.slug

    # articles: upload, map, check, commit
    upload = io.BytesIO(ARTICLES.encode())
    upload.name = "clippings.csv"
    post(ana, "corpus:imports", slug, file=upload)
    batch = ImportBatch.objects.get()
    page = ana.get(reverse("corpus:import", args=[slug, batch.pk])).content.decode()
    assert "Učenica nađena" in page
    columns = {
        "column_external_id": "id",
        "column_outlet": "List",
        "column_published_on": "Datum",
        "column_headline": "Naslov",
        "column_body": "Tekst",
        "column_page": "Strana",
        "date_order": "day",
    }
    post(ana, "corpus:import_mapping", slug, batch.pk, **columns)
    import_work.check(batch.pk, clock=timezone.now)
    page = ana.get(reverse("corpus:import", args=[slug, batch.pk])).content.decode()
    assert "Commit to the corpus" in page
    post(ana, "corpus:import_act", slug, batch.pk, "commit")
    import_work.commit(batch.pk, clock=timezone.now)
    found = ana.get(reverse("corpus:articles", args=[slug]), {"words": "djordju"})
    assert found.content.decode().count("/corpus/articles/") == 2, "both scripts"

    # codebook: import, publish
    source = io.BytesIO(codebooks.SMALL.encode())
    source.name = "small.yaml"
    post(ana, "studies:codebook_import", slug, file=source)
    post(ana, "studies:codebook_publish", slug, 1)

    # sample and round
    post(ana, "corpus:samples", slug, name="All", method="census", seed=1)
    study.refresh_from_db()
    plan = {
        "name": "Round 1",
        "kind": "reliability",
        "version": study.codebook.versions.get().pk,
        "sample": study.samples.get().pk,
        "coders": [m.pk for m in study.memberships.filter(is_coder=True)],
        "overlap": 2,
        "is_blind": "on",
        "seed": 1,
    }
    post(ana, "coding:open_round", slug, **plan)
    round = study.rounds.get()

    # two coders
    for name, tone in (("boris", ["1", "2", "1"]), ("vesna", ["1", "2", "2"])):
        coder = sign_in(name)
        post(coder, "desk:take", slug, round.pk)
        for _number in range(3):
            coding = Coding.objects.filter(
                assignment__coder__person__username=name
            ).last()
            order = coding.assignment.article.external_id
            answers = {
                "relevance": "1",
                "tone": tone[int(order[1]) - 1],
                "sources": ["1", "3"],
                "page_no": "9",
            }
            for variable, value in answers.items():
                post(
                    coder,
                    "desk:answer",
                    slug,
                    coding.pk,
                    variable,
                    value=value,
                    base_revision=0,
                )
            response = post(coder, "desk:submit", slug, coding.pk)
        assert response.url == reverse("desk:my_work", args=[slug])

    # agreement
    ana = sign_in("ana")
    page = ana.get(reverse("reliability:round", args=[slug, round.pk])).content.decode()
    assert "Every pairable value is the same" in page  # relevance: all 1
    differing = ana.get(reverse("reliability:variable", args=[slug, round.pk, "tone"]))
    assert "Kampanja u školama" in differing.content.decode()

    # export
    response = ana.get(reverse("exports:download", args=[slug, "codings-wide"]))
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 6
    assert {row["sources"] for row in rows} == {"1 3"}
    assert {row["sources_1"] for row in rows} == {"1"}
    assert {row["area"] for row in rows} == {""}
    agreement = ana.get(reverse("exports:download", args=[slug, "agreement"]))
    text = b"".join(agreement.streaming_content).decode("utf-8-sig")
    tone = next(r for r in csv.DictReader(io.StringIO(text)) if r["variable"] == "tone")
    # two of three units agree: D_o = 2/6, n = (3, 3): 1 - 5 * (2/6 * 6) / 18
    assert float(tone["alpha"]) == pytest.approx(1 - 5 * 2 / 18)


def test_pages_speak_the_language_that_a_person_chose(sign_in):
    ana = sign_in("ana")
    ana.post(reverse("set_language"), {"language": "sr", "next": "/"})
    assert 'lang="sr-Cyrl"' in ana.get("/").content.decode()
    assert people.person("ana").language == "sr"
