"""What is moved by hand: the picture follows, the server is asked when it is let go, a link keeps it."""

import re
from urllib.parse import unquote

import pytest

from tests.browser.conftest import settled

pytestmark = pytest.mark.long

# All drawings on the page, and where the grip of a name stands.
DRAWINGS = """() => [...document.querySelectorAll('*')].filter((e) => e.shadowRoot)
  .flatMap((e) => [...e.shadowRoot.querySelectorAll('.drawing .picture > svg')])
  .map((svg) => svg.__drawing)"""
GRIP = f"""(name) => {{
  const shapes = ({DRAWINGS})().flatMap((drawing) => drawing?.shapes ?? []);
  const box = shapes.find((s) => s.spec.grip === name)?.node.getBoundingClientRect();
  return box && [box.x + box.width / 2, box.y + box.height / 2];
}}"""
SHOWN = f"""(part) => ({DRAWINGS})().flatMap((d) => d?.shapes ?? [])
  .find((s) => s.spec.kind === 'mark' && [s.spec.part, s.spec.grip].includes(part)).node.textContent"""
MAP = f"""() => {{
  const field = ({DRAWINGS})().flatMap((d) => d?.shapes ?? []).find((s) => s.spec.name);
  const [grid] = field.node.__painted;
  return [0, 10, 20, 30].flatMap((i) => [5, 15, 25].map((j) => 1 / (1 + Math.exp(-grid.at(2 * i, 2 * j)))));
}}"""
STANDS = f"() => ({DRAWINGS})().some((d) => d?.seen && d.shapes.some((s) => s.spec.grip))"


@pytest.fixture
def hear(open_page):
    """A function that opens a scene and returns its page and the list of what it sends from now on."""

    def visit(path: str, **size):
        page = open_page(path, **size)
        sent: list = []
        page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
        page.reload()
        settled(page)
        page.wait_for_function(STANDS, timeout=30_000)
        page.wait_for_timeout(1200)
        sent.clear()
        return page, sent

    return visit


def pulled(page, grip: str, across: float, down: float, sent: list) -> None:
    """Take hold of a grip, move it in small steps, and stop before it is let go."""
    x, y = page.evaluate(GRIP, grip)
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(x + across * step / 8, y + down * step / 8)
    assert sent == []


def test_a_weight_is_pulled_and_what_follows_from_it_is_what_the_server_then_computes(hear):
    page, sent = hear("/neuron?scene=a-network", width=1280, height=720)
    assert page.evaluate(SHOWN, "p") == "?"  # its layer is not computed yet
    page.get_by_role("button", name="Step ›").click()
    before, p = page.evaluate(MAP), page.evaluate(SHOWN, "p")
    page.get_by_role("button", name="‹ Back").click()
    pulled(page, "v2", 0, -150, sent)
    told, meanwhile, then = page.evaluate(SHOWN, "v2"), page.evaluate(MAP), page.evaluate(SHOWN, "p")
    assert max(abs(a - b) for a, b in zip(before, meanwhile, strict=True)) > 0.05
    page.mouse.up()
    page.wait_for_url(re.compile("neuron_set=300%3Av2.*&neuron_flow_at=2"))  # it is computed to be seen
    settled(page)
    assert float(unquote(page.url).split("v2=")[1].split("&")[0]) == float(told.replace("−", "-"))
    assert page.evaluate(MAP) == pytest.approx(meanwhile, abs=2e-4)
    assert page.evaluate(SHOWN, "p") == then
    page.reload()
    settled(page)
    page.wait_for_function(STANDS)
    assert page.evaluate(SHOWN, "v2") == told
    assert page.evaluate(MAP) == pytest.approx(meanwhile, abs=2e-4)
    page.get_by_role("button", name="By hand").click()
    page.get_by_role("button", name="as trained").click()
    page.wait_for_url(lambda url: "neuron_set" not in url)
    page.wait_for_function(f"(p) => ({SHOWN})('p') === p", arg=p)


