from dataclasses import dataclass

from codebook.models import CodebookVersion
from mediacoding.coding.models import Round
from mediacoding.coding.queries import work
from mediacoding.coding.queries.final_values import Scope, scope_of
from mediacoding.studies.models import Study, User


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What is asked for: a study, the rounds that the person may see, a language.

    A round that is blind to the person is in no export until it is closed.
    """

    study: Study
    rounds: tuple[Round, ...]
    hidden: tuple[Round, ...]
    scope: Scope | None
    language: str
    with_text: bool = False

    @property
    def versions(self) -> list[CodebookVersion]:
        """The codebook versions of these rounds, oldest first; else the study's own."""
        used = {round.version_id: round.version for round in self.rounds}
        if used:
            return sorted(used.values(), key=lambda version: version.ordinal)
        if self.study.codebook is None:
            return []
        return list(self.study.codebook.versions.filter(status="published"))


def export_request(
    *,
    study: Study,
    person: User,
    language: str,
    round_id: int | None = None,
    with_text: bool = False,
) -> ExportRequest:
    """Return what a person may export of a study, of one round if it is named."""
    hidden = work.blind_rounds(person=person, study=study)
    rounds = study.rounds.exclude(pk__in=hidden.values("pk")).select_related("version")
    if round_id is not None:
        rounds = rounds.filter(pk=round_id)
    return ExportRequest(
        study=study,
        rounds=tuple(rounds.order_by("pk")),
        hidden=tuple(hidden),
        scope=scope_of(study, hidden=hidden),
        language=language,
        with_text=with_text,
    )
