"""What an article's own facts answer. Pure."""

import datetime as dt
from decimal import Decimal
from typing import NamedTuple

from codebook.document import VariableSpec
from codebook.levels import Kind
from codebook.values import NotAValue, Value, parse_value
from mediacoding.corpus.folding import fold


class Facts(NamedTuple):
    """The facts of an article that a codebook can take over."""

    outlet: str
    published_on: dt.date
    page: int | None
    area_cm2: Decimal | None


def prefilled(variable: VariableSpec, facts: Facts) -> Value | None:
    """The value that the facts give a variable with `prefill`, None where they give none.

    `prefill: metadata` takes the date for a date, the page for a whole number, the area
    for a decimal one, and for a single choice the category named like the outlet, or the
    one called “Other”.
    """
    if not variable.prefill:
        return None
    known = {
        Kind.DATE: facts.published_on.isoformat(),
        Kind.INTEGER: "" if facts.page is None else str(facts.page),
        Kind.DECIMAL: "" if facts.area_cm2 is None else str(facts.area_cm2),
        Kind.SINGLE: _category_named(variable, facts.outlet),
    }.get(variable.kind, "")
    if not known:
        return None
    try:
        return parse_value(variable, known)
    except NotAValue:
        return None


def _category_named(variable: VariableSpec, name: str) -> str:
    codes = {
        fold(label): str(category.code)
        for category in variable.offered
        for _language, label in category.label.by_language
    }
    return codes.get(fold(name)) or codes.get("other", "")
