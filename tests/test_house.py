"""The house stands as docs/architecture.md says, and a team's installation is clean."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from mediacoding.studies import reasons

ROOT = Path(__file__).resolve().parent.parent
SOURCES = [*(ROOT / "codebook").rglob("*.py"), *(ROOT / "mediacoding").rglob("*.py")]


def test_a_team_s_configuration_passes_the_deployment_check(tmp_path):
    environment = {
        **os.environ,
        "MEDIACODING_HOME": str(tmp_path),
        "MEDIACODING_URL": "https://coding.example.org",
        "MEDIACODING_SECRET": "abcdefgh0123456789" * 4,
        "MEDIACODING_PROXIES": "1",
        "DATABASE_URL": "postgresql://nobody:nothing@127.0.0.1/none",
    }
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "mediacoding",
            "check",
            "--deploy",
            "--fail-level",
            "WARNING",
        ],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize(
    "package",
    [
        "codebook",
        *(
            p.name
            for p in (ROOT / "mediacoding").iterdir()
            if (p / "__init__.py").exists()
        ),
    ],
)
def test_a_package_begins_with_an_empty_file(package):
    folder = ROOT / package if package == "codebook" else ROOT / "mediacoding" / package
    assert (folder / "__init__.py").read_text() == ""


def test_nothing_swallows_every_exception_and_nothing_is_left_to_do():
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        assert "except Exception" not in text, path
        assert not re.search(r"\b(TODO|FIXME|XXX)\b", text), path


def test_no_function_below_a_view_reads_the_clock():
    for path in SOURCES:
        layer = {"operations", "queries", "models"} & {*path.parts, path.stem}
        if layer and "management" not in path.parts:
            text = path.read_text(encoding="utf-8")
            assert "timezone.now()" not in text, path
            assert "datetime.now(" not in text, path


def test_templates_hold_no_script_and_no_style():
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        if path.name == "500.html":
            continue  # must show without anything else
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), path
        assert "<style" not in text, path
        assert not re.search(r'\sstyle="', text), path
        assert not re.search(r"\son[a-z]+=", text), path


@pytest.mark.django_db
def test_every_frozen_table_has_its_triggers():
    expected = set()
    for path in ROOT.glob("**/migrations/0*.py"):
        if ".venv" in path.parts:
            continue
        for name, body in re.findall(
            r'FrozenRows\(\s*"(\w+)",(.*?)\n        \)', path.read_text(), re.DOTALL
        ):
            events = re.search(r"events=\(([^)]*)\)", body)
            for event in (
                re.findall(r"[A-Z]+", events[1]) if events else ("UPDATE", "DELETE")
            ):
                expected.add(f"{name}_{event.lower()}")
    statement = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        present = {row[0] for row in cursor.fetchall()}
    assert len(expected) > 25
    assert expected <= present


def test_the_catalogues_are_compiled_and_whole():
    import polib

    for locale in ("sr", "sr_Latn"):
        folder = ROOT / "mediacoding" / "locale" / locale / "LC_MESSAGES"
        source = polib.pofile(str(folder / "django.po"))
        compiled = {
            (e.msgctxt, e.msgid): e.msgstr
            for e in polib.mofile(str(folder / "django.mo"))
        }
        assert [e.msgid for e in source if not e.translated()] == []
        for entry in source:
            if not entry.msgid_plural:
                assert compiled[entry.msgctxt, entry.msgid] == entry.msgstr
            places = sorted(re.findall(r"%\(\w+\)s", entry.msgid))
            for text in [entry.msgstr, *entry.msgstr_plural.values()]:
                if text and not entry.msgid_plural:
                    assert sorted(re.findall(r"%\(\w+\)s", text)) == places, entry.msgid


#: Modules of the statistics whose sentences no page shows yet.
UNSHOWN = {"coverage", "gold", "prevalence"}


def sentences(path):
    """Texts of a module that end as a sentence does, but docstrings and what is raised
    for programmers."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    apart = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef):
            apart |= {id(getattr(first, "value", None)) for first in node.body[:1]}
        if isinstance(node, ast.JoinedStr) or (
            isinstance(node, ast.Raise)
            and getattr(getattr(node.exc, "func", None), "id", "") != "NotComputable"
        ):
            apart |= {id(inner) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in apart
            and re.search(r"\w+ \w+.*\.$", node.value)
        ):
            yield node.value


def test_every_sentence_of_the_statistics_is_for_the_translators():
    found = {
        sentence
        for path in sorted((ROOT / "mediacoding" / "stats").glob("*.py"))
        if path.stem not in UNSHOWN
        for sentence in sentences(path)
    }
    assert len(found) > 30
    assert found - set(reasons.REASONS) == set()
