"""The ground of the SSH tunnels: AsyncSSH on either end, and ``openssl verify`` as either end asks it.

The sshd of Expressway has OpenSSL judge a peer's certificate by its list alone, for a purpose that holds for the whole
chain (platform.md §5, PKIXSSH). AsyncSSH has OpenSSL judge by the list alone too, and asks the leaf for its usages,
but not the CAs above it. So the connection is AsyncSSH's and the verdicts are OpenSSL's, and they agree but for that.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any, Final

import attrs

from expressway_certs.testing.lab.ends import End, Handshake, Outcome, Refusal
from expressway_certs.testing.lab.folder import Folder
from expressway_certs.testing.lab.openssl import OpenSslCommand
from expressway_certs.testing.lab.processes import Running, running
from expressway_certs.x509 import codes

LACKING: Final = "SSH needs AsyncSSH and pyOpenSSL: pip install 'expressway_certs[lab]'"
_ENDS: Final = Path(__file__).with_name("ssh_ends.py")
_STARTS: Final = 20.0


def is_installed() -> bool:
    """Whether what the SSH endpoints need is there."""
    return find_spec("asyncssh") is not None and find_spec("OpenSSL") is not None


class SshEnds:
    """The process with the SSH endpoints: started when it is first asked, started anew where it has failed."""

    def __init__(self, folder: Folder, timeout: float) -> None:
        self._folder, self._timeout = folder, timeout
        self._lock = Lock()
        self._running = ExitStack()
        self._process: Running | None = None

    def connect(self, handshake: Handshake, key_types: Iterable[str]) -> dict[str, Any]:
        """Connect two ends and return whether each takes the other's key; "failed" says why there was nothing."""
        question = {
            "at": handshake.at.timestamp(),
            "timeout": self._timeout,
            "key_types": list(key_types),
            "server": self._end(handshake.server),
            "client": self._end(handshake.client),
        }
        with self._lock:
            return self._ask(json.dumps(question))

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._stop()

    def _end(self, end: End) -> dict[str, Any]:
        if end.certificate is None or end.judges is None:
            raise AssertionError("either end of SSH shows a certificate and judges the other's")
        return {
            "certificate": end.certificate.to_pem(),
            "key": self._folder.key_pem(end.certificate),
            "trusts": [one.to_pem() for one in end.judges.trust],
        }

    def _ask(self, question: str) -> dict[str, Any]:
        deadline = time.monotonic() + self._timeout + _STARTS
        process = self._process or self._start()
        before = len(process.said)
        try:
            process.input.write(f"{question}\n".encode())
            process.input.flush()
            is_answered = process.wait_for(lambda said: said.endswith("\n") and len(said) > before, deadline)
            answer: dict[str, Any] = json.loads(process.said[before:]) if is_answered else {}
        except (OSError, ValueError):
            answer = {}
        except BaseException:
            self._stop()
            raise
        if not answer:
            self._stop()
            return {"failed": f"the process of the SSH endpoints has failed: {process.said[before:].strip()[-200:]}"}
        return answer

    def _start(self) -> Running:
        # What AsyncSSH is warned of is none of the user's business, and would stand among the answers.
        self._process = self._running.enter_context(running([sys.executable, "-W", "ignore", str(_ENDS)]))
        return self._process

    def _stop(self) -> None:
        self._process = None
        self._running.close()


@attrs.frozen
class Ssh:
    """SSH as a ground; ``openssl`` is None where the command is not there, and AsyncSSH alone decides."""

    ends: SshEnds
    openssl: OpenSslCommand | None

    def version(self) -> str:
        """Return what judges: AsyncSSH, and OpenSSL where the command is there."""
        return f"AsyncSSH and {self.openssl.version}" if self.openssl else "AsyncSSH"

    def shake(self, handshake: Handshake, key_types: Iterable[str]) -> Outcome:
        """Let two ends meet. Raises `ValueError` where the lab has no key for what one of them shows."""
        if not is_installed():
            return Outcome(failed=LACKING)
        found = self.ends.connect(handshake, key_types)
        if "failed" in found:
            return Outcome(failed=found["failed"])
        refused = _refused(found)
        try:
            return self._weighed(handshake, refused, is_by_type=found["by_type"])
        except TimeoutError as error:
            return Outcome(failed=str(error))

    def _weighed(self, handshake: Handshake, refused: Refusal | None, *, is_by_type: bool) -> Outcome:
        """Return what AsyncSSH and OpenSSL say together."""
        if is_by_type:
            # The certificate is not looked at: the type of its key is refused before.
            return Outcome(refusal=refused)
        judged = self._judged(handshake)
        if self.openssl is None or _is_same(judged, refused):
            return Outcome(refusal=judged or refused or self._unreadable(handshake))
        if judged is not None and is_known_difference(judged) and (refused is None or refused.by_server):
            return Outcome(refusal=judged)
        return Outcome(failed=f"OpenSSL says {_told(judged)}, and AsyncSSH says {_told(refused)}")

    def _judged(self, handshake: Handshake) -> Refusal | None:
        """Return how OpenSSL refuses one of the two, the server's certificate first, as the client sees it first."""
        if self.openssl is None:
            return None
        server, client = handshake.server, handshake.client
        for shown, judge, by_server in ((server, client, False), (client, server, True)):
            if shown.certificate is not None and judge.judges is not None:
                refusal = self.openssl.verify(shown.certificate, judge.judges, handshake.at)
                if refusal is not None:
                    return attrs.evolve(refusal, by_server=by_server)
        return None

    def _unreadable(self, handshake: Handshake) -> Refusal | None:
        """Return the refusal of a certificate with names that SSH cannot read; None where both can be read."""
        for end, by_server in ((handshake.server, False), (handshake.client, True)):
            attribute = end.certificate and self.openssl and self.openssl.unnamed(end.certificate)
            if attribute:
                return Refusal(by_server=by_server, why=f"OpenSSL has no name for {attribute} in subject or issuer")
        return None


def is_known_difference(refusal: Refusal) -> bool:
    """Whether OpenSSL refuses what AsyncSSH does not look at: the usages of a CA (mra.md E: 26 at depth 1)."""
    return refusal.code == codes.INVALID_PURPOSE and bool(refusal.depth)


def _refused(found: dict[str, Any]) -> Refusal | None:
    if found["server_is_taken"] and found["client_is_taken"]:
        return None
    return Refusal(by_server=bool(found["server_is_taken"]), why=str(found["why"]))


def _is_same(one: Refusal | None, other: Refusal | None) -> bool:
    return (one is None) == (other is None) and (one is None or other is None or one.by_server == other.by_server)


def _told(refusal: Refusal | None) -> str:
    if refusal is None:
        return "yes"
    return f"that the {'server' if refusal.by_server else 'client'} refuses: {refusal.why}"
