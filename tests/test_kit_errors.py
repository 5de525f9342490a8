"""What the test kit says to input that it cannot take."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sites import AT

from expressway_certs import audit, check_upload
from expressway_certs.testing import (
    CertificateFactory,
    Issued,
    Lab,
    assert_no_findings,
    assert_tunnels_up,
    assert_zone_active,
    break_site,
    diagnostic_archive,
    diagnostic_files,
    faults,
    key_of,
    make_site,
    write_diagnostics,
)
from expressway_certs.testing.lab.ends import End

FACTORY: Any = CertificateFactory(seed=5, at=AT)
ROOT: Any = FACTORY.root("Root CA")
LEAF: Any = FACTORY.leaf(ROOT, "leaf.example.com")
SITE: Any = make_site(1, 1, at=AT)
NODE: Any = SITE.nodes[0]
NAIVE: Any = datetime(2026, 1, 1)  # noqa: DTZ001 - that is what is wrong with it


def odd(value: Any) -> Any:
    """Return a value that no type checker would let through."""
    return value


def in_lab(do: Callable[[Lab], object], **options: Any) -> None:
    """Do something in a lab."""
    with Lab(at=AT, **options) as lab:
        do(lab)


# What is called, and the whole error.
TOLD: list[tuple[Callable[[], object], type[Exception], str]] = [
    (lambda: make_site(core=odd(1.5)), TypeError, "core is a number of peers, not 1.5"),
    (lambda: make_site(edge=odd("2")), TypeError, "edge is a number of peers, not '2'"),
    (lambda: make_site(edge=True), TypeError, "edge is a number of peers, not True"),
    (lambda: make_site(edge=0), ValueError, "edge is 1 to 6 peers, not 0"),
    (lambda: make_site(clients=odd(3)), TypeError, "clients are several, as in [...], and not one int"),
    (lambda: make_site(clients="Jabber"), TypeError, "clients are several, as in [...], and not one str"),
    (
        lambda: make_site(uc_servers=["Exchange"]),
        ValueError,
        "'Exchange' is no UcKind; there are 'Unified CM', 'IM and Presence', 'Unity Connection'",
    ),
    (lambda: make_site(domain="a b"), ValueError, "domain is a DNS name, not 'a b'"),
    (lambda: make_site(domain=odd(5)), ValueError, "domain is a DNS name, not 5"),
    (lambda: make_site(key=odd("rsa-4096")), ValueError, "'rsa-4096' is no key of a site; there are 'ec', 'rsa'"),
    (lambda: FACTORY.root(5), TypeError, "a common name is a text, not int"),
    (lambda: FACTORY.issue(ROOT, FACTORY.request("a"), 5), TypeError, "a common name is a text, not int"),
    (lambda: FACTORY.leaf(ROOT, b"a"), TypeError, "a common name is a text, not bytes"),
    (lambda: FACTORY.leaf(ROOT.certificate, "a"), TypeError, "Issued or None is wanted, not Certificate"),
    (lambda: FACTORY.intermediate(ROOT.pem, "a"), TypeError, "Issued or None is wanted, not str"),
    (lambda: FACTORY.renewed(LEAF.certificate), TypeError, "Issued is wanted, not Certificate"),
    (lambda: FACTORY.cross_signed(LEAF, ROOT.certificate), TypeError, "Issued or None is wanted, not Certificate"),
    (lambda: FACTORY.issue(ROOT.certificate, FACTORY.request("a")), TypeError, "Issued is wanted, not Certificate"),
    (lambda: FACTORY.issue(ROOT, LEAF.certificate), TypeError, "CertificateRequest is wanted, not Certificate"),
    (
        lambda: FACTORY.leaf(ROOT, dns_names="a.example.com"),
        TypeError,
        "dns_names are several, as in [...], and not one str",
    ),
    (lambda: FACTORY.leaf(ROOT, "a", uris=None), TypeError, "uris are several, as in [...], and not one NoneType"),
    (lambda: FACTORY.leaf(ROOT, "a", ip_addresses=[1]), TypeError, "each of ip_addresses is a text, not 1"),
    (
        lambda: FACTORY.leaf(ROOT, "a", extended_key_usage=[("serverAuth",)]),
        TypeError,
        "each of extended_key_usage is a text, not ('serverAuth',)",
    ),
    (
        lambda: FACTORY.leaf(ROOT, "a", attributes=["2.5.4.11"]),
        TypeError,
        "each of attributes is a tuple of 2, not '2.5.4.11'",
    ),
    (
        lambda: FACTORY.leaf(ROOT, "a", more_extensions=[("1.2.3", b"")]),
        TypeError,
        "each of more_extensions is a tuple of 3, not ('1.2.3', b'')",
    ),
    (lambda: FACTORY.leaf(ROOT, "a", organization=5), TypeError, "organization is a text, not 5"),
    (
        lambda: FACTORY.leaf(ROOT, "a", key=LEAF),
        TypeError,
        "key is a private key or one of ec, ec-384, ec-521, rsa, rsa-1024, rsa-3072, rsa-4096, ed25519, not Issued",
    ),
    (lambda: FACTORY.leaf(ROOT, "a", version=2), ValueError, "2 is no version; there are 1, 3"),
    (
        lambda: FACTORY.leaf(ROOT, "a", digest="md5"),
        ValueError,
        "'md5' is no digest; there are 'sha1', 'sha256', 'sha384', 'sha512'",
    ),
    (lambda: FACTORY.leaf(ROOT, "a", not_after=5), TypeError, "not_after is a datetime with a time zone, not int"),
    (
        lambda: FACTORY.leaf(ROOT, "a", not_before=NAIVE),
        ValueError,
        "2026-01-01T00:00:00 has no time zone; give one, as in datetime(2026, 1, 31, tzinfo=UTC)",
    ),
    (lambda: FACTORY.crl(ROOT.certificate), TypeError, "Issued is wanted, not Certificate"),
    (lambda: FACTORY.crl(ROOT, LEAF), TypeError, "revoked certificates are several, as in [...], and not one Issued"),
    (lambda: FACTORY.crl(ROOT, ["5"]), TypeError, "Certificate or Issued or int is wanted, not str"),
    (lambda: FACTORY.crl(ROOT, this_update=5), TypeError, "this_update is a datetime with a time zone, not int"),
    (
        lambda: FACTORY.crl(ROOT, digest="md5"),
        ValueError,
        "'md5' is no digest; there are 'sha1', 'sha256', 'sha384', 'sha512'",
    ),
    (lambda: FACTORY.ocsp(LEAF.certificate), TypeError, "Issued is wanted, not Certificate"),
    (lambda: FACTORY.ocsp(LEAF, responder=b""), TypeError, "Issued or None is wanted, not bytes"),
    (lambda: FACTORY.ocsp(LEAF, "bad"), ValueError, "'bad' is no status; there are 'good', 'revoked', 'unknown'"),
    (lambda: FACTORY.ocsp(LEAF, next_update=5), TypeError, "next_update is a datetime with a time zone, not int"),
    (
        lambda: FACTORY.ocsp(LEAF, digest="md5"),
        ValueError,
        "'md5' is no digest; there are 'sha1', 'sha256', 'sha384', 'sha512'",
    ),
    (lambda: Issued.of(LEAF), TypeError, "Certificate is wanted, not Issued"),
    (lambda: LEAF.locked_key_pem(b"secret"), TypeError, "str is wanted, not bytes"),
    (lambda: LEAF.pkcs12(b"secret"), TypeError, "str or None is wanted, not bytes"),
    (lambda: LEAF.pkcs7(None), TypeError, "RevocationList is wanted, not NoneType"),
    (lambda: key_of(odd(object())), TypeError, "a certificate or request is wanted, not object"),
    (lambda: break_site(NODE, "upload-wildcard"), TypeError, "Deployment is wanted, not Expressway"),
    (lambda: faults(NODE), TypeError, "Deployment or None is wanted, not Expressway"),
    (lambda: diagnostic_files(NODE.name, NODE), TypeError, "Deployment is wanted, not Expressway"),
    (
        lambda: diagnostic_archive(NODE.name, SITE, form=odd("rar")),
        ValueError,
        "'rar' is no form of an archive; there are 'tar.gz', 'zip'",
    ),
    (lambda: write_diagnostics(NODE, "folder"), TypeError, "Deployment is wanted, not Expressway"),
    (
        lambda: write_diagnostics(SITE, "folder", form=odd("rar")),
        ValueError,
        "'rar' is no form; there are 'tar.gz', 'zip', 'folder'",
    ),
    (lambda: assert_zone_active(NODE), TypeError, "Zone or Deployment is wanted, not Expressway"),
    (lambda: assert_tunnels_up(NODE), TypeError, "Zone or Deployment is wanted, not Expressway"),
    (lambda: assert_no_findings(SITE), TypeError, "Report is wanted, not Deployment"),
    (
        lambda: assert_no_findings(audit(SITE, at=AT), odd("fatal")),
        ValueError,
        "'fatal' is no level; there are 'error', 'warning', 'info'",
    ),
    (lambda: check_upload(LEAF.pem, NODE, deployment=NODE), TypeError, "Deployment is wanted, not Expressway"),
    (lambda: Lab(timeout=odd("5")), ValueError, "timeout is a number of seconds above 0, not '5'"),
    (lambda: Lab(keys=LEAF), TypeError, "keys of a lab are several, as in [...], and not one Issued"),
    (lambda: in_lab(lambda lab: lab.meet(server=End(), client=NODE)), TypeError, "End is wanted, not Expressway"),
]


@pytest.mark.parametrize(("call", "kind", "words"), TOLD, ids=[words for _, _, words in TOLD])
def test_odd_input_is_told_in_clear_words(
    call: Callable[[], object], kind: type[Exception], words: str, sample_files: object
) -> None:
    """The error says what is wanted and what was given, and comes before anything is made."""
    assert sample_files
    with pytest.raises(kind) as told:
        call()
    assert (type(told.value), str(told.value)) == (kind, words)


@pytest.mark.parametrize(
    "call",
    [
        lambda: FACTORY.leaf(LEAF.key_pem, "a"),
        lambda: FACTORY.leaf(ROOT, "a", key=LEAF.key_pem),
        lambda: FACTORY.leaf(ROOT, "a", dns_names=LEAF.key_pem),
        lambda: Lab(keys=LEAF.key_pem),
    ],
)
def test_a_private_key_in_the_wrong_place_is_not_shown(call: Callable[[], object]) -> None:
    """The error names the kind alone, for the text may be a key."""
    with pytest.raises(TypeError, match=r"not (one )?str$") as told:
        call()
    assert "BEGIN" not in str(told.value)
