import datetime as dt
from collections.abc import Iterator, Mapping

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from codebook import operations, queries
from codebook.changes.decisions import Decision
from codebook.changes.questions import Revision
from codebook.models import CodebookVersion
from codebook.places import Problem


@transaction.atomic
def publish_revision(
    *,
    version: CodebookVersion,
    seen: int,
    decisions: Mapping[str, Decision],
    number: str,
    by,
    at: dt.datetime,
) -> CodebookVersion:
    """Number a draft, write what changed and what was decided into its history, freeze it.

    `decisions` are those of `codebook.changes.questions`, `seen` the revision of the draft
    that they were made about. Raises NotPublishable, with every reason at once, if the
    draft was changed since, a question is open, the number is none of its own, or coders
    could not work with it.
    """
    draft = (
        CodebookVersion.objects.select_for_update(of=("self",))
        .select_related("codebook")
        .get(pk=version.pk)
    )
    previous = queries.predecessor_of(draft)
    if draft.is_draft and previous is not None:
        number = number.strip()
        revision = queries.revision_of(previous, draft, decisions)
        if reasons := [
            *_of_the_moment(draft, seen, previous, revision),
            *_of_the_questions(revision),
            *_of_the_number(draft, revision, number),
        ]:
            raise operations.NotPublishable(reasons)
        document = revision.document(number=number, day=at.date())
        draft.number = number
        draft.document = document.stored_text
        draft.revision += 1
        draft.save(update_fields=["number", "document", "revision"])
    return operations.publish_version(version=draft, by=by, at=at)


def _of_the_moment(
    draft: CodebookVersion, seen: int, previous: CodebookVersion, revision: Revision
) -> Iterator[Problem]:
    if draft.revision != seen:
        yield Problem(
            (),
            _(
                "The draft was changed while you read this page. Look at its changes "
                "again, then publish."
            ),
        )
    if not revision.changes:
        yield Problem(
            (),
            _(
                "Nothing changed since version %(number)s, so there is nothing to "
                "publish. Discard the draft or change it."
            )
            % {"number": previous.number},
        )


def _of_the_questions(revision: Revision) -> Iterator[Problem]:
    if many := len(revision.open):
        yield Problem(
            (),
            ngettext(
                "%(n)s change still wants a decision.",
                "%(n)s changes still want a decision.",
                many,
            )
            % {"n": many},
        )


def _of_the_number(
    draft: CodebookVersion, revision: Revision, number: str
) -> Iterator[Problem]:
    if not number or len(number) > 20:
        yield Problem((), _("Give the version a number of at most 20 characters."))
    elif number in queries.numbers_taken(draft, revision):
        yield Problem(
            (),
            _("There is a version %(number)s already. Choose another number.")
            % {"number": number},
        )
