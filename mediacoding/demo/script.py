"""Serbian Latin to Cyrillic for the invented articles. Pure.

In general this is ambiguous (injekcija, Tanjug), which is why the program folds the other
way only; these texts were written knowing it.
"""

DIGRAPHS = {"lj": "љ", "nj": "њ", "dž": "џ"}
LETTERS = dict(
    zip("abvgdđežzijklmnoprstćufhcčš", "абвгдђежзијклмнопрстћуфхцчш", strict=True)
)
#: Parts of words in which two letters meet that are not one sound.
APART = ("injekc", "konjunk", "nadživ")


def cyrillic(text: str) -> str:
    """Return the text in Cyrillic."""
    result = []
    at = 0
    while at < len(text):
        pair = text[at : at + 2]
        small = pair.lower()
        apart = any(
            text[max(0, at - 2) : at + 5].lower().startswith(part) for part in APART
        )
        if small in DIGRAPHS and not apart:
            letter, at = DIGRAPHS[small], at + 2
        else:
            pair = text[at]
            letter, at = LETTERS.get(pair.lower(), pair), at + 1
        result.append(letter.upper() if pair[0].isupper() else letter)
    return "".join(result)
