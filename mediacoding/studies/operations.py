import datetime as dt
import secrets
from collections.abc import Mapping

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from codebook import operations as codebooks
from codebook.document import Document
from codebook.models import Codebook, CodebookVersion
from mediacoding.studies import queries
from mediacoding.studies.models import (
    AccessToken,
    JournalEntry,
    Membership,
    Study,
    User,
)


class NotPossible(Exception):
    """What was asked of a study cannot be done; the text says why and the way out."""


def write_journal(
    *,
    study: Study,
    act: str,
    about: models.Model | None = None,
    reason: str = "",
    detail: Mapping[str, object] | None = None,
    by: User,
    at: dt.datetime,
) -> JournalEntry:
    """Append one act to the study's journal. Every operation calls this in its transaction."""
    return JournalEntry.objects.create(
        study=study,
        act=act,
        object_kind=about._meta.model_name or "" if about else "",
        object_id=about.pk if about else None,
        reason=reason,
        detail=dict(detail or {}),
        by=by,
        at=at,
    )


@transaction.atomic
def register_person(
    *,
    username: str,
    password: str | None,
    name: str = "",
    language: str = "",
    is_machine: bool = False,
) -> User:
    """Make an account and return it; without a password it cannot be signed in to.

    Raises NotPossible if the name is taken or the password is too weak.
    """
    if User.objects.filter(username__iexact=username).exists():
        raise NotPossible(
            _("The name “%(name)s” is taken. Choose another.") % {"name": username}
        )
    first, _space, last = name.partition(" ")
    person = User(
        username=username,
        first_name=first,
        last_name=last,
        language=language,
        is_machine=is_machine,
    )
    if password is None:
        person.set_unusable_password()
    else:
        try:
            validate_password(password, person)
        except ValidationError as weak:
            raise NotPossible(" ".join(weak.messages)) from weak
        person.set_password(password)
    person.save()
    return person


@transaction.atomic
def start_study(
    *,
    name: str,
    about: str = "",
    slug: str = "",
    is_invented: bool = False,
    by: User,
    at: dt.datetime,
) -> Study:
    """Start a study with the person as its supervisor, and return it."""
    slug = slug or _free_slug(name)
    if Study.objects.filter(slug=slug).exists():
        raise NotPossible(
            _("There is a study with the short name “%(slug)s”. Choose another.")
            % {"slug": slug}
        )
    study = Study.objects.create(
        slug=slug,
        name=name,
        about=about,
        is_invented=is_invented,
        created_by=by,
        created_at=at,
    )
    write_journal(study=study, act="start_study", about=study, by=by, at=at)
    add_member(study=study, person=by, roles={"supervisor"}, by=by, at=at)
    return study


def _free_slug(name: str) -> str:
    stem = slugify(name)[:50] or "study"
    taken = set(
        Study.objects.filter(slug__startswith=stem).values_list("slug", flat=True)
    )
    if stem not in taken:
        return stem
    return next(
        f"{stem}-{n}" for n in range(2, len(taken) + 3) if f"{stem}-{n}" not in taken
    )


@transaction.atomic
def add_member(
    *,
    study: Study,
    person: User,
    roles: set[str],
    pseudonym: str = "",
    by: User,
    at: dt.datetime,
) -> Membership:
    """Make a person a member of a study, with a stable pseudonym, and return the membership.

    Raises NotPossible if the person is a member already, the pseudonym is taken, or no
    role was named.
    """
    if not roles or roles - set(Membership.ROLES):
        raise NotPossible(_("Choose at least one role: supervisor, coder or analyst."))
    if study.memberships.filter(person=person).exists():
        raise NotPossible(
            _("%(person)s is a member of this study already.") % {"person": person}
        )
    taken = set(study.memberships.values_list("pseudonym", flat=True))
    if pseudonym in taken:
        raise NotPossible(
            _("The pseudonym “%(pseudonym)s” is taken in this study.")
            % {"pseudonym": pseudonym}
        )
    member = Membership.objects.create(
        study=study,
        person=person,
        pseudonym=pseudonym
        or next(f"P{n:02}" for n in range(1, 10_000) if f"P{n:02}" not in taken),
        is_supervisor="supervisor" in roles,
        is_coder="coder" in roles,
        is_analyst="analyst" in roles,
        joined_at=at,
    )
    write_journal(
        study=study,
        act="add_member",
        about=member,
        detail={"roles": sorted(roles), "pseudonym": member.pseudonym},
        by=by,
        at=at,
    )
    return member


