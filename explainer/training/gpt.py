"""Training of every GPT of the project: names, Shakespeare, Polish books, *Pan Tadeusz*."""

import json
import math
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from explainer import checkpoints, names
from explainer.models.gpt import GPT
from explainer.sampling import generate
from explainer.training import passages
from explainer.training.gpt_recipes import RECIPES, Recipe
from explainer.training.heads import habits
from explainer.training.machine import (
    Clock,
    device_for,
    interruptible,
    kept,
    multiplies_half,
    restored,
    stop,
    use_huge_pages,
)
from explainer.training.muon import Muon
from explainer.training.sequences import IGNORED, Data, Names, data_of, mixed

SAVE_SECONDS = 40  # between two saves of a run's state
SAY_SECONDS = 10  # between two lines of progress
NARROW = 128  # numbers a character at most whose course is recorded; wider ones would fill the repository


def run(
    name: str,
    *,
    data: Path | None = None,
    device: str = "auto",
    resume: bool = False,
    output: str | None = None,
    folder: Path = checkpoints.FOLDER,
    recipe: Recipe | None = None,
) -> None:
    """Train one model and write its checkpoint.

    Args:
        data: file or directory of texts, or a table of names, instead of the usual one.
        resume: whether to go on where an interrupted run stopped; the result is the same.
        output: the checkpoint's name, if it is not the model's.
        folder: of the checkpoints; the state of an unfinished run lies in ``runs/`` beside it.
    Raises:
        BadCheckpoint: if the model that is refined cannot be loaded.
        ValueError: if the data cannot be used, or there is no run to resume.
        KeyboardInterrupt: after Ctrl-C, once the state is saved.
    """
    device = device_for(device)
    if device == "cpu":
        use_huge_pages()
    recipe = recipe or RECIPES[name]
    output = output or name
    state = folder.parent / "runs" / f"{output}.state.safetensors"
    trainer = Trainer(recipe, data_of(name, recipe, data, folder), device, state, folder)
    if resume:
        trainer.restore()
    trainer.train()
    trainer.write(output, folder)


