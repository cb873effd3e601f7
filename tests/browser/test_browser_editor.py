"""The codebook editor in Chromium: by keyboard alone, by mouse, by two people at once."""

import pytest

from tests import servers
from tests.browser.test_browser_journey import PASSWORD, Visitor
from tests.builders import codebooks

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.xdist_group("browser-editor"),
]


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("editor")
    with servers.installation(folder) as made:
        for study, name in (
            ("prozor", "ana"), ("mouse", "ivana"), ("pair", "anka"), ("pair", "mara"),
            ("words", "zora"),
        ):  # fmt: skip
            made.run(
                "new-person", name, "--study", study, "--name", name.title(),
                input=PASSWORD + "\n",
            )  # fmt: skip
        (folder / "small.yaml").write_text(codebooks.SMALL, encoding="utf-8")
        with servers.server(made) as base:
            yield base, folder


def _expect(locator):
    from playwright.sync_api import expect

    return expect(locator)


def first_label(page, row):
    """The English label of a category's row."""
    return page.locator(".row").nth(row).locator("input[name$=label_en]")


def reach(page, role, name, nth=0):
    """Press Tab until the focus is on a control; fails where the keyboard does not get."""
    wanted = page.get_by_role(role, name=name).nth(nth)
    wanted.wait_for()
    for _turn in range(120):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"The keyboard does not reach {role} “{name}”.")


def write(page, *texts):
    """Type into the field at hand and the ones after it."""
    for number, text in enumerate(texts):
        if number:
            page.keyboard.press("Tab")
        page.keyboard.press("Control+a")
        page.keyboard.type(text)


def save(page):
    with page.expect_response(
        lambda r: r.request.method == "POST" and "/live/" not in r.url
    ):
        page.keyboard.press("Control+s")
    settled(page)


def settled(page):
    _expect(page.locator(".htmx-request")).to_have_count(0)
    page.locator("#state").wait_for(state="attached")


def open_draft(visitor, folder, study):
    """The small codebook as a draft of a study, in the editor."""
    visitor.go(f"/studies/{study}/codebook/")
    visitor.page.set_input_files("[name=file]", folder / "small.yaml")
    visitor.click("Read the file")
    visitor.click("Edit")


