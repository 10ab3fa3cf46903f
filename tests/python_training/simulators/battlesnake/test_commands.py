"""What the world adds to the command line, typed as a person types it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path


def paddock(*arguments, text=""):
    """Run `paddock battlesnake ...` with `text` on its standard input."""
    return subprocess.run(
        [Path(sys.executable).with_name("paddock"), "battlesnake", *arguments],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )


def test_step_is_the_door():
    """A line on standard input is answered on standard output; exit code 1 when a line was refused."""
    snake = {"id": "a", "health": 50, "body": [{"x": 5, "y": 5}]}
    good = {"ruleset": "solo", "board": {"width": 11, "height": 11, "snakes": [snake]}, "moves": {"a": "up"}}
    done = paddock("step", text=f"{json.dumps(good)}\nnonsense\n")
    first, second = (json.loads(reply) for reply in done.stdout.splitlines())
    assert first["gameOver"] is False
    assert second["error"]["code"] == "invalid_line"
    assert done.returncode == 1
    assert done.stderr == ""
