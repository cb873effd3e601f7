from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from codebook.models import Codebook


class User(AbstractUser):
    """A person (or a machine coder) who signs in; what they may do, a study decides."""

    language = models.CharField(_("language"), max_length=10, blank=True)
    is_machine = models.BooleanField(_("machine coder"), default=False)

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class Study(models.Model):
    """One content analysis: its people, its corpus, its codebook, its rounds."""

    class FinalRule(models.TextChoices):
        """How a final value comes about where no one adjudicated."""

        MAJORITY = "majority", _("the value of more than half of the coders")
        UNANIMOUS = "unanimous", _("only where all coders agree")

    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200)
    about = models.TextField(_("about"), blank=True)
    codebook = models.ForeignKey(
        Codebook, on_delete=models.PROTECT, null=True, related_name="studies"
    )
    is_invented = models.BooleanField(
        default=False
    )  # demonstrations say so on every page
    final_rule = models.CharField(
        max_length=10, choices=FinalRule.choices, default=FinalRule.MAJORITY
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "studies"

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person in a study, with the roles held there and a stable pseudonym."""

    ROLES: ClassVar = ("supervisor", "coder", "analyst")

    study = models.ForeignKey(
        Study, on_delete=models.PROTECT, related_name="memberships"
    )
    person = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="memberships"
    )
    pseudonym = models.CharField(_("pseudonym"), max_length=40)
    is_supervisor = models.BooleanField(_("supervisor"), default=False)
    is_coder = models.BooleanField(_("coder"), default=False)
    is_analyst = models.BooleanField(_("analyst"), default=False)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["study", "pseudonym"]
        constraints = [
            models.UniqueConstraint(
                "study", "person", name="one_membership_per_person"
            ),
            models.UniqueConstraint(
                "study", "pseudonym", name="one_member_per_pseudonym"
            ),
            models.CheckConstraint(
                name="a_member_has_a_role",
                condition=Q(is_supervisor=True) | Q(is_coder=True) | Q(is_analyst=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pseudonym} ({self.person})"

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(role for role in self.ROLES if getattr(self, f"is_{role}"))


class JournalEntry(models.Model):
    """One act in a study: who, when, what, why. Rows are added, never changed."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="journal")
    act = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=40, blank=True)
    object_id = models.BigIntegerField(null=True)
    reason = models.TextField(blank=True)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "journal entries"
        indexes = [models.Index(fields=["study", "-at"], name="journal_by_time")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.act}"


class AccessToken(models.Model):
    """Lets a program read a study's exports as a person, until it expires or is revoked.

    Only a digest of the secret is kept. What the person may no longer do, the token may
    no longer do either; without `with_text` it never reads a word of an article.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="tokens")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(_("what it is for"), max_length=100)
    digest = models.CharField(max_length=64)  # SHA-256 of the secret
    with_text = models.BooleanField(_("reads the articles' texts"), default=False)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["study", "person", "-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint("digest", name="one_token_per_secret"),
            models.CheckConstraint(
                name="a_token_expires_after_it_was_made",
                condition=Q(expires_at__gt=F("made_at")),
            ),
            models.CheckConstraint(
                name="revoked_means_by_someone",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name
