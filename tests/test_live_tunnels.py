"""SSH tunnels against real AsyncSSH endpoints with X.509 keys: the leaf travels alone, and the lists judge it."""

import asyncio
from collections.abc import Sequence
from typing import Final

import asyncssh
import pytest
from live_draws import Draw, chunks, draw

from expressway_certs import Certificate, Expressway, State, TrustStore, check_tunnels, verify
from expressway_certs.rules.judging import LegResult
from expressway_certs.testing import Issued
from expressway_certs.x509 import codes

# AsyncSSH asks pyOpenSSL for names in a way that pyOpenSSL advises against.
pytestmark = pytest.mark.filterwarnings("ignore:X509.get_(subject|issuer) is deprecated:DeprecationWarning")
DRAWS: Final = 330
# Whom a certificate is for is not asked of SSH here: any subject of the factory's organisation may come.
ANYBODY: Final = "O=Example,*"


def pair(shown: Issued) -> tuple[asyncssh.SSHKey, asyncssh.SSHCertificate]:
    """Return a key with its certificate, and nothing above it."""
    return asyncssh.import_private_key(shown.key_pem), asyncssh.import_certificate(shown.pem)


def trusted(node: Expressway) -> list[asyncssh.SSHCertificate]:
    """Return a node's list for AsyncSSH."""
    return [asyncssh.import_certificate(one.to_pem()) for one in node.trusted_ca]


async def connect(drawn: Draw) -> tuple[bool, bool | None]:
    """Connect the two sides; return whether each takes the other's certificate, None where it is not asked."""
    allowed = asyncssh.import_authorized_keys(f"x509v3-sign-rsa subject={ANYBODY}")
    server = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_host_keys=[pair(drawn.edge)],
        authorized_client_keys=allowed,
        x509_trusted_certs=trusted(drawn.zone.edge[0]),
        x509_trusted_cert_paths=None,
        x509_purposes="clientAuth",
    )
    try:
        connection = await asyncssh.connect(
            "127.0.0.1",
            server.get_port(),
            username="",
            client_keys=[pair(drawn.core)],
            known_hosts=([], [], [], [], [], [ANYBODY], []),
            x509_trusted_certs=trusted(drawn.zone.core[0]),
            x509_trusted_cert_paths=None,
            x509_purposes="serverAuth",
            config=None,
            agent_path=None,
            preferred_auth="publickey",
        )
    except asyncssh.HostKeyNotVerifiable:
        return False, None
    except asyncssh.PermissionDenied:
        return True, False
    finally:
        server.close()
        await server.wait_closed()
    connection.close()
    await connection.wait_closed()
    return True, True


async def connect_all(draws: Sequence[Draw]) -> list[tuple[bool, bool | None]]:
    """Connect one after the other in one loop."""
    return [await connect(one) for one in draws]


def judged(leg: LegResult) -> tuple[bool, bool | None]:
    """Return the same of the library's verdicts."""
    first, second = leg.judgements
    is_reached = second.state is not State.NOT_REACHED
    return first.state is State.UP, (second.state is State.UP) if is_reached else None


def differs_by_design(leg: LegResult) -> bool:
    """Whether AsyncSSH is known to look at less: it asks the leaf alone for usages, and not the CAs above it.

    OpenSSL, which PKIX-SSH and Expressway judge by, asks every certificate of the chain (mra.md E, 26 at depth 1).
    """
    verdicts = [one.verdict for one in leg.judgements if one.verdict is not None]
    return any(one.code == codes.INVALID_PURPOSE and one.depth > 0 for one in verdicts)


def of_the_leaf_alone(drawn: Draw) -> tuple[bool, bool | None]:
    """Return the library's verdicts where usages are asked of the leaf alone."""
    core, edge = drawn.zone.core[0], drawn.zone.edge[0]
    if not takes(drawn.edge.certificate, core.trusted_ca, "serverAuth"):
        return False, None
    return True, takes(drawn.core.certificate, edge.trusted_ca, "clientAuth")


def takes(leaf: Certificate, trust: TrustStore, usage: str) -> bool:
    """Whether a list trusts a leaf, whatever its CAs are for, and the leaf itself allows the usage."""
    usages = leaf.extended_key_usage
    return verify(leaf, trust).ok and (usages is None or usage in usages)


@pytest.mark.parametrize("numbers", chunks(DRAWS, 55), ids=lambda numbers: f"{numbers.start}-{numbers.stop}")
def test_tunnels_come_up_where_real_endpoints_do(numbers: range) -> None:
    """Both directions of drawn tunnels: AsyncSSH and the library take the same certificates."""
    draws = [draw(number) for number in numbers]
    found = asyncio.run(connect_all(draws))
    for one, answer in zip(draws, found, strict=True):
        leg = check_tunnels(one.zone).legs[0]
        ours = of_the_leaf_alone(one) if differs_by_design(leg) else judged(leg)
        assert ours == answer, one.number


def test_the_draws_are_of_all_kinds() -> None:
    """Among the draws are tunnels that are up and down on either side, and zones that are up with tunnels down."""
    answers = [judged(check_tunnels(draw(number).zone).legs[0]) for number in range(DRAWS)]
    assert {(True, True), (True, False), (False, None)} == set(answers)
    assert sum(answer == (True, True) for answer in answers) > DRAWS // 10


def test_the_known_difference_is_one() -> None:
    """AsyncSSH takes a leaf for both usages under a CA for servers alone, as a client's; OpenSSL and we do not."""
    wanted = (number for number in range(10_000) if is_known_difference(draw(number)))
    drawn = draw(next(wanted))
    assert judged(check_tunnels(drawn.zone).legs[0]) == (True, False)
    assert asyncio.run(connect(drawn)) == (True, True)


def is_known_difference(drawn: Draw) -> bool:
    """Whether a draw is nothing but the known difference."""
    first, second = check_tunnels(drawn.zone).legs[0].judgements
    verdict = second.verdict
    return first.state is State.UP and verdict is not None and (verdict.code, verdict.depth) == (26, 1)


def test_the_lists_have_no_namesakes() -> None:
    """No draw has two CAs of one subject, which the product looks up in its own way."""
    nodes = [node for number in range(DRAWS) for node in draw(number).zone.members]
    assert all(node.effective_ca == node.trusted_ca for node in nodes)
