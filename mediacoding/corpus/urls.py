from django.urls import path, register_converter
from django.urls.converters import StringConverter

from mediacoding.corpus.views import articles, importing, samples


class ImportVerb(StringConverter):
    regex = "commit|resume|undo"


register_converter(ImportVerb, "import_verb")

app_name = "corpus"
urlpatterns = [
    path("", articles.articles, name="articles"),
    path("articles/<int:article_id>/", articles.article, name="article"),
    path("outlets/", articles.outlets, name="outlets"),
    path("outlets/<int:outlet_id>/", articles.outlet, name="outlet"),
    path("samples/", samples.samples, name="samples"),
    path("samples/<int:sample_id>/", samples.sample, name="sample"),
    path("samples/<int:sample_id>/list.csv", samples.drawn, name="sample_list"),
    path("samples/<int:sample_id>/record.json", samples.record, name="sample_record"),
    path("imports/", importing.imports, name="imports"),
    path("imports/<int:batch_id>/", importing.batch, name="import"),
    path("imports/<int:batch_id>/reading/", importing.reading, name="import_reading"),
    path("imports/<int:batch_id>/mapping/", importing.mapping, name="import_mapping"),
    path("imports/<int:batch_id>/rows/", importing.rows, name="import_rows"),
    path(
        "imports/<int:batch_id>/<import_verb:verb>/", importing.act, name="import_act"
    ),
]
