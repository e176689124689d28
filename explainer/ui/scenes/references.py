"""Where everything comes from: the talk's list, the words, and the record of every trained model."""

import ast
from dataclasses import dataclass
from functools import cache

import pandas as pd
import streamlit as st

from explainer.ui import chapters, widgets
from explainer.ui.blocks import chapter_link, note, shared, table
from explainer.ui.caches import keep
from explainer.ui.glossary import TERMS, Term

ORDER = ["name", "model", "parameters", "learned from", "optimizer, learning rate", "batch", "dropout"]
ORDER += ["steps", "train", "dev/val", "test", "sha256 …"]
OPTIMIZERS = {"sgd": "SGD", "adamw": "AdamW"}
BEGINNING = 8  # digits of a checksum: all of it stands in the checkpoint's file
TOLD = (
    "Losses in nats per character; every seed is 2147483647. Muon moves the matrices inside a GPT's blocks, "
    "AdamW the rest. A GPT is kept as it was at its best step on dev or val, pan-tadeusz 70% of the way "
    "there, so that these are slightly optimistic; test is not."
)
TALKS = (  # their losses are those of their own splits
    ("MLP", "mlp", 13_374, "3,517 girls' names", "SGD 0.1, then 0.01", 32, 0.0, 200_000,
     1.5667, 2.4647, 2.5008),
    ("GPT", "gpt", None, "Polish books", "AdamW 0.0003", 64, 0.2, 5_000, 1.4111, 1.4315),
)  # fmt: skip
KEPT = (".json", ".safetensors")  # what a checkpoint's files end in


@dataclass(frozen=True)
class Reference:
    """Something to read, to watch or to learn from."""

    title: str
    address: str
    told: str


TO_READ = (
    Reference(
        "Andrej Karpathy: Neural networks, zero to hero",
        "https://www.youtube.com/playlist?list=PLAqhlrjkxbuWI23v9cThsA9GvCAUhRvKZ",
        "The series that this talk follows, from one neuron to a GPT, in code.",
    ),
    Reference(
        "3Blue1Brown: Neural networks",
        "https://www.youtube.com/playlist?list=PLZHQObOWTQDNU6R1_67000Dx_ZCJB-3pi",
        "What a neural network is, in pictures that move.",
    ),
    Reference(
        "Rumelhart, Hinton and Williams 1986",
        "https://www.nature.com/articles/323533a0",
        "Learning representations by back-propagating errors.",
    ),
    Reference(
        "Bengio, Ducharme, Vincent and Jauvin 2003",
        "https://www.jmlr.org/papers/volume3/bengio03a/bengio03a.pdf",
        "A neural probabilistic language model: the MLP of this talk.",
    ),
    Reference(
        "Vaswani et al. 2017",
        "https://arxiv.org/pdf/1706.03762.pdf",
        "Attention is all you need: the transformer.",
    ),
    Reference(
        "Radford et al. 2019",
        "https://d4mucfpksywv.cloudfront.net/better-language-models/language-models.pdf",
        "Language models are unsupervised multitask learners: GPT-2.",
    ),
    Reference(
        "Edward Z. Yang: PyTorch internals",
        "http://blog.ezyang.com/2019/05/pytorch-internals/",
        "What a view is, and why it costs nothing.",
    ),
)
DATA_AND_CODE = (
    Reference(
        "Given names in the PESEL register, data set 1667",
        "https://dane.gov.pl/pl/dataset/1667,lista-imion-wystepujacych-w-rejestrze-pesel-osoby-zyjace",
        "Girls 2024, boys 2023. Public-sector information, free to reuse with its source named.",
    ),
    Reference(
        "Wolne Lektury",
        "https://wolnelektury.pl/api/",
        "Polish books and Pan Tadeusz. Authors dead for more than 70 years: public domain.",
    ),
    Reference(
        "ELTeC-pol, European Literary Text Collection",
        "https://doi.org/10.5281/zenodo.4662725",
        "Many of the transcriptions came by way of it. Licence: CC BY 4.0.",
    ),
    Reference(
        "Tiny Shakespeare",
        "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",
        "Scenes of Shakespeare's plays in one text, 1,115,394 characters. Public domain.",
    ),
    Reference(
        "The workshop's repository",
        "https://github.com/bodzio50318/genAiWorkshop",
        "The slides, notebooks and scripts that became this app.",
    ),
)


def sources() -> None:
    """List what the talk referred to beside the data that the models learned from."""
    places = shared(1, 1, key="references_sources")
    for place, title, listed in zip(
        places, ("To read and to watch", "Data and code"), (TO_READ, DATA_AND_CODE), strict=True
    ):
        with place:
            st.header(title, anchor=False)
            for one in listed:
                st.markdown(f"**[{one.title}]({one.address})**  \n:gray[{one.told}]")


