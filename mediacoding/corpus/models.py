from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mediacoding.studies.models import Study, User


class ImportBatch(models.Model):
    """One file of articles on its way into the corpus: upload, map, check, commit, undo.

    What a batch brings (outlets, issues, articles) is part of the corpus only while the
    batch is committed, so a job that is killed half-way leaves nothing visible.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked")
        COMMITTING = "committing", _("being committed")
        COMMITTED = "committed", _("committed")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")
        FAILED = "failed", _("stopped")

    study = models.ForeignKey(
        Study, on_delete=models.PROTECT, related_name="import_batches"
    )
    file_name = models.CharField(max_length=255)
    file = models.FileField(upload_to="imports/")
    sha256 = models.CharField(max_length=64)
    reading = models.JSONField(
        default=dict
    )  # format, encoding, delimiter, header row, sheet
    mapping = models.JSONField(
        default=dict
    )  # article field -> column, and fixed values
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.UPLOADED
    )
    skip_invalid = models.BooleanField(default=False)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)  # outcome -> rows, from the dry run
    new_outlets = models.JSONField(default=list)  # [name, rows], from the dry run
    trouble = models.TextField(blank=True)  # the sentence why it stopped
    # The job's sign of life, and its hold: whoever sets it anew has taken the job over.
    heartbeat_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    committed_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name_plural = "import batches"
        indexes = [models.Index(fields=["study", "state"], name="batches_by_state")]

    def __str__(self) -> str:
        return self.file_name


class ColumnMapping(models.Model):
    """The mapping that a study last used for files with these column headers."""

    study = models.ForeignKey(
        Study, on_delete=models.CASCADE, related_name="column_mappings"
    )
    signature = models.CharField(max_length=64)  # SHA-256 of the headers
    mapping = models.JSONField()
    used_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "study", "signature", name="one_mapping_per_headers"
            )
        ]

    def __str__(self) -> str:
        return self.signature[:12]


class Outlet(models.Model):
    """A newspaper or magazine of a study, with the facts that coverage needs."""

    class Kind(models.TextChoices):
        QUALITY = "quality", _("quality")
        MID_MARKET = "mid_market", _("mid-market")
        TABLOID = "tabloid", _("tabloid")
        REGIONAL = "regional", _("regional")
        MAGAZINE = "magazine", _("magazine")
        ONLINE = "online", _("online")
        OTHER = "other", _("other")

    class Frequency(models.TextChoices):
        DAILY = "daily", _("daily")
        WEEKLY = "weekly", _("weekly")
        MONTHLY = "monthly", _("monthly")
        IRREGULAR = "irregular", _("irregular")

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="outlets")
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, blank=True)
    frequency = models.CharField(
        _("frequency"), max_length=10, choices=Frequency.choices, blank=True
    )
    script = models.CharField(
        _("script"), max_length=5, blank=True
    )  # Latn, Cyrl, mixed
    language = models.CharField(_("language"), max_length=10, blank=True)
    column_width_cm = models.DecimalField(
        _("column width in cm"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    print_area_cm2 = models.DecimalField(
        _("printed area of a page in cm²"),
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
    )
    batch = models.ForeignKey(
        ImportBatch, on_delete=models.PROTECT, null=True, related_name="outlets"
    )  # the import that brought it

    class Meta:
        ordering = ["study", "name"]
        constraints = [
            models.UniqueConstraint("study", "name", name="one_outlet_per_name")
        ]

    def __str__(self) -> str:
        return self.name


class Issue(models.Model):
    """One issue of an outlet, known even where it holds no article: coverage's denominator."""

    outlet = models.ForeignKey(Outlet, on_delete=models.PROTECT, related_name="issues")
    published_on = models.DateField(_("published on"))
    name = models.CharField(_("number or name"), max_length=60, blank=True)
    is_double = models.BooleanField(_("double issue"), default=False)
    batch = models.ForeignKey(
        ImportBatch, on_delete=models.PROTECT, null=True, related_name="issues"
    )  # the import that brought it

    class Meta:
        ordering = ["outlet", "published_on"]
        constraints = [
            models.UniqueConstraint("outlet", "published_on", name="one_issue_per_day")
        ]
        indexes = [models.Index(fields=["published_on"], name="issue_by_day")]

    def __str__(self) -> str:
        return f"{self.outlet}, {self.published_on}"


