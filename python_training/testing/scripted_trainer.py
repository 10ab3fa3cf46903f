"""A trainer without learning: it does as its config says, so that the runtime around it can be tested."""

from __future__ import annotations

import contextlib
import json
import math
import os
import time
from pathlib import Path

import numpy as np

from python_training.contracts.config import SystemConfig
from python_training.contracts.errors import CheckpointError
from python_training.contracts.trainer import Point, Progress
from python_training.contracts.view import Layer, Shape, ViewFrame
from python_training.executors.local import LocalExecutor
from python_training.testing.scripted_config import ScriptedConfig

_STATE = "state.json"


class ScriptedTrainer:
    """A random walk whose whole state is a step, a position and a PCG64 generator."""

    def __init__(self, config: SystemConfig, *, threads: int) -> None:
        assert isinstance(config, ScriptedConfig)
        self._config = config
        self._random = np.random.Generator(np.random.PCG64(config.seed))
        self._step = 0
        self._value = 0.0
        self._resumed = False

    def advance(self) -> Progress:
        """Walk `steps_per_advance` steps."""
        config = self._config
        points = []
        for _ in range(min(config.steps_per_advance, config.total_steps - self._step)):
            points.append(self._walk())
        finished = f"all {config.total_steps} steps were taken" if self._step >= config.total_steps else None
        return Progress(self._step, points, finished, config.total_steps)

    def configure(self, config: SystemConfig) -> None:
        """Take over the live fields."""
        assert isinstance(config, ScriptedConfig)
        self._config = config

    def save(self, folder: Path) -> None:
        """Write state.json, and zeros.bin if `state_bytes` asks for it."""
        self._end_if_told("save")
        broken = self._config.state_nan_from_step is not None and self._step >= self._config.state_nan_from_step
        value = math.nan if broken else self._value
        state = {"step": self._step, "value": value, "random": self._random.bit_generator.state}
        (folder / _STATE).write_text(json.dumps(state))
        if self._config.state_bytes:
            (folder / "zeros.bin").write_bytes(bytes(self._config.state_bytes))

    def load(self, folder: Path) -> None:
        """Read state.json."""
        try:
            state = json.loads((folder / _STATE).read_text())
            self._random.bit_generator.state = state["random"]
            self._step, self._value = state["step"], state["value"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CheckpointError(f"{_STATE} is not the state of a scripted trainer: {error}.") from error
        self._resumed = True

    def view(self) -> ViewFrame | None:
        """The walk's position on a line."""
        self._end_if_told("view")
        ball = Shape("circle", x=5.0 + self._value % 1.0, y=5.0, r=0.5, fill="accent", id="walker")
        ground = Shape("rect", x=5.0, y=5.0, w=10.0, h=10.0, fill="ground")
        return ViewFrame(
            t=float(self._step),
            width=10.0,
            height=10.0,
            layers=(Layer("ground", (ground,), still=True), Layer("walker", (ball,))),
            figures={"Step": self._step, "Value": round(self._value, 6)},
        )

    def close(self) -> None:
        """Nothing is held."""
        self._end_if_told("close")

    def _end_if_told(self, where: str) -> None:
        config = self._config
        if config.end_in == where and config.end_at_step is not None and self._step >= config.end_at_step:
            _end(config.end_by)

    def _walk(self) -> Point:
        config = self._config
        began = time.perf_counter()
        if config.seconds_per_step:
            time.sleep(config.seconds_per_step)
        self._step += 1
        if self._step == config.crash_at_step and (config.crash_when_resumed or not self._resumed):
            raise RuntimeError(f"The config asks for a crash at step {self._step}.")
        self._end_if_told("advance")
        if config.end_in == "thread" and self._step == config.end_at_step:
            with contextlib.closing(LocalExecutor(1)) as executor:
                executor.run(_end, [config.end_by])
        if self._step == config.hang_at_step:
            print(f"hanging at step {self._step}", flush=True)
        while self._step == config.hang_at_step:
            time.sleep(1.0)
        increment = float(self._random.normal())
        self._value += increment + config.drift
        broken = config.nan_from_step is not None and config.nan_from_step <= self._step
        if config.nan_until_step is not None and self._step >= config.nan_until_step:
            broken = False
        values = {
            "value": self._value,
            "noise": float("nan") if broken else increment,
            "steps_per_sec": 1.0 / max(1e-9, time.perf_counter() - began),
        }
        if self._step == config.undeclared_at_step:
            values["undeclared"] = 1.0
        return Point(self._step, values)


def _end(how: str) -> None:
    """Do what foreign code does that ends a process."""
    if how == "os._exit":
        os._exit(0)
    raise {"SystemExit": SystemExit(0), "KeyboardInterrupt": KeyboardInterrupt(), "GeneratorExit": GeneratorExit()}[how]
