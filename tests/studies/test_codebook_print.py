"""The printed codebook: everything in it, in one language or in all, at any size for few queries."""

import re
from html import unescape

import pytest
from django.urls import reverse
from django.utils import translation

from codebook.document import Document
from tests.builders import codebooks
from tests.builders import studies as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def study():
    return people.study()


@pytest.fixture
def ana(client):
    client.force_login(people.person("ana"))
    return client


@pytest.fixture
def serbian(ana):
    """ana, who reads the pages in Serbian."""
    ana.cookies["django_language"] = "sr-latn"
    yield ana
    translation.deactivate()


def page(client, study, query: str = "") -> str:
    url = reverse("studies:codebook_print", args=[study.slug, 1])
    response = client.get(url + query)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def plain(html: str) -> str:
    text = re.sub(r"<[^>]+>", " ", html.partition("<main")[2])
    return re.sub(r"\s+", " ", unescape(text))


def test_everything_of_a_codebook_is_printed(ana, study):
    version = codebooks.published(study, codebooks.internet_window("1.1"))
    text = plain(page(ana, study))

    assert "Version 1.1" in text
    assert version.digest in text
    assert "37 variables, 239 categories" in text
    for words in (
        "Code what is printed, not what you know about the case.",
        "1 Relevance (filter) relevance V01 single, ordinal agreement: minimum .80, target .90",
        "How central is trafficking",
        "The coding of the article ends when “Relevance (filter)” is “Not relevant” relevance == 0",
        "3 Main topic Headline or lead is about trafficking or comparable exploitation. Example: "
        "arrest for recruiting a pupil in a chat room",
        "Asked when “Relevance (filter)” is at least “Passing mention” relevance >= 1",
        "98 Not determinable missing code 99 Not applicable (skip) missing code, written by the "
        "program where the filter is false",
        "Missing codes: -98 Not determinable",
        "6 Appeal retired",
        "agreement is not measured",
        "1 – 160",
        "area_cm2 / outlet.print_area_cm2",
        "quality 1, 4, 9",
    ):
        assert words in text, words


def test_a_draft_says_that_it_is_one(ana, study):
    from mediacoding.studies import operations

    operations.import_codebook(study=study, document=codebooks.document(), by=people.person(), at=people.NOON)  # fmt: skip
    text = plain(page(ana, study))
    assert "Version 1.0 draft" in text
    assert "not published yet" in text
    assert codebooks.document().digest in text


def test_one_language_or_all_are_chosen(ana, study):
    codebooks.published(study)
    assert "Which tone?" in page(ana, study)
    assert "Kakav ton?" not in page(ana, study)
    assert "Which tone?" not in page(ana, study, "?language=sr-latn")
    both = page(ana, study, "?language=all")
    assert '<span class="said" lang="en">Which tone?</span><span class="said" lang="sr-latn">Kakav ton?</span>' in both  # fmt: skip
    assert "Which tone?" in page(ana, study, "?language=tlh")


def test_without_a_choice_it_is_the_language_of_the_page(serbian, study):
    codebooks.published(study)
    assert "Kakav ton?" in page(serbian, study)


def test_the_flow_is_a_drawing_and_the_same_as_a_list(ana, study):
    codebooks.published(study)
    html = page(ana, study)

    drawing = html.partition("<svg viewBox")[2].partition("</svg>")[0]
    assert 'role="img" aria-label="Filters as a flow, part 1 of 1; the list below says the same"' in drawing  # fmt: skip
    assert drawing.count("<rect") == 3
    assert drawing.count("<path") == 3
    boxes = plain("<main" + html.partition('class="boxes"')[2])
    assert "Always asked 1 Relevance 4 Page 6 Day 7 Remarks Asked when “Relevance” is at least “Some” 2 Tone 3 Sources" in boxes  # fmt: skip


def test_the_words_of_a_codebook_are_no_markup(ana, study):
    text = codebooks.SMALL.replace("en: Tone", "en: <b>Tone</b>")
    codebooks.published(study, text)
    html = page(ana, study)
    assert "<b>Tone</b>" not in html
    assert "&lt;b&gt;Tone&lt;/b&gt;" in html


def large(variables: int) -> Document:
    return Document(
        {
            "codebook": {"id": "large", "title": "Large", "version": "1"},
            "sections": [{"id": "s", "label": "S"}],
            "variables": [
                {
                    "name": f"v{n}", "section": "s", "label": f"Variable {n}",
                    "question": f"Question {n}?", "level": "nominal", "type": "single",
                    "categories": [{"code": c, "label": f"Category {c}"} for c in range(10)],
                    **({"ask_if": f"v{n // 2} == {n % 10}"} if n else {}),
                }
                for n in range(variables)
            ],
        }
    )  # fmt: skip


def test_three_hundred_variables_cost_as_few_queries_as_one(
    ana, django_assert_max_num_queries
):
    counts = []
    for size in (1, 300):
        study = people.study(f"study {size}")
        codebooks.published(study, large(size))
        page(ana, study)
        with django_assert_max_num_queries(15) as captured:
            page(ana, study)
        counts.append(len(captured))
    assert counts[0] == counts[1]
