"""Comparing two versions of a codebook: typed changes with their effect on codings. Pure.

docs/codebook-format.md lists the kinds of change and their effects.
"""

from collections.abc import Iterable, Iterator

from codebook.changes.change import Change, Comparison, Effect, Kind
from codebook.changes.declarations import Declared, declared
from codebook.changes.edits import (
    KNOWN_BY,
    Edit,
    ListEdits,
    entries,
    field_edits,
    handles,
    list_edits,
    list_itself,
    same,
    take,
)
from codebook.changes.matching import (
    Matched,
    Tree,
    match_categories,
    match_named,
    match_variables,
)
from codebook.changes.subject import Subject
from codebook.changes.variables import Pair, Renaming, variable_changes
from codebook.document import Document

#: What says which version a document is, and is no change of the instrument.
STAMP = ("version", "date", "status", "version_history")
HEAD = {
    "title": Kind.CHANGE_TITLE,
    "languages": Kind.CHANGE_LANGUAGES,
    "universe": Kind.CHANGE_UNIVERSE,
    "general_rules": Kind.CHANGE_GENERAL_RULES,
    "missing_codes": Kind.CHANGE_MISSING_WORDS,
}


def compare(old: Document, new: Document) -> Comparison:
    """Return what changed from one version of a codebook to another.

    Comparing a document with itself gives nothing. What two texts cannot tell (whether 11
    and 12 are what was 1) is taken from the new document's history.
    """
    if same(old.tree, new.tree):
        names = tuple((v.name, v.name) for v in old.variables)
        return Comparison(old, new, names=names)
    said = declared(old, new)
    matched = match_variables(
        entries(old.tree, "variables"), entries(new.tree, "variables"), said
    )
    names = tuple(
        (old.variables[was].name, new.variables[at].name)
        for at, was in enumerate(matched)
        if was is not None
    )
    changes = (
        *_head(said, old, new),
        *_sections(said, old, new),
        *_variables(said, old, new, matched),
        *_derived(said, old, new),
        *_rest(said, old, new),
    )
    spoken = [change.declared for change in changes]
    return Comparison(
        old=old,
        new=new,
        changes=changes,
        stamp=field_edits(("codebook",), old.head, new.head, STAMP),
        names=names,
        unfound=tuple(
            entry
            for entry in said.entries
            if not any(entry is other for other in spoken)
        ),
    )


def apply(document: Document, changes: Comparison | Iterable[Change]) -> Document:
    """Return the document after the changes: apply(a, compare(a, b)) is b.

    Some changes of a comparison may be applied alone; number, date, status and history
    come with the whole comparison only. Raises NotMergeable if the document does not have
    what a change is about.
    """
    stamp = changes.stamp if isinstance(changes, Comparison) else ()
    return take(document, [*stamp, *(e for change in changes for e in change.edits)])


def _head(said: Declared, old: Document, new: Document) -> Iterator[Change]:
    subject = Subject(said, ("codebook",), ("codebook",))
    for name in dict.fromkeys((*old.head, *new.head)):
        if name not in STAMP and (
            edits := field_edits(subject.path, old.head, new.head, [name])
        ):
            yield subject.change(
                HEAD.get(name, Kind.CHANGE_OTHER), Effect.NONE, edits, at=(name,)
            )


def _rest(said: Declared, old: Document, new: Document) -> Iterator[Change]:
    """What stands beside the head and the lists, and lists that are absent in a version."""
    subject = Subject(said)
    for name in dict.fromkeys((*old.tree, *new.tree)):
        if name == "codebook":
            continue
        edits: tuple[Edit, ...] = ()
        if name not in KNOWN_BY:
            edits = field_edits((), old.tree, new.tree, [name])
        else:
            edits = list_itself((), old.tree, new.tree, name)
        if edits:
            yield subject.change(Kind.CHANGE_OTHER, Effect.NONE, edits, at=(name,))


def _sections(said: Declared, old: Document, new: Document) -> Iterator[Change]:
    olds, news = entries(old.tree, "sections"), entries(new.tree, "sections")
    matched = match_named(olds, news, "id")
    steps = list_edits(("sections",), olds, news, matched)
    yield from _gone(said, Kind.REMOVE_SECTION, Effect.NONE, steps)
    known = handles("sections", olds)
    for at, was in enumerate(matched):
        place = ("sections", at)
        if was is None:
            yield Subject(said, ("sections",), place).change(
                Kind.ADD_SECTION, Effect.NONE, [steps.inserted[at]]
            )
            continue
        subject = Subject(said, ("sections", known[was]), place)
        yield from _fields(
            subject, olds[was], news[at], {"label": Kind.RELABEL_SECTION}
        )
        if at in steps.moved:
            yield subject.change(Kind.MOVE_SECTION, Effect.NONE, [steps.moved[at]])


