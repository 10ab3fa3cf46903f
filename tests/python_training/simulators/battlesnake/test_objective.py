"""What the tuner plays: mirrored pairs of the heuristic player, on a small board and greedily, so that it is quick."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from python_training.contracts.errors import ConfigError, PaddockError, UnknownNameError
from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.objective import BattlesnakeObjective
from python_training.simulators.battlesnake.play.matches import play
from python_training.simulators.battlesnake.play.pairs import FIGURES, play_pairs
from python_training.simulators.battlesnake.players.parameters import PARAMETERS
from python_training.simulators.battlesnake.players.player_file import (
    PlayerOptions,
    default_values,
    heuristic,
    read_player_file,
    write_player,
)
from python_training.simulators.battlesnake.players.players import SCRIPTED

SMALL = BattlesnakeConfig(width=7, height=7)
GREEDY = {
    "hybrid.lookahead_depth": 1.0,
    "hybrid.critical_health": 10.0,
    "hybrid.critical_space_ratio": 1.0,
    "hybrid.critical_nearby_enemies": 4.0,
}
SEEDS = np.arange(2**60, 2**60 + 40, dtype=np.int64)


@pytest.fixture(scope="module")
def player_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A player that decides without lookahead."""
    path = tmp_path_factory.mktemp("players") / "greedy.yaml"
    write_player(path, {**default_values(), **GREEDY}, options=PlayerOptions(use_mcts=False))
    return path


def _objective(path: Path, **settings: Any) -> BattlesnakeObjective:
    return BattlesnakeObjective({"player": str(path), "game": {"width": 7, "height": 7}, **settings})


def test_equal_players_are_even_in_every_pair(player_path: Path) -> None:
    """Whoever the seed favours is once the one and once the other."""
    objective = _objective(player_path)
    played = objective.play(objective.start(), objective.start(), SEEDS)
    assert played.scores.tolist() == [0.5] * len(SEEDS)
    assert set(played.figures) == set(FIGURES)


def test_a_pair_is_the_mean_of_its_two_games() -> None:
    """Seats swapped, same seed: scores and figures are those of the games played one by one."""
    pair = [SCRIPTED["hungry"], SCRIPTED["random-safe"]]
    played = play_pairs(SMALL, pair[0], pair[1], SEEDS[:10], threads=2)
    for k, seed in enumerate(SEEDS[:10]):
        score, turns, survival, length = 0.0, 0.0, 0.0, 0.0
        for mine in (0, 1):
            game = play(SMALL, pair, np.array([[mine, 1 - mine]]), np.array([seed]))
            score += 0.5 if game.winner[0] < 0 else float(game.winner[0] == mine)
            turns += game.turns[0]
            survival += game.alive[0, mine]
            length += game.length[0, mine]
        figures = [played.figures[name][k] for name in FIGURES]
        assert [played.scores[k], *figures] == [score / 2, turns / 2, survival / 2, length / 2]


def test_a_pair_depends_on_its_own_seed_alone(player_path: Path) -> None:
    """Cut into shares, and on other threads, it is the same; turned round, the other side has the rest."""
    objective = _objective(player_path)
    better = {**objective.start(), "weights.space": 30.0, "weights.food": 5.0}
    whole = objective.play(better, objective.start(), SEEDS)
    parts = [objective.play(better, objective.start(), SEEDS[k : k + 20]).scores for k in (0, 20)]
    assert np.concatenate(parts).tolist() == whole.scores.tolist()
    other = objective.play(objective.start(), better, SEEDS)
    assert (whole.scores + other.scores).tolist() == [1.0] * len(SEEDS)


def test_players_that_differ_in_their_ties_alone_differ_and_are_equally_good() -> None:
    """Each seed of ties makes another null for the accept rule: the pairs vary and their mean is one half."""
    values = {**default_values(), **GREEDY}
    incumbent = heuristic(values, options=PlayerOptions(use_mcts=False))
    seeds = np.arange(150, dtype=np.int64)
    seen = []
    for tie_seed in (1, 2, 3, 4):
        null = heuristic(values, options=PlayerOptions(use_mcts=False, tie_seed=tie_seed))
        seen.append(play_pairs(SMALL, null, incumbent, seeds, threads=2).scores)
    for scores in seen:
        assert np.mean(scores != 0.5) > 0.1
        assert abs(scores.mean() - 0.5) < 4 * scores.std() / np.sqrt(len(scores))
    assert len({tuple(scores) for scores in seen}) == 4


