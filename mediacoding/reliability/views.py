from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from codebook.queries import document_of
from mediacoding.coding.models import Round
from mediacoding.coding.queries import carrying, progress, work
from mediacoding.corpus.queries.articles import articles, with_words
from mediacoding.reliability import drawing, operations, queries
from mediacoding.studies.doors import person_of, study_or_404
from mediacoding.studies.models import Study


def rounds(request: HttpRequest, slug: str) -> HttpResponse:
    """List the rounds whose agreement can be looked at."""
    study = study_or_404(request, slug, "reliability.view_agreement")
    hidden = work.blind_rounds(person=person_of(request), study=study)
    context = {"rounds": list(progress.progress_of(study, hidden=hidden))}
    return render(request, "reliability/rounds.html", context)


def _round(request: HttpRequest, slug: str, round_id: int) -> tuple[Study, Round, bool]:
    study = study_or_404(request, slug, "reliability.view_agreement")
    found = get_object_or_404(progress.rounds_of(study), pk=round_id)
    return study, found, work.is_blind_to(person=person_of(request), round=found)


def round(request: HttpRequest, slug: str, round_id: int) -> HttpResponse:
    """Show the agreement of a round, variable by variable."""
    study, found, is_blind = _round(request, slug, round_id)
    context: dict[str, object] = {
        "round": found,
        "is_blind": is_blind,
        "may_freeze": person_of(request).has_perm("coding.open_round", study),
    }
    if not is_blind:
        rows = operations.report(round=found, at=timezone.now())
        context |= {
            "sections": _sections(found, rows, get_language() or "en"),
            "counts": _counts(rows),
            "n_submitted": progress.n_submitted(found),
            "n_to_recode": carrying.n_to_recode(found),
            "records": found.agreement_records.select_related("made_by"),
        }
    return render(request, "reliability/round.html", context)


def _sections(round: Round, rows: list[dict], language: str) -> list[tuple[str, list]]:
    """The rows by section of the codebook, with labels and drawings."""
    document = document_of(round.version)
    by_name: dict[str, list[dict]] = {}
    for row in rows:
        by_name.setdefault(row["name"], []).append(row)
    sections = []
    for section, variables in document.by_section():
        shown = [
            {
                **row,
                "label": variable.label.in_(language),
                "option_label": variable.words_of(row["option"], language)
                if row["option"] is not None
                else "",
                "drawing": drawing.interval(
                    row["low"], row["alpha"], row["high"], row["minimum"]
                ),
            }
            for variable in variables
            for row in by_name.get(variable.name, [])
        ]
        if shown:
            sections.append((section.label.in_(language), shown))
    return sections


def _counts(rows: list[dict]) -> dict[str, int]:
    """How many variables (not options) stand how to their minimum."""
    whole = [row["verdict"] for row in rows if row["option"] is None]
    return {verdict: whole.count(verdict) for verdict in set(whole)}


def variable(request: HttpRequest, slug: str, round_id: int, name: str) -> HttpResponse:
    """Show the articles on which the coders of a round differ in one variable."""
    study, found, is_blind = _round(request, slug, round_id)
    row = get_object_or_404(found.version.variables, name=name)
    language = get_language() or "en"
    spec = document_of(found.version).variable(row.name)
    context: dict[str, object] = {
        "round": found,
        "is_blind": is_blind,
        "label": spec.label.in_(language),
        "question": spec.question.in_(language),
    }
    if not is_blind:
        differing, n_same = queries.disagreements(found, name, language)
        coders = list(progress.coders_of(found))
        shown = with_words(
            articles(study).filter(pk__in=[entry.article for entry in differing[:200]])
        )
        by_id = {article.pk: article for article in shown}
        context |= {
            "coders": coders,
            "rows": [
                (
                    by_id[entry.article],
                    [entry.values.get(c.coder_id, "") for c in coders],
                )
                for entry in differing[:200]
            ],
            "n_differing": len(differing),
            "n_same": n_same,
        }
    return render(request, "reliability/variable.html", context)


@require_POST
def freeze(request: HttpRequest, slug: str, round_id: int) -> HttpResponse:
    """Freeze the agreement of a round as a record."""
    study = study_or_404(request, slug, "coding.open_round")
    found = get_object_or_404(progress.rounds_of(study), pk=round_id)
    if work.is_blind_to(person=person_of(request), round=found):
        messages.error(request, _("This round is blind to you until it is closed."))
    else:
        operations.freeze_record(round=found, by=person_of(request), at=timezone.now())
        messages.success(request, _("The agreement is frozen as a record."))
    return redirect("reliability:round", study.slug, found.pk)
