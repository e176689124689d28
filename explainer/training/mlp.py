"""Train the multilayer perceptron: an engine that can be stopped, saved and resumed at every step."""

import hashlib
import math
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from explainer import checkpoints, names
from explainer.models.mlp import (
    MLP,
    Activations,
    build_dataset,
    dropout_mask,
    forward_pass,
)
from explainer.names import Split
from explainer.training import tables
from explainer.training.machine import Clock, interruptible, kept, restored, stop
from explainer.training.recipes import (
    BETTER,
    BETTER_2D,
    BETTER_UNSCALED,
    TALK,
    TALK_DROPOUT,
    TALK_SCALED,
    Recipe,
    Shape,
    rate_factor,
    untrained,
)
from explainer.vocabulary import Vocabulary

CHUNK = 128  # steps whose batches are drawn at once
JUDGED = 50_000  # windows that a loss is taken over, at most
BLOCK = 4096  # distinct windows that are judged at once
BETA1, BETA2, EPSILON = 0.9, 0.99, 1e-8  # AdamW


class Parameters(NamedTuple):
    """The talk's five matrices, or their gradients."""

    C: Tensor
    W1: Tensor
    b1: Tensor
    W2: Tensor
    b2: Tensor


class Snapshot(NamedTuple):
    """A model in the midst of its training, which later steps do not change."""

    step: int
    model: Any  # one of the models of ``checkpoints.ARCHITECTURES``

    @property
    def sound(self) -> bool:
        """Whether all of its numbers are finite."""
        return all(bool(numbers.isfinite().all()) for numbers in self.model.state_dict().values())


class Slopes(NamedTuple):
    """What flows back through a perceptron, between the gradients of its matrices."""

    logits: Tensor  # (B, V)
    h: Tensor  # (B, H)
    preactivation: Tensor  # (B, H)
    x: Tensor  # (B, T * E)


class Examples:
    """The windows of a list of words, and their mean loss at the price of the distinct windows.

    The loss is over all N windows, or over the first 50,000 of a longer list.
    """

    def __init__(self, words: Sequence[str], vocabulary: Vocabulary, block_size: int) -> None:
        self.X, self.Y = build_dataset(words, vocabulary, block_size)  # (N, T), (N,)
        X, Y = self.X[:JUDGED], self.Y[:JUDGED]
        contexts, place = X.unique(dim=0, return_inverse=True)  # (U, T), (N,)
        cell = place * len(vocabulary) + Y  # (N,) in a table (U, V)
        cells, counts = cell.unique(return_counts=True)  # (P,), (P,)
        edges = [first * len(vocabulary) for first in range(BLOCK, len(contexts), BLOCK)]
        cuts = torch.searchsorted(cells, torch.tensor(edges, dtype=torch.int64))
        self._contexts = contexts.split(BLOCK)
        self._cells = [part - i * BLOCK * len(vocabulary) for i, part in enumerate(cells.tensor_split(cuts))]
        self._shares = (counts / len(Y)).tensor_split(cuts)

    def loss(self, parameters: Sequence[Tensor]) -> float:
        """Return the mean cross-entropy in nats per character."""
        total = 0.0
        for contexts, cells, shares in zip(self._contexts, self._cells, self._shares, strict=True):
            logits = forward_pass(contexts, *parameters).logits  # (U, V)
            log_probabilities = F.log_softmax(logits, dim=1).view(-1)[cells]  # (P,)
            total -= (shares * log_probabilities).sum(dtype=torch.float64).item()
        return total


@dataclass(frozen=True)
class Progress:
    """How far a training run is.

    Args:
        train_loss, dev_loss: of the latest recorded step, without dropout, in nats per character.
        learning_rate: of the next step, the schedule included.
        steps_per_second: over all the time spent so far; 0 at the start.
    """

    step: int
    steps: int
    train_loss: float
    dev_loss: float
    learning_rate: float
    steps_per_second: float

    @property
    def seconds_left(self) -> float | None:
        """Time that the remaining steps take at this speed; None at the start."""
        return (self.steps - self.step) / self.steps_per_second if self.steps_per_second else None


