"""What the fine-tuning chapter shows: the data, the recorded trainings, and what refining changed."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from explainer import checkpoints
from explainer.components.reel import Chart, Lane, Line, Pages, Tile, Tiles, reel
from explainer.figures import bars, palette
from explainer.traces import fine_tuning as trace
from explainer.training.sequences import HELD_OUT
from explainer.ui import blocks, typed, widgets, window
from explainer.ui.catalogue import GPTS
from explainer.ui.scenes.gpt import available, visible, vocabulary_of
from explainer.ui.source import cached
from explainer.ui.trained import checkpoint, history

FACTS = Path(__file__).resolve().parents[3] / "data" / "corpora.json"
STAGES = {"shakespeare": "Shakespeare", "polish-books": "Polish books", "pan-tadeusz": "then Pan Tadeusz"}
RUNS = {
    "shakespeare": GPTS["shakespeare"],
    "polish-books": GPTS["polish-books"],
    "pan-tadeusz": f"{GPTS['pan-tadeusz']}, refined",
    "poem-alone": f"{GPTS['pan-tadeusz']} alone",
    "girls-gpt": GPTS["girls-gpt"],
    "boys-gpt": GPTS["boys-gpt"],
}
KINDS = {
    "polish-books": "Polish books",
    "pan-tadeusz": "Polish books, then Pan Tadeusz",
    "poem-alone": "Pan Tadeusz alone",
}
PROMPT = "Tadeusz spojrzał w okno, a w ogrodzie "
LEGEND = (
    "Bars: the character's probability :gray[before] and :violet[after]; "
    ":blue[blue became likelier], :orange[orange less likely]."
)
ONE_TEXT = "one text, its last {:.0%}"
LENGTH = 100  # characters that each model writes
HIGHEST = 2.7  # nats per character that are drawn of what the poem costs: 1.53 and 1.43 are told apart
DOUBLINGS = 3.0  # a change in probability that has the full colour: eight times as likely


def ready(*names: str) -> bool:
    """Return whether some checkpoints are there; if not, say which is missing and how to train it."""
    missing = [name for name in names if name not in available(RUNS)]
    for name in missing:
        st.warning(
            f"The model “{name}” is not in this app yet. Train it with "
            f"`python -m explainer.training {name}`, and this scene fills itself."
        )
    return not missing


# --- the data ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Corpus:
    """What one model learned from."""

    name: str
    texts: int
    characters: int
    symbols: int
    held_out: float  # share
    read: int | None  # characters seen while training; None before that

    @property
    def times(self) -> float | None:
        """How many times it was read through."""
        return None if self.read is None else self.read / (self.characters * (1 - self.held_out))


def corpora() -> list[Corpus]:
    """Return the data of each stage: from its checkpoint, or from the counted facts."""
    facts = json.loads(FACTS.read_text(encoding="utf-8"))
    trained = available(RUNS)
    found = []
    for name in STAGES:
        meta = checkpoints.read_meta(name) if name in trained else {}
        size = {**facts[name], **meta.get("corpus", {})}
        found.append(Corpus(name, **size, held_out=HELD_OUT[name], read=meta.get("characters")))
    return found


def sizes(found: list[Corpus]) -> None:
    """Draw how many characters each stage has, to scale."""
    labels = [STAGES[one.name] for one in found]
    texts = [f"{one.characters / 1e6:.2f} million" for one in found]
    lengths = [one.characters for one in found]
    figure = bars.bars(
        labels, lengths, texts, color=palette.INPUT, font_size=window.font_size(), narrow=window.narrow()
    )
    alt = bars.bars_alt("Characters of each stage", labels, texts)
    blocks.picture(figure, alt, key="tuning_sizes", height=260 if window.narrow() else 330)


def told(found: Corpus) -> None:
    """Tell the facts of one stage."""
    st.header(STAGES[found.name], anchor=False)
    blocks.metrics(characters=f"{found.characters:,}", different_ones=f"{found.symbols}")
    texts = f"{found.texts} texts, the last {found.held_out:.0%} of each" if found.texts > 1 else ONE_TEXT
    st.markdown(f"{texts.format(found.held_out)} held out")
    if found.read is None:
        st.markdown(f":gray[not trained yet: `python -m explainer.training {found.name}`]")
    else:
        st.markdown(
            f":gray[read in training: {found.read / 1e6:.1f} million, what is not held out about "
            f"{often(found.times or 0.0)}]"
        )


def often(times: float) -> str:
    """Return in words how many times a text was read, to the nearest whole."""
    return {1: "once", 2: "twice"}.get(round(times), f"{times:.0f} times")


# --- how it learned ---------------------------------------------------------------------------------


def _recorded(name: str) -> trace.Run:
    return trace.run(history(name), vocabulary_of(name))


recorded = cached(_recorded, trace.run)


def run_name() -> str | None:
    """Draw the choice among the recorded trainings."""
    runs = available(RUNS)
    if not runs:
        ready(*RUNS)
        return None
    default = next(name for name in ("polish-books", *runs) if name in runs)
    return widgets.named("training", runs, key="tuning_run", default=default)


def learning(name: str) -> None:
    """Show the losses of a training, and what the model wrote at each recorded step."""
    found, meta = recorded(name), checkpoints.read_meta(name)
    each = meta["characters"] / max(meta["steps"], 1)  # characters a step
    judged = "the dev names" if "dev" in meta["losses"] else f"{meta['recipe']['judged']} passages held out"
    facts = [
        f"{found.held_out_at(step):.2f} nats per character on {judged}, "
        f"after {_millions(step * each)} characters read"
        for step in found.sample_steps.tolist()
    ]
    lines = [
        Line("on the text it learned from", found.steps, found.train),
        Line("on text held out", found.steps, found.held_out, "8 6"),
    ]
    chart = Chart(lines, "step", "loss, nats per character", found.sample_steps.tolist())
    samples = [text.removeprefix(meta["prompt"]).lstrip("\n") for text in found.samples]
    lanes = [Lane(f"What it wrote: {RUNS[name]}", Pages(samples), facts)]
    alt = (
        f"Losses over the steps, from {found.held_out[0]:.2f} to {found.held_out[-1]:.2f} on text held out, "
        f"and {len(found.samples)} texts that the model wrote on the way."
    )
    titles = [f"step {step:,}" for step in found.sample_steps.tolist()]
    look: dict[str, Any] = {"titles": titles, "captions": on_the_way(name), "chart": chart, "speed": 1.0}
    reel(lanes, key=f"tuning_learned_{name}", alt=alt, **look)


def judged_on(name: str) -> str:
    """Say what both curves are judged on, and why held-out text costs less, where it does."""
    found, meta = recorded(name), checkpoints.read_meta(name)
    what = "names" if "dev" in meta["losses"] else "passages"
    told = f"Each curve is measured on {meta['recipe']['judged']:,} {what}."
    if found.held_out_at(meta["steps"]) >= found.train[found.steps == meta["steps"]][0]:
        return told
    return f"{told} Those held out happen to be easier: all text held out costs {meta['losses']['val']:.2f}."


def on_the_way(name: str) -> list[str]:
    """Say of every recorded text how far its step is from the one that is kept, and whose names it reads."""
    found, meta = recorded(name), checkpoints.read_meta(name)
    best, together = meta["steps"], meta["recipe"].get("together", 0)
    lowest, why = found.held_out_at(best), "the best" if share(meta) < 1 else "which is kept"
    told = []
    for step in found.sample_steps.tolist():
        above = _least_nats(found.held_out_at(step) - lowest)
        if step < best:
            told.append(f"On text held out it is **{above}** nats worse than at step {best:,}, {why}.")
        elif step > best:
            told.append(f"Past step {best:,}, {why}: on text held out it has become **{above}** worse.")
        else:
            told.append(kept(name))
        if together:
            told[-1] += _reads(step, together)
    return told


def _reads(step: int, together: int) -> str:
    """Say whose names are read at a step of a training that begins with those of both sexes."""
    if step < together:
        return f" Until step {together:,} it reads the names of girls and boys."
    return f" Since step {together:,} it reads the names of one sex alone."


def _least_nats(value: float) -> str:
    return f"{value:.2f}" if value >= 0.005 else "less than 0.01"


def kept(name: str) -> str:
    """Say that a step of a training is the one that the house keeps, and by what it was chosen."""
    meta = checkpoints.read_meta(name)
    losses, steps = meta["losses"], meta["recipe"]["steps"]
    if share(meta) < 1:
        refined, start = meta["refined_losses"]["val"], GPTS[meta["recipe"]["start"]]
        return (
            f"Step {meta['steps']:,} of {steps:,} is the best on all that is held out, {refined:.3f}. Kept "
            f"is {_way(meta)} from {start} to there, {losses['val']:.3f}. Both were chosen on it: slightly "
            "optimistic."
        )
    return (
        f"Step {meta['steps']:,} of {steps:,} is kept, the best on what is held out, "
        f"{losses.get('val', losses.get('dev')):.3f} nats per character over all of it: "
        "slightly optimistic, for the step was chosen on it."
    )


def share(meta: dict[str, Any]) -> float:
    """Return which share of the way from the model it refines to its best step is kept of a model."""
    return meta.get("recipe", {}).get("share", 1.0)


def _way(meta: dict[str, Any]) -> str:
    return f"{share(meta):.0%} of the way"


def refined_for() -> str:
    """Say how long the refined model learned from the poem, and what of it is kept."""
    meta = checkpoints.read_meta("pan-tadeusz")
    way = f", {_way(meta)} from the old weights to the new ones kept" if share(meta) < 1 else ""
    return f"Refined for {meta['steps']} steps{way}."


def chosen() -> str:
    """Say what the figures were chosen on and, where not all of the way is kept, what that is worth."""
    meta = checkpoints.read_meta("pan-tadeusz")
    if share(meta) == 1:
        return (
            "Both trainings are kept at their best step, chosen on this same last tenth: "
            "that makes the first and the last figure slightly optimistic."
        )
    return (
        f"Kept: {_way(meta)} from the old weights to the refined ones, chosen on half of this text. On the "
        f"other half: {meta['halves']['test']:.3f}; all of the way: {meta['refined_losses']['test']:.3f}."
    )


def _millions(count: float) -> str:
    return f"{count / 1e6:.1f} million" if count >= 1e5 else f"{count:,.0f}"


# --- before and after -------------------------------------------------------------------------------


def _written(name: str, prompt: str, temperature: float, seed: int) -> str:
    loaded = checkpoint(name)
    return trace.written(loaded.model, loaded.vocabulary, prompt, LENGTH, temperature, seed)


def _compared(prompt: str, text: str) -> trace.Compared:
    before, after = checkpoint("polish-books"), checkpoint("pan-tadeusz")
    return trace.compared(before.model, after.model, before.vocabulary, prompt, text)


written = cached(_written, trace.written, pool="typed")
compared = cached(_compared, trace.compared, pool="typed")


@dataclass(frozen=True)
class ContinuationRequest:
    """What the models are to continue, and how."""

    prompt: str
    temperature: float
    seed: int


def request() -> ContinuationRequest:
    """Draw the controls of a continuation."""
    told = widgets.text("begins with", PROMPT, key="tuning_prompt", max_chars=60)
    prompt = typed.text(told, vocabulary_of("polish-books")) or "\n"
    temperature = widgets.slider("temperature", 0.1, 1.5, 0.8, step=0.1, key="tuning_temperature")
    return ContinuationRequest(prompt, temperature, widgets.seed(key="tuning_seed"))


def before_and_after(wanted: ContinuationRequest) -> None:
    """Show both models' continuations side by side, and what each character was worth to both."""
    found = {name: compared(wanted.prompt, _text(name, wanted)) for name in ("polish-books", "pan-tadeusz")}
    lanes = [
        Lane(KINDS[name], Tiles(_tiles(wanted.prompt, one), _shown(wanted)), _expected(one))
        for name, one in found.items()
    ]
    alt = (
        f"Two texts begin alike; the one of the refined model cost the unrefined one "
        f"{found['pan-tadeusz'].loss()[0]:.2f} nats per character and itself "
        f"{found['pan-tadeusz'].loss()[1]:.2f}."
    )
    reel(lanes, key="tuning_before_after", alt=alt, **_frames())


