"""The forms of the codebook editor: the head, a section, a codebook from nothing."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from codebook.document import FALLBACKS
from codebook.editing import derived, texts
from codebook.editing.head import words_of_missing
from codebook.editing.tree import (
    NotEditable,
    Tree,
    entries_of,
    entry_of,
    head_of,
    languages_of,
)
from codebook.levels import Level
from mediacoding.studies.templatetags.figures import TERMS

LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]{2,8})?")
NAMES = {
    "": _("all languages"),
    "en": _("English"),
    "sr": _("Serbian"),
    "sr-latn": _("Serbian (Latin)"),
    "sr-cyrl": _("Serbian (Cyrillic)"),
}


class LanguagesField(forms.CharField):
    """Codes of languages, separated by commas or blanks; gives a list."""

    def clean(self, value: Any) -> list[str]:
        found = list(dict.fromkeys(re.split(r"[\s,;]+", super().clean(value).strip())))
        for code in found:
            if not LANGUAGE.fullmatch(code):
                raise forms.ValidationError(
                    _(
                        "“%(code)s” is no code of a language. Write for example: en, "
                        "sr-latn."
                    ),
                    params={"code": code},
                )
        return found


class NewCodebookForm(forms.Form):
    """A codebook from nothing: what it is called, and in which languages."""

    title = forms.CharField(label=_("Title"), max_length=300)
    languages = LanguagesField(
        label=_("Languages"),
        initial="en, sr",
        max_length=60,
        help_text=_(
            "Every label and question is then written in each of them. The first one is "
            "the title's."
        ),
    )


class TextsForm(forms.Form):
    """A form whose texts stand in columns, one a language.

    `columns` are (name, legend, bound fields) for the template.
    """

    languages: tuple[str, ...]

    def add_texts(
        self,
        name: str,
        legend: object,
        given: object,
        *,
        rows: int = 0,
        help_text: object = "",
    ) -> None:
        """Add a text as one field a language: a line, or a box of so many rows."""
        shown = texts.shown(given, self.languages)
        self._given = {**getattr(self, "_given", {}), name: given}
        for number, language in enumerate(self.languages):
            widget: forms.Widget = forms.TextInput()
            initial = shown[language]
            if rows:
                widget = forms.Textarea({"rows": rows})
            else:
                initial = " ".join(initial.split())
            widget.attrs |= {"lang": spoken(language), "autocomplete": "off"}
            if number and texts.serves_all(given):
                widget.attrs["placeholder"] = _("as in the first column")
            field = forms.CharField(
                label=legend,  # type: ignore[arg-type]
                required=False,
                strip=False,
                widget=widget,
                initial=initial,
                help_text=help_text,  # type: ignore[arg-type]
                max_length=20_000,
            )
            self.fields[f"{name}_{language}"] = field

    def add_lines(
        self, name: str, legend: object, given: object, *, rows: int = 2
    ) -> None:
        """Add a list of texts as boxes with one entry a line."""
        columns = texts.shown_lines(given, self.languages)
        self.add_texts(name, legend, None, rows=rows)
        self._given[name] = given
        for language in self.languages:
            field = self.fields[f"{name}_{language}"]
            field.initial = "\n".join(columns[language]).rstrip("\n")

    def texts(self, name: str) -> dict[str, str]:
        """What was sent for a text, by language; as it was shown where nothing changed."""
        shown = texts.shown(self._given[name], self.languages)
        found = {}
        for language in self.languages:
            sent = self.cleaned_data.get(f"{name}_{language}", shown[language])
            is_box = isinstance(
                self.fields[f"{name}_{language}"].widget, forms.Textarea
            )
            same = not is_box and " ".join(sent.split()) == " ".join(
                shown[language].split()
            )
            found[language] = shown[language] if same else sent
        return found

    def lines(self, name: str) -> dict[str, list[str]]:
        """What was sent for a list of texts, by language."""
        return {
            language: self.cleaned_data.get(f"{name}_{language}", "").splitlines()
            for language in self.languages
        }

    def side_by_side(self, name: str) -> "Columns":
        """A text's fields for the template, one beside the other."""
        return Columns(
            name,
            [
                (NAMES.get(language, language), self[f"{name}_{language}"])
                for language in self.languages
            ],
        )


class Columns:
    """One text in every language: its name and its fields."""

    def __init__(self, name: str, fields: Sequence[tuple[object, Any]]) -> None:
        self.name = name
        self.fields = list(fields)

    @property
    def legend(self) -> object:
        return self.fields[0][1].label

    @property
    def help(self) -> object:
        return self.fields[0][1].help_text

    @property
    def is_one(self) -> bool:
        return len(self.fields) == 1


def spoken(language: str) -> str:
    """The language of a text as HTML says it."""
    known = {"sr": "sr", "sr-latn": "sr-Latn", "sr-cyrl": "sr-Cyrl"}
    return known.get(language, language) or "und"


