"""An OCSP responder on loopback: the answers are those of ``openssl ocsp``, from an index that can change."""

from __future__ import annotations

import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Lock
from typing import Final

import attrs

from expressway_certs.testing.issued import Issued
from expressway_certs.testing.lab.processes import running
from expressway_certs.testing.lab.web import body_of
from expressway_certs.x509 import clock

_LIFE: Final = timedelta(days=1)
_REVOKED: Final = "260101000000Z,keyCompromise"


@attrs.define(eq=False)
class Responder:
    """The OCSP responder of a CA, at ``url``. What is not among ``good`` and ``revoked`` is unknown to it.

    A revoked certificate was revoked on 2026-01-01 for its key was compromised.
    """

    url: str
    good: list[Issued] = attrs.field(factory=list, repr=False)
    revoked: list[Issued] = attrs.field(factory=list, repr=False)
    _ca: Issued = attrs.field(alias="ca", kw_only=True)
    _signer: Issued = attrs.field(alias="signer", kw_only=True)
    _folder: Path = attrs.field(alias="folder", kw_only=True, repr=False)
    _command: str = attrs.field(alias="command", kw_only=True, repr=False)
    _timeout: float = attrs.field(alias="timeout", kw_only=True, repr=False)
    _lock: Lock = attrs.field(factory=Lock, init=False, repr=False)

    def answer(self, request: bytes, *options: str) -> bytes:
        """Return the response to a request, as DER; ``options`` are those of ``openssl ocsp``, as "-ndays", "3".

        Raises `ValueError` for bytes that are no request, and `TimeoutError` where there is no answer in time.
        """
        with self._lock:
            self._write(request)
            files = ["-index", "index.txt", "-rsigner", "signer.pem", "-rkey", "signer.key", "-CA", "ca.pem"]
            files += ["-reqin", "request.der", "-respout", "response.der"]
            with running([self._command, "ocsp", *files, *(options or ("-nmin", "5"))], self._folder) as program:
                status = program.finish(time.monotonic() + self._timeout)
            if status is None:
                raise TimeoutError(f"openssl ocsp did not answer within {self._timeout:g} s")
            if status != 0:
                raise ValueError(f"openssl ocsp refuses the request: {program.said.strip()[:200]}")
            return (self._folder / "response.der").read_bytes()

    def respond(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer a request over HTTP."""
        try:
            response = self.answer(body_of(handler))
        except ValueError:
            handler.send_error(400)
            return
        handler.send_response(200)
        handler.send_header("Content-Type", "application/ocsp-response")
        handler.end_headers()
        handler.wfile.write(response)

    def _write(self, request: bytes) -> None:
        until = f"{clock.now() + _LIFE:%y%m%d%H%M%SZ}"
        lines = [f"V\t{until}\t\t{_serial(one)}\tunknown\t/CN=good" for one in self.good]
        lines += [f"R\t{until}\t{_REVOKED}\t{_serial(one)}\tunknown\t/CN=revoked" for one in self.revoked]
        (self._folder / "index.txt").write_text("".join(f"{line}\n" for line in lines), "ascii")
        (self._folder / "ca.pem").write_text(self._ca.pem, "ascii")
        (self._folder / "signer.pem").write_text(self._signer.pem, "ascii")
        (self._folder / "signer.key").write_text(self._signer.key_pem, "ascii")
        (self._folder / "request.der").write_bytes(request)


def _serial(one: Issued) -> str:
    text = f"{one.certificate.serial_number:X}"
    return text if len(text) % 2 == 0 else f"0{text}"
