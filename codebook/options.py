"""What a coder chooses from, with the key that chooses it. Pure."""

from dataclasses import dataclass

from codebook.levels import Kind
from codebook.reader import ReadVariable
from codebook.values import Value

#: Letters that choose an option where its code is no single digit; the others act.
LETTERS = "abcefgiklopstvwxyz"
MISSING_KEY = "n"
#: What the form sends for a multiple choice of which none applies.
NONE_APPLIES = "none"


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose, with the key that chooses it."""

    value: str
    label: str
    key: str
    is_chosen: bool
    is_missing: bool
    is_exclusive: bool


def options_of(
    read: ReadVariable, value: Value, none_applies: str
) -> tuple[Option, ...]:
    """Return the options of a question: digits for codes of one digit, letters for others.

    `value` is the answer as it stands, `none_applies` the words for the empty answer of a
    multiple choice.
    """
    has_categories = read.spec.kind.has_categories
    chosen = set(value.codes) if value.is_value and has_categories else set()
    letters = iter(LETTERS)
    options = []
    for category in read.categories:
        if category.is_retired and category.code not in chosen:
            continue
        key = str(category.code) if 0 <= category.code <= 9 else next(letters, "")
        is_chosen = category.code in chosen
        options.append(
            Option(
                str(category.code),
                category.label,
                key,
                is_chosen,
                False,
                category.is_exclusive,
            )
        )
    if read.spec.kind is Kind.MULTI and not any(o.is_exclusive for o in options):
        key = "0" if all(option.key != "0" for option in options) else next(letters, "")
        is_empty = value.is_value and not chosen
        options.append(Option(NONE_APPLIES, none_applies, key, is_empty, False, True))
    key = MISSING_KEY
    for code, label, is_offered in read.missing:
        if is_offered:
            is_chosen = value.state == "missing" and value.value == str(code)
            options.append(Option(str(code), label, key, is_chosen, True, True))
            key = next(letters, "")
    return tuple(options)
