"""For every scene: from a key or a control to the repainted picture, beside bare Streamlit pages.

``python benchmarks/interaction.py [--repeats 9] [--chapter bigram]`` prints JSON. A repaint counts as done
when the script has run, nothing in the page changes for two frames, and every message has arrived.
"""

import argparse
import json
import shutil
import statistics
import sys
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from tests.browser.conftest import ARGUMENTS, running, settled  # noqa: E402
from tests.scenes import address, deck  # noqa: E402

# Started by the page's own event, so that the driver's round trip is not counted.
WATCH = (Path(__file__).parent / "watch.js").read_text(encoding="utf-8").split("\n", 1)[1]


# Notes when the server last spoke (a fast run can begin and end between two frames of the browser) and when
# a component last changed what is seen: its shadow root is its own, and a canvas changes without a trace.
# What only a screen reader is told (a matrix as a hidden table, written once the hands rest) paints nothing.
LISTEN = """
window.__heard = window.__drawn = 0;
window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    this.addEventListener('message', () => { window.__heard = performance.now(); });
  }
};
const drawn = () => { window.__drawn = performance.now(); };
window.__seen = ({ target, attributeName }) => {
  const place = target.closest ? target : target.parentElement;
  return !attributeName?.startsWith('aria-') && !place?.closest('.visually-hidden');
};
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (...given) {
  const root = attach.apply(this, given);
  const all = { subtree: true, childList: true, characterData: true, attributes: true };
  new MutationObserver((changes) => { if (changes.some(window.__seen)) drawn(); }).observe(root, all);
  return root;
};
for (const name of ['fill', 'fillRect', 'fillText', 'stroke', 'drawImage', 'putImageData', 'clearRect']) {
  const draw = CanvasRenderingContext2D.prototype[name];
  CanvasRenderingContext2D.prototype[name] = function (...given) { drawn(); return draw.apply(this, given); };
}
"""


def window(browser: Browser) -> Page:
    """Open an empty window as large as a projector's."""
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    page.add_init_script(LISTEN)
    return page


def took(page: Page, act) -> float | None:
    """Return the milliseconds from an act of the visitor to the last change that it made in the page."""
    page.evaluate(WATCH)
    act()
    return page.evaluate("window.__took")


def summary(times: list[float]) -> dict[str, float]:
    """Return the median and the 95th percentile of some times, in milliseconds."""
    ordered = sorted(times)
    return {
        "p50": round(statistics.median(ordered), 1),
        "p95": round(ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))], 1),
        "n": len(ordered),
    }


def control(page: Page):
    """Return an act that moves the scene's first control to another value, or None if it has none."""
    row = page.locator(".st-key-controls, .st-key-value")
    slider = row.get_by_role("slider")
    if slider.count():
        keys = iter(["ArrowRight", "ArrowLeft"] * 1000)
        return lambda: slider.first.press(next(keys))
    buttons = row.get_by_role("radio")
    if buttons.count() > 1:
        places = iter([1, 0] * 1000)
        return lambda: buttons.nth(next(places)).click()
    switch = row.locator("[data-testid=stCheckbox] label")
    if switch.count():
        return lambda: switch.first.click()
    return None


def measure(page: Page, act, repeats: int) -> list[float]:
    """Time an act several times; the first, which warms caches, does not count, nor one without effect."""
    return [t for t in [took(page, act) for _ in range(repeats + 1)][1:] if t is not None]


def peers(browser: Browser, bases: dict[str, str], repeats: int) -> dict[str, list[float]]:
    """Time the key on the empty page and the slider on the page with a bare chart."""
    found = {}
    for name, base in bases.items():
        page = window(browser)
        page.goto(base)
        settled(page)
        if name == "empty":
            page.locator("h1").click()
            found[name] = measure(page, lambda p=page: p.keyboard.press("PageDown"), repeats)
        else:
            found[name] = measure(page, control(page), repeats)
        page.close()
    return found


def scenes(browser: Browser, base: str, path: str, repeats: int) -> list[dict]:
    """Measure every scene of a chapter: the key that leads to it, and its first control."""
    rows = []
    page = window(browser)
    for slug in (slug for chapter, slug, _ in deck() if chapter == path):
        page.goto(base + address(path, slug))
        settled(page)
        times = {"key": turns(page, repeats)}
        act = control(page)
        if act is not None:
            times["control"] = measure(page, act, repeats)
        rows.append({"scene": f"{path}?scene={slug}", **{k: summary(t) for k, t in times.items() if t}})
    page.close()
    return rows


def turns(page: Page, repeats: int) -> list[float]:
    """Time PageDown into this scene, coming from the one before it; the first turn does not count."""
    times = []
    for _ in range(repeats + 1):
        page.keyboard.press("PageUp")
        page.wait_for_timeout(500)
        settled(page)
        times.append(took(page, lambda: page.keyboard.press("PageDown")))
        settled(page)
    return [t for t in times[1:] if t is not None]


def measured(paths: list[str], repeats: int) -> tuple[dict[str, dict], list[dict]]:
    """Return the peers and every scene, measured in turn: what else the machine does changes slowly."""
    bare: dict[str, list[float]] = {"empty": [], "chart": []}
    rows: list[dict] = []
    with sync_playwright() as playwright, ExitStack() as stack:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        folder = ROOT / "benchmarks" / "peers"
        bases = {name: stack.enter_context(running(folder / f"{name}.py")) for name in bare}
        base = stack.enter_context(running(ROOT / "explainer" / "app.py"))
        for path in paths:
            for name, times in peers(browser, bases, repeats).items():
                bare[name] += times
            rows += scenes(browser, base, path, repeats)
        browser.close()
    return {name: summary(times) for name, times in bare.items()}, rows


def main() -> None:
    """Measure the peers and every scene in one run and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--chapter", help="the path of one chapter")
    options = parser.parse_args()
    paths = [options.chapter] if options.chapter is not None else list(dict.fromkeys(p for p, _, _ in deck()))
    bare, rows = measured(paths, options.repeats)
    ratios: dict[str, list[float]] = {"key": [], "control": []}
    for row in rows:
        for kind, peer in (("key", bare["empty"]), ("control", bare["chart"])):
            if kind in row:
                row[f"{kind}_ratio"] = round(row[kind]["p50"] / peer["p50"], 2)
                ratios[kind].append(row[f"{kind}_ratio"])
    middle = {kind: round(statistics.median(found), 2) for kind, found in ratios.items() if found}
    print(json.dumps({"unit": "ms", "peers": bare, "median_ratio": middle, "scenes": rows}, indent=1))


if __name__ == "__main__":
    main()
