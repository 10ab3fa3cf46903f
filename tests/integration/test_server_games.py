"""Games through a served Paddock: flown by hand, nudged, recorded, seen again."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from python_training.testing.chaser import chaser
from python_training.testing.runs import wait_for

SEATS = [
    {"pilot": {"kind": "person"}},
    {"pilot": {"kind": "genome", "genome": chaser(), "name": "chaser.json"}},
    {"pilot": {"kind": "scripted", "name": "ace"}, "team": 1},
]


def ship(frame: dict[str, Any], number: int = 0) -> dict[str, Any]:
    """The hull of the ship with that serial number."""
    return next(
        shape
        for layer in frame["layers"]
        for shape in layer.get("shapes", ())
        if shape.get("id") == f"ship-{number}-hull"
    )


@pytest.fixture
def game(server: Any) -> Any:
    """A game that is there to be watched."""
    made = server.post("/api/v1/sessions", {"world": "arena", "seats": SEATS, "seed": 7})
    assert made.status_code == 201, made.text
    return made.json()


@pytest.mark.parametrize("server", ["eventlet", "threading"], indirect=True)
def test_a_game_is_flown_nudged_recorded_and_seen_again(server: Any, listener: Any, game: Any) -> None:
    """Hands move the ship, a nudge reaches its pilots, and the recording replays exactly, in another process."""
    assert (game["kind"], game["world"], game["player"]) == ("game", "arena", "game")
    assert [(seat["kind"], seat["name"], seat["team"]) for seat in game["seats"]] == [
        *[("person", "You", 0), ("genome", "chaser.json", 0), ("scripted", "ace", 1)],
    ]
    session = game["id"]
    assert server.get(f"/api/v1/sessions/{session}").json() == game
    assert listener.call("watch", session=session, fps=60, stills="once") == {"ok": True}
    first = listener.wait("view_frame", session=session)["frame"]
    assert all("shapes" in layer for layer in first["layers"])
    assert list(first["activations"]) == ["1"]
    wait_for(lambda: len(listener.told("view_frame")) > 20, "more frames")
    later = listener.told("view_frame")[-1]["frame"]
    assert [layer["name"] for layer in later["layers"] if "shapes" not in layer] == [
        layer["name"] for layer in first["layers"] if layer["still"]
    ]

    before = ship(later).get("angle", 0.0)
    assert listener.call("session_command", session=session, name="input", args={"turn": 1.0}) == {"state": "accepted"}
    wait_for(lambda: ship(listener.told("view_frame")[-1]["frame"]).get("angle", 0.0) != before, "the ship to turn")
    refused = listener.call("session_command", session=session, name="input", args={"turn": 9})
    assert (refused["state"], refused["error"]["field"]) == ("refused", "turn")

    nudged = listener.call("session_command", session=session, name="nudge", args={"kind": "click", "x": 20, "y": 20})
    assert nudged["state"] == "done"
    assert nudged["result"]["nudge"] == {"kind": "rally", "x": 20.0, "y": 20.0, "seats": [1]}
    assert nudged["result"]["seats"][1]["nudge"]["kind"] == "rally"
    network = server.post(f"/api/v1/sessions/{session}/commands", {"name": "network", "args": {"seat": 1}}).json()
    assert len(network["result"]["nodes"]) == len(listener.told("view_frame")[-1]["frame"]["activations"]["1"])

    live = server.get(f"/api/v1/sessions/{session}/recording")
    assert live.headers["Content-Disposition"] == f'attachment; filename="{session}.recording.json"'
    assert server.ask("DELETE", f"/api/v1/sessions/{session}", json={}).status_code == 204
    kept = server.get(f"/api/v1/sessions/{session}/recording")
    assert len(kept.json()["bouts"][0]["events"]) == 2
    assert str(server.root) not in kept.text

    for replay in ({"session": session}, {"recording": kept.json()}):
        again = server.post("/api/v1/sessions", {"replay": replay, "speed": 20})
        assert again.status_code == 201, again.text
        assert (again.json()["kind"], again.json()["seats"]) == ("replay", game["seats"])
        replayed = again.json()["id"]
        listener.call("watch", session=replayed, fps=60)
        path = f"/api/v1/sessions/{replayed}/commands"

        def exact(path: str = path) -> Any:
            return server.post(path, {"name": "status"}).json()["result"]["replay"]["exact"] is not None

        wait_for(exact, "the replay to end")
        assert server.post(path, {"name": "status"}).json()["result"]["replay"]["exact"] is True
        server.ask("DELETE", f"/api/v1/sessions/{replayed}", json={})


@pytest.mark.parametrize(
    ("body", "status", "field", "told"),
    [
        ({"seats": []}, 400, "seats", "at least 1"),
        ({"seats": [{"pilot": {"kind": "ghost"}}]}, 400, "seats.0.pilot", "ghost"),
        ({"seats": [{"pilot": {"kind": "elite"}}]}, 404, "seats.0.pilot", "No run has left an elite"),
        ({"seats": [{"pilot": {"kind": "policy", "run": "nobody"}}]}, 404, "seats.0.pilot.run", "nobody"),
        ({"seats": [{"pilot": {"kind": "genome", "genome": {"nodes": 3}}}]}, 400, None, "genome: format"),
        ({"seats": [{"pilot": {"kind": "scripted", "name": "acee"}}]}, 404, None, "acee"),
        ({"seats": SEATS, "world_config": {"widht": 3}}, 400, None, "widht"),
        ({"seats": SEATS, "player": "expert"}, 400, None, "a game has seats"),
        ({"replay": {"session": "../../etc"}}, 404, None, "no recording"),
        ({"replay": {"recording": {"bouts": []}}}, 400, None, "tick_s"),
        ({"replay": {}}, 400, "replay", "one of session and recording"),
    ],
)
def test_what_cannot_be_played_is_refused(
    server: Any, body: dict[str, Any], status: int, field: str | None, told: str
) -> None:
    """The error names the field or the pilot."""
    answer = server.post("/api/v1/sessions", body)
    assert answer.status_code == status, answer.text
    assert told in answer.json()["error"]["message"]
    if field is not None:
        assert answer.json()["error"]["field"] == field


def test_worlds_say_whether_their_pilots_can_be_nudged(server: Any) -> None:
    """The arena's can, the rover cannot."""
    worlds = {world["name"]: world for world in server.get("/api/v1/worlds").json()["worlds"]}
    assert (worlds["arena"]["nudges"], worlds["lunabotics"]["nudges"]) == (True, False)


