from collections.abc import Sequence

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from codebook import checks, publishing
from codebook import queries as codebooks
from codebook.changes import outline
from codebook.changes.change import Effect
from codebook.changes.numbers import next_number
from codebook.changes.questions import Revision
from codebook.models import CodebookVersion
from codebook.operations import NotPublishable
from mediacoding.coding import deciding
from mediacoding.coding.deciding import Sent
from mediacoding.coding.queries import apart, impact, work
from mediacoding.coding.wording import Words, topic_id
from mediacoding.studies.doors import person_of, study_or_404
from mediacoding.studies.models import Study

TOPICS_A_PAGE = 20


def compare(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what changed between two versions of the codebook, and what it means for codings."""
    study = study_or_404(request, slug, "codebook.view_codebook")
    request.room = "studies:codebook"  # type: ignore[attr-defined]
    versions = list(codebooks.versions_of(study.codebook)) if study.codebook else []
    old, new = _two(request, versions)
    context: dict[str, object] = {"versions": versions, "old": old, "new": new}
    if old and new:
        context |= _comparison(request, old, new)
    return render(request, "codebook/compare.html", context)


def _two(
    request: HttpRequest, versions: Sequence[CodebookVersion]
) -> tuple[CodebookVersion | None, CodebookVersion | None]:
    """The versions that the address names, the older first; or the two newest ones."""
    by_ordinal = {str(version.ordinal): version for version in versions}
    given = [request.GET[name] for name in ("old", "new") if name in request.GET]
    if any(ordinal not in by_ordinal for ordinal in given):
        raise Http404(_("There is no such page."))
    chosen = [by_ordinal[ordinal] for ordinal in given]
    if len(chosen) < 2:
        newest = chosen[0] if chosen else next(iter(versions), None)
        earlier = [v for v in versions if newest and v.ordinal < newest.ordinal]
        chosen = [v for v in (next(iter(earlier), None), newest) if v]
    if len(chosen) < 2:
        return None, None
    old, new = sorted(chosen, key=lambda version: version.ordinal)
    return old, new


def _comparison(
    request: HttpRequest, old: CodebookVersion, new: CodebookVersion
) -> dict[str, object]:
    changes = codebooks.comparison_of(old, new)
    effect = request.GET.get("effect", "")
    cut = apart.cut_between(old, new)
    found = outline.topics(changes, cut=cut)
    effects = [change.effect for change in changes]
    if effect in set(Effect):
        found = outline.with_effect(found, Effect(effect))
    if name := request.GET.get("variable", ""):
        found = tuple(topic for topic in found if topic_id(topic) == name)
    words = Words(changes, old.number, new.number, get_language() or "en")
    page = Paginator(found, TOPICS_A_PAGE).get_page(request.GET.get("page"))
    variables = outline.variables(changes, cut=cut)
    return {
        "page_obj": page,
        "topics": list(words.topics(page.object_list)),
        "contents": [
            (at // TOPICS_A_PAGE + 1, topic_id(topic), words.label(topic))
            for at, topic in enumerate(found)
        ],
        "effect": effect if effect in set(Effect) else "",
        "variable": name,
        "n_of_effect": [(e.value, words.effect(e), effects.count(e)) for e in Effect],
        "n_changes": len(changes),
        "unfound": changes.unfound,
        "pooling": [
            (topic_id(t), words.label(t), t.pooling, words.pooling(t.pooling))
            for t in variables
        ],
        "n_variables": len(variables),
        "n_pooled": sum(bool(t.pooling and t.pooling.is_possible) for t in variables),
    }


def publish(request: HttpRequest, slug: str, ordinal: int) -> HttpResponse:
    """Show what a new version touches, ask what is to be decided, and publish it."""
    study = study_or_404(request, slug, "codebook.publish_version")
    request.room = "studies:codebook"  # type: ignore[attr-defined]
    version = _version_or_404(study, ordinal)
    previous = codebooks.predecessor_of(version)
    if previous is None:
        return redirect("studies:codebook_version", slug, ordinal)
    sent = Sent.of(request.POST if version.is_draft else request.GET)
    revision = codebooks.revision_of(previous, version, sent.decisions, sent.rest)
    context: dict[str, object] = {
        "version": version,
        "previous": previous,
        "sent": sent,
    }
    if sent.is_final and version.is_draft:
        try:
            publishing.publish_revision(
                version=version,
                seen=sent.seen,
                decisions=revision.decisions,
                number=sent.number,
                by=person_of(request),
                at=timezone.now(),
            )
        except NotPublishable as refusal:
            context["refusals"] = refusal.problems
        else:
            return redirect("coding:codebook_publish", slug, ordinal)
    context |= _revision(request, study, previous, version, revision, sent)
    status = 422 if "refusals" in context else 200
    is_part = bool(request.htmx)  # type: ignore[attr-defined]
    template = "codebook/_revision.html" if is_part else "codebook/publish.html"
    return render(request, template, context, status=status)


def _revision(
    request: HttpRequest,
    study: Study,
    previous: CodebookVersion,
    version: CodebookVersion,
    revision: Revision,
    sent: Sent,
) -> dict[str, object]:
    """What the changes touch together, one by one, and what is to be decided."""
    changes = revision.changes
    hidden = work.blind_rounds(person=person_of(request), study=study)
    usage = impact.usage(study=study, changes=changes, version=previous, hidden=hidden)
    in_use = impact.versions_in_use(study=study, version=version, hidden=hidden)
    words = Words(changes, previous.number, version.number, get_language() or "en")
    context: dict[str, object] = {
        "hidden": list(hidden),
        "everything": usage.counts([usage.every_unit]),
        "all": impact.impact_of_all(changes, usage),
        "n_changes": len(changes),
        "n_open": len(revision.open),
        "unfound": changes.unfound,
        "in_use": [use for use in in_use if use.version.pk != previous.pk],
    }
    if version.is_draft:
        context |= _numbered(previous, version, revision, sent)
    return context | _topics(usage, words, revision, sent, asks=version.is_draft)


def _topics(
    usage: impact.Usage, words: Words, revision: Revision, sent: Sent, *, asks: bool
) -> dict[str, object]:
    """One page of what changed, with the impacts and the questions about it."""
    changes = revision.changes
    found = outline.topics(changes)
    open_in = [len(own) for own in deciding.questions_of(found, revision.open)]
    paginator = Paginator(found, TOPICS_A_PAGE)
    first_open = next((at for at, many in enumerate(open_in) if many), 0)
    page = paginator.get_page(
        first_open // TOPICS_A_PAGE + 1 if sent.is_final else sent.page
    )
    shown = list(page.object_list)
    questions = revision.questions if asks else ()
    impacts = {
        id(change): impact.impact_of(change, changes, usage)
        for topic in shown
        for change in topic.changes
    }
    here = [q for own in deciding.questions_of(shown, questions) for q in own]
    return {
        "topics": deciding.with_questions(
            words.topics(shown), questions, impacts, words
        ),
        "page_obj": page,
        "pages": [
            (at + 1, sum(open_in[at * TOPICS_A_PAGE : (at + 1) * TOPICS_A_PAGE]))
            for at in range(paginator.num_pages)
        ],
        "elsewhere": list(sent.elsewhere(here)),
    }


def _numbered(
    previous: CodebookVersion, draft: CodebookVersion, revision: Revision, sent: Sent
) -> dict[str, object]:
    """The number that is proposed, the one in the form, and what is wrong with the draft."""
    taken = codebooks.numbers_taken(draft, revision)
    proposed = next_number(previous.number, revision.changes, taken=taken)
    number = sent.number_or(proposed)
    # What was decided may mend a fault: a formula may name codes that are known to be gone.
    document = revision.document(number=number, day=timezone.localdate())
    problems = list(checks.problems(document))
    return {"proposed": proposed, "number": number, "problems": problems}


def _version_or_404(study: Study, ordinal: int) -> CodebookVersion:
    return get_object_or_404(
        CodebookVersion.objects.select_related("codebook"),
        codebook=study.codebook_id,
        codebook__isnull=False,
        ordinal=ordinal,
    )
