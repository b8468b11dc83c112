"""The page in a real browser: it opens from a file, asks for nothing, runs nothing, and everyone can read it."""

import shutil
from pathlib import Path

import pytest
from example_brief import write_example
from hostile_texts import HOSTILE

from kzties.publishing import render_brief, show_hidden

playwright = pytest.importorskip("playwright.sync_api", reason="playwright, which drives the browser, is not installed")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
VIEWS = {
    "light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 320, "height": 640}, "color_scheme": "light"},
    "dark phone": {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"},
}


def find_browser() -> str | None:
    """Return a Chromium on this machine: of the system, or the one that playwright keeps."""
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    with playwright.sync_playwright() as tool:
        own = tool.chromium.executable_path
    return own if Path(own).exists() else None


@pytest.fixture(scope="module")
def browser():
    path = find_browser()
    if path is None:
        pytest.skip("no Chromium found (looked for " + ", ".join(BROWSERS) + " and playwright's own)")
    with playwright.sync_playwright() as tool:
        opened = tool.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The address of a rendered example brief with hostile passages."""
    source = write_example(tmp_path_factory.mktemp("brief") / "reports", passages=12, hostile=HOSTILE)
    return render_brief("embedded", source=source).html.as_uri()


@pytest.fixture(scope="module")
def plain_address(tmp_path_factory):
    """The address of a small brief: the accessibility checker looks at every element."""
    return render_brief(
        "embedded", source=write_example(tmp_path_factory.mktemp("plain") / "reports", passages=8)
    ).html.as_uri()


@pytest.fixture(params=VIEWS)
def view(request, browser):
    context = browser.new_context(offline=True, **VIEWS[request.param])
    yield context.new_page()
    context.close()


def test_hostile_passages_are_words_and_nothing_runs(browser, address):
    context = browser.new_context(offline=True)
    page = context.new_page()
    heard = []
    page.on("dialog", lambda dialog: (heard.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on(
        "request",
        lambda request: (
            None
            if request.url.split("#")[0] == address or request.url.startswith("data:")
            else heard.append(request.url)
        ),
    )
    page.goto(address)
    page.wait_for_load_state("networkidle")
    shown = page.eval_on_selector_all("[id^=hostile-]", "found => found.map(one => one.textContent)")
    assert [" ".join(text.split()) for text in shown] == [" ".join(show_hidden(text).split()) for text in HOSTILE]
    assert page.evaluate("document.scripts.length") == 0
    assert heard == []
    context.close()


def test_the_policy_stops_a_script_that_got_in_all_the_same(browser, address, tmp_path):
    text = Path(address.removeprefix("file://")).read_text(encoding="utf-8")
    broken = tmp_path / "broken.html"
    broken.write_text(
        text.replace(
            "<main", "<script>document.title = 'run'</script><img src=x onerror=\"document.title='run'\"><main"
        ),
        encoding="utf-8",
    )
    page = browser.new_page()
    page.goto(broken.as_uri())
    assert page.title() != "run"
    page.close()


def test_the_page_fits_every_width_and_lies_in_its_own_typeface(view, address):
    view.goto(address)
    assert view.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert view.evaluate("document.fonts.ready.then(() => [...document.fonts].some(face => face.status == 'loaded'))")


def test_the_page_is_accessible_in_every_view_with_a_passage_open(view, plain_address):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    view.goto(plain_address + "#ev-3")
    violations = axe.Axe().run(view).response["violations"]
    assert [(found["id"], found["nodes"][0]["html"]) for found in violations] == []


def test_the_page_is_accessible_in_print(browser, plain_address):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    page = browser.new_page()
    page.emulate_media(media="print")
    page.goto(plain_address)
    assert axe.Axe().run(page).response["violations"] == []
    page.close()


def test_the_keyboard_reaches_the_text_and_shows_where_it_is(view, address):
    view.goto(address)
    view.keyboard.press("Tab")
    assert view.evaluate("document.activeElement.textContent") == "Skip to the text"
    assert view.evaluate("document.activeElement.getBoundingClientRect().top >= 0")
    view.keyboard.press("Enter")
    view.keyboard.press("Tab")
    assert view.evaluate("document.activeElement.closest('main') !== null")
    assert view.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_a_number_leads_to_its_passage_which_stands_out(view, address):
    view.goto(address)
    before = view.evaluate("getComputedStyle(document.querySelector('#ev-2')).boxShadow")
    view.click("a[href='#ev-2'] >> nth=0")
    assert view.evaluate("document.querySelector('#ev-2').getBoundingClientRect().top < innerHeight")
    assert view.evaluate("getComputedStyle(document.querySelector('#ev-2')).boxShadow") != before
