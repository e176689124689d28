"""GPT: text becomes tokens, tokens go through blocks of attention and MLP, and out comes a guess."""

from explainer import ui
from explainer.ui.scenes import embeddings, flow, gpt
from explainer.ui.scenes import figure_one as figure


@ui.scene("The flow", "From the text to the next character: one prediction through the whole model.")
def the_flow() -> None:
    """The whole model in one picture, with its real numbers. Let the text flow through, stage after stage;
    any strip opens to its multiplications. Below: what each stage adds to the logit of one character.
    """
    with ui.controls():
        asked = flow.request()
    flow.watched(asked)


@ui.scene("Tokens", "A model reads numbers: here every character, spaces too, has one of its own.")
def tokens() -> None:
    """A model reads numbers. Ours reads characters: each has its place in a list. Type your own name: does
    it know all of its letters?
    """
    with ui.controls():
        name = gpt.model_of("vocabulary of", key="gpt_vocabulary")
        text = ui.text("your text", "Pan Tadeusz, or not to be?", key="gpt_typed", max_chars=200)
    gpt.character_tiles(name, text)


@ui.scene(
    "Byte pairs",
    "The big models’ tokenizers begin with bytes and join the most frequent pair, again and again.",
)
def byte_pairs() -> None:
    """The big models join what often stands together. Cut by a tokenizer that learned from Shakespeare, the
    Polish text takes nearly twice as many tokens; that is what speakers of Polish pay. What will it do
    with an emoji?
    """
    with ui.controls():
        text, shown_as = gpt.text_to_cut()
        source = ui.choice("learned from", gpt.LEARNED_FROM, key="gpt_learned")
    ui.complain(gpt.nothing_to_cut(text))
    gpt.byte_pairs(text, source, shown_as)


@ui.scene(
    "A map of embeddings", "Training moves together what is used alike: a letter and its capital, two vowels."
)
def embedding_map() -> None:
    """Every character is a list of numbers, drawn at random before training. Nobody told the model that a
    and A are the same letter; where does it put them? Look for your own initial.
    """
    with ui.controls():
        name, side = embeddings.request()
    ui.note(embeddings.told(name, side))
    embeddings.drawn(name, side)


@ui.scene(
    "The architecture", "One path from the text to the next character; every block on it can be opened."
)
def architecture() -> None:
    """From the text up to the next character: an embedding, six blocks of attention and MLP, a norm, and a
    table. Open any block: these are the real numbers for this text.
    """
    with ui.controls():
        asked = gpt.opened()
    ui.note(gpt.told(asked))
    path, tensor = ui.beside(2, 3)
    with path:
        gpt.decoder(asked)
    with tensor:
        gpt.tensor_grid(asked)


@ui.scene(
    "Figure 1", "The transformer of 2017 has two halves; a GPT keeps one of them, and changes three things."
)
def figure_one() -> None:
    """This is where it began: figure 1 of “Attention is all you need”, made for translating. Step by step:
    what a GPT leaves out, what it changes. What is left is ours; click on a block.
    """
    with ui.controls():
        asked = figure.request()
    figure.drawn(asked)


@ui.scene("To scale", "The area is the number of weights: how far back must we stand to see all of GPT-4?")
def to_scale() -> None:
    """The large area is ours, more than ten million numbers; the speck in it is our MLP. Then GPT-2, then
    what the press estimates for GPT-4. The blocks are of the same kind; there are more of them, and they
    are wider.
    """
    picture, words = ui.beside(3, 1)
    with picture:
        gpt.zoom()
    with words:
        gpt.odometer()


ui.chapter(the_flow, tokens, byte_pairs, embedding_map, architecture, figure_one, to_scale)