def _text(name: str, wanted: ContinuationRequest) -> str:
    return written(name, wanted.prompt, wanted.temperature, wanted.seed)


def _frames() -> dict:
    """Return how a continuation is played: one frame a character, the whole text first."""
    titles = [f"character {n}" if n else "the prompt" for n in range(LENGTH + 1)]
    return {"titles": titles, "unit": "character", "speed": 20.0, "start": LENGTH}


def _shown(wanted: ContinuationRequest) -> list[int]:
    return [len(wanted.prompt) + n for n in range(LENGTH + 1)]


def _expected(found: trace.Compared) -> list[str]:
    losses = [found.loss(n) for n in range(1, len(found.text) + 1)]
    told = [
        f"costs the unrefined model {before:.2f}, the refined one {after:.2f} nats per character"
        for before, after in losses
    ]
    return ["", *told]


def _given(prompt: str) -> list[Tile]:
    return [Tile(c, told=f"{visible(c)}: given", kind="given") for c in prompt]


def _tiles(prompt: str, found: trace.Compared) -> list[Tile]:
    """Return the characters with both probabilities; the colour says which model expected them more."""
    shades = np.clip(found.change / DOUBLINGS, -1, 1)
    rows = zip(found.text, found.before.tolist(), found.after.tolist(), shades.tolist(), strict=True)
    return _given(prompt) + [
        Tile(c, told=_change(c, p, q), shade=round(shade, 3), bars=(round(p, 4), round(q, 4)))
        for c, p, q, shade in rows
    ]


