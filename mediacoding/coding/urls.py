from django.urls import path

from mediacoding.coding.views import carrying, codebook_changes, importing, rounds

app_name = "coding"
urlpatterns = [
    path("", rounds.rounds, name="rounds"),
    path("open/", rounds.open_round, name="open_round"),
    path("import/", importing.upload, name="import"),
    path("import/<str:token>/", importing.plan, name="import_plan"),
    path("codebook/compare/", codebook_changes.compare, name="codebook_compare"),
    path(
        "codebook/<int:ordinal>/publish/",
        codebook_changes.publish,
        name="codebook_publish",
    ),
    path("codebook/<int:ordinal>/carry/", carrying.carry, name="carry"),
    path("carried/<int:carrying_id>/undo/", carrying.undo, name="undo_carrying"),
    path("<int:round_id>/", rounds.round, name="round"),
    path("<int:round_id>/close/", rounds.close, name="close"),
    path(
        "<int:round_id>/codings/<int:coding_id>/reopen/", rounds.reopen, name="reopen"
    ),
]
