"""The questions of a revision as a form, and the decisions that come back."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from codebook.changes.change import Comparison, Kind
from codebook.changes.decisions import Choice, Decision, Question, key_of
from codebook.changes.outline import CODEBOOK, Topic
from codebook.changes.titles import KINDS
from mediacoding.coding.queries.impact import Impact
from mediacoding.coding.wording import ShownChange, ShownTopic, Words


@dataclass(frozen=True, slots=True)
class Part:
    """One code or variable that a choice may name."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Option:
    """One choice, with the parts that it names: one of them, or several."""

    value: str
    label: str
    is_chosen: bool
    parts: tuple[Part, ...] = ()
    takes_one: bool = False
    field: str = ""  # the name of the parts' field


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A question in words. `is_told` if the change that it is about stands above it."""

    question: Question
    title: str
    options: tuple[Option, ...]
    is_told: bool

    @property
    def field(self) -> str:
        return f"choice:{self.question.key}"

    @property
    def fault(self) -> str:
        return _(self.question.fault) if self.question.fault else ""


@dataclass(frozen=True, slots=True)
class Block:
    """A change with what it touches and the questions about it."""

    shown: ShownChange
    impact: Impact
    questions: tuple[ShownQuestion, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """A topic with its changes, and the questions that no single change of it stands for."""

    shown: ShownTopic
    blocks: tuple[Block, ...]
    questions: tuple[ShownQuestion, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """What the form of a revision sent.

    `rest` is the choice for all that is still open, `proposed` the number that stood there
    as the proposal, `seen` the revision of the draft that the form was about.
    """

    decisions: Mapping[str, Decision]
    rest: Choice | None
    number: str
    proposed: str
    seen: int
    page: str
    is_final: bool

    @classmethod
    def of(cls, sent: QueryDict) -> "Sent":
        seen = sent.get("seen", "")
        rest = sent.get("rest", "")
        return cls(
            decisions=_decisions(sent),
            rest=next((c for c in (Choice.KEEP, Choice.RECODE) if c == rest), None),
            number=sent.get("number", ""),
            proposed=sent.get("proposed", ""),
            seen=int(seen) if seen.isdecimal() and len(seen) < 10 else 0,
            page=sent.get("to_page", "") or sent.get("page", ""),
            is_final="publish" in sent,
        )

    def number_or(self, proposed: str) -> str:
        """The number to show: who left the proposal as it was gets the new one."""
        return self.number if self.number not in ("", self.proposed) else proposed

    def elsewhere(self, shown: Iterable[Question]) -> Iterator[tuple[str, str]]:
        """Names and values of the fields that keep what was decided on other pages."""
        for key in self.decisions.keys() - {question.key for question in shown}:
            decision = self.decisions[key]
            yield f"choice:{key}", decision.choice.value
            parts = [str(code) for code in decision.codes]
            for part in [*parts, *([decision.name] if decision.name else [])]:
                yield f"{decision.choice.value}:{key}", part


def _decisions(sent: QueryDict) -> dict[str, Decision]:
    """The decisions that a form sent, by the key of their question."""
    found: dict[str, Decision] = {}
    for field in sent:
        start, _colon, key = field.partition(":")
        given = sent.get(field)
        choice = next((choice for choice in Choice if choice == given), None)
        if start != "choice" or choice is None:
            continue
        parts = sent.getlist(f"{choice}:{key}")
        is_name = choice is Choice.FORMER
        found[key] = Decision(
            choice,
            codes=() if is_name else tuple(_numbers(parts)),
            name=parts[0] if is_name and parts else "",
        )
    return found


def _numbers(given: Iterable[str]) -> Iterable[int]:
    for text in given:
        if text.lstrip("-").isdecimal() and len(text) < 11:
            yield int(text)


def with_questions(
    shown: Iterable[ShownTopic],
    questions: Sequence[Question],
    impacts: Mapping[int, Impact],
    words: Words,
) -> list[Decided]:
    """The topics with their impacts and questions. `impacts` go by the change's identity."""
    shown = list(shown)
    of_each = questions_of([one.topic for one in shown], questions)
    done = []
    for one, own in zip(shown, of_each, strict=True):
        told = {key_of(change.change): change for change in one.changes}
        done.append(
            Decided(
                one,
                tuple(
                    Block(
                        change,
                        impacts[id(change.change)],
                        tuple(
                            _shown(q, words, is_told=True)
                            for q in own
                            if told.get(q.key) is change
                        ),
                    )
                    for change in one.changes
                ),
                tuple(_shown(q, words, is_told=False) for q in own if q.key not in told),
            )
        )  # fmt: skip
    return done