def _change(character: str, before: float, after: float) -> str:
    factor = after / before
    told = f"{factor:.2g} times as likely"
    return f"{visible(character)}: {before:.2%} before, {after:.2%} after refining: {told}"


# --- was it worth it --------------------------------------------------------------------------------


def worth(wanted: ContinuationRequest) -> None:
    """Show what three models make of the poem: their losses while they learned, and how each goes on."""
    refined, alone = recorded("pan-tadeusz"), recorded("poem-alone")
    losses = _poem_losses()
    ends = np.array([1.0, max(refined.steps[-1], alone.steps[-1])])
    best = checkpoints.read_meta("poem-alone")["steps"]
    start = np.full(2, losses["polish-books"])
    lines = [
        Line(
            f"Pan Tadeusz alone: {losses['poem-alone']:.2f} at step {best}",
            alone.steps,
            alone.held_out,
            "14 8",
        ),
        Line(f"Polish books, unrefined: {losses['polish-books']:.2f}", ends, start, "2 7"),
        Line(
            _refined(losses["pan-tadeusz"]),
            refined.steps,
            refined.held_out,
        ),
    ]
    lanes = [
        Lane(KINDS[name], Tiles([*_given(wanted.prompt), *map(Tile, _text(name, wanted))], _shown(wanted)))
        for name in ("poem-alone", "polish-books", "pan-tadeusz")
    ]
    told = ", ".join(f"{KINDS[name]} {loss:.2f}" for name, loss in losses.items())
    alt = f"Losses on the poem's last tenth in nats per character: {told}; and a text of each model."
    title = f"loss on the poem's last tenth, up to {HIGHEST} nats"
    chart = Chart(lines, "step", title, ceiling=HIGHEST)
    reel(lanes, key="tuning_worth", alt=alt, chart=chart, stacked=True, **_frames())


def _refined(loss: float) -> str:
    """Return the name of the refined model's curve, with what is kept of it where that is no point of it."""
    meta = checkpoints.read_meta("pan-tadeusz")
    if share(meta) == 1:
        return f"refined: {loss:.2f} at step {meta['steps']}"
    lowest = meta["refined_losses"]["val"]
    return f"refined: {lowest:.2f} at step {meta['steps']}; kept: {loss:.2f}"


def _poem_losses() -> dict[str, float]:
    """Return the losses on the poem's last tenth: before refining, after it, of the poem alone."""
    refined, alone = (checkpoints.read_meta(name) for name in ("pan-tadeusz", "poem-alone"))
    return {
        "polish-books": refined["start_losses"]["val"],
        "pan-tadeusz": refined["losses"]["val"],
        "poem-alone": alone["losses"]["val"],
    }
