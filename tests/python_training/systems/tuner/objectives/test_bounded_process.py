from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import psutil
import pytest

from python_training.systems.tuner.objectives.bounded_process import ProgramError, run_bounded


def _python(program: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", program, *arguments]


def _run(argv: list[str], *, timeout_s: float = 30.0, max_output: int = 10_000, stdin: bytes = b"") -> str:
    return run_bounded(argv, stdin=stdin, timeout_s=timeout_s, max_output=max_output)


def test_a_program_reads_and_prints() -> None:
    """Whatever it is given comes through, much of it too."""
    told = b"x" * 300_000
    assert _run(_python("import sys; print(len(sys.stdin.read()))"), stdin=told).strip() == "300000"


def test_a_program_that_does_not_read_is_no_trouble() -> None:
    """Nobody waits for it to take its input."""
    assert _run(_python("print(1)"), stdin=b"x" * 300_000) == "1\n"


def test_arguments_are_no_shell() -> None:
    """What a shell would run is only text."""
    evil = "$(echo hacked); `id` && echo > /tmp/x | cat"
    assert _run(_python("import sys; print(sys.argv[1])", evil)).strip() == evil


def test_a_program_that_takes_too_long_is_killed_with_its_children(tmp_path: Path) -> None:
    """Also the grandchild that it left behind; what it had printed is told."""
    marker = tmp_path / "pid"
    program = (
        "import os, subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(marker)!r}, 'w').write(str(child.pid))\n"
        "print('so far so good', file=sys.stderr, flush=True)\n"
        "time.sleep(600)\n"
    )
    began = time.monotonic()
    with pytest.raises(ProgramError, match=r"killed after 1\.5 s.*so far so good"):
        _run(_python(program), timeout_s=1.5)
    assert time.monotonic() - began < 20
    child = int(marker.read_text())
    deadline = time.monotonic() + 10
    while _lives(child) and time.monotonic() < deadline:
        os.sched_yield()
    assert not _lives(child)


def test_a_program_that_leaves_a_child_holding_its_output_is_not_waited_for() -> None:
    """The time is up for it as for any other."""
    program = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])"
    with pytest.raises(ProgramError, match="killed after"):
        _run(_python(program), timeout_s=1.0)


def test_a_program_that_prints_too_much_is_killed() -> None:
    """Memory is not its to fill."""
    with pytest.raises(ProgramError, match="more than 10000 bytes"):
        _run(_python("while True: print('x' * 1000)"))


def test_a_program_that_fails_is_told_with_its_last_words() -> None:
    """Its exit code and the end of what it printed."""
    with pytest.raises(ProgramError, match=r"ended with 3\..*no such snake"):
        _run(_python("import sys; sys.exit(print('no such snake', file=sys.stderr) or 3)"))


def test_a_program_that_is_none_is_named() -> None:
    """Neither a missing one nor a NUL in an argument ends in a traceback."""
    with pytest.raises(ProgramError, match="'no-such-program' cannot be started"):
        _run(["no-such-program"])
    with pytest.raises(ProgramError, match="cannot be started"):
        _run(_python("pass", "\0"))


def test_secrets_stay_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program sees the environment, but no token."""
    monkeypatch.setenv("PADDOCK_TOKEN", "secret")
    monkeypatch.setenv("PADDOCK_SEEN", "yes")
    shown = _run(_python("import os; print(os.environ.get('PADDOCK_TOKEN'), os.environ['PADDOCK_SEEN'])"))
    assert shown.strip() == "None yes"


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
