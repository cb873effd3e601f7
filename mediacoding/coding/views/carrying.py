from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from codebook.models import CodebookVersion
from codebook.queries import document_of
from mediacoding.coding.models import Round
from mediacoding.coding.operations import carrying as operations
from mediacoding.coding.queries import carrying as queries
from mediacoding.coding.queries import work
from mediacoding.studies.doors import person_of, study_or_404
from mediacoding.studies.models import Study


def carry(request: HttpRequest, slug: str, ordinal: int) -> HttpResponse:
    """Choose the rounds that go on in a later version, see what it takes, and carry them."""
    study = study_or_404(request, slug, "coding.open_round")
    version = _version_or_404(study, ordinal)
    hidden = work.blind_rounds(person=person_of(request), study=study)
    rounds = queries.rounds_before(study, version, hidden=hidden)
    chosen = [row.round for row in rounds if str(row.round.pk) in _ticked(request)]
    context: dict[str, object] = {
        "version": version,
        "rounds": rounds,
        "chosen": {round.pk for round in chosen},
        "carryings": queries.carryings_of(study).filter(to_version=version),
        "hidden": hidden.filter(version__ordinal__lt=version.ordinal),
    }
    if request.method == "POST" and "carry" in request.POST and chosen:
        return _carried(request, study, version, chosen)
    if chosen:
        context["effects"] = [_effect(round, version) for round in chosen]
    return render(request, "coding/carry.html", context)


@require_POST
def undo(request: HttpRequest, slug: str, carrying_id: int) -> HttpResponse:
    """Take a round back to the version that it was carried from."""
    study = study_or_404(request, slug, "coding.open_round")
    made = get_object_or_404(queries.carryings_of(study), pk=carrying_id)
    try:
        operations.undo_carrying(
            carrying=made, by=person_of(request), at=timezone.now()
        )
    except operations.NotCarriable as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The round is back in its earlier version."))
    return redirect("coding:carry", study.slug, made.to_version.ordinal)


def _version_or_404(study: Study, ordinal: int) -> CodebookVersion:
    return get_object_or_404(
        CodebookVersion.objects.filter(
            codebook=study.codebook_id, status=CodebookVersion.Status.PUBLISHED
        ),
        ordinal=ordinal,
    )


def _ticked(request: HttpRequest) -> set[str]:
    given = request.POST if request.method == "POST" else request.GET
    return set(given.getlist("round"))


def _effect(round: Round, version: CodebookVersion) -> dict[str, object]:
    """What carrying a round would do, with the variables in the reader's language."""
    effect = operations.carrying_effect(round=round, version=version)
    document, language = document_of(version), get_language() or "en"
    return {
        "round": round,
        "effect": effect,
        "to_recode": [
            (document.variable(name).label.in_(language), times)
            for name, times in effect.to_recode.most_common()
        ],
    }


def _carried(
    request: HttpRequest, study: Study, version: CodebookVersion, chosen: list[Round]
) -> HttpResponse:
    try:
        for round in chosen:
            operations.carry_round_forward(
                round=round, version=version, by=person_of(request), at=timezone.now()
            )
    except operations.NotCarriable as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("The rounds go on in version %(number)s.") % {"number": version.number},
        )
    return redirect("coding:carry", study.slug, version.ordinal)
