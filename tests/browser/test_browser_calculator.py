"""The calculator in Chromium: a file is chosen once, every choice swaps the table in place."""

import re

import pytest

from tests import servers
from tests.browser.test_browser_journey import PASSWORD, Visitor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.xdist_group("browser-calculator"),
]
CODINGS = "id,tone_ana,tone_boris\n1,1,1\n2,2,1\n3,2,2\n4,1,\n5,1,3\n6,3,3\n7,99,3\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("calculator")
    with servers.installation(folder) as made:
        made.run("new-person", "ana", "--name", "Ana", input=PASSWORD + "\n")
        (folder / "codings.csv").write_text(CODINGS, encoding="utf-8")
        with servers.server(made) as base:
            yield base, folder


def figure(page):
    """Alpha as the page shows it."""
    return page.locator("[data-coefficient=alpha] td").first.inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_file_is_chosen_once_and_every_choice_counts_at_once(place, chromium, scheme):
    base, folder = place
    ana = Visitor(chromium, base, "ana", scheme)
    ana.click("Agreement calculator", within="main")
    page = ana.page

    page.set_input_files("[name=file]", folder / "codings.csv")
    page.wait_for_selector("#agreement")
    ana.check()
    nominal = figure(page)

    page.get_by_label("Codes that mean").fill("99")
    page.get_by_label("Codes that mean").blur()
    page.get_by_text("99: 1").wait_for()
    page.get_by_label("Level: tone").focus()
    page.get_by_label("Level: tone").select_option("ordinal")
    page.get_by_text("tone: ordinal.").wait_for()
    ana.check()
    assert figure(page) != nominal
    assert page.get_by_label("Level: tone").evaluate(
        "select => select === document.activeElement"
    )

    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    assert re.search(r"^tone,ordinal,alpha,", text, re.MULTILINE)
    assert page.locator("#agreement").is_visible()

    page.get_by_label("Layout").select_option("long")
    page.get_by_role("alert").wait_for()
    assert "one column names the unit" in page.get_by_role("alert").inner_text()
    # Chromium writes every 422 into its console; nothing else may stand there.
    ana.troubles = [words for words in ana.troubles if "422" not in words]
    ana.check()


def test_it_works_without_javascript(place, chromium):
    base, folder = place
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{base}/sign-in/")
    page.fill("[name=username]", "ana")
    page.fill("[name=password]", PASSWORD)
    page.locator("main button").click()
    page.goto(f"{base}/calculator/")
    page.set_input_files("[name=file]", folder / "codings.csv")
    page.get_by_role("button", name="Calculate").click()
    assert figure(page)
    assert page.get_by_text("Nothing was kept").is_visible()

    page.get_by_label("Level: tone").select_option("interval")
    page.set_input_files("[name=file]", folder / "codings.csv")
    page.get_by_role("button", name="Calculate").click()
    assert page.get_by_text("tone: interval.").is_visible()
