from django.urls.resolvers import URLPattern

app_name = "corpus"
urlpatterns: list[URLPattern] = []
