"""What a GPT computes for a prompt, what it is made of, and what changes when a part is switched off."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from explainer.models.gpt import GPT, Block, Gains, attention_scores, causal_attention

# --- the forward pass, stage by stage ---------------------------------------------------------------


@dataclass(frozen=True)
class LayerTrace:
    """Every stage of one block, in order, in TransformerLens's terms; float32."""

    resid_pre: np.ndarray  # (T, C) the residual stream as the block finds it
    ln_1: np.ndarray  # (T, C)
    q: np.ndarray  # (nh, T, hs)
    k: np.ndarray  # (nh, T, hs)
    v: np.ndarray  # (nh, T, hs)
    attn_scores: np.ndarray  # (nh, T, T) q·k / √hs; minus infinity for the future
    pattern: np.ndarray  # (nh, T, T) rows sum to one
    z: np.ndarray  # (nh, T, hs) each head's mixture of values
    attn_out: np.ndarray  # (T, C) what the heads write together
    resid_mid: np.ndarray  # (T, C) resid_pre + attn_out
    ln_2: np.ndarray  # (T, C)
    mlp_pre: np.ndarray  # (T, 4C)
    mlp_post: np.ndarray  # (T, 4C) after GELU
    mlp_out: np.ndarray  # (T, C)
    resid_post: np.ndarray  # (T, C) resid_mid + mlp_out


class Layers(Sequence[LayerTrace]):
    """The stages of every block, computed when they are asked for: at 256 characters all of them take 60 MB.

    Args:
        streams: L + 1 times (1, T, C), the residual stream before each block, and behind the last.
        gains: parts that are switched off.
    """

    def __init__(self, model: GPT, streams: Sequence[Tensor], gains: Gains | None) -> None:
        self._model, self._streams, self._gains = model, tuple(streams), gains

    def __len__(self) -> int:
        return len(self._streams) - 1

    @torch.inference_mode()
    def __getitem__(self, layer: int) -> LayerTrace:  # type: ignore[override]
        layer = range(len(self))[layer]
        return arrays(stages(self._model.h[layer], self._streams[layer], layer, self._gains))

    def stream(self, place: int) -> np.ndarray:
        """Return the residual stream (T, C) before a block; behind the last one for −1."""
        return self._streams[place][0].numpy()


@dataclass(frozen=True)
class Trace:
    """Every stage of a forward pass, from the characters to the probabilities; float32."""

    ids: np.ndarray  # (T,) int64
    tok_emb: np.ndarray  # (T, C)
    pos_emb: np.ndarray  # (T, C)
    layers: Layers
    ln_f: np.ndarray  # (T, C)
    logits: np.ndarray  # (T, V) equal to the model's
    probabilities: np.ndarray  # (T, V) rows sum to one


@torch.inference_mode()
def trace(model: GPT, ids: Sequence[int], gains: Gains | None = None) -> Trace:
    """Run a GPT over a prompt, so that every stage of every layer and head can be seen.

    Args:
        ids: characters of the prompt, at most block_size.
        gains: parts that are switched off.
    Returns:
        A Trace whose logits equal ``model``'s, computed by the same functions.
    """
    idx = torch.tensor([list(ids)])  # (1, T)
    streams = [model.embed(idx)]  # (1, T, C) each
    for layer, block in enumerate(model.h):
        streams.append(block(streams[-1], None, layer, gains)[0])
    return completed(model, idx, streams[-1], Layers(model, streams, gains))


@torch.inference_mode()
def completed(model: GPT, idx: Tensor, stream: Tensor, layers: Layers) -> Trace:
    """Return the trace of the characters idx (1, T), once their stream (1, T, C) has passed all layers."""
    normalised = model.ln_f(stream)  # (1, T, C)
    logits = model.lm_head(normalised)  # (1, T, V)
    return Trace(
        ids=idx[0].numpy(),
        tok_emb=model.wte(idx)[0].numpy(),
        pos_emb=model.wpe.weight[: idx.size(1)].numpy().copy(),
        layers=layers,
        ln_f=normalised[0].numpy(),
        logits=logits[0].numpy(),
        probabilities=F.softmax(logits[0], dim=-1).numpy(),
    )


@torch.inference_mode()
def stages(block: Block, x: Tensor, layer: int = 0, gains: Gains | None = None) -> dict[str, Tensor]:
    """Return the stages of one block, as LayerTrace names them, for x (1, T, C)."""
    ln_1 = block.ln_1(x)  # (1, T, C)
    q, k, v = block.attn.heads(ln_1)  # (1, nh, T, hs)
    z, pattern = causal_attention(q, k, v)  # (1, nh, T, hs), (1, nh, T, T)
    z = z if gains is None else z * gains.head[layer][:, None, None]  # (1, nh, T, hs)
    attn_out = block.attn.project(z)  # (1, T, C)
    resid_mid = x + attn_out  # (1, T, C)
    ln_2 = block.ln_2(resid_mid)  # (1, T, C)
    mlp_pre = block.mlp.c_fc(ln_2)  # (1, T, 4C)
    mlp_post = block.mlp.gelu(mlp_pre)  # (1, T, 4C)
    mlp_out = block.mlp.c_proj(mlp_post)  # (1, T, C)
    mlp_out = mlp_out if gains is None else mlp_out * gains.mlp[layer]  # (1, T, C)
    return {
        "resid_pre": x, "ln_1": ln_1, "q": q, "k": k, "v": v,
        "attn_scores": attention_scores(q, k), "pattern": pattern, "z": z, "attn_out": attn_out,
        "resid_mid": resid_mid, "ln_2": ln_2, "mlp_pre": mlp_pre, "mlp_post": mlp_post,
        "mlp_out": mlp_out, "resid_post": resid_mid + mlp_out,
    }  # fmt: skip


