from django_tasks.backends.immediate import ImmediateBackend


class ChildProcessBackend(ImmediateBackend):
    pass
