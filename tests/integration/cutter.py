"""A network that breaks connections at any byte."""

from __future__ import annotations

import contextlib
import random
import socket
import struct
import threading

AT_ONCE_BYTES = 8_000
"""Longest life of a connection: some end within the handshake, most within the points of one event."""

RESET_CONNECTION = struct.pack("ii", 1, 0)


class Cutter:
    """A port that passes bytes on to a server, and breaks each Socket.IO connection after a random number of bytes."""

    def __init__(self, seed: int) -> None:
        self.target = ("127.0.0.1", 0)
        self.cuts = 0
        self.cutting = False
        self._random = random.Random(seed)  # noqa: S311  # cuts are to be the same each time
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                budget = self._random.randrange(AT_ONCE_BYTES)
                threading.Thread(target=self._carry, args=(client, budget), daemon=True).start()

    def _carry(self, client: socket.socket, budget: int) -> None:
        try:
            request = client.recv(4096)
            server = socket.create_connection(self.target, timeout=5)
            server.settimeout(None)
            server.sendall(request)
        except OSError:
            client.close()
            return
        spared = b"/socket.io/" not in request
        threading.Thread(target=self._pass_on, args=(client, server), daemon=True).start()
        with contextlib.suppress(OSError):
            while data := server.recv(4096):
                if self.cutting and not spared and len(data) >= budget:
                    client.sendall(data[:budget])
                    self.cuts += 1
                    break
                budget -= len(data)
                client.sendall(data)
        for line in (client, server):
            with contextlib.suppress(OSError):
                # What is under way is lost, as when a network goes away.
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_CONNECTION)
                line.shutdown(socket.SHUT_RDWR)
            line.close()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(4096):
                sink.sendall(data)

    def close(self) -> None:
        """Take no more connections."""
        self._listening.close()
