"""Final values over versions: what may be pooled is, what a recode separates is not."""

import pytest

from codebook.queries import variables_of
from mediacoding.coding.models import Round
from mediacoding.coding.operations import adjudication, carrying
from mediacoding.coding.queries.final_values import Origin, final_values, scope_of
from tests.builders import coding as builders
from tests.builders import studies as people
from tests.builders.codebooks import later
from tests.builders.studies import NOON

pytestmark = pytest.mark.django_db


def finals(study, version=None):
    """Final values by article number and variable: text, origin, coders."""
    scope = scope_of(study, hidden=Round.objects.none(), version=version)
    names = {v.pk: v.name for v in variables_of(scope.version).values()}
    found = {}
    for final in final_values(scope):
        value = final.value
        text = f"{value.state}:{value.value}" if value else None
        found[final.article, names[final.variable]] = (
            text,
            final.origin,
            final.n_coders,
        )
    return scope, found


@pytest.fixture
def study():
    """A round of the first version with two articles, coded alike by boris and vesna."""
    found = people.study()
    round = builders.round(found, articles=2)
    for name in ("boris", "vesna"):
        builders.code(
            round,
            name,
            *(
                {"relevance": "1", "tone": "2", "sources": ["1", "3"], "page_no": "7"}
                for _ in range(2)
            ),
        )
    return found


def test_a_later_round_pools_what_no_recode_change_separates(study):
    first = study.rounds.get()
    version = later(first.version)
    second = builders.round(study, version, articles=1, name="Round 2")
    builders.code(
        second,
        "boris",
        {"relevance": "0", "page": "9"},
    )
    scope, found = finals(study)
    assert scope.version == version
    by_variable = {}
    for (_article, name), (text, _origin, _n) in found.items():
        by_variable.setdefault(name, []).append(text)
    # The second round has one of the articles of the first: three coders in all.
    twice = second.assignments.get().article_id
    assert found[twice, "relevance"] == ("value:1", Origin.MAJORITY, 3)
    assert by_variable["page"] == ["value:7", "value:7"]
    assert by_variable["tone"] == ["not_applicable:"]  # split: the old ones stay apart
    assert scope.rests_on("relevance") == ("1.0", "1.1")
    assert scope.rests_on("tone") == ("1.1",)


def test_the_earlier_version_pools_nothing_of_the_later(study):
    first = study.rounds.get()
    version = later(first.version)
    builders.code(
        builders.round(study, version, articles=1, name="Round 2"),
        "boris",
        {"relevance": "0", "page": "9"},
    )
    scope, found = finals(study, first.version)
    assert scope.rounds == (first.pk,)
    assert {text for (_a, name), (text, _o, _n) in found.items() if name == "tone"} == {
        "value:2"
    }


def test_a_carried_round_counts_once_and_at_once(study):
    round = study.rounds.get()
    version = later(round.version)
    carrying.carry_round_forward(
        round=round, version=version, by=people.person(), at=NOON
    )
    _scope, found = finals(study)
    relevance = [row for (_a, name), row in found.items() if name == "relevance"]
    assert relevance == [("value:1", Origin.UNANIMOUS, 2)] * 2
    assert not [name for _a, name in found if name == "tone"]  # still to be recoded


def test_a_decision_on_the_earlier_version_holds_where_it_may_be_pooled(study):
    round = study.rounds.get()
    article = round.articles.order_by("article").first().article
    for name, value in (("page_no", "12"), ("tone", "1")):
        adjudication.adjudicate(
            round=round,
            article=article,
            variable=variables_of(round.version)[name],
            raw=value,
            reason="gap",
            by=people.person(),
            at=NOON,
        )
    version = later(round.version)
    carrying.carry_round_forward(
        round=round, version=version, by=people.person(), at=NOON
    )
    _scope, found = finals(study)
    assert found[article.pk, "page"][:2] == ("value:12", Origin.ADJUDICATED)
    assert (article.pk, "tone") not in found
