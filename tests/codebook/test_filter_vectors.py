"""The filter language by the vectors that the browser is held to as well.

tests/browser/test_browser_filters.py runs the same file through static/js/conditions.js.
"""

import json

import pytest

from codebook import conditions
from codebook.values import Value
from tests.builders.codebooks import FIXTURES

VECTORS = json.loads(
    (FIXTURES / "codebooks" / "filter_vectors.json").read_text(encoding="utf-8")
)["vectors"]
FILTERS = [vector for vector in VECTORS if "error" not in vector]
FAULTS = [vector for vector in VECTORS if "error" in vector]


def test_there_are_vectors_of_every_sort():
    assert len(FILTERS) >= 200
    assert len(FAULTS) >= 50
    assert {vector["expected"] for vector in FILTERS} == {True, False, None}


@pytest.mark.parametrize(
    "vector", FILTERS, ids=lambda v: f"{v['group']}: {v['filter']}"[:60]
)
def test_a_filter_comes_out_as_its_vector_says(vector):
    answers = {name: Value(**answer) for name, answer in vector["answers"].items()}

    condition = conditions.parse(vector["filter"])

    assert conditions.evaluate(condition, answers) is vector["expected"]
    assert sorted(conditions.variables_in(condition)) == vector["reads"]
    assert conditions.parse(conditions.text_of(condition)) == condition


@pytest.mark.parametrize("vector", FAULTS, ids=lambda v: ascii(v["filter"])[:60])
def test_a_fault_is_found_at_its_place(vector):
    error = vector["error"]

    with pytest.raises(conditions.ConditionError) as refusal:
        conditions.parse(vector["filter"])

    assert refusal.value.column == error["column"]
    assert str(refusal.value) == f"{error['sentence']} (column {error['column']})"
