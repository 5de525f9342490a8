"""Real servers on loopback: one for files, and OpenSSL's own OCSP responder."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket
from threading import Thread
from typing import Final

import attrs

from expressway_certs.testing import Issued

Route = bytes | Callable[[BaseHTTPRequestHandler], None]
_LIFE: Final = timedelta(days=1)


@attrs.define
class Web:
    """A running server: what is at each path, and what it was asked for."""

    port: int
    routes: dict[str, Route] = attrs.field(factory=dict)
    asked: list[str] = attrs.field(factory=list)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        """Return the URL of a path."""
        return f"http://{host}:{self.port}{path}"


def moved(location: str, status: int = 302) -> Route:
    """Return a route that sends its asker elsewhere."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Location", location)
        handler.end_headers()

    return answer


def drip(handler: BaseHTTPRequestHandler) -> None:
    """Answer a byte at a time, for ten seconds."""
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(500):
            handler.wfile.write(b"x")
            time.sleep(0.02)
    except OSError:
        return


def flood(handler: BaseHTTPRequestHandler) -> None:
    """Answer with more and more, without an end."""
    handler.send_response(200)
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(bytes(65536))
    except OSError:
        return


@contextmanager
def serving() -> Iterator[Web]:
    """Run a server for files on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            web.asked.append(self.path)
            route = web.routes.get(self.path)
            if callable(route):
                route(self)
                return
            self.send_response(404 if route is None else 200)
            self.end_headers()
            self.wfile.write(route or b"")

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    web = Web(port=server.server_address[1])
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield web
    server.shutdown()
    server.server_close()
    thread.join()


def body_of(handler: BaseHTTPRequestHandler) -> bytes:
    """Return what was posted."""
    return handler.rfile.read(int(handler.headers["Content-Length"]))


@attrs.frozen(kw_only=True)
class Responder:
    """The files of OpenSSL's OCSP responder for one CA."""

    folder: Path
    ca: Issued
    signer: Issued

    def write(self, revoked: tuple[Issued, ...] = (), good: tuple[Issued, ...] = ()) -> None:
        """Write the CA, the signer and the index of what was issued."""
        (self.folder / "ca.pem").write_text(self.ca.pem)
        (self.folder / "signer.pem").write_text(self.signer.pem)
        (self.folder / "signer.key").write_text(self.signer.key_pem)
        until = f"{datetime.now(UTC) + _LIFE:%y%m%d%H%M%SZ}"
        lines = [f"V\t{until}\t\t{_serial(one)}\tunknown\t/CN=good" for one in good]
        lines += [f"R\t{until}\t260101000000Z,keyCompromise\t{_serial(one)}\tunknown\t/CN=revoked" for one in revoked]
        (self.folder / "index.txt").write_text("".join(f"{line}\n" for line in lines))

    @property
    def arguments(self) -> list[str]:
        """The arguments that both ways of running it share."""
        return [
            "openssl", "ocsp", "-index", "index.txt", "-rsigner", "signer.pem", "-rkey", "signer.key", "-CA", "ca.pem",
        ]  # fmt: skip

    def answer(self, request: bytes, *options: str) -> bytes:
        """Return the response to one request, without any network."""
        (self.folder / "request.der").write_bytes(request)
        files = ["-reqin", "request.der", "-respout", "response.der"]
        subprocess.run([*self.arguments, *files, *options], cwd=self.folder, check=True, capture_output=True)
        return (self.folder / "response.der").read_bytes()

    @contextmanager
    def running(self, port: int) -> Iterator[None]:
        """Run it on a port of loopback; it reads its index as it starts, and takes one connection after another."""
        command = [*self.arguments, "-port", str(port), "-nmin", "5"]
        output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        with subprocess.Popen(command, cwd=self.folder, text=True, **output) as process:
            assert process.stdout is not None
            said = next((line for line in process.stdout if "waiting for" in line), None)
            assert said is not None, "the OCSP responder has ended"
            yield
            process.terminate()


def free_port() -> int:
    """Return a port that nobody has at the moment."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def _serial(one: Issued) -> str:
    text = f"{one.certificate.serial_number:X}"
    return text if len(text) % 2 == 0 else f"0{text}"
