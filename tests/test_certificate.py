"""A certificate as a value: what it says, what it equals, and that it costs nothing until asked."""

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from docs_files import contents

from expressway_certs import Certificate, LoadError, TrustStore, load_certificates
from expressway_certs.x509.files.pem import encode

FILES = contents()


@pytest.fixture
def leaf() -> Certificate:
    """The peer's certificate."""
    return Certificate.load(FILES["leaf.pem"])


@pytest.fixture
def root() -> Certificate:
    """The root of its chain."""
    return Certificate.load(FILES["root.pem"])


def test_it_says_what_cryptography_says(leaf: Certificate) -> None:
    """Fields that both libraries have are the same."""
    other = leaf.to_cryptography()
    assert other == x509.load_pem_x509_certificate(FILES["leaf.pem"])
    assert leaf.serial_number == other.serial_number == 4711
    assert (leaf.not_before, leaf.not_after) == (other.not_valid_before_utc, other.not_valid_after_utc)
    san = other.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert list(leaf.dns_names) == san.get_values_for_type(x509.DNSName)
    ski = other.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    assert leaf.subject_key_identifier == ski.digest
    aki = other.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    assert leaf.authority_key_identifier == aki.key_identifier


def test_it_says_what_asn1crypto_says(leaf: Certificate) -> None:
    """The raw view is of the same certificate."""
    other = leaf.to_asn1crypto()
    assert other.dump() == leaf.der
    assert other.serial_number == leaf.serial_number


def test_the_names_of_the_field(leaf: Certificate, root: Certificate) -> None:
    """Usages, key and algorithm go by the names that engineers know."""
    assert leaf.key_usage == {"digitalSignature", "keyEncipherment"}
    assert leaf.extended_key_usage == {"serverAuth", "clientAuth"}
    assert root.extended_key_usage is None
    assert (str(leaf.key), leaf.signature_algorithm, leaf.version) == ("RSA 2048", "sha256WithRSAEncryption", 3)
    assert leaf.issuer_urls == ("http://pki.example.com/issuing.cer",)
    assert leaf.crl_urls == ("http://pki.example.com/issuing.crl",)
    assert (leaf.ocsp_urls, leaf.uris, leaf.srv_names, leaf.ip_addresses) == ((), (), (), ())


@pytest.mark.parametrize(
    ("file", "role"), [("leaf.pem", "leaf"), ("intermediate.pem", "intermediate"), ("root.pem", "root")]
)
def test_the_role_is_told(file: str, role: str) -> None:
    """A leaf, an intermediate and a root are told apart."""
    certificate = Certificate.load(FILES[file])
    assert certificate.role == role
    assert certificate.is_ca == (role != "leaf")
    assert certificate.is_self_signed == (role == "root")
    assert certificate.path_length == {"leaf": None, "intermediate": 0, "root": None}[role]


def test_a_damaged_self_signature_is_no_root(root: Certificate) -> None:
    """Self-signed means that the signature is its own too."""
    damaged = Certificate.from_der(root.der[:-1] + bytes((root.der[-1] ^ 1,)))
    assert not damaged.is_self_signed
    assert damaged.role == "intermediate"


def test_equality_is_by_der(leaf: Certificate) -> None:
    """Two loads of one certificate are one value, in sets as well."""
    again = Certificate.load(FILES["leaf.der"])
    assert again == leaf
    assert again is not leaf
    assert len({again, leaf}) == 1
    assert leaf != Certificate.load(FILES["root.pem"])


def test_it_can_be_pickled_and_copied(leaf: Certificate) -> None:
    """A certificate travels to another process, with or without what has been read of it."""
    assert leaf.common_name == "expe1.example.com"
    for other in (pickle.loads(pickle.dumps(leaf)), copy.deepcopy(leaf)):  # noqa: S301 - our own bytes
        assert other == leaf
        assert other.dns_names == leaf.dns_names


def test_it_cannot_be_changed(leaf: Certificate) -> None:
    """A certificate is a value."""
    with pytest.raises(AttributeError):
        leaf.der = b""  # type: ignore[misc]


def test_pem_round_trips(leaf: Certificate) -> None:
    """What is written as PEM is what OpenSSL writes, and is read back."""
    assert leaf.to_pem().encode() == FILES["leaf.pem"]
    assert Certificate.from_pem(leaf.to_pem()) == leaf


def test_the_repr_says_who_and_until_when(leaf: Certificate) -> None:
    """In a notebook a certificate prints as who it is for, what it is and how long."""
    assert repr(leaf) == f"<Certificate 'expe1.example.com' leaf until 2045-01-01 sha256 {leaf.sha256[:16]}>"


def test_several_certificates_are_not_one() -> None:
    """A file with a chain is no single certificate, and the error says how many there are."""
    with pytest.raises(LoadError, match="2 certificates where one is wanted"):
        Certificate.load(FILES["bundle.pem"])
    assert [one.role for one in load_certificates(FILES["bundle.pem"])] == ["leaf", "intermediate"]


@pytest.mark.parametrize("cut", [0, 1, 4, 100, -1])
def test_a_piece_of_a_certificate_is_none(leaf: Certificate, cut: int) -> None:
    """Bytes that stop early are not a certificate."""
    with pytest.raises(LoadError, match="not a DER certificate"):
        Certificate.from_der(leaf.der[:cut])


