"""The rehearsal visits every step, asks again for what was slow, and says what failed."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from explainer import rehearse
from explainer.rehearse import Step, told
from explainer.ui.outline import Written
from explainer.ui.sessions import Failed, Run


class Visitor:
    """A session whose runs take as long as they are told, and whose scenes have three stages."""

    def __init__(self, seconds):
        self.seconds, self.asked = iter(seconds), []

    async def open(self, path, **query):
        self.asked.append((path, query["scene"]))
        return self._run()

    async def event(self, key, name, value):
        self.asked.append((key, name, value["stage"]))
        return self._run()

    def find(self, _):
        frame = type("Component", (), {"json": '{"stages": 3, "scene": 0}'})
        return type("Placed", (), {"element": type("Element", (), {"bidi_component": frame})})

    def _run(self):
        taken = next(self.seconds)
        if isinstance(taken, Exception):
            raise taken
        return Run(seconds=taken)


@pytest.fixture
def visited(monkeypatch):
    def visit(*seconds):
        visitor = Visitor(seconds)

        @asynccontextmanager
        async def session(_):
            yield visitor

        monkeypatch.setattr(rehearse, "Session", session)
        monkeypatch.setattr(rehearse, "outline", lambda: {"mlp": [Written("tanh", "tanh", "", "")]})

        async def all_steps():
            return [step async for step in rehearse.rehearse("http://here")]

        return asyncio.run(all_steps()), visitor.asked

    return visit


def test_every_stage_is_visited_and_what_was_slow_is_asked_for_again(visited):
    steps, asked = visited(0.2, 0.9, 0.1, 0.8, 0.7)
    stages = [("frame", "pick", stage) for stage in (1, 1, 2, 2)]
    assert asked == [("mlp", "tanh"), *stages]
    assert [step.ready for step in steps] == [True, True, False]
    assert [told(step) for step in steps] == [
        "",
        "/mlp?scene=tanh, stage 2 of 3: 900 ms at first, now 100 ms",
        "/mlp?scene=tanh, stage 3 of 3: 800 ms at first, and still 700 ms",
    ]


@pytest.mark.parametrize("failure", [Failed("ValueError: no"), OSError("refused"), TimeoutError()])
def test_what_fails_is_told_and_the_rehearsal_goes_on(visited, failure):
    steps, _ = visited(0.1, failure)
    assert [step.ready for step in steps] == [True, False]
    assert told(steps[-1]).startswith("/mlp?scene=tanh: failed, ")


def test_a_step_that_failed_will_not_do():
    assert not Step("/", 0.1, failed="x").ready
