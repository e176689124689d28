"""Writes the small pictures of all scenes into explainer/static/scenes: ``python tools/pictures/make.py``.

They are photographs of the running app, in light and in dark; a scene that plays stands at its end.
"""

import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.served import APP, served  # noqa: E402
from explainer.components.overview import PICTURES, picture  # noqa: E402
from tests.browser.conftest import ARGUMENTS, settled  # noqa: E402
from tests.browser.test_stage import DRAWN  # noqa: E402
from tests.scenes import deck  # noqa: E402

SIZE = (320, 180)
QUALITY = 60
ENDED = (
    """() => [...(window.__players ?? [])].filter(({ root }) => root.isConnected).forEach((p) => p.end())"""
)


def main() -> None:
    """Photograph every scene of the talk, and take away what no longer is one."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob("*.webp"):
        old.unlink()
    with served(APP) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        for theme in ("light", "dark"):
            page = browser.new_page(color_scheme=theme, viewport={"width": 1280, "height": 720})
            for path, slug, _ in deck(hidden=False):
                page.goto(f"{server.address}/{path}?scene={slug}&present=1")
                settled(page)
                page.wait_for_function("window.__deck?.resting")
                page.wait_for_function(DRAWN)
                page.evaluate(ENDED)
                page.wait_for_timeout(400)
                keep(page.screenshot(), PICTURES / f"{picture(path, slug)}-{theme}.webp")


def keep(photograph: bytes, path: Path) -> None:
    """Write a photograph as a small picture."""
    Image.open(BytesIO(photograph)).convert("RGB").resize(SIZE, Image.Resampling.LANCZOS).save(
        path, quality=QUALITY, method=6
    )


if __name__ == "__main__":
    main()
