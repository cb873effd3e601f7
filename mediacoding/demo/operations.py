"""The demonstration study, built only through the operations that people's clicks call."""

import datetime as dt
import random
import secrets
import uuid
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

from codebook import operations as codebooks
from codebook import reading
from codebook.queries import document_of, variables_of
from mediacoding.coding.models import Coding, Round, Unit
from mediacoding.coding.operations import adjudication, answers, rounds
from mediacoding.coding.queries.ratings import round_ratings
from mediacoding.corpus.models import Article, Sample
from mediacoding.corpus.operations import articles, sampling
from mediacoding.demo.world import DemoArticle, coder_answers, read
from mediacoding.studies import operations as studies
from mediacoding.studies.models import Membership, Study, User

SLUG = "demo"
FIXTURES = Path(settings.BASE_DIR) / "fixtures"
BEGIN = dt.datetime(2026, 10, 5, 8, 0, tzinfo=dt.UTC)
CAST = {
    "ana": ("Ana Supervizor", {"supervisor"}),
    "boris": ("Boris Koder", {"coder"}),
    "vesna": ("Vesna Koder", {"coder"}),
    "goran": ("Goran Koder", {"coder"}),
    "mira": ("Mira Analitičarka", {"analyst"}),
}
CODERS = ("boris", "vesna", "goran")


@dataclass(frozen=True, slots=True)
class SignIn:
    """A name and a password that was just made, and what the person is in the study."""

    username: str
    password: str
    roles: str


@transaction.atomic
def load_demonstration() -> list[SignIn]:
    """Build the demonstration study in an installation that has none; return the sign-ins.

    Invented articles of 6 outlets in 12 months, the codebook of 36 variables, three
    coders, a finished reliability round and a main round that is half done.
    """
    sign_ins, people = _people()
    ana = people["ana"]
    study = studies.start_study(
        name="Internet window 2006",
        slug=SLUG,
        about="How the press writes about child trafficking and the Internet. "
        "Everything here is invented for the demonstration.",
        is_invented=True,
        by=ana,
        at=BEGIN,
    )
    members = {
        name: studies.add_member(
            study=study,
            person=people[name],
            roles=roles,
            pseudonym=f"K{number}" if "coder" in roles else "",
            by=ana,
            at=BEGIN,
        )
        for number, (name, (_full, roles)) in enumerate(CAST.items())
        if name != "ana"
    }
    _codebook(study, ana)
    stored = _corpus(study, ana)
    coders = [members[name] for name in CODERS]
    first = _round(
        study, "Reliability round 1", "reliability", 30, coders, 3, ana, day=3
    )
    _code(first, coders, stored, share=1.0)
    rounds.close_round(round=first, by=ana, at=BEGIN + dt.timedelta(days=12))
    _adjudicate(first, stored, ana)
    main = _round(study, "Main round", "main", 0, coders, 1, ana, day=14)
    _code(main, coders, stored, share=0.5)
    return sign_ins


def _people() -> tuple[list[SignIn], dict[str, User]]:
    """The cast, with passwords made now; a name that is taken gets a number."""
    sign_ins, people = [], {}
    for name, (full, roles) in CAST.items():
        username = name
        while User.objects.filter(username=username).exists():
            username = f"{name}{secrets.randbelow(1000)}"
        password = (
            f"{secrets.token_hex(2)}-{secrets.token_hex(2)}-{secrets.token_hex(2)}"
        )
        people[name] = studies.register_person(
            username=username, password=password, name=full
        )
        sign_ins.append(SignIn(username, password, ", ".join(sorted(roles))))
    return sign_ins, people


def _codebook(study: Study, ana: User) -> None:
    text = (FIXTURES / "codebooks" / "internet_window_1.0.yaml").read_text(
        encoding="utf-8"
    )
    document = reading.read(text).document
    assert document is not None
    draft = studies.import_codebook(study=study, document=document, by=ana, at=BEGIN)
    codebooks.publish_version(version=draft, by=ana, at=BEGIN)


