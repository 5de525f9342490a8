"""HTTP servers on loopback: where certificates say that their issuer, its CRL or its responder is."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Final

import attrs

Route = bytes | Callable[[BaseHTTPRequestHandler], None]
"""What is at a path: bytes, or what answers by itself."""

_PATIENCE: Final = 10.0


@attrs.define(eq=False)
class Http:
    """A running server: what is at each path of ``routes``, and the paths that it was ``asked`` for, in order.

    What is put into ``routes`` is there at once. Bytes are answered with status 200, a path that is not there with 404.
    """

    port: int
    routes: dict[str, Route] = attrs.field(factory=dict, repr=False)
    asked: list[str] = attrs.field(factory=list, repr=False)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        """Return the URL of a path."""
        return f"http://{host}:{self.port}{path}"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer a request."""
        self.asked.append(handler.path)
        route = self.routes.get(handler.path)
        if callable(route):
            route(handler)
            return
        handler.send_response(404 if route is None else 200)
        handler.end_headers()
        handler.wfile.write(route or b"")


class HttpServer(ThreadingHTTPServer):
    """A server whose connections end when it does, so that no thread of it is left."""

    daemon_threads = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.http: Http = Http(port=self.server_address[1])
        self._open: set[socket.socket] = set()
        self._lock = Lock()
        self._thread = Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, name="lab http", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening, cut what is open, and wait for every thread."""
        self.shutdown()
        with self._lock:
            for connection in self._open:
                _cut(connection)
        self.server_close()
        self._thread.join()

    def process_request(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        """Remember a connection while it is open."""
        if isinstance(request, socket.socket):
            with self._lock:
                self._open.add(request)
        super().process_request(request, client_address)

    def close_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        """Forget a connection, and close it."""
        with self._lock:
            self._open -= {request}
        super().close_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a connection that the other end has cut."""


class _Handler(BaseHTTPRequestHandler):
    timeout = _PATIENCE

    def do_GET(self) -> None:
        if isinstance(self.server, HttpServer):
            self.server.http.answer(self)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *_: object) -> None:  # noqa: A002 - so it is called there
        """Say nothing."""


def _cut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def body_of(handler: BaseHTTPRequestHandler) -> bytes:
    """Return what was posted."""
    return handler.rfile.read(int(handler.headers["Content-Length"] or 0))


def moved(location: str, status: int = 302) -> Route:
    """Return a route that sends its asker elsewhere."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Location", location)
        handler.end_headers()

    return answer


def slow(handler: BaseHTTPRequestHandler) -> None:
    """Answer a byte at a time, for ten seconds or until nobody listens."""
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(500):
            handler.wfile.write(b"x")
            time.sleep(0.02)
    except OSError:
        return


def endless(handler: BaseHTTPRequestHandler) -> None:
    """Answer with more and more, until nobody listens."""
    handler.send_response(200)
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(bytes(65_536))
    except OSError:
        return
