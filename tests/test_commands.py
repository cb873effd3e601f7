"""The console command does what the pages do, and refuses in sentences."""

import csv
import io

import pytest
from django.core.management import CommandError, call_command

from mediacoding.corpus.queries.articles import articles
from mediacoding.studies.models import Study, User
from tests.builders import codebooks
from tests.builders import coding as builders
from tests.builders import studies as people

pytestmark = pytest.mark.django_db

ARTICLES = "id,Datum,Naslov,Tekst\na,2.1.2006.,Naslov,Tekst\nb,3.1.2006.,Drugi,Tekst\n"


@pytest.fixture
def study():
    return people.study()


def run(*words, **options):
    out = io.StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue()


def test_a_file_of_articles_is_checked_reported_and_committed(study, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(ARTICLES)
    report = tmp_path / "report.csv"
    told = run(
        "import_articles", str(path), "--study", study.slug, "--by", "ana",
        "--outlet", "Glas", "--map", "body=Tekst", "--report", str(report),
    )  # fmt: skip
    assert "2 new" in told
    assert articles(study).count() == 2
    rows = list(csv.DictReader(io.StringIO(report.read_text(encoding="utf-8-sig"))))
    assert [row["outcome"] for row in rows] == ["new", "new"]


def test_a_dry_run_stores_no_article(study, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(ARTICLES)
    run(
        "import_articles",
        str(path),
        "--study",
        study.slug,
        "--by",
        "ana",
        "--outlet",
        "G",
        "--dry-run",
    )
    assert not articles(study).exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ["import_articles", "FILE", "--study", "STUDY", "--by", "ivo"],
            "may not import articles",
        ),
        (["import_articles", "FILE", "--study", "none", "--by", "ana"], "--study"),
        (
            ["import_articles", "missing.csv", "--study", "STUDY", "--by", "ana"],
            "no file",
        ),
        (["import_articles", "FILE", "--study", "STUDY", "--by", "ana"], "outlet"),
        (["export", "articles", "--study", "STUDY", "--by", "ivo"], "may not export"),
        (
            ["import_codings", "FILE", "--study", "STUDY", "--by", "ana"],
            "There is no column",
        ),
        (["import_codebook", "FILE", "--study", "STUDY", "--by", "ana"], "codebook"),
    ],
)
def test_a_command_refuses_in_a_sentence(study, tmp_path, words, sentence):
    people.person("ivo")
    path = tmp_path / "a.csv"
    path.write_text(ARTICLES)
    places = {"FILE": str(path), "STUDY": study.slug}
    with pytest.raises(CommandError, match=sentence):
        run(*[places.get(word, word) for word in words])
    assert not articles(study).exists()


def test_codings_made_elsewhere_give_their_agreement(study, tmp_path):
    told = run(
        "import_codings", str(codebooks.FIXTURES / "codings" / "ecosent_icr.csv"),
        "--study", study.slug, "--by", "ana", "--variables", "Economisch,Context",
        "--level", "Economisch=interval", "--date", "date", "--date-order", "month",
    )  # fmt: skip
    assert "Context: single, nominal, asked if Economisch == 1" in told
    assert "2859 codings of 492 articles by 26 coders" in told
    path = tmp_path / "agreement.csv"
    run("export", "agreement", "--study", study.slug, "--by", "ana", "--to", str(path))
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    assert [f"{float(row['alpha']):.6f}" for row in rows] == ["0.461231", "0.436069"]


def test_a_codebook_is_read_and_published(study, tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text(codebooks.SMALL)
    told = run(
        "import_codebook", str(path), "--study", study.slug, "--by", "ana", "--publish"
    )
    assert "published" in told
    study.refresh_from_db()
    assert study.codebook.versions.get().variables.count() == 7


def test_every_fault_of_a_codebook_is_printed_with_its_place(study, tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text(
        codebooks.SMALL.replace("exclusive: [0]", "exclusive: [9]").replace(
            "max: 160", "max: 0"
        )
    )
    with pytest.raises(CommandError) as refusal:
        run("import_codebook", str(path), "--study", study.slug, "--by", "ana")
    assert len(str(refusal.value).splitlines()) == 2
    assert all(line.startswith("line ") for line in str(refusal.value).splitlines())


def test_an_export_goes_into_a_folder_under_a_name_that_tells_the_version(
    study, tmp_path
):
    round = builders.round(study)
    builders.code(round, "boris", builders.READY)
    told = run(
        "export",
        "codings-wide",
        "--study",
        study.slug,
        "--by",
        "ana",
        "--to",
        str(tmp_path),
    ).strip()
    assert told.endswith(f"_codings-wide_codebook-1.0-{round.version.digest[:8]}.csv")
    assert (
        len((tmp_path / told.rpartition("/")[2]).read_text("utf-8-sig").splitlines())
        == 2
    )


def test_a_new_person_needs_a_password_that_is_not_weak(monkeypatch, study):
    monkeypatch.setattr("sys.stdin", io.StringIO("12345\n"))
    with pytest.raises(CommandError, match="too short"):
        run("new_person", "zora")
    monkeypatch.setattr("sys.stdin", io.StringIO("reads-the-paper-99\n"))
    run("new_person", "zora", "--study", "novo")
    assert Study.objects.get(slug="novo").memberships.get().person == User.objects.get(
        username="zora"
    )
