"""One search text for both scripts: Cyrillic and Latin, with and without diacritics. Pure.

The same function folds the text and the query, so what a person types finds what a paper
printed. Latin is never turned into Cyrillic: that is ambiguous (injekcija, Tanjug).

A folded text is what the database indexes: words of letters and digits between single
blanks, nothing else. SQLite's and PostgreSQL's tokenisers differ over hyphens, addresses,
decimal points and the like; over blanks they agree. Doing it here, and not in a second
function for the index, keeps one column for search, sorting and the finding of twins, and
costs nothing: the table that folds a letter turns a comma into a blank.
"""

import codecs
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


def _fold_character(character: str) -> str:
    """What one character becomes: folded letters or digits, a blank, or nothing.

    Marks and invisible characters become nothing, so that a soft hyphen or a stress mark
    does not cut a word; everything else that is no letter or digit becomes a blank.
    """
    if unicodedata.category(character) in ("Mn", "Mc", "Me", "Cf"):
        return ""
    small = character.casefold()
    folded = CYRILLIC.get(small) or LATIN.get(small)
    if folded is not None:
        return folded
    return "".join(
        CYRILLIC.get(part) or LATIN.get(part) or _letter_or_blank(part)
        for part in unicodedata.normalize("NFKD", small).casefold()
        if not unicodedata.category(part).startswith("M")
    )


def _letter_or_blank(character: str) -> str:
    if (
        "\u02b0" <= character <= "\u02ff"
    ):  # apostrophes, which Unicode counts as letters
        return " "
    kind = unicodedata.category(character)
    return character if kind.startswith("L") or kind == "Nd" else " "


class _Table(dict[int, str]):
    """Folds a character when it is first met, and keeps it."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        return folded


TABLE = _Table()

#: The characters of which nearly all our texts consist: one byte each, folded three times
#: as fast as by the table. A text with any other character goes the slower way.
COMMON = (
    "".join(map(chr, range(128)))
    + "čćšžđČĆŠŽĐ"
    + "".join(CYRILLIC) + "".join(CYRILLIC).upper()
    + "\u00a0„“”‘’‚«»–—…•°€´§·éáíóöüèäçëÉÖÜß"
)  # fmt: skip
UNUSED = "\ufffe"  # what codecs call a byte without a character
ENCODER = codecs.charmap_build(COMMON.ljust(256, UNUSED))


def _bytes_and_pairs() -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """What each common character becomes, as one byte; and what the bytes of pairs stand for."""
    pairs: dict[str, bytes] = {}
    becomes = bytearray(256)
    for number, character in enumerate(COMMON):
        folded = _fold_character(character)
        if len(folded) == 1 or folded.isspace():
            becomes[number] = ord(folded[0])
        else:
            becomes[number] = pairs.setdefault(folded, bytes([len(pairs) + 1]))[0]
    return bytes(becomes), [(mark, pair.encode()) for pair, mark in pairs.items()]


BECOMES, PAIRS = _bytes_and_pairs()


def fold(text: str) -> str:
    """The search text of a text: lower case, Latin, no diacritics, words between blanks.

    Folding twice changes nothing. đ, ђ and the spelling dj are one. At most 18 characters
    come of one (an Arabic ligature), two of one in any text that we know.
    """
    try:
        raw, _length = codecs.charmap_encode(text, "strict", ENCODER)
    except UnicodeEncodeError:
        return " ".join(unicodedata.normalize("NFC", text).translate(TABLE).split())
    raw = raw.translate(BECOMES)
    for mark, pair in PAIRS:
        if mark in raw:
            raw = raw.replace(mark, pair)
    return b" ".join(raw.split()).decode("ascii")


def fingerprint(folded: str) -> str:
    """SHA-256 of a folded text: equal for the same words in either script, print or online."""
    return hashlib.sha256(folded.encode()).hexdigest()


def _all_but(letters: str) -> bytes:
    """The bytes of the common characters that are none of these letters."""
    return bytes(n for n in range(256) if COMMON[n : n + 1] not in set(letters))


NOT_CYRILLIC = _all_but("".join(c for c in COMMON if "\u0400" <= c <= "\u04ff"))
NOT_LATIN = _all_but("".join(c for c in COMMON if c.isalpha() and c < "\u0400"))


def script_of(text: str) -> str:
    """“Latn”, “Cyrl”, “mixed” (a fifth or more of the other), or “” without letters."""
    raw, _length = codecs.charmap_encode(text, "ignore", ENCODER)
    cyrillic = len(raw.translate(None, NOT_CYRILLIC))
    latin = len(raw.translate(None, NOT_LATIN))
    if cyrillic + latin == 0:
        return ""
    share = cyrillic / (cyrillic + latin)
    return "Cyrl" if share > 0.8 else "Latn" if share < 0.2 else "mixed"


#: Neither database can keep NUL or half a surrogate pair; the rest is dirt of conversions.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ud800-\udfff]")
ENDINGS = re.compile(r"[ \t]+$", re.MULTILINE)
#: A page break ends a line. The codes from 80 to 9F are cp1252 that somebody took for
#: Latin-1, as browsers know too: \x9a was a “š”, \x93 a quotation mark.
MENDED = {
    "\x0b": "\n",
    "\x0c": "\n",
    **{
        chr(code): bytes([code]).decode("cp1252", "ignore")
        for code in range(0x80, 0xA0)
    },
}


def nfc(text: str) -> str:
    """The form in which a text is stored: NFC, plain line ends, no control characters.

    No line ends in blanks, the text neither begins nor ends in white space.
    """
    if CONTROL.search(text):
        text = CONTROL.sub(lambda found: MENDED.get(found[0], ""), text)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if " \n" in text or "\t\n" in text:
        text = ENDINGS.sub("", text)
    return text.strip()
