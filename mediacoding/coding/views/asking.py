"""What a coder asks the supervisor, from the desk; only ever the coder's own questions."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mediacoding.coding.models import Coding
from mediacoding.coding.operations import questions as operations
from mediacoding.coding.queries import questions as queries
from mediacoding.coding.queries import work
from mediacoding.coding.views.desk import coding_or_404, desk_page, form_at
from mediacoding.studies.doors import person_of, study_or_404


@require_POST
def ask(request: HttpRequest, slug: str, coding_id: int, name: str) -> HttpResponse:
    """Ask about a variable at the coder's article; what was refused stays typed."""
    found = coding_or_404(request, slug, coding_id)
    variable = get_object_or_404(found.version.variables, name=name)
    text = request.POST.get("text", "")
    try:
        operations.ask_question(
            coding=found,
            variable=variable,
            text=text,
            by=person_of(request),
            at=timezone.now(),
        )
    except operations.NotAskable as refusal:
        asking = {"name": name, "text": text, "refusal": str(refusal)}
        if request.headers.get("HX-Request") != "true":
            return desk_page(request, found, asking=asking, status=422)
        return _asked(request, found, name, asking, status=422)
    if request.headers.get("HX-Request") != "true":
        messages.success(request, _("The question is sent."))
        return redirect(_place(found, name))
    return _asked(request, found, name, {"is_sent": "yes"})


@require_POST
def withdraw(request: HttpRequest, slug: str, question_id: int) -> HttpResponse:
    """Take an own question back."""
    study = study_or_404(request, slug, "coding.code")
    person = person_of(request)
    found = get_object_or_404(queries.own_questions(person, study), pk=question_id)
    refused = ""
    try:
        operations.withdraw_question(question=found, by=person, at=timezone.now())
    except operations.NotAskable as refusal:
        refused = str(refusal)
    if request.headers.get("HX-Request") != "true" or found.variable is None:
        if refused:
            messages.error(request, refused)
        return redirect("desk:questions", slug)
    coding = coding_or_404(request, slug, found.coding_id)
    context = {"refusal": refused} if refused else {"is_sent": "yes"}
    status = 422 if refused else 200
    return _asked(request, coding, found.variable.name, context, status=status)


def questions(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what the coder asked, and the rulings of the coder's rounds."""
    study = study_or_404(request, slug, "coding.code")
    person = person_of(request)
    rounds = [part.round for part in work.rounds_of(person, study)]
    rulings = list(queries.rulings_of(study).filter(round__in=rounds, ended_at=None))
    asked = list(queries.own_questions(person, study)[:200])
    about = [r.variable for r in rulings] + [q.variable for q in asked if q.variable]
    labels = queries.labels_of(about, get_language() or "en")
    context = {
        "rulings": [(ruling, labels[ruling.variable_id]) for ruling in rulings],
        "asked": [(one, labels.get(one.variable_id or 0, "")) for one in asked],
    }
    return render(request, "coding/questions_own.html", context)


def _asked(
    request: HttpRequest,
    coding: Coding,
    name: str,
    context: dict[str, str],
    *,
    status: int = 200,
) -> HttpResponse:
    question = form_at(coding).questions[name]
    whole = {**context, "coding": coding, "question": question}
    return render(request, "coding/_ask.html", whole, status=status)


def _place(coding: Coding, name: str) -> str:
    slug = coding.assignment.round.study.slug
    return f"{reverse('desk:coding', args=[slug, coding.pk])}#q-{name}"
