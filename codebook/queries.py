from functools import lru_cache

from django.db.models import QuerySet

from codebook import reading
from codebook.document import Document
from codebook.models import Codebook, CodebookEvent, CodebookVersion, Variable


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


def history_of(codebook: Codebook) -> QuerySet[CodebookEvent]:
    """The acts on a codebook, newest first."""
    return codebook.events.select_related("by").order_by("-at", "-pk")
