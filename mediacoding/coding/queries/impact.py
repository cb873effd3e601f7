"""What a change of the codebook touches: codings, coders, rounds, articles.

Counted in the codings of one version in one study, as they stand now: the newest
submission of every coding that was not handed back, finished or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, QuerySet

from codebook.changes.carrying import is_legal
from codebook.changes.change import Change, Comparison, Effect, Kind, Opens
from codebook.models import CodebookVersion
from codebook.queries import variables_of
from codebook.values import Value
from mediacoding.coding.models import (
    Answer,
    Assignment,
    Coding,
    Submission,
    Unit,
)
from mediacoding.studies.models import Study

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

#: Changes of the whole codebook that every coding was made under.
OF_EVERY_CODING = frozenset({Kind.CHANGE_GENERAL_RULES, Kind.CHANGE_UNIVERSE})
#: Changes of a variable that no coder ever read.
OF_NO_ANSWER = frozenset(
    {Kind.CHANGE_THRESHOLD, Kind.MOVE_VARIABLE, Kind.MOVE_CATEGORY}
)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many different codings, coders, rounds and articles."""

    codings: int
    coders: int
    rounds: int
    articles: int


@dataclass(frozen=True, slots=True)
class Impact:
    """What a change touches, and how many codings coders look at again.

    `touched` is None where a change concerns no answer (a heading, a threshold). Where
    `is_at_most`, the filter decides article by article, so that it may be fewer.
    """

    touched: Counts | None
    open_again: int = 0
    is_at_most: bool = False


@dataclass(frozen=True)
class Usage:
    """The codings of a version in a study, and the answers of some variables in them.

    `codings`, `coders`, `rounds`, `articles` (int32, shape (units,)) say for every coded
    unit what it belongs to, numbered from 0; `answers` holds by variable, under its old
    name, and value the positions of the units that have it.
    """

    codings: npt.NDArray[np.int32]
    coders: npt.NDArray[np.int32]
    rounds: npt.NDArray[np.int32]
    articles: npt.NDArray[np.int32]
    answers: Mapping[str, Mapping[Value, npt.NDArray[np.int32]]]

    @property
    def every_unit(self) -> npt.NDArray[np.int32]:
        import numpy as np

        return np.arange(len(self.codings), dtype=np.int32)

    def counts(self, found: Sequence[npt.NDArray[np.int32]]) -> Counts:
        """What the units at these positions belong to, each counted once."""
        import numpy as np

        units = np.concatenate(found) if found else self.every_unit[:0]
        return Counts(
            *(
                _n_different(column[units])
                for column in (self.codings, self.coders, self.rounds, self.articles)
            )
        )


def _n_different(numbers: npt.NDArray[np.int32]) -> int:
    import numpy as np

    return int(np.count_nonzero(np.bincount(numbers))) if len(numbers) else 0


def usage(
    *, study: Study, changes: Comparison, version: CodebookVersion, hidden: QuerySet
) -> Usage:
    """The codings of the old version of a comparison, and the answers that it concerns.

    Two queries, whatever the number of changes; one pass over the answers of the variables
    that changed. Rounds in `hidden` are left out.
    """
    import numpy as np

    units = _units(study, version, hidden)
    rows = list(
        units.values_list(
            "pk",
            "submission__coding",
            "submission__coding__assignment__coder",
            "submission__coding__assignment__round",
            "submission__coding__assignment__article",
        )
    )
    place = {row[0]: at for at, row in enumerate(rows)}
    known = variables_of(version)
    concerned = {c.variable for c in changes} & known.keys()
    names = {known[name].pk: name for name in concerned}
    found: dict[str, dict[tuple[str, str], list[int]]] = {n: {} for n in concerned}
    if names and rows:
        answers = (
            Answer.objects.filter(variable__in=names, unit__in=units.values("pk"))
            .exclude(state=Answer.State.OPEN)
            .order_by()
            .values_list("variable_id", "unit_id", "state", "value")
        )
        for variable, unit, state, value in answers.iterator(20_000):
            found[names[variable]].setdefault((state, value), []).append(place[unit])
    return Usage(
        codings=_numbered(row[1] for row in rows),
        coders=_numbered(row[2] for row in rows),
        rounds=_numbered(row[3] for row in rows),
        articles=_numbered(row[4] for row in rows),
        answers={
            name: {
                Value(*pair): np.array(places, dtype=np.int32)
                for pair, places in by_value.items()
            }
            for name, by_value in found.items()
        },
    )


def _units(study: Study, version: CodebookVersion, hidden: QuerySet) -> QuerySet[Unit]:
    """What was coded: the units of the newest submission of every coding that counts."""
    later = Submission.objects.filter(
        coding=OuterRef("submission__coding"),
        number__gt=OuterRef("submission__number"),
    )
    states = [Assignment.State.TAKEN, Assignment.State.SUBMITTED]
    return (
        Unit.objects.filter(
            submission__coding__version=version,
            submission__coding__assignment__round__study=study,
            submission__coding__assignment__state__in=states,
            removed_at=None,
        )
        .exclude(submission__coding__assignment__round__in=hidden.values("pk"))
        .exclude(Exists(later))
        .order_by()
    )


