"""MLP: letters become vectors, a layer of tanh mixes them, a softmax guesses the next letter."""

import streamlit as st

from explainer import ui
from explainer.figures import bars, bengio, palette, window
from explainer.ui.catalogue import SEXES
from explainer.ui.scenes import mlp

PLAYER = 260  # pixels of what is said and pressed on a phone, beside the picture


@ui.scene(
    "The structure",
    "Look up each letter, put the vectors side by side, mix, and guess the letter that follows.",
)
def structure() -> None:
    """Three letters are looked up, their vectors laid side by side, mixed, bent, and mixed once more:
    thirty-four scores, and a guess. It is figure 1 of Bengio's paper of 2003, with our numbers in it.
    """
    with ui.controls():
        asked = mlp.request(step=True)
    step = mlp.forward(asked.sex, asked.text)
    letters, symbols = mlp.context(step), mlp.symbols(asked.sex)
    figure = bengio.architecture(
        letters,
        step.idx,
        step.emb,
        step.h,
        step.probabilities,
        symbols,
        font_size=ui.font_size(),
        narrow=ui.narrow(),
    )
    alt = bengio.architecture_alt(letters, step.probabilities, symbols)
    ui.chart(figure, alt, key="mlp_structure", on_pick=mlp.opens_letter(asked))
    ui.receipt_of(*mlp.likeliest(asked))


@ui.scene(
    "Building the data set", "A window slides over every name: these letters were read, this one follows."
)
def data_set() -> None:
    """The window slides over a name: three letters to read, one to guess. 2,813 names give 20,409 such
    examples. What does the model read before the first letter?
    """
    with ui.controls():
        asked = mlp.request()
        size = ui.slider("BLOCK_SIZE", 1, 8, 3, key="mlp_block")
    found = mlp.windows(asked.sex, asked.name, size)
    contexts, targets, ids = mlp.texts(found)
    shares = mlp.shares(asked) if size == mlp.shape(asked.sex).block_size else []
    figure = window.sliding(contexts, targets, ids, shares, font_size=ui.font_size(), narrow=ui.narrow())
    ui.note(f"{mlp.examples(asked.sex)} {mlp.joint(asked) if shares else ''}")
    with ui.shared(1, key="mlp_data_set")[0]:
        height = window.phone_height(len(targets)) + PLAYER if ui.narrow() else None
        ui.picture(figure, window.sliding_alt(contexts, targets), key="mlp_windows", height=height)


@ui.scene("Hyperparameters", "Four numbers that we choose before training, and what each of them costs.")
def hyperparameters() -> None:
    """Four numbers we choose, and the model does not: they fix the shapes. Make the hidden layer twice as
    wide and watch what it costs. Which of the matrices does the batch size change? None.
    """
    with ui.controls():
        block = ui.slider("BLOCK_SIZE", 1, 8, 3, key="mlp_block")
        embedding = ui.slider("EMBEDDING_DIMENSION", 1, 32, 10, key="mlp_embedding")
        hidden = ui.slider("HIDDEN_LAYER_SIZE", 1, 400, 200, key="mlp_hidden")
        batch = mlp.batch_size()
    count = mlp.parameter_count(34, block, embedding, hidden)
    labels, lengths, texts = mlp.prices(count)
    figure = bars.bars(labels, lengths, texts, color=palette.WEIGHTS, font_size=ui.font_size())
    ui.note(mlp.chosen_for_training())
    place = ui.shared(1, key="mlp_hyperparameters")[0]
    with place:
        ui.metrics(**mlp.costs(count, batch))
        ui.picture(figure, bars.bars_alt("Parameters", labels, texts), key="mlp_prices")


@ui.scene(
    "The matrices", "Five matrices are all that the model is; training does nothing but change their numbers."
)
def matrices() -> None:
    """13,374 numbers, all of the model. At the start they are dice; afterwards they name babies. Which of
    the five matrices has most of them?
    """
    with ui.controls():
        name = ui.choice("matrix", mlp.MATRICES, key="mlp_matrix", stages=mlp.MATRICES)
        time = ui.choice("numbers", mlp.TIMES, key="mlp_time")
        with st.popover("More"):
            sex = ui.choice("learned from", mlp.models(), key="mlp_sex")
            first = ui.choice("neurons of W1 and W2", mlp.neuron_windows(sex), key="mlp_first")
    mlp.matrix_grid(sex, time, name, None if first == "all" else int(first))