def test_a_codebook_is_written_and_published_by_keyboard_alone(chromium, place):
    base, _folder = place
    ana = Visitor(chromium, base, "ana")
    page, keys = ana.page, ana.page.keyboard
    ana.go("/studies/prozor/codebook/")
    reach(page, "link", "Write a new codebook")
    keys.press("Enter")
    reach(page, "textbox", "Title")
    keys.type("School and press")
    reach(page, "button", "Begin")
    keys.press("Enter")
    page.wait_for_selector("#editor")
    ana.check()

    # What the head still needs is a link to its field.
    reach(page, "link", "The title has no “sr”.")
    keys.press("Enter")
    keys.press("Tab")
    keys.type("Škola i štampa")
    save(page)
    assert page.get_by_text("The title has no").count() == 0

    # The first variable: the focus stands in its label.
    reach(page, "button", "Add a variable")
    keys.press("Enter")
    page.wait_for_url("**/variable/V01?new=1")
    write(page, "Relevance", "Relevantnost")
    reach(page, "textbox", "Name in files")
    write(page, "relevance")
    reach(page, "textbox", "Label, English")
    write(page, "No", "Ne")
    reach(page, "textbox", "Label, English", nth=1)
    write(page, "Yes", "Da")
    save(page)
    page.get_by_text("None: this draft can be published.").wait_for()
    ana.check()

    # The second, with a filter whose faults show while it is typed.
    reach(page, "button", "Add a variable")
    keys.press("Enter")
    page.wait_for_url("**/variable/V02?new=1")
    write(page, "Tone", "Ton")
    reach(page, "textbox", "Name in files")
    write(page, "tone")
    reach(page, "textbox", "Asked if")
    keys.type("relevence == 2")
    fault = page.locator("#slot-ask_if")
    fault.get_by_text("names “relevence”, which is no variable").wait_for()
    ana.check()
    write(page, "relevance == 2")
    fault.locator("li").wait_for(state="detached")
    page.get_by_text("Asked when “Relevance” is “Yes”.").wait_for()
    reach(page, "textbox", "Label, English")
    write(page, "Sober", "Trezven")
    reach(page, "textbox", "Label, English", nth=1)
    write(page, "Lurid", "Senzacionalan")
    reach(page, "button", "Add a category")
    keys.press("Enter")
    page.locator(".row").nth(2).wait_for()
    settled(page)
    write(page, "Ironic", "Ironičan")  # the focus stands in the new row
    save(page)

    # A category and a variable move; the focus stays on what moved.
    reach(page, "button", "Move category 3 Ironic up")
    for place_now in (1, 0):
        keys.press("Enter")
        _expect(first_label(page, place_now)).to_have_value("Ironic")
        settled(page)
    assert page.evaluate("document.activeElement.id") == "up-3"
    reach(page, "link", "Relevance")
    keys.press("Alt+ArrowDown")
    page.get_by_text("depends on “relevance”, which is asked later").first.wait_for()
    settled(page)
    assert page.evaluate("document.activeElement.id") == "at-variable-V01"
    reach(page, "button", "Undo")
    keys.press("Enter")
    page.get_by_text("None: this draft can be published.").wait_for()
    settled(page)
    ana.check()

    # After a reload the steps are still there: three back, three forward.
    page.reload()
    for act, times in (("Undo", 3), ("Redo", 3)):
        for _turn in range(times):
            before = page.locator(".head .small").inner_text()
            reach(page, "button", act)
            keys.press("Enter")
            _expect(page.locator(".head .small")).not_to_have_text(before)
            settled(page)
    _expect(first_label(page, 0)).to_have_value("Ironic")

    reach(page, "link", "Read and publish")
    keys.press("Enter")
    page.wait_for_load_state()
    reach(page, "button", "Publish")
    keys.press("Enter")
    reach(page, "button", "Yes, do it")
    keys.press("Enter")
    page.get_by_text("The version is published").wait_for()
    assert "Asked when “Relevance” is “Yes”" in page.inner_text("main")
    ana.check()


def test_variables_and_categories_are_dragged(chromium, place):
    base, folder = place
    ivana = Visitor(chromium, base, "ivana", scheme="dark")
    page = ivana.page
    open_draft(ivana, folder, "mouse")

    page.locator("[data-drag='variable:G']").drag_to(
        page.locator("[data-drag='variable:B']"), target_position={"x": 20, "y": 3}
    )
    lines = page.locator(".outline [data-drag^=variable] a")
    _expect(lines.nth(1)).to_have_text("Remarks")
    assert lines.all_inner_texts()[:3] == ["Relevance", "Remarks", "Tone"]

    ivana.click("Sources", within=".outline")
    rows = page.locator(".row")
    rows.nth(3).locator(".grip").drag_to(
        rows.nth(0), target_position={"x": 200, "y": 3}
    )
    page.get_by_text("not saved yet").wait_for()
    _expect(page.locator(".preview .options label").first).to_contain_text("Expert")
    ivana.click("Save", within="#part")
    page.get_by_text("“sources” changed").wait_for()
    page.reload()
    values = [field.input_value() for field in page.locator(".row .code input").all()]
    assert values == ["3", "0", "1", "2"]

    # What is typed shows in the preview before it is saved.
    page.get_by_role("group", name="Question").get_by_label("English").fill(
        "Who speaks?"
    )
    page.locator(".preview").get_by_text("Who speaks?").wait_for()
    page.select_option("#id_type", "integer")
    page.get_by_label("Lowest value").wait_for()
    assert page.locator("#id_level").input_value() == "ratio"
    ivana.check()


