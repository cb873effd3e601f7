from itertools import islice

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from mediacoding.exports.catalogue import CATALOGUE, file_name
from mediacoding.exports.request import ExportRequest, export_request
from mediacoding.exports.writing import PRESETS, csv_pieces
from mediacoding.studies.doors import person_of, study_or_404

PREVIEW = 5


def _asked(request: HttpRequest, slug: str) -> ExportRequest:
    study = study_or_404(request, slug, "exports.export")
    round_text = request.GET.get("round", "")
    return export_request(
        study=study,
        person=person_of(request),
        language=get_language() or "en",
        round_id=int(round_text) if round_text.isdecimal() else None,
        with_text=request.GET.get("text") == "1",
    )


def catalogue(request: HttpRequest, slug: str) -> HttpResponse:
    """Show every export with what it is for."""
    asked = _asked(request, slug)
    context = {
        "exports": CATALOGUE.values(),
        "hidden": asked.hidden,
        "presets": PRESETS,
    }
    return render(request, "exports/catalogue.html", context)


def preview(request: HttpRequest, slug: str, export: str) -> HttpResponse:
    """Show the first rows of an export as a table."""
    asked = _asked(request, slug)
    if export not in CATALOGUE:
        raise Http404
    found = CATALOGUE[export]
    context = {
        "export": found,
        "columns": found.columns(asked),
        "rows": list(islice(found.rows(asked), PREVIEW)),
    }
    return render(request, "exports/preview.html", context)


def download(request: HttpRequest, slug: str, export: str) -> StreamingHttpResponse:
    """Stream an export as CSV, in constant memory."""
    asked = _asked(request, slug)
    if export not in CATALOGUE:
        raise Http404
    found = CATALOGUE[export]
    preset = PRESETS.get(request.GET.get("preset", ""), PRESETS["standard"])
    return StreamingHttpResponse(
        csv_pieces(found.columns(asked), found.rows(asked), preset),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{file_name(found, asked)}"'
        },
    )
