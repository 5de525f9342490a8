"""The certificate factory: the same bytes every time, sound by default, odd where asked."""

import ipaddress
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

import expressway_certs
from expressway_certs import CertificateRequest, VerifyPolicy, load_private_key, verify
from expressway_certs.testing import CertificateFactory, Issued
from expressway_certs.testing.keys import ec_key, rsa_key_count
from expressway_certs.x509.alternative_names import AlternativeName, names_in
from expressway_certs.x509.files.keys import public_key_der
from expressway_certs.x509.request_building import RequestContents, build_request

AT: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY: Final = timedelta(days=1)
PINNED: Final = "2ab237dd203b72bd"


@pytest.fixture
def factory() -> CertificateFactory:
    """Return a factory at a fixed instant."""
    return CertificateFactory(seed=7, at=AT)


@pytest.fixture
def chain(factory: CertificateFactory) -> tuple[Issued, Issued, Issued]:
    """Return a root, an intermediate under it, and a leaf under that."""
    root = factory.root("Example Root CA")
    issuing = factory.intermediate(root, "Example Issuing CA")
    return (
        root,
        issuing,
        factory.leaf(issuing, dns_names=["expe1.example.com"], ip_addresses=["192.0.2.1", "2001:db8::1"]),
    )


def every_kind(factory: CertificateFactory) -> list[bytes]:
    """Return one certificate of each kind, by both kinds of key."""
    root = factory.root("Root", key="rsa")
    issuing = factory.intermediate(root, "Issuing", digest="sha384")
    return [root.der, issuing.der, factory.leaf(issuing, "leaf").der, factory.self_signed("alone", key="rsa").der]


def test_the_same_calls_give_the_same_bytes() -> None:
    """Keys, serial numbers and signatures come from the seed."""
    assert every_kind(CertificateFactory(3, AT)) == every_kind(CertificateFactory(3, AT))


def test_another_process_gives_the_same_bytes(chain: tuple[Issued, Issued, Issued]) -> None:
    """Nothing of the process gets in, such as the order in which it hashes text."""
    code = (
        "from datetime import UTC, datetime\n"
        "from expressway_certs.testing import CertificateFactory\n"
        "factory = CertificateFactory(seed=7, at=datetime(2026, 11, 24, 12, tzinfo=UTC))\n"
        "print(factory.root('Example Root CA').certificate.sha256)"
    )
    environment = os.environ | {"PYTHONHASHSEED": "4711"}
    folder = Path(next(iter(expressway_certs.__path__))).parent
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=environment, cwd=folder)
    assert done.stdout.decode().strip() == chain[0].certificate.sha256


def test_the_bytes_stay_what_they_are() -> None:
    """A release that changes the certificates of everybody's tests is seen here first."""
    assert CertificateFactory(0, AT).root("Example Root CA").certificate.sha256[:16] == PINNED


@pytest.mark.parametrize("other", [CertificateFactory(4, AT), CertificateFactory(3, AT + DAY)])
def test_another_seed_or_instant_gives_other_bytes(other: CertificateFactory) -> None:
    """The seed and the instant are both in it."""
    assert set(every_kind(CertificateFactory(3, AT))).isdisjoint(every_kind(other))


def test_one_more_certificate_changes_no_other(factory: CertificateFactory) -> None:
    """A key belongs to a name and how many of that name there were, not to the order of all calls."""
    other = CertificateFactory(seed=7, at=AT)
    other.root("Another Root CA")
    assert factory.root("Example Root CA") == other.root("Example Root CA")


def test_two_of_one_name_are_two(factory: CertificateFactory) -> None:
    """The same name again has another key and another serial number: the trap of two CAs with one name."""
    first, second = factory.root("Example Root CA").certificate, factory.root("Example Root CA").certificate
    assert first.subject == second.subject
    assert first.subject_key_identifier != second.subject_key_identifier
    assert first.serial_number != second.serial_number


