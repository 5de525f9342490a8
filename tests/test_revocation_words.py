"""What a verdict says of a revoked certificate: which list has it, since when, and why."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from expressway_certs import RevocationList, Verdict, VerifyPolicy, verify
from expressway_certs.testing import CertificateFactory

AT: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
FACTORY: Final = CertificateFactory(seed=13, at=AT)
ROOT: Final = FACTORY.root("Revoking Root CA")
LEAF: Final = FACTORY.leaf(ROOT, dns_names=("revoked.example.com",), serial_number=0xBEEF)
OTHER: Final = FACTORY.leaf(ROOT, dns_names=("good.example.com",), serial_number=0xCAFE)
SINCE: Final = datetime(2026, 11, 1, 8, 30, 1, tzinfo=UTC)


def crl(reason: x509.ReasonFlags | None = None, number: int | None = None, **times: datetime) -> RevocationList:
    """Return the root's list with the leaf on it, after another certificate."""
    name = ROOT.certificate.to_cryptography().subject
    start, end = times.get("start", AT - timedelta(days=1)), times.get("end", AT + timedelta(days=1))
    builder = x509.CertificateRevocationListBuilder(name, start, end)
    for serial, since in ((1, AT - timedelta(days=9)), (0xBEEF, SINCE)):
        entry = x509.RevokedCertificateBuilder(serial, since)
        if reason is not None:
            entry = entry.add_extension(x509.CRLReason(reason), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    if number is not None:
        builder = builder.add_extension(x509.CRLNumber(number), critical=False)
    return RevocationList.from_der(builder.sign(ROOT.key, hashes.SHA256()).public_bytes(Encoding.DER))


def judged(revocations: RevocationList) -> Verdict:
    """Return the verdict on the leaf with one list."""
    policy = VerifyPolicy(crls=[revocations], crl_check="all", at=AT)
    return verify(LEAF.certificate, [ROOT.certificate], policy=policy)


@pytest.mark.parametrize(
    ("reason", "number", "told"),
    [
        (x509.ReasonFlags.key_compromise, 7, "(keyCompromise) on the CRL of O=Example, CN=Revoking Root CA, number 7"),
        (x509.ReasonFlags.superseded, None, "(superseded) on the CRL of O=Example, CN=Revoking Root CA"),
        (None, None, "(no reason given) on the CRL of O=Example, CN=Revoking Root CA"),
    ],
)
def test_a_revoked_certificate_has_its_list_its_time_and_its_reason(
    reason: x509.ReasonFlags | None, number: int | None, told: str
) -> None:
    """The verdict names the list, since when, and why, as far as the list says so."""
    verdict = judged(crl(reason, number))
    expected = f"serial number BEEF revoked since 2026-11-01 08:30:01 UTC {told}, of 2026-11-23 12:00:00 UTC"
    assert (verdict.code, verdict.found) == (23, expected)
    assert expected in verdict.explanation


def test_since_when_is_read_from_the_list() -> None:
    """A list says since when each of its certificates is revoked, and nothing of others."""
    assert [crl().revoked_at(serial) for serial in (1, 0xBEEF, 0xCAFE)] == [AT - timedelta(days=9), SINCE, None]


def test_an_expired_list_lets_none_pass() -> None:
    """An expired list is error 12 for every certificate of that CA, and the explanation says so (platform.md §6)."""
    expired = crl(end=AT - timedelta(hours=1))
    policy = VerifyPolicy(crls=[expired], crl_check="all", at=AT)
    for leaf in (LEAF, OTHER):
        verdict = verify(leaf.certificate, [ROOT.certificate], policy=policy)
        assert verdict.code == 12
        assert "without one none of its certificates passes" in verdict.explanation


@pytest.mark.parametrize("reason", [one for one in x509.ReasonFlags if one.value != "removeFromCRL"])
def test_every_reason_has_its_name(reason: x509.ReasonFlags) -> None:
    """The names of the reasons are those of RFC 5280 §5.3.1."""
    (entry,) = crl(reason).entries[0xBEEF]
    assert entry.reason_name == reason.value
