"""Filters in Chromium: the same vectors as in Python, and the desk that opens at once."""

import base64
import json
import re
from pathlib import Path

import pytest
from django.conf import settings

from tests import servers
from tests.browser.test_browser_journey import PASSWORD, Visitor
from tests.builders.codebooks import FIXTURES

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.xdist_group("browser-filters"),
]
VECTORS = json.loads(
    (FIXTURES / "codebooks" / "filter_vectors.json").read_text(encoding="utf-8")
)["vectors"]
MODULE = Path(settings.BASE_DIR) / "static" / "js" / "conditions.js"
RUN = """
async ([module, vectors]) => {
  const { ConditionError, dependencies, evaluate, parse } = await import(module);
  return JSON.parse(vectors).map((vector) => {
    try {
      const condition = parse(vector.filter);
      const answers = new Map(Object.entries(vector.answers ?? {}));
      const reads = [...dependencies(condition)].sort();
      return { expected: evaluate(condition, answers), reads };
    } catch (error) {
      if (!(error instanceof ConditionError)) throw error;
      return { error: { column: error.column, sentence: error.sentence } };
    }
  });
}
"""


def test_the_browser_evaluates_every_vector_as_python_does(chromium):
    text = base64.b64encode(MODULE.read_bytes()).decode()
    page = chromium.new_page()

    found = page.evaluate(
        RUN, [f"data:text/javascript;base64,{text}", json.dumps(VECTORS)]
    )

    page.close()
    wrong = [
        (vector, result)
        for vector, result in zip(VECTORS, found, strict=True)
        if any(vector.get(key, ...) != value for key, value in result.items())
    ]
    assert wrong == []
    assert len(found) == len(VECTORS) >= 200


WORLD = """
from tests.builders import coding, codebooks, studies
study = studies.study('Filters')
text = codebooks.SMALL.replace('required: false', "ask_if: area > 99.5", 1)
version = codebooks.published(study, text)
coding.round(study, version, coders=('boris',), articles=8)
for name in ('ana', 'boris'):
    person = studies.person(name)
    person.set_password(sys.argv[1])
    person.save()
print(study.slug)
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    with servers.installation(tmp_path_factory.mktemp("filters")) as made:
        slug = made.python("import sys\n" + WORLD, PASSWORD).strip()
        with servers.server(made) as base:
            yield base, f"/studies/{slug}/desk/"


@pytest.fixture
def desk(place, chromium):
    """boris at an article of his own, with the server's replies held back when told to."""
    base, path = place
    boris = Visitor(chromium, base, "boris")
    boris.go(path)
    boris.page.get_by_role("button", name=re.compile("Next article|Go on")).click()
    boris.page.wait_for_selector(".question[data-kind]")
    yield boris
    boris.page.unroute_all()
    boris.page.get_by_role("button", name="Hand back").click()
    boris.page.get_by_role("button", name="Yes, do it").click()
    boris.page.wait_for_url("**/desk/")
    boris.page.context.close()


def shown(page):
    return page.eval_on_selector_all(
        ".question[data-kind]:not([hidden])",
        "all => all.map((one) => one.dataset.name)",
    )


class Held:
    """Answers on their way, kept back until they are let go."""

    def __init__(self, page):
        self.page, self.waiting, self.is_holding = page, [], True
        page.route("**/answers/**", lambda route: self.take(route))

    def take(self, route):
        if self.is_holding:
            self.waiting.append(route)
        else:
            route.continue_()

    def let_go(self):
        self.is_holding = False
        for route in self.waiting:
            route.continue_()
        settle(self.page)


def settle(page):
    """Wait until no answer is on its way any more."""
    page.locator(".htmx-request").first.wait_for(state="detached")


def test_questions_open_and_close_before_the_server_answers(desk):
    page, keys = desk.page, desk.page.keyboard
    assert shown(page) == ["relevance", "page_no", "remarks"]

    held = Held(page)
    keys.press("2")
    assert shown(page) == ["relevance", "tone", "sources", "page_no", "remarks"]
    keys.press("Enter")  # on to a question that the server has not heard of
    keys.press("2")
    keys.press("Enter")
    keys.press("1")
    assert "area" in shown(page)
    keys.press("Enter")
    keys.type("9")
    keys.press("Enter")
    keys.type("99,51")
    keys.press("Enter")
    assert "day" in shown(page)
    keys.press("Shift+Enter")
    page.fill("#area-text", "99.5")
    keys.press("Enter")
    assert "day" not in shown(page)
    before = shown(page)

    held.let_go()
    settle(page)
    assert shown(page) == before
    assert page.locator("#tone-2").is_checked()
    assert page.locator("#state-tone.saved").is_visible()
    page.reload()
    assert shown(page) == before
    assert page.input_value("#area-text") == "99.5"
    desk.check()
    page.locator("#q-relevance").get_by_text("None", exact=True).click()
    assert shown(page) == ["relevance", "page_no", "remarks"]
    settle(page)


