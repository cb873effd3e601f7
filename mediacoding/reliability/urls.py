from django.urls import path

from mediacoding.reliability import views
from mediacoding.reliability.planner import views as planner

app_name = "reliability"
urlpatterns = [
    path("", views.rounds, name="rounds"),
    path("planner/", planner.planner, name="planner"),
    path("<int:round_id>/", views.round, name="round"),
    path("<int:round_id>/freeze/", views.freeze, name="freeze"),
    path("<int:round_id>/<slug:name>/", views.variable, name="variable"),
]
