"""The ground "openssl": handshakes between ``openssl s_server`` and ``openssl s_client``, two processes on loopback."""

from __future__ import annotations

import re
import shutil
import ssl
import time
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Final

import attrs

from expressway_certs.product.fqdn import is_address
from expressway_certs.testing.lab.ends import End, Handshake, Judging, Outcome, Refusal
from expressway_certs.testing.lab.folder import Folder
from expressway_certs.testing.lab.processes import running
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.policy import Purpose

_LISTENS: Final = re.compile(r"^ACCEPT \S*?(\d+)$", re.MULTILINE)
_REFUSES: Final = re.compile(r"^depth=(\d+)[^\n]*\nverify error:num=(\d+):([^\n]*)$", re.MULTILINE)
_ALERT: Final = re.compile(r":(?:tlsv\d+|sslv3) alert ([a-z ]+):")
_FAULT: Final = re.compile(r"^[0-9A-F]+:error:[0-9A-F]+:[^:]*:[^:]*:([^:\n]+):", re.MULTILINE)
_CERTIFICATE: Final = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", re.DOTALL)
_NO_NAME: Final = re.compile(r"^ *(\d+(?:\.\d+)+)=", re.MULTILINE)
_SAYS_NO: Final = re.compile(r"^error (\d+) at (\d+) depth lookup: ?([^\n]*)$", re.MULTILINE)

# Level 0 for what an end itself shows, so that it is the other end that refuses what is weak; the judge has level 1.
_BOTH: Final = ("-tls1_2", "-cipher", "DEFAULT:@SECLEVEL=0", "-no-CApath", "-no-CAstore")
_PURPOSES: Final = {Purpose.SERVER: "sslserver", Purpose.CLIENT: "sslclient", None: "any"}
_DEPTH: Final = "100"
_STARTS: Final = 20.0


@attrs.frozen(eq=False)
class OpenSslCommand:
    """The command ``openssl`` as a ground: it judges at any instant, for any purpose, and with CRLs."""

    command: str
    folder: Folder = attrs.field(repr=False)
    timeout: float
    _unnamed: dict[Certificate, str | None] = attrs.field(factory=dict, init=False, repr=False)

    @cached_property
    def version(self) -> str:
        """What the command calls itself, as "OpenSSL 3.0.15 3 Sep 2024"; `LookupError` where it says nothing."""
        with running([self.command, "version"]) as program:
            if program.finish(time.monotonic() + _STARTS) != 0:
                raise LookupError(f"{self.command} does not say its version; take ground='python' for TLS")
            return program.said.partition(" (Library")[0].strip()

    def lacks(self, _handshake: Handshake) -> str | None:
        """Return why this ground cannot do a handshake: it can do them all."""
        return None

    def shake(self, handshake: Handshake) -> Outcome:
        """Let two ends meet. Raises `ValueError` where the lab has no key for what one of them shows."""
        deadline = time.monotonic() + self.timeout
        with running([self.command, *self._server(handshake)]) as server:
            if not server.wait_for(lambda said: _LISTENS.search(said) is not None, deadline):
                return Outcome(failed=_failure("openssl s_server", server.said, self.timeout))
            listens = _LISTENS.search(server.said)
            with running([self.command, *self._client(handshake, listens[1] if listens else "0")]) as client:
                status = client.finish(deadline)
                if server.finish(deadline) is None or status is None:
                    return Outcome(failed=f"the handshake did not end within {self.timeout:g} s")
                return _outcome(handshake, server.said, client.said, is_up=status == 0)

    def verify(self, leaf: Certificate, judging: Judging, at: datetime) -> Refusal | None:
        """Return how OpenSSL refuses a certificate that comes alone, as from SSH; None where it takes it.

        Raises `TimeoutError` where it does not answer in time.
        """
        listed = ["-CAfile", self.folder.listed(judging.trust)] if judging.trust else ["-no-CAfile"]
        options = ["-no-CApath", "-no-CAstore", *listed, *_policy(judging, at)]
        with running([self.command, "verify", *options, self.folder.listed([leaf])]) as program:
            status = program.finish(time.monotonic() + self.timeout)
            found = _SAYS_NO.search(program.said)
        if status is None or (status != 0 and found is None):
            raise TimeoutError(_failure("openssl verify", program.said, self.timeout))
        return (
            None if found is None else Refusal(by_server=False, code=int(found[1]), depth=int(found[2]), why=found[3])
        )

    def unnamed(self, certificate: Certificate) -> str | None:
        """Return an attribute of a certificate's subject or issuer that OpenSSL has no name for; None where it has all.

        That is what to look for where the tunnels stay down for one (platform.md §5: CG-tr). Raises `TimeoutError`
        where it does not answer in time.
        """
        if certificate in self._unnamed:
            return self._unnamed[certificate]
        options = ["-noout", "-subject", "-issuer", "-nameopt", "sname,sep_multiline,utf8,esc_ctrl"]
        with running([self.command, "x509", *options, "-in", self.folder.listed([certificate])]) as program:
            if program.finish(time.monotonic() + self.timeout) != 0:
                raise TimeoutError(_failure("openssl x509", program.said, self.timeout))
            found = _NO_NAME.search(program.said)
        return self._unnamed.setdefault(certificate, found[1] if found else None)

    def _server(self, handshake: Handshake) -> Iterator[str | Path]:
        end = handshake.server
        yield from ("s_server", "-accept", "127.0.0.1:0", "-naccept", "1", "-no_dhe", "-no_ticket", *_BOTH)
        yield from self._shown(end)
        if end.by_name is not None:
            name, certificate = end.by_name
            file = self.folder.shown(certificate)
            yield from ("-servername", name, "-cert2", file, "-key2", file)
            # What goes with the second certificate is built out of this list alone, and a client is judged by it too.
            if end.own_list:
                yield from ("-CAfile", self.folder.listed(end.own_list))
        if end.judges is not None:
            yield from ("-Verify", _DEPTH, *self._judging(end.judges, handshake.at))
        if end.by_name is None or not end.own_list:
            yield "-no-CAfile"

    def _client(self, handshake: Handshake, port: str) -> Iterator[str | Path]:
        end = handshake.client
        yield from ("s_client", "-connect", f"127.0.0.1:{port}", "-no-CAfile", *_BOTH)
        yield from ("-servername", handshake.server_name) if handshake.server_name else ("-noservername",)
        yield from self._shown(end)
        if end.judges is not None:
            yield from ("-verify", _DEPTH, *self._judging(end.judges, handshake.at))

    def _judging(self, judging: Judging, at: datetime) -> Iterator[str | Path]:
        if judging.trust:
            yield from ("-verifyCAfile", self.folder.listed(judging.trust, judging.crls))
        if not judging.goes_on:
            yield "-verify_return_error"
        yield from _policy(judging, at)

    def _shown(self, end: End) -> Iterator[str | Path]:
        if end.certificate is None:
            return
        yield from ("-cert", self.folder.shown(end.certificate))
        if end.sends:
            yield from ("-cert_chain", self.folder.listed(end.sends))
        else:
            # OpenSSL builds the chain out of this list; where nothing is sent there is nothing in it to build from.
            building = (end.own_list if end.sends is None else ()) or (end.certificate,)
            yield from ("-chainCAfile", self.folder.listed(building))


