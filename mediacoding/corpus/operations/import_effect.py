"""What an import changes in articles that were there before: in force, and out of force.

Both happen in one transaction, for all articles at once, with few statements however many
articles there are.
"""

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Exists, Field, OuterRef
from django.utils.translation import gettext as _

from mediacoding.corpus.models import (
    Article,
    ArticleText,
    ImportBatch,
    ImportRow,
    Issue,
    Outlet,
)
from mediacoding.corpus.queries.importing import samples_that_hold
from mediacoding.corpus.resources import FACTS
from mediacoding.studies.models import Study

OLD, NEW = 0, 1  # the sides of a changed row's detail


class NotTakenBack(Exception):
    """The import has to stay; the text says why."""


def bring_into_force(batch: ImportBatch) -> None:
    """Make the batch's new revisions current and set the facts that its rows change."""
    revised = ArticleText.objects.filter(batch=batch, number__gt=1)
    ArticleText.objects.filter(
        article__in=revised.values("article"), is_current=True
    ).update(is_current=False)
    revised.update(is_current=True)
    _set_facts(batch, NEW)


def take_out_of_force(batch: ImportBatch) -> None:
    """Make the revisions from before the batch current again and set the facts back.

    Raises NotTakenBack if an article was sampled since the undo was asked for.
    """
    Study.objects.select_for_update().get(pk=batch.study_id)  # as draw_sample does
    if names := samples_that_hold(batch):
        raise NotTakenBack(
            _(
                "The import was not undone: its articles were sampled meanwhile (%(names)s)."
            )
            % {"names": ", ".join(names)}
        )
    revised = ArticleText.objects.filter(batch=batch, number__gt=1)
    revised.update(is_current=False)
    follows = Exists(
        revised.filter(article=OuterRef("article"), number=OuterRef("number") + 1)
    )
    ArticleText.objects.filter(follows, article__in=revised.values("article")).update(
        is_current=True
    )
    _set_facts(batch, OLD)


def _set_facts(batch: ImportBatch, side: int) -> None:
    """Set the facts of changed articles to one side of their rows' detail.

    As plain statements: an UPDATE a row by the primary key is ten times as quick as the
    ORM's bulk update, and others wait meanwhile.
    """
    for columns, rows in _facts(batch, side).items():
        setters = ", ".join(f"{column} = %s" for column in columns)
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {Article._meta.db_table} SET {setters} WHERE id = %s", rows
            )


def _facts(batch: ImportBatch, side: int) -> dict[tuple[str, ...], list[list[Any]]]:
    """The facts to be set, by columns: values and the article's key."""
    places = _places(batch, side)
    statements: dict[tuple[str, ...], list[list[Any]]] = defaultdict(list)
    changed = batch.rows.filter(
        outcome=ImportRow.Outcome.CHANGED, article__isnull=False
    ).values_list("article", "detail")
    for article, detail in changed.iterator(2_000):
        values = {
            name: _stored(name, detail[name][side]) for name in FACTS if name in detail
        } | places.get(article, {})
        if values:
            statements[tuple(values)].append([*values.values(), article])
    return statements


def _stored(name: str, text: str) -> object:
    if name in ("page", "area_cm2") and not text:
        return None
    value = (
        int(text) if name == "page" else Decimal(text) if name == "area_cm2" else text
    )
    return _prepared(name, value)


def _prepared(name: str, value: object) -> Any:
    """A value of an article's field as the database takes it."""
    column = Article._meta.get_field(name)
    assert isinstance(column, Field)
    return column.get_db_prep_save(value, connection)


def _places(batch: ImportBatch, side: int) -> dict[int, dict[str, object]]:
    """Outlet, day and issue of the articles that a batch moves."""
    moved = {
        row["article"]: row["detail"]
        for row in batch.rows.filter(
            outcome=ImportRow.Outcome.CHANGED, article__isnull=False
        )
        .values("article", "detail")
        .iterator(2_000)
        if not {"outlet_name", "published_on"}.isdisjoint(row["detail"])
    }
    if not moved:
        return {}
    outlets = dict(
        Outlet.objects.filter(study=batch.study_id).values_list("name", "pk")
    )
    wanted: dict[int, tuple[int, dt.date]] = {}
    articles = Article.objects.filter(
        pk__in=batch.rows.filter(outcome=ImportRow.Outcome.CHANGED).values("article")
    ).values_list("pk", "outlet", "published_on")
    for pk, outlet, day in articles.iterator(2_000):
        if detail := moved.get(pk):
            if "outlet_name" in detail:
                outlet = outlets[detail["outlet_name"][side]]
            if "published_on" in detail:
                day = dt.date.fromisoformat(detail["published_on"][side])
            wanted[pk] = (outlet, day)
    issues = {
        (outlet, day): pk
        for outlet, day, pk in Issue.objects.filter(
            outlet__in={outlet for outlet, _day in wanted.values()}
        ).values_list("outlet", "published_on", "pk")
    }
    return {
        article: {
            "outlet_id": outlet,
            "published_on": _prepared("published_on", day),
            "issue_id": issues[outlet, day],
        }
        for article, (outlet, day) in wanted.items()
    }
