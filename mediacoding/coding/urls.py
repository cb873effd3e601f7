from django.urls import path

from mediacoding.coding.views import importing, rounds

app_name = "coding"
urlpatterns = [
    path("", rounds.rounds, name="rounds"),
    path("open/", rounds.open_round, name="open_round"),
    path("import/", importing.upload, name="import"),
    path("import/<str:token>/", importing.plan, name="import_plan"),
    path("<int:round_id>/", rounds.round, name="round"),
    path("<int:round_id>/close/", rounds.close, name="close"),
    path(
        "<int:round_id>/codings/<int:coding_id>/reopen/", rounds.reopen, name="reopen"
    ),
]
