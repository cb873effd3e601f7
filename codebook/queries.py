from collections.abc import Mapping
from functools import lru_cache

from django.db.models import QuerySet

from codebook import reading
from codebook.changes.change import Comparison
from codebook.changes.compare import compare
from codebook.changes.decisions import Choice, Decision
from codebook.changes.questions import Revision, revise
from codebook.document import Document
from codebook.models import (
    Codebook,
    CodebookEvent,
    CodebookVersion,
    DraftRevision,
    Variable,
)


def document_of(version: CodebookVersion) -> Document:
    """The document of a version; one that was read before is not read again."""
    return _document(version.document)


@lru_cache(maxsize=64)
def _document(text: str) -> Document:
    return reading.from_json(text)


def variables_of(version: CodebookVersion) -> dict[str, Variable]:
    """The variables of a published version by name, in codebook order: what answers hang on."""
    return dict(_variables(version.pk)) if not version.is_draft else {}


@lru_cache(maxsize=64)
def _variables(version_id: int) -> tuple[tuple[str, Variable], ...]:
    # Rows of a published version never change, so they may be kept.
    rows = Variable.objects.filter(version_id=version_id).order_by("position")
    return tuple((row.name, row) for row in rows)


def versions_of(codebook: Codebook) -> QuerySet[CodebookVersion]:
    """The versions of a codebook, newest first, without their documents."""
    return (
        codebook.versions.defer("document")
        .select_related("published_by", "created_by")
        .order_by("-ordinal")
    )


def newest_version(codebook: Codebook) -> CodebookVersion | None:
    """The newest published version, or the draft where nothing is published yet."""
    published = codebook.versions.filter(status=CodebookVersion.Status.PUBLISHED)
    return (
        published.order_by("-ordinal").first()
        or codebook.versions.order_by("-ordinal").first()
    )


def predecessor_of(version: CodebookVersion) -> CodebookVersion | None:
    """The newest published version before this one, if there is one."""
    return (
        CodebookVersion.objects.filter(
            codebook=version.codebook_id,
            status=CodebookVersion.Status.PUBLISHED,
            ordinal__lt=version.ordinal,
        )
        .order_by("-ordinal")
        .first()
    )


def comparison_of(old: CodebookVersion, new: CodebookVersion) -> Comparison:
    """The changes from one version to another; two that were compared are kept."""
    return _comparison(old.document, new.document)


@lru_cache(maxsize=16)
def _comparison(old: str, new: str) -> Comparison:
    return compare(_document(old), _document(new))


def revision_of(
    old: CodebookVersion,
    new: CodebookVersion,
    decisions: Mapping[str, Decision],
    rest: Choice | None = None,
) -> Revision:
    """The changes of a draft with what was decided, and the questions that they raise."""
    return revise(
        document_of(old),
        document_of(new),
        decisions,
        rest,
        known=comparison_of(old, new),
    )


def numbers_taken(version: CodebookVersion, revision: Revision) -> frozenset[str]:
    """The numbers that a draft cannot have: of other versions, or told in its history."""
    others = CodebookVersion.objects.filter(codebook=version.codebook_id)
    numbers = others.exclude(pk=version.pk).values_list("number", flat=True)
    return frozenset(numbers) | revision.draft.numbers_before


def history_of(codebook: Codebook) -> QuerySet[CodebookEvent]:
    """The acts on a codebook, newest first."""
    return codebook.events.select_related("by").order_by("-at", "-pk")


def draft_of(codebook: Codebook) -> CodebookVersion | None:
    """The codebook's draft, if it has one."""
    return codebook.versions.filter(status=CodebookVersion.Status.DRAFT).first()


def revisions_of(draft: CodebookVersion) -> QuerySet[DraftRevision]:
    """The steps by which a draft was written, newest first, without their documents."""
    return (
        draft.revisions.defer("document")
        .select_related("made_by")
        .order_by("-revision")
    )


def steps_of(draft: CodebookVersion) -> dict[int, int | None]:
    """The numbers of a draft's revisions in order, each with the one that it brought back."""
    rows = draft.revisions.order_by("revision")
    return dict(rows.values_list("revision", "restores"))


def ids_used(codebook: Codebook) -> frozenset[str]:
    """The ids of variables that published versions of a codebook have or had."""
    rows = Variable.objects.filter(version__codebook=codebook)
    return frozenset(rows.values_list("stable_id", flat=True).distinct())


def document_at(draft: CodebookVersion, revision: int) -> Document:
    """What a draft was at a revision; what it is now if that is gone."""
    if revision == draft.revision:
        return document_of(draft)
    row = draft.revisions.filter(revision=revision).first()
    return _document(row.document if row else draft.document)
