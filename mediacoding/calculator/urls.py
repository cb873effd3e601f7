from django.urls import path

from mediacoding.calculator import views

app_name = "calculator"
urlpatterns = [path("", views.calculator, name="calculator")]
