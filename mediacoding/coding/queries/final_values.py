"""Final values: what an article counts as in coverage and exports.

Adjudicated where a person decided; otherwise by the study's rule from the newest submitted
codings of all rounds but training.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from codebook.models import CodebookVersion, Variable
from codebook.values import Value
from mediacoding.coding.models import Adjudication, Answer, Round, Submission, Unit
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
    """Which codings count: a study, one codebook version, some of its rounds."""

    study: Study
    version: CodebookVersion
    rounds: tuple[int, ...]


def scope_of(
    study: Study, *, hidden: QuerySet[Round], version: CodebookVersion | None = None
) -> Scope | None:
    """The rounds whose codings make final values: one version, no training, none hidden.

    The version is the one given or the newest that a round uses. None if there is no
    round yet. Versions are not mixed: a changed category would change its meaning.
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
    chosen = rounds.filter(version=version).values_list("pk", flat=True)
    return Scope(study, version, tuple(chosen))


def newest_answers(
    scope: Scope, variables: Sequence[Variable] | None = None
) -> QuerySet[Answer]:
    """The answers of the newest submitted coding of every coder and article of a scope.

    Article units only. Ordered by article and variable, so that
    a reader can group them in constant memory.
    """
    later = Submission.objects.filter(
        coding=OuterRef("unit__submission__coding"),
        number__gt=OuterRef("unit__submission__number"),
        submitted_at__isnull=False,
    )
    answers = Answer.objects.filter(
        unit__kind=Unit.ARTICLE,
        unit__submission__submitted_at__isnull=False,
        unit__submission__coding__version=scope.version,
        unit__submission__coding__assignment__round__in=scope.rounds,
        unit__submission__coding__assignment__state="submitted",
    ).exclude(state=Answer.State.OPEN)
    if variables is not None:
        answers = answers.filter(variable__in=variables)
    return answers.exclude(Exists(later)).order_by(ARTICLE, "variable")


def final_values(
    scope: Scope, variables: Sequence[Variable] | None = None
) -> Iterator[FinalValue]:
    """Every final value of a scope, by article and variable, in constant memory."""
    decisions = Adjudication.objects.filter(round__in=scope.rounds, is_current=True)
    if variables is not None:
        decisions = decisions.filter(variable__in=variables)
    decided: dict[tuple[int, int], Value] = {
        (article, variable): Value(state, value)
        for article, variable, state, value in decisions.order_by(
            "decided_at"
        ).values_list("article", "variable", "state", "value")
    }
    rows = newest_answers(scope, variables).values_list(
        ARTICLE, "variable", "state", "value"
    )
    for (article, variable), group in groupby(
        rows.iterator(10_000), key=lambda row: (row[0], row[1])
    ):
        values = [Value(state, value) for _a, _v, state, value in group]
        decision = decided.get((article, variable))
        value, origin = (
            (decision, Origin.ADJUDICATED)
            if decision
            else by_rule(values, scope.study.final_rule)
        )
        yield FinalValue(article, variable, value, origin, len(values))


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
