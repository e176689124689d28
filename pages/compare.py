"""Four models: what each of them expects, what it costs, and whether it beats the room."""

from explainer import ui
from explainer.ui.catalogue import SEXES
from explainer.ui.scenes import compare


@ui.scene(
    "One prefix, four answers",
    "The same letters before: on average, the further back a model looks, the better it guesses.",
)
def one_prefix() -> None:
    """The same letters in front, four answers. The bigram sees only the last letter; the GPT sees all of
    them. Who has a name in mind that begins like this?
    """
    with ui.controls():
        prefix = compare.prefix("a name begins with", "KAMI", key="compare_prefix")
        sex = ui.choice("learned from", SEXES, key="compare_sex")
        own = compare.own()
        seed = ui.seed(key="compare_seed")
    clicked = compare.four_answers(sex, prefix, seed, own, key="compare_answers")
    if clicked:
        model, character = clicked
        ui.open_receipt(model, prefix, character)


@ui.scene(
    "What each step was worth",
    "From the counts to the GPT, each model multiplies more than the one before: what is that worth?",
)
def what_each_step_was_worth() -> None:
    """From the counts to the GPT a guess costs more and more multiplications. Gradient descent alone only
    comes near the counts; what makes the guess better is looking further back. Look at the last column,
    too: who copies? Then judge them on rarer names: who is too sure of itself there?
    """
    with ui.controls():
        sex = ui.choice("learned from", SEXES, key="compare_sex")
        part = ui.choice("judged on", compare.PARTS, key="compare_part")
        own = compare.own()
    ui.note(compare.lead(sex, part))
    compare.worth(sex, part, own, key="compare_worth")


@ui.scene("Guess the next letter", "A real name that no model has seen: can you beat them, letter by letter?")
def guess_the_next_letter() -> None:
    """Now you: a real name that no model has seen, letter by letter, against all of them. Take bets."""
    with ui.controls():
        sex = ui.choice("names of", SEXES, key="compare_sex")
        ui.action("Start over", lambda: compare.start_over(sex), key="compare_again", primary=False)
    compare.table(compare.game(sex), key="compare_game")


ui.chapter(one_prefix, what_each_step_was_worth, guess_the_next_letter)
