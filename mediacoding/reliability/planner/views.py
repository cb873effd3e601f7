from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from mediacoding.coding.queries import progress, work
from mediacoding.reliability.planner.answers import answers
from mediacoding.reliability.planner.forms import PlannerForm
from mediacoding.studies.doors import person_of, study_or_404


def planner(request: HttpRequest, slug: str) -> HttpResponse:
    """Tell how many units a reliability round needs, from a pilot or an assumption."""
    study = study_or_404(request, slug, "reliability.view_agreement")
    hidden = work.blind_rounds(person=person_of(request), study=study)
    rounds = progress.rounds_of(study).exclude(pk__in=hidden)
    form = PlannerForm(request.GET, rounds=rounds)
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        basis = form.basis()
        context["basis"] = basis
        context["answers"] = list(answers(form.cleaned_data, basis))
    return render(request, "reliability/planner.html", context)
