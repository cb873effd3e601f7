import datetime as dt
import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from codebook.operations import import_document
from codebook.queries import variables_of
from mediacoding.coding.models import Question, Ruling
from mediacoding.coding.operations import carrying, questions, rounds
from mediacoding.coding.queries import form as forms
from mediacoding.coding.queries import questions as queries
from mediacoding.coding.queries import work
from mediacoding.studies.models import JournalEntry
from tests.builders import codebooks
from tests.builders import coding as builders
from tests.builders import studies as people
from tests.builders.studies import NOON

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}
LATER = NOON + dt.timedelta(days=1)


@pytest.fixture
def round():
    return builders.round(people.study())


@pytest.fixture
def coding(round):
    return builders.take(round, "boris")


def rulings_at(coding, name):
    """What a coder reads beside a variable."""
    form = forms.form_of(coding, "en")
    return [ruling.text for ruling in form.questions[name].rulings]


class TestAsking:
    def test_a_question_waits_for_the_supervisor(self, coding):
        asked = builders.ask(coding, "tone", "  Is irony lurid?  ")

        assert asked.text == "Is irony lurid?"
        assert asked.state == Question.State.WAITING
        study = coding.assignment.round.study
        assert queries.n_waiting(study, hidden=study.rounds.none()) == 1
        entry = JournalEntry.objects.get(act="ask_question")
        assert (entry.object_id, entry.by) == (asked.pk, people.person("boris"))
        assert entry.detail["variable"] == "tone"

    def test_the_same_words_again_ask_nothing_twice(self, coding):
        first = builders.ask(coding, "tone", "Is irony lurid?")
        assert builders.ask(coding, "tone", "Is irony lurid? ") == first
        assert builders.ask(coding, "tone", "And sarcasm?") != first
        assert Question.objects.count() == 2

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            (" \n", "Write what you want to know."),
            ("x" * 4001, "This is 4001 characters long; at most 4000 are kept."),
        ],
    )
    def test_a_question_without_words_is_refused(self, coding, text, sentence):
        with pytest.raises(questions.NotAskable) as refusal:
            builders.ask(coding, "tone", text)
        assert str(refusal.value) == sentence

    def test_nobody_is_asked_in_a_closed_round_or_about_a_lost_article(self, coding):
        rounds.hand_back(coding=coding, by=people.person("boris"), at=NOON)
        with pytest.raises(questions.NotAskable, match="no longer yours"):
            builders.ask(coding, "tone")
        other = builders.take(coding.assignment.round, "vesna")
        rounds.close_round(round=coding.assignment.round, by=people.person(), at=NOON)
        with pytest.raises(questions.NotAskable, match="The round is closed"):
            builders.ask(other, "tone")

    def test_a_submitted_coding_can_still_be_asked_about(self, coding):
        builders.submit(coding)
        assert builders.ask(coding, "tone").is_waiting

    def test_a_question_is_about_the_coding_s_own_version(self, coding):
        other = people.study("Other")
        foreign = variables_of(codebooks.published(other))["tone"]
        with pytest.raises(questions.NotAskable, match="codebook version"):
            questions.ask_question(
                coding=coding, variable=foreign, text="?", by=people.person("boris"), at=NOON
            )  # fmt: skip

    def test_only_the_asker_takes_a_waiting_question_back(self, coding):
        asked = builders.ask(coding, "tone")
        with pytest.raises(questions.NotAskable, match="Only who asked"):
            questions.withdraw_question(
                question=asked, by=people.person("vesna"), at=NOON
            )
        back = questions.withdraw_question(
            question=asked, by=people.person("boris"), at=NOON
        )
        assert back.state == Question.State.WITHDRAWN
        with pytest.raises(questions.NotAskable, match="does not wait any more"):
            questions.withdraw_question(
                question=asked, by=people.person("boris"), at=NOON
            )


