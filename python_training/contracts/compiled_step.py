"""A world's step as compiled code: what those who have the rest of their loop compiled too may rely on."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol, runtime_checkable

from python_training.contracts.seats import SeatedWorld


class CompiledStep(NamedTuple):
    """One step of all N copies of a batched world, to be called from a kernel that knows nothing of that world.

    Attributes:
        function: a kernel `(world, actions, observations, rewards, over)`. It is given actions (N, *action_shape)
            float32, flattened to (N, A), and writes the observations (N, O) float32 where they differ from the last
            ones, the rewards (N,) float64 and whether the episode is over (N,) bool. A copy whose episode is over
            stands still and is rewarded 0. It draws nothing from outside, and releases the GIL.
        world: what it works on, the instance's own state. After the last call the instance can be asked as ever.
    """

    function: Any
    world: Any


@runtime_checkable
class CompiledWorld(SeatedWorld, Protocol):
    """A SeatedWorld in AutoresetMode.DISABLED that hands out its step."""

    def compiled_step(self) -> CompiledStep:
        """The step, bound to this instance."""
        ...
