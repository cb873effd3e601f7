from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from mediacoding.studies.models import Study


def rooms(request: HttpRequest) -> dict[str, object]:
    """Give every template the study at hand and the rooms of it that the person may enter.

    A room is (title, address, whether the page stands in it).
    """
    study: Study | None = getattr(request, "study", None)
    if study is None or not request.user.is_authenticated:
        return {"study": None, "rooms": []}
    person = request.user
    match = request.resolver_match
    here = {match.app_name, match.view_name} if match else set()
    if room := getattr(request, "room", ""):
        here = {room}  # a page that stands in another room than its address
    plan = [
        ("studies.view_study", _("Study"), "study", ""),
        ("coding.code", _("My work"), "desk:my_work", "desk"),
        ("corpus.view_corpus", _("Corpus"), "corpus:articles", "corpus"),
        (
            "codebook.view_codebook",
            _("Codebook"),
            "studies:codebook",
            "studies:codebook",
        ),
        ("coding.view_rounds", _("Rounds"), "coding:rounds", "coding"),
        ("coding.adjudicate", _("Questions"), "questions:questions", "questions"),
        (
            "reliability.view_agreement",
            _("Agreement"),
            "reliability:rounds",
            "reliability",
        ),
        ("coverage.view_coverage", _("Coverage"), "coverage:coverage", "coverage"),
        ("exports.export", _("Exports"), "exports:catalogue", "exports"),
    ]
    return {
        "study": study,
        "rooms": [
            (title, reverse(name, args=[study.slug]), app in here)
            for permission, title, name, app in plan
            if person.has_perm(permission, study)
        ],
    }
