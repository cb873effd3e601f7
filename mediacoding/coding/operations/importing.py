import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from codebook import checks
from codebook import operations as codebooks
from codebook.document import Document
from codebook.models import CodebookVersion
from codebook.queries import document_of
from codebook.values import NotAValue, Value, parse_value
from mediacoding.coding.drafting import ColumnDraft, document_of_columns
from mediacoding.coding.models import Round
from mediacoding.coding.operations.recording import RecordedCoding, record_codings
from mediacoding.corpus import tabular
from mediacoding.corpus.dates import NotADate, parse_date
from mediacoding.corpus.models import Article, Sample
from mediacoding.corpus.operations.articles import add_article, ensure_outlet
from mediacoding.corpus.operations.sampling import draw_sample
from mediacoding.studies import operations as studies
from mediacoding.studies.models import Membership, Study, User
from mediacoding.studies.operations import write_journal

MOST_PROBLEMS = 200


class NotImportable(Exception):
    """Nothing was imported; `reasons` say where and why, one by one."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = list(reasons)


@dataclass(frozen=True, slots=True)
class Plan:
    """Which column of a table of codings holds what."""

    unit: str
    coder: str
    variables: tuple[ColumnDraft, ...]
    headline: str = ""
    outlet: str = ""
    date: str = ""
    date_order: str = "day"
    round_name: str = "Imported codings"
    missing: tuple[str, ...] = field(default=("", "."))  # cells that mean not coded


@transaction.atomic
def import_codings(
    *,
    study: Study,
    path: Path,
    reading: tabular.Reading,
    plan: Plan,
    by: User,
    at: dt.datetime,
) -> Round:
    """Import codings that were made elsewhere as a closed round, and return it.

    The file has a row per article and coder and a column per variable. Articles and coders
    that are not known are made; the codebook is drafted from the columns where the study
    has none, and published. All or nothing: raises NotImportable with every bad cell.
    """
    if study.rounds.filter(name=plan.round_name).exists():
        raise NotImportable(
            [
                _("There is a round “%(name)s” already; choose another name.")
                % {"name": plan.round_name}
            ]
        )
    version = _version(study, plan, by, at)
    rows = list(tabular.rows(path, reading))
    values = _values(rows, plan, document_of(version))
    articles = _articles(study, rows, plan, by, at)
    coders = _coders(study, rows, plan, by, at)
    sample = draw_sample(
        study=study,
        name=plan.round_name,
        method=Sample.Method.GIVEN,
        given=[article.pk for article in articles.values()],
        by=by,
        at=at,
    )
    per_article: dict[str, int] = {}
    for row in rows:
        per_article[row.cells[plan.unit]] = per_article.get(row.cells[plan.unit], 0) + 1
    round = Round.objects.create(
        study=study,
        name=plan.round_name,
        kind=Round.Kind.RELIABILITY,
        version=version,
        sample=sample,
        overlap=max(per_article.values()),
        is_imported=True,
        seed=0,
        opened_at=at,
        opened_by=by,
        closed_at=at,
        closed_by=by,
    )
    record_codings(
        round=round,
        codings=(
            RecordedCoding(
                articles[row.cells[plan.unit].strip()].pk,
                coders[row.cells[plan.coder].strip()],
                given,
            )
            for row, given in zip(rows, values, strict=True)
        ),
        by=by,
        at=at,
    )
    write_journal(
        study=study,
        act="import_codings",
        about=round,
        detail={"rows": len(rows), "articles": len(articles), "coders": len(coders)},
        by=by,
        at=at,
    )
    return round


def _version(study: Study, plan: Plan, by: User, at: dt.datetime) -> CodebookVersion:
    """The codebook version that the codings answer: drafted, or the study's own."""
    chosen = [draft for draft in plan.variables if draft.is_chosen]
    if not chosen:
        raise NotImportable([_("Choose at least one column that holds a variable.")])
    if study.codebook is not None:
        version = study.codebook.versions.filter(status="published").last()
        known = {v.name for v in document_of(version).variables} if version else set()
        if version and {draft.name for draft in chosen} <= known:
            return version
        raise NotImportable(
            [
                _(
                    "This study has a codebook already, and not all of these columns are "
                    "variables of it. Import them into a new study, or name the columns "
                    "like the variables."
                )
            ]
        )
    document = document_of_columns(
        plan.variables, key=slugify(study.slug), title=study.name
    )
    if problems := list(checks.problems(document)):
        raise NotImportable([str(problem) for problem in problems])
    draft = studies.import_codebook(study=study, document=document, by=by, at=at)
    return codebooks.publish_version(version=draft, by=by, at=at)


