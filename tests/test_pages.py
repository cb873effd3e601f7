"""Every list page costs the same with one row and with three."""

import pytest
from django.urls import reverse

from tests.builders import coding as builders
from tests.builders import studies as people

pytestmark = pytest.mark.django_db

PAGES = [
    "study", "studies:people", "studies:journal", "corpus:articles", "corpus:outlets",
    "corpus:samples", "corpus:imports", "coding:rounds", "reliability:rounds", "reliability:planner",
    "coverage:coverage", "exports:catalogue", "questions:questions", "questions:rulings",
    "questions:make_ruling",
]  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_a_page_costs_the_same_whatever_the_data(
    client, name, django_assert_max_num_queries
):
    counts = []
    for size in (1, 3):
        study = people.study(f"study {size}")
        for number in range(size):
            round = builders.round(
                study,
                study.codebook and study.codebook.versions.get(),
                articles=size,
                name=f"Round {number}",
            )
            builders.code(round, "boris", *[builders.READY] * size)
        client.force_login(people.person())
        url = reverse(name, args=[study.slug])
        client.get(url)
        with django_assert_max_num_queries(30) as captured:
            assert client.get(url).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1], name


def test_every_answer_carries_a_strict_policy(client):
    response = client.get(reverse("sign_in"))
    policy = response.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Frame-Options"] == "DENY"


def test_signing_in_is_closed_after_five_failures(client):
    people.person("ana")
    data = {"username": "ana", "password": "wrong"}
    statuses = [client.post(reverse("sign_in"), data).status_code for _n in range(6)]
    assert statuses[:4] == [200] * 4
    assert statuses[-1] == 429
    right = {"username": "ana", "password": "ana-reads-the-paper"}
    assert client.post(reverse("sign_in"), right).status_code == 429


def test_a_missing_page_is_a_page(client):
    client.force_login(people.person())
    response = client.get("/studies/nothing/")
    assert response.status_code == 404
    assert "There is no such page" in response.content.decode()
