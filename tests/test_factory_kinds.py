"""What else the factory makes: keys of every kind, odd certificates, CAs anew, CRLs, OCSP answers, files."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7, pkcs12
from cryptography.x509 import ocsp
from openssl_oracle import Question, ask

from expressway_certs import Certificate, OcspStatus, RevocationList, load_certificates, load_private_key
from expressway_certs.testing import CertificateFactory, Issued, key_of
from expressway_certs.testing.keys import KEY_KINDS, rsa_key_count
from expressway_certs.x509 import codes

AT: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY: Final = timedelta(days=1)
HOST: Final = "expe1.example.com"
# A BIT STRING with a point of P-256 in it.
UNCOMPRESSED_POINT: Final = b"\x03\x42\x00\x04"


@pytest.fixture
def factory() -> CertificateFactory:
    """Return a factory at a fixed instant."""
    return CertificateFactory(seed=7, at=AT)


@pytest.fixture
def issuing(factory: CertificateFactory) -> Issued:
    """Return an intermediate."""
    return factory.intermediate(factory.root("Example Root CA"), "Example Issuing CA")


def openssl(leaf: Issued | Certificate, *trusted: Issued, presented: tuple[Issued, ...] = (), **options: Any) -> int:
    """Return OpenSSL's verdict at the instant of the factory: the number of its error, 0 for none."""
    answer = ask(
        Question(
            leaf=leaf.der,
            trust=tuple(one.der for one in trusted),
            presented=tuple(one.der for one in presented),
            at=int(AT.timestamp()),
            **{"security_level": 0, **options},
        )
    )
    if answer is None:
        pytest.skip("no OpenSSL 3.0 library is on this computer")
    return answer.code


# Keys.


@pytest.mark.parametrize("kind", KEY_KINDS)
def test_every_kind_of_key_signs(factory: CertificateFactory, kind: Any) -> None:
    """A CA and a leaf of each kind verify, the same bytes each time, and `key_of` finds both keys."""
    root = factory.root("Root CA", key=kind)
    leaf = factory.leaf(root, HOST, key=kind)
    again = CertificateFactory(seed=7, at=AT)
    assert openssl(leaf, root) == 0
    assert (again.root("Root CA", key=kind), again.leaf(root, HOST, key=kind).der) == (root, leaf.der)
    assert load_private_key(leaf.key_pem).matches(leaf.certificate)
    assert Issued.of(leaf.certificate).key_pem == leaf.key_pem
    assert leaf.key_pem != root.key_pem


def test_a_kind_of_key_that_there_is_not_is_an_error(factory: CertificateFactory) -> None:
    """The message names the kinds that there are."""
    with pytest.raises(ValueError, match="no key is called 'dsa'; there are ec, ec-384, ec-521, rsa, rsa-1024"):
        factory.root("Root CA", key="dsa")  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "size"), [("rsa-1024", 1024), ("rsa", 2048), ("rsa-3072", 3072), ("rsa-4096", 4096)])
def test_stored_keys_have_their_size_and_are_sound(factory: CertificateFactory, kind: Any, size: int) -> None:
    """Each stored key is an RSA key of just that size: two primes, and the exponent and its inverse fit them."""
    for number in range(rsa_key_count(size)):
        key = factory.root(f"Root CA {number}", key=kind).key
        assert isinstance(key, rsa.RSAPrivateKey)
        assert key.key_size == size
        # The library checks what it is given here, which the factory spares itself.
        assert key.private_numbers().private_key().private_numbers() == key.private_numbers()


def test_the_key_of_a_stranger_is_not_known(issuing: Issued) -> None:
    """A certificate that no factory of this process made has no key here."""
    der = bytearray(issuing.der)
    der[issuing.der.index(UNCOMPRESSED_POINT) + 10] ^= 1
    with pytest.raises(ValueError, match="the key of O=Example, CN=Example Issuing CA is not known"):
        key_of(Certificate(bytes(der)))


# Odd certificates.


