from django.urls.resolvers import URLPattern

app_name = "studies"
urlpatterns: list[URLPattern] = []
