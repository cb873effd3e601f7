from collections.abc import Mapping

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from codebook.models import CodebookVersion
from mediacoding.coding.drafting import ColumnDraft
from mediacoding.coding.models import Question, Round
from mediacoding.corpus.models import Sample
from mediacoding.corpus.queries.articles import samples
from mediacoding.studies.models import Membership, Study
from mediacoding.studies.queries import memberships_of


class RoundForm(forms.Form):
    """The plan of a round."""

    name = forms.CharField(label=_("Name of the round"), max_length=200)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=Round.Kind.choices, initial="reliability"
    )
    version = forms.ModelChoiceField(
        label=_("Codebook version"), queryset=CodebookVersion.objects.none()
    )
    sample = forms.ModelChoiceField(label=_("Sample"), queryset=Sample.objects.none())
    coders = forms.ModelMultipleChoiceField(
        label=_("Coders"),
        queryset=Membership.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    overlap = forms.IntegerField(
        label=_("Coders per article"),
        min_value=1,
        initial=2,
        help_text=_(
            "In a reliability round usually all of them; in a main round often one."
        ),
    )
    is_blind = forms.BooleanField(
        label=_("Blind: coders see nothing of each other's work"),
        initial=True,
        required=False,
    )
    seed = forms.IntegerField(
        label=_("Seed"), initial=1, help_text=_("Decides the random order of articles.")
    )

    def __init__(self, *args, study: Study, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        versions = CodebookVersion.objects.filter(
            codebook=study.codebook_id, status=CodebookVersion.Status.PUBLISHED
        )
        newest_first = versions.select_related("codebook").order_by("-ordinal")
        self.fields["version"].queryset = newest_first  # type: ignore[attr-defined]
        self.fields["sample"].queryset = samples(study)  # type: ignore[attr-defined]
        coders = memberships_of(study).filter(is_coder=True)
        self.fields["coders"].queryset = coders  # type: ignore[attr-defined]


class QuestionFilter(forms.Form):
    """Which questions of a study are listed; it stays in the address."""

    state = forms.ChoiceField(label=_("State"), required=False)
    round = forms.ModelChoiceField(
        label=_("Round"),
        queryset=Round.objects.none(),
        required=False,
        empty_label=_("all"),
    )
    variable = forms.ChoiceField(label=_("Variable"), required=False)

    def __init__(
        self, *args, rounds: QuerySet[Round], variables: Mapping[str, str], **kwargs
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["round"].queryset = rounds  # type: ignore[attr-defined]
        states = [*Question.State.choices, ("all", _("all"))]
        self.fields["state"].choices = states  # type: ignore[attr-defined]
        named = [("", _("all")), *variables.items()]
        self.fields["variable"].choices = named  # type: ignore[attr-defined]

    def chosen(self) -> tuple[str, Round | None, str]:
        """The state ("waiting" unless another is chosen), the round, the stable id."""
        given = self.cleaned_data if self.is_valid() else {}
        return (
            given.get("state") or Question.State.WAITING,
            given.get("round"),
            given.get("variable") or "",
        )


class RulingForm(forms.Form):
    """A ruling on a variable of a round; `also` are other questions that it answers."""

    variable = forms.ChoiceField(label=_("Variable"))
    text = forms.CharField(
        label=_("Ruling"),
        max_length=4_000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_(
            "All coders of the round read these words beside the question from now on. "
            "Name no coder and nobody's answer."
        ),
    )
    also = forms.ModelMultipleChoiceField(
        label=_("It answers these questions, too"),
        queryset=Question.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self,
        *args,
        variables: Mapping[str, str],
        others: QuerySet[Question] | None = None,
        **kwargs,
    ) -> None:
        super().__init__(*args, **kwargs)
        named = [("", "—"), *variables.items()]
        self.fields["variable"].choices = named  # type: ignore[attr-defined]
        if others:
            self.fields["also"].queryset = others  # type: ignore[attr-defined]
        else:
            del self.fields["also"]


class WordsForm(forms.Form):
    """One text: a reply, the new words of a ruling, the reason why it is withdrawn."""

    text = forms.CharField(max_length=4_000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args, label: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = label


class ReopenForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500)


class CodingsFileForm(forms.Form):
    file = forms.FileField(
        label=_("File with codings (CSV or XLSX)"),
        widget=forms.FileInput({"accept": ".csv,.tsv,.txt,.xlsx"}),
        help_text=_("A row for every article and coder, a column for every variable."),
    )


class PlanForm(forms.Form):
    """Which column of a table of codings holds what, and what each variable is."""

    unit = forms.ChoiceField(label=_("Column of the article's id"))
    coder = forms.ChoiceField(label=_("Column of the coder"))
    headline = forms.ChoiceField(label=_("Headline"), required=False)
    outlet = forms.ChoiceField(label=_("Outlet"), required=False)
    date = forms.ChoiceField(label=_("Date"), required=False)
    date_order = forms.ChoiceField(
        label=_("In dates like 2/3/2006"),
        choices=[
            ("day", _("the day comes first")),
            ("month", _("the month comes first")),
        ],
    )
    round_name = forms.CharField(
        label=_("Name of the round"), max_length=200, initial=_("Imported codings")
    )

    def __init__(
        self, *args, headers: tuple[str, ...], drafts: list[ColumnDraft], **kwargs
    ) -> None:
        super().__init__(*args, **kwargs)
        columns = [(header, header) for header in headers]
        for name in ("unit", "coder"):
            self.fields[name].choices = columns  # type: ignore[attr-defined]
        for name in ("headline", "outlet", "date"):
            self.fields[name].choices = [("", "—"), *columns]  # type: ignore[attr-defined]
        self.numbers = {draft.column: n for n, draft in enumerate(drafts)}
        for draft in drafts:
            number = self.numbers[draft.column]
            levels = [(level.value, level.value) for level in sorted(draft.kind.levels)]
            self.fields[f"use_{number}"] = forms.BooleanField(
                label=draft.column, required=False, initial=draft.is_chosen
            )
            self.fields[f"level_{number}"] = forms.ChoiceField(
                label=_("Level"), choices=levels, initial=draft.level.value
            )
            self.fields[f"ask_if_{number}"] = forms.CharField(
                label=_("Asked if"),
                required=False,
                initial=draft.ask_if,
                max_length=500,
            )

    def fields_of(self, draft: ColumnDraft):
        """The three fields of a column, for the page."""
        number = self.numbers[draft.column]
        return [self[f"{name}_{number}"] for name in ("use", "level", "ask_if")]

    def corrections(self, draft: ColumnDraft) -> tuple[bool, str, str]:
        """Whether a column is a variable, its level and its filter, as the person said."""
        number = self.numbers[draft.column]
        given = self.cleaned_data
        return (
            given[f"use_{number}"],
            given[f"level_{number}"],
            given[f"ask_if_{number}"],
        )
