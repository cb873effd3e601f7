"""Final values: what an article counts as in coverage and exports.

Adjudicated where a person decided; otherwise by the study's rule from the newest submitted
codings of all rounds but training. Rounds of earlier codebook versions count for the
variables that no recode change separates (pooling.py), and a carried answer before its
coding is recoded.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from codebook.models import CodebookVersion, Variable
from codebook.queries import variables_of
from codebook.values import Value
from mediacoding.coding.models import Adjudication, Answer, Round, Submission, Unit
from mediacoding.coding.queries.pooling import Pool, pool_of
from mediacoding.coding.queries.ratings import pooled_rows
from mediacoding.studies.models import Study

#: The way from an answer to its article.
ARTICLE = "unit__submission__coding__assignment__article"


class Origin(StrEnum):
    """Where a final value comes from."""

    ADJUDICATED = "adjudicated"
    SINGLE = "single"  # one coder coded the article
    UNANIMOUS = "unanimous"
    MAJORITY = "majority"
    UNDECIDED = "undecided"  # coders differ, the rule gives no value, no one decided


class FinalValue(NamedTuple):
    """The final value of one variable of one article; `value` is None when undecided."""

    article: int
    variable: int
    value: Value | None
    origin: Origin
    n_coders: int


@dataclass(frozen=True, slots=True)
class Scope:
    """Which codings count: a study, one codebook version, some of its rounds.

    `rounds` of the version itself and of earlier ones that have something to pool with it.
    """

    study: Study
    version: CodebookVersion
    rounds: tuple[int, ...]

    @property
    def pool(self) -> Pool:
        return pool_of(self.version)

    def rests_on(self, name: str) -> tuple[str, ...]:
        """The numbers of the versions that a variable's final values are pooled from."""
        used = set(
            CodebookVersion.objects.filter(rounds__in=self.rounds).values_list(
                "number", flat=True
            )
        )
        return tuple(n for n in self.pool.numbers[name] if n in used)


def scope_of(
    study: Study, *, hidden: QuerySet[Round], version: CodebookVersion | None = None
) -> Scope | None:
    """The rounds whose codings make final values: one version, no training, none hidden.

    The version is the one given or the newest that a round uses. None if there is no
    round yet. Rounds of earlier versions are in it for what can be pooled.
    """
    rounds = (
        study.rounds.exclude(kind=Round.Kind.TRAINING)
        .exclude(pk__in=hidden.values("pk"))
        .select_related("version")
    )
    if version is None:
        newest = rounds.order_by("-version__ordinal").first()
        if newest is None:
            return None
        version = newest.version
    chosen = rounds.filter(version__in=[version.pk, *pool_of(version).versions])
    return Scope(study, version, tuple(chosen.values_list("pk", flat=True)))


def newest_answers(
    scope: Scope, variables: Sequence[Variable] | None = None
) -> QuerySet[Answer]:
    """The answers of the newest submitted coding of every coder and article of a scope.

    Article units only. Ordered by article, so that a reader can group them in constant
    memory. `variables` are of the scope's version; those pooled with them come too.
    """
    later = Submission.objects.filter(
        coding=OuterRef("unit__submission__coding"),
        number__gt=OuterRef("unit__submission__number"),
        submitted_at__isnull=False,
    )
    coding = "unit__submission__coding"
    answers = (
        Answer.objects.filter(
            unit__kind=Unit.ARTICLE,
            unit__removed_at=None,
            **{
                f"{coding}__assignment__round__in": scope.rounds,
                f"{coding}__version": F(f"{coding}__assignment__round__version"),
                f"{coding}__assignment__state": "submitted",
            },
        )
        .filter(Q(unit__submission__submitted_at__isnull=False) | _carried(scope))
        .exclude(state=Answer.State.OPEN)
        .filter(variable__in=_rows(scope, variables))
    )
    return answers.exclude(Exists(later)).order_by(ARTICLE, "variable")


def _rows(scope: Scope, variables: Sequence[Variable] | None) -> list[int]:
    """Rows of variables of the scope's version, and of what is pooled with them."""
    own = {v.pk for v in variables_of(scope.version).values()}
    if variables is not None:
        own &= {variable.pk for variable in variables}
    pooled = scope.pool.members
    return [*own, *(old for old, member in pooled.items() if member.variable in own)]


def _carried(scope: Scope) -> Q:
    """Carried answers of codings that are still to be recoded, where they may be pooled."""
    found = Q(pk__in=[])
    rounds = Round.objects.filter(
        pk__in=scope.rounds,
        carryings__undone_at=None,
        carryings__to_version=F("version"),
    )
    source = "unit__submission__coding__carried_from"
    done = Submission.objects.filter(
        coding=OuterRef(source), number=1, submitted_at__isnull=False
    )
    for round in rounds.select_related("version"):
        found |= Q(
            Exists(done),
            unit__submission__coding__assignment__round=round,
            unit__submission__number=1,
            unit__submission__submitted_at=None,
            carried_from__isnull=False,
            revision=1,
            variable__in=pooled_rows(round),
        )
    return found


def final_values(
    scope: Scope, variables: Sequence[Variable] | None = None
) -> Iterator[FinalValue]:
    """Every final value of a scope, by article and variable, in constant memory."""
    rows = _rows(scope, variables)
    members = scope.pool.members

    def read(variable: int, value: Value) -> tuple[int, Value]:
        member = members.get(variable)
        return (member.variable, member.read(value)) if member else (variable, value)

    decided: dict[tuple[int, int], Value] = {}
    for article, row, state, text in (
        Adjudication.objects.filter(
            round__in=scope.rounds, is_current=True, variable__in=rows
        )
        .order_by("decided_at")
        .values_list("article", "variable", "state", "value")
    ):
        variable, value = read(row, Value(state, text))
        decided[article, variable] = value
    answers = newest_answers(scope, variables).values_list(
        ARTICLE, "variable", "state", "value"
    )
    for article, group in groupby(answers.iterator(10_000), key=lambda row: row[0]):
        found: dict[int, list[Value]] = {}
        for _article, row, state, text in group:
            variable, value = read(row, Value(state, text))
            found.setdefault(variable, []).append(value)
        for variable in sorted(found):
            values = found[variable]
            decision = decided.get((article, variable))
            final, origin = (
                (decision, Origin.ADJUDICATED)
                if decision
                else by_rule(values, scope.study.final_rule)
            )
            yield FinalValue(article, variable, final, origin, len(values))


def by_rule(values: Sequence[Value], rule: str) -> tuple[Value | None, Origin]:
    """The value that a rule makes of the coders' values, and how.

    One coder's value stands; equal values stand; under the majority rule the value of more
    than half of the coders stands. Otherwise it is undecided.
    """
    if len(values) == 1:
        return values[0], Origin.SINGLE
    value, times = Counter(values).most_common(1)[0]
    if times == len(values):
        return value, Origin.UNANIMOUS
    if rule == Study.FinalRule.MAJORITY and times * 2 > len(values):
        return value, Origin.MAJORITY
    return None, Origin.UNDECIDED
