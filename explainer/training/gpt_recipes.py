"""How each GPT of the project is trained."""

from dataclasses import dataclass


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
    share: float = 1.0  # of the way from that checkpoint's weights to the refined ones, which is what is kept
    together: int = 0  # steps before all others, on the names of both sexes
    alone: float = 0.25  # share of the learning rates that the steps after those begin with
    seed: int = 2147483647


# One sex's names are few. Nats per character on dev, test and 1,000 rarer names, by which nothing was chosen,
# one run each, of 1,000 steps on one sex → 1,500 on both and 250 on one: girls 1.937, 1.966, 2.501 → 1.884,
# 1.915, 2.401; boys 2.148, 2.177, 2.543 → 2.110, 2.130, 2.521. On dev before the 250: 1.974 and 2.169.
NAMES = Recipe(
    n_layer=4, n_head=4, n_embd=96, block_size=16, dropout=0.25, batch_size=64, micro_batch=64, steps=1750,
    half=False, judged=1_000, sample_length=120, together=1500, alone=0.25,
)  # fmt: skip
# Part of the way from polish-books to the refined weights is better than all of it, and costs no step. Nats
# per character on the first half of the poem's held-out tenth, by which alone the share is chosen: 0.5 of the
# way 1.416, 0.6 1.409, 0.7 1.407, 0.85 1.410, all of it 1.420, 1.15 1.438; on the second half, by which it is
# judged, 0.7 has 1.427 and all of it 1.445. Where on the way the step lies was chosen on both halves.
REFINING = Recipe(
    start="polish-books", share=0.7, dropout=0.1, steps=400, lr_matrices=0.005, lr_rest=0.0008, decay=1.0
)  # fmt: skip
RECIPES = {
    "girls-gpt": NAMES,
    "boys-gpt": NAMES,
    "shakespeare": Recipe(dropout=0.1, steps=800, judged=64),
    "polish-books": Recipe(steps=3300),
    "pan-tadeusz": REFINING,
    "poem-alone": Recipe(dropout=REFINING.dropout, steps=REFINING.steps),  # what refining is compared with
}
