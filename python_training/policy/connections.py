"""HTTP connections that only reach where the policy lets a host's name lead."""

from __future__ import annotations

import http.client
import socket
import urllib.request
from collections.abc import Sequence
from typing import Any

from python_training.policy.policy import Policy


def reaching_only(policy: Policy) -> Sequence[urllib.request.BaseHandler]:
    """Handlers for `urllib.request.build_opener`; none where anything may be reached.

    No proxy of the environment is used beside them: behind one, nobody here would see where a name leads.
    """
    if policy.unrestricted:
        return ()

    def connect(address: tuple[str, int], timeout: Any = None, source: Any = None) -> socket.socket:
        numbers = policy.reached(*address)
        for number in numbers[:-1]:
            try:
                return socket.create_connection((number, address[1]), timeout, source)
            except OSError:
                continue
        return socket.create_connection((numbers[-1], address[1]), timeout, source)

    class Plain(http.client.HTTPConnection):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self._create_connection = connect

    class Encrypted(http.client.HTTPSConnection):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self._create_connection = connect

    class PlainHandler(urllib.request.HTTPHandler):
        def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(Plain, request)

    class EncryptedHandler(urllib.request.HTTPSHandler):
        def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(Encrypted, request)

    return urllib.request.ProxyHandler({}), PlainHandler(), EncryptedHandler()
