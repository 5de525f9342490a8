"""One download under guard: the address is looked up, judged and pinned before anything is sent to it."""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import attrs
import httpcore

from expressway_certs.sources.web.policy import FetchPolicy, Method

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SCHEMES = frozenset({"http", "https"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KEEPS_METHOD = frozenset({307, 308})
_SUCCESS = 200
_is_plain = re.compile(r"[\x21-\x7e]+").fullmatch
_USER_AGENT = b"expressway_certs"


class FetchError(Exception):
    """Why a download gave nothing; its words go into the result."""


def is_public(address: Address) -> bool:
    """Whether an address is of the public Internet; one that wraps an IPv4 address is judged by that."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast


class _TimedStream(httpcore.NetworkStream):
    """A connection whose every wait ends with the download's time: slow drops do not add up."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        inner = self._stream.start_tls(ssl_context, server_hostname, self._left(timeout))
        return _TimedStream(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def _left(self, _timeout: float | None) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left


class _PinnedBackend(httpcore.SyncBackend):
    """Connects to the very address that was judged, so that a second look-up cannot give another."""

    def __init__(self, policy: FetchPolicy, deadline: float) -> None:
        self._policy = policy
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the download's own time holds
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        # A proxy is the caller's own choice, wherever it stands.
        may_be_private = self._policy.allow_private or self._policy.proxy is not None
        address = _resolve(host, port, may_be_private=may_be_private)
        left = max(self._deadline - time.monotonic(), 0.001)
        stream = super().connect_tcp(address, port, left, local_address, socket_options)
        return _TimedStream(stream, self._deadline)


def _resolve(host: str, port: int, *, may_be_private: bool) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise FetchError(f"the name {host} cannot be resolved") from None
    addresses = [str(one[4][0]) for one in found]
    for address in addresses:
        if not may_be_private and not is_public(ipaddress.ip_address(address.partition("%")[0])):
            raise FetchError(f"{host} is {address}, which is no public address; see FetchPolicy(allow_private=True)")
    if not addresses:
        raise FetchError(f"the name {host} has no address")
    return addresses[0]


@attrs.frozen(kw_only=True)
class _Reply:
    """What a server sent: a body, or where it sends the asker on."""

    status: int
    location: str | None
    body: bytes


def download(url: str, policy: FetchPolicy, *, question: bytes | None = None, content_type: str = "") -> bytes:
    """Return what is at a URL, or what a server answers to a ``question``; `FetchError` with the reason for none."""
    deadline = time.monotonic() + policy.timeout
    method: Method = "GET" if question is None else "POST"
    for _ in range(policy.max_redirects + 1):
        parts = _checked(url, policy)
        try:
            reply = _ask(method, parts, policy, deadline, question, content_type)
        except httpcore.TimeoutException:
            raise FetchError(f"{url} did not answer within {policy.timeout:g} seconds") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError, OSError) as error:
            raise FetchError(f"{url}: {type(error).__name__} {error}".rstrip()) from None
        if reply.location is None:
            return _body(url, reply)
        if question is not None and reply.status not in _KEEPS_METHOD:
            raise FetchError(f"{url} redirects with status {reply.status}, which drops the question")
        url = urljoin(url, reply.location)
    raise FetchError(f"{url} comes after {policy.max_redirects} redirects, and that is enough")


def _body(url: str, reply: _Reply) -> bytes:
    if reply.status != _SUCCESS:
        raise FetchError(f"{url} answered with status {reply.status}")
    return reply.body


def _checked(url: str, policy: FetchPolicy) -> SplitResult:
    """Return the parts of a URL that may be asked; `FetchError` for any other."""
    if not _is_plain(url):
        raise FetchError(f"{url!r} is no URL")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise FetchError(f"{url!r} is no URL") from None
    if parts.scheme not in _SCHEMES:
        raise FetchError(f"{url} is not fetched: only http and https are")
    if not host or parts.username is not None:
        raise FetchError(f"{url!r} is not fetched: it has no host, or a user in it")
    if policy.proxy is not None and not policy.allow_private:
        _check_literal(host)
    return parts


def _check_literal(host: str) -> None:
    """Refuse an address that is no public one; a name is for the proxy to resolve."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return
    if not is_public(address):
        raise FetchError(f"{host} is no public address; see FetchPolicy(allow_private=True)")


def _ask(
    method: Method, parts: SplitResult, policy: FetchPolicy, deadline: float, question: bytes | None, content_type: str
) -> _Reply:
    host = parts.hostname or ""
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = [
        (b"Host", parts.netloc.encode("ascii")),
        (b"User-Agent", _USER_AGENT),
        (b"Accept", b"*/*"),
        (b"Accept-Encoding", b"identity"),
        (b"Connection", b"close"),
    ]
    if question is not None:
        headers += [(b"Content-Type", content_type.encode("ascii")), (b"Content-Length", b"%d" % len(question))]
    location = httpcore.URL(
        scheme=parts.scheme.encode("ascii"), host=host.encode("ascii"), port=parts.port, target=target.encode("ascii")
    )
    with _pool(policy, deadline) as pool, pool.stream(method, location, headers=headers, content=question) as response:
        moved = {name.lower(): value for name, value in response.headers}.get(b"location")
        if response.status in _REDIRECTS and moved is not None:
            return _Reply(status=response.status, location=moved.decode("latin-1"), body=b"")
        body = bytearray()
        for piece in response.iter_stream():
            body += piece
            if len(body) > policy.max_bytes:
                raise FetchError(f"{parts.geturl()} is longer than {policy.max_bytes} bytes")
        return _Reply(status=response.status, location=None, body=bytes(body))


def _pool(policy: FetchPolicy, deadline: float) -> httpcore.ConnectionPool:
    backend = _PinnedBackend(policy, deadline)
    context = ssl.create_default_context()
    if policy.proxy is not None:
        return httpcore.HTTPProxy(policy.proxy, ssl_context=context, max_connections=1, network_backend=backend)
    return httpcore.ConnectionPool(ssl_context=context, max_connections=1, network_backend=backend)
