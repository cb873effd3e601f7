"""Values: what an answer is, as two columns of the database. Pure.

`state` is "value", "missing" (a missing code that the coder chose) or "not_applicable"
(the filter is false). `value` is the canonical text: a code "3"; the codes of a multiple
choice, ascending, "1 4", and "" for "none applies", which is an answer; "12"; "12.5";
"2006-03-14"; words in NFC; a missing code "98". Equal values have equal texts.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from codebook.document import Texts, VariableSpec
from codebook.levels import CategoryKind, Kind


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for the translators; whoever shows it translates it."""
    return sentence


class NotAValue(Exception):
    """What was sent is no legal value of the variable.

    `sentence` holds %(name)s places for `facts`; a fact may be a Texts. `in_` gives the
    sentence in a language, `str` in English.
    """

    def __init__(self, sentence: str, **facts: object) -> None:
        self.sentence = sentence
        self.facts = facts
        super().__init__(self.in_("en"))

    def in_(self, language: str, translate: Callable[[str], str] = gettext_noop) -> str:
        facts = {
            name: fact.in_(language) if isinstance(fact, Texts) else fact
            for name, fact in self.facts.items()
        }
        return translate(self.sentence) % facts


@dataclass(frozen=True, slots=True)
class Value:
    """What a coder found: a state and, for "value" and "missing", its canonical text."""

    state: str
    value: str = ""

    @classmethod
    def not_applicable(cls) -> "Value":
        return cls("not_applicable")

    @classmethod
    def missing(cls, code: int) -> "Value":
        return cls("missing", str(code))

    @property
    def is_value(self) -> bool:
        return self.state == "value"

    @property
    def codes(self) -> tuple[int, ...]:
        """The codes of a choice, ascending; () where none applies."""
        return tuple(int(code) for code in self.value.split())


def parse_value(variable: VariableSpec, raw: str | Sequence[str]) -> Value:
    """Return the value that a form, a file or a person gave for a variable.

    `raw` is one text, or a list of texts for a multiple choice (the empty list means that
    none applies). Decimal commas are understood. Raises NotAValue with a sentence that
    says what is legal.
    """
    texts = [raw] if isinstance(raw, str) else list(raw)
    texts = [unicodedata.normalize("NFC", text).strip() for text in texts]
    if variable.kind is not Kind.MULTI and len(texts) != 1:
        raise NotAValue(
            gettext_noop("“%(variable)s” takes one answer."), variable=variable.label
        )
    if len(texts) == 1 and (missing := _missing_code(variable, texts[0])) is not None:
        return Value.missing(missing)
    return PARSERS[variable.kind](variable, texts)


def _missing_code(variable: VariableSpec, text: str) -> int | None:
    """The missing code that a text is, if the variable declares it."""
    if not re.fullmatch(r"-?\d{1,9}", text):
        return None
    return int(text) if int(text) in variable.missing_codes else None


def _single(variable: VariableSpec, texts: list[str]) -> Value:
    return Value("value", str(_code(variable, texts[0])))


def _multi(variable: VariableSpec, texts: list[str]) -> Value:
    """Codes come one a text or several in one, separated by blanks, commas or semicolons."""
    words = [word for text in texts for word in re.split(r"[\s,;|]+", text) if word]
    codes = sorted({_code(variable, word) for word in words})
    for code in codes:
        category = variable.category(code)
        if category.kind is CategoryKind.EXCLUSIVE and len(codes) > 1:
            raise NotAValue(
                gettext_noop(
                    "“%(category)s” excludes every other category of “%(variable)s”: "
                    "choose it alone, or choose the others."
                ),
                category=category.label,
                variable=variable.label,
            )
    return Value("value", " ".join(str(code) for code in codes))


def _code(variable: VariableSpec, text: str) -> int:
    legal = {
        category.code: category
        for category in variable.categories
        if not category.is_retired
    }
    # Spreadsheets write codes as 3.0; nothing else after the point is meant by it.
    number = re.fullmatch(r"(-?\d{1,9})(?:[.,]0+)?", text)
    if number is None or int(number[1]) not in legal:
        raise NotAValue(
            gettext_noop(
                "“%(given)s” is not a category of “%(variable)s”. Legal are %(legal)s."
            ),
            given=text[:40],
            variable=variable.label,
            legal=", ".join(
                str(code) for code in [*legal, *sorted(variable.missing_codes)]
            ),
        )
    return int(number[1])


def _integer(variable: VariableSpec, texts: list[str]) -> Value:
    text = texts[0].replace("−", "-")
    if not re.fullmatch(r"[+-]?\d{1,15}(?:[.,]0+)?", text):
        raise NotAValue(
            gettext_noop(
                "“%(given)s” is not a whole number, as “%(variable)s” asks for."
            ),
            given=text[:40],
            variable=variable.label,
        )
    number = int(re.split("[.,]", text)[0])
    _check_bounds(variable, Decimal(number))
    return Value("value", str(number))


def _decimal(variable: VariableSpec, texts: list[str]) -> Value:
    text = texts[0].replace("−", "-").replace(",", ".")
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or len(text) > 30:
        raise NotAValue(
            gettext_noop("“%(given)s” is not a number, as “%(variable)s” asks for."),
            given=text[:40],
            variable=variable.label,
        )
    _check_bounds(variable, number)
    plain = f"{number:f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return Value("value", "0" if plain in {"-0", ""} else plain)


def _check_bounds(variable: VariableSpec, number: Decimal) -> None:
    low, high = variable.minimum, variable.maximum
    if (low is None or number >= low) and (high is None or number <= high):
        return
    if low is not None and high is not None:
        sentence = gettext_noop(
            "“%(variable)s” must be between %(low)s and %(high)s, not %(given)s."
        )
    elif low is not None:
        sentence = gettext_noop(
            "“%(variable)s” must be at least %(low)s, not %(given)s."
        )
    else:
        sentence = gettext_noop(
            "“%(variable)s” must be at most %(high)s, not %(given)s."
        )
    raise NotAValue(
        sentence, variable=variable.label, low=low, high=high, given=f"{number:f}"
    )


def _date(variable: VariableSpec, texts: list[str]) -> Value:
    try:
        day = dt.date.fromisoformat(texts[0])
    except ValueError:
        raise NotAValue(
            gettext_noop(
                "“%(given)s” is not a date, as “%(variable)s” asks for. "
                "Write it as year-month-day, for example 2006-03-14."
            ),
            given=texts[0][:40],
            variable=variable.label,
        ) from None
    return Value("value", day.isoformat())


def _text(variable: VariableSpec, texts: list[str]) -> Value:
    text = texts[0]
    if variable.max_length is not None and len(text) > variable.max_length:
        raise NotAValue(
            gettext_noop(
                "“%(variable)s” takes at most %(most)s characters; these are %(given)s."
            ),
            variable=variable.label,
            most=variable.max_length,
            given=len(text),
        )
    return Value("value", text)


PARSERS: dict[Kind, Callable[[VariableSpec, list[str]], Value]] = {
    Kind.SINGLE: _single,
    Kind.MULTI: _multi,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.DATE: _date,
    Kind.TEXT: _text,
}
