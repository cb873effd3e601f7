import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from codebook import values
from codebook.models import Variable
from codebook.queries import document_of
from mediacoding.coding.models import Adjudication, Round, Ruling
from mediacoding.corpus.models import Article
from mediacoding.studies.models import User
from mediacoding.studies.operations import write_journal


class NotAdjudicable(Exception):
    """The final value cannot be set; the text says why and the way out."""


@transaction.atomic
def adjudicate(
    *,
    round: Round,
    article: Article,
    variable: Variable,
    raw: str | Sequence[str],
    reason: str,
    note: str = "",
    ruling: Ruling | None = None,
    by: User,
    at: dt.datetime,
) -> Adjudication:
    """Set the final value of a variable of an article, with the reason, and return it.

    An earlier decision is replaced and kept. No coder's row is touched, so the value can't
    enter agreement. Raises NotAdjudicable.
    """
    if variable.version_id != round.version_id:
        raise NotAdjudicable(
            _("This variable is not part of the round's codebook version.")
        )
    if not round.articles.filter(article=article).exists():
        raise NotAdjudicable(_("This article is not part of the round."))
    if reason not in Adjudication.Reason.values:
        raise NotAdjudicable(_("Choose the reason why the coders differed."))
    try:
        value = values.parse_value(
            document_of(round.version).variable(variable.name), raw
        )
    except values.NotAValue as refusal:
        raise NotAdjudicable(refusal.in_(get_language() or "en", _)) from refusal
    earlier = (
        Adjudication.objects.select_for_update()
        .filter(round=round, article=article, variable=variable, is_current=True)
        .first()
    )
    if earlier:
        earlier.is_current = False
        earlier.save(update_fields=["is_current"])
    decision = Adjudication.objects.create(
        round=round,
        article=article,
        variable=variable,
        state=value.state,
        value=value.value,
        reason=reason,
        note=note.strip(),
        ruling=ruling,
        replaces=earlier,
        decided_at=at,
        decided_by=by,
    )
    write_journal(
        study=round.study,
        act="adjudicate",
        about=decision,
        reason=reason,
        detail={"article": article.pk, "variable": variable.name, "value": value.value},
        by=by,
        at=at,
    )
    return decision
