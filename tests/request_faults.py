"""A fault for each rule about requests and what CAs make of them, on a node of the good site."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from sites import AT, FACTORY, ISSUING, ROOT
from upload_faults import EDGE, EDGE_NOT_CA, KEY, NAMES, OTHER_KEY, leaf, site_with

from expressway_certs import CertificateRequest, OutcomeKind, Report, check_request, compare
from expressway_certs.testing.keys import ec_key
from expressway_certs.x509.alternative_names import AlternativeName
from expressway_certs.x509.request_building import RequestContents, SigningKey, build_request

BOTH: Final = ("serverAuth", "clientAuth")
USAGE: Final = ("digitalSignature", "keyEncipherment")
DAY: Final = timedelta(days=1)


def dns(names: Iterable[str]) -> tuple[AlternativeName, ...]:
    """Return DNS names as alternative names."""
    return tuple(AlternativeName("DNS", name) for name in names)


def asked(node: str = EDGE, *more: AlternativeName, key: SigningKey = KEY, **contents: object) -> CertificateRequest:
    """Return a sound request for a node of the good site, with ``more`` names, but for ``contents``."""
    sound: dict[str, object] = {
        "subject": [("O", "Example"), ("CN", node)],
        "names": (*dns(NAMES[node]), *more),
        "key_usage": USAGE,
        "extended_key_usage": BOTH,
    }
    return build_request(RequestContents(**{**sound, **contents}), key)


def checked(request: CertificateRequest, node: str = EDGE, release: str = "X14.2", **fields: object) -> Report:
    """Return the report on a request for a node of the good site, whose fields may differ."""
    site = site_with(node, release, **fields)
    return whole(check_request(request, site.expressway(node), site, at=AT))


def compared(
    request: CertificateRequest | None = None,
    node: str = EDGE,
    common_name: str | None = None,
    *,
    release: str = "X14.2",
    fields: dict[str, object] | None = None,
    **options: object,
) -> Report:
    """Return the report on what the CA made of a request: it changes what ``options`` say."""
    request = request or asked(node)
    site = site_with(node, release, **fields or {})
    certificate = FACTORY.issue(ISSUING, request, common_name, **options)
    return whole(compare(request, certificate, site.expressway(node), site, at=AT))


def whole(report: Report) -> Report:
    """Return a report in which no rule crashed: a crash is no finding, and would pass for one that is not there."""
    assert [one for one in report.outcomes if one.kind is OutcomeKind.CRASHED] == []
    return report


def signed_with_sha1() -> CertificateRequest:
    """Return a request whose signature is good, and by SHA-1."""
    request = asked()
    sha256, sha1 = (bytes.fromhex(f"2a864886f70d0101{end}") for end in ("0b", "05"))
    body = request.to_cryptography().tbs_certrequest_bytes
    signature = KEY.sign(body, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 - what the rule is about
    return CertificateRequest.from_der(request.der[: -len(signature)].replace(sha256, sha1) + signature)


def damaged() -> CertificateRequest:
    """Return a request with one bit of its signature turned."""
    der = asked().der
    return CertificateRequest.from_der(der[:-1] + bytes([der[-1] ^ 1]))


def in_other_letters() -> Report:
    """Return the report on a request whose domain has a capital that the peers' have not."""
    name = "expe1.Example.com"
    return checked(asked(subject=[("CN", name)], names=dns([name, "example.com"])))


def under_an_odd_name() -> Report:
    """Return the report on a certificate whose issuer has an attribute that OpenSSL shows as a number."""
    odd = FACTORY.intermediate(ROOT, "Odd Issuing CA", attributes=[("1.3.6.1.4.1.6449.1.2.1.5.1", "x")])
    site = site_with(EDGE)
    return compare(asked(), FACTORY.issue(odd, asked()), site.expressway(EDGE), site, at=AT)


def public(**options: object) -> dict[str, object]:
    """Return the fields of a node that has a certificate of a public CA."""
    return {"server_certificate": leaf(policies=[EDGE_NOT_CA], **options).certificate}


REQUEST_FAULTS: Final[dict[str, Callable[[], Report]]] = {
    "request-lacks-name": lambda: checked(asked(names=dns([EDGE]))),
    "request-name-not-fqdn": lambda: checked(asked(EDGE, *dns(["expe1"]))),
    "request-wildcard": lambda: checked(asked(EDGE, *dns(["*.example.com"]))),
    "request-without-common-name": lambda: checked(asked(subject=[("O", "Example")])),
    "request-name-format": lambda: checked(asked(EDGE, AlternativeName("XMPP", "example.com"))),
    "request-domain-case-differs": in_other_letters,
    "request-key-not-supported": lambda: checked(asked(key=ec_key("request"))),
    "request-digest-weak": lambda: checked(signed_with_sha1()),
    "request-signature-not-valid": lambda: checked(damaged()),
    "request-lacks-usage": lambda: checked(asked(extended_key_usage=["serverAuth"])),
    "request-to-a-public-ca": lambda: checked(asked(), **public()),
    "signed-for-another-key": lambda: compare(asked(), leaf(key=OTHER_KEY).certificate, at=AT),
    "signed-without-usage": lambda: compared(extended_key_usage=["serverAuth"]),
    "signed-with-more-usages": lambda: compared(extended_key_usage=[*BOTH, "emailProtection"]),
    "signed-without-key-usage": lambda: compared(key_usage=["keyEncipherment"]),
    "signed-with-another-subject": lambda: compared(organization=None),
    "signed-as-ca": lambda: compared(is_ca=True, not_after=AT + 300 * DAY),
    "signed-for-a-short-time": lambda: compared(not_after=AT + 21 * DAY),
    "signed-for-a-long-time": lambda: compared(not_before=AT, not_after=AT + timedelta(days=825, seconds=1)),
    "signed-without-name": lambda: compared(dns_names=[EDGE]),
    "signed-with-more-names": lambda: compared(dns_names=[*NAMES[EDGE], "www.example.com"]),
    "signed-with-another-common-name": lambda: compared(common_name="www.example.com"),
    "signed-with-unreadable-name": under_an_odd_name,
}
"""A report for each rule, in which that rule fires and no other does."""