def _numbered(keys: Iterable[int]) -> npt.NDArray[np.int32]:
    """The keys as numbers from 0, so that they can be counted in an array."""
    import numpy as np

    known: dict[int, int] = {}
    return np.fromiter((known.setdefault(key, len(known)) for key in keys), np.int32)


def impact_of(change: Change, changes: Comparison, usage: Usage) -> Impact:
    """What one change touches.

    A change of categories touches the answers that hold one of them, a merge or a new code
    those that get another code; a change that opens answers again touches those; any other
    change of a variable all that have a value.
    """
    touched, opened = _places(change, changes, usage)
    if touched is None:
        return Impact(None)
    return Impact(
        usage.counts(touched),
        usage.counts(opened).codings,
        bool(opened) and _may_be_fewer(change, changes),
    )


def impact_of_all(changes: Comparison, usage: Usage) -> Impact:
    """What the changes touch together, every coding counted once."""
    touched, opened, is_at_most = [], [], False
    for change in changes:
        own, own_opened = _places(change, changes, usage)
        touched += own or []
        opened += own_opened
        is_at_most |= bool(own_opened) and _may_be_fewer(change, changes)
    return Impact(usage.counts(touched), usage.counts(opened).codings, is_at_most)


Places = list["npt.NDArray[np.int32]"]


def _places(
    change: Change, changes: Comparison, usage: Usage
) -> tuple[Places | None, Places]:
    """The units that a change touches, None if it concerns no answer; and those it opens."""
    if change.kind is Kind.ADD_VARIABLE or change.kind in OF_EVERY_CODING:
        everything = [usage.every_unit]
        return everything, everything if change.effect is Effect.RECODE else []
    if change.kind in OF_NO_ANSWER or change.place[:1] != ("variables",):
        return None, []
    if change.variable not in usage.answers:
        return None, []
    touched, opened = [], []
    for value, units in usage.answers[change.variable].items():
        if opens := _opens(change, changes, value):
            opened.append(units)
        if opens or _is_about(change, changes, value):
            touched.append(units)
    return touched, opened


def _may_be_fewer(change: Change, changes: Comparison) -> bool:
    """Whether a filter decides, article by article, what is asked."""
    if change.kind is Kind.ADD_VARIABLE:
        return bool(changes.new.variables[int(change.place[1])].ask_if)
    return change.opens is Opens.FILTER


def _is_about(change: Change, changes: Comparison, value: Value) -> bool:
    if change.kind in (Kind.CHANGE_SKIP_RULE, Kind.REMOVE_VARIABLE):
        return True
    if value.state == "not_applicable":
        return False
    if change.codes or change.kind is Kind.ADD_CATEGORY:
        return _holds(change, changes, value)
    return True


def _holds(change: Change, changes: Comparison, value: Value) -> bool:
    """Whether an answer holds one of the old codes that a change is about."""
    codes = change.recoded or set(change.codes)
    kind = changes.old.variable(change.variable).kind
    if value.state != "missing" and not kind.has_categories:
        return False
    return any(code in codes for code in value.codes)


def _opens(change: Change, changes: Comparison, value: Value) -> bool:
    """Whether coders look again at an answer, as `carrying.carry` has it."""
    if change.effect is not Effect.RECODE:
        return False
    is_ruled_out = value.state == "not_applicable"
    match change.opens:
        case Opens.FILTER:
            return is_ruled_out
        case Opens.ALL:
            return not is_ruled_out
        case Opens.CODES:
            return not is_ruled_out and _holds(change, changes, value)
        case Opens.ILLEGAL:
            return not is_ruled_out and not _is_legal(change, changes, value)
    return False


def _is_legal(change: Change, changes: Comparison, value: Value) -> bool:
    codes = {o: n for c in changes.of_variable(change.variable) for o, n in c.recoded.items()}  # fmt: skip
    if codes and value.is_value:
        new = sorted({codes.get(code, code) for code in value.codes})
        value = Value(value.state, " ".join(str(code) for code in new))
    return is_legal(changes.new.variables[int(change.place[1])], value)


@dataclass(frozen=True, slots=True)
class InUse:
    """An earlier version that codings of a study were made with."""

    version: CodebookVersion
    n_codings: int


def versions_in_use(
    *, study: Study, version: CodebookVersion, hidden: QuerySet
) -> list[InUse]:
    """The versions before this one with their codings that are not carried forward yet."""
    codings = (
        Coding.objects.filter(
            assignment__round__study=study,
            version__codebook=version.codebook_id,
            version__ordinal__lt=version.ordinal,
            carried_to=None,
        )
        .exclude(assignment__round__in=hidden.values("pk"))
        .exclude(assignment__state=Assignment.State.HANDED_BACK)
        .exclude(assignment__state=Assignment.State.RETURNED)
        .order_by()
        .values("version")
        .annotate(n=Count("pk"))
        .values_list("version", "n")
    )
    numbers = dict(codings)
    versions = CodebookVersion.objects.filter(pk__in=numbers).defer("document")
    return [InUse(v, numbers[v.pk]) for v in versions.order_by("ordinal")]
