from django.db import models

from codebook.models import CodebookVersion
from mediacoding.coding.models import Round
from mediacoding.studies.models import User


class AgreementReport(models.Model):
    """The agreement of a round as last computed, kept until a submission changes it.

    A memory, not a record: `fingerprint` tells whether the inputs are still the same.
    """

    round = models.OneToOneField(
        Round, on_delete=models.CASCADE, related_name="agreement_report"
    )
    fingerprint = models.CharField(max_length=64)
    result = models.JSONField()
    computed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.round}, {self.computed_at:%Y-%m-%d %H:%M}"


class AgreementRecord(models.Model):
    """A frozen agreement report, with all that is needed to defend a published number."""

    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="agreement_records"
    )
    version = models.ForeignKey(
        CodebookVersion, on_delete=models.PROTECT, related_name="+"
    )
    version_digest = models.CharField(max_length=64)
    inputs_digest = models.CharField(max_length=64)
    filters = models.JSONField(default=dict)
    seed = models.BigIntegerField()
    software_version = models.CharField(max_length=40)
    result = models.JSONField()
    note = models.TextField(blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["round", "-made_at"]

    def __str__(self) -> str:
        return f"{self.round}, {self.made_at:%Y-%m-%d}"
