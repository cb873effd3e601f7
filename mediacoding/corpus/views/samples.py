from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from mediacoding.corpus import listing
from mediacoding.corpus.designs.allocation import proportional
from mediacoding.corpus.designs.drawing import plan_of
from mediacoding.corpus.designs.effect import expected_effect
from mediacoding.corpus.designs.frame import BETWEEN, Frame
from mediacoding.corpus.designs.lines import Kind, Refused, gettext_noop
from mediacoding.corpus.designs.plan import Design
from mediacoding.corpus.designs.stratified import strata_of
from mediacoding.corpus.forms import SampleForm, chosen
from mediacoding.corpus.models import Sample
from mediacoding.corpus.operations import sampling
from mediacoding.corpus.queries import articles as lists
from mediacoding.corpus.queries import samples as queries
from mediacoding.corpus.search import NotAQuery
from mediacoding.corpus.templatetags.samples import said
from mediacoding.studies.doors import person_of, study_or_404
from mediacoding.studies.models import Study

MOST_STRATA = 400  # that a page shows
Context = dict[str, Any]


def samples(request: HttpRequest, slug: str) -> HttpResponse:
    """List the samples of a study; show what a design would draw; draw one."""
    study = study_or_404(request, slug, "corpus.draw_sample")
    is_effect = request.POST.get("act") == "effect"
    form = SampleForm(
        request.POST or None,
        initial=_wanted(request),
        study=study,
        is_drawn=not is_effect,
    )
    context: Context = {"form": form}
    if request.method == "POST" and form.is_valid():
        design = form.design(_shares(request))
        if is_effect:
            context |= _effect(study, form, design)
        elif sample := _draw(request, study, form, design):
            said_so = _("The sample “%(name)s” is drawn.") % {"name": sample}
            messages.success(request, said_so)
            return redirect("corpus:sample", study.slug, sample.pk)
        elif design.allocation == "given":
            context |= _effect(study, form, design)
    status = 422 if form.errors else 200
    if is_effect and request.headers.get("HX-Request") == "true":
        return render(request, "corpus/_effect.html", context, status=status)
    context["samples"] = lists.samples(study)
    return render(request, "corpus/samples.html", context, status=status)


def _wanted(request: HttpRequest) -> Context:
    """The frame that a link to the page names, as the list of articles has it."""
    names = ("words", "first", "last", "section")
    wanted: Context = {n: request.GET[n] for n in names if request.GET.get(n)}
    outlets = [pk for pk in request.GET.getlist("outlet") if pk.isdecimal()]
    return wanted | ({"outlets": outlets} if outlets else {})


def _shares(request: HttpRequest) -> dict[str, int]:
    """The numbers that were given to strata, by the strata's names."""
    names, numbers = request.POST.getlist("stratum"), request.POST.getlist("share")
    given = zip(names, numbers, strict=False)
    return {name: int(n) for name, n in given if n.isdecimal() and len(n) < 10}


def _draw(
    request: HttpRequest, study: Study, form: SampleForm, design: Design
) -> Sample | None:
    given = form.cleaned_data
    try:
        return sampling.draw_sample(
            study=study,
            name=given["name"],
            method=design.method,
            frame=form.frame(),
            seed=given["seed"],
            by=person_of(request),
            at=timezone.now(),
            **design.stored(),
        )
    except sampling.NotDrawable as refusal:
        form.add_error(None, str(refusal))
    return None


def _effect(study: Study, form: SampleForm, design: Design) -> Context:
    """What the design would draw on average; the refusal becomes the form's error."""
    context: Context = {"fields": list(design.stratify_by), "design": design}
    try:
        frame = queries.frame_for(study, form.frame())
        if design.allocation == "given":
            context["shares"] = _to_give(frame, design, form.cleaned_data["size"])
            if not any(design.shares.values()):
                return context
        plan = plan_of(frame, design)
    except Refused as refusal:
        form.add_error(None, said(refusal.line))
    except NotAQuery as refusal:
        form.add_error("words", str(refusal))
    else:
        if design.method == Sample.Method.CONSTRUCTED_WEEK:
            context["fields"] = ["outlet", "period", "weekday"]
        context |= {
            "plan": plan,
            "effect": expected_effect(plan),
            "strata": plan.strata[:MOST_STRATA] if len(plan.strata) > 1 else (),
            "n_strata": len(plan.strata),
            "n_units": sum(stratum.draw for stratum in plan.strata),
            "warnings": [line for line in plan.lines if line.kind == Kind.WARNING],
            "notes": [line for line in plan.lines if line.kind == Kind.NOTE],
        }
    return context


def _to_give(
    frame: Frame, design: Design, size: int | None
) -> list[tuple[str, tuple[str, ...], int, int | str]]:
    """Name, parts, size and number of every stratum; a size alone is shared out for a start."""
    strata = strata_of(frame, design)
    sizes = [len(units) for units in strata.values()]
    if len(sizes) > MOST_STRATA:
        raise Refused(
            gettext_noop(
                "Numbers can be given to %(most)s strata at most: stratify by less."
            ),
            most=MOST_STRATA,
        )
    start: Mapping[str, int] = design.shares
    names = [BETWEEN.join(parts) for parts in strata]
    if not start and size and len(sizes) <= size <= sum(sizes):
        start = dict(zip(names, proportional(sizes, size), strict=True))
    return [
        (name, parts, many, start.get(name, ""))
        for name, parts, many in zip(names, strata, sizes, strict=True)
    ]


def sample(request: HttpRequest, slug: str, sample_id: int) -> HttpResponse:
    """Show how a sample was drawn: frame, method, counts, strata and log."""
    study = study_or_404(request, slug, "corpus.draw_sample")
    found = get_object_or_404(lists.samples(study), pk=sample_id)
    record = queries.record_of(found)
    lines: dict[str, list[dict]] = {}
    for line in record.log:
        lines.setdefault(line["kind"], []).append(line)
    context = {
        "sample": found,
        "frame": queries.frame_in_words(study, found.frame),
        "options": list(chosen(found.options)),
        "effect": queries.effect_of(record) if record.frame_counts else None,
        "strata": record.strata[:MOST_STRATA] if len(record.strata) > 1 else (),
        "n_strata": len(record.strata),
        "n_units": sum(stratum["drawn"] for stratum in record.strata),
        **lines,
    }
    return render(request, "corpus/sample.html", context)


def drawn(request: HttpRequest, slug: str, sample_id: int) -> StreamingHttpResponse:
    """Send the list of a sample as CSV."""
    study = study_or_404(request, slug, "corpus.draw_sample")
    found = get_object_or_404(study.samples, pk=sample_id)
    pieces = listing.csv_of(queries.list_of(found).iterator(2_000))
    response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    name = slugify(found.name) or f"sample-{found.pk}"
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def record(request: HttpRequest, slug: str, sample_id: int) -> JsonResponse:
    """Send all that is kept of how a sample was drawn."""
    study = study_or_404(request, slug, "corpus.draw_sample")
    found = get_object_or_404(study.samples, pk=sample_id)
    kept = queries.record_of(found)
    response = JsonResponse(
        {
            "name": found.name,
            "method": found.method,
            "options": found.options,
            "seed": found.seed,
            "drawn_at": found.drawn_at.isoformat(),
            "frame": found.frame,
            "frame_size": found.frame_size,
            "frame_counts": kept.frame_counts,
            "strata": kept.strata,
            "log": kept.log,
        },
        json_dumps_params={"ensure_ascii": False, "indent": 1},
    )
    name = slugify(found.name) or f"sample-{found.pk}"
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response
