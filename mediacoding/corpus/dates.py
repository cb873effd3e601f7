"""Dates as papers and archives write them. Pure."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from mediacoding.corpus.folding import fold

MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "maj": 5, "may": 5, "jun": 6, "jul": 7,
    "avg": 8, "aug": 8, "sep": 9, "okt": 10, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
ORDERS = ("day", "month")  # which comes first in 2/3/2006


class NotADate(Exception):
    """The text is no date that can be read; the text says what is understood."""


def parse_date(text: str, *, order: str = "day") -> dt.date:
    """Return the day that a text names; a time after it is ignored.

    Understands 2006-03-14, 14.3.2006., 14/3/2006 (or, with order “month”, 3/14/2006),
    14. mart 2006, March 14, 2006 and the same in Cyrillic. Raises NotADate.
    """
    given = text.strip()
    if match := re.match(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)", given):
        return _day(given, int(match[1]), int(match[2]), int(match[3]))
    if match := re.match(r"(\d{1,2})\s*[./-]\s*(\d{1,2})\s*[./-]\s*(\d{4})", given):
        first, second, year = int(match[1]), int(match[2]), int(match[3])
        month_first = order == "month" and "/" in match[0]
        return (
            _day(given, year, first, second)
            if month_first
            else _day(given, year, second, first)
        )
    folded = fold(given)
    if match := re.search(r"\b(\d{1,2}) ([a-z]{3})[a-z]* (\d{4})\b", folded):
        number, word, year_text = match.groups()
    elif match := re.search(r"\b([a-z]{3})[a-z]* (\d{1,2}) (\d{4})\b", folded):
        word, number, year_text = match.groups()
    else:
        raise NotADate(f"“{given[:40]}” is no date: write it like 2006-03-14.")
    if word not in MONTHS:
        raise NotADate(f"“{given[:40]}” names no month that is known.")
    return _day(given, int(year_text), MONTHS[word], int(number))


def _day(given: str, year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise NotADate(f"“{given[:40]}” is no day of the calendar.") from None


@dataclass(frozen=True, slots=True)
class Order:
    """Which comes first in dates like 2/3/2006, and why that is thought."""

    order: str
    reason: str
    is_sure: bool


def guess_order(samples: Iterable[str]) -> Order:
    """Tell from a column of dates whether the day or the month comes first."""
    day_first = month_first = slashed = False
    for sample in samples:
        if match := re.match(r"\s*(\d{1,2})/(\d{1,2})/\d{4}", sample):
            slashed = True
            day_first |= int(match[1]) > 12
            month_first |= int(match[2]) > 12
    if month_first and not day_first:
        return Order("month", "The second number is above 12 in some rows.", True)
    if day_first and not month_first:
        return Order("day", "The first number is above 12 in some rows.", True)
    if day_first and month_first:
        return Order("day", "Both orders occur in this column: check it.", False)
    if slashed:
        return Order("day", "No row tells day from month: check it.", False)
    return Order("day", "The dates can be read in one way only.", True)
