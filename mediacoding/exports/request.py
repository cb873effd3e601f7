"""What is asked for: a study, filters, and what the person may see of it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

from django.db.models import Model, QuerySet

from codebook.models import CodebookVersion
from codebook.queries import document_of
from mediacoding.coding.models import CarryForward, Round
from mediacoding.coding.queries import work
from mediacoding.coding.queries.final_values import Scope, scope_of
from mediacoding.corpus.models import Article
from mediacoding.corpus.queries.articles import articles
from mediacoding.studies.models import Study, User

Rows = TypeVar("Rows", bound=Model)


class NotExportable(Exception):
    """What is asked for cannot be written; the text says why and the way out."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What of an export is wanted; each export says which of these it minds.

    `words` is how much of the articles' own words comes along: "none" (headlines only),
    "quote" (the beginning as a quotation) or "full".
    """

    rounds: tuple[int, ...] = ()
    version: str = ""
    outlets: tuple[int, ...] = ()
    first: dt.date | None = None
    last: dt.date | None = None
    coders: tuple[str, ...] = ()  # pseudonyms
    variables: tuple[str, ...] = ()
    submissions: str = ""  # all, first, newest; empty: what the export is for
    words: str = "none"
    missing: str = "codes"  # or "blank"
    sensitive: str = "with"  # or "without"
    smallest: int = 0  # cells of fewer articles are left out


@dataclass(frozen=True)
class ExportRequest:
    """A study, the rounds that the person may see, filters, a language.

    A round that is blind to the person is in no export until it is closed. Without
    `may_read` no word of an article is in any export, not even a headline.
    """

    study: Study
    person: User
    rounds: tuple[Round, ...]
    hidden: tuple[Round, ...]
    scope: Scope | None
    language: str
    filters: Filters = field(default_factory=Filters)
    may_read: bool = True

    @cached_property
    def versions(self) -> list[CodebookVersion]:
        """The codebook versions of these rounds, oldest first; the study's own published
        ones where there is no round.

        What a round was carried from is only there where that version is asked for: its
        codings stand beside the carried ones and would count twice.
        """
        wanted = self.filters.version
        used = {round.version_id: round.version for round in self.rounds}
        if wanted:
            carried = CarryForward.objects.filter(
                round__in=self.rounds, undone_at=None, from_version__number=wanted
            )
            for carrying in carried.select_related("from_version"):
                used[carrying.from_version_id] = carrying.from_version
        elif not used and self.study.codebook is not None:
            own = self.study.codebook.versions.filter(status="published")
            used = {version.pk: version for version in own}
        found = [v for v in used.values() if not wanted or v.number == wanted]
        return sorted(found, key=lambda version: version.ordinal)

    @property
    def version(self) -> CodebookVersion | None:
        """The one version of files that do not mix them: of the final values, or the newest."""
        if self.scope is not None and self.scope.version in self.versions:
            return self.scope.version
        return self.versions[-1] if self.versions else None

    def wants(self, version: CodebookVersion, name: str) -> bool:
        """Whether a variable of a version is asked for."""
        chosen, spec = self.filters.variables, document_of(version).variable(name)
        if self.filters.sensitive == "without" and spec.is_sensitive:
            return False
        return not chosen or name in chosen

    @property
    def words(self) -> str:
        """How much of the articles' words comes along, as far as the person may read them."""
        return self.filters.words if self.may_read else "no"

    def articles(self) -> QuerySet[Article]:
        """The articles of the corpus that are asked for."""
        return chosen_articles(articles(self.study), self.filters)


def chosen_articles(
    found: QuerySet[Rows], filters: Filters, prefix: str = ""
) -> QuerySet[Rows]:
    """Rows whose article, reached by `prefix`, stands in the outlets and days of filters."""
    if filters.outlets:
        found = found.filter(**{f"{prefix}outlet__in": filters.outlets})
    if filters.first:
        found = found.filter(**{f"{prefix}published_on__gte": filters.first})
    if filters.last:
        found = found.filter(**{f"{prefix}published_on__lte": filters.last})
    return found


def visible_rounds(*, study: Study, person: User) -> QuerySet[Round]:
    """The rounds of a study that are not blind to the person, oldest first."""
    hidden = work.blind_rounds(person=person, study=study)
    found = study.rounds.exclude(pk__in=hidden.values("pk"))
    return found.select_related("version").order_by("pk")


def export_request(
    *,
    study: Study,
    person: User,
    language: str,
    filters: Filters | None = None,
    may_read: bool = True,
) -> ExportRequest:
    """Return what a person may export of a study, of the rounds that filters name."""
    filters = filters or Filters()
    hidden = work.blind_rounds(person=person, study=study)
    rounds = visible_rounds(study=study, person=person)
    if filters.rounds:
        rounds = rounds.filter(pk__in=filters.rounds)
    chosen = tuple(rounds)
    return ExportRequest(
        study=study,
        person=person,
        rounds=chosen,
        hidden=tuple(hidden),
        scope=_scope(study, hidden, filters, chosen),
        language=language,
        filters=filters,
        may_read=may_read,
    )


def _scope(
    study: Study, hidden: QuerySet[Round], filters: Filters, rounds: Sequence[Round]
) -> Scope | None:
    """The final values' rounds: of the version asked for, or of the newest in use."""
    version = None
    if filters.version:
        version = CodebookVersion.objects.filter(
            codebook=study.codebook_id, number=filters.version, status="published"
        ).first()
        if version is None:
            return None
    elif filters.rounds:
        used = [round.version for round in rounds if round.kind != Round.Kind.TRAINING]
        version = max(used, key=lambda version: version.ordinal, default=None)
    scope = scope_of(study, hidden=hidden, version=version)
    if scope is None or not filters.rounds:
        return scope
    return replace(
        scope, rounds=tuple(r for r in scope.rounds if r in set(filters.rounds))
    )
