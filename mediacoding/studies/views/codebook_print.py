from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from codebook import queries as codebooks
from mediacoding.studies.doors import study_or_404
from mediacoding.studies.printing import printout_of
from mediacoding.studies.views.codebook import version_or_404


def codebook_print(request: HttpRequest, slug: str, ordinal: int) -> HttpResponse:
    """Show a version of the codebook as it is printed, in one language or in all."""
    study = study_or_404(request, slug, "codebook.view_codebook")
    version = version_or_404(study, ordinal)
    document = codebooks.document_of(version)
    context = {
        "version": version,
        "digest": document.digest,
        "out": printout_of(document, request.GET.get("language", "")),
    }
    return render(request, "codebook/print.html", context)
