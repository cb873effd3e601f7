from django.contrib import admin
from django.urls import include, path

from mediacoding import views

urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in/", views.SignIn.as_view(), name="sign_in"),
    path("sign-out/", views.SignOut.as_view(), name="sign_out"),
    path("language/", views.choose_language, name="set_language"),
    path("admin/", admin.site.urls),
    path("calculator/", include("mediacoding.calculator.urls")),
    path("studies/", include("mediacoding.studies.urls")),
    path("studies/<slug:slug>/", views.study, name="study"),
    path("studies/<slug:slug>/corpus/", include("mediacoding.corpus.urls")),
    path("studies/<slug:slug>/desk/", include("mediacoding.coding.desk_urls")),
    path("studies/<slug:slug>/rounds/", include("mediacoding.coding.urls")),
    path("studies/<slug:slug>/questions/", include("mediacoding.coding.question_urls")),
    path("studies/<slug:slug>/agreement/", include("mediacoding.reliability.urls")),
    path("studies/<slug:slug>/coverage/", include("mediacoding.coverage.urls")),
    path("studies/<slug:slug>/exports/", include("mediacoding.exports.urls")),
]
