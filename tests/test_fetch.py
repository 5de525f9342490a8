"""Fetching from real servers on loopback: what is had, what is refused, and that nothing else opens a socket."""

import ast
import ipaddress
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Final

import attrs
import httpcore
import openssl_oracle
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509 import ocsp
from docs_files import ISSUER_URL, PASSWORD, contents
from hypothesis import given
from hypothesis import strategies as st
from openssl_oracle import Question

import expressway_certs
from expressway_certs import (
    Certificate,
    Chain,
    Expressway,
    Fetched,
    FetchPolicy,
    LoadError,
    OcspStatus,
    RevocationList,
    TrustStore,
    VerifyPolicy,
    build_chain,
    check_upload,
    fetch_crls,
    fetch_missing,
    fetch_ocsp,
    load_certificates,
    verify,
)
from expressway_certs.sources.web import guarded
from expressway_certs.testing import CertificateFactory, Issued
from expressway_certs.testing.lab import Http, Lab, body_of, endless, moved, slow

FACTORY: Final = CertificateFactory(seed=12)
ROOT: Final = FACTORY.root("Fetch Root CA")
LOCAL: Final = FetchPolicy(allow_private=True, timeout=5)


@pytest.fixture
def lab() -> Iterator[Lab]:
    """Return a lab, of which nothing is left after the test."""
    with Lab() as made:
        yield made


@pytest.fixture
def web(lab: Lab) -> Http:
    """Return a server on loopback."""
    return lab.http()


def _certificates(data: bytes) -> tuple[Certificate, ...]:
    try:
        return load_certificates(data, password=PASSWORD)
    except LoadError:
        return ()


def leaf_under(web: Http, *paths: str, issuer: Issued = ROOT, **options: object) -> Issued:
    """Return a leaf that says its issuer's certificate is at these paths."""
    return FACTORY.leaf(issuer, dns_names=("fetch.example.com",), issuer_urls=list(map(web.url, paths)), **options)


def missing(leaf: Issued, trust: tuple[Issued, ...] = (ROOT,), policy: FetchPolicy = LOCAL) -> Fetched:
    """Fetch what the chain of a leaf lacks."""
    return fetch_missing(build_chain(leaf.certificate, [one.certificate for one in trust]), policy)


def reasons(found: Fetched) -> list[str]:
    """Return why things could not be had."""
    return [one.why for one in found.failures]


def as_pkcs7(*issued: Issued) -> bytes:
    """Return certificates as a PKCS#7 file, as CAs publish them."""
    return pkcs7.serialize_certificates([one.certificate.to_cryptography() for one in issued], Encoding.DER)


@pytest.mark.parametrize("form", ["der", "pem", "pkcs7", "pkcs7 with others"])
def test_the_missing_issuers_are_fetched(web: Http, form: str) -> None:
    """Two intermediates are had, one from the other's URL, in each form that CAs publish."""
    upper = FACTORY.intermediate(ROOT, "Fetch Upper CA")
    lower = FACTORY.intermediate(upper, "Fetch Lower CA", issuer_urls=[web.url("/upper")])
    forms = {
        "der": lambda one: one.der,
        "pem": lambda one: one.pem.encode(),
        "pkcs7": as_pkcs7,
        "pkcs7 with others": lambda one: as_pkcs7(FACTORY.root("Noise"), one),
    }
    web.routes |= {"/upper": forms[form](upper), "/lower": forms[form](lower)}
    leaf = leaf_under(web, "/lower", issuer=lower)
    found = missing(leaf)
    assert found.certificates == (lower.certificate, upper.certificate)
    assert found.chain.certificates == leaf.chain
    assert (found.failures, found.new_root) == ((), None)
    assert verify(leaf.certificate, TrustStore([ROOT.certificate]).adding(*found.certificates)).ok


def test_a_verdict_says_what_is_missing_as_well(web: Http) -> None:
    """What `verify` refused for want of an issuer can be completed too."""
    lower = FACTORY.intermediate(ROOT, "Fetch Lower CA")
    web.routes["/lower"] = lower.der
    verdict = verify(leaf_under(web, "/lower", issuer=lower).certificate, [ROOT.certificate])
    assert fetch_missing(verdict, LOCAL).certificates == (lower.certificate,)


