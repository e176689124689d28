"""Trainings of many visitors: a few at a time on one thread, the others in a visible queue.

A training lives as long as one of its visitor's tabs is open, and some minutes beyond. The queue itself looks
who is still there: nothing in the browser has to report, which a hidden tab or a locked phone would not do.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:  # the shell knows the queue, and is drawn before torch is there
    from explainer.training.mlp import Progress, Snapshot

WAITING, RUNNING, PAUSED = "waiting", "running", "paused"
DONE, DIVERGED, STOPPED, FAILED = "done", "diverged", "stopped", "failed"
ENDED = (DONE, DIVERGED, STOPPED, FAILED)

LOOK_EVERY = 1.0  # seconds between two looks at who is still there
AWAY = 60.0  # seconds after which a closed tab makes room, if the queue is full
TABS = 8  # the latest ones of a visitor that are asked for
FRAME_EVERY = 0.35  # seconds between two copies of a model that is watched
WATCHED = 3.0  # seconds for which one look counts as watching
NOTED = (0, 100, 300, 1_000, 2_000, 4_000, 10_000, 30_000, 100_000)  # steps of which a note is taken


class Trainer(Protocol):
    """What the queue asks of a training."""

    seconds: float  # spent so far
    learning_rate: float  # may be changed at any time
    diverged: bool

    @property
    def step(self) -> int:
        """How many steps are made."""
        ...

    @property
    def done(self) -> bool:
        """True once every step is made, or no further one makes sense."""
        ...

    def advance(self, steps: int) -> None:
        """Make so many steps, or as many as are left."""
        ...

    def progress(self) -> Progress:
        """Return how far the run is."""
        ...

    def history(self) -> dict[str, np.ndarray]:
        """Return what was recorded so far."""
        ...

    def trained(self) -> Any:
        """Return a copy of the model as it is now, ready to answer."""
        ...

    def snapshot(self) -> Snapshot:
        """Return a copy of the model and its step."""
        ...


class QueueFull(RuntimeError):
    """No further training can be taken; the message says what to do."""


@dataclass(frozen=True)
class Report:
    """Where a visitor's training stands.

    Args:
        state: waiting, running, paused, done, diverged, stopped or failed.
        place: 1 for the next one to run; None unless it is waiting.
        progress: None before the first step; its speed is the one of the last seconds, shared with the
            trainings beside it.
        problem: what went wrong; empty unless it failed.
    """

    state: str
    place: int | None
    progress: Progress | None
    problem: str = ""


def _until_noted(step: int) -> float:
    """Return how many steps are left before the next one of which a note is taken."""
    return next((noted - step for noted in NOTED if noted > step), math.inf)


def _ended() -> Trainer:
    raise RuntimeError("A training that has ended is not made again.")


class Job:
    """One visitor's training; all methods may be called from any thread.

    Args:
        owner: the visitor's secret; who knows it has the training.
        about: what the visitor wants to know of it later.
        note: what is to be kept of the model at the steps of ``NOTED``, also if nobody watches.
    """

    def __init__(
        self,
        queue: TrainingQueue,
        owner: str,
        make: Callable[[], Trainer],
        about: Any,
        note: Callable[[Snapshot], Any] | None = None,
    ) -> None:
        self.owner, self.about = owner, about
        self.notes: tuple[Any, ...] = ()  # in the order of the steps
        self._queue, self._make, self._note_of = queue, make, note
        self._trainer: Trainer | None = None
        self._left: tuple[dict[str, np.ndarray], Snapshot] | None = None  # history and model, at its end
        self._frame: Snapshot | None = None  # the latest copy for those who watch
        self._looked = self._framed = -math.inf
        self._progress: Progress | None = None
        self._rate: float | None = None  # the learning rate, once the visitor has changed it
        self._busy = threading.Lock()  # held while the trainer is read or advanced
        self._state, self._problem = WAITING, ""
        self._seen = self._began = queue.clock()
        self._tabs: deque[str] = deque(maxlen=TABS)
        self._marks: deque[tuple[float, int]] = deque(maxlen=30)  # (time, step) after the latest slices

    def opened_in(self, tab: str) -> None:
        """Say in which tab the visitor is: while it is open, the training goes on."""
        with self._queue._changed:
            if tab not in self._tabs:
                self._tabs.append(tab)

    def pause(self) -> None:
        """Stop for a while; the place goes to the next in the queue."""
        self._queue._move(self, PAUSED, (WAITING, RUNNING))
        with self._busy:  # its last slice is over: what is shown from now on stays
            pass

    def resume(self) -> None:
        """Go on after a pause, from the end of the queue."""
        self._queue._move(self, WAITING, (PAUSED,))

    def stop(self) -> None:
        """End for good; what was learned so far can still be read."""
        self._queue._move(self, STOPPED, (WAITING, RUNNING, PAUSED))

    def set_learning_rate(self, rate: float) -> None:
        """Change the learning rate of all steps to come."""
        self._rate = rate

    def report(self) -> Report:
        """Return where the training stands, without waiting for it."""
        return Report(self._state, self._queue._place(self), self._progress, self._problem)

    def history(self) -> dict[str, np.ndarray] | None:
        """Return what was recorded so far (``Trainer.history``); None before the start."""
        with self._busy:
            if self._left:
                return self._left[0]
            return self._trainer.history() if self._trainer else None

    def trained(self) -> Any:
        """Return the model as it is now, which later steps do not change; None before the start."""
        with self._busy:
            if self._left:
                return self._left[1].model
            return self._trainer.trained() if self._trainer else None

    def watch(self) -> Snapshot | None:
        """Return the latest copy of the model, made while somebody watches; None before the first one.

        The training thread makes the copy between two slices, so that who watches never waits for it.
        """
        self._looked = self._queue.clock()
        if self._left:
            return self._left[1]
        if self._state == PAUSED:
            with self._busy:
                self._frame = self._trainer.snapshot() if self._trainer else self._frame
        return self._frame

    def _let_go(self) -> None:
        """Keep what an ended training brought, and nothing of what it needed."""
        with self._busy:
            if self._trainer and self._state != FAILED:
                last = self._trainer.snapshot()
                self._left = self._trainer.history(), last if last.sound else self._frame or last
            self._trainer, self._make = None, _ended

    def _advance(self, seconds: float) -> str:
        """Train for about so long and return the state that follows."""
        with self._busy:
            if self._state != RUNNING:  # paused or stopped since its turn began
                return self._state
            if self._trainer is None:
                self._trainer = self._make()
            trainer = self._trainer
            if self._rate is not None:
                trainer.learning_rate = self._rate
            speed = trainer.step / trainer.seconds if trainer.seconds else 1.0
            self._take_note(trainer)
            trainer.advance(max(1, int(min(seconds * speed, _until_noted(trainer.step)))))
            self._note(trainer.progress())
            self._copy(trainer)
            return DIVERGED if trainer.diverged else DONE if trainer.done else RUNNING

    def _take_note(self, trainer: Trainer) -> None:
        if self._note_of and trainer.step in NOTED:
            self.notes += (self._note_of(trainer.snapshot()),)

    def _copy(self, trainer: Trainer) -> None:
        """Copy the model for those who watch, a few times a second at most."""
        now = self._queue.clock()
        if now - self._looked < WATCHED and now - self._framed >= FRAME_EVERY:
            copy, self._framed = trainer.snapshot(), now
            self._frame = copy if copy.sound else self._frame

    def _note(self, progress: Progress) -> None:
        """Keep the progress with the speed of the last slices, other trainings' turns included."""
        self._marks.append((self._queue.clock(), progress.step))
        (then, before), (now, after) = self._marks[0], self._marks[-1]
        speed = (after - before) / (now - then) if now > then else progress.steps_per_second
        self._progress = replace(progress, steps_per_second=speed)


