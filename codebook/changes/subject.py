"""What changes are told about: one variable, section or the whole document. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codebook.changes.change import Change, Effect, Kind, Opens
from codebook.changes.declarations import JUDGED, Declaration, Declared, effect_of
from codebook.changes.edits import Edit, Path
from codebook.places import Place


@dataclass(frozen=True, slots=True)
class Subject:
    """A part of the document that is compared.

    `names` are its old and its new name, () for what is not about a variable; `path`
    leads to it in the old document, `place` in the new one.
    """

    declared: Declared
    path: Path = ()
    place: Place = ()
    names: tuple[str, ...] = ()

    def change(
        self,
        kind: Kind,
        effect: Effect,
        edits: Iterable[Edit],
        *,
        codes: Sequence[int] = (),
        to: Sequence[int] = (),
        old: Any = None,
        new: Any = None,
        opens: Opens = Opens.ALL,
        at: Place = (),
        declaration: Declaration | None = None,
    ) -> Change:
        """Return a change, with the effect that the history gives it, if it speaks of it."""
        edits = tuple(edits)
        if declaration is None:
            declaration = self.declared.of(kind, self.names or ("",), codes or to)
        effect = effect_of(kind, effect, declaration)
        if old is None and new is None:
            old, new = contents(edits)
        return Change(
            kind=kind,
            effect=effect,
            place=(*self.place, *at),
            variable=self.names[0] if self.names else "",
            codes=tuple(codes),
            to=tuple(to),
            old=old,
            new=new,
            opens=opens if effect is Effect.RECODE else Opens.NOTHING,
            is_judged=kind in JUDGED,
            edits=edits,
            declared=declaration,
        )


def contents(edits: Sequence[Edit]) -> tuple[Any, Any]:
    """What stood there and what stands there now; where several things differ, by name."""
    if len(edits) == 1:
        old, new = edits[0].old, edits[0].new
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            return _differing(old, new)
        return old, new
    return (
        {edit.path[-1]: edit.old for edit in edits},
        {edit.path[-1]: edit.new for edit in edits},
    )


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Any, Any]:
    """The one field in which two mappings differ; both mappings where more do."""
    names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    is_text = all(isinstance(value, str) for value in (*old.values(), *new.values()))
    if len(names) == 1 and not is_text:
        return old.get(names[0]), new.get(names[0])
    return old, new
