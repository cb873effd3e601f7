"""Codebook files that a person brings to a study."""

import re

from codebook.interchange import files
from codebook.reading import Reading
from mediacoding.studies.models import Study

FIRST_PART = re.compile(r"\d{1,6}")


def read_file(*, study: Study, data: bytes, name: str) -> Reading:
    """Return what a file holds; a document without a number gets one that is free.

    One query. `name` is what the person calls the file.
    """
    return files.read(data, name=name, number=_free_number(study))


def _free_number(study: Study) -> str:
    """The first whole number above those of the study's codebook, as 2.0."""
    if study.codebook is None:
        return "1.0"
    numbers = study.codebook.versions.values_list("number", flat=True)
    parts = [FIRST_PART.match(number) for number in numbers]
    return f"{max((int(part[0]) for part in parts if part), default=0) + 1}.0"
