"""The pages of samples: frame, method, effect, draw, log, list; and the planner."""

import csv
import datetime as dt
import io
import json
import re

import pytest
from django.urls import reverse
from django.utils import translation

from mediacoding.corpus.operations import articles, sampling
from mediacoding.corpus.queries import samples as queries
from mediacoding.corpus.templatetags.samples import said
from mediacoding.studies import operations
from tests.builders import coding
from tests.builders import corpus as builders
from tests.builders import studies as people

pytestmark = pytest.mark.django_db
MONDAY = dt.date(2006, 1, 2)


@pytest.fixture
def press():
    """A daily over three weeks, two articles an issue; a day of it and one of another paper
    without any."""
    study = people.study()
    paper, other = builders.outlet(study, "Glas"), builders.outlet(study, "=Dan")
    for n in range(21):
        day = MONDAY + dt.timedelta(days=n)
        articles.ensure_issue(outlet=paper, published_on=day)
        for place in range(0 if n == 8 else 2):
            builders.article(
                study, 2 * n + place + 1, outlet=paper, published_on=day,
                section=("news", "culture")[place],
            )  # fmt: skip
    builders.article(study, 99, outlet=other, published_on=MONDAY, headline="+Naslov")
    articles.ensure_issue(outlet=other, published_on=MONDAY + dt.timedelta(days=1))
    return study


@pytest.fixture
def ana(client):
    client.force_login(people.person())
    return client


def url(study, name="corpus:samples", *args):
    return reverse(name, args=[study.slug, *args])


def see(ana, study, **given):
    return ana.post(url(study), {"act": "effect", "seed": 1, **given})


def draw(ana, study, **given):
    return ana.post(url(study), {"name": "S", "seed": 1, **given}, follow=True)


def words(response):
    """The text of a page, without tags, blanks drawn together."""
    main = response.content.decode().split("<main", 1)[-1]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


class TestEffect:
    def test_the_effect_is_seen_before_anything_is_drawn(self, ana, press):
        response = see(ana, press, method="simple", size=10)
        text = words(response)
        assert response.status_code == 200
        assert "Articles in the frame 41 Issues in the frame 23" in text
        assert "Articles drawn, on average 10" in text
        assert not press.samples.exists()

    def test_expected_numbers_stand_beside_those_of_the_frame(self, ana, press):
        text = words(see(ana, press, method="simple", size=10))
        assert "Glas 21 1 9.8 / 40 9.8 / 40" in text
        assert "=Dan 2 1 0.2 / 1 0.2 / 1" in text

    def test_a_step_of_a_week_is_warned_of(self, ana, press):
        glas = press.outlets.get(name="Glas").pk
        given = {"method": "systematic", "unit": "issue", "outlets": [glas]}
        assert "a multiple of seven" in words(see(ana, press, step=7, **given))
        assert "a multiple of seven" not in words(see(ana, press, step=6, **given))

    def test_a_frame_is_narrowed_by_outlet_days_section_and_words(self, ana, press):
        given = {
            "method": "census",
            "outlets": [press.outlets.get(name="Glas").pk],
            "first": "2006-01-02",
            "last": "2006-01-08",
            "section": "news",
            "words": "vest",
        }
        text = words(see(ana, press, **given))
        assert "Articles in the frame 7 Issues in the frame 7" in text

    def test_numbers_are_given_to_strata_that_the_effect_lists(self, ana, press):
        given = {"method": "stratified", "stratify_by": ["section"]}
        listed = see(ana, press, allocation="given", size=9, **given)
        text = listed.content.decode()
        assert 'name="stratum" value="news"' in text
        assert re.findall(r'name="share"[^>]*value="(\d*)"', text) == ["1", "4", "4"]
        shares = {"stratum": ["news", "culture", "—"], "share": ["5", "2", "0"]}
        seen = see(ana, press, allocation="given", **given, **shares)
        assert "have no chance" in words(seen)
        response = draw(ana, press, allocation="given", **given, **shares)
        assert response.redirect_chain
        sample = press.samples.get()
        assert sample.options["shares"] == {"news": 5, "culture": 2, "—": 0}
        assert sample.drawn.count() == 7

    def test_only_the_effect_is_answered_where_only_it_is_asked_for(self, ana, press):
        response = ana.post(
            url(press),
            {"act": "effect", "method": "census", "seed": 1},
            headers={"HX-Request": "true"},
        )
        assert "<html" not in response.content.decode()
        assert "Articles drawn, on average" in words(response)

    @pytest.mark.parametrize(
        ("given", "sentence"),
        [
            ({"method": "simple", "size": 99}, "Draw between 1 and 41"),
            ({"method": "census", "words": '"'}, "A quotation mark is not closed"),
            (
                {"method": "census", "first": "2006-02-01", "last": "2006-01-01"},
                "ends before it begins",
            ),
            ({"method": "stratified", "size": 4}, "Choose what"),
        ],
    )
    def test_what_cannot_be_drawn_says_why(self, ana, press, given, sentence):
        response = see(ana, press, **given)
        assert response.status_code == 422
        assert sentence in words(response)

    def test_the_form_begins_with_the_frame_that_the_list_of_articles_showed(
        self, ana, press
    ):
        glas = press.outlets.get(name="Glas").pk
        page = ana.get(url(press), {"words": "vest", "outlet": glas, "page": "2"})
        initial = page.context["form"].initial
        assert initial == {"words": "vest", "outlets": [str(glas)]}


