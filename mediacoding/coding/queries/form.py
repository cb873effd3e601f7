"""The form of a coding: sections, questions, answers, as the coder's desk shows them."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext

from codebook.document import Document
from codebook.models import Variable
from codebook.options import Option, options_of
from codebook.queries import document_of, variables_of
from codebook.reader import ReadVariable, read_variable
from codebook.values import Value
from mediacoding.coding import filters
from mediacoding.coding.models import Answer, Coding, Ruling, Submission, Unit
from mediacoding.coding.models import Question as AskedQuestion
from mediacoding.coding.queries import questions


@dataclass(frozen=True, slots=True)
class Question:
    """One variable as a question of a unit, with the answer as it stands.

    `rulings` are those that the coders of the round go by, `asked` what this coder asked
    the supervisor about it. A question that is not shown keeps its answer, which filters
    of others may read.
    """

    variable: Variable
    read: ReadVariable
    answer: Answer | None
    is_open: bool
    options: tuple[Option, ...]
    rulings: tuple[Ruling, ...] = ()
    asked: tuple[AskedQuestion, ...] = ()
    is_shown: bool = True

    @property
    def n_waiting(self) -> int:
        return sum(question.is_waiting for question in self.asked)

    @property
    def is_answered(self) -> bool:
        return self.answer is not None and self.answer.state != Answer.State.OPEN

    @property
    def revision(self) -> int:
        return self.answer.revision if self.answer else 0

    @property
    def text(self) -> str:
        """What stands in the input of a number, date or text."""
        is_value = self.answer and self.answer.state == Answer.State.VALUE
        return self.answer.value if self.answer and is_value else ""


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the form with how many of its shown open questions are answered."""

    id: str
    label: str
    questions: tuple[Question, ...]

    @property
    def is_shown(self) -> bool:
        return any(question.is_shown for question in self.questions)

    @property
    def n_open(self) -> int:
        return sum(q.is_shown and q.is_open for q in self.questions)

    @property
    def n_answered(self) -> int:
        return sum(q.is_shown and q.is_open and q.is_answered for q in self.questions)


@dataclass(frozen=True, slots=True)
class Form:
    """The whole form of a coding in one language.

    `revision` grows with every saved answer: of two states the later one has the higher.
    """

    submission: Submission
    unit: Unit
    sections: tuple[Section, ...]
    revision: int

    @property
    def is_submitted(self) -> bool:
        return self.submission.submitted_at is not None

    @property
    def questions(self) -> dict[str, Question]:
        return {
            q.variable.name: q for section in self.sections for q in section.questions
        }

    @property
    def open_names(self) -> tuple[str, ...]:
        """The names of the variables whose filter is true."""
        return tuple(name for name, q in self.questions.items() if q.is_open)


def newest_unit(coding: Coding) -> Unit:
    """The article unit of the coding's newest submission."""
    return (
        Unit.objects.select_related("submission")
        .filter(submission__coding=coding, kind=Unit.ARTICLE)
        .order_by("-submission__number")[:1]
        .get()
    )


def form_of(
    coding: Coding, language: str, *, only: Collection[str] | None = None
) -> Form:
    """The form of a coding as it stands: five queries, whatever the codebook's size.

    `only` names the variables that are shown; the others keep their answers unseen.
    """
    unit = newest_unit(coding)
    document = document_of(coding.version)
    rows = variables_of(coding.version)
    answers = {answer.variable_id: answer for answer in unit.answers.all()}
    rulings = questions.rulings_in_force(coding.assignment.round_id)
    own = questions.questions_at(coding)
    asked = filters.openness(document, values_of(rows, answers))
    return Form(
        submission=unit.submission,
        unit=unit,
        sections=tuple(
            Section(
                section.id,
                section.label.in_(language),
                tuple(
                    _question(
                        document,
                        rows[spec.name],
                        answers.get(rows[spec.name].pk),
                        bool(asked[spec.name]),
                        tuple(rulings.get(spec.stable_id, ())),
                        tuple(own.get(rows[spec.name].pk, ())),
                        only is None or spec.name in only,
                        language,
                    )
                    for spec in specs
                ),
            )
            for section, specs in document.by_section()
        ),
        revision=sum(answer.revision for answer in answers.values()),
    )


def values_of(
    rows: dict[str, Variable], answers: dict[int, Answer]
) -> dict[str, Value]:
    """The answers that were given, by name of the variable."""
    return {
        name: Value(answers[row.pk].state, answers[row.pk].value)
        for name, row in rows.items()
        if row.pk in answers and answers[row.pk].state != Answer.State.OPEN
    }


@lru_cache(maxsize=32)
def _reader(document: Document, language: str) -> dict[str, ReadVariable]:
    """The variables as they read in a language; the same for every coding of a version."""
    return {
        spec.name: read_variable(document, spec, language)
        for spec in document.variables
    }


def _question(
    document: Document,
    row: Variable,
    answer: Answer | None,
    is_open: bool,
    rulings: tuple[Ruling, ...],
    asked: tuple[AskedQuestion, ...],
    is_shown: bool,
    language: str,
) -> Question:
    read = _reader(document, language)[row.name]
    value = Value(answer.state, answer.value) if answer else Value("open")
    options = options_of(read, value, gettext("None applies"))
    return Question(row, read, answer, is_open, options, rulings, asked, is_shown)