class TrainingQueue:
    """Share one thread among trainings: some run, a slice each in turn; the others wait.

    Args:
        at_once: trainings that run side by side.
        most: trainings that may run, wait or be paused, all together.
        slice_seconds: how long one trains before the next has its turn.
        rest_seconds: pause after each slice, for the visitors' own requests.
        turn_seconds: after so long a training makes room, if others wait.
        patience_seconds: how long a training, also an ended one, outlives its visitor's tabs.
        keep: ended trainings that can still be found, all together.
        is_open: whether a tab is connected to the server.
        clock: seconds that pass.
    """

    def __init__(
        self,
        at_once: int = 3,
        most: int = 60,
        slice_seconds: float = 0.02,
        rest_seconds: float = 0.002,
        turn_seconds: float = 30.0,
        patience_seconds: float = 600.0,
        keep: int = 100,
        is_open: Callable[[str], bool] = lambda _: False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.at_once, self.most = at_once, most
        self.slice_seconds, self.rest_seconds = slice_seconds, rest_seconds
        self.turn_seconds, self.patience_seconds = turn_seconds, patience_seconds
        self.keep, self.is_open, self.clock = keep, is_open, clock
        self._changed = threading.Condition()
        self._jobs: list[Job] = []  # those not ended, in the order in which they wait
        self._latest: dict[str, Job] = {}  # of every owner, ended or not, in the order in which they came
        self._looked = -math.inf
        self._thread: threading.Thread | None = None

    def submit(
        self,
        owner: str,
        make: Callable[[], Trainer],
        about: Any = None,
        note: Callable[[Snapshot], Any] | None = None,
    ) -> Job:
        """Put a training at the end of the queue; an earlier one of the same owner is stopped.

        Args:
            owner: a secret that nobody can guess.
            make: builds the Trainer when its turn comes; what it raises becomes the problem shown.
            about: what the visitor wants to know of it later.
            note: see ``Job``.
        Raises:
            QueueFull: if too many trainings are under way.
        """
        with self._changed:
            if owner in self._latest:
                self._latest.pop(owner).stop()
            self._make_room()
            job = self._latest[owner] = Job(self, owner, make, about, note)
            self._jobs.append(job)
            self._start()
            self._changed.notify()
            return job

    def find(self, owner: str) -> Job | None:
        """Return an owner's latest training, also an ended one; None if it is not kept any more."""
        with self._changed:
            self._look_around()
            return self._latest.get(owner)

    def _make_room(self) -> None:
        self._look_around()
        if len(self._jobs) < self.most:
            return
        away = [job for job in self._jobs if self.clock() - job._seen > AWAY]
        if not away:
            raise QueueFull(f"{self.most} trainings are under way already; please try again in a minute.")
        self._forget(min(away, key=lambda job: job._seen))

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, name="training", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while True:
            with self._changed:
                running = self._next_round()
                while not running:
                    self._changed.wait(LOOK_EVERY if self._latest else None)
                    running = self._next_round()
            for job in running:
                self._run_slice(job)
                time.sleep(self.rest_seconds)

    def _next_round(self) -> list[Job]:
        """Drop who left, send who had a long turn to the end, fill the free places; return who runs."""
        self._look_around()
        now = self.clock()
        waiting = [job for job in self._jobs if job._state == WAITING]
        for job in [job for job in self._jobs if job._state == RUNNING]:
            if waiting and now - job._began > self.turn_seconds:
                self._move(job, WAITING, (RUNNING,))
        running = [job for job in self._jobs if job._state == RUNNING]
        for job in waiting[: self.at_once - len(running)]:
            job._state, job._began = RUNNING, now
            running.append(job)
        return running

    def _run_slice(self, job: Job) -> None:
        if job._state != RUNNING:
            return
        try:
            state = job._advance(self.slice_seconds)
        except Exception as error:  # one visitor's training must not end the others'
            job._problem, state = str(error), FAILED
        if state != RUNNING:
            self._move(job, state, (RUNNING,))

    def _move(self, job: Job, state: str, allowed: tuple[str, ...]) -> None:
        """Change a job's state if it is in one of the allowed ones, and its place in the queue with it."""
        with self._changed:
            if job._state not in allowed:
                return
            job._state = state
            job._marks.clear()
            self._jobs.remove(job)
            if state in ENDED:
                job._let_go()
            else:
                self._jobs.append(job)
            self._changed.notify()

    def _look_around(self) -> None:
        """Note whose tab is open, and forget who has been away for too long."""
        now = self.clock()
        if now - self._looked < LOOK_EVERY:
            return
        self._looked = now
        for job in list(self._latest.values()):
            if any(self.is_open(tab) for tab in job._tabs):
                job._seen = now
            elif now - job._seen > self.patience_seconds:
                self._forget(job)
        ended = [job for job in self._latest.values() if job._state in ENDED]
        for job in sorted(ended, key=lambda job: job._seen)[: max(0, len(ended) - self.keep)]:
            self._forget(job)

    def _forget(self, job: Job) -> None:
        job.stop()
        del self._latest[job.owner]

    def _place(self, job: Job) -> int | None:
        with self._changed:
            waiting = [other for other in self._jobs if other._state == WAITING]
            return waiting.index(job) + 1 if job in waiting else None