def test_the_reply_of_the_server_holds(desk):
    page, keys = desk.page, desk.page.keyboard
    keys.press("2")
    page.locator("#sources-1").check()
    settle(page)
    assert "day" not in shown(page)

    held = Held(page)
    page.fill("#area-text", "9000")  # beyond its bounds
    page.locator("#area-text").blur()
    assert "day" in shown(page)
    held.let_go()
    page.locator("#note-area").get_by_text("must be between").wait_for()
    assert "day" not in shown(page)
    desk.troubles = [words for words in desk.troubles if "422" not in words]
    desk.check()


def test_an_answer_that_was_lost_keeps_open_what_it_opened(desk):
    page, keys = desk.page, desk.page.keyboard
    page.route("**/answers/relevance/", lambda route: route.abort())
    keys.press("0")
    settle(page)
    keys.press("1")
    page.locator("#state-relevance.bad").wait_for()
    page.unroute("**/answers/relevance/")
    page.locator("#tone-1").check()  # the server still takes it
    page.locator("#state-tone.saved").wait_for()
    assert "tone" in shown(page)

    page.locator("#state-relevance button").first.click()
    page.locator("#state-relevance.saved").wait_for()
    assert shown(page) == ["relevance", "tone", "sources", "page_no", "remarks"]


def test_replies_that_overtake_each_other_leave_the_later_state(desk):
    page, keys = desk.page, desk.page.keyboard
    page.locator("#relevance-0").check()
    settle(page)
    held = []

    def late(route):
        response = route.fetch()  # the server has saved it; the reply is kept back
        held.append((route, response))

    page.route("**/answers/page_no/", late)
    page.fill("#page_no-text", "9")
    page.locator("#page_no-text").blur()
    page.locator("#q-page_no .htmx-request, #q-page_no.htmx-request").wait_for()
    keys.press("Tab")
    page.locator("#relevance-1").check()
    page.locator("#state-relevance.saved").wait_for()
    assert "tone" in shown(page)
    page.wait_for_timeout(100)
    for route, response in held:
        route.fulfill(response=response)
    page.locator("#state-page_no.saved").wait_for()
    settle(page)
    assert "tone" in shown(page)


def test_filters_read_answers_that_are_not_shown(desk):
    """As in a coding that was carried over, of which only some questions are open."""
    page = desk.page
    known = (
        '<div class="known" hidden data-name="carried" data-place="0" data-filter="" '
        'data-state="value" data-value="1"></div>'
    )

    def changed(route):
        response = route.fetch()
        text = response.text().replace(
            'data-filter="relevance &gt;= 1"', 'data-filter="carried == 1"', 1
        )
        body = text.replace('<div id="asked"', known + '<div id="asked"', 1)
        route.fulfill(response=response, body=body)

    page.route(page.url, changed)
    page.reload()
    held = Held(page)
    page.locator("#relevance-0").check()
    assert shown(page) == ["relevance", "tone", "page_no", "remarks"]
    held.let_go()
    assert shown(page) == ["relevance", "page_no", "remarks"]  # the server holds


def test_the_desk_works_without_javascript(place, chromium):
    base, path = place
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{base}/sign-in/")
    page.fill("[name=username]", "boris")
    page.fill("[name=password]", PASSWORD)
    page.locator("main button").click()
    page.goto(base + path)
    page.get_by_role("button", name=re.compile("Next article|Go on")).click()
    page.locator("#relevance-0").check()
    page.locator("#q-relevance").get_by_role("button", name="Save").click()
    assert page.locator("#q-tone").is_hidden()
    assert page.locator("#folded-tone").is_visible()
    page.locator("#relevance-1").check()
    page.locator("#q-relevance").get_by_role("button", name="Save").click()
    assert page.locator("#q-tone").is_visible()
    assert page.locator("#folded-tone").is_hidden()
    context.close()
