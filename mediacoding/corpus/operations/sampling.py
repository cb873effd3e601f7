import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mediacoding.corpus.designs.drawing import Drawn, draw, given_list, plan_of
from mediacoding.corpus.designs.lines import Refused
from mediacoding.corpus.designs.plan import Design
from mediacoding.corpus.models import Sample, SampledArticle, SampleRecord
from mediacoding.corpus.queries.samples import frame_for
from mediacoding.corpus.search import NotAQuery
from mediacoding.studies.models import Study, User
from mediacoding.studies.operations import write_journal

CHUNK = 2_000


class NotDrawable(Exception):
    """The sample cannot be drawn; the text says why and the way out."""


@transaction.atomic
def draw_sample(
    *,
    study: Study,
    name: str,
    method: str,
    frame: Mapping[str, object] | None = None,
    size: int | None = None,
    given: Sequence[int] = (),
    seed: int = 0,
    by: User,
    at: dt.datetime,
    **options: Any,
) -> Sample:
    """Draw articles from a frame, store them with their probabilities, return the sample.

    `method` is one of `Sample.Method`; `given` are the articles of a given list. `options`
    are those of `designs.plan.Design`: unit, step, stratify_by, allocation, shares, weeks, period,
    absent. The same frame, options and seed give the same articles in the same order.
    The sample keeps the filter, what the frame held of each outlet and day, and the log.
    Raises NotDrawable.
    """
    name = name.strip()
    if not name:
        raise NotDrawable(_("Give the sample a name."))
    if study.samples.filter(name=name).exists():
        raise NotDrawable(
            _("There is a sample “%(name)s” already; choose another name.")
            % {"name": name}
        )
    # No import is undone while a sample is drawn from its articles.
    Study.objects.select_for_update().get(pk=study.pk)
    stored = _stored(frame or {})
    design = Design(method=method, size=size, **options)
    try:
        known = frame_for(study, stored)
        if method == Sample.Method.GIVEN:
            drawn = given_list(known, given)
        else:
            drawn = draw(plan_of(known, design), seed)
    except Refused as refusal:
        raise NotDrawable(
            _(refusal.line.text) % dict(refusal.line.figures)
        ) from refusal
    except NotAQuery as refusal:
        raise NotDrawable(str(refusal)) from refusal
    if not drawn.articles:
        raise NotDrawable(
            _(
                "Nothing that was drawn has an article of the frame. Draw more, or widen the "
                "frame."
            )
        )
    return _keep(study, name, stored, drawn, seed, by, at)


def _keep(
    study: Study,
    name: str,
    stored: dict[str, object],
    drawn: Drawn,
    seed: int,
    by: User,
    at: dt.datetime,
) -> Sample:
    design = drawn.plan.design
    options = design.stored()
    sample = Sample.objects.create(
        study=study,
        name=name,
        method=design.method,
        frame=stored,
        frame_size=len(drawn.plan.frame.articles),
        options=options,
        seed=seed,
        drawn_by=by,
        drawn_at=at,
    )
    SampleRecord.objects.create(
        sample=sample,
        frame_counts=drawn.plan.frame.counts,
        strata=drawn.strata(),
        log=[line.stored() for line in drawn.log],
    )
    SampledArticle.objects.bulk_create(
        (
            SampledArticle(
                sample=sample,
                article_id=article.id,
                position=position,
                stratum=article.stratum,
                probability=article.probability,
            )
            for position, article in enumerate(drawn.articles, start=1)
        ),
        batch_size=CHUNK,
    )
    write_journal(
        study=study,
        act="draw_sample",
        about=sample,
        detail={
            "name": name,
            "method": design.method,
            "options": options,
            "seed": seed,
            "frame": stored,
            "frame_size": sample.frame_size,
            "size": len(drawn.articles),
        },
        by=by,
        at=at,
    )
    return sample


def _stored(frame: Mapping[str, object]) -> dict[str, object]:
    """The frame as JSON can keep it."""
    return {
        key: value.isoformat() if isinstance(value, dt.date) else value
        for key, value in frame.items()
        if value not in (None, "", [], ())
    }
