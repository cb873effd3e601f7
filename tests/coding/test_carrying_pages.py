"""The pages of carrying forward: look, carry, take back; the coder's list of what to recode."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mediacoding.coding.models import CarryForward, Coding
from mediacoding.studies import operations as studies
from tests.builders import codebooks
from tests.builders import coding as builders
from tests.builders import studies as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    study = people.study()
    round = builders.round(study)
    builders.code(
        round,
        "boris",
        {"relevance": "1", "tone": "1", "sources": ["1"], "page_no": "2"},
        {"relevance": "1", "tone": "2", "sources": ["1", "3"], "page_no": "3"},
    )
    return study, round, codebooks.later(round.version)


def address(study, version):
    return reverse("coding:carry", args=[study.slug, version.ordinal])


def test_the_supervisor_sees_what_it_takes_and_carries(client, world):
    study, round, version = world
    client.force_login(people.person("ana"))
    page = address(study, version)

    first = client.get(page).text
    assert "Round 1" in first
    assert "2 codings" in first
    looked = client.post(page, {"round": round.pk, "look": ""}).text
    assert "Codings with something to recode: 1." in looked
    assert ">Tone</th><td>1</td>" in looked
    assert not CarryForward.objects.exists()

    done = client.post(page, {"round": round.pk, "carry": ""}, follow=True).text
    assert "The rounds go on in version 1.1." in done
    round.refresh_from_db()
    assert round.version == version
    made = CarryForward.objects.get()

    back = client.post(
        reverse("coding:undo_carrying", args=[study.slug, made.pk]), follow=True
    ).text
    assert "The round is back in its earlier version." in back
    round.refresh_from_db()
    assert round.version != version


def test_carrying_without_a_round_does_nothing(client, world):
    study, _round, version = world
    client.force_login(people.person("ana"))
    assert client.post(address(study, version), {"carry": ""}).status_code == 200
    assert not CarryForward.objects.exists()


def test_the_coder_finds_what_is_to_be_recoded_and_nothing_of_others(client, world):
    study, round, version = world
    client.force_login(people.person("ana"))
    client.post(address(study, version), {"round": round.pk, "carry": ""})
    lurid = Coding.objects.filter(version=version).order_by("carried_from").last()

    client.force_login(people.person("boris"))
    mine = client.get(reverse("desk:my_work", args=[study.slug])).text
    assert "To recode" in mine
    assert reverse("desk:coding", args=[study.slug, lurid.pk]) in mine
    client.force_login(people.person("vesna"))
    hers = client.get(reverse("desk:my_work", args=[study.slug])).text
    assert "To recode" not in hers


def test_a_supervisor_who_codes_a_blind_round_does_not_see_what_it_holds(client):
    study = people.study()
    studies.change_roles(
        member=people.member(study, "ana"),
        roles={"supervisor", "coder"},
        by=people.person(),
        at=people.NOON,
    )
    round = builders.round(study, coders=("ana", "boris"))
    builders.code(round, "boris", {"relevance": "0", "page_no": "1"})
    version = codebooks.later(round.version)
    client.force_login(people.person("ana"))
    page = client.post(address(study, version), {"round": round.pk, "carry": ""}).text
    assert "somebody else carries it" in page
    assert "1 coding" not in page
    assert not CarryForward.objects.exists()


@pytest.mark.parametrize("who", ["boris", "ivo"])
def test_others_are_told_that_there_is_no_such_page(client, world, who):
    study, _round, version = world
    client.force_login(people.person(who))
    assert client.get(address(study, version)).status_code == 404


def test_the_page_costs_the_same_whatever_the_rounds(client, world):
    study, _round, version = world
    client.force_login(people.person("ana"))
    page = address(study, version)
    counts = []
    for number in (1, 3):
        for extra in range(1, number):
            builders.round(
                study, study.rounds.first().version, articles=1, name=f"More {extra}"
            )
        with CaptureQueriesContext(connection) as seen:
            client.get(page)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_desk_shows_only_what_is_to_be_recoded(client, world):
    study, round, version = world
    client.force_login(people.person("ana"))
    client.post(address(study, version), {"round": round.pk, "carry": ""})
    _sober, lurid = Coding.objects.filter(version=version).order_by("carried_from")
    client.force_login(people.person("boris"))
    page = reverse("desk:coding", args=[study.slug, lurid.pk])

    shown = client.get(page).text
    assert "Which tone?" in shown
    assert "Which sources?" not in shown
    assert "Anything else?" not in shown  # was left empty before, and may stay so

    builders.answer(lurid, "tone", "21")
    submit = reverse("desk:submit", args=[study.slug, lurid.pk])
    assert client.post(submit).status_code == 302
    assert "Which sources?" in client.get(page).text  # all of it, once it is submitted


def test_agreement_and_coverage_say_what_they_rest_on(client, world):
    study, round, version = world
    client.force_login(people.person("ana"))
    client.post(address(study, version), {"round": round.pk, "carry": ""})

    agreement = client.get(reverse("reliability:round", args=[study.slug, round.pk]))
    assert "1 coding was carried from an earlier codebook version" in agreement.text

    builders.code(
        builders.round(
            study, study.codebook.versions.get(ordinal=1), articles=1, name="Older"
        ),
        "boris",
        {"relevance": "0", "page_no": "1"},
    )
    coverage = reverse("coverage:coverage", args=[study.slug])
    pooled = client.get(coverage, {"variable": "relevance"}).text
    assert "Pooled over the codebook versions 1.0, 1.1" in pooled
    apart = client.get(coverage, {"variable": "tone"}).text
    assert "Pooled over" not in apart
