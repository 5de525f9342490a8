"""The probe against live servers on loopback: what they send is what is found, and nothing makes it wait for ever."""

import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Final

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tls_servers import Shown, closing, dripping, flooding, resetting, saying, serving, silent, tls

from expressway_certs import (
    Certificate,
    Probed,
    ProbeFailure,
    TrustStore,
    VerifyPolicy,
    cli,
    load_certificates,
    probe,
)
from expressway_certs.cli import probe as cli_probe
from expressway_certs.sources.probe import handshake, probed
from expressway_certs.testing import CertificateFactory, Issued

NAME: Final = "expe1.example.com"
TLS_1_2: Final = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2)
TLS_1_3: Final = (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_3)
SHORT: Final = 0.5


@attrs.frozen
class Pki:
    """A CA, one below it, and leaves."""

    factory: CertificateFactory
    root: Issued
    issuing: Issued
    leaf: Issued

    @property
    def full(self) -> Shown:
        """A server that sends the whole chain, its root too."""
        return Shown(leaf=self.leaf, above=(self.issuing, self.root))


@cache
def pki() -> Pki:
    """Return the CAs, made once for now: what is live is judged by the clock."""
    factory = CertificateFactory(seed=8443)
    root = factory.root("Probe Root CA")
    issuing = factory.intermediate(root, "Probe Issuing CA")
    return Pki(factory, root, issuing, factory.leaf(issuing, dns_names=[NAME, "example.com"], key="rsa"))


def shown_by(shown: Shown, folder: Path, **options: object) -> Probed:
    """Probe a server that shows something, by the name in its certificate."""
    with serving(tls(shown.context(folder))) as port:
        return probe("127.0.0.1", port, **{"server_name": NAME, **options})


def test_a_full_chain_is_found_as_it_is_sent(tmp_path: Path) -> None:
    """Leaf, intermediate and root in the order of the server, and the verdict by a store of the root."""
    found = shown_by(pki().full, tmp_path)
    assert found.chain == (pki().leaf.certificate, pki().issuing.certificate, pki().root.certificate)
    assert (found.failure, found.why, found.address, found.tls_version) == (None, "", "127.0.0.1", "TLSv1.3")
    assert (found.leaf, found.presented) == (found.chain[0], found.chain[1:])
    assert found.verdict([pki().root.certificate]).ok


@pytest.mark.parametrize("versions", [TLS_1_2, TLS_1_3])
def test_a_leaf_alone_is_told_from_a_chain(versions: tuple[ssl.TLSVersion, ssl.TLSVersion], tmp_path: Path) -> None:
    """A server that sends no intermediate: it is missing for a store of the root, and not for one that has both."""
    found = shown_by(Shown(leaf=pki().leaf, versions=versions), tmp_path)
    both = TrustStore([pki().root.certificate, pki().issuing.certificate])
    assert found.chain == (pki().leaf.certificate,)
    assert found.verdict([pki().root.certificate]).code == 20
    assert found.verdict(both).ok


def test_order_and_strangers_in_a_chain_are_kept(tmp_path: Path) -> None:
    """What is sent in the wrong order, or has no place in the chain, is shown as it came."""
    other = pki().factory.root("Stranger CA")
    found = shown_by(Shown(leaf=pki().leaf, above=(other, pki().root, pki().issuing)), tmp_path)
    assert [one.common_name for one in found.chain] == [NAME, "Stranger CA", "Probe Root CA", "Probe Issuing CA"]
    assert found.verdict([pki().root.certificate]).ok


def test_what_is_wrong_with_a_certificate_keeps_nobody_from_seeing_it(tmp_path: Path) -> None:
    """Expired, self-signed, for another name: the chain is there, and its verdict says what OpenSSL says."""
    day = timedelta(days=1)
    past = {"not_before": pki().factory.at - 9 * day, "not_after": pki().factory.at - day}
    expired = pki().factory.leaf(pki().issuing, dns_names=[NAME], key="rsa", **past)
    own = pki().factory.self_signed(NAME, dns_names=[NAME])
    stranger = pki().factory.leaf(pki().issuing, dns_names=["other.example.com"])
    codes = [
        shown_by(Shown(leaf=leaf, above=(pki().issuing,)), tmp_path).verdict([pki().root.certificate]).code
        for leaf in (expired, own, stranger)
    ]
    assert codes == [10, 18, 62]


