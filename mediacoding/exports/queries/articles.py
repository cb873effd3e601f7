"""The corpus, an article a row."""

import re
from collections.abc import Iterator
from typing import Any

from mediacoding.exports.columns import ARTICLES, BODY, HEADLINES, QUOTE, Column
from mediacoding.exports.request import ExportRequest

#: The longest quotation, in characters; it ends with a whole word.
LONGEST_QUOTE = 300
CHUNK = 2_000

Row = tuple[Any, ...]


def article_columns(asked: ExportRequest) -> list[Column]:
    """The columns of the corpus: headlines, quotations and texts as far as they are asked
    for and may be read."""
    columns = [c for c in ARTICLES if asked.words != "no" or c not in HEADLINES]
    if asked.words == "quote":
        columns.append(QUOTE)
    if asked.words == "full":
        columns.append(BODY)
    return columns


def article_rows(asked: ExportRequest) -> Iterator[Row]:
    """The corpus by date; without the texts unless they are asked for."""
    text = "texts__"
    headlines = [f"{text}{column.name}" for column in HEADLINES]
    fields = [
        "pk", "external_id", "outlet__name", "published_on", "page", "section", "area_cm2",
        "url", "language", f"{text}script", *(headlines if asked.words != "no" else []),
        f"{text}byline", f"{text}sha256",
    ]  # fmt: skip
    if asked.words in ("quote", "full"):
        fields.append(f"{text}body")
    rows = (
        asked.articles()
        .filter(texts__is_current=True)
        .order_by("published_on", "pk")
        .values_list(*fields)
    )
    if asked.words == "quote":
        for *facts, body in rows.iterator(CHUNK):
            yield (*facts, quote_of(body))
    else:
        yield from rows.iterator(CHUNK)


def quote_of(body: str) -> str:
    """The beginning of a text: at most LONGEST_QUOTE characters, whole words, one line."""
    words = " ".join(body[: 2 * LONGEST_QUOTE].split())
    if len(words) <= LONGEST_QUOTE and len(body) <= 2 * LONGEST_QUOTE:
        return words
    begun = words[:LONGEST_QUOTE]
    whole = re.sub(r"\s+\S*$", "", begun) if " " in begun else begun
    return f"{whole} …"