def _gone(
    said: Declared, kind: Kind, effect: Effect, steps: ListEdits
) -> Iterator[Change]:
    """The entries that the new version does not have; their place is the old one's."""
    for was, edit in steps.removed.items():
        names = (edit.old["name"],) if "name" in edit.old else ()
        subject = Subject(said, edit.path, (edit.path[0], was), names)
        yield subject.change(kind, effect, [edit])


def _fields(
    subject: Subject, old: Tree, new: Tree, kinds: dict[str, Kind]
) -> Iterator[Change]:
    for name in dict.fromkeys((*old, *new)):
        if edits := field_edits(subject.path, old, new, [name]):
            kind = kinds.get(name, Kind.CHANGE_OTHER)
            yield subject.change(kind, Effect.NONE, edits, at=(name,))


def _variables(
    said: Declared, old: Document, new: Document, matched: Matched
) -> Iterator[Change]:
    olds, news = entries(old.tree, "variables"), entries(new.tree, "variables")
    steps = list_edits(("variables",), olds, news, matched)
    known = handles("variables", olds)
    pairs = {
        at: Pair(
            olds[was],
            news[at],
            old.variables[was],
            new.variables[at],
            match_categories(
                olds[was], news[at], said, (olds[was]["name"], news[at]["name"])
            ),
        )
        for at, was in enumerate(matched)
        if was is not None
    }
    renaming = Renaming(
        names={pair.was.name: pair.now.name for pair in pairs.values()},
        codes={pair.was.name: pair.categories.recoded for pair in pairs.values()},
    )
    yield from _gone(said, Kind.REMOVE_VARIABLE, Effect.AUTOMATIC, steps)
    for at, was in enumerate(matched):
        place = ("variables", at)
        if was is None:
            subject = Subject(said, ("variables",), place, (news[at]["name"],))
            yield subject.change(Kind.ADD_VARIABLE, Effect.RECODE, [steps.inserted[at]])
            continue
        pair = pairs[at]
        subject = Subject(
            said, ("variables", known[was]), place, (pair.was.name, pair.now.name)
        )
        yield from variable_changes(subject, pair, renaming, steps.moved.get(at))


DERIVED = {
    "formula": Kind.CHANGE_DERIVED,
    "from": Kind.CHANGE_DERIVED,
    "map": Kind.CHANGE_DERIVED,
    "level": Kind.CHANGE_DERIVED,
    "label": Kind.RELABEL_DERIVED,
}


def _derived(said: Declared, old: Document, new: Document) -> Iterator[Change]:
    """Derived variables are computed anew, so every change of them is automatic."""
    name = "derived_variables"
    olds, news = entries(old.tree, name), entries(new.tree, name)
    matched = match_named(olds, news, "name")
    steps = list_edits((name,), olds, news, matched)
    known = handles(name, olds)
    yield from _gone(said, Kind.REMOVE_DERIVED, Effect.AUTOMATIC, steps)
    for at, was in enumerate(matched):
        tree, place = news[at], (name, at)
        if was is None:
            yield Subject(said, (name,), place, (tree["name"],)).change(
                Kind.ADD_DERIVED, Effect.AUTOMATIC, [steps.inserted[at]]
            )
            continue
        names = (olds[was]["name"], tree["name"])
        subject = Subject(said, (name, known[was]), place, names)
        computing = [
            field for field, kind in DERIVED.items() if kind is Kind.CHANGE_DERIVED
        ]
        if edits := field_edits(subject.path, olds[was], tree, computing):
            yield subject.change(
                Kind.CHANGE_DERIVED, Effect.AUTOMATIC, edits, at=(edits[0].path[-1],)
            )
        others = {key: value for key, value in tree.items() if key not in computing}
        before = {k: value for k, value in olds[was].items() if k not in computing}
        yield from _fields(subject, before, others, DERIVED)
        if at in steps.moved:
            yield subject.change(Kind.MOVE_DERIVED, Effect.NONE, [steps.moved[at]])
