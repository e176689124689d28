"""What is said of a map of embeddings: what its axes show, and who lies beside whom at each moment."""

from collections.abc import Sequence

from explainer.traces.embeddings import Cloud, Companions, Shortest

AFTER = "after training"
BEFORE = "before training"
BEFORE_REFINING = "before the poem: Polish books"
AFTER_REFINING = "after the poem"


def step(number: int) -> str:
    """Return what a recorded moment of a training is called."""
    return f"step {number:,}"


def axes(found: Cloud, count: int, narrow: bool = False) -> list[str]:
    """Return the names of so many axes; a phone has no room to say what they are a share of."""
    of = "" if narrow else " of the variance"
    return [
        f"number {i + 1}" if found.own else f"{share:.1%}{of}" for i, share in enumerate(found.shares[:count])
    ]


def told(found: Cloud, moments: Sequence[str], count: int) -> str:
    """Return in one line what so many axes show, and of which steps nothing was recorded."""
    if found.own:
        return "Two numbers a letter: the model’s own, nothing is left out."
    size, shown = found.vectors.shape[2], float(found.shares[:count].sum())
    missing = " Of its training only these two moments were kept." if len(moments) == 2 else ""
    return (
        f"{size} numbers a character, by which neighbours are found; the axes show {shown:.0%} of their "
        f"variance (PCA).{missing}"
    )


def captions(moments: Sequence[str], found: Companions, zooms: Sequence[float]) -> list[str]:
    """Return one sentence for every moment: how many lie beside one that is used alike.

    Args:
        zooms: how many times larger each moment is drawn.
    """
    return [
        _caption(moment, int(n), found, zoom)
        for moment, n, zoom in zip(moments, found.found, zooms, strict=True)
    ]


def short(found: Shortest, symbols: Sequence[str]) -> str:
    """Return why a character is near many by distance: its vector is short; nothing if that is not so."""
    if found.length > found.median / 2 or found.near < 2:
        return ""
    told = f"its vector is short ({found.length:.2f}; median {found.median:.2f})."
    return f" By distance “{symbols[found.index]}” is nearest to {found.near} characters: {told}"


def _caption(moment: str, count: int, found: Companions, zoom: float) -> str:
    drawn = " (small random numbers)" if moment == BEFORE else ""
    has = "has" if count == 1 else "have"
    who, whom = {"capitals": ("letters", "its capital" if count == 1 else "their capital")}.get(
        found.kind, ("vowels", "a vowel")
    )
    larger = f" Drawn {zoom:.0f} × as large." if zoom > 1 else ""
    told = f"**{count} of {found.of}** {who} {has} {whom} as the nearest of all, by the angle."
    return f"{moment[0].upper()}{moment[1:]}{drawn}: {told}{larger}"
