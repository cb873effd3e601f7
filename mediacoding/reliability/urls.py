from django.urls import path

from mediacoding.reliability import views

app_name = "reliability"
urlpatterns = [
    path("", views.rounds, name="rounds"),
    path("<int:round_id>/", views.round, name="round"),
    path("<int:round_id>/freeze/", views.freeze, name="freeze"),
    path("<int:round_id>/<slug:name>/", views.variable, name="variable"),
]
