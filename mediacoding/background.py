"""Work in the background: Django's Tasks API, by default in a process of its own per job.

Nothing else has to be started. What a job has done so far stands in its own row of the
database (an import's batch), so a killed process loses nothing and is resumed from there.
A team sets MEDIACODING_TASKS to another backend (a database or Redis queue).
"""

import json
import os
import subprocess
import sys
from typing import Any

import django
from django.conf import settings

if django.VERSION >= (6, 0):
    from django.tasks import task  # type: ignore[import-untyped]
    from django.tasks.backends.base import (  # type: ignore[import-untyped]
        BaseTaskBackend,
    )
    from django.tasks.base import (  # type: ignore[import-untyped]
        TaskResult,
        TaskResultStatus,
    )
else:
    from django_tasks import task
    from django_tasks.backends.base import BaseTaskBackend
    from django_tasks.base import TaskResult, TaskResultStatus
from django.utils.crypto import get_random_string

__all__ = ["ChildProcessBackend", "task"]


class ChildProcessBackend(BaseTaskBackend):
    """Starts `mediacoding run-job` for every task: a process of low priority that outlives
    the request, so that coders' saves keep their speed."""

    def enqueue(self, task, args, kwargs):
        """Start the job and return at once. The task's own row tells how it goes."""
        self.validate_task(task)
        result: TaskResult[Any] = TaskResult(
            task=task,
            id=get_random_string(32),
            status=TaskResultStatus.READY,
            enqueued_at=None,
            started_at=None,
            last_attempted_at=None,
            finished_at=None,
            args=list(args),
            kwargs=dict(kwargs),
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )
        words = [sys.executable, "-m", "mediacoding", "run-job", task.module_path]
        log = (settings.HOME / "jobs.log").open("a")
        with log:
            subprocess.Popen(
                [*words, json.dumps(list(args)), json.dumps(dict(kwargs))],
                cwd=settings.BASE_DIR,
                env={**os.environ, "DJANGO_SETTINGS_MODULE": "mediacoding.settings"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return result
