import datetime as dt
import hashlib

from django.db.models import QuerySet

from codebook.models import Codebook
from mediacoding.studies.models import (
    AccessToken,
    JournalEntry,
    Membership,
    Study,
    User,
)
from mediacoding.studies.roles import PERMISSIONS


def studies_of(person: User) -> QuerySet[Study]:
    """The studies that a person is a member of; nobody sees any other."""
    return Study.objects.filter(memberships__person=person, memberships__left_at=None)


def memberships_of(study: Study) -> QuerySet[Membership]:
    """The present members of a study with their persons, by pseudonym."""
    return study.memberships.filter(left_at=None).select_related("person")


def membership(*, person: User, study: Study) -> Membership | None:
    """The present membership of a person in a study, if there is one."""
    return Membership.objects.filter(person=person, study=study, left_at=None).first()


def codebooks_of(person: User) -> QuerySet[Codebook]:
    """The codebooks of the person's studies."""
    return Codebook.objects.filter(studies__in=studies_of(person)).distinct()


def permissions_in(*, person: User, study: Study) -> frozenset[str]:
    """What a person may do in a study, as names of permissions."""
    member = membership(person=person, study=study)
    roles = member.roles if member else frozenset()
    return frozenset(name for name, allowed in PERMISSIONS.items() if roles & allowed)


def permissions_on_codebook(*, person: User, codebook: Codebook) -> frozenset[str]:
    """What a person may do with a codebook: the sum over the studies that use it."""
    names: set[str] = set()
    for study in studies_of(person).filter(codebook=codebook):
        names |= permissions_in(person=person, study=study)
    return frozenset(names)


def journal_of(study: Study) -> QuerySet[JournalEntry]:
    """The acts in a study, newest first, with who did them."""
    return study.journal.select_related("by")


def own_memberships(person: User) -> QuerySet[Membership]:
    """The person's present memberships with their studies, by the study's name."""
    return (
        person.memberships.filter(left_at=None)
        .select_related("study")
        .order_by("study__name")
    )


def digest_of(secret: str) -> str:
    """What is kept of a token's secret. It is long and random, so no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def tokens_of(study: Study, person: User | None = None) -> QuerySet[AccessToken]:
    """The tokens of a study, or a person's own in it, newest first."""
    found = AccessToken.objects.filter(study=study).select_related("person")
    if person is not None:
        found = found.filter(person=person)
    return found.order_by("-made_at", "-pk")


def living_token(secret: str, *, at: dt.datetime) -> AccessToken | None:
    """The token of a secret, unless it is revoked or expired, or its person is not active."""
    return (
        AccessToken.objects.filter(
            digest=digest_of(secret),
            revoked_at=None,
            expires_at__gt=at,
            person__is_active=True,
        )
        .select_related("study", "person")
        .first()
    )
