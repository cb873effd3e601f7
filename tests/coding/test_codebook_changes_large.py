"""Many changes of a codebook: pages of them, at the same cost; all decided at once."""

import json

import pytest

from codebook.changes.compare import compare
from codebook.document import Document
from codebook.models import CodebookVersion
from codebook.queries import document_of
from tests.builders import codebooks
from tests.builders import studies as people
from tests.coding.test_codebook_changes_pages import next_draft, page, post, words

pytestmark = pytest.mark.django_db


def large(many):
    tree = json.loads(codebooks.document().stored_text)
    tree["variables"] = [
        {
            "id": f"X{n}", "name": f"x{n}", "section": "main", "level": "nominal",
            "label": {"en": f"X {n}", "sr": f"X {n}"}, "type": "single",
            "question": {"en": "Which?", "sr": "Koje?"},
            "categories": [
                {"code": code, "label": {"en": f"L {code}", "sr": f"L {code}"}}
                for code in range(1, 11)
            ],
        }
        for n in range(many)
    ]  # fmt: skip
    return tree


@pytest.mark.parametrize("name", ["coding:codebook_compare", "coding:codebook_publish"])
def test_a_page_costs_the_same_whatever_the_number_of_changes(
    client, name, django_assert_max_num_queries
):
    counts = []
    for many in (1, 3, 60):
        study = people.study(f"study {many}")
        tree = large(many)
        codebooks.published(study, Document(tree))
        new = json.loads(json.dumps(tree))
        new["codebook"]["version"] = "1.1"
        for variable in new["variables"]:
            variable["categories"].pop()
            variable["question"]["en"] = "Which one?"
        draft = next_draft(study, Document(new))
        arguments = [draft.ordinal] if name == "coding:codebook_publish" else []
        page(client, name, study, *arguments)
        with django_assert_max_num_queries(25) as captured:
            html = page(client, name, study, *arguments)
        counts.append(len(captured))
    assert len(set(counts)) == 1
    assert html.count('class="change"') == 40  # of 20 variables a page


def test_decisions_are_kept_from_page_to_page_and_the_rest_is_decided_at_once(client):
    study = people.study()
    tree = large(25)
    codebooks.published(study, Document(tree))
    new = json.loads(json.dumps(tree))
    for variable in new["variables"]:
        variable["question"]["en"] = "Which one?"
    new["codebook"]["version"] = "1.1"
    next_draft(study, Document(new))
    sent = {"seen": "1", "number": "1.1", "choice:change_question:x0": "keep"}

    second = post(client, study, 2, {**sent, "to_page": "2"}).content.decode()
    assert second.count('class="change"') == 5
    assert (
        '<input type="hidden" name="choice:change_question:x0" value="keep">' in second
    )
    assert "24 changes to be decided" in second
    assert "(19 to be decided)" in words(second)
    refused = post(client, study, 2, {**sent, "page": "2", "publish": "1"})
    assert refused.status_code == 422
    assert refused.content.decode().count('class="change"') == 20  # where one is open

    done = post(client, study, 2, {**sent, "rest": "recode", "publish": "1"})

    assert done.status_code == 302
    first, *others = compare(
        Document(tree), document_of(CodebookVersion.objects.get(ordinal=2))
    )
    assert (first.effect, {change.effect for change in others}) == ("none", {"recode"})
    html = page(client, "coding:codebook_publish", study, 2, page=2)
    assert html.count('class="change"') == 5
    assert "<fieldset" not in html