class HeadForm(TextsForm):
    """The head of a codebook: what holds for all of it."""

    def __init__(
        self, tree: Tree, data: "MultiValueDict[str, str] | None" = None
    ) -> None:
        super().__init__(data)
        self.dropped = set(data.getlist("drop_missing")) if data else set()
        head = head_of(tree)
        self.languages = languages_of(tree)
        self.tree = tree
        self.add_texts("title", _("Title"), head.get("title"))
        self.fields["version"] = forms.CharField(
            label=_("Number of the version"),
            max_length=20,
            initial=str(head.get("version", "")),
        )
        self.fields["languages"] = LanguagesField(
            label=_("Languages"),
            max_length=60,
            initial=", ".join(head.get("languages") or ()),
            help_text=_("Labels and questions must exist in each of them."),
            required=bool(head.get("languages")),
        )
        self.add_texts(
            "universe",
            _("What is coded, and what is not"),
            head.get("universe"),
            rows=3,
        )
        self.add_lines(
            "general_rules",
            _("General rules, one a line"),
            head.get("general_rules"),
            rows=6,
        )
        self.codes: list[tuple[str, str]] = []
        for group in ("categorical", "numeric"):
            words = (head.get("missing_codes") or {}).get(group) or {}
            for code, given in words.items():
                self.codes.append((group, str(code)))
                self.add_texts(f"missing_{group}_{code}", code, words_of_missing(given))
        for group, legend in (
            ("categorical", _("One more code for choices")),
            ("numeric", _("One more code for numbers")),
        ):
            self.fields[f"new_{group}"] = forms.IntegerField(
                label=legend,
                required=False,
                min_value=-999_999_999,
                max_value=999_999_999,
            )

    def texts_in_columns(self) -> list[Columns]:
        return [
            self.side_by_side(name) for name in ("title", "universe", "general_rules")
        ]

    def missing_in_columns(self) -> list[tuple[str, str, Columns]]:
        return [
            (group, code, self.side_by_side(f"missing_{group}_{code}"))
            for group, code in self.codes
        ]

    def values(self) -> dict[str, Any]:
        """What the form holds, as codebook.editing.head.with_head takes it."""
        missing: dict[str, dict[str, dict[str, str]]] = {
            "categorical": {},
            "numeric": {},
        }
        for group, code in self.codes:
            if f"{group}_{code}" not in self.dropped:
                missing[group][code] = self.texts(f"missing_{group}_{code}")
        for group, codes in missing.items():
            if (added := self.cleaned_data.get(f"new_{group}")) is not None:
                codes.setdefault(str(added), {})
        return {
            "title": self.texts("title"),
            "universe": self.texts("universe"),
            "general_rules": self.lines("general_rules"),
            "version": self.cleaned_data["version"],
            "languages": [code for code in self.cleaned_data["languages"] if code],
            "missing_codes": missing,
        }


class SectionForm(TextsForm):
    """A section's words."""

    def __init__(
        self, tree: Tree, key: str, data: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data)
        self.languages = languages_of(tree)
        self.entry = entry_of(tree, "sections", key)
        self.add_texts("label", _("Label"), self.entry.get("label"))

    def texts_in_columns(self) -> list[Columns]:
        return [self.side_by_side("label")]

    def values(self) -> dict[str, str]:
        return self.texts("label")


class DerivedForm(TextsForm):
    """A variable that the program computes from others."""

    def __init__(
        self, tree: Tree, key: str, data: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data)
        self.languages = languages_of(tree)
        self.entry = entry_of(tree, derived.LIST, key)
        self.add_texts("label", _("Label"), self.entry.get("label"))
        self.fields["name"] = forms.CharField(
            label=_("Name in files"), max_length=64, initial=self.entry["name"]
        )
        level = str(self.entry.get("level") or "")
        levels: list[tuple[str, Any]] = [
            (str(option), TERMS.get(str(option), str(option))) for option in Level
        ]
        if level not in [*Level]:
            levels.insert(0, (level, level or "—"))
        self.fields["level"] = forms.ChoiceField(
            label=_("Level of measurement"),
            choices=levels,
            initial=level,
            required=False,
        )
        source = str(self.entry.get("from") or "")
        names = [str(variable["name"]) for variable in entries_of(tree, "variables")]
        others = dict.fromkeys([source, *names] if source else names)
        self.fields["formula"] = forms.CharField(
            label=_("Formula"),
            required=False,
            strip=False,
            max_length=4000,
            initial=str(self.entry.get("formula") or ""),
            widget=forms.Textarea({"rows": 2, "class": "code", "spellcheck": "false"}),
            help_text=_(
                "For example: (tone == 2) + (headline_size >= 3). A comparison counts 1 "
                "where it is true and 0 otherwise."
            ),
        )
        self.fields["from"] = forms.ChoiceField(
            label=_("Or groups of the categories of"),
            choices=[("", "—"), *((name, name) for name in others)],
            initial=source,
            required=False,
        )
        self.fields["groups"] = forms.CharField(
            label=_("Groups, one a line"),
            required=False,
            initial=derived.shown_groups(self.entry.get("map")),
            widget=forms.Textarea({"rows": 3, "class": "code", "spellcheck": "false"}),
            help_text=_("The name of the group, a colon, its codes: left: 1, 2"),
        )

    def texts_in_columns(self) -> list[Columns]:
        return [self.side_by_side("label")]

    def clean_groups(self) -> str:
        text = self.cleaned_data["groups"]
        try:
            derived.written_groups(self.entry.get("map"), text)
        except NotEditable as refusal:
            raise forms.ValidationError(refusal.said(gettext)) from refusal
        return text

    def values(self) -> dict[str, Any]:
        shown = str(self.entry.get("formula") or "")
        sent = self.cleaned_data["formula"]
        return {
            **{name: self.cleaned_data[name] for name in ("name", "level", "from")},
            "label": self.texts("label"),
            "formula": shown if sent.split() == shown.split() else sent.strip(),
            "groups": self.cleaned_data["groups"],
        }


def titles(title: str, languages: Sequence[str]) -> dict[str, str]:
    """A new codebook's title in its first language; in its scripts' nearest, too."""
    first = languages[0]
    near = FALLBACKS.get(first, (first,))
    return {language: title if language in near else "" for language in languages}
