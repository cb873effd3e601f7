"""Names for variables out of words in Latin or Cyrillic letters. Pure."""

import re
import unicodedata
from collections.abc import Collection

from codebook.checks import LONGEST_NAME, RESERVED

#: Letters that do not fall apart into a Latin letter and its accent.
LETTERS = str.maketrans(
    {
        "đ": "dj", "ð": "d", "ł": "l", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th",
        "ı": "i",
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "ђ": "dj", "е": "e", "ж": "z",
        "з": "z", "и": "i", "ј": "j", "к": "k", "л": "l", "љ": "lj", "м": "m", "н": "n",
        "њ": "nj", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "ћ": "c", "у": "u",
        "ф": "f", "х": "h", "ц": "c", "ч": "c", "џ": "dz", "ш": "s",
    }
)  # fmt: skip


def name_from(words: str, taken: Collection[str], otherwise: str = "v") -> str:
    """Return a legal name of a variable that is not in `taken`, close to some words.

    Where the words have no letter that can stand in a name, it is `otherwise` with a number.
    """
    plain = unicodedata.normalize("NFKD", words.lower().translate(LETTERS))
    stem = re.sub(r"[^a-z0-9]+", "_", re.sub(r"[\u0300-\u036f]", "", plain)).strip("_")
    if not re.search(r"[a-z]", stem):
        stem = f"{otherwise}_{stem}" if stem else otherwise
    elif not stem[0].isalpha():
        stem = f"{otherwise}_{stem}"
    stem = stem[:LONGEST_NAME].rstrip("_")
    name, number = stem, 1
    while name.lower() in RESERVED or name in taken:
        number += 1
        name = f"{stem[: LONGEST_NAME - len(str(number)) - 1]}_{number}"
    return name
