"""SSH endpoints with X.509 keys (AsyncSSH) in a process of their own: a question a line comes in, an answer goes out.

A process of its own, for AsyncSSH judges by the clock: here, and nowhere else, it is given another instant. It is run
as a file, so that nothing of this package is loaded.
"""

import asyncio
import json
import sys
from datetime import UTC, datetime
from typing import Any

import asyncssh
from OpenSSL import crypto


class _Store(crypto.X509Store):
    """A trust store that judges at the instant of the question."""

    at = datetime.fromtimestamp(0, UTC)

    def __init__(self) -> None:
        super().__init__()
        self.set_time(self.at)


class _Anybody:
    """Whom a certificate is for is not asked of SSH: every subject will do."""

    def matches(self, _name: object) -> bool:
        return True


class _AnyHost(asyncssh.SSHKnownHosts):
    def match(self, host: str, addr: str, port: int | None) -> Any:  # noqa: ARG002 - AsyncSSH names them
        return [], [], [], [], [], [_Anybody()], []


class _AnyUser(asyncssh.SSHAuthorizedKeys):
    def validate_x509(self, cert: Any, client_host: str, client_addr: str) -> Any:  # noqa: ARG002 - the same
        return {}, None


def _pair(end: dict[str, Any]) -> tuple[asyncssh.SSHKey, asyncssh.SSHCertificate]:
    """Return a key with its certificate, and nothing above it: the leaf travels alone (platform.md §5)."""
    return asyncssh.import_private_key(end["key"]), asyncssh.import_certificate(end["certificate"])


def _trusted(end: dict[str, Any]) -> list[asyncssh.SSHCertificate]:
    return [asyncssh.import_certificate(one) for one in end["trusts"]]


def _is_allowed(end: dict[str, Any], types: list[str]) -> bool:
    """Whether a key is of an allowed type, by what AsyncSSH has for it."""
    certificate = asyncssh.import_certificate(end["certificate"])
    return any(one.decode() in types for one in certificate.host_key_algorithms)


async def _connect(question: dict[str, Any]) -> dict[str, Any]:
    """Connect the two ends; say whether each takes the other's key, None where it is not asked."""
    host, user, types = question["server"], question["client"], question["key_types"]
    if not types:
        return _said(server=False, client=None, why="no type of key is allowed by both", by_type=True)
    server = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_host_keys=[_pair(host)],
        authorized_client_keys=_AnyUser(),
        x509_trusted_certs=_trusted(host),
        x509_trusted_cert_paths=None,
        x509_purposes="clientAuth",
        signature_algs=types,
        config=None,
    )
    try:
        connection = await asyncssh.connect(
            "127.0.0.1",
            server.get_port(),
            username="",
            client_keys=[_pair(user)],
            known_hosts=_AnyHost(),
            x509_trusted_certs=_trusted(user),
            x509_trusted_cert_paths=None,
            x509_purposes="serverAuth",
            server_host_key_algs=types,
            signature_algs=types,
            config=None,
            agent_path=None,
            preferred_auth="publickey",
        )
    except asyncssh.HostKeyNotVerifiable as error:
        return _said(server=False, client=None, why=error.reason)
    except asyncssh.KeyExchangeFailed as error:
        return _said(server=False, client=None, why=error.reason, by_type=not _is_allowed(host, types))
    except asyncssh.PermissionDenied as error:
        return _said(server=True, client=False, why=error.reason, by_type=not _is_allowed(user, types))
    else:
        connection.close()
        await connection.wait_closed()
        return _said(server=True, client=True)
    finally:
        # Since Python 3.12 this waits for the connections too, so that they are closed before.
        server.close()
        await server.wait_closed()


def _said(*, server: bool, client: bool | None, why: str | None = None, by_type: bool = False) -> dict[str, Any]:
    return {"server_is_taken": server, "client_is_taken": client, "why": why, "by_type": by_type}


async def _answered(question: dict[str, Any]) -> dict[str, Any]:
    _Store.at = datetime.fromtimestamp(question["at"], UTC)
    try:
        return await asyncio.wait_for(_connect(question), question["timeout"])
    except TimeoutError:
        return {"failed": f"the SSH connection was not there within {question['timeout']:g} s"}
    except Exception as error:  # noqa: BLE001 - whatever it is, the other process is to hear of it
        return {"failed": f"AsyncSSH says: {type(error).__name__}: {error}"}


def main() -> None:
    """Answer questions until there are no more."""
    crypto.X509Store = _Store  # type: ignore[misc]
    with asyncio.Runner() as runner:
        for line in sys.stdin:
            answer = runner.run(_answered(json.loads(line)))
            sys.stdout.write(f"{json.dumps(answer)}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
