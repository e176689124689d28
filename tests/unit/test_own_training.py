"""Whose training it is: the secret that finds it cannot be guessed, and nothing else finds it."""

import pytest

from explainer.training.queue import TrainingQueue
from explainer.ui import own_training


@pytest.fixture
def visitor(monkeypatch):
    """A function that lets another visitor come, with a session of its own."""
    monkeypatch.setattr(own_training, "queue", TrainingQueue())
    sessions = iter("abcdef")

    def come():
        tab = next(sessions)
        monkeypatch.setattr(own_training.st, "session_state", {})
        monkeypatch.setattr(own_training, "this_tab", lambda: tab)

    come()
    return come


def never():
    raise ValueError("This training need not begin.")


def test_who_has_the_secret_has_the_training_and_starts_the_next_one_with_it(visitor):
    own_training.start(never, "mine")
    job, secret = own_training.current(), own_training.secret()
    visitor()
    assert own_training.current() is None
    own_training.recover(secret)
    assert own_training.current() is job
    own_training.start(never, "my next one")
    assert own_training.secret() == secret
    assert own_training.current().about == "my next one"


def test_secrets_cannot_be_guessed(visitor):
    found = set()
    for _ in range(5):
        own_training.start(never, None)
        found.add(own_training.secret())
        visitor()
    assert len(found) == 5
    assert all(own_training.SECRET.fullmatch(secret) for secret in found)  # 256 bits


@pytest.mark.parametrize("forged", ["", "a" * 43, "a" * 100, "../training", "Ł" * 43])
def test_a_forged_secret_gives_nothing(visitor, forged):
    own_training.start(never, "another's")
    visitor()
    own_training.recover(forged)
    assert own_training.current() is None


def test_who_has_a_training_is_given_no_other(visitor):
    own_training.start(never, "another's")
    others = own_training.secret()
    visitor()
    own_training.start(never, "mine")
    own_training.recover(others)
    assert own_training.current().about == "mine"
