"""Watching a world through a served Paddock."""

from __future__ import annotations

from typing import Any

import psutil
import pytest

from python_training.testing.runs import wait_for


@pytest.mark.parametrize("server", ["eventlet", "threading"], indirect=True)
def test_a_world_is_watched_steered_and_closed(server: Any, listener: Any) -> None:
    """Frames come while it is watched and not after; commands reach it; everybody hears of its end."""
    made = server.post("/api/v1/sessions", {"world": "lunabotics", "player": "random", "seed": 7})
    assert made.status_code == 201, made.text
    session = made.json()["id"]
    assert [each["id"] for each in server.get("/api/v1/sessions").json()["sessions"]] == [session]

    assert listener.call("watch", session=session, fps=30) == {"ok": True}
    frame = listener.wait("view_frame", session=session)["frame"]
    assert frame.keys() == {"t", "width", "height", "episode", "figures", "layers"}
    wait_for(lambda: len(listener.told("view_frame")) > 10, "more frames")

    assert listener.call("session_command", session=session, name="pause")["state"] == "done"
    refused = listener.call("session_command", session=session, name="fly")
    assert refused["state"] == "refused"
    told = server.post(f"/api/v1/sessions/{session}/commands", {"name": "speed", "args": {"value": 4}}).json()
    assert told["result"]["speed"] == 4
    assert listener.call("unwatch", session=session) == {"ok": True}

    assert server.ask("DELETE", f"/api/v1/sessions/{session}", json={}).status_code == 204
    assert listener.wait("session_ended", session=session)["reason"] == "closed"
    assert listener.call("watch", session=session)["error"]["code"] == "not_found"
    assert server.get("/api/v1/sessions").json()["sessions"] == []


def test_ending_the_server_ends_its_sessions(make_server: Any) -> None:
    """A world without a server to show it would train nobody and never end."""
    server = make_server()
    session = server.post("/api/v1/sessions", {"world": "lunabotics", "player": "random"}).json()
    process = psutil.Process(session["pid"])
    assert server.end() == 0
    assert not process.is_running()


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"world": "moon", "player": "random"}, 400, "world"),
        ({"world": "lunabotics", "player": "nobody"}, 400, "player"),
        ({"player": "random", "speed": 1000}, 400, "speed"),
        ({"player": "policy"}, 404, None),
    ],
)
def test_what_cannot_be_shown_is_refused(server: Any, body: dict[str, Any], status: int, field: str | None) -> None:
    """The error names the field; no process is started."""
    answer = server.post("/api/v1/sessions", body)
    assert answer.status_code == status, answer.text
    assert answer.json()["error"].get("field") == field
