from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from mediacoding.studies import queries as studies
from mediacoding.studies.doors import person_of


def home(request: HttpRequest) -> HttpResponse:
    """Show the person's studies, each with what waits for them."""
    return render(
        request, "home.html", {"studies": studies.studies_of(person_of(request))}
    )


class SignIn(LoginView):
    redirect_authenticated_user = True


class SignOut(LogoutView):
    pass


@require_POST
@method_decorator(login_not_required)
def choose_language(request: HttpRequest) -> HttpResponse:
    """Set the language of the pages, for this browser and for the person signed in."""
    return set_language(request)
