"""Bigram: count which letter follows which, and draw new names from the counts."""

from typing import Any

import streamlit as st

from explainer import ui
from explainer.ui.receipt import models, opening
from explainer.ui.scenes import bigram
from explainer.ui.words import ENOUGH, WordList, chosen, typed_name

WAYS = {"one": "one letter", "whole": "one name", "ten": "ten names", "judged": "judged"}
JUDGES = {"one": "one name", "raw": "without smoothing", "all": "all names"}
VIEWS = {"tables": "tables", "losses": "losses"}


def smoothing(key: str = "bigram_smoothing", usual: float = 0) -> float:
    """Draw the slider of what is added to every count."""
    return ui.steps("add to every count", bigram.SMOOTHINGS, usual, key=key)


def matrix(words: WordList, values, name: str, role: str, place: int = 0, **more) -> ui.Matrix:
    """Return a matrix whose rows and columns are the letters."""
    return ui.Matrix(values, name, role, (0, place), rows=words.labels, cols=words.labels, **more)


@ui.scene("The data", "All we have is a list of names. All we look at is which letter follows which.")
def data() -> None:
    """3,517 girls' names with more than twenty bearers, and we cut off a tenth to choose by and a tenth to
    judge by. Why must the model never see the last tenth?
    """
    listed, told = ui.shared(2, 3, key="bigram_data")
    with ui.controls():
        source, words, _ = chosen(listed)
    own = source.kind == "own"
    with told:
        ui.metrics(names=f"{len(words.words):,}", letters=f"{words.letters}", pairs=f"{words.pairs:,}")
        ui.picture(*bigram.split_picture(words), key="bigram_split", height=90)
    with told if own else listed:
        ui.table(words.table, "The names, each with the part that it is in.", key="bigram_table")
    with listed if own else told:
        if own:
            alt, empty = "What was left out of the list, and why.", "Nothing was left out."
            ui.table(words.left_out, alt, key="bigram_left_out", empty=empty)
        else:
            ui.picture(*bigram.top_picture(words), key="bigram_top")


@ui.scene("One name", "Letter by letter: which follows which? The dot is where a name begins and ends.")
def one_name() -> None:
    """A name is a chain of letter pairs, with a dot before and behind it. Each pair adds one to one cell.
    Ask for a name from the room.
    """
    with ui.controls():
        source, words, _ = chosen()
        word = typed_name(words, "your name", key="bigram_name")
    fill = bigram.one_name(source, word)
    frames = ui.Increments(0, fill.cells, fill.starts, fill.titles, speed=1.5, within=True)
    alt = f"The letter pairs of one name, counted one by one in a matrix of {len(words.labels)} letters."
    counts = matrix(words, fill.counts, "counts", "counts", title="")
    ui.grid([counts], key="bigram_one_name", alt=alt, links=ui.Cross(0), frames=frames, start=1)


@ui.scene(
    "The count matrix fills in", "For every pair of letters: how often does the second follow the first?"
)
def fill_in() -> None:
    """Name after name, and the table fills in: most frequent is A and then the end, 2,387 times. 597 pairs
    never come. Which letters would you expect after a Q?
    """
    with ui.controls():
        source, words, _ = chosen()
    fill = bigram.fill_in(source)
    frames = ui.Increments(0, fill.cells, fill.starts, fill.titles, fill.weights)
    alt = f"How often each letter follows each, counted over {len(words.words):,} names."
    counts = matrix(words, fill.counts, "counts", "counts", title="")
    start, said, link = bigram.opening(source), bigram.so_far(source), ui.Cross(0)
    ui.grid([counts], key="bigram_fill_in", alt=alt, links=link, frames=frames, start=start, captions=said)


@ui.scene("From counts to probabilities", "Divide every count by the sum of its row: each row sums to one.")
def probabilities() -> None:
    """Divide every count by the sum of its row, and each row adds up to one. What was never seen would be
    impossible; a little smoothing gives it a chance.
    """
    with ui.controls():
        source, words, _ = chosen()
        added = smoothing()
    table = bigram.probabilities(source, added)
    ui.note(f"Counted over all {len(words.words):,} names. {bigram.never_counted(table, added)}")
    look = {"scale_max": bigram.SCALE, "marks": table.never, "marked_as": "never seen"}
    counted = matrix(words, table.counts, "count", "counts")
    shares = matrix(words, table.probabilities, "probability", "probabilities", 1, **look)
    alt = "The counts beside the probabilities; each row of the probabilities sums to one."
    link, model = ui.Share(0, 1, table.totals, added), models.counted(source, added)
    opens = opening.of_pair([model, model], words)
    ui.grid([counted, shares], key="bigram_probabilities", alt=alt, links=link, panel=False, on_press=opens)
    ui.receipt_of(*opening.first(model, table.probabilities, words))