@pytest.mark.slow
@pytest.mark.parametrize("server", ["eventlet", "threading"], indirect=True)
def test_twenty_ships_at_sixty_frames_a_second(server: Any, listener: Any) -> None:
    """A client gets 60 frames a second for a minute, and sees what its hands do within 100 ms."""
    seats = [{"pilot": {"kind": "person"}}, *[{"pilot": SEATS[1]["pilot"], "team": number % 2} for number in range(19)]]
    config = {"sim_duration": 600.0, "fighter": {"hull": 1e9}}
    made = server.post("/api/v1/sessions", {"world": "arena", "seats": seats, "world_config": config, "seed": 7})
    assert made.status_code == 201, made.text
    session = made.json()["id"]
    arrived: list[tuple[float, dict[str, Any]]] = []
    listener.client.on("view_frame", lambda data: arrived.append((time.monotonic(), data["frame"])))
    listener.call("watch", session=session, fps=60, stills="once")
    wait_for(lambda: len(arrived) > 60, "frames")
    start, delays = len(arrived), []
    began = time.monotonic()
    turn = 1.0
    while time.monotonic() - began < 60:
        time.sleep(0.5)
        listener.call("session_command", session=session, name="input", args={"turn": 0.0})
        time.sleep(0.1)
        before = ship(arrived[-1][1]).get("angle", 0.0)
        told = time.monotonic()
        listener.client.emit("session_command", {"session": session, "name": "input", "args": {"turn": turn}})
        turn = -turn
        wait_for(lambda: ship(arrived[-1][1]).get("angle", 0.0) != before, "the ship to turn")  # noqa: B023
        delays.append(time.monotonic() - told)
    rate = (len(arrived) - start) / (time.monotonic() - began)
    size = statistics.mean(len(json.dumps(frame, separators=(",", ":"))) for _, frame in arrived[-100:])
    print(f"{rate:.1f} frames/s of {size:.0f} bytes, input to effect {statistics.median(delays) * 1000:.0f} ms")
    assert rate >= 57
    assert statistics.quantiles(delays, n=20)[-1] < 0.1


