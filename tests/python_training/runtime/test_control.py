from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from python_training.contracts.errors import CommandRefusedError, ControlError, WorkerUnreachableError
from python_training.contracts.view import Layer, Shape, ViewFrame
from python_training.runtime.control import MAX_REQUEST_BYTES, ControlClient, Reply, private_folder, socket_path
from python_training.runtime.control_server import MAX_CONNECTIONS, Command, ControlServer
from python_training.runtime.control_stream import ControlLine, FrameStream
from python_training.testing.runs import wait_for


def _obey(command: Command) -> None:
    """Accept everything, and do what the name says."""
    if command.name == "refuse":
        command.refuse("not today")
        return
    command.accept()
    if command.name == "fail":
        command.fail("it broke", step=3)
    elif command.name != "wait":
        command.done("done so", step=4, result=dict(command.args))


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., ControlServer]]:
    """Starts a server that is closed after the test."""
    servers: list[ControlServer] = []

    def start(on_reply: Callable[[Reply], None] | None = None) -> ControlServer:
        servers.append(ControlServer(socket_path(tmp_path), _obey, on_reply=on_reply))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def _frame(t: float, text: str = "", still: str = "walls") -> ViewFrame:
    """A frame with a layer that moves and one that does not."""
    walls = Layer("field", (Shape("text", text=still),), still=True)
    ship = Layer("ships", (Shape("circle", x=1.23456, r=15.0),))
    return ViewFrame(t, 1000.0, 700.0, (walls, ship), {"Text": text})


class _RawClient:
    """Sends bytes as they are and reads lines."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(5.0)
        self.socket.connect(str(path))
        self._file = self.socket.makefile("rb")

    def ask(self, data: bytes) -> Any:
        self.socket.sendall(data)
        return self.line()

    def line(self) -> Any:
        line = self._file.readline()
        return json.loads(line) if line else None

    def close(self) -> None:
        self._file.close()
        self.socket.close()


@pytest.fixture
def connect() -> Iterator[Callable[[Path], _RawClient]]:
    """Makes raw clients that are closed after the test."""
    with contextlib.ExitStack() as stack:

        def start(path: Path) -> _RawClient:
            client = _RawClient(path)
            stack.callback(client.close)
            return client

        yield start


def test_a_command_is_accepted_and_done(serve: Callable[..., ControlServer]) -> None:
    """A client gets the final answer with its step and result, or the first one if it does not want to wait."""
    client = ControlClient(serve().path)
    assert client.request("save", {"a": 1}, id="mine") == Reply("mine", "save", "done", "done so", {"a": 1}, 4)
    assert client.request("save", wait="accepted").state == "accepted"


def test_refused_and_failed_commands_are_errors(serve: Callable[..., ControlServer]) -> None:
    """The worker's message reaches whoever asked."""
    client = ControlClient(serve().path)
    with pytest.raises(CommandRefusedError, match="not today"):
        client.request("refuse")
    with pytest.raises(CommandRefusedError, match="it broke"):
        client.request("fail")


def test_waiting_ends(serve: Callable[..., ControlServer], tmp_path: Path) -> None:
    """Neither a missing worker nor one that never finishes keeps a client for ever."""
    with pytest.raises(WorkerUnreachableError, match="Nobody answers"):
        ControlClient(tmp_path / "nobody.sock").request("save")
    with pytest.raises(WorkerUnreachableError, match=r"No answer within 0\.05 s"):
        ControlClient(serve().path).request("wait", timeout=0.05)


def test_a_worker_that_ends_says_so(serve: Callable[..., ControlServer]) -> None:
    """Closing the server wakes those who wait."""
    server = serve()
    threading.Timer(0.05, server.close).start()
    with pytest.raises(WorkerUnreachableError, match="ended before it answered"):
        ControlClient(server.path).request("wait")
    assert not server.path.exists()


def test_every_answer_is_reported_before_it_is_sent(serve: Callable[..., ControlServer]) -> None:
    """What the worker journals is complete, refusals included."""
    replies: list[Reply] = []
    client = ControlClient(serve(replies.append).path)
    client.request("save", id="one")
    with pytest.raises(CommandRefusedError):
        client.request("refuse", id="two")
    assert [(reply.id, reply.state) for reply in replies] == [
        ("one", "accepted"),
        ("one", "done"),
        ("two", "refused"),
    ]