def test_the_finding_of_an_upload_gives_the_files_to_load(web: Http) -> None:
    """What the page misses is fetched from the finding alone, and with it in the list the page takes the file."""
    lower = FACTORY.intermediate(ROOT, "Fetch Lower CA")
    web.routes["/lower"] = lower.der
    leaf = leaf_under(web, "/lower", issuer=lower, key="rsa")
    node = Expressway(name="fetch.example.com", role="E", trusted_ca=[ROOT.certificate])
    (finding,) = check_upload(leaf.pem, onto=node).refused
    files = fetch_missing(finding, LOCAL).certificates
    assert files == (lower.certificate,)
    assert check_upload(leaf.pem, onto=attrs.evolve(node, trusted_ca=node.trusted_ca.adding(*files))).refused == ()


def test_a_finding_about_no_chain_has_nothing_to_fetch() -> None:
    """A finding without a verdict behind it is refused in words."""
    node = Expressway(name="fetch.example.com", role="E")
    (finding,) = check_upload(b"no certificate", onto=node).refused
    with pytest.raises(ValueError, match=f"the finding {finding.rule} is about no chain"):
        fetch_missing(finding, LOCAL)


def test_a_whole_chain_fetches_nothing(web: Http) -> None:
    """Where nothing is missing nothing is asked for."""
    found = missing(leaf_under(web, "/root"))
    assert (found.certificates, found.failures, web.asked) == ((), (), [])


def test_a_fetched_root_is_not_trusted(web: Http) -> None:
    """A root that was fetched ends the chain, and is not trusted by that."""
    web.routes["/root"] = ROOT.der
    found = missing(leaf_under(web, "/root"), trust=())
    assert (found.new_root, found.certificates) == (ROOT.certificate, (ROOT.certificate,))
    assert found.failures == ()
    assert not found.chain.is_complete


def test_the_next_url_is_tried(web: Http) -> None:
    """A URL that gives nothing of use is told of, and the next one is tried."""
    lower = FACTORY.intermediate(ROOT, "Fetch Lower CA")
    namesake = FACTORY.intermediate(ROOT, "Fetch Lower CA")
    web.routes |= {"/html": b"<html>", "/forged": namesake.der, "/right": lower.der}
    found = missing(leaf_under(web, "/gone", "/html", "/forged", "/right", issuer=lower))
    assert found.certificates == (lower.certificate,)
    assert [one.url for one in found.failures] == [web.url(path) for path in ("/gone", "/html", "/forged")]
    gone, html, forged = reasons(found)
    assert gone == f"{web.url('/gone')} answered with status 404"
    assert html.startswith("no certificate is there: ")
    assert forged == "what is there did not sign the certificate"


def test_a_leaf_cannot_issue(web: Http) -> None:
    """A certificate that is no CA is not taken as an issuer, though its key made the signature."""
    lower = FACTORY.intermediate(ROOT, "Fetch Lower CA")
    same_key = FACTORY.leaf(ROOT, "Fetch Lower CA", key=lower.key, key_usage=None, extended_key_usage=None)
    web.routes["/lower"] = same_key.der
    found = missing(leaf_under(web, "/lower", issuer=lower))
    assert (found.certificates, reasons(found)) == ((), ["what is there did not sign the certificate"])


@pytest.mark.parametrize("is_up", [True, False], ids=["up", "down"])
def test_the_chain_of_every_sample_is_completed(web: Http, is_up: bool) -> None:
    """With the CA's server up, here behind a proxy, each sample's chain is whole; else it is said what is lacking."""
    files = contents()
    root, issuing = (Certificate.load(files[name]) for name in ("root.pem", "intermediate.pem"))
    if is_up:
        web.routes[ISSUER_URL] = issuing.der
    policy = FetchPolicy(proxy=f"http://127.0.0.1:{web.port}", timeout=5)
    leaves = {leaf for data in files.values() for leaf in _certificates(data) if leaf.issuer_urls}
    assert len(leaves) > 1
    for leaf in leaves:
        found = fetch_missing(build_chain(leaf, [root]), policy)
        assert (found.chain.is_complete, found.certificates) == ((True, (issuing,)) if is_up else (False, ()))
        expected = [] if is_up else [(leaf, ISSUER_URL, f"{ISSUER_URL} answered with status 404")]
        assert [(one.certificate, one.url, one.why) for one in found.failures] == expected