class TestRuling:
    def test_a_ruling_reaches_every_coder_of_the_round_at_once(self, round, coding):
        asked = builders.ask(coding, "tone")
        vesna = builders.take(round, "vesna")
        ruling = builders.rule(
            round, "tone", article=coding.assignment.article, questions=[asked]
        )

        for each in (coding, vesna):
            assert rulings_at(each, "tone") == ["The longer part decides."]
            assert rulings_at(each, "sources") == []
        asked.refresh_from_db()
        assert (asked.state, asked.ruling) == (Question.State.RULED, ruling)
        assert ruling.article == coding.assignment.article
        entry = JournalEntry.objects.get(act="make_ruling")
        assert entry.detail["questions"] == [asked.pk]

    def test_a_ruling_stays_in_its_round(self, round):
        study = round.study
        other = builders.round(study, round.version, name="Round 2")
        builders.rule(round, "tone")
        assert rulings_at(builders.take(other), "tone") == []

    def test_one_ruling_answers_several_questions_and_a_later_one(self, round, coding):
        first = builders.ask(coding, "tone", "Irony?")
        second = builders.ask(builders.take(round, "vesna"), "tone", "Sarcasm?")
        ruling = builders.rule(round, "tone", questions=[first, second])
        third = builders.ask(coding, "tone", "Parody?")
        questions.answer_by_ruling(
            question=third, ruling=ruling, by=people.person(), at=NOON
        )
        assert set(ruling.questions.all()) == {first, second, third}

    def test_a_reply_reaches_only_who_asked(self, round, coding):
        asked = builders.ask(coding, "tone")
        replied = questions.reply_to_question(
            question=asked, text="See category 2.", by=people.person(), at=NOON
        )
        assert replied.state == Question.State.REPLIED
        assert rulings_at(coding, "tone") == []
        vesna = builders.take(round, "vesna")
        assert forms.form_of(vesna, "en").questions["tone"].asked == ()

    def test_other_words_take_the_place_of_a_ruling_and_both_are_kept(
        self, round, coding
    ):
        asked = builders.ask(coding, "tone")
        old = builders.rule(round, "tone", questions=[asked])
        new = questions.replace_ruling(
            ruling=old, text="The headline decides.", by=people.person(), at=LATER
        )

        assert rulings_at(coding, "tone") == ["The headline decides."]
        old.refresh_from_db()
        asked.refresh_from_db()
        assert (old.is_in_force, old.replaced_by, asked.ruling) == (False, new, new)
        with pytest.raises(questions.NotRuled, match="replaced or withdrawn meanwhile"):
            questions.replace_ruling(ruling=old, text="?", by=people.person(), at=LATER)
        with pytest.raises(questions.NotRuled, match="these very words"):
            questions.replace_ruling(
                ruling=new, text=" The headline decides.", by=people.person(), at=LATER
            )

    def test_a_withdrawn_ruling_leaves_its_questions_waiting(self, round, coding):
        asked = builders.ask(coding, "tone")
        ruling = builders.rule(round, "tone", questions=[asked])
        with pytest.raises(questions.NotRuled, match="Say why"):
            questions.withdraw_ruling(
                ruling=ruling, reason=" ", by=people.person(), at=NOON
            )
        questions.withdraw_ruling(
            ruling=ruling, reason="It misled.", by=people.person(), at=NOON
        )

        assert rulings_at(coding, "tone") == []
        asked.refresh_from_db()
        assert (asked.state, asked.ruling) == (Question.State.WAITING, None)
        entry = JournalEntry.objects.get(act="withdraw_ruling")
        assert (entry.reason, entry.detail) == ("It misled.", {"questions": [asked.pk]})

    def test_a_ruling_that_fits_nothing_is_refused(self, round, coding):
        other = builders.round(people.study("Other"), name="Other")
        with pytest.raises(
            questions.NotRuled, match="not part of the round's codebook"
        ):
            questions.make_ruling(
                round=round, variable=variables_of(other.version)["tone"], text="x",
                by=people.person(), at=NOON,
            )  # fmt: skip
        with pytest.raises(questions.NotRuled, match="not part of the round"):
            builders.rule(round, "tone", article=other.articles.first().article)
        with pytest.raises(questions.NotRuled, match="Write the ruling"):
            builders.rule(round, "tone", " ")
        asked = builders.ask(coding, "tone")
        with pytest.raises(questions.NotRuled, match="own round only"):
            builders.rule(other, "tone", questions=[asked])
        builders.rule(round, "tone", questions=[asked])
        with pytest.raises(questions.NotRuled, match="answered or withdrawn meanwhile"):
            builders.rule(round, "tone", questions=[asked])

    def test_a_ruling_follows_its_variable_into_a_later_version(self, round, coding):
        builders.submit(coding)
        builders.rule(round, "tone")
        text = codebooks.SMALL.replace("'1.0'", "'1.1'").replace(
            "name: tone", "name: mood"
        )
        again = codebooks.later(round.version, text)
        carrying.carry_round_forward(
            round=round, version=again, by=people.person(), at=LATER
        )
        carried = coding.carried_to.get()
        assert rulings_at(carried, "mood") == ["The longer part decides."]


