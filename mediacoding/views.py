from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from mediacoding.coding.queries import progress, work
from mediacoding.studies import operations as people
from mediacoding.studies import queries as studies
from mediacoding.studies.doors import person_of, study_or_404
from mediacoding.studies.models import User


def home(request: HttpRequest) -> HttpResponse:
    """Show the person's studies."""
    person = person_of(request)
    context = {"memberships": studies.own_memberships(person)}
    return render(request, "home.html", context)


def study(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a study at a glance: its rounds and how far they are, and the person's own work."""
    study = study_or_404(request, slug, "studies.view_study")
    person = person_of(request)
    hidden = work.blind_rounds(person=person, study=study)
    may_see_rounds = person.has_perm("coding.view_rounds", study)
    context = {
        "rounds": list(progress.progress_of(study, hidden=hidden))
        if may_see_rounds
        else None,
        "own": work.rounds_of(person, study),
        "codebook": study.codebook,
        "journal": studies.journal_of(study)[:8]
        if person.has_perm("studies.view_people", study)
        else None,
    }
    return render(request, "studies/study.html", context)


class SignIn(LoginView):
    redirect_authenticated_user = True


class SignOut(LogoutView):
    pass


@require_POST
@login_not_required
def choose_language(request: HttpRequest) -> HttpResponse:
    """Set the language of the pages, for this browser and for the person signed in."""
    language = request.POST.get("language", "")
    if isinstance(request.user, User) and check_for_language(language):
        people.choose_language(person=request.user, language=language)
    return set_language(request)
