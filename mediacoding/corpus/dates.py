"""Dates as papers and archives write them. Pure."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from mediacoding.corpus.folding import fold

#: How months are written in Serbian (either script, any case), Macedonian and English, folded.
SPELLINGS = (
    "jan januar januara januari january",
    "feb februar februara februari february",
    "mar mart marta march",
    "apr april aprila",
    "maj maja may",
    "jun juna juni june",
    "jul jula juli july",
    "avg avgust avgusta aug august",
    "sep sept septembar septembra septemvri september",
    "okt oktobar oktobra oktomvri oct october",
    "nov novembar novembra noemvri november",
    "dec decembar decembra dekemvri december",
)
MONTHS = {
    spelling: number
    for number, spellings in enumerate(SPELLINGS, start=1)
    for spelling in spellings.split()
}
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
ORDERS = ("auto", "day", "month")  # which comes first in 2/3/2006

YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})\s*(?P<mark>[-/.])\s*(?P<month>\d{1,2})\s*(?P=mark)\s*(?P<day>\d{1,2})(?!\d)"
    r"|(?P<year_>\d{4})(?P<month_>\d\d)(?P<day_>\d\d)(?!\d)"
)
YEAR_LAST = re.compile(
    r"(?P<first>\d{1,2})\s*(?P<mark>[-/.])\s*(?P<second>\d{1,2})\s*(?P=mark)\s*(?P<year>\d{4})(?!\d)"
)
ROMAN_MONTH = re.compile(
    r"(?P<day>\d{1,2})\.?\s*(?P<month>[IVX]+)\.?\s*(?P<year>\d{4})(?!\d)"
)
# In folded texts.
WORD_LAST = re.compile(
    r"\b(?P<day>\d{1,2})(?:st|nd|rd|th)? (?P<word>[a-z]+) (?P<year>\d{4})\b"
)
WORD_FIRST = re.compile(
    r"\b(?P<word>[a-z]+) (?P<day>\d{1,2})(?:st|nd|rd|th)? (?P<year>\d{4})\b"
)
# A second day after the first, or a stretch of days (14-16. mart).
ANOTHER = re.compile(r"\d{1,2}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d{4}|\d{4}-\d\d-\d\d")
STRETCH = re.compile(r"\b\d{1,2}\.?\s*[-–—]\s*\d{1,2}\.?\s+[^\W\d]")


class NotADate(Exception):
    """The text is no date that can be read; the text says what is understood."""


def parse_date(text: str, *, order: str = "auto") -> dt.date:
    """Return the day that a text names; a time after it is ignored.

    Understands 2006-03-14, 14.3.2006., 14. mart 2006, 14. III 2006, March 14, 2006 and the
    same in Cyrillic. `order` decides 2/3/2006 and 2-3-2006, in which “auto” is refused where
    both numbers could be the month; dots always mean that the day comes first.
    Raises NotADate.
    """
    given = text.strip()
    numbers = re.sub(r"^\D+", "", given)  # without the day of the week before them
    if match := YEAR_FIRST.match(numbers):
        parts = [match[part] or match[f"{part}_"] for part in ("year", "month", "day")]
    elif match := YEAR_LAST.match(numbers):
        parts = [match["year"], *_month_and_day(given, match, order)]
    elif (match := ROMAN_MONTH.match(numbers)) and match["month"] in ROMAN:
        parts = [match["year"], str(ROMAN.index(match["month"]) + 1), match["day"]]
    else:
        return _day_with_a_word(given)
    if ANOTHER.search(numbers, match.end()):
        raise NotADate(_several(given))
    return _day(given, *map(int, parts))


def _month_and_day(given: str, match: re.Match[str], order: str) -> tuple[str, str]:
    first, second = match["first"], match["second"]
    if match["mark"] == "." or order == "day":
        return second, first
    if order == "month":
        return first, second
    if int(first) <= 12 and int(second) <= 12 and int(first) != int(second):
        raise NotADate(
            f"“{_short(given)}” can be read in two ways: say whether the day or the month "
            "comes first in this column."
        )
    return (first, second) if int(second) > 12 else (second, first)


def _day_with_a_word(given: str) -> dt.date:
    """The day of a date whose month is a word."""
    folded = fold(given)
    found = [*WORD_LAST.finditer(folded), *WORD_FIRST.finditer(folded)]
    known = [match for match in found if match["word"] in MONTHS]
    if not found:
        raise NotADate(f"“{_short(given)}” is no date: write it like 2006-03-14.")
    if not known:
        raise NotADate(
            f"“{_short(given)}” names no month that is known: write it like 2006-03-14."
        )
    if len(known) > 1 or STRETCH.search(given):
        raise NotADate(_several(given))
    match = known[0]
    return _day(given, int(match["year"]), MONTHS[match["word"]], int(match["day"]))


def _several(given: str) -> str:
    return f"“{_short(given)}” names more than one day: keep one of them."


def _day(given: str, year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise NotADate(f"“{_short(given)}” is no day of the calendar.") from None


def _short(given: str) -> str:
    return given if len(given) <= 40 else given[:40] + "…"


@dataclass(frozen=True, slots=True)
class Order:
    """Which comes first in dates like 2/3/2006, and why that is thought."""

    order: str  # day, month
    reason: str
    is_sure: bool


def guess_order(samples: Iterable[str]) -> Order:
    """Tell from a column of dates whether the day or the month comes first."""
    day_first = month_first = either = ""
    for sample in samples:
        match = YEAR_LAST.match(re.sub(r"^\D+", "", sample))
        if match is None or match["mark"] == ".":
            continue
        first, second = int(match["first"]), int(match["second"])
        if first > 12 >= second:
            day_first = day_first or match[0]
        elif second > 12 >= first:
            month_first = month_first or match[0]
        elif first != second:
            either = either or match[0]
    if day_first and month_first:
        return Order(
            "day",
            f"Both orders occur in this column (“{day_first}”, “{month_first}”): it was "
            "put together from two sources. Write its dates in one way, best 2006-03-14.",
            False,
        )
    if month_first:
        return Order("month", f"“{month_first}” can only have the month first.", True)
    if day_first:
        return Order("day", f"“{day_first}” can only have the day first.", True)
    if either:
        return Order(
            "day",
            f"Nothing in this column tells whether “{either}” has the day or the month "
            "first: the day is supposed. Choose the other where that is wrong.",
            False,
        )
    return Order("day", "The dates can be read in one way only.", True)
