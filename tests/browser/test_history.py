"""The browser's history: one turn is one entry; Back and Forward lead to what was seen there."""

from urllib.parse import parse_qs, urlparse

from tests.browser.conftest import settled

SEEN = """() => ({
    title: document.querySelector('h1').innerText,
    controls: [...document.querySelectorAll('.st-key-controls :is([aria-checked=true], input[type=range])')]
        .map((control) => control.value || control.innerText),
})"""


def seen(page) -> tuple[str, dict, str, list[str]]:
    """Return what is on the screen and in the address: path, parameters, title, values of the controls."""
    settled(page)
    address, found = urlparse(page.url), page.evaluate(SEEN)
    return address.path, parse_qs(address.query, keep_blank_values=True), found["title"], found["controls"]


def turn(page, to: int | str) -> None:
    """Click the dot of a scene, or follow the clicker's link to another chapter, and wait for the scene."""
    before = page.locator("h1").inner_text()
    dots = page.locator("nav[aria-label='Scenes of this chapter'] button")
    link = page.locator(f".st-key-{to}_chapter a") if isinstance(to, str) else dots.nth(to)
    link.evaluate("(link) => link.click()")
    page.wait_for_function("(before) => document.querySelector('h1')?.innerText !== before", arg=before)


def go(page, by: int, entry: tuple) -> None:
    """Press the browser's Back (−1) or Forward (1) and wait for the title of the entry it leads to."""
    page.evaluate("(by) => history.go(by)", by)
    page.wait_for_function("(title) => document.querySelector('h1')?.innerText === title", arg=entry[2])


def test_back_and_forward_are_exact_within_and_across_chapters(open_page):
    page = open_page("/neuron?scene=why-it-must-bend")
    first = page.evaluate("history.length")
    page.locator(".st-key-neuron_data button").first.click()  # a control that the browser writes down
    settled(page)
    page.locator(".st-key-neuron_seed_next button").click()  # one that the server writes down
    walked = [seen(page)]
    assert walked[0][1] == {"scene": ["why-it-must-bend"], "neuron_data": ["linear"], "neuron_seed": ["3"]}
    for to, control in (
        (3, ".st-key-neuron_activation button >> nth=2"),
        ("next", None),  # from a scene whose control was changed
        (1, None),
        (0, ".st-key-mm_n input[type=range]"),
        ("last", None),
    ):
        turn(page, to)
        settled(page)
        if control:
            page.locator(control).focus()
            page.keyboard.press("ArrowRight" if "range" in control else "Enter")
        walked.append(seen(page))
    assert [path for path, *_ in walked] == ["/neuron"] * 2 + ["/matrix-multiplication"] * 3 + ["/neuron"]
    assert page.evaluate("history.length") - first == 5
    for entry in reversed(walked[:-1]):
        go(page, -1, entry)
        assert seen(page) == entry
    for entry in walked[1:]:
        go(page, 1, entry)
        assert seen(page) == entry


def runs(page) -> list[str]:
    """Return a list that grows by each message to the server."""
    sent = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda told: sent.append(told)))
    return sent


def test_the_address_holds_keys_and_a_link_that_does_is_drawn_in_one_run(open_page):
    page = open_page("/")
    sent, length = runs(page), page.evaluate("history.length")
    for told in ("linear", "one+line"):  # older links say what was shown
        page.goto(
            f"{page.url.split('/neuron')[0].rstrip('/')}/neuron?scene=why-it-must-bend&neuron_data={told}"
        )
        settled(page)
        page.wait_for_function("() => location.search === '?scene=why-it-must-bend&neuron_data=linear'")
        assert seen(page)[3][0] == "one line"
    assert (len(sent), page.evaluate("history.length")) == (2, length + 2)
    page.locator(".st-key-neuron_data button").nth(2).click()
    page.wait_for_function("() => location.search.includes('neuron_data=circle')")
    page.locator(".st-key-neuron_data button").first.click()
    page.wait_for_function("() => location.search.includes('neuron_data=linear')")
    settled(page)
    assert (len(sent), page.evaluate("history.length")) == (4, length + 2)


def test_what_a_link_says_wrong_leaves_the_address_without_an_entry(open_page):
    page = open_page("/")
    start = seen(page)
    length = page.evaluate("history.length")
    page.goto(page.url + "neuron?scene=a-network&neuron_data=&mm_n=nan&neuron_activation=ReLU&other=1")
    settled(page)
    page.wait_for_function("() => !location.search.includes('other')")
    linked = seen(page)
    assert linked[1] == {"scene": ["a-network"], "neuron_activation": ["ReLU"]}
    turn(page, 3)
    settled(page)
    assert page.evaluate("history.length") == length + 2
    for entry in (linked, start):
        go(page, -1, entry)
        assert seen(page) == entry


def test_a_link_in_the_navigation_is_an_entry_too(open_page):
    page = open_page("/neuron?scene=a-layer&neuron_layer_x1=1.5")
    before = seen(page)
    page.locator("[data-testid=stTopNavLink]").first.click()
    page.wait_for_function("() => location.pathname === '/'")
    page.wait_for_function("(title) => document.querySelector('h1')?.innerText !== title", arg=before[2])
    settled(page)  # a title comes before the controls below it
    after = seen(page)
    assert after[:2] == ("/", {})
    go(page, -1, before)
    assert seen(page) == before
    go(page, 1, after)
    assert seen(page) == after


def test_an_old_link_follows_a_scene_to_the_chapter_that_it_stands_in_now(open_page):
    page = open_page("/neuron?scene=two-layers-one-matrix&neuron_between=tanh")
    page.wait_for_function("() => location.pathname === '/matrix-multiplication'")
    page.get_by_text("The outputs differ by up to").wait_for()
    assert seen(page)[1] == {"scene": ["two-layers-one-matrix"], "neuron_between": ["tanh"]}