class Article(models.Model):
    """One item of an issue: its place in print. Its words stand in `ArticleText`.

    `outlet` and `published_on` repeat the issue's, so that lists of 100,000 articles can
    be filtered and sorted on one index; only `operations` writes them, from the issue.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="articles")
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="articles")
    outlet = models.ForeignKey(
        Outlet, on_delete=models.PROTECT, related_name="articles"
    )
    published_on = models.DateField()
    external_id = models.CharField(_("external id"), max_length=200, blank=True)
    page = models.PositiveIntegerField(_("page"), null=True, blank=True)
    section = models.CharField(_("section"), max_length=200, blank=True)
    area_cm2 = models.DecimalField(
        _("area in cm²"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    url = models.CharField(_("address"), max_length=2000, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    is_distressing = models.BooleanField(_("distressing"), default=False)
    batch = models.ForeignKey(
        ImportBatch, on_delete=models.PROTECT, null=True, related_name="articles"
    )

    class Meta:
        ordering = ["study", "published_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                "study",
                "external_id",
                condition=~Q(external_id=""),
                name="one_article_per_external_id",
            ),
        ]
        indexes = [
            models.Index(
                fields=["study", "published_on", "id"], name="articles_by_day"
            ),
            models.Index(
                fields=["study", "outlet", "published_on", "id"],
                name="articles_by_outlet",
            ),
        ]

    def __str__(self) -> str:
        return self.external_id or f"article {self.pk}"


class ArticleText(models.Model):
    """The words of an article, NFC-normalised once and then immutable.

    A correction is a new revision; codings and passages name the one they read. `folded`
    is the one search text of both scripts; `fingerprint` is equal for the same words in
    Cyrillic and in Latin, in print and online.
    """

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="texts")
    number = models.PositiveIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    overheadline = models.TextField(blank=True)
    headline = models.TextField(blank=True)
    subheadline = models.TextField(blank=True)
    byline = models.CharField(max_length=500, blank=True)
    body = models.TextField(blank=True)
    script = models.CharField(max_length=5, blank=True)  # Latn, Cyrl, mixed
    folded = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64)  # of the stored text, all five parts
    fingerprint = models.CharField(max_length=64, blank=True)
    batch = models.ForeignKey(
        ImportBatch, on_delete=models.PROTECT, null=True, related_name="texts"
    )

    class Meta:
        ordering = ["article", "number"]
        constraints = [
            models.UniqueConstraint("article", "number", name="one_text_per_number"),
            models.UniqueConstraint(
                "article",
                condition=Q(is_current=True),
                name="one_current_text_per_article",
            ),
        ]
        indexes = [
            models.Index(fields=["sha256"], name="texts_by_words"),
            models.Index(fields=["fingerprint"], name="texts_by_fingerprint"),
        ]

    def __str__(self) -> str:
        return self.headline or self.body[:60]


class ImportRow(models.Model):
    """What the dry run found about one row of a file, with the reason."""

    class Outcome(models.TextChoices):
        NEW = "new", _("new")
        CHANGED = "changed", _("changed")
        IDENTICAL = "identical", _("identical")
        DUPLICATE = "duplicate", _("duplicate")
        INVALID = "invalid", _("invalid")

    batch = models.ForeignKey(
        ImportBatch, on_delete=models.CASCADE, related_name="rows"
    )
    number = models.PositiveIntegerField()  # as the person sees it in the file
    outcome = models.CharField(max_length=9, choices=Outcome.choices)
    reason = models.TextField(blank=True)
    name = models.CharField(max_length=200, blank=True)  # external id or headline
    detail = models.JSONField(default=dict)  # field -> [old, new] of a changed row
    article = models.ForeignKey(
        Article, on_delete=models.SET_NULL, null=True, related_name="import_rows"
    )  # of a changed or identical row

    class Meta:
        ordering = ["batch", "number"]
        constraints = [
            models.UniqueConstraint("batch", "number", name="one_outcome_per_row")
        ]
        indexes = [
            models.Index(fields=["batch", "outcome", "number"], name="rows_by_outcome")
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.outcome}"


class Facsimile(models.Model):
    """The printed page of an article as an image or a page of a PDF."""

    article = models.ForeignKey(
        Article, on_delete=models.PROTECT, related_name="facsimiles"
    )
    file = models.FileField(upload_to="facsimiles/")
    media_type = models.CharField(max_length=60)
    page = models.PositiveIntegerField(default=1)
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["article", "page"]

    def __str__(self) -> str:
        return f"{self.article}, {self.page}"


class Sample(models.Model):
    """Articles drawn from a stored frame by a stated method and seed."""

    class Method(models.TextChoices):
        CENSUS = "census", _("census")
        SIMPLE = "simple", _("simple random")
        SYSTEMATIC = "systematic", _("systematic")
        STRATIFIED = "stratified", _("stratified")
        CONSTRUCTED_WEEK = "constructed_week", _("constructed week")
        GIVEN = "given", _("given list")

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="samples")
    name = models.CharField(_("name"), max_length=200)
    method = models.CharField(_("method"), max_length=16, choices=Method.choices)
    frame = models.JSONField(default=dict)  # the filter over the corpus
    frame_size = models.PositiveIntegerField()
    options = models.JSONField(default=dict)  # unit of drawing, size, strata, step ...
    seed = models.BigIntegerField()
    drawn_at = models.DateTimeField()
    drawn_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["study", "-drawn_at"]
        constraints = [
            models.UniqueConstraint("study", "name", name="one_sample_per_name")
        ]

    def __str__(self) -> str:
        return self.name


class SampleRecord(models.Model):
    """How a sample came about: apart from it, because it is long and seldom read."""

    sample = models.OneToOneField(
        Sample, on_delete=models.PROTECT, primary_key=True, related_name="record"
    )
    # outlet -> day of every known issue -> articles of the frame, 0 included
    frame_counts = models.JSONField()
    strata = models.JSONField()  # what each held, and what was drawn from it
    log = models.JSONField()  # sentences, each with its figures apart

    def __str__(self) -> str:
        return f"record of {self.sample_id}"


class SampledArticle(models.Model):
    """One article of a sample, with the probability that it had of being drawn."""

    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="drawn")
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="drawn")
    position = models.PositiveIntegerField()
    stratum = models.CharField(max_length=700, blank=True)
    probability = models.FloatField()

    class Meta:
        ordering = ["sample", "position"]
        constraints = [
            models.UniqueConstraint(
                "sample", "article", name="an_article_is_drawn_once"
            ),
            models.UniqueConstraint(
                "sample", "position", name="one_article_per_position"
            ),
            models.CheckConstraint(
                name="a_probability_is_above_0_and_at_most_1",
                condition=Q(probability__gt=0, probability__lte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.article_id}"
