"""Questions and rulings for the supervisors: addresses of a room of its own inside `coding`."""

from django.urls import path

from mediacoding.coding.views import questions as views

app_name = "questions"
urlpatterns = [
    path("", views.questions, name="questions"),
    path("<int:question_id>/", views.question, name="question"),
    path("<int:question_id>/reply/", views.reply, name="reply"),
    path(
        "<int:question_id>/by-ruling/<int:ruling_id>/",
        views.by_ruling,
        name="by_ruling",
    ),
    path("rulings/", views.rulings, name="rulings"),
    path("rulings/new/", views.make_ruling, name="make_ruling"),
    path("rulings/<int:ruling_id>/", views.ruling, name="ruling"),
    path(
        "rulings/<int:ruling_id>/withdraw/",
        views.withdraw_ruling,
        name="withdraw_ruling",
    ),
]
