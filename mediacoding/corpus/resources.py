"""Articles as rows of a table: the one django-import-export resource that checks and writes.

The dry run, the import itself and the command all feed it chunks of rows; what a row is
(new, changed, identical, duplicate, invalid) is decided here and nowhere else.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export import fields, resources, widgets
from import_export.instance_loaders import BaseInstanceLoader

from mediacoding.corpus.dates import NotADate, parse_date
from mediacoding.corpus.folding import fold, nfc
from mediacoding.corpus.models import (
    Article,
    ArticleText,
    ImportBatch,
    ImportRow,
    Issue,
    Outlet,
)
from mediacoding.corpus.operations.articles import WORDS, fingerprint_of, text_row

FACTS = ("page", "section", "area_cm2", "url", "language")
COLUMNS = ("external_id", "outlet", "published_on", *WORDS, *FACTS)
NUMBER = "_number"  # the row's number in the file
FAULT = "_fault"


class TextWidget(widgets.Widget):
    """A text in the stored form, not longer than its column."""

    def __init__(self, most: int | None = None) -> None:
        self.most = most

    def clean(self, value, row=None, **kwargs):
        text = nfc(value or "")
        if self.most and len(text) > self.most:
            raise ValueError(
                _("has %(given)s characters; at most %(most)s are possible.")
                % {"given": len(text), "most": self.most}
            )
        return text


@lru_cache(maxsize=10_000)
def _day_of(text: str, order: str) -> dt.date:
    """`parse_date`, kept: the rows of a file repeat their days."""
    return parse_date(text, order=order)


class DayWidget(widgets.Widget):
    """A day, in any of the ways that papers and archives write it."""

    order = "day"

    def clean(self, value, row=None, **kwargs):
        if not (value or "").strip():
            raise ValueError(_("is missing: coverage counts by day."))
        try:
            day = _day_of(value, self.order)
        except NotADate as refusal:
            raise ValueError(str(refusal)) from refusal
        if not dt.date(1600, 1, 1) <= day <= dt.date(2200, 1, 1):
            raise ValueError(_("%(day)s cannot be meant.") % {"day": day})
        return day


class PageWidget(widgets.Widget):
    def clean(self, value, row=None, **kwargs):
        text = (value or "").strip()
        if not text:
            return None
        if not text.isdecimal() or int(text) > 9999:
            raise ValueError(_("“%(given)s” is no page number.") % {"given": text[:20]})
        return int(text)


class AreaWidget(widgets.Widget):
    def clean(self, value, row=None, **kwargs):
        text = (value or "").strip().replace(",", ".")
        if not text:
            return None
        try:
            area = Decimal(text)
        except InvalidOperation:
            area = Decimal(-1)
        if not (area.is_finite() and 0 < area < 1_000_000):
            raise ValueError(_("“%(given)s” is no area in cm².") % {"given": text[:20]})
        return round(area, 2)


@dataclass(slots=True)
class Words:
    """The five parts of a text while a row is read."""

    overheadline: str = ""
    headline: str = ""
    subheadline: str = ""
    byline: str = ""
    body: str = ""


@dataclass(slots=True)
class RowOutcome:
    """What a row is, why, and for a changed one what differs: field -> [old, new]."""

    number: int
    outcome: str
    reason: str = ""
    name: str = ""
    detail: dict[str, list[str]] = field(default_factory=dict)
    article_id: int | None = None


class NotAsChecked(Exception):
    """The corpus has changed since the check; the text says where and the way out."""


class ChunkLoader(BaseInstanceLoader):
    """Finds the articles of a whole chunk at once: by id, or where a row has none by its
    words, outlet and day."""

    def __init__(self, resource, dataset) -> None:
        super().__init__(resource, dataset)
        self.by_id: dict[str, Article] = {}
        self.by_words: dict[tuple[str, int, dt.date], Article] = {}
        self.fingerprints: dict[str, str] = {}  # of the rows without an id, by number
        for row in resource.chunk:
            if not nfc(row["external_id"]) and (row["headline"] or row["body"]):
                self.fingerprints[row[NUMBER]] = fingerprint_of(
                    fold(nfc(row["headline"])), fold(nfc(row["body"]))
                )
        texts = ArticleText.objects.filter(is_current=True).defer("folded")
        resource.texts = {}
        if ids := [i for row in resource.chunk if (i := nfc(row["external_id"]))]:
            for article in Article.objects.filter(
                study=resource.batch.study_id, external_id__in=ids
            ):
                self.by_id[article.external_id] = article
            for text in texts.filter(article__in=[a.pk for a in self.by_id.values()]):
                resource.texts[text.article_id] = text
        if marks := set(self.fingerprints.values()):
            for text in texts.filter(
                fingerprint__in=marks, article__study=resource.batch.study_id
            ).select_related("article"):
                key = (
                    text.fingerprint,
                    text.article.outlet_id,
                    text.article.published_on,
                )
                self.by_words.setdefault(key, text.article)
                resource.texts[text.article_id] = text

    def get_instance(self, row):
        if external_id := nfc(row["external_id"]):
            return self.by_id.get(external_id)
        outlet = self.resource.outlets.get(nfc(row["outlet"]))
        if not self.by_words or outlet is None:
            return None
        try:
            day = self.resource.fields["published_on"].clean(row)
        except ValueError:
            return None  # the row is invalid; its day is reported with its other faults
        return self.by_words.get((self.fingerprints.get(row[NUMBER], ""), outlet, day))


class ArticleResource(resources.ModelResource):
    """One batch's rows as articles with their texts. Feed `take` chunk after chunk."""

    external_id = fields.Field("external_id", "external_id", TextWidget(200))
    outlet = fields.Field("outlet_name", "outlet", TextWidget(200))
    published_on = fields.Field("published_on", "published_on", DayWidget())
    overheadline = fields.Field("words__overheadline", "overheadline", TextWidget())
    headline = fields.Field("words__headline", "headline", TextWidget())
    subheadline = fields.Field("words__subheadline", "subheadline", TextWidget())
    byline = fields.Field("words__byline", "byline", TextWidget(500))
    body = fields.Field("words__body", "body", TextWidget())
    page = fields.Field("page", "page", PageWidget(), saves_null_values=True)
    section = fields.Field("section", "section", TextWidget(200))
    area_cm2 = fields.Field(
        "area_cm2", "area_cm2", AreaWidget(), saves_null_values=True
    )
    url = fields.Field("url", "url", TextWidget(2000))
    language = fields.Field("language", "language", TextWidget(10))

    class Meta:
        model = Article
        fields = COLUMNS
        import_id_fields = ("external_id",)
        instance_loader_class = ChunkLoader
        use_bulk = True
        batch_size = 1_000
        # Differences are found below, on what differs for a researcher; a deep copy of
        # every row would triple the time.
        skip_diff = True
        skip_html_diff = True
        report_skipped = False
        use_transactions = False

    def __init__(self, batch: ImportBatch) -> None:
        super().__init__()
        self.batch = batch
        self.mapped = set(batch.mapping.get("columns", {}))
        if batch.mapping.get("fixed", {}).get("outlet"):
            self.mapped.add("outlet")
        self.fields["published_on"].widget.order = batch.mapping.get(
            "date_order", "day"
        )
        self.chunk: list[dict[str, str]] = []
        self.texts: dict[int, ArticleText] = {}  # the current ones of known articles
        self.outcomes: list[RowOutcome] = []
        self.new: list[Any] = []
        self.changed: list[Any] = []
        known = Outlet.objects.filter(study=batch.study_id)
        self.outlets: dict[str, int] = dict(known.values_list("name", "pk"))
        self.outlet_names = {pk: name for name, pk in self.outlets.items()}
        self.new_outlets: Counter[str] = Counter()
        self.issues: dict[tuple[int, dt.date], int] = {}
        self.seen_ids: dict[str, int] = {}
        self.seen_words: dict[tuple[str, dt.date, str], int] = {}

    def take(self, chunk: list[dict[str, str]]) -> list[RowOutcome]:
        """Classify the rows of a chunk; the new and changed ones are kept to be written.

        Writes nothing itself.
        """
        import tablib

        self.chunk = chunk
        self.outcomes = []
        headers = (*COLUMNS, NUMBER, FAULT)
        data = tablib.Dataset(headers=headers)
        for row in chunk:
            data.append([row[header] for header in headers])
        result = self.import_data(data, dry_run=True, raise_errors=False)
        if result.base_errors:
            raise result.base_errors[0].error
        if result.has_errors():
            # Not the row's fault but ours: it must not pass for bad input.
            raise result.row_errors()[0][1][0].error
        return self.outcomes

    # -- one row --------------------------------------------------------------------------

    def before_import_row(self, row, **kwargs):
        if row[FAULT]:
            raise ValidationError({"row": row[FAULT]})

    def init_instance(self, row=None):
        return Article(study_id=self.batch.study_id, batch=self.batch)

    def after_init_instance(self, instance, new, row, **kwargs):
        if new:
            instance.words = Words()
            instance.outlet_name = ""
            return
        text = self.texts[instance.pk]
        instance.words = Words(*(getattr(text, part) for part in WORDS))
        instance.outlet_name = self.outlet_names[instance.outlet_id]
        instance.before = self._facts(instance)

    def get_import_fields(self):
        """The columns that the file has; others keep what an article already holds."""
        known = super().get_import_fields()
        return [f for f in known if f.column_name in self.mapped]

    def _facts(self, article) -> dict[str, str]:
        facts = {part: getattr(article.words, part) for part in WORDS}
        for name in ("outlet_name", "published_on", *FACTS):
            value = getattr(article, name)
            facts[name] = "" if value is None else str(value)
        return facts

    def skip_row(self, instance, original, row, import_validation_errors=None):
        """Say what the row is; only new and changed ones are written."""
        if import_validation_errors:
            raise ValidationError(import_validation_errors)
        words = instance.words
        if not words.headline and not words.body:
            raise ValidationError(
                {"headline": _("The row has neither headline nor text.")}
            )
        if not instance.outlet_name:
            raise ValidationError({"outlet": _("The outlet is missing.")})
        outcome = self._outcome(instance, int(row[NUMBER]))
        outcome.name = (instance.external_id or words.headline or words.body)[:200]
        self.outcomes.append(outcome)
        instance.outcome = outcome
        is_to_be_written = outcome.outcome in (
            ImportRow.Outcome.NEW,
            ImportRow.Outcome.CHANGED,
        )
        if is_to_be_written and instance.outlet_name not in self.outlets:
            self.new_outlets[instance.outlet_name] += 1
        # A new row that is in the corpus was written before this job was resumed.
        is_written = instance.pk and outcome.outcome == ImportRow.Outcome.NEW
        return is_written or not is_to_be_written

    def _outcome(self, article, number: int) -> RowOutcome:
        kinds = ImportRow.Outcome
        if article.external_id:
            first = self.seen_ids.setdefault(article.external_id, number)
            if first != number:
                reason = _("The id “%(id)s” stands in row %(row)s already.") % {
                    "id": article.external_id,
                    "row": first,
                }
                return RowOutcome(number, kinds.DUPLICATE, reason)
        is_own = article.batch_id == self.batch.pk
        if article.pk and not is_own:
            # The words of a known article tell nothing new, but a row without an id that
            # repeats them would.
            fingerprint = self.texts[article.pk].fingerprint
        else:
            article.text = text_row(
                article, {part: getattr(article.words, part) for part in WORDS},
                is_stored=True,
            )  # fmt: skip
            fingerprint = article.text.fingerprint
        key = (article.outlet_name, article.published_on, fingerprint)
        first = self.seen_words.setdefault(key, number)
        if first != number and not article.external_id:
            reason = _("The same words stand in row %(row)s, same outlet and day.") % {
                "row": first
            }
            return RowOutcome(number, kinds.DUPLICATE, reason)
        if article.pk and not is_own:
            return self._compared(article, number)
        # An id of its own makes it an item of its own: kept, and shown as a twin.
        reason = (
            _("The same words as row %(row)s.") % {"row": first}
            if first != number
            else ""
        )
        return RowOutcome(number, kinds.NEW, reason)

    def _compared(self, article, number: int) -> RowOutcome:
        """What the row of an article that is in the corpus changes in it."""
        detail = {
            name: [article.before[name], value]
            for name, value in self._facts(article).items()
            if article.before[name] != value
        }
        if not detail:
            return RowOutcome(
                number, ImportRow.Outcome.IDENTICAL, article_id=article.pk
            )
        return RowOutcome(
            number,
            ImportRow.Outcome.CHANGED,
            _("Differs in: %(fields)s.") % {"fields": ", ".join(detail)},
            detail=detail,
            article_id=article.pk,
        )

    def after_import_row(self, row, row_result, **kwargs):
        """Nothing of the instance is kept: 100,000 rows must not pile up."""
        row_result.instance = None

    def import_row(self, row, instance_loader, **kwargs):
        result = super().import_row(row, instance_loader, **kwargs)
        if result.validation_error:
            self.outcomes.append(
                RowOutcome(
                    int(row[NUMBER]),
                    ImportRow.Outcome.INVALID,
                    _sentence(result.validation_error),
                    (row["external_id"] or row["headline"] or "")[:200],
                )
            )
        return result

    def validate_instance(
        self, instance, import_validation_errors=None, validate_unique=True
    ):
        """The widgets and `skip_row` have checked it all."""

    # -- a chunk --------------------------------------------------------------------------

    def bulk_create(
        self, using_transactions, dry_run, raise_errors, batch_size=None, result=None
    ):
        """Keep the new articles for `parts`: what takes time is done before the lock."""
        self.new = list(self.create_instances)
        self.create_instances.clear()
        self._note_twins()

    def bulk_update(
        self, using_transactions, dry_run, raise_errors, batch_size=None, result=None
    ):
        """Keep the changed articles for `write_revisions`."""
        self.changed = list(self.update_instances)
        self.update_instances.clear()

    def _note_twins(self) -> None:
        """Say of new articles with an id of their own that their words are here already."""
        by_words = {
            (article.outlet_name, article.published_on, article.text.fingerprint): article
            for article in self.new
            if article.external_id
        }  # fmt: skip
        known = ArticleText.objects.filter(
            fingerprint__in=[fingerprint for _outlet, _day, fingerprint in by_words],
            article__study=self.batch.study_id,
        ).exclude(article__batch=self.batch)
        for key in known.values_list(
            "article__outlet__name", "article__published_on", "fingerprint"
        ):
            if key in by_words:
                by_words[key].outcome.reason = _(
                    "The same words are in the corpus already, same outlet and day, "
                    "under another id."
                )

    def parts(self, size: int) -> Iterator[list[Article]]:
        """The new articles, each with its place, `size` at a time."""
        for at in range(0, len(self.new), size):
            part = self.new[at : at + size]
            for article in part:
                article.outlet_id = self.outlets[article.outlet_name]
                article.issue_id = self.issues[article.outlet_id, article.published_on]
            yield part

    def write(self, part: list[Any]) -> None:
        """Write a part. The caller holds the transaction, as short as can be."""
        Article.objects.bulk_create(part)
        for article in part:
            article.text.article = article
            article.text.batch = self.batch
        ArticleText.objects.bulk_create(article.text for article in part)

    def write_revisions(self) -> None:
        """Store new revisions beside the current ones; they come into force at the end.

        Raises NotAsChecked if a text was corrected since the chunk was judged.
        """
        corrected = {
            article.pk: article
            for article in self.changed
            if not article.outcome.detail.keys().isdisjoint(WORDS)
        }
        numbers = dict(
            ArticleText.objects.select_for_update()
            .filter(article__in=list(corrected), is_current=True)
            .values_list("article", "number")
        )
        texts = []
        for pk, article in corrected.items():
            if numbers.get(pk) != self.texts[pk].number:
                raise NotAsChecked(
                    _("Row %(row)s: the text was corrected since the check.")
                    % {"row": article.outcome.number}
                )
            words = {part: getattr(article.words, part) for part in WORDS}
            text = text_row(article, words, number=numbers[pk] + 1, is_stored=True)
            text.batch = self.batch
            text.is_current = False
            texts.append(text)
        ArticleText.objects.bulk_create(texts)

    def place(self) -> None:
        """Make the outlets and issues of new and moved articles that are not known yet.

        They are the batch's own until it is committed.
        """
        articles = [*self.new, *self.changed]
        for name in {article.outlet_name for article in articles} - set(self.outlets):
            outlet, _made = Outlet.objects.get_or_create(
                study_id=self.batch.study_id, name=name, defaults={"batch": self.batch}
            )
            self.outlets[name] = outlet.pk
            self.outlet_names[outlet.pk] = name
        wanted = {
            (self.outlets[article.outlet_name], article.published_on)
            for article in articles
        } - set(self.issues)
        if wanted:
            self._find_issues(wanted)
        if wanted := wanted - set(self.issues):
            Issue.objects.bulk_create(
                (
                    Issue(outlet_id=outlet, published_on=day, batch=self.batch)
                    for outlet, day in sorted(wanted)
                ),
                ignore_conflicts=True,  # somebody may have made it since we looked
            )
            self._find_issues(wanted)

    def _find_issues(self, wanted: Iterable[tuple[int, dt.date]]) -> None:
        rows = Issue.objects.filter(
            outlet__in={outlet for outlet, _day in wanted},
            published_on__in={day for _outlet, day in wanted},
        ).values_list("outlet", "published_on", "pk")
        self.issues.update({(outlet, day): pk for outlet, day, pk in rows})


def _sentence(error: ValidationError) -> str:
    parts: list[str] = []
    for name, messages in error.message_dict.items():
        where = name.removeprefix("words__").removesuffix("_name")
        parts += [m if where == "row" else f"{where}: {m}" for m in messages]
    return " ".join(parts)
