"""Fine-tuning: a model that has read many books takes on the voice of one."""

from explainer import ui
from explainer.ui.scenes import fine_tuning


@ui.scene("The data", "Shakespeare for one model; fifty Polish books, then a single poem, for the other.")
def the_data() -> None:
    """A million characters of Shakespeare for one model; twenty million of Polish books for another, and
    then one poem. How long would you need to read fifty books?
    """
    found = fine_tuning.corpora()
    fine_tuning.sizes(found)
    for place, one in zip(ui.beside(1, 1, 1), found, strict=True):
        with place:
            fine_tuning.told(one)


@ui.scene(
    "How it learned to write",
    "First the letters, then the words, then the lines: read what it wrote on the way.",
)
def how_it_learned() -> None:
    """Read what it wrote on the way: first letters in the right share, then words, then lines. The loss
    falls without a jump; the jump is in our eyes. At which step would you have believed it?
    """
    with ui.controls():
        name = fine_tuning.run_name()
    if name:
        ui.note(fine_tuning.judged_on(name))
        fine_tuning.learning(name)


@ui.scene("Before and after", "Same beginning, same dice: what a short second training on one poem changes.")
def before_and_after() -> None:
    """The same beginning and the same dice, before and after 125 steps on one poem. Blue is what became
    likelier: look at where a verse ends. An empty line, which ends a paragraph of prose, became less likely.
    """
    if not fine_tuning.ready("polish-books", "pan-tadeusz"):
        return
    with ui.controls():
        asked = fine_tuning.request()
    ui.note(f"{fine_tuning.refined_for()} {fine_tuning.LEGEND}")
    fine_tuning.before_and_after(asked)


@ui.scene("Was it worth it?", "The same poem to learn from: with fifty books read before, and with none.")
def was_it_worth_it() -> None:
    """Learning the poem from nothing ends at 1.77 nats a character; with fifty books before it, at 1.42. And
    it takes 125 steps, not 400. That is all of fine-tuning: begin where somebody else has been already.
    """
    if not fine_tuning.ready("polish-books", "pan-tadeusz", "poem-alone"):
        return
    with ui.controls():
        asked = fine_tuning.request()
    ui.note(fine_tuning.chosen())
    fine_tuning.worth(asked)


ui.chapter(the_data, how_it_learned, before_and_after, was_it_worth_it)
