"""Training of every GPT of the project: names, Shakespeare, Polish books, *Pan Tadeusz*."""

import json
import math
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from explainer import checkpoints, corpus, names
from explainer.download import download
from explainer.models.gpt import GPT
from explainer.sampling import generate
from explainer.training.muon import Muon
from explainer.vocabulary import Vocabulary, alphabetical

RUNS = Path(__file__).resolve().parents[2] / "runs"
SAVE_SECONDS = 40  # between two saves of a run's state
SAY_SECONDS = 10  # between two lines of progress
IGNORED = -1  # target that counts for nothing
POLISH = ("polish-books", "pan-tadeusz")
HELD_OUT = {"shakespeare": 0.1, "polish-books": 0.05, "pan-tadeusz": 0.1}  # share at each text's end
SHAKESPEARE = "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt"


@dataclass(frozen=True)
class Recipe:
    """How one model is trained; chosen on held-out loss."""

    n_layer: int = 6
    n_head: int = 6
    n_embd: int = 384
    block_size: int = 256
    dropout: float = 0.0
    batch_size: int = 24  # sequences a step
    micro_batch: int = 8  # sequences that go through the model at once on a CPU, whose cache is small
    steps: int = 2400
    lr_matrices: float = 0.02  # Muon
    lr_rest: float = 0.003  # AdamW: embeddings, layer norms, lm_head
    weight_decay: float = 0.1
    warmup: float = 0.02  # share of the steps in which the learning rates rise
    decay: float = 0.6  # share of the steps, at the end, in which they fall to zero
    half: bool = True  # bfloat16 where the device multiplies it faster
    records: int = 33  # logarithmically spaced steps with losses and a sample
    judged: int = 96  # sequences that the losses in the history are measured on
    sample_length: int = 256  # characters in the history's samples
    start: str | None = None  # checkpoint to refine
    seed: int = 2147483647


NAMES = Recipe(
    n_layer=4, n_head=4, n_embd=96, block_size=16, dropout=0.25, batch_size=64, micro_batch=64, steps=1000,
    half=False, judged=10_000, sample_length=120,
)  # fmt: skip
RECIPES = {
    "girls-gpt": NAMES,
    "boys-gpt": NAMES,
    "shakespeare": Recipe(dropout=0.1, steps=1600, judged=64),
    "polish-books": Recipe(steps=8000),
    "pan-tadeusz": Recipe(
        start="polish-books", dropout=0.1, steps=400, lr_matrices=0.005, lr_rest=0.0008, decay=1.0
    ),
}


class Examples(Protocol):
    """Sequences to learn from, in a fixed order for every epoch."""

    characters: float  # that one sequence predicts, on average

    def __len__(self) -> int: ...

    def rows(self, epoch: int, places: torch.Tensor) -> torch.Tensor:
        """Return the sequences (B, T + 1) at these places of an epoch; IGNORED where there is none."""
        ...


class Names:
    """Names, each between two boundaries.

    Args:
        ids: names as lists of ids, boundaries included.
    """

    def __init__(self, ids: Sequence[list[int]], block_size: int, seed: int) -> None:
        self.table = torch.full((len(ids), block_size + 1), IGNORED)
        for row, name in zip(self.table, ids, strict=True):
            row[: len(name)] = torch.tensor(name)
        self.seed = seed
        self.characters = float((self.table[:, 1:] != IGNORED).sum()) / len(ids)

    def __len__(self) -> int:
        return len(self.table)

    def rows(self, epoch: int, places: torch.Tensor) -> torch.Tensor:
        return self.table[_shuffled(len(self), self.seed, epoch)[places]]


class Windows:
    """A text cut into sequences side by side, at another offset in every epoch.

    Args:
        ids: (N,) character ids of the whole text.
    """

    def __init__(self, ids: torch.Tensor, block_size: int, seed: int) -> None:
        if len(ids) < 2 * block_size + 1:
            raise ValueError(f"The text is {len(ids):,} characters long; give at least {2 * block_size + 1}.")
        self.ids, self.block_size, self.seed = ids, block_size, seed
        self.characters = block_size

    def __len__(self) -> int:
        return (len(self.ids) - 1) // self.block_size - 1

    def rows(self, epoch: int, places: torch.Tensor) -> torch.Tensor:
        offset = _random(self.seed, epoch).initial_seed() % self.block_size
        starts = offset + self.block_size * _shuffled(len(self), self.seed, epoch)[places]
        return self.ids[starts[:, None] + torch.arange(self.block_size + 1)].long()


@dataclass(frozen=True)
class Data:
    """What one model learns from and is judged by.

    Args:
        held_out: part's name -> (N, T + 1) sequences, in order; the first part chooses the best step.
        origin: what the data is, for the metadata.
        prompt: text that the history's samples begin with.
    """

    train: Examples
    held_out: dict[str, torch.Tensor]
    vocabulary: Vocabulary
    origin: str
    prompt: str