@ui.scene("Sample a name", "Start at the dot, roll a die for the next letter, go on until the dot is drawn.")
def sample() -> None:
    """Start at the dot, look up its row, roll the die, go on from the letter you got. It knows one letter
    and nothing more; that is why the names sound drunk. Ten of them between letters from equal chances and
    real names: let the room judge before the numbers do. Nats per character: fewer is less surprising.
    """
    with ui.controls():
        source, words, more = chosen()
        way = ui.choice("show", WAYS, key="bigram_way", stages=WAYS)
        seed = ui.seed(key="bigram_seed", tucked_in=more)
        with more:
            added = smoothing()
    if way in ("ten", "judged"):
        if way == "judged":
            ui.note("How surprising this table finds each name, and above it all ten, in nats per character.")
        picture = bigram.ten_picture(bigram.ten_names(source, added, seed), way == "judged")
    else:
        drawn = bigram.sample(source, added, seed)
        draw = bigram.letters_picture if way == "one" else bigram.name_picture
        picture = draw(drawn, words)
        ui.receipt_of(*opening.beginning(models.counted(source, added), drawn.name))
    ui.chart(*picture, key=f"bigram_sample_{way}")


@ui.scene("How good is it?", "A good model finds real names probable, above all those it has never seen.")
def how_good() -> None:
    """A good model finds real names likely: multiply the probabilities of all letters, take the logarithm,
    and the mean. One pair that was never counted, and the loss is infinite; smooth a little, 0.1, and it
    is 2.38 nats a character on names it never saw. Guessing blindly costs 3.53.
    """
    with ui.controls():
        source, words, _ = chosen()
        view = ui.choice("judge", JUDGES, key="bigram_judge", stages=JUDGES)
        one = view != "all"
        word = typed_name(words, "name", key="bigram_name", default=bigram.stranger(source)) if one else ""
        added = 0.0 if view == "raw" else smoothing("bigram_added", bigram.JUDGED)
    if one:
        model = models.counted(source, added, train=True)
        opens = opening.of_letter(model, word)
        ui.chart(*bigram.spelled_picture(source, added, word), key="bigram_spelled", on_pick=opens)
        ui.receipt_of(*opening.beginning(model, word))
        return
    if not words.splits:
        st.markdown(f"A list needs {ENOUGH} words, so that some can be held out. Add a few more.")
        return
    evaluation, curve = bigram.evaluation(source, added), bigram.smoothing_curve(source)
    ui.note(bigram.judged_by(words))
    ui.metrics(**bigram.losses(evaluation))
    st.markdown(bigram.verdict(evaluation, curve))
    ui.chart(*bigram.smoothing_picture(curve, evaluation.uniform, added), key="bigram_curve")


@ui.scene("Counting is learning", "Start from random numbers, walk down the loss: the same table comes out.")
def counting_is_learning() -> None:
    """No counting now: random numbers, a softmax, and a walk downhill. The table that comes out is the one
    we counted. So what do we gain? Here nothing; but this way still works when there is nothing to count.
    """
    with ui.controls():
        source, words, more = chosen()
        view = ui.choice("show", VIEWS, key="bigram_view", stages=VIEWS)
        rate = ui.steps("learning rate", bigram.LEARNING_RATES, bigram.USUAL_RATE, key="bigram_rate")
        with more:
            steps = ui.steps("steps", bigram.STEPS, bigram.USUAL_STEPS, key="bigram_steps")
            pull = ui.steps("pull to zero", bigram.REGULARISATIONS, bigram.USUAL_PULL, key="bigram_pull")
    asked = source, steps, rate, pull
    run = bigram.training(*asked)
    if view == "losses":
        ui.note(f"{bigram.judgement(run)} A click on a loss leads to the tables of its step.")
        ui.chart(*bigram.training_picture(run, words), key="bigram_losses", on_pick=bigram.leads(asked))
        return
    look: dict[str, Any] = {"scale_max": bigram.SCALE, "show_shape": False}
    title = bigram.counted_title(run, words)
    softmax = "learned: softmax(one-hot · W)"
    learned = matrix(words, run.probabilities[0], "learned", "probabilities", 0, title=softmax, **look)
    counted = matrix(words, run.counted, "counted", "probabilities", 1, title=title, **look)
    difference = matrix(words, run.difference[0], "learned − counted", "loss", 2, show_shape=False)
    told = bigram.steps_in_words(run, words)
    frames = [ui.Values(0, run.probabilities, told), ui.Values(2, run.difference)]
    alt = "The learned probabilities beside the counted ones, and their difference, step by step."
    link, matrices = ui.Same((0, 1, 2)), [learned, counted, difference]
    model = models.learned(*asked)
    opens = opening.of_pair([model, models.counted(source, run.smoothing, train=True), model], words)
    said, at = bigram.judgements(run), bigram.most_frequent(source)
    ui.grid(
        matrices, key="bigram_learning", alt=alt, links=link, frames=frames, on_press=opens, panel=False,
        lens_at=at, captions=said, start=bigram.led_to(run, asked),
    )  # fmt: skip
    ui.receipt_of(*opening.first(model, run.probabilities[-1], words))


ui.chapter(data, one_name, fill_in, probabilities, sample, how_good, counting_is_learning)
