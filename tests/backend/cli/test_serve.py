"""`paddock serve` says what is wrong with what it is asked to begin, before it serves anything."""

from __future__ import annotations

from typing import Any


def test_preset_that_two_systems_have_names_both(terminal: Any) -> None:
    """PPO and NEAT have a preset `lunabotics` each: neither is guessed."""
    said = terminal.run("serve", "--ensure-run", "lunabotics")
    assert said.code != 0
    assert "'lunabotics' fits 2 presets." in said.err
    assert "ppo/lunabotics" in said.err
    assert "neat/lunabotics" in said.err


def test_preset_that_nobody_has_is_answered_with_the_nearest(terminal: Any) -> None:
    """A slip of the finger gets the right name, in full."""
    said = terminal.run("serve", "--ensure-run", "ppo/lunabotic")
    assert said.code != 0
    assert "ppo/lunabotics" in said.err
