"""Codebook files of every format: read by what they hold, written by name. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from codebook import reading
from codebook.document import Document
from codebook.interchange import qdc, qdc_translation, workbook
from codebook.places import Problem
from codebook.reading import Reading
from codebook.values import gettext_noop

UTF_16 = (b"\xff\xfe", b"\xfe\xff")
UTF_8 = b"\xef\xbb\xbf"
OLD_EXCEL = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of codebook file that can be written; `keeps` says what is in it."""

    name: str
    content_type: str
    write: Callable[[Document, str], bytes]
    keeps: str


#: By the ending of the file's name.
FORMATS = {
    "yaml": Format(
        "YAML",
        "application/yaml; charset=utf-8",
        lambda document, _language: reading.to_yaml(document).encode(),
        gettext_noop("Everything, in the order in which it was written."),
    ),
    "json": Format(
        "JSON",
        "application/json; charset=utf-8",
        lambda document, _language: reading.to_json(document).encode(),
        gettext_noop("Everything, in the order in which it was written."),
    ),
    "xlsx": Format(
        "XLSX",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda document, _language: workbook.write(document),
        gettext_noop(
            "Everything, for work in a spreadsheet; only the order of the fields inside an "
            "entry, which means nothing, is not kept."
        ),
    ),
    "qdc": Format(
        "REFI-QDA",
        "application/xml",
        lambda document, language: qdc.write(document, language=language),
        gettext_noop(
            "For NVivo, MAXQDA, ATLAS.ti and others. They see variables and categories as "
            "codes, with their words in one language, and sections as sets. Filters, levels, "
            "missing codes, thresholds and the other languages mean nothing to them; these "
            "stand as text at the end of the descriptions, and come back if a program keeps "
            "that text."
        ),
    ),
}


def write(document: Document, form: str, *, language: str = "") -> bytes:
    """Return a document as a file of a format; reading it gives an equal document.

    `language` is that of the names in a .qdc file. Raises KeyError for an unknown format.
    """
    spoken = language if language in document.languages else ""
    return FORMATS[form].write(document, spoken)


def read(data: bytes, *, name: str = "", number: str = "1.0") -> Reading:
    """Read a codebook from YAML, JSON, XLSX or .qdc, told apart by what the file holds.

    `name` (of the file) and `number` (of the version) are for what a .qdc file of another
    program cannot say.
    """
    if data.startswith(b"PK\x03\x04"):
        return workbook.read(data)
    if data.startswith(OLD_EXCEL):
        sentence = "This is an old Excel file (.xls). Save it as .xlsx."
        return Reading(None, (Problem((), sentence),))
    try:
        text = data.decode("utf-16" if data.startswith(UTF_16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        if data.lstrip().startswith(b"<?xml"):  # it says its encoding itself
            return qdc_translation.read(data, name=name, number=number)
        line = data[: error.start].count(b"\n") + 1
        sentence = "The text is not UTF-8. Save the file as UTF-8."
        return Reading(None, (Problem((), sentence, line),))
    if text.lstrip().startswith("<"):
        return qdc_translation.read(data, name=name, number=number)
    return reading.read(text)
