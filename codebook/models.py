from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Codebook(models.Model):
    """An instrument with its history: one draft at most, any number of published versions.

    Several studies may use one codebook (a replication, another country, another year).
    """

    key = models.SlugField(_("key"), max_length=120)
    title = models.CharField(_("title"), max_length=300)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return self.title


class CodebookVersion(models.Model):
    """One numbered state of a codebook.

    A draft may change; a published version never does. Coders work with published
    versions only, so every coding can be read against the exact wording it answered.
    `document` is the whole codebook document as canonical JSON text; a text, not a JSON
    column, because PostgreSQL would reorder its keys.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")

    codebook = models.ForeignKey(
        Codebook, on_delete=models.PROTECT, related_name="versions"
    )
    ordinal = models.PositiveIntegerField()
    number = models.CharField(_("number"), max_length=20)
    status = models.CharField(
        max_length=9, choices=Status.choices, default=Status.DRAFT
    )
    document = models.TextField()
    revision = models.PositiveIntegerField(default=1)  # counts the saves of a draft
    digest = models.CharField(max_length=64, blank=True)  # SHA-256, once published
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["codebook", "ordinal"]
        permissions = [("publish_version", "Can publish a codebook version")]
        constraints = [
            models.UniqueConstraint(
                "codebook", "ordinal", name="one_version_per_ordinal"
            ),
            models.UniqueConstraint(
                "codebook", "number", name="one_version_per_number"
            ),
            models.UniqueConstraint(
                "codebook", condition=Q(status="draft"), name="one_draft_per_codebook"
            ),
            models.CheckConstraint(
                name="published_means_stamped",
                condition=Q(
                    status="draft",
                    published_at__isnull=True,
                    published_by__isnull=True,
                    digest="",
                )
                | (
                    Q(
                        status="published",
                        published_at__isnull=False,
                        published_by__isnull=False,
                    )
                    & ~Q(digest="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.codebook} {self.number}"

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT


class DraftRevision(models.Model):
    """One state of a draft: what a save left, and who made it.

    Rows are added while the draft lives, so that any step can be taken back, and go with
    it when it is published or discarded; the codebook's events tell of them afterwards.
    """

    version = models.ForeignKey(
        CodebookVersion, on_delete=models.CASCADE, related_name="revisions"
    )
    revision = models.PositiveIntegerField()
    document = models.TextField()
    act = models.CharField(max_length=40)
    about = models.CharField(max_length=120, blank=True)  # the name of what was changed
    restores = models.PositiveIntegerField(null=True)  # the revision brought back
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["version", "revision"]
        constraints = [
            models.UniqueConstraint(
                "version", "revision", name="one_draft_revision_per_number"
            ),
            models.CheckConstraint(
                name="draft_revisions_count_from_one", condition=Q(revision__gte=1)
            ),
            models.CheckConstraint(
                name="what_is_brought_back_is_earlier",
                condition=Q(restores__isnull=True) | Q(restores__lt=F("revision")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version}, revision {self.revision}"


class Variable(models.Model):
    """One variable of a published version: what answers hang on.

    A projection of the version's document, written when it is published, so that the
    database can join, filter and forbid; wording is read from the document. The identity
    of a variable across versions is its `stable_id`, never its name.
    """

    version = models.ForeignKey(
        CodebookVersion, on_delete=models.PROTECT, related_name="variables"
    )
    position = models.PositiveIntegerField()
    stable_id = models.CharField(max_length=60)
    name = models.CharField(max_length=64)
    unit_kind = models.CharField(max_length=60, default="article")
    kind = models.CharField(max_length=10)  # codebook.levels.Kind
    level = models.CharField(max_length=10)  # codebook.levels.Level
    is_required = models.BooleanField()

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(
                "version", "position", name="one_variable_per_position"
            ),
            models.UniqueConstraint("version", "name", name="one_variable_per_name"),
            models.UniqueConstraint(
                "version", "stable_id", name="one_variable_per_stable_id"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Category(models.Model):
    """One category of a variable of a published version."""

    variable = models.ForeignKey(
        Variable, on_delete=models.PROTECT, related_name="categories"
    )
    position = models.PositiveIntegerField()
    stable_id = models.CharField(max_length=80)
    code = models.IntegerField()
    kind = models.CharField(max_length=11)  # codebook.levels.CategoryKind
    is_retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["variable", "position"]
        verbose_name_plural = "categories"
        constraints = [
            models.UniqueConstraint("variable", "code", name="one_category_per_code"),
        ]

    def __str__(self) -> str:
        return f"{self.variable}={self.code}"


class CodebookEvent(models.Model):
    """One act on a codebook: who, when, what. Rows are added, never changed."""

    codebook = models.ForeignKey(
        Codebook, on_delete=models.PROTECT, related_name="events"
    )
    ordinal = models.PositiveIntegerField(null=True)  # of the version; a draft may go
    act = models.CharField(max_length=40)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["codebook", "at", "pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.act}"
