"""The jobs of this room, by the id of the row that they work on. The clock is read here."""

from django.utils import timezone

from mediacoding.background import task
from mediacoding.corpus.operations import import_work


@task()
def check_import(batch_id: int) -> None:
    import_work.check(batch_id, clock=timezone.now)


@task()
def commit_import(batch_id: int) -> None:
    import_work.commit(batch_id, clock=timezone.now)


@task()
def undo_import(batch_id: int) -> None:
    import_work.undo(batch_id, clock=timezone.now)
