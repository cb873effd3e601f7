"""How the views of the codebook editor open, save and answer."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from codebook import drafting
from codebook import queries as codebooks
from codebook.document import Document
from codebook.drafting import Chosen, DraftChange
from codebook.editing.merging import Side
from codebook.editing.tree import NotEditable, Tree, tree_of
from codebook.levels import Kind
from codebook.models import CodebookVersion
from mediacoding.studies.doors import person_of, study_or_404
from mediacoding.studies.editing import conflicts, page
from mediacoding.studies.editing.forms import DerivedForm, HeadForm, SectionForm
from mediacoding.studies.editing.page import DERIVED, HEAD, SECTION, VARIABLE, Where
from mediacoding.studies.editing.variable_form import VariableForm
from mediacoding.studies.models import Study

Edit = Callable[[Tree], Tree]


def version_or_404(study: Study, ordinal: int) -> CodebookVersion:
    if study.codebook is None:
        raise Http404
    return get_object_or_404(
        study.codebook.versions.select_related("codebook"), ordinal=ordinal
    )


def drafts_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Open a view for supervisors with the study and its draft; a published version is not edited."""

    def opened(
        request: HttpRequest, slug: str, ordinal: int, **parts: str
    ) -> HttpResponse:
        study = study_or_404(request, slug, "codebook.change_codebook")
        draft = version_or_404(study, ordinal)
        if not draft.is_draft:
            messages.info(
                request,
                _("A published version never changes. Start a draft from it."),
            )
            return redirect("studies:codebook_version", slug, ordinal)
        try:
            return view(request, study, draft, **parts)
        except NotEditable as gone:
            messages.error(request, gone.said(_))
            return go(request, Where(HEAD).address(study, draft))

    return opened


def revision_of(request: HttpRequest) -> int | None:
    """The revision that the person saw, as the form says."""
    text = request.POST.get("base_revision", "")
    return int(text) if text.isdecimal() else None


def base_of(request: HttpRequest, draft: CodebookVersion) -> Document:
    """The document that the form was made of: the draft's, or an earlier step's."""
    revision = revision_of(request)
    if request.POST.get("draft", str(draft.pk)) == str(draft.pk) and revision:
        return codebooks.document_at(draft, revision)
    return codebooks.document_of(draft)


def _chosen(request: HttpRequest) -> Chosen | None:
    """What the person chose of the conflicts that the form showed."""
    seen = request.POST.get("seen", "")
    sides: list[Side] = []
    while (side := request.POST.get(f"choice-{len(sides)}", "")) in [*Side]:
        sides.append(Side(side))
    return Chosen(int(seen), tuple(sides)) if seen.isdecimal() and sides else None


def saved(
    request: HttpRequest,
    study: Study,
    draft: CodebookVersion,
    here: Where,
    form: Any,
    change: DraftChange,
    *,
    after: Where | None = None,
) -> HttpResponse:
    """Save a change and show the part afresh, or say what stands in the way."""
    try:
        if request.POST.get("draft", str(draft.pk)) != str(draft.pk):
            raise drafting.NotSaved(
                _("This draft was discarded meanwhile; nothing can be saved.")
            )
        done = drafting.save_draft(
            version=draft,
            base_revision=revision_of(request) or draft.revision,
            change=change,
            chosen=_chosen(request),
            by=person_of(request),
            at=timezone.now(),
        )
    except drafting.NotSaved as refusal:
        if form is None:
            messages.error(request, str(refusal))
            return afresh(request, study, draft, here)
        form.add_error(None, str(refusal))
        return shown(request, study, draft, here, form, status=422)
    except drafting.DraftConflict as conflict:
        return _conflict(request, study, draft, here, form, conflict)
    if done.was_merged:
        messages.success(
            request, _("Saved, together with what was changed meanwhile by others.")
        )
    return afresh(request, study, done.version, after or here)


def afresh(
    request: HttpRequest, study: Study, draft: CodebookVersion, here: Where
) -> HttpResponse:
    """Show a part as it is now: by a redirect, or at once for htmx."""
    address = here.address(study, draft)
    shown_now = request.headers.get("HX-Current-URL", "").partition("?")[0]
    if not request.htmx or not shown_now.endswith(address):  # type: ignore[attr-defined]
        return go(request, address)
    tree = tree_of(codebooks.document_of(draft))
    form: Any
    if here.what == HEAD:
        form = HeadForm(tree)
    elif here.what == SECTION:
        form = SectionForm(tree, here.key)
    elif here.what == DERIVED:
        form = DerivedForm(tree, here.key)
    else:
        form = VariableForm(tree, here.key)
    return shown(request, study, draft, here, form)


def go(request: HttpRequest, address: str) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


def context_of(
    request: HttpRequest,
    study: Study,
    draft: CodebookVersion,
    here: Where,
    form: Any,
    typed: Document | None = None,
) -> dict[str, Any]:
    """What a form and what stands beside it need; `typed` is a document on its way."""
    faults = page.faults_of(study, draft, here, typed)
    # What was typed builds on the revision that the person saw; a fresh form on this one.
    was_typed = form is not None and form.is_bound
    context: dict[str, Any] = {
        "draft": draft,
        "faults": faults,
        "here": here,
        "form": form,
        "base_revision": (was_typed and revision_of(request)) or draft.revision,
        "slots": page.slots_of(faults, form),
        "slot_names": page.slot_names(form) if form else (),
    }
    if here.what == VARIABLE:
        language = request.POST.get("preview_language") or get_language() or "en"
        document = typed or codebooks.document_of(draft)
        context["preview"] = page.preview_of(document, here.key, language)
    return context


def shown(
    request: HttpRequest,
    study: Study,
    draft: CodebookVersion,
    here: Where,
    form: Any,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """Answer with the page, or with the editor alone where htmx asked."""
    context = context_of(request, study, draft, here, form)
    context |= {
        "title": codebooks.document_of(draft).title.in_(get_language() or "en"),
        "outline": page.outline_of(study, draft, here, context["faults"]),
        "steps": page.steps_of(draft),
        "kinds": [*Kind],
        **more,
    }
    template = "codebook/_editor.html" if request.htmx else "codebook/editor.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=status)


def _conflict(
    request: HttpRequest,
    study: Study,
    draft: CodebookVersion,
    here: Where,
    form: Any,
    conflict: drafting.DraftConflict,
) -> HttpResponse:
    """Show both values of every conflict, and keep all that was typed."""
    draft.refresh_from_db()
    tree = tree_of(codebooks.document_of(draft))
    context = {
        "conflict": conflict,
        "told": conflicts.told(conflict.conflicts, tree),
        "conflict_address": request.path,
        "kept": [
            (name, value)
            for name, values in request.POST.lists()
            if name not in ("csrfmiddlewaretoken", "seen")
            and not name.startswith("choice-")
            for value in values
        ],
    }
    return shown(request, study, draft, here, form, status=409, **context)