def test_no_url_is_said() -> None:
    """A certificate that does not say where its issuer is to be had is named."""
    lower = FACTORY.intermediate(ROOT, "Fetch Lower CA")
    leaf = FACTORY.leaf(lower, dns_names=("fetch.example.com",))
    found = missing(leaf)
    assert [(one.certificate, one.url, one.why) for one in found.failures] == [
        (leaf.certificate, "", "it names no URL of its issuer's certificate")
    ]


def test_issuers_in_a_circle_end(web: Http) -> None:
    """Two CAs that issued each other are fetched once each."""
    first = FACTORY.intermediate(ROOT, "Fetch First CA")
    second = FACTORY.intermediate(first, "Fetch Second CA", issuer_urls=[web.url("/first")])
    crossed = FACTORY.intermediate(second, "Fetch First CA", key=first.key, issuer_urls=[web.url("/second")])
    web.routes |= {"/first": crossed.der, "/second": second.der}
    found = missing(leaf_under(web, "/second", issuer=second))
    assert set(found.certificates) == {second.certificate, crossed.certificate}
    assert (found.chain.is_complete, web.asked) == (False, ["/second", "/first"])


def test_a_call_has_a_number_of_downloads(web: Http) -> None:
    """A certificate with very many URLs is asked at no more than the policy's number of them."""
    leaf = leaf_under(web, *(f"/{number}" for number in range(9)), issuer=FACTORY.intermediate(ROOT, "Away"))
    found = missing(leaf, policy=FetchPolicy(allow_private=True, max_fetches=4))
    assert len(web.asked) == 4
    assert reasons(found)[4:] == ["4 downloads were made, and that is enough"] * 5


def one_url(web: Http, url: str, **options: object) -> str:
    """Return why one URL gives nothing."""
    leaf = FACTORY.leaf(FACTORY.intermediate(ROOT, "Away"), dns_names=("a.example.com",), issuer_urls=[url])
    (why,) = reasons(missing(leaf, policy=FetchPolicy(**{"allow_private": True, "timeout": 5, **options})))
    return why


def test_a_slow_server_is_given_up(web: Http) -> None:
    """Bytes that come one by one do not stretch the time of a download."""
    web.routes["/drip"] = slow
    url = web.url("/drip")
    assert one_url(web, url, timeout=0.3) == f"{url} did not answer within 0.3 seconds"


def test_a_silent_server_is_given_up(web: Http) -> None:
    """A server that takes the connection and says nothing is given up."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        assert one_url(web, url, timeout=0.2) == f"{url} did not answer within 0.2 seconds"


def test_a_flood_is_cut(web: Http) -> None:
    """A body without an end is cut at the policy's length; one of that very length is read."""
    web.routes |= {"/flood": endless, "/full": b"x" * 1000}
    url = web.url("/flood")
    assert one_url(web, url, max_bytes=100_000) == f"{url} is longer than 100000 bytes"
    assert one_url(web, web.url("/full"), max_bytes=999) == f"{web.url('/full')} is longer than 999 bytes"
    assert one_url(web, web.url("/full"), max_bytes=1000).startswith("no certificate is there")


