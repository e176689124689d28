"""The receipt of a GPT: which part wrote how much of a logit, and every part down to its multiplications.

Layers, heads and positions are counted from 1 in what is read, from 0 in the names of the steps. A layer norm
is known by its place: 2 l before the attention of layer l, 2 l + 1 before its MLP, 2 L the final one.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch

from explainer.models.gpt import GPT
from explainer.traces import gpt as trace
from explainer.traces.receipt.step import (
    Finish,
    Operand,
    Step,
    Term,
    exponentials,
    made_for_names,
    one_hot,
    products,
    seen,
    subscript,
)
from explainer.vocabulary import BOUNDARY, Vocabulary

SHOWN = 8  # characters of what was read that stand in a formula
ATTENDING = {"q": "query", "k": "key", "v": "value"}
# Which number in the name of a step tells its layer, by the part of the layer that the step belongs to.
LAYERED = {
    "attention": {"head": 1, "value": 1, "out": 1, **dict.fromkeys(("pattern", "score", *"qkvz", "attn"), 0)},
    "MLP": {"mlp": 1, "row": 1, "post": 0, "written": 0},
}
OUTSIDE = {
    **dict.fromkeys(("token", "position", "wte"), (0, "embedding")),
    **dict.fromkeys(("logit", "direction", "middle"), (-1, "logits")),
    "": (-1, "softmax"),
}


@dataclass(frozen=True)
class Place:
    """Where in a model a step stands.

    Args:
        section: 0 for the embeddings, then the layers, the last for what comes out.
        sections: what each is called.
        part: of the section.
    """

    section: int
    sections: tuple[str, ...]
    part: str


class Transformer:
    """How a GPT's probability came about.

    Args:
        context: the characters before, those of a name behind the boundary.
        character: the one whose probability is explained.
        read: how many of them the model read, the boundary counted; at most, and else, ``block_size``.
    """

    def __init__(
        self, model: GPT, vocabulary: Vocabulary, context: str, character: str, read: int | None = None
    ) -> None:
        size = model.config.block_size
        bounded = BOUNDARY + context if made_for_names(vocabulary) else context
        ids = vocabulary.encode(bounded)[-min(read or size, size) :]
        self.model, self.config = model, model.config
        self.traced = trace.trace(model, ids)
        self.labels = [seen(symbol, vocabulary) for symbol in vocabulary.symbols]
        self.read = [self.labels[i] for i in ids]
        self.last = len(ids) - 1
        self.column = vocabulary.encode(character)[0]
        self.direction = cache(
            lambda token: trace.logit_direction(model, self.traced, self.last, token)
        )  # (C,)
        self.parts = cache(lambda token: trace.contributions(model, self.traced, self.last, token))

    def step(self, name: str) -> Step:
        """Return a step by its name; empty for the probability, from which all the others are reached."""
        plain, _, view = name.partition("~")
        kind, *numbers = plain.split("-")
        return getattr(self, f"_{view or kind or 'probability'}")(*map(int, numbers))

    def place(self, name: str) -> Place:
        """Return where in the model a step stands, by its name."""
        kind, *told = name.partition("~")[0].split("-")
        sections = ("text", *(f"layer {i + 1}" for i in range(self.config.n_layer)), "next")
        if kind in OUTSIDE:
            section, part = OUTSIDE[kind]
            return Place(section % len(sections), sections, part)
        for part, kinds in LAYERED.items():
            if kind in kinds:
                return Place(int(told[kinds[kind]]) + 1, sections, part)
        norm, place = kind in ("ln", "mean", "sigma"), int(told[0])
        return Place(
            place // 2 + 1 if norm else (place + 1) // 2, sections, "layer norm" if norm else "stream"
        )

    # --- from the probability to the parts of the model -----------------------------------------------

    @property
    def last_read(self) -> str:
        """The end of what was read, as it stands in a formula; all of it where it is short."""
        return f"{'…' * (len(self.read) > SHOWN)}{''.join(self.read[-SHOWN:])}"

    def _probability(self) -> Step:
        return Step(
            name="probability",
            told="The softmax of the logits: each an exponential, divided by the sum of all",
            symbol=f"p({self.labels[self.column]} | {self.last_read})",
            result=float(self.traced.probabilities[-1, self.column]),
            terms=exponentials(self.labels, self.traced.logits[-1], "logit", "logit-#"),
            finish=Finish("share", self.column),
            role="probabilities",
        )

    def _logit(self, token: int) -> Step:
        parts = self.parts(token)
        terms = [
            Term(f"the embedding of {self.read[-1]}", parts.token, role="input", opens=f"token-{token}"),
            Term(f"its position, {self.last + 1}", parts.position, role="input", opens=f"position-{token}"),
        ]
        for layer, head in np.ndindex(parts.heads.shape):
            opens = f"head-{token}-{layer}-{head}"
            terms.append(_part(f"layer {layer + 1}, head {head + 1}", float(parts.heads[layer, head]), opens))
        for layer, value in enumerate(parts.mlps.tolist()):
            terms.append(_part(f"layer {layer + 1}, MLP", value, f"mlp-{token}-{layer}"))
        return self._of_logit(token, "What every part of the model wrote for or against it", tuple(terms))

    def _products(self, token: int) -> Step:
        places = [f"number {i}" for i in range(self.config.n_embd)]
        x = ("x̂#", self.traced.ln_f[-1], "activations", f"ln-{2 * self.config.n_layer}-{self.last}-#")
        terms = products(places, x, ("lm_head", self._head_row(token), "weights", ""))
        told = "The last vector, layer-normed, times the row of the unembedding"
        return self._of_logit(token, told, terms)

    def _of_logit(self, token: int, told: str, terms: tuple[Term, ...]) -> Step:
        views = {"part by part": f"logit-{token}", "number by number": f"logit-{token}~products"}
        return Step(
            name=f"logit of {self.labels[token]}",
            told=told,
            symbol=f"logit({self.labels[token]})",
            result=float(self.traced.logits[-1, token]),
            terms=terms,
            views=views,
        )

    def _token(self, token: int) -> Step:
        x = ("x#", self.traced.tok_emb[-1], "input", f"wte-{self.last}-#")
        told = (
            f"The embedding of {self.read[-1]}, number by number, towards the logit of {self.labels[token]}"
        )
        return self._towards(token, f"embedding of {self.read[-1]}", told, x, self.parts(token).token)

    def _position(self, token: int) -> Step:
        x = ("x#", self.traced.pos_emb[-1], "input", "")
        told = f"The embedding of position {self.last + 1}, towards the logit of {self.labels[token]}"
        return self._towards(token, f"position {self.last + 1}", told, x, self.parts(token).position)

    def _towards(self, token: int, name: str, told: str, x: tuple, result: float) -> Step:
        places = [f"number {i}" for i in range(self.config.n_embd)]
        u = ("u#", self.direction(token), "weights", f"direction-{token}-#")
        return Step(name, told, f"x · u({self.labels[token]})", result, products(places, x, u, x[2]))

    def _head(self, token: int, layer: int, head: int) -> Step:
        stage = self.traced.layers[layer]
        looks = (
            "attention",
            stage.pattern[head, -1],
            "probabilities",
            f"pattern-{layer}-{head}-{self.last}-#",
        )
        worth = self._values(token, layer, head)  # (T,)
        brings = ("value", worth, "activations", f"value-{token}-{layer}-{head}-#")
        return Step(
            name=f"head {layer + 1}.{head + 1}",
            told="How much it looks at each character, times what it finds there",
            symbol=f"head {layer + 1}.{head + 1}",
            result=float(self.parts(token).heads[layer, head]),
            terms=products(self._characters(), looks, brings),
        )

    def _value(self, token: int, layer: int, head: int, source: int) -> Step:
        v = ("v#", self.traced.layers[layer].v[head, source], "activations", f"v-{layer}-{head}-{source}-#")
        u = ("w#", self._seen_by(token, layer, head), "weights", f"out-{token}-{layer}-{head}-#")
        letter = self.read[source]
        return Step(
            name=f"value of {letter}",
            told=f"What the head takes from {letter}, and what its output weights make of that",
            symbol="v · u",
            result=float(self._values(token, layer, head)[source]),
            terms=products(self._numbers("v"), v, u),
        )

    def _out(self, token: int, layer: int, head: int, number: int) -> Step:
        row = head * (self.config.n_embd // self.config.n_head) + number
        weight = self.model.h[layer].attn.c_proj.weight[:, row].detach().numpy()  # (C,)
        told = f"What number {number} of the head's output does to the logit of {self.labels[token]}"
        result = self._seen_by(token, layer, head)[number]
        return self._onto(token, f"w{subscript(number)}", told, ("c_proj", weight), result)

    def _mlp(self, token: int, layer: int) -> Step:
        post = self.traced.layers[layer].mlp_post[-1]  # (4C,)
        weight = self.model.h[layer].mlp.c_proj.weight.detach().numpy()  # (C, 4C)
        neurons = [f"neuron {n}" for n in range(len(post))]
        fires = ("h#", post, "activations", f"post-{layer}-{self.last}-#")
        says = ("w#", self.direction(token) @ weight, "weights", f"row-{token}-{layer}-#")
        return Step(
            name=f"MLP of layer {layer + 1}",
            told=f"How much every neuron fires, times what it says about {self.labels[token]}",
            symbol=f"MLP {layer + 1}",
            result=float(self.parts(token).mlps[layer]),
            terms=products(neurons, fires, says),
        )

    def _row(self, token: int, layer: int, neuron: int) -> Step:
        weight = self.model.h[layer].mlp.c_proj.weight[:, neuron].detach().numpy()  # (C,)
        told = f"What neuron {neuron} writes, towards the logit of {self.labels[token]}"
        return self._onto(
            token, f"w{subscript(neuron)}", told, ("c_proj", weight), float(weight @ self.direction(token))
        )

    def _onto(self, token: int, name: str, told: str, weights: tuple, result: float) -> Step:
        u = ("u#", self.direction(token), "weights", f"direction-{token}-#")
        terms = products(self._numbers("x"), (*weights, "weights", ""), u, "weights")
        return Step(name, told, name, float(result), terms, role="weights")

    # --- which way the logit lies: the unembedding behind the final layer norm -------------------------

    def _direction(self, token: int, number: int) -> Step:
        gain, row = float(self.model.ln_f.weight[number]), float(self._head_row(token)[number])
        mean = Operand("their mean", float(self._weight(token).mean()), "weights", f"middle-{token}")
        weighed = (Operand("γ", gain, "weights"), Operand("lm_head", row, "weights"))
        return Step(
            name=f"u{subscript(number)}",
            told="The unembedding as the residual stream meets it, behind the final layer norm",
            symbol=f"u{subscript(number)}",
            result=float(self.direction(token)[number]),
            terms=(
                Term(f"number {number}", gain * row, weighed, "{} × {}", "weights"),
                Term("centred", -mean.value, (mean,), "−{}", "weights"),
            ),
            finish=Finish("scale", over=(self._deviation(2 * self.config.n_layer, self.last),)),
            role="weights",
        )

    def _middle(self, token: int) -> Step:
        gain = ("γ#", self.model.ln_f.weight.tolist(), "weights", "")
        row = ("lm_head", self._head_row(token), "weights", "")
        return Step(
            name="mean",
            told="The mean of the unembedding row, each number times the final layer norm's gain",
            symbol="mean(γ · lm_head)",
            result=float(self._weight(token).mean()),
            terms=products(self._numbers("x"), gain, row, "weights"),
            finish=Finish("scale", over=(Operand("numbers", self.config.n_embd, "counts"),)),
            role="weights",
        )

    # --- layer norm and the residual stream -----------------------------------------------------------

    def _ln(self, place: int, position: int, number: int) -> Step:
        x = float(self._stream(place, position)[number])
        found = Operand(f"x{subscript(number)}", x, "activations", f"x-{place}-{position}-{number}")
        mean = self._mean_operand(place, position)
        gain = Operand("γ", float(self._norm(place).weight[number]), "weights")
        return Step(
            name=f"x̂{subscript(number)}",
            told=f"Layer norm at {self.read[position]}: less the mean, by the deviation, times a gain",
            symbol=f"x̂{subscript(number)}",
            result=float(self._normed(place, position)[number]),
            terms=(Term("the number", x, (found,)), Term("centred", -mean.value, (mean,), "−{}")),
            finish=Finish("scale", times=(gain,), over=(self._deviation(place, position),)),
        )

    def _mean(self, place: int, position: int) -> Step:
        stream = self._stream(place, position)
        return Step(
            name="mean",
            told=f"The mean of the residual stream at {self.read[position]}",
            symbol="mean(x)",
            result=float(stream.mean()),
            terms=self._stream_terms(place, position),
            finish=Finish("scale", over=(Operand("numbers", len(stream), "counts"),)),
        )

    def _sigma(self, place: int, position: int) -> Step:
        stream, mean = self._stream(place, position), self._mean_operand(place, position)
        lines = (
            Operand(f"x{subscript(i)}", float(x), "activations", f"x-{place}-{position}-{i}")
            for i, x in enumerate(stream)
        )
        return Step(
            name="deviation",
            told=f"The standard deviation of the residual stream at {self.read[position]}",
            symbol="σ",
            result=self._deviation(place, position).value,
            terms=tuple(
                Term(f"number {i}", (x.value - mean.value) ** 2, (x, mean), "({} − {})²")
                for i, x in enumerate(lines)
            ),
            finish=Finish(
                "root", over=(Operand("numbers", len(stream), "counts"),), plus=self._norm(place).eps
            ),
        )

    def _x(self, place: int, position: int, number: int) -> Step:
        letter = self.read[position]
        stages = (self.traced.layers[layer] for layer in range((place + 1) // 2))
        wrote = [(stage.attn_out[position, number], stage.mlp_out[position, number]) for stage in stages]
        token, where = self.traced.tok_emb[position, number], self.traced.pos_emb[position, number]
        terms = [
            Term(f"the embedding of {letter}", float(token), role="input", opens=f"wte-{position}-{number}"),
            Term(f"its position, {position + 1}", float(where), (Operand("wpe", float(where), "weights"),)),
        ]
        for layer, (attention, _) in enumerate(wrote):
            opens = f"attn-{layer}-{position}-{number}"
            terms.append(_part(f"layer {layer + 1}, attention", attention, opens))
        for layer, (_, mlp) in enumerate(wrote[: place // 2]):
            opens = f"written-{layer}-{position}-{number}"
            terms.append(_part(f"layer {layer + 1}, MLP", mlp, opens))
        return Step(
            name=f"x{subscript(number)}",
            told=f"The residual stream at {letter}: what every part so far wrote into its number {number}",
            symbol=f"x{subscript(number)}",
            result=float(self._stream(place, position)[number]),
            terms=tuple(terms),
        )

    def _wte(self, position: int, number: int) -> Step:
        column = self.model.wte.weight[:, number].detach().numpy()  # (V,)
        return Step(
            name=f"embedding of {self.read[position]}",
            told=f"Looked up in wte, number {number}: a one-hot vector picks the row {self.read[position]}",
            symbol=f"wte({self.read[position]})",
            result=float(self.traced.tok_emb[position, number]),
            terms=one_hot(int(self.traced.ids[position]), self.labels, "wte", column),
            role="input",
        )

    # --- attention ------------------------------------------------------------------------------------

    def _attn(self, layer: int, position: int, number: int) -> Step:
        size = self.config.n_embd // self.config.n_head
        weight = self.model.h[layer].attn.c_proj.weight[number].detach().numpy()  # (C,)
        z = self.traced.layers[layer].z[:, position]  # (nh, hs)
        terms = (
            line
            for head in range(self.config.n_head)
            for line in products(
                [f"head {head + 1}, number {i}" for i in range(size)],
                ("z#", z[head], "activations", f"z-{layer}-{head}-{position}-#"),
                ("c_proj", weight[head * size : (head + 1) * size], "weights", ""),
            )
        )
        return Step(
            name=f"attention of layer {layer + 1}",
            told="What the heads gathered, side by side, times a row of c_proj",
            symbol=f"attention{subscript(number)}",
            result=float(self.traced.layers[layer].attn_out[position, number]),
            terms=tuple(terms),
        )

    def _z(self, layer: int, head: int, position: int, number: int) -> Step:
        stage, upto = self.traced.layers[layer], position + 1
        looks = (
            "attention",
            stage.pattern[head, position, :upto],
            "probabilities",
            f"pattern-{layer}-{head}-{position}-#",
        )
        values = stage.v[head, :upto, number]  # (S,)
        brings = (f"v{subscript(number)}", values, "activations", f"v-{layer}-{head}-#-{number}")
        return Step(
            name=f"z{subscript(number)}",
            told=f"What {self.read[position]} gathers: how much it looks at each character, times its value",
            symbol=f"z{subscript(number)}",
            result=float(stage.z[head, position, number]),
            terms=products(self._characters(upto), looks, brings),
        )

    def _pattern(self, layer: int, head: int, position: int, source: int) -> Step:
        stage, upto = self.traced.layers[layer], position + 1
        scores = stage.attn_scores[head, position, :upto]  # (S,)
        return Step(
            name=f"attention to {self.read[source]}",
            told=f"The softmax of the scores: how much {self.read[position]} looks at each character",
            symbol=f"a({self.read[source]})",
            result=float(stage.pattern[head, position, source]),
            terms=exponentials(self._characters(upto), scores, "score", f"score-{layer}-{head}-{position}-#"),
            finish=Finish("share", source),
            role="probabilities",
        )

    def _score(self, layer: int, head: int, position: int, source: int) -> Step:
        stage = self.traced.layers[layer]
        q = ("q#", stage.q[head, position], "activations", f"q-{layer}-{head}-{position}-#")
        k = ("k#", stage.k[head, source], "activations", f"k-{layer}-{head}-{source}-#")
        size = stage.q.shape[-1]
        return Step(
            name=f"score of {self.read[source]}",
            told=f"The query of {self.read[position]} times the key of {self.read[source]}, number by number",
            symbol="q · k ÷ √hs",
            result=float(stage.attn_scores[head, position, source]),
            terms=products(self._numbers("q", size), q, k),
            finish=Finish("scale", over=(Operand(f"√{size}", float(np.sqrt(size)), "input"),)),
        )

    def _q(self, layer: int, head: int, position: int, number: int) -> Step:
        return self._attending("q", layer, head, position, number)

    def _k(self, layer: int, head: int, position: int, number: int) -> Step:
        return self._attending("k", layer, head, position, number)

    def _v(self, layer: int, head: int, position: int, number: int) -> Step:
        return self._attending("v", layer, head, position, number)

    def _attending(self, kind: str, layer: int, head: int, position: int, number: int) -> Step:
        size, width = self.config.n_embd // self.config.n_head, self.config.n_embd
        row = "qkv".index(kind) * width + head * size + number
        weight = self.model.h[layer].attn.c_attn.weight[row].detach().numpy()  # (C,)
        x = ("x̂#", self.traced.layers[layer].ln_1[position], "activations", f"ln-{2 * layer}-{position}-#")
        return Step(
            name=f"{kind}{subscript(number)}",
            told=f"Number {number} of the {ATTENDING[kind]} of {self.read[position]}: its vector by weights",
            symbol=f"{kind}{subscript(number)}",
            result=float(getattr(self.traced.layers[layer], kind)[head, position, number]),
            terms=products(self._numbers("x"), x, (f"W_{kind}", weight, "weights", "")),
        )

    # --- the MLP of a layer ---------------------------------------------------------------------------

    def _written(self, layer: int, position: int, number: int) -> Step:
        post = self.traced.layers[layer].mlp_post[position]  # (4C,)
        weight = self.model.h[layer].mlp.c_proj.weight[number].detach().numpy()  # (4C,)
        h = ("h#", post, "activations", f"post-{layer}-{position}-#")
        return Step(
            name=f"MLP of layer {layer + 1}",
            told="How much every neuron fires, times its weight",
            symbol=f"MLP{subscript(number)}",
            result=float(self.traced.layers[layer].mlp_out[position, number]),
            terms=products([f"neuron {n}" for n in range(len(post))], h, ("c_proj", weight, "weights", "")),
        )

    def _post(self, layer: int, position: int, neuron: int) -> Step:
        weight = self.model.h[layer].mlp.c_fc.weight[neuron].detach().numpy()  # (C,)
        x = (
            "x̂#",
            self.traced.layers[layer].ln_2[position],
            "activations",
            f"ln-{2 * layer + 1}-{position}-#",
        )
        return Step(
            name=f"neuron {neuron}",
            told="Every number of the vector times its weight; then GELU",
            symbol=f"h{subscript(neuron)}",
            result=float(self.traced.layers[layer].mlp_post[position, neuron]),
            terms=products(self._numbers("x"), x, ("c_fc", weight, "weights", "")),
            finish=Finish("gelu"),
        )

    # --- arrays -----------------------------------------------------------------------------------------

    def _head_row(self, token: int) -> np.ndarray:
        return self.model.lm_head.weight[token].detach().numpy()  # (C,)

    def _weight(self, token: int) -> np.ndarray:
        return self.model.ln_f.weight.detach().numpy() * self._head_row(token)  # (C,)

    def _seen_by(self, token: int, layer: int, head: int) -> np.ndarray:
        """Return what each number of a head's output is worth to a logit (hs,)."""
        size = self.config.n_embd // self.config.n_head
        weight = self.model.h[layer].attn.c_proj.weight[:, head * size : (head + 1) * size]  # (C, hs)
        return self.direction(token) @ weight.detach().numpy()  # (hs,)

    def _values(self, token: int, layer: int, head: int) -> np.ndarray:
        """Return what each character's value is worth to a logit (T,)."""
        return self.traced.layers[layer].v[head] @ self._seen_by(token, layer, head)  # (T,)

    def _norm(self, place: int) -> torch.nn.LayerNorm:
        if place == 2 * self.config.n_layer:
            return self.model.ln_f
        block = self.model.h[place // 2]
        return block.ln_2 if place % 2 else block.ln_1

    def _stream(self, place: int, position: int) -> np.ndarray:
        """Return the residual stream that a layer norm reads (C,)."""
        layers, (layer, middle) = self.traced.layers, divmod(place, 2)
        return (layers[layer].resid_mid if middle else layers.stream(layer))[position]

    def _normed(self, place: int, position: int) -> np.ndarray:
        """Return what a layer norm makes of it (C,)."""
        if place == 2 * self.config.n_layer:
            return self.traced.ln_f[position]
        layer = self.traced.layers[place // 2]
        return (layer.ln_2 if place % 2 else layer.ln_1)[position]

    def _stream_terms(self, place: int, position: int) -> tuple[Term, ...]:
        return tuple(
            Term(
                f"number {i}",
                float(x),
                (Operand(f"x{subscript(i)}", float(x), "activations", f"x-{place}-{position}-{i}"),),
            )
            for i, x in enumerate(self._stream(place, position))
        )

    def _mean_operand(self, place: int, position: int) -> Operand:
        mean = float(self._stream(place, position).mean())
        return Operand("mean", mean, "activations", f"mean-{place}-{position}")

    def _deviation(self, place: int, position: int) -> Operand:
        variance = float(self._stream(place, position).var(dtype=np.float64)) + self._norm(place).eps
        return Operand("σ", float(np.sqrt(variance)), "activations", f"sigma-{place}-{position}")

    def _numbers(self, of: str, count: int = 0) -> list[str]:
        size = self.config.n_embd // self.config.n_head if of == "v" else self.config.n_embd
        return [f"number {i}" for i in range(count or size)]

    def _characters(self, count: int | None = None) -> list[str]:
        return [f"{letter}, at {i + 1}" for i, letter in enumerate(self.read[:count])]


def _part(label: str, value: float, opens: str) -> Term:
    return Term(label, float(value), opens=opens)
