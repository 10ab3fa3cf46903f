"""Hosts that a config from the network may reach: which are listed, and where their names may lead.

A name that the operator has listed is still resolved by somebody else's server: it must not lead into this machine or
its private network (DNS rebinding), unless the operator has listed that network, too.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

MAX_URL_LENGTH = 2_000
DEFAULT_PORTS = {"http": 80, "https": 443}

_URL = re.compile(r"https?://[A-Za-z0-9.\[\]:_-]+(/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?")
"""Nothing in it that two parsers could read in two ways: no credentials, no backslash, no space, no query."""

_HOST_PORT = re.compile(r"(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):(?P<port>[0-9]{1,5})")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def url_address(url: str) -> tuple[str, int] | None:
    """Host, in small letters and without brackets, and port of a plain http(s) URL; None for anything else."""
    if len(url) > MAX_URL_LENGTH or not _URL.fullmatch(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port if parts.port is not None else DEFAULT_PORTS[parts.scheme]
    except ValueError:  # a port that is no number, a bracket that does not close
        return None
    return (parts.hostname, port) if parts.hostname and port else None


def host_port(text: str) -> tuple[str, int] | None:
    """Host, in small letters and without brackets, and port of "host:port"; None for anything else."""
    found = _HOST_PORT.fullmatch(text)
    if found is None or not 0 < int(found["port"]) < 65536:
        return None
    return found["host"].lower().strip("[]"), int(found["port"])


def is_listed(host: str, port: int, entries: Iterable[str], usual_ports: Sequence[int] = ()) -> bool:
    """Whether "host:port" is among `entries`, or "host" alone where the port is one of `usual_ports`."""
    shown = f"[{host}]" if ":" in host else host
    known = {each.lower() for each in entries}
    return f"{shown}:{port}" in known or (port in usual_ports and bool({shown, host} & known))


def permitted(host: str, found: Iterable[str], networks: Iterable[str]) -> list[str]:
    """Those of the addresses `found` for `host` that may be connected to.

    An address that was listed as such may, a public one may, one of `networks` may, and localhost is this machine.
    """
    allowed = [ipaddress.ip_network(each, strict=False) for each in networks]
    return [each for each in found if _may(host, ipaddress.ip_address(each.partition("%")[0]), allowed)]


def resolve(host: str, port: int, networks: Iterable[str]) -> list[str]:
    """Addresses of `host` that may be connected to, in the order of the resolver.

    Raises:
        OSError: there is no such host, or it leads only to where nobody may.
    """
    infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    found = list(dict.fromkeys(str(info[4][0]) for info in infos))
    usable = permitted(host, found, networks)
    if not usable:
        raise OSError(f"{host} leads into a private network that is not allowed")
    return usable


def _may(host: str, address: Address, networks: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    if host == str(address) or (host == "localhost" and address.is_loopback):
        return True
    meant = _embedded(address)
    if any(each in network for network in networks for each in (address, *meant) if each.version == network.version):
        return True
    return all(each.is_global and not each.is_multicast for each in (address, *meant))


def _embedded(address: Address) -> list[Address]:
    """IPv4 addresses that an IPv6 one stands for."""
    if not isinstance(address, ipaddress.IPv6Address):
        return []
    found: list[Address | None] = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [each for each in found if each is not None]
