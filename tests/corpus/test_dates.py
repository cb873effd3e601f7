import csv
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediacoding.corpus import dates

FOURTEENTH = dt.date(2006, 3, 14)


@pytest.mark.parametrize(
    "text",
    [
        "2006-03-14",
        "2006-3-14 12:30",
        "2006-03-14T23:59:00+01:00",
        "20060314",
        "2006/03/14",
        "14.3.2006.",
        "14. 03. 2006. godine",
        "utorak, 14.3.2006.",
        "14/3/2006",
        "14-03-2006 8:00",
        "3/14/2006 8:00:05",
        "14. mart 2006",
        "14. марта 2006.",
        "14.mart 2006. u 12:30",
        "УТОРАК, 14. МАР 2006, 13:45 -> 14:12",
        "14. III 2006.",
        "14 Mar 2006",
        "14-Mar-2006",
        "March 14, 2006",
        "Tuesday, March 14th, 2006 at 9:00",
        "  14 March 2006\n",
    ],
)
def test_a_day_is_read_as_papers_and_archives_write_it(text):
    assert dates.parse_date(text) == FOURTEENTH


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("петак, 16. јан 2026, 13:45 -> 14:12", dt.date(2026, 1, 16)),
        ("1. јануара 2005.", dt.date(2005, 1, 1)),
        ("8. februar 1999.", dt.date(1999, 2, 8)),
        ("30. април 2010", dt.date(2010, 4, 30)),
        ("1. maja 2010", dt.date(2010, 5, 1)),
        ("28. јун 1914", dt.date(1914, 6, 28)),
        ("7. jula 1941.", dt.date(1941, 7, 7)),
        ("5. авг 2024", dt.date(2024, 8, 5)),
        ("11. sept 2001", dt.date(2001, 9, 11)),
        ("20. октобра 1944.", dt.date(1944, 10, 20)),
        ("29. нов. 1945", dt.date(1945, 11, 29)),
        ("31. decembar 1999.", dt.date(1999, 12, 31)),
    ],
)
def test_every_month_is_known_in_both_scripts(text, day):
    assert dates.parse_date(text) == day


@pytest.mark.parametrize(
    ("order", "day"), [("day", dt.date(2006, 3, 4)), ("month", dt.date(2006, 4, 3))]
)
def test_the_order_decides_numbers_that_could_both_be_the_month(order, day):
    assert dates.parse_date("4/3/2006", order=order) == day
    assert dates.parse_date("4-3-2006", order=order) == day


def test_dots_always_have_the_day_first():
    assert dates.parse_date("4.3.2006.", order="month") == dt.date(2006, 3, 4)


def test_no_order_is_supposed_where_none_was_given():
    with pytest.raises(dates.NotADate, match="can be read in two ways: say whether"):
        dates.parse_date("4/3/2006")
    assert dates.parse_date("3/3/2006") == dt.date(2006, 3, 3)


@pytest.mark.parametrize(
    ("text", "order", "sentence"),
    [
        ("soon", "auto", "“soon” is no date: write it like 2006-03-14."),
        ("", "auto", "“” is no date"),
        ("5 i 2006", "auto", "“5 i 2006” names no month that is known"),
        ("14. foo 2006", "auto", "names no month that is known"),
        ("14.3.06.", "auto", "is no date: write it like"),
        ("mart 2006", "auto", "is no date"),
        ("31.2.2006.", "auto", "“31.2.2006.” is no day of the calendar."),
        ("2/24/2016", "day", "is no day of the calendar"),
        ("24/2/2016", "month", "is no day of the calendar"),
        ("0000-00-00", "auto", "is no day of the calendar"),
        ("14.3.2006 - 16.3.2006", "auto", "names more than one day: keep one"),
        ("14-16. mart 2006.", "auto", "names more than one day"),
        ("14 Mar 2006, updated 15 Mar 2006", "auto", "names more than one day"),
        ("x" * 500, "auto", "^“x{40}…” is no date"),
    ],
)
def test_what_is_no_date_says_so(text, order, sentence):
    with pytest.raises(dates.NotADate, match=sentence):
        dates.parse_date(text, order=order)


@given(st.dates(dt.date(1600, 1, 1), dt.date(2200, 1, 1)))
def test_every_day_is_read_back_however_it_was_written(day):
    written = [
        day.isoformat(),
        f"{day.day}.{day.month}.{day.year}.",
        f"{day.day}. {dates.SPELLINGS[day.month - 1].split()[1]} {day.year}",
        f"{day.day}. {dates.ROMAN[day.month - 1]} {day.year}",
    ]
    assert {dates.parse_date(text) for text in written} == {day}
    assert dates.parse_date(f"{day:%m/%d/%Y}", order="month") == day
    assert dates.parse_date(f"{day:%d/%m/%Y}", order="day") == day


@given(st.text(), st.sampled_from(dates.ORDERS))
def test_any_text_is_a_day_or_is_refused_with_a_sentence(text, order):
    try:
        day = dates.parse_date(text, order=order)
    except dates.NotADate as refusal:
        said = str(refusal)
    else:
        said = f"{day}."
    assert said.endswith(".")


@pytest.mark.parametrize(
    ("samples", "order", "reason", "is_sure"),
    [
        (["2/3/2016", "2/24/2016 8:00"], "month", "“2/24/2016” can only have the month", True),
        (["2/3/2016", "24-2-2016"], "day", "“24-2-2016” can only have the day first", True),
        (["2/24/2016", "24/2/2016"], "day", "Both orders occur in this column", False),
        (["2/3/2016", ""], "day", "Nothing in this column tells whether “2/3/2016”", False),
        (["2/2/2016"], "day", "can be read in one way only", True),
        (["2006-03-14", "4.3.2006."], "day", "can be read in one way only", True),
        ([], "day", "can be read in one way only", True),
    ],
)  # fmt: skip
def test_the_order_of_a_column_is_told_with_its_reason(samples, order, reason, is_sure):
    found = dates.guess_order(samples)
    assert (found.order, found.is_sure) == (order, is_sure)
    assert reason in found.reason


def test_all_dates_of_a_real_cyrillic_site_are_read(shared_data):
    path = shared_data / "articles" / "rts_cyrillic_headlines.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        days = [
            dates.parse_date(row["datePublished"])
            for row in csv.DictReader(file)
            if row["datePublished"].strip()
        ]
    assert len(days) > 3_000
    assert {day.year for day in days} <= set(range(2000, 2027))


def test_the_american_order_of_a_real_file_is_told(shared_data):
    path = shared_data / "codings" / "ecosent_icr.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        written = [row["date"] for row in csv.DictReader(file, delimiter=";")]
    found = dates.guess_order(written)
    assert (found.order, found.is_sure) == ("month", True)
    assert {dates.parse_date(text, order="month").year for text in written} == {2015}
