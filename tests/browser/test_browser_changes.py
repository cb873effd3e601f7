"""The two shipped codebooks in Chromium: compared, decided about, published; axe on every page."""

import json

import pytest

from tests import servers
from tests.browser.test_browser_journey import PASSWORD, Visitor
from tests.builders import codebooks

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.xdist_group("browser-changes"),
]

#: A study that coded three articles with 1.0, and has 1.1 as its draft, with and without
#: the history that declares its changes.
WORLD = """
import sys
from codebook import reading
from django.utils import timezone
from mediacoding.studies import operations as studies
from mediacoding.studies.models import Study
from tests.builders import codebooks
from tests.builders import coding as builders
from tests.builders import studies as people
from tests.builders.studies import NOON

for name, path in (("Declared", sys.argv[1]), ("Undeclared", sys.argv[2])):
    study = people.study(name)
    version = codebooks.published(study, codebooks.internet_window("1.0"))
    round = builders.round(study, version, articles=3)
    for coder, age, trigger in (("boris", "1", "7"), ("vesna", "2", "5")):
        for turn in range(2):
            coding = builders.take(round, coder)
            for variable, value in (
                ("relevance", "3"), ("headline_type", "6"), ("victim_age", age),
                ("trigger", trigger),
            ):
                builders.answer(coding, variable, value)
    document = reading.read(open(path, encoding="utf-8").read()).document
    studies.import_codebook(study=study, document=document, by=people.person(), at=NOON)
"""


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("changes")
    second = codebooks.internet_window("1.1")
    tree = json.loads(second.stored_text)
    del tree["codebook"]["version_history"][1]
    (folder / "declared.json").write_text(second.stored_text, encoding="utf-8")
    (folder / "undeclared.json").write_text(json.dumps(tree), encoding="utf-8")
    with servers.installation(folder) as made:
        made.run("new-person", "ana", "--name", "Ana", input=PASSWORD + "\n")
        made.python(
            WORLD, str(folder / "declared.json"), str(folder / "undeclared.json")
        )
        with servers.server(made) as base:
            yield base


@pytest.mark.parametrize(("scheme", "width"), [("light", 1400), ("dark", 360)])
def test_the_shipped_versions_are_compared(place, chromium, scheme, width):
    ana = Visitor(chromium, place, "ana", scheme)
    page = ana.page
    page.set_viewport_size({"width": width, "height": 900})
    ana.go("/studies/declared/codebook/2/")
    ana.click("Compare with 1.0")
    assert page.locator(".change").count() == 11

    page.get_by_label("Effect on codings").select_option("recode")
    page.wait_for_url("**effect=recode**")
    assert page.locator(".change").count() == 5
    ana.check()

    ana.click("This variable alone: Victims' age")
    assert "variable=victim_age" in page.url
    assert page.locator(".change").count() == 1
    page.get_by_text("variables, each with the reason").click()
    assert page.locator("#pooling ~ details tbody tr").count() == 37
    ana.check()
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0


def test_decisions_are_made_without_javascript(place, chromium):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{place}/sign-in/")
    page.fill("[name=username]", "ana")
    page.fill("[name=password]", PASSWORD)
    page.locator("main button").click()
    page.goto(f"{place}/studies/undeclared/rounds/codebook/compare/")
    page.get_by_label("Effect on codings").select_option("none")
    page.get_by_role("button", name="Compare").click()
    assert page.locator(".change").count() >= 2

    page.goto(f"{place}/studies/undeclared/rounds/codebook/2/publish/")
    key = "choice:change_definition:sensational_wording"
    page.locator(f"[name='{key}'][value='keep']").check()
    page.get_by_role("button", name="Show what the decisions change").click()
    assert page.get_by_text("7 changes to be decided").is_visible()


def test_a_version_that_declares_its_changes_is_published_at_once(place, chromium):
    ana = Visitor(chromium, place, "ana")
    page = ana.page
    ana.go("/studies/declared/codebook/2/")
    ana.click("Publish", within="main")
    assert page.get_by_text("everything is decided").is_visible()
    assert page.get_by_label("Number of the new version").input_value() == "1.1"

    page.get_by_role("button", name="Publish").click()
    page.get_by_role("button", name="Yes, do it").click()
    page.get_by_text("What 1.1 changed for codings of 1.0").wait_for()
    ana.check()
    assert page.get_by_role("heading", name="Carry a round forward").is_visible()


def test_a_choice_counts_at_once_in_the_dark_and_on_a_narrow_screen(place, chromium):
    ana = Visitor(chromium, place, "ana", "dark")
    page = ana.page
    page.set_viewport_size({"width": 360, "height": 800})
    ana.go("/studies/undeclared/rounds/codebook/2/publish/")
    page.get_by_text("8 changes to be decided").wait_for()
    decide(page, "change_definition:trigger:5", "keep", "7 changes to be decided")
    ana.check()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def decide(page, key, choice, wait):
    page.locator(f"[name='choice:{key}'][value='{choice}']").check()
    page.get_by_text(wait).first.wait_for()


def test_decisions_count_at_once_and_are_written_into_the_history(place, chromium):
    ana = Visitor(chromium, place, "ana")
    page = ana.page
    ana.go("/studies/undeclared/rounds/codebook/2/publish/")
    page.get_by_text("8 changes to be decided").wait_for()
    assert page.get_by_text("This draft cannot be published yet").is_visible()

    decide(page, "change_skip_rule:recruitment_channel", "recode", "7 changes to be")
    decide(page, "remove_category:trigger:7", "counts_as", "Choose the category that")
    ana.check()
    page.locator("[name='counts_as:remove_category:trigger:7']").select_option("5")
    page.get_by_text("Categories merged").wait_for()

    # who names the categories has chosen what they belong to
    split = page.locator("[name='split:remove_category:victim_age:1']")
    page.locator("#victim_age summary").get_by_text("Which?").first.click()
    split.first.check()
    page.get_by_text("Choose at least two").wait_for()
    split.nth(1).check()
    page.get_by_text("2 changes to be decided").wait_for()
    assert page.get_by_text("This draft cannot be published yet").count() == 0
    decide(
        page, "add_category:recruitment_channel:13", "keep", "1 change to be decided"
    )
    decide(
        page, "change_definition:sensational_wording", "recode", "everything is decided"
    )
    ana.check()

    page.get_by_role("button", name="Publish").click()
    page.get_by_role("button", name="Yes, do it").click()
    page.get_by_text("What 1.1 changed for codings of 1.0").wait_for()
    ana.check()
