"""A Socket.IO client of the barest kind: it sends what it is told to, and reads only when it is told to."""

from __future__ import annotations

import json
import socket
import time
from typing import Any

import websocket


class RawClient:
    """One WebSocket that is connected to the namespace /."""

    def __init__(self, url: str, receive_buffer: int = 8192) -> None:
        self._socket = websocket.create_connection(
            url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket",
            timeout=30,
            sockopt=((socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer),),
        )
        assert self._socket.recv().startswith("0")
        self._socket.send("40")
        assert self._socket.recv().startswith("40")

    def send(self, packet: str | bytes) -> None:
        """Send a packet as it is; bytes as a binary one."""
        self._socket.send(packet, websocket.ABNF.OPCODE_BINARY if isinstance(packet, bytes) else 1)

    def ask(self, number: int, event: str, **data: Any) -> None:
        """Send an event that is to be acknowledged under a number."""
        self.send(f"42{number}{json.dumps([event, data])}")

    def flood(self, packet: str, count: int) -> int:
        """Send a packet so many times, or until the other side takes no more; returns how often it went."""
        self._socket.sock.settimeout(1.0)
        sent = 0
        try:
            while sent < count:
                self.send(packet)
                sent += 1
        except (OSError, websocket.WebSocketException):
            return sent
        finally:
            self._socket.sock.settimeout(30)
        return sent

    def flood_fragments(self, text: str, count: int) -> int:
        """Send one message in parts that never end; returns how many went."""
        try:
            for sent in range(count):
                opcode = websocket.ABNF.OPCODE_CONT if sent else websocket.ABNF.OPCODE_TEXT
                self._socket.send_frame(websocket.ABNF.create_frame(text, opcode, 0))
        except (OSError, websocket.WebSocketException):
            return sent
        return count

    def read(self) -> str:
        """The next packet that is no ping; pings are answered. Raises WebSocketException or OSError at the end."""
        while (packet := self._socket.recv()) == "2":
            self.send("3")
        return str(packet)

    def read_until(self, part: str) -> int:
        """Read packets up to one that has `part` in it; returns the bytes read."""
        received = 0
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline:
            packet = self.read()
            received += len(packet)
            if part in packet:
                return received
        raise AssertionError(f"{part} did not come")

    def answer(self, number: int) -> dict[str, Any]:
        """Read up to the acknowledgement of that number, and return it."""
        prefix = f"43{number}["
        while not (packet := self.read()).startswith(prefix):
            pass
        answer: dict[str, Any] = json.loads(packet[len(prefix) - 1 :])[0]
        return answer

    def is_open(self) -> bool:
        """Whether the server still answers; reads what waits."""
        try:
            self.ask(999_999, "leave", run="any")
            return self.answer(999_999) == {"ok": True}
        except (OSError, websocket.WebSocketException):
            return False

    def close(self) -> None:
        """Disconnect."""
        self._socket.close()
