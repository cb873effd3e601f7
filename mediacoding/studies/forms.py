from django import forms
from django.utils.translation import gettext_lazy as _

from mediacoding.studies.models import Membership

ROLES = [
    ("supervisor", _("supervisor")),
    ("coder", _("coder")),
    ("analyst", _("analyst")),
]


class StudyForm(forms.Form):
    name = forms.CharField(label=_("Name of the study"), max_length=200)
    about = forms.CharField(
        label=_("What it is about"), required=False, widget=forms.Textarea({"rows": 3})
    )


class RolesForm(forms.Form):
    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=ROLES, widget=forms.CheckboxSelectMultiple
    )


class PersonForm(RolesForm):
    """A new account, or one that is known by its name, as a member of the study."""

    username = forms.SlugField(
        label=_("Name to sign in with"),
        max_length=60,
        help_text=_(
            "Letters and digits. Someone who has an account already keeps the password."
        ),
    )
    name = forms.CharField(label=_("Full name"), max_length=150, required=False)
    pseudonym = forms.CharField(
        label=_("Pseudonym in this study"),
        max_length=40,
        required=False,
        help_text=_("What exports and blind pages show. Left empty, one is made."),
    )
    field_order = ["username", "name", "roles", "pseudonym"]


class CodebookFileForm(forms.Form):
    file = forms.FileField(
        label=_("Codebook file (YAML, JSON, XLSX or .qdc)"),
        widget=forms.FileInput({"accept": ".yaml,.yml,.json,.xlsx,.qdc"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > 5_000_000:
            raise forms.ValidationError(
                _("The file is larger than 5 MB; no codebook is.")
            )
        return file


def initial_roles(member: Membership) -> dict[str, object]:
    return {"roles": sorted(member.roles)}


class TokenForm(forms.Form):
    """A personal token: what it is for, how long it lives, what it may read."""

    name = forms.CharField(
        label=_("What it is for"),
        max_length=100,
        help_text=_("So that you know it again: “Report in R, office laptop”."),
    )
    days = forms.TypedChoiceField(
        label=_("How long it lives"),
        coerce=int,
        initial=90,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("a year"))],
    )
    with_text = forms.BooleanField(
        label=_("It may read the articles' headlines, texts and passages"),
        required=False,
    )
