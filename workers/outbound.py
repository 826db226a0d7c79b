"""Whether and how the product goes to addresses that people entered, and the one place from which it fetches them.

A host must be on the operator's list. Its name is resolved once, every address that it has is looked at, and the
connection goes to the address that was looked at, so that a name that changes its mind reaches nothing else. Private
and local addresses are refused unless the operator lists the host as internal. Redirects are followed by the same
rules, a few of them; size and time are limited; proxies of the environment are not used. `resolve` is the rule itself:
what carries notifications (`workers.messenger`) goes by it too.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

REDIRECTS = 3
SECONDS = 30.0
MAXIMUM_BYTES = 4 * 1024 * 1024
_REDIRECTS = {301, 302, 303, 307, 308}


class OutboundError(Exception):
    """The address could not be fetched. `code`: HOST_NOT_ALLOWED, PRIVATE_ADDRESS, UNREACHABLE, STATUS, TOO_LARGE,
    TOO_SLOW, REDIRECTS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Answer:
    content: bytes
    media_type: str

    @property
    def is_csv(self) -> bool:
        return self.media_type == "text/csv"


def fetch(
    url: str, *, hosts: Collection[str], internal_hosts: Collection[str] = (), maximum_bytes: int = MAXIMUM_BYTES
) -> Answer:
    """What lies at an address. Raises `OutboundError`."""
    deadline = time.monotonic() + SECONDS
    for _ in range(REDIRECTS + 1):
        target = _pinned(url, hosts, internal_hosts)
        answer = _get(target, maximum_bytes, deadline)
        if isinstance(answer, Answer):
            return answer
        url = urljoin(url, answer)
    raise OutboundError("REDIRECTS")


@dataclass(frozen=True, slots=True)
class _Target:
    """An address with its host's name taken out."""

    url: httpx.URL
    host: str
    """As the server and its certificate call it."""
    header: str


def _pinned(url: str, hosts: Collection[str], internal_hosts: Collection[str]) -> _Target:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    except ValueError:
        raise OutboundError("HOST_NOT_ALLOWED") from None
    if parts.scheme not in {"http", "https"} or parts.username is not None or host is None:
        raise OutboundError("HOST_NOT_ALLOWED")
    addresses = resolve(host, port, hosts, internal_hosts)
    return _Target(httpx.URL(url).copy_with(host=addresses[0], port=port), host, parts.netloc)


def resolve(
    host: str,
    port: int,
    hosts: Collection[str],
    internal_hosts: Collection[str],
    look_up: Callable[..., list[Any]] = socket.getaddrinfo,
) -> list[str]:
    """The addresses of a host, to be used as they are. Raises `OutboundError` HOST_NOT_ALLOWED, PRIVATE_ADDRESS,
    UNREACHABLE."""
    if host not in hosts:
        raise OutboundError("HOST_NOT_ALLOWED")
    try:
        found = look_up(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise OutboundError("UNREACHABLE") from None
    addresses = [str(entry[4][0]) for entry in found]
    if host not in internal_hosts and not all(map(_is_public, addresses)):
        raise OutboundError("PRIVATE_ADDRESS")
    return addresses


def _is_public(address: str) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        parsed = parsed.ipv4_mapped or parsed
    return parsed.is_global and not parsed.is_multicast


def _get(target: _Target, maximum_bytes: int, deadline: float) -> Answer | str:
    """The answer, or where it redirects to."""
    headers = {"host": target.header, "accept": "application/json, text/csv"}
    extensions = {"sni_hostname": target.host}
    try:
        with (
            httpx.Client(trust_env=False, timeout=10) as client,
            client.stream("GET", target.url, headers=headers, extensions=extensions) as response,
        ):
            if response.status_code in _REDIRECTS and "location" in response.headers:
                return str(response.headers["location"])
            if response.status_code != httpx.codes.OK:
                raise OutboundError("STATUS")
            received = bytearray()
            for chunk in response.iter_bytes():
                received += chunk
                if len(received) > maximum_bytes:
                    raise OutboundError("TOO_LARGE")
                if time.monotonic() > deadline:
                    raise OutboundError("TOO_SLOW")
            media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            return Answer(bytes(received), media_type)
    except (httpx.HTTPError, httpx.InvalidURL):
        raise OutboundError("UNREACHABLE") from None
