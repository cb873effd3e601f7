import re
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from codebook.levels import Kind
from codebook.queries import document_of
from mediacoding.coding.models import Round
from mediacoding.reliability.planner.answers import Basis, pilot_of, rarest
from mediacoding.stats import planning
from mediacoding.stats.result import NotComputable
from mediacoding.studies.reasons import said

MOST_CODERS, MOST_CATEGORIES = 5, 10


class PlannerForm(forms.Form):
    """What is known of a round to come; it stays in the address."""

    round = forms.ModelChoiceField(
        label=_("Pilot round"),
        queryset=Round.objects.none(),
        required=False,
        empty_label=_("none: I assume an agreement"),
    )
    variable = forms.ChoiceField(label=_("Variable"), required=False)
    alpha = forms.FloatField(
        label=_("Expected alpha"), min_value=0, max_value=0.99, required=False
    )
    shares = forms.CharField(
        label=_("Shares of the categories in percent"),
        required=False,
        help_text=_("Such as 60 30 10: one number a category."),
    )
    coders = forms.IntegerField(
        label=_("Coders"), min_value=2, max_value=MOST_CODERS, required=False
    )
    minimum = forms.FloatField(
        label=_("Minimum of alpha"), min_value=0, max_value=0.99, required=False
    )
    half_width = forms.FloatField(
        label=_("Interval of alpha: this far to each side"),
        min_value=0.01,
        max_value=0.5,
        required=False,
    )
    units = forms.IntegerField(
        label=_("Units that you can afford"),
        min_value=2,
        max_value=100_000,
        required=False,
    )
    population = forms.IntegerField(
        label=_("Units of the whole study"), min_value=2, required=False
    )
    percent = forms.FloatField(
        label=_("Expected percent agreement"),
        min_value=1,
        max_value=99.9,
        required=False,
    )
    lowest = forms.FloatField(
        label=_("Lowest percent agreement that is acceptable"),
        min_value=0,
        max_value=99,
        required=False,
    )
    #: What holds where nothing is given.
    USUAL = {"coders": 2, "minimum": 0.8, "half_width": 0.1}

    def __init__(self, data, *, rounds: QuerySet[Round]) -> None:
        super().__init__({**self.USUAL, **{k: v for k, v in data.items() if v}})
        self.fields["round"].queryset = rounds  # type: ignore[attr-defined]
        wanted = data.get("round", "")
        pilot = rounds.filter(pk=wanted).first() if wanted.isdecimal() else None
        self.fields["variable"].choices = _variables(pilot)  # type: ignore[attr-defined]

    @property
    def pilot_fields(self) -> list[forms.BoundField]:
        return [self[n] for n in ("round", "variable", "alpha", "shares", "coders")]

    @property
    def aim_fields(self) -> list[forms.BoundField]:
        names = "minimum", "half_width", "units", "population", "percent", "lowest"
        return [self[name] for name in names]

    def clean_shares(self) -> list[float]:
        text = self.cleaned_data["shares"].replace("%", " ").replace(";", " ")
        words = re.split(r"\s+|,\s+", text.strip()) if text.strip() else []
        try:
            shares = [float(word.replace(",", ".")) for word in words]
        except ValueError:
            raise forms.ValidationError(_("Give numbers, such as 60 30 10.")) from None
        if shares and (
            not 2 <= len(shares) <= MOST_CATEGORIES
            or min(shares) <= 0
            or abs(sum(shares) - 100) > 0.5
        ):
            raise forms.ValidationError(
                _("Give two to ten numbers above 0 that make 100 together.")
            )
        return [share / sum(shares) for share in shares]

    def clean_percent(self) -> float | None:
        given = self.cleaned_data["percent"]
        return given / 100 if given else None

    def clean_lowest(self) -> float | None:
        given = self.cleaned_data["lowest"]
        return given / 100 if given else None

    def basis(self) -> Basis | None:
        """The pilot that was chosen, or the agreement that is assumed; None without either.

        What a pilot can't tell becomes the form's error.
        """
        given: dict[str, Any] = self.cleaned_data
        if given["round"] and given["variable"]:
            try:
                return pilot_of(given["round"], given["variable"])
            except NotComputable as refusal:
                self.add_error("variable", said(str(refusal)))
                return None
        if given["alpha"] is None or not given["shares"]:
            return None
        expected = planning.assumed(
            alpha=given["alpha"], shares=given["shares"], coders=given["coders"]
        )
        return Basis(
            expected,
            "nominal",
            alpha=given["alpha"],
            smallest_share=rarest(given["shares"]),
        )


def _variables(pilot: Round | None) -> list[tuple[str, str]]:
    """The variables of a round that agreement is computed for, with a choice of none."""
    if pilot is None:
        return [("", "—")]
    language = get_language() or "en"
    return [
        ("", "—"),
        *(
            (variable.name, variable.label.in_(language))
            for variable in document_of(pilot.version).variables
            if variable.reliability.check and variable.kind is not Kind.TEXT
        ),
    ]
