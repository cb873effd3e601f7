"""Steps back and forward through the revisions of a draft. Pure.

Going back is a revision of its own that holds an earlier one's document, so nothing is
ever lost, and what was undone can be done again.
"""

from collections.abc import Mapping

#: Revisions in their order, each with the one whose document it brought back, if it did.
Revisions = Mapping[int, int | None]


def state_of(revisions: Revisions, revision: int) -> int:
    """The revision that first held the document of this one."""
    return revisions.get(revision) or revision


def undone_by(revisions: Revisions) -> int | None:
    """The revision that one step back brings back; None at the beginning."""
    state = state_of(revisions, max(revisions))
    before = state - 1
    return state_of(revisions, before) if before in revisions else None


def redone_by(revisions: Revisions) -> int | None:
    """The revision that one step forward brings back; None if nothing was undone."""
    newest = max(revisions)
    if not revisions[newest]:
        return None
    state = state_of(revisions, newest)
    made = [
        revision
        for revision, source in revisions.items()
        if not source
        and revision - 1 in revisions
        and state_of(revisions, revision - 1) == state
    ]
    return max(made, default=None)