class TestNextDraft:
    def test_rulings_since_a_version_are_text_for_the_next_draft(self, round):
        builders.rule(round, "sources", "A quoted letter\nis a source.")
        builders.rule(round, "tone", "First.", at=LATER)
        second = builders.rule(round, "tone", "Second.", at=LATER)
        questions.replace_ruling(
            ruling=second, text="Second, better.", by=people.person(), at=LATER
        )
        found = list(queries.rulings_of(round.study))
        groups = queries.rulings_by_variable(found, round.version, "en")

        assert [(g.stable_id, g.label) for g in groups] == [
            ("B", "Tone"),
            ("C", "Sources"),
        ]
        assert groups[0].text == "First.\nSecond, better."
        assert len(groups[0].rulings) == 3
        assert groups[1].text == "A quoted letter is a source."

    def test_the_list_leads_into_the_draft_where_it_has_the_variable(
        self, client, round
    ):
        builders.rule(round, "sources", at=LATER)
        builders.rule(round, "tone", at=LATER)
        text = codebooks.SMALL.replace("'1.0'", "'1.1'").replace("id: C", "id: C2")
        draft = import_document(
            document=codebooks.document(text), codebook=round.version.codebook,
            by=people.person(), at=LATER,
        )  # fmt: skip
        client.force_login(people.person())
        url = reverse("questions:rulings", args=[round.study.slug])
        page = client.get(url).content.decode()
        assert page.count("write it into draft 1.1") == 1
        assert (
            f"/codebook/{draft.ordinal}/" in page.split('id="on-B"')[1].split("</p>")[0]
        )

    def test_what_a_published_version_could_take_up_is_left_out(self, client, round):
        ana = people.person()
        builders.rule(round, "tone", "Before.", at=NOON - dt.timedelta(days=1))
        builders.rule(round, "tone", "After.", at=LATER)
        client.force_login(ana)
        url = reverse("questions:rulings", args=[round.study.slug])
        page = client.get(url).content.decode()
        assert "After." in page
        assert "Before." not in page
        assert "Before." in client.get(url, {"since": "0"}).content.decode()


