import secrets

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mediacoding.studies import operations, queries
from mediacoding.studies.doors import person_of, study_or_404
from mediacoding.studies.forms import PersonForm, StudyForm
from mediacoding.studies.models import User


def start(request: HttpRequest) -> HttpResponse:
    """Start a study, with the person as its supervisor."""
    form = StudyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        study = operations.start_study(
            **form.cleaned_data, by=person_of(request), at=timezone.now()
        )
        return redirect("study", study.slug)
    return render(request, "studies/start.html", {"form": form})


def people(request: HttpRequest, slug: str) -> HttpResponse:
    """List the members of a study and add one."""
    study = study_or_404(request, slug, "studies.view_people")
    form = PersonForm(request.POST or None)
    password = None
    if request.method == "POST" and form.is_valid():
        try:
            password = _add(study, form.cleaned_data, person_of(request))
        except operations.NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            context = {
                "members": queries.memberships_of(study),
                "form": PersonForm(),
                "added": form.cleaned_data["username"],
                "password": password,
            }
            return render(request, "studies/people.html", context)
    context = {"members": queries.memberships_of(study), "form": form}
    status = 422 if form.errors else 200
    return render(request, "studies/people.html", context, status=status)


def _add(study, given: dict, by: User) -> str | None:
    """Add the person; return the password that was made for a new account."""
    known = User.objects.filter(username__iexact=given["username"]).first()
    password = None if known else secrets.token_urlsafe(9)
    person = known or operations.register_person(
        username=given["username"], password=password, name=given["name"]
    )
    operations.add_member(
        study=study,
        person=person,
        roles=set(given["roles"]),
        pseudonym=given["pseudonym"],
        by=by,
        at=timezone.now(),
    )
    return password


@require_POST
def roles(request: HttpRequest, slug: str, member_id: int) -> HttpResponse:
    """Give a member other roles."""
    study = study_or_404(request, slug, "studies.change_people")
    member = get_object_or_404(queries.memberships_of(study), pk=member_id)
    try:
        operations.change_roles(
            member=member,
            roles=set(request.POST.getlist("roles")),
            by=person_of(request),
            at=timezone.now(),
        )
    except operations.NotPossible as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The roles are changed."))
    return redirect("studies:people", study.slug)


def journal(request: HttpRequest, slug: str) -> HttpResponse:
    """Show every act in the study, newest first."""
    study = study_or_404(request, slug, "studies.view_people")
    page = Paginator(queries.journal_of(study), 50).get_page(request.GET.get("page"))
    return render(request, "studies/journal.html", {"page_obj": page})
