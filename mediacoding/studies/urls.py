from django.urls import path

from mediacoding.studies.views import codebook, people

app_name = "studies"
urlpatterns = [
    path("start/", people.start, name="start"),
    path("<slug:slug>/people/", people.people, name="people"),
    path("<slug:slug>/people/<int:member_id>/", people.roles, name="roles"),
    path("<slug:slug>/journal/", people.journal, name="journal"),
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
]
