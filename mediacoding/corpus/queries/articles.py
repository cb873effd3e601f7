from collections.abc import Mapping

from django.db import connection
from django.db.models import BooleanField, Count, Prefetch, Q, QuerySet
from django.db.models.expressions import RawSQL

from mediacoding.corpus import search
from mediacoding.corpus.models import (
    Article,
    ArticleText,
    ImportBatch,
    Outlet,
    Sample,
)
from mediacoding.studies.models import Study

FRAME_KEYS = ("outlets", "first", "last", "section", "words")


def hidden_batches(study: Study) -> list[int]:
    """The imports of a study that are under way or taken back: what they bring isn't there.

    One that is being undone is there until its job takes everything out at once.
    """
    is_there = Q(state=ImportBatch.State.COMMITTED) | Q(
        state=ImportBatch.State.UNDOING, committed_at__isnull=False
    )
    return list(study.import_batches.exclude(is_there).values_list("pk", flat=True))


def articles(study: Study) -> QuerySet[Article]:
    """The articles of a study's corpus, in no order."""
    found = Article.objects.filter(study=study)
    # Usually no import is under way, and the query stays a plain index scan.
    if hidden := hidden_batches(study):
        found = found.exclude(batch__in=hidden)
    return found.order_by()


def in_frame(study: Study, frame: Mapping[str, object]) -> QuerySet[Article]:
    """The articles that a filter names: outlets, first and last day, section, words.

    Raises search.NotAQuery if the words are none.
    """
    found = articles(study)
    if outlets := frame.get("outlets"):
        found = found.filter(outlet__in=outlets)
    if first := frame.get("first"):
        found = found.filter(published_on__gte=first)
    if last := frame.get("last"):
        found = found.filter(published_on__lte=last)
    if section := frame.get("section"):
        found = found.filter(section=section)
    if words := frame.get("words"):
        found = found.filter(pk__in=_with_words(search.parse(str(words))))
    return found


def _with_words(query: search.Query) -> QuerySet:
    """The articles whose current text holds the query's words."""
    if connection.vendor == "postgresql":
        condition = RawSQL(
            "search @@ to_tsquery('simple', %s)",
            [search.for_postgresql(query)],
            output_field=BooleanField(),
        )
        texts = ArticleText.objects.filter(is_current=True).filter(condition)
    else:
        rows = RawSQL(
            "SELECT rowid FROM corpus_articletext_search "
            "WHERE corpus_articletext_search MATCH %s",
            [search.for_sqlite(query)],
        )
        texts = ArticleText.objects.filter(is_current=True, pk__in=rows)
    return texts.values("article")


def with_words(found: QuerySet[Article], *, body: bool = False) -> QuerySet[Article]:
    """The same articles with outlet and current text (`article.current_texts[0]`)."""
    texts = ArticleText.objects.filter(is_current=True).defer("folded")
    if not body:
        texts = texts.defer("body", "folded")
    return found.select_related("outlet").prefetch_related(
        Prefetch("texts", queryset=texts, to_attr="current_texts")
    )


def text_of(article: Article) -> ArticleText:
    """The current text of an article."""
    return article.texts.defer("folded").get(is_current=True)


def outlets(study: Study) -> QuerySet[Outlet]:
    """The outlets of a study, by name."""
    found = study.outlets.order_by("name")
    if hidden := hidden_batches(study):
        found = found.exclude(batch__in=hidden)
    return found


def twins_of(article: Article) -> QuerySet[Article]:
    """Other articles with the same words: wire copy, print and online, either script."""
    own = article.texts.filter(is_current=True).values("fingerprint")
    same = ArticleText.objects.filter(fingerprint__in=own, is_current=True).exclude(
        fingerprint=""
    )
    return (
        articles(article.study)
        .filter(pk__in=same.values("article"))
        .exclude(pk=article.pk)
        .order_by("published_on", "pk")
    )


def samples(study: Study) -> QuerySet[Sample]:
    """The samples of a study, newest first, each with how many articles it holds."""
    return (
        study.samples.select_related("drawn_by")
        .annotate(n_articles=Count("drawn"))
        .order_by("-drawn_at", "-pk")
    )
