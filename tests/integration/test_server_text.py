"""Text that is no text is refused at every door of a real server."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"system": "scripted", "name": "\ud800"}, "name"),
        ({"system": "scripted", "notes": "a\x00"}, "notes"),
        ({"system": "scripted", "tags": ["fine", "\udc00"]}, "tags.1"),
        ({"system": "scripted", "preset": "\ud800"}, "preset"),
        ({"system": "ppo", "config": {"env_config": {"deep": [{"x": "\x00"}]}}}, "config.env_config.deep.0.x"),
    ],
)
def test_what_is_no_text_is_refused_at_the_door(server: Any, body: dict[str, Any], field: str) -> None:
    """REST answers 400 with the field, over Socket.IO the acknowledgement is the error; nothing was made."""
    before = server.get("/api/v1/runs").json()["total"]
    answer = server.post("/api/v1/runs", body)
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, field), answer.text
    assert server.get("/api/v1/runs").json()["total"] == before
    assert server.get("/health").status_code == 200


def test_what_is_no_text_is_refused_in_paths_queries_patches_and_messages(server: Any) -> None:
    """Every door has the same rule."""
    run = server.begin(total_steps=1)
    for answer in (
        server.get("/api/v1/runs?q=%00"),
        server.get("/api/v1/runs?tag=a%00b"),
        server.ask("PATCH", f"/api/v1/runs/{run}", json={"notes": "\ud800"}),
        server.post("/config", {"drift": "\ud800"}),
        server.post(f"/api/v1/runs/{run}/commands", {"name": "set", "args": {"drift": "\x00"}}),
    ):
        assert answer.status_code == 400, answer.text
    assert server.get("/api/v1/runs/%00").status_code in (400, 404)
    listener = server.listen()
    assert listener.call("join", run="\x00")["error"]["code"] == "invalid_config"
