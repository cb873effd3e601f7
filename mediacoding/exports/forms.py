"""The filters of an export as a form: on the page, in the address and by command."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from codebook.queries import document_of
from mediacoding.coding.models import CarryForward, Round
from mediacoding.corpus.models import Outlet
from mediacoding.corpus.queries.articles import outlets
from mediacoding.exports.catalogue import Export
from mediacoding.exports.queries.ratings import rated_of
from mediacoding.exports.request import Filters, visible_rounds
from mediacoding.studies.models import Study, User

SUBMISSIONS = [
    ("", _("as the export is made for")),
    ("all", _("all, also earlier ones")),
    ("first", _("the first, independent ones")),
    ("newest", _("the newest of each coding")),
]
WORDS = [
    ("none", _("without the texts")),
    ("quote", _("a quotation of each")),
    ("full", _("with the texts")),
]
MISSING = [("codes", _("missing codes as they are")), ("blank", _("blank"))]
SENSITIVE = [("with", _("with sensitive variables")), ("without", _("without them"))]
CHOOSE = ("", _("choose"))
#: Old ways of asking that addresses may still hold.
OLD_WORDS = {"1": "full", "0": "none", "": "none"}


class OneOf(forms.Select):
    """A list to choose one from, for a field that elsewhere takes several."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        given = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return [value for value in given if value]


class FilterForm(forms.Form):
    """What of an export is wanted. Holds only the fields that the export minds."""

    round = forms.ModelMultipleChoiceField(
        label=_("Rounds"),
        queryset=Round.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    version = forms.ChoiceField(label=_("Codebook version"), required=False)
    coder = forms.MultipleChoiceField(
        label=_("Coders"), required=False, widget=forms.CheckboxSelectMultiple
    )
    outlet = forms.ModelMultipleChoiceField(
        label=_("Outlets"),
        queryset=Outlet.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    first = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput({"type": "date"})
    )
    last = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput({"type": "date"})
    )
    variable = forms.MultipleChoiceField(
        label=_("Variables"), required=False, widget=forms.CheckboxSelectMultiple
    )
    submissions = forms.ChoiceField(
        label=_("Submissions"), choices=SUBMISSIONS, required=False
    )
    text = forms.ChoiceField(label=_("Texts"), choices=WORDS, required=False)
    missing = forms.ChoiceField(
        label=_("Missing values"), choices=MISSING, required=False
    )
    sensitive = forms.ChoiceField(
        label=_("Sensitive variables"), choices=SENSITIVE, required=False
    )
    smallest = forms.IntegerField(
        label=_("Leave out cells of fewer articles than"),
        required=False,
        min_value=0,
        max_value=1000,
    )

    def __init__(
        self, data: QueryDict, *, export: Export, study: Study, person: User
    ) -> None:
        given = data.copy() if data else QueryDict(mutable=True)
        if "text" in given:
            words = str(given["text"])
            given["text"] = OLD_WORDS.get(words, words)
        super().__init__(given)
        for name in [name for name in self.fields if name not in export.filters]:
            del self.fields[name]
        for name in export.needs:
            self.fields[name].widget = OneOf()
        rounds = visible_rounds(study=study, person=person)
        if "round" in self.fields:
            self.fields["round"].queryset = rounds  # type: ignore[attr-defined]
            if "round" in export.needs:
                self._offer("round", [CHOOSE, *((r.pk, r.name) for r in rounds)])
                if len(rounds) == 1 and "round" not in given:
                    given["round"] = str(rounds[0].pk)
        if "outlet" in self.fields:
            self.fields["outlet"].queryset = outlets(study)  # type: ignore[attr-defined]
        if {"version", "variable"} & set(self.fields):
            self._offer_codebook(study, list(rounds), export)
        if "coder" in self.fields:
            coders = study.memberships.filter(rounds__round__in=rounds)
            names = coders.values_list("pseudonym", flat=True).distinct()
            self._offer("coder", [(name, name) for name in names.order_by("pseudonym")])

    def _offer_codebook(
        self, study: Study, rounds: list[Round], export: Export
    ) -> None:
        versions = {round.version_id: round.version for round in rounds}
        carried = CarryForward.objects.filter(round__in=rounds, undone_at=None)
        for carrying in carried.select_related("from_version"):
            versions[carrying.from_version_id] = carrying.from_version
        if not versions and study.codebook is not None:
            own = study.codebook.versions.filter(status="published")
            versions = {version.pk: version for version in own}
        found = sorted(versions.values(), key=lambda version: -version.ordinal)
        if "version" in self.fields:
            numbers = [(version.number, version.number) for version in found]
            self._offer("version", [("", _("the newest in use")), *numbers])
        if "variable" in self.fields:
            names: dict[str, None] = {}
            for version in found:
                for spec in document_of(version).variables:
                    if export.needs:
                        rated = [one for one in rated_of(spec) if one.level != "sets"]
                        names |= dict.fromkeys(one.name for one in rated)
                    elif export.slug == "reliability":
                        names |= dict.fromkeys(one.name for one in rated_of(spec))
                    else:
                        names[spec.name] = None
            found_names = [(name, name) for name in names]
            self._offer("variable", [*([CHOOSE] if export.needs else []), *found_names])

    def _offer(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def filters(self) -> Filters:
        """The filters of a form that is valid."""
        given = self.cleaned_data
        return Filters(
            rounds=tuple(round.pk for round in given.get("round") or ()),
            version=given.get("version") or "",
            outlets=tuple(outlet.pk for outlet in given.get("outlet") or ()),
            first=given.get("first"),
            last=given.get("last"),
            coders=tuple(given.get("coder") or ()),
            variables=tuple(given.get("variable") or ()),
            submissions=given.get("submissions") or "",
            words=given.get("text") or "none",
            missing=given.get("missing") or "codes",
            sensitive=given.get("sensitive") or "with",
            smallest=given.get("smallest") or 0,
        )

    def chosen(self) -> dict[str, list[str]]:
        """What was chosen, as it stands in an address; nothing that is blank."""
        found: dict[str, list[str]] = {}
        for name in self.fields:
            value = self[name].value()
            values = value if isinstance(value, list | tuple) else [value]
            if kept := [str(one) for one in values if one not in (None, "")]:
                found[name] = kept
        return found

    def refusals(self) -> list[str]:
        """Every error as a sentence that names its field."""
        return [
            f"{self.fields[name].label if name in self.fields else name}: {error}"
            for name, errors in self.errors.items()
            for error in errors
        ]
