import datetime as dt

from mediacoding.corpus.models import Article, Outlet, Sample
from mediacoding.corpus.operations import articles, sampling
from mediacoding.studies.models import Study
from tests.builders.studies import NOON, person


def outlet(study: Study, name: str = "Jutarnji glas") -> Outlet:
    return articles.ensure_outlet(study=study, name=name, by=person(), at=NOON)


def article(study: Study, number: int = 1, **facts) -> Article:
    """An invented article; `number` makes its words, day and page its own."""
    words = {
        "headline": f"Vest broj {number}",
        "body": f"Prvi pasus vesti {number}.\n\nDrugi pasus o Đorđu i njivi.",
        "external_id": f"x{number}",
        "page": number,
        "published_on": dt.date(2006, 3, 1) + dt.timedelta(days=number % 28),
    }
    return articles.add_article(
        study=study,
        outlet=facts.pop("outlet", None) or outlet(study),
        by=person(),
        at=NOON,
        **{**words, **facts},
    )


def sample(study: Study, size: int = 3, name: str = "All") -> Sample:
    """A census of the corpus after `size` new articles."""
    taken = study.articles.count()
    for number in range(taken + 1, taken + size + 1):
        article(study, number)
    return sampling.draw_sample(
        study=study, name=name, method="census", by=person(), at=NOON
    )
