"""The choices of the calculator, proposed from the file and taken from the request."""

import hashlib
from collections.abc import Mapping, Sequence

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mediacoding.calculator import reading, words
from mediacoding.calculator.calculation import (
    MOST_REPLICATES,
    REPLICATES,
    Settings,
    levels_offered,
)
from mediacoding.calculator.proposal import (
    Plan,
    Rated,
    propose,
    propose_level,
    propose_missing,
)
from mediacoding.calculator.ratings import Ratings
from mediacoding.calculator.table import Column, Table, number_of
from mediacoding.stats import offer

SHOWN = 6  # values of a column that are shown
Posted = Mapping[str, object]


class FileForm(forms.Form):
    """The file, and whether its first row holds names."""

    file = forms.FileField(
        label=gettext_lazy("File with codings: CSV, XLSX or SPSS (.sav)"),
        widget=forms.FileInput({"accept": ".csv,.tsv,.txt,.xlsx,.sav,.zsav"}),
        help_text=gettext_lazy(
            "At most 50 MB. The file is read, and forgotten with the answer: nothing of it is "
            "kept on the server."
        ),
    )
    names = forms.ChoiceField(
        label=gettext_lazy("First row"),
        required=False,
        choices=[
            ("", gettext_lazy("as the file looks")),
            ("names", gettext_lazy("names of the columns")),
            ("ratings", gettext_lazy("ratings already")),
        ],
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > reading.MOST_BYTES:
            raise forms.ValidationError(words.said(reading.too_large().sentences[0]))
        return file

    @property
    def has_names(self) -> bool | None:
        """What was chosen; None leaves it to the file."""
        chosen = self.cleaned_data.get("names", "")
        return {"names": True, "ratings": False}.get(chosen)


def mark_of(table: Table, layout: str) -> str:
    """What the choices on a page belong to: other columns or another layout make new ones."""
    text = "\x1f".join([layout, *table.headers])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class ColumnsForm(forms.Form):
    """Where units, coders and ratings stand."""

    layout = forms.ChoiceField(
        label=gettext_lazy("Layout"),
        choices=[
            ("wide", gettext_lazy("a row a unit, a column a coder")),
            ("long", gettext_lazy("a row a unit and coder")),
        ],
    )
    unit = forms.TypedChoiceField(
        label=gettext_lazy("Column of the unit"),
        required=False,
        coerce=int,
        empty_value=None,
    )
    coder = forms.TypedChoiceField(
        label=gettext_lazy("Column of the coder"),
        required=False,
        coerce=int,
        empty_value=None,
    )
    missing = forms.CharField(
        label=gettext_lazy("Codes that mean “not coded”"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("With commas between them, such as 99, -1."),
    )

    def __init__(self, data: Posted, *, table: Table, layout: str) -> None:
        super().__init__(data)
        self.table, self.is_long = table, layout == "long"
        columns = [(str(at), header) for at, header in enumerate(table.headers)]
        for name in ("unit", "coder"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "—"), *columns]
        if not self.is_long:
            del self.fields["coder"]
        for at, header in enumerate(table.headers):
            self.fields[f"use_{at}"] = forms.BooleanField(
                required=False,
                widget=_called(forms.CheckboxInput(), _("Ratings"), header),
            )
            if not self.is_long:
                for name, label in (("variable", _("Variable")), ("by", _("Coder"))):
                    self.fields[f"{name}_{at}"] = forms.CharField(
                        required=False,
                        max_length=2000,
                        widget=_called(forms.TextInput(), label, header),
                    )

    @property
    def rows(self) -> list[dict[str, object]]:
        """Each column of the file with its first values and its fields."""
        return [
            {
                "name": column.name,
                "values": _sample(column),
                "n_values": len(column.values),
                "n_filled": column.n_filled,
                "fields": [
                    self[f"{name}_{at}"]
                    for name in ("use", "variable", "by")
                    if f"{name}_{at}" in self.fields
                ],
            }
            for at, column in enumerate(self.table.columns)
        ]

    def plan(self) -> Plan:
        """The plan that was chosen; the keys of a long table are no ratings."""
        given = self.cleaned_data
        keys = {given.get("unit"), given.get("coder")}
        return Plan(
            "long" if self.is_long else "wide",
            given.get("unit"),
            given.get("coder"),
            tuple(
                self._rated(at, header)
                for at, header in enumerate(self.table.headers)
                if given.get(f"use_{at}") and at not in keys
            ),
        )

    def _rated(self, at: int, header: str) -> Rated:
        """A column of ratings; what is left blank is called like the column."""
        if self.is_long:
            return Rated(at, header)
        variable, coder = (
            self.cleaned_data.get(f"{name}_{at}") or header
            for name in ("variable", "by")
        )
        return Rated(at, variable, coder)

    def missing_codes(self) -> tuple[str, ...]:
        """The codes that are read as not coded."""
        return codes_of(self.cleaned_data.get("missing", ""))


class VariablesForm(forms.Form):
    """The level of each variable, and how many categories its codebook defines."""

    def __init__(self, data: Posted, *, ratings: Sequence[Ratings]) -> None:
        super().__init__(data)
        self.ratings = ratings
        for one in ratings:
            level, categories = _keys(one.variable)
            self.fields[level] = forms.ChoiceField(
                choices=[(name, words.level_of(name)) for name in levels_offered(one)],
                widget=_called(forms.Select(), _("Level"), one.variable),
            )
            self.fields[categories] = forms.IntegerField(
                required=False,
                min_value=2,
                max_value=100_000,
                widget=_called(forms.NumberInput(), _("Categories"), one.variable),
            )

    @property
    def rows(self) -> list[dict[str, object]]:
        """Each variable with its values, its coders and its fields."""
        return [
            {
                "name": one.variable,
                "coders": one.coders,
                "values": [
                    f"{value} {one.labels.get(value, '')}".strip()
                    for value in sorted(one.values, key=_by_size)[:SHOWN]
                ],
                "n_more": max(0, len(one.values) - SHOWN),
                "n_missing": dict(one.n_missing),
                "fields": [self[key] for key in _keys(one.variable)],
            }
            for one in self.ratings
        ]

    def levels(self) -> dict[str, str]:
        return {
            one.variable: self.cleaned_data[_keys(one.variable)[0]]
            for one in self.ratings
        }

    def categories(self) -> dict[str, int]:
        found = {
            one.variable: self.cleaned_data[_keys(one.variable)[1]]
            for one in self.ratings
        }
        return {name: many for name, many in found.items() if many}


class SettingsForm(forms.Form):
    """Which coefficients, and how their uncertainty is found."""

    coefficients = forms.MultipleChoiceField(
        label=gettext_lazy("Coefficients"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    minimum = forms.FloatField(
        label=gettext_lazy("Minimum of alpha"),
        required=False,
        min_value=0,
        max_value=1,
        widget=forms.NumberInput({"step": "any"}),
        help_text=gettext_lazy("Adds the probability that alpha is below it."),
    )
    replicates = forms.IntegerField(
        label=gettext_lazy("Bootstrap replicates"),
        min_value=100,
        max_value=MOST_REPLICATES,
    )
    seed = forms.IntegerField(
        label=gettext_lazy("Seed"),
        min_value=0,
        max_value=2**32 - 1,
        help_text=gettext_lazy("The same seed draws the same samples again."),
    )

    def __init__(self, data: Posted) -> None:
        super().__init__(data)
        field = self.fields["coefficients"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(key, words.name_of(key)) for key in offer.COEFFICIENTS]


def columns_form(data: MultiValueDict, table: Table) -> tuple[ColumnsForm, str]:
    """The form of the columns, and the mark of what it belongs to.

    What was posted counts only for the same columns in the same layout; else the file is
    looked at anew.
    """
    layout = data.get("layout", "")
    mark = mark_of(table, layout)
    if layout and data.get("mark") == mark:
        return ColumnsForm(data, table=table, layout=layout), mark
    is_same_file = data.get("mark") in {
        mark_of(table, name) for name in ("wide", "long")
    }
    plan = propose(table, layout if is_same_file else "")
    missing = data.get("missing", "") if is_same_file else None
    proposed = MultiValueDict(
        {
            "layout": [plan.layout],
            "unit": ["" if plan.unit is None else str(plan.unit)],
            "coder": ["" if plan.coder is None else str(plan.coder)],
            "missing": [
                ", ".join(propose_missing(table, plan)) if missing is None else missing
            ],
        }
    )
    for rated in plan.ratings:
        proposed[f"use_{rated.column}"] = "on"
        proposed[f"variable_{rated.column}"] = rated.variable
        proposed[f"by_{rated.column}"] = rated.coder
    form = ColumnsForm(proposed, table=table, layout=plan.layout)
    return form, mark_of(table, plan.layout)


def variables_form(data: MultiValueDict, ratings: Sequence[Ratings]) -> VariablesForm:
    """The form of the variables: what was posted, and the proposal for new ones."""
    merged = data.copy()
    for one in ratings:
        level, _categories = _keys(one.variable)
        if data.get(level) not in levels_offered(one):
            merged[level] = propose_level(one.numbers, one.level)
    return VariablesForm(merged, ratings=ratings)


def settings_form(data: MultiValueDict) -> SettingsForm:
    """The form of the settings: what was posted, else the usual."""
    if "replicates" in data:
        return SettingsForm(data)
    usual = [key for key, one in offer.COEFFICIENTS.items() if one.default]
    data = MultiValueDict({"replicates": [str(REPLICATES)], "seed": ["0"]})
    data.setlist("coefficients", usual)
    return SettingsForm(data)


def settings_of(variables: VariablesForm, chosen: SettingsForm) -> Settings:
    """The settings of two valid forms."""
    given = chosen.cleaned_data
    return Settings(
        levels=variables.levels(),
        categories=variables.categories(),
        coefficients=tuple(given["coefficients"]) or None,
        minimum=given["minimum"],
        replicates=given["replicates"],
        seed=given["seed"],
    )


def codes_of(text: str) -> tuple[str, ...]:
    """Codes that stand in one text with commas or semicolons between them."""
    parts = (part.strip() for part in text.replace(";", ",").split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def _keys(variable: str) -> tuple[str, str]:
    """The names of a variable's two fields: level and categories."""
    digest = hashlib.sha256(variable.encode()).hexdigest()[:12]
    return f"level_{digest}", f"categories_{digest}"


def _called(widget: forms.Widget, what: str, column: str) -> forms.Widget:
    """A control in a table, with its name for the ear."""
    widget.attrs["aria-label"] = f"{what}: {column}"
    return widget


def _sample(column: Column) -> list[str]:
    return [
        f"{value[:40]} {column.labels.get(value, '')}".strip()
        for value in column.values[:SHOWN]
    ]


def _by_size(value: str) -> tuple[int, float, str]:
    """Numbers by size, then texts by their letters."""
    number = number_of(value)
    return (1, 0.0, value) if number is None else (0, number, value)