class TestPages:
    def ask(self, client, coding, text, **headers):
        slug = coding.assignment.round.study.slug
        url = reverse("desk:ask", args=[slug, coding.pk, "tone"])
        return client.post(url, {"text": text}, headers=headers)

    def test_asking_swaps_in_what_was_asked(self, client, coding):
        client.force_login(people.person("boris"))
        page = self.ask(client, coding, "Is <b>irony</b> lurid?", **HX)
        assert {t.name for t in page.templates} == {"coding/_ask.html"}
        text = page.content.decode()
        assert "Is &lt;b&gt;irony&lt;/b&gt; lurid?" in text
        assert "waiting for a ruling" in text

    @pytest.mark.parametrize("headers", [HX, {}])
    def test_what_was_refused_is_still_typed(self, client, coding, headers):
        client.force_login(people.person("boris"))
        rounds.close_round(round=coding.assignment.round, by=people.person(), at=NOON)
        page = self.ask(client, coding, "A long question", **headers)
        assert page.status_code == 422
        text = page.content.decode()
        assert re.search(r"<textarea[^>]*>A long question</textarea>", text)
        assert "The round is closed" in text

    def test_without_javascript_the_coder_comes_back_to_the_question(
        self, client, coding
    ):
        client.force_login(people.person("boris"))
        response = self.ask(client, coding, "Irony?")
        assert response.url.endswith(f"/codings/{coding.pk}/#q-tone")

    def test_a_coder_takes_a_question_back_from_either_page(self, client, coding):
        client.force_login(people.person("boris"))
        slug = coding.assignment.round.study.slug
        first, second = (
            builders.ask(coding, "tone", text) for text in ("One?", "Two?")
        )
        url = reverse("desk:withdraw_question", args=[slug, first.pk])
        assert "Take the question back" in client.post(url, headers=HX).content.decode()
        url = reverse("desk:withdraw_question", args=[slug, second.pk])
        assert client.post(url).url == reverse("desk:questions", args=[slug])
        assert not Question.objects.filter(withdrawn_at=None).exists()
        assert client.post(url, headers=HX).status_code == 422

    def test_a_supervisor_rules_on_the_page_of_the_question(
        self, client, round, coding
    ):
        asked = builders.ask(coding, "tone", "Irony?")
        other = builders.ask(builders.take(round, "vesna"), "tone", "Sarcasm?")
        client.force_login(people.person())
        url = reverse("questions:question", args=[round.study.slug, asked.pk])
        page = client.get(url).content.decode()
        assert 'value="tone" selected' in page
        assert "Sarcasm?" in page
        assert client.post(url, {"variable": "tone", "text": ""}).status_code == 422
        data = {"variable": "tone", "text": "Irony is sober.", "also": [other.pk]}
        assert client.post(url, data).status_code == 302
        ruling = Ruling.objects.get()
        assert set(ruling.questions.all()) == {asked, other}
        assert ruling.article == coding.assignment.article
        late = client.post(url, data)
        assert late.status_code == 422
        assert "answered or withdrawn meanwhile" in late.content.decode()

    def test_a_supervisor_replies_or_points_to_a_ruling(self, client, round, coding):
        first, second = (
            builders.ask(coding, "tone", text) for text in ("One?", "Two?")
        )
        ruling = builders.rule(round, "tone")
        client.force_login(people.person())
        slug = round.study.slug
        url = reverse("questions:reply", args=[slug, first.pk])
        assert client.post(url, {"reply-text": ""}).status_code == 422
        client.post(url, {"reply-text": "See the definition."})
        client.post(reverse("questions:by_ruling", args=[slug, second.pk, ruling.pk]))
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.reply, second.ruling) == ("See the definition.", ruling)

    def test_a_ruling_can_be_made_replaced_and_withdrawn_on_its_pages(
        self, client, round, coding
    ):
        client.force_login(people.person())
        slug = round.study.slug
        article = coding.assignment.article
        url = reverse("questions:make_ruling", args=[slug])
        assert "Which" not in client.get(url).content.decode()
        data = {
            "round": round.pk,
            "article": article.pk,
            "variable": "tone",
            "text": "One.",
        }
        assert client.post(url, data).status_code == 302
        ruling = Ruling.objects.get()
        assert ruling.article == article
        page = reverse("questions:ruling", args=[slug, ruling.pk])
        assert client.post(page, {"text": "One."}).status_code == 422
        assert client.post(page, {"text": "Two."}).status_code == 302
        new = ruling.replaced_by
        assert (
            "Two."
            in client.get(reverse("questions:rulings", args=[slug])).content.decode()
        )
        url = reverse("questions:withdraw_ruling", args=[slug, new.pk])
        assert client.post(url, {"withdraw-text": ""}).status_code == 422
        assert client.post(url, {"withdraw-text": "Wrong."}).status_code == 302
        assert rulings_at(coding, "tone") == []

    def test_the_list_is_filtered_by_state_round_and_variable(
        self, client, round, coding
    ):
        builders.ask(coding, "tone", "About tone?")
        sources = builders.ask(coding, "sources", "About sources?")
        builders.rule(round, "sources", questions=[sources])
        client.force_login(people.person())
        url = reverse("questions:questions", args=[round.study.slug])

        def listed(**filter):
            page = client.get(url, filter).content.decode()
            return re.findall(r"About (\w+)\?", page)

        assert listed() == ["tone"]
        assert listed(state="ruled") == ["sources"]
        assert listed(state="all") == ["sources", "tone"]
        assert listed(state="all", variable="C") == ["sources"]
        assert listed(state="all", variable="B", round=round.pk) == ["tone"]
        assert listed(state="withdrawn") == []

    def test_what_waits_is_counted_in_the_header_for_supervisors_only(
        self, client, round, coding
    ):
        builders.ask(coding, "tone")
        url = reverse("study", args=[round.study.slug])
        client.force_login(people.person())
        assert '<span class="number">1<' in client.get(url).content.decode()
        client.force_login(people.person("boris"))
        page = client.get(url).content.decode()
        assert 'class="number"' not in page
        assert "/questions/" not in page

    def test_the_pages_cost_the_same_whatever_was_asked(
        self, client, django_assert_max_num_queries
    ):
        counts = []
        for size in (1, 3):
            study = people.study(f"study {size}")
            round = builders.round(study, articles=size)
            for number in range(size):
                coding = builders.take(round, "boris")
                asked = builders.ask(coding, "tone", f"Question {number}?")
                last = builders.ask(coding, "tone", f"Waiting {number}?")
                builders.ask(coding, "tone", f"And {number}?")
                builders.rule(
                    round, "tone", f"Ruling {number}.", questions=[asked], at=LATER,
                    article=coding.assignment.article,
                )  # fmt: skip
                builders.submit(coding)
            pages = {
                "ana": [
                    reverse("questions:questions", args=[study.slug]) + "?state=all",
                    reverse("questions:rulings", args=[study.slug]),
                    reverse("questions:question", args=[study.slug, last.pk]),
                ],
                "boris": [
                    reverse("desk:questions", args=[study.slug]),
                    reverse("desk:coding", args=[study.slug, coding.pk]),
                ],
            }  # fmt: skip
            found = []
            for name, urls in pages.items():
                client.force_login(people.person(name))
                for url in urls:
                    client.get(url)
                    with django_assert_max_num_queries(20) as captured:
                        assert client.get(url).status_code == 200
                    found.append(len(captured))
            counts.append(found)
        assert counts[0] == counts[1]


