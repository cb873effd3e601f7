"""One category of a variable as a row of its form."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from codebook.editing.tree import Tree
from mediacoding.studies.editing.forms import Columns, TextsForm

LARGEST = 999_999_999


class CategoryForm(TextsForm):
    """One category as a row: its code, words, and whether it is still offered."""

    def __init__(
        self,
        entry: Tree,
        *,
        was: str,
        row: int,
        languages: tuple[str, ...],
        exclusive: bool,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, prefix=f"category-{row}")
        self.languages = languages
        self.was = was
        self.row = row
        self.fields["code"] = forms.IntegerField(
            label=_("Code"),
            initial=entry.get("code"),
            min_value=-LARGEST,
            max_value=LARGEST,
        )
        self.add_texts("label", _("Label"), entry.get("label"))
        self.add_texts("definition", _("Definition"), entry.get("definition"), rows=2)
        self.add_lines("examples", _("Examples, one a line"), entry.get("examples"))
        self.add_texts("rule", _("Rule"), entry.get("rule"), rows=1)
        self.fields["retired"] = forms.BooleanField(
            label=_("retired: kept for old codings, not offered"),
            required=False,
            initial=entry.get("status") == "retired",
        )
        self.fields["exclusive"] = forms.BooleanField(
            label=_("chosen alone"), required=False, initial=exclusive
        )
        self.fields["parent"] = forms.IntegerField(
            label=_("Belongs under code"),
            required=False,
            initial=entry.get("parent"),
            min_value=-LARGEST,
            max_value=LARGEST,
        )

    @property
    def key(self) -> str:
        """What the row is called in the page, wherever it stands."""
        return "-".join(self.was.split()) or f"new-{self.row}"

    @property
    def slot(self) -> str:
        return f"category-{self.row}"

    @property
    def named(self) -> str:
        words = [self["code"].value(), *(f.value() for _n, f in self.label.fields[:1])]
        return " ".join(str(word) for word in words if word not in (None, ""))

    @property
    def label(self) -> Columns:
        return self.side_by_side("label")

    def texts_in_columns(self) -> list[Columns]:
        return [self.side_by_side(n) for n in ("definition", "examples", "rule")]

    @property
    def is_told(self) -> bool:
        """Whether there is more to read than code and label."""
        return any(
            field.value()
            for columns in self.texts_in_columns()
            for _name, field in columns.fields
        )

    def values(self) -> dict[str, Any]:
        return {
            "was": self.was,
            "code": self.cleaned_data["code"],
            **{name: self.texts(name) for name in ("label", "definition", "rule")},
            "examples": self.lines("examples"),
            "retired": self.cleaned_data["retired"],
            "exclusive": self.cleaned_data["exclusive"],
            "parent": self.cleaned_data["parent"],
        }
