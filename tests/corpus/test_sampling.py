"""Samples of a study: stored frames, logs, weights, designs."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from mediacoding.corpus.designs.lines import Kind
from mediacoding.corpus.models import SampledArticle, SampleRecord
from mediacoding.corpus.operations import articles, sampling
from mediacoding.corpus.queries import samples as queries
from mediacoding.studies.models import JournalEntry
from tests.builders import corpus as builders
from tests.builders import studies as people

pytestmark = pytest.mark.django_db
MONDAY = dt.date(2006, 1, 2)


def drawn(study, method, name="S", **options):
    return sampling.draw_sample(
        study=study,
        name=name,
        method=method,
        by=people.person(),
        at=people.NOON,
        **options,
    )


def ids(sample):
    return list(sample.drawn.order_by("position").values_list("article", flat=True))


@pytest.fixture
def press():
    """Two dailies over four weeks, Dan without Sundays; Glas has a day without an article."""
    study = people.study()
    number = 0
    for name, weekdays in (("Glas", range(7)), ("Dan", range(6))):
        paper = builders.outlet(study, name)
        for week in range(4):
            for weekday in weekdays:
                day = MONDAY + dt.timedelta(days=7 * week + weekday)
                articles.ensure_issue(outlet=paper, published_on=day)
                many = 0 if (name, week, weekday) == ("Glas", 1, 1) else 1 + weekday % 2
                for _place in range(many):
                    number += 1
                    builders.article(
                        study,
                        number,
                        outlet=paper,
                        published_on=day,
                        section=("news", "culture")[number % 2],
                        headline="Poplava" if number % 3 == 0 else "Izbori",
                    )
    return study


class TestFrame:
    def test_the_frame_is_kept_with_every_issue_and_what_it_holds(self, press):
        sample = drawn(
            press,
            "census",
            frame={"words": "poplava", "last": dt.date(2006, 1, 15)},
        )
        assert sample.frame == {"words": "poplava", "last": "2006-01-15"}
        counts = sample.record.frame_counts
        assert set(counts) == {"Dan", "Glas"}
        assert len(counts["Glas"]) == 14
        assert len(counts["Dan"]) == 12
        assert counts["Glas"]["2006-01-10"] == 0
        whole = sum(n for days in counts.values() for n in days.values())
        assert whole == sample.frame_size == len(ids(sample)) > 0

    def test_a_frame_of_one_outlet_and_section_has_that_outlets_issues(self, press):
        glas = press.outlets.get(name="Glas")
        sample = drawn(press, "census", frame={"outlets": [glas.pk], "section": "news"})
        assert set(sample.record.frame_counts) == {"Glas"}
        assert len(sample.record.frame_counts["Glas"]) == 28
        sections = sample.drawn.values_list("article__section", flat=True)
        assert set(sections) == {"news"}

    def test_the_frame_stays_as_it_was_when_the_corpus_grows(self, press):
        sample = drawn(press, "census")
        size = len(ids(sample))
        builders.article(press, 999)
        sample.refresh_from_db()
        assert sample.frame_size == len(ids(sample)) == size


class TestMethods:
    def test_every_method_is_kept_with_options_log_and_probabilities(self, press):
        for method, options, kept in [
            ("simple", {"size": 9}, {"unit": "article", "size": 9}),
            ("systematic", {"step": 4}, {"unit": "article", "step": 4}),
            (
                "stratified",
                {"stratify_by": ("outlet",), "size": 8, "allocation": "equal"},
                {
                    "unit": "article",
                    "stratify_by": ["outlet"],
                    "allocation": "equal",
                    "size": 8,
                },
            ),
            (
                "constructed_week",
                {"weeks": 2},
                {"weeks": 2, "period": "all", "absent": "missing"},
            ),
        ]:
            sample = drawn(press, method, name=method, seed=3, **options)
            assert sample.options == kept
            assert {line["kind"] for line in sample.record.log} >= {"order"}
            entry = JournalEntry.objects.filter(act="draw_sample").latest("pk")
            assert entry.detail["options"] == kept
            again = drawn(press, method, name=f"{method} 2", seed=3, **options)
            assert ids(again) == ids(sample)
            assert again.record.log == sample.record.log
            other = drawn(press, method, name=f"{method} 3", seed=5, **options)
            assert ids(other) != ids(sample)

    def test_weights_add_up_to_the_frame_where_shares_are_equal(self, press):
        for method, options in (
            ("simple", {"size": 10}),
            ("systematic", {"size": 10}),
            ("stratified", {"stratify_by": ("outlet", "section"), "size": 12}),
        ):
            sample = drawn(press, method, name=method, **options)
            weights = queries.weights_of(sample)
            assert list(weights) == ids(sample)
            assert sum(weights.values()) == pytest.approx(sample.frame_size)

    def test_a_constructed_week_draws_whole_issues_and_those_without_articles_too(
        self, press
    ):
        sample = drawn(press, "constructed_week", weeks=4)
        lines = [line for line in sample.record.log if line["kind"] == Kind.DRAWN]
        assert len(lines) == 4 * 7 + 4 * 6
        empty = [line for line in lines if line["figures"]["articles"] == 0]
        assert [line["figures"]["day"] for line in empty] == ["2006-01-10"]
        assert set(queries.weights_of(sample).values()) == {1.0}
        assert len(ids(sample)) == sample.frame_size

    def test_a_given_list_keeps_its_order_and_weighs_one(self, press):
        wanted = list(press.articles.values_list("pk", flat=True))[4:1:-1]
        sample = drawn(press, "given", given=wanted)
        assert ids(sample) == wanted
        assert set(queries.weights_of(sample).values()) == {1.0}
        assert not queries.design_of(sample).is_probability

    @pytest.mark.parametrize(
        ("method", "options", "sentence"),
        [
            ("simple", {"size": 999}, "Draw between 1 and"),
            ("systematic", {}, "Give a step"),
            ("stratified", {"size": 3}, "Choose what the sample is stratified by"),
            ("constructed_week", {"weeks": 99}, "between 1 and 53"),
            ("guess", {}, "Choose how"),
            ("given", {"given": [0]}, "not in the frame"),
            ("census", {"frame": {"words": "nepostojeće"}}, "No article fits"),
            ("census", {"frame": {"words": '"'}}, "quotation mark"),
        ],
    )
    def test_what_cannot_be_drawn_is_refused_and_nothing_is_kept(
        self, press, method, options, sentence
    ):
        with pytest.raises(sampling.NotDrawable, match=sentence):
            drawn(press, method, **options)
        assert not press.samples.exists()
        assert not JournalEntry.objects.filter(act="draw_sample").exists()

    def test_issues_that_hold_no_article_of_the_frame_make_no_sample(self):
        study = people.study()
        paper = builders.outlet(study)
        for n in range(200):
            articles.ensure_issue(
                outlet=paper, published_on=MONDAY + dt.timedelta(days=n)
            )
        builders.article(study, 1, outlet=paper, published_on=MONDAY)
        with pytest.raises(sampling.NotDrawable, match="Nothing that was drawn"):
            drawn(study, "simple", unit="issue", size=1, seed=1)


class TestDesign:
    def test_clusters_are_what_was_drawn_as_one(self, press):
        for unit, fact in (
            ("article", "article"),
            ("issue", "article__issue"),
            ("day", "article__published_on"),
        ):
            sample = drawn(press, "systematic", name=unit, unit=unit, step=5)
            design = queries.design_of(sample)
            own = dict(sample.drawn.values_list("article", fact))
            same = {
                article: value.toordinal() if unit == "day" else value
                for article, value in own.items()
            }
            assert design.clusters == same
        weeks = queries.design_of(drawn(press, "constructed_week"))
        issues = dict(press.articles.values_list("pk", "issue"))
        assert all(issues[a] == cluster for a, cluster in weeks.clusters.items())

    def test_strata_hold_how_many_units_there_were_and_were_drawn(self, press):
        sample = drawn(press, "constructed_week", weeks=2)
        design = queries.design_of(sample)
        period = "2006-01-02/2006-01-29"
        assert design.units[f"Glas · {period} · Tuesday"] == (4, 2)
        assert len(design.units) == 7 + 6
        assert set(design.strata.values()) <= set(design.units)

    def test_lone_issues_are_joined_with_their_neighbours_for_variance(self, press):
        design = queries.design_of(drawn(press, "constructed_week"))
        joined = design.for_variance()
        assert set(joined) == set(design.strata)
        groups = {}
        for name, of in {design.strata[a]: joined[a] for a in joined}.items():
            groups.setdefault(of, set()).add(name)
        for of, names in groups.items():
            assert names <= set(of.split(" + "))
            assert len(of.split(" + ")) >= 2
        two = queries.design_of(drawn(press, "constructed_week", name="2", weeks=2))
        assert two.for_variance() == two.strata


class TestDatabase:
    def test_a_sample_and_its_record_are_frozen(self, press):
        sample = drawn(press, "simple", size=3)
        for change in (
            lambda: SampleRecord.objects.update(log=[]),
            lambda: SampleRecord.objects.all().delete(),
            lambda: SampledArticle.objects.update(probability=0.5),
            lambda: SampledArticle.objects.all()._raw_delete(using="default"),
            lambda: type(sample).objects.update(seed=8),
        ):
            with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
                change()
        assert len(ids(sample)) == 3

    def test_a_probability_is_above_0_and_at_most_1(self, press):
        sample = drawn(press, "simple", size=3)
        article = press.articles.exclude(drawn__sample=sample).first()
        for probability in (0, 1.01):
            with (
                pytest.raises(IntegrityError, match="a_probability"),
                transaction.atomic(),
            ):
                SampledArticle.objects.create(
                    sample=sample, article=article, position=9, probability=probability
                )

    def test_a_sample_that_was_drawn_before_records_has_a_design_still(self, press):
        sample = drawn(press, "simple", size=3)
        old = type(sample).objects.create(
            study=press, name="old", method="simple", frame_size=9, seed=1,
            drawn_by=people.person(), drawn_at=people.NOON,
        )  # fmt: skip
        SampledArticle.objects.create(
            sample=old, article=press.articles.first(), position=1, probability=0.25
        )
        design = queries.design_of(old)
        assert (list(design.weights.values()), design.units) == ([4.0], {})
        assert design.for_variance() == design.strata
        assert queries.record_of(old).log == []
