"""One prediction through a whole GPT, in Chromium: what is drawn is the trace, and play asks nothing."""

from itertools import pairwise

import numpy as np
import pytest

from explainer import checkpoints
from explainer.traces import gpt as trace
from explainer.traces.flow import added, flow, patterns, vectors
from tests.browser.conftest import settled

FIND = """() => {
  const roots = [...document.querySelectorAll('*')].map((e) => e.shadowRoot).filter(Boolean);
  window.flow = roots.map((root) => root.querySelector('.flow')?.__flow).find((view) => view?.images);
  return Boolean(window.flow);
}"""
GIRLS, BOYS = "girls%E2%80%99+names", "boys%E2%80%99+names"
LONG = "Now is the winter of our discontent made glorious summer by this"
TEXTS = [
    ("shakespeare", "Shakespeare", "To be, or not to b"),
    ("shakespeare", "Shakespeare", LONG),
    ("girls-gpt", GIRLS, "MARI"),
    ("girls-gpt", GIRLS, "Z"),
    ("boys-gpt", BOYS, "WOJCIE"),
]
EXACT = "(name) => [...flow.passed.vector(name)]"
# Frames a second in the next three seconds.
FRAMES = """new Promise((done) => {
  const began = performance.now();
  let frames = 0;
  const next = () => {
    const gone = performance.now() - began;
    if (gone > 3000) { done((1000 * frames) / gone); return; }
    frames += 1;
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
})"""
ADDED = """(id) => flow.film.added.map(({ part }) => flow.passed.addedBy(part, id))"""
# The shade that a number of a character has on its strip, as a place on its scale.
PIXEL = """([name, character, number]) => {
  const image = flow.images.of(name);
  const [r, g, b] = image.getContext('2d').getImageData(character, number, 1, 1).data;
  const positive = flow.passed.byName.get(name).role === 'probabilities';
  const { rgb } = positive ? flow.theme.sequential : flow.theme.diverging;
  const apart = ([x, y, z]) => Math.abs(x - r) + Math.abs(y - g) + Math.abs(z - b);
  const best = rgb.reduce((found, color, i) => (apart(color) < apart(rgb[found]) ? i : found), 0);
  return best / (rgb.length - 1);
}"""


@pytest.fixture
def open_flow(open_page):
    """A function that opens the scene and waits until the strips are there."""

    def visit(query: str, **options):
        page = open_page(f"/gpt?{query}", **options)
        page.wait_for_function(FIND, timeout=60_000)
        return page

    return visit


def traced(name: str, text: str):
    loaded = checkpoints.load(name, half=True)
    ids = loaded.vocabulary.encode("." + text if name.endswith("-gpt") else text)
    return loaded, flow(loaded.model, ids)


@pytest.mark.parametrize(("name", "title", "text"), TEXTS, ids=[f"{n}: {t[:12]}" for n, _, t in TEXTS])
def test_every_number_of_the_flow_is_the_trace(open_flow, name, title, text):
    page = open_flow(f"gpt_flow_model={title}&gpt_flow_text={text}")
    loaded, found = traced(name, text)
    values, last = vectors(found), len(found.ids) - 1
    for strip, expected in values.items():
        np.testing.assert_allclose(
            page.evaluate(EXACT, strip), expected[last], rtol=1e-4, atol=1e-4, err_msg=strip
        )
    looks = patterns(found)
    for layer in range(len(found.layers)):
        shown = np.array(page.evaluate(EXACT, f"pattern.{layer}")).reshape(looks.shape[1], -1)
        np.testing.assert_allclose(shown, looks[layer, :, last], atol=1e-5)
    parts = added(loaded.model, found, last)
    for token in map(int, np.argsort(-found.logits[last])[:3]):
        told = page.evaluate(ADDED, token)
        assert sum(told) == pytest.approx(found.logits[last, token], abs=1e-4)
        by_layer = np.stack([parts.heads[:, :, token].sum(1), parts.mlps[:, token]], axis=1).ravel()
        np.testing.assert_allclose(told[2:], by_layer, atol=1e-4)
    rng = np.random.default_rng(0)
    for strip in rng.choice(list(values), 12, replace=False):
        one, (character, number) = values[strip], (int(rng.integers(last + 1)), int(rng.integers(9)))
        share = one[character, number] / np.abs(one).max()
        place = (
            np.sqrt(share) if strip == "probabilities" else 0.5 + 0.5 * np.sign(share) * np.sqrt(abs(share))
        )
        assert page.evaluate(PIXEL, [strip, character, number]) == pytest.approx(
            place, abs=0.26 / page.evaluate("flow.passed.levels")
        ), strip


