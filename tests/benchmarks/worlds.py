"""Worlds for the benchmarks: a home of their own, articles by the import, codings in bulk."""

import csv
import os
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VOWELS, CONSONANTS = "aeiou", "bcčćdđfghjklmnprsštvzž"


def words(chance: random.Random, many: int) -> list[str]:
    """Invented words that look like Serbian."""
    return [
        "".join(
            chance.choice(CONSONANTS) + chance.choice(VOWELS)
            for _syllable in range(chance.randint(1, 4))
        )
        for _word in range(many)
    ]


def write_articles(path: Path, many: int, size: int = 3_000) -> None:
    """A CSV of invented articles of about `size` characters, six outlets, five years."""
    chance = random.Random(1)
    vocabulary = words(chance, 8_000)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "outlet", "date", "headline", "body", "page"])
        for number in range(many):
            text = " ".join(chance.choices(vocabulary, k=size // 6))
            day = number % 1_800
            date = f"{2004 + day // 360}-{day % 360 // 30 + 1:02}-{day % 28 + 1:02}"
            writer.writerow(
                [
                    f"g{number}",
                    f"List {number % 6}",
                    date,
                    text[:60],
                    text[:size],
                    number % 40 + 1,
                ]
            )


def environment(home: Path) -> dict[str, str]:
    return {
        **os.environ,
        "MEDIACODING_HOME": str(home),
        "DATABASE_URL": os.environ.get(
            "DATABASE_URL", f"sqlite:///{home / 'bench.sqlite3'}"
        ),
        "DJANGO_SETTINGS_MODULE": "mediacoding.settings",
        "PYTHONPATH": str(ROOT),
    }


def run(home: Path, code: str, *arguments: str) -> str:
    """Run Python code with Django set up in a process of its own; return what it prints."""
    head = "import django; django.setup()\nimport sys\nsys.path.insert(0, 'tests/benchmarks')\n"
    done = subprocess.run(
        [sys.executable, "-c", head + code, *arguments],
        cwd=ROOT,
        env=environment(home),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout


def measured(action) -> tuple[float, float]:
    """CPU seconds of an action in this process, and its peak memory in MB afterwards."""
    begin = time.process_time()
    action()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return time.process_time() - begin, peak


def percentile(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]
