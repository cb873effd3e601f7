"""What changed in one variable, apart from its categories. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from codebook import conditions
from codebook.changes.categories import category_changes
from codebook.changes.change import Change, Effect, Kind, Opens
from codebook.changes.edits import Edit, field_edits, list_itself
from codebook.changes.matching import Categories, Tree, same_meaning
from codebook.changes.subject import Subject
from codebook.conditions import Comparison, Condition, ConditionError, Contains
from codebook.document import VariableSpec
from codebook.levels import Kind as AnswerKind

#: The fields that belong to a kind of change and are told together.
FIELDS: dict[Kind, tuple[str, ...]] = {
    Kind.RENAME_VARIABLE: ("name",),
    Kind.RELABEL_VARIABLE: ("label",),
    Kind.CHANGE_QUESTION: ("question",),
    Kind.CHANGE_DEFINITION: ("notes",),
    Kind.CHANGE_TYPE: ("type",),
    Kind.CHANGE_LEVEL: ("level",),
    Kind.CHANGE_BOUNDS: ("min", "max", "max_length"),
    Kind.CHANGE_UNIT: ("unit",),
    Kind.CHANGE_DESCRIBED_UNIT: ("describes",),
    Kind.CHANGE_REQUIRED: ("required",),
    Kind.CHANGE_EXCLUSIVE: ("exclusive",),
    Kind.CHANGE_MISSING_CODES: ("missing_codes",),
    Kind.CHANGE_THRESHOLD: ("reliability",),
    Kind.CHANGE_EVIDENCE: ("evidence",),
}
FILTERS = ("ask_if", "ends_item_if")
#: What goes with the categories when a variable becomes a number, or the other way round.
OF_TYPE = ("type", "categories", "exclusive", "min", "max", "max_length")
KNOWN = frozenset(
    {"section", "categories", *FILTERS}.union(*(names for names in FIELDS.values()))
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A variable in both versions, as written and as understood."""

    old: Tree
    new: Tree
    was: VariableSpec
    now: VariableSpec
    categories: Categories


@dataclass(frozen=True, slots=True)
class Renaming:
    """What names and codes of the old version are called in the new one."""

    names: Mapping[str, str]
    codes: Mapping[str, Mapping[int, int]]  # by the variable's old name


def variable_changes(
    subject: Subject, pair: Pair, renaming: Renaming, moved: Edit | None
) -> Iterator[Change]:
    """Yield the changes of a variable that stayed, in a fixed order."""
    old, new = pair.old, pair.new
    is_other_sort = pair.was.kind.has_categories is not pair.now.kind.has_categories
    told = frozenset(OF_TYPE) if is_other_sort else frozenset()
    for kind, fields in FIELDS.items():
        if kind is Kind.CHANGE_TYPE and is_other_sort:
            fields = OF_TYPE
        elif told.intersection(fields):
            continue
        if edits := field_edits(subject.path, old, new, fields):
            effect, opens, codes = _effect(kind, pair, edits)
            yield subject.change(
                kind, effect, edits, opens=opens, codes=codes, at=(edits[0].path[-1],)
            )
    for name in FILTERS:
        if edits := field_edits(subject.path, old, new, [name]):
            yield _filter(subject, edits, renaming)
    edits = field_edits(subject.path, old, new, ["section"])
    if edits or moved:
        yield subject.change(
            Kind.MOVE_VARIABLE, Effect.NONE, [*edits, *([moved] if moved else [])]
        )
    for name in dict.fromkeys((*old, *new)):
        if name not in KNOWN and (edits := field_edits(subject.path, old, new, [name])):
            yield subject.change(Kind.CHANGE_OTHER, Effect.NONE, edits, at=(name,))
    if not is_other_sort:
        yield from category_changes(subject, pair.categories)
        if edits := list_itself(subject.path, old, new, "categories"):
            yield subject.change(
                Kind.CHANGE_OTHER, Effect.NONE, edits, at=("categories",)
            )


Judged = tuple[Effect, Opens, tuple[int, ...]]


def _effect(kind: Kind, pair: Pair, edits: tuple[Edit, ...]) -> Judged:
    """The effect of a change as the texts alone tell it, and which answers it opens."""
    match kind:
        case Kind.CHANGE_QUESTION | Kind.CHANGE_DEFINITION:
            kept = all(same_meaning(edit.old, edit.new) for edit in edits)
            return (Effect.NONE if kept else Effect.RECODE), Opens.ALL, ()
        case Kind.CHANGE_BOUNDS:
            return _bounds(pair.was, pair.now)
        case Kind.CHANGE_TYPE:
            # Every whole number is a decimal one.
            widens = (pair.was.kind, pair.now.kind) == (
                AnswerKind.INTEGER,
                AnswerKind.DECIMAL,
            )
            return (Effect.AUTOMATIC if widens else Effect.RECODE), Opens.ALL, ()
        case Kind.CHANGE_MISSING_CODES:
            return _missing(pair.was, pair.now)
        case Kind.CHANGE_EXCLUSIVE:
            return _exclusive(pair)
        case Kind.CHANGE_LEVEL | Kind.CHANGE_UNIT | Kind.CHANGE_DESCRIBED_UNIT:
            return Effect.RECODE, Opens.ALL, ()
        case Kind.RELABEL_VARIABLE | Kind.CHANGE_THRESHOLD:
            return Effect.NONE, Opens.NOTHING, ()
    return Effect.AUTOMATIC, Opens.NOTHING, ()