def test_a_closed_port_is_said(web: Http) -> None:
    """Nobody there is a reason like any other."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert one_url(web, f"http://127.0.0.1:{port}/").startswith(f"http://127.0.0.1:{port}/: ConnectError")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed(web: Http, status: int) -> None:
    """A file that has moved is found at its new place."""
    lower = FACTORY.intermediate(ROOT, "Fetch Lower CA")
    web.routes |= {"/old": moved("/new", status), "/new": lower.der}
    assert missing(leaf_under(web, "/old", issuer=lower)).certificates == (lower.certificate,)


def test_redirects_end(web: Http) -> None:
    """A redirect to itself is followed as often as the policy says, and no more."""
    web.routes["/loop"] = moved("/loop")
    url = web.url("/loop")
    assert one_url(web, url) == f"{url} comes after 3 redirects, and that is enough"
    assert web.asked == ["/loop"] * 4


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://127.0.0.1/", "ldap://127.0.0.1/cn=CA"])
def test_a_redirect_to_another_scheme_is_refused(web: Http, location: str) -> None:
    """A redirect cannot leave http and https."""
    web.routes["/old"] = moved(location)
    assert one_url(web, web.url("/old")) == f"{location} is not fetched: only http and https are"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ldap://ca.example.com/cn=CA", "is not fetched: only http and https are"),
        ("http://user:secret@127.0.0.1/", "is not fetched: it has no host, or a user in it"),
        ("http:///ca.cer", "is not fetched: it has no host, or a user in it"),
        ("http://127.0.0.1:99999/", "is no URL"),
        ("http://[::1/", "is no URL"),
        ("http://127.0.0.1/a b", "is no URL"),
        ("http://127.0.0.1/\r\nX: y", "is no URL"),
        ("http://no-such-host.invalid/", "cannot be resolved"),
    ],
)
def test_a_url_that_nobody_should_ask_is_refused(web: Http, url: str, why: str) -> None:
    """Whatever a certificate says is looked at before it is asked."""
    assert why in one_url(web, url)
    assert web.asked == []


def test_a_private_address_is_refused(web: Http) -> None:
    """Without the caller's leave a certificate cannot aim at the network of who checks it."""
    url = web.url("/ca.cer")
    assert one_url(web, url, allow_private=False) == (
        "127.0.0.1 is 127.0.0.1, which is no public address; see FetchPolicy(allow_private=True)"
    )
    named = web.url("/ca.cer", host="localhost")
    assert "which is no public address" in one_url(web, named, allow_private=False)
    assert web.asked == []


def test_a_redirect_to_a_private_address_is_refused(web: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    """The place of a redirect is judged as the first one was; here one loopback address stands for a public one."""
    monkeypatch.setattr(guarded, "is_public", lambda address: str(address) == "127.0.0.1")
    web.routes["/old"] = moved(web.url("/new", host="127.0.0.2"))
    why = one_url(web, web.url("/old"), allow_private=False)
    assert why.startswith("127.0.0.2 is 127.0.0.2, which is no public address")
    assert web.asked == ["/old"]


def test_the_address_that_was_judged_is_the_one_that_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name is looked up once, so that its second answer cannot be another."""
    looked_up, connected = [], []

    def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        looked_up.append(host)
        address = "93.184.215.14" if len(looked_up) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (address, port))]

    def connect(_: object, host: str, *rest: object) -> None:
        connected.append(host)
        raise httpcore.ConnectError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    with pytest.raises(guarded.FetchError):
        guarded.download("http://pki.example.com/ca.cer", FetchPolicy())
    assert (looked_up, connected) == (["pki.example.com"], ["93.184.215.14"])


def test_one_private_address_of_several_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that has a public and a private address is refused."""
    listed = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (one, 80)) for one in ("93.184.215.14", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: listed)
    with pytest.raises(guarded.FetchError, match=r"pki\.example\.com is 10\.0\.0\.1, which is no public address"):
        guarded.download("http://pki.example.com/ca.cer", FetchPolicy())


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True), ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("10.0.0.1", False), ("172.16.0.1", False), ("192.168.1.1", False), ("127.0.0.1", False),
        ("169.254.169.254", False), ("100.64.0.1", False), ("0.0.0.1", False), ("224.0.0.1", False),
        ("255.255.255.255", False), ("192.0.2.1", False), ("::1", False), ("fe80::1", False), ("fd00::1", False),
        ("ff02::1", False), ("::ffff:127.0.0.1", False), ("::ffff:93.184.215.14", True),
        ("2002:7f00:1::", False), ("64:ff9b::10.0.0.1", False), ("64:ff9b::93.184.215.14", True),
    ],
)  # fmt: skip
def test_which_addresses_are_public(address: str, public: bool) -> None:
    """Private, shared, link-local, reserved and wrapped addresses are none."""
    assert guarded.is_public(ipaddress.ip_address(address)) == public


