"""The columns of exports: what each holds, in words and for programs that know types.

The labels of the fixed columns are the descriptions of docs/exports.md; a test holds the
two equal.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from codebook.levels import Level


class Type(StrEnum):
    """What the cells of a column are."""

    TEXT = "text"
    WHOLE = "whole"  # whole numbers, codes among them
    DECIMAL = "decimal"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: name, type, words, and for codes what each means.

    `labels` holds the words of codes, those of missing codes among them; `missing` says
    which they are. `choice` names the column of the multiple choice that this one is an
    option of. `earlier` are the names that the variable had in earlier versions.
    """

    name: str
    type: Type = Type.TEXT
    label: Any = ""
    measure: str = "nominal"  # as statistics programs say it: nominal, ordinal, scale
    labels: Mapping[int, str] = field(default_factory=dict)
    missing: tuple[int, ...] = ()
    choice: str = ""
    earlier: tuple[str, ...] = ()
    variable: str = ""  # the codebook's own name, where the column could not have it

    @property
    def has_coded_days(self) -> bool:
        """Whether dates stand beside missing codes, so that no cell is sure to be a date."""
        return self.type is Type.DAY and bool(self.missing)


def measure_of(level: Level) -> str:
    """A level of measurement as statistics programs name it."""
    if level.is_metric:
        return "scale"
    return "ordinal" if level is Level.ORDINAL else "nominal"


def said(columns: Iterable[Column]) -> list[Column]:
    """The columns with their labels in the language at hand."""
    return [replace(column, label=str(column.label)) for column in columns]


def text(name: str, label: Any) -> Column:
    return Column(name, Type.TEXT, label)


def day(name: str, label: Any) -> Column:
    return Column(name, Type.DAY, label, "scale")


def whole(name: str, label: Any, measure: str = "scale", **more: Any) -> Column:
    return Column(name, Type.WHOLE, label, measure, **more)


def decimal(name: str, label: Any) -> Column:
    return Column(name, Type.DECIMAL, label, "scale")