def test_the_candidates_and_what_was_added_stand_there_in_digits(open_flow):
    page = open_flow("gpt_flow_model=Shakespeare&gpt_flow_text=To be, or not to b")
    loaded, found = traced("shakespeare", "To be, or not to b")
    page.evaluate("flow.player.end()")
    best = np.sort(found.probabilities[-1])[::-1]
    assert page.locator(".candidate .share").all_inner_texts() == [f"{100 * p:.1f} %" for p in best[:6]]
    page.locator(".candidate").nth(2).click()
    token = int(np.argsort(-found.probabilities[-1])[2])
    parts = trace.contributions(loaded.model, found, -1, token)
    sums = [parts.token + parts.position, parts.heads.sum(), parts.mlps.sum(), parts.logit]
    told = [text.replace("−", "-") for text in page.locator(".sum b").all_inner_texts()]
    np.testing.assert_allclose([float(text) for text in told], sums, atol=0.0051)
    page.locator(".heads button").nth(3).click()
    own = page.locator(".sum .part b").inner_text().replace("−", "-")
    assert float(own) == pytest.approx(parts.heads[:, 2].sum(), abs=0.0051)
    again = open_flow(page.evaluate("(__moments.write(), location.search.slice(1))"))
    assert again.evaluate("[flow.head, flow.candidate, flow.player.position === flow.film.last]") == [
        3,
        token,
        True,
    ]


def test_another_character_is_followed_with_its_own_numbers(open_flow):
    page = open_flow("gpt_flow_model=Shakespeare&gpt_flow_text=To be, or not to b")
    sizes = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: sizes.append(len(data))))
    page.locator(".letters span").nth(4).click()
    page.wait_for_function("flow.passed.position === 4", timeout=20_000)
    _, found = traced("shakespeare", "To be, or not to b")
    np.testing.assert_allclose(
        page.evaluate(EXACT, "mlp_post.3"), found.layers[3].mlp_post[4], rtol=1e-4, atol=1e-4
    )
    assert page.evaluate("flow.images !== null")
    told = page.evaluate("(__moments.write(), location.search.slice(1))")
    assert "gpt_flow_follow=5.0.0" in told
    assert open_flow(told).evaluate("flow.passed.position") == 4


def test_play_is_smooth_with_sixty_four_characters_and_asks_the_server_nothing(open_flow):
    page = open_flow(f"gpt_flow_model=Shakespeare&gpt_flow_text={LONG}")
    assert page.evaluate("flow.passed.T") == 64
    page.evaluate("""() => {
      const { send } = WebSocket.prototype;
      window.__asked = window.__frames = 0;
      WebSocket.prototype.send = function (...given) { __asked += 1; return send.apply(this, given); };
      const show = flow.map.show.bind(flow.map);
      flow.map.show = (moment) => { __frames += 1; show(moment); };
      flow.player.seek(flow.film.ends[2]);
    }""")
    bare = page.evaluate(FRAMES)  # what this machine has now for a page that draws nothing
    page.evaluate("flow.player.play(), window.__frames = 0")
    drawn = page.evaluate(FRAMES + ".then((rate) => [rate, __frames / 3])")
    page.evaluate("flow.player.pause()")
    assert min(drawn) >= min(30, bare / 2)
    assert page.evaluate("__asked") == 0


