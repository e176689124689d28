"""The decoder-only transformer of Vaswani et al. (2017), in GPT-2's shape and nanoGPT's terms."""

import math
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn as nn
import torch.nn.functional as F


@dataclass(frozen=True)
class GPTConfig:
    """The numbers that fix a GPT's shape."""

    vocab_size: int  # distinct characters
    block_size: int = 256  # longest context, in characters
    n_layer: int = 6  # blocks, one after the other
    n_head: int = 6  # attention heads in each block, side by side
    n_embd: int = 384  # width of the residual stream
    dropout: float = 0.0  # share of what a sub-layer writes that is dropped while training

    def __post_init__(self) -> None:
        if self.n_embd % self.n_head:
            raise ValueError(f"n_embd ({self.n_embd}) must be a multiple of n_head ({self.n_head}).")


@dataclass(frozen=True)
class Gains:
    """Factors on what every head and every MLP writes: 1 keeps it, 0 switches it off.

    Args:
        head: (n_layer, n_head) factor on each head's output.
        mlp: (n_layer,) factor on each MLP's output.
    """

    head: torch.Tensor
    mlp: torch.Tensor


class KVCache:
    """Keys and values of the positions read so far, for every layer.

    Args:
        config: shape of the model.
        batch_size: texts that are continued side by side.
    """

    def __init__(self, config: GPTConfig, batch_size: int = 1, device: torch.device | str = "cpu") -> None:
        shape = (config.n_layer, batch_size, config.n_head, config.block_size, config.n_embd // config.n_head)
        self.k = torch.empty(shape, device=device)  # (L, B, nh, block_size, hs)
        self.v = torch.empty(shape, device=device)  # (L, B, nh, block_size, hs)
        self.length = 0

    def extend(self, layer: int, k: torch.Tensor, v: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Store one layer's keys and values (B, nh, T, hs); return all of that layer's (B, nh, S, hs)."""
        end = self.length + k.size(2)
        self.k[layer, :, :, self.length : end] = k
        self.v[layer, :, :, self.length : end] = v
        return self.k[layer, :, :, :end], self.v[layer, :, :, :end]

    def keep(self, texts: torch.Tensor) -> None:
        """Forget all texts but some, given as truth values (B,)."""
        self.k, self.v = self.k[:, texts], self.v[:, texts]


def attention_scores(q: torch.Tensor, k: torch.Tensor) -> torch.Tensor:
    """Return how well each query matches each key that it may see; minus infinity for the future.

    Args:
        q: (B, nh, T, hs) queries of the last T of S positions.
        k: (B, nh, S, hs) keys of all S positions.
    Returns:
        (B, nh, T, S) scores q·k / √hs.
    """
    T, S = q.size(-2), k.size(-2)
    scores = q @ k.transpose(-2, -1) / math.sqrt(k.size(-1))  # (B, nh, T, S)
    if T == 1:
        return scores  # the newest position sees all others
    future = torch.ones(T, S, dtype=torch.bool, device=q.device).triu(S - T + 1)  # (T, S)
    return scores.masked_fill_(future, -math.inf)  # (B, nh, T, S)


def causal_attention(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Scaled dot-product attention that never looks ahead (Vaswani et al. 2017, equation 1, masked).

    Args:
        q: (B, nh, T, hs) queries of the last T of S positions.
        k: (B, nh, S, hs) keys of all S positions.
        v: (B, nh, S, hs) values of all S positions.
    Returns:
        (B, nh, T, hs) output and (B, nh, T, S) pattern, whose rows are probabilities and sum to one.
    """
    pattern = F.softmax(attention_scores(q, k), dim=-1)  # (B, nh, T, S)
    return pattern @ v, pattern  # (B, nh, T, hs), (B, nh, T, S)


class CausalSelfAttention(nn.Module):
    """Multi-head self-attention: every position gathers from itself and the positions before it."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.c_attn = nn.Linear(config.n_embd, 3 * config.n_embd, bias=False)
        self.c_proj = nn.Linear(config.n_embd, config.n_embd, bias=False)
        self.resid_dropout = nn.Dropout(config.dropout)
        self.n_head = config.n_head

    def heads(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return every head's queries, keys and values (B, nh, T, hs) of x (B, T, C)."""
        B, T, C = x.shape
        qkv = self.c_attn(x).view(B, T, 3, self.n_head, C // self.n_head)  # (B, T, 3, nh, hs)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)  # (B, nh, T, hs) each
        return q, k, v

    def project(self, z: torch.Tensor) -> torch.Tensor:
        """Return what the heads' outputs z (B, nh, T, hs), side by side, write (B, T, C)."""
        y = z.transpose(1, 2).flatten(2)  # (B, T, C)
        return self.resid_dropout(self.c_proj(y))  # (B, T, C)

    def forward(
        self, x: torch.Tensor, cache: KVCache | None = None, layer: int = 0, gain: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        q, k, v = self.heads(x)  # (B, nh, T, hs)
        if self.training and cache is None:  # the same numbers from a kernel that never keeps the pattern
            return self.project(F.scaled_dot_product_attention(q, k, v, is_causal=True)), None
        if cache is not None:
            k, v = cache.extend(layer, k, v)  # (B, nh, S, hs)
        z, pattern = causal_attention(q, k, v)  # (B, nh, T, hs), (B, nh, T, S)
        if gain is not None:
            z = z * gain[:, None, None]  # (B, nh, T, hs)
        return self.project(z), pattern  # (B, T, C), (B, nh, T, S)


class MLP(nn.Module):
    """Two layers that work on every position by itself, four times as wide in between."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.c_fc = nn.Linear(config.n_embd, 4 * config.n_embd, bias=False)
        self.gelu = nn.GELU()
        self.c_proj = nn.Linear(4 * config.n_embd, config.n_embd, bias=False)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.c_fc(x)  # (B, T, 4C)
        x = self.gelu(x)  # (B, T, 4C)
        x = self.c_proj(x)  # (B, T, C)
        return self.dropout(x)  # (B, T, C)


class Block(nn.Module):
    """Attention, then MLP; each reads the normalised residual stream and adds what it found."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.ln_1 = nn.LayerNorm(config.n_embd, bias=False)
        self.attn = CausalSelfAttention(config)
        self.ln_2 = nn.LayerNorm(config.n_embd, bias=False)
        self.mlp = MLP(config)

    def forward(
        self, x: torch.Tensor, cache: KVCache | None = None, layer: int = 0, gains: Gains | None = None
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        attn_out, pattern = self.attn(
            self.ln_1(x), cache, layer, None if gains is None else gains.head[layer]
        )
        x = x + attn_out  # (B, T, C)
        mlp_out = self.mlp(self.ln_2(x))  # (B, T, C)
        x = x + (mlp_out if gains is None else mlp_out * gains.mlp[layer])  # (B, T, C)
        return x, pattern  # (B, T, C), (B, nh, T, S)


class GPT(nn.Module):
    """A generative pre-trained transformer: from the characters so far to the next one.

    Args:
        vocab_size, block_size, n_layer, n_head, n_embd, dropout: see GPTConfig.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__()
        self.config = config = GPTConfig(**options)
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        self.wpe = nn.Embedding(config.block_size, config.n_embd)
        self.drop = nn.Dropout(config.dropout)
        self.h: list[Block] = nn.ModuleList(Block(config) for _ in range(config.n_layer))  # type: ignore[assignment]
        self.ln_f = nn.LayerNorm(config.n_embd, bias=False)
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size, bias=False)
        self.apply(_initialise)
        for block in self.h:  # GPT-2: the residual stream must not grow with the depth
            for layer in (block.attn.c_proj, block.mlp.c_proj):
                nn.init.normal_(layer.weight, std=0.02 / math.sqrt(2 * config.n_layer))

    def forward(
        self, idx: torch.Tensor, targets: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Predict the next character at every position.

        Args:
            idx: (B, T) character ids, T at most block_size.
            targets: (B, T) ids of the characters that follow; -1 where none counts.
        Returns:
            (B, T, vocab_size) logits, and the mean negative log-likelihood in nats if targets are given.
        Raises:
            ValueError: if T exceeds block_size.
        """
        logits, _ = self.read(idx)  # (B, T, vocab_size)
        if targets is None:
            return logits, None
        return logits, F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1)

    def read(
        self, idx: torch.Tensor, cache: KVCache | None = None, gains: Gains | None = None, last: bool = False
    ) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """Run the characters idx (B, T), which follow those in the cache, through all blocks.

        Args:
            last: whether only the last position's logits are wanted.
        Returns:
            (B, T, vocab_size) logits and every layer's attention pattern (B, nh, T, S).
        Raises:
            ValueError: if the positions exceed block_size.
        """
        x = self.embed(idx, 0 if cache is None else cache.length)  # (B, T, C)
        patterns: list[torch.Tensor] = []  # none while it trains
        for layer, block in enumerate(self.h):
            x, pattern = block(x, cache, layer, gains)  # (B, T, C), (B, nh, T, S)
            if pattern is not None:
                patterns.append(pattern)
        if cache is not None:
            cache.length += idx.size(1)
        return self.unembed(x[:, -1:] if last else x), patterns

    def embed(self, idx: torch.Tensor, start: int = 0) -> torch.Tensor:
        """Return token plus position embeddings (B, T, C) of idx (B, T), whose first position is start."""
        end = start + idx.size(1)
        if end > self.config.block_size:
            raise ValueError(
                f"The context is {end} characters long, the model reads {self.config.block_size} at most; "
                "keep only the last ones."
            )
        return self.drop(self.wte(idx) + self.wpe.weight[start:end])  # (B, T, C)

    def unembed(self, x: torch.Tensor) -> torch.Tensor:
        """Return the logits (B, T, vocab_size) that a residual stream x (B, T, C) stands for."""
        return self.lm_head(self.ln_f(x))  # (B, T, vocab_size)


def _initialise(module: nn.Module) -> None:
    if isinstance(module, nn.Linear | nn.Embedding):
        nn.init.normal_(module.weight, std=0.02)
