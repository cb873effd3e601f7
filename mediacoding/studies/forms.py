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
        label=_("Codebook file (YAML or JSON)"),
        widget=forms.FileInput({"accept": ".yaml,.yml,.json"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > 5_000_000:
            raise forms.ValidationError(
                _("The file is larger than 5 MB; no codebook is.")
            )
        try:
            return file.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            raise forms.ValidationError(
                _("Line %(line)s is not UTF-8. Save the file as UTF-8.")
                % {"line": line}
            ) from error


def initial_roles(member: Membership) -> dict[str, object]:
    return {"roles": sorted(member.roles)}
