import os
from pathlib import Path

import pytest

SHARED_DATA = Path(
    os.environ.get(
        "MEDIACODING_SHARED_DATA",
        Path(__file__).resolve().parent.parent.parent / "shared" / "data",
    )
)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of trial data that may not ship; tests that need it skip without it."""
    if not SHARED_DATA.is_dir():
        pytest.skip("The folder of trial data is not on this machine.")
    return SHARED_DATA


@pytest.fixture(autouse=True)
def _quick_and_private(settings, tmp_path):
    """Uploads of a test go to its own folder; hashing passwords need not be slow."""
    settings.MEDIA_ROOT = tmp_path / "uploads"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        },
    }


@pytest.fixture(autouse=True)
def _nothing_remembered():
    """Each test's database begins anew; what was kept of published versions does not count."""
    from codebook import queries
    from mediacoding.coding.queries import pooling

    queries._variables.cache_clear()
    pooling._pool.cache_clear()
