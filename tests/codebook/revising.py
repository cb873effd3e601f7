"""The shipped versions, and revisions of the small codebook made for a test."""

import json

from codebook.document import Document
from tests.builders import codebooks

FIRST = codebooks.internet_window("1.0")
SECOND = codebooks.internet_window("1.1")
SMALL = codebooks.document()


def revised(*replacements, history=()):
    """The small codebook with parts of its text replaced and a history of changes."""
    text = codebooks.SMALL.replace("version: '1.0'", "version: '1.1'")
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new, 1)
    tree = json.loads(codebooks.document(text).stored_text)
    if history:
        entry = {"version": "1.1", "changes": list(history)}
        tree["codebook"]["version_history"] = [entry]
    return Document(tree)


def declared_by_the_second_version():
    entries = SECOND.head["version_history"]
    return next(e for e in entries if e["version"] == "1.1")["changes"]
