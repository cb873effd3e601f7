"""Two versions compared, and publishing with its impact first, as pages."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from codebook import publishing
from codebook.changes.compare import compare
from codebook.changes.decisions import Choice, Decision
from codebook.models import CodebookVersion
from codebook.operations import NotPublishable
from codebook.queries import document_of
from mediacoding.studies import operations as studies
from tests.builders import codebooks
from tests.builders import coding as builders
from tests.builders import studies as people
from tests.builders.studies import NOON
from tests.codebook.revising import FIRST, SECOND, revised

pytestmark = pytest.mark.django_db

VICTIM_GONE = ("  - {code: 2, label: {en: Victim, sr: Žrtva}}\n", "")
DEFINITION = (
    "{code: 2, label: {en: Lurid, sr: Senzacionalan}}",
    "{code: 2, label: {en: Lurid, sr: Senzacionalan}, definition: Three such words}",
)
LABEL = ("label: {en: Remarks", "label: {en: Notes")


def next_draft(study, document):
    return studies.import_codebook(
        study=study, document=document, by=people.person(), at=NOON
    )


@pytest.fixture
def small():
    """A study with two codings under 1.0 of the small codebook."""
    study = people.study()
    round = builders.round(study, articles=2)
    builders.code(round, "boris", builders.READY, {**builders.READY, "tone": "1"})
    return study


@pytest.fixture
def shipped():
    """A study that coded with 1.0 of the shipped codebook, and has 1.1 as its draft."""
    study = people.study()
    round = builders.round(study, codebooks.published(study, FIRST), articles=3)
    for name, age, trigger in (("boris", "1", "7"), ("vesna", "2", "5")):
        coding = builders.take(round, name)
        for variable, value in (
            ("relevance", "3"),
            ("victim_age", age),
            ("trigger", trigger),
        ):
            builders.answer(coding, variable, value)  # fmt: skip
    next_draft(study, SECOND)
    return study


def page(client, name, study, *arguments, who="ana", status=200, **query):
    client.force_login(people.person(who))
    response = client.get(reverse(name, args=[study.slug, *arguments]), query)
    assert response.status_code == status
    return response.content.decode()


def words(html):
    """The text of a page as it is read, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def topic(html, name):
    """What stands on the page about a variable."""
    return words(html.partition(f'id="{name}"')[2].partition("</article>")[0])


# Comparing


def test_the_shipped_versions_are_compared_change_by_change(client, shipped):
    html = page(client, "coding:codebook_compare", shipped, old=1, new=2)

    assert "What changed from 1.0 to 1.1" in html
    assert html.count('class="change"') == 11
    age = topic(html, "victim_age")
    assert "Category split 1 Under 14 → 11 0–9, 12 10–13" in age
    assert "can be pooled for this variable: no, because of Category split (1 → 11, 12)" in age  # fmt: skip
    trigger = topic(html, "trigger")
    assert "can be pooled for this variable: yes, once 7 counts as 5." in trigger
    assert "no, because only 1.1 has it." in topic(html, "story_origin")
    assert "blaming → victim_blaming" in topic(html, "victim_blaming")
    assert "The history says: 7 -&gt; 5" in trigger


def test_texts_stand_side_by_side_word_by_word(client, shipped):
    html = page(
        client, "coding:codebook_compare", shipped, old=1, new=2,
        variable="sensational_wording",
    )  # fmt: skip
    assert html.count('class="change"') == 1
    added = "".join(re.findall(r"<ins>(.*?)</ins>", html))
    assert added.strip(" .") == (
        "Expressions inside quotations count only when they stand in the headline, "
        "over-headline or a pull quote"
    )
    assert "<del>" not in html


@pytest.mark.parametrize(
    ("effect", "many"), [("none", 2), ("automatic", 4), ("recode", 5)]
)
def test_changes_are_filtered_by_their_effect(client, shipped, effect, many):
    html = page(client, "coding:codebook_compare", shipped, old=1, new=2, effect=effect)
    assert html.count('class="change"') == many
    assert html.count(f'class="effect {effect}"') == many + 1  # and in the strip