def test_the_star_is_pulled_and_the_numbers_of_the_network_follow(hear):
    page, sent = hear("/neuron?scene=a-network")
    pulled(page, "star", -300, -300, sent)
    x, p = page.evaluate(SHOWN, "x1"), page.evaluate(SHOWN, "p")
    page.mouse.up()
    page.wait_for_url("**neuron_point_x1=*")
    settled(page)
    assert float(re.search("neuron_point_x1=([-.0-9]+)", page.url)[1]) == float(x.replace("−", "-"))
    assert (page.evaluate(SHOWN, "x1"), page.evaluate(SHOWN, "p")) == (x, p)


def test_by_keys_the_star_and_a_weight_are_taken_moved_put_back_and_let_go(hear):
    page, sent = hear("/neuron?scene=a-network")
    page.locator(".drawing .picture > svg").last.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    for key in ("ArrowLeft", "ArrowLeft", "ArrowUp"):
        page.keyboard.press(key)
    assert (page.evaluate(SHOWN, "x1"), page.evaluate(SHOWN, "x2")) == ("0.4", "−0.45")
    page.keyboard.press("Escape")
    assert page.evaluate(SHOWN, "x1") == "0.5"
    assert sent == []
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.wait_for_url("**neuron_point_x1=0.45*")


def test_a_point_of_ones_own_is_put_on_the_map_moved_and_taken_off_it(hear):
    page, sent = hear("/neuron?scene=it-learns")
    canvas = page.evaluate(f"""() => {{
      const field = ({DRAWINGS})().flatMap((d) => d.shapes).find((s) => s.spec.name);
      const {{ x, y, width, height }} = field.node.firstChild.getBoundingClientRect();
      return [x, y, width, height];
    }}""")
    x, y, width, height = canvas
    page.mouse.click(x + 0.75 * width, y + 0.25 * height)
    page.wait_for_url(re.compile(r"neuron_own=1[+%20]+0\.5[+%20]+0\.5"))
    settled(page)
    page.wait_for_function(f"() => ({GRIP})('own0')")
    assert "of 201" in page.locator(".drawing").first.inner_text()
    sent.clear()
    pulled(page, "own0", -0.25 * width, 0, sent)
    page.mouse.up()
    page.wait_for_url(re.compile(r"neuron_own=1[+%20]+0[+%20]+0\.5"))
    settled(page)
    sent.clear()
    pulled(page, "own0", 0, -0.6 * height, sent)
    page.mouse.up()
    page.wait_for_url(lambda url: "neuron_own" not in url)


def test_training_goes_on_from_a_weight_that_was_pulled_and_its_beginning_stays(hear):
    page, sent = hear("/neuron?scene=it-learns")
    frame = "() => window.__d().player.position"
    page.evaluate(f"() => {{ window.__d = () => ({DRAWINGS})()[0]; window.__d().player.goTo(8); }}")
    step = page.evaluate("() => window.__d().spec.frames.titles[8].match(/step (\\d+)/)[1]")
    weights = "() => window.__d().spec.hand.network.W1"
    before = page.evaluate(weights)
    pulled(page, "w12", 0, -90, sent)
    told = page.evaluate(SHOWN, "w12")
    page.mouse.up()
    page.wait_for_url(re.compile(f"neuron_turned={step}%3Aw12"))
    settled(page)
    after = page.evaluate(weights)
    assert after[:8] == before[:8]
    assert all(a != b for a, b in zip(after[8:], before[8:], strict=True))
    assert page.evaluate(frame) == 8
    assert page.evaluate(SHOWN, "w12") == told
    page.get_by_role("button", name="Play").click()
    page.evaluate("() => { window.__d().player.speed = 1; }")
    page.get_by_text("sigmoid", exact=True).click()
    page.wait_for_url("**neuron_activation=sigmoid*")
    settled(page)
    assert page.evaluate("() => window.__d().player.playing")
