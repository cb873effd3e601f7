from collections.abc import Iterable
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mediacoding.coding.queries import work
from mediacoding.exports import files
from mediacoding.exports.catalogue import CATALOGUE, Export, table_of
from mediacoding.exports.commands import command_line
from mediacoding.exports.forms import FilterForm
from mediacoding.exports.request import (
    ExportRequest,
    NotExportable,
    export_request,
)
from mediacoding.studies import tokens
from mediacoding.studies.doors import person_of, study_or_404
from mediacoding.studies.models import Study

PREVIEW = 5


def catalogue(request: HttpRequest, slug: str) -> HttpResponse:
    """Show every export that the person may have, with what it is for."""
    study = study_or_404(request, slug, "exports.export")
    person = person_of(request)
    context = {
        "exports": [
            e for e in CATALOGUE.values() if person.has_perm(e.permission, study)
        ],
        "hidden": work.blind_rounds(person=person, study=study).exists(),
    }
    return render(request, "exports/catalogue.html", context)


def preview(request: HttpRequest, slug: str, export: str) -> HttpResponse:
    """Show the filters of an export, its first rows, and the ways to have it."""
    study, found = _export(request, slug, export)
    form = FilterForm(request.GET, export=found, study=study, person=person_of(request))
    context: dict[str, Any] = {"export": found, "form": form}
    status = 200
    if form.is_valid():
        try:
            context |= _previewed(request, study, found, form)
        except NotExportable as refusal:
            context["refusal"] = str(refusal)
            status = 422 if request.GET else 200
    else:
        status = 422
    return render(request, "exports/preview.html", context, status=status)


def _previewed(
    request: HttpRequest, study: Study, export: Export, form: FilterForm
) -> dict[str, Any]:
    asked = _asked(request, study, form)
    table = table_of(export, asked, at=timezone.now())
    chosen = form.chosen()
    query = urlencode(chosen, doseq=True)
    formats = [
        {
            "form": one,
            "notes": files.expected_notes(table, one),
            "companions": files.companions_of(one),
        }
        for one in (files.FORMATS[slug] for slug in export.formats)
    ]
    address = reverse("exports:file", args=[study.slug, export.slug, export.formats[0]])
    return {
        "columns": table.columns,
        "rows": list(islice(table.rows, PREVIEW)),
        "formats": formats,
        "query": f"?{query}" if query else "",
        "more": f"?{query}&" if query else "?",
        "address": request.build_absolute_uri(address) + (f"?{query}" if query else ""),
        "command": command_line(study, export, asked),
    }


@login_not_required
@require_safe
def download(
    request: HttpRequest, slug: str, export: str, kind: str = "csv"
) -> HttpResponseBase:
    """Send an export as a file, to a person who is signed in or whose token it is.

    `bundle=1` asks for a ZIP with codebook, notes and scripts; `part=sps` and the like for
    one of these alone.
    """
    may_read = True
    if secret := tokens.secret_of(request):
        token = tokens.admit(request, secret, at=timezone.now())
        if token is None:
            return _no_token()
        if token.study.slug != slug:
            raise Http404(_("There is no such page."))
        may_read = token.with_text
    elif not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    study, found = _export(request, slug, export)
    form = FilterForm(request.GET, export=found, study=study, person=person_of(request))
    if not form.is_valid():
        return _refused(form.refusals())
    try:
        asked = _asked(request, study, form, may_read=may_read)
        return _file(request, found, asked, kind)
    except NotExportable as refusal:
        return _refused([str(refusal)])


def _file(
    request: HttpRequest, export: Export, asked: ExportRequest, kind: str
) -> HttpResponseBase:
    if kind == "csv" and "csv" not in export.formats:
        kind = export.formats[0]
    if kind == "csv" and request.GET.get("preset") == "semicolon":
        kind = "csv-excel"
    if kind not in export.formats:
        raise Http404(_("There is no such page."))
    form = files.FORMATS[kind]
    table = table_of(export, asked, at=timezone.now())
    if part := request.GET.get("part"):
        companion = files.COMPANIONS.get(part)
        if companion is None or kind not in companion.formats:
            raise Http404(_("There is no such page."))
        text = companion.write(table, form)
        name = f"{table.stem}{companion.ending}"
        return _sent((t.encode() for t in text), companion.media_type, name)
    if request.GET.get("bundle") == "1":
        return _sent(
            files.bundle(table, form), "application/zip", f"{table.stem}.{kind}.zip"
        )
    name = f"{table.stem}.{form.ending}"
    return _sent(files.pieces(table, form), form.media_type, name)


def _sent(pieces: Iterable[bytes], media_type: str, name: str) -> HttpResponseBase:
    return StreamingHttpResponse(
        pieces,
        content_type=media_type,
        headers={
            "Content-Disposition": content_disposition_header(True, name) or "",
            "Cache-Control": "private, no-store",
        },
    )


def _export(request: HttpRequest, slug: str, name: str) -> tuple[Study, Export]:
    """The study and the export, if the person may have it; 404 otherwise."""
    study = study_or_404(request, slug, "exports.export")
    found = CATALOGUE.get(name)
    if found is None or not person_of(request).has_perm(found.permission, study):
        raise Http404(_("There is no such page."))
    return study, found


def _asked(
    request: HttpRequest, study: Study, form: FilterForm, *, may_read: bool = True
) -> ExportRequest:
    return export_request(
        study=study,
        person=person_of(request),
        language=get_language() or "en",
        filters=form.filters(),
        may_read=may_read,
    )


def _refused(sentences: Iterable[str]) -> HttpResponse:
    """Say why there is no file, in plain text: a program may read it."""
    text = "\n".join(sentences) + "\n"
    return HttpResponse(text, status=422, content_type="text/plain; charset=utf-8")


def _no_token() -> HttpResponse:
    text = _(
        "This token is unknown, revoked or expired. Make another on the page “Tokens” of "
        "the study."
    )
    return HttpResponse(
        f"{text}\n",
        status=401,
        content_type="text/plain; charset=utf-8",
        headers={"WWW-Authenticate": "Bearer"},
    )
