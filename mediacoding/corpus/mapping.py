"""Which column of a file probably holds what, by its header. Pure."""

from itertools import islice
from pathlib import Path

from mediacoding.corpus.dates import guess_order
from mediacoding.corpus.folding import fold
from mediacoding.corpus.tabular import Sniffed, rows

ROWS_FOR_DATES = 5_000

#: Headers that name a field, folded; the first match wins.
HEADERS = {
    "external_id": ("id", "item id", "article id", "clipping id", "broj", "sifra"),
    "outlet": ("outlet", "newspaper", "source", "paper", "medium", "list", "izvor", "medij"),
    "published_on": (
        "date", "published", "published on", "datepublished", "pub date", "day", "datum",
        "datum objave",
    ),
    "overheadline": ("overheadline", "kicker", "nadnaslov"),
    "headline": ("headline", "title", "naslov"),
    "subheadline": ("subheadline", "subtitle", "deck", "podnaslov"),
    "byline": ("byline", "author", "autor", "novinar"),
    "body": ("body", "text", "full text", "fulltext", "content", "tekst"),
    "page": ("page", "page no", "pagina", "strana"),
    "section": ("section", "rubric", "rubrika"),
    "area_cm2": ("area", "area cm2", "povrsina"),
    "url": ("url", "link", "address", "adresa"),
    "language": ("language", "lang", "jezik"),
}  # fmt: skip


def suggest(path: Path, sniffed: Sniffed) -> dict[str, object]:
    """The mapping that the headers suggest, and the order of day and month in the dates.

    The order is read off the first thousands of rows: a sample of eight seldom tells.
    """
    by_header = {fold(header): header for header in reversed(sniffed.headers)}
    columns = {
        field: by_header[name]
        for field, names in HEADERS.items()
        for name in [next((n for n in names if n in by_header), None)]
        if name is not None
    }
    order = "day"
    if "published_on" in columns:
        first = islice(rows(path, sniffed.reading), ROWS_FOR_DATES)
        order = guess_order(row.cells[columns["published_on"]] for row in first).order
    return {"columns": columns, "fixed": {}, "date_order": order}
