"""The form of one variable, with its categories as rows."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from codebook.document import Texts
from codebook.editing.head import words_of_missing
from codebook.editing.outline import USUAL_LEVEL
from codebook.editing.tree import (
    Tree,
    entries_of,
    entry_of,
    head_of,
    keys_of,
    languages_of,
)
from codebook.levels import Evidence, Kind, Level
from mediacoding.studies.editing.category_form import CategoryForm
from mediacoding.studies.editing.forms import Columns, TextsForm
from mediacoding.studies.templatetags.figures import TERMS

USUAL = (
    ("", _("as usual for the type")),
    ("true", pgettext_lazy("is it so", "yes")),
    ("false", pgettext_lazy("is it so", "no")),
)
THREE_WAY = {"": None, "true": True, "false": False}
EVIDENCE = (
    (str(Evidence.NONE), _("not asked for")),
    (str(Evidence.OPTIONAL), _("may be marked")),
    (str(Evidence.REQUIRED), _("must be marked")),
)
WORDS = {
    "ask_if": _("Asked if"),
    "ends_item_if": _("The item ends if"),
    "unit": _("Unit of measurement"),
    "describes": _("Unit that it describes"),
    "consistency": _("Consistency with other variables"),
}
NUMBERS = {
    "min": _("Lowest value"),
    "max": _("Highest value"),
    "max_length": _("Most characters"),
}


def _terms(options: Any) -> list[tuple[str, object]]:
    return [(str(option), TERMS.get(str(option), str(option))) for option in options]


class VariableForm(TextsForm):
    """Everything about one variable. Built on the draft that the person saw."""

    def __init__(
        self,
        tree: Tree,
        key: str,
        data: "MultiValueDict[str, str] | None" = None,
    ) -> None:
        super().__init__(data)
        self.tree = tree
        self.languages = languages_of(tree)
        self.entry = entry_of(tree, "variables", key)
        self._add_words()
        self._add_answer()
        self._add_filter()
        self._add_agreement()
        self.categories = list(self._rows(data))

    def _add_words(self) -> None:
        entry = self.entry
        self.fields["name"] = forms.CharField(
            label=_("Name in files"),
            max_length=64,
            initial=entry["name"],
            widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
            help_text=_("A letter first; letters, digits and underscores."),
        )
        sections = [
            (key, _first(section.get("label")) or key)
            for key, section in zip(
                keys_of(self.tree, "sections"),
                entries_of(self.tree, "sections"),
                strict=True,
            )
        ]
        here = str(entry.get("section", ""))
        if here not in dict(sections):
            sections.insert(0, (here, here or "—"))
        self.fields["section"] = forms.ChoiceField(
            label=pgettext_lazy("of a codebook", "Section"),
            choices=sections,
            initial=here,
            required=False,
        )
        self.add_texts("label", _("Label"), entry.get("label"))
        self.add_texts("question", _("Question"), entry.get("question"), rows=2)
        self.add_texts("notes", _("Notes and rules"), entry.get("notes"), rows=3)

    def _add_answer(self) -> None:
        entry = self.entry
        self.fields["type"] = forms.ChoiceField(
            label=_("Answer"), choices=_terms(Kind), initial=entry["type"]
        )
        self.fields["type"].widget.attrs["data-levels"] = json.dumps(
            {kind: [USUAL_LEVEL[kind], *sorted(kind.levels)] for kind in Kind}
        )
        self.fields["level"] = forms.ChoiceField(
            label=_("Level of measurement"),
            choices=_terms(Level),
            initial=entry["level"],
        )
        self.fields["required"] = forms.ChoiceField(
            label=_("Must be answered"),
            choices=USUAL,
            required=False,
            initial=_three_way(entry.get("required")),
        )
        for name, label in NUMBERS.items():
            kind = forms.IntegerField if name == "max_length" else forms.DecimalField
            given = entry.get(name)
            self.fields[name] = kind(
                label=label,
                required=False,
                initial=None if given is None else Decimal(str(given)),
                min_value=-(10**12),
                max_value=10**12,
            )
        self.fields["missing_codes"] = forms.MultipleChoiceField(
            label=_("Missing codes"),
            required=False,
            choices=self._missing_choices(),
            initial=[str(code) for code in entry.get("missing_codes") or ()],
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields["evidence"] = forms.ChoiceField(
            label=_("Passage of the text"),
            choices=EVIDENCE,
            initial=entry.get("evidence", str(Evidence.NONE)),
        )
        for name, label in (
            ("sensitive", _("sensitive: never shown outside the study")),
            ("prefill", _("answered from the article's own facts")),
        ):
            self.fields[name] = forms.BooleanField(
                label=label, required=False, initial=bool(entry.get(name))
            )
        for name in ("unit", "describes", "consistency"):
            self._add_word(name)

    def _missing_choices(self) -> list[tuple[str, str]]:
        """The missing codes with words for this type of answer, and those in use."""
        sent = self.data.get("type", "") if self.is_bound else ""
        kind = Kind(sent if sent in [*Kind] else self.entry["type"])
        group = "categorical" if kind.has_categories else "numeric"
        words = (head_of(self.tree).get("missing_codes") or {}).get(group) or {}
        declared = {str(code): _first(given) for code, given in words.items()}
        used = {str(code): "" for code in self.entry.get("missing_codes") or ()}
        return [
            (code, f"{code} {label}".strip())
            for code, label in {**used, **declared}.items()
        ]

    def _add_filter(self) -> None:
        for name in ("ask_if", "ends_item_if"):
            self._add_word(name, rows=1)
            self.fields[name].widget.attrs |= {"spellcheck": "false", "class": "code"}

    def _add_word(self, name: str, rows: int = 0) -> None:
        shown = str(self.entry.get(name) or "")
        widget = forms.Textarea({"rows": rows}) if rows else forms.TextInput()
        widget.attrs["autocomplete"] = "off"
        self.fields[name] = forms.CharField(
            label=WORDS[name],
            required=False,
            strip=False,
            widget=widget,
            initial=shown if rows else " ".join(shown.split()),
            max_length=4000,
        )

    def _add_agreement(self) -> None:
        given = self.entry.get("reliability") or {}
        for name, label in (
            ("check", _("Agreement is measured")),
            ("per_option", _("Agreement for each option")),
        ):
            self.fields[f"reliability_{name}"] = forms.ChoiceField(
                label=label,
                choices=USUAL,
                required=False,
                initial=_three_way(given.get(name)),
            )
        for name, label in (
            ("minimum", _("Lowest agreement")),
            ("target", _("Agreement aimed at")),
        ):
            number = given.get(name)
            self.fields[f"reliability_{name}"] = forms.DecimalField(
                label=label,
                required=False,
                min_value=0,
                max_value=1,
                initial=None if number is None else Decimal(str(number)),
                widget=forms.NumberInput({"step": "any"}),
            )
        levels = [level for level in Level if level is not Level.TEXT]
        self.fields["reliability_metric"] = forms.ChoiceField(
            label=_("Level for agreement"),
            choices=[("", _("that of the variable")), *_terms(levels)],
            required=False,
            initial=given.get("metric") or "",
        )

    def _rows(self, data: "MultiValueDict[str, str] | None") -> Iterator[CategoryForm]:
        known = dict(
            zip(
                keys_of(self.entry, "categories"),
                entries_of(self.entry, "categories"),
                strict=True,
            )
        )
        exclusive = set(self.entry.get("exclusive") or ())
        if data is None:
            rows = [(number, key) for number, key in enumerate(known)]
        else:
            numbers = [int(n) for n in data.getlist("category") if n.isdecimal()]
            rows = [(n, data.get(f"category-{n}-was", "")) for n in numbers]
        for number, was in rows:
            entry = known.get(was, {})
            yield CategoryForm(
                entry,
                was=was,
                row=number,
                languages=self.languages,
                exclusive=entry.get("code") in exclusive,
                data=data,
            )

    def is_valid(self) -> bool:
        rows = [row.is_valid() for row in self.categories]
        return super().is_valid() and all(rows)

    @property
    def label_columns(self) -> Columns:
        return self.side_by_side("label")

    @property
    def question_columns(self) -> Columns:
        return self.side_by_side("question")

    @property
    def notes_columns(self) -> Columns:
        return self.side_by_side("notes")

    @property
    def shows_bounds(self) -> bool:
        bounds = [self[name].value() for name in ("min", "max", "unit")]
        return Kind(self.shown_type).is_number or any(
            value not in (None, "") for value in bounds
        )

    @property
    def shows_categories(self) -> bool:
        return bool(self.categories) or Kind(self.shown_type).has_categories

    @property
    def shown_type(self) -> str:
        given = str(self["type"].value())
        return given if given in [*Kind] else self.entry["type"]

    @property
    def is_multi(self) -> bool:
        return Kind(self.shown_type) is Kind.MULTI or any(
            row["exclusive"].value() for row in self.categories
        )

    def values(self) -> dict[str, Any]:
        """What the form holds, as codebook.editing.variables.with_variable takes it.

        Fields with an error are left out, so that a preview can show the others.
        """
        given = self.cleaned_data
        found: dict[str, Any] = {
            name: given[name]
            for name in ("name", "section", "type", "level", "sensitive", "prefill",
                         "evidence")
            if name in given
        }  # fmt: skip
        found |= {name: self.texts(name) for name in ("label", "question", "notes")}
        found |= {name: self._word(name) for name in WORDS if name in given}
        if "required" in given:
            found["required"] = THREE_WAY[given["required"]]
        for name in NUMBERS:
            if name in given:
                number = given[name]
                found[name] = None if number is None else Decimal(number)
        if "missing_codes" in given:
            found["missing_codes"] = [int(code) for code in given["missing_codes"]]
        found["reliability"] = self._agreement()
        if all(row.is_valid() for row in self.categories):
            found["categories"] = [row.values() for row in self.categories]
        return found

    def _word(self, name: str) -> str:
        """A line as it was sent; as it was written where only blanks differ."""
        shown = str(self.entry.get(name) or "")
        sent = self.cleaned_data[name]
        return shown if sent.split() == shown.split() else sent.strip()

    def _agreement(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name in ("check", "per_option"):
            if (sent := self.cleaned_data.get(f"reliability_{name}")) is not None:
                found[name] = THREE_WAY[sent]
        for name in ("target", "minimum", "metric"):
            if f"reliability_{name}" in self.cleaned_data:
                found[name] = self.cleaned_data[f"reliability_{name}"]
        return found


def _three_way(given: object) -> str:
    return {True: "true", False: "false"}.get(given, "")  # type: ignore[call-overload]


def _first(given: Any) -> str:
    """The words of a text in the reader's language, for a list to choose from."""
    words = words_of_missing(given)
    return Texts.of(words).in_(get_language() or "en")