class Trainer:
    """One run: the model, its optimisers and what was recorded on the way.

    Every random number depends on the seed and the step alone: a resumed run repeats the uninterrupted one.
    """

    def __init__(self, recipe: Recipe, data: Data, device: str, state: Path, folder: Path) -> None:
        self.recipe, self.data, self.device, self.state = recipe, data, device, state
        self.learned_from = data.fingerprint()
        torch.manual_seed(recipe.seed)
        self.architecture = {
            "kind": "gpt",
            "vocab_size": len(data.vocabulary),
            **{key: getattr(recipe, key) for key in ("block_size", "n_layer", "n_head", "n_embd")},
        }
        options = {key: value for key, value in self.architecture.items() if key != "kind"}
        self.model = GPT(**options, dropout=recipe.dropout).to(device)
        if recipe.start:
            self.model.load_state_dict(checkpoints.load(recipe.start, folder).model.state_dict())
        self.optimizers = _optimizers(self.model, recipe)
        self.step, self.seconds = 0, 0.0
        self.best: dict[str, torch.Tensor] = {}
        self.best_loss, self.best_step = math.inf, 0
        self.history: list[dict] = []
        self.embeddings: dict[int, torch.Tensor] = {}  # step -> (V, C)
        self.record_at = {
            int(s) for s in np.logspace(0, math.log10(recipe.steps), recipe.records - 1).round()
        }
        self.record_at |= {0, recipe.steps}
        self.judge_at = self.record_at | set(range(0, recipe.steps, max(recipe.steps // 20, 1)))

    def train(self) -> None:
        """Take the steps that are left; record, save and report on the way."""
        clock, first = Clock(self.seconds), self.step
        self.judge()
        with interruptible() as stopped:
            while self.step < self.recipe.steps:
                loss = self.take_step()
                self.judge()
                self.seconds = clock.seconds
                if clock.due("say", SAY_SECONDS):
                    self.say(loss, clock.since_start / (self.step - first))
                if stopped():
                    stop(self.save())
                if clock.due("save", SAVE_SECONDS):
                    self.save()
        self.save()

    def take_step(self) -> float:
        """Learn from one batch; return its mean loss in nats."""
        recipe = self.recipe
        torch.manual_seed(mixed(recipe.seed, self.step))  # dropout
        self.model.train()
        rows = self.batch(self.step).to(self.device)  # (B, T + 1)
        counted = (rows[:, 1:] != IGNORED).sum()
        total = 0.0
        for part in rows.split(recipe.micro_batch if self.device == "cpu" else recipe.batch_size):
            with self.precision():
                loss = self.model(part[:, :-1].clamp(min=0), part[:, 1:])[1]
            loss = loss * ((part[:, 1:] != IGNORED).sum() / counted)
            loss.backward()
            total += loss.detach()
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = group["top"] * schedule(self.step, recipe)
            optimizer.step()
            optimizer.zero_grad()
        self.step += 1
        return float(total)

    def batch(self, step: int) -> torch.Tensor:
        """Return the sequences (B, T + 1) of one step; it may reach from one epoch into the next."""
        data, first = self.data.train, self.recipe.together
        if step < first:
            data = self.data.together or data
        else:
            step -= first
        n, B = len(data), self.recipe.batch_size
        places = torch.arange(step * B, (step + 1) * B)  # (B,)
        epochs = places // n
        return _short(torch.cat([data.rows(int(e), places[epochs == e] % n) for e in epochs.unique()]))

    def judge(self) -> None:
        """Measure the losses at the steps chosen for it, and keep the weights if they are the best."""
        if self.step not in self.judge_at or (self.history and self.history[-1]["step"] == self.step):
            return
        n = self.recipe.judged
        held_out = next(iter(self.data.held_out.values()))
        rows = self.data.train.rows(0, torch.arange(min(n, len(self.data.train))))
        entry: dict[str, Any] = {
            "step": self.step,
            "train_loss": self.loss(rows),
            "dev_loss": self.loss(spread(held_out, n)),
        }
        if self.step in self.record_at:
            entry["sample"] = self.sample()
            if self.recipe.n_embd <= NARROW:
                self.embeddings[self.step] = self.model.wte.weight.detach().half().cpu()  # (V, C)
        self.history.append(entry)
        if entry["dev_loss"] < self.best_loss:
            self.best_loss, self.best_step = entry["dev_loss"], self.step
            self.best = {key: value.detach().cpu().clone() for key, value in self.model.state_dict().items()}

    def loss(self, rows: torch.Tensor, full: bool = False) -> float:
        """Return the mean negative log-likelihood of sequences (N, T + 1), in nats per character."""
        with nullcontext() if full else self.precision():
            return evaluate(self.model, rows, self.device)

    def sample(self) -> list[int]:
        """Return the ids of a text drawn with the run's seed; a new name begins where one ends."""
        self.model.eval()
        data, length, drawn = self.data, self.recipe.sample_length, self.data.prompt
        stop = names.BOUNDARY if isinstance(data.train, Names) else None
        while len(drawn) < length:
            seed = self.recipe.seed + len(drawn)
            steps = generate(
                self.model, data.vocabulary, data.prompt, length - len(drawn), seed=seed, stop=stop
            )
            drawn += "".join(step.character for step in steps)
        return data.vocabulary.encode(drawn)

    def precision(self):
        """Return the context in which the forward pass runs."""
        if self.recipe.half and multiplies_half(self.device):
            return torch.autocast(self.device, dtype=torch.bfloat16)
        return nullcontext()

    def say(self, loss: float, per_step: float) -> None:
        """Print where the run stands; a step took so many seconds."""
        speed = self.recipe.batch_size * self.data.train.characters / per_step
        left = per_step * (self.recipe.steps - self.step)
        last = self.history[-1]
        print(
            f"step {self.step:,} of {self.recipe.steps:,} · loss {loss:.4f} · "
            f"held out {last['dev_loss']:.4f} (step {last['step']:,}) · "
            f"{speed:,.0f} characters a second · {left / 60:.0f} min left",
            flush=True,
        )

    def save(self) -> bool:
        """Write the run's state in one file, replaced in one move; return whether it is there."""
        tensors = {f"model.{key}": value for key, value in self.model.state_dict().items()}
        tensors |= {f"best.{key}": value for key, value in self.best.items()}
        for i, optimizer in enumerate(self.optimizers):
            for place, values in optimizer.state_dict()["state"].items():
                tensors |= {f"optimizer.{i}.{place}.{key}": value for key, value in values.items()}
        tensors |= {f"wte.{step}": value for step, value in self.embeddings.items()}
        tensors = {key: value.detach().cpu().contiguous() for key, value in tensors.items()}
        facts = {
            "step": self.step, "seconds": self.seconds, "history": self.history,
            "best_loss": self.best_loss, "best_step": self.best_step, "recipe": asdict(self.recipe),
            "data": self.learned_from,
        }  # fmt: skip
        return kept(self.state, tensors, {"run": json.dumps(facts)})

    def restore(self) -> None:
        """Go back to where the saved run stopped.

        Raises:
            ValueError: if there is no such run, or it was one of another recipe or on other data.
        """
        tensors, told = restored(self.state)
        facts = json.loads(told.get("run", "{}"))
        if facts.get("recipe") != asdict(self.recipe):
            raise ValueError("The interrupted run followed another recipe; start anew without --resume.")
        if facts.get("data") != self.learned_from:
            raise ValueError("The interrupted run learned from other data; start anew without --resume.")
        self.model.load_state_dict(_under(tensors, "model."))
        self.best = _under(tensors, "best.")
        self.embeddings = {int(step): value for step, value in _under(tensors, "wte.").items()}
        for i, optimizer in enumerate(self.optimizers):
            saved: dict[int, dict] = {}
            for key, value in _under(tensors, f"optimizer.{i}.").items():
                place, entry = key.split(".")
                saved.setdefault(int(place), {})[entry] = value
            optimizer.load_state_dict({**optimizer.state_dict(), "state": saved})
        for key in ("step", "seconds", "history", "best_loss", "best_step"):
            setattr(self, key, facts[key])

    def write(self, name: str, folder: Path) -> None:
        """Write the best weights of the run as a checkpoint, with its losses and its history.

        Of a refined model the recipe's share of the way to them is kept.
        """
        self.model.load_state_dict(self.best)
        all_the_way = self.halves("refined_losses")
        if self.recipe.start:
            start = checkpoints.load(self.recipe.start, folder).model.state_dict()
            self.model.load_state_dict(between(start, self.best, self.recipe.share))
        n = len(self.data.train)
        judged = n if isinstance(self.data.train, Names) else min(self.recipe.judged, n)
        seen = self.data.train.rows(0, torch.arange(judged))
        parts = {"train": seen, **self.data.held_out}
        losses = {part: round(self.loss(rows, full=True), 4) for part, rows in parts.items()}
        recipe = {key: value for key, value in asdict(self.recipe).items() if key not in self.architecture}
        meta = {
            "data": self.data.origin,
            "corpus": self.data.size,
            "seed": recipe.pop("seed"),
            "steps": self.best_step,
            "characters": self.characters(),
            "losses": losses,
            **self.start_losses(folder),
            **all_the_way,
            **self.halves("halves"),
            **({"together": len(self.data.together)} if self.recipe.together and self.data.together else {}),
            "prompt": self.data.prompt,
            "heads": habits(self.model, self.data.vocabulary, self.data),
            "recipe": recipe,
            "trained_on": self.device,
            "seconds": round(self.seconds),
        }
        history = _history(self.history)
        if self.embeddings:  # in the order of ``sample_step``
            history["wte"] = torch.stack([self.embeddings[step] for step in sorted(self.embeddings)]).numpy()
        checkpoints.save(name, self.model, self.architecture, self.data.vocabulary, meta, history, folder)
        passages.write(checkpoints.load(name, folder), name, self.data, folder)
        print(f"{name}: " + ", ".join(f"{part} {loss:.4f}" for part, loss in losses.items()), flush=True)

    def characters(self) -> int:
        """Return how many characters the best weights have read, again and again."""
        first, both = min(self.best_step, self.recipe.together), self.data.together or self.data.train
        read = first * both.characters + (self.best_step - first) * self.data.train.characters
        return round(self.recipe.batch_size * read)

    def start_losses(self, folder: Path) -> dict[str, dict[str, float]]:
        """Return what the model that was refined loses on the parts held out, if one was."""
        if self.recipe.start is None:
            return {}
        start = checkpoints.load(self.recipe.start, folder).model.to(self.device)
        found = {
            part: round(evaluate(start, rows, self.device), 4) for part, rows in self.data.held_out.items()
        }
        return {"start_losses": found}

    def halves(self, key: str) -> dict[str, dict[str, float]]:
        """Return under a key what the model loses on the halves of what is held out, and on all of it.

        The first half, dev, is what a share of the way is chosen by, the second, test, what it is judged by;
        nothing is measured where all of the way is kept.
        """
        if self.recipe.share == 1:
            return {}
        rows = next(iter(self.data.held_out.values()))
        half = len(rows) // 2
        parts = {"val": rows, "dev": rows[:half], "test": rows[half:]}
        return {key: {part: round(self.loss(some, full=True), 4) for part, some in parts.items()}}


def between(
    start: Mapping[str, torch.Tensor], refined: Mapping[str, torch.Tensor], share: float
) -> dict[str, torch.Tensor]:
    """Return the weights that lie a share of the way from one model's to those refined from it.

    Such a mean keeps more of what the first one knew and is often better than either: WiSE-FT, Wortsman et
    al. 2022, Robust fine-tuning of zero-shot models, CVPR.

    Args:
        start, refined: weights by name, of the same shapes.
        share: 0 for the first model's, 1 for the refined one's.
    """
    return {key: value.lerp(refined[key].to(value), share) for key, value in start.items()}


@torch.no_grad()
def evaluate(model: GPT, rows: torch.Tensor, device: str = "cpu", batch_size: int = 8) -> float:
    """Return the mean negative log-likelihood of sequences (N, T + 1), in nats per character."""
    model.eval()
    nats, characters = 0.0, 0
    rows = rows[(rows != IGNORED).sum(1).argsort(stable=True)]  # those of one length side by side
    for part in rows.split(batch_size if rows.size(1) > 64 else 64 * batch_size):
        part = _short(part).to(device)
        counted = int((part[:, 1:] != IGNORED).sum())
        nats += float(model(part[:, :-1].clamp(min=0), part[:, 1:])[1]) * counted
        characters += counted
    return nats / characters


def schedule(step: int, recipe: Recipe) -> float:
    """Return the share of the top learning rate at a step: up, level, then down to zero in a line.

    Where both sexes are learned together first, that is the course of those steps; the steps after them begin
    with a share of it, which falls to zero once more.
    """
    first = recipe.together or recipe.steps
    if step >= first:
        return recipe.alone * (recipe.steps - step) / (recipe.steps - first)
    rise = (step + 1) / max(recipe.warmup * first, 1)
    fall = (first - step) / max(recipe.decay * first, 1)
    return min(rise, fall, 1.0)


def _optimizers(model: GPT, recipe: Recipe) -> list[torch.optim.Optimizer]:
    """Muon for the matrices inside the blocks, AdamW for everything else."""
    matrices = [p for block in model.h for p in block.parameters() if p.ndim == 2]
    chosen = {id(p) for p in matrices}
    rest = [p for p in model.parameters() if id(p) not in chosen]
    optimizers = [
        Muon(matrices, lr=recipe.lr_matrices, weight_decay=recipe.weight_decay),
        torch.optim.AdamW(rest, lr=recipe.lr_rest, betas=(0.9, 0.95), weight_decay=0.0),
    ]
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["top"] = group["lr"]
    return optimizers


def _short(rows: torch.Tensor) -> torch.Tensor:
    """Return sequences without the columns in which none of them has a character."""
    return rows[:, (rows != IGNORED).any(0)]


def spread(rows: torch.Tensor, n: int) -> torch.Tensor:
    """Return at most n sequences, evenly spread."""
    return rows[torch.linspace(0, len(rows) - 1, min(n, len(rows))).long()]


def _history(entries: list[dict]) -> dict[str, np.ndarray]:
    """Return the recorded losses and samples as arrays."""
    sampled = [entry for entry in entries if "sample" in entry]
    return {
        "step": np.array([entry["step"] for entry in entries]),
        "train_loss": np.array([entry["train_loss"] for entry in entries], dtype=np.float32),
        "held_out_loss": np.array([entry["dev_loss"] for entry in entries], dtype=np.float32),
        "sample_step": np.array([entry["step"] for entry in sampled]),
        "sample": np.array([entry["sample"] for entry in sampled], dtype=np.int16),
    }


def _under(tensors: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}
