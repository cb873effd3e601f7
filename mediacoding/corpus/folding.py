"""One search text for both scripts: Cyrillic and Latin, with and without diacritics. Pure.

The same function folds the text and the query, so what a person types finds what a paper
printed. Latin is never turned into Cyrillic: that is ambiguous (injekcija, Tanjug).
"""

import hashlib
import re
import unicodedata

CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "ђ": "dj", "е": "e", "ж": "z",
    "з": "z", "и": "i", "ј": "j", "к": "k", "л": "l", "љ": "lj", "м": "m", "н": "n",
    "њ": "nj", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "ћ": "c", "у": "u",
    "ф": "f", "х": "h", "ц": "c", "ч": "c", "џ": "dz", "ш": "s",
    # Macedonian, Bulgarian and Russian letters that a Serbian paper may quote
    "ѓ": "gj", "ѕ": "dz", "ќ": "kj", "й": "j", "щ": "st", "ъ": "a", "ы": "y", "ь": "j",
    "э": "e", "ю": "ju", "я": "ja", "ё": "e",
}  # fmt: skip
LATIN = {
    "č": "c", "ć": "c", "š": "s", "ž": "z", "đ": "dj", "ð": "dj",
    "ǆ": "dz", "ǉ": "lj", "ǌ": "nj", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l",
    "ı": "i",
}  # fmt: skip


def _table() -> dict[int, str]:
    """What every character of the common scripts becomes: itself folded, or a blank.

    Everything that is no letter or digit becomes a blank, so that SQLite's and
    PostgreSQL's tokenisers cut the folded text at the same places.
    """
    table: dict[int, str] = {}
    for code in (*range(0x0500), *range(0x1E00, 0x2070), *range(0x20A0, 0x2200)):
        table[code] = _fold_character(chr(code))
    return table


def _fold_character(character: str) -> str:
    small = character.casefold()
    folded = CYRILLIC.get(small) or LATIN.get(small)
    if folded is None:
        folded = "".join(
            CYRILLIC.get(part) or LATIN.get(part) or part
            for part in unicodedata.normalize("NFKD", small).casefold()
            if not unicodedata.combining(part)
        )
    if unicodedata.combining(character):
        return ""
    return folded if folded.isalnum() else " "


class _Table(dict[int, str]):
    """Folds a character outside the common scripts when it is first met, and keeps it."""

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        if len(self) < 100_000:
            self[code] = folded
        return folded


TABLE = _Table(_table())
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]")
ENDINGS = re.compile(r"[ \t]+$", re.MULTILINE)


def nfc(text: str) -> str:
    """The form in which a text is stored: NFC, plain line ends, no control characters."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if CONTROL.search(text):
        text = CONTROL.sub("", text)
    if " \n" in text or "\t\n" in text:
        text = ENDINGS.sub("", text)
    return text.strip()


def fold(text: str) -> str:
    """The search text of a text: lower case, Latin, no diacritics, words between blanks.

    Folding twice changes nothing. đ, ђ and the spelling dj are one.
    """
    return " ".join(text.translate(TABLE).split())


def fingerprint(folded: str) -> str:
    """SHA-256 of a folded text: equal for the same words in either script, print or online."""
    return hashlib.sha256(folded.encode()).hexdigest()


def script_of(text: str) -> str:
    """“Latn”, “Cyrl”, “mixed” (a fifth or more of the other), or “” without letters."""
    beginning = text[:2_000]  # enough to tell, and quick for long texts
    cyrillic = len(re.findall("[\u0400-\u04ff]", beginning))
    latin = len(re.findall("[A-Za-z\u00c0-\u024f]", beginning))
    if cyrillic + latin == 0:
        return ""
    share = cyrillic / (cyrillic + latin)
    return "Cyrl" if share > 0.8 else "Latn" if share < 0.2 else "mixed"
