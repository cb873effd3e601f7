"""Coders' questions and the rulings that answer them.

A ruling is shown at once to all coders of its round, and never edited: another takes its
place, or it is withdrawn. Who asked stays between the asker and the supervisors.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from codebook.models import Variable
from mediacoding.coding.models import Assignment, Coding, Question, Round, Ruling
from mediacoding.corpus.models import Article
from mediacoding.studies.models import Study, User
from mediacoding.studies.operations import write_journal

MOST_CHARACTERS = 4_000


class NotAskable(Exception):
    """The question cannot be asked or taken back; the text says why and the way out."""


class NotRuled(Exception):
    """The ruling or reply was not kept; the text says why and the way out."""


@transaction.atomic
def ask_question(
    *, coding: Coding, variable: Variable | None, text: str, by: User, at: dt.datetime
) -> Question:
    """Ask the supervisor about a variable at the coding's article, and return the question.

    Without a variable the question is about the article as a whole. The same words again
    while they wait are the same question, so that a second click asks nothing twice.
    Raises NotAskable.
    """
    coding = (
        Coding.objects.select_for_update(of=("self",))
        .select_related("assignment__round__study", "version")
        .get(pk=coding.pk, assignment__coder__person=by)
    )
    assignment = coding.assignment
    if assignment.state in (Assignment.State.HANDED_BACK, Assignment.State.RETURNED):
        raise NotAskable(_("This article is no longer yours."))
    if not assignment.round.is_open:
        raise NotAskable(
            _("The round is closed, so a ruling would reach nobody. Write a remark.")
        )
    if variable is not None and variable.version_id != coding.version_id:
        raise NotAskable(
            _("This variable is not part of the coding's codebook version.")
        )
    text = _words(text, NotAskable, _("Write what you want to know."))
    waiting = coding.questions.filter(
        variable=variable, text=text, answered_at=None, withdrawn_at=None
    ).first()
    if waiting:
        return waiting
    asked = Question.objects.create(
        coding=coding, variable=variable, text=text, asked_at=at
    )
    _write(
        assignment.round.study,
        "ask_question",
        asked,
        {
            "round": assignment.round_id,
            "article": assignment.article_id,
            "variable": variable.name if variable else "",
        },
        by,
        at,
    )
    return asked


@transaction.atomic
def withdraw_question(*, question: Question, by: User, at: dt.datetime) -> Question:
    """Take an own question back while it waits, and return it. Raises NotAskable."""
    question = _locked(question.pk)
    if question.coding.assignment.coder.person_id != by.pk:
        raise NotAskable(_("Only who asked a question can take it back."))
    if not question.is_waiting:
        raise NotAskable(_("This question does not wait any more."))
    question.withdrawn_at = at
    question.save(update_fields=["withdrawn_at"])
    _write(_study(question), "withdraw_question", question, {}, by, at)
    return question


@transaction.atomic
def make_ruling(
    *,
    round: Round,
    variable: Variable,
    text: str,
    article: Article | None = None,
    questions: Sequence[Question] = (),
    by: User,
    at: dt.datetime,
) -> Ruling:
    """Decide how a variable is to be understood, and return the ruling.

    All coders of the round see it beside the variable from now on. `article` is where it
    arose, `questions` are those of the round that it answers. Raises NotRuled.
    """
    text = _words(text, NotRuled, _("Write the ruling: coders will read these words."))
    if variable.version.codebook_id != round.version.codebook_id:
        raise NotRuled(_("This variable is not part of the round's codebook."))
    if article is not None and not round.articles.filter(article=article).exists():
        raise NotRuled(_("This article is not part of the round."))
    answered = [_locked(question.pk) for question in questions]
    for question in answered:
        _refuse_unless_waiting(question, round)
    ruling = Ruling.objects.create(
        round=round,
        variable=variable,
        article=article,
        text=text,
        made_at=at,
        made_by=by,
    )
    for question in answered:
        _answer(question, by, at, ruling=ruling)
    _write(
        round.study,
        "make_ruling",
        ruling,
        {
            "variable": variable.name,
            "article": article.pk if article else None,
            "questions": [question.pk for question in answered],
        },
        by,
        at,
    )
    return ruling


@transaction.atomic
def answer_by_ruling(
    *, question: Question, ruling: Ruling, by: User, at: dt.datetime
) -> Question:
    """Answer a waiting question by a ruling that its round has, and return the question.

    Raises NotRuled.
    """
    ruling = _in_force(ruling)
    question = _locked(question.pk)
    _refuse_unless_waiting(question, ruling.round)
    _answer(question, by, at, ruling=ruling)
    detail = {"ruling": ruling.pk}
    _write(_study(question), "answer_by_ruling", question, detail, by, at)
    return question


@transaction.atomic
def reply_to_question(
    *, question: Question, text: str, by: User, at: dt.datetime
) -> Question:
    """Answer a waiting question to its asker alone, and return it.

    For what needs no ruling: the codebook says it already, or the words were unclear.
    Raises NotRuled.
    """
    text = _words(text, NotRuled, _("Write the reply; only who asked will read it."))
    question = _locked(question.pk)
    _refuse_unless_waiting(question, question.coding.assignment.round)
    _answer(question, by, at, reply=text)
    _write(_study(question), "reply_to_question", question, {}, by, at)
    return question


@transaction.atomic
def replace_ruling(*, ruling: Ruling, text: str, by: User, at: dt.datetime) -> Ruling:
    """Put a ruling in other words in the place of one, and return the new one.

    The old one stays on record; the questions that it answered are answered by the new
    one. Raises NotRuled.
    """
    text = _words(text, NotRuled, _("Write the ruling: coders will read these words."))
    old = _in_force(ruling)
    if text == old.text:
        raise NotRuled(_("The ruling has these very words already."))
    _end(old, "", by, at)
    new = Ruling.objects.create(
        round=old.round,
        variable=old.variable,
        article=old.article,
        text=text,
        replaces=old,
        made_at=at,
        made_by=by,
    )
    old.questions.update(ruling=new)
    _write(old.round.study, "replace_ruling", new, {"replaces": old.pk}, by, at)
    return new


@transaction.atomic
def withdraw_ruling(
    *, ruling: Ruling, reason: str, by: User, at: dt.datetime
) -> Ruling:
    """Take a ruling back, with the reason, and return it: coders see it no more.

    The questions that it answered wait again. Raises NotRuled.
    """
    reason = _words(reason, NotRuled, _("Say why the ruling is withdrawn."))
    ruling = _in_force(ruling)
    questions = list(ruling.questions.values_list("pk", flat=True))
    ruling.questions.update(ruling=None, answered_at=None, answered_by=None)
    _end(ruling, reason, by, at)
    detail = {"questions": questions}
    _write(ruling.round.study, "withdraw_ruling", ruling, detail, by, at, reason)
    return ruling


def _words(text: str, refusal: type[Exception], if_none: str) -> str:
    text = text.strip()
    if not text:
        raise refusal(if_none)
    if len(text) > MOST_CHARACTERS:
        raise refusal(
            _("This is %(found)s characters long; at most %(most)s are kept.")
            % {"found": len(text), "most": MOST_CHARACTERS}
        )
    return text


def _locked(question_id: int) -> Question:
    return (
        Question.objects.select_for_update(of=("self",))
        .select_related("coding__assignment__round__study", "coding__assignment__coder")
        .get(pk=question_id)
    )


def _in_force(ruling: Ruling) -> Ruling:
    ruling = (
        Ruling.objects.select_for_update(of=("self",))
        .select_related("round__study", "variable")
        .get(pk=ruling.pk)
    )
    if not ruling.is_in_force:
        raise NotRuled(
            _(
                "This ruling was replaced or withdrawn meanwhile. Look at the list again."
            )
        )
    return ruling


def _refuse_unless_waiting(question: Question, round: Round) -> None:
    if question.coding.assignment.round_id != round.pk:
        raise NotRuled(_("A ruling answers questions of its own round only."))
    if not question.is_waiting:
        raise NotRuled(_("This question was answered or withdrawn meanwhile."))


def _answer(
    question: Question,
    by: User,
    at: dt.datetime,
    *,
    ruling: Ruling | None = None,
    reply: str = "",
) -> None:
    question.ruling = ruling
    question.reply = reply
    question.answered_at = at
    question.answered_by = by
    question.save(update_fields=["ruling", "reply", "answered_at", "answered_by"])


def _end(ruling: Ruling, reason: str, by: User, at: dt.datetime) -> None:
    ruling.ended_at = at
    ruling.ended_by = by
    ruling.end_reason = reason
    ruling.save(update_fields=["ended_at", "ended_by", "end_reason"])


def _study(question: Question) -> Study:
    return question.coding.assignment.round.study


def _write(
    study: Study,
    act: str,
    about: Question | Ruling,
    detail: Mapping[str, object],
    by: User,
    at: dt.datetime,
    reason: str = "",
) -> None:
    write_journal(
        study=study, act=act, about=about, reason=reason, detail=detail, by=by, at=at
    )
