"""What keeps somebody from the page, as axe finds it in what is drawn, shadow roots included."""

from axe_playwright_python.sync_playwright import Axe

MENDED = 200  # ms after which what Streamlit has drawn is mended
# Beside axe's own choice: WCAG 2.2's size of targets, and names that hold what is seen.
RULES = {"target-size": {"enabled": True}, "label-content-name-mismatch": {"enabled": True}}


def barriers(page) -> list[str]:
    """Return one line for every rule that the page breaks, with the first place."""
    page.wait_for_timeout(MENDED)
    found = Axe().run(page, options={"rules": RULES, "resultTypes": ["violations"]}).response
    return [f"{broken['id']}: {broken['nodes'][0]['html'][:150]}" for broken in found["violations"]]