def test_the_older_version_comes_first_and_the_newest_two_are_proposed(client, shipped):
    assert "from 1.0 to 1.1" in page(client, "coding:codebook_compare", shipped)
    html = page(client, "coding:codebook_compare", shipped, old=2, new=1)
    assert "from 1.0 to 1.1" in html


def test_one_version_is_compared_with_nothing(client, small):
    html = page(client, "coding:codebook_compare", small)
    assert "There is only one version" in html
    assert "The two versions say the same" in page(
        client, "coding:codebook_compare", small, old=1, new=1
    )


def test_every_variable_is_told_whether_it_can_be_pooled(client, shipped):
    html = page(client, "coding:codebook_compare", shipped, old=1, new=2)
    table = html.partition('id="pooling"')[2]
    assert table.count("<tr>") == 1 + 37
    assert table.count('class="l meets"') + table.count('class="l below"') == 37


def test_a_change_that_was_taken_back_still_separates(client, small):
    """1.1 redefines a category, 1.2 takes it back: 1.0 and 1.2 read alike but lie apart."""
    draft = next_draft(small, revised(DEFINITION))
    publishing.publish_revision(
        version=draft, seen=1, number="1.1", by=people.person(), at=NOON,
        decisions={"change_definition:tone:2": Decision(Choice.RECODE)},
    )  # fmt: skip
    text = codebooks.SMALL.replace("version: '1.0'", "version: '1.2'")
    draft = next_draft(small, codebooks.document(text))
    for _state in ("draft", "published"):
        html = page(client, "coding:codebook_compare", small, old=1, new=3)
        row = html.partition('id="pooling"')[2].partition("Tone")[2][:400]
        assert "because a version between them separates them" in row
        if draft.is_draft:
            draft = publishing.publish_revision(
                version=draft, seen=1, number="1.2", by=people.person(), at=NOON,
                decisions={"change_definition:tone:2": Decision(Choice.RECODE)},
            )  # fmt: skip


def test_unknown_versions_and_strangers_are_told_that_there_is_no_such_page(
    client, shipped
):
    page(client, "coding:codebook_compare", shipped, old=1, new=9, status=404)
    page(client, "coding:codebook_compare", shipped, old="x", new=1, status=404)
    page(client, "coding:codebook_compare", shipped, who="boris")
    page(client, "coding:codebook_compare", shipped, who="ivo", status=404)
    page(client, "coding:codebook_publish", shipped, 2, who="boris", status=404)
    page(client, "coding:codebook_publish", shipped, 2, who="ivo", status=404)
    page(client, "coding:codebook_publish", shipped, 9, status=404)


# Publishing


def post(client, study, ordinal, data):
    client.force_login(people.person())
    return client.post(reverse("coding:codebook_publish", args=[study.slug, ordinal]), data)  # fmt: skip


def test_the_impact_stands_before_publishing(client, shipped):
    html = page(client, "coding:codebook_publish", shipped, 2)

    assert "What publishing changes for codings of 1.0" in html
    age = topic(html, "victim_age")
    assert "1 coding 1 coder 1 round 1 article 1 coding to look at again" in age
    trigger = topic(html, "trigger")
    assert "1 coding 1 coder 1 round 1 article" in trigger
    assert "look at again" not in trigger.partition("Category removed")[0]
    assert "2 codings 2 coders 1 round" in topic(html, "story_origin")
    assert "concerns no answer" in topic(html, "derived_variables-child_involved")
    assert "everything is decided" in html
    assert 'name="number" value="1.1"' in html


def test_a_draft_that_declares_everything_is_published_as_it_is(client, shipped):
    html = page(client, "coding:codebook_publish", shipped, 2)
    sent = dict(
        re.findall(r'type="hidden" name="(seen|proposed)" value="([^"]+)"', html)
    )
    response = post(client, shipped, 2, {**sent, "number": "1.1", "publish": "1"})

    assert response.status_code == 302
    version = shipped.codebook.versions.get(ordinal=2)
    assert (version.is_draft, version.number) == (False, "1.1")
    assert version.digest == SECOND.digest
    html = page(client, "coding:codebook_publish", shipped, 2)
    assert "What 1.1 changed for codings of 1.0" in html
    assert reverse("coding:carry", args=[shipped.slug, 2]) in html