def test_ping_is_answered_and_reported_to_nobody(serve: Callable[..., ControlServer]) -> None:
    """Asking whether a worker reacts leaves no trace in its journal."""
    replies: list[Reply] = []
    assert ControlClient(serve(replies.append).path).request("ping").state == "done"
    assert replies == []


@pytest.mark.parametrize(
    "line",
    [
        b"garbage\n",
        b"\xff\xfe\x00\n",
        b"[1, 2]\n",
        b'"save"\n',
        b"{}\n",
        b'{"name": 5}\n',
        b'{"name": "save", "args": [1]}\n',
        b'{"name": "save", "id": 7}\n',
        b'{"name": "' + b"n" * 100 + b'"}\n',
        b'{"name": "save", "id": "' + b"i" * 100 + b'"}\n',
        b"[" * 20_000 + b"\n",
    ],
)
def test_garbage_is_refused_and_the_connection_goes_on(
    serve: Callable[..., ControlServer], connect: Callable[[Path], _RawClient], line: bytes
) -> None:
    """Whatever comes in is answered in words, and the next request on the same connection is served."""
    client = connect(serve().path)
    assert client.ask(line)["state"] == "refused"
    assert client.ask(b'{"name": "save", "id": "x"}\n')["state"] == "accepted"
    assert client.line() == {"id": "x", "name": "save", "state": "done", "message": "done so", "step": 4}


def test_an_endless_request_is_cut_off(
    serve: Callable[..., ControlServer], connect: Callable[[Path], _RawClient]
) -> None:
    """A request beyond the limit is refused without waiting for its end, and others are still served."""
    server = serve()
    client = connect(server.path)
    reply = client.ask(b"x" * (MAX_REQUEST_BYTES + 1))
    assert (reply["state"], client.line()) == ("refused", None)
    assert ControlClient(server.path).request("save").state == "done"


def test_several_requests_in_one_packet_are_all_answered(
    serve: Callable[..., ControlServer], connect: Callable[[Path], _RawClient]
) -> None:
    """Lines are what counts, not packets."""
    client = connect(serve().path)
    client.socket.sendall(b'{"name":"save","id":"1"}\n\n{"name":"save","id":"2"}\n{"name":"sa')
    answers = [client.line()["id"] for _ in range(4)]
    assert client.ask(b've","id":"3"}\n')["id"] == "3"
    assert answers == ["1", "1", "2", "2"]


def test_too_many_connections_are_told_so(
    serve: Callable[..., ControlServer], connect: Callable[[Path], _RawClient]
) -> None:
    """A client that hoards connections cannot exhaust the worker's threads; freed places are given again."""
    server = serve()
    hoard = [connect(server.path) for _ in range(MAX_CONNECTIONS)]
    for client in hoard:
        client.ask(b'{"name": "wait"}\n')
    assert connect(server.path).line()["message"] == "Too many connections."
    hoard.pop().socket.shutdown(socket.SHUT_RDWR)

    def served() -> bool:
        try:
            return ControlClient(server.path).request("save").state == "done"
        except (CommandRefusedError, WorkerUnreachableError):
            return False

    wait_for(served, "a free place")


def test_frames_reach_watchers_until_they_leave(serve: Callable[..., ControlServer]) -> None:
    """Watching is counted, the highest rate is what is wanted, and leaving ends it."""
    server = serve()
    first, second = ControlClient(server.path).frames(10), ControlClient(server.path).frames(60)
    stop = threading.Event()

    def publish() -> None:
        number = 0
        while not stop.wait(0.005):
            number += 1
            server.publish(_frame(number))

    publisher = threading.Thread(target=publish)
    publisher.start()
    numbers = [next(second)["t"] for _ in range(5)]
    next(first)
    assert numbers == sorted(set(numbers))
    assert (server.watchers, server.wanted_fps, server.unserved) == (2, 60.0, False)
    second.close()
    wait_for(lambda: server.wanted_fps == 10.0, "the second watcher to be gone")
    first.close()
    wait_for(lambda: server.watchers == 0, "the first watcher to be gone")
    stop.set()
    publisher.join()


def test_a_watcher_that_does_not_read_never_blocks_training(
    serve: Callable[..., ControlServer], connect: Callable[[Path], _RawClient]
) -> None:
    """Publishing takes no longer because somebody's window hangs; that watcher misses frames, the others do not."""
    server = serve()
    stalled = connect(server.path)
    stalled.ask(b'{"name": "watch", "args": {"fps": 60}}\n')
    frame = _frame(0, text="x" * 1_000_000)
    for _ in range(100):
        server.publish(frame)
    with contextlib.closing(ControlClient(server.path).frames(60)) as frames:
        publisher = threading.Thread(
            target=lambda: server.publish(frame) if wait_for(lambda: server.watchers == 2, "the watcher") else None
        )
        publisher.start()
        assert next(frames)["figures"] == frame.figures
        publisher.join()


