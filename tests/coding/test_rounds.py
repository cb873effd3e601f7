import re

import pytest
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse

from mediacoding.coding.models import Assignment, RoundArticle
from mediacoding.coding.operations import rounds
from mediacoding.coding.queries.form import form_of
from tests.builders import codebooks, corpus
from tests.builders import coding as builders
from tests.builders import studies as people

pytestmark = pytest.mark.django_db


def test_a_round_that_cannot_open_says_every_reason():
    study = people.study()
    other = people.study("Other")
    sample = corpus.sample(other, 1)
    draft = codebooks.draft()
    with pytest.raises(rounds.NotOpenable) as refusal:
        rounds.open_round(
            study=study, name="", kind="race", version=draft, sample=sample,
            coders=[people.member(other, "boris")], overlap=2, by=people.person(), at=people.NOON,
        )  # fmt: skip
    assert len(refusal.value.reasons) == 7


def test_take_next_gives_each_place_once_and_the_open_one_again():
    round = builders.round(people.study(), articles=4, overlap=1)
    first = builders.take(round, "boris")
    assert builders.take(round, "boris") == first
    builders.submit(first)
    taken = {first.assignment.article_id}
    for name in ("vesna", "boris"):
        coding = builders.take(round, name)
        taken.add(coding.assignment.article_id)
        builders.submit(coding)
    taken.add(builders.take(round, "vesna").assignment.article_id)
    assert len(taken) == 4
    with pytest.raises(rounds.NothingLeft, match="no further article"):
        builders.take(round, "boris")


def test_every_coder_gets_every_article_of_a_full_overlap_in_an_order_of_their_own():
    round = builders.round(people.study(), articles=12)
    orders = []
    for name in ("boris", "vesna"):
        codings = builders.code(round, name, *[builders.READY] * 12)
        orders.append([coding.assignment.article_id for coding in codings])
    assert sorted(orders[0]) == sorted(orders[1])
    assert orders[0] != orders[1]
    assert not RoundArticle.objects.filter(places_left__gt=0).exists()


def test_a_cap_ends_a_coder_s_part():
    round = builders.round(people.study())
    round.coders.filter(coder__person__username="boris").update(cap=1)
    builders.code(round, "boris", builders.READY)
    with pytest.raises(rounds.NothingLeft, match="the 1 articles that were planned"):
        builders.take(round, "boris")


def test_handing_back_frees_the_place_for_another():
    round = builders.round(people.study(), articles=1, overlap=1)
    coding = builders.take(round, "boris")
    rounds.hand_back(coding=coding, by=people.person("boris"), at=people.NOON)
    assert builders.take(round, "vesna").assignment.article == coding.assignment.article
    with pytest.raises(rounds.NothingLeft):
        builders.take(round, "boris")
    with pytest.raises(rounds.NotPossible, match="no longer yours"):
        rounds.hand_back(coding=coding, by=people.person("boris"), at=people.NOON)


def test_a_closed_round_gives_and_takes_nothing():
    round = builders.round(people.study())
    builders.take(round)
    rounds.close_round(round=round, by=people.person(), at=people.NOON)
    with pytest.raises(rounds.NothingLeft, match="not open"):
        builders.take(round)


def test_the_database_refuses_more_coders_than_places():
    builders.round(people.study())
    with (
        pytest.raises(IntegrityError, match="no_more_coders_than_places"),
        transaction.atomic(),
    ):
        RoundArticle.objects.update(places_left=5)


def test_the_database_gives_an_article_to_a_coder_once():
    coding = builders.take(builders.round(people.study()))
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.create(
            round=coding.assignment.round, article=coding.assignment.article,
            coder=coding.assignment.coder, position=9, taken_at=people.NOON,
        )  # fmt: skip


def test_what_the_article_knows_is_answered_before_the_coder_begins():
    study = people.study()
    round = builders.round(
        study, codebooks.published(study, codebooks.internet_window())
    )
    coding = builders.take(round)
    answers = dict(builders.unit(coding).answers.values_list("variable__name", "value"))
    assert answers == {
        "outlet": "90",
        "pub_date": coding.assignment.article.published_on.isoformat(),
    }