def run(
    name: str,
    *,
    data: Path | None = None,
    device: str = "auto",
    resume: bool = False,
    folder: Path = checkpoints.FOLDER,
    runs: Path = RUNS,
    recipe: Recipe | None = None,
) -> None:
    """Train one model and write its checkpoint.

    Args:
        data: file or directory of texts, or a table of names, instead of the usual one.
        resume: whether to go on where an interrupted run stopped; the result is the same.
        runs: directory for the state of an unfinished run.
    Raises:
        ValueError: if the data cannot be used or there is no run to resume.
        KeyboardInterrupt: after Ctrl-C, once the state is saved.
    """
    device = _device(device)
    if device == "cpu":
        _use_huge_pages()
    recipe = recipe or RECIPES[name]
    trainer = Trainer(
        recipe, data_of(name, recipe, data, folder), device, runs / f"{name}.state.safetensors", folder
    )
    if resume:
        trainer.restore()
    trainer.train()
    trainer.write(name, folder)


class Trainer:
    """One run: the model, its optimisers and what was recorded on the way.

    Every random number depends on the seed and the step alone: a resumed run repeats the uninterrupted one.
    """

    def __init__(self, recipe: Recipe, data: Data, device: str, state: Path, folder: Path) -> None:
        self.recipe, self.data, self.device, self.state = recipe, data, device, state
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
        self.best, self.best_loss, self.best_step = {}, math.inf, 0
        self.history: list[dict] = []
        self.record_at = {
            int(s) for s in np.logspace(0, math.log10(recipe.steps), recipe.records - 1).round()
        }
        self.record_at |= {0, recipe.steps}
        self.judge_at = self.record_at | set(range(0, recipe.steps, max(recipe.steps // 20, 1)))

    def train(self) -> None:
        """Take the steps that are left; record, save and report on the way."""
        clock, first = _Clock(self.seconds), self.step
        self.judge()
        with _interruptible() as stopped:
            while self.step < self.recipe.steps:
                loss = self.take_step()
                self.judge()
                self.seconds = clock.seconds
                if clock.due("say", SAY_SECONDS):
                    self.say(loss, clock.since_start / (self.step - first))
                if stopped() or clock.due("save", SAVE_SECONDS):
                    self.save()
                if stopped():
                    raise KeyboardInterrupt
        self.save()

    def take_step(self) -> float:
        """Learn from one batch; return its mean loss in nats."""
        recipe = self.recipe
        torch.manual_seed(_mixed(recipe.seed, self.step))  # dropout
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
        n, B = len(self.data.train), self.recipe.batch_size
        places = torch.arange(step * B, (step + 1) * B)  # (B,)
        epochs = places // n
        return torch.cat([self.data.train.rows(int(e), places[epochs == e] % n) for e in epochs.unique()])

    def judge(self) -> None:
        """Measure the losses at the steps chosen for it, and keep the weights if they are the best."""
        if self.step not in self.judge_at or (self.history and self.history[-1]["step"] == self.step):
            return
        n = self.recipe.judged
        held_out = next(iter(self.data.held_out.values()))
        rows = self.data.train.rows(0, torch.arange(min(n, len(self.data.train))))
        entry = {
            "step": self.step,
            "train_loss": self.loss(rows),
            "dev_loss": self.loss(_spread(held_out, n)),
        }
        if self.step in self.record_at:
            entry["sample"] = self.sample()
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
        if self.recipe.half and _multiplies_half(self.device):
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

    def save(self) -> None:
        """Write the run's state in one file, replaced in one move."""
        tensors = {f"model.{key}": value for key, value in self.model.state_dict().items()}
        tensors |= {f"best.{key}": value for key, value in self.best.items()}
        for i, optimizer in enumerate(self.optimizers):
            for place, values in optimizer.state_dict()["state"].items():
                tensors |= {f"optimizer.{i}.{place}.{key}": value for key, value in values.items()}
        tensors = {key: value.detach().cpu().contiguous() for key, value in tensors.items()}
        facts = {
            "step": self.step, "seconds": self.seconds, "history": self.history,
            "best_loss": self.best_loss, "best_step": self.best_step, "recipe": asdict(self.recipe),
        }  # fmt: skip
        self.state.parent.mkdir(parents=True, exist_ok=True)
        part = self.state.with_suffix(".part")
        save_file(tensors, part, metadata={"run": json.dumps(facts)})
        part.replace(self.state)

    def restore(self) -> None:
        """Go back to where the saved run stopped.

        Raises:
            ValueError: if there is no such run, or it was one of another recipe.
        """
        if not self.state.exists():
            raise ValueError(f"There is no interrupted run at {self.state}; start one without --resume.")
        with safe_open(self.state, "pt") as file:
            facts = json.loads(file.metadata()["run"])
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
        if facts["recipe"] != asdict(self.recipe):
            raise ValueError("The interrupted run followed another recipe; start anew without --resume.")
        self.model.load_state_dict(_under(tensors, "model."))
        self.best = _under(tensors, "best.")
        for i, optimizer in enumerate(self.optimizers):
            saved: dict[int, dict] = {}
            for key, value in _under(tensors, f"optimizer.{i}.").items():
                place, entry = key.split(".")
                saved.setdefault(int(place), {})[entry] = value
            optimizer.load_state_dict({**optimizer.state_dict(), "state": saved})
        for key in ("step", "seconds", "history", "best_loss", "best_step"):
            setattr(self, key, facts[key])

    def write(self, name: str, folder: Path) -> None:
        """Write the best weights of the run as a checkpoint, with its losses and its history."""
        self.model.load_state_dict(self.best)
        seen = self.data.train.rows(0, torch.arange(min(self.recipe.judged, len(self.data.train))))
        parts = {"train": seen, **self.data.held_out}
        losses = {part: round(self.loss(rows, full=True), 4) for part, rows in parts.items()}
        recipe = {key: value for key, value in asdict(self.recipe).items() if key not in self.architecture}
        meta = {
            "data": self.data.origin,
            "seed": recipe.pop("seed"),
            "steps": self.best_step,
            "characters": round(self.best_step * self.recipe.batch_size * self.data.train.characters),
            "losses": losses,
            "prompt": self.data.prompt,
            "recipe": recipe,
            "trained_on": self.device,
            "seconds": round(self.seconds),
        }
        history = _history(self.history)
        checkpoints.save(name, self.model, self.architecture, self.data.vocabulary, meta, history, folder)
        print(f"{name}: " + ", ".join(f"{part} {loss:.4f}" for part, loss in losses.items()), flush=True)


@torch.no_grad()
def evaluate(model: GPT, rows: torch.Tensor, device: str = "cpu", batch_size: int = 8) -> float:
    """Return the mean negative log-likelihood of sequences (N, T + 1), in nats per character."""
    model.eval()
    nats, characters = 0.0, 0
    for part in rows.split(batch_size if rows.size(1) > 64 else 64 * batch_size):
        part = part.to(device)
        counted = int((part[:, 1:] != IGNORED).sum())
        nats += float(model(part[:, :-1].clamp(min=0), part[:, 1:])[1]) * counted
        characters += counted
    return nats / characters


def schedule(step: int, recipe: Recipe) -> float:
    """Return the share of the top learning rate at a step: up, level, then down to zero in a line."""
    rise = (step + 1) / max(recipe.warmup * recipe.steps, 1)
    fall = (recipe.steps - step) / max(recipe.decay * recipe.steps, 1)
    return min(rise, fall, 1.0)


def _optimizers(model: GPT, recipe: Recipe) -> list[torch.optim.Optimizer]:
    """Muon for the matrices inside the blocks, AdamW for everything else."""
    matrices = [p for p in model.h.parameters() if p.ndim == 2]
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


# --- data -------------------------------------------------------------------------------------------


def data_of(name: str, recipe: Recipe, path: Path | None, folder: Path) -> Data:
    """Return what a model learns from and is judged by.

    Args:
        path: file or directory to read; None for the usual one.
        folder: where the checkpoint lies that is refined.
    Raises:
        ValueError: if the data is missing or cannot be used.
    """
    if name in ("girls-gpt", "boys-gpt"):
        return _names(name, recipe, path)
    return _texts(name, recipe, path, folder)


def _names(name: str, recipe: Recipe, path: Path | None) -> Data:
    table = names.register(path, sizes=None) if path else names.register()
    split = names.split(
        list(names.select(table, {"girls": "girl", "boys": "boy"}[name.split("-")[0]])["name"])
    )
    ids = {
        part: [names.VOCABULARY.encode(f".{n}.") for n in getattr(split, part)]
        for part in ("train", "dev", "test")
    }
    longest = max(len(row) for rows in ids.values() for row in rows)
    if longest > recipe.block_size + 1:
        raise ValueError(
            f"A name has {longest - 2} letters; the model reads {recipe.block_size - 1} at most."
        )
    parts = {part: Names(rows, recipe.block_size, recipe.seed) for part, rows in ids.items()}
    held_out = {part: parts[part].table for part in ("dev", "test")}
    origin = "given names with more than 20 bearers, PESEL register (dane.gov.pl, data set 1667)"
    return Data(parts["train"], held_out, names.VOCABULARY, origin, prompt=".")


def _texts(name: str, recipe: Recipe, path: Path | None, folder: Path) -> Data:
    texts = corpus.read_corpus(path or _usual_text(name))
    if recipe.start:
        vocabulary = Vocabulary(checkpoints.read_meta(recipe.start, folder)["symbols"])
    elif name in POLISH:
        vocabulary = Vocabulary(alphabetical(corpus.SYMBOLS))
    else:
        vocabulary = Vocabulary(alphabetical("\n".join(text for _, text in texts)))
    parts = [
        corpus.split_text(corpus.normalise(text) if name in POLISH else text, HELD_OUT[name])
        for _, text in texts
    ]
    ids = torch.tensor(vocabulary.encode("\n".join(train for train, _ in parts)), dtype=torch.int16)
    tails = torch.cat([_side_by_side(vocabulary, tail, recipe.block_size) for _, tail in parts])
    origin = ", ".join(title for title, _ in texts)
    return Data(Windows(ids, recipe.block_size, recipe.seed), {"val": tails}, vocabulary, origin, prompt="\n")


def _usual_text(name: str) -> Path:
    """Return where a text lies when none is named, fetching it if it is a single one."""
    if name == "shakespeare":
        path = RUNS / "shakespeare.txt"
        return path if path.exists() else download(SHAKESPEARE, path)
    path = {"polish-books": corpus.BOOKS, "pan-tadeusz": RUNS / "pan-tadeusz.txt"}[name]
    if not path.exists():
        raise ValueError(
            f"There is no text at {path} yet. Fetch it with python -m explainer.corpus --help, "
            "or name a file or directory with --data."
        )
    return path


def _side_by_side(vocabulary: Vocabulary, text: str, block_size: int) -> torch.Tensor:
    """Return a text as sequences (N, block_size + 1) that predict every character but the first once."""
    ids = torch.tensor(vocabulary.encode(text))
    rows = torch.full((math.ceil((len(ids) - 1) / block_size), block_size + 1), IGNORED)
    for row, start in zip(rows, range(0, len(ids) - 1, block_size), strict=True):
        part = ids[start : start + block_size + 1]
        row[: len(part)] = part
    return rows


def _shuffled(n: int, seed: int, epoch: int) -> torch.Tensor:
    return torch.randperm(n, generator=_random(seed, epoch))


def _random(seed: int, number: int) -> torch.Generator:
    return torch.Generator().manual_seed(_mixed(seed, number))


def _mixed(seed: int, number: int) -> int:
    """Return a seed that differs from number to number in all its bits."""
    return int(np.random.SeedSequence([seed, number]).generate_state(1)[0])


def _spread(rows: torch.Tensor, n: int) -> torch.Tensor:
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


# --- the machine ------------------------------------------------------------------------------------


def _device(asked: str) -> str:
    if asked != "auto":
        if asked not in ("cpu", "cuda", "mps"):
            raise ValueError(f"The device must be auto, cpu, cuda or mps, not “{asked}”.")
        return asked
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _multiplies_half(device: str) -> bool:
    """Whether bfloat16 is faster than float32; a CPU without the instructions only imitates it."""
    if device == "cpu":
        return torch.cpu.get_capabilities().get("avx512_bf16", False)
    return device == "cuda" and torch.cuda.is_bf16_supported()


def _use_huge_pages() -> None:
    """Start the command again with settings that keep large tensors' memory: on Linux six times faster."""
    settings = {
        "THP_MEM_ALLOC_ENABLE": "1",  # read by PyTorch when it loads, so it cannot be set later
        "MALLOC_MMAP_MAX_": "0",
        "MALLOC_TRIM_THRESHOLD_": str(1 << 33),
        "MALLOC_TOP_PAD_": str(1 << 28),
    }
    started = getattr(sys.modules["__main__"], "__spec__", None)
    is_command = started is not None and started.name == "explainer.training.__main__"
    if sys.platform == "linux" and is_command and "THP_MEM_ALLOC_ENABLE" not in os.environ:
        os.execve(sys.executable, sys.orig_argv, {**os.environ, **settings})


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Let Ctrl-C (and a polite kill) end a run after the step at hand instead of in its middle."""
    asked: list[int] = []
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda number, _: asked.append(number)) for number in signals]
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)


class _Clock:
    """Seconds of a run, and what is due again."""

    def __init__(self, before: float) -> None:
        self.before, self.start = before, time.monotonic()
        self.last: dict[str, float] = {}

    @property
    def seconds(self) -> float:
        return self.before + self.since_start

    @property
    def since_start(self) -> float:
        return time.monotonic() - self.start

    def due(self, what: str, every: float) -> bool:
        now = time.monotonic()
        if now - self.last.setdefault(what, self.start) < every:
            return False
        self.last[what] = now
        return True


def _under(tensors: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}