def test_two_supervisors_at_once_lose_nothing(chromium, place):
    base, folder = place
    anka, mara = (Visitor(chromium, base, name) for name in ("anka", "mara"))
    open_draft(anka, folder, "pair")
    edit = "/studies/pair/codebook/1/edit/variable/"
    anka.go(f"{edit}B")
    mara.go(f"{edit}B")

    # Different fields of one variable, and another variable: put together by itself.
    label = "fieldset.columns:has(legend:text-is('Label')) input"
    anka.page.locator(label).first.fill("Voice")
    anka.click("Save", within="#part")
    anka.page.get_by_text("“tone” changed").wait_for()
    mara.page.get_by_label("Asked if").fill("relevance == 2")
    mara.click("Save", within="#part")
    mara.page.get_by_text("together with what was changed meanwhile").wait_for()
    assert mara.page.locator(label).first.input_value() == "Voice"

    # The same field: Mara sees both values, chooses, and loses nothing else.
    anka.go(f"{edit}B")
    anka.page.locator(label).first.fill("Manner")
    anka.click("Save", within="#part")
    anka.page.locator(".outline").get_by_text("Manner").wait_for()
    mara.page.locator(label).first.fill("Register")
    mara.page.get_by_label("Name in files").fill("register")
    mara.page.locator("#save").click()
    mara.page.get_by_text("Changed by two people at once").wait_for()
    assert mara.page.get_by_text("Anka saved this at").is_visible()
    assert "409" in "".join(mara.troubles)  # the browser logs it; the page shows it
    mara.troubles.clear()
    mara.check()
    assert mara.page.locator(".value", has_text="en: Manner").is_visible()
    mara.page.get_by_label("en: Register").check()
    mara.page.get_by_role("button", name="Save what I chose").click()
    mara.page.get_by_role("heading", name="register").wait_for()
    assert mara.page.locator(label).first.input_value() == "Register"
    assert mara.page.get_by_label("Name in files").input_value() == "register"
    mara.check()


def test_nothing_typed_is_lost(chromium, place):
    base, folder = place
    zora = Visitor(chromium, base, "zora")
    page = zora.page
    open_draft(zora, folder, "words")
    zora.go("/studies/words/codebook/1/edit/variable/B")
    question = page.get_by_role("group", name="Question").get_by_label("English")

    # While a save is under way ...
    waiting = []
    page.route("**/edit/variable/B", lambda route: waiting.append(route))
    page.get_by_label("Asked if").fill("relevance == 2")
    page.keyboard.press("Control+s")
    question.fill("Typed meanwhile")
    while not waiting:
        page.wait_for_timeout(20)
    waiting[0].continue_()
    page.unroute("**/edit/variable/B")
    page.get_by_text("“tone” changed").wait_for()
    _expect(question).to_have_value("Typed meanwhile")
    _expect(page.locator("#state")).to_have_text("not saved yet")

    # ... and before an act of the outline.
    page.get_by_role("button", name="Move “Tone” up").click()
    page.get_by_text("What you typed is not saved yet").wait_for()
    zora.check()
    page.get_by_role("button", name="Cancel").click()
    _expect(question).to_have_value("Typed meanwhile")
    page.keyboard.press("Control+s")
    _expect(page.locator("#state")).to_have_text("")
    page.reload()
    _expect(question).to_have_value("Typed meanwhile")

    # A field that cannot be read says so, and the rest stays as it was typed.
    zora.go("/studies/words/codebook/1/edit/variable/D")
    page.locator("#id_name").fill("")
    page.locator("#part").evaluate("form => form.noValidate = true")
    page.get_by_role("group", name="Question").get_by_label("English").fill("Kept")
    page.keyboard.press("Control+s")
    page.get_by_text("Not saved yet: some fields cannot be read").wait_for()
    _expect(question).to_have_value("Kept")