class TestBlindness:
    """What one coder asks is no trace in the pages of another."""

    @pytest.fixture
    def world(self, round):
        boris = builders.take(round, "boris")
        vesna = builders.take(round, "vesna")
        asked = builders.ask(boris, "tone", "Is my irony lurid?")
        builders.ask(vesna, "tone", "Is my sarcasm lurid?")
        builders.rule(
            round, "tone", "Humour is sober.",
            article=boris.assignment.article, questions=[asked],
        )  # fmt: skip
        return round, boris, vesna

    def test_a_coder_sees_rulings_and_own_questions_only(self, client, world):
        round, _boris, vesna = world
        client.force_login(people.person("vesna"))
        slug = round.study.slug
        for url in (
            reverse("desk:coding", args=[slug, vesna.pk]),
            reverse("desk:questions", args=[slug]),
        ):
            page = client.get(url).content.decode()
            assert "Humour is sober." in page
            assert "sarcasm" in page
            assert "irony" not in page
            for trace in ("Boris", "P02", "Ana"):
                assert trace not in page.split("<main", 1)[1]

    def test_a_coder_cannot_reach_the_questions_of_another(self, client, world):
        round, boris, _vesna = world
        slug = round.study.slug
        asked = Question.objects.get(coding=boris)
        client.force_login(people.person("vesna"))
        tries = [
            client.get(reverse("questions:questions", args=[slug])),
            client.get(reverse("questions:question", args=[slug, asked.pk])),
            client.post(reverse("desk:withdraw_question", args=[slug, asked.pk])),
            client.post(
                reverse("desk:ask", args=[slug, boris.pk, "tone"]), {"text": "?"}
            ),
        ]
        assert [response.status_code for response in tries] == [404] * 4

    def test_a_supervisor_who_codes_blind_sees_no_question_of_the_round(
        self, client, world
    ):
        round, _boris, _vesna = world
        study = round.study
        other = people.member(study, "goran", "supervisor", "coder")
        round.coders.create(coder=other, joined_at=NOON)
        client.force_login(people.person("goran"))
        url = reverse("questions:questions", args=[study.slug])
        page = client.get(url, {"state": "all"}).content.decode()
        assert "irony" not in page
        assert "You code blind yourself in: Round 1." in page
        assert 'class="number"' not in page
        asked = Question.objects.first()
        url = reverse("questions:question", args=[study.slug, asked.pk])
        assert client.get(url).status_code == 404
        ruling = Ruling.objects.get()
        page = client.get(reverse("questions:ruling", args=[study.slug, ruling.pk]))
        assert "irony" not in page.content.decode()
        assert f"/corpus/articles/{ruling.article_id}/" not in page.content.decode()
        rounds.close_round(round=round, by=people.person(), at=NOON)
        assert (
            work.blind_rounds(person=people.person("goran"), study=study).count() == 0
        )
        assert client.get(url).status_code == 200