def test_name_constraints_are_kept_and_broken(factory: CertificateFactory) -> None:
    """OpenSSL refuses a name outside of the permitted ones, and one among the excluded."""
    root = factory.root("Root CA")
    limited = factory.intermediate(
        root, "Limited CA", permitted_names=["example.com", "192.0.2.0/24"], excluded_names=["bad.example.com"]
    )
    verdicts = [
        openssl(factory.leaf(limited, dns_names=[name], ip_addresses=[address]), root, limited)
        for name, address in [
            (HOST, "192.0.2.7"),
            ("expe1.example.net", "192.0.2.7"),
            ("a.bad.example.com", "192.0.2.7"),
            (HOST, "198.51.100.1"),
        ]
    ]
    assert verdicts == [0, codes.PERMITTED_VIOLATION, codes.EXCLUDED_VIOLATION, codes.PERMITTED_VIOLATION]


def test_an_unknown_extension_gets_in(factory: CertificateFactory, issuing: Issued) -> None:
    """OpenSSL lets it pass where it is not critical, and refuses it where it is."""
    plain, critical = (
        factory.leaf(issuing, HOST, more_extensions=[("1.3.6.1.4.1.99999.1", is_critical, b"\x05\x00")])
        for is_critical in (False, True)
    )
    root = issuing.issuer
    assert root is not None
    assert [openssl(one, root, issuing) for one in (plain, critical)] == [0, codes.UNHANDLED_CRITICAL_EXTENSION]


def test_version_1_has_no_extensions(factory: CertificateFactory) -> None:
    """A root of version 1 is trusted as ever, and a leaf under it too."""
    root = factory.root("Old Root CA", version=1)
    assert (root.certificate.version, root.certificate.key_usage, root.certificate.is_ca) == (1, None, False)
    assert openssl(factory.leaf(root, HOST), root) == 0


@pytest.mark.parametrize("key", ["rsa", "ec"])
def test_sha1_is_refused_by_a_security_level(factory: CertificateFactory, key: Any) -> None:
    """The signature is good, and too weak for level 1."""
    root = factory.root("Root CA", key=key)
    leaf = factory.leaf(root, HOST, digest="sha1")
    assert "sha1" in leaf.certificate.signature_algorithm.lower()
    assert [openssl(leaf, root, security_level=level) for level in (0, 1)] == [0, codes.CA_MD_TOO_WEAK]


def test_a_public_key_may_be_one_that_nobody_has(factory: CertificateFactory, issuing: Issued) -> None:
    """The certificate has it, and the signature of its CA is good."""
    public = rsa.RSAPublicNumbers(65537, (1 << 8191) | 1).public_key()
    leaf = factory.leaf(issuing, HOST, public_key=public)
    root = issuing.issuer
    assert root is not None
    assert (leaf.certificate.key.size, openssl(leaf, root, issuing)) == (8192, 0)


def test_a_subject_may_have_an_attribute_that_nobody_names(factory: CertificateFactory) -> None:
    """An attribute of an unknown OID stands between the organization and the common name."""
    leaf = factory.self_signed(HOST, attributes=[("1.3.6.1.4.1.99999.2", "odd")])
    found = [one.oid.dotted_string for one in leaf.certificate.to_cryptography().subject]
    assert found == ["2.5.4.10", "1.3.6.1.4.1.99999.2", "2.5.4.3"]


# CAs anew.


def test_a_renewal_is_like_the_old_one(factory: CertificateFactory, issuing: Issued) -> None:
    """Subject, names, usages and addresses are the same, the key is another one, unless it is to be the same."""
    old = factory.leaf(
        issuing,
        HOST,
        dns_names=[HOST, "example.com"],
        ip_addresses=["192.0.2.1"],
        key="ec-384",
        attributes=[("2.5.4.11", "Voice")],
        policies=["2.23.140.1.2.1"],
        crl_urls=["http://crl.example.com/1"],
        extended_key_usage=["serverAuth"],
    )
    new, same = factory.renewed(old), factory.renewed(old, same_key=True)
    for one in (new, same):
        for field in (
            "subject",
            "dns_names",
            "ip_addresses",
            "key_usage",
            "extended_key_usage",
            "policies",
            "crl_urls",
        ):
            assert getattr(one.certificate, field) == getattr(old.certificate, field), field
        assert one.certificate.serial_number != old.certificate.serial_number
        assert one.certificate.key.curve == old.certificate.key.curve
        assert one.issuer == issuing
    assert [
        one.certificate.subject_key_identifier == old.certificate.subject_key_identifier for one in (new, same)
    ] == [
        False,
        True,
    ]