def _corpus(study: Study, ana: User) -> dict[int, DemoArticle]:
    """Store outlets, issues and articles; return what an expert would code in each."""
    outlets, invented = read(FIXTURES / "demo")
    rows = {}
    for facts in outlets.values():
        given = {key: value for key, value in facts.items() if key != "name"}
        outlet = articles.ensure_outlet(
            study=study, name=facts["name"], by=ana, at=BEGIN, **given
        )
        rows[outlet.name] = outlet
        for month in range(
            1, 13
        ):  # issues that were looked through, also without a hit
            articles.ensure_issue(outlet=outlet, published_on=dt.date(2006, month, 1))
    stored: dict[int, DemoArticle] = {}
    for article in invented:
        row = articles.add_article(
            study=study,
            outlet=rows[article.outlet],
            published_on=article.published_on,
            external_id=article.id,
            page=article.page,
            section=article.section,
            area_cm2=article.area_cm2,  # type: ignore[arg-type]
            language=article.language,
            is_distressing=article.is_distressing,
            by=ana,
            at=BEGIN,
            **article.words,
        )
        stored[row.pk] = article
    return stored


def _round(
    study: Study,
    name: str,
    kind: str,
    size: int,
    coders: list[Membership],
    overlap: int,
    ana: User,
    *,
    day: int,
) -> Round:
    at = BEGIN + dt.timedelta(days=day)
    method = Sample.Method.SIMPLE if size else Sample.Method.CENSUS
    sample = sampling.draw_sample(
        study=study,
        name=f"{name}: sample",
        method=method,
        size=size or None,
        seed=1914,
        by=ana,
        at=at,
    )
    study.refresh_from_db()
    assert study.codebook is not None
    return rounds.open_round(
        study=study,
        name=name,
        kind=kind,
        version=study.codebook.versions.get(),
        sample=sample,
        coders=coders,
        overlap=overlap,
        seed=1914,
        by=ana,
        at=at,
    )


def _code(
    round: Round,
    coders: list[Membership],
    stored: dict[int, DemoArticle],
    *,
    share: float,
) -> None:
    """Let each coder take, answer and submit a share of the round's places."""
    planned = round.articles.count() * round.overlap * share / len(coders)
    assert round.opened_at is not None
    for number, coder in enumerate(coders):
        chance = random.Random(f"{round.name}:{coder.pseudonym}")
        at = round.opened_at + dt.timedelta(hours=1 + number)
        for _turn in range(round_half(planned)):
            at += dt.timedelta(minutes=11)
            coding = rounds.take_next(round=round, coder=coder, at=at)
            _answer(coding, stored[coding.assignment.article_id], number, chance, at)
            answers.submit_coding(coding=coding, by=coder.person, at=at)


def round_half(number: float) -> int:
    return int(number + 0.5)


def _answer(
    coding: Coding,
    article: DemoArticle,
    coder: int,
    chance: random.Random,
    at: dt.datetime,
) -> None:
    document = document_of(coding.version)
    rows = variables_of(coding.version)
    unit = Unit.objects.get(submission__coding=coding)
    known = dict(unit.answers.values_list("variable__name", "revision"))
    for name, raw in coder_answers(article, document, coder, chance):
        answers.save_answer(
            unit=unit,
            variable=rows[name],
            raw=raw,
            event_id=uuid.UUID(int=chance.getrandbits(128)),
            base_revision=known.get(name, 0),
            by=coding.assignment.coder.person,
            at=at,
        )


def _adjudicate(round: Round, stored: dict[int, DemoArticle], ana: User) -> None:
    """Decide the relevance of the articles on which the coders differed."""
    ratings = round_ratings(round)
    table = next(t for t in ratings.variables if t.variable.name == "relevance")
    by_article: dict[int, set[int]] = {}
    for article, token in zip(table.article, table.token, strict=True):
        by_article.setdefault(ratings.articles[int(article)], set()).add(int(token))
    for article, tokens in sorted(by_article.items()):
        if len(tokens) > 1:
            adjudication.adjudicate(
                round=round,
                article=Article.objects.get(pk=article),
                variable=table.variable,
                raw=str(stored[article].key["relevance"]),
                reason="slip",
                by=ana,
                at=BEGIN + dt.timedelta(days=13),
            )
