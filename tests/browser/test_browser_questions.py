"""A coder asks by keyboard, the supervisor rules, every coder of the round reads the ruling."""

import re

import pytest

from tests import servers
from tests.browser.test_browser_journey import PASSWORD, Visitor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.xdist_group("browser-questions"),
]
WORLD = """
import sys
from tests.builders import coding, studies
study = studies.study('Questions')
round = coding.round(study, articles=2)
for name in ('ana', 'boris', 'vesna'):
    person = studies.person(name)
    person.set_password(sys.argv[1])
    person.save()
print(study.slug)
"""
#: The same with something to see: a question of boris' with a ruling, and vesna has begun.
LATER = """
asked = coding.ask(coding.take(round, 'boris'), 'tone')
coding.rule(round, 'tone', questions=[asked])
coding.take(round, 'vesna')
"""
WORDS = "Is irony lurid, m or 2?\nThe rule is silent."
RULING = "Irony counts as sober unless the headline shouts."


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    with servers.installation(tmp_path_factory.mktemp("questions")) as made:
        slug = made.python(WORLD, PASSWORD).strip()
        with servers.server(made) as base:
            yield base, f"/studies/{slug}/"


@pytest.fixture(scope="session")
def later_place(tmp_path_factory):
    """A world of its own, so that no test needs another to have run before it."""
    with servers.installation(tmp_path_factory.mktemp("answered")) as made:
        slug = made.python(WORLD.replace("print", LATER + "print"), PASSWORD).strip()
        with servers.server(made) as base:
            yield base, f"/studies/{slug}/"


def at_the_desk(chromium, place, name, scheme="light"):
    base, study = place
    coder = Visitor(chromium, base, name, scheme)
    coder.go(f"{study}desk/")
    coder.page.get_by_role("button", name=re.compile("Next article|Go on")).click()
    coder.page.wait_for_selector(".question[data-kind]")
    return coder


def on_paper(page):
    """Every text that a reader of the page could see."""
    return page.locator("main").inner_text()


def test_a_question_is_asked_by_keyboard_ruled_on_and_read_by_all(chromium, place):
    base, study = place
    boris = at_the_desk(chromium, place, "boris")
    page, keys = boris.page, boris.page.keyboard
    keys.press("1")
    keys.press("Enter")
    assert page.evaluate("document.activeElement.closest('.question').id") == "q-tone"

    # the key opens the form; keys act no more inside it; what is typed stays
    keys.press("q")
    box = page.locator("#ask-tone-text")
    assert box.evaluate("box => box === document.activeElement")
    keys.type("Is irony lurid, m or 2?")
    keys.press("Escape")
    assert not page.locator("#ask-tone").evaluate("one => one.open")
    assert page.evaluate("document.activeElement.closest('.question').id") == "q-tone"
    keys.press("q")
    assert box.input_value() == "Is irony lurid, m or 2?"
    keys.press("End")
    keys.press("Enter")
    keys.type("The rule is silent.")
    boris.check()

    # a lost connection loses no word
    page.route("**/ask/**", lambda route: route.abort())
    keys.press("Control+Enter")
    page.locator("#ask-tone .state.bad").wait_for()
    assert box.input_value() == WORDS
    page.unroute("**/ask/**")
    keys.press("Control+Enter")
    page.locator("#ask-tone").get_by_text("Asked: waiting for a ruling").wait_for()
    assert page.evaluate("document.activeElement.closest('.question').id") == "q-tone"
    keys.press("2")  # and goes on coding
    page.locator("#state-tone.saved").wait_for()
    boris.troubles.clear()  # the browser tells of the lost connection
    boris.check()

    # vesna sees nothing of it
    vesna = at_the_desk(chromium, place, "vesna")
    assert "irony" not in vesna.page.content()

    # the supervisor
    ana = Visitor(chromium, base, "ana")
    ana.go(study)
    assert ana.page.locator(".bar .number").inner_text().startswith("1")
    ana.page.locator(".bar nav").get_by_role("link", name="Questions").click()
    ana.page.wait_for_load_state()
    ana.check()
    ana.page.get_by_role("link", name=re.compile("Is irony lurid")).click()
    ana.page.wait_for_load_state()
    ana.check()
    ana.page.get_by_label("Ruling", exact=True).fill(RULING)
    ana.click("Make this ruling", within="main")
    ana.page.get_by_text("shown to all coders").wait_for()
    assert ana.page.locator(".bar .number").count() == 0
    for path in ("questions/?state=all", "questions/rulings/?since=0", "questions/1/",
                 "questions/rulings/1/", "questions/rulings/new/?round=1"):  # fmt: skip
        ana.go(study + path)
    ana.go(f"{study}questions/rulings/?since=0")
    text = ana.page.get_by_label("As text for the definition or the rules")
    assert text.input_value() == RULING

    # both coders, at the next load of the question
    for coder in (boris, vesna):
        coder.page.reload()
        coder.page.wait_for_selector(".question[data-kind]")
        if coder is vesna:
            coder.page.keyboard.press("1")
            coder.page.locator("#q-tone").wait_for()
        assert RULING in coder.page.locator("#q-tone .ruling").inner_text()
        coder.check()
        coder.go(f"{study}desk/questions/")
        assert RULING in on_paper(coder.page)
    assert "Is irony lurid" in on_paper(boris.page)
    assert "Is irony lurid" not in on_paper(vesna.page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_a_telephone_in_both_schemes(chromium, later_place, scheme):
    base, study = later_place
    paths = {
        "ana": [
            "questions/?state=all", "questions/1/", "questions/rulings/?since=0",
            "questions/rulings/1/", "questions/rulings/new/?round=1",
        ],
        "boris": ["desk/questions/", "desk/codings/1/"],
    }  # fmt: skip
    for name, places in paths.items():
        who = Visitor(chromium, base, name, scheme)
        who.page.set_viewport_size({"width": 360, "height": 800})
        for path in places:
            who.go(study + path)
            wide = who.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= 360, f"{path} is {wide} px wide"
        who.page.context.close()


def test_asking_works_without_javascript(chromium, later_place):
    base, study = later_place
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{base}/sign-in/")
    page.fill("[name=username]", "vesna")
    page.fill("[name=password]", PASSWORD)
    page.locator("main button").click()
    page.goto(f"{base}{study}desk/")
    page.get_by_role("button", name="Go on").click()
    page.locator("#ask-relevance summary").click()
    page.locator("#ask-relevance-text").fill("   ")
    page.locator("#ask-relevance").get_by_role("button", name="Send").click()
    assert page.get_by_text("Write what you want to know.").is_visible()
    page.locator("#ask-relevance-text").fill("What is central?")
    page.locator("#ask-relevance").get_by_role("button", name="Send").click()
    assert page.url.endswith("#q-relevance")
    page.get_by_text("Asked: waiting for a ruling").click()
    page.get_by_role("button", name="Take the question back").click()
    assert page.get_by_role("cell", name="withdrawn").is_visible()
    context.close()
