"""Questions of coders and the rulings on them, for the supervisors."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from codebook.models import CodebookVersion
from codebook.queries import document_of, newest_version, variables_of, versions_of
from mediacoding.coding.forms import QuestionFilter, RulingForm, WordsForm
from mediacoding.coding.models import Question, Round, Ruling
from mediacoding.coding.operations import questions as operations
from mediacoding.coding.queries import progress, work
from mediacoding.coding.queries import questions as queries
from mediacoding.corpus.queries.articles import articles
from mediacoding.studies.doors import person_of, study_or_404
from mediacoding.studies.models import Study

PER_PAGE = 50
PERMISSION = "coding.adjudicate"


def questions(request: HttpRequest, slug: str) -> HttpResponse:
    """List the questions that wait, or those that a filter names."""
    study = study_or_404(request, slug, PERMISSION)
    hidden = _hidden(request, study)
    about = queries.variables_asked_about(study, hidden=hidden)
    labels = queries.labels_of(about, get_language() or "en")
    form = QuestionFilter(
        request.GET or None,
        rounds=progress.rounds_of(study).exclude(pk__in=hidden),
        variables={v.stable_id: labels[v.pk] for v in about},
    )
    found = queries.in_filter(
        queries.questions_of(study, hidden=hidden), *form.chosen()
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page_obj": page,
        "questions": [(one, labels.get(one.variable_id or 0, "")) for one in page],
        "hidden": hidden,
    }
    return render(request, "coding/questions.html", context)


def _question_or_404(request: HttpRequest, slug: str, question_id: int) -> Question:
    study = study_or_404(request, slug, PERMISSION)
    hidden = _hidden(request, study)
    visible = queries.questions_of(study, hidden=hidden).select_related(
        "coding__version", "coding__assignment__article__outlet"
    )
    return get_object_or_404(visible, pk=question_id)


def question(request: HttpRequest, slug: str, question_id: int) -> HttpResponse:
    """Show a question at its article, and rule on it."""
    found = _question_or_404(request, slug, question_id)
    assignment = found.coding.assignment
    others = queries.others_waiting(found)
    form = RulingForm(
        request.POST or None,
        variables=_named(found.coding.version),
        others=others,
        initial={"variable": found.variable.name if found.variable else ""},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            operations.make_ruling(
                round=assignment.round,
                variable=variables_of(found.coding.version)[given["variable"]],
                text=given["text"],
                article=assignment.article,
                questions=[found, *given.get("also", ())],
                by=person_of(request),
                at=timezone.now(),
            )
        except operations.NotRuled as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("The ruling is shown to all coders of the round.")
            )
            return redirect("questions:questions", slug)
    return _question_page(request, found, form)


def _question_page(
    request: HttpRequest,
    found: Question,
    form: RulingForm,
    reply: WordsForm | None = None,
) -> HttpResponse:
    spec = None
    rulings: list[Ruling] = []
    if found.variable:
        spec = document_of(found.coding.version).variable(found.variable.name)
        in_force = queries.rulings_in_force(found.coding.assignment.round_id)
        rulings = in_force.get(found.variable.stable_id, [])
    language = get_language() or "en"
    reply = reply or WordsForm(label=_("Reply"), prefix="reply")
    context = {
        "question": found,
        "version": found.coding.version,
        "label": spec.label.in_(language) if spec else "",
        "asked": spec.question.in_(language) if spec else "",
        "rulings": rulings,
        "form": form,
        "reply": reply,
    }
    status = 422 if form.errors or reply.errors else 200
    return render(request, "coding/question.html", context, status=status)


@require_POST
def reply(request: HttpRequest, slug: str, question_id: int) -> HttpResponse:
    """Answer a question to its asker alone."""
    found = _question_or_404(request, slug, question_id)
    form = WordsForm(request.POST, label=_("Reply"), prefix="reply")
    if form.is_valid():
        try:
            operations.reply_to_question(
                question=found,
                text=form.cleaned_data["text"],
                by=person_of(request),
                at=timezone.now(),
            )
        except operations.NotRuled as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The reply is sent to who asked."))
            return redirect("questions:questions", slug)
    ruling_form = RulingForm(
        variables=_named(found.coding.version),
        others=queries.others_waiting(found),
        initial={"variable": found.variable.name if found.variable else ""},
    )
    return _question_page(request, found, ruling_form, form)


@require_POST
def by_ruling(
    request: HttpRequest, slug: str, question_id: int, ruling_id: int
) -> HttpResponse:
    """Answer a question by a ruling that the round has already."""
    found = _question_or_404(request, slug, question_id)
    chosen = get_object_or_404(
        Ruling, pk=ruling_id, round=found.coding.assignment.round_id
    )
    try:
        operations.answer_by_ruling(
            question=found, ruling=chosen, by=person_of(request), at=timezone.now()
        )
    except operations.NotRuled as refusal:
        messages.error(request, str(refusal))
        return redirect("questions:question", slug, found.pk)
    messages.success(request, _("The question is answered by that ruling."))
    return redirect("questions:questions", slug)


def rulings(request: HttpRequest, slug: str) -> HttpResponse:
    """List what was ruled since a version, by variable, as text for the next draft."""
    study = study_or_404(request, slug, PERMISSION)
    versions = list(versions_of(study.codebook)) if study.codebook else []
    published = [version for version in versions if not version.is_draft]
    chosen = request.GET.get("since", "")
    since = next((v for v in published if str(v.ordinal) == chosen), None)
    if since is None and chosen != "0":
        since = published[0] if published else None
    found = queries.rulings_of(study)
    if since:
        found = found.filter(made_at__gte=since.published_at)
    newest = newest_version(study.codebook) if study.codebook else None
    groups = (
        queries.rulings_by_variable(list(found), newest, get_language() or "en")
        if newest
        else []
    )
    draft = next((version for version in versions if version.is_draft), None)
    in_draft = document_of(draft).variables if draft else ()
    context = {
        "groups": groups,
        "version": newest,
        "draft": draft,
        "in_draft": {variable.stable_id for variable in in_draft},
        "published": published,
        "since": since,
        "hidden": _hidden(request, study),
    }
    return render(request, "coding/rulings.html", context)


def make_ruling(request: HttpRequest, slug: str) -> HttpResponse:
    """Rule on a variable of a round that nobody has asked about."""
    study = study_or_404(request, slug, PERMISSION)
    rounds = progress.rounds_of(study)
    asked = request.POST.get("round") or request.GET.get("round") or ""
    chosen = rounds.filter(pk=int(asked)).first() if asked.isdecimal() else None
    context: dict[str, object] = {"rounds": rounds, "round": chosen}
    if chosen is None:
        return render(request, "coding/ruling_new.html", context)
    form = RulingForm(
        request.POST or None,
        variables=_named(chosen.version),
        initial={"variable": request.GET.get("variable", "")},
    )
    about = request.POST.get("article") or request.GET.get("article") or ""
    article = (
        articles(study).filter(pk=int(about)).first() if about.isdecimal() else None
    )
    if request.method == "POST" and form.is_valid():
        try:
            operations.make_ruling(
                round=chosen,
                variable=variables_of(chosen.version)[form.cleaned_data["variable"]],
                text=form.cleaned_data["text"],
                article=article,
                by=person_of(request),
                at=timezone.now(),
            )
        except operations.NotRuled as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("The ruling is shown to all coders of the round.")
            )
            return redirect("questions:rulings", slug)
    context |= {"form": form, "article": article}
    status = 422 if form.errors else 200
    return render(request, "coding/ruling_new.html", context, status=status)


def ruling(request: HttpRequest, slug: str, ruling_id: int) -> HttpResponse:
    """Show a ruling with what it answers, and put other words in its place."""
    study = study_or_404(request, slug, PERMISSION)
    found = get_object_or_404(queries.rulings_of(study), pk=ruling_id)
    form = WordsForm(
        request.POST or None, label=_("New words"), initial={"text": found.text}
    )
    if request.method == "POST" and form.is_valid():
        try:
            operations.replace_ruling(
                ruling=found,
                text=form.cleaned_data["text"],
                by=person_of(request),
                at=timezone.now(),
            )
        except operations.NotRuled as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The coders read the new words from now on."))
            return redirect("questions:rulings", slug)
    return _ruling_page(request, study, found, form)


def _ruling_page(
    request: HttpRequest,
    study: Study,
    found: Ruling,
    form: WordsForm,
    withdrawal: WordsForm | None = None,
) -> HttpResponse:
    withdrawal = withdrawal or WordsForm(label=_("Reason"), prefix="withdraw")
    labels = queries.labels_of([found.variable], get_language() or "en")
    hidden = _hidden(request, study)
    visible = queries.questions_of(study, hidden=hidden)
    context = {
        "ruling": found,
        "label": labels[found.variable_id],
        "is_hidden": found.round in hidden,
        "questions": visible.filter(ruling=found),
        "form": form,
        "withdrawal": withdrawal,
    }
    status = 422 if form.errors or withdrawal.errors else 200
    return render(request, "coding/ruling.html", context, status=status)


@require_POST
def withdraw_ruling(request: HttpRequest, slug: str, ruling_id: int) -> HttpResponse:
    """Take a ruling back, with the reason; its questions wait again."""
    study = study_or_404(request, slug, PERMISSION)
    found = get_object_or_404(queries.rulings_of(study), pk=ruling_id)
    form = WordsForm(request.POST, label=_("Reason"), prefix="withdraw")
    if form.is_valid():
        try:
            operations.withdraw_ruling(
                ruling=found,
                reason=form.cleaned_data["text"],
                by=person_of(request),
                at=timezone.now(),
            )
        except operations.NotRuled as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("The ruling is withdrawn; what it answered waits again.")
            )
            return redirect("questions:rulings", slug)
    words = WordsForm(label=_("New words"), initial={"text": found.text})
    return _ruling_page(request, study, found, words, form)


def _hidden(request: HttpRequest, study: Study) -> QuerySet[Round]:
    """The rounds in which the person codes blind: their questions are not shown."""
    return work.blind_rounds(person=person_of(request), study=study)


def _named(version: CodebookVersion) -> dict[str, str]:
    """The variables of a version by name, with the labels that a form shows."""
    language = get_language() or "en"
    return {
        spec.name: spec.label.in_(language) for spec in document_of(version).variables
    }
