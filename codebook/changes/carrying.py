"""What becomes of answers when a codebook moves on. Pure.

A plan is made once for two versions; it then carries the answers of any number of codings.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from codebook import conditions
from codebook.changes.change import Change, Comparison, Effect, Kind, Opens
from codebook.conditions import Condition
from codebook.document import VariableSpec
from codebook.levels import CategoryKind
from codebook.levels import Kind as AnswerKind
from codebook.values import NotAValue, Value, parse_value

#: After these a value that was legal may not be.
LIMITS = frozenset(
    {Kind.CHANGE_BOUNDS, Kind.CHANGE_EXCLUSIVE, Kind.CHANGE_TYPE}
    | {Kind.CHANGE_MISSING_CODES}
)


def separated(changes: Comparison) -> frozenset[str]:
    """The variables, by old name, whose answers a recode change keeps apart.

    Answers from before and after such a change do not mean the same, so that no statistic
    may pool them. A recode change of the whole document separates every variable.
    """
    names = {change.variable for change in changes if not change.automatic}
    known = {old for old, _new in changes.names}
    return frozenset(known if "" in names else known & names)


def comparable(changes: Comparison) -> dict[str, str]:
    """The variables, old name to new name, whose answers both versions may pool.

    Where codes were merged or renumbered, the plan's `codes` turn old answers into new
    ones first.
    """
    apart = separated(changes)
    return {old: new for old, new in changes.names if old not in apart}


@dataclass(frozen=True)
class Step:
    """What happens to the answers of one variable of the new version.

    `was` is its old name, None for a new variable. Where `is_plain`, every answer stays as
    it is, under the new name.
    """

    variable: VariableSpec
    was: str | None
    codes: Mapping[int, int]
    opens_all: bool = False
    opens_codes: frozenset[int] = frozenset()
    filter: Condition | None = None  # if answers of this change may turn out otherwise
    has_limits: bool = False

    @property
    def is_plain(self) -> bool:
        return self.was is not None and not (
            self.codes
            or self.opens_all
            or self.opens_codes
            or self.filter
            or self.has_limits
        )


@dataclass(frozen=True)
class Plan:
    """What happens to the answers of every variable, in the order of the new version."""

    steps: tuple[Step, ...]
    removed: frozenset[str]  # old names; their answers stay in the old codings only


def plan_of(changes: Comparison) -> Plan:
    """Return what carrying answers from the old version to the new one takes."""
    old_names = {new: old for old, new in changes.names}
    by_variable: dict[str, list[Change]] = {}
    for change in changes:
        by_variable.setdefault(change.variable, []).append(change)
    opens_everything = any(not change.automatic for change in by_variable.get("", ()))
    steps = []
    moving: set[str] = set()  # new names whose values or filters come out otherwise
    for variable in changes.new.variables:
        was = old_names.get(variable.name)
        own = by_variable.get(variable.name if was is None else was, [])
        step = _step(variable, was, own, opens_everything, moving)
        if not step.is_plain:
            moving.add(variable.name)
        steps.append(step)
    known = {old for old, _new in changes.names}
    removed = frozenset(v.name for v in changes.old.variables if v.name not in known)
    return Plan(tuple(steps), removed)


def _step(
    variable: VariableSpec,
    was: str | None,
    own: list[Change],
    opens_everything: bool,
    moving: set[str],
) -> Step:
    recodes = [change for change in own if change.effect is Effect.RECODE]
    condition = _parsed(variable.ask_if)
    is_new_filter = any(
        change.kind is Kind.CHANGE_SKIP_RULE and change.effect is not Effect.NONE
        for change in own
    )
    follows = condition and moving & conditions.variables_in(condition)
    return Step(
        variable=variable,
        was=was,
        codes={o: n for change in own for o, n in change.recoded.items()},
        opens_all=opens_everything or any(c.opens is Opens.ALL for c in recodes),
        opens_codes=frozenset(
            code for c in recodes if c.opens is Opens.CODES for code in c.codes
        ),
        filter=condition if is_new_filter or follows or was is None else None,
        has_limits=any(
            change.kind in LIMITS
            # Two merged categories may exclude each other.
            or (change.recoded and variable.kind is AnswerKind.MULTI)
            for change in own
        ),
    )


def _parsed(text: str) -> Condition | None:
    if not text:
        return None
    try:
        return conditions.parse(text)
    except conditions.ConditionError:
        return None  # a draft; it is told among the problems


def carry(
    answers: Mapping[str, Value], plan: Plan
) -> tuple[dict[str, Value], tuple[str, ...]]:
    """Return the answers under the new version, and the variables that are to be recoded.

    `answers` are those of one coding by old name; what has no answer yet is left out and
    stays so. Every answer is carried, or its variable is to be recoded, or its variable is
    gone; new variables are to be coded where their filter does not rule them out.
    """
    carried: dict[str, Value] = {}
    seen: dict[str, Value] = {}  # what the filters read: also what is ruled out by now
    to_recode: list[str] = []
    for step in plan.steps:
        name = step.variable.name
        answer = None if step.was is None else answers.get(step.was)
        asked = True if step.filter is None else conditions.evaluate(step.filter, seen)
        if asked is False:
            new: Value | None = Value.not_applicable()
        elif step.is_plain or answer is None:
            new = answer
        else:
            new = _carried(step, answer)
        if new is not None:
            seen[name] = new
            if answer is not None:
                carried[name] = new
        elif answer is not None or step.was is None:
            to_recode.append(name)
    return carried, tuple(to_recode)


def _carried(step: Step, answer: Value) -> Value | None:
    """An answer to a question that is not ruled out; None where it is open again."""
    if answer.state == "not_applicable":
        # It was ruled out. It still is, unless the filter is another one or is gone.
        return None if step.filter is not None or not step.variable.ask_if else answer
    if step.opens_all or _holds(step, answer):
        return None
    answer = _recoded(answer, step.codes)
    return answer if not step.has_limits or is_legal(step.variable, answer) else None


def _holds(step: Step, answer: Value) -> bool:
    """Whether an answer holds one of the codes that are open again."""
    if not step.opens_codes:
        return False
    if answer.state == "missing" or step.variable.kind.has_categories:
        return not step.opens_codes.isdisjoint(answer.codes)
    return False


def _recoded(answer: Value, codes: Mapping[int, int]) -> Value:
    if not codes or not answer.is_value:
        return answer
    new = sorted({codes.get(code, code) for code in answer.codes})
    return Value(answer.state, " ".join(str(code) for code in new))


def is_legal(variable: VariableSpec, answer: Value) -> bool:
    """Whether a stored answer fits the variable; retired categories do, as they are kept."""
    if answer.state == "not_applicable":
        return True
    if answer.state == "missing":
        return int(answer.value) in variable.missing_codes
    if variable.kind.has_categories:
        known = {category.code: category for category in variable.categories}
        try:
            codes = answer.codes
        except ValueError:
            return False
        if variable.kind is AnswerKind.SINGLE and len(codes) != 1:
            return False
        alone = any(
            code in known and known[code].kind is CategoryKind.EXCLUSIVE
            for code in codes
        )
        return known.keys() >= set(codes) and not (alone and len(codes) > 1)
    try:
        return parse_value(variable, answer.value) == answer
    except NotAValue:
        return False
