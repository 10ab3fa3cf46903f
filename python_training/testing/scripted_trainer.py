"""A trainer without learning: it does as its config says, so that the runtime around it can be tested."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np

from python_training.contracts.config import SystemConfig
from python_training.contracts.errors import CheckpointError
from python_training.contracts.trainer import Point, Progress
from python_training.contracts.view import Layer, Shape, ViewFrame
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
        state = {"step": self._step, "value": self._value, "random": self._random.bit_generator.state}
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

    def _walk(self) -> Point:
        config = self._config
        began = time.perf_counter()
        if config.seconds_per_step:
            time.sleep(config.seconds_per_step)
        self._step += 1
        if self._step == config.crash_at_step and (config.crash_when_resumed or not self._resumed):
            raise RuntimeError(f"The config asks for a crash at step {self._step}.")
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
