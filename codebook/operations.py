import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from codebook import checks, queries
from codebook.document import Document
from codebook.levels import CategoryKind
from codebook.models import (
    Category,
    Codebook,
    CodebookEvent,
    CodebookVersion,
    DraftRevision,
    Variable,
)
from codebook.places import Problem


class NotImportable(Exception):
    """The document cannot become a draft; the text says why and the way out."""


class NotPublishable(Exception):
    """The draft cannot be published; `problems` say where and why."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(str(problem) for problem in self.problems))


@transaction.atomic
def import_document(
    *, document: Document, codebook: Codebook | None = None, by, at: dt.datetime
) -> CodebookVersion:
    """Make a draft of a document, in a codebook or in a new one, and return it.

    A draft may still have problems; publishing is where they count. Raises NotImportable
    if the codebook has a draft already or knows this very document.
    """
    if codebook is None:
        codebook = Codebook.objects.create(
            key=slugify(document.key)[:120] or "codebook",
            title=document.title.in_("en")[:300],
            created_by=by,
            created_at=at,
        )
    _refuse_a_second_draft(codebook, document)
    last = codebook.versions.order_by("-ordinal").first()
    version = CodebookVersion.objects.create(
        codebook=codebook,
        ordinal=last.ordinal + 1 if last else 1,
        number=document.number,
        document=document.stored_text,
        created_by=by,
        created_at=at,
    )
    keep_revision(version, "import_document", "", None, by, at)
    record_event("import_document", version, by, at, {"digest": document.digest})
    return version


def _refuse_a_second_draft(codebook: Codebook, document: Document) -> None:
    if draft := codebook.versions.filter(status=CodebookVersion.Status.DRAFT).first():
        raise NotImportable(
            _(
                "This codebook has a draft already, version %(number)s. "
                "Publish or discard it first."
            )
            % {"number": draft.number}
        )
    for version in codebook.versions.all():
        if version.digest == document.digest:
            raise NotImportable(
                _("This very document is published already, as version %(number)s.")
                % {"number": version.number}
            )
        if version.number == document.number:
            raise NotImportable(
                _(
                    "Version %(number)s is published already, with other contents. "
                    "Give the new one a number of its own."
                )
                % {"number": version.number}
            )


@transaction.atomic
def publish_version(
    *, version: CodebookVersion, by, at: dt.datetime
) -> CodebookVersion:
    """Freeze a draft, stamp it with its digest, author and time, and return it.

    Its variables and categories become rows that answers hang on; the steps by which the
    draft was written go, what was done stays among the codebook's events. Raises
    NotPublishable, with every problem at once, if coders could not work with it.
    """
    version = (
        CodebookVersion.objects.select_for_update(of=("self",))
        .select_related("codebook")
        .get(pk=version.pk)
    )
    if not version.is_draft:
        raise NotPublishable(
            [
                Problem(
                    (),
                    _("Version %(number)s is published already.")
                    % {"number": version.number},
                )
            ]
        )
    document = queries.document_of(version)
    if problems := list(checks.problems(document)):
        raise NotPublishable(problems)
    _write_variables(version, document)
    version.revisions.all().delete()
    version.status = CodebookVersion.Status.PUBLISHED
    version.digest = document.digest
    version.published_at = at
    version.published_by = by
    version.save()
    record_event("publish_version", version, by, at, {"digest": document.digest})
    return version


def _write_variables(version: CodebookVersion, document: Document) -> None:
    rows = Variable.objects.bulk_create(
        Variable(
            version=version,
            position=position,
            stable_id=spec.stable_id,
            name=spec.name,
            unit_kind=spec.unit_kind,
            kind=spec.kind,
            level=spec.level,
            is_required=spec.required,
        )
        for position, spec in enumerate(document.variables, start=1)
    )
    categories = []
    for row, spec in zip(rows, document.variables, strict=True):
        position = 0
        for position, category in enumerate(spec.categories, start=1):
            categories.append(
                Category(
                    variable=row,
                    position=position,
                    stable_id=category.stable_id,
                    code=category.code,
                    kind=category.kind,
                    is_retired=category.is_retired,
                )
            )
        for offset, missing in enumerate(spec.missing, start=1):
            categories.append(
                Category(
                    variable=row,
                    position=position + offset,
                    stable_id=f"{spec.stable_id}:{missing.code}",
                    code=missing.code,
                    kind=CategoryKind.MISSING,
                )
            )
    Category.objects.bulk_create(categories)


@transaction.atomic
def discard_draft(*, version: CodebookVersion, by, at: dt.datetime) -> None:
    """Drop a draft that nobody coded with, and its steps; the history remembers it.

    Raises NotImportable if the version is published.
    """
    version = CodebookVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if not version.is_draft:
        raise NotImportable(_("A published version is never deleted."))
    CodebookEvent.objects.create(
        codebook=version.codebook,
        ordinal=version.ordinal,
        act="discard_draft",
        detail={"number": version.number},
        by=by,
        at=at,
    )
    version.delete()


def keep_revision(
    draft: CodebookVersion,
    act: str,
    about: str,
    restores: int | None,
    by,
    at: dt.datetime,
) -> None:
    """Keep what a draft is now as one of its steps."""
    DraftRevision.objects.create(
        version=draft,
        revision=draft.revision,
        document=draft.document,
        act=act,
        about=about[:120],
        restores=restores,
        made_by=by,
        made_at=at,
    )


def record_event(
    act: str, version: CodebookVersion, by, at: dt.datetime, detail: dict
) -> None:
    """Append an act to the history of the version's codebook."""
    CodebookEvent.objects.create(
        codebook=version.codebook,
        ordinal=version.ordinal,
        act=act,
        detail={"number": version.number, **detail},
        by=by,
        at=at,
    )