def test_publishing_waits_for_every_decision(client, small):
    next_draft(small, revised(DEFINITION, VICTIM_GONE))
    html = page(client, "coding:codebook_publish", small, 2)
    assert "2 changes to be decided" in html

    response = post(client, small, 2, {"seen": "1", "number": "1.1", "publish": "1"})

    assert response.status_code == 422
    assert "2 changes still want a decision." in response.content.decode()
    assert CodebookVersion.objects.get(ordinal=2).is_draft


def test_decisions_are_kept_in_the_history_and_change_number_and_impact(client, small):
    next_draft(small, revised(DEFINITION))
    sent = {"seen": "1", "number": "1.1", "proposed": "1.1"}
    key = "choice:change_definition:tone:2"

    shown = post(client, small, 2, {**sent, key: "recode"}).content.decode()
    assert "2 codings to look at again" in topic(shown, "tone")
    assert 'name="number" value="1.1"' in shown
    shown = post(client, small, 2, {**sent, key: "keep"}).content.decode()
    assert "1 coding 1 coder 1 round 1 article" in topic(shown, "tone")
    assert "look at again" not in topic(shown, "tone").partition("What becomes")[0]
    assert 'name="number" value="1.0.1"' in shown
    own = {**sent, "number": "2.0", key: "keep"}
    assert 'name="number" value="2.0"' in post(client, small, 2, own).content.decode()
    assert CodebookVersion.objects.get(ordinal=2).is_draft

    done = post(client, small, 2, {**own, "number": "1.0.1", "publish": "1"})

    assert done.status_code == 302
    version = CodebookVersion.objects.get(ordinal=2)
    document = document_of(version)
    assert (version.number, document.number) == ("1.0.1", "1.0.1")
    (entry,) = document.head["version_history"]
    assert (entry["version"], entry["date"]) == (
        "1.0.1",
        f"{version.published_at:%Y-%m-%d}",
    )
    assert entry["changes"] == [
        {
            "n": 1, "kind": "change_definition", "variable": "tone", "code": 2,
            "automatic": True, "old": None, "new": "Three such words",
        }
    ]  # fmt: skip
    (change,) = compare(codebooks.document(), document)
    assert change.automatic


def test_a_choice_brings_back_the_questions_alone(client, small):
    next_draft(small, revised(DEFINITION))
    client.force_login(people.person())
    response = client.post(
        reverse("coding:codebook_publish", args=[small.slug, 2]),
        {"seen": "1", "choice:change_definition:tone:2": "keep"},
        headers={"HX-Request": "true"},
    )
    assert "codebook/_revision.html" in {t.name for t in response.templates}
    assert "base.html" not in {t.name for t in response.templates}
    assert "everything is decided" in response.content.decode()


def test_a_category_that_is_gone_is_mapped_on_the_page(client, small):
    next_draft(small, revised(VICTIM_GONE))
    sent = {"seen": "1", "number": "1.1", "publish": "1"}
    key = "remove_category:sources:2"

    refused = post(client, small, 2, {**sent, f"choice:{key}": "counts_as"})
    assert refused.status_code == 422
    assert "Choose the category that it counts as." in refused.content.decode()

    given = {f"choice:{key}": "counts_as", f"counts_as:{key}": "3"}
    assert post(client, small, 2, {**sent, **given}).status_code == 302
    (change,) = compare(
        codebooks.document(), document_of(CodebookVersion.objects.get(ordinal=2))
    )
    assert (change.kind, change.recoded) == ("merge_categories", {2: 3})


def test_a_split_is_declared_on_the_page(client, small):
    next_draft(small, revised(VICTIM_GONE))
    key = "remove_category:sources:2"
    given = {f"choice:{key}": "split", f"split:{key}": ["1", "3"]}
    post(client, small, 2, {"seen": "1", "number": "1.1", "publish": "1", **given})
    (change,) = compare(
        codebooks.document(), document_of(CodebookVersion.objects.get(ordinal=2))
    )
    assert (change.kind, change.codes, change.to) == ("split_category", (2,), (1, 3))