class TestTheDatabase:
    def refuses(self, what, change):
        with pytest.raises(IntegrityError, match=what), transaction.atomic():
            change()

    def test_it_keeps_the_words_of_questions_and_rulings(self, round, coding):
        builders.ask(coding, "tone")
        ruling = builders.rule(round, "tone")
        self.refuses(
            "questions_keep_their_words", lambda: Question.objects.update(text="Other")
        )
        self.refuses("questions_are_kept", lambda: Question.objects.all().delete())
        self.refuses(
            "rulings_keep_their_words", lambda: Ruling.objects.update(text="Other")
        )
        self.refuses("rulings_are_kept", lambda: Ruling.objects.all().delete())
        questions.withdraw_ruling(
            ruling=ruling, reason="Wrong.", by=people.person(), at=NOON
        )
        self.refuses(
            "ended_rulings_stay_ended",
            lambda: Ruling.objects.update(ended_at=None, ended_by=None, end_reason=""),
        )

    def test_it_refuses_states_that_nothing_explains(self, round, coding):
        ana = people.person()
        asked = builders.ask(coding, "tone")
        every = Question.objects
        self.refuses(
            "an_answered_question_has_its_answer",
            lambda: every.update(answered_at=NOON),
        )
        self.refuses(
            "an_answered_question_has_its_answer", lambda: every.update(reply="Yes.")
        )
        self.refuses(
            "a_withdrawn_question_is_not_answered",
            lambda: every.update(
                reply="Yes.", answered_at=NOON, answered_by=ana, withdrawn_at=NOON
            ),
        )
        self.refuses(
            "a_question_has_words",
            lambda: every.create(coding=coding, variable=asked.variable, asked_at=NOON),
        )
        self.refuses(
            "a_ruling_has_words",
            lambda: Ruling.objects.create(
                round=round, variable=asked.variable, made_at=NOON, made_by=ana
            ),
        )
        builders.rule(round, "tone")
        self.refuses(
            "a_ruling_is_ended_by_someone", lambda: Ruling.objects.update(ended_at=NOON)
        )