def test_paddock_view_opens_a_game_with_a_genome_file(server: Any, tmp_path: Path) -> None:
    """The file goes to the server, a squad of it flies with a person against aces, and the address is printed."""
    (tmp_path / "genome_1.json").write_text(json.dumps(chaser()))
    (tmp_path / "elite_genome_gen5.json").write_text(json.dumps({"genome_file": "genome_1.json"}))
    environment = {**os.environ, "PADDOCK_ROOT": str(server.root), "PADDOCK_PORT": server.url.rpartition(":")[2]}
    options = ["--genome", str(tmp_path / "elite_genome_gen5.json"), "--squad", "2", "--against", "ace", "--fly"]

    def view(*more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "import sys; from backend.cli import main; sys.exit(main())", "view"]
        return subprocess.run([*command, *more], env=environment, capture_output=True, text=True, check=False)

    made = view(*options, "--json")
    assert made.returncode == 0, made.stderr
    told = json.loads(made.stdout)
    assert [(seat["kind"], seat["team"]) for seat in told["seats"]] == [
        *[("person", 0), ("genome", 0), ("genome", 0)],
        *[("scripted", 1)] * 3,
    ]
    assert told["url"].endswith(f"/game/{told['session']}")
    assert server.get(f"/api/v1/sessions/{told['session']}").status_code == 200
    none = view("--latest")
    assert none.returncode == 4
    assert "No run has left an elite" in none.stderr


def test_snakes_of_presets_and_files_play_and_say_why(server: Any, listener: Any) -> None:
    """Their values go with the recording; reasons, steps and looking back work while the game stands still."""
    worlds = {world["name"]: world for world in server.get("/api/v1/worlds").json()["worlds"]}
    game = worlds["battlesnake"]["game"]
    assert (game["sides"], game["clock"], game["max_seats"]) == (False, "turns", 8)
    assert {"default", "training"} <= {each["name"] for each in worlds["battlesnake"]["tuned"]}
    seats = [{"pilot": {"kind": "preset", "name": "default"}}, {"pilot": {"kind": "scripted", "name": "hunter"}}]
    wanted = {"world": "battlesnake", "world_config": {"mode": "wrapped", "width": 7, "height": 7}, "seats": seats}
    made = server.post("/api/v1/sessions", {**wanted, "seed": 7})
    assert made.status_code == 201, made.text
    session = made.json()["id"]
    assert [seat["kind"] for seat in made.json()["seats"]] == ["tuned", "scripted"]

    def tell(name: str, **args: Any) -> dict[str, Any]:
        answer = server.post(f"/api/v1/sessions/{session}/commands", {"name": name, "args": args})
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()["result"]
        return result

    tell("pause")
    at = tell("step", by=5)["tick"]
    assert at >= 5
    assert tell("seek", tick=3)["tick"] == 3
    tell("inspect", seat=0)
    assert listener.call("watch", session=session, fps=60, stills="once") == {"ok": True}
    frame = listener.wait("view_frame", session=session)["frame"]
    assert (frame["tick"], frame["last"], frame["width"]) == (3, at, 7)
    decision = frame["details"]["snake-0"]["decision"]
    assert decision["mode"] in ("greedy", "lookahead", "mcts")
    assert decision["chosen"] in [choice["name"] for choice in decision["choices"] if not choice["note"]]
    assert any(choice["terms"] for choice in decision["choices"])
    assert "decision" not in frame["details"]["snake-1"]

    recording = server.get(f"/api/v1/sessions/{session}/recording").json()
    assert len(next(iter(recording["cast"]["tuned"].values()))["values"]) == 31
    session = server.post("/api/v1/sessions", {"replay": {"recording": recording}}).json()["id"]
    tell("seek", tick=at)
    wait_for(lambda: tell("status")["replay"]["exact"] is True, "the replay says that it is exact")


def test_a_players_file_outside_its_folder_is_refused(server: Any) -> None:
    """The error names the seat's path, and is that of a file which is not there; no session begins."""
    seats = [{"pilot": {"kind": "file", "path": "../../../etc/passwd"}}, {"pilot": {"kind": "person"}}]
    answer = server.post("/api/v1/sessions", {"world": "battlesnake", "seats": seats})
    assert answer.status_code == 404
    assert answer.json()["error"]["field"] == "seats.0.pilot.path"
