import json

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from codebook import reading, schema
from tests.builders import codebooks
from tests.codebook import strategies

FIXTURES = codebooks.FIXTURES / "codebooks"
PUBLISHED = codebooks.FIXTURES.parent / "docs" / "codebook.schema.json"
VALIDATOR = Draft202012Validator(schema.codebook_schema())
#: Told before there is any document, so that nothing of the shape was looked at.
OF_YAML = {"yaml_bracket_open", "yaml_key_twice"}
#: Here the schema says sooner what the program tells among the problems: a level.
STRICTER = {"several_in_derived"}


def test_the_published_schema_is_the_one_that_the_program_makes():
    assert PUBLISHED.read_text(encoding="utf-8") == schema.to_json()
    Draft202012Validator.check_schema(schema.codebook_schema())


@pytest.mark.parametrize("number", ["1.0", "1.1"])
def test_the_shipped_codebooks_meet_the_schema(number):
    tree = codebooks.internet_window(number).tree
    assert list(VALIDATOR.iter_errors(tree)) == []


@pytest.mark.parametrize(
    "path", sorted((FIXTURES / "broken").glob("*.yaml")), ids=lambda p: p.stem
)
def test_the_schema_refuses_exactly_the_codebooks_that_cannot_be_read(path):
    if path.stem not in OF_YAML | STRICTER:
        text = path.read_text(encoding="utf-8")
        tree = json.loads(json.dumps(yaml.safe_load(text)))  # the keys as texts
        assert VALIDATOR.is_valid(tree) is (reading.read(text).document is not None)


@settings(deadline=None)
@given(strategies.documents())
def test_every_document_of_the_right_shape_meets_the_schema(document):
    assert list(VALIDATOR.iter_errors(document.tree)) == []


def places(tree, path=()):
    """Every place of a tree."""
    inside = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()  # fmt: skip
    for step, value in inside:
        yield (*path, step)
        yield from places(value, (*path, step))


SOUND = reading.read((FIXTURES / "broken" / "sound.yaml").read_text(encoding="utf-8"))
PLACES = tuple(places(SOUND.document.tree))
ANYTHING = (None, "", 5, -1, 1.5, True, [], [1], ["x"], {}, {"en": "x"}, {"a": [1]}, "x", [{}], 10**12)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PLACES), st.sampled_from(ANYTHING))
def test_what_meets_the_schema_can_be_read(place, value):
    tree = json.loads(SOUND.document.stored_text)
    inside = tree
    for step in place[:-1]:
        inside = inside[step]
    inside[place[-1]] = value
    if VALIDATOR.is_valid(tree):
        assert reading.read(json.dumps(tree)).document is not None
