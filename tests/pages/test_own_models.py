"""A visitor's own model, of another shape and with other letters, in every scene where one is chosen."""

import pytest
from streamlit.testing.v1 import AppTest

from explainer import checkpoints
from explainer.models.gpt import GPT
from explainer.training.mlp import Trainer
from explainer.training.recipes import BETTER, Shape
from explainer.ui.chapters import PAGES
from explainer.vocabulary import Vocabulary
from tests.scenes import APP, scenes_of

WORDS = ["ZOË", "ОЛЕНА", "LÉO", "EVA", "ŁUKASZ", "ADA", "IDA", "UNA", "ELA", "IGA", "OLA", "ÉVA"]
KNOWN = Vocabulary([".", *sorted(set("".join(WORDS)))])
FACTS = {"data": "a list", "seed": 1, "steps": 20, "losses": {"dev": 2.0}}
LABEL = "yours, from a file"


def perceptron() -> dict[str, bytes]:
    """Return the files of a small perceptron that reads two letters and has five neurons."""
    trainer = Trainer(WORDS[:10], WORDS[10:], KNOWN, Shape(len(KNOWN), 2, 2, 5), BETTER)
    trainer.advance(20)
    model = trainer.trained()
    shape = checkpoints.architecture(model)
    return checkpoints.packed("small", model, shape, KNOWN, FACTS, trainer.history())


def transformer(symbols: list[str]) -> dict[str, bytes]:
    """Return the files of a GPT that has learned nothing yet and reads eight characters."""
    model = GPT(vocab_size=len(symbols), block_size=8, n_layer=2, n_head=2, n_embd=8)
    return checkpoints.packed("small", model, checkpoints.architecture(model), Vocabulary(symbols), FACTS)


def opened(page: str, scene: str, files: dict[str, bytes], **query: str) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.session_state["own_model"] = files
    app.run().switch_page(str(PAGES / page))
    app.query_params.update(scene=scene, **query)
    app.run()
    assert [e.message for e in app.exception] + [e.value for e in app.error] == []
    return app


@pytest.mark.parametrize("scene", scenes_of("mlp.py"))
def test_a_small_perceptron_with_letters_of_its_own(scene):
    app = opened("mlp.py", scene, perceptron(), mlp_sex=LABEL)
    offered = [c for c in app.get("button_group") if c.key == "mlp_sex"]
    assert bool(offered) == (scene != "hyperparameters")
    if scene not in ("hyperparameters", "activations", "good-start"):  # those two compare the house's recipes
        assert app.session_state["mlp_sex"].startswith("yours@")


@pytest.mark.parametrize("step", ["look-up", "view", "@ W1 + b1", "tanh", "@ W2 + b2", "loss"])
def test_every_step_of_a_small_perceptron(step):
    for neurons in ("the ten loudest", "all 5"):
        opened("mlp.py", "forward-pass", perceptron(), mlp_sex=LABEL, mlp_step=step, mlp_neurons=neurons)


@pytest.mark.parametrize("matrix", ["C", "W1", "b1", "W2", "b2"])
def test_every_matrix_of_a_small_perceptron(matrix):
    for time in ("trained", "before training, as in the talk"):
        opened("mlp.py", "matrices", perceptron(), mlp_sex=LABEL, mlp_matrix=matrix, mlp_time=time)


def test_a_perceptron_with_letters_of_its_own_makes_names_and_does_not_stand_beside_others():
    app = opened("welcome.py", "name-your-baby", perceptron(), welcome_model=f"MLP, {LABEL}")
    assert app.session_state["welcome_model"].startswith("yours@")
    for scene in scenes_of("compare.py"):
        opened("compare.py", scene, perceptron())


@pytest.mark.parametrize("scene", ["letters-move", "nudge-a-letter"])
def test_the_letters_of_a_small_perceptron(scene):
    app = opened("training.py", scene, perceptron(), training_letters=LABEL)
    assert app.session_state["training_letters"].startswith("yours@")


@pytest.mark.parametrize("symbols", [[".", "A", "B"], [" ", "x", "ж"]], ids=["names", "text"])
@pytest.mark.parametrize("scene", scenes_of("attention.py"))
def test_a_small_gpt(scene, symbols):
    app = opened("attention.py", scene, transformer(symbols), attention_model=LABEL)
    asked = [box for box in app.selectbox if box.key == "attention_model"]
    assert [box.value for box in asked] in ([LABEL], [])
    assert asked or scene not in ("who-looks-at-whom", "how-one-head-does-it", "switch-a-head-off")


@pytest.mark.parametrize("symbols", [[".", "A", "B"], [" ", "x", "ж"]], ids=["names", "text"])
def test_the_architecture_of_a_small_gpt(symbols):
    opened("gpt.py", "architecture", transformer(symbols), gpt_model=LABEL)
    opened("gpt.py", scenes_of("gpt.py")[0], transformer(symbols), gpt_vocabulary=LABEL)