# --- the words --------------------------------------------------------------------------------------


def chosen_term() -> Term:
    """Draw all words as buttons and return the one that was chosen."""
    by_name = {term.name: term for term in TERMS}
    return by_name[widgets.pills("the words", list(by_name), key="term")]


def explain(term: Term) -> None:
    """Tell what a word means and link to the scenes that show it."""
    st.header(term.name, anchor=False)
    st.subheader(f":gray[{term.meaning}]", anchor=False)
    names = {chapter.path: chapter.title for chapter in chapters.CHAPTERS}
    for path, slug in term.scenes:
        title = titles().get((path, slug))
        if title is not None:
            chapter_link(path, slug, f"{names[path]} · {title}")


@cache
def titles() -> dict[tuple[str, str], str]:
    """Return the title of every scene, by chapter path and slug, as the pages' source has it."""
    return {
        (chapter.path, function.name.replace("_", "-")): ast.literal_eval(decorator.args[0])
        for chapter in chapters.CHAPTERS
        for function in ast.parse((chapters.PAGES / chapter.file).read_text(encoding="utf-8")).body
        if isinstance(function, ast.FunctionDef)
        for decorator in function.decorator_list
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "ui.scene"
    }


# --- the checkpoints --------------------------------------------------------------------------------


def checkpoints() -> None:
    """Show the record of every trained model whose files are here."""
    alt = "Every trained model: what it is, what it learned from, its recipe, how well, and its checksum."
    note(TOLD)
    with shared(1, key="references_records")[0]:
        table(records(), alt, key="references_checkpoints")
        st.markdown("**The talk's own models, by its slides and notebooks**")
        table(talks(), "The recipes and results of the talk's own models.", key="references_talk", height=150)


@keep("scenes")
def records() -> pd.DataFrame:
    """Return one row a checkpoint, read from its metadata; of a bad one, what is wrong with it."""
    # Only this scene needs it, and it brings torch along.
    from explainer.checkpoints import FOLDER

    names = sorted({path.name.split(".")[0] for path in FOLDER.glob("*.*") if path.suffix in KEPT})
    return pd.DataFrame([_row(name) for name in names]).reindex(columns=ORDER)


@keep("scenes")
def talks() -> pd.DataFrame:
    """Return one row a model of the talk: its recipe, and what it reached."""
    rows = [dict(zip(ORDER, row, strict=False)) for row in TALKS]
    return pd.DataFrame(rows).reindex(columns=ORDER[: ORDER.index("sha256 …")])


def _row(name: str) -> dict[str, object]:
    from explainer.checkpoints import BadCheckpoint, parameters, read_meta

    try:
        return {"name": name, "parameters": parameters(name), **_record(read_meta(name))}
    except BadCheckpoint as error:
        return {"name": name, "learned from": str(error)}


def _record(meta: dict) -> dict[str, object]:
    losses = meta["losses"]
    recipe = meta.get("recipe", {})
    return {
        "optimizer, learning rate": _optimizer(meta),
        "batch": recipe.get("batch_size"),
        "dropout": recipe.get("dropout"),
        "model": meta["architecture"]["kind"],
        "learned from": _data(meta),
        "steps": meta["steps"],
        "train": losses["train"],
        "dev/val": losses.get("dev", losses.get("val")),
        "test": losses.get("test", meta.get("halves", {}).get("test")),
        "sha256 …": meta["sha256"][:BEGINNING],
    }


def _optimizer(meta: dict) -> str:
    """Return what moved the weights, and how far a step; a counted table was moved by nothing."""
    recipe = meta.get("recipe")
    if recipe is None:
        return f"counted, smoothing {meta['architecture']['smoothing']:g}"
    if "lr_matrices" in recipe:
        return f"Muon {recipe['lr_matrices']:g}, AdamW {recipe['lr_rest']:g}"
    rate = recipe["learning_rate"]
    falls = {"step": f", then {rate / 10:g}", "cosine": ", cosine"}[recipe["schedule"]]
    return f"{OPTIMIZERS[recipe['optimiser']]} {rate:g}{falls}"


def _data(meta: dict) -> str:
    """Return what a model learned from, its start first."""
    data = meta["data"]
    if not isinstance(data, str):
        return f"{data['names']['train']:,} {data['sex']}s' names"
    if "together" in meta:
        return f"{meta['together']:,} names, then {meta['name'].split('-')[0]}'"
    count = data.count(", ") + 1
    texts = f"{count} texts" if count > 1 else data
    start = meta.get("recipe", {}).get("start")
    return f"{start}, then {texts}" if start else texts