def test_what_the_page_gets_for_sixty_four_characters_is_less_than_a_megabyte(open_flow):
    page, sizes = open_flow("scene=the-flow"), []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: sizes.append(len(data))))
    page.goto(page.url.split("?")[0] + f"?gpt_flow_model=Shakespeare&gpt_flow_text={LONG}")
    page.wait_for_function(FIND, timeout=60_000)
    settled(page)
    assert 500_000 < sum(sizes) < 1_000_000


def test_a_strip_opens_in_place_and_escape_comes_back_to_the_same_place(open_flow):
    page = open_flow("gpt_flow_model=Shakespeare&gpt_flow_text=To be, or not to b")
    _, found = traced("shakespeare", "To be, or not to b")
    page.evaluate("flow.player.seek(flow.film.ends[7])")
    at = page.evaluate("flow.player.position")
    x, y = page.evaluate("""() => {
      const { left, top } = flow.map.canvas.getBoundingClientRect();
      const { x, y, w, h } = flow.map.rect(flow.map.boxes.get('q.0'));
      return [left + x + w / 2, top + y + (h * 70.5) / 384];
    }""")
    page.mouse.click(x, y)
    expected = found.layers[0].q[1, -1, 6]
    page.locator(".opened .check").wait_for(timeout=20_000)
    told = page.locator(".opened .check").inner_text().split(": ")[-1].replace("−", "-")
    assert float(told) == pytest.approx(expected, abs=1e-4)
    page.locator(".opened .lines button").first.click()
    page.locator(".opened .crumb").nth(1).wait_for(timeout=20_000)
    page.keyboard.press("Escape")
    assert page.locator(".opened").is_hidden()
    assert page.evaluate("flow.player.position") == at


def test_the_clicker_plays_from_stop_to_stop_and_takes_them_back(open_flow):
    page = open_flow("gpt_flow_model=Shakespeare&gpt_flow_text=To be, or not to b")
    stops = page.evaluate("flow.film.stops")
    assert page.evaluate("flow.player.position") == stops[0]  # the strips of the text are there
    page.keyboard.press("PageDown")
    page.wait_for_function("flow.player.playing")
    page.keyboard.press("PageDown")
    assert page.evaluate("[flow.player.position, flow.player.playing, flow.player.passed]") == [
        stops[1],
        False,
        False,
    ]
    page.keyboard.press("PageDown")
    page.wait_for_function(
        "(stop) => !flow.player.playing && flow.player.position === stop", arg=stops[2], timeout=20_000
    )
    page.keyboard.press("PageUp")
    page.wait_for_function("(stop) => flow.player.position === stop", arg=stops[1])


def test_on_a_phone_the_stages_stand_one_under_the_other(open_flow):
    page = open_flow("gpt_flow_model=Shakespeare&gpt_flow_text=To be, or not to b", width=390, height=844)
    page.evaluate("flow.player.seek(flow.film.ends[8])")
    boxes = page.evaluate("""() => [...flow.map.boxes.values()].map((box) => flow.map.rect(box))
      .filter(({ h }) => h > 3)""")
    assert len(boxes) > 15
    assert all(box["w"] > 300 for box in boxes)
    assert all(a["y"] + a["h"] <= b["y"] for a, b in pairwise(boxes))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_is_not_computed_yet_is_a_question(open_flow):
    page = open_flow("gpt_flow_model=Shakespeare&gpt_flow_text=To be, or not to b")
    page.evaluate("flow.player.seek(flow.film.ends[2])")
    assert set(page.locator(".candidate .share").all_inner_texts()) == {"?"}
    assert page.locator(".why h2").first.inner_text() == "candidates to follow"
    assert page.locator(".sum b").all_inner_texts()[1:3] == ["?", "?"]
    page.evaluate("flow.player.end()")
    assert page.locator(".why h2").first.inner_text() == "next character"