def test_a_renewed_ca_keeps_what_it_issued_with_the_same_key_alone(
    factory: CertificateFactory, issuing: Issued
) -> None:
    """With another key it is a namesake, and OpenSSL finds no issuer; by the key identifier it can tell."""
    leaf = factory.leaf(issuing, HOST)
    root = issuing.issuer
    assert root is not None
    same, twin = factory.renewed(issuing, same_key=True), factory.renewed(issuing)
    assert same.certificate.is_ca
    assert openssl(leaf, root, same) == 0
    assert openssl(leaf, root, twin) == codes.UNABLE_TO_GET_ISSUER_CERT_LOCALLY


def test_a_cross_certificate_leads_to_the_other_root(factory: CertificateFactory, issuing: Issued) -> None:
    """One leaf, two chains: each root has its own."""
    leaf = factory.leaf(issuing, HOST)
    other = factory.root("Other Root CA")
    crossed = factory.cross_signed(issuing, other)
    assert crossed.key is issuing.key
    assert openssl(leaf, other, presented=(crossed,)) == 0
    assert [one.common_name for one in crossed.chain] == ["Example Issuing CA", "Other Root CA"]


def test_a_renewal_needs_an_issuer(issuing: Issued, factory: CertificateFactory) -> None:
    """A certificate out of a list does not say who signed it."""
    alone = Issued.of(issuing.certificate)
    with pytest.raises(ValueError, match="who issued O=Example, CN=Example Issuing CA is not known here"):
        factory.renewed(alone)
    root = issuing.issuer
    assert root is not None
    known = Issued.of(issuing.certificate, [root.certificate])
    assert factory.renewed(known).chain[1:] == (root.certificate,)
    with pytest.raises(ValueError, match="there is no certificate"):
        Issued.of(None)


# Requests, CRLs, OCSP.


@pytest.mark.parametrize("kind", KEY_KINDS)
def test_a_request_is_sound(factory: CertificateFactory, issuing: Issued, kind: Any) -> None:
    """It asks for names and usages, proves that it has its key, and a CA can sign it."""
    request = factory.request(dns_names=[HOST, "example.com"], key=kind)
    assert (request.common_name, request.dns_names) == (HOST, (HOST, "example.com"))
    assert request.extended_key_usage == {"serverAuth", "clientAuth"}
    assert request.signature_is_valid
    signed = factory.issue(issuing, request)
    assert key_of(signed) is key_of(request)
    root = issuing.issuer
    assert root is not None
    assert openssl(signed, root, issuing) == 0


def test_a_crl_revokes(factory: CertificateFactory, issuing: Issued) -> None:
    """OpenSSL reads the CRL, believes it, and refuses what stands in it, given as certificate, `Issued` or number."""
    leaves = [factory.leaf(issuing, f"expe{number}.example.com") for number in range(4)]
    crl = factory.crl(issuing, [leaves[0], leaves[1].certificate, leaves[2].certificate.serial_number], number=5)
    root = issuing.issuer
    assert root is not None
    asked = {"crls": (crl.der,), "crl_check": "leaf"}
    assert [openssl(one, root, issuing, **asked) for one in leaves] == [codes.CERT_REVOKED] * 3 + [0]
    assert (crl.crl_number, crl.issuer) == (5, issuing.certificate.subject)
    assert RevocationList.load(crl.to_pem()) == crl


def test_a_crl_may_be_out_of_date(factory: CertificateFactory, issuing: Issued) -> None:
    """Its next update may have passed."""
    old = factory.crl(issuing, this_update=AT - 9 * DAY, next_update=AT - DAY, digest="sha512")
    root = issuing.issuer
    assert root is not None
    leaf = factory.leaf(issuing, HOST)
    assert openssl(leaf, root, issuing, crls=(old.der,), crl_check="leaf") == codes.CRL_HAS_EXPIRED


