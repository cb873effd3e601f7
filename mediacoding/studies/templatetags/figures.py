"""How figures are written: one way on every page."""

from django import template
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from mediacoding.studies import reasons

register = template.Library()


@register.filter
def coefficient(value: float | None) -> str:
    """A coefficient with two decimals and no leading zero: .71, -.05, 1.00."""
    if value is None:
        return ""
    if 0.995 <= value < 1:
        return f"> {coefficient(0.99)}"  # 1.00 would say more than is known
    text = formats.number_format(round(abs(value), 2), 2)
    sign = "−" if round(value, 2) < 0 else ""
    return sign + (text.replace("0", "", 1) if abs(value) < 0.995 else text)


@register.filter
def percent(value: float | None) -> str:
    """A share in whole percent."""
    return "" if value is None else f"{formats.number_format(round(100 * value), 0)} %"


@register.filter
def percent1(value: float | None) -> str:
    """A share in percent with one decimal."""
    return "" if value is None else f"{formats.number_format(100 * value, 1)} %"


@register.filter
def svg(value: float) -> str:
    """A number for an attribute of a drawing: a point, whatever the language."""
    return f"{value:g}"


@register.filter
def reason(sentence: str | None) -> str:
    """A sentence of the statistics in the reader's language."""
    return reasons.said(sentence)


TERMS = {
    "nominal": pgettext_lazy("level of measurement", "nominal"),
    "ordinal": pgettext_lazy("level of measurement", "ordinal"),
    "interval": pgettext_lazy("level of measurement", "interval"),
    "ratio": pgettext_lazy("level of measurement", "ratio"),
    "sets": pgettext_lazy("level of measurement", "sets"),
    "text": pgettext_lazy("level of measurement", "text"),
    "single": pgettext_lazy("type of variable", "single"),
    "multi": pgettext_lazy("type of variable", "multi"),
    "integer": pgettext_lazy("type of variable", "integer"),
    "decimal": pgettext_lazy("type of variable", "decimal"),
    "date": pgettext_lazy("type of variable", "date"),
}


@register.filter
def term(word: str) -> str:
    """A level of measurement or type of variable in the reader's language."""
    return str(TERMS.get(str(word), word))


@register.filter
def verdict(value: str) -> str:
    """How a coefficient stands to its minimum, in words."""
    words = {
        "meets": _("meets its minimum"),
        "between": _("uncertain: the interval holds the minimum"),
        "below": _("below its minimum"),
    }
    return words.get(value, "")