def test_bytes_after_a_certificate_are_refused(leaf: Certificate) -> None:
    """One certificate is exactly one."""
    with pytest.raises(LoadError, match="left over"):
        Certificate.from_der(leaf.der + b"\0")


def test_a_serial_number_below_zero_is_taken_in_silence(leaf: Certificate) -> None:
    """OpenSSL takes a negative serial number, so it is taken, and no warning of another library gets out."""
    assert leaf.der.count(b"\x02\x02\x12\x67") == 1
    negative = Certificate.from_der(leaf.der.replace(b"\x02\x02\x12\x67", b"\x02\x02\x92\x67"))
    assert negative.serial_number == -28057


def test_an_oversized_certificate_is_refused() -> None:
    """There is a limit, and the error names it."""
    with pytest.raises(LoadError, match="over the limit of 1048576"):
        Certificate.from_der(bytes(1_048_577))


def test_threads_may_share_one(leaf: Certificate) -> None:
    """Reading the same certificate from many threads at once gives all of them the same."""
    fresh = [Certificate(leaf.der) for _ in range(50)]
    with ThreadPoolExecutor(8) as pool:
        seen = set(pool.map(lambda one: (one.sha256, one.dns_names, one.role, str(one.key)), fresh * 8))
    assert seen == {(leaf.sha256, leaf.dns_names, "leaf", "RSA 2048")}


def test_a_trust_store_keeps_order_and_drops_copies(leaf: Certificate, root: Certificate) -> None:
    """The first of two copies stays where it is; order decides which CA is taken."""
    store = TrustStore([root, leaf, root], name="list")
    assert list(store) == [root, leaf]
    assert len(store) == 2
    assert leaf in store
    assert store.removing(leaf) == TrustStore([root], name="list")
    assert list(store.removing(root).adding(root)) == [leaf, root]
    assert leaf not in store.removing(leaf)
    assert repr(store) == "<TrustStore 'list' 1 root, 1 leaf>"
    assert repr(TrustStore()) == "<TrustStore '' empty>"
    assert store.roots == (root,)
    assert store.intermediates == ()


def test_a_store_holds_certificates_alone(root: Certificate) -> None:
    """A path or PEM among them is told where it is given, and a name is text."""
    for make in (TrustStore, TrustStore().adding, TrustStore([root]).removing):
        with pytest.raises(TypeError, match=r"^a Certificate is wanted, not str; load it with Certificate"):
            make("root.pem")
    with pytest.raises(TypeError, match=r"^a Certificate is wanted, not list"):
        TrustStore().adding([root])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"^several certificates are wanted; put the one into a list$"):
        TrustStore(root)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"^TrustStore\.name is text, not int$"):
        TrustStore([root], 5)  # type: ignore[arg-type]


def test_a_store_can_be_a_key(root: Certificate) -> None:
    """Stores are values too."""
    assert {TrustStore([root]): 1}[TrustStore([root])] == 1


def test_a_store_finds_by_the_name_that_openssl_compares(root: Certificate) -> None:
    """Certificates are looked up by canonical subject."""
    assert TrustStore([root]).with_subject(root.view.subject) == (root,)
    assert TrustStore([root]).with_subject(b"other") == ()


def test_validity_ends_at_not_after(root: Certificate) -> None:
    """OpenSSL 3.0 counts the first instant in and the last one out."""
    start, end = (int(instant.timestamp()) for instant in (root.not_before, root.not_after))
    assert [root.view.holds_at(at) for at in (start - 1, start, end - 1, end)] == [False, True, True, False]
    assert root.not_before == datetime(2025, 1, 1, tzinfo=UTC)


def unreadable() -> bytes:
    """Return a certificate whose validity ends with a value that is no time."""
    whole = Certificate.load(FILES["root.pem"])
    time = whole.slices.not_after[1]
    return whole.der.replace(b"\x17\x0d" + time, b"\x16\x0d" + time)


def test_an_unreadable_certificate_is_named_by_its_place(tmp_path: Path) -> None:
    """The error says in which file it is, and in which block and line where there are several."""
    text = FILES["leaf.pem"].decode() + encode(unreadable())
    line = FILES["leaf.pem"].count(b"\n") + 1
    path = tmp_path / "both.pem"
    path.write_text(text)
    with pytest.raises(LoadError) as caught:
        load_certificates(path)
    assert caught.value.where == f"{path}, block 2, line {line}"
    path.write_bytes(unreadable())
    for load in (load_certificates, Certificate.load):
        with pytest.raises(LoadError) as caught:
            load(path)
        assert caught.value.where == str(path)


def test_what_cryptography_warns_of_is_no_warning_here() -> None:
    """A serial number of zero, of which it warns, comes through in silence."""
    whole = Certificate.load(FILES["root.pem"]).der
    zero = Certificate.from_der(
        whole.replace(b"\xa0\x03\x02\x01\x02\x02\x01\x01", b"\xa0\x03\x02\x01\x02\x02\x01\x00", 1)
    )
    assert zero.to_cryptography().version is x509.Version.v3


def test_what_cryptography_refuses_is_a_load_error() -> None:
    """A version that it does not know, which OpenSSL passes over, ends in LoadError."""
    whole = Certificate.load(FILES["root.pem"]).der
    strange = Certificate.from_der(whole.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x07", 1))
    assert strange.version == 8
    with pytest.raises(LoadError, match="cryptography does not take this certificate"):
        strange.to_cryptography()
