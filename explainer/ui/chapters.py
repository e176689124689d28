"""The chapters of the house: the table of its pages, in the order of the talk."""

from copy import copy
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

PAGES = Path(__file__).resolve().parents[2] / "pages"


@dataclass(frozen=True)
class Chapter:
    """One page: its place in the navigation, its address, its file, and what it lets one explain."""

    section: str
    title: str
    path: str
    file: str
    promise: str = ""
    reads: tuple[str, ...] = ()  # parameters of its address that are no control's
    hidden: bool = False  # reached by links alone: neither in the navigation nor on the clicker's way


CHAPTERS = [
    Chapter("", "Welcome", "", "welcome.py"),
    Chapter("Theory", "Neuron", "neuron", "neuron.py", "what a neuron computes, and why it must bend"),
    Chapter(
        "Theory",
        "Matrix multiplication",
        "matrix-multiplication",
        "matrix_multiplication.py",
        "how one multiplication runs a whole layer",
    ),
    Chapter(
        "Theory",
        "Gradient descent",
        "gradient-descent",
        "gradient_descent.py",
        "how a model learns by walking downhill",
    ),
    Chapter("Bigram", "Bigram", "bigram", "bigram.py", "why counting letter pairs already makes names"),
    Chapter(
        "Multilayer perceptron", "MLP", "mlp", "mlp.py", "how letters become vectors, and vectors a guess"
    ),
    Chapter(
        "Multilayer perceptron", "Training", "training", "training.py", "what happens while a model learns"
    ),
    Chapter(
        "Multilayer perceptron", "PyTorch", "pytorch", "pytorch.py", "three tricks that every model uses"
    ),
    Chapter("GPT", "GPT", "gpt", "gpt.py", "what every block of a GPT is for"),
    Chapter(
        "GPT",
        "Attention",
        "attention",
        "attention.py",
        "who looks at whom, and what it brings",
        reads=("attention_text", "attention_at", "attention_head"),
    ),
    Chapter("GPT", "Fine-tuning", "fine-tuning", "fine_tuning.py", "how a general model takes on a style"),
    Chapter("Wrap-up", "Four models", "compare", "compare.py", "what each step of the way was worth"),
    Chapter("Wrap-up", "References", "references", "references.py", "where all of this comes from"),
    Chapter(
        "",
        "The receipt",
        "receipt",
        "receipt.py",
        reads=("model", "context", "next", "step"),
        hidden=True,
    ),
    Chapter("", "Presenter", "presenter", "presenter.py", hidden=True),
]

MOVED = {
    ("neuron", "two-layers-one-matrix"): "matrix-multiplication"
}  # scenes that old links look for elsewhere


def pages() -> dict[str, StreamlitPage]:
    """Return Streamlit's page of every chapter, by its path; each run has its own, because it marks one."""
    return {path: copy(page) for path, page in _pages().items()}


@cache  # each of them asks the disk where its file is, and whether
def _pages() -> dict[str, StreamlitPage]:
    return {
        c.path: st.Page(
            PAGES / c.file,
            title=c.title,
            url_path=c.path,
            default=not c.path,
            visibility="hidden" if c.hidden else "visible",
        )
        for c in CHAPTERS
    }


def neighbours(current: str) -> tuple[Chapter | None, Chapter | None]:
    """Return the chapters before and after one; None where there is none.

    Args:
        current: the path of the chapter on the screen.
    """
    here = [c for c in CHAPTERS if not c.hidden]
    place = next((i for i, c in enumerate(here) if c.path == current), None)
    if place is None:
        return None, None
    return here[place - 1] if place else None, here[place + 1] if place + 1 < len(here) else None
