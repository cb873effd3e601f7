from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mediacoding.coding.forms import ReopenForm, RoundForm
from mediacoding.coding.operations import answers
from mediacoding.coding.operations import rounds as operations
from mediacoding.coding.queries import progress, work
from mediacoding.coding.queries.carrying import later_versions
from mediacoding.studies.doors import person_of, study_or_404


def rounds(request: HttpRequest, slug: str) -> HttpResponse:
    """List the rounds of a study with how far they are."""
    study = study_or_404(request, slug, "coding.view_rounds")
    hidden = work.blind_rounds(person=person_of(request), study=study)
    context = {"rounds": list(progress.progress_of(study, hidden=hidden))}
    return render(request, "coding/rounds.html", context)


def open_round(request: HttpRequest, slug: str) -> HttpResponse:
    """Plan and open a round."""
    study = study_or_404(request, slug, "coding.open_round")
    form = RoundForm(request.POST or None, study=study)
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "coders": list(form.cleaned_data["coders"])}
        try:
            opened = operations.open_round(
                study=study, **given, by=person_of(request), at=timezone.now()
            )
        except operations.NotOpenable as refusal:
            for reason in refusal.reasons:
                form.add_error(None, reason)
        else:
            messages.success(request, _("The round is open; its coders can begin."))
            return redirect("coding:round", study.slug, opened.pk)
    status = 422 if form.errors else 200
    return render(request, "coding/open_round.html", {"form": form}, status=status)


def round(request: HttpRequest, slug: str, round_id: int) -> HttpResponse:
    """Show a round: its plan, its coders' progress, its codings."""
    study = study_or_404(request, slug, "coding.view_rounds")
    found = get_object_or_404(progress.rounds_of(study), pk=round_id)
    is_blind = work.is_blind_to(person=person_of(request), round=found)
    context: dict[str, object] = {
        "round": found,
        "is_blind": is_blind,
        "later": later_versions(found).last()
        if person_of(request).has_perm("coding.open_round", study)
        else None,
    }
    if not is_blind:
        codings = Paginator(progress.codings_of(found), 50)
        context |= {
            "coders": progress.coders_of(found),
            "page_obj": codings.get_page(request.GET.get("page")),
            "form": ReopenForm(),
        }
    return render(request, "coding/round.html", context)


@require_POST
def close(request: HttpRequest, slug: str, round_id: int) -> HttpResponse:
    """Close a round."""
    study = study_or_404(request, slug, "coding.open_round")
    found = get_object_or_404(progress.rounds_of(study), pk=round_id)
    try:
        operations.close_round(round=found, by=person_of(request), at=timezone.now())
    except operations.NotPossible as refusal:
        messages.error(request, str(refusal))
    return redirect("coding:round", study.slug, found.pk)


@require_POST
def reopen(
    request: HttpRequest, slug: str, round_id: int, coding_id: int
) -> HttpResponse:
    """Reopen a submitted coding for its coder, with a reason."""
    study = study_or_404(request, slug, "coding.open_round")
    found = get_object_or_404(progress.rounds_of(study), pk=round_id)
    if work.is_blind_to(person=person_of(request), round=found):
        raise Http404
    coding = get_object_or_404(progress.codings_of(found), pk=coding_id)
    try:
        answers.reopen_coding(
            coding=coding,
            reason=request.POST.get("reason", ""),
            by=person_of(request),
            at=timezone.now(),
        )
    except answers.NotOpen as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("The coding is open again, beside the first submission.")
        )
    return redirect("coding:round", study.slug, found.pk)
