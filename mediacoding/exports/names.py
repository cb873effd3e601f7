"""One name for a column in every format: safe in SPSS, Stata, R and files. Pure."""

import re
from itertools import chain, count
from string import ascii_lowercase

from codebook.checks import LONGEST_NAME, RESERVED


def identifier(words: str) -> str:
    """Words as a name: letters, digits and underscores, a letter first, not reserved."""
    name = re.sub(r"[^A-Za-z0-9_]+", "_", words).strip("_")[:LONGEST_NAME] or "c"
    if not name[0].isalpha():
        name = f"c_{name}"[:LONGEST_NAME]
    return f"{name}_" if name.lower() in RESERVED else name


class Names:
    """Gives names out once; names that differ only in case are one to SPSS."""

    def __init__(self, *taken: str) -> None:
        self._taken = {name.lower() for name in taken}

    def give(self, wanted: str) -> str:
        """The name that is wanted, or the nearest that no other column has."""
        suffixes = chain(
            [""],
            (f"_{letter}" for letter in ascii_lowercase[1:]),
            (f"_{number}" for number in count(1)),
        )
        names = (wanted[: LONGEST_NAME - len(end)] + end for end in suffixes)
        name = next(name for name in names if name.lower() not in self._taken)
        self._taken.add(name.lower())
        return name
