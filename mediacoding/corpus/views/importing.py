from pathlib import Path

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from mediacoding.corpus import tabular
from mediacoding.corpus.forms import MappingForm, ReadingForm, UploadForm
from mediacoding.corpus.models import ImportBatch, ImportRow
from mediacoding.corpus.operations import importing
from mediacoding.corpus.queries import importing as queries
from mediacoding.studies.doors import person_of, study_or_404


def imports(request: HttpRequest, slug: str) -> HttpResponse:
    """List the imports of a study and upload a file for the next."""
    study = study_or_404(request, slug, "corpus.import_articles")
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            batch = importing.upload_file(
                study=study,
                file=form.cleaned_data["file"],
                by=person_of(request),
                at=timezone.now(),
            )
        except importing.NotImportable as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("corpus:import", study.slug, batch.pk)
    context = {"form": form, "imports": queries.imports_of(study)[:100]}
    return render(
        request, "corpus/imports.html", context, status=422 if form.errors else 200
    )


def batch(request: HttpRequest, slug: str, batch_id: int) -> HttpResponse:
    """Show the step at which an import stands: reading and mapping, the check, the commit."""
    study = study_or_404(request, slug, "corpus.import_articles")
    found = get_object_or_404(queries.imports_of(study), pk=batch_id)
    context = {
        "batch": found,
        "is_working": found.state in queries.WORKING,
        "is_interrupted": queries.is_interrupted(found, at=timezone.now()),
        "outcomes": [
            (value, words, found.counts.get(value, 0))
            for value, words in ImportRow.Outcome.choices
        ],
    }
    if request.headers.get("HX-Request") == "true":
        return render(request, "corpus/_progress.html", context)
    if found.state in (ImportBatch.State.UPLOADED, ImportBatch.State.FAILED):
        context |= _reading(found)
    return render(request, "corpus/import.html", context)


def _reading(batch: ImportBatch) -> dict[str, object]:
    sniffed = tabular.sniff(Path(batch.file.path), tabular.Reading(**batch.reading))
    return {
        "sniffed": sniffed,
        "reading_form": ReadingForm(initial=batch.reading),
        "mapping_form": MappingForm(batch=batch, headers=sniffed.headers),
    }


@require_POST
def reading(request: HttpRequest, slug: str, batch_id: int) -> HttpResponse:
    """Read the file another way."""
    study = study_or_404(request, slug, "corpus.import_articles")
    found = get_object_or_404(queries.imports_of(study), pk=batch_id)
    form = ReadingForm(request.POST)
    if form.is_valid():
        try:
            importing.change_reading(
                batch=found,
                by=person_of(request),
                at=timezone.now(),
                **form.cleaned_data,
            )
        except importing.NotImportable as refusal:
            messages.error(request, str(refusal))
    return redirect("corpus:import", study.slug, found.pk)


@require_POST
def mapping(request: HttpRequest, slug: str, batch_id: int) -> HttpResponse:
    """Take the mapping of columns and start the check."""
    study = study_or_404(request, slug, "corpus.import_articles")
    found = get_object_or_404(queries.imports_of(study), pk=batch_id)
    headers = tabular.sniff(
        Path(found.file.path), tabular.Reading(**found.reading)
    ).headers
    form = MappingForm(request.POST, batch=found, headers=headers)
    if form.is_valid():
        try:
            importing.map_columns(
                batch=found,
                mapping=form.mapping(),
                by=person_of(request),
                at=timezone.now(),
            )
        except importing.NotImportable as refusal:
            messages.error(request, str(refusal))
    return redirect("corpus:import", study.slug, found.pk)


@require_POST
def act(request: HttpRequest, slug: str, batch_id: int, verb: str) -> HttpResponse:
    """Commit, resume or undo an import."""
    study = study_or_404(request, slug, "corpus.import_articles")
    found = get_object_or_404(queries.imports_of(study), pk=batch_id)
    by, at = person_of(request), timezone.now()
    try:
        if verb == "commit":
            skip = request.POST.get("skip_invalid") == "on"
            importing.commit_import(batch=found, skip_invalid=skip, by=by, at=at)
        elif verb == "resume":
            importing.resume_import(batch=found, by=by, at=at)
        else:
            importing.undo_import(batch=found, by=by, at=at)
    except importing.NotImportable as refusal:
        messages.error(request, str(refusal))
    return redirect("corpus:import", study.slug, found.pk)


def rows(request: HttpRequest, slug: str, batch_id: int) -> HttpResponse:
    """Show what the check found, row by row."""
    study = study_or_404(request, slug, "corpus.import_articles")
    found = get_object_or_404(queries.imports_of(study), pk=batch_id)
    outcome = request.GET.get("outcome", "")
    page = Paginator(queries.rows_of(found, outcome), 100).get_page(
        request.GET.get("page")
    )
    context = {"batch": found, "page_obj": page, "outcome": outcome}
    return render(request, "corpus/import_rows.html", context)
