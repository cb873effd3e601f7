import secrets
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from codebook.levels import Kind, Level
from mediacoding.coding.drafting import ColumnDraft, draft_columns, guess_key_columns
from mediacoding.coding.forms import CodingsFileForm, PlanForm
from mediacoding.coding.operations import importing
from mediacoding.corpus import tabular
from mediacoding.corpus.mapping import suggest
from mediacoding.studies.doors import person_of, study_or_404
from mediacoding.studies.models import Study

SALT = "codings"


def upload(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a file of codings that were made elsewhere."""
    study = study_or_404(request, slug, "coding.import_codings")
    form = CodingsFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        name = (
            f"{secrets.token_hex(16)}{Path(form.cleaned_data['file'].name).suffix[:8]}"
        )
        path = _folder() / name
        with path.open("wb") as kept:
            for part in form.cleaned_data["file"].chunks():
                kept.write(part)
        try:
            tabular.sniff(path)
        except tabular.NotReadable as refusal:
            path.unlink()
            form.add_error("file", str(refusal))
        else:
            return redirect("coding:import_plan", slug, _token(study, name))
    context = {"form": form}
    return render(
        request, "coding/import.html", context, status=422 if form.errors else 200
    )


def _folder() -> Path:
    folder = Path(settings.MEDIA_ROOT) / "codings"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _token(study: Study, name: str) -> str:
    return signing.dumps([study.pk, name], salt=SALT, compress=True)


def _path_or_404(study: Study, token: str) -> Path:
    try:
        study_id, name = signing.loads(token, salt=SALT, max_age=60 * 60 * 24)
    except signing.BadSignature as error:
        raise Http404 from error
    path = _folder() / name
    if study_id != study.pk or not path.is_file():
        raise Http404
    return path


def plan(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Show what every column is taken for, let it be corrected, and import."""
    study = study_or_404(request, slug, "coding.import_codings")
    path = _path_or_404(study, token)
    sniffed = tabular.sniff(path)
    given = request.POST or None
    unit, coder = guess_key_columns(sniffed.headers)
    if given:
        unit = given.get("unit", unit)
    rows = [row.cells for row in tabular.rows(path, sniffed.reading)]
    unit = unit if unit in sniffed.headers else sniffed.headers[0]
    drafts = draft_columns(
        rows, [h for h in sniffed.headers if h not in (unit, coder)], unit
    )
    form = PlanForm(
        given,
        headers=sniffed.headers,
        drafts=drafts,
        initial={"unit": unit, "coder": coder, **_places(path, sniffed)},
    )
    reasons: list[str] = []
    if given and form.is_valid():
        try:
            round = importing.import_codings(
                study=study,
                path=path,
                reading=sniffed.reading,
                plan=_plan(form, drafts),
                by=person_of(request),
                at=timezone.now(),
            )
        except importing.NotImportable as refusal:
            reasons = refusal.reasons
        else:
            path.unlink()
            return redirect("reliability:round", study.slug, round.pk)
    context = {
        "form": form,
        "sniffed": sniffed,
        "columns": [(draft, form.fields_of(draft)) for draft in drafts],
        "n_rows": len(rows),
        "reasons": reasons,
    }
    status = 422 if reasons or (given and form.errors) else 200
    return render(request, "coding/import_plan.html", context, status=status)


def _places(path: Path, sniffed: tabular.Sniffed) -> dict[str, object]:
    """The columns that probably hold headline, outlet and date."""
    mapping = suggest(path, sniffed)
    columns = mapping["columns"]
    assert isinstance(columns, dict)
    return {
        "headline": columns.get("headline", ""),
        "outlet": columns.get("outlet", ""),
        "date": columns.get("published_on", ""),
        "date_order": mapping["date_order"],
    }


def _plan(form: PlanForm, drafts: list[ColumnDraft]) -> importing.Plan:
    given = form.cleaned_data
    keys = {given["unit"], given["coder"]}
    return importing.Plan(
        unit=given["unit"],
        coder=given["coder"],
        variables=tuple(
            _corrected(form, draft) for draft in drafts if draft.column not in keys
        ),
        headline=given["headline"],
        outlet=given["outlet"],
        date=given["date"],
        date_order=given["date_order"],
        round_name=given["round_name"],
    )


def _corrected(form: PlanForm, draft: ColumnDraft) -> ColumnDraft:
    """The draft as the person corrected it."""
    chosen, level, ask_if = form.corrections(draft)
    level = Level(level) if draft.kind is not Kind.TEXT else Level.TEXT
    return replace(draft, is_chosen=chosen, level=level, ask_if=ask_if)