@ui.scene("The forward pass", "One guess, from the letters to the loss: seven stages, every number of them.")
def forward_pass() -> None:
    """Seven steps from letters to loss. Walk through them: a look-up, a reshape, a multiplication, a bend, a
    multiplication, a softmax, a logarithm. At the end click a letter: how it came about opens, down to
    the single products.
    """
    with ui.controls():
        step = ui.choice("stage", mlp.STEPS, key="mlp_step", stages=mlp.STEPS)
        with st.popover("The name"):
            asked = mlp.request(step=True)
            neurons = ui.choice("neurons", mlp.neurons(asked.sex), key="mlp_neurons")
    mlp.forward_grid(step, asked, neurons)
    ui.receipt_of(*mlp.likeliest(asked))


@ui.scene("tanh", "Without a bend, two layers would be one; but where it is flat, nothing can be learned.")
def tanh() -> None:
    """It squeezes any sum between minus one and one. In the middle it is steep; at the ends it is flat, and
    where it is flat no gradient comes through. Where would you want a neuron to stand before it has
    learned anything?
    """
    with ui.controls():
        z = ui.slider("sum", -5.0, 5.0, 1.0, step=0.05, key="mlp_z")
        asked = mlp.request(step=True)
    step = mlp.forward(asked.sex, asked.text)
    ui.chart(mlp.curve_picture(z, step), mlp.curve_alt(z), key="mlp_tanh")


@ui.scene(
    "The activations of a batch", "One row an example, one column a neuron: how many are stuck at −1 or 1?"
)
def activations() -> None:
    """A row is an example, a column a neuron. With the talk's start 64 % of the values stand at an end of
    tanh. Change to the better recipe: how many now?
    """
    with ui.controls():
        recipe = ui.choice("recipe", mlp.RECIPES, key="mlp_recipe")
        time = ui.choice("when", mlp.BATCHES, key="mlp_when")
        view = ui.choice("show", mlp.VIEWS, key="mlp_view", stages=mlp.VIEWS)
        with st.popover("More"):
            sex = ui.choice("learned from", SEXES, key="mlp_sex")
            seed = ui.seed("Another batch", key="mlp_seed")
    found = mlp.saturation(sex, recipe, time, 32, seed)
    ui.note(mlp.summary(found))
    mlp.activations_grid(sex, recipe, time, 32, seed, view)


@ui.scene(
    "A good start", "Same shape, same data: with smaller numbers at the start it is not confidently wrong."
)
def good_start() -> None:
    """With numbers too large the model starts out confidently wrong: a loss of 30, where knowing nothing
    costs 3.53. Smaller numbers at the start cost one line of code. What is left of the difference after
    training?
    """
    with ui.controls():
        time = ui.choice("when", mlp.BATCHES, key="mlp_when", stages=mlp.BATCHES)
        layer = ui.choice("histogram of", mlp.LAYERS, key="mlp_layer")
        with st.popover("More"):
            sex = ui.choice("learned from", SEXES, key="mlp_sex")
            seed = ui.seed("Another batch", key="mlp_seed")
    found = {recipe: mlp.saturation(sex, recipe, time, 32, seed) for recipe in mlp.RECIPES}
    most = mlp.highest(list(found.values()), layer)
    ui.note(mlp.bound())
    for place, (recipe, one) in zip(ui.shared(1, 1, key="mlp_start"), found.items(), strict=True):
        with place:
            st.header(mlp.RECIPES[recipe], anchor=False)
            ui.metrics(**mlp.numbers(one))
            st.markdown(mlp.verdict(one, sex, recipe, time))
            alt = mlp.histogram_alt(one, layer, recipe)
            ui.picture(mlp.histogram_picture(one, layer, most), alt, key=f"mlp_histogram_{recipe}")


ui.chapter(structure, data_set, hyperparameters, matrices, forward_pass, tanh, activations, good_start)
