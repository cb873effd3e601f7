from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from mediacoding.corpus.forms import FrameForm, OutletForm
from mediacoding.corpus.operations import articles as operations
from mediacoding.corpus.queries import articles as queries
from mediacoding.corpus.search import NotAQuery
from mediacoding.studies.doors import person_of, study_or_404

PER_PAGE = 50


def articles(request: HttpRequest, slug: str) -> HttpResponse:
    """List the articles that a filter names, newest first."""
    study = study_or_404(request, slug, "corpus.view_corpus")
    form = FrameForm(request.GET or None, study=study)
    try:
        found = queries.in_frame(study, form.frame())
    except NotAQuery as refusal:
        form.add_error("words", str(refusal))
        found = queries.articles(study).none()
    in_order = queries.with_words(found.order_by("-published_on", "-pk"))
    page = Paginator(in_order, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page_obj": page,
        "articles": page.object_list,
        "may_draw": person_of(request).has_perm("corpus.draw_sample", study),
    }
    return render(request, "corpus/articles.html", context)


def article(request: HttpRequest, slug: str, article_id: int) -> HttpResponse:
    """Show one article with its text, facts, revisions and twins."""
    study = study_or_404(request, slug, "corpus.view_corpus")
    found = get_object_or_404(
        queries.articles(study).select_related("outlet"), pk=article_id
    )
    context = {
        "article": found,
        "text": queries.text_of(found),
        "texts": found.texts.defer("body", "folded"),
        "twins": queries.with_words(queries.twins_of(found))[:20],
    }
    return render(request, "corpus/article.html", context)


def outlets(request: HttpRequest, slug: str) -> HttpResponse:
    """List the outlets of a study with their facts."""
    study = study_or_404(request, slug, "corpus.view_corpus")
    return render(request, "corpus/outlets.html", {"outlets": queries.outlets(study)})


def outlet(request: HttpRequest, slug: str, outlet_id: int) -> HttpResponse:
    """Change the facts of an outlet that coverage needs."""
    study = study_or_404(request, slug, "corpus.change_corpus")
    found = get_object_or_404(queries.outlets(study), pk=outlet_id)
    form = OutletForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        operations.change_outlet(
            outlet=found,
            by=person_of(request),
            at=timezone.now(),
            **{name: form.cleaned_data[name] for name in form.changed_data},
        )
        messages.success(request, _("The outlet is saved."))
        return redirect("corpus:outlets", study.slug)
    return render(request, "corpus/outlet.html", {"outlet": found, "form": form})