def test_it_begins_with_the_players_file_and_tunes_all_31(player_path: Path) -> None:
    """Or the named ones and sections; the others keep the file's values, in the file that is written, too."""
    assert len(_objective(player_path).parameters) == 31
    some = _objective(player_path, tune=("traps", "weights.space"))
    assert [each.name for each in some.parameters if each.name.startswith("weights")] == ["weights.space"]
    assert set(some.start()) == {each.name for each in PARAMETERS if each.name.startswith("traps")} | {"weights.space"}
    path = player_path.with_name("tuned.yaml")
    path.write_text(some.config_text({**some.start(), "weights.space": 77.0}, "better"))
    again = read_player_file(path)
    assert again.values["weights.space"] == 77.0
    assert again.values["hybrid.critical_health"] == 10.0
    assert not again.options.use_mcts


def test_opponents_have_names(player_path: Path) -> None:
    """Scripted players and files; whoever was not named is not met."""
    objective = _objective(player_path, opponents=("random-safe", str(player_path)))
    played = objective.play(objective.start(), "random-safe", SEEDS)
    assert played.scores.mean() > 0.8
    assert objective.play(objective.start(), str(player_path), SEEDS).scores.tolist() == [0.5] * len(SEEDS)
    with pytest.raises(UnknownNameError):
        objective.play(objective.start(), "hungry", SEEDS)


def test_a_server_is_an_opponent_like_any_other(player_path: Path, make_snake_server: Callable[..., Any]) -> None:
    """Met by its URL over the official API, from several threads at once; beyond reach, it is told as such."""
    url = make_snake_server("--config", "hungry").url
    objective = _objective(player_path, opponents=(url, "hungry"), timeout_ms=5000)
    with ThreadPoolExecutor(2) as pool:
        there = list(pool.map(lambda seeds: objective.play(objective.start(), url, seeds), (SEEDS[:2], SEEDS[2:4])))
    scores = np.concatenate([each.scores for each in there])
    assert set(scores.tolist()) <= {0.0, 0.25, 0.5, 0.75, 1.0}
    assert scores.mean() > 0.5
    nobody = "http://127.0.0.1:9"
    with pytest.raises(PaddockError, match="127"):
        _objective(player_path, opponents=(nobody,)).play(objective.start(), nobody, SEEDS[:1])


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"player": "no-such-preset"}, "player"),
        ({"opponents": ("hungry", "hungri")}, "opponents.1"),
        ({"opponents": ("ftp://x",)}, "opponents.0"),
        ({"tune": ("weight",)}, "tune"),
        ({"game": {"width": 2}}, "game.width"),
        ({"boards": 3}, "boards"),
    ],
)
def test_settings_amiss_are_named(player_path: Path, settings: dict[str, Any], field: str) -> None:
    """The error's field is the setting's own."""
    with pytest.raises((ConfigError, UnknownNameError)) as refused:
        BattlesnakeObjective({"player": str(player_path), **settings})
    assert refused.value.field == field


def test_values_out_of_range_are_refused_by_name(player_path: Path) -> None:
    """No game is played with a setting that the player's file could not hold."""
    objective = _objective(player_path)
    with pytest.raises(ConfigError) as refused:
        objective.play({**objective.start(), "weights.space": 1e9}, objective.start(), SEEDS)
    assert refused.value.field == "weights.space"


def test_a_tie_seed_is_no_parameter() -> None:
    """It is an option of the player, so that nothing is tuned to luck."""
    assert "tie_seed" in {each.name for each in dataclasses.fields(PlayerOptions)}
    assert not any("tie" in each.name for each in PARAMETERS)