@pytest.mark.parametrize("status", ["good", "revoked", "unknown"])
@pytest.mark.parametrize("key", ["ec", "rsa"])
@pytest.mark.parametrize(("delegated", "algorithm"), [(False, "sha1"), (True, "sha256")])
def test_an_ocsp_answer_is_believed(tmp_path: Path, status: Any, key: Any, delegated: bool, algorithm: Any) -> None:
    """OpenSSL's command and the library read the same status, from the CA itself and from its responder."""
    factory = CertificateFactory(seed=8)
    root = factory.root("Root CA", key=key)
    leaf = factory.leaf(root, HOST)
    responder = factory.leaf(root, "responder", extended_key_usage=["OCSPSigning"], key=key) if delegated else None
    response = factory.ocsp(leaf, status, responder=responder, algorithm=algorithm)
    assert response.answer(leaf.certificate, root.certificate).status is OcspStatus(status)
    for name, data in {"root.pem": root.pem.encode(), "leaf.pem": leaf.pem.encode(), "said.der": response.der}.items():
        (tmp_path / name).write_bytes(data)
    command = f"openssl ocsp -respin said.der -issuer root.pem -CAfile root.pem -{algorithm} -cert leaf.pem"
    done = subprocess.run(command.split(), capture_output=True, check=False, cwd=tmp_path, text=True)
    assert "Response verify OK" in done.stderr
    assert f"leaf.pem: {status}" in done.stdout


# Files.


def test_the_files_hold_the_chain(factory: CertificateFactory, issuing: Issued) -> None:
    """PKCS#7, PKCS#12 and PEM hold leaf, intermediate and root; other readers than ours agree."""
    leaf = factory.leaf(issuing, HOST)
    crl = factory.crl(issuing)
    for file in (leaf.pkcs7(), leaf.pkcs7(crl), leaf.pkcs7_pem().encode(), leaf.pkcs12(), leaf.chain_pem.encode()):
        assert set(load_certificates(file)) == set(leaf.chain)
    read = pkcs7.load_der_pkcs7_certificates(leaf.pkcs7(crl))
    assert sorted(one.public_bytes(Encoding.DER) for one in read) == sorted(one.der for one in leaf.chain)
    key, own, others = pkcs12.load_key_and_certificates(leaf.pkcs12("secret"), b"secret")
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    assert own == leaf.certificate.to_cryptography()
    assert key.public_key() == own.public_key()
    assert len(others) == 2


def test_the_same_files_each_time(factory: CertificateFactory, issuing: Issued) -> None:
    """What no password salts is the same bytes each time; a key under a password opens with it."""
    leaf, again = factory.leaf(issuing, HOST), CertificateFactory(seed=7, at=AT)
    twin = again.leaf(again.intermediate(again.root("Example Root CA"), "Example Issuing CA"), HOST)
    assert leaf.pkcs7(factory.crl(issuing)) == twin.pkcs7(again.crl(issuing))
    answers = [one.ocsp(which, "revoked").der for one, which in ((factory, leaf), (again, twin))]
    assert answers[0] == answers[1]
    # The clock is not in it.
    assert ocsp.load_der_ocsp_response(answers[0]).produced_at_utc == AT - DAY
    assert factory.request(dns_names=["a.example.com"]) == again.request(dns_names=["a.example.com"])
    locked = leaf.locked_key_pem("secret")
    assert locked != leaf.locked_key_pem("secret")
    assert load_private_key(locked, password="secret").matches(leaf.certificate)


def test_a_hundred_certificates_generate_no_key(monkeypatch: pytest.MonkeyPatch, factory: CertificateFactory) -> None:
    """EC keys are derived and RSA keys are stored: no key of a certificate is drawn, which is what takes time."""

    def drawn(*_: object, **__: object) -> None:
        raise AssertionError("a key was drawn")

    for module, name in ((ec, "generate_private_key"), (rsa, "generate_private_key")):
        monkeypatch.setattr(module, name, drawn)
    root = factory.root("Root CA", key="rsa")
    keys = {factory.leaf(root, f"host{number}").key_pem for number in range(100)}
    assert len(keys) == 100
