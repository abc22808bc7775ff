"""A browser and a server for it to look at; the tests of this folder and docs/screenshots.py use them."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from imr_graph.app.web.application import make_app

if TYPE_CHECKING:
    from selenium.webdriver import Chrome


@contextmanager
def serving(store: Path) -> Iterator[str]:
    """The address of the server over a store as it really runs, on a free port."""
    config = uvicorn.Config(make_app(store), host="127.0.0.1", port=0, lifespan="off", ws="none", log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@contextmanager
def browsing() -> Iterator[Chrome]:
    """Chromium without a window; :class:`FileNotFoundError` where it or its driver is missing."""
    from selenium import webdriver

    driver, binary = shutil.which("chromedriver"), shutil.which("chromium")
    if not driver or not binary:
        raise FileNotFoundError("no chromium with its driver; run .ci/browser")
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    try:
        yield browser
    finally:
        browser.quit()


def look(browser: Chrome, width: int, *, dark: bool = False, zoom: int = 1) -> None:
    """Show pages in so many CSS pixels, each ``zoom`` pixels of the screen wide, in light or in dark."""
    size = {"width": width, "height": 900, "deviceScaleFactor": zoom, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
