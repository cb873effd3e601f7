"""Questions and rulings: what a coder sees of them, and what the supervisors see."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from codebook.models import CodebookVersion, Variable
from codebook.queries import document_of
from mediacoding.coding.models import Coding, Question, Round, Ruling
from mediacoding.studies.models import Study, User

WAITING = Q(answered_at=None, withdrawn_at=None)
#: The states of a question as conditions on its row.
IN_STATE: Mapping[str, Q] = {
    Question.State.WAITING: WAITING,
    Question.State.RULED: Q(ruling__isnull=False),
    Question.State.REPLIED: Q(answered_at__isnull=False, ruling=None),
    Question.State.WITHDRAWN: Q(withdrawn_at__isnull=False),
}


def questions_of(study: Study, *, hidden: QuerySet[Round]) -> QuerySet[Question]:
    """The questions of a study, newest first, without those of hidden rounds."""
    return (
        Question.objects.filter(coding__assignment__round__study=study)
        .exclude(coding__assignment__round__in=hidden)
        .select_related(
            "coding__assignment__round",
            "coding__assignment__coder",
            "coding__text",
            "variable",
            "ruling",
            "answered_by",
        )
    )


def in_filter(
    questions: QuerySet[Question], state: str, round: Round | None, stable_id: str
) -> QuerySet[Question]:
    """Of some questions those in a state ("all" for any), a round, about a variable."""
    if state in IN_STATE:
        questions = questions.filter(IN_STATE[state])
    if round:
        questions = questions.filter(coding__assignment__round=round)
    return questions.filter(variable__stable_id=stable_id) if stable_id else questions


def variables_asked_about(study: Study, *, hidden: QuerySet[Round]) -> list[Variable]:
    """The variables, of any version, that questions of a study are about. One query."""
    about = questions_of(study, hidden=hidden).order_by().values("variable")
    return list(Variable.objects.filter(pk__in=about).order_by("position", "version"))


def others_waiting(question: Question) -> QuerySet[Question]:
    """The other questions of the round that wait for a ruling on the same variable."""
    if question.variable is None:
        return Question.objects.none()
    return (
        Question.objects.filter(
            WAITING,
            coding__assignment__round=question.coding.assignment.round_id,
            variable__stable_id=question.variable.stable_id,
        )
        .exclude(pk=question.pk)
        .order_by("pk")
    )


def n_waiting(study: Study, *, hidden: QuerySet[Round]) -> int:
    """How many questions of a study wait for the supervisor. One query."""
    return (
        Question.objects.filter(WAITING, coding__assignment__round__study=study)
        .exclude(coding__assignment__round__in=hidden)
        .count()
    )


def own_questions(person: User, study: Study) -> QuerySet[Question]:
    """The questions that the person asked, newest first; nobody else's."""
    return Question.objects.filter(
        coding__assignment__round__study=study,
        coding__assignment__coder__person=person,
        coding__assignment__coder__left_at=None,
    ).select_related("coding__assignment__round", "coding__text", "variable", "ruling")


def questions_at(coding: Coding) -> dict[int | None, list[Question]]:
    """What was asked in a coding, by variable, oldest first. One query."""
    found: dict[int | None, list[Question]] = {}
    for question in coding.questions.select_related("ruling").order_by("pk"):
        found.setdefault(question.variable_id, []).append(question)
    return found


def rulings_in_force(round_id: int) -> dict[str, list[Ruling]]:
    """The rulings that a round's coders go by, by the variable's stable id. One query.

    A ruling that was made in an earlier version of the codebook is among them: the
    variable is the same one.
    """
    found: dict[str, list[Ruling]] = {}
    for ruling in (
        Ruling.objects.filter(round=round_id, ended_at=None)
        .select_related("variable__version")
        .defer("variable__version__document")
        .order_by("made_at", "pk")
    ):
        found.setdefault(ruling.variable.stable_id, []).append(ruling)
    return found


def rulings_of(study: Study) -> QuerySet[Ruling]:
    """The rulings of a study, newest first, also those that ended."""
    return (
        Ruling.objects.filter(round__study=study)
        .select_related(
            "round",
            "variable__version",
            "article",
            "made_by",
            "ended_by",
            "replaced_by",
        )
        .order_by("-made_at", "-pk")
    )


@dataclass(frozen=True, slots=True)
class RulingsOnVariable:
    """What was ruled on a variable since a version: matter for the next draft.

    `text` holds the rulings in force, oldest first, a line each, ready to be copied.
    """

    stable_id: str
    name: str
    label: str
    rulings: tuple[Ruling, ...]

    @property
    def text(self) -> str:
        lines = [" ".join(r.text.split()) for r in self.rulings if r.is_in_force]
        return "\n".join(lines)


def rulings_by_variable(
    rulings: Sequence[Ruling], version: CodebookVersion, language: str
) -> list[RulingsOnVariable]:
    """Rulings, oldest first, by variable in the order and words of a version.

    A variable that the version does not have comes last, under the name it had.
    """
    specs = {spec.stable_id: spec for spec in document_of(version).variables}
    order = {stable_id: place for place, stable_id in enumerate(specs)}
    groups: dict[str, list[Ruling]] = {}
    for ruling in sorted(rulings, key=lambda r: (r.made_at, r.pk)):
        groups.setdefault(ruling.variable.stable_id, []).append(ruling)
    found = []
    for stable_id in sorted(groups, key=lambda one: (order.get(one, len(order)), one)):
        spec = specs.get(stable_id)
        name = spec.name if spec else groups[stable_id][0].variable.name
        label = spec.label.in_(language) if spec else name
        found.append(
            RulingsOnVariable(stable_id, name, label, tuple(groups[stable_id]))
        )
    return found


def labels_of(variables: Iterable[Variable], language: str) -> dict[int, str]:
    """The labels of variables of any versions, by the variable's key. One query."""
    variables = list(variables)
    versions = CodebookVersion.objects.in_bulk({v.version_id for v in variables})
    return {
        variable.pk: document_of(versions[variable.version_id])
        .variable(variable.name)
        .label.in_(language)
        for variable in variables
    }
