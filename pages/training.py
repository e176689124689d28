"""Training: what happens while a model learns, and what can go wrong."""

from explainer import ui
from explainer.figures import curves, letters, palette, recipes
from explainer.ui import own_models, words
from explainer.ui.catalogue import SEXES
from explainer.ui.receipt.models import nudged
from explainer.ui.scenes import live as training_live
from explainer.ui.scenes import training

TALL = 720  # pixels of a phone


@ui.scene("Train it live", "Every step looks at a few letters, and moves the numbers a little downhill.")
def live() -> None:
    """Now we train one, here. Draw a batch, go forward, go backward, take a step; once it runs, two
    curves are the names it learns from and those it does not. The dice are the same at every step: watch
    noise become names. When would you stop?
    """
    with ui.controls():
        source, found, _ = words.chosen(weighing=False, waits=False)
        asked = training_live.about(training_live.planned(found), source, found)
        training_live.buttons(asked, found.complaint)
    training_live.watch(asked)
    if own := own_models.trained():
        ui.receipt_of(*training_live.asked_of(own))


@ui.scene(
    "The letters move",
    "Two numbers a letter, and nobody told the model what a vowel is: letters that act alike meet.",
)
def letters_move() -> None:
    """Every letter has two numbers, and training moves them. Nobody told it what a vowel is. Play, and look
    for the letter that O ends beside.
    """
    with ui.controls():
        found = training.letters()
    paths = found.paths
    figure = letters.letters(
        paths.places, paths.steps, found.labels, found.kinds, found.reach,
        captions=training.companions(found), font_size=ui.font_size(), narrow=ui.narrow(),
    )  # fmt: skip
    height = TALL if ui.narrow() else None  # the window leaves too little for so many letters
    ui.chart(figure, letters.letters_alt(paths.places[-1], found.labels), key="training_paths", height=height)


@ui.scene(
    "Nudge a letter",
    "This model has two numbers a letter: move one letter, and it changes its mind about what comes next.",
)
def nudge_a_letter() -> None:
    """Take a letter and drag it: the model now reads another letter there, and its guess follows the hand.
    Put one consonant on top of another and the guesses become the same.
    """
    with ui.controls():
        found = training.letters()
        text = training.context(found)
        letter = ui.pick("move", found.labels[1:], found.labels[1], key="training_letter")
        right = ui.slider("to the right", -8.0, 8.0, 2.0, step=0.05, key="training_right")
        up = ui.slider("up", -8.0, 8.0, 0.0, step=0.05, key="training_up")
    move = training.nudged(found, letter, right, up, text)
    model = nudged(training.run(), letter, move.after)
    training.move_by_hand(found, letter, right, up, text, model)
    ui.receipt_of(model, text, found.labels[int(move.probabilities_after.argmax())])


@ui.scene(
    "Two recipes, one shape",
    "The same shape, the same names: which change of the training makes it better?",
)
def two_recipes() -> None:
    """Same matrices, same names; change one thing at a time. Dropout alone does it: from 2.36 on dev to
    2.02. The start is what everybody talks about; what is it worth on names held out?
    """
    with ui.controls():
        sex = ui.choice("names", SEXES, key="training_sex")
    runs = training.compared(sex)
    ui.note(training.ingredients())
    picture, told = ui.shared(3, 2, key="training_two_recipes")
    with picture:
        figure = recipes.losses(runs, font_size=ui.font_size())
        ui.picture(figure, recipes.losses_alt(runs), key="training_recipes")
    with told:
        training.ladder(sex)


@ui.scene(
    "Overfitting you can read", "The gap between names it has seen and names it has not: that is overfitting."
)
def overfitting() -> None:
    """What it has seen gets cheaper and cheaper; what it has not stops falling, and then rises. That gap is
    overfitting. Read the names: can you hear which model copies?
    """
    with ui.controls():
        sex = ui.choice("names", SEXES, key="training_sex")
    runs = training.compared(sex)
    ui.note(training.copying(sex))
    picture, *made = ui.shared(1, 1, 1, key="training_overfitting")
    with picture:
        figure = recipes.gaps(runs, font_size=ui.font_size())
        ui.picture(figure, recipes.gaps_alt(runs), key="training_gaps")
    for place, kind in zip(made, training.RUNS, strict=True):
        with place:
            training.made_up(sex, kind)


@ui.scene(
    "Which learning rate?",
    "One step at each rate, from tiny to huge: begin where the loss falls fast and is not yet at its lowest.",
)
def sweep() -> None:
    """A thousand steps, each at a larger rate than the one before. Where the loss falls fastest is where one
    begins; the talk took 0.1.
    """
    with ui.controls():
        sex = ui.choice("names", SEXES, key="training_sex")
    swept = training.sweep(sex)
    lines = [
        curves.Curve("loss of one batch", swept.learning_rates, swept.losses, palette.LOSS, width=1),
        curves.Curve("mean of its neighbours", swept.learning_rates, swept.smoothed, palette.LOSS, width=6),
    ]
    figure = curves.curves(
        lines,
        points=training.landmarks(swept),
        x_title="learning rate",
        y_title="loss (nats per character)",
        log_x=True,
        font_size=ui.font_size(),
    )
    ui.chart(figure, training.swept_alt(swept), key="training_sweep")


ui.chapter(live, letters_move, nudge_a_letter, two_recipes, overfitting, sweep)
