"""Attention: who looks at whom, and what it brings."""

from explainer import ui
from explainer.ui.scenes import attention, caching, head_weights, heads, neurons


@ui.scene(
    "Who looks at whom",
    "To choose the next character, every character asks itself and the earlier ones: how much do you matter?",
)
def who_looks_at_whom() -> None:
    """To choose the next character every character asks itself and those before it. Let it write a few and
    watch who is looked at. In the first layer a head always looks at the character just before: who finds it?
    """
    with ui.controls():
        asked = attention.request()
    attention.watched(asked)


@ui.scene(
    "How one head does it",
    "A query meets every key up to its own place; what fits best weighs most when the values are added up.",
)
def how_one_head_does_it() -> None:
    """Three matrices make a query, a key and a value of every character. Query times key, a scale, a mask, a
    softmax; then the values, weighed, added, and written into the stream. All of it is the multiplication
    you know.
    """
    with ui.controls():
        step = ui.choice("step", heads.STEPS, key="attention_step", stages=heads.STEPS)
        asked = heads.request()
        pair = heads.pair(asked)
        numbers = heads.numbers(step)
        if step in heads.BY_WEIGHTS:
            head_weights.differences()
    ui.note(heads.habit(asked, pair))
    heads.head_grid(step, numbers, asked, pair)


@ui.scene(
    "Why a cache",
    "Keys and values of what was read stay the same: keep them, and only the new character is computed.",
)
def why_a_cache() -> None:
    """The talk's script reads the whole text again for every character. Earlier characters never see later
    ones, so their keys and values cannot change: keep them. What does that cost instead? Memory.
    """
    with ui.controls():
        asked = caching.with_room(heads.request())
        heads.receipt(asked)
    ui.note(caching.MEASURED)
    caching.written(asked)


@ui.scene(
    "Switch a head off",
    "What is switched off writes nothing; the same dice then write another text, or the same.",
)
def switch_a_head_off() -> None:
    """One head is off, the one that looks for the same letter, and the same dice write gibberish. Most
    of the others change next to nothing. Ask before you click: does this one matter?
    """
    with ui.controls():
        asked = heads.request()
        off = heads.switched_off(asked)
        seed, temperature = heads.settings()
        heads.receipt(asked)
    found = heads.without(asked, seed, temperature, off)
    parts, texts = ui.shared(1, 1, key="attention_switch")
    with parts:
        heads.switch_grid(asked, off, found)
    with texts:
        heads.continuations(asked, off, found)


@ui.scene(
    "What a neuron reads",
    "Most neurons of the MLP wait for something in the text; when it comes, they push some characters.",
)
def what_a_neuron_reads() -> None:
    """A neuron waits for something, this one for spaces. These passages, never seen in training,
    move it most. Then it pushes: which characters become likelier? Not every neuron can be told in words.
    """
    with ui.controls():
        asked = heads.request()
        part = neurons.chosen(asked)
    if neurons.ready(asked):
        ui.note(neurons.told(asked, part))
        neurons.picture(asked, part)


@ui.scene(
    "What each layer guesses", "If the model stopped here, what would it say? A guess forms, layer by layer."
)
def what_each_layer_guesses() -> None:
    """Cut the model off after each layer and ask for its guess. At the top it is noise; further down the
    answer forms. In which layer does it know?
    """
    with ui.controls():
        asked = heads.request()
        colour = ui.choice("colour: probability of", heads.COLOURS, key="attention_colour")
        places = heads.guesses_shown(asked)
        heads.receipt(asked)
    heads.guess_grid(asked, places, colour)


ui.chapter(
    who_looks_at_whom,
    how_one_head_does_it,
    why_a_cache,
    switch_a_head_off,
    what_a_neuron_reads,
    what_each_layer_guesses,
)
