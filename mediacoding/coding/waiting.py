from django.http import HttpRequest
from django.urls import reverse

from mediacoding.coding.queries import questions, work
from mediacoding.studies.doors import person_of
from mediacoding.studies.models import Study


def waiting(request: HttpRequest) -> dict[str, object]:
    """Give every template of a supervisor how many questions wait, and where they are.

    The count is a function, so that only a page that shows it asks for it. One query.
    """
    study: Study | None = getattr(request, "study", None)
    if study is None or not request.user.has_perm("coding.adjudicate", study):
        return {}

    def count() -> int:
        hidden = work.blind_rounds(person=person_of(request), study=study)
        return questions.n_waiting(study, hidden=hidden)

    return {
        "waiting_at": reverse("questions:questions", args=[study.slug]),
        "n_waiting": count,
    }