ROUND = text("round", _("name of the round"))
ARTICLE = whole("article", _("the article's number in this installation"), "nominal")
WHICH = (
    ARTICLE,
    text("external_id", _("the id that the import gave it")),
    text("outlet", _("name of the outlet")),
    day("published_on", _("day of the issue, ISO")),
)
CODER = text("coder", _("the coder's pseudonym"))
HEAD = (
    ROUND,
    *WHICH,
    CODER,
    whole(
        "submission",
        _("1 is the first, which agreement reads; higher after reopening"),
    ),
    text("submitted_at", _("when, ISO with time zone")),
)
VERSION = text("codebook_version", _("number of the codebook version"))
UNIT = (
    text("unit", _("article, or the kind of unit inside it")),
    whole("unit_position", _("which unit of that kind")),
)
VARIABLE = text("variable", _("machine name of the variable"))
ANSWER = (
    text(
        "state",
        _(
            "value, missing (a missing code), not_applicable (the filter was false); "
            "undecided in final values"
        ),
    ),
    text(
        "value",
        _(
            "the code, the codes of a multiple choice separated by blanks (empty: none "
            "applies), the number, the date, the words, or the missing code"
        ),
    ),
    text("label", _("the value in words, in the language of the page")),
)
LONG = (
    *HEAD,
    VERSION,
    *UNIT,
    VARIABLE,
    *ANSWER,
    whole("uncertain", _("1 where the coder flagged the answer"), "nominal"),
    text("remark", _("the coder's remark on the answer")),
)
WIDE_TAIL = (text("coding_remark", _("the coder's remark on the coding")),)
ORIGIN = (
    text("origin", _("adjudicated, single, unanimous, majority or undecided")),
    whole("n_coders", _("how many codings the value comes from")),
)
FINAL = (*WHICH, VARIABLE, *ANSWER, *ORIGIN, VERSION)
FINAL_WIDE_HEAD = (
    *WHICH,
    text("stratum", _("stratum of the sample that the article was drawn in")),
    decimal("probability", _("probability of being drawn; its reciprocal is a weight")),
)
FINAL_WIDE_TAIL = (
    whole("undecided", _("variables of the article that nobody has decided yet")),
)
HEADLINES = (
    text("overheadline", _("line above the headline")),
    text("headline", _("headline")),
    text("subheadline", _("line below the headline")),
)
ARTICLES = (
    *WHICH,
    whole("page", _("page on which it begins")),
    text("section", _("section as printed")),
    decimal("area_cm2", _("printed area")),
    text("url", _("address of an online article")),
    text("language", _("language code")),
    text("script", _("Latn, Cyrl or mixed")),
    *HEADLINES,
    text("byline", _("author or agency")),
    text("sha256", _("digest of the stored text")),
)
BODY = text("body", _("the text (only on request)"))
QUOTE = text("quote", _("the text's beginning, as a quotation (only on request)"))
PASSAGES = (
    *HEAD,
    VERSION,
    *UNIT,
    text("variable", _("the variable it supports; empty: it is the unit itself")),
    whole("start", _("where the passage begins, in Unicode code points from 0")),
    whole("end", _("where it ends, the first code point after it")),
    whole("text_number", _("which revision of the article's text")),
    text("sha256", _("digest of that text")),
)
PASSAGE_WORDS = (
    text("quote", _("the words of the passage")),
    text("prefix", _("the words before it")),
    text("suffix", _("the words after it")),
)
RATINGS = (
    ROUND,
    text(
        "variable", _("the variable, or the option of a multiple choice as NAME_CODE")
    ),
    text("level", _("level of measurement; sets for a multiple choice as a whole")),
    ARTICLE,
    text("external_id", _("the id that the import gave it")),
)
AGREEMENT = (
    ROUND,
    VERSION,
    VARIABLE,
    whole(
        "option",
        _("code of the option of a multiple choice; empty for the variable as a whole"),
        "nominal",
    ),
    text(
        "level",
        _("level of measurement; sets for a multiple choice (MASI distances)"),
    ),
    whole("units", _("units with at least one rating")),
    whole("pairable_units", _("units with two or more")),
    whole("coders", _("coders who rated")),
    whole("ratings", _("ratings in all")),
    decimal("modal_share", _("share of the most frequent value")),
    decimal("percent_agreement", _("chance that two coders of a unit agree")),
    decimal("alpha", _("Krippendorff's alpha; empty where undefined")),
    decimal("interval_low", _("lower end of the interval of 95 percent")),
    decimal("interval_high", _("upper end")),
    text("interval_method", _("BCa, jackknife-t, or none")),
    decimal(
        "p_below_minimum",
        _("share of bootstrap replicates below the variable's minimum"),
    ),
    decimal("ac1", _("Gwet's AC1")),
    decimal("brennan_prediger", _("Brennan and Prediger's kappa")),
    decimal("alpha_with_filter", _("nominal alpha with not asked as a category")),
    decimal("minimum", _("the codebook's minimum")),
    decimal("target", _("the codebook's target")),
    text("verdict", _("meets, between, below, undefined, none")),
    text("undefined_because", _("the sentence why there is no alpha")),
)
SUPPRESSED = whole(
    "suppressed",
    _("1 where small figures are left out, so that nobody can be told from them"),
    "nominal",
)
COVERAGE = (
    text("outlet", _("name of the outlet")),
    text("month", _("year and month")),
    whole("articles", _("articles in the corpus")),
    whole("issues_known", _("issues that are known, also without an article")),
    SUPPRESSED,
)
COVERAGE_VALUES = (
    VERSION,
    VARIABLE,
    whole("code", _("code of the category"), "nominal"),
    text("category", _("its label")),
    text("grouping", _("what the groups are: outlet, month, or all for the whole")),
    text("group", _("outlet or month")),
    whole("articles", _("articles of the group with this value")),
    whole("base", _("articles of the group with a value")),
    decimal("share", _("articles in the base; unweighted")),
    decimal("interval_low", _("lower end of Wilson's interval of 95 percent")),
    decimal("interval_high", _("upper end")),
    whole("missing", _("articles of the group with a missing code")),
    whole("not_applicable", _("articles of the group that the filter left out")),
    whole("undecided", _("articles of the group that nobody has decided yet")),
    SUPPRESSED,
)
CODEBOOK = (
    VERSION,
    text("id", _("stable id of the variable")),
    VARIABLE,
    text("label", _("its label")),
    text("question", _("the question")),
    text("type", _("type of answer")),
    text("level", _("level of measurement")),
    text("ask_if", _("the filter")),
    whole("code", _("code of the category"), "nominal"),
    text("category", _("its label")),
    text("kind", _("substantive, exclusive or missing")),
    text("definition", _("its definition")),
    text("earlier_names", _("names that it had in earlier versions, newest first")),
)
JOURNAL = (
    text("moment", _("when, ISO with time zone")),
    text("person", _("who, by the name that they sign in with")),
    text("act", _("what was done")),
    text("object_kind", _("to what")),
    whole("object_id", _("its number in this installation"), "nominal"),
    text("reason", _("the reason that was given")),
    text("detail", _("what changed, as JSON")),
)
