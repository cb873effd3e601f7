from django.urls import path

from mediacoding.exports import views

app_name = "exports"
urlpatterns = [
    path("", views.catalogue, name="catalogue"),
    path("<slug:export>/", views.preview, name="preview"),
    path("<slug:export>/csv/", views.download, name="download"),
    path("<slug:export>/<slug:kind>/", views.download, name="file"),
]