def test_a_proxy_is_asked_instead(web: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a proxy the URL goes there whole, the proxy resolves its name, and an address that is private does not."""
    lower = FACTORY.intermediate(ROOT, "Fetch Lower CA")
    web.routes["http://pki.example.com/ca.cer"] = lower.der
    leaf = FACTORY.leaf(lower, dns_names=("a.example.com",), issuer_urls=["http://pki.example.com/ca.cer"])
    proxy = f"http://127.0.0.1:{web.port}"
    assert missing(leaf, policy=FetchPolicy(proxy=proxy)).certificates == (lower.certificate,)
    assert web.asked == ["http://pki.example.com/ca.cer"]
    why = one_url(web, "http://10.0.0.1/ca.cer", proxy=proxy, allow_private=False)
    assert why == "10.0.0.1 is no public address; see FetchPolicy(allow_private=True)"


def test_the_environment_sets_no_proxy(web: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment says of proxies is not listened to."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert one_url(web, web.url("/gone")) == f"{web.url('/gone')} answered with status 404"


@pytest.mark.parametrize(
    "options",
    [
        {"timeout": 0}, {"timeout": 601}, {"max_bytes": 0}, {"max_redirects": -1}, {"max_redirects": 11},
        {"max_fetches": 0}, {"proxy": "socks5://127.0.0.1"}, {"proxy": "http://"}, {"ocsp_hash": "md5"},
    ],
)  # fmt: skip
def test_a_policy_outside_its_bounds_is_refused(options: dict[str, object]) -> None:
    """A mistake in a policy is a `ValueError`."""
    with pytest.raises(ValueError, match=r"must be|ocsp_hash is 'sha1' or .*, not 'md5'"):
        FetchPolicy(**options)


def test_a_proxy_is_not_shown() -> None:
    """A proxy's URL may hold a password; a policy does not print it."""
    assert "secret" not in repr(FetchPolicy(proxy="http://me:secret@127.0.0.1:3128"))


def make_crl(issuer: Issued, *revoked: Issued, signer: Issued | None = None) -> bytes:
    """Return a CRL as DER."""
    start = datetime.now(UTC) - timedelta(hours=1)
    name = issuer.certificate.to_cryptography().subject
    builder = x509.CertificateRevocationListBuilder(name, start, start + timedelta(days=1))
    for one in revoked:
        entry = x509.RevokedCertificateBuilder(one.certificate.serial_number, start).build()
        builder = builder.add_revoked_certificate(entry)
    return builder.sign((signer or issuer).key, hashes.SHA256()).public_bytes(Encoding.DER)


def chain_with_crls(web: Http, *paths: str) -> Chain:
    """Return a whole chain whose leaf's CRL is at these paths, and whose intermediate's is at /root.crl."""
    lower = FACTORY.intermediate(ROOT, "CRL Lower CA", crl_urls=[web.url("/root.crl")])
    leaf = FACTORY.leaf(lower, dns_names=("crl.example.com",), crl_urls=list(map(web.url, paths)))
    web.routes |= {
        "/root.crl": make_crl(ROOT),
        "/lower.crl": make_crl(lower, leaf),
        "/forged.crl": make_crl(lower, signer=ROOT),
        "/html": b"<html>",
    }
    return build_chain(leaf.certificate, [ROOT.certificate], [lower.certificate])


def test_the_crls_of_a_chain_are_fetched(web: Http) -> None:
    """Each certificate's list is had, and with them the judge finds the revoked one, as OpenSSL does."""
    chain = chain_with_crls(web, "/gone", "/html", "/forged.crl", "/lower.crl")
    found = fetch_crls(chain, LOCAL)
    assert found.crls == tuple(RevocationList(web.routes[path]) for path in ("/lower.crl", "/root.crl"))
    gone, html, forged = reasons(found)
    assert (gone[-3:], html[:16]) == ("404", "no CRL is there:")
    assert forged == f"the CRL there is not signed by {chain.certificates[1].subject}"
    leaf, lower, root = chain.certificates
    verdict = verify(leaf, [root], [lower], VerifyPolicy(crls=found.crls, crl_check="all"))
    assert (verdict.code, verdict.depth) == (23, 0)
    if openssl_oracle.library() is not None:
        theirs = openssl_oracle.ask(
            Question(
                leaf=leaf.der,
                trust=(root.der,),
                presented=(lower.der,),
                at=int(datetime.now(UTC).timestamp()),
                crls=tuple(crl.der for crl in found.crls),
                crl_check="all",
            )
        )
        assert theirs is not None
        assert (theirs.code, theirs.depth) == (23, 0)


def test_a_list_of_a_ca_that_may_sign_none_is_refused(web: Http) -> None:
    """A CRL by a CA whose key usage has no cRLSign is not taken, as `verify` would not take it."""
    issuer = FACTORY.root("No Lists CA", key_usage=("keyCertSign",))
    leaf = FACTORY.leaf(issuer, dns_names=("a.example.com",), crl_urls=[web.url("/crl")])
    web.routes["/crl"] = make_crl(issuer)
    found = fetch_crls(build_chain(leaf.certificate, [issuer.certificate]), LOCAL)
    assert (found.crls, reasons(found)) == ((), [f"the CRL there is not signed by {issuer.certificate.subject}"])


def test_a_certificate_without_lists_is_named() -> None:
    """A certificate that names no CRL is a failure of its own."""
    leaf = FACTORY.leaf(ROOT, dns_names=("a.example.com",))
    found = fetch_crls(build_chain(leaf.certificate, [ROOT.certificate]), LOCAL)
    assert reasons(found) == ["it names no URL of a CRL"]


def asked_at(url: str, issuer: Issued = ROOT, policy: FetchPolicy = LOCAL) -> tuple[Issued, Chain]:
    """Return a leaf whose responder is at a URL, and its chain."""
    leaf = FACTORY.leaf(issuer, dns_names=("ocsp.example.com",), ocsp_urls=[url])
    return leaf, build_chain(leaf.certificate, [issuer.certificate])


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
@pytest.mark.parametrize("status", ["good", "revoked", "unknown"])
def test_openssl_s_responder_is_asked(lab: Lab, status: str, algorithm: str) -> None:
    """A responder on loopback with OpenSSL's own answers is asked, and its answer is believed."""
    responder = lab.ocsp(ROOT, signer=FACTORY.leaf(ROOT, "R", extended_key_usage=["OCSPSigning"]))
    leaf, chain = asked_at(responder.url)
    {"good": responder.good, "revoked": responder.revoked, "unknown": []}[status].append(leaf)
    found = fetch_ocsp(chain, FetchPolicy(allow_private=True, ocsp_hash=algorithm))
    assert found.failures == ()
    assert [(one.certificate, one.answer.status.value) for one in found.ocsp] == [(leaf.certificate, status)]


def sha1_only(handler: BaseHTTPRequestHandler) -> None:
    """Answer as a responder does that knows its certificates by SHA-1 alone: it refuses any other question."""
    request = ocsp.load_der_ocsp_request(body_of(handler))
    refused = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.UNAUTHORIZED)
    assert request.hash_algorithm.name != "sha1"
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(refused.public_bytes(Encoding.DER))


