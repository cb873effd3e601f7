from django.urls.resolvers import URLPattern

app_name = "coding"
urlpatterns: list[URLPattern] = []
