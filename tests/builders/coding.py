import datetime as dt
import uuid

from codebook.models import CodebookVersion
from codebook.queries import variables_of
from mediacoding.coding.models import (
    Coding,
    Question,
    Round,
    Ruling,
    Submission,
    Unit,
)
from mediacoding.coding.operations import answers, questions, rounds
from mediacoding.studies.models import Study
from tests.builders import codebooks, corpus
from tests.builders import studies as people
from tests.builders.studies import NOON

#: Answers that make the small codebook's coding ready to submit.
READY = {"relevance": "1", "tone": "2", "sources": ["1", "2"], "page_no": "9"}


def round(
    study: Study,
    version: CodebookVersion | None = None,
    *,
    articles: int = 3,
    coders: tuple[str, ...] = ("boris", "vesna"),
    overlap: int | None = None,
    kind: str = "reliability",
    name: str = "Round 1",
) -> Round:
    """An open round over new articles, coded by all its coders unless `overlap` says else."""
    return rounds.open_round(
        study=study,
        name=name,
        kind=kind,
        version=version or codebooks.published(study),
        sample=corpus.sample(study, articles, name=f"Sample of {name}"),
        coders=[people.member(study, coder) for coder in coders],
        overlap=overlap or len(coders),
        seed=1914,
        by=people.person(),
        at=NOON,
    )


def take(round: Round, name: str = "boris", at: dt.datetime = NOON) -> Coding:
    return rounds.take_next(round=round, coder=people.member(round.study, name), at=at)


def unit(coding: Coding) -> Unit:
    newest = coding.submissions.order_by("-number").first()
    return newest.units.get(kind=Unit.ARTICLE)


def answer(
    coding: Coding, name: str, raw, *, base: int | None = None, event=None
) -> answers.Saved:
    """Save one answer as its coder; the base revision is what stands, unless given."""
    row = variables_of(coding.version)[name]
    place = unit(coding)
    known = place.answers.filter(variable=row).first()
    return answers.save_answer(
        unit=place,
        variable=row,
        raw=raw,
        event_id=event or uuid.uuid4(),
        base_revision=(known.revision if known else 0) if base is None else base,
        by=coding.assignment.coder.person,
        at=NOON,
    )


def submit(coding: Coding, given: dict | None = None) -> Submission:
    """Answer and submit a coding as its coder."""
    for name, raw in (READY if given is None else given).items():
        answer(coding, name, raw)
    return answers.submit_coding(
        coding=coding, by=coding.assignment.coder.person, at=NOON
    )


def code(round: Round, name: str, *given: dict) -> list[Coding]:
    """Take, answer and submit one article a dictionary, as that coder."""
    done = []
    for values in given:
        coding = take(round, name)
        submit(coding, values)
        done.append(coding)
    return done


def ask(coding: Coding, name: str, text: str = "Which rule holds here?") -> Question:
    """Ask about a variable at a coding's article, as its coder."""
    return questions.ask_question(
        coding=coding,
        variable=variables_of(coding.version)[name],
        text=text,
        by=coding.assignment.coder.person,
        at=NOON,
    )


def rule(
    round: Round, name: str, text: str = "The longer part decides.", **facts
) -> Ruling:
    """Rule on a variable of the round's version, as its supervisor."""
    return questions.make_ruling(
        round=round,
        variable=variables_of(round.version)[name],
        text=text,
        by=people.person(),
        at=facts.pop("at", NOON),
        **facts,
    )