def arrays(found: dict[str, Tensor]) -> LayerTrace:
    """Return the stages of one text (1, …) as arrays."""
    return LayerTrace(**{name: tensor[0].numpy() for name, tensor in found.items()})


# --- what each layer already guesses ----------------------------------------------------------------


@torch.inference_mode()
def logit_lens(model: GPT, traced: Trace) -> np.ndarray:
    """Return what every layer would predict if it were the last (nostalgebraist 2020).

    Returns:
        (n_layer + 1, T, V) probabilities: after the embeddings, then after each block; the last are the
        model's own.
    """
    streams = np.stack([traced.layers.stream(i) for i in range(len(traced.layers) + 1)])  # (L + 1, T, C)
    return F.softmax(model.unembed(torch.from_numpy(streams)), dim=-1).numpy()  # (L + 1, T, V)


# --- what a logit is made of ------------------------------------------------------------------------


@dataclass(frozen=True)
class Contributions:
    """A logit as the sum of what every part of the model wrote into the residual stream."""

    token: float  # the last character's embedding
    position: float  # its position's embedding
    heads: np.ndarray  # (n_layer, n_head)
    mlps: np.ndarray  # (n_layer,)
    logit: float  # the model's; the parts add up to it

    def total(self) -> float:
        """Return the sum of all parts."""
        return self.token + self.position + float(self.heads.sum() + self.mlps.sum())


@torch.inference_mode()
def contributions(model: GPT, traced: Trace, position: int, token: int) -> Contributions:
    """Take the logit of one character at one position apart.

    Args:
        position: place in the prompt; -1 for the last, which predicts the next character.
        token: id of the character whose logit it is.
    """
    direction = logit_direction(model, traced, position, token)  # (C,)
    heads, mlps = [], []  # L times (nh,) and ()
    for layer, stage in enumerate(traced.layers):
        heads.append(written(model, layer, stage.z[:, [position]])[:, 0] @ direction)
        mlps.append(stage.mlp_out[position] @ direction)
    return Contributions(
        token=float(traced.tok_emb[position] @ direction),
        position=float(traced.pos_emb[position] @ direction),
        heads=np.stack(heads),  # (L, nh)
        mlps=np.array(mlps),  # (L,)
        logit=float(traced.logits[position, token]),
    )


@torch.inference_mode()
def logit_direction(model: GPT, traced: Trace, position: int, token: int | slice) -> np.ndarray:
    """Return the vector (C,) whose dot product with the final residual stream is the token's logit.

    The final LayerNorm centres the stream, divides by its standard deviation and scales it; with the
    deviation that this position has, all three are linear. A slice of tokens gives a row for each (N, C).
    """
    weight = (model.ln_f.weight * model.lm_head.weight[token]).numpy()  # (C,)
    stream = traced.layers.stream(-1)[position]  # (C,)
    centred = weight - weight.mean(-1, keepdims=True)  # (C,)
    return centred / np.sqrt(stream.var() + model.ln_f.eps)  # (C,)


def written(model: GPT, layer: int, z: np.ndarray) -> np.ndarray:
    """Return what the heads of a layer write (nh, T, C) with their mixtures of values z (nh, T, hs)."""
    return (torch.tensor(z) @ output_weights(model, layer)).numpy()  # (nh, T, C)


def output_weights(model: GPT, layer: int) -> Tensor:
    """Return the part of c_proj that belongs to each head (nh, hs, C)."""
    weight = model.h[layer].attn.c_proj.weight  # (C, C)
    return weight.T.unflatten(0, (model.config.n_head, -1))  # (nh, hs, C)


# --- what changes when a part is switched off -------------------------------------------------------


@dataclass(frozen=True)
class Ablation:
    """The next character's probabilities with every part on, and with some off."""

    before: np.ndarray  # (V,)
    after: np.ndarray  # (V,)

    @property
    def divergence(self) -> float:
        """How far the two are apart: Kullback–Leibler divergence of after from before, in nats."""
        return float((self.before * (np.log(self.before) - np.log(self.after))).sum())


@torch.inference_mode()
def ablation(model: GPT, ids: Sequence[int], gains: Gains | None) -> Ablation:
    """Return how switching parts off changes the prediction after a prompt."""
    idx = torch.tensor([list(ids)])  # (1, T)
    before, after = (model.read(idx, gains=each, last=True)[0][0, -1] for each in (None, gains))  # (V,)
    return Ablation(F.softmax(before, dim=-1).numpy(), F.softmax(after, dim=-1).numpy())
