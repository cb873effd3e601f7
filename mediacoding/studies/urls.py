from django.urls import path

from mediacoding.studies.views import (
    codebook,
    codebook_editor,
    codebook_outline,
    codebook_print,
    people,
    tokens,
)

app_name = "studies"
urlpatterns = [
    path("start/", people.start, name="start"),
    path("<slug:slug>/people/", people.people, name="people"),
    path("<slug:slug>/people/<int:member_id>/", people.roles, name="roles"),
    path("<slug:slug>/journal/", people.journal, name="journal"),
    path("<slug:slug>/tokens/", tokens.tokens, name="tokens"),
    path(
        "<slug:slug>/tokens/<int:token_id>/revoke/", tokens.revoke, name="revoke_token"
    ),
    path("<slug:slug>/codebook/", codebook.codebook, name="codebook"),
    path("<slug:slug>/codebook/import/", codebook.import_file, name="codebook_import"),
    path(
        "<slug:slug>/codebook/<int:ordinal>/", codebook.version, name="codebook_version"
    ),
    path(
        "<slug:slug>/codebook/<int:ordinal>/publish/",
        codebook.publish,
        name="codebook_publish",
    ),
    path(
        "<slug:slug>/codebook/<int:ordinal>/discard/",
        codebook.discard,
        name="codebook_discard",
    ),
    path(
        "<slug:slug>/codebook/<int:ordinal>/codebook.<str:form>",
        codebook.download,
        name="codebook_download",
    ),
    path(
        "<slug:slug>/codebook/<int:ordinal>/print/",
        codebook_print.codebook_print,
        name="codebook_print",
    ),
    path("<slug:slug>/codebook/new/", codebook_editor.new, name="codebook_new"),
    path(
        "<slug:slug>/codebook/<int:ordinal>/start/",
        codebook_editor.start,
        name="codebook_start",
    ),
    path(
        "<slug:slug>/codebook/<int:ordinal>/edit/",
        codebook_editor.edit_head,
        name="codebook_edit",
    ),
    path(
        "<slug:slug>/codebook/<int:ordinal>/edit/outline/",
        codebook_outline.edit_outline,
        name="codebook_edit_outline",
    ),
    path(
        "<slug:slug>/codebook/<int:ordinal>/edit/steps/",
        codebook_outline.steps,
        name="codebook_edit_steps",
    ),
    path(
        "<slug:slug>/codebook/<int:ordinal>/edit/undo/",
        codebook_outline.undo,
        name="codebook_edit_undo",
    ),
    path(
        "<slug:slug>/codebook/<int:ordinal>/edit/section/<path:key>",
        codebook_editor.edit_section,
        name="codebook_edit_section",
    ),
    path(
        "<slug:slug>/codebook/<int:ordinal>/edit/derived/<path:key>",
        codebook_editor.edit_derived,
        name="codebook_edit_derived",
    ),
    path(
        "<slug:slug>/codebook/<int:ordinal>/edit/variable/<path:key>",
        codebook_editor.edit_variable,
        name="codebook_edit_variable",
    ),
    path(
        "<slug:slug>/codebook/<int:ordinal>/edit/live/<path:key>",
        codebook_editor.live,
        name="codebook_edit_live",
    ),
]