class TestDesk:
    @pytest.fixture
    def desk(self, client):
        study = people.study()
        coding = builders.take(builders.round(study))
        client.force_login(people.person("boris"))
        return client, study, coding

    def post(self, desk, name, value, base=0):
        client, study, coding = desk
        url = reverse("desk:answer", args=[study.slug, coding.pk, name])
        data = {"value": value, "base_revision": base}
        return client.post(url, data, headers={"HX-Request": "true"})

    def test_a_save_answers_with_the_state_and_with_what_is_open(self, desk):
        response = self.post(desk, "relevance", "1")
        page = response.content.decode()
        assert 'name="base_revision" value="1"' in page
        assert 'data-names="relevance tone sources page_no day remarks"' in page
        assert 'data-revision="1"' in page
        assert "q-tone" not in page  # the questions themselves are on the page already
        closed = self.post(desk, "relevance", "0", base=1).content.decode()
        assert 'data-names="relevance page_no day remarks"' in closed
        assert 'data-revision="2"' in closed

    def test_every_question_is_on_the_page_and_the_closed_ones_are_folded(self, desk):
        client, study, coding = desk
        page = client.get(reverse("desk:coding", args=[study.slug, coding.pk]))
        text = page.content.decode()
        assert re.search(r'id="q-area"[^>]* hidden>', text)
        assert re.search(r'id="q-page_no"[^>]*data-place="\d+">', text)
        assert re.search(r'id="folded-area" class="folded">', text)
        assert 'data-filter="relevance == 2 and contains(sources, 1)"' in text
        self.post(desk, "relevance", "1")
        page = client.get(reverse("desk:coding", args=[study.slug, coding.pk]))
        assert re.search(
            r'id="folded-tone" class="folded" hidden>', page.content.decode()
        )

    def test_a_refusal_is_shown_where_it_arose(self, desk):
        response = self.post(desk, "page_no", "900")
        assert response.status_code == 422
        assert "must be between 1 and 160" in response.content.decode()
        assert 'id="note-page_no"' in response.content.decode()

    def test_a_stale_save_shows_both_values(self, desk):
        self.post(desk, "relevance", "1")
        response = self.post(desk, "relevance", "2")
        assert response.status_code == 409
        page = response.content.decode()
        assert "“Some”" in page
        assert "“Main”" in page
        assert 'name="base_revision" value="1"' in page

    def test_of_a_form_some_questions_can_be_shown_and_the_others_kept(self, desk):
        _client, study, coding = desk
        self.post(desk, "relevance", "2")
        form = form_of(coding, "en", only={"tone"})
        (section,) = form.sections
        assert (section.n_answered, section.n_open) == (0, 1)
        request = RequestFactory().get("/")
        context = {"study": study, "coding": coding, "form": form}
        shown = {
            name: render_to_string(
                "coding/_question.html", {**context, "question": question}, request
            )
            for name, question in form.questions.items()
        }
        assert 'data-state="value" data-value="2"></div>' in shown["relevance"]
        assert "<form" not in shown["relevance"]
        assert "<form" in shown["tone"]

    def test_none_applies_is_an_answer_and_nothing_takes_it_back(self, desk):
        _client, _study, coding = desk
        self.post(desk, "sources", "0")
        assert builders.unit(coding).answers.get().value == "0"
        self.post(desk, "sources", "", base=1)
        assert builders.unit(coding).answers.get().state == "open"

    def test_what_is_missing_is_named_and_one_link_away(self, desk):
        client, study, coding = desk
        response = client.post(reverse("desk:submit", args=[study.slug, coding.pk]))
        assert response.status_code == 422
        assert '<a href="#q-relevance">Relevance</a>' in response.content.decode()

    def test_the_page_costs_the_same_whatever_the_codebook(
        self, client, django_assert_max_num_queries
    ):
        counts = []
        for name, document in (
            ("s", codebooks.document()),
            ("l", codebooks.internet_window()),
        ):
            study = people.study(name)
            coding = builders.take(
                builders.round(study, codebooks.published(study, document))
            )
            client.force_login(people.person("boris"))
            url = reverse("desk:coding", args=[study.slug, coding.pk])
            client.get(url)
            with django_assert_max_num_queries(20) as captured:
                assert client.get(url).status_code == 200
            counts.append(len(captured))
        assert counts[0] == counts[1]