def test_a_responder_of_sha_1_alone_is_no_help(web: Http) -> None:
    """A question by SHA-256, as Expressway's is, has no answer from a responder that only knows SHA-1."""
    web.routes["/ocsp"] = sha1_only
    _, chain = asked_at(web.url("/ocsp"))
    found = fetch_ocsp(chain, LOCAL)
    assert (found.ocsp, reasons(found)) == ((), ["the responder says unauthorized"])


def test_a_question_is_not_dropped_on_the_way(web: Http) -> None:
    """A redirect that would turn the question into a plain request is refused; one that keeps it is followed."""
    web.routes |= {"/old": moved("/ocsp"), "/kept": moved("/ocsp", 307), "/ocsp": sha1_only}
    for path, why in (("/old", "redirects with status 302, which drops the question"), ("/kept", "unauthorized")):
        _, chain = asked_at(web.url(path))
        assert why in reasons(fetch_ocsp(chain, LOCAL))[0]


def test_no_responder_and_other_bytes_are_said(web: Http) -> None:
    """A certificate without a responder is named, and so is a responder that sends something else."""
    web.routes["/ocsp"] = b"<html>"
    _, chain = asked_at(web.url("/ocsp"))
    assert reasons(fetch_ocsp(chain, LOCAL))[0].startswith("the bytes are not an OCSP response")
    leaf = FACTORY.leaf(ROOT, dns_names=("a.example.com",))
    found = fetch_ocsp(build_chain(leaf.certificate, [ROOT.certificate]), LOCAL)
    assert reasons(found) == ["it names no OCSP responder"]


