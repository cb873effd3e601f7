"""Every broken codebook in fixtures/ is told with each of its faults, and with no other."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from codebook import checks, conditions, formulas, reach, reading
from codebook.conditions import ConditionError
from codebook.levels import CategoryKind, Kind
from codebook.values import Value
from tests.builders import codebooks

FIXTURES = codebooks.FIXTURES / "codebooks"
FOLDER = FIXTURES / "broken"
BROKEN = yaml.safe_load((FIXTURES / "broken.yaml").read_text(encoding="utf-8"))


def read(path: Path) -> reading.Reading:
    return reading.read(path.read_text(encoding="utf-8"))


def test_every_file_is_in_the_manifest():
    files = {path.stem for path in FOLDER.glob("*.yaml")}
    assert files == {*BROKEN, "sound"}
    assert sum(len(faults) == 1 for faults in BROKEN.values()) >= 40
    assert sum(len(faults) > 2 for faults in BROKEN.values()) >= 6


def test_the_codebook_that_was_broken_is_sound():
    assert read(FOLDER / "sound.yaml").problems == ()


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_codebook_is_told_with_every_fault_and_its_place(name):
    found = read(FOLDER / f"{name}.yaml").problems
    told = [
        {"line": p.line, "place": list(p.place), "problem": p.sentence} for p in found
    ]
    assert told == BROKEN[name]


@pytest.mark.parametrize("name", BROKEN)
def test_the_line_of_a_fault_is_where_its_place_is_written(name):
    lines = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
    for fault in BROKEN[name]:
        names = [step for step in fault["place"] if isinstance(step, str)]
        # A field stands in its own line; a whole entry begins with a dash.
        is_field = names and isinstance(fault["place"][-1], str)
        wanted = names[-1] if is_field else "-" if names else ""
        assert wanted in lines[fault["line"] - 1], fault


def test_a_good_formula_tells_what_it_reads_and_looks_for():
    formula = formulas.parse(
        "(placement in [4, 5]) + (share >= 0.5) * -2 + (0 not in illustration) / outlet.width"
    )
    assert formula.names == {"placement", "share", "illustration", "outlet"}
    assert formula.compared == (("placement", 4), ("placement", 5), ("illustration", 0))


@given(st.text(alphabet="ab1 +-*/()[],.='<>!inotrd", max_size=25))
def test_any_text_is_a_formula_or_an_error_with_its_column(text):
    column = 1
    try:
        formulas.parse(text)
    except ConditionError as error:
        column = error.column
    assert 1 <= column <= len(text) + 1


# What a filter can come out as, compared with trying every coding of a small codebook.

SMALL = codebooks.document()
FILTERS = st.sampled_from(
    (
        "relevance == 0", "relevance >= 1", "relevance != 2", "relevance >= 0", "relevance > 2",
        "tone == 1", "tone == 98", "tone in [1, 2]", "tone not in [1]", "tone == 1 or tone == 2",
        "contains(sources, 0)", "contains(sources, 1)", "contains(sources, 2)", "sources == 98",
        "sources in [1, 2]", "sources != 0",
    )
)  # fmt: skip
CONDITIONS = st.recursive(
    FILTERS,
    lambda inner: st.one_of(
        st.builds("({}) and ({})".format, inner, inner),
        st.builds("({}) or ({})".format, inner, inner),
        st.builds("not ({})".format, inner),
    ),
    max_leaves=4,
)


def every_coding():
    """Every finished coding of the first three questions of the small codebook."""
    sources = SMALL.variable("sources")
    alone = [c.code for c in sources.categories if c.kind is CategoryKind.EXCLUSIVE]
    assert alone == [0]
    assert sources.kind is Kind.MULTI
    sets = ["0", "", "1", "2", "3", "1 2", "1 3", "2 3", "1 2 3"]
    for relevance in "012":
        answers = {"relevance": Value("value", relevance)}
        if relevance == "0":
            off = Value.not_applicable()
            yield {**answers, "tone": off, "sources": off}
            continue
        tones = [
            Value("value", "1"),
            Value("value", "2"),
            Value.missing(98),
            Value.missing(99),
        ]
        for tone in tones:
            for chosen in [
                *(Value("value", codes) for codes in sets),
                Value.missing(98),
            ]:
                yield {**answers, "tone": tone, "sources": chosen}


CODINGS = tuple(every_coding())


@settings(deadline=None)
@given(CONDITIONS)
def test_a_filter_is_dead_or_idle_exactly_if_no_coding_says_otherwise(text):
    condition = conditions.parse(text)
    possible = {conditions.evaluate(condition, coding) for coding in CODINGS}

    found = reach.outcomes(SMALL, reach.sound_filters(SMALL), condition)

    assert (True in found) is (True in possible)
    assert (found == {True}) is (possible == {True})


def test_a_question_that_need_not_be_answered_leaves_a_filter_open():
    text = codebooks.SMALL.replace("ask_if: relevance == 2 and contains(sources, 1)", "ask_if: relevance >= 0")  # fmt: skip
    assert [p.place for p in checks.problems(codebooks.document(text))] == [
        ("variables", 4, "ask_if")
    ]
    loose = text.replace(
        "  name: relevance\n", "  name: relevance\n  required: false\n"
    )
    assert list(checks.problems(codebooks.document(loose))) == []


def test_a_filter_on_a_list_of_numbers_can_be_true():
    text = codebooks.SMALL.replace("relevance == 2 and contains(sources, 1)", "page_no in [5, 7]")  # fmt: skip
    assert list(checks.problems(codebooks.document(text))) == []
