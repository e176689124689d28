"""What a training left behind, and what refining changed: recorded texts, and two models on the same one."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

from explainer.models.gpt import GPT
from explainer.sampling import Settings, check_prompt, generate
from explainer.vocabulary import Vocabulary


@dataclass(frozen=True)
class Run:
    """A recorded training: losses in nats per character, and what the model wrote at some of the steps."""

    steps: np.ndarray  # (N,)
    train: np.ndarray  # (N,)
    held_out: np.ndarray  # (N,)
    sample_steps: np.ndarray  # (S,) some of the steps
    samples: list[str]  # S texts

    def held_out_at(self, step: int) -> float:
        """Return the held-out loss at a recorded step."""
        return float(self.held_out[np.flatnonzero(self.steps == step)[0]])


def run(history: Mapping[str, np.ndarray], vocabulary: Vocabulary) -> Run:
    """Read a recorded training of a GPT.

    Args:
        history: step, train_loss, held_out_loss (N,), sample_step (S,), sample (S, L) ids.
    """
    return Run(
        history["step"],
        history["train_loss"],
        history["held_out_loss"],
        history["sample_step"],
        [vocabulary.decode(row) for row in history["sample"]],
    )


def written(
    model: GPT, vocabulary: Vocabulary, prompt: str, length: int, temperature: float, seed: int
) -> str:
    """Let a model continue a prompt by so many characters; one seed throws the same dice for every model.

    Raises:
        BadRequest, UnknownCharacter: if the prompt cannot be continued; the message says what to do.
    """
    steps = generate(model, vocabulary, prompt, length, Settings(temperature), seed=seed)
    return "".join(step.character for step in steps)


@dataclass(frozen=True)
class Compared:
    """One text and what two models expected of each of its characters, at temperature 1."""

    text: str
    before: np.ndarray  # (N,) probability of each character under the first model
    after: np.ndarray  # (N,) under the second

    @property
    def change(self) -> np.ndarray:
        """How many times as likely the second model finds each character, in doublings (N,)."""
        return np.log2(self.after / self.before)  # (N,)

    def loss(self, until: int | None = None) -> tuple[float, float]:
        """Return both models' nats per character over the first characters."""
        before, after = (float(-np.log(p[:until]).mean()) for p in (self.before, self.after))
        return before, after


def compared(before: GPT, after: GPT, vocabulary: Vocabulary, prompt: str, text: str) -> Compared:
    """Read a text behind a prompt with two models; none of them chooses, both only say what they expect.

    Raises:
        BadRequest, UnknownCharacter: if the prompt cannot be read.
    """
    read = check_prompt(vocabulary, prompt)
    chosen = vocabulary.encode(text)
    return Compared(text, *(_expected(model, read, chosen) for model in (before, after)))


@torch.inference_mode()
def _expected(model: GPT, read: list[int], chosen: list[int]) -> np.ndarray:
    """Return the probability (N,) of every chosen character after all before it, at most block_size."""
    kept = read[-(model.config.block_size - len(chosen) + 1) :]
    idx = torch.tensor([kept + chosen])  # (1, T + 1)
    logits, _ = model(idx[:, :-1])  # (1, T, V)
    expected = F.softmax(logits[0, len(kept) - 1 :].double(), dim=-1)  # (N, V)
    return expected.gather(1, torch.tensor(chosen)[:, None])[:, 0].numpy()  # (N,)
