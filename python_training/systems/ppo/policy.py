"""The policy as it acts: pure NumPy, so that playing a checkpoint needs no TensorFlow."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from python_training.contracts.errors import CheckpointError
from python_training.environments.actions import Actions, BoxActions, actions_from_dict
from python_training.systems.ppo.mlp import Layer, forward

OBSERVATION_CLIP = 10.0
"""Normalised observations are clipped to this, either way."""
VARIANCE_FLOOR = 1e-8
"""Added to the variance, so that an observation that never changes is not divided by 0."""
FORMAT = 1
WEIGHTS, DESCRIPTION = "policy.npz", "policy.json"


@dataclass(frozen=True, slots=True)
class Policy:
    """What to do, given observations.

    Attributes:
        layers: of the network that puts out the mean action (or the logits of discrete ones); tanh in between.
        log_std: (outputs,), the log of the draws' standard deviation; empty for discrete actions.
        mean, deviation: (observation_size,) float64, what is taken off observations and what they are divided by.
        actions: what the world takes.
    """

    layers: tuple[Layer, ...]
    log_std: NDArray[np.float32]
    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]
    actions: Actions

    def normalise(self, observations: NDArray[Any]) -> NDArray[np.float32]:
        """Observations (N, *shape) as the network takes them, (N, observation_size).

        In float64, whatever the world's own numbers are: the seconds of a clock differ in digits that float32 lacks.
        """
        flat = np.asarray(observations, dtype=np.float64).reshape(len(observations), -1)
        normalised = (flat - self.mean) / self.deviation
        return np.clip(normalised, -OBSERVATION_CLIP, OBSERVATION_CLIP, out=normalised).astype(np.float32)

    def draw(self, normalised: NDArray[np.float32], random: np.random.Generator) -> NDArray[Any]:
        """Raw actions drawn at random: (N, outputs) float32; of choices int64, (N,) or (N, choices)."""
        outputs = forward(self.layers, normalised)
        if not isinstance(self.actions, BoxActions):
            # The largest of logits plus Gumbel noise is a draw from their softmax.
            return self.actions.choose(outputs + random.gumbel(size=outputs.shape))
        drawn: NDArray[Any] = outputs + np.exp(self.log_std) * random.standard_normal(outputs.shape, dtype=np.float32)
        return drawn

    def most_probable(self, normalised: NDArray[np.float32]) -> NDArray[Any]:
        """Raw actions of the greatest probability, in the shapes of `draw`."""
        return self.actions.choose(forward(self.layers, normalised))

    def to_world(self, raw: NDArray[Any]) -> NDArray[Any]:
        """The world's actions (N, *action_shape) for raw ones."""
        return self.actions.to_world(raw)

    def reset(self, num_envs: int, seed: int) -> None:
        """A Player's reset; there is nothing to forget, since nothing is remembered or drawn."""

    def act(self, observations: NDArray[Any], world: Any = None) -> NDArray[Any]:
        """A Player's act: the most probable actions (N, *action_shape) for observations (N, *shape)."""
        return self.to_world(self.most_probable(self.normalise(observations)))

    def save(self, folder: Path) -> None:
        """Write policy.npz (kernel_0, bias_0, ..., log_std, mean, deviation) and policy.json into `folder`."""
        arrays: dict[str, NDArray[Any]] = {"log_std": self.log_std, "mean": self.mean, "deviation": self.deviation}
        for index, (kernel, bias) in enumerate(self.layers):
            arrays |= {f"kernel_{index}": kernel, f"bias_{index}": bias}
        np.savez(folder / WEIGHTS, allow_pickle=False, **arrays)
        description = {
            "format": FORMAT,
            "layers": len(self.layers),
            "activation": "tanh",
            "observation_size": int(self.mean.size),
            "observation_clip": OBSERVATION_CLIP,
            "actions": self.actions.to_dict(),
        }
        (folder / DESCRIPTION).write_text(json.dumps(description, indent=1) + "\n")


def load_policy(folder: Path) -> Policy:
    """Read what `Policy.save` wrote; raises CheckpointError if it is missing or does not fit together."""
    try:
        description = json.loads((folder / DESCRIPTION).read_text())
        if description["format"] != FORMAT:
            raise CheckpointError(f"{DESCRIPTION} has format {description['format']}, expected {FORMAT}.")
        with np.load(folder / WEIGHTS, allow_pickle=False) as arrays:
            read = {name: np.asarray(arrays[name], dtype=np.float32) for name in arrays.files}
            mean, deviation = (np.asarray(arrays[name], dtype=np.float64) for name in ("mean", "deviation"))
        layers = tuple((read[f"kernel_{index}"], read[f"bias_{index}"]) for index in range(int(description["layers"])))
        policy = Policy(layers, read["log_std"], mean, deviation, actions_from_dict(description["actions"]))
        policy.act(np.zeros((1, policy.mean.size), dtype=np.float32))
    except (OSError, ValueError, KeyError, TypeError, IndexError, BadZipFile) as error:
        raise CheckpointError(f"{folder} holds no PPO policy: {error}.") from error
    return policy
