"""The main job in Chromium: import, publish, two coders code by keyboard, agreement, export.

A real server in a process of its own, on the database kind that the tests run on; axe on
every page of the way, in light and dark.
"""

import csv
import io
import re

import pytest

from tests import servers
from tests.builders import codebooks

# One worker: the tests share a server, and the second goes on where the first ended.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.xdist_group("browser"),
]
PASSWORD = "reads-the-paper-99"
ARTICLES = """id;Datum;List;Naslov;Tekst;Strana
a1;14.3.2006.;Jutarnji glas;Učenica nađena;Prvi pasus o Đorđu.;9
a2;15. mart 2006;Вечерњи лист;Ученица нађена;Пасус о Ђорђу.;7
a3;2006-03-16;Jutarnji glas;Kampanja u školama;Radionice za sedmake.;5
"""


class Visitor:
    """A person at a browser of their own, who checks every page for faults."""

    def __init__(self, chromium, base, name, scheme="light"):
        from axe_playwright_python.sync_playwright import Axe

        self.axe = Axe()
        self.base = base
        context = chromium.new_context(
            viewport={"width": 1400, "height": 900},
            color_scheme=scheme,
            accept_downloads=True,
        )
        self.page = context.new_page()
        self.troubles = []
        self.page.on(
            "console",
            lambda m: self.troubles.append(m.text) if m.type == "error" else None,
        )
        self.page.on("pageerror", lambda e: self.troubles.append(str(e)))
        self.go("/sign-in/")
        self.page.fill("[name=username]", name)
        self.page.fill("[name=password]", PASSWORD)
        self.click("Sign in", within="main")

    def go(self, path):
        self.page.goto(self.base + path)
        self.check()

    def click(self, text, within="body"):
        place = self.page.locator(within)
        place.get_by_role("button", name=text).or_(
            place.get_by_role("link", name=text)
        ).first.click()
        self.page.wait_for_load_state()
        self.check()

    def check(self):
        """No accessibility fault and no error in the console, on any page."""
        found = self.axe.run(self.page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in found] == [], self.page.url
        assert self.troubles == [], self.page.url


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("browser")
    with servers.installation(folder) as made:
        made.run(
            "new-person",
            "ana",
            "--study",
            "prozor",
            "--name",
            "Ana",
            input=PASSWORD + "\n",
        )
        for name in ("boris", "vesna"):
            made.run(
                "new-person", name, "--study", "prozor", "--roles", "coder", "--name", name.title(),
                input=PASSWORD + "\n",
            )  # fmt: skip
        (folder / "clippings.csv").write_text(ARTICLES, encoding="utf-8")
        (folder / "small.yaml").write_text(codebooks.SMALL, encoding="utf-8")
        with servers.server(made) as base:
            yield base, folder


def test_the_main_job_in_a_browser(chromium, place):
    base, folder = place
    ana = Visitor(chromium, base, "ana")
    page = ana.page

    # import
    ana.go("/studies/prozor/corpus/imports/")
    page.set_input_files("[name=file]", folder / "clippings.csv")
    ana.click("Upload")
    page.select_option("[name=column_published_on]", "Datum")
    ana.click("Check every row")
    page.get_by_role("button", name="Commit to the corpus").wait_for(timeout=60_000)
    ana.check()
    ana.click("Commit to the corpus")
    page.get_by_role("link", name="See the articles").wait_for(timeout=60_000)
    ana.click("See the articles")
    page.fill("[name=words]", "djordju")
    page.press("[name=words]", "Enter")
    page.wait_for_url("**words=djordju**")
    assert page.locator("tbody tr").count() == 2

    # codebook
    ana.go("/studies/prozor/codebook/")
    page.set_input_files("[name=file]", folder / "small.yaml")
    ana.click("Read the file")
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("button", name="Yes, do it").click()
    page.get_by_text("The version is published").wait_for()
    ana.check()

    # sample and round
    ana.go("/studies/prozor/corpus/samples/")
    page.fill("[name=name]", "All")
    ana.click("Draw", within="main form")
    ana.go("/studies/prozor/rounds/open/")
    page.fill("[name=name]", "Round 1")
    page.select_option("[name=version]", index=1)
    page.select_option("[name=sample]", index=1)
    for box in page.get_by_role("checkbox").all()[:2]:
        box.check()
    ana.click("Open the round", within="main form")
    page.get_by_text("The round is open").wait_for()

    # two coders, by keyboard alone
    for name, tones in (("boris", "121"), ("vesna", "122")):
        coder = Visitor(chromium, base, name)
        coder.go("/studies/prozor/desk/")
        coder.page.get_by_role("button", name="Next article").focus()
        coder.page.keyboard.press("Enter")
        for turn in range(3):
            coder.page.wait_for_selector("form.question")
            if turn == 0:
                coder.check()
            headline = coder.page.locator("article h1").inner_text()
            tone = tones[
                ["Učenica nađena", "Ученица нађена", "Kampanja u školama"].index(
                    headline
                )
            ]
            code_by_keyboard(coder.page, tone)
        assert "/desk/" in coder.page.url
        coder.check()

    # agreement
    ana.go("/studies/prozor/agreement/")
    ana.click("Round 1", within="main")
    assert "Every pairable value is the same" in page.inner_text("main")
    ana.click("Tone", within="main table")
    assert "Kampanja u školama" in page.inner_text("main")
    ana.go("/studies/prozor/coverage/")

    # export
    ana.go("/studies/prozor/exports/")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV Codings, wide", exact=True).click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 6
    assert sorted(row["tone"] for row in rows) == ["1", "1", "1", "2", "2", "2"]
    assert {row["sources"] for row in rows} == {"1 3"}
    assert {row["page_no"] for row in rows} == {"9"}

    # what was submitted is shown closed, in the dark too
    boris = Visitor(chromium, base, "boris", scheme="dark")
    boris.go("/studies/prozor/desk/")
    boris.page.locator("main table a").first.click()
    boris.page.wait_for_selector(".article")
    assert "submitted and closed" in boris.page.inner_text("main")
    assert boris.page.locator("fieldset:not([disabled])").count() == 0
    boris.check()