def test_a_verdict_can_be_asked_by_another_policy(tmp_path: Path) -> None:
    """Without a policy the name that was asked for counts; with one what it says."""
    found = shown_by(pki().full, tmp_path, server_name="other.example.com")
    trust = TrustStore([pki().root.certificate])
    assert found.verdict(trust).code == 62
    assert found.verdict(trust, VerifyPolicy(names=[NAME])).ok
    assert shown_by(pki().full, tmp_path, server_name="").verdict(trust).code == 64


def test_sni_chooses_the_certificate(tmp_path: Path) -> None:
    """A server with a certificate for each name: the one that is asked for comes; without SNI the usual one."""
    other = Shown(leaf=pki().factory.leaf(pki().root, dns_names=["domain.example.org"])).context(tmp_path)
    usual = pki().full.context(tmp_path)
    seen: list[str | None] = []

    def choose(connection: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> int | None:
        seen.append(name)
        if name == "unknown.example.org":
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        connection.context = other if name == "domain.example.org" else usual
        return None

    usual.sni_callback = choose
    with serving(tls(usual)) as port:
        names = ("domain.example.org", NAME, "", None, "Tromsø.example.org", "unknown.example.org")
        found = [probe("localhost", port, server_name=name) for name in names]
    assert [one.leaf and one.leaf.common_name for one in found] == ["domain.example.org", NAME, NAME, NAME, NAME, None]
    assert seen == ["domain.example.org", NAME, None, "localhost", "xn--troms-zua.example.org", "unknown.example.org"]
    assert (found[-1].failure, found[-1].why) == (ProbeFailure.HANDSHAKE, "tlsv1 unrecognized name")


@pytest.mark.parametrize("versions", [TLS_1_2, TLS_1_3])
def test_a_server_that_wants_a_certificate_has_shown_its_own(
    versions: tuple[ssl.TLSVersion, ssl.TLSVersion], tmp_path: Path
) -> None:
    """Mutual TLS, as on 7001: the chain is there, and that a client certificate is wanted."""
    wanting = attrs.evolve(pki().full, versions=versions, wants_certificate=True)
    found = shown_by(wanting, tmp_path)
    assert (found.failure, len(found.chain)) == (ProbeFailure.CLIENT_CERTIFICATE, 3)
    assert found.verdict([pki().root.certificate]).ok


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1:DeprecationWarning")
def test_an_old_server_is_seen(tmp_path: Path) -> None:
    """A server of TLS 1.0 alone, with ciphers that no client takes by default."""
    version = (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1)
    found = shown_by(attrs.evolve(pki().full, versions=version), tmp_path)
    assert (found.failure, found.tls_version, len(found.chain)) == (None, "TLSv1", 3)


def test_an_ipv6_address_is_reached(tmp_path: Path) -> None:
    """An address is no server name, so none is sent."""
    with serving(tls(pki().full.context(tmp_path)), "::1") as port:
        found = probe("::1", port)
    assert (found.address, found.server_name, len(found.chain)) == ("::1", None, 3)


@pytest.mark.parametrize(
    ("handler", "failure", "why"),
    [
        (saying(b"SSH-2.0-OpenSSH_8.0\r\n"), ProbeFailure.NOT_TLS, "the server began with SSH-2.0-OpenSSH_8.0"),
        (
            saying(b"HTTP/1.1 400 Bad Request\r\n"),
            ProbeFailure.NOT_TLS,
            "the server began with HTTP/1.1 400 Bad Request",
        ),
        (saying(b"\x1b[2J\x80"), ProbeFailure.NOT_TLS, "the server began with \\x1b[2J\\x80"),
        (saying(b"\x16\x02\x00"), ProbeFailure.NOT_TLS, "the server began with \\x16\\x02\\x00"),
        (saying(b"\x16\x03\x03\x00\x04\x0e\x00\x00\x00"), ProbeFailure.HANDSHAKE, "unexpected message"),
        (saying(b"\x15\x03\x03\x00\x02\x02\x28"), ProbeFailure.HANDSHAKE, "sslv3 alert handshake failure"),
        (closing, ProbeFailure.CLOSED, "the server closed the connection in the handshake"),
        (resetting, ProbeFailure.CLOSED, "connection reset by peer"),
        (silent, ProbeFailure.TIMEOUT, "the handshake took longer than 0.5 s"),
        (flooding, ProbeFailure.HANDSHAKE, ""),
    ],
    ids=["ssh", "http", "control characters", "cut", "junk", "alert", "closing", "resetting", "silent", "flooding"],
)
def test_a_server_without_a_chain_says_why(handler: object, failure: ProbeFailure, why: str) -> None:
    """Plain TCP, an alert, silence, a reset, a flood: the result says which, and there is no chain."""
    with serving(handler) as port:
        found = probe("127.0.0.1", port, timeout=SHORT if handler is silent else 10)
    assert (found.failure, found.chain, found.leaf) == (failure, (), None)
    assert found.why == (why or found.why) != ""
    with pytest.raises(ValueError, match=r"127\.0\.0\.1 sent no certificate: "):
        found.verdict([pki().root.certificate])


def test_a_drip_does_not_add_up(tmp_path: Path) -> None:
    """A server whose bytes come one at a time, each well in time: the deadline is that of the whole."""
    with serving(dripping(pki().full.context(tmp_path), 0.01)) as port:
        found = probe("127.0.0.1", port, timeout=SHORT)
    assert (found.failure, found.why) == (ProbeFailure.TIMEOUT, "the handshake took longer than 0.5 s")


def test_a_port_without_a_server_is_no_connection() -> None:
    """Nobody listens there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        found = probe("127.0.0.1", free.getsockname()[1])
    assert (found.failure, found.why) == (ProbeFailure.CONNECTION, "connection refused")


def test_the_next_address_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name with an address where nobody answers and one where somebody does."""
    real = socket.getaddrinfo

    def two(host: str, port: int, **options: object) -> list[object]:
        return [*real("127.0.0.2", 9, **options), *real("127.0.0.1", port, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", two)
    with serving(tls(pki().full.context(tmp_path))) as port:
        found = probe(NAME, port)
    assert (found.address, len(found.chain)) == ("127.0.0.1", 3)


def test_an_address_that_never_answers_takes_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """A queue that is full answers no connection: the time runs out, and that is said."""
    with socket.socket() as listening, socket.socket() as first:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        first.connect(listening.getsockname())
        found = probe("127.0.0.1", listening.getsockname()[1], timeout=SHORT)
    assert (found.failure, found.why.endswith("took longer than 0.5 s")) == (ProbeFailure.TIMEOUT, True)


def test_a_resolver_that_hangs_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's resolver knows no deadline; the probe does."""
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait())
    found = probe(NAME, timeout=SHORT)
    over.set()
    assert (found.failure, found.why) == (ProbeFailure.TIMEOUT, "looking the name up took longer than 0.5 s")


def test_a_name_that_nobody_knows_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the resolver says is in the result."""

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert probe(NAME) == Probed(
        host=NAME, port=8443, server_name=NAME, failure=ProbeFailure.NAME, why="name or service not known"
    )


def test_a_certificate_that_cannot_be_read_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """What OpenSSL lets pass and the library does not: what comes before it is kept."""
    sent = handshake.Answer(chain=(pki().leaf.der, b"0\x03\x02\x01\x01"), tls_version="TLSv1.2")
    monkeypatch.setattr(handshake, "ask", lambda *_: sent)
    found = probe(NAME)
    assert (found.chain, found.failure) == ((pki().leaf.certificate,), ProbeFailure.CERTIFICATE)
    assert found.why.startswith("certificate 2 of the chain: ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("",), "a host is a name or an IP address"),
        (("a b",), "a host is a name or an IP address"),
        (("a\0b",), "a host is a name or an IP address"),
        ((NAME, 0), "a port is 1 to 65535, not 0"),
        ((NAME, 65536), "a port is 1 to 65535, not 65536"),
        ((NAME, True), "a port is 1 to 65535, not True"),
        ((NAME, "443"), "a port is 1 to 65535, not '443'"),
    ],
)
def test_what_is_no_host_or_port_is_refused(arguments: tuple[object, ...], message: str) -> None:
    """Wrong arguments raise before anything is asked."""
    with pytest.raises(ValueError, match=message):
        probe(*arguments)


@pytest.mark.parametrize("timeout", [0, -1, 601, float("nan"), "5", True])
def test_what_is_no_timeout_is_refused(timeout: object) -> None:
    """No time, too much, or none at all."""
    with pytest.raises(ValueError, match="a timeout is more than 0 and at most 600 seconds"):
        probe(NAME, timeout=timeout)


@pytest.mark.parametrize("name", ["a..b", "x" * 64 + ".example.com", "\ud800"])
def test_what_is_no_server_name_is_refused(name: str) -> None:
    """A name that cannot be sent as SNI."""
    with pytest.raises(ValueError, match="a server name is a host name"):
        probe("127.0.0.1", server_name=name)


@given(st.binary(min_size=1, max_size=300))
def test_any_answer_ends_in_a_result(data: bytes) -> None:
    """Whatever a server says at once, the probe comes back with a failure."""
    with serving(saying(data)) as port:
        assert probe("127.0.0.1", port, timeout=0.1).failure is not None


def test_a_plain_name_is_the_server_name() -> None:
    """A final dot is no part of SNI; an address is none, whatever its zone."""
    names = (NAME, f"{NAME}.", "192.0.2.7", "fe80::1%eth0", "2001:db8::7")
    assert [probed._sni(name, None) for name in names] == [NAME, NAME, None, None, None]


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    """See that a probe leaves no thread behind but those of a resolver that hangs."""
    before = set(threading.enumerate())
    yield
    left = [one for one in set(threading.enumerate()) - before if not one.name.startswith("look-up")]
    assert left == []


def test_the_certificates_are_values(tmp_path: Path) -> None:
    """A result can be compared, hashed and shown."""
    found = shown_by(pki().full, tmp_path)
    assert found == attrs.evolve(found)
    assert isinstance(hash(found), int)
    assert NAME in repr(found)
    assert all(isinstance(one, Certificate) for one in found.chain)


def command(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Run the command, and return its status and what it printed."""
    status = cli.main(["probe", *arguments])
    return (status, *capsys.readouterr())


def test_the_command_shows_a_chain(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where it went, and each certificate on a line; without a store there is nothing to judge, and the status is 0."""
    with serving(tls(pki().full.context(tmp_path))) as port:
        status, out, err = command(f"127.0.0.1:{port}", "--sni", NAME, capsys=capsys)
    lines = out.splitlines()
    assert (status, err) == (0, "")
    assert lines[:2] == [f"127.0.0.1 port {port} (127.0.0.1, TLSv1.3, SNI {NAME})", "chain, as it was sent:"]
    assert [line.split(" (")[0] for line in lines[2:]] == [
        f"  0  {NAME}",
        "  1  Probe Issuing CA",
        "  2  Probe Root CA",
    ]


def test_the_command_judges_a_chain(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By a store, a name and a time: 0 for trusted, 1 for not, with OpenSSL's answer."""
    root, other = tmp_path / "root.pem", tmp_path / "other.pem"
    root.write_text(pki().root.pem)
    other.write_text(pki().issuing.pem)
    with serving(tls(Shown(leaf=pki().leaf).context(tmp_path))) as port:
        usual = (f"127.0.0.1:{port}", "--sni", NAME)
        missing = command(*usual, "--trust", str(root), capsys=capsys)
        both = command(*usual, "--trust", str(root), "--trust", str(other), capsys=capsys)
        named = command(*usual, "--trust", str(root), "--trust", str(other), "--name", "b.example", capsys=capsys)
        late = command(*usual, "--trust", str(root), "--trust", str(other), "--at", "2050-01-01", capsys=capsys)
    assert [one[0] for one in (missing, both, named, late)] == [1, 0, 1, 1]
    assert "error 20 at depth 0" in missing[1]
    assert f"OK: '{NAME}' is trusted" in both[1]
    assert "error 62 at depth 0" in named[1]
    assert "error 10 at depth" in late[1]


def test_the_command_prints_pem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The chain on standard output alone, to be written into a file."""
    with serving(tls(pki().full.context(tmp_path)), "::1") as port:
        status, out, err = command(f"[::1]:{port}", "--pem", capsys=capsys)
    assert (status, load_certificates(out)) == (0, (pki().leaf.certificate, *(
        one.certificate for one in pki().full.above
    )))  # fmt: skip
    assert err.startswith(f"::1 port {port} (::1, TLSv1.3)\n")


def test_the_command_says_why_there_is_no_chain(capsys: pytest.CaptureFixture[str]) -> None:
    """No TLS there: the status is 2, and what the server sent cannot spoil a terminal."""
    with serving(saying(b"\x1b[2Jhello\r\n")) as port:
        status, out, _ = command(f"127.0.0.1:{port}", capsys=capsys)
    assert (status, out.splitlines()) == (
        2,
        [f"127.0.0.1 port {port} (127.0.0.1)", "no TLS is spoken there: the server began with \\x1b[2Jhello"],
    )


def test_the_usual_port_is_that_of_the_edge() -> None:
    """Without a port, and for an IPv6 address without brackets, 8443 is asked."""
    texts = ("expe1.example.com", "expe1.example.com:7001", "::1", "[::1]", "[::1]:5061")
    assert [cli_probe._target(text) for text in texts] == [
        ("expe1.example.com", 8443),
        ("expe1.example.com", 7001),
        ("::1", 8443),
        ("::1", 8443),
        ("::1", 5061),
    ]
