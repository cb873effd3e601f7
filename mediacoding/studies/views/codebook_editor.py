"""The editor for drafts of a codebook: one part at a time beside the outline.

Every page is a form that works without JavaScript. Under htmx the same address answers
with the part of the page that changed.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from codebook import drafting, operations
from codebook.drafting import DraftChange
from codebook.editing import derived, head
from codebook.editing import variables as edits
from codebook.editing.tree import Tree, document_after, entry_of, keys_of, tree_of
from codebook.models import CodebookVersion
from mediacoding.studies import operations as studies
from mediacoding.studies.doors import person_of, study_or_404
from mediacoding.studies.editing.forms import (
    DerivedForm,
    HeadForm,
    NewCodebookForm,
    SectionForm,
    titles,
)
from mediacoding.studies.editing.page import DERIVED, HEAD, SECTION, VARIABLE, Where
from mediacoding.studies.editing.variable_form import VariableForm
from mediacoding.studies.models import Study
from mediacoding.studies.views.editor_answers import (
    Edit,
    base_of,
    context_of,
    drafts_only,
    saved,
    shown,
    version_or_404,
)


def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin a codebook from nothing: a title, its languages, one section."""
    study = study_or_404(request, slug, "codebook.change_codebook")
    form = NewCodebookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        languages = form.cleaned_data["languages"]
        words = titles(form.cleaned_data["title"], languages)
        try:
            draft = studies.import_codebook(
                study=study,
                document=head.new_document(words, languages),
                by=person_of(request),
                at=timezone.now(),
            )
        except operations.NotImportable as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("studies:codebook_edit", study.slug, draft.ordinal)
    status = 422 if form.is_bound else 200
    return render(request, "codebook/editor_new.html", {"form": form}, status=status)


@require_POST
def start(request: HttpRequest, slug: str, ordinal: int) -> HttpResponse:
    """Start a draft from a published version, and open it in the editor."""
    study = study_or_404(request, slug, "codebook.change_codebook")
    version = version_or_404(study, ordinal)
    try:
        draft = drafting.start_draft(
            version=version, by=person_of(request), at=timezone.now()
        )
    except operations.NotImportable as refusal:
        messages.error(request, str(refusal))
        return redirect("studies:codebook_version", study.slug, ordinal)
    return redirect("studies:codebook_edit", study.slug, draft.ordinal)


# -- the three kinds of form ----------------------------------------------------------------


@drafts_only
def edit_head(
    request: HttpRequest, study: Study, draft: CodebookVersion
) -> HttpResponse:
    """Edit what holds for the whole codebook: title, languages, rules, missing codes."""
    here = Where(HEAD)
    base = tree_of(base_of(request, draft))
    form = HeadForm(base, request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return shown(request, study, draft, here, form)
    if not form.is_valid():
        return shown(request, study, draft, here, form, status=422)
    values = form.values()
    change = DraftChange("change_head", lambda tree: head.with_head(tree, values))
    return saved(request, study, draft, here, form, change)


@drafts_only
def edit_section(
    request: HttpRequest, study: Study, draft: CodebookVersion, key: str
) -> HttpResponse:
    """Edit the words of a section."""
    here = Where(SECTION, key)
    base = tree_of(base_of(request, draft))
    form = SectionForm(base, key, request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return shown(request, study, draft, here, form)
    if not form.is_valid():
        return shown(request, study, draft, here, form, status=422)
    words = form.values()
    change = DraftChange(
        "change_section", lambda tree: head.with_section(tree, key, words), key
    )
    return saved(request, study, draft, here, form, change)


@drafts_only
def edit_derived(
    request: HttpRequest, study: Study, draft: CodebookVersion, key: str
) -> HttpResponse:
    """Edit a derived variable; under a new name it has a new address."""
    here = Where(DERIVED, key)
    base = tree_of(base_of(request, draft))
    form = DerivedForm(base, key, request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return shown(request, study, draft, here, form)
    if not form.is_valid():
        return shown(request, study, draft, here, form, status=422)
    values = form.values()
    change = DraftChange(
        "change_derived",
        lambda tree: derived.with_derived(tree, key, values)[0],
        values["name"],
    )
    after = Where(DERIVED, derived.with_derived(base, key, values)[1])
    return saved(request, study, draft, here, form, change, after=after)


@drafts_only
def edit_variable(
    request: HttpRequest, study: Study, draft: CodebookVersion, key: str
) -> HttpResponse:
    """Edit one variable; its buttons save the form and do one thing more."""
    here = Where(VARIABLE, key)
    base = tree_of(base_of(request, draft))
    form = VariableForm(base, key, request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return shown(request, study, draft, here, form)
    if not form.is_valid():
        return shown(request, study, draft, here, form, status=422)
    change = DraftChange(
        "change_variable",
        _variable_edit(form, key, request.POST.get("do", "")),
        form.cleaned_data["name"],
    )
    return saved(request, study, draft, here, form, change)


def _variable_edit(form: VariableForm, key: str, do: str) -> Edit:
    """The form's values set, then what its button says: “category-up:3”."""
    act, _colon, row = do.partition(":")
    numbers = [str(category.row) for category in form.categories]
    values = form.values()

    def edit(tree: Tree) -> Tree:
        tree = edits.with_variable(tree, key, values)
        entry = entry_of(tree, "variables", key)
        if act == "category-add":
            return edits.with_new_category(tree, key)[0]
        if act == "categories-clear":
            return edits.without_categories(tree, key)
        if act == "categories-sort":
            return edits.with_codes_in_order(tree, key)
        if row in numbers:
            category = keys_of(entry, "categories")[numbers.index(row)]
            if act == "category-remove":
                return edits.without_category(tree, key, category)
            if act in ("category-up", "category-down"):
                by = -1 if act == "category-up" else 1
                return edits.with_category_stepped(tree, key, category, by)
        return tree

    return edit


# -- live -----------------------------------------------------------------------------------


@require_POST
@drafts_only
def live(
    request: HttpRequest, study: Study, draft: CodebookVersion, key: str
) -> HttpResponse:
    """Show what the coder would see and what is wrong with the form as it stands; save nothing."""
    base = base_of(request, draft)
    tree = tree_of(base)
    form = VariableForm(tree, key, request.POST)
    form.is_valid()
    document = document_after(base, edits.with_variable(tree, key, form.values()))
    context = context_of(request, study, draft, Where(VARIABLE, key), form, document)
    return render(request, "codebook/_live.html", context)
