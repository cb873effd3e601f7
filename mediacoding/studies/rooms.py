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
    here = request.resolver_match.app_name if request.resolver_match else ""
    plan = [
        ("studies.view_study", _("Study"), "studies:study", "studies"),
        ("coding.code", _("My work"), "coding:my_work", "desk"),
        ("corpus.view_corpus", _("Corpus"), "corpus:articles", "corpus"),
        ("codebook.view_codebook", _("Codebook"), "studies:codebook", "codebook"),
        ("coding.view_rounds", _("Rounds"), "coding:rounds", "coding"),
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
            (title, reverse(name, args=[study.slug]), app == here)
            for permission, title, name, app in plan
            if person.has_perm(permission, study)
        ],
    }
