"""The blocks of a GPT: every parameter counted once, every tensor the one that the model computed."""

import numpy as np
import pytest
import torch

from explainer.models.gpt import GPT
from explainer.traces import architecture
from explainer.traces.gpt import trace

SHAPE = {"vocab_size": 7, "block_size": 12, "n_layer": 2, "n_head": 2, "n_embd": 8}


@pytest.fixture(scope="module")
def model() -> GPT:
    torch.manual_seed(1)
    return GPT(**SHAPE).eval().requires_grad_(False)


@pytest.fixture(scope="module")
def traced(model):
    return trace(model, [3, 1, 4, 1, 5])


def test_the_parts_add_up_to_the_model(model):
    assert sum(part.total for part in architecture.parts(model)) == architecture.total(model)
    assert architecture.total(model) == sum(p.numel() for p in model.parameters())


def test_each_part_is_counted_as_on_paper(model):
    C, V, T, L = 8, 7, 12, 2
    expected = [V * C, T * C, L * C, L * 4 * C * C, L * C, L * 8 * C * C, C, V * C, 0]
    assert [part.total for part in architecture.parts(model)] == expected


def test_the_talks_shape_has_ten_point_eight_million():
    with torch.device("meta"):
        model = GPT(vocab_size=96, block_size=256, n_layer=6, n_head=6, n_embd=384)
    count = architecture.total(model)
    assert count == 2 * 96 * 384 + 256 * 384 + 6 * (12 * 384**2 + 2 * 384) + 384
    assert f"{count / 1e6:.1f}" == "10.8"


def test_one_more_character_multiplies_every_weight_once_but_those_looked_up(model):
    looked_up_or_normed = sum(
        p.total for p in architecture.parts(model) if "embedding" in p.name or "Norm" in p.name
    )
    attention = 2 * 2 * 12 * 8  # scores and mixtures: layers, both, context, width
    expected = architecture.total(model) - looked_up_or_normed + attention
    assert architecture.multiplications(model) == expected


def test_what_leads_from_part_to_part_is_the_forward_pass(model, traced):
    opened = {
        part.name: architecture.tensors(model, traced, part.name, layer=1, head=1)
        for part in architecture.parts(model)
    }
    stage = traced.layers[1]
    attention, mlp = opened["masked attention"], opened["MLP"]
    np.testing.assert_allclose(
        attention["pattern"].values @ attention["values"].values,
        attention["what the head mixed"].values,
        atol=1e-6,
    )
    np.testing.assert_allclose(
        stage.resid_pre + attention["what attention writes"].values, attention["stream + attention"].values
    )
    np.testing.assert_allclose(
        mlp["after GELU"].values @ mlp["c_proj"].values.T, mlp["what the MLP writes"].values, atol=1e-6
    )
    last = opened["final LayerNorm"]["after"].values
    np.testing.assert_allclose(
        last @ opened["lm_head"]["lm_head"].values.T, opened["lm_head"]["logits"].values, atol=1e-6
    )
    logits, _ = model(torch.tensor([[3, 1, 4, 1, 5]]))
    np.testing.assert_allclose(opened["lm_head"]["logits"].values, logits[0].numpy(), atol=1e-6)
    np.testing.assert_allclose(opened["softmax"]["probabilities"].values.sum(-1), 1, atol=1e-6)


def test_embeddings_are_rows_of_their_tables(model, traced):
    tokens = architecture.tensors(model, traced, "token embedding")
    places = architecture.tensors(model, traced, "position embedding")
    np.testing.assert_array_equal(tokens["rows looked up"].values, tokens["wte"].values[[3, 1, 4, 1, 5]])
    np.testing.assert_array_equal(places["rows looked up"].values, places["wpe"].values[:5])
    np.testing.assert_allclose(
        places["sum of both"].values, tokens["rows looked up"].values + places["rows looked up"].values
    )