class TestDrawing:
    def test_a_drawn_sample_shows_how_it_came_about(self, ana, press):
        response = draw(
            ana, press, method="constructed_week", weeks=2, period="all",
            absent="missing", words="vest",
        )  # fmt: skip
        text = words(response)
        assert "The sample “S” is drawn." in text
        assert "Words: vest" in text
        assert "Mersenne Twister" in text
        assert "“Glas”, 2006-01-02/2006-01-22, week 1, Monday: 2006-01" in text
        sample = press.samples.get()
        assert sample.options == {"weeks": 2, "period": "all", "absent": "missing"}
        assert f"Articles drawn {sample.drawn.count()} Articles in the frame 40" in text

    def test_a_name_is_needed_and_what_was_chosen_stays(self, ana, press):
        response = ana.post(url(press), {"seed": 4, "method": "simple", "size": 3})
        assert response.status_code == 422
        assert 'value="simple" required id="id_method_1" checked' in " ".join(
            response.content.decode().split()
        )
        assert not press.samples.exists()

    def test_a_name_that_is_taken_is_refused_on_the_page(self, ana, press):
        draw(ana, press, method="census")
        response = draw(ana, press, method="census")
        assert response.status_code == 422
        assert "There is a sample “S” already" in words(response)

    def test_the_list_is_a_table_with_probabilities_and_weights(self, ana, press):
        draw(ana, press, method="systematic", size=41)
        sample = press.samples.get()
        response = ana.get(url(press, "corpus:sample_list", sample.pk))
        assert response.headers["Content-Disposition"] == 'attachment; filename="s.csv"'
        text = b"".join(response.streaming_content).decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        assert [int(row["article"]) for row in rows] == list(
            sample.drawn.order_by("position").values_list("article", flat=True)
        )
        assert {(row["probability"], row["weight"]) for row in rows} == {("1.0", "1.0")}
        other = next(row for row in rows if row["external_id"] == "x99")
        assert (other["outlet"], other["headline"]) == ("'=Dan", "'+Naslov")

    def test_the_record_has_all_that_is_needed_to_draw_again(self, ana, press):
        draw(ana, press, method="simple", size=4)
        sample = press.samples.get()
        response = ana.get(url(press, "corpus:sample_record", sample.pk))
        kept = json.loads(response.content)
        assert (kept["method"], kept["seed"], kept["options"]) == (
            "simple", 1, {"unit": "article", "size": 4},
        )  # fmt: skip
        assert kept["frame_counts"]["Glas"]["2006-01-10"] == 0
        assert kept["log"] == queries.record_of(sample).log

    @pytest.mark.parametrize("language", ["sr", "sr-latn"])
    def test_every_line_of_a_log_is_said_with_its_figures(self, press, language):
        lines = []
        for method, options in [
            ("constructed_week", {"weeks": 4, "period": "month"}),
            ("constructed_week", {"weeks": 1, "absent": "empty"}),
            ("systematic", {"unit": "day", "step": 7}),
            ("systematic", {"unit": "issue", "step": 5}),
            ("stratified", {"stratify_by": ("outlet", "weekday"), "size": 12}),
        ]:
            sample = sampling.draw_sample(
                study=press, name=str(options), method=method, by=people.person(),
                at=people.NOON, **options,
            )  # fmt: skip
            lines += sample.record.log
        with translation.override(language):
            for line in lines:
                text = said(line)
                assert "%(" not in text
                for name, figure in line["figures"].items():
                    if name in ("day", "outlet", "drawn", "period"):
                        assert figure in text

    def test_a_sample_costs_the_same_with_one_article_and_with_many(
        self, ana, press, django_assert_max_num_queries
    ):
        counts = []
        for size in (1, 30):
            draw(ana, press, method="simple", size=size, name=f"S{size}")
            sample = press.samples.get(name=f"S{size}")
            with django_assert_max_num_queries(20) as captured:
                ana.get(url(press, "corpus:sample", sample.pk))
            counts.append(len(captured))
        assert counts[0] == counts[1]


