"""The ground "python": handshakes between two ends of Python's own `ssl`, over a connection on loopback."""

from __future__ import annotations

import re
import selectors
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from typing import Final

import attrs

from expressway_certs.testing.lab.ends import End, Handshake, Judging, Outcome, Refusal
from expressway_certs.testing.lab.folder import Folder
from expressway_certs.x509 import clock
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.policy import CrlCheck, Purpose

_BY_CLOCK: Final = "Python's ssl judges by the clock, and a certificate does not hold now as it did at that instant"
_NO_PURPOSE: Final = (
    "Python's ssl asks a server for server and a client for client authentication, and for nothing else"
)
_NO_NAME: Final = "Python's ssl looks for the name that it gives in SNI, as a client, and for no other"
_OWN_CHAIN: Final = "Python's ssl builds the chain that it sends out of the list that it judges by, and of no other"
_CRL_CHECKS: Final[dict[CrlCheck, ssl.VerifyFlags]] = {
    "leaf": ssl.VERIFY_CRL_CHECK_LEAF,
    "all": ssl.VERIFY_CRL_CHECK_CHAIN,
}
_ALERT: Final = re.compile(r"^(?:TLSV\d+|SSLV3)_ALERT_(\w+)$")
_CONNECT: Final = 5.0


@attrs.frozen
class PythonSsl:
    """Python's `ssl` as a ground, with whatever OpenSSL it was built with. It has no instant but now."""

    folder: Folder = attrs.field(repr=False)
    timeout: float

    @property
    def version(self) -> str:
        """The version of OpenSSL that Python uses."""
        return f"{ssl.OPENSSL_VERSION} (Python's ssl)"

    def lacks(self, handshake: Handshake) -> str | None:
        """Return why this ground cannot do a handshake; None where it can."""
        wanted = handshake.client.judges.name if handshake.client.judges else None
        if (handshake.server.judges and handshake.server.judges.name) or wanted not in {None, _sent(handshake)}:
            return _NO_NAME
        for end, purpose in ((handshake.client, Purpose.SERVER), (handshake.server, Purpose.CLIENT)):
            if end.judges is not None and end.judges.purpose is not purpose:
                return _NO_PURPOSE
            if end.certificate is not None and end.judges is not None and not _builds_alike(end, end.judges):
                return _OWN_CHAIN
        return None if holds_alike(handshake) else _BY_CLOCK

    def shake(self, handshake: Handshake) -> Outcome:
        """Let two ends meet. Raises `ValueError` where the lab has no key for what one of them shows."""
        lacking = self.lacks(handshake)
        if lacking is not None:
            return Outcome(failed=lacking)
        outcome = self._meet(handshake)
        refusal = outcome.refusal
        if refusal is None:
            return outcome
        refuser = handshake.server if refusal.by_server else handshake.client
        if refuser.judges is None or not refuser.judges.goes_on:
            return outcome
        # Going on after a refusal is not looking: Python's ssl has nothing between the two.
        indifferent = attrs.evolve(refuser, judges=None)
        again = (
            attrs.evolve(handshake, server=indifferent)
            if refusal.by_server
            else attrs.evolve(handshake, client=indifferent)
        )
        after = self._meet(again)
        return attrs.evolve(after, noted=refusal)

    def _meet(self, handshake: Handshake) -> Outcome:
        try:
            client = self._context(handshake.client, ssl.PROTOCOL_TLS_CLIENT)
            server = self._context(handshake.server, ssl.PROTOCOL_TLS_SERVER)
        except ssl.SSLError as error:
            return Outcome(failed=f"Python's ssl does not take what an end shows: {error.reason or error}")
        if handshake.server.by_name is not None:
            self._answer_to_name(server, handshake.server)
        with _connected() as (calls, answers):
            sides: dict[bool, ssl.SSLSocket] = {
                False: client.wrap_socket(calls, server_hostname=_sent(handshake), do_handshake_on_connect=False),
                True: server.wrap_socket(answers, server_side=True, do_handshake_on_connect=False),
            }
            with closing(sides[False]), closing(sides[True]):
                return _shaken(sides, self.timeout)

    def _answer_to_name(self, server: ssl.SSLContext, end: End) -> None:
        if end.by_name is None:
            return
        name, certificate = end.by_name
        other = self._context(attrs.evolve(end, certificate=certificate, by_name=None), ssl.PROTOCOL_TLS_SERVER)

        def answer(connection: ssl.SSLSocket | ssl.SSLObject, asked: str | None, _: ssl.SSLContext) -> None:
            if asked is not None and asked.lower() == name.lower():
                connection.context = other

        server.sni_callback = answer

    def _context(self, end: End, protocol: int) -> ssl.SSLContext:
        made = ssl.SSLContext(protocol)
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE if end.judges is None else ssl.CERT_REQUIRED
        # Newer Pythons allow partial chains and ask for strictness by themselves.
        made.verify_flags = ssl.VERIFY_DEFAULT
        made.maximum_version = ssl.TLSVersion.TLSv1_2
        level = 1 if end.judges is None else end.judges.security_level
        made.set_ciphers(f"DEFAULT:@SECLEVEL={level}")
        if end.judges is not None:
            self._judge(made, end.judges)
        elif end.sends is None and end.own_list:
            made.load_verify_locations(self.folder.listed(end.own_list))
        if end.certificate is not None:
            made.load_cert_chain(self.folder.shown(end.certificate, end.sends or ()))
        return made

    def _judge(self, made: ssl.SSLContext, judging: Judging) -> None:
        made.check_hostname = judging.name is not None
        if judging.partial_chain:
            made.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        if judging.crl_check is not None:
            made.verify_flags |= _CRL_CHECKS[judging.crl_check]
        if judging.trust:
            made.load_verify_locations(self.folder.listed(judging.trust, judging.crls))


