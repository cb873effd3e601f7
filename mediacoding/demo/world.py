"""The demonstration study as values: articles, what an expert would code, how coders err. Pure."""

import datetime as dt
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from codebook import conditions
from codebook.document import Document, VariableSpec
from codebook.levels import Kind
from codebook.values import Value
from mediacoding.demo.script import cyrillic

Key = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DemoArticle:
    """One invented article with its facts, words and expert key."""

    id: str
    outlet: str
    published_on: dt.date
    page: int
    section: str
    area_cm2: int
    words: dict[str, str]
    language: str
    is_distressing: bool
    key: Key


def read(folder: Path) -> tuple[dict[str, dict], list[DemoArticle]]:
    """The outlets, and the articles of all files, by day.

    `articles_*.yaml` hold whole articles; `stories.yaml` holds stories that several papers
    print differently, and the outlets.
    """
    tree = yaml.safe_load((folder / "stories.yaml").read_text(encoding="utf-8"))
    found = [
        _article(tree["outlets"], story, variant, number)
        for story in tree["stories"]
        for number, variant in enumerate(story["variants"], start=1)
    ]
    by_name = {outlet["name"]: outlet for outlet in tree["outlets"].values()}
    for path in sorted(folder.glob("articles_*.yaml")):
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
        found += [_whole(entry, by_name[entry["outlet"]]) for entry in entries]
    return tree["outlets"], sorted(found, key=lambda article: article.published_on)


def _whole(entry: dict, outlet: dict) -> DemoArticle:
    """An article that is written out as it was printed."""
    parts = ("overheadline", "headline", "subheadline", "byline", "body")
    return DemoArticle(
        id=entry["id"],
        outlet=entry["outlet"],
        published_on=entry["published_on"],
        page=entry["page"],
        section=entry["section"],
        area_cm2=entry["area_cm2"],
        words={part: entry.get(part) or "" for part in parts},
        language=outlet.get("language", "sr"),
        is_distressing=bool(entry.get("distressing")),
        key={**entry["key"], "pub_date": entry["published_on"].isoformat()},
    )


def _article(outlets: dict, story: dict, variant: dict, number: int) -> DemoArticle:
    outlet = outlets[variant["outlet"]]
    write = cyrillic if outlet["script"] == "Cyrl" else str
    section, section_code = story["section"]
    body = "\n\n".join(story["paragraphs"][n - 1] for n in variant["take"])
    key = {**story["key"], **variant.get("key", {})}
    return DemoArticle(
        id=f"{story['id']}-{number}",
        outlet=outlet["name"],
        published_on=variant["date"],
        page=variant["page"],
        section=write(section),
        area_cm2=variant["area"],
        words={
            "overheadline": write(variant.get("over", "")),
            "headline": write(variant["headline"]),
            "subheadline": write(variant["sub"]),
            "byline": write(variant["byline"]),
            "body": write(body),
        },
        language="en" if story.get("language") == "en" else "sr",
        is_distressing=bool(story.get("distressing")),
        key={**_facts(variant, outlet, section_code), **key},
    )


def _facts(variant: dict, outlet: dict, section_code: int) -> Key:
    """What the place in print answers, whoever codes."""
    page, area = variant["page"], variant["area"]
    share = area / outlet["print_area_cm2"]
    return {
        "outlet": 90,
        "pub_date": variant["date"].isoformat(),
        "page_no": page,
        "placement": 6 if page == 1 else 2 if page <= 5 else 1,
        "section": section_code,
        "area_cm2": area,
        "headline_width": 1 + (share > 0.15) + (share > 0.3) + (share > 0.45),
        "illustration": [0] if share < 0.3 else [3],
    }


#: How often a coder departs from the expert, by section of the codebook: formal features
#: are easy, frames are hard.
ERROR = {
    "formal": 0.03,
    "subject": 0.12,
    "actors": 0.12,
    "frames": 0.27,
    "ethics": 0.16,
    "evaluation": 0.30,
}
HARD = {"frame_main": 0.40, "victim_portrayal": 0.32, "page_no": 0.01, "pub_date": 0.0}
#: The third coder is new: everything is a little harder.
CARE = {0: 0.8, 1: 1.0, 2: 1.5}


def coder_answers(
    article: DemoArticle, document: Document, coder: int, chance: random.Random
) -> Iterator[tuple[str, str | list[str]]]:
    """What a coder answers, question by question, as the filters open them.

    Only open questions are answered, so an error in a filter changes what is asked.
    """
    seen: dict[str, Value] = {}
    for variable in document.variables:
        if variable.ask_if and not conditions.evaluate(
            conditions.parse(variable.ask_if), seen
        ):
            seen[variable.name] = Value.not_applicable()
            continue
        raw = _answer(article, variable, coder, chance)
        if raw is None:
            continue
        seen[variable.name] = _value(variable, raw)
        yield variable.name, raw


def _answer(
    article: DemoArticle, variable: VariableSpec, coder: int, chance: random.Random
) -> str | list[str] | None:
    true = article.key.get(variable.name)
    error = HARD.get(variable.name, ERROR[variable.section]) * CARE[coder]
    if variable.name == "relevance":
        error = 0.04 * CARE[coder]
    errs = chance.random() < error
    if variable.kind is Kind.TEXT:
        return None
    if variable.kind is Kind.MULTI:
        return _several(true or [], variable, error, chance)
    if variable.kind is Kind.DECIMAL and true is not None:
        return str(round(float(true) * chance.gauss(1, 0.03 * CARE[coder])))
    if variable.kind.is_number:
        if true is None:
            return str(min(variable.missing_codes))
        moved = int(true) + (chance.choice((-1, 1)) if errs else 0)
        return str(max(int(variable.minimum or 0), moved))
    if variable.kind is Kind.DATE:
        return str(true)
    codes = [category.code for category in variable.offered]
    if true is None:
        missing = [m.code for m in variable.offered_missing]
        return str(missing[0] if missing else codes[0])
    if not errs or int(true) not in codes:
        return str(true)
    if variable.level.has_order:
        at = codes.index(int(true))
        return str(codes[max(0, min(len(codes) - 1, at + chance.choice((-1, 1))))])
    return str(chance.choice(codes))


def _several(
    true: list[int], variable: VariableSpec, error: float, chance: random.Random
) -> list[str]:
    """The expert's options, with some overlooked and some seen that are not there."""
    exclusive = {c.code for c in variable.offered if c.kind == "exclusive"}
    options = [c.code for c in variable.offered if c.code not in exclusive]
    chosen = {
        code for code in true if code in options and chance.random() > error * 0.6
    }
    if chance.random() < error * 0.5:
        chosen.add(chance.choice(options))
    if not chosen:
        return [str(code) for code in sorted(exclusive)] or [str(options[-1])]
    return [str(code) for code in sorted(chosen)]


def _value(variable: VariableSpec, raw: str | list[str]) -> Value:
    if isinstance(raw, list):
        return Value("value", " ".join(raw))
    code = int(raw) if raw.lstrip("-").isdecimal() else None
    return Value("missing" if code in variable.missing_codes else "value", raw)
