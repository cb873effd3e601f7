"""Personal tokens: made once, kept as a digest, for one study, until they end."""

import datetime as dt

import pytest
from django.db import IntegrityError
from django.urls import reverse

from mediacoding.studies import operations, queries
from mediacoding.studies.models import AccessToken, JournalEntry
from tests.builders import studies as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def study():
    study = people.study()
    people.member(study, "mira")
    people.member(study, "boris")
    return study


def token(study, by="mira", name="Report in R", **facts):
    return operations.make_token(
        study=study, name=name, by=people.person(by), at=people.NOON, **facts
    )


def test_the_secret_is_given_once_and_only_its_digest_is_kept(study):
    made, secret = token(study)
    assert secret.startswith("mc_")
    assert len(secret) > 40
    assert made.digest == queries.digest_of(secret)
    row = AccessToken.objects.values().get()
    assert secret not in str(row)
    assert secret not in str(list(JournalEntry.objects.values()))
    assert JournalEntry.objects.filter(act="make_token", by=made.person).count() == 1


def test_a_token_lives_until_it_expires_or_is_revoked_or_its_person_is_gone(study):
    made, secret = token(study, days=30)
    day = dt.timedelta(days=1)
    assert queries.living_token(secret, at=people.NOON + 29 * day) == made
    assert queries.living_token(secret, at=people.NOON + 30 * day) is None
    assert queries.living_token(secret + "x", at=people.NOON) is None
    people.person("mira").__class__.objects.filter(username="mira").update(
        is_active=False
    )
    assert queries.living_token(secret, at=people.NOON) is None


def test_a_revoked_token_is_none_any_more(study):
    made, secret = token(study)
    operations.revoke_token(token=made, by=people.person("mira"), at=people.NOON)
    assert queries.living_token(secret, at=people.NOON) is None
    with pytest.raises(operations.NotPossible, match="revoked already"):
        operations.revoke_token(token=made, by=people.person(), at=people.NOON)
    assert token(study)[0].name == made.name  # the name is free again


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"by": "boris"}, "may not export"),
        ({"days": 7}, "30, 90, 365"),
        ({"name": "  "}, "Say what the token is for"),
        ({"name": "Known"}, "of that name"),
    ],
)
def test_making_a_token_is_refused_in_a_sentence(study, facts, sentence):
    token(study, name="Known")
    with pytest.raises(operations.NotPossible, match=sentence):
        token(study, **facts)
    assert AccessToken.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("a_token_stays_what_it_was_made_for", {"with_text": True}),
        (
            "a_token_stays_what_it_was_made_for",
            {"expires_at": people.NOON + dt.timedelta(999)},
        ),
        ("a_token_stays_what_it_was_made_for", {"digest": "0" * 64}),
        ("revoked_means_by_someone", {"revoked_at": people.NOON}),
    ],
)
def test_the_database_refuses_to_change_a_token(study, name, change):
    token(study)
    with pytest.raises(IntegrityError, match=name):
        AccessToken.objects.update(**change)


def test_the_database_refuses_to_bring_a_revoked_token_back(study):
    made, _secret = token(study)
    operations.revoke_token(token=made, by=people.person(), at=people.NOON)
    with pytest.raises(IntegrityError, match="a_revoked_token_stays_revoked"):
        AccessToken.objects.update(revoked_at=None, revoked_by=None)


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("one_token_per_secret", {}),
        (
            "a_token_expires_after_it_was_made",
            {"digest": "1", "expires_at": people.NOON},
        ),
    ],
)
def test_the_database_refuses_a_token_that_is_none(study, name, facts):
    made, _secret = token(study)
    given = {
        "digest": made.digest, "made_at": people.NOON, "expires_at": made.expires_at,
        "study": study, "person": made.person, "name": "x", **facts,
    }  # fmt: skip
    # SQLite names the columns of a unique index over an expression, not the constraint.
    told = f"{name}|digest" if name == "one_token_per_secret" else name
    with pytest.raises(IntegrityError, match=told):
        AccessToken.objects.create(**given)


def page(study):
    return reverse("studies:tokens", args=[study.slug])


def test_the_page_shows_a_new_secret_once(study, client):
    client.force_login(people.person("mira"))
    given = {"name": "Report", "days": "90", "with_text": "on"}
    response = client.post(page(study), given)
    made = AccessToken.objects.get()
    assert made.with_text
    secret = response.context["secret"]
    assert secret in response.text
    assert secret not in client.get(page(study)).text
    again = client.post(page(study), given)
    assert again.status_code == 422
    assert "of that name" in again.text


def test_a_supervisor_sees_and_ends_every_token_and_an_analyst_only_her_own(
    study, client
):
    own, _secret = token(study)
    other, _secret = token(study, by="ana", name="Ana's")
    client.force_login(people.person("mira"))
    assert "Ana&#x27;s" not in client.get(page(study)).text
    url = reverse("studies:revoke_token", args=[study.slug, other.pk])
    assert client.post(url).status_code == 404
    client.force_login(people.person())
    assert "Report in R" in client.get(page(study)).text
    client.post(reverse("studies:revoke_token", args=[study.slug, own.pk]))
    own.refresh_from_db()
    assert own.revoked_by == people.person()
    assert "revoked" in client.get(page(study)).text


def test_the_use_of_a_token_is_noted_but_not_at_every_request(study):
    made, _secret = token(study)
    for minutes, noted in ((0, 0), (3, 0), (9, 9)):
        at = people.NOON + dt.timedelta(minutes=minutes)
        made.refresh_from_db()
        operations.note_use(token=made, at=at)
        made.refresh_from_db()
        assert made.last_used_at == people.NOON + dt.timedelta(minutes=noted)


def test_the_page_costs_the_same_with_one_token_and_with_three(
    study, client, django_assert_max_num_queries
):
    client.force_login(people.person())
    counts = []
    for many in (1, 3):
        for number in range(many):
            token(study, name=f"{many}-{number}")
            token(study, by="ana", name=f"{many}-{number}")
        client.get(page(study))
        with django_assert_max_num_queries(30) as captured:
            assert client.get(page(study)).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
