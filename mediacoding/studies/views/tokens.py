from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mediacoding.studies import operations, queries
from mediacoding.studies.doors import person_of, study_or_404
from mediacoding.studies.forms import TokenForm
from mediacoding.studies.models import Study, User


def tokens(request: HttpRequest, slug: str) -> HttpResponse:
    """List the person's tokens for a study's exports and make one, whose secret is shown once."""
    study = study_or_404(request, slug, "exports.export")
    request.room = "exports"  # type: ignore[attr-defined]
    person = person_of(request)
    form = TokenForm(request.POST or None)
    secret = made = None
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = operations.make_token(
                study=study, **form.cleaned_data, by=person, at=timezone.now()
            )
        except operations.NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            form = TokenForm()
    context: dict[str, object] = {
        "form": form,
        "made": made,
        "secret": secret,
        "now": timezone.now(),
    }
    context |= {
        "own": queries.tokens_of(study, person),
        "others": _others(study, person),
    }
    return render(
        request, "studies/tokens.html", context, status=422 if form.errors else 200
    )


def _others(study: Study, person: User):
    """Other people's tokens, for who looks after the study's people."""
    if not person.has_perm("studies.change_people", study):
        return queries.tokens_of(study).none()
    return queries.tokens_of(study).exclude(person=person)


@require_POST
def revoke(request: HttpRequest, slug: str, token_id: int) -> HttpResponse:
    """End a token: one's own, or anybody's for who looks after the study's people."""
    study = study_or_404(request, slug, "exports.export")
    person = person_of(request)
    may_all = person.has_perm("studies.change_people", study)
    found = queries.tokens_of(study, None if may_all else person)
    token = get_object_or_404(found, pk=token_id)
    try:
        operations.revoke_token(token=token, by=person, at=timezone.now())
    except operations.NotPossible as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("The token is revoked; no program can use it any more.")
        )
    return redirect("studies:tokens", study.slug)
