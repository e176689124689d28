"""The opening: a name that one of three models writes letter by letter, all three with the same dice."""

from typing import Any

from explainer import names
from explainer.figures.drawing import Drawing
from explainer.figures.opening import PHONE_HEIGHT, Turn, written, written_alt
from explainer.traces import bigram, gpt
from explainer.traces import opening as trace
from explainer.ui.blocks import chart
from explainer.ui.caches import keep
from explainer.ui.catalogue import KINDS
from explainer.ui.scenes import compare
from explainer.ui.source import cached
from explainer.ui.trained import checkpoint
from explainer.ui.window import font_size, narrow

SEED = 13_165  # with these dice all three models write a name that girls bear: LENA, LILA, LINA
GLANCE = {"bigram": "the last letter", "mlp": "the last three", "gpt": "all letters so far"}


def _write(kind: str, seed: int) -> trace.Written:
    return trace.write(checkpoint(f"girls-{kind}").model, names.VOCABULARY, seed)


write = cached(_write, trace.write, trace.look, bigram.draw, gpt.trace)


def alphabet() -> list[str]:
    """Return what stands for each character; the first is where a name begins and ends."""
    return ["·", *names.VOCABULARY.symbols[1:]]


def show(kind: str, seed: int, *, key: str) -> None:
    """Draw how a model writes a name, and beside it what the models before it wrote with the same dice."""
    made = write(kind, seed)
    figure = drawn(kind, seed, aside(kind, seed), font_size(), narrow())
    alt = written_alt(made.name, turns(kind, made), alphabet())
    chart(figure, alt, key=key, height=PHONE_HEIGHT if narrow() else None)


@keep("scenes")
def drawn(kind: str, seed: int, told: str, size: int, phone: bool) -> Drawing:
    """Return the picture, made once for all visitors."""
    made = write(kind, seed)
    look: dict[str, Any] = {"aside": told, "font_size": size, "narrow": phone}
    return written(turns(kind, made), alphabet(), made.table, titles(kind, made), **look)


def titles(kind: str, made: trace.Written) -> tuple[str, str, str]:
    """Return what is said above the table, above what stands inside, and above the probabilities."""
    rows, columns = made.table.shape
    inside = {"mlp": "hidden layer: ", "gpt": f"after {depth()} layers: "}.get(kind, "")
    return f"table {rows} × {columns}", f"{inside}{len(made.letters[0].inside)}", "what may follow"


def aside(kind: str, seed: int) -> str:
    """Return what the models before this one wrote with the same dice."""
    before = list(KINDS)[: list(KINDS).index(kind)]
    told = [f"{KINDS[one]} {write(one, seed).name}" for one in before]
    return f"the same dice: {' · '.join(told)}" if told else ""


def turns(kind: str, made: trace.Written) -> list[Turn]:
    """Return what happens for every letter of a name, and what is said of it."""
    return [
        Turn(one.read, one.inside, one.draw.edges, one.draw.die, one.draw.drawn, captions(kind, made, place))
        for place, one in enumerate(made.letters)
    ]


def captions(kind: str, made: trace.Written, place: int) -> list[str]:
    """Return what is said of the four frames of one letter."""
    letters, one = alphabet(), made.letters[place]
    text, drawn = "".join(letters[i] for i in one.read), letters[one.draw.drawn]
    share = one.draw.probabilities[one.draw.drawn]
    start = "A name begins at the dot" if place == 0 else f"**{text}** is read"
    rows = "a row" if len(one.read) == 1 else f"{len(one.read)} rows"
    each = "" if len(one.read) == 1 else " in each"
    reads = f"{start}: a row of {len(letters)} numbers, zeros and a single one."
    if kind != "bigram":
        reads = f"It reads {GLANCE[kind]}, **{text}**: {rows} of zeros with a single one{each}."
    return [
        reads,
        _lights(kind, one),
        f"The die shows {one.draw.die:.3f} and falls on **{drawn}**, which has {share:.1%}.",
        _written(made, place),
    ]


def _lights(kind: str, one: trace.Letter) -> str:
    """Say what the rows that light are, and what becomes of them."""
    best = alphabet()[int(one.draw.probabilities.argmax())]
    said = f"Likeliest is **{best}**, {one.draw.probabilities.max():.1%}"
    if kind == "bigram":
        return f"Times the table, it is one row of the table: what may follow. {said}."
    rows = "Their rows" if len(one.read) > 1 else "Its row"
    through = "a hidden layer" if kind == "mlp" else f"{depth()} layers"
    verb = "go" if len(one.read) > 1 else "goes"
    return f"{rows} of the table {verb} through {through} of products: what may follow. {said}."


def _written(made: trace.Written, place: int) -> str:
    if place < len(made.letters) - 1:
        return f"The name so far: **{made.name[: place + 1]}**."
    if not made.ended:
        return f"**{made.name}**: it would go on; here it is cut off."
    bearers = compare.bearers().get((made.name, "girls"))
    known = f"a name that {bearers:,} girls bear" if bearers else "not among the names it could learn from"
    return f"The dot ends it: **{made.name}**, {known}."


def depth() -> int:
    """Return how many layers the GPT has."""
    return checkpoint("girls-gpt").model.config.n_layer
