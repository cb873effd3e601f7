import datetime as dt
import hashlib
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from mediacoding.corpus.folding import fingerprint, fold, nfc, script_of
from mediacoding.corpus.models import Article, ArticleText, Issue, Outlet
from mediacoding.studies.models import Study, User
from mediacoding.studies.operations import write_journal

WORDS = ("overheadline", "headline", "subheadline", "byline", "body")


class NotStorable(Exception):
    """The article cannot be stored; the text says why and the way out."""


def text_row(
    article: Article, words: dict[str, str], *, number: int = 1, is_stored: bool = False
) -> ArticleText:
    """The row of a text, normalised, folded and stamped, not yet saved.

    `is_stored` says that the words are in the stored form already.
    """
    stored = words if is_stored else {part: nfc(words.get(part, "")) for part in WORDS}
    folded = {part: fold(stored[part]) for part in WORDS if stored[part]}
    return ArticleText(
        article=article,
        number=number,
        sha256=digest_of(stored),
        script=script_of(stored["body"] or stored["headline"]),
        folded=" ".join(folded.values()),
        fingerprint=fingerprint_of(folded.get("headline", ""), folded.get("body", "")),
        **stored,
    )


def fingerprint_of(headline: str, body: str) -> str:
    """The fingerprint of a text, from its folded headline and body."""
    return fingerprint(f"{headline} {body}".strip())


def digest_of(stored: dict[str, str]) -> str:
    """SHA-256 of the five parts of a normalised text."""
    return hashlib.sha256(
        "\x1f".join(stored[part] for part in WORDS).encode()
    ).hexdigest()


@transaction.atomic
def ensure_outlet(
    *, study: Study, name: str, by: User, at: dt.datetime, **facts: object
) -> Outlet:
    """Return the outlet of that name, made with the given facts if there is none."""
    outlet, made = Outlet.objects.get_or_create(
        study=study, name=nfc(name), defaults=facts
    )
    if outlet.batch_id:
        # An import may be taken back; what others build on stays.
        Outlet.objects.filter(pk=outlet.pk).update(batch=None)
        outlet.batch = None
    if made:
        write_journal(study=study, act="add_outlet", about=outlet, by=by, at=at)
    return outlet


def ensure_issue(*, outlet: Outlet, published_on: dt.date) -> Issue:
    """Return the issue of an outlet on a day, made if it was not known."""
    issue, _made = Issue.objects.get_or_create(outlet=outlet, published_on=published_on)
    if issue.batch_id:
        Issue.objects.filter(pk=issue.pk).update(batch=None)
        issue.batch = None
    return issue


@transaction.atomic
def change_outlet(
    *, outlet: Outlet, by: User, at: dt.datetime, **facts: object
) -> Outlet:
    """Change the facts of an outlet, and return it."""
    before = {name: str(getattr(outlet, name)) for name in facts}
    for name, value in facts.items():
        setattr(outlet, name, value)
    outlet.save(update_fields=list(facts))
    write_journal(
        study=outlet.study,
        act="change_outlet",
        about=outlet,
        detail={name: [before[name], str(value)] for name, value in facts.items()},
        by=by,
        at=at,
    )
    return outlet


@transaction.atomic
def add_article(
    *,
    study: Study,
    outlet: Outlet,
    published_on: dt.date,
    headline: str,
    body: str = "",
    overheadline: str = "",
    subheadline: str = "",
    byline: str = "",
    external_id: str = "",
    page: int | None = None,
    section: str = "",
    area_cm2: Decimal | None = None,
    url: str = "",
    language: str = "",
    is_distressing: bool = False,
    by: User,
    at: dt.datetime,
) -> Article:
    """Store one article with its text, and return it. Raises NotStorable."""
    if not headline.strip() and not body.strip():
        raise NotStorable(_("An article needs a headline or a text."))
    if (
        external_id
        and Article.objects.filter(study=study, external_id=external_id).exists()
    ):
        raise NotStorable(
            _("There is an article with the id “%(id)s” already.") % {"id": external_id}
        )
    article = Article.objects.create(
        study=study,
        issue=ensure_issue(outlet=outlet, published_on=published_on),
        outlet=outlet,
        published_on=published_on,
        external_id=external_id,
        page=page,
        section=section,
        area_cm2=area_cm2,
        url=url,
        language=language,
        is_distressing=is_distressing,
    )
    words = {
        "overheadline": overheadline,
        "headline": headline,
        "subheadline": subheadline,
        "byline": byline,
        "body": body,
    }
    text_row(article, words).save()
    write_journal(study=study, act="add_article", about=article, by=by, at=at)
    return article


@transaction.atomic
def correct_text(
    *, article: Article, words: dict[str, str], reason: str, by: User, at: dt.datetime
) -> ArticleText:
    """Make a new revision of an article's text, with the reason, and return it.

    Codings that read the old revision keep it. Raises NotStorable without a reason,
    without a change, or while an import is about to change the same text.
    """
    if not reason.strip():
        raise NotStorable(_("Say why the text is corrected; the reason is kept."))
    current = article.texts.select_for_update().get(is_current=True)
    if article.texts.filter(number__gt=current.number).exists():
        raise NotStorable(
            _(
                "An import that is under way changes this text too. Correct it when the "
                "import has come to its end."
            )
        )
    kept = {part: getattr(current, part) for part in WORDS}
    row = text_row(article, {**kept, **words}, number=current.number + 1)
    if row.sha256 == current.sha256:
        raise NotStorable(_("Nothing in the text is different."))
    ArticleText.objects.filter(pk=current.pk).update(is_current=False)
    row.save()
    write_journal(
        study=article.study,
        act="correct_text",
        about=article,
        reason=reason.strip(),
        detail={"revision": row.number},
        by=by,
        at=at,
    )
    return row
