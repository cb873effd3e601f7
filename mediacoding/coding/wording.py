"""Changes of a codebook as the pages show them: in words, grouped, texts side by side."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from codebook.changes import titles
from codebook.changes.change import Change, Comparison, Effect, Kind
from codebook.changes.outline import (
    BESIDE,
    CODEBOOK,
    FIELDS,
    SECTIONS,
    Pooling,
    Topic,
    headings,
)
from codebook.changes.words import Piece, Pieces, Side, side_by_side
from codebook.document import Texts, VariableSpec

#: Changes whose texts all begin with the name of the thing itself.
OF_A_WHOLE = frozenset(
    {Kind.ADD_VARIABLE, Kind.REMOVE_VARIABLE, Kind.ADD_DERIVED, Kind.REMOVE_DERIVED}
    | {Kind.ADD_SECTION, Kind.REMOVE_SECTION}
)


@dataclass(frozen=True, slots=True)
class ShownText:
    """One text of a change: its field in words, its language, both sides in pieces."""

    field: str
    language: str
    old: Pieces
    new: Pieces


@dataclass(frozen=True, slots=True)
class ShownChange:
    """A change in words. `codes` says which categories, with their labels."""

    change: Change
    id: str
    title: str
    codes: str
    effect: str
    texts: tuple[ShownText, ...]


@dataclass(frozen=True, slots=True)
class ShownTopic:
    """What changes are about, with its heading and the changes in words.

    `pooling` is the sentence on whether codings of both versions can be pooled.
    """

    topic: Topic
    id: str
    section: str
    label: str
    names: tuple[str, ...]
    changes: tuple[ShownChange, ...]
    pooling: str


@dataclass(frozen=True, slots=True)
class Words:
    """Says the changes from one version to another in a language."""

    comparison: Comparison
    old_number: str
    new_number: str
    language: str

    def topics(self, found: Iterable[Topic]) -> Iterator[ShownTopic]:
        """The topics in words, in the order given."""
        titles_of = headings(self.comparison, self.language)
        at = {id(change): n for n, change in enumerate(self.comparison, start=1)}
        for topic in found:
            heading = BESIDE.get(topic.section)
            yield ShownTopic(
                topic=topic,
                id=topic_id(topic),
                section=_(heading) if heading else titles_of.get(topic.section, ""),
                label=self.label(topic),
                names=self._names(topic),
                changes=tuple(
                    self.change(change, topic, at[id(change)])
                    for change in topic.changes
                ),
                pooling=self.pooling(topic.pooling),
            )

    def label(self, topic: Topic) -> str:
        """What a topic is called."""
        if topic.section == CODEBOOK:
            return _(BESIDE[CODEBOOK])
        if topic.spec:
            return topic.spec.label.in_(self.language)
        if topic.section == SECTIONS:
            titles_of = headings(self.comparison, self.language)
            return titles_of.get(topic.name, topic.name)
        derived = (*self.comparison.new.derived, *self.comparison.old.derived)
        labels = (spec.label for spec in derived if spec.name == topic.name)
        return next(labels, Texts()).in_(self.language) or topic.name

    def _names(self, topic: Topic) -> tuple[str, ...]:
        """The variable's name; the old and the new one where it was renamed."""
        specs = [spec for spec in (topic.old, topic.new) if spec]
        return tuple(dict.fromkeys(spec.name for spec in specs))

    def change(self, change: Change, topic: Topic, number: int) -> ShownChange:
        """One change in words."""
        return ShownChange(
            change=change,
            id=f"change-{number}",
            title=_(titles.KINDS[change.kind]),
            codes=self.codes(change, topic.old, topic.new),
            effect=self.effect(change.effect),
            texts=tuple(self._text(change, side) for side in side_by_side(change)),
        )

    def effect(self, effect: Effect) -> str:
        return _(titles.EFFECTS[effect])

    def codes(
        self, change: Change, old: VariableSpec | None, new: VariableSpec | None
    ) -> str:
        """The categories that a change is about, as “1 Under 14 → 11 0–9, 12 10–13”."""
        was = self._labelled(change.codes, old)
        now = self._labelled(change.to, new)
        if change.kind is Kind.ADD_CATEGORY:
            return ", ".join(now)
        if change.kind is Kind.RECODE_CATEGORIES:
            pairs = zip(change.codes, change.to, strict=True)
            return ", ".join(f"{code} → {to}" for code, to in pairs)
        return " → ".join(", ".join(side) for side in (was, now) if side)

    def _labelled(
        self, codes: Iterable[int], spec: VariableSpec | None
    ) -> tuple[str, ...]:
        return tuple(
            f"{code} {spec.words_of(code, self.language) if spec else ''}".strip()
            for code in codes
        )

    def _text(self, change: Change, side: Side) -> ShownText:
        what = list(side.what)
        if change.kind in OF_A_WHOLE and len(what) > 1:
            del what[0]
        languages = {*self.comparison.old.languages, *self.comparison.new.languages}
        language = what.pop() if len(what) > 1 and what[-1] in languages else ""
        pieces = side.pieces
        return ShownText(
            field=" · ".join(_(FIELDS[step]) if step in FIELDS else step for step in what),
            language=language,
            old=tuple(p for p in pieces if p[0] is not Piece.ADDED),
            new=tuple(p for p in pieces if p[0] is not Piece.REMOVED),
        )  # fmt: skip

    def pooling(self, pooling: Pooling | None) -> str:
        """Whether codings of both versions can be pooled for a variable, and why."""
        if pooling is None:
            return ""
        facts: Mapping[str, str] = {
            "old": self.old_number,
            "new": self.new_number,
            "only": self.new_number if pooling.is_in_new else self.old_number,
            "codes": ", ".join(
                _("%(code)s counts as %(to)s") % {"code": code, "to": to}
                for code, to in pooling.codes
            ),
            "changes": "; ".join(self._reason(change) for change in pooling.because),
        }
        if not (pooling.is_in_old and pooling.is_in_new):
            sentence = _(
                "Codings of %(old)s and %(new)s can be pooled for this variable: no, "
                "because only %(only)s has it."
            )
        elif pooling.because:
            sentence = _(
                "Codings of %(old)s and %(new)s can be pooled for this variable: no, "
                "because of %(changes)s."
            )
        elif pooling.is_asked_anew:
            sentence = _(
                "Codings of %(old)s and %(new)s can be pooled for this variable: no, "
                "because its filter decides anew where it is asked; carry the codings "
                "forward first."
            )
        elif pooling.is_checked:
            sentence = _(
                "Codings of %(old)s and %(new)s can be pooled for this variable: no, "
                "because old answers may not be allowed any more; carry the codings "
                "forward first."
            )
        elif pooling.is_cut_between:
            sentence = _(
                "Codings of %(old)s and %(new)s can be pooled for this variable: no, "
                "because a version between them separates them."
            )
        elif pooling.codes:
            sentence = _(
                "Codings of %(old)s and %(new)s can be pooled for this variable: yes, "
                "once %(codes)s."
            )
        else:
            sentence = _(
                "Codings of %(old)s and %(new)s can be pooled for this variable: yes, "
                "because no change asks coders to look again."
            )
        return sentence % facts

    def _reason(self, change: Change) -> str:
        """The change that separates, as “Category split (1 → 11, 12)”."""
        title = _(titles.KINDS[change.kind])
        codes, to = (
            ", ".join(str(code) for code in given)
            for given in (change.codes, change.to)
        )
        if change.kind is Kind.ADD_CATEGORY:
            codes = ""
        told = " → ".join(side for side in (codes, to) if side)
        return f"{title} ({told})" if told else title


def topic_id(topic: Topic) -> str:
    """The anchor of a topic: the variable's present name, or that of another part."""
    if topic.pooling is not None:
        return topic.new.name if topic.new else f"removed-{topic.name}"
    return f"{topic.section.lstrip('.')}-{topic.name}".rstrip("-")
