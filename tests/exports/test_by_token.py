"""Exports by address with a personal token: what its person may, and no more."""

import csv
import datetime as dt
import io

import pandas as pd
import pytest
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from mediacoding.exports.catalogue import CATALOGUE
from mediacoding.studies import operations
from tests.builders import coding as builders
from tests.builders import studies as people
from tests.exports.reading import mark

pytestmark = pytest.mark.django_db


def token(study, by="mira", *, at=None, **facts):
    return operations.make_token(
        study=study,
        name="Script",
        by=people.person(by),
        at=at or timezone.now(),
        **facts,
    )


def fetch(client, study, slug, secret, *, kind="csv", in_header=True, **asked):
    url = reverse("exports:file", args=[study.slug, slug, kind])
    if in_header:
        return client.get(url, asked, headers={"authorization": f"Bearer {secret}"})
    return client.get(url, {**asked, "token": secret})


def body(response):
    return b"".join(response.streaming_content)


@pytest.fixture
def analysed(study):
    people.member(study, "mira")
    return study


@pytest.mark.parametrize("in_header", [True, False])
def test_a_script_reads_an_export_without_signing_in(analysed, client, in_header):
    _token, secret = token(analysed)
    response = fetch(
        client, analysed, "codings-wide", secret, in_header=in_header, variable="tone"
    )
    assert response.status_code == 200
    frame = pd.read_csv(io.BytesIO(body(response)), encoding="utf-8-sig")
    assert len(frame) == 10
    assert list(frame.columns)[8:] == ["tone", "coding_remark"]
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "sessionid" not in response.cookies


def test_a_token_that_is_none_gets_a_sentence_and_nothing_else(analysed, client):
    made, secret = token(analysed)
    expired = token(
        analysed, by="ana", at=timezone.now() - dt.timedelta(days=31), days=30
    )[1]
    operations.revoke_token(token=made, by=people.person(), at=timezone.now())
    for given in (secret, expired, "mc_nothing"):
        response = fetch(client, analysed, "articles", given)
        assert response.status_code == 401
        assert "unknown, revoked or expired" in response.text
        assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_opens_exports_and_no_page(analysed, client):
    _token, secret = token(analysed)
    for name in ("exports:catalogue", "corpus:articles", "study"):
        url = reverse(name, args=[analysed.slug])
        response = client.get(url, headers={"authorization": f"Bearer {secret}"})
        assert response.status_code == 302
    url = reverse("exports:preview", args=[analysed.slug, "articles"])
    assert client.get(url, {"token": secret}).status_code == 302


def test_a_token_is_for_one_study_and_only_reads(analysed, client):
    _token, secret = token(analysed)
    other = people.study("Another")
    people.member(other, "mira")
    assert fetch(client, other, "articles", secret).status_code == 404
    url = reverse("exports:file", args=[analysed.slug, "articles", "csv"])
    response = client.post(url, headers={"authorization": f"Bearer {secret}"})
    assert response.status_code == 405


def test_a_token_may_what_its_person_may_now(analysed, client):
    _token, secret = token(analysed)
    assert fetch(client, analysed, "journal", secret).status_code == 404
    mira = analysed.memberships.get(person__username="mira")
    operations.change_roles(
        member=mira, roles={"coder"}, by=people.person(), at=people.NOON
    )
    assert fetch(client, analysed, "articles", secret).status_code == 404


WORDS = ("Vest broj", "Prvi pasus", "Đorđu")


def test_a_token_without_texts_gets_no_word_of_an_article_by_any_export(
    analysed, client
):
    round = analysed.rounds.get()
    drift = builders.round(
        analysed, round.version, coders=("boris",), kind="drift", name="Drift"
    )
    coding = builders.take(drift)
    mark(coding, 0, 20)
    builders.submit(coding)
    _token, secret = token(analysed, by="ana")
    _other, reading = token(analysed, with_text=True)
    seen = ""
    for slug, export in CATALOGUE.items():
        for kind in ("csv", "jsonl", "xlsx"):
            if kind not in export.formats and kind != "csv":
                continue
            asked = {"text": "full", "variable": "tone", "round": round.pk}
            if not export.needs:
                asked = {"text": "full"}
            response = fetch(client, analysed, slug, secret, kind=kind, **asked)
            assert response.status_code == 200, (slug, kind)
            data = body(response)
            if kind == "xlsx":
                data = _cells(data)
            assert [word for word in WORDS if word in data.decode()] == [], slug
            if slug in ("articles", "passages") and kind == "csv":
                full = fetch(client, analysed, slug, reading, kind=kind, text="full")
                seen += body(full).decode()
    assert [word for word in WORDS if word not in seen] == []


def _cells(data):
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return str(
        [book.get_sheet_by_name(n).to_python() for n in book.sheet_names]
    ).encode()


def test_an_address_says_its_language(analysed, client):
    _token, secret = token(analysed)
    url = reverse("exports:file", args=[analysed.slug, "codings-long", "csv"])
    response = client.get(
        url, headers={"authorization": f"Bearer {secret}", "accept-language": "sr-latn"}
    )
    labels = {
        r["label"]
        for r in csv.DictReader(io.StringIO(body(response).decode("utf-8-sig")))
    }
    assert "Trezven" in labels
