"""The pages in a real browser: wide, at 200 %, on a phone, in light and in dark.

It needs .ci/browser; axe-core, the SPARQL editor and the movable graph need .ci/assets. With IMR_GRAPH_WEB_STORE set
the pages are those of that store, else those of the sample letters.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import pytest

pytest.importorskip("selenium", reason="pip install -e '.[dev]'")

from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from tests.app.web.browsing import browsing, look
from tests.app.web.conftest import HOSTILE

pytestmark = pytest.mark.slow
ASSETS = Path(__file__).parents[3] / "build" / "assets" / "node_modules"
VENDOR = Path(__file__).parents[3] / "imr_graph" / "app" / "web" / "static" / "vendor"
PAGES = {
    "start": "/",
    "search": "/search?q=mri+lumbar+spine",
    "case": "/case/{case}",
    "hostile case": f"/case/{HOSTILE}",
    "compare": "/compare?a={case}%231",
    "guideline": "/guideline/{section}",
    "passages": "/passages",
    "passage": "/passage/{passage}",
    "amounts": "/amounts?service=physical-therapy",
    "gaps": "/gaps?q=mri+lumbar+spine",
    "explore": "/explore?node={case}%231",
    "ask": "/ask?name=service-outcomes&service=mri",
    "corpus": "/corpus",
    "ontology": "/ontology",
    "nothing": "/case/none",
}
# Which tables and pictures are wider than their place; an answer has whatever columns were asked for
SCROLLED = """return [...document.querySelectorAll("main .scroll")].filter(box => box.scrollWidth > box.clientWidth
  && !box.querySelector("svg.graph") && box.ariaLabel != "Answer").map(box => box.ariaLabel)"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    try:
        with browsing() as found:
            yield found
    except FileNotFoundError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def addresses(browsed: str) -> dict[str, str]:
    """The address of each page, with a case, a section and a passage that the store has."""

    def twin(path: str) -> list[dict[str, str]]:
        with urlopen(browsed + path) as answer:
            found = json.load(answer)
        rows: list[dict[str, str]] = found.get("rows") or [row["hit"] for row in found["hits"]]
        return rows

    hits = twin("/search.json?q=mri+lumbar+spine&limit=50")
    section = next(citation for hit in hits for citation in hit["citations"])["section"]  # type: ignore[index]
    named = {"case": hits[0]["case_number"], "section": section, "passage": twin("/passages.json")[0]["id"]}
    found = {name: browsed + path.format(**named) for name, path in PAGES.items()}
    if HOSTILE not in {hit["case_number"] for hit in twin(f"/search.json?q=case:{quote(HOSTILE)}")}:
        del found["hostile case"]
    return found


def opened(browser: Chrome, addresses: dict[str, str], page: str) -> None:
    if page not in addresses:
        pytest.skip("this store does not have the invented letter")
    browser.get(addresses[page])


def complaints(browser: Chrome) -> list[str]:
    """What the browser's console says, but for pages that are meant to be missing."""
    found = [str(entry["message"]) for entry in browser.get_log("browser")]  # type: ignore[no-untyped-call]
    return [line for line in found if "/case/none" not in line]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("width", "zoom", "dark"),
    [
        pytest.param(1280, 1, False, id="wide, light"),
        pytest.param(1280, 1, True, id="wide, dark"),
        pytest.param(640, 2, False, id="200 %, light"),
        pytest.param(640, 2, True, id="200 %, dark"),
        pytest.param(390, 1, False, id="phone, light"),
        pytest.param(390, 1, True, id="phone, dark"),
        pytest.param(320, 4, False, id="400 %, light"),
    ],
)
def test_a_page_fits_and_is_accessible(
    browser: Chrome, addresses: dict[str, str], page: str, width: int, zoom: int, dark: bool
) -> None:
    look(browser, width, dark=dark, zoom=zoom)
    opened(browser, addresses, page)
    assert browser.execute_script("return [innerWidth, devicePixelRatio]") == [width, zoom]
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert browser.execute_script(SCROLLED) == []
    assert complaints(browser) == []
    if not (axe := ASSETS / "axe-core" / "axe.min.js").is_file():
        pytest.skip("it fits; no axe-core to look further, run .ci/assets")
    browser.execute_script(axe.read_text())
    found = browser.execute_async_script("axe.run().then(arguments[arguments.length - 1])")
    bad = [
        (violation["id"], [node["html"][:160] for node in violation["nodes"]][:3])
        for violation in found["violations"]
        if violation["impact"] in {"serious", "critical"}
    ]
    assert bad == []


def test_the_keyboard_is_enough_to_search(browser: Chrome, browsed: str) -> None:
    browser.get(f"{browsed}/")
    browser.find_element(By.TAG_NAME, "body").send_keys("/")
    browser.switch_to.active_element.send_keys("mri lumbar", Keys.ENTER)
    WebDriverWait(browser, 10).until(lambda b: "q=mri" in b.current_url)
    assert "match, most alike first" in browser.find_element(By.ID, "hits").text


EDITOR = "document.querySelector('.yasqe .CodeMirror').CodeMirror"
ROWS = "return [...document.querySelectorAll('#answer ~ .scroll tbody tr')].map(row => row.textContent)"


@pytest.fixture
def editor(browser: Chrome, browsed: str) -> Chrome:
    """The browser with a named query in the SPARQL editor."""
    if not (VENDOR / "yasqe.min.js").is_file():
        pytest.skip("no editor; run .ci/assets")
    look(browser, 1280)
    browser.get(f"{browsed}/ask?name=year-outcomes&service=physical-therapy")
    assert "service/physical-therapy> }" in browser.execute_script(f"return {EDITOR}.getValue()")
    return browser


def test_the_editor_runs_a_named_query_and_its_rows_are_shown(editor: Chrome) -> None:
    before = editor.execute_script(ROWS)
    assert len(before) > 1
    editor.find_element(By.CSS_SELECTOR, ".yasqe .CodeMirror-code").click()
    keys = ActionChains(editor).key_down(Keys.CONTROL).send_keys(Keys.END).key_up(Keys.CONTROL).send_keys(" LIMIT 1")
    keys.key_down(Keys.CONTROL).send_keys(Keys.ENTER).key_up(Keys.CONTROL).perform()
    WebDriverWait(editor, 20).until(lambda b: "LIMIT+1" in b.current_url)
    assert editor.execute_script(ROWS) == before[:1]
    assert complaints(editor) == []


def test_the_editor_speaks_to_the_endpoint_itself(editor: Chrome) -> None:
    """As a yasgui tab does: by the SPARQL protocol."""
    shown = editor.execute_script(ROWS)
    answer = editor.execute_async_script(
        f"const done = arguments[0]; {EDITOR}.on('queryResponse', (_, answer) => done([answer.status, answer.text]));"
        f"{EDITOR}.query().catch(error => done([0, String(error)]))"
    )
    assert answer[0] == 200, answer
    assert len(json.loads(answer[1])["results"]["bindings"]) == len(shown)
    assert complaints(editor) == []


def test_nodes_can_be_moved(browser: Chrome, browsed: str) -> None:
    if not (VENDOR / "cytoscape.min.js").is_file():
        pytest.skip("no graph view; run .ci/assets")
    browser.get(f"{browsed}/explore?node=MRI")
    browser.find_element(By.ID, "move").click()
    WebDriverWait(browser, 10).until(lambda b: b.find_elements(By.CSS_SELECTOR, "#canvas canvas"))
