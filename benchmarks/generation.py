"""How fast characters are generated, beside the plain way, transformers' GPT-2 and the floor.

``python benchmarks/generation.py [NAME]``: the same weights, the same process, rounds taken in turn, the
best of each counts. Every way writes the last CHARACTERS characters of a full context, one at a time,
greedily. The floor is one vector through every weight matrix and nothing else: no cache, no softmax; once
with the matrices as PyTorch keeps them, once packed in half precision, as generation reads them.
"""

import argparse
import json
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
import torch.nn.functional as F

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from explainer import checkpoints
from explainer.models.gpt import GPT
from explainer.models.half import HalfLinear
from explainer.sampling import Settings, generate, packed
from explainer.traces import gpt as traces
from explainer.vocabulary import Vocabulary

CHARACTERS = 48  # measured a round, at the end of the context
GREEDY = Settings(temperature=0)

Way = Callable[[GPT, Vocabulary, str], Iterator[int]]


def ours(model: GPT, vocabulary: Vocabulary, prompt: str) -> Iterator[int]:
    yield from (step.token for step in generate(model, vocabulary, prompt, CHARACTERS, GREEDY))


def ours_with_attention(model: GPT, vocabulary: Vocabulary, prompt: str) -> Iterator[int]:
    steps = generate(model, vocabulary, prompt, CHARACTERS, GREEDY, top=10, attention=True)
    yield from (step.token for step in steps)


@torch.inference_mode()
def plain(model: GPT, vocabulary: Vocabulary, prompt: str) -> Iterator[int]:
    """The talk's way: the whole context again for every character."""
    idx = torch.tensor([vocabulary.encode(prompt)])  # (1, T)
    for _ in range(CHARACTERS):
        token = model(idx[:, -model.config.block_size :])[0][:, -1].argmax(-1)  # (1,)
        idx = torch.cat([idx, token[None]], dim=1)
        yield int(token)


@torch.inference_mode()
def floor(model: GPT, vocabulary: Vocabulary, prompt: str) -> Iterator[int]:  # noqa: ARG001
    """One vector through every weight matrix."""
    matrices = [module.weight for module in model.modules() if isinstance(module, torch.nn.Linear)]
    vectors = [torch.randn(1, weight.size(1)) for weight in matrices]
    for _ in range(CHARACTERS):
        for weight, vector in zip(matrices, vectors, strict=True):
            F.linear(vector, weight)
        yield 0


@torch.inference_mode()
def floor_half(model: GPT, vocabulary: Vocabulary, prompt: str) -> Iterator[int]:  # noqa: ARG001
    """The same floor with the weights packed in half precision, as generation reads them."""
    matrices = [module for module in packed(model).modules() if isinstance(module, HalfLinear)]
    sizes = [module.weight.size(1) for module in model.modules() if isinstance(module, torch.nn.Linear)]
    vectors = [torch.randn(1, size) for size in sizes]
    for _ in range(CHARACTERS):
        for matrix, vector in zip(matrices, vectors, strict=True):
            matrix(vector)
        yield 0


@torch.inference_mode()
def transformers_gpt2(model: GPT, vocabulary: Vocabulary, prompt: str) -> Iterator[int]:
    """GPT-2 of the transformers library with these weights and its own cache."""
    twin = _twin(model)
    idx, past = torch.tensor([vocabulary.encode(prompt)]), None  # (1, T)
    for _ in range(CHARACTERS):
        output = twin(input_ids=idx, past_key_values=past, use_cache=True)
        past, idx = output.past_key_values, output.logits[:, -1:].argmax(-1)  # (1, 1)
        yield int(idx)


_TWINS: dict[int, torch.nn.Module] = {}


def _twin(model: GPT) -> torch.nn.Module:
    """Return a transformers GPT-2 with the weights of a model; its biases are zero."""
    if id(model) in _TWINS:
        return _TWINS[id(model)]
    from transformers import GPT2Config, GPT2LMHeadModel

    c = model.config
    sizes = {key: getattr(c, key) for key in ("vocab_size", "n_embd", "n_layer", "n_head")}
    shape = GPT2Config(
        **sizes, n_positions=c.block_size, activation_function="gelu", tie_word_embeddings=False
    )
    twin = GPT2LMHeadModel(shape).eval()
    state = {key: torch.zeros_like(value) for key, value in twin.state_dict().items()}
    for key, value in model.state_dict().items():
        swapped = "attn." in key or "mlp." in key  # transformers keeps these matrices as (in, out)
        state[key if key == "lm_head.weight" else f"transformer.{key}"] = value.T if swapped else value
    twin.load_state_dict(state)
    return _TWINS.setdefault(id(model), twin)