@pytest.mark.parametrize("purpose", ["server", "client"])
@pytest.mark.parametrize("openssl", ["3.0", "1.1.1"])
def test_a_chain_is_trusted(chain: tuple[Issued, Issued, Issued], purpose: str, openssl: str) -> None:
    """The defaults are sound for either side and under a security level above the usual."""
    root, issuing, leaf = (one.certificate for one in chain)
    policy = VerifyPolicy(purpose=purpose, names="expe1.example.com", at=AT, security_level=2, openssl=openssl)
    verdict = verify(leaf, [root], [issuing], policy)
    assert (verdict.ok, verdict.chain) == (True, chain[2].chain)
    assert chain[2].chain == (leaf, issuing, root)


def test_a_leaf_has_what_was_asked_for(chain: tuple[Issued, Issued, Issued]) -> None:
    """Names and addresses in their order, the common name from the first, both purposes, and its issuer."""
    root, issuing, leaf = (one.certificate for one in chain)
    assert [one.role for one in (root, issuing, leaf)] == ["root", "intermediate", "leaf"]
    assert leaf.subject == "O=Example, CN=expe1.example.com"
    assert leaf.dns_names == ("expe1.example.com",)
    assert leaf.ip_addresses == (ipaddress.ip_address("192.0.2.1"), ipaddress.ip_address("2001:db8::1"))
    assert leaf.extended_key_usage == {"serverAuth", "clientAuth"}
    assert leaf.key_usage == {"digitalSignature", "keyEncipherment"}
    assert leaf.authority_key_identifier == issuing.subject_key_identifier
    assert chain[2].issuer is chain[1]


def test_validity_is_counted_from_the_instant(chain: tuple[Issued, Issued, Issued]) -> None:
    """From a day before it, a year for a leaf, ten years for a CA."""
    assert {one.certificate.not_before for one in chain} == {AT - DAY}
    assert [one.certificate.not_after - AT for one in chain] == [3650 * DAY, 3650 * DAY, 365 * DAY]


def test_validity_may_be_given(factory: CertificateFactory) -> None:
    """An expired certificate, with times in another zone than UTC."""
    start, end = AT - 20 * DAY, datetime.fromisoformat("2026-11-24T13:59:59+02:00")
    certificate = factory.self_signed("expired", not_before=start, not_after=end).certificate
    assert (certificate.not_before, certificate.not_after) == (start, AT - timedelta(seconds=1))


def test_a_usage_may_be_absent_or_unusual(factory: CertificateFactory) -> None:
    """None leaves an extension out; a dotted OID stands for a purpose without a name."""
    root = factory.root("Root")
    absent = factory.leaf(root, "absent", key_usage=None, extended_key_usage=None).certificate
    unusual = factory.leaf(root, "unusual", extended_key_usage=["anyExtendedKeyUsage", "1.2.3.4"]).certificate
    assert (absent.key_usage, absent.extended_key_usage) == (None, None)
    assert unusual.extended_key_usage == {"anyExtendedKeyUsage", "1.2.3.4"}


def test_a_ca_may_be_unsound(factory: CertificateFactory) -> None:
    """No basicConstraints, a path length, no certSign, another digest: what the judge is to be tried with."""
    root = factory.root("Root", path_length=0, digest="sha512")
    issuing = factory.intermediate(root, "Issuing", is_ca=None, key_usage=["cRLSign"])
    assert (root.certificate.path_length, root.certificate.signature_algorithm) == (0, "ecdsa-with-SHA512")
    assert (issuing.certificate.basic_constraints, issuing.certificate.key_usage) == (None, {"cRLSign"})


def test_key_identifiers_may_be_wrong_or_absent(factory: CertificateFactory) -> None:
    """None leaves one out, bytes are taken as they are."""
    root = factory.root("Root", subject_key_identifier=None, authority_key_identifier=None)
    leaf = factory.leaf(root, "leaf", authority_key_identifier=b"\1\2").certificate
    assert (root.certificate.subject_key_identifier, root.certificate.authority_key_identifier) == (None, None)
    assert leaf.authority_key_identifier == b"\1\2"