def find_openssl() -> str | None:
    """Return the path of the command ``openssl``; None where there is none."""
    return shutil.which("openssl")


def _policy(judging: Judging, at: datetime) -> Iterator[str]:
    yield from ("-attime", str(int(at.timestamp())), "-purpose", _PURPOSES[judging.purpose])
    yield from ("-auth_level", str(judging.security_level))
    if judging.name is not None:
        yield from ("-verify_ip" if is_address(judging.name) else "-verify_hostname", judging.name)
    if judging.partial_chain:
        yield "-partial_chain"
    if judging.crl_check is not None:
        yield "-crl_check"
    if judging.crl_check == "all":
        yield "-crl_check_all"


def _outcome(handshake: Handshake, server: str, client: str, *, is_up: bool) -> Outcome:
    told = [
        (end, _said_no(end, said, by_server=by_server))
        for end, said, by_server in ((handshake.client, client, False), (handshake.server, server, True))
    ]
    noted = next((one for end, one in told if one is not None and _goes_on(end)), None)
    refused = next((one for end, one in told if one is not None and not _goes_on(end)), None)
    refusal = refused or _fault(client, by_server=False) or _fault(server, by_server=True)
    alert = _ALERT.search(server) or _ALERT.search(client)
    shown, answered = _CERTIFICATE.search(client), _CERTIFICATE.search(server)
    return Outcome(
        refusal=None if is_up else refusal,
        noted=noted,
        alert=alert[1] if alert else None,
        server_certificate=ssl.PEM_cert_to_DER_cert(shown[0]) if shown else None,
        client_certificate=ssl.PEM_cert_to_DER_cert(answered[0]) if answered else None,
        failed=None if is_up or refusal is not None else "openssl s_client has ended without a word",
    )


def _said_no(end: End, said: str, *, by_server: bool) -> Refusal | None:
    """Return the first fault that an end has found with a chain; an end that does not judge goes by none."""
    found = _REFUSES.search(said) if end.judges is not None else None
    return Refusal(by_server=by_server, depth=int(found[1]), code=int(found[2]), why=found[3]) if found else None


def _goes_on(end: End) -> bool:
    return end.judges is not None and end.judges.goes_on


def _fault(said: str, *, by_server: bool) -> Refusal | None:
    """Return what an end has against the other besides its chain."""
    faults = [one for one in _FAULT.findall(said) if " alert " not in one]
    return Refusal(by_server=by_server, why=faults[0]) if faults else None


def _failure(program: str, said: str, timeout: float) -> str:
    faults = _FAULT.findall(said) or said.strip().splitlines()[-1:]
    return f"{program} says: {faults[0]}" if faults else f"{program} said nothing for {timeout:g} s"
