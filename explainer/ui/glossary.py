"""The words of the field: what each means, in one sentence, and the scenes that show it."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from explainer.ui.dialog import dialog


@dataclass(frozen=True)
class Term:
    """A word, its meaning, and where it is shown.

    Args:
        scenes: (chapter path, scene slug), the one that shows it best first.
    """

    name: str
    meaning: str
    scenes: tuple[tuple[str, str], ...]


TERMS = (
    Term(
        "activation",
        "The number that a neuron hands on: its weighted sum, bent by a function such as tanh.",
        (
            ("neuron", "one-neuron"),
            ("mlp", "activations"),
            ("mlp", "forward-pass"),
            ("attention", "what-a-neuron-reads"),
        ),
    ),
    Term(
        "Adam",
        "A step of its own for each weight: its mean gradient, divided by its usual size.",
        (
            ("gradient-descent", "race"),
            ("training", "live"),
            ("references", "checkpoints"),
        ),
    ),
    Term(
        "attention",
        "Every token asks itself and the earlier ones how much they matter, and gathers what they bring.",
        (
            ("attention", "who-looks-at-whom"),
            ("attention", "how-one-head-does-it"),
            ("gpt", "architecture"),
            ("gpt", "the-flow"),
        ),
    ),
    Term(
        "backpropagation",
        "The chain rule, walked from the loss back to every weight: it gives all slopes in one sweep.",
        (
            ("gradient-descent", "backpropagation"),
            ("gradient-descent", "one-step"),
            ("neuron", "it-learns"),
        ),
    ),
    Term(
        "batch",
        "Several examples that go through the model together, as the rows of one matrix.",
        (
            ("matrix-multiplication", "why-useful"),
            ("mlp", "activations"),
            ("mlp", "hyperparameters"),
            ("training", "live"),
            ("references", "checkpoints"),
        ),
    ),
    Term(
        "bias",
        "A number that a neuron adds to its weighted sum; it moves the point at which the neuron bends.",
        (
            ("neuron", "one-neuron"),
            ("neuron", "a-layer"),
        ),
    ),
    Term(
        "bigram",
        "Two letters side by side; a bigram model knows only how often each letter follows each other one.",
        (
            ("bigram", "one-name"),
            ("bigram", "fill-in"),
            ("", "claim"),
            ("compare", "one-prefix"),
            ("", "opening"),
        ),
    ),
    Term(
        "block",
        "One storey of a transformer: attention, then an MLP; each adds to the residual stream.",
        (("gpt", "architecture"),),
    ),
    Term(
        "boundary",
        "The dot before the first letter of a name and after its last; drawing it ends the name.",
        (
            ("bigram", "one-name"),
            ("bigram", "sample"),
            ("mlp", "data-set"),
            ("", "opening"),
        ),
    ),
    Term(
        "byte pairs",
        "Tokens made by merging the most frequent pair of neighbours, again and again.",
        (("gpt", "byte-pairs"),),
    ),
    Term(
        "chain rule",
        "The slopes on a way are multiplied; where several ways lead to the loss, they are added up.",
        (("gradient-descent", "backpropagation"),),
    ),
    Term(
        "computation graph",
        "Every number with what it was made of, from the inputs to the loss; gradients follow it back.",
        (("gradient-descent", "backpropagation"),),
    ),
    Term(
        "context window",
        "The characters that a model reads before it guesses the next: 1, 3, 16 or 256 in this app.",
        (
            ("mlp", "data-set"),
            ("gpt", "architecture"),
            ("compare", "what-each-step-was-worth"),
            ("mlp", "structure"),
        ),
    ),
    Term(
        "cosine",
        "How far two lists of numbers point the same way: 1 the same, 0 at a right angle, −1 opposite.",
        (("gpt", "embedding-map"),),
    ),
    Term(
        "cross-entropy",
        "Minus the logarithm of the probability that the model gave to what really came.",
        (
            ("pytorch", "cross-entropy"),
            ("mlp", "forward-pass"),
            ("bigram", "how-good"),
        ),
    ),
    Term(
        "dev and test",
        "Two parts kept away from training: dev to choose by, test to judge by once, at the end.",
        (
            ("bigram", "data"),
            ("training", "two-recipes"),
            ("compare", "what-each-step-was-worth"),
            ("bigram", "how-good"),
            ("references", "checkpoints"),
        ),
    ),
    Term(
        "dot product",
        "Two lists of numbers, multiplied place by place and added up: one cell of a matrix product.",
        (
            ("matrix-multiplication", "cell-by-cell"),
            ("matrix-multiplication", "four-ways"),
        ),
    ),
    Term(
        "dropout",
        "While training, a random part of the activations is set to zero, so that none is relied on alone.",
        (
            ("training", "two-recipes"),
            ("mlp", "good-start"),
            ("references", "checkpoints"),
            ("training", "live"),
        ),
    ),
    Term(
        "embedding",
        "The list of numbers that stands for a letter or token; it is looked up in a table, and learned.",
        (
            ("training", "letters-move"),
            ("mlp", "structure"),
            ("gpt", "embedding-map"),
            ("mlp", "matrices"),
            ("gpt", "architecture"),
            ("training", "nudge-a-letter"),
            ("gpt", "the-flow"),
            ("training", "live"),
        ),
    ),
    Term(
        "encoder and decoder",
        "The two halves of the first transformer: one reads a sentence, the other writes its translation.",
        (("gpt", "figure-one"),),
    ),
    Term(
        "fine-tuning",
        "Training a model that has learned in general a little further, on one thing in particular.",
        (
            ("fine-tuning", "before-and-after"),
            ("fine-tuning", "was-it-worth-it"),
            ("fine-tuning", "the-data"),
        ),
    ),
    Term(
        "GELU",
        "The bend in a GPT's MLP: a ReLU with a rounded corner, nearly 0 far below 0, nearly x far above.",
        (
            ("gpt", "architecture"),
            ("gpt", "figure-one"),
            ("receipt", "receipt"),
            ("gpt", "the-flow"),
        ),
    ),
    Term(
        "GPT",
        "Generative pre-trained transformer: blocks of attention and MLP that predict the next token.",
        (
            ("gpt", "architecture"),
            ("gpt", "to-scale"),
            ("compare", "one-prefix"),
        ),
    ),
    Term(
        "gradient",
        "How much the loss would rise for a small step of each weight: the slope, in all directions at once.",
        (
            ("gradient-descent", "backpropagation"),
            ("gradient-descent", "slope"),
            ("gradient-descent", "downhill"),
            ("gradient-descent", "one-step"),
            ("training", "live"),
        ),
    ),
    Term(
        "gradient descent",
        "Take a small step against the gradient, look again, repeat: this is all that learning is.",
        (
            ("gradient-descent", "downhill"),
            ("gradient-descent", "one-step"),
            ("gradient-descent", "race"),
            ("bigram", "counting-is-learning"),
        ),
    ),
    Term(
        "head",
        "One of several attentions side by side in a layer, each with queries, keys and values of its own.",
        (
            ("attention", "how-one-head-does-it"),
            ("attention", "switch-a-head-off"),
            ("attention", "who-looks-at-whom"),
            ("gpt", "the-flow"),
        ),
    ),
    Term(
        "held-out names",
        "Names kept away from the training: dev to choose by, test to judge by.",
        (
            ("bigram", "data"),
            ("compare", "what-each-step-was-worth"),
            ("compare", "guess-the-next-letter"),
        ),
    ),
    Term(
        "hyperparameter",
        "A number that is chosen before training and not learned, such as the width of a layer.",
        (
            ("mlp", "hyperparameters"),
            ("training", "live"),
        ),
    ),
    Term(
        "KV cache",
        "Keys and values of the tokens read so far, kept, so that a new token pays only for itself.",
        (
            ("attention", "why-a-cache"),
            ("gpt", "to-scale"),
            ("compare", "what-each-step-was-worth"),
        ),
    ),
    Term(
        "layer",
        "Neurons side by side: one multiplication, one bend; in a GPT, layer 4 is the fourth block.",
        (
            ("neuron", "a-layer"),
            ("neuron", "a-network"),
            ("matrix-multiplication", "why-useful"),
            ("matrix-multiplication", "w-moves-the-plane"),
            ("gpt", "architecture"),
            ("attention", "who-looks-at-whom"),
            ("attention", "switch-a-head-off"),
        ),
    ),
    Term(
        "layer norm",
        "Brings the numbers at a position to mean 0 and spread 1, then scales and shifts them as learned.",
        (
            ("gpt", "architecture"),
            ("gpt", "figure-one"),
            ("receipt", "receipt"),
            ("gpt", "the-flow"),
        ),
    ),
    Term(
        "learning rate",
        "How long the steps of gradient descent are; too long, and it climbs out of the valley.",
        (
            ("gradient-descent", "learning-rate"),
            ("training", "sweep"),
            ("references", "checkpoints"),
        ),
    ),
    Term(
        "lm_head",
        "The last matrix of a GPT: it turns the vector at a position into one logit for each token.",
        (
            ("gpt", "architecture"),
            ("receipt", "receipt"),
            ("gpt", "the-flow"),
        ),
    ),
    Term(
        "logit",
        "A model's raw score for a character, any number; softmax turns all of them into probabilities.",
        (
            ("mlp", "forward-pass"),
            ("receipt", "receipt"),
            ("attention", "what-each-layer-guesses"),
            ("gpt", "the-flow"),
        ),
    ),
    Term(
        "loss",
        "One number for how wrong a model is; training lowers it, and a lower one is better.",
        (
            ("bigram", "how-good"),
            ("gradient-descent", "downhill"),
            ("training", "overfitting"),
            ("fine-tuning", "how-it-learned"),
            ("training", "live"),
            ("training", "two-recipes"),
            ("training", "sweep"),
            ("mlp", "good-start"),
            ("fine-tuning", "was-it-worth-it"),
        ),
    ),
    Term(
        "mask",
        "Keeps a token from looking at those to come: their scores become minus infinity before the softmax.",
        (
            ("attention", "how-one-head-does-it"),
            ("gpt", "architecture"),
        ),
    ),
    Term(
        "matrix multiplication",
        "Every row of the first against every column of the second: multiply, then add.",
        (
            ("matrix-multiplication", "cell-by-cell"),
            ("matrix-multiplication", "shape-rule"),
            ("", "claim"),
        ),
    ),
    Term(
        "MLP",
        "Multilayer perceptron: layers one after the other, each a matrix multiplication and a bend.",
        (
            ("mlp", "structure"),
            ("neuron", "a-network"),
            ("compare", "one-prefix"),
            ("gpt", "architecture"),
            ("gpt", "the-flow"),
        ),
    ),
    Term(
        "momentum",
        "A ball that keeps its speed: each step is the last one, a little damped, plus the new slope.",
        (("gradient-descent", "race"),),
    ),
    Term(
        "Muon",
        "An optimizer for matrices: momentum, made so that a step is equally long in all directions.",
        (("references", "checkpoints"),),
    ),
    Term(
        "nats",
        "The unit of surprise with the natural logarithm: ln 34 ≈ 3.53 nats for one of 34, knowing nothing.",
        (
            ("bigram", "how-good"),
            ("compare", "what-each-step-was-worth"),
            ("attention", "switch-a-head-off"),
            ("fine-tuning", "before-and-after"),
            ("training", "two-recipes"),
            ("training", "live"),
        ),
    ),
    Term(
        "neuron",
        "A weighted sum of inputs, plus a bias, bent by a function.",
        (
            ("neuron", "one-neuron"),
            ("neuron", "why-it-must-bend"),
            ("mlp", "structure"),
            ("gpt", "the-flow"),
            ("attention", "what-a-neuron-reads"),
        ),
    ),
    Term(
        "one-hot vector",
        "Zeros and a single one: it picks one row out of a matrix when it is multiplied with it.",
        (
            ("", "claim"),
            ("", "opening"),
            ("bigram", "counting-is-learning"),
        ),
    ),
    Term(
        "optimizer",
        "The rule that turns a gradient into a step: SGD, momentum, Adam, or Muon.",
        (
            ("gradient-descent", "race"),
            ("references", "checkpoints"),
        ),
    ),
    Term(
        "overfitting",
        "Learning the examples by heart: the loss on them falls on, the one on held-out names does not.",
        (
            ("training", "overfitting"),
            ("training", "two-recipes"),
            ("compare", "what-each-step-was-worth"),
            ("training", "live"),
        ),
    ),
    Term(
        "parameter",
        "A number inside the model that training changes; all of them together are what it has learned.",
        (
            ("mlp", "matrices"),
            ("mlp", "hyperparameters"),
            ("gpt", "to-scale"),
            ("references", "checkpoints"),
            ("gpt", "architecture"),
        ),
    ),
    Term(
        "position embedding",
        "A learned list of numbers for each place in the window, added to the token's, so that order counts.",
        (
            ("gpt", "architecture"),
            ("gpt", "figure-one"),
            ("receipt", "receipt"),
            ("gpt", "the-flow"),
        ),
    ),
    Term(
        "principal components",
        "The directions in which points differ most, in their order: long lists of numbers seen in a plane.",
        (("gpt", "embedding-map"),),
    ),
    Term(
        "probability",
        "How often something is expected, from 0 to 1; those of all next characters add up to 1.",
        (
            ("bigram", "probabilities"),
            ("", "name-your-baby"),
            ("compare", "one-prefix"),
            ("training", "nudge-a-letter"),
            ("gpt", "the-flow"),
            ("", "opening"),
        ),
    ),
    Term(
        "query, key, value",
        "What a token looks for, what it offers to be found by, and what it hands over when it is found.",
        (
            ("attention", "how-one-head-does-it"),
            ("gpt", "the-flow"),
        ),
    ),
    Term(
        "receipt",
        "How one probability or gradient was made, number by number, down to single multiplications.",
        (
            ("receipt", "receipt"),
            ("", "name-your-baby"),
            ("compare", "one-prefix"),
        ),
    ),
    Term(
        "residual stream",
        "The list of numbers at each position that every layer of a GPT reads and adds to.",
        (
            ("gpt", "architecture"),
            ("attention", "what-each-layer-guesses"),
            ("receipt", "receipt"),
            ("gpt", "the-flow"),
        ),
    ),
    Term(
        "sampling",
        "Rolling a die whose sides are as wide as the probabilities: this is how models write.",
        (
            ("bigram", "sample"),
            ("", "name-your-baby"),
            ("attention", "who-looks-at-whom"),
            ("fine-tuning", "before-and-after"),
            ("gpt", "the-flow"),
        ),
    ),
    Term(
        "saturation",
        "Where tanh is flat, near −1 and 1: hardly any gradient passes, and the neuron stops learning.",
        (
            ("mlp", "tanh"),
            ("mlp", "activations"),
            ("mlp", "good-start"),
            ("training", "live"),
        ),
    ),
    Term(
        "SGD",
        "Stochastic gradient descent: a step against the gradient of a few examples drawn at random.",
        (
            ("gradient-descent", "race"),
            ("training", "live"),
            ("training", "two-recipes"),
        ),
    ),
    Term(
        "shape",
        "How many rows and columns a matrix has, or how many numbers a tensor has along each axis.",
        (
            ("matrix-multiplication", "shape-rule"),
            ("pytorch", "view"),
            ("pytorch", "indexing"),
        ),
    ),
    Term(
        "smoothing",
        "A little added to every count, so that what was never seen is unlikely and not impossible.",
        (
            ("bigram", "probabilities"),
            ("bigram", "how-good"),
        ),
    ),
    Term(
        "softmax",
        "e to the power of each logit, divided by their sum: any scores become probabilities.",
        (
            ("mlp", "forward-pass"),
            ("bigram", "counting-is-learning"),
            ("pytorch", "cross-entropy"),
            ("mlp", "structure"),
            ("attention", "how-one-head-does-it"),
            ("gpt", "architecture"),
            ("gpt", "the-flow"),
        ),
    ),
    Term(
        "tanh",
        "A curve that bends any number into −1 to 1; without a bend, two layers would be one.",
        (
            ("mlp", "tanh"),
            ("neuron", "why-it-must-bend"),
            ("matrix-multiplication", "two-layers-one-matrix"),
            ("mlp", "structure"),
            ("training", "live"),
        ),
    ),
    Term(
        "temperature",
        "Divides the logits before the die is rolled: below 1 more careful, above 1 more adventurous.",
        (
            ("", "name-your-baby"),
            ("attention", "who-looks-at-whom"),
            ("fine-tuning", "before-and-after"),
        ),
    ),
    Term(
        "tensor",
        "Numbers in a row, a table or a stack of tables; in memory always one long row.",
        (
            ("pytorch", "view"),
            ("pytorch", "indexing"),
        ),
    ),
    Term(
        "token",
        "What a model reads and writes one at a time: a character here, a piece of a word in the big ones.",
        (
            ("gpt", "tokens"),
            ("gpt", "byte-pairs"),
            ("fine-tuning", "the-data"),
            ("gpt", "the-flow"),
        ),
    ),
    Term(
        "top-k",
        "Draw only among the k likeliest tokens.",
        (("attention", "who-looks-at-whom"),),
    ),
    Term(
        "top-p",
        "Draw only among the likeliest tokens that together make up a share p.",
        (("attention", "who-looks-at-whom"),),
    ),
    Term(
        "transformer",
        "A model made of blocks of attention and MLP, from the paper “Attention is all you need”.",
        (
            ("gpt", "architecture"),
            ("gpt", "figure-one"),
            ("attention", "who-looks-at-whom"),
            ("gpt", "the-flow"),
        ),
    ),
    Term(
        "weight",
        "What an input is multiplied by; the weights of a layer are a matrix.",
        (
            ("neuron", "one-neuron"),
            ("matrix-multiplication", "why-useful"),
            ("mlp", "matrices"),
        ),
    ),
)


def terms_of(path: str, slug: str) -> list[Term]:
    """Return the terms that a scene shows."""
    return [term for term in TERMS if (path, slug) in term.scenes]


@dialog("Words used here")
def show_words(terms: Sequence[Term], glossary: StreamlitPage | None) -> None:
    """Open a window with the terms of a scene, each a link into the glossary."""
    for term in terms:
        if glossary is not None:
            query = {"scene": "glossary", "term": term.name}
            st.page_link(glossary, label=f"**{term.name}**", query_params=query)
        st.markdown(term.meaning)