def test_the_addresses_of_a_ca_get_in(factory: CertificateFactory) -> None:
    """CRL, OCSP and issuer addresses, and URIs among the alternative names."""
    url = "http://pki.example.com/"
    leaf = factory.self_signed(
        "leaf", crl_urls=[f"{url}crl"], ocsp_urls=[f"{url}ocsp"], issuer_urls=[f"{url}ca"], uris=["sip:example.com"]
    ).certificate
    assert (leaf.crl_urls, leaf.ocsp_urls, leaf.issuer_urls) == ((f"{url}crl",), (f"{url}ocsp",), (f"{url}ca",))
    assert leaf.uris == ("sip:example.com",)


def test_names_and_numbers_may_be_given(factory: CertificateFactory) -> None:
    """A subject without an organisation, and a serial number."""
    certificate = factory.self_signed("alone", organization=None, serial_number=17).certificate
    assert (certificate.subject, certificate.issuer, certificate.serial_number) == ("CN=alone", "CN=alone", 17)


def test_a_self_signed_leaf_is_no_ca(factory: CertificateFactory) -> None:
    """It signed itself and is a leaf all the same: OpenSSL's error 18 where nobody trusts it."""
    issued = factory.self_signed(dns_names=["expc1.example.com"])
    verdict = verify(issued.certificate, [], policy=VerifyPolicy(at=AT))
    assert (issued.certificate.role, issued.certificate.is_self_signed, issued.issuer) == ("leaf", True, None)
    assert (verdict.code, verdict.depth) == (18, 0)


def test_rsa_keys_come_from_the_store(factory: CertificateFactory) -> None:
    """Each is used once, and the error says how many there are."""
    keys = [factory.root(f"Root {number}", key="rsa").key for number in range(rsa_key_count())]
    assert all(isinstance(key, rsa.RSAPrivateKey) and key.key_size == 2048 for key in keys)
    assert len({key.private_numbers().p for key in keys if isinstance(key, rsa.RSAPrivateKey)}) == rsa_key_count()
    with pytest.raises(ValueError, match=f"there are {rsa_key_count()} RSA keys"):
        factory.root("one more", key="rsa")


def test_a_key_may_be_used_twice(factory: CertificateFactory) -> None:
    """A renewal keeps its key: the CA that is cross-signed has one key in two certificates."""
    root, other = factory.root("Root"), factory.root("Other Root")
    crossed = factory.intermediate(other, "Root", key=root.key)
    leaf = factory.leaf(root, "leaf").certificate
    assert crossed.certificate.subject_key_identifier == root.certificate.subject_key_identifier
    assert verify(leaf, [other.certificate], [crossed.certificate], VerifyPolicy(at=AT)).ok


def test_the_key_belongs_to_the_certificate(chain: tuple[Issued, Issued, Issued]) -> None:
    """The PEM of the key is that of the certificate, and the certificate's PEM and DER are its own."""
    leaf = chain[2]
    assert load_private_key(leaf.key_pem).matches(leaf.certificate)
    assert not load_private_key(chain[1].key_pem).matches(leaf.certificate)
    assert (leaf.pem, leaf.der) == (leaf.certificate.to_pem(), leaf.certificate.der)


def asked() -> CertificateRequest:
    """Return a request with a name of every kind that a CA copies, and usages."""
    contents = RequestContents(
        subject=[("O", "Asked"), ("CN", "expe1.example.com")],
        names=[AlternativeName("DNS", "expe1.example.com"), AlternativeName("XMPP", "chat.example.com")],
        key_usage=("digitalSignature",),
        extended_key_usage=("serverAuth",),
    )
    return build_request(contents, ec_key("request"))


def test_a_request_is_signed_as_it_stands(factory: CertificateFactory, chain: tuple[Issued, Issued, Issued]) -> None:
    """Key, subject, names and usages are the request's; the chain holds."""
    root, issuing, _ = chain
    request = asked()
    signed = factory.issue(issuing, request)
    assert signed.subject == "O=Asked, CN=expe1.example.com"
    assert names_in(signed) == names_in(request)
    assert (signed.key_usage, signed.extended_key_usage) == ({"digitalSignature"}, {"serverAuth"})
    assert public_key_der(signed.der) == public_key_der(request.der)
    assert verify(signed, [root.certificate, issuing.certificate], policy=VerifyPolicy(at=AT)).ok
    assert signed != factory.issue(issuing, request)


