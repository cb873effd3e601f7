"""How a sample's log and strata are said in the reader's language."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from mediacoding.corpus.designs.frame import BETWEEN, WEEKDAYS
from mediacoding.corpus.designs.lines import Line
from mediacoding.corpus.models import Outlet, Sample

register = template.Library()

DAYS = {
    "Monday": pgettext_lazy("weekday", "Monday"),
    "Tuesday": pgettext_lazy("weekday", "Tuesday"),
    "Wednesday": pgettext_lazy("weekday", "Wednesday"),
    "Thursday": pgettext_lazy("weekday", "Thursday"),
    "Friday": pgettext_lazy("weekday", "Friday"),
    "Saturday": pgettext_lazy("weekday", "Saturday"),
    "Sunday": pgettext_lazy("weekday", "Sunday"),
}
DISTRESSING = {
    "distressing": pgettext_lazy("stratum", "distressing"),
    "not distressing": pgettext_lazy("stratum", "not distressing"),
}
#: Words that stand for themselves in the database, by the field of the stratum.
TERMS: Mapping[str, Mapping[str, Any]] = {
    "weekday": DAYS,
    "is_distressing": DISTRESSING,
    "outlet_kind": dict(Outlet.Kind.choices),
}


@register.filter
def weekday(number: int) -> str:
    """The name of a weekday from its number, 1 (Monday) to 7."""
    return str(DAYS[WEEKDAYS[number - 1]])


@register.filter
def said(line: Line | Mapping[str, Any]) -> str:
    """A line of a log in the reader's language."""
    stored = line.stored() if isinstance(line, Line) else line
    figures = dict(stored["figures"])
    if "weekday" in figures:
        figures["weekday"] = weekday(figures["weekday"])
    if "weekdays" in figures:
        figures["weekdays"] = ", ".join(map(weekday, figures["weekdays"]))
    return _(stored["text"]) % figures if figures else _(stored["text"])


@register.filter
def stratum(parts: Sequence[str], fields: Sequence[str]) -> str:
    """The name of a stratum in the reader's language; `fields` are what its parts are of."""
    known = [*fields, *[""] * len(parts)]
    return BETWEEN.join(
        str(TERMS.get(field, {}).get(part, part))
        for part, field in zip(parts, known, strict=False)
    )


@register.filter
def fields_of(sample: Sample) -> list[str]:
    """What the parts of the names of a sample's strata are of."""
    if sample.method == Sample.Method.CONSTRUCTED_WEEK:
        return ["outlet", "period", "weekday"]
    return list(sample.options.get("stratify_by", ()))
