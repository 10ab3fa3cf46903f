from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import neat
import numpy as np
import pytest

from python_training.contracts.errors import CheckpointError, ConfigError
from python_training.environments.actions import BoxActions, ChoiceActions
from python_training.systems.neat.genome_json import to_dict, write_genome
from python_training.systems.neat.genome_record import GenomeRecord
from python_training.systems.neat.neat_genome import genome_of
from python_training.systems.neat.policy import CHAMPION, GenomePlayer, load_policy
from python_training.testing.random_genomes import RandomGenomes, all_functions_config

INPUTS, COPIES = 5, 4
ACTIONS = BoxActions(np.array([-1, -1, 0], np.float32), np.ones(3, np.float32), "least")
OBSERVATIONS = np.random.default_rng(0).uniform(-1, 1, (6, COPIES, INPUTS)).astype(np.float32)


def champion(*, recurrent: bool = False, seed: int = 11) -> tuple[GenomeRecord, neat.DefaultGenome, neat.Config]:
    """A genome that says what its outputs mean, and the bred one behind it."""
    config = all_functions_config(INPUTS, 3)
    made = RandomGenomes(config, seed)
    bred = made.cyclic() if recurrent else made.acyclic()
    return genome_of(bred, config, recurrent=recurrent, actions=ACTIONS.to_dict()), bred, config


@pytest.mark.parametrize("recurrent", [False, True], ids=["feed_forward", "recurrent"])
def test_a_checkpoint_plays_as_its_champion_was_bred(recurrent: bool, tmp_path: Path) -> None:
    """Actions are neat-python's outputs, cut to what the world takes, in every copy by itself."""
    genome, bred, config = champion(recurrent=recurrent)
    write_genome(tmp_path / CHAMPION, genome)
    player = load_policy(tmp_path)
    player.reset(COPIES, seed=0)
    kind = neat.nn.RecurrentNetwork if recurrent else neat.nn.FeedForwardNetwork
    peers = [kind.create(bred, config) for _ in range(COPIES)]
    for seen in OBSERVATIONS:
        outputs = [peer.activate(row.tolist()) for peer, row in zip(peers, seen, strict=True)]
        assert (player.act(seen) == ACTIONS.to_world(np.array(outputs))).all()


def remembering() -> GenomePlayer:
    """A recurrent player whose actions change while it is shown the same."""
    for seed in range(50):
        player = GenomePlayer(champion(recurrent=True, seed=seed)[0])
        player.reset(COPIES, 0)
        if (player.act(OBSERVATIONS[0]) != player.act(OBSERVATIONS[0])).all(axis=0).any():
            return player
    raise AssertionError("no genome remembers anything")


def test_a_reset_forgets() -> None:
    """A new episode begins as the first one did."""
    player = remembering()
    player.reset(COPIES, 0)
    fresh, used = player.act(OBSERVATIONS[0]), player.act(OBSERVATIONS[0])
    player.reset(COPIES, 0)
    assert (player.act(OBSERVATIONS[0]) == fresh).all()
    assert (player.act(OBSERVATIONS[0]) == used).all()
    assert (fresh != used).any()


def test_activations_belong_to_the_drawn_nodes() -> None:
    """Inputs show what was seen, and outputs what the actions were made of; every number is finite."""
    player = GenomePlayer(champion()[0])
    player.reset(COPIES, 0)
    actions = player.act(OBSERVATIONS[0])
    for copy in range(COPIES):
        values = player.activations(copy)
        assert len(values) == len(player.network.nodes)
        assert values[:INPUTS] == OBSERVATIONS[0, copy].tolist()
        assert (ACTIONS.to_world(np.array([values[-3:]])) == actions[copy]).all()
        json.dumps(values, allow_nan=False)


def test_an_import_plays_where_a_world_says_what_outputs_mean() -> None:
    """Without that nobody knows; and the numbers of outputs and inputs have to fit."""
    genome = champion()[0].model_copy(update={"actions": None})
    assert GenomePlayer(genome, ChoiceActions((3,), (0,))).genome is genome
    with pytest.raises(ConfigError, match="does not say what its outputs mean"):
        GenomePlayer(genome)
    with pytest.raises(ConfigError, match="outputs: expected 2, got 3"):
        GenomePlayer(genome, ChoiceActions((2,), (0,)))
    player = GenomePlayer(genome, ACTIONS)
    player.reset(1, 0)
    with pytest.raises(ConfigError, match="inputs: expected 1 observations of 5 numbers, got 1 of 18"):
        player.act(np.zeros((1, 18)))


def test_a_folder_without_a_pilot_is_refused(tmp_path: Path) -> None:
    """Nothing there, or a genome that cannot play: each is a CheckpointError that says why."""
    with pytest.raises(CheckpointError, match=r"champion\.json cannot be read"):
        load_policy(tmp_path)
    document = to_dict(champion()[0])
    for change, reason in (({"actions": None}, "outputs mean"), ({"version": 0}, "version: expected 1")):
        (tmp_path / CHAMPION).write_text(json.dumps({**document, **change}))
        with pytest.raises(CheckpointError, match=reason):
            load_policy(tmp_path)


def test_playing_imports_neither_neat_python_nor_tensorflow() -> None:
    """Watching a pilot fly must not cost seconds of import, nor need what it was bred with."""
    code = (
        "import sys, python_training.systems.neat.policy;"
        "print([name for name in ('neat', 'tensorflow', 'tf_agents', 'ray') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
