"""A heuristic player's file: read back as written, and refused by the name of what is wrong."""

from __future__ import annotations

import os

import pytest
import yaml

from python_training.contracts.errors import ConfigError, UnknownNameError
from python_training.simulators.battlesnake.players.parameters import PARAMETERS
from python_training.simulators.battlesnake.players.player_file import (
    PlayerOptions,
    default_values,
    heuristic,
    player_hash,
    read_player,
    read_player_file,
    write_player,
)
from python_training.simulators.battlesnake.players.roster import player, player_names, preset, preset_paths


@pytest.fixture
def document():
    """What the file of the default player holds, to be spoilt."""
    return yaml.safe_load(preset_paths()["default"].read_text())


@pytest.fixture
def refused(tmp_path, document):
    """`refused()` is the error for the document as it is now."""

    def read():
        path = tmp_path / "snake.yaml"
        path.write_text(yaml.safe_dump(document))
        with pytest.raises(ConfigError) as caught:
            read_player(path)
        return caught.value

    return read


def test_there_are_31_parameters_with_a_default_in_range_and_a_meaning():
    """As the design counts them, each under a name of its own."""
    assert len({each.name for each in PARAMETERS}) == 31
    for each in PARAMETERS:
        assert each.low <= each.default <= each.high
        assert each.doc.endswith(".")


def test_what_is_written_is_what_is_read(tmp_path):
    """Values to the last bit, options and summary; whoever opens the file finds ranges and meanings."""
    values = {each.name: each.low if each.integer else each.low + (each.high - each.low) / 3 for each in PARAMETERS}
    options = PlayerOptions('says "hello": yes', use_mcts=False, tie_seed=77)
    write_player(tmp_path / "mine.yaml", values, "First line\nsecond", options)
    read = read_player_file(tmp_path / "mine.yaml")
    assert dict(read.values) == values
    assert read.options == options
    text = (tmp_path / "mine.yaml").read_text()
    assert text.startswith("# First line\n# second\n")
    for each in PARAMETERS:
        assert f"{each.low:g} to {each.high:g}" in text
        assert each.doc in text
    assert read_player(tmp_path / "mine.yaml") == heuristic(values, "mine", options)


def test_an_unknown_parameter_is_refused_with_the_nearest_name(document, refused):
    """A misspelt key does not silently leave the default in force."""
    document["weights"]["spcae"] = document["weights"].pop("space")
    error = refused()
    assert error.field == "weights.spcae"
    assert "weights.space" in error.hint


def test_an_unknown_section_is_refused(document, refused):
    """Also one that only the tuner has."""
    document["optimization"] = {"rate": 1}
    assert refused().field == "optimization"


def test_a_missing_parameter_is_refused(document, refused):
    """All 31 must be said."""
    del document["traps"]["food_trap"]
    error = refused()
    assert error.field == "traps.food_trap"
    assert "nothing" in error.message


@pytest.mark.parametrize("value", [0.0, 1000.5, "much", None, True, float("nan"), float("inf"), [1]])
def test_a_value_out_of_range_is_refused(document, refused, value):
    """The error says what the parameter takes and what came."""
    document["weights"]["space"] = value
    error = refused()
    assert error.field == "weights.space"
    assert "from 0.1 to 1000" in error.message


def test_an_integer_takes_whole_numbers_only(document, refused):
    """Two and a half turns cannot be looked ahead."""
    document["hybrid"]["lookahead_depth"] = 2.5
    assert "whole number" in refused().message


@pytest.mark.parametrize(("key", "value"), [("use_mcts", 1), ("tie_seed", -1), ("tie_seed", True), ("summary", 3)])
def test_a_faulty_option_is_refused(document, refused, key, value):
    """Options have one type each."""
    document["player"][key] = value
    assert refused().field == f"player.{key}"


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    """A full disk or a crash never leaves half a player, nor a stray file."""
    path = tmp_path / "best.yaml"
    write_player(path, default_values())
    before = path.read_text()

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_player(path, {**default_values(), "weights.space": 1.0})
    assert path.read_text() == before
    assert [each.name for each in tmp_path.iterdir()] == ["best.yaml"]


def test_every_preset_is_a_player_of_its_own():
    """Each file in config/presets/battlesnake is read, has a summary and plays by other numbers than the rest."""
    presets = preset_paths()
    assert {"default", "training", "mcts", "detuned"} <= set(presets)
    assert len({player_hash(player(name)) for name in presets}) == len(presets)
    assert all(preset(name).options.summary for name in presets)
    assert preset("mcts").options.use_mcts
    assert not preset("training").options.use_mcts


def test_a_player_is_found_by_name_and_by_file(tmp_path):
    """Scripted players, presets with either dash, files; anything else is unknown, with a proposal."""
    write_player(tmp_path / "mine.yaml", default_values())
    assert player("space_filler").name == "space-filler"
    assert player("default").name == "default"
    assert player(str(tmp_path / "mine.yaml")).name == "mine"
    assert {"territorial", "training"} <= set(player_names())
    with pytest.raises(UnknownNameError) as caught:
        player("trainnig")
    assert "training" in caught.value.hint
    with pytest.raises(ConfigError):
        player(str(tmp_path / "none.yaml"))


def test_the_hash_is_of_what_a_player_does():
    """A name changes nothing, a value and the seed of ties do."""
    values = default_values()
    base = player_hash(heuristic(values, "a"))
    assert player_hash(heuristic(values, "b")) == base
    assert player_hash(heuristic({**values, "weights.space": 1.0})) != base
    assert player_hash(heuristic(values, options=PlayerOptions(tie_seed=1))) != base
