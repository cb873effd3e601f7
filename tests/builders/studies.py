"""The fixed cast: ana supervises, boris, vesna and goran code, mira analyses, ivo is a stranger."""

import datetime as dt

from mediacoding.studies import operations
from mediacoding.studies.models import Membership, Study, User

NOON = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)
ROLES = {
    "ana": {"supervisor"},
    "boris": {"coder"},
    "vesna": {"coder"},
    "goran": {"coder"},
    "mira": {"analyst"},
}


def person(name: str = "ana") -> User:
    """The person of that name, made when first asked for."""
    known = User.objects.filter(username=name).first()
    return known or operations.register_person(
        username=name, password=f"{name}-reads-the-paper", name=name.title()
    )


def study(name: str = "Internet window", *, by: str = "ana") -> Study:
    """A study with its supervisor and nobody else."""
    return operations.start_study(name=name, by=person(by), at=NOON)


def member(study: Study, name: str, *roles: str) -> Membership:
    """A member of the study, in the given roles or in the cast's."""
    known = study.memberships.filter(person__username=name).first()
    return known or operations.add_member(
        study=study,
        person=person(name),
        roles=set(roles) or ROLES[name],
        by=person(),
        at=NOON,
    )
