"""The server beside its own OpenAPI document, with data that schemathesis makes: fitting, and not fitting at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "negative_data_rejection",
)


def held_against_its_document(server: Any, folder: Path, *options: str) -> None:
    """Let schemathesis ask whatever the document allows and forbids; a fault is a failed test that shows its request.

    The one worker that may run hangs, so that no run that is made here trains beside the tests.
    """
    hanging = server.begin(hang_at_step=1)
    pid = server.wait_for_status(hanging, "running")["pid"]
    finished = server.begin(total_steps=10)
    command = [sys.executable, "-m", "schemathesis.cli", "run", str(DOCUMENT), "--url", server.url, "--no-color"]
    # A session may take a minute to start on a busy machine.
    command += ["--generation-deterministic", "--continue-on-failure", "--request-timeout", "120"]
    command += ["--checks", ",".join(CHECKS), *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
    assert "Traceback" not in server.output
    assert server.run(finished)["id"] == finished
    assert server.get("/health").status_code == 200
    server.end()
    os.kill(pid, signal.SIGKILL)


@pytest.mark.timeout(300)
def test_answers_and_statuses_are_those_of_the_document(make_server: Callable[..., Any], tmp_path: Path) -> None:
    """Every parameter and field at, within and beyond its bounds: no 5xx, no status or field that is not described."""
    server = make_server(max_concurrent_runs="1", max_sessions="1")
    held_against_its_document(server, tmp_path, "--phases", "coverage")


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("mode", ["eventlet", "threading"])
def test_no_data_at_all_makes_it_fail(make_server: Callable[..., Any], tmp_path: Path, mode: str) -> None:
    """The same with data drawn at random, and with sequences of requests in which one uses what another made."""
    server = make_server(async_mode=mode, max_concurrent_runs="1", max_sessions="1")
    held_against_its_document(server, tmp_path, "--phases", "coverage,fuzzing,stateful", "--max-examples", "100")
