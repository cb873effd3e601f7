import datetime as dt
import random
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from mediacoding.corpus.models import Sample, SampledArticle
from mediacoding.corpus.queries.articles import in_frame
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
) -> Sample:
    """Draw articles from a frame, store them with their probabilities, return the sample.

    `method` is census, simple (random, of `size`) or given (the articles `given`). The
    same frame, seed and size give the same articles in the same order.
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
    try:
        in_order = in_frame(study, stored).order_by("published_on", "pk")
        population = list(in_order.values_list("pk", flat=True))
    except NotAQuery as refusal:
        raise NotDrawable(str(refusal)) from refusal
    drawn = _draw(population, method, size, given, random.Random(seed))
    sample = Sample.objects.create(
        study=study,
        name=name,
        method=method,
        frame=stored,
        frame_size=len(population),
        options={"size": size} if size else {},
        seed=seed,
        drawn_by=by,
        drawn_at=at,
    )
    probability = len(drawn) / len(population)
    SampledArticle.objects.bulk_create(
        (
            SampledArticle(
                sample=sample,
                article_id=article,
                position=position,
                probability=1.0 if method == Sample.Method.GIVEN else probability,
            )
            for position, article in enumerate(drawn, start=1)
        ),
        batch_size=CHUNK,
    )
    write_journal(
        study=study,
        act="draw_sample",
        about=sample,
        detail={
            "name": name,
            "method": method,
            "seed": seed,
            "frame": stored,
            "frame_size": len(population),
            "size": len(drawn),
        },
        by=by,
        at=at,
    )
    return sample


def _draw(
    population: list[int],
    method: str,
    size: int | None,
    given: Sequence[int],
    chance: random.Random,
) -> list[int]:
    if not population:
        raise NotDrawable(_("No article fits this frame: widen it."))
    if method == Sample.Method.CENSUS:
        return population
    if method == Sample.Method.GIVEN:
        if not given or set(given) - set(population):
            raise NotDrawable(_("Some of the given articles are not in the frame."))
        return list(dict.fromkeys(given))
    if method != Sample.Method.SIMPLE:
        raise NotDrawable(_("Choose a census or a simple random sample."))
    if not size or size < 1 or size > len(population):
        raise NotDrawable(
            _("Draw between 1 and %(most)s articles: the frame holds no more.")
            % {"most": len(population)}
        )
    return chance.sample(population, size)


def _stored(frame: Mapping[str, object]) -> dict[str, object]:
    """The frame as JSON can keep it."""
    return {
        key: value.isoformat() if isinstance(value, dt.date) else value
        for key, value in frame.items()
        if value not in (None, "", [], ())
    }
