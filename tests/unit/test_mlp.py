"""The multilayer perceptron: data set, forward pass, initial weights."""

import pytest
import torch
from torch.nn import functional as F

from explainer.models.mlp import (
    MLP,
    build_dataset,
    concatenate,
    dropout_mask,
    forward_pass,
    linear,
    lookup,
    parameter_shapes,
)
from explainer.vocabulary import UnknownCharacter, Vocabulary

SEED = 2147483647
ABC = Vocabulary(".ABC")


def generator(seed=SEED):
    return torch.Generator().manual_seed(seed)


def windows_in_the_talk(words, vocabulary, block_size):
    """The talk's build_dataset, letter by letter."""
    X, Y = [], []
    for word in words:
        context = [0] * block_size
        for character in word + ".":
            ix = vocabulary.encode(character)[0]
            X.append(context)
            Y.append(ix)
            context = [*context[1:], ix]
    return X, Y


def test_windows_of_one_name_by_hand():
    X, Y = build_dataset(["ABA"], ABC, 3)
    assert X.tolist() == [[0, 0, 0], [0, 0, 1], [0, 1, 2], [1, 2, 1]]
    assert Y.tolist() == [1, 2, 1, 0]


@pytest.mark.parametrize("block_size", [1, 2, 3, 8])
def test_windows_equal_the_talks_loop(block_size):
    words = ["ABBA", "C", "", "CAB", "BACABAC"]
    X, Y = build_dataset(words, ABC, block_size)
    expected_X, expected_Y = windows_in_the_talk(words, ABC, block_size)
    assert X.tolist() == expected_X
    assert Y.tolist() == expected_Y
    assert X.dtype == Y.dtype == torch.int64


def test_windows_of_very_few_characters():
    assert build_dataset([""], ABC, 8)[0].tolist() == [[0] * 8]
    X, Y = build_dataset([], ABC, 3)
    assert X.shape == (0, 3)
    assert Y.shape == (0,)


def test_a_name_with_a_foreign_letter_is_refused_by_name():
    with pytest.raises(UnknownCharacter, match="Ż"):
        build_dataset(["AŻ"], ABC, 3)


def test_the_talks_shape_has_13374_parameters():
    assert sum(p.numel() for p in MLP().parameters()) == 13_374
    for name, shape in parameter_shapes(34, 3, 10, 200).items():
        assert getattr(MLP(), name).shape == shape


def test_initial_weights_are_the_talks_draws_in_its_order():
    g = generator()
    C, W1 = torch.randn(34, 10, generator=g), torch.randn(30, 200, generator=g)
    b1, W2, b2 = (torch.randn(n, generator=g) for n in (200, (200, 34), 34))
    model = MLP(generator=generator())
    for name, expected in {"C": C, "W1": W1, "b1": b1, "W2": W2, "b2": b2}.items():
        assert torch.equal(getattr(model, name), expected)


def test_forward_pass_by_hand():
    C = torch.tensor([[0.0], [1.0]])
    W1, b1 = torch.tensor([[0.5], [-1.0]]), torch.tensor([0.25])
    W2, b2 = torch.tensor([[2.0, 0.0]]), torch.tensor([0.0, 1.0])
    steps = forward_pass(torch.tensor([[1, 0], [1, 1]]), C, W1, b1, W2, b2)
    assert steps.x.tolist() == [[1, 0], [1, 1]]
    assert steps.preactivation.tolist() == [[0.75], [-0.25]]
    torch.testing.assert_close(steps.h, torch.tensor([[0.6351490], [-0.2449187]]))
    torch.testing.assert_close(steps.logits, torch.tensor([[1.2702979, 1.0], [-0.4898373, 1.0]]))


def test_forward_and_gradients_agree_with_torch_nn_functional():
    model = MLP(generator=generator())
    idx = torch.randint(34, (32, 3), generator=generator(1))
    targets = torch.randint(34, (32,), generator=generator(2))
    emb = F.embedding(idx, model.C)
    h = torch.tanh(F.linear(emb.flatten(1), model.W1.T, model.b1))
    expected = F.linear(h, model.W2.T, model.b2)
    logits, loss = model(idx, targets)
    torch.testing.assert_close(logits, expected)
    expected_loss = F.nll_loss(F.log_softmax(expected, dim=1), targets)
    torch.testing.assert_close(loss, expected_loss)
    parameters = list(model.parameters())
    ours, theirs = torch.autograd.grad(loss, parameters), torch.autograd.grad(expected_loss, parameters)
    torch.testing.assert_close(ours, theirs)


def test_without_targets_there_is_no_loss():
    logits, loss = MLP()(torch.zeros(2, 3, dtype=torch.int64))
    assert logits.shape == (2, 34)
    assert loss is None


def test_small_functions_agree_with_torch():
    C, idx = torch.randn(5, 2), torch.tensor([[4, 0, 4]])
    emb = lookup(C, idx)
    assert torch.equal(emb, F.embedding(idx, C))
    assert concatenate(emb).data_ptr() == emb.data_ptr()
    torch.testing.assert_close(linear(torch.ones(1, 2), torch.eye(2), torch.ones(2)), torch.full((1, 2), 2.0))


def test_dropout_keeps_the_mean_and_only_while_training():
    mask = dropout_mask((1000, 100), 0.25, generator())
    assert torch.equal(mask.unique(), torch.tensor([0, 1 / 0.75]))
    assert abs(mask.mean().item() - 1) < 0.01
    model, idx = MLP(dropout=0.5, generator=generator()), torch.zeros(1, 3, dtype=torch.int64)
    assert not torch.equal(model(idx)[0], model(idx)[0])
    model.eval()
    assert torch.equal(model(idx)[0], model(idx)[0])