def questions_of(
    topics: Sequence[Topic], questions: Iterable[Question]
) -> list[list[Question]]:
    """The questions about each topic."""
    by_topic: dict[str, list[Question]] = {}
    for question in questions:
        by_topic.setdefault(_of_question(question), []).append(question)
    return [
        [q for key in _of_topic(topic) for q in by_topic.get(key, ())]
        for topic in topics
    ]


def _of_question(question: Question) -> str:
    is_added = question.changes[0].kind is Kind.ADD_VARIABLE
    return f"{'new' if is_added else 'old'}:{question.variable}"


def _of_topic(topic: Topic) -> list[str]:
    if topic.section == CODEBOOK and not topic.name:
        return ["old:"]
    names = [f"old:{topic.old.name}"] if topic.old else []
    return names + ([f"new:{topic.new.name}"] if topic.new else [])


def _shown(question: Question, words: Words, *, is_told: bool) -> ShownQuestion:
    changes = words.comparison
    change = question.changes[0]
    olds = {v.name: v for v in changes.old.variables}
    old = olds.get(question.variable)
    codes = words.codes(change, old, _present(changes, question))
    title = _(KINDS[change.kind])
    return ShownQuestion(
        question=question,
        title=f"{title}: {codes}" if codes else title,
        options=tuple(_option(c, question, words) for c in question.choices),
        is_told=is_told,
    )


def _present(changes: Comparison, question: Question):
    """The variable of a question as the new version has it."""
    names = dict(changes.names)
    name = names.get(question.variable, question.variable)
    return next((v for v in changes.new.variables if v.name == name), None)


def _option(choice: Choice, question: Question, words: Words) -> Option:
    decision = question.decision
    is_chosen = decision is not None and decision.choice is choice
    chosen: set[str] = set()
    if decision is not None and is_chosen:
        chosen = {decision.name, *(str(code) for code in decision.codes)}
    return Option(
        value=choice.value,
        label=_label(choice, question.changes[0].kind),
        is_chosen=is_chosen,
        parts=tuple(
            Part(value, label, value in chosen)
            for value, label in _parts(choice, question, words)
        ),
        takes_one=choice in (Choice.COUNTS_AS, Choice.FORMER),
        field=f"{choice.value}:{question.key}",
    )


def _parts(
    choice: Choice, question: Question, words: Words
) -> Iterable[tuple[str, str]]:
    changes = words.comparison
    if choice is Choice.FORMER:
        for name in question.names:
            label = changes.old.variable(name).label.in_(words.language)
            yield name, f"{label} ({name})"
    elif choice in (Choice.COUNTS_AS, Choice.SPLIT, Choice.SOME):
        spec = (
            changes.old.variable(question.variable)
            if choice is Choice.SOME
            else _present(changes, question)
        )
        for code in question.codes:
            label = spec.words_of(code, words.language) if spec else ""
            yield str(code), f"{code} {label}".strip()


def _label(choice: Choice, kind: Kind) -> str:
    match choice, kind:
        case Choice.KEEP, Kind.RETIRE_CATEGORY:
            return _("Keep: old answers stay, coders are no longer offered it")
        case Choice.KEEP, _other:
            return _("Keep: old answers mean what they meant")
        case Choice.RECODE, Kind.REMOVE_CATEGORY:
            return _("Recode: coders look again at the answers that hold it")
        case Choice.RECODE, Kind.CHANGE_SKIP_RULE:
            return _(
                "Recode: coders answer where the question is asked now and was not"
            )
        case Choice.RECODE, Kind.CHANGE_BOUNDS:
            return _("Recode: coders look again at the answers outside the bounds")
        case Choice.RECODE, Kind.CHANGE_GENERAL_RULES:
            return _("Recode: coders look again at every answer of every variable")
        case Choice.RECODE, _other:
            return _("Recode: coders look again at the answers of this variable")
        case Choice.SOME, _other:
            return _("Recode only the answers that hold one of these")
        case Choice.COUNTS_AS, _other:
            return _("It counts as another category from now on")
        case Choice.SPLIT, _other:
            return _("It was split into several: coders choose anew")
        case Choice.NEW, _other:
            return _("It is a new variable: coders code it in every article")
    return _("It is a former variable under a new name")