@pytest.mark.parametrize("fps", [0, -1, 61, "30", True, None, float("nan")])
def test_an_impossible_rate_is_refused(serve: Callable[..., ControlServer], fps: Any) -> None:
    """Fps is a number above 0 and at most 60."""
    with pytest.raises(CommandRefusedError, match="fps must be a number above 0 and at most 60"):
        next(ControlClient(serve().path).frames(fps))


def test_unwatch_ends_the_stream_but_not_the_connection(
    serve: Callable[..., ControlServer], connect: Callable[[Path], _RawClient]
) -> None:
    """A client may stop watching and go on asking."""
    server = serve()
    client = connect(server.path)
    client.ask(b'{"name": "watch"}\n')
    wait_for(lambda: server.unserved, "the watcher")
    assert client.ask(b'{"name": "unwatch"}\n')["state"] == "accepted"
    assert client.line()["state"] == "done"
    assert server.watchers == 0
    assert client.ask(b'{"name": "save"}\n')["state"] == "accepted"


def test_socket_paths_are_short_and_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However deep a run lies, its socket's path fits into the 108 bytes that Unix allows."""
    deep = tmp_path.joinpath(*["folder-with-a-long-name"] * 10)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert socket_path(deep) != socket_path(deep / "other")
    for runtime_dir in ("", str(tmp_path), str(deep)):
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime_dir)
        assert len(os.fsencode(socket_path(deep))) < 104


def test_a_socket_folder_open_to_others_is_refused(tmp_path: Path) -> None:
    """A folder that somebody else could have prepared is not used."""
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    with pytest.raises(ControlError, match="mode 700, got mode 755"):
        private_folder(shared)
    (tmp_path / "real").mkdir(mode=0o700)
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "real")
    with pytest.raises(ControlError):
        private_folder(link)
    private_folder(tmp_path / "real")


def test_a_socket_left_by_a_dead_worker_is_replaced(serve: Callable[..., ControlServer], tmp_path: Path) -> None:
    """After a kill -9 the next worker listens under the same path."""
    private_folder(socket_path(tmp_path).parent)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as dead:
        dead.bind(str(socket_path(tmp_path)))
    assert ControlClient(serve().path).request("save").state == "done"


def test_what_stands_still_is_sent_once(serve: Callable[..., ControlServer]) -> None:
    """Who wants still layers once gets their shapes with the first frame, when they changed, and on asking."""
    server = serve()
    stream = FrameStream(server.path, 60, "once")
    frames = stream.frames()
    sent: list[tuple[bool, list[bool]]] = []

    def see(still: str) -> None:
        publisher = threading.Thread(
            target=lambda: (
                wait_for(lambda: server.watchers == 1, "the watcher") and server.publish(_frame(0, still=still))
            )
        )
        publisher.start()
        frame = next(frames)
        publisher.join()
        sent.append((frame.stills, ["shapes" in layer for layer in json.loads(frame.text)["layers"]]))

    with contextlib.closing(stream):
        see("walls")
        see("walls")
        see("doors")
        stream.again()
        wait_for(lambda: server.unserved, "the request for another frame")
        see("doors")
    assert sent == [(True, [True, True]), (False, [False, True]), (True, [True, True]), (True, [True, True])]


def test_told_commands_arrive_in_order_and_unanswered(tmp_path: Path) -> None:
    """A control line stays open, sends no answer to anybody, and opens anew when the other side was gone."""
    taken: list[int] = []

    def obey(command: Command) -> None:
        command.accept()
        taken.append(command.args["number"])
        command.done()

    path = socket_path(tmp_path)
    server = ControlServer(path, obey)
    line = ControlLine(path)
    for number in range(200):
        line.tell("input", {"number": number})
    wait_for(lambda: len(taken) == 200, "all of them")
    assert taken == list(range(200))
    server.close()
    with pytest.raises(WorkerUnreachableError):
        line.tell("input", {"number": -1})
    again = ControlServer(path, obey)
    line.tell("input", {"number": 200})
    wait_for(lambda: taken[-1] == 200, "the line to be open again")
    line.close()
    again.close()
