"""The number of the next version, proposed from the effects of its changes. Pure."""

import re
from collections.abc import Collection

from codebook.changes.carrying import separated
from codebook.changes.change import Comparison, Effect

PARTS = re.compile(r"(\d+)(?:\.(\d+))?(?:\.(\d+))?")
#: Above this share of variables that cannot be compared, it is another instrument.
MOST_APART = 0.5


def next_number(
    old_number: str, changes: Comparison, *, taken: Collection[str] = ()
) -> str:
    """Return the number that the new version should have.

    The first part rises when more than half of the old variables cannot be compared any
    more (separated by a recode change, or gone): it is another instrument. The second part
    rises with any other change of effect automatic or recode: which variables are still
    comparable is said variable by variable, so that 1.0 became 1.1 with a split category
    and a sharper definition. The third part rises where only wording changed. Without a
    change the number stays. A number in `taken` is passed over; one without digits gets
    ".1" behind it.
    """
    if not changes:
        return old_number
    parts = PARTS.fullmatch(old_number.strip())
    if parts is None:
        proposed, last = old_number.strip(), 1
        while f"{proposed}.{last}" in taken:
            last += 1
        return f"{proposed}.{last}"
    major, minor, patch = (int(part or 0) for part in parts.groups())
    known = {variable.name for variable in changes.old.variables}
    apart = separated(changes) | (known - {old for old, _new in changes.names})
    while True:
        if known and len(apart) > MOST_APART * len(known):
            major, minor, patch = major + 1, 0, 0
        elif any(change.effect is not Effect.NONE for change in changes):
            minor, patch = minor + 1, 0
        else:
            patch += 1
        number = f"{major}.{minor}" + (f".{patch}" if patch else "")
        if number not in taken:
            return number
