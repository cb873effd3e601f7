import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codebook import checks, conditions, reading
from codebook.document import Document, Texts
from codebook.values import NotAValue, Value, parse_value
from tests.builders import codebooks

FIXTURES = Path(__file__).resolve().parent.parent.parent / "fixtures" / "codebooks"


@pytest.mark.parametrize(("number", "variables"), [("1.0", 36), ("1.1", 37)])
def test_the_shipped_codebooks_have_no_problem_and_round_trip(number, variables):
    found = reading.read((FIXTURES / f"internet_window_{number}.yaml").read_text())
    assert found.problems == ()
    assert len(found.document.variables) == variables
    for write in (reading.to_yaml, reading.to_json):
        again = reading.read(write(found.document)).document
        assert again == found.document
        assert again.digest == found.document.digest


def test_the_order_of_keys_is_no_difference():
    one = codebooks.document()
    other = Document(dict(reversed(one.tree.items())))
    assert one.digest == other.digest


leaves = st.one_of(
    st.none(), st.booleans(), st.integers(-999, 999), st.text(max_size=8)
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text(max_size=5), inner, max_size=3),
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text(min_size=1, max_size=6), trees, max_size=4))
def test_what_the_program_does_not_know_is_kept(extra):
    document = codebooks.document()
    tree = {**document.tree, "note": extra}
    text = reading.to_json(Document(tree))
    assert reading.from_json(text).tree == tree


BROKEN = {
    "twice": ("name: page_no", "name: tone", "Variable “tone” is defined more than once."),
    "code": ("code: 2, label: {en: Lurid", "code: 1, label: {en: Lurid", "Code 1 of “tone” is used 2 times."),
    "name": ("name: tone", "name: tön", "“tön” is no name for a variable"),
    "reserved": ("name: tone", "name: if", "“if” is a reserved word in SPSS, Stata or R"),
    "level": ("level: ratio\n  type: integer", "level: nominal\n  type: integer", "Variable “page_no” is integer; its level can be"),
    "bounds": ("min: 1\n  max: 160", "min: 161\n  max: 160", "The lower bound 161 of “page_no” is above"),
    "missing": ("max: 160\n  missing_codes: [-98]", "max: 160\n  missing_codes: [98]", "Missing code 98 of “page_no” lies inside its bounds"),
    "section": ("- id: main", "- id: other", "stands in section “main”, which is not defined."),
    "unknown": ("ask_if: relevance >= 1\n  missing_codes: [98, 99]", "ask_if: nothing >= 1\n  missing_codes: [98, 99]", "names “nothing”, which is no variable."),
    "later": ("ask_if: relevance >= 1\n  missing_codes: [98, 99]", "ask_if: page_no >= 1\n  missing_codes: [98, 99]", "depends on “page_no”, which is asked later."),
    "itself": ("ask_if: relevance >= 1\n  missing_codes: [98, 99]", "ask_if: tone == 1\n  missing_codes: [98, 99]", "which is the variable itself."),
    "impossible": ("ask_if: relevance >= 1\n  missing_codes: [98, 99]", "ask_if: relevance == 7\n  missing_codes: [98, 99]", "compares “relevance” with 7, which it never is."),
    "dead": ("ask_if: relevance >= 1\n  missing_codes: [98, 99]", "ask_if: relevance == 1 and relevance == 2\n  missing_codes: [98, 99]", "can never be true"),
    "filter": ("ask_if: relevance >= 1\n  missing_codes: [98, 99]", "ask_if: relevance >=\n  missing_codes: [98, 99]", "cannot be read: Expected number or text"),
    "exclusive": ("exclusive: [0]", "exclusive: [9]", "Exclusive code 9 of “sources” is no category."),
    "minimum": ("minimum: 0.667, target: 0.8}\n- id: B", "minimum: 0.9, target: 0.8}\n- id: B", "The minimum 0.9 of “relevance” is above its target 0.8."),
    "language": ("label: {en: Tone, sr: Ton}", "label: {en: Tone}", "Variable “tone” has no label in “sr”."),
    "type": ("type: multi", "type: several", "“type” must be one of"),
    "number": ("max: 160", "max: many", "“max” must be a number"),
    "key": ("  name: tone\n", "  name: tone\n  name: tone\n", "“name” stands here twice."),
    "absent": ("  level: text\n", "", "“level” is missing."),
    "yaml": ("variables:\n", "variables: [\n", "The file is no valid YAML"),
}  # fmt: skip


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_codebook_is_told_with_its_place(fault):
    right, wrong, sentence = BROKEN[fault]
    assert right in codebooks.SMALL
    found = reading.read(codebooks.SMALL.replace(right, wrong, 1))
    told = [problem for problem in found.problems if sentence in problem.sentence]
    assert told, [str(problem) for problem in found.problems]
    assert told[0].line


