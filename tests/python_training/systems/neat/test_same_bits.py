"""One genome thinks the same behind every door: bred, played, judged, shown, read from a file, run by neat-python."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gymnasium
import neat
import numpy as np
import pytest
from numpy.typing import NDArray

from python_training.contracts.player import Player
from python_training.environments.evaluate import evaluate
from python_training.systems.neat.activations import ACTIVATION_CODES
from python_training.systems.neat.aggregations import AGGREGATION_CODES
from python_training.systems.neat.bout_executor import open_bout_executor
from python_training.systems.neat.bouts import fly, population_unit
from python_training.systems.neat.flights import network_of_file
from python_training.systems.neat.foreign_network import ForeignNetwork
from python_training.systems.neat.genome_json import encode, read_genome, to_dict, write_genome
from python_training.systems.neat.genome_pilot import genome_pilot
from python_training.systems.neat.genome_record import ConnectionRecord, GenomeRecord, NodeRecord
from python_training.systems.neat.kernels import activate
from python_training.systems.neat.pack import pack_networks
from python_training.systems.neat.policy import CHAMPION, GenomePlayer, load_policy

CLOCK = 1.7e9
"""Seconds since 1970: neighbouring ones are the same number in float32."""


class Clock(gymnasium.Env[NDArray[np.float64], NDArray[np.float32]]):
    """Shows two readings of a clock, a second apart, for ten steps; the reward is the action, so a return tells it."""

    observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (2,), np.float64)
    action_space = gymnasium.spaces.Box(-1.0, 1.0, (1,), np.float32)
    steps = 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin at a reading that the seed chooses."""
        super().reset(seed=seed)
        self.steps, self.began = 0, CLOCK + float(self.np_random.uniform(0, 1))
        return self._readings(), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Let a tenth of a second go by."""
        self.steps += 1
        return self._readings(), float(action[0]), self.steps == 10, False, {}

    def _readings(self) -> NDArray[np.float64]:
        now = self.began + 0.1 * self.steps
        return np.array([now + 1.0, now])


gymnasium.register("TestClock-v0", Clock)
BOX = {"kind": "box", "shape": [1], "low": [-1.0], "high": [1.0]}
FUNCTIONS = [
    *((activation, "sum") for activation in ACTIVATION_CODES),
    *(("tanh", aggregation) for aggregation in AGGREGATION_CODES),
]


def _genome(activation: str = "tanh", aggregation: str = "sum", recurrent: bool = False) -> GenomeRecord:
    """Weights of +1 and -1 on the two inputs of one output; a recurrent one hears itself as well."""
    weights = [(-1, 1.0), (-2, -1.0), *([(0, 0.5)] if recurrent else [])]
    return GenomeRecord(
        genome_id=1,
        inputs=2,
        outputs=1,
        recurrent=recurrent,
        nodes=(NodeRecord(key=0, bias=0.0, response=1.0, activation=activation, aggregation=aggregation),),
        connections=tuple(
            ConnectionRecord(source=source, target=0, weight=weight, enabled=True) for source, weight in weights
        ),
        actions=BOX,
    )


def test_the_difference_of_two_great_numbers_is_seen() -> None:
    """tanh(2.5) and not tanh(0): what float32 would have lost."""
    player = GenomePlayer(_genome())
    player.reset(1, 0)
    (action,) = player.act(np.array([[CLOCK + 1.0, CLOCK]]))
    assert action == np.float32(np.tanh(2.5))
    assert player.activations(0) == [CLOCK + 1.0, CLOCK, float(np.tanh(2.5))]


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, np.int32, np.int64, np.uint8, np.bool_])
def test_numbers_of_any_kind_are_thought_about_in_float64(kind: Any) -> None:
    """A network hears the world's values, whatever type they come in, and as a view that is not contiguous, too."""
    shown = np.array([[1, 0], [0, 0], [1, 1]]).astype(kind)
    player = GenomePlayer(_genome())
    for observations in (shown, np.asfortranarray(shown), np.repeat(shown, 2, axis=1)[:, ::2]):
        player.reset(3, 0)
        expected = [np.float32(np.tanh(2.5)), np.float32(0.0), np.float32(0.0)]
        assert player.act(observations).ravel().tolist() == expected


@pytest.mark.parametrize("recurrent", [False, True], ids=["feed-forward", "recurrent"])
def test_returns_are_equal_behind_every_door(recurrent: bool, tmp_path: Path) -> None:
    """Every activation and aggregation, at three seeds: to the last bit, and not all the same number."""
    genomes = [_genome(*functions, recurrent) for functions in FUNCTIONS]
    seeds = (1, 2, 3)
    unit = population_unit("TestClock-v0", {}, pack_networks([each.compile() for each in genomes]), len(genomes), seeds)
    bred = fly(unit).returns.reshape(len(genomes), len(seeds))
    executor = open_bout_executor("local", threads=2)
    assert np.array_equal(executor.run([unit])[0].returns.reshape(bred.shape), bred)
    executor.close()
    read = [network_of_file(encode(each)) for each in genomes]
    again = population_unit("TestClock-v0", {}, pack_networks(read), len(genomes), seeds)
    assert np.array_equal(fly(again).returns.reshape(bred.shape), bred)
    for genome, returns in zip(genomes, bred, strict=True):
        write_genome(tmp_path / CHAMPION, genome)
        for player in _players(genome, tmp_path):
            played = evaluate(player, "TestClock-v0", seeds=seeds).returns
            assert np.array_equal(played, returns), (genome.nodes, played, returns)
    assert len({row.tobytes() for row in bred}) > 5


def _players(genome: GenomeRecord, checkpoint: Path) -> list[Player]:
    """A genome as a checkpoint, a file, a document of somebody else and a record is played."""
    return [
        load_policy(checkpoint),
        GenomePlayer(read_genome(checkpoint / CHAMPION)),
        genome_pilot(to_dict(genome), Clock.action_space),
        GenomePlayer(genome),
    ]


@pytest.mark.parametrize("functions", FUNCTIONS, ids="-".join)
def test_neat_python_itself_puts_out_the_same(functions: tuple[str, str]) -> None:
    """A network that is left to neat-python, as one with a user's function is, hears and says the same numbers."""
    genome = _genome(*functions)
    compiled = pack_networks([genome.compile()])
    activation, aggregation = functions
    parts = (
        [-1, -2],
        [0],
        [
            (
                0,
                neat.activations.ActivationFunctionSet().get(activation),
                neat.aggregations.AggregationFunctionSet().get(aggregation),
                0.0,
                1.0,
                [(-1, 1.0), (-2, -1.0)],
            )
        ],
    )
    foreign = pack_networks([ForeignNetwork(genome.compile(), neat.nn.FeedForwardNetwork, parts)])
    shown = np.array([[CLOCK + 1.0, CLOCK], [0.5, -0.25]])
    said = []
    for pack in (compiled, foreign):
        outputs = np.zeros((2, 1))
        activate(pack, np.zeros(2, dtype=np.int32), pack.memory(2), shown, outputs)
        said.append(outputs.tobytes())
    assert said[0] == said[1]