def code_by_keyboard(page, tone):
    """Code the article at hand with keys only, as the desk's help describes them."""
    keys = page.keyboard

    def saved(name):
        page.locator(f"#state-{name}.saved").wait_for()

    keys.press("1")  # relevance: the desk begins at the first open question
    saved("relevance")
    page.locator("#q-tone.question").wait_for()  # the filter opened it
    keys.press("Enter")
    keys.press(tone)
    saved("tone")
    keys.press("Enter")
    keys.press("1")
    keys.press("3")
    saved("sources")
    keys.press("Enter")
    keys.type("9")
    keys.press("Enter")
    saved("page_no")
    page.wait_for_function("!document.querySelector('.htmx-request')")
    keys.press("Control+Enter")
    page.wait_for_load_state()
    page.wait_for_url(re.compile(r"/(codings/\d+|desk)/(submit/)?$"))
    page.get_by_text(
        re.compile("This is the next article|no further article")
    ).first.wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 360])
def test_every_page_of_the_demonstration_is_accessible(
    chromium, demonstration, scheme, width
):
    from axe_playwright_python.sync_playwright import Axe

    base, people = demonstration
    paths = {
        "ana": [
            "/", "", "corpus/", "corpus/articles/5/", "corpus/outlets/", "corpus/imports/",
            "corpus/samples/", "corpus/samples/1/", "agreement/planner/", "codebook/", "rounds/", "rounds/1/", "rounds/open/",
            "rounds/import/", "agreement/", "agreement/1/", "agreement/1/frame_main/",
            "coverage/", "exports/", "exports/codings-long/", "people/", "journal/",
        ],
        "boris": ["desk/", "desk/codings/1/"],
    }  # fmt: skip
    for name, places in paths.items():
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme
        )
        page = context.new_page()
        page.goto(f"{base}/sign-in/")
        page.fill("[name=username]", name)
        page.fill("[name=password]", people[name])
        page.locator("main button").first.click()
        for place in places:
            page.goto(base + (place if place == "/" else f"/studies/demo/{place}"))
            found = Axe().run(page).response["violations"]
            assert [(v["id"], v["nodes"][0]["html"]) for v in found] == [], place
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{place} is {wide} px wide"
        context.close()


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory):
    with servers.installation(tmp_path_factory.mktemp("demo")) as made:
        told = made.run("demo", "--no-server").stdout
        people = dict(re.findall(r"^    (\w+) +([0-9a-f-]{14}) ", told, re.MULTILINE))
        with servers.server(made) as base:
            yield base, people


def test_the_second_start_is_quick_and_loses_nothing(tmp_path):
    """The demonstration once more on the same home: no rebuilding, the same sign-ins."""
    with servers.installation(tmp_path) as made:
        first = made.run("demo", "--no-server").stdout
        second = made.run("demo", "--no-server").stdout
    tell = re.compile(r"^    \w+ +[0-9a-f-]{14} .*$", re.MULTILINE)
    assert "Building" in first
    assert "Building" not in second
    assert tell.findall(first) == tell.findall(second)
    assert len(tell.findall(first)) == 5
