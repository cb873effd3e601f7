"""Doors: how a view gets its study, and nobody else's.

Whatever a person may not see does not exist for them: 404, never 403, so that an address
tells nothing.
"""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from mediacoding.studies import queries
from mediacoding.studies.models import Study, User


def person_of(request: HttpRequest) -> User:
    """Return the signed-in person (LoginRequiredMiddleware lets nobody else through)."""
    if not isinstance(request.user, User):
        raise Http404(_("There is no such page."))
    return request.user


def study_or_404(request: HttpRequest, slug: str, permission: str) -> Study:
    """Return the study if the person is a member whose role holds the permission.

    The header of the page shows this study from here on.
    """
    person = person_of(request)
    study = get_object_or_404(
        queries.studies_of(person).select_related("codebook"), slug=slug
    )
    if not person.has_perm(permission, study):
        raise Http404(_("There is no such page."))
    request.study = study  # type: ignore[attr-defined]
    return study
