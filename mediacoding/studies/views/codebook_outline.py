"""The outline of a draft and its steps: what adds, moves, removes, undoes."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from codebook import drafting
from codebook import queries as codebooks
from codebook.drafting import DraftChange
from codebook.editing import derived, outline
from codebook.editing.tree import Tree, keys_of
from codebook.levels import Kind
from codebook.models import CodebookVersion
from mediacoding.studies.doors import person_of
from mediacoding.studies.editing import page
from mediacoding.studies.editing.page import DERIVED, HEAD, SECTION, VARIABLE, Where
from mediacoding.studies.models import Study
from mediacoding.studies.views.editor_answers import (
    Edit,
    afresh,
    drafts_only,
    go,
    revision_of,
    saved,
)

#: What is added by which button: the act in the history, and where it is edited then.
ADDED = {
    "add-section": ("add_section", SECTION),
    "add-variable": ("add_variable", VARIABLE),
    "copy": ("copy_variable", VARIABLE),
    "add-derived": ("add_derived", DERIVED),
}


@require_POST
@drafts_only
def edit_outline(
    request: HttpRequest, study: Study, draft: CodebookVersion
) -> HttpResponse:
    """Add, move, copy or remove a section or a variable: “variable-up:V07”."""
    act, _colon, key = request.POST.get("do", "").partition(":")
    if act in ADDED:
        return _added(request, study, draft, act, key)
    edit, what = _outline_edit(request, act, key)
    here = Where(*request.POST.get("here", HEAD).partition(":")[::2])
    change = DraftChange(what, edit, _name_of(draft, key))
    is_gone = act.endswith("-remove") and key == here.key
    after = Where(HEAD) if is_gone else here
    return saved(request, study, draft, after, None, change)


def _name_of(draft: CodebookVersion, key: str) -> str:
    """What the history calls a variable or section: its name, or its id."""
    document = codebooks.document_of(draft)
    keys = keys_of(document.tree, "variables")
    return document.variables[keys.index(key)].name if key in keys else key


def _outline_edit(request: HttpRequest, act: str, key: str) -> tuple[Edit, str]:
    section = request.POST.get("section", "")
    before = request.POST.get("before") or None
    plan: dict[str, tuple[Edit, str]] = {
        "variable-up": (
            lambda tree: outline.with_variable_stepped(tree, key, -1),
            "move_variable",
        ),
        "variable-down": (
            lambda tree: outline.with_variable_stepped(tree, key, 1),
            "move_variable",
        ),
        "variable-place": (
            lambda tree: outline.with_variable_moved(tree, key, section, before),
            "move_variable",
        ),
        "variable-remove": (
            lambda tree: outline.without_variable(tree, key),
            "remove_variable",
        ),
        "section-up": (
            lambda tree: outline.with_section_stepped(tree, key, -1),
            "move_section",
        ),
        "section-down": (
            lambda tree: outline.with_section_stepped(tree, key, 1),
            "move_section",
        ),
        "section-place": (
            lambda tree: outline.with_section_moved(tree, key, before),
            "move_section",
        ),
        "derived-up": (
            lambda tree: derived.with_derived_stepped(tree, key, -1),
            "move_derived",
        ),
        "derived-down": (
            lambda tree: derived.with_derived_stepped(tree, key, 1),
            "move_derived",
        ),
        "derived-remove": (
            lambda tree: derived.without_derived(tree, key),
            "remove_derived",
        ),
        "section-remove": (
            lambda tree: outline.without_section(tree, key),
            "remove_section",
        ),
    }
    return plan.get(act, (lambda tree: tree, "nothing"))


def _added(
    request: HttpRequest, study: Study, draft: CodebookVersion, act: str, key: str
) -> HttpResponse:
    """Add something and open its form. It is in nobody's way, so it cannot conflict."""
    used = codebooks.ids_used(draft.codebook)
    made: list[str] = []
    kind = request.POST.get("kind", "")
    kind = kind if kind in [*Kind] else str(Kind.SINGLE)

    def edit(tree: Tree) -> Tree:
        if act == "add-section":
            tree, new = outline.with_new_section(tree)
        elif act == "add-derived":
            tree, new = derived.with_new_derived(tree)
        elif act == "copy":
            tree, new = outline.with_variable_copied(tree, key, used)
        else:
            section = request.POST.get("section", "")
            tree, new = outline.with_new_variable(tree, section, kind, used)
        made[:] = [new]
        return tree

    what, where = ADDED[act]
    try:
        drafting.save_draft(
            version=draft,
            base_revision=None,
            change=DraftChange(what, edit, _name_of(draft, key)),
            by=person_of(request),
            at=timezone.now(),
        )
    except drafting.NotSaved as refusal:
        messages.error(request, str(refusal))
        return go(request, Where(HEAD).address(study, draft))
    there = Where(where, made[0])
    return go(request, f"{there.address(study, draft)}?new=1")


# -- steps ----------------------------------------------------------------------------------


@drafts_only
def steps(request: HttpRequest, study: Study, draft: CodebookVersion) -> HttpResponse:
    """Show every step by which the draft was written; go back to any of them."""
    context = {"draft": draft, "steps": page.steps_of(draft)}
    return render(request, "codebook/editor_steps.html", context)


@require_POST
@drafts_only
def undo(request: HttpRequest, study: Study, draft: CodebookVersion) -> HttpResponse:
    """Take a step back or forward, or go back to a step."""
    act, _colon, to = request.POST.get("do", "").partition(":")
    here = Where(*request.POST.get("here", HEAD).partition(":")[::2])
    about: dict[str, Any] = {
        "version": draft,
        "base_revision": revision_of(request) or draft.revision,
        "by": person_of(request),
        "at": timezone.now(),
    }
    try:
        if act == "redo":
            draft = drafting.redo_draft(**about)
        else:
            draft = drafting.undo_draft(**about, to=int(to) if to.isdecimal() else None)
    except drafting.NotSaved as refusal:
        messages.error(request, str(refusal))
    return afresh(request, study, draft, here)
