"""Codebooks of programs for qualitative analysis (REFI-QDA .qdc), both ways."""

import json

import pytest
from lxml import etree

from codebook import reading
from codebook.document import Document
from codebook.interchange import files, qdc
from codebook.interchange.cells import same
from codebook.interchange.names import name_from
from tests.builders import codebooks
from tests.codebook.test_interchange import SOUND, document_of, tree_of

QDC = codebooks.FIXTURES / "codebooks" / "qdc"


SCHEMA = etree.XMLSchema(etree.parse(QDC / "codebook_1.0.xsd"))


@pytest.mark.parametrize(
    "path", [p for p in SOUND if "no_variables" not in p.name], ids=lambda p: p.stem
)
def test_what_is_written_obeys_the_schema_of_the_standard(path):
    SCHEMA.assertValid(etree.fromstring(qdc.write(document_of(path))))


def codes_of(data: bytes):
    return {code.get("guid"): code for code in etree.fromstring(data).iter("{*}Code")}


def test_other_programs_see_variables_as_codes_with_their_categories_below():
    root = etree.fromstring(qdc.write(codebooks.document(), language="sr"))

    tone = root[0][1]
    assert (tone.get("name"), tone.get("isCodable")) == ("Ton", "false")
    assert tone[0].text.startswith("Kakav ton?\n\n— mediacoding —\n")
    assert [code.get("name") for code in tone[1:]] == ["Trezven", "Senzacionalan"]
    page = root[0][3]
    assert (page.get("name"), page.get("isCodable"), len(page)) == ("Strana", "true", 1)
    main, whole = root[1]
    assert (main.get("name"), whole.get("name")) == ("Glavno", "Mali kodeks")
    members = [member.get("guid") for member in main.findall("{*}MemberCode")]
    assert members == [*codes_of(etree.tostring(root))]


def test_a_code_keeps_its_identity_from_version_to_version():
    old = codes_of(qdc.write(codebooks.internet_window("1.0")))
    new = codes_of(qdc.write(codebooks.internet_window("1.1"), language="sr"))

    def told(document):
        return {
            *(v.stable_id for v in document.variables),
            *(c.stable_id for v in document.variables for c in v.categories),
        }

    shared = told(codebooks.internet_window("1.0")) & told(codebooks.internet_window("1.1"))  # fmt: skip
    assert len(old.keys() & new.keys()) == len(shared)


def test_a_category_below_another_is_a_code_below_it():
    tree = json.loads(codebooks.document().stored_text)
    tree["variables"][1]["categories"] += [{"code": 3, "parent": 2}, {"code": 4, "parent": 3}, {"code": 5}]  # fmt: skip
    data = qdc.write(Document(tree))

    tone = etree.fromstring(data)[0][1]
    assert [code.get("name") for code in tone.findall("{*}Code")] == [
        "Sober",
        "Lurid",
        "5",
    ]
    assert tone[2][1].get("name") == "3"
    assert tone[2][1][1].get("name") == "4"
    assert same(tree_of(files.read(data)), tree)


def test_what_was_changed_in_another_program_is_changed_and_nothing_else():
    document = codebooks.document()
    root = etree.fromstring(qdc.write(document))
    tone = root[0][1]
    tone.set("name", "Manner")
    tone[1][0].text = "Calm.\n\n" + tone[1][0].text.lstrip()
    etree.SubElement(
        tone, "{*}Code".replace("{*}", "{urn:QDA-XML:codebook:1.0}"), name="Ironic",
        guid="00000000-0000-4000-8000-000000000001", isCodable="true",
    )  # fmt: skip

    found = files.read(etree.tostring(root))

    wanted = json.loads(document.stored_text)
    wanted["variables"][1]["label"]["en"] = "Manner"
    wanted["variables"][1]["categories"][0]["definition"] = "Calm."
    wanted["variables"][1]["categories"].append(
        {"code": 3, "id": "00000000-0000-4000-8000-000000000001", "label": "Ironic"}
    )
    assert same(tree_of(found), wanted)
    assert [str(note) for note in found.notes] == [
        "These categories are new, and got the next free codes: “Ironic”."
    ]


def foreign(name: str) -> reading.Reading:
    found = files.read((QDC / f"{name}.qdc").read_bytes(), name=f"{name}.qdc", number="2.0")  # fmt: skip
    assert found.problems == ()
    return found


def told(document: Document):
    return [
        (v.name, v.section[-2:], str(v.kind), [(c.code, str(c.label), c.parent) for c in v.categories])
        for v in document.variables
    ]  # fmt: skip


def test_a_codebook_of_nvivo_becomes_sections_variables_and_categories():
    found = foreign("nvivo")
    assert told(found.document) == [
        ("dominant_frame", "01", "multi",
         [(1, "Crime", None), (2, "Human rights", None), (3, "Rights of the child", 2)]),
        ("uzroci_djaci", "01", "multi", [(1, "Siromaštvo", None), (2, "Porodica", None)]),
        ("tone", "in", "single", [(-1, "negative", None), (0, "balanced", None), (1, "positive", None)]),
    ]  # fmt: skip
    frame = found.document.variable("dominant_frame")
    assert str(frame.question) == "Which frame carries the headline?"
    assert str(frame.categories[0].definition) == "Police, courts, offenders."
    assert [str(note).partition(":")[0] for note in found.notes] == [
        "Read as sections, because all their codes have codes below them",
        "Read as single choices, because their codes begin with numbers",
        "Read as multiple choices, because several codes may stand at one place",
        "Codes of deeper levels became categories below their parents",
        "The file does not say version, level of measurement, filters, missing codes and "
        "thresholds of agreement",
    ]


