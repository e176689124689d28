"""Welcome: the claim, a name for your baby, and the way into the chapters."""

import streamlit as st

from explainer import ui
from explainer.ui import own_models
from explainer.ui.catalogue import KINDS
from explainer.ui.scenes import compare, welcome
from explainer.ui.scenes import opening as written


@ui.scene(
    "Gen AI, demystified", "It is not magic, just a lot of matrix multiplication. Watch it write a name."
)
def opening() -> None:
    """A name, written letter by letter. Each letter becomes zeros and a single one; it picks a row of a
    table, the row says what may follow, and a die decides. Three models with the same dice: one knows the
    last letter, one the last three, one the whole name.
    """
    with ui.controls():
        kind = ui.choice("written by", KINDS, key="opening_model", stages=KINDS)
        more = st.popover("More")
        seed = ui.seed("Other dice", written.SEED, key="opening_seed", tucked_in=more)
    written.show(kind, seed, key="opening_name")


@ui.scene(
    "One multiplication", "Zeros and a single one, times a table, leave one row of it: what comes next."
)
def claim() -> None:
    """One row of this table is all it takes to guess the next letter: zeros and a single one, times the
    table. Point at the lit row. Half of all letters A in girls' names are the last one: what
    would you guess comes after a Z?
    """
    with ui.controls():
        letter = ui.steps(
            "the last letter, most frequent first", welcome.letters(), "A", key="welcome_letter"
        )
    ui.note(welcome.first_names(letter))
    welcome.next_letter(letter, key="welcome_product")


@ui.scene("Name your baby", "Give it the first letters: the model writes the rest, one letter at a time.")
def name_your_baby() -> None:
    """A model that learned from 6,587 names, at last from the girls' 2,813 alone, writes new ones, a letter
    at a time; beside each stands how likely it was. Ask the room for two letters, and for a name they have
    never heard. Then click a letter: every number opens down to its multiplications.
    """
    with ui.controls():
        told = ui.beginning("begins with", "AN", key="welcome_prefix")
        sex = ui.choice("for a", welcome.SEXES, key="welcome_sex")
        kind = ui.choice("made by", welcome.makers(), default="gpt", key="welcome_model")
        temperature = ui.steps(
            "how adventurous", list(welcome.TEMPERATURES), welcome.CAREFUL, key="welcome_temperature"
        )
        more = st.popover("More")
        seed = ui.seed("Twelve others", welcome.OPENS, key="welcome_seed", tucked_in=more)
        with more:
            own_models.loading(key="welcome_own")
    prefix = compare.begun(told, "AN", compare.vocabulary(kind), key="welcome_prefix")
    found = welcome.made(sex, kind, prefix, temperature, seed)
    welcome.explain(found, kind)
    opened = welcome.name_cards(sex, kind, found.names, key="welcome_names")
    if opened:
        ui.open_receipt(*opened)


@ui.scene("Agenda", "From one multiplication, step by step, to a model that writes.")
def agenda() -> None:
    """We go from one multiplication to a model with more than ten million numbers. Nothing on the way is
    harder than the first step; there is only more of it. Ask who has trained a model before.
    """
    ui.agenda()


ui.chapter(opening, claim, name_your_baby, agenda)
