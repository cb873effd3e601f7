"""The coder's desk: addresses of a room of its own inside `coding`."""

from django.urls import path

from mediacoding.coding.views import asking, desk

app_name = "desk"
urlpatterns = [
    path("", desk.my_work, name="my_work"),
    path("rounds/<int:round_id>/take/", desk.take, name="take"),
    path("codings/<int:coding_id>/", desk.coding, name="coding"),
    path("codings/<int:coding_id>/remark/", desk.remark, name="remark"),
    path("codings/<int:coding_id>/submit/", desk.submit, name="submit"),
    path("codings/<int:coding_id>/hand-back/", desk.hand_back, name="hand_back"),
    path("codings/<int:coding_id>/answers/<slug:name>/", desk.answer, name="answer"),
    path(
        "codings/<int:coding_id>/answers/<slug:name>/uncertain/",
        desk.uncertain,
        name="uncertain",
    ),
    path("codings/<int:coding_id>/ask/<slug:name>/", asking.ask, name="ask"),
    path("questions/", asking.questions, name="questions"),
    path(
        "questions/<int:question_id>/withdraw/",
        asking.withdraw,
        name="withdraw_question",
    ),
]
