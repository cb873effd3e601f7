"""The page of a codebook version: in every language, and never another version's words."""

import pytest
from django.urls import reverse

from tests.builders import codebooks
from tests.builders import studies as people

pytestmark = pytest.mark.django_db


def shown(client, study, ordinal, language):
    address = reverse("studies:codebook_version", args=[study.slug, ordinal])
    client.cookies["django_language"] = language
    return client.get(address).text


@pytest.fixture
def study(client):
    found = people.study()
    codebooks.published(found)
    client.force_login(people.person("ana"))
    return found


def test_what_is_kept_of_a_page_is_kept_by_its_language(client, study):
    for _twice in range(2):
        assert "Which tone?" in shown(client, study, 1, "en")
        serbian = shown(client, study, 1, "sr-latn")
        assert "Kakav ton?" in serbian
        assert "Which tone?" not in serbian


def test_what_is_kept_of_a_page_is_kept_by_its_words(client, study):
    assert "Expert" in shown(client, study, 1, "en")
    codebooks.later(study.codebook.versions.get())
    assert "Scholar" in shown(client, study, 2, "en")
    assert "Scholar" not in shown(client, study, 1, "en")
