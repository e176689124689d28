"""The attention scene in Chromium: play, first character, another head, beside an empty page in the same run.

``python benchmarks/attention.py [--seconds 5] [--repeats 9]`` prints JSON. A frame counts as drawn when the
browser calls back after the picture of one more character; a first character when its picture stands.
"""

import argparse
import json
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Page, sync_playwright  # noqa: E402

from benchmarks.interaction import control, measure, summary, window  # noqa: E402
from tests.browser.conftest import ARGUMENTS, running, settled  # noqa: E402
from tests.browser.test_attention import FIND  # noqa: E402

# Frames a second that the browser itself reaches.
FRAMES = """(seconds) => new Promise((resolve) => {
  let [frames, began] = [0, performance.now()];
  const frame = (now) => {
    frames += 1;
    if (now - began < 1000 * seconds) requestAnimationFrame(frame);
    else resolve((1000 * frames) / (now - began));
  };
  requestAnimationFrame(frame);
})"""

# Every picture of the view: which position, when, and how long it took.
NOTE = """(speed) => {
  window.seen = [];
  const show = Object.getPrototypeOf(view).show;
  view.show = () => {
    const began = performance.now();
    show.call(view);
    window.seen.push([view.position, began, performance.now() - began]);
  };
  view.speed = speed;
}"""

# From a real click to the frame after the picture that it asked for.
CLICKED = """(position) => new Promise((resolve) => {
  let began = null;
  const begin = () => { began ??= performance.now(); };
  window.addEventListener('pointerdown', begin, { capture: true, once: true });
  const look = () => {
    if (began === null || view.position < position) requestAnimationFrame(look);
    else requestAnimationFrame(() => resolve(performance.now() - began));
  };
  look();
})"""

HEAD = """(head) => new Promise((resolve) => {
  const began = performance.now();
  view.choose(head);
  requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)));
})"""


def opened(page: Page, base: str, query: str = "") -> Page:
    """Open the scene and wait until its picture stands and the script rests."""
    page.goto(f"{base}/attention?{query}")
    page.wait_for_function(FIND, timeout=60_000)
    settled(page)
    return page


def play(page: Page, base: str, seconds: float, speed: float) -> dict[str, float]:
    """Play from the prompt on; return characters and frames a second, and what was lost."""
    opened(page, base)
    page.evaluate(NOTE, speed)
    page.get_by_role("button", name="Play").click()
    frames = page.evaluate(FRAMES, seconds)
    page.get_by_role("button", name="Pause").click()
    seen = [s for s in page.evaluate("window.seen") if s[0] > 0]
    positions = [s[0] for s in seen]
    drawn = sorted(s[2] for s in seen)
    return {
        "characters_per_second": round(1000 * (len(seen) - 1) / (seen[-1][1] - seen[0][1]), 1),
        "characters": len(set(positions)),
        "lost": len(set(range(1, positions[-1] + 1)) - set(positions)),
        "frames_per_second": round(frames, 1),
        "draw_ms_p50": round(drawn[len(drawn) // 2], 2),
        "draw_ms_max": round(drawn[-1], 2),
    }


def first_character(page: Page, base: str) -> float:
    """Return the milliseconds from the click to the picture of the first character."""
    opened(page, base)
    page.evaluate(f"() => {{ window.took = ({CLICKED})(1); }}")
    page.get_by_role("button", name="Sample one").click()
    return page.evaluate("window.took")


def asked_character(page: Page, base: str, at: int) -> float:
    """Return the milliseconds from a pick by hand to the character after it, which the server must write."""
    opened(page, base, f"attention_at={at}")
    page.locator(".candidate:not(.taken) .take").nth(2).click()
    page.evaluate(f"() => {{ window.took = ({CLICKED})({at + 1}); }}")
    page.get_by_role("button", name="Sample one").click()
    return page.evaluate("window.took")


def heads(page: Page, base: str, repeats: int) -> list[float]:
    """Return the milliseconds from the choice of a head to its picture, with 128 characters on the screen."""
    opened(page, base, "attention_at=120")
    return [page.evaluate(HEAD, [i % 6, (i // 2) % 6]) for i in range(1, repeats + 1)]


def main() -> None:
    """Measure the scene, the empty page and an empty rerun in one run and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--speed", type=float, default=60, help="characters a second that play tries for")
    parser.add_argument("--repeats", type=int, default=9)
    options = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        page = window(browser)
        page.goto("about:blank")
        found = {"empty_page_frames_per_second": round(page.evaluate(FRAMES, 2), 1)}
        with running(ROOT / "benchmarks" / "peers" / "empty.py") as base:
            page.goto(base)
            settled(page)
            found["empty_rerun_ms"] = measure(page, control(page), options.repeats)
        with running(ROOT / "explainer" / "app.py") as base:
            opened(page, base)  # warm
            found["play"] = play(page, base, options.seconds, options.speed)
            found["first_character_ms"] = summary(
                [first_character(page, base) for _ in range(options.repeats)]
            )
            picks = [asked_character(page, base, 4 + i) for i in range(options.repeats)]
            found["character_after_a_pick_ms"] = summary(picks)
            found["another_head_ms"] = summary(heads(page, base, options.repeats))
        browser.close()
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
