from pathlib import Path

from codebook import operations, reading
from codebook.document import Document
from codebook.models import CodebookVersion
from mediacoding.studies import operations as studies
from mediacoding.studies.models import Study
from tests.builders.studies import NOON, person

FIXTURES = Path(__file__).resolve().parent.parent.parent / "fixtures"

SMALL = """
codebook:
  id: small
  title: {en: Small codebook, sr: Mali kodeks}
  version: '1.0'
  languages: [en, sr]
  missing_codes:
    categorical:
      98: {en: Not determinable, sr: Nije moguće utvrditi}
      99: {en: Not applicable, sr: Nije primenljivo}
    numeric:
      -98: {en: Not determinable, sr: Nije moguće utvrditi}
sections:
- id: main
  label: {en: Main, sr: Glavno}
variables:
- id: A
  name: relevance
  section: main
  label: {en: Relevance, sr: Relevantnost}
  question: {en: Is it relevant?, sr: Da li je relevantno?}
  level: ordinal
  type: single
  categories:
  - {code: 0, label: {en: None, sr: Nema}}
  - {code: 1, label: {en: Some, sr: Nešto}}
  - {code: 2, label: {en: Main, sr: Glavna}}
  reliability: {minimum: 0.667, target: 0.8}
- id: B
  name: tone
  section: main
  label: {en: Tone, sr: Ton}
  question: {en: Which tone?, sr: Kakav ton?}
  level: nominal
  type: single
  ask_if: relevance >= 1
  missing_codes: [98, 99]
  categories:
  - {code: 1, label: {en: Sober, sr: Trezven}}
  - {code: 2, label: {en: Lurid, sr: Senzacionalan}}
  reliability: {minimum: 0.667, target: 0.8}
- id: C
  name: sources
  section: main
  label: {en: Sources, sr: Izvori}
  question: {en: Which sources?, sr: Koji izvori?}
  level: nominal
  type: multi
  exclusive: [0]
  ask_if: relevance >= 1
  missing_codes: [98]
  categories:
  - {code: 0, label: {en: Nobody, sr: Niko}}
  - {code: 1, label: {en: Police, sr: Policija}}
  - {code: 2, label: {en: Victim, sr: Žrtva}}
  - {code: 3, label: {en: Expert, sr: Stručnjak}}
- id: D
  name: page_no
  section: main
  label: {en: Page, sr: Strana}
  question: {en: Which page?, sr: Koja strana?}
  level: ratio
  type: integer
  min: 1
  max: 160
  missing_codes: [-98]
- id: E
  name: area
  section: main
  label: {en: Area, sr: Površina}
  question: {en: How large?, sr: Kolika?}
  level: ratio
  type: decimal
  min: 1
  max: 5000
  missing_codes: [-98]
  ask_if: relevance == 2 and contains(sources, 1)
- id: F
  name: day
  section: main
  label: {en: Day, sr: Dan}
  question: {en: Which day?, sr: Koji dan?}
  level: interval
  type: date
  required: false
- id: G
  name: remarks
  section: main
  label: {en: Remarks, sr: Napomene}
  question: {en: Anything else?, sr: Još nešto?}
  level: text
  type: text
  max_length: 200
"""


def document(text: str = SMALL) -> Document:
    """A small codebook with every kind of variable, or the one that the text says."""
    found = reading.read(text)
    assert found.document is not None, [str(problem) for problem in found.problems]
    return found.document


def internet_window(number: str = "1.0") -> Document:
    """The codebook of 36 variables that ships with the project."""
    path = FIXTURES / "codebooks" / f"internet_window_{number}.yaml"
    return document(path.read_text(encoding="utf-8"))


def draft(text: str | Document = SMALL) -> CodebookVersion:
    """A draft of the small codebook, or of another."""
    value = text if isinstance(text, Document) else document(text)
    return operations.import_document(document=value, by=person(), at=NOON)


def published(study: Study, text: str | Document = SMALL) -> CodebookVersion:
    """A published version, chosen as the study's codebook."""
    version = operations.publish_version(version=draft(text), by=person(), at=NOON)
    studies.choose_codebook(
        study=study, codebook=version.codebook, by=person(), at=NOON
    )
    study.refresh_from_db()
    return version


#: The small codebook with a renaming, a merge, a split, a new variable and other words.
LATER = (
    SMALL.replace(
        "  version: '1.0'\n",
        """  version: '1.1'
  version_history:
  - version: '1.1'
    changes:
    - {n: 1, kind: rename_variable, variable: page_no, to: page, automatic: true}
    - {n: 2, kind: split_category, variable: tone, from: [2], to: [21, 22], automatic: false}
""",
    )
    .replace("  name: page_no\n", "  name: page\n")
    .replace(
        "  - {code: 3, label: {en: Expert, sr: Stručnjak}}\n",
        "  - {code: 3, label: {en: Scholar, sr: Naučnik}}\n",
    )
    .replace(
        "  - {code: 2, label: {en: Lurid, sr: Senzacionalan}}\n",
        "  - {code: 21, label: {en: Lurid words, sr: Senzacionalne reči}}\n"
        "  - {code: 22, label: {en: Lurid images, sr: Senzacionalne slike}}\n",
    )
    + """
- id: H
  name: byline
  section: main
  label: {en: Byline, sr: Potpis}
  question: {en: Who signed?, sr: Ko je potpisan?}
  level: nominal
  type: single
  ask_if: relevance == 2
  categories:
  - {code: 1, label: {en: Nobody, sr: Niko}}
  - {code: 2, label: {en: A name, sr: Ime}}
"""
)


def later(version: CodebookVersion, text: str | Document = LATER) -> CodebookVersion:
    """The next version of a codebook, published; of the small one unless it is given."""
    draft = operations.import_document(
        document=text if isinstance(text, Document) else document(text),
        codebook=version.codebook,
        by=person(),
        at=NOON,
    )
    return operations.publish_version(version=draft, by=person(), at=NOON)
