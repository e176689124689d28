"""Fine-tuning: a model that has read many books takes on the voice of one."""

from explainer import ui
from explainer.ui.loaders import fine_tuning


@ui.scene("The data", "Shakespeare for one model; for the other fifty Polish books, then a single poem.")
def the_data() -> None:
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
    with ui.controls():
        name = fine_tuning.run_name()
    if name:
        ui.note(fine_tuning.kept(name))
        fine_tuning.learning(name)


@ui.scene("Before and after", "Same beginning, same dice: what a short second training on one poem changes.")
def before_and_after() -> None:
    if not fine_tuning.ready("polish-books", "pan-tadeusz"):
        return
    with ui.controls():
        asked = fine_tuning.asked()
    ui.note(f"{fine_tuning.refined_for()} {fine_tuning.LEGEND}")
    fine_tuning.before_and_after(asked)


@ui.scene("Was it worth it?", "The same poem to learn from: with fifty books read before, and with none.")
def was_it_worth_it() -> None:
    if not fine_tuning.ready("polish-books", "pan-tadeusz", "poem-alone"):
        return
    with ui.controls():
        asked = fine_tuning.asked()
    ui.note(fine_tuning.CHOSEN)
    fine_tuning.worth(asked)


ui.chapter(the_data, how_it_learned, before_and_after, was_it_worth_it)
