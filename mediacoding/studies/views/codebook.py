from functools import lru_cache

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from codebook import checks, operations
from codebook import queries as codebooks
from codebook.document import Document
from codebook.interchange.files import FORMATS, write
from codebook.models import CodebookVersion
from codebook.places import Problem
from codebook.reader import Reader, reader_of
from mediacoding.studies import operations as studies
from mediacoding.studies.codebook_files import read_file
from mediacoding.studies.doors import person_of, study_or_404
from mediacoding.studies.forms import CodebookFileForm
from mediacoding.studies.models import Study


def codebook(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the study's codebook in its newest published version, or how to bring one in."""
    study = study_or_404(request, slug, "codebook.view_codebook")
    newest = codebooks.newest_version(study.codebook) if study.codebook else None
    if newest is None:
        return render(request, "codebook/none.html", {"form": CodebookFileForm()})
    return _page(request, study, newest)


def version(request: HttpRequest, slug: str, ordinal: int) -> HttpResponse:
    """Show one version of the study's codebook as a coder reads it."""
    study = study_or_404(request, slug, "codebook.view_codebook")
    return _page(request, study, version_or_404(study, ordinal))


def _page(request: HttpRequest, study: Study, shown: CodebookVersion) -> HttpResponse:
    document = codebooks.document_of(shown)
    versions = list(codebooks.versions_of(shown.codebook))
    context = {
        "version": shown,
        "versions": versions,
        "earlier": next(
            (v for v in versions if v.ordinal < shown.ordinal and not v.is_draft), None
        ),
        "reader": _reader(document, get_language() or "en"),
        "problems": _problems(document) if shown.is_draft else (),
        "form": CodebookFileForm(),
        "formats": FORMATS,
        "may_change": person_of(request).has_perm("codebook.change_codebook", study),
    }
    return render(request, "codebook/version.html", context)


@lru_cache(maxsize=16)
def _reader(document: Document, language: str) -> Reader:
    return reader_of(document, language)


@lru_cache(maxsize=16)
def _problems(document: Document) -> tuple[Problem, ...]:
    """What stands in the way of publishing a draft; kept until its words change."""
    return tuple(checks.problems(document))


def version_or_404(study: Study, ordinal: int) -> CodebookVersion:
    if study.codebook is None:
        raise Http404
    return get_object_or_404(
        study.codebook.versions.select_related("codebook"), ordinal=ordinal
    )


@require_POST
def import_file(request: HttpRequest, slug: str) -> HttpResponse:
    """Read a codebook file as a draft, or show every problem of it with its place."""
    study = study_or_404(request, slug, "codebook.change_codebook")
    form = CodebookFileForm(request.POST, request.FILES)
    problems: tuple = ()
    if form.is_valid():
        file = form.cleaned_data["file"]
        found = read_file(study=study, data=file.read(), name=file.name)
        problems = found.problems
        if found.draft:
            try:
                draft = studies.import_codebook(
                    study=study,
                    document=found.draft,
                    by=person_of(request),
                    at=timezone.now(),
                )
            except operations.NotImportable as refusal:
                form.add_error("file", str(refusal))
                problems = ()
            else:
                for note in found.notes:
                    messages.info(request, note.said(_))
                return redirect("studies:codebook_version", study.slug, draft.ordinal)
    context = {"form": form, "problems": problems}
    return render(request, "codebook/none.html", context, status=422)


@require_POST
def publish(request: HttpRequest, slug: str, ordinal: int) -> HttpResponse:
    """Publish a draft, or say everything that stands in the way."""
    study = study_or_404(request, slug, "codebook.publish_version")
    draft = version_or_404(study, ordinal)
    if codebooks.predecessor_of(draft) is not None:
        return redirect("coding:codebook_publish", study.slug, draft.ordinal)
    try:
        operations.publish_version(
            version=draft, by=person_of(request), at=timezone.now()
        )
    except operations.NotPublishable as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The version is published; it never changes now."))
    return redirect("studies:codebook_version", study.slug, draft.ordinal)


@require_POST
def discard(request: HttpRequest, slug: str, ordinal: int) -> HttpResponse:
    """Drop a draft; published versions stay."""
    study = study_or_404(request, slug, "codebook.change_codebook")
    draft = version_or_404(study, ordinal)
    try:
        operations.discard_draft(
            version=draft, by=person_of(request), at=timezone.now()
        )
    except operations.NotImportable as refusal:
        messages.error(request, str(refusal))
    return redirect("studies:codebook", study.slug)


def download(request: HttpRequest, slug: str, ordinal: int, form: str) -> HttpResponse:
    """Give the whole codebook document as a file that reads back to an equal document."""
    study = study_or_404(request, slug, "codebook.view_codebook")
    shown = version_or_404(study, ordinal)
    if form not in FORMATS:
        raise Http404
    document = codebooks.document_of(shown)
    language = (get_language() or "en").partition("-")[0]
    name = f"{shown.codebook.key}_{shown.number}.{form}"
    return HttpResponse(
        write(document, form, language=language),
        content_type=FORMATS[form].content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