# What opens a socket, as docs/how-to/fetch.md has it: fetching and the probe, and the lab for tests, which has servers.
OPENS_SOCKETS: Final = {"sources.web.guarded", "sources.probe.handshake"}
LAB: Final = "testing.lab"
NETWORK: Final = frozenset(
    {
        "asyncio", "ftplib", "http", "httpcore", "httpx", "imaplib", "paramiko", "poplib", "requests", "smtplib",
        "socket", "socketserver", "urllib.request", "urllib3", "xmlrpc",
    }
)  # fmt: skip

NO_SOCKET: Final = """
import sys
seen = []
sys.addaudithook(lambda event, arguments: seen.append(event) if event.startswith("socket.") else None)
from pathlib import Path
from expressway_certs import *
from expressway_certs import cli
from expressway_certs.testing import write_diagnostics
from expressway_certs.testing.sample import sample_deployment
site = sample_deployment()
report = audit(site)
report.to_html(), report.to_text(), report.to_json(), report.to_markdown(), report.to_junit(), report.to_sarif()
report.matrix(), report._repr_html_(), mend(site, sign=None)
leaf, lower = load_certificates("bundle.pem")
plan = plan_renewal(site, site.nodes[0].name, leaf)
repr(plan), forecast(site), readiness(site, "X15.5")
site.save("saved")
assert audit(Deployment.load("saved")).findings
load_diagnostics(*write_diagnostics(site, "archives"))
root = Certificate.load("root.pem")
verify(leaf, [root]).explanation, second_opinion(leaf, [root], [lower], crls=[RevocationList.load("issuing.crl")])
list(verify_many([leaf] * 9, [root], [lower], processes=2))
node = Expressway(name="expe1.example.com", role="E", release="X14.2")
identify("leaf.p7b"), check_upload("leaf.pem", onto=node), try_upload("leaf.pem", onto=node)
check_trusted_ca_upload("root.pem", onto=node), check_request(make_request(node).request, node)
public_trust_store(), system_trust_store(), OcspResponse.load("leaf.ocsp").answer(leaf, lower)
cli.main(["audit", "--json"])
assert seen == [], seen
{asked}
"""


@pytest.mark.usefixtures("sample_files")
@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("", 0),
        ("fetch_missing(build_chain(leaf, [root])); assert not seen, seen", 1),
        ("probe('no-such-host.invalid'); assert not seen, seen", 1),
    ],
)
def test_nothing_opens_a_socket_but_what_is_asked_to(asked: str, status: int) -> None:
    """Whatever judges, plans, loads and reports touches no socket, while the hook sees that fetching and probing do."""
    program = NO_SOCKET.replace("{asked}", asked)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, text=True)
    assert done.returncode == status, done.stderr
    assert ("socket.getaddrinfo" in done.stderr) == bool(status)


def test_no_other_module_can_open_a_socket() -> None:
    """Of all modules, fetching, the probe and the lab alone import anything that reaches the network."""
    package = Path(expressway_certs.__file__).parent
    found = {
        ".".join(path.relative_to(package).with_suffix("").parts)
        for path in package.rglob("*.py")
        if any(one == name or one.startswith(f"{name}.") for one in _imported(path) for name in NETWORK)
    }
    assert {name for name in found if not name.startswith(LAB)} == OPENS_SOCKETS


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from (f"{node.module}.{one.name}" for one in node.names)


@given(st.text(max_size=40).map("http://".__add__))
def test_any_url_is_refused_in_words(url: str) -> None:
    """No text in place of a URL raises anything but the refusal."""
    with suppress(guarded.FetchError):
        assert guarded._checked(url, FetchPolicy()).scheme == "http"


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the library for fetching is not there, the error names the extra."""
    monkeypatch.setitem(sys.modules, "expressway_certs.sources.web.guarded", None)
    leaf = FACTORY.leaf(ROOT, dns_names=("a.example.com",), issuer_urls=["http://pki.example.com/"])
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'expressway_certs\[fetch\]'"):
        missing(leaf, trust=())


def test_statuses_are_those_of_the_rfc() -> None:
    """The four words of an answer are the contract."""
    assert [one.value for one in OcspStatus] == ["good", "revoked", "unknown", "no answer"]
    assert Certificate(ROOT.der).issuer_urls == ()