def _values(
    rows: Sequence[tabular.Row], plan: Plan, document: Document
) -> list[Mapping[str, Value]]:
    """Every row's values; every bad cell is named at once."""
    reasons: list[str] = []
    seen: dict[tuple[str, str], int] = {}
    chosen = [draft for draft in plan.variables if draft.is_chosen]
    found: list[Mapping[str, Value]] = []
    for row in rows:
        unit, coder = row.cells[plan.unit].strip(), row.cells[plan.coder].strip()
        if not unit or not coder:
            reasons.append(
                _("Row %(row)s names no article or no coder.") % {"row": row.number}
            )
        first = seen.setdefault((unit, coder), row.number)
        if first != row.number:
            reasons.append(
                _(
                    "Row %(row)s: coder %(coder)s has article %(unit)s in row %(first)s already."
                )
                % {"row": row.number, "coder": coder, "unit": unit, "first": first}
            )
        values = {}
        for draft in chosen:
            text = row.cells[draft.column].strip()
            if text in plan.missing:
                continue
            try:
                values[draft.name] = parse_value(document.variable(draft.name), text)
            except NotAValue as refusal:
                reasons.append(f"Row {row.number}, {draft.column}: {refusal}")
        found.append(values)
        if len(reasons) >= MOST_PROBLEMS:
            reasons.append(_("There may be more; correct these first."))
            break
    if reasons:
        raise NotImportable(reasons)
    return found


def _articles(
    study: Study, rows: Sequence[tabular.Row], plan: Plan, by: User, at: dt.datetime
) -> dict[str, Article]:
    """The articles by the id that the file gives them; unknown ones are made."""
    found = {
        article.external_id: article
        for article in Article.objects.filter(study=study).exclude(external_id="")
    }
    used: dict[str, Article] = {}
    for row in rows:
        unit = row.cells[plan.unit].strip()
        if unit in used:
            continue
        if unit not in found:
            name = row.cells.get(plan.outlet, "").strip() or _("unknown outlet")
            found[unit] = add_article(
                study=study,
                outlet=ensure_outlet(study=study, name=name, by=by, at=at),
                published_on=_day(row, plan, at),
                headline=row.cells.get(plan.headline, "").strip() or unit,
                external_id=unit,
                by=by,
                at=at,
            )
        used[unit] = found[unit]
    return used


def _day(row: tabular.Row, plan: Plan, at: dt.datetime) -> dt.date:
    if not plan.date:
        return at.date()
    try:
        return parse_date(row.cells[plan.date], order=plan.date_order)
    except NotADate as refusal:
        raise NotImportable([f"Row {row.number}, {plan.date}: {refusal}"]) from refusal


def _coders(
    study: Study, rows: Sequence[tabular.Row], plan: Plan, by: User, at: dt.datetime
) -> dict[str, Membership]:
    """The coders by their name in the file; unknown ones get an account nobody signs in to."""
    found = {member.pseudonym: member for member in study.memberships.all()}
    for name in dict.fromkeys(row.cells[plan.coder].strip() for row in rows):
        if name not in found:
            person = studies.register_person(
                username=f"{study.slug}.{name}"[:150], password=None, name=name
            )
            found[name] = studies.add_member(
                study=study,
                person=person,
                roles={"coder"},
                pseudonym=name[:40],
                by=by,
                at=at,
            )
        elif not found[name].is_coder:
            raise NotImportable(
                [
                    _("%(name)s is a member of this study, but no coder.")
                    % {"name": name}
                ]
            )
    return found