def test_every_fault_is_told_at_once_in_the_order_of_the_file():
    text = codebooks.SMALL
    for fault in ("twice", "exclusive", "minimum", "language"):
        text = text.replace(*BROKEN[fault][:2], 1)
    problems = reading.read(text).problems
    assert len(problems) == 4
    assert [p.line for p in problems] == sorted(p.line for p in problems)


def test_an_empty_file_is_no_codebook():
    assert [p.sentence for p in reading.read("").problems] == ["The file is empty."]
    assert reading.read("[1, 2]").document is None


VALUES = {"x": Value("value", "2"), "m": Value("value", "1 4"), "gone": Value("missing", "98"),
          "off": Value("not_applicable"), "t": Value("value", "abc")}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("x == 2", True),
        ("x != 2", False),
        ("x >= 1 and x < 3", True),
        ("x in [1, 3]", False),
        ("x not in [1, 3]", True),
        ("contains(m, 4)", True),
        ("contains(m, 2)", False),
        ("not contains(m, 2)", True),
        ("gone == 98", True),
        ("gone in [98]", True),
        ("gone >= 1", False),
        ("gone != 3", False),
        ("off == 1 or x == 2", True),
        ("off != 1", False),
        ("open == 1", None),
        ("open == 1 or x == 2", True),
        ("open == 1 and x == 3", False),
        ("not open == 1", None),
        ("t == 'abc'", True),
        ('(x == 1 or x == 2) and t != "b"', True),
    ],
)
def test_a_filter_has_three_values(text, result):
    assert conditions.evaluate(conditions.parse(text), VALUES) is result


names = st.sampled_from(["a", "b", "c_1"])
numbers = st.integers(-99, 99).map(str)
atoms = st.one_of(
    st.builds(
        "{} {} {}".format, names, st.sampled_from(list(conditions.SIGNS)), numbers
    ),
    st.builds("{} in [{}, {}]".format, names, numbers, numbers),
    st.builds("contains({}, {})".format, names, numbers),
)
filters = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.builds("({}) and ({})".format, inner, inner),
        st.builds("({}) or ({})".format, inner, inner),
        st.builds("not ({})".format, inner),
    ),
    max_leaves=6,
)


@given(filters)
def test_the_canonical_text_of_a_filter_is_the_same_filter(text):
    condition = conditions.parse(text)
    assert conditions.parse(conditions.text_of(condition)) == condition


@given(st.text(max_size=20))
def test_any_text_is_a_filter_or_an_error_with_its_column(text):
    column = 1
    try:
        conditions.parse(text)
    except conditions.ConditionError as error:
        column = error.column
    assert 1 <= column <= len(text) + 1


def test_a_decimal_comma_and_a_spreadsheets_point_are_understood():
    document = codebooks.document()
    assert parse_value(document.variable("area"), "412,50").value == "412.5"
    assert parse_value(document.variable("tone"), "2.0").value == "2"
    assert parse_value(document.variable("sources"), "3; 1").value == "1 3"


def test_a_retired_category_is_kept_for_old_data_and_not_offered():
    headline = codebooks.internet_window("1.1").variable("headline_type")
    assert headline.category(6).is_retired
    with pytest.raises(NotAValue, match="“6” is not a category"):
        parse_value(headline, "6")


def test_a_missing_language_falls_back_to_the_nearest():
    texts = Texts.of({"en": "Page", "sr": "Strana"})
    assert texts.in_("sr-latn") == "Strana"
    assert texts.in_("de") == "Page"


@pytest.mark.parametrize(
    "module", ["conditions", "document", "reading", "checks", "values", "reader"]
)
def test_pure_modules_load_without_django(module):
    code = f"import sys, codebook.{module}; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_good_codebook_has_no_problem():
    assert list(checks.problems(codebooks.document())) == []
