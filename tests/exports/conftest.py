"""One coded study for the tests of exports: every kind of variable and of missing value."""

import pytest

from tests.builders import coding as builders
from tests.builders import studies as people

#: What boris answers, an article a row; vesna differs in the second.
CODED = [
    builders.READY,
    {
        "relevance": "2", "tone": "98", "sources": ["1", "2"], "page_no": "12",
        "area": "12,5", "day": "2006-03-14", "remarks": "=1+1 „ž“\nsecond line",
    },
    {"relevance": "0", "page_no": "-98"},
    {"relevance": "1", "tone": "1", "sources": [], "page_no": "7"},
    {"relevance": "1", "tone": "1", "sources": "98", "page_no": "7"},
]  # fmt: skip


@pytest.fixture
def study(db):
    study = people.study()
    round = builders.round(study, articles=5)
    numbers = sorted(round.articles.values_list("article", flat=True))
    for coder in ("boris", "vesna"):
        for _article in numbers:
            coding = builders.take(round, coder)
            number = numbers.index(coding.assignment.article_id)
            differs = {"tone": "2"} if (coder, number) == ("vesna", 1) else {}
            builders.submit(coding, {**CODED[number], **differs})
    return study
