"""Serving. `serve(settings)` makes the calling process the web process; `python -m backend.server` is that process.

With eventlet the standard library must be patched before anything is imported that holds a lock or a socket, pydantic
included. Whoever calls `serve` has imported such things already, so `serve` starts the interpreter anew in the same
process (exec): same pid, same terminal, same signals. Nothing here imports more than the standard library.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.request
import webbrowser
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from backend.settings import Settings
    from python_training.contracts.errors import PaddockError

PROBE_TIMEOUT_S = 2.0
ANY_ADDRESS = frozenset({"0.0.0.0", "::"})  # noqa: S104  # to recognise, not to bind


def serve(settings: Settings, *, ensure_preset: tuple[str, str] | None = None, open_browser: bool = False) -> int:
    """Serve until SIGTERM or Ctrl+C; runs are left running, and the exit code is 0.

    Returns only if a Paddock serves on that port already: its URL is printed then. Otherwise the calling process
    becomes the web process, which ends with exit code 2 and a line on stderr if something else has taken the port.

    Args:
        settings: the settings in force, arguments of the command line included.
        ensure_preset: system and preset of a run to begin unless one is active already.
        open_browser: show the dashboard in a browser.
    """
    running = running_paddock(settings)
    if running is None:
        ensure = ["--ensure-run", *ensure_preset] if ensure_preset else []
        become_server([*ensure, *(["--open"] if open_browser else [])], settings.to_environment())
    print(f"Paddock is at {running} already.", flush=True)
    if open_browser:
        webbrowser.open(running)
    return 0


def become_server(arguments: Sequence[str], variables: Mapping[str, str]) -> NoReturn:
    """Turn this process into the web process, with further environment variables."""
    sys.stdout.flush()
    sys.stderr.flush()
    command = [sys.executable, "-m", "backend.server", *arguments]
    os.execve(sys.executable, command, {**os.environ, **variables})  # noqa: S606  # this very interpreter, no shell


def report(error: PaddockError) -> int:
    """Print why serving was not possible; returns the exit code."""
    print(f"{error.message} {error.hint or ''}".strip(), file=sys.stderr)
    return 2


def url_of(host: str, port: int) -> str:
    """Where a browser on this machine finds a server that listens on `host`."""
    if host in ANY_ADDRESS or host == "127.0.0.1":
        host = "localhost"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def running_paddock(settings: Settings) -> str | None:
    """The URL of a Paddock that listens on host and port of `settings` already, None if there is none."""
    if settings.port == 0:
        return None
    url = url_of(settings.host, settings.port)
    asked = url.replace("localhost", "127.0.0.1")
    # A proxy of the environment has no business between two processes of one machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{asked}/health", timeout=PROBE_TIMEOUT_S) as answer:
            told = json.loads(answer.read(10_000))
    except (OSError, ValueError):
        return None
    return url if isinstance(told, dict) and told.get("app") == "paddock" else None
