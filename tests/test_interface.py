"""The visual language as facts: contrast, weight, what templates may hold."""

import gzip
import re
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings

CSS = Path(settings.BASE_DIR) / "static" / "css"
TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))
FRAGMENTS = [path for path in TEMPLATES if path.parent.name == "_fragments"]
TOKENS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([\w-]+): light-dark\((#\w+), (#\w+)\)", (CSS / "app.css").read_text()
    )
}
INKS = ("ink", "ink-2", "accent", "ok", "warn", "bad")
GROUNDS = (
    "paper", "sheet", "hover", "accent-wash", "chosen", "ok-wash", "warn-wash", "bad-wash",
)  # fmt: skip


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str, scheme: int) -> float:
    lighter, darker = sorted(
        (luminance(TOKENS[name][scheme]) for name in (first, second)), reverse=True
    )
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_word_can_be_read_on_every_ground(scheme):
    pairs = [*product(INKS, GROUNDS), ("ink", "mark"), ("ink-2", "mark")]
    pairs += [("on-accent", "accent"), ("ink-2", "rule")]
    assert [p for p in pairs if contrast(*p, scheme) < 4.5] == []


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_controls_and_the_focus_stand_out_from_their_ground(scheme):
    pairs = [*product(("edge", "accent"), GROUNDS)]
    assert [p for p in pairs if contrast(*p, scheme) < 3] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_obeys_the_policy_of_the_site(path):
    text = path.read_text()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=[\"']|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"(?:src|href)=[\"'](?:https?:)?//", text)


@pytest.mark.parametrize("path", FRAGMENTS, ids=lambda path: path.name)
def test_a_fragment_begins_with_what_it_needs(path):
    assert re.match(r"\{# .+ (Needs|Takes): ", path.read_text())


def test_every_font_file_is_loaded_by_a_rule_and_every_rule_finds_its_file():
    named = set(re.findall(r'url\("\.\./([^"]+)"\)', (CSS / "fonts.css").read_text()))
    root = CSS.parent
    held = {str(path.relative_to(root)) for path in root.rglob("*.woff2")}
    assert named == held


def loaded_by_the_desk():
    """The style sheets and scripts that the desk's templates name, with their imports."""
    names = ("base.html", "coding/desk.html", "_fragments/htmx.html")
    static, found = CSS.parent, set()
    for name in names:
        text = (CSS.parent.parent / "templates" / name).read_text()
        found |= set(re.findall(r"\{% static '([^']+\.(?:css|js))' %\}", text))
    paths = {static / name for name in found}
    for path in sorted(paths):
        if path.suffix == ".js" and "vendor" not in path.parts:
            imports = re.findall(r'^import .+ from "(.+)";$', path.read_text(), re.M)
            paths |= {(path.parent / name).resolve() for name in imports}
    return paths


@pytest.mark.parametrize("scripts", [("latin", "latin-ext"), ("latin", "cyrillic")])
def test_the_desk_weighs_less_than_150_kilobytes(scripts):
    static = CSS.parent
    texts = loaded_by_the_desk()
    assert {"desk.js", "conditions.js", "page.js", "app.css", "desk.css"} <= {
        path.name for path in texts
    }
    fonts = [
        path
        for path in static.rglob("*.woff2")
        if re.sub(r"^(inter|press-serif)-|-italic$", "", path.stem) in scripts
    ]
    assert len(fonts) == 6
    weight = sum(len(gzip.compress(path.read_bytes())) for path in texts)
    assert weight + sum(path.stat().st_size for path in fonts) < 150_000
