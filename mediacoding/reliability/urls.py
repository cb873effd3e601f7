from django.urls.resolvers import URLPattern

app_name = "reliability"
urlpatterns: list[URLPattern] = []
