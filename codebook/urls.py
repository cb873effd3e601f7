from django.urls.resolvers import URLPattern

app_name = "codebook"
urlpatterns: list[URLPattern] = []
