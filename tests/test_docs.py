"""The docs say what the program does: every export column, setting, coefficient, command."""

import inspect
import re
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.utils import translation

from mediacoding.__main__ import COMMANDS
from mediacoding.exports import catalogue
from mediacoding.stats import agreement

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"


def section(path, title):
    text = (DOCS / path).read_text(encoding="utf-8")
    assert f"## {title}\n" in text, f"{path} has no section “{title}”"
    return text.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


@pytest.mark.parametrize("slug", catalogue.CATALOGUE)
def test_every_column_of_an_export_is_described(slug):
    text = section("exports.md", slug)
    with translation.override("en"):
        lines = [f"| `{c.name}` | {c.label} |" for c in catalogue.FIXED[slug]]
    assert [line for line in lines if line not in text] == []


def test_every_setting_is_described():
    source = (ROOT / "mediacoding" / "settings.py").read_text()
    names = set(re.findall(r'"(MEDIACODING_\w+|DATABASE_URL)"', source)) | {
        "DATABASE_URL"
    }
    text = section("deployment.md", "Settings")
    assert [name for name in sorted(names) if f"`{name}`" not in text] == []


def test_every_coefficient_is_described():
    text = (DOCS / "methods.md").read_text()
    public = [
        f"`agreement.{name}"
        for name in agreement.__all__
        if inspect.isfunction(getattr(agreement, name))
    ]
    assert len(public) >= 17
    assert [name for name in public if name not in text] == []


def test_every_command_that_is_told_of_exists():
    known = get_commands()
    assert [c for c in COMMANDS if c.replace("-", "_") not in known] == []


def test_links_inside_the_docs_lead_somewhere():
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.rglob("*.md")]:
        for target in re.findall(
            r"\]\((?!http)([^)#]+)", path.read_text(encoding="utf-8")
        ):
            assert (path.parent / target).exists(), f"{path.name}: {target}"
