from django import forms
from django.utils.translation import gettext_lazy as _

from mediacoding.corpus import tabular
from mediacoding.corpus.models import ImportBatch, Outlet, Sample
from mediacoding.corpus.queries.articles import outlets
from mediacoding.corpus.resources import COLUMNS
from mediacoding.studies.models import Study

COLUMN_WORDS = {
    "external_id": _("Id of the article"),
    "outlet": _("Outlet"),
    "published_on": _("Date"),
    "overheadline": _("Overheadline"),
    "headline": _("Headline"),
    "subheadline": _("Subheadline"),
    "byline": _("Author"),
    "body": _("Text"),
    "page": _("Page"),
    "section": _("Section"),
    "area_cm2": _("Area in cm²"),
    "url": _("Address"),
    "language": _("Language"),
}


class FrameForm(forms.Form):
    """A filter over the corpus; it stays in the address."""

    words = forms.CharField(
        label=_("Words"), required=False, widget=forms.TextInput({"type": "search"})
    )
    outlet = forms.ModelChoiceField(
        label=_("Outlet"),
        queryset=Outlet.objects.none(),
        required=False,
        empty_label=_("all"),
    )
    first = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput({"type": "date"})
    )
    last = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput({"type": "date"})
    )

    def __init__(self, *args, study: Study, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outlet"].queryset = outlets(study)  # type: ignore[attr-defined]

    def frame(self) -> dict[str, object]:
        """The filter as corpus queries take it; empty where the form is not valid."""
        given = self.cleaned_data if self.is_valid() else {}
        outlet = given.get("outlet")
        return {
            "words": given.get("words") or "",
            "outlets": [outlet.pk] if outlet else [],
            "first": given.get("first"),
            "last": given.get("last"),
        }


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File with articles (CSV or XLSX)"),
        widget=forms.FileInput({"accept": ".csv,.tsv,.txt,.xlsx"}),
    )


class ReadingForm(forms.Form):
    """How the file is read, where the detection was wrong."""

    encoding = forms.ChoiceField(
        label=_("Encoding"), choices=[(name, name) for name in tabular.ENCODINGS]
    )
    delimiter = forms.ChoiceField(
        label=_("Delimiter"),
        choices=[(",", ","), (";", ";"), ("\t", _("tab")), ("|", "|")],
    )
    header_row = forms.IntegerField(label=_("Header in row"), min_value=1)


class MappingForm(forms.Form):
    """Which column holds what."""

    def __init__(
        self, *args, batch: ImportBatch, headers: tuple[str, ...], **kwargs
    ) -> None:
        known = batch.mapping.get("columns", {})
        initial = {f"column_{name}": known.get(name, "") for name in COLUMNS}
        initial["fixed_outlet"] = batch.mapping.get("fixed", {}).get("outlet", "")
        initial["date_order"] = batch.mapping.get("date_order", "day")
        super().__init__(*args, **{**kwargs, "initial": initial})
        choices = [("", "—"), *((header, header) for header in headers)]
        for name in COLUMNS:
            self.fields[f"column_{name}"] = forms.ChoiceField(
                label=COLUMN_WORDS[name], choices=choices, required=False
            )
        self.fields["fixed_outlet"] = forms.CharField(
            label=_("or one outlet for all rows"), max_length=200, required=False
        )
        self.fields["date_order"] = forms.ChoiceField(
            label=_("In dates like 2/3/2006"),
            choices=[
                ("day", _("the day comes first")),
                ("month", _("the month comes first")),
            ],
        )

    def mapping(self) -> dict[str, object]:
        given = self.cleaned_data
        columns = {n: given[f"column_{n}"] for n in COLUMNS if given[f"column_{n}"]}
        fixed = {"outlet": given["fixed_outlet"]} if given["fixed_outlet"] else {}
        if fixed:
            columns.pop("outlet", None)
        return {"columns": columns, "fixed": fixed, "date_order": given["date_order"]}


class OutletForm(forms.ModelForm):
    class Meta:
        model = Outlet
        fields = [
            "kind",
            "frequency",
            "script",
            "language",
            "column_width_cm",
            "print_area_cm2",
        ]


class SampleForm(FrameForm):
    name = forms.CharField(label=_("Name of the sample"), max_length=200)
    method = forms.ChoiceField(
        label=_("Method"),
        choices=[
            (Sample.Method.CENSUS, _("census: all articles of the frame")),
            (Sample.Method.SIMPLE, _("simple random sample")),
        ],
    )
    size = forms.IntegerField(
        label=_("Size of a random sample"), min_value=1, required=False
    )
    seed = forms.IntegerField(
        label=_("Seed"),
        initial=1,
        help_text=_("The same seed draws the same articles again."),
    )
    field_order = ["name", "words", "outlet", "first", "last", "method", "size", "seed"]