def test_a_ca_may_change_what_it_signs(factory: CertificateFactory, chain: tuple[Issued, Issued, Issued]) -> None:
    """Names, usages and the subject are the options' where those say something; the key never is."""
    _, issuing, _ = chain
    changed = factory.issue(issuing, asked(), "other", dns_names=["a.example.com"], extended_key_usage=None)
    assert [str(name) for name in names_in(changed)] == ["DNS:a.example.com"]
    assert (changed.subject, changed.extended_key_usage) == ("O=Example, CN=other", None)
    assert factory.issue(issuing, asked(), organization=None).subject == "CN=expe1.example.com"
    bare = build_request(RequestContents(), ec_key("bare"))
    assert factory.issue(issuing, bare, dns_names=()).key_usage is None
    with pytest.raises(TypeError, match="a request brings its own key"):
        factory.issue(issuing, asked(), key="rsa")


def test_the_key_is_in_no_repr(chain: tuple[Issued, Issued, Issued]) -> None:
    """A failing test prints its values: no key is among them, test key or not."""
    assert "key" not in repr(chain[2])
    assert repr(chain[2]) == f"Issued(certificate={chain[2].certificate!r})"


def test_an_ec_key_is_that_of_its_parts() -> None:
    """The parts are kept apart, so that no two lists of them give one key."""
    assert isinstance(ec_key(1, "a").curve, ec.SECP256R1)
    assert ec_key(1, "a").private_numbers() == ec_key(1, "a").private_numbers()
    assert ec_key(1, "a").private_numbers() != ec_key("1a", "").private_numbers()


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"dns_name": "a"}, TypeError, "no option is called dns_name; there are dns_names, "),
        (
            {"extended_key_usage": ["server"]},
            ValueError,
            "no extended key usage is called 'server'; there are serverAuth",
        ),
        ({"key_usage": ["sign"]}, ValueError, "no key usage is called 'sign'; there are digitalSignature"),
        ({"ip_addresses": ["expe1"]}, ValueError, "'expe1' does not appear to be an IPv4 or IPv6 address"),
    ],
)
def test_a_wrong_option_is_refused(
    factory: CertificateFactory, options: dict[str, object], error: type[Exception], message: str
) -> None:
    """A typing error never makes a certificate that is other than meant, and the message names what there is."""
    with pytest.raises(error, match=message):
        factory.self_signed("leaf", **options)


def test_a_leaf_needs_a_name(factory: CertificateFactory) -> None:
    """Without any name there is nothing to call it by."""
    with pytest.raises(TypeError, match="give a common name or at least one of dns_names"):
        factory.leaf(factory.root("Root"))


def test_an_instant_has_a_time_zone() -> None:
    """A naive time would give other bytes on every machine."""
    with pytest.raises(ValueError, match="has no time zone"):
        CertificateFactory(at=AT.replace(tzinfo=None))


@pytest.mark.parametrize("key", ["rsa", "ec", "ed25519"])
@pytest.mark.parametrize("status", ["good", "revoked", "unknown"])
@pytest.mark.parametrize("delegated", [False, True])
def test_an_ocsp_answer_proves_what_it_says(key: str, status: str, delegated: bool) -> None:
    """What the factory answers about a certificate is believed, signed by its CA or by a responder of that CA."""
    factory = CertificateFactory(seed=5)
    ca = factory.root("Answering Root CA", key=key)
    leaf = factory.leaf(ca, dns_names=("a.example.com",))
    responder = factory.leaf(ca, "Responder", key=key, extended_key_usage=("OCSPSigning",)) if delegated else None
    answer = factory.ocsp(leaf, status, responder=responder).answer(leaf.certificate, ca.certificate, at=factory.at)
    assert (answer.why, answer.status.value, answer.hash_algorithm) == ("", status, "sha256")