def _sent(handshake: Handshake) -> str | None:
    """Return the name that the client gives: that of the handshake, or else the one that it looks for."""
    judging = handshake.client.judges
    return handshake.server_name or (judging.name if judging else None)


def _builds_alike(end: End, judging: Judging) -> bool:
    """Whether what an end sends is what OpenSSL builds out of the list that the end judges by."""
    if end.sends is None:
        return end.own_list == judging.trust
    return bool(end.sends) or not judging.trust


def holds_alike(handshake: Handshake) -> bool:
    """Whether the clock does not matter: what holds now held at the handshake's instant, and nothing else did."""
    now = clock.now()
    spans = {span for end in (handshake.server, handshake.client) for span in _spans(end)}
    return all(_place(span, now) == _place(span, handshake.at) for span in spans)


_Span = tuple[datetime | None, datetime | None]


def _spans(end: End) -> Iterator[_Span]:
    judged = (*end.judges.trust, *end.judges.crls) if end.judges else ()
    by_name = (end.by_name[1],) if end.by_name else ()
    shown = (end.certificate,) if end.certificate else ()
    for one in (*shown, *by_name, *(end.sends or ()), *end.own_list, *judged):
        if isinstance(one, Certificate):
            yield one.not_before, one.not_after
        else:
            yield one.this_update, one.next_update


def _place(span: _Span, at: datetime) -> tuple[bool, bool]:
    """Return where an instant lies: after the start or not, after the end or not."""
    start, end = span
    return start is not None and at >= start, end is not None and at > end


@contextmanager
def _connected() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Return the two ends of a connection on loopback, neither of which ever waits."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        calls = stack.enter_context(socket.create_connection(listener.getsockname(), timeout=_CONNECT))
        listener.settimeout(_CONNECT)
        answers, address = listener.accept()
        stack.enter_context(answers)
        if address != calls.getsockname():
            raise ConnectionError("somebody else has called the lab")
        calls.setblocking(False)
        answers.setblocking(False)
        yield calls, answers


def _shaken(sides: dict[bool, ssl.SSLSocket], timeout: float) -> Outcome:
    """Let both ends take their turns until each is done; True is the server."""
    deadline = time.monotonic() + timeout
    refusal, alert = None, None
    open_ends = dict(sides)
    with selectors.DefaultSelector() as selector:
        for is_server, side in sides.items():
            selector.register(side, selectors.EVENT_READ, is_server)
        while open_ends:
            for is_server, side in tuple(open_ends.items()):
                try:
                    side.do_handshake()
                except ssl.SSLWantReadError:
                    continue
                except ssl.SSLCertVerificationError as error:
                    why, code = error.verify_message, error.verify_code
                    refusal = refusal or Refusal(by_server=is_server, why=why, code=code)
                except ssl.SSLError as error:
                    told = _ALERT.search(error.reason or "")
                    if told:
                        alert = alert or told[1].replace("_", " ").lower()
                    else:
                        refusal = refusal or Refusal(by_server=is_server, why=error.reason or str(error))
                except OSError as error:
                    refusal = refusal or Refusal(by_server=is_server, why=str(error))
                del open_ends[is_server]
            left = deadline - time.monotonic()
            if open_ends and (left <= 0 or not selector.select(left)):
                return Outcome(failed=f"the handshake did not end within {timeout:g} s")
    if refusal is None and alert is not None:
        return Outcome(failed=f"an end was told {alert!r} by one that refuses nothing")
    shown = {is_server: _peer(side) for is_server, side in sides.items()}
    return Outcome(refusal=refusal, alert=alert, server_certificate=shown[False], client_certificate=shown[True])


def _peer(side: ssl.SSLSocket) -> bytes | None:
    try:
        return side.getpeercert(binary_form=True)
    except (OSError, ValueError):
        return None
