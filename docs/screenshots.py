"""Make docs/img/web-*.png: the pages of the local page over the sample letters, at two widths.

    python docs/screenshots.py [--dark]

Needs chromium with its driver (.ci/browser).
"""

from __future__ import annotations

import argparse
import io
import shutil
import tempfile
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from PIL import Image
from selenium import webdriver

from imr_graph.app.web.application import make_app
from imr_graph.pipeline.build import build
from imr_graph.resources import data_folder

FOLDER = Path(__file__).parent / "img"
WIDTHS = {"wide": 1200, "phone": 390}
HEIGHT = 1500
PAGES = {
    "start": "/",
    "search": "/search?q=mri+lumbar+spine",
    "case": "/case/CM16-9900006",
    "compare": "/compare?a=CM16-9900006%231",
    "guideline": "/guideline/mtus-low-back-complaints-2004",
    "passage": "/passage/edfe987585cc7801",
    "amounts": "/amounts?service=physical-therapy",
    "explore": "/explore?node=CM16-9900006%231&expand=service:mri",
    "ask": "/ask?name=service-outcomes",
    "corpus": "/corpus",
}


@contextmanager
def serving(store: Path) -> Iterator[str]:
    """The address of a server over a store."""
    config = uvicorn.Config(make_app(store), host="127.0.0.1", port=0, lifespan="off", ws="none", log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


def shoot(browser: webdriver.Chrome, address: str, width: int) -> bytes:
    """The page as a PNG of few colours, no higher than two screens."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(address)
    time.sleep(0.4)
    height = min(HEIGHT, int(browser.execute_script("return document.documentElement.scrollHeight")))
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    shot = browser.execute_cdp_cmd("Page.captureScreenshot", {"clip": clip, "captureBeyondViewport": True})
    image = Image.open(io.BytesIO(b64decode(shot["data"]))).convert("RGB").quantize(128, Image.Quantize.MAXCOVERAGE)
    stream = io.BytesIO()
    image.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def main() -> None:
    """Make them all."""
    parser = argparse.ArgumentParser(description="Make the screenshots of docs/web.md.")
    parser.add_argument("--dark", action="store_true", help="in dark colours, as web-...-dark.png")
    dark = parser.parse_args().dark
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--hide-scrollbars", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        build([data_folder("sample")], store)
        browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
        scheme = {"features": [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", scheme)
        with serving(store) as address:
            for name, path in PAGES.items():
                for kind, width in WIDTHS.items():
                    target = FOLDER / f"web-{name}-{kind}{'-dark' if dark else ''}.png"
                    target.write_bytes(shoot(browser, address + path, width))
        browser.quit()


if __name__ == "__main__":
    main()
