"""Codebook files of every format, in and out, on the pages and by the command."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import translation

from codebook import queries
from codebook.interchange import files, workbook
from tests.builders import codebooks
from tests.builders import studies as people
from tests.codebook.test_interchange import edited

pytestmark = pytest.mark.django_db
QDC = codebooks.FIXTURES / "codebooks" / "qdc"


@pytest.fixture
def study():
    return people.study()


@pytest.fixture
def ana(client):
    client.force_login(people.person("ana"))
    return client


@pytest.fixture
def serbian(ana):
    """ana, who reads the pages in Serbian."""
    ana.cookies["django_language"] = "sr-latn"
    yield ana
    translation.deactivate()


def bring(client, study, name: str, data: bytes):
    url = reverse("studies:codebook_import", args=[study.slug])
    return client.post(url, {"file": SimpleUploadedFile(name, data)}, follow=True)


def text(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize("form", files.FORMATS)
def test_a_file_of_every_format_becomes_a_draft_whatever_it_is_called(ana, study, form):
    document = codebooks.document()

    bring(ana, study, "codebook.txt", files.write(document, form))

    study.refresh_from_db()
    draft = study.codebook.versions.get()
    assert draft.is_draft
    assert queries.document_of(draft).digest == document.digest


@pytest.mark.parametrize("form", files.FORMATS)
def test_a_version_is_given_out_in_every_format(ana, study, form):
    version = codebooks.published(study)
    url = reverse("studies:codebook_download", args=[study.slug, 1, form])

    response = ana.get(url)

    assert response.headers["Content-Disposition"] == f'attachment; filename="small_1.0.{form}"'  # fmt: skip
    found = files.read(response.content)
    assert found.document.digest == version.digest


def test_there_is_no_file_of_another_format(ana, study):
    codebooks.published(study)
    url = reverse("studies:codebook_download", args=[study.slug, 1, "docx"])
    assert ana.get(url).status_code == 404


def test_a_qdc_file_speaks_the_language_of_the_page(serbian, study):
    codebooks.published(study)
    url = reverse("studies:codebook_download", args=[study.slug, 1, "qdc"])
    assert 'name="Relevantnost"' in text(serbian.get(url))


def test_the_page_says_what_each_file_keeps(ana, study):
    codebooks.published(study)
    page = text(ana.get(reverse("studies:codebook", args=[study.slug])))
    assert [
        form.keeps for form in files.FORMATS.values() if form.keeps not in page
    ] == []


def test_a_fault_in_a_workbook_is_shown_with_its_cell_and_nothing_is_imported(
    ana, study
):
    data = edited(
        workbook.write(codebooks.document()),
        {("variables", 3, "level"): "nominl", ("variables", 4, "ask_if"): "tone =="},
    )

    response = bring(ana, study, "codebook.xlsx", data)

    assert response.status_code == 422
    assert "sheet “variables”, row 3, column" in text(response)
    study.refresh_from_db()
    assert study.codebook is None


def test_what_was_assumed_of_a_file_of_another_program_is_said(ana, study):
    response = bring(ana, study, "frames.qdc", (QDC / "nvivo.qdc").read_bytes())

    study.refresh_from_db()
    draft = study.codebook.versions.get()
    assert (draft.number, draft.codebook.title) == ("1.0", "frames")
    assert "Read as sections, because all their codes have codes below them" in text(response)  # fmt: skip


def test_a_file_without_a_number_gets_one_that_is_free(ana, study):
    codebooks.published(study)

    bring(ana, study, "frames.qdc", (QDC / "nvivo.qdc").read_bytes())

    numbers = study.codebook.versions.order_by("ordinal").values_list("number", flat=True)  # fmt: skip
    assert [*numbers] == ["1.0", "2.0"]


def test_a_draft_of_another_program_keeps_its_problems_and_shows_them(ana, study):
    data = (QDC / "maxqda.qdc").read_bytes().replace(b'name="Opfer"', b'name="Polizei"')

    response = bring(ana, study, "a.qdc", data)

    assert "This draft cannot be published yet" in text(response)
    assert "Polizei" in text(response)


def test_the_command_reads_every_format_and_says_what_it_assumed(study, tmp_path):
    path = tmp_path / "frames.qdc"
    path.write_bytes((QDC / "nvivo.qdc").read_bytes())
    out = io.StringIO()

    call_command("import_codebook", path, study=study.slug, by="ana", stdout=out)

    assert "Read as sections" in out.getvalue()
    assert out.getvalue().endswith("frames 1.0: a draft\n")


def test_the_command_names_the_cell_of_a_fault(study, tmp_path):
    path = tmp_path / "codebook.xlsx"
    path.write_bytes(edited(workbook.write(codebooks.document()), {("variables", 3, "level"): "x"}))  # fmt: skip
    with pytest.raises(CommandError, match="sheet “variables”, row 3, column"):
        call_command("import_codebook", path, study=study.slug, by="ana")