def _bounds(was: VariableSpec, now: VariableSpec) -> Judged:
    """Wider bounds take every old answer; narrower ones may not."""
    if (was.minimum, was.maximum, was.max_length) == (
        now.minimum,
        now.maximum,
        now.max_length,
    ):
        return Effect.NONE, Opens.NOTHING, ()
    is_wider = (
        (now.minimum is None or (was.minimum is not None and now.minimum <= was.minimum))
        and (now.maximum is None or (was.maximum is not None and now.maximum >= was.maximum))
        and (now.max_length is None or (was.max_length is not None and now.max_length >= was.max_length))
    )  # fmt: skip
    return (Effect.AUTOMATIC if is_wider else Effect.RECODE), Opens.ILLEGAL, ()


def _missing(was: VariableSpec, now: VariableSpec) -> Judged:
    """A new reason to give no value might have been given before, to any article."""
    gone = tuple(sorted(was.missing_codes - now.missing_codes))
    come = {spec.code for spec in now.missing if spec.is_offered} - was.missing_codes
    if come:
        return Effect.RECODE, Opens.ALL, ()
    if gone:
        return Effect.RECODE, Opens.CODES, gone
    changed = was.missing_codes != now.missing_codes
    return (Effect.AUTOMATIC if changed else Effect.NONE), Opens.NOTHING, ()


def _exclusive(pair: Pair) -> Judged:
    recoded = pair.categories.recoded
    olds = {recoded.get(code, code) for code in pair.old.get("exclusive") or ()}
    news = {*(pair.new.get("exclusive") or ())}
    if olds == news:
        return Effect.NONE, Opens.NOTHING, ()
    if news - olds:
        return Effect.RECODE, Opens.ILLEGAL, ()
    return Effect.AUTOMATIC, Opens.NOTHING, ()


def _filter(subject: Subject, edits: tuple[Edit, ...], renaming: Renaming) -> Change:
    name = edits[0].path[-1]
    old, new = (str(text or "") for text in (edits[0].old, edits[0].new))
    if same_filter(old, new, renaming):
        effect = Effect.NONE
    else:
        # The end of an item asks nothing by itself: the filters of the others do.
        effect = Effect.RECODE if name == "ask_if" else Effect.AUTOMATIC
    return subject.change(
        Kind.CHANGE_SKIP_RULE,
        effect,
        edits,
        old=old,
        new=new,
        opens=Opens.FILTER,
        at=(name,),
    )


def same_filter(old: str, new: str, renaming: Renaming) -> bool:
    """Whether two filters say the same, given what names and codes are called now."""
    if not old or not new:
        return old == new
    try:
        was = _normal(_renamed(conditions.parse(old), renaming))
        return was == _normal(conditions.parse(new))
    except ConditionError:
        return old.split() == new.split()


def _renamed(condition: Condition, renaming: Renaming) -> Condition:
    match condition:
        case conditions.Not(part):
            return conditions.Not(_renamed(part, renaming))
        case conditions.And(parts):
            return conditions.And(tuple(_renamed(part, renaming) for part in parts))
        case conditions.Or(parts):
            return conditions.Or(tuple(_renamed(part, renaming) for part in parts))
    name = renaming.names.get(condition.name, condition.name)
    recoded = renaming.codes.get(condition.name) or {}
    codes = {Decimal(old): Decimal(new) for old, new in recoded.items()}

    match condition:
        case Contains(_, given):
            return Contains(name, codes.get(given, given))
        case Comparison(_, sign, literal):
            # Codes that are compared by size keep their places only by chance.
            if sign in ("==", "!=") and not isinstance(literal, str):
                literal = codes.get(literal, literal)
            return Comparison(name, sign, literal)
        case _:
            literals = tuple(
                literal if isinstance(literal, str) else codes.get(literal, literal)
                for literal in condition.literals
            )
            return conditions.Membership(name, literals, condition.negated)


def _normal(condition: Condition) -> object:
    """A value that is equal for filters which differ only in how they are written."""
    match condition:
        case conditions.Not(part):
            return "not", _normal(part)
        case conditions.And(parts) | conditions.Or(parts):
            return type(condition).__name__, frozenset(_normal(part) for part in parts)
        case Comparison(name, "==", literal):
            return "in", name, frozenset({literal}), False
        case conditions.Membership(name, literals, negated):
            return "in", name, frozenset(literals), negated
    return condition
