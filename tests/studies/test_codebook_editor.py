"""The codebook editor as pages: plain forms, without JavaScript."""

import re
from html.parser import HTMLParser

import pytest

from codebook import drafting, queries
from codebook.models import CodebookVersion
from mediacoding.studies import operations as studies
from mediacoding.studies.editing.page import field_of, slot_of
from tests.builders import codebooks
from tests.builders import studies as people

pytestmark = pytest.mark.django_db


class Fields(HTMLParser):
    """What a browser would send of the form `part` if nothing was typed."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.found = []
        self.inside = False
        self.area = self.select = None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        facts = dict(attributes)
        if tag == "form":
            self.inside = facts.get("id") == "part"
        if not self.inside:
            return
        name = facts.get("name")
        if tag == "input" and name:
            if facts.get("type") in ("checkbox", "radio"):
                if "checked" in facts:
                    self.found.append((name, facts.get("value", "on")))
            else:
                self.found.append((name, facts.get("value", "")))
        elif tag == "textarea":
            self.area = [name, ""]
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in facts:
            self.found.append((self.select, facts.get("value", "")))

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif tag == "textarea" and self.area:
            name, text = self.area
            # HTML drops one line end after the tag; a browser sends CR LF.
            text = text.removeprefix("\n").replace("\n", "\r\n")
            self.found.append((name, text))
            self.area = None
        elif tag == "select":
            self.select = None

    def handle_data(self, data):
        if self.area:
            self.area[1] += data

    def data(self, **typed):
        sent = {}
        for name, value in self.found:
            sent.setdefault(name, []).append(value)
        return {**sent, **{name.replace("__", "-"): v for name, v in typed.items()}}


@pytest.fixture
def study():
    made = people.study()
    people.member(made, "boris")
    return made


@pytest.fixture
def ana(client, study):
    client.force_login(people.person())
    return client


def draft(study, text=codebooks.SMALL):
    value = text if not isinstance(text, str) else codebooks.document(text)
    made = studies.import_codebook(
        study=study, document=value, by=people.person(), at=people.NOON
    )
    study.refresh_from_db()
    return made


def at(study, draft, rest=""):
    return f"/studies/{study.slug}/codebook/{draft.ordinal}/edit/{rest}"


def fields(client, url):
    return Fields(client.get(url).content.decode())


def document(draft):
    draft.refresh_from_db()
    return queries.document_of(draft)


# -- a codebook from nothing ----------------------------------------------------------------


def test_a_codebook_is_begun_without_a_file(ana, study):
    url = f"/studies/{study.slug}/codebook/new/"
    response = ana.post(url, {"title": "Škola i štampa", "languages": "sr, en"})
    made = CodebookVersion.objects.get()
    assert response.headers["Location"] == at(study, made)
    assert document(made).title.by_language == (("sr", "Škola i štampa"), ("en", ""))
    assert "The title has no “en”." in ana.get(at(study, made)).content.decode()


def test_a_language_must_be_a_code(ana, study):
    url = f"/studies/{study.slug}/codebook/new/"
    response = ana.post(url, {"title": "X", "languages": "en, Serbian"})
    assert response.status_code == 422
    assert "“Serbian” is no code of a language" in response.content.decode()


def test_a_draft_is_started_from_a_published_version(ana, study):
    version = codebooks.published(study)
    url = f"/studies/{study.slug}/codebook/{version.ordinal}/start/"
    response = ana.post(url)
    new = CodebookVersion.objects.get(status="draft")
    assert response.headers["Location"] == at(study, new)


def test_a_published_version_is_not_edited(ana, study):
    version = codebooks.published(study)
    response = ana.get(at(study, version, "variable/B"), follow=True)
    assert "A published version never changes" in response.content.decode()


# -- one form -------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["1.0", "1.1"])
def test_saving_every_form_untouched_changes_nothing(ana, study, number):
    made = draft(study, codebooks.internet_window(number))
    before = made.document
    keys = [v.stable_id for v in document(made).variables]
    derived = [f"derived/{spec.name}" for spec in document(made).derived]
    variables = [f"variable/{key}" for key in keys]
    for rest in ["", "section/ethics", *derived, *variables]:
        url = at(study, made, rest)
        response = ana.post(url, fields(ana, url).data())
        assert response.status_code == 302, (rest, response.content.decode()[-4000:])
        made.refresh_from_db()
        assert made.document == before, rest
    assert made.revision == 1


def test_what_is_typed_is_saved_and_shown(ana, study):
    made = draft(study)
    url = at(study, made, "variable/B")
    sent = fields(ana, url).data(
        name="voice",
        label_sr="Glas",
        ask_if="relevance == 2",
        reliability_minimum="0.7",
        **{"category-0-definition_en": "No adjectives.", "category-1-code": "7"},
    )
    assert ana.post(url, sent).status_code == 302
    variable = document(made).variable("voice")
    assert variable.label.in_("sr") == "Glas"
    assert variable.ask_if == "relevance == 2"
    assert variable.reliability.minimum == 0.7
    assert [c.code for c in variable.categories] == [1, 7]
    assert variable.categories[0].definition.by_language == (("en", "No adjectives."),)
    assert 'value="Glas"' in ana.get(url).content.decode()


def test_what_cannot_be_read_is_said_and_nothing_typed_is_lost(ana, study):
    made = draft(study)
    url = at(study, made, "variable/D")
    sent = fields(ana, url).data(min="one", label_en="A new label")
    response = ana.post(url, sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Enter a number." in page
    assert 'value="A new label"' in page
    assert 'value="one"' in page
    assert made.revisions.count() == 1


@pytest.mark.parametrize(
    ("do", "codes"),
    [
        ("category-add", [0, 1, 2, 3, 4]),
        ("category-up:2", [0, 2, 1, 3]),
        ("category-down:0", [1, 0, 2, 3]),
        ("category-up:0", [0, 1, 2, 3]),
        ("category-remove:1", [0, 2, 3]),
        ("categories-sort", [0, 1, 2, 3]),
        ("categories-clear", []),
    ],
)
def test_a_button_of_the_categories_saves_the_form_and_acts(ana, study, do, codes):
    made = draft(study)
    url = at(study, made, "variable/C")
    ana.post(url, fields(ana, url).data(label_en="Voices", do=do))
    variable = document(made).variable("sources")
    assert [c.code for c in variable.categories] == codes
    assert variable.label.in_("en") == "Voices"


def test_the_order_of_the_rows_is_the_order_of_the_categories(ana, study):
    made = draft(study)
    url = at(study, made, "variable/C")
    ana.post(url, fields(ana, url).data(category=["3", "0", "1", "2"]))
    variable = document(made).variable("sources")
    assert [c.code for c in variable.categories] == [3, 0, 1, 2]
    assert [c.code for c in variable.categories if c.kind == "exclusive"] == [0]


def test_a_fault_leads_to_the_field_that_mends_it(ana, study):
    made = draft(study)
    url = at(study, made, "variable/B")
    sent = fields(ana, url).data(ask_if="page_no > 3", **{"category-1-code": "1"})
    ana.post(url, sent)
    page = ana.get(url).content.decode()
    assert 'href="#id_ask_if"' in page
    assert 'href="#id_category-1-code"' in page
    slot = re.search(r'<ul class="errors" id="slot-ask_if">(.*?)</ul>', page)
    assert "which is asked later" in slot[1]
    assert f'{url}#id_ask_if"' in ana.get(at(study, made)).content.decode()


@pytest.mark.parametrize(
    ("place", "field", "slot"),
    [
        (("variables", 1, "ask_if"), "id_ask_if", "ask_if"),
        (("variables", 1, "label"), "id_label_en", "label"),
        (("variables", 1), "categories", "categories"),
        (("variables", 1, "categories"), "categories", "categories"),
        (("variables", 1, "categories", 2, "label"), "id_category-2-label_en", "category-2"),
        (("variables", 1, "categories", 2), "id_category-2-code", "category-2"),
        (("variables", 1, "exclusive"), "categories", "categories"),
        (("variables", 1, "reliability"), "id_reliability_minimum", "reliability_minimum"),
        (("variables", 1, "reliability", "metric"), "id_reliability_metric",
         "reliability_metric"),
        (("variables", 1, "missing_codes"), "id_missing_codes", "missing_codes"),
        (("sections", 0, "label"), "id_label_en", "label"),
        (("codebook", "title"), "id_title_en", "title"),
        (("codebook", "version"), "id_version", "version"),
        (("variables",), "add", "add"),
        (("derived_variables", 0), "id_formula", "formula"),
        (("derived_variables", 0, "map"), "id_groups", "groups"),
        (("derived_variables", 0, "name"), "id_name", "name"),
    ],
)  # fmt: skip
def test_every_place_has_its_field(place, field, slot):
    assert field_of(place, "en") == field
    assert slot_of(field) == slot


def test_a_filter_is_checked_before_it_is_saved(ana, study):
    made = draft(study)
    sent = fields(ana, at(study, made, "variable/B")).data(
        ask_if="relevance == 9", label_en="Voice"
    )
    response = ana.post(at(study, made, "live/B"), sent)
    page = response.content.decode()
    assert "compares “relevance” with 9, which it never is" in page
    assert 'id="slot-ask_if" hx-swap-oob="true"' in page
    assert "Voice" in page
    assert made.revisions.count() == 1
    assert str(document(made).variable("tone").label) == "Tone"


# -- head and sections ----------------------------------------------------------------------


def test_the_head_holds_rules_and_the_words_of_missing_codes(ana, study):
    made = draft(study)
    url = at(study, made)
    sent = fields(ana, url).data(
        general_rules_en="Read first.\r\nThen code.",
        new_categorical="97",
        drop_missing=["categorical_99"],
    )
    ana.post(url, sent)
    head = document(made).head
    assert head["general_rules"] == [{"en": "Read first."}, {"en": "Then code."}]
    assert list(head["missing_codes"]["categorical"]) == ["98", "97"]


def test_a_section_is_added_named_and_removed(ana, study):
    made = draft(study)
    url = at(study, made, "outline/")
    response = ana.post(url, {"do": "add-section"})
    there = response.headers["Location"]
    assert there == at(study, made, "section/section_2?new=1")
    form = at(study, made, "section/section_2")
    ana.post(form, fields(ana, form).data(label_en="Ethics", label_sr="Etika"))
    assert str(document(made).sections[-1].label) == "Ethics"
    ana.post(url, {"do": "section-remove:section_2", "here": "section:section_2"})
    assert [section.id for section in document(made).sections] == ["main"]


def test_a_section_with_variables_stays(ana, study):
    made = draft(study)
    response = ana.post(
        at(study, made, "outline/"), {"do": "section-remove:main"}, follow=True
    )
    assert "Variables stand in this section" in response.content.decode()


# -- outline --------------------------------------------------------------------------------


def names(made):
    return [variable.name for variable in document(made).variables]


def test_a_variable_is_added_with_its_type(ana, study):
    made = draft(study)
    response = ana.post(
        at(study, made, "outline/"),
        {"do": "add-variable", "kind": "integer", "section": "main"},
    )
    assert response.headers["Location"] == at(study, made, "variable/V01?new=1")
    assert document(made).variables[-1].kind == "integer"


@pytest.mark.parametrize(
    ("sent", "order"),
    [
        ({"do": "variable-up:B"}, "BACDEFG"),
        ({"do": "variable-down:B"}, "ACBDEFG"),
        ({"do": "variable-place:G", "section": "main", "before": "A"}, "GABCDEF"),
        ({"do": "variable-place:A", "section": "main"}, "BCDEFGA"),
        ({"do": "variable-remove:B"}, "ACDEFG"),
    ],
)
def test_the_outline_moves_and_removes_variables(ana, study, sent, order):
    made = draft(study)
    ana.post(at(study, made, "outline/"), {**sent, "here": "variable:B"})
    assert "".join(v.stable_id for v in document(made).variables) == order


def test_a_copy_stands_behind_its_original(ana, study):
    made = draft(study)
    ana.post(at(study, made, "outline/"), {"do": "copy:B"})
    assert names(made)[1:3] == ["tone", "tone_2"]


def test_a_derived_variable_is_written_and_renamed(ana, study):
    made = draft(study)
    response = ana.post(at(study, made, "outline/"), {"do": "add-derived"})
    url = response.headers["Location"].partition("?")[0]
    assert url == at(study, made, "derived/derived_1")
    sent = fields(ana, url).data(
        name="loud", label_en="Loud", label_sr="Glasno", formula="tone == 2"
    )
    response = ana.post(url, sent)
    assert response.headers["Location"] == at(study, made, "derived/loud")
    assert document(made).derived[0].formula == "tone == 2"
    bad = fields(ana, at(study, made, "derived/loud")).data(groups="no colon")
    response = ana.post(at(study, made, "derived/loud"), bad)
    assert response.status_code == 422
    assert "“no colon” is no group" in response.content.decode()
    ana.post(at(study, made, "outline/"), {"do": "derived-remove:loud"})
    assert document(made).derived == ()


# -- two people -----------------------------------------------------------------------------


def test_two_people_change_different_variables(ana, study):
    made = draft(study)
    first, second = at(study, made, "variable/A"), at(study, made, "variable/B")
    mine = fields(ana, second).data(label_en="Voice")
    ana.post(first, fields(ana, first).data(label_en="Rank"))
    response = ana.post(second, mine, follow=True)
    assert "together with what was changed meanwhile" in response.content.decode()
    labels = [str(v.label) for v in document(made).variables[:2]]
    assert labels == ["Rank", "Voice"]


@pytest.mark.parametrize(("side", "label"), [("mine", "Register"), ("theirs", "Voice")])
def test_both_values_of_a_conflict_are_shown_and_the_person_chooses(
    ana, study, side, label
):
    made = draft(study)
    url = at(study, made, "variable/B")
    mine = fields(ana, url).data(label_en="Register", question_en="Which register?")
    ana.post(url, fields(ana, url).data(label_en="Voice"))

    response = ana.post(url, mine)
    page = response.content.decode()
    assert response.status_code == 409
    assert "en: Register" in page
    assert "en: Voice" in page
    assert "Ana saved this at" in page
    assert str(document(made).variable("tone").label) == "Voice"

    chosen = Fields(page).data(**{"choice-0": side})
    assert ana.post(url, chosen).status_code == 302
    assert str(document(made).variable("tone").label) == label
    assert str(document(made).variable("tone").question) == "Which register?"


def test_a_move_is_not_made_over_another_move(ana, study):
    made = draft(study)
    url = at(study, made, "outline/")
    ana.post(url, {"do": "variable-place:G", "section": "main", "before": "A"})
    mine = {"do": "variable-place:G", "section": "main", "before": "C"}
    response = ana.post(url, {**mine, "base_revision": "1", "draft": str(made.pk)})
    page = response.content.decode()
    assert response.status_code == 409
    assert "Order of variables" in page
    ana.post(url, Fields(page).data(**{"choice-0": "mine"}))
    assert names(made)[:3] == ["relevance", "tone", "remarks"]


def test_a_form_of_a_discarded_draft_is_not_saved_into_the_next(ana, study):
    version = codebooks.published(study)
    url = f"/studies/{study.slug}/codebook/{version.ordinal}/start/"
    ana.post(url)
    first = CodebookVersion.objects.get(status="draft")
    form = at(study, first, "variable/B")
    stale = fields(ana, form).data(label_en="Voice")
    ana.post(f"/studies/{study.slug}/codebook/{first.ordinal}/discard/")
    ana.post(url)
    response = ana.post(form, stale)
    assert response.status_code == 422
    assert "was discarded meanwhile" in response.content.decode()


def test_a_variable_that_somebody_removed_is_missed_politely(ana, study):
    made = draft(study)
    response = ana.get(at(study, made, "variable/Z"), follow=True)
    assert "has no “Z” any more" in response.content.decode()


# -- steps ----------------------------------------------------------------------------------


def test_steps_are_taken_back_and_done_again(ana, study):
    made = draft(study)
    url = at(study, made, "variable/B")
    for words in ("Voice", "Manner"):
        ana.post(url, fields(ana, url).data(label_en=words))
    seen = []
    for act in ("undo", "undo", "redo"):
        made.refresh_from_db()
        sent = {"do": act, "base_revision": made.revision, "here": "variable:B"}
        response = ana.post(at(study, made, "undo/"), sent)
        assert response.headers["Location"] == url
        seen.append(str(document(made).variable("tone").label))
    assert seen == ["Voice", "Tone", "Voice"]


def test_the_page_of_steps_leads_back_to_any_of_them(ana, study):
    made = draft(study)
    url = at(study, made, "variable/B")
    for words in ("Voice", "Manner", "Register"):
        ana.post(url, fields(ana, url).data(label_en=words))
    page = ana.get(at(study, made, "steps/")).content.decode()
    assert page.count("“tone” changed") == 3
    ana.post(at(study, made, "undo/"), {"do": "to:2", "base_revision": 4})
    assert str(document(made).variable("tone").label) == "Voice"


# -- htmx and cost --------------------------------------------------------------------------


def test_htmx_gets_the_editor_alone(ana, study):
    made = draft(study)
    url = at(study, made, "variable/B")
    sent = fields(ana, url).data(label_en="Voice")
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{url}"}
    response = ana.post(url, sent, headers=headers)
    page = response.content.decode()
    assert response.status_code == 200
    assert "<html" not in page
    assert 'id="editor"' in page
    assert 'value="Voice"' in page
    again = Fields(page).data(label_en="Manner")
    assert again["base_revision"] == ["2"]
    assert ana.post(url, again, headers=headers).status_code == 200
    assert str(document(made).variable("tone").label) == "Manner"


def test_htmx_is_sent_on_to_a_new_variable(ana, study):
    made = draft(study)
    response = ana.post(
        at(study, made, "outline/"),
        {"do": "add-variable", "kind": "text", "section": "main"},
        headers={"HX-Request": "true"},
    )
    assert response.headers["HX-Redirect"].endswith("variable/V01?new=1")


def test_the_editor_costs_the_same_whatever_the_codebook(
    ana, study, django_assert_max_num_queries
):
    counts = []
    for name, value in (
        ("small", codebooks.document()),
        ("large", codebooks.internet_window()),
    ):
        other = people.study(name)
        made = draft(other, value)
        key = value.variables[1].stable_id
        url = at(other, made, f"variable/{key}")
        ana.get(url)
        with django_assert_max_num_queries(25) as captured:
            ana.get(url)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_coder_does_not_edit(client, study):
    made = draft(study)
    client.force_login(people.person("boris"))
    assert client.get(at(study, made)).status_code == 404
    assert client.post(at(study, made, "outline/"), {"do": "copy:B"}).status_code == 404
    with pytest.raises(drafting.NotSaved):
        drafting.undo_draft(
            version=made, base_revision=1, by=people.person(), at=people.NOON
        )