class TestPlanner:
    def ask(self, ana, study, **given):
        return ana.get(url(study, "reliability:planner"), given)

    def test_an_assumed_agreement_gives_units_for_a_width_and_power(self, ana, press):
        text = words(
            self.ask(ana, press, alpha=0.8, shares="85 15", half_width=0.1, units=200)
        )
        found = re.search(r"For an interval of that width (\d+) units", text)
        assert 250 < int(found[1]) < 300
        assert re.search(r"What so many units show \d+ % of rounds of 200 units", text)

    def test_the_published_numbers_come_out(self, ana, press):
        """Krippendorff: four even categories, .8: 139 codings. Lacy & Riffe: 1,000, .9, .85: 90."""
        text = words(
            self.ask(
                ana,
                press,
                alpha=0.8,
                shares="25 25 25 25",
                minimum=0.8,
                population=1000,
                percent=90,
                lowest=85,
            )
        )
        assert "70 units coded by two coders (139 codings)" in text
        assert "90 units drawn at random from 1000" in text

    def test_a_pilot_is_read_from_a_round(self, ana):
        press = people.study()
        round = coding.round(press, articles=6)
        n = 6
        for coder, tones in (("boris", "12"), ("vesna", "11")):
            coding.code(
                round,
                coder,
                *[{**coding.READY, "tone": tones[k % 2]} for k in range(n)],
            )
        text = words(self.ask(ana, press, round=round.pk, variable="relevance"))
        assert f"Units of the pilot with two or more codings {n}" in text
        assert "Every pairable value of the pilot is the same" in text
        other = words(self.ask(ana, press, round=round.pk, variable="tone"))
        assert re.search(r"For an interval of that width \d+ units", other)
        assert "Share of the rarest category" in other

    def test_a_round_that_is_blind_to_the_person_is_no_pilot(self, client):
        press = people.study()
        round = coding.round(press)
        both = people.member(press, "boris")
        operations.change_roles(
            member=both, roles={"coder", "analyst"}, by=people.person(), at=people.NOON
        )
        client.force_login(people.person("boris"))
        response = self.ask(client, press, round=round.pk, variable="tone")
        assert response.status_code == 200
        assert "Units of the pilot" not in words(response)
        assert response.context["form"].fields["round"].queryset.count() == 0

    @pytest.mark.parametrize(
        ("given", "sentence"),
        [
            ({"alpha": 0.8, "shares": "60 30"}, "make 100 together"),
            ({"alpha": 0.8, "shares": "a b"}, "Give numbers"),
            ({"alpha": 2, "shares": "50 50"}, "less than or equal"),
            ({"percent": 80, "lowest": 90, "population": 100}, "must lie below"),
            ({}, "Choose a pilot round"),
        ],
    )
    def test_what_cannot_be_planned_says_why(self, ana, press, given, sentence):
        response = self.ask(ana, press, **given)
        assert response.status_code == 200
        assert sentence in words(response)
