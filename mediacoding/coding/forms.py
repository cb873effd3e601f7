from django import forms
from django.utils.translation import gettext_lazy as _

from codebook.models import CodebookVersion
from mediacoding.coding.models import Round
from mediacoding.corpus.models import Sample
from mediacoding.corpus.queries.articles import samples
from mediacoding.studies.models import Membership, Study
from mediacoding.studies.queries import memberships_of


class RoundForm(forms.Form):
    """The plan of a round."""

    name = forms.CharField(label=_("Name of the round"), max_length=200)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=Round.Kind.choices, initial="reliability"
    )
    version = forms.ModelChoiceField(
        label=_("Codebook version"), queryset=CodebookVersion.objects.none()
    )
    sample = forms.ModelChoiceField(label=_("Sample"), queryset=Sample.objects.none())
    coders = forms.ModelMultipleChoiceField(
        label=_("Coders"),
        queryset=Membership.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    overlap = forms.IntegerField(
        label=_("Coders per article"),
        min_value=1,
        initial=2,
        help_text=_(
            "In a reliability round usually all of them; in a main round often one."
        ),
    )
    is_blind = forms.BooleanField(
        label=_("Blind: coders see nothing of each other's work"),
        initial=True,
        required=False,
    )
    seed = forms.IntegerField(
        label=_("Seed"), initial=1, help_text=_("Decides the random order of articles.")
    )

    def __init__(self, *args, study: Study, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        versions = CodebookVersion.objects.filter(
            codebook=study.codebook_id, status=CodebookVersion.Status.PUBLISHED
        )
        self.fields["version"].queryset = versions.select_related("codebook").order_by(
            "-ordinal"
        )  # type: ignore[attr-defined]
        self.fields["sample"].queryset = samples(study)  # type: ignore[attr-defined]
        coders = memberships_of(study).filter(is_coder=True)
        self.fields["coders"].queryset = coders  # type: ignore[attr-defined]


class ReopenForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500)