class Trainer:
    """A training run that advances when asked, and gives the same result however it is interrupted.

    The gradients are worked out by hand (equal to autograd's, tested), and all parameters lie in one row
    of memory, so that one call updates them all: more than twice the speed of the talk's loop.

    Args:
        train, dev: names to learn from and to judge by.
        records: about how many steps are recorded (losses; C too if it has two dimensions).
    Raises:
        ValueError: if there are too few names to train and to judge.
    """

    def __init__(
        self,
        train: Sequence[str],
        dev: Sequence[str],
        vocabulary: Vocabulary,
        shape: Shape,
        recipe: Recipe,
        records: int = 120,
    ) -> None:
        if not (train and dev):
            raise ValueError("There are too few names to learn from; give at least ten.")
        self.vocabulary, self.recipe = vocabulary, recipe
        self.shape = replace(shape, vocab_size=len(vocabulary))
        self.train, self.dev = (Examples(words, vocabulary, shape.block_size) for words in (train, dev))
        self.learning_rate = recipe.learning_rate  # may be changed at any time
        self.step, self.diverged = 0, False
        self.seconds = self.processor_seconds = 0.0  # spent so far
        self._batches = torch.Generator().manual_seed(recipe.seed)
        self._dropout = torch.Generator().manual_seed(recipe.seed + 1)
        self.model = untrained(self.shape, recipe, self._batches)
        self._flat = flatten(self.model)
        self._parameters = Parameters(*self.model.parameters())
        self._gradient = torch.zeros_like(self._flat)
        self._gradients = Parameters(*views(self._gradient, self._parameters))
        self._moments = torch.zeros(2, len(self._flat))  # AdamW's running means of g and of g * g
        self._every = max(1, recipe.steps // 600)
        self._batch_losses = torch.zeros(recipe.steps // self._every + 1)
        self._batch_slopes = torch.zeros(recipe.steps // self._every + 1)
        self._before_chunk = self._batches.get_state()
        self._to_record = record_steps(recipe.steps, records)
        self._records: list[tuple[int, float, float]] = []
        self._snapshots: list[Tensor] = []
        self._record()

    @property
    def done(self) -> bool:
        """True once every step is made, or no further one makes sense."""
        return self.step == self.recipe.steps or self.diverged

    def advance(self, steps: int) -> None:
        """Make so many steps, or as many as are left."""
        last = min(self.step + steps, self.recipe.steps)
        begun, processor = time.perf_counter(), time.thread_time()
        with torch.inference_mode():
            while self.step < last and not self.diverged:
                if self.step % CHUNK == 0:
                    self._draw()
                self._make_step(self.step % CHUNK)
                if self.step in self._to_record:
                    self._record()
        self.seconds += time.perf_counter() - begun
        self.processor_seconds += time.thread_time() - processor

    def progress(self) -> Progress:
        """Return how far the run is."""
        _, train_loss, dev_loss = self._records[-1]
        speed = self.step / self.seconds if self.seconds else 0.0
        return Progress(self.step, self.recipe.steps, train_loss, dev_loss, self._rate(), speed)

    def history(self) -> dict[str, np.ndarray]:
        """Return what was recorded so far.

        Returns:
            ``step`` (R,), ``train_loss`` and ``dev_loss`` (R,) of ``Examples``, without dropout;
            ``batch_step``, ``batch_loss`` and ``batch_slope`` (P,): about 600 batches, dropout included, and
            how long the gradient of their mean loss was;
            ``C`` (R, V, 2) if the embedding has two dimensions.
        """
        steps, train, dev = zip(*self._records, strict=True)
        batch_steps = np.arange(0, self.step, self._every)
        recorded = {
            "step": np.array(steps),
            "train_loss": np.array(train, dtype=np.float32),
            "dev_loss": np.array(dev, dtype=np.float32),
            "batch_step": batch_steps,
            "batch_loss": self._batch_losses[: len(batch_steps)].numpy().copy(),
            "batch_slope": self._batch_slopes[: len(batch_steps)].numpy().copy(),
        }
        if self._snapshots:
            recorded["C"] = torch.stack(self._snapshots).numpy()
        return recorded

    def trained(self) -> MLP:
        """Return a copy of the model as it is now, ready to answer."""
        model = MLP(**vars(self.shape), dropout=self.recipe.dropout)
        model.load_state_dict(self.model.state_dict())
        return model.eval().requires_grad_(False)

    def snapshot(self) -> Snapshot:
        """Return a copy of the model and its step: what is drawn of it costs the training nothing more."""
        return Snapshot(self.step, self.trained())

    def state_dict(self) -> dict[str, Tensor]:
        """Return everything that a Trainer of the same arguments needs to go on exactly from here."""
        return {
            "parameters": self._flat.clone(),
            "moments": self._moments.clone(),
            "batches": self._before_chunk if self.step % CHUNK else self._batches.get_state(),
            "dropout": self._dropout.get_state(),
            "numbers": torch.tensor(
                [self.step, self.learning_rate, self.seconds, self.processor_seconds], dtype=torch.float64
            ),
            "batch_losses": self._batch_losses.clone(),
            "batch_slopes": self._batch_slopes.clone(),
            "records": torch.tensor(self._records, dtype=torch.float64),
            "snapshots": torch.stack(self._snapshots) if self._snapshots else torch.empty(0),
        }

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        """Go on from where another Trainer of the same arguments was when it gave this state."""
        step, self.learning_rate, self.seconds, self.processor_seconds = state["numbers"].tolist()
        self.step = int(step)
        self._flat.copy_(state["parameters"])
        self._moments.copy_(state["moments"])
        self._batch_losses.copy_(state["batch_losses"])
        self._batch_slopes.copy_(state["batch_slopes"])
        self._records = [(int(step), train, dev) for step, train, dev in state["records"].tolist()]
        self._snapshots = list(state["snapshots"])
        self._batches.set_state(state["batches"])
        if self.step % CHUNK:
            self._draw()
        self._dropout.set_state(state["dropout"])

    def _draw(self) -> None:
        """Draw the batches of the next steps, and look whether the last ones ended in infinity."""
        self.diverged = not math.isfinite(self._flat.sum().item())
        self._before_chunk = self._batches.get_state()
        size = (CHUNK, self.recipe.batch_size)
        chosen = torch.randint(len(self.train.Y), size, generator=self._batches)  # (CHUNK, B)
        self._contexts = self.train.X[chosen].unbind()  # CHUNK times (B, T)
        self._targets = self.train.Y[chosen].unsqueeze(2).unbind()  # CHUNK times (B, 1)

    def _make_step(self, place: int) -> None:
        idx, targets = self._contexts[place], self._targets[place]  # (B, T), (B, 1)
        keep = None
        if self.recipe.dropout:
            size = (len(targets), self.shape.hidden_layer_size)
            keep = dropout_mask(size, self.recipe.dropout, self._dropout)  # (B, H)
        activations = forward_pass(idx, *self._parameters, keep)
        backward(idx, targets, activations, self._parameters, keep, self._gradients)
        if self.step % self._every == 0:
            self._note_batch(self.step // self._every, activations.logits, targets)
        rate = self._rate()
        self.step += 1
        if self.recipe.optimiser == "sgd":
            if self.recipe.weight_decay:
                self._flat.mul_(1 - rate * self.recipe.weight_decay)
            self._flat.add_(self._gradient, alpha=-rate / len(targets))
        else:
            mean = self._gradient.div_(len(targets))  # (P,)
            adamw(self._flat, mean, self._moments, self.step, rate, self.recipe.weight_decay)

    def _note_batch(self, place: int, logits: Tensor, targets: Tensor) -> None:
        """Keep a batch's mean loss and the length of its gradient."""
        self._batch_losses[place] = F.cross_entropy(logits, targets.squeeze(1))
        self._batch_slopes[place] = self._gradient.norm() / len(targets)

    def _rate(self) -> float:
        return self.learning_rate * rate_factor(self.recipe.schedule, (self.step + 0.5) / self.recipe.steps)

    def _record(self) -> None:
        train, dev = (examples.loss(self._parameters) for examples in (self.train, self.dev))
        if not (math.isfinite(train) and math.isfinite(dev)):
            self.diverged = True
            return
        self._records.append((self.step, train, dev))
        if self.shape.embedding_dimension == 2:
            self._snapshots.append(self.model.C.detach().clone())


def backward(
    idx: Tensor, targets: Tensor, a: Activations, p: Parameters, keep: Tensor | None, out: Parameters
) -> Slopes:
    """Write the gradient of the summed cross-entropy into ``out``, by the chain rule from back to front.

    Args:
        idx, targets: (B, T) and (B, 1) int64, of the forward pass ``a`` with parameters ``p``.
        keep: (B, H) the dropout mask of that pass.
    Returns:
        the slopes of the same loss by what lies between the matrices.
    """
    dlogits = torch.softmax(a.logits, dim=1)  # (B, V)
    dlogits.scatter_(1, targets, -1.0, reduce="add")  # (B, V)
    torch.mm(a.kept.t(), dlogits, out=out.W2)  # (H, V)
    torch.sum(dlogits, 0, out=out.b2)  # (V,)
    dh = torch.mm(dlogits, p.W2.t())  # (B, H)
    if keep is not None:
        dh.mul_(keep)  # (B, H)
    dpreactivation = torch.ops.aten.tanh_backward(dh, a.h)  # (B, H) dh * (1 - h * h)
    torch.mm(a.x.t(), dpreactivation, out=out.W1)  # (T * E, H)
    torch.sum(dpreactivation, 0, out=out.b1)  # (H,)
    dx = torch.mm(dpreactivation, p.W1.t())  # (B, T * E)
    out.C.zero_().index_add_(0, idx.view(-1), dx.view(-1, p.C.shape[1]))  # (V, E)
    return Slopes(dlogits, dh, dpreactivation, dx)


def adamw(
    parameters: Tensor,
    gradient: Tensor,
    moments: Tensor,
    step: int,
    rate: float,
    weight_decay: float = 0.0,
    beta2: float = BETA2,
) -> None:
    """Make one step of AdamW in place (Loshchilov and Hutter 2019, algorithm 2).

    Args:
        parameters, gradient: (P,)
        moments: (2, P) running means of g and of g * g.
        step: 1 for the first.
    """
    m, v = moments
    m.lerp_(gradient, 1 - BETA1)
    v.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
    parameters.mul_(1 - rate * weight_decay)
    spread = (v / (1 - beta2**step)).sqrt_().add_(EPSILON)
    parameters.addcdiv_(m, spread, value=-rate / (1 - BETA1**step))


def flatten(model: torch.nn.Module) -> Tensor:
    """Move a model's parameters into one row of memory, of which they become views; return the row (P,)."""
    flat = torch.cat([p.detach().reshape(-1) for p in model.parameters()])
    for p, view in zip(model.parameters(), views(flat, list(model.parameters())), strict=True):
        p.data = view
    return flat


def views(flat: Tensor, like: Sequence[Tensor]) -> list[Tensor]:
    """Return pieces of a row of memory (P,) in the shapes of other tensors, one after the other."""
    pieces = flat.split([t.numel() for t in like])
    return [piece.view(t.shape) for piece, t in zip(pieces, like, strict=True)]


def record_steps(steps: int, records: int) -> set[int]:
    """Return the steps to record, closer together at the start, where most happens; the last is one."""
    return {round((i / (records - 1)) ** 2 * steps) for i in range(records)}


# --- python -m explainer.training NAME --------------------------------------------------------------

RUNS = {
    "mlp": (Shape(), BETTER),
    "mlp-talk": (Shape(), TALK),
    "mlp-talk-scaled": (Shape(), TALK_SCALED),
    "mlp-talk-dropout": (Shape(), TALK_DROPOUT),
    "mlp-unscaled": (Shape(), BETTER_UNSCALED),
    "mlp-2d": (Shape(embedding_dimension=2), BETTER_2D),
}
SAVE_SECONDS = 10.0  # between two saves of a run's state


def run(
    name: str,
    *,
    data: Path | None,
    device: str,
    resume: bool,
    output: str | None = None,
    folder: Path = checkpoints.FOLDER,
) -> None:
    """Train a perceptron on the register's names and write its checkpoint, such as ``girls-mlp``.

    The weights are rounded to half precision first: the recorded losses are those of the file.

    Args:
        data: another table of names than the app's, with the same columns.
        device: ``auto`` or ``cpu``; so small a model is slower elsewhere.
        resume: go on from the state that an interrupted run left in ``runs/`` beside the folder.
        output: the checkpoint's name, if it is not the model's.
    Raises:
        ValueError: if the table is damaged or too small, or the saved state is damaged or of another run.
        KeyboardInterrupt: after Ctrl-C, once the state is saved.
    """
    if device not in ("auto", "cpu"):
        raise ValueError(f"So small a model trains fastest on the CPU; leave out --device {device}.")
    torch.set_num_threads(1)
    sex, kind = name.split("-", 1)
    sex = sex.removesuffix("s")
    shape, recipe = RUNS[kind]
    split = tables.learned(sex, data)
    trainer = Trainer(split.train, split.dev, names.VOCABULARY, shape, recipe)
    output = output or name
    saved = folder.parent / "runs" / f"{output}.safetensors"
    _train(output, trainer, saved, resume)
    model = trainer.trained()
    model.load_state_dict({key: value.half() for key, value in model.state_dict().items()})
    meta = {
        "data": tables.described(sex, data, split),
        "recipe": asdict(recipe),
        "seed": recipe.seed,
        "steps": trainer.step,
        "processor_seconds": round(trainer.processor_seconds, 1),
        "losses": losses(model, split, names.VOCABULARY),
    }
    architecture = {"kind": "mlp", **vars(shape), "dropout": recipe.dropout}
    checkpoints.save(output, model, architecture, names.VOCABULARY, meta, trainer.history(), folder)
    with suppress(OSError):
        saved.unlink()


def losses(model: MLP, split: Split, vocabulary: Vocabulary) -> dict[str, float]:
    """Return the mean cross-entropy of the train, dev and test names, in nats per character."""
    parameters = list(model.parameters())
    parts = {part: Examples(words, vocabulary, model.block_size) for part, words in split._asdict().items()}
    return {part: round(examples.loss(parameters), 4) for part, examples in parts.items()}


def _train(name: str, trainer: Trainer, saved: Path, resume: bool) -> None:
    """Advance to the end with a line of progress, saving the state now and then and when interrupted."""
    if resume and saved.exists():
        _restore(trainer, saved)
    clock = Clock(trainer.seconds)
    with interruptible() as stopped:
        while not trainer.done:
            trainer.advance(max(1, trainer.recipe.steps // 200))
            print(f"\r{name}: {_line(trainer.progress())}", end="", flush=True)
            if stopped():
                stop(_save(trainer, saved))
            if clock.due("save", SAVE_SECONDS):
                _save(trainer, saved)
    print()
    if trainer.diverged:
        raise ValueError(f"The training of {name} ended in infinity at step {trainer.step:,}.")
    _save(trainer, saved)


def _line(p: Progress) -> str:
    return (
        f"step {p.step:,} of {p.steps:,}, train {p.train_loss:.3f}, dev {p.dev_loss:.3f} nats per character, "
        f"{p.steps_per_second:,.0f} steps a second, {p.seconds_left or 0:.0f} s left   "
    )


def _fingerprint(trainer: Trainer) -> dict[str, str]:
    """Return what must be the same for a saved state to fit."""
    data = hashlib.sha256(trainer.train.X.numpy().tobytes() + trainer.dev.X.numpy().tobytes()).hexdigest()
    return {"shape": repr(trainer.shape), "recipe": repr(trainer.recipe), "data": data}


def _save(trainer: Trainer, path: Path) -> bool:
    return kept(path, trainer.state_dict(), _fingerprint(trainer))


def _restore(trainer: Trainer, path: Path) -> None:
    tensors, facts = restored(path)
    if facts != _fingerprint(trainer):
        raise ValueError(f"{path.name} is of another recipe or other names; start again without --resume.")
    trainer.load_state_dict(tensors)
