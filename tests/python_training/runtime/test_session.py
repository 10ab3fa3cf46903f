from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import pytest

from python_training.contracts.errors import CommandRefusedError, WorkerUnreachableError
from python_training.runtime.control import ControlClient, socket_path

PATIENCE_S = 60.0

Start = Callable[..., tuple[subprocess.Popen[str], ControlClient]]


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Start a session of the expert (or of what is given instead) as a process, and wait for its socket."""
    root = tmp_path_factory.mktemp("sessions")
    started: list[subprocess.Popen[str]] = []

    def begin(**changes: Any) -> tuple[subprocess.Popen[str], ControlClient]:
        folder = root / f"session-{len(started)}"
        folder.mkdir()
        spec = {
            "id": folder.name,
            "folder": str(folder),
            "world": "lunabotics",
            "player": {"kind": "scripted", "name": "expert"},
            "seed": 7,
            "speed": 20,
            "fps": 60,
            **changes,
        }
        path = folder / "spec.json"
        path.write_text(json.dumps(spec))
        process = subprocess.Popen(
            [sys.executable, "-m", "python_training.runtime.session", str(path)],
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        deadline = time.monotonic() + PATIENCE_S
        while process.poll() is None and not socket_path(folder).exists():
            assert time.monotonic() < deadline, "the session did not begin"
            time.sleep(0.02)
        return process, ControlClient(socket_path(folder))

    yield begin
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def shared(start: Start) -> ControlClient:
    """A session that several tests use one after the other: starting one takes a second or two."""
    return start(idle_s=600)[1]


@pytest.fixture
def client(shared: ControlClient) -> ControlClient:
    """A session at the beginning of the episode with seed 7, playing at full speed."""
    shared.request("speed", {"value": 20})
    shared.request("play")
    shared.request("restart", {"seed": 7})
    return shared


def first_frames(client: ControlClient, count: int) -> list[dict[str, Any]]:
    """The first frames that a new watcher gets."""
    stream = client.frames(fps=60)
    try:
        return list(islice(stream, count))
    finally:
        stream.close()


def status(client: ControlClient) -> dict[str, Any]:
    """What the session says of itself."""
    return dict(client.request("status").result)


def test_frames_stream_and_move(client: ControlClient) -> None:
    """A watcher sees the world go on, with the session's own figures beside the world's."""
    frames = first_frames(client, 10)
    times = [frame["t"] for frame in frames]
    assert times == sorted(times)
    assert times[0] < times[-1]
    assert frames[0]["figures"]["Seed"] == 7
    assert {"Return", "Orbs delivered"} <= set(frames[0]["figures"])
    assert "Policy step" not in frames[0]["figures"]


def test_equal_seeds_give_equal_frames(start: Start, client: ControlClient) -> None:
    """Restarted at its seed a session shows what it showed before, and another session shows the same."""
    client.request("speed", {"value": 2})
    seen = []
    for each in (client, client, start(speed=2)[1]):
        each.request("restart", {"seed": 11})
        by_time = {frame["t"]: frame for frame in first_frames(each, 12)}
        seen.append({t: (frame["layers"], frame["figures"]) for t, frame in by_time.items()})
    common = seen[0].keys() & seen[1].keys() & seen[2].keys()
    assert len(common) >= 5
    assert all(seen[0][t] == seen[1][t] == seen[2][t] for t in common)


def test_another_seed_gives_another_world(client: ControlClient) -> None:
    """Restarting at another seed draws another layout."""
    client.request("pause")
    pictures = []
    for seed in (1, 2):
        client.request("restart", {"seed": seed})
        pictures.append(first_frames(client, 1)[0]["layers"])
    assert pictures[0] != pictures[1]


def test_paused_session_stands_still_and_shows_itself_to_newcomers(client: ControlClient) -> None:
    """Paused, a new watcher gets one frame at once, of the time at which it was paused; play goes on."""
    first_frames(client, 3)
    assert client.request("pause").result["playing"] is False
    one, two = first_frames(client, 1)[0], first_frames(client, 1)[0]
    assert one["t"] == two["t"]
    client.request("play")
    assert first_frames(client, 5)[-1]["t"] > one["t"]


def test_speed_changes_how_fast_world_time_runs(client: ControlClient) -> None:
    """At speed 20 more world time passes within the same time of the clock than at 0.5."""
    client.request("speed", {"value": 0.5})

    def world_seconds_in(seconds: float) -> float:
        stream = client.frames(fps=60)
        began, first, last = time.monotonic(), None, 0.0
        for frame in stream:
            first, last = frame["t"] if first is None else first, frame["t"]
            if time.monotonic() - began > seconds:
                break
        stream.close()
        assert first is not None
        return last - first

    slow = world_seconds_in(1.0)
    assert client.request("speed", {"value": 10}).result["speed"] == 10
    assert world_seconds_in(1.0) > 4 * slow


def test_episode_that_ends_is_followed_by_one_at_the_next_seed(start: Start) -> None:
    """Seeds count up, and the frame says that it is another episode."""
    _, client = start(world_config={"max_steps_per_episode": 5}, speed=2)
    stream = client.frames(fps=60)
    # A busy machine may skip the frames of a whole episode, but never miscount them.
    seeds: dict[int, set[int]] = {}
    while len(seeds) < 3:
        frame = next(stream)
        seeds.setdefault(frame["episode"], set()).add(frame["figures"]["Seed"])
    stream.close()
    assert all(found == {7 + episode} for episode, found in seeds.items())
    assert 0 in seeds


@pytest.mark.parametrize(
    ("name", "args", "told"),
    [
        ("speed", {"value": 1000}, "less than or equal to 20"),
        ("speed", {"value": "fast"}, "fast"),
        ("restart", {"seed": -1}, "seed: .*greater than or equal to 0"),
        ("jump", {}, "no command 'jump'"),
    ],
)
def test_wrong_commands_are_refused(client: ControlClient, name: str, args: dict[str, Any], told: str) -> None:
    """A refusal says what was expected and what came, and the session goes on."""
    with pytest.raises(CommandRefusedError, match=told):
        client.request(name, args)
    assert status(client)["seed"] == 7


def test_session_ends_when_nobody_watches(start: Start) -> None:
    """Unwatched for idle_s it ends with 0 and takes its socket away."""
    process, client = start(idle_s=0.2)
    assert process.wait(timeout=PATIENCE_S) == 0
    assert process.stderr is not None
    assert process.stderr.read().endswith("Ended: idle.\n")
    with pytest.raises(WorkerUnreachableError):
        client.request("status")


def test_close_ends_it(start: Start) -> None:
    """`close` is answered, then the process ends with 0."""
    process, client = start()
    assert client.request("close").state == "done"
    assert process.wait(timeout=PATIENCE_S) == 0


@pytest.mark.parametrize(
    ("changes", "code", "told"),
    [
        ({"speed": 50}, 3, "speed: Input should be less than or equal to 20"),
        ({"world": "lunabotcs"}, 4, "lunabotcs"),
        ({"player": {"kind": "scripted", "name": "exprt"}}, 4, "exprt"),
        ({"player": None}, 3, "expected one of player, cast and replay"),
        ({"world_config": {"orbs": 2}}, 3, "orbs"),
        ({"player": {"kind": "policy", "run_dir": "/nowhere/ppo-1", "checkpoints_dir": "/nowhere"}}, 4, "ppo-1"),
    ],
)
def test_what_cannot_be_shown_ends_with_its_reason(start: Start, changes: dict[str, Any], code: int, told: str) -> None:
    """The exit code says what kind of mistake it is, and the last line on stderr which."""
    process, _ = start(**changes)
    assert process.wait(timeout=PATIENCE_S) == code
    assert process.stderr is not None
    assert told in process.stderr.read().splitlines()[-1]


def test_a_session_never_imports_tensorflow() -> None:
    """Sessions are light: playing an episode loads neither TensorFlow nor TF-Agents."""
    code = (
        "import sys, python_training.runtime.session, python_training.runtime.session_loop;"
        "from python_training.environments.playback import Playback;"
        "from python_training.runtime.players import scripted_player;"
        "p = Playback('lunabotics', {}, 1); p.begin(scripted_player(p.world, 'expert')); p.step(); p.frame();"
        "print([name for name in ('tensorflow', 'tf_agents', 'torch', 'flask') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
