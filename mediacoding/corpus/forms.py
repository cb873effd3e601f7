from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mediacoding.corpus import tabular
from mediacoding.corpus.designs.plan import FIELDS_OF, Design
from mediacoding.corpus.models import ImportBatch, Outlet, Sample
from mediacoding.corpus.queries.articles import outlets
from mediacoding.corpus.queries.samples import sections
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


METHODS = [
    (Sample.Method.CENSUS, _("census: all articles of the frame")),
    (Sample.Method.SIMPLE, _("simple random: all have the same chance")),
    (
        Sample.Method.SYSTEMATIC,
        _("systematic: every k-th in order of outlet and date, from a random start"),
    ),
    (
        Sample.Method.STRATIFIED,
        _("stratified: at random from each outlet, month, section ..."),
    ),
    (
        Sample.Method.CONSTRUCTED_WEEK,
        _("constructed weeks: whole issues, one of each weekday, outlet by outlet"),
    ),
]
UNITS = [
    ("article", _("single articles")),
    ("issue", _("whole issues, with all their articles of the frame")),
    ("day", _("whole days, with all outlets")),
]
STRATIFY_BY = [
    ("outlet", pgettext_lazy("strata by", "outlet")),
    ("outlet_kind", pgettext_lazy("strata by", "kind of outlet")),
    ("year", pgettext_lazy("strata by", "year")),
    ("half", pgettext_lazy("strata by", "half-year")),
    ("quarter", pgettext_lazy("strata by", "quarter")),
    ("month", pgettext_lazy("strata by", "month")),
    ("weekday", pgettext_lazy("strata by", "weekday")),
    ("section", pgettext_lazy("strata by", "section")),
    ("page", pgettext_lazy("strata by", "page")),
    ("language", pgettext_lazy("strata by", "language")),
    ("is_distressing", pgettext_lazy("strata by", "distressing or not")),
]
ALLOCATIONS = [
    ("proportional", _("proportional to the strata")),
    ("equal", _("the same number from each")),
    ("given", _("numbers that I give")),
]
PERIODS = [
    ("all", _("the whole frame")),
    ("year", _("each year")),
    ("half", _("each half-year")),
    ("quarter", _("each quarter")),
    ("month", _("each month")),
]
ABSENT = [
    ("missing", _("missing from the corpus, or not published: draw another")),
    (
        "empty",
        _("an issue without a hit: the corpus holds only what was searched for"),
    ),
]
#: What holds where nothing else is chosen.
USUAL = {
    "unit": "article",
    "weeks": "2",
    "allocation": "proportional",
    "period": "all",
    "absent": "missing",
}


class Unasked(forms.NumberInput):
    """A number that browsers let pass empty, because it may stand hidden."""

    def use_required_attribute(self, initial: Any) -> bool:
        return False


class SampleForm(forms.Form):
    """The frame of a sample and how it is drawn."""

    name = forms.CharField(label=_("Name of the sample"), max_length=200)
    words = forms.CharField(
        label=_("Words"), required=False, widget=forms.TextInput({"type": "search"})
    )
    outlets = forms.ModelMultipleChoiceField(
        label=_("Outlets"),
        queryset=Outlet.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("All of them if none is chosen."),
    )
    first = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput({"type": "date"})
    )
    last = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput({"type": "date"})
    )
    section = forms.ChoiceField(label=_("Section"), required=False)
    method = forms.ChoiceField(
        label=_("Method"),
        choices=METHODS,
        initial=Sample.Method.CENSUS,
        widget=forms.RadioSelect,
    )
    unit = forms.ChoiceField(label=_("What is drawn"), choices=UNITS, initial="article")
    stratify_by = forms.MultipleChoiceField(
        label=_("Strata by"),
        choices=STRATIFY_BY,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    allocation = forms.ChoiceField(
        label=_("Shared out over the strata"),
        choices=ALLOCATIONS,
        initial="proportional",
    )
    step = forms.IntegerField(
        label=_("Step: every how-manyth"), min_value=1, required=False
    )
    size = forms.IntegerField(
        label=_("Size: how many are drawn"), min_value=1, required=False
    )
    weeks = forms.IntegerField(
        label=_("Weeks"),
        min_value=1,
        initial=2,
        widget=Unasked,
        help_text=_(
            "For a daily, one stands for half a year and two for a year (Riffe, Aust & Lacy "
            "1993), nine for five years (Lacy et al. 2001); a rare topic needs more."
        ),
    )
    period = forms.ChoiceField(
        label=_("So many weeks for each outlet and"), choices=PERIODS, initial="all"
    )
    absent = forms.ChoiceField(
        label=_("A date without an issue is"), choices=ABSENT, initial="missing"
    )
    seed = forms.IntegerField(
        label=_("Seed"),
        initial=1,
        min_value=0,
        max_value=2**53,
        help_text=_("The same seed draws the same articles again."),
    )

    def __init__(
        self, data: QueryDict | None, *, study: Study, is_drawn: bool = True, **kwargs
    ) -> None:
        super().__init__(_whole(data), **kwargs)
        self.fields["outlets"].queryset = outlets(study)  # type: ignore[attr-defined]
        named = [("", _("all")), *((name, name) for name in sections(study))]
        self.fields["section"].choices = named  # type: ignore[attr-defined]
        # The effect is looked at before the sample has a name.
        self.fields["name"].required = is_drawn

    @property
    def frame_fields(self) -> list[forms.BoundField]:
        return [self[n] for n in ("words", "first", "last", "section", "outlets")]

    @property
    def method_fields(self) -> list[tuple[forms.BoundField, str]]:
        """The fields that only some methods read, each with the classes that show it."""
        names = dict.fromkeys(name for own in FIELDS_OF.values() for name in own)
        names.pop("shares")  # asked for once the strata are known
        return [
            (
                self[name],
                " ".join(f"of-{m}" for m, own in FIELDS_OF.items() if name in own),
            )
            for name in (*[n for n in names if n != "size"], "size")
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        first, last = given.get("first"), given.get("last")
        if first and last and first > last:
            self.add_error(
                "last", _("The frame ends before it begins: check its days.")
            )
        return given

    def frame(self) -> dict[str, object]:
        """The filter as corpus queries take it."""
        given = self.cleaned_data
        return {
            "words": given["words"],
            "outlets": [outlet.pk for outlet in given["outlets"]],
            "first": given["first"],
            "last": given["last"],
            "section": given["section"],
        }

    def design(self, shares: Mapping[str, int]) -> Design:
        """How the sample is to be drawn; `shares` are the numbers given to the strata."""
        given = self.cleaned_data
        own = {
            name: given[name]
            for name in FIELDS_OF[given["method"]]
            if name != "shares" and given[name] not in (None, "", [])
        }
        if "stratify_by" in own:
            own["stratify_by"] = tuple(own["stratify_by"])
        if own.get("allocation") == "given":
            own.pop("size", None)
            own["shares"] = dict(shares)
        return Design(method=str(given["method"]), **own)


def _whole(data: QueryDict | None) -> QueryDict | None:
    """What was sent, with what holds where nothing was chosen."""
    if data is None:
        return None
    whole = data.copy()
    for name, value in USUAL.items():
        whole[name] = whole.get(name) or value
    return whole


def chosen(options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """How a sample was drawn, in the words of the form: labels and choices."""
    for name, field in SampleForm.base_fields.items():
        if name not in options:
            continue
        words = dict(getattr(field, "choices", ()))
        value = options[name]
        values = value if isinstance(value, list) else [value]
        yield str(field.label), ", ".join(str(words.get(v, v)) for v in values)
