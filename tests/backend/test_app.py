"""The wiring: what an app that has not been started yet can do, and that it leaves nothing behind."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.app import Paddock, create_app
from backend.settings import load_settings


@pytest.fixture
def paddock(tmp_path: Path) -> Iterator[Paddock]:
    """A wired web process on an empty folder."""
    wired = create_app(
        load_settings(
            async_mode="threading",
            logs_dir=tmp_path / "logs",
            checkpoints_dir=tmp_path / "checkpoints",
            database_url=f"sqlite:///{tmp_path}/paddock.db",
            static_dir=tmp_path / "dashboard",
            feed_interval_s=0.01,
            scan_interval_s=0.01,
        )
    )
    yield wired
    wired.close()


def test_folders_are_made(paddock: Paddock) -> None:
    """A first start needs no preparation."""
    assert paddock.settings.logs_dir.is_dir()
    assert paddock.settings.checkpoints_dir.is_dir()


def test_an_empty_paddock_answers(paddock: Paddock) -> None:
    """Without any run every short endpoint still has an answer of its usual form."""
    client = paddock.app.test_client()
    assert client.get("/health").json["run"] is None  # type: ignore[index]
    assert client.get("/metrics").json == {"run": None, "step": None, "t": None, "values": {}}
    assert client.get("/history").json == {"run": None, "history": []}
    assert client.get("/config").json == {"run": None, "system": None, "config": {}}
    assert client.get("/api/v1/runs").json == {"runs": [], "total": 0}
    for path in ("/control/stop", "/control/save"):
        answer = client.post(path, json={})
        assert answer.status_code == 404
        assert answer.json["error"]["hint"]  # type: ignore[index]


def test_an_unexpected_error_is_json_too(paddock: Paddock, caplog: pytest.LogCaptureFixture) -> None:
    """The client learns nothing of the server's inside; the log learns all."""
    paddock.app.add_url_rule("/broken", view_func=lambda: 1 / 0)
    answer = paddock.app.test_client().get("/broken")
    assert answer.status_code == 500
    assert answer.json["error"]["code"] == "internal_server_error"  # type: ignore[index]
    assert b"division" not in answer.data
    assert "ZeroDivisionError" in caplog.text


def test_closing_ends_every_loop(paddock: Paddock) -> None:
    """Nothing runs on after `close`, and the next server can supervise."""
    before = threading.active_count()
    paddock.start()
    assert threading.active_count() > before
    paddock.close()
    assert threading.active_count() == before
    assert not paddock.supervisor.holds_lease
    paddock.close()
