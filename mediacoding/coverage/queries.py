"""Coverage: what the press gives space to, from final values; and how far the coding is."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from codebook.document import VariableSpec
from codebook.levels import Kind
from codebook.models import Variable
from mediacoding.coding.queries.final_values import Origin, Scope, final_values
from mediacoding.corpus.models import Article
from mediacoding.corpus.queries.calendar import (
    OutletMonth,
    articles_by_outlet_and_month,
)
from mediacoding.stats.coverage import Share, share
from mediacoding.studies.models import Study

GROUPS = ("outlet", "month")


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """An outlet's months, each with articles and issues, and the whole."""

    outlet: str
    months: tuple[OutletMonth, ...]

    @property
    def articles(self) -> int:
        return sum(month.articles for month in self.months)

    @property
    def issues(self) -> int:
        return sum(month.issues for month in self.months)


def calendar(study: Study) -> list[CalendarRow]:
    """Articles by outlet and month; every outlet has every month, gaps included."""
    by_outlet: dict[str, list[OutletMonth]] = {}
    for entry in articles_by_outlet_and_month(study):
        by_outlet.setdefault(entry.outlet, []).append(entry)
    return [CalendarRow(outlet, tuple(months)) for outlet, months in by_outlet.items()]


@dataclass(frozen=True, slots=True)
class ValueTable:
    """One variable's final values by group: counts and shares with their bases.

    `columns` are the categories' codes (or the values that occur), `rows` the groups.
    The base of a group are its articles with a value; missing codes, articles that the
    filter left out and undecided ones are counted apart. A multiple choice is counted on
    cases, so its shares add up to more than 1.
    """

    spec: VariableSpec
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Share, ...], int], ...]
    total: tuple[Share, ...]
    base: int
    missing: int
    not_applicable: int
    undecided: int
    origins: dict[str, int]


def value_table(
    scope: Scope, variable: Variable, spec: VariableSpec, group: str
) -> ValueTable:
    """Cross one variable's final values with the outlet or the month."""
    names = _groups(scope.study, group)
    counts: dict[str, Counter[str]] = {}
    bases: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    origins: Counter[str] = Counter()
    for final in final_values(scope, [variable]):
        origins[final.origin] += 1
        if final.value is None or final.origin is Origin.UNDECIDED:
            kinds["undecided"] += 1
            continue
        if final.value.state != "value":
            kinds[final.value.state] += 1
            continue
        name = names[final.article]
        bases[name] += 1
        multi = spec.kind is Kind.MULTI
        marks = final.value.value.split() if multi else [final.value.value]
        counts.setdefault(name, Counter()).update(marks)
    whole = sum(counts.values(), Counter())
    columns = _columns(spec, whole)
    base = sum(bases.values())
    return ValueTable(
        spec=spec,
        columns=columns,
        rows=tuple(
            (
                name,
                tuple(
                    share(counts.get(name, Counter())[c], bases[name]) for c in columns
                ),
                bases[name],
            )
            for name in sorted(set(names.values()) if group == "outlet" else set(bases))
        ),
        total=tuple(share(whole[column], base) for column in columns),
        base=base,
        missing=kinds["missing"],
        not_applicable=kinds["not_applicable"],
        undecided=kinds["undecided"],
        origins=dict(origins),
    )


def _groups(study: Study, group: str) -> dict[int, str]:
    """The group of every article of a study that a round holds."""
    field = "outlet__name" if group == "outlet" else "published_on"
    rows = Article.objects.filter(study=study, rounds__isnull=False).values_list(
        "pk", field
    )
    return {
        pk: _month(value) if isinstance(value, dt.date) else value for pk, value in rows
    }


def _month(day: dt.date) -> str:
    return f"{day:%Y-%m}"


def _columns(spec: VariableSpec, counted: Counter[str]) -> tuple[str, ...]:
    """All categories in codebook order, also those that never occur; else what occurs."""
    if spec.kind.has_categories:
        codes = [str(category.code) for category in spec.categories]
        return tuple(
            c for c in codes if counted[c] or not spec.category(int(c)).is_retired
        )
    return tuple(value for value, _times in counted.most_common(20))
