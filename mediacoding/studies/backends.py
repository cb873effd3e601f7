from django.contrib.auth.backends import BaseBackend
from django.db.models import Model

from codebook.models import Codebook
from mediacoding.studies import queries
from mediacoding.studies.models import Study, User
from mediacoding.studies.roles import PERMISSIONS


class RoleBackend(BaseBackend):
    """Answers `person.has_perm(permission, object)` from the person's role in its study.

    The object is a study, a codebook, or anything with a `study`. Answers are kept on the
    person for the length of a request.
    """

    def has_perm(self, user_obj, perm: str, obj: Model | None = None) -> bool:
        if obj is None or not user_obj.is_active or perm not in PERMISSIONS:
            return False
        return perm in self._permissions(user_obj, obj)

    def _permissions(self, person: User, obj: Model) -> frozenset[str]:
        subject = (
            obj if isinstance(obj, (Study, Codebook)) else getattr(obj, "study", None)
        )
        if subject is None:
            return frozenset()
        known: dict[tuple[str, int], frozenset[str]] = person.__dict__.setdefault(
            "_permissions_by_subject", {}
        )
        key = (type(subject).__name__, subject.pk)
        if key not in known:
            if isinstance(subject, Study):
                known[key] = queries.permissions_in(person=person, study=subject)
            else:
                known[key] = queries.permissions_on_codebook(
                    person=person, codebook=subject
                )
        return known[key]
