"""`paddock log`: what happened to a run and what its process printed."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from backend.cli.exits import help_end
from backend.cli.locate import RunName, find_run
from python_training.runtime.output import shown

commands = typer.Typer()

POLL_S = 0.5
_BLOCK = 65_536


@commands.command(
    epilog=help_end("paddock log newest", "paddock log newest --lines 500", "paddock log newest --follow")
)
def log(
    run: RunName,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="The last so many lines.")] = 50,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as more is written, until Ctrl+C.")] = False,
) -> None:
    """Print the log of a run: its events, its key metrics every ten seconds, and what its process printed."""
    folder = find_run(run)
    path = folder.log_path
    text, at = _tail(path, lines)
    _print(text)
    while follow:
        time.sleep(POLL_S)
        text, at = _since(path, at)
        _print(text)


def _tail(path: Path, lines: int) -> tuple[str, int]:
    """The last `lines` of a file, and where it ends."""
    try:
        with path.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            start = _start_of(file, end, lines)
            file.seek(start)
            return file.read(end - start).decode(errors="replace"), end
    except FileNotFoundError:
        return "", 0


def _start_of(file: BinaryIO, end: int, lines: int) -> int:
    """Where the last `lines` before `end` begin; read from behind, since a log may be large."""
    at, wanted = end, lines + 1  # the last line ends with a newline of its own
    while at > 0:
        size = min(_BLOCK, at)
        at -= size
        file.seek(at)
        block = file.read(size)
        if block.count(b"\n") >= wanted:
            for _ in range(wanted - 1):
                block = block[: block.rindex(b"\n")]
            return at + block.rindex(b"\n") + 1
        wanted -= block.count(b"\n")
    return 0


def _since(path: Path, at: int) -> tuple[str, int]:
    """What was written after `at`, and where the file ends now; from its start if it was emptied meanwhile."""
    try:
        with path.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(at if end >= at else 0)
            text = file.read()
            return text.decode(errors="replace"), file.tell()
    except FileNotFoundError:
        return "", 0


def _print(text: str) -> None:
    # Foreign code printed it: its escape codes are shown, not obeyed.
    for line in text.splitlines():
        print(shown(line), flush=True)
