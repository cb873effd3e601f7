import hashlib
from pathlib import Path

from django.conf import settings
from django.core.management import call_command


def set_up() -> None:
    """Bring the database and the static files of this installation up to date.

    Safe to repeat; a second time it finds nothing to do and takes a moment.
    """
    call_command("migrate", verbosity=0, interactive=False)
    state = _static_state()
    mark = Path(settings.HOME) / "static-state"
    if not mark.exists() or mark.read_text() != state:
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        mark.write_text(state)


def _static_state() -> str:
    """A digest of names, sizes and times of the project's own static files."""
    root = Path(settings.BASE_DIR) / "static"
    facts = sorted(
        (str(path.relative_to(root)), path.stat().st_size, path.stat().st_mtime_ns)
        for path in root.rglob("*")
        if path.is_file()
    )
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def serve(*, host: str, port: int, threads: int = 8) -> None:
    """Serve the pages with waitress until interrupted: one server on every system."""
    import waitress

    from mediacoding.wsgi import application

    waitress.serve(
        application, host=host, port=port, threads=threads, ident="mediacoding"
    )
