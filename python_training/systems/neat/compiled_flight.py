"""Flies bouts without Python: networks, actions and the world's own compiled step in one loop that holds no GIL.

Tick by tick from Python, half the time of two threads went into waiting for each other: some 30 microseconds a tick
are Python's, and every return from a kernel asks for the GIL.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.compiled.kernel import kernel
from python_training.compiled.passable import passable
from python_training.contracts.compiled_step import CompiledStep
from python_training.environments.actions import Scale
from python_training.environments.scaling import scale_outputs
from python_training.systems.neat.kernels import run_networks
from python_training.systems.neat.pack import PackArrays


def fly_compiled(
    step: CompiledStep, pack: PackArrays, owner: NDArray[np.int32], scale: Scale, observations: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Fly every copy of a world to the end of its episode.

    Args:
        step: of the world, which has just been reset.
        pack: networks that all can be run compiled, and fit the world.
        owner: (N,) int32, the network that flies each copy.
        scale: how outputs become actions.
        observations: (N, *observation_shape), those of the reset.

    Returns:
        Undiscounted returns (N,) and the ticks (N,) that each lasted.

    Raises:
        IndexError: an owner is not among the networks.
    """
    copies = len(owner)
    memory = np.zeros((copies, pack.memory_size))
    outputs, actions = np.zeros((copies, pack.outputs)), np.zeros((copies, pack.outputs), dtype=np.float32)
    seen = np.ascontiguousarray(observations.reshape(copies, -1), dtype=np.float32).copy()
    rewards, over = np.zeros(copies), np.zeros(copies, dtype=np.bool_)
    returns, ticks = np.zeros(copies), np.zeros(copies, dtype=np.int64)
    function = passable(step.function, step.world, actions, seen, rewards, over)
    _fly(function, step.world, pack, owner.copy(), memory, scale, seen, outputs, actions, rewards, over, returns, ticks)
    return returns, ticks


@kernel
def _fly(
    step: Any,
    world: Any,
    pack: PackArrays,
    owner: NDArray[np.int32],
    memory: NDArray[np.float64],
    scale: Scale,
    observations: NDArray[np.float32],
    outputs: NDArray[np.float64],
    actions: NDArray[np.float32],
    rewards: NDArray[np.float64],
    over: NDArray[np.bool_],
    returns: NDArray[np.float64],
    ticks: NDArray[np.int64],
) -> None:
    """The loop of `fly_compiled`; a copy that has ended is owned by -1."""
    flying, tick = owner.shape[0], 0
    while flying > 0:
        run_networks(pack, owner, memory, observations, outputs)
        scale_outputs(scale, outputs, actions)
        step(world, actions, observations, rewards, over)
        tick += 1
        for row in range(owner.shape[0]):
            if owner[row] >= 0:
                returns[row] += rewards[row]
                if over[row]:
                    ticks[row] = tick
                    owner[row] = -1
                    flying -= 1
