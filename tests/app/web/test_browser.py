"""The pages in a real browser, at two widths, in light and in dark; needs .ci/browser, and for axe-core .ci/assets."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("selenium", reason="pip install -e '.[dev]'")

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

pytestmark = pytest.mark.slow
AXE = Path(__file__).parents[3] / "build" / "assets" / "node_modules" / "axe-core" / "axe.min.js"
VENDOR = Path(__file__).parents[3] / "imr_graph" / "app" / "web" / "static" / "vendor"
PAGES = (
    "/",
    "/search?q=mri+lumbar+spine",
    "/case/CM16-9900006",
    "/case/CM16-9900998",
    "/compare?a=CM16-9900006%231",
    "/guideline/mtus-low-back-complaints-2004",
    "/passages",
    "/passage/edfe987585cc7801",
    "/amounts?service=physical-therapy",
    "/explore?node=CM16-9900006%231",
    "/ask?name=service-outcomes",
    "/corpus",
    "/ontology",
    "/case/none",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    driver, binary = shutil.which("chromedriver"), shutil.which("chromium")
    if not driver or not binary:
        pytest.skip("no chromium with its driver; run .ci/browser")
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,900"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    found = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield found
    found.quit()


def complaints(browser: webdriver.Chrome) -> list[str]:
    """What the browser's console says, but for pages that are meant to be missing."""
    found = [str(entry["message"]) for entry in browser.get_log("browser")]  # type: ignore[no-untyped-call]
    return [line for line in found if "/case/none" not in line]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("width", [1280, 390])
def test_a_page_fits_and_the_console_is_silent(browser: webdriver.Chrome, server: str, page: str, width: int) -> None:
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(server + page)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert complaints(browser) == []


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_violation(browser: webdriver.Chrome, server: str, page: str, scheme: str) -> None:
    if not AXE.is_file():
        pytest.skip("no axe-core; run .ci/assets")
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    browser.get(server + page)
    browser.execute_script(AXE.read_text())
    found = browser.execute_async_script("axe.run().then(arguments[arguments.length - 1])")
    bad = [
        (violation["id"], [node["html"][:160] for node in violation["nodes"]][:3])
        for violation in found["violations"]
        if violation["impact"] in {"serious", "critical"}
    ]
    assert bad == []


def test_the_keyboard_is_enough_to_search(browser: webdriver.Chrome, server: str) -> None:
    browser.get(f"{server}/")
    browser.find_element(By.TAG_NAME, "body").send_keys("/")
    browser.switch_to.active_element.send_keys("mri lumbar", Keys.ENTER)
    WebDriverWait(browser, 10).until(lambda b: "q=mri" in b.current_url)
    assert "match, most alike first" in browser.find_element(By.ID, "hits").text


def test_the_editor_asks_the_graph(browser: webdriver.Chrome, server: str) -> None:
    if not (VENDOR / "yasqe.min.js").is_file():
        pytest.skip("no editor; run .ci/assets")
    browser.get(f"{server}/ask")
    browser.execute_script("document.querySelector('.yasqe .CodeMirror').CodeMirror.setValue('ASK { ?s ?p ?o }')")
    browser.find_element(By.CSS_SELECTOR, "#ask button[type=submit]").click()
    WebDriverWait(browser, 20).until(lambda b: "Yes" in b.find_element(By.TAG_NAME, "main").text)
    assert complaints(browser) == []


def test_nodes_can_be_moved(browser: webdriver.Chrome, server: str) -> None:
    if not (VENDOR / "cytoscape.min.js").is_file():
        pytest.skip("no graph view; run .ci/assets")
    browser.get(f"{server}/explore?node=MRI")
    browser.find_element(By.ID, "move").click()
    WebDriverWait(browser, 10).until(lambda b: b.find_elements(By.CSS_SELECTOR, "#canvas canvas"))
