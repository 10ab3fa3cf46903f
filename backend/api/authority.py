"""The names in `Host` and `Origin`, read by a strict grammar: attacks live on what lenient parsers take."""

from __future__ import annotations

import ipaddress
import re
from typing import NamedTuple

_AUTHORITY = re.compile(
    r"(?:(?P<name>[a-z0-9_](?:[a-z0-9_-]*(?:\.[a-z0-9_-]+)*))|\[(?P<ipv6>[0-9a-f:.]+)\])(?::(?P<port>[0-9]{1,5}))?",
    re.ASCII | re.IGNORECASE,
)
_ORIGIN = re.compile(r"https?://(?P<authority>.+)", re.ASCII | re.IGNORECASE)

MAX_PORT = 65535


class Authority(NamedTuple):
    """A host name in lower case, or an address without brackets, and the port if one is named."""

    name: str
    port: int | None


def authority_of(host: str) -> Authority | None:
    """The authority that the header `host` names; None if it is anything but a host with an optional port.

    No user (`evil@localhost`), no path (`localhost/evil`), no list of two, no port that is not a number, no dot at the
    end, no zone of an IPv6 address.
    """
    match = _AUTHORITY.fullmatch(host)
    if match is None:
        return None
    port = int(match["port"]) if match["port"] else None
    if port is not None and port > MAX_PORT:
        return None
    if match["ipv6"] is None:
        return Authority(match["name"].lower(), port)
    try:
        return Authority(str(ipaddress.IPv6Address(match["ipv6"])), port)
    except ValueError:
        return None


def authority_of_origin(origin: str) -> Authority | None:
    """The authority of a page's `origin`; None for "null" and all that is not `http(s)://host[:port]`."""
    match = _ORIGIN.fullmatch(origin)
    return authority_of(match["authority"]) if match else None