def test_sets_of_maxqda_are_sections():
    found = foreign("maxqda")
    assert told(found.document) == [
        ("quellen", "in", "multi", [(1, "Polizei", None), (2, "Opfer", None)]),
        ("bild", "09", "multi", [(1, "Foto", None), (2, "Zeichnung", None)]),
        ("codes", "in", "multi", [(1, "Zitat", None), (2, "Aufruf", None)]),
    ]


def test_groups_of_codes_of_atlas_ti_are_variables():
    found = foreign("atlas_ti")
    assert told(found.document) == [
        ("prevention", "in", "multi", [(1, "helpline", None), (2, "advice", None)]),
        ("codes", "in", "multi", [(1, "blame", None), (2, "pity", None)]),
    ]


@pytest.mark.parametrize("name", ["nvivo", "maxqda", "atlas_ti"])
def test_identities_and_colours_of_another_program_go_back_to_it(name):
    data = (QDC / f"{name}.qdc").read_bytes()
    before, after = codes_of(data), codes_of(qdc.write(foreign(name).document))
    plain = {guid.strip("{}").lower(): code for guid, code in before.items()}
    kept = {g: c for g, c in plain.items() if name != "nvivo" or g[-2:] != "01"}
    assert kept.keys() <= after.keys()
    for guid, code in kept.items():
        assert code.get("color", after[guid].get("color")) == after[guid].get("color")


CODE = '<Code guid="00000000-0000-4000-8000-000000000001" name="a" isCodable="true"/>'
BROKEN = f"><Description>{qdc.MARK}\n: [</Description></Code>"


def book(inside: str, namespace: str = qdc.NAMESPACE) -> bytes:
    return f'<CodeBook xmlns="{namespace}">\n{inside}\n</CodeBook>'.encode()


def one(old: str = "", new: str = "") -> bytes:
    """A file with one code, something of it replaced."""
    assert old in CODE
    return book(f"<Codes>{CODE.replace(old, new) if old else CODE}</Codes>")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (book("<Codes/>"), "line 1: The file holds no codes."),
        (book(f"<Codes>{CODE}"), "line 3: The file is no valid XML"),
        (book(f"<Codes>{CODE}\n{CODE}</Codes>"), "line 3: The GUID of the code “a” stands in line 2 already."),
        (one('guid="00000000-0000-4000-8000-000000000001" '), "line 2: The GUID is missing: the code “a”."),
        (one("8000-", "8000"), "line 2: “00000000-0000-4000-8000000000000001” is no GUID: the code “a”."),
        (one("true", "maybe"), "line 2: “isCodable” of “a” must be true or false, not “maybe”."),
        (one("name=", 'color="red" name='), "line 2: “red”, the colour of “a”, is none: write #RRGGBB."),
        (one('"a"', '""'), "line 2: A code has no name."),
        (one("/>", BROKEN), "line 2: What stands behind “— mediacoding —” cannot be read"),
        (book(f"<Codes>{CODE}</Codes>", "urn:QDA-XML:project:1.0"), "line 1: This is a whole REFI-QDA project."),
        (book(f"<Codes>{CODE}</Codes>", "urn:other"), "line 1: The file begins with “CodeBook”, not with the “CodeBook” of a .qdc file."),
        (b'<!DOCTYPE CodeBook [<!ENTITY e "ha">]>' + one(), "line 1: The file declares a document type"),
        (b'<!DOCTYPE CodeBook [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + one("/>", "><Description>&e;</Description></Code>"), "line 1: The file declares a document type"),
    ],
)  # fmt: skip
def test_a_fault_of_a_qdc_file_is_told_with_its_line(data, told):
    found = files.read(data)
    assert found.document is None
    assert str(found.problems[0]).startswith(told), found.problems


def test_a_draft_of_another_program_may_have_problems():
    found = files.read(one())
    assert [str(p) for p in found.problems] == ["line 2, variables[1]: Variable “codes” needs at least two categories."]  # fmt: skip
    assert found.draft is found.document


def test_what_no_codebook_has_is_named():
    found = files.read(book(f"<Codes>{CODE}</Codes><Links/>"))
    assert "Not read, because no codebook has them: Links." in map(str, found.notes)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Tone (overall)", "tone_overall"),
        ("Žrtva i đak", "zrtva_i_djak"),
        ("Жртва и ђак", "zrtva_i_djak"),
        ("Straße", "strasse"),
        ("2006", "v_2006"),
        ("2nd", "v_2nd"),
        ("…", "v"),
        ("if", "if_2"),
        ("tone", "tone_2"),
        ("x" * 40, "x" * 32),
    ],
)
def test_a_name_is_made_of_words(words, name):
    assert name_from(words, {"tone"}) == name