@pytest.mark.parametrize("number", ["", " ", "1.0", "1" * 21])
def test_a_version_has_a_number_of_its_own(client, small, number):
    next_draft(small, revised(LABEL))
    response = post(client, small, 2, {"seen": "1", "number": number, "publish": "1"})
    assert response.status_code == 422
    assert CodebookVersion.objects.get(ordinal=2).is_draft


def test_a_draft_that_was_changed_meanwhile_is_looked_at_again(client, small):
    next_draft(small, revised(LABEL))
    response = post(client, small, 2, {"seen": "7", "number": "1.1", "publish": "1"})
    assert response.status_code == 422
    assert (
        "The draft was changed while you read this page." in response.content.decode()
    )


def test_a_draft_without_a_change_is_not_published(client, small):
    draft = next_draft(small, revised())
    assert "Nothing changed since 1.0." in page(
        client, "coding:codebook_publish", small, 2
    )
    with pytest.raises(NotPublishable, match=r"Nothing changed since version 1\.0"):
        publishing.publish_revision(
            version=draft, seen=1, decisions={}, number="1.1", by=people.person(), at=NOON
        )  # fmt: skip


def test_a_broken_draft_is_not_published_and_stays_as_it_was(small):
    draft = next_draft(
        small, revised(("ask_if: relevance >= 1", "ask_if: nothing == 1"))
    )
    before = draft.document
    with pytest.raises(NotPublishable, match="nothing"):
        publishing.publish_revision(
            version=draft, seen=1, number="1.1", by=people.person(), at=NOON,
            decisions={"change_skip_rule:tone": Decision(Choice.RECODE)},
        )  # fmt: skip
    draft.refresh_from_db()
    assert (draft.is_draft, draft.document) == (True, before)


def test_the_first_version_is_published_without_a_comparison(client):
    study = people.study()
    next_draft(study, codebooks.document())
    page(client, "coding:codebook_publish", study, 1, status=302)
    html = page(client, "studies:codebook_version", study, 1)
    assert reverse("studies:codebook_publish", args=[study.slug, 1]) in html
    client.post(reverse("studies:codebook_publish", args=[study.slug, 1]))
    assert not study.codebook.versions.get().is_draft


def test_a_later_version_is_published_by_way_of_its_impact(client, small):
    next_draft(small, revised(LABEL))
    target = reverse("coding:codebook_publish", args=[small.slug, 2])
    html = page(client, "studies:codebook_version", small, 2)
    assert f'href="{target}"' in html
    assert reverse("studies:codebook_publish", args=[small.slug, 2]) not in html
    response = client.post(reverse("studies:codebook_publish", args=[small.slug, 2]))
    assert (response.status_code, response.headers["Location"]) == (302, target)
    assert CodebookVersion.objects.get(ordinal=2).is_draft


def test_rounds_that_one_codes_blind_are_not_counted(client, small):
    studies.change_roles(
        member=people.member(small, "ana"),
        roles={"supervisor", "coder"},
        by=people.person(),
        at=NOON,
    )
    round = builders.round(
        small, small.codebook.versions.get(), articles=1, coders=("ana",), name="Blind"
    )
    builders.code(round, "ana", builders.READY)
    next_draft(small, revised(VICTIM_GONE))
    html = page(client, "coding:codebook_publish", small, 2)
    assert "because you code in them yourself and they are blind: Blind." in words(html)
    assert "2 codings 1 coder 1 round" in topic(html, "sources")


def test_what_was_published_with_decisions_is_frozen_in_the_database(client, small):
    next_draft(small, revised(LABEL))
    post(client, small, 2, {"seen": "1", "number": "1.0.1", "publish": "1"})
    version = CodebookVersion.objects.filter(ordinal=2)
    for change in ({"document": "{}"}, {"number": "9"}, {"status": "draft"}):
        with (
            pytest.raises(IntegrityError, match="published_versions_are_frozen"),
            transaction.atomic(),
        ):
            version.update(**change)
