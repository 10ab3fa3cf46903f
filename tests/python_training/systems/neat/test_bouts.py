from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from python_training.contracts.errors import ConfigError, UnknownNameError
from python_training.contracts.seeds import TRAINING_SEEDS_END
from python_training.environments.actions import actions_of
from python_training.environments.open_world import open_world
from python_training.simulators.arena.vector_env import ArenaVectorEnv
from python_training.systems.neat.bouts import Results, WorkUnit, bout_seeds, fly, population_unit
from python_training.systems.neat.kernels import activate

ARENA = ("arena", {"sim_duration": 8.0}, 23, 3)
ROVER = ("lunabotics", {"max_steps_per_episode": 30}, 28, 3)
CART = ("CartPole-v1", {}, 4, 2)
WORLDS = pytest.mark.parametrize(("world", "settings", "inputs", "outputs"), [ARENA, ROVER, CART])


def differences(one: Results, other: Results) -> list[str]:
    """The names of the arrays in which two results are not the same bits."""
    pairs = {"returns": (one.returns, other.returns), "ticks": (one.ticks, other.ticks)}
    assert one.figures.keys() == other.figures.keys()
    pairs |= {name: (values, other.figures[name]) for name, values in one.figures.items()}
    return [name for name, (left, right) in pairs.items() if left.tobytes() != right.tobytes()]


def flown_alone(unit: WorkUnit, bout: int) -> tuple[float, int]:
    """Return and ticks of one bout in a world of its own, by the plainest loop there can be."""
    envs = open_world(unit.world, unit.settings, 1, evaluation=unit.held_out).envs
    owner, memory, outputs = unit.crews[bout], unit.pack.memory(1), np.zeros((1, unit.pack.outputs))
    observation, _ = envs.reset(seed=[int(unit.seeds[bout])])
    total, ticks, over = 0.0, 0, False
    while not over:
        activate(unit.pack, owner, memory, observation, outputs)
        actions = actions_of(envs.single_action_space, zero="least")
        action = actions.to_world(actions.choose(outputs))
        observation, reward, terminated, truncated, _ = envs.step(action)
        total, ticks, over = total + float(reward[0]), ticks + 1, bool(terminated[0] or truncated[0])
    envs.close()
    return total, ticks


@WORLDS
@pytest.mark.parametrize("recurrent", [False, True])
def test_bouts_in_lockstep_are_those_flown_alone(
    random_pack: Any, world: str, settings: Any, inputs: int, outputs: int, recurrent: bool
) -> None:
    """The company that a bout is flown in changes nothing, and what a world does after its end does not count."""
    unit = population_unit(world, settings, random_pack(4, inputs, outputs, recurrent), 4, [7, 8, 9])
    together = fly(unit)
    assert len(together.ticks) == len(unit) == 12
    alone = [flown_alone(unit, bout) for bout in range(len(unit))]
    assert list(zip(together.returns.tolist(), together.ticks.tolist(), strict=True)) == alone


@WORLDS
@pytest.mark.parametrize("parts", [2, 5])
def test_shares_put_together_are_the_whole(
    random_pack: Any, world: str, settings: Any, inputs: int, outputs: int, parts: int
) -> None:
    """However bouts are cut into shares, the results are the same bits in the same order."""
    unit = population_unit(world, settings, random_pack(3, inputs, outputs), 3, [1, 2, 3, 4])
    shares = [unit.share(part, parts) for part in range(parts)]
    assert differences(fly(unit), Results.of_shares([fly(share) for share in shares])) == []


def test_figures_are_what_the_world_reports_at_the_end(random_pack: Any) -> None:
    """A bout's figures are those of the tick that ended it: nobody survives longer than the bout lasted."""
    world, settings, inputs, outputs = ARENA
    results = fly(population_unit(world, settings, random_pack(5, inputs, outputs), 5, [1, 2]))
    assert {"enemies_destroyed", "accuracy", "damage_dealt", "survival_time"} <= results.figures.keys()
    assert results.figures["survival_time"] == pytest.approx(results.ticks * 0.1)
    assert results.ticks.max() == 80


def test_all_networks_of_a_population_fly_at_the_same_seeds(random_pack: Any) -> None:
    """Bouts of a network stand beside each other, and luck is the same for all."""
    unit = population_unit("arena", {}, random_pack(3, 23, 3), 2, [5, 6], opponents=[[2, 0]])
    assert unit.crews.tolist() == [[0, 2], [0, 0], [1, 2], [1, 0]]
    assert unit.seeds.tolist() == [5, 6, 5, 6]


def test_bout_seeds_are_training_seeds_that_differ_by_run_and_generation() -> None:
    """The same run and generation draw the same seeds; no training seed is a held-out one."""
    assert bout_seeds(1, 2, 10) == bout_seeds(1, 2, 10)
    drawn = {seed for run in range(5) for generation in range(5) for seed in bout_seeds(run, generation, 10)}
    assert len(drawn) == 250
    assert max(drawn) < TRAINING_SEEDS_END


def test_networks_meet_in_the_seats_of_a_duel(random_pack: Any) -> None:
    """Seat 1 is flown by the network that the crew names: the duel is that of two players in the plainest loop."""
    pack = random_pack(3, 23, 3)
    settings = {"scenario": "duel", "sim_duration": 6.0}
    unit = WorkUnit("arena", settings, pack, np.array([[0, 1], [2, 1]], np.int32), np.array([3, 4], np.int64))
    results = fly(unit)
    envs = open_world("arena", settings, 2, evaluation=False, autoreset=False).envs
    assert isinstance(envs, ArenaVectorEnv)
    memory, actions = [pack.memory(2), pack.memory(2)], np.zeros((2, 2, 3))
    envs.reset(seed=[3, 4])
    for _ in range(60):
        for seat in range(2):
            outputs = np.zeros((2, 3))
            activate(pack, np.ascontiguousarray(unit.crews[:, seat]), memory[seat], envs.observe(seat), outputs)
            actions[:, seat] = actions_of(envs.single_action_space, zero="least").to_world(outputs)
        envs.step_seats(actions)
    assert results.figures["damage_taken"].tolist() == envs.seat_figures(0)["damage_taken"].tolist()
    assert results.figures["shots_fired"].tolist() == envs.seat_figures(0)["shots_fired"].tolist()


@pytest.mark.parametrize(
    ("world", "settings", "inputs", "crew", "field"),
    [
        ("arena", {}, 22, [0], "env"),
        ("arena", {"sim_dt": -1}, 23, [0], "env_config.sim_dt"),
        ("arena", {"scenario": "squad"}, 23, [0, 0], "env_config"),
        ("CartPole-v1", {}, 4, [0, 0], "env_config"),
        ("CartPole-v1", {"wheels": 3}, 4, [0], "env_config"),
        ("os:path", {}, 4, [0], "env"),
        ("Nowhere-v0", {}, 4, [0], "env"),
    ],
)
def test_unit_that_cannot_be_flown_names_the_field(
    random_pack: Any, world: str, settings: Any, inputs: int, crew: list[int], field: str
) -> None:
    """Networks, seats, settings and worlds that do not fit each other are told before anything is flown."""
    outputs = 2 if world == "CartPole-v1" else 3
    unit = WorkUnit(
        world, settings, random_pack(1, inputs, outputs), np.array([crew], np.int32), np.array([1], np.int64)
    )
    with pytest.raises((ConfigError, UnknownNameError)) as refused:
        fly(unit)
    assert refused.value.field == field