@transaction.atomic
def choose_codebook(
    *, study: Study, codebook: Codebook, by: User, at: dt.datetime
) -> Study:
    """Give the study the codebook that its rounds will use, and return the study.

    Raises NotPossible if it has another one already.
    """
    study = Study.objects.select_for_update().get(pk=study.pk)
    if study.codebook_id not in (None, codebook.pk):
        raise NotPossible(
            _(
                "This study works with the codebook “%(title)s”; a study has one codebook."
            )
            % {"title": study.codebook}
        )
    study.codebook = codebook
    study.save(update_fields=["codebook"])
    write_journal(study=study, act="choose_codebook", about=codebook, by=by, at=at)
    return study


def choose_language(*, person: User, language: str) -> None:
    """Keep the language in which a person reads the pages."""
    User.objects.filter(pk=person.pk).update(language=language)


@transaction.atomic
def change_roles(
    *, member: Membership, roles: set[str], by: User, at: dt.datetime
) -> Membership:
    """Give a member other roles, and return the membership.

    Raises NotPossible without a role, or if the study would be left without a supervisor.
    """
    if not roles or roles - set(Membership.ROLES):
        raise NotPossible(_("Choose at least one role: supervisor, coder or analyst."))
    others = member.study.memberships.filter(is_supervisor=True, left_at=None)
    if "supervisor" not in roles and not others.exclude(pk=member.pk).exists():
        raise NotPossible(_("A study needs a supervisor; name another one first."))
    before = sorted(member.roles)
    for role in Membership.ROLES:
        setattr(member, f"is_{role}", role in roles)
    member.save(update_fields=["is_supervisor", "is_coder", "is_analyst"])
    write_journal(
        study=member.study,
        act="change_roles",
        about=member,
        detail={"before": before, "roles": sorted(roles)},
        by=by,
        at=at,
    )
    return member


@transaction.atomic
def import_codebook(
    *, study: Study, document: Document, by: User, at: dt.datetime
) -> CodebookVersion:
    """Make a draft of a document in the study's codebook, or in a new one for the study.

    Raises codebook.operations.NotImportable.
    """
    draft = codebooks.import_document(
        document=document, codebook=study.codebook, by=by, at=at
    )
    if study.codebook is None:
        choose_codebook(study=study, codebook=draft.codebook, by=by, at=at)
        study.codebook = draft.codebook
    return draft


#: How long a token may live, in days; and how often its use is noted.
TOKEN_DAYS = (30, 90, 365)
USE_NOTED = dt.timedelta(minutes=5)


@transaction.atomic
def make_token(
    *,
    study: Study,
    name: str,
    days: int = TOKEN_DAYS[1],
    with_text: bool = False,
    by: User,
    at: dt.datetime,
) -> tuple[AccessToken, str]:
    """Make a token for the exports of a study; return it and its secret, which is not kept.

    Raises NotPossible if the person may not export, has a living token of that name, or
    the time is none of TOKEN_DAYS.
    """
    if not by.has_perm("exports.export", study):
        raise NotPossible(_("You may not export from this study."))
    if days not in TOKEN_DAYS:
        raise NotPossible(
            _("A token lives %(days)s days. Choose one of these.")
            % {"days": ", ".join(map(str, TOKEN_DAYS))}
        )
    name = name.strip()
    living = queries.tokens_of(study, by).filter(revoked_at=None, expires_at__gt=at)
    if not name or living.filter(name=name).exists():
        raise NotPossible(
            _("You have a token of that name. Revoke it, or choose another name.")
            if name
            else _("Say what the token is for, so that you know it again.")
        )
    secret = f"mc_{secrets.token_urlsafe(32)}"
    token = AccessToken.objects.create(
        study=study,
        person=by,
        name=name,
        digest=queries.digest_of(secret),
        with_text=with_text,
        made_at=at,
        expires_at=at + dt.timedelta(days=days),
    )
    write_journal(
        study=study,
        act="make_token",
        about=token,
        detail={"name": name, "days": days, "with_text": with_text},
        by=by,
        at=at,
    )
    return token, secret


@transaction.atomic
def revoke_token(*, token: AccessToken, by: User, at: dt.datetime) -> AccessToken:
    """End a token for good, and return it. Raises NotPossible if it is revoked already."""
    token = AccessToken.objects.select_for_update(of=("self",)).get(pk=token.pk)
    if token.revoked_at is not None:
        raise NotPossible(_("This token is revoked already."))
    token.revoked_at, token.revoked_by = at, by
    token.save(update_fields=["revoked_at", "revoked_by"])
    write_journal(study=token.study, act="revoke_token", about=token, by=by, at=at)
    return token


def note_use(*, token: AccessToken, at: dt.datetime) -> None:
    """Keep when a token was last used; a program that asks often writes seldom."""
    if token.last_used_at is None or at - token.last_used_at > USE_NOTED:
        AccessToken.objects.filter(pk=token.pk).update(last_used_at=at)
