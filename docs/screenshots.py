"""Make docs/img/web-*.png: the pages of the local page over the sample letters, at two widths.

    python -m docs.screenshots [--dark]

Needs chromium with its driver (.ci/browser).
"""

from __future__ import annotations

import argparse
import io
import tempfile
import time
from base64 import b64decode
from pathlib import Path

from PIL import Image
from selenium import webdriver

from imr_graph.pipeline.build import build
from imr_graph.resources import data_folder
from tests.app.web.browsing import browsing, look, serving

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
    "gaps": "/gaps?q=MRI+of+the+lumbar+spine.+Straight+leg+raise+is+positive+on+the+left.",
    "explore": "/explore?node=CM16-9900006%231&expand=service:mri",
    "ask": "/ask?name=service-outcomes",
    "corpus": "/corpus",
}


def shoot(browser: webdriver.Chrome, address: str) -> bytes:
    """The page as a PNG of few colours, no higher than two screens."""
    browser.get(address)
    time.sleep(0.4)
    width, height = browser.execute_script("return [innerWidth, document.documentElement.scrollHeight]")
    clip = {"x": 0, "y": 0, "width": width, "height": min(HEIGHT, height), "scale": 1}
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
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        build([data_folder("sample")], store)
        with serving(store) as address, browsing() as browser:
            for kind, width in WIDTHS.items():
                look(browser, width, dark=dark)
                for name, path in PAGES.items():
                    target = FOLDER / f"web-{name}-{kind}{'-dark' if dark else ''}.png"
                    target.write_bytes(shoot(browser, address + path))


if __name__ == "__main__":
    main()
