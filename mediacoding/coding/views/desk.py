import uuid
from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from codebook.levels import Kind
from codebook.models import Variable
from codebook.options import NONE_APPLIES
from codebook.queries import document_of
from mediacoding.coding.models import Coding
from mediacoding.coding.operations import answers, rounds
from mediacoding.coding.queries import carrying, work
from mediacoding.coding.queries import form as forms
from mediacoding.studies.doors import person_of, study_or_404


def my_work(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the coder's rounds: what is done, what is open, where to go on."""
    study = study_or_404(request, slug, "coding.code")
    person = person_of(request)
    context = {
        "parts": work.rounds_of(person, study),
        "recent": work.recent_codings(person, study),
        "to_recode": carrying.to_recode(person, study),
    }
    return render(request, "coding/my_work.html", context)


@require_POST
def take(request: HttpRequest, slug: str, round_id: int) -> HttpResponse:
    """Take the next article of a round, or go on with the open one."""
    study = study_or_404(request, slug, "coding.code")
    part = get_object_or_404(work.rounds_of(person_of(request), study), round=round_id)
    try:
        coding = rounds.take_next(round=part.round, coder=part.coder, at=timezone.now())
    except rounds.NothingLeft as nothing:
        messages.info(request, str(nothing))
        return redirect("desk:my_work", slug)
    return redirect("desk:coding", slug, coding.pk)


def coding_or_404(request: HttpRequest, slug: str, coding_id: int) -> Coding:
    study = study_or_404(request, slug, "coding.code")
    return get_object_or_404(
        work.codings_of(person_of(request)),
        pk=coding_id,
        assignment__round__study=study,
    )


def form_at(coding: Coding) -> forms.Form:
    """The form as the desk shows it to the coder: of a carried coding that is still to be
    recoded, only what was not carried."""
    only = carrying.names_to_recode(coding) if coding.carried_from_id else None
    return forms.form_of(coding, get_language() or "en", only=only)


def coding(request: HttpRequest, slug: str, coding_id: int) -> HttpResponse:
    """Show the article and its form."""
    found = coding_or_404(request, slug, coding_id)
    return desk_page(request, found)


def desk_page(
    request: HttpRequest,
    coding: Coding,
    *,
    missing: list | None = None,
    asking: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The article and its form; `asking` is a question that was refused, as it was typed."""
    language = get_language() or "en"
    context = {
        "coding": coding,
        "round": coding.assignment.round,
        "article": coding.assignment.article,
        "text": coding.text,
        "form": form_at(coding),
        "progress": work.own_progress(coding.assignment),
        "missing": [(v.name, v.label.in_(language)) for v in missing or ()],
        "asking": asking,
    }
    return render(request, "coding/desk.html", context, status=status)


@require_POST
def answer(request: HttpRequest, slug: str, coding_id: int, name: str) -> HttpResponse:
    """Save one answer; return its state and which questions are open now."""
    found = coding_or_404(request, slug, coding_id)
    variable = get_object_or_404(found.version.variables, name=name)
    context: dict[str, object] = {"coding": found}
    status = 200
    try:
        answers.save_answer(
            unit=forms.newest_unit(found),
            variable=variable,
            raw=_raw(request, variable.kind),
            event_id=_event_id(request),
            base_revision=_revision(request),
            by=person_of(request),
            at=timezone.now(),
        )
    except (answers.AnswerRefused, answers.NotOpen) as refusal:
        context["refusal"], status = str(refusal), 422
    except answers.StaleRevision as stale:
        context |= {"stale": stale, **_both(variable, found, stale)}
        status = 409
    if request.headers.get("HX-Request") != "true":
        if refusal_text := context.get("refusal"):
            messages.error(request, str(refusal_text))
        return redirect("desk:coding", slug, coding_id)
    form = form_at(found)
    context |= {"form": form, "question": form.questions[name]}
    return render(request, "coding/_saved.html", context, status=status)


def _both(
    variable: Variable, coding: Coding, stale: answers.StaleRevision
) -> dict[str, str]:
    """The two values of a conflict in words."""
    spec = document_of(coding.version).variable(variable.name)
    language = get_language() or "en"
    there = stale.answer
    return {
        "here": spec.say(stale.attempted.state, stale.attempted.value, language),
        "there": spec.say(there.state, there.value, language) if there else "—",
    }


def _raw(request: HttpRequest, kind: str) -> str | list[str]:
    """What the form sent; nothing at all takes the answer back."""
    sent = [text for text in request.POST.getlist("value") if text.strip()]
    if kind == Kind.MULTI and sent:
        return [] if sent == [NONE_APPLIES] else sent
    # A number, date or text comes before its missing codes: the last one filled counts.
    return sent[-1] if sent else ""


def _event_id(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("event_id", ""))
    except ValueError:
        return uuid.uuid4()


def _revision(request: HttpRequest) -> int:
    text = request.POST.get("base_revision", "")
    return int(text) if text.isdecimal() else 0


@require_POST
def uncertain(
    request: HttpRequest, slug: str, coding_id: int, name: str
) -> HttpResponse:
    """Flag an answer as uncertain, or take the flag back."""
    found = coding_or_404(request, slug, coding_id)
    variable = get_object_or_404(found.version.variables, name=name)
    unit = forms.newest_unit(found)
    try:
        answers.set_uncertain(
            unit=unit,
            variable=variable,
            is_uncertain=request.POST.get("is_uncertain") == "true",
            event_id=_event_id(request),
            by=person_of(request),
            at=timezone.now(),
        )
    except answers.NotOpen as refusal:
        messages.error(request, str(refusal))
    if request.headers.get("HX-Request") != "true":
        return redirect("desk:coding", slug, coding_id)
    question = form_at(found).questions[name]
    context = {"coding": found, "question": question}
    return render(request, "coding/_uncertain.html", context)


@require_POST
def remark(request: HttpRequest, slug: str, coding_id: int) -> HttpResponse:
    """Keep the coder's remark on the coding as a whole."""
    found = coding_or_404(request, slug, coding_id)
    unit = forms.newest_unit(found)
    try:
        saved = answers.remark_coding(
            submission=unit.submission,
            text=request.POST.get("remark", ""),
            by=person_of(request),
            at=timezone.now(),
        )
    except answers.NotOpen as refusal:
        return render(
            request, "coding/_remark_state.html", {"refusal": str(refusal)}, status=422
        )
    if request.headers.get("HX-Request") != "true":
        return redirect("desk:coding", slug, coding_id)
    return render(request, "coding/_remark_state.html", {"submission": saved})


@require_POST
def submit(request: HttpRequest, slug: str, coding_id: int) -> HttpResponse:
    """Submit the coding and go on to the next article, or name what is missing."""
    found = coding_or_404(request, slug, coding_id)
    try:
        answers.submit_coding(coding=found, by=person_of(request), at=timezone.now())
    except answers.NotReady as refusal:
        return desk_page(request, found, missing=refusal.variables, status=422)
    except answers.NotOpen as refusal:
        messages.error(request, str(refusal))
        return redirect("desk:coding", slug, coding_id)
    messages.success(request, _("Submitted. This is the next article."))
    return take(request, slug, found.assignment.round_id)


@require_POST
def hand_back(request: HttpRequest, slug: str, coding_id: int) -> HttpResponse:
    """Give an article back without a reason."""
    found = coding_or_404(request, slug, coding_id)
    try:
        rounds.hand_back(coding=found, by=person_of(request), at=timezone.now())
    except rounds.NotPossible as refusal:
        messages.error(request, str(refusal))
    else:
        messages.info(request, _("The article is handed back. Nobody asks why."))
    return redirect("desk:my_work", slug)
