"""The pages of the catalogue, and the same exports by command."""

import importlib.util
import io
import shlex
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from mediacoding.exports import files
from mediacoding.exports.catalogue import CATALOGUE
from tests.builders import coding as builders
from tests.builders import studies as people
from tests.exports.reading import rows, table

pytestmark = pytest.mark.django_db


def page(study, slug="codings-wide"):
    return reverse("exports:preview", args=[study.slug, slug])


def address(study, slug, kind):
    return reverse("exports:file", args=[study.slug, slug, kind])


@pytest.fixture
def ana(client):
    client.force_login(people.person())
    return client


@pytest.mark.parametrize("slug", CATALOGUE)
def test_every_export_has_a_page_with_its_formats(study, ana, slug):
    response = ana.get(page(study, slug))
    assert response.status_code == 200
    if not CATALOGUE[slug].needs:
        for kind in CATALOGUE[slug].formats:
            assert address(study, slug, kind) in response.text
    assert str(CATALOGUE[slug].title) in response.text


def test_the_page_keeps_the_filters_in_every_address(study, ana):
    response = ana.get(
        page(study),
        {"variable": ["tone", "relevance"], "first": "2006-03-03", "last": ""},
    )
    query = "?first=2006-03-03&amp;variable=tone&amp;variable=relevance"
    for end in (
        "sav/" + query,
        f"csv/{query}&amp;bundle=1",
        f"sav/{query}&amp;part=sps",
    ):
        assert end in response.text
    assert len(response.context["rows"]) == 5
    assert [c.name for c in response.context["columns"]][8:10] == ["relevance", "tone"]


def test_a_page_that_needs_a_choice_asks_for_it_and_then_shows_it(study, ana):
    response = ana.get(page(study, "recal"))
    assert "Choose which" in response.text
    assert response.context.get("formats") is None
    chosen = ana.get(page(study, "recal"), {"variable": "tone"})
    assert chosen.status_code == 200
    assert len(chosen.context["rows"]) == 4


def test_a_wrong_filter_is_shown_where_it_arose(study, ana):
    response = ana.get(page(study), {"first": "yesterday"})
    assert response.status_code == 422
    assert "Enter a valid date" in response.text


def test_an_analyst_has_no_journal(study, client):
    people.member(study, "mira")
    client.force_login(people.person("mira"))
    catalogue = client.get(reverse("exports:catalogue", args=[study.slug]))
    assert page(study, "journal") not in catalogue.text
    assert client.get(page(study, "journal")).status_code == 404
    assert client.get(address(study, "journal", "csv")).status_code == 404


@pytest.mark.parametrize(
    ("slug", "kind"), [("articles", "docx"), ("recal", "sav"), ("nothing", "csv")]
)
def test_what_is_not_in_the_catalogue_is_not_there(study, ana, slug, kind):
    assert ana.get(address(study, slug, kind)).status_code == 404


def test_parts_and_bundles_are_files_of_their_own(study, ana):
    part = ana.get(address(study, "codings-wide", "sav"), {"part": "sps"})
    assert "MRSETS" in b"".join(part.streaming_content).decode()
    assert ".sps" in part.headers["Content-Disposition"]
    bundle = ana.get(address(study, "codings-wide", "csv"), {"bundle": "1"})
    with zipfile.ZipFile(io.BytesIO(b"".join(bundle.streaming_content))) as archive:
        assert len(archive.namelist()) == 5
    assert (
        ana.get(address(study, "codings-wide", "csv"), {"part": "sps"}).status_code
        == 404
    )


def test_a_file_that_nobody_fetches_leaves_nothing_behind(study, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for kind in ("sav", "xlsx"):
        unwanted = files.pieces(table(study, "codings-wide"), files.FORMATS[kind])
        assert len(list(tmp_path.iterdir())) == 1
        unwanted.close()
        assert list(tmp_path.iterdir()) == []
        wanted = files.bundle(table(study, "codings-wide"), files.FORMATS[kind])
        assert b"".join(wanted)
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("slug", sorted(CATALOGUE))
def test_a_page_costs_the_same_whatever_the_data(
    client, slug, django_assert_max_num_queries
):
    counts = []
    for size in (1, 3):
        study = people.study(f"study {size}")
        round = builders.round(study, articles=size)
        builders.code(round, "boris", *[builders.READY] * size)
        client.force_login(people.person())
        asked = {"variable": "tone"} if CATALOGUE[slug].needs else {}
        client.get(page(study, slug), asked)
        with django_assert_max_num_queries(45) as captured:
            assert client.get(page(study, slug), asked).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def run(*words):
    out = io.StringIO()
    call_command("export", *words, stdout=out)
    return out.getvalue().split()


def test_the_command_that_the_page_shows_writes_what_the_page_downloads(
    study, ana, tmp_path
):
    round = study.rounds.get()
    asked = {
        "round": round.pk, "variable": "tone", "coder": "P02", "last": "2006-03-04",
        "missing": "blank", "submissions": "first",
        "outlet": study.outlets.get().pk,
    }  # fmt: skip
    shown = ana.get(page(study), asked).context["command"]
    words = shlex.split(shown)
    assert words[:2] == ["mediacoding", "export"]
    (path,) = run(*words[2:], "--to", str(tmp_path))
    downloaded = ana.get(address(study, "codings-wide", "csv"), asked)
    written = Path(path).read_bytes()
    assert written == b"".join(downloaded.streaming_content)
    assert len(rows(written.decode())) == 4
    assert "--round 'Round 1'" in shown


def test_the_command_writes_what_helps_to_read_it_beside_the_file(study, tmp_path):
    told = run(
        "codings-wide", "--study", study.slug, "--by", "ana", "--to", str(tmp_path),
        "--format", "sav", "--beside",
    )  # fmt: skip
    endings = sorted(path.name.rpartition("7991b2e1")[2] for path in tmp_path.iterdir())
    assert endings == sorted(
        [".sav", ".sps", ".py", ".R", "_columns.csv", "_notes.txt"]
    )
    assert len(told) == 6


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["recal", "--format", "sav"], "has no sav"),
        (["articles", "--coder", "P02"], "takes no --coder"),
        (["codings-wide", "--variable", "nothing"], "Variables"),
        (["recal"], "Choose which"),
    ],
)
def test_the_command_refuses_in_a_sentence_and_writes_nothing(
    study, tmp_path, words, sentence
):
    with pytest.raises(CommandError, match=sentence):
        run(*words, "--study", study.slug, "--by", "ana", "--to", str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_parquet_says_what_it_needs_where_it_is_not_installed(study, ana):
    if importlib.util.find_spec("pyarrow"):
        pytest.skip("pyarrow is installed.")
    assert "pip install mediacoding[parquet]" in ana.get(page(study)).text
    response = ana.get(address(study, "codings-wide", "parquet"))
    assert response.status_code == 422
    assert "pip install mediacoding[parquet]" in response.text
