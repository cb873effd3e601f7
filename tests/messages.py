"""Collect the texts, write the Cyrillic catalogue from the Latin one, compile both.

`make messages`; needs gettext. Translators edit mediacoding/locale/sr_Latn only. With
--compile nothing is collected.
"""

import copy
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
LOCALE = ROOT / "mediacoding" / "locale"

import polib  # noqa: E402

from mediacoding.demo.script import cyrillic  # noqa: E402

#: Places, tags, file names, formats and terms that stay as they are in either script.
KEEP = re.compile(
    r"%\(\w+\)s|%%|%s|%d|<[^>]+>|&\w+;|docs/[\w./-]+|\.(?:sav|csv|xlsx)\b|\b(?:YAML|JSON|CSV|XLSX|UTF-8|MB|BCa|MASI"
    r"|SPSS|ICC|CCC|AC1|AC2|ReCal|KALPHA|SHA-256|cm²|cm)\b"
)


def in_cyrillic(text: str) -> str:
    """The Latin translation in Cyrillic, with what is no word left alone."""
    parts, at = [], 0
    for match in KEEP.finditer(text):
        parts += [cyrillic(text[at : match.start()]), match[0]]
        at = match.end()
    return "".join([*parts, cyrillic(text[at:])])


def collect() -> None:
    for locale in ("sr_Latn", "sr"):
        subprocess.run(
            [
                sys.executable, "-m", "django", "makemessages", "-l", locale, "--no-location",
                "--no-wrap", "--no-obsolete", "-i", ".venv", "-i", "tests", "-i", "var",
                "--settings", "mediacoding.settings",
            ],
            cwd=ROOT,
            check=True,
        )  # fmt: skip


def main() -> None:
    if "--compile" not in sys.argv:
        collect()
    latin = polib.pofile(str(LOCALE / "sr_Latn" / "LC_MESSAGES" / "django.po"))
    path = LOCALE / "sr" / "LC_MESSAGES" / "django.po"
    other = polib.pofile(str(path))
    known = {(entry.msgctxt, entry.msgid): entry for entry in latin}
    there = {(entry.msgctxt, entry.msgid) for entry in other}
    for place, entry in known.items():
        if place not in there:
            other.append(copy.copy(entry))
    for entry in other:
        source = known[entry.msgctxt, entry.msgid]
        entry.flags = [flag for flag in source.flags if flag != "fuzzy"]
        entry.msgstr = in_cyrillic(source.msgstr)
        entry.msgstr_plural = {
            n: in_cyrillic(s) for n, s in source.msgstr_plural.items()
        }
    for catalogue, where in ((latin, "sr_Latn"), (other, "sr")):
        catalogue.metadata["Plural-Forms"] = (
            "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && "
            "(n%100<12 || n%100>14) ? 1 : 2);"
        )
        catalogue.metadata["Content-Type"] = "text/plain; charset=UTF-8"
        for name in (
            "POT-Creation-Date",
            "PO-Revision-Date",
            "Last-Translator",
            "Language-Team",
        ):
            catalogue.metadata.pop(name, None)
        folder = LOCALE / where / "LC_MESSAGES"
        catalogue.save(str(folder / "django.po"))
        catalogue.save_as_mofile(str(folder / "django.mo"))
    missing = [entry.msgid for entry in latin if not entry.translated() or entry.fuzzy]
    print(f"{len(latin)} texts, {len(missing)} not translated", *missing, sep="\n  ")


if __name__ == "__main__":
    main()