WAYS: dict[str, Way] = {
    "floor": floor,
    "floor, half precision": floor_half,
    "ours": ours,
    "ours, attention and candidates": ours_with_attention,
    "plain": plain,
    "transformers GPT-2, cache": transformers_gpt2,
}


def seconds_per_character(
    way: Way, model: GPT, vocabulary: Vocabulary, prompt: str
) -> tuple[float, list[int]]:
    """Return the time of one character, the first (which reads the prompt) left out, and what was written."""
    characters = way(model, vocabulary, prompt)
    tokens = [next(characters)]
    start = time.perf_counter()
    tokens += characters
    return (time.perf_counter() - start) / (CHARACTERS - 1), tokens


def peak_megabytes(name: str, checkpoint: str, threads: int, prompt: str) -> int:
    """Return the most memory that a fresh process takes which loads the model and writes one way."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_peak, (name, checkpoint, threads, prompt))


def _peak(name: str, checkpoint: str, threads: int, prompt: str) -> int:
    torch.set_num_threads(threads)
    loaded = _load(checkpoint)
    list(WAYS[name](*loaded, prompt))
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage says there begins with the peak of the process that started this one
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024**2


def _load(checkpoint: str) -> tuple[GPT, Vocabulary]:
    loaded = checkpoints.load(checkpoint)
    return loaded.model, loaded.vocabulary


def best_seconds(work: Callable[[], object], rounds: int) -> float:
    durations = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        durations.append(time.perf_counter() - start)
    return min(durations)


def measured(
    ways: dict[str, Way], model: GPT, vocabulary: Vocabulary, prompt: str, rounds: int
) -> tuple[dict[str, float], bool]:
    """Return the best seconds per character of every way, and whether all of them wrote the same text."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    written = {}
    for _ in range(rounds):
        for name, way in ways.items():
            seconds, written[name] = seconds_per_character(way, model, vocabulary, prompt)
            times[name].append(seconds)
    texts = {tuple(tokens) for name, tokens in written.items() if "floor" not in name}
    return {name: min(seconds) for name, seconds in times.items()}, len(texts) == 1


def full_trace(model: GPT, ids: list[int], rounds: int) -> dict[str, float]:
    """Time the trace of every layer, head and stage of a text beside the plain forward pass."""
    idx = torch.tensor([ids])
    with torch.inference_mode():
        forward = best_seconds(lambda: model(idx), rounds)
    traced = best_seconds(lambda: traces.trace(model, ids), rounds)
    return {"characters": len(ids), "ms": round(1000 * traced, 2), "of_forward": round(traced / forward, 2)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?", default="shakespeare", help="checkpoint")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    model, vocabulary = _load(options.name)
    prompt = vocabulary.decode([i % len(vocabulary) for i in range(model.config.block_size - CHARACTERS)])
    ways = dict(WAYS)
    try:
        _twin(model)
    except ImportError:
        print("transformers is not installed: that comparison is left out.", file=sys.stderr)
        del ways["transformers GPT-2, cache"]
    best, same = measured(ways, model, vocabulary, prompt, options.rounds)
    rows = {
        name: {
            "ms_per_character": round(1000 * seconds, 3),
            "characters_per_second": round(1 / seconds, 1),
            "of_floor": round(seconds / best["floor"], 2),
            "peak_mb": peak_megabytes(name, options.name, options.threads, prompt),
        }
        for name, seconds in best.items()
    }
    trace = full_trace(model, vocabulary.encode(prompt)[:64], options.rounds)
    setting = {"checkpoint": options.name, "threads": options.threads, "best_of": options.rounds}
    print(json.dumps({**setting, "ways": rows, "same_text": same, "trace": trace}, indent=1))


if __name__ == "__main__":
    main()
