import datetime as dt
from importlib.metadata import version
from typing import Any

from django.db import transaction

from mediacoding.coding.models import Round
from mediacoding.coding.queries.ratings import ratings_fingerprint
from mediacoding.reliability import queries
from mediacoding.reliability.models import AgreementRecord, AgreementReport
from mediacoding.studies.models import User
from mediacoding.studies.operations import write_journal


def report(*, round: Round, at: dt.datetime) -> list[dict[str, Any]]:
    """Return the agreement of a round, computing and keeping it if a submission changed it."""
    if (known := queries.known_report(round)) is not None:
        return known
    fingerprint = queries.report_key(round)
    rows = queries.fresh_rows(round)
    AgreementReport.objects.update_or_create(
        round=round,
        defaults={"fingerprint": fingerprint, "result": rows, "computed_at": at},
    )
    return rows


@transaction.atomic
def freeze_record(
    *, round: Round, note: str = "", by: User, at: dt.datetime
) -> AgreementRecord:
    """Freeze the agreement of a round with all that is needed to defend it, and return it."""
    record = AgreementRecord.objects.create(
        round=round,
        version=round.version,
        version_digest=round.version.digest,
        inputs_digest=ratings_fingerprint(round),
        filters={},
        seed=round.seed,
        software_version=version("mediacoding"),
        result=report(round=round, at=at),
        note=note.strip(),
        made_at=at,
        made_by=by,
    )
    write_journal(study=round.study, act="freeze_record", about=record, by=by, at=at)
    return record
