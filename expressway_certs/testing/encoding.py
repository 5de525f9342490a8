"""From options to the subject and the extensions of a certificate."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence

from cryptography import x509 as pyca
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from expressway_certs.testing.options import Identifier, Wanted
from expressway_certs.x509 import usage_objects


def distinguished_name(
    common_name: str, organization: str | None, attributes: Sequence[tuple[str, str]] = ()
) -> pyca.Name:
    """Return the name of one of this organisation's certificates; without a common name where that is empty."""
    parts = [(NameOID.ORGANIZATION_NAME, organization)] if organization else []
    parts += [(pyca.ObjectIdentifier(dotted), value) for dotted, value in attributes]
    parts += [(NameOID.COMMON_NAME, common_name)] if common_name else []
    return pyca.Name([pyca.NameAttribute(oid, value) for oid, value in parts])


def request_builder(common_name: str, options: Wanted) -> pyca.CertificateSigningRequestBuilder:
    """Return a request as the page Generate CSR makes it: names and usages, none of them critical."""
    subject = distinguished_name(common_name, options.organization, options.attributes)
    builder = pyca.CertificateSigningRequestBuilder(subject)
    names = _alternative_names(options)
    for usage, _ in _usages(options):
        builder = builder.add_extension(usage, critical=False)
    return builder.add_extension(pyca.SubjectAlternativeName(names), critical=False) if names else builder


def extensions(
    options: Wanted, own: CertificatePublicKeyTypes, issuer: CertificatePublicKeyTypes
) -> Iterator[tuple[pyca.ExtensionType, bool]]:
    """Yield the extensions that ``options`` ask for, each with whether it is critical."""
    if options.is_ca is not None:
        length = options.path_length if options.is_ca else None
        yield pyca.BasicConstraints(ca=options.is_ca, path_length=length), True
    yield from _usages(options)
    names = _alternative_names(options)
    if names:
        yield pyca.SubjectAlternativeName(names), False
    yield from _key_identifiers(options, own, issuer)
    yield from _addresses(options)
    if options.policies:
        oids = map(pyca.ObjectIdentifier, options.policies)
        yield pyca.CertificatePolicies([pyca.PolicyInformation(oid, None) for oid in oids]), False
    if options.permitted_names or options.excluded_names:
        permitted, excluded = (_subtrees(names) for names in (options.permitted_names, options.excluded_names))
        yield pyca.NameConstraints(permitted, excluded), True
    for dotted, critical, value in options.more_extensions:
        yield pyca.UnrecognizedExtension(pyca.ObjectIdentifier(dotted), value), critical


def _subtrees(names: Sequence[str]) -> list[pyca.GeneralName] | None:
    """Return names of a constraint (RFC 5280 §4.2.1.10): what has a slash is an IP network."""
    return [pyca.IPAddress(ipaddress.ip_network(one)) if "/" in one else pyca.DNSName(one) for one in names] or None


def _usages(options: Wanted) -> Iterator[tuple[pyca.ExtensionType, bool]]:
    usage, extended = options.key_usage, options.extended_key_usage
    if usage is not None:
        yield usage_objects.key_usage(usage), True
    if extended is not None:
        yield usage_objects.extended_key_usage(extended), False


def _alternative_names(options: Wanted) -> list[pyca.GeneralName]:
    return [
        *map(pyca.DNSName, options.dns_names),
        *(pyca.IPAddress(ipaddress.ip_address(address)) for address in options.ip_addresses),
        *map(pyca.UniformResourceIdentifier, options.uris),
    ]


def _key_identifiers(
    options: Wanted, own: CertificatePublicKeyTypes, issuer: CertificatePublicKeyTypes
) -> Iterator[tuple[pyca.ExtensionType, bool]]:
    subject_id = _identifier(options.subject_key_identifier, own)
    issuer_id = _identifier(options.authority_key_identifier, issuer)
    if subject_id is not None:
        yield pyca.SubjectKeyIdentifier(subject_id), False
    if issuer_id is not None:
        yield pyca.AuthorityKeyIdentifier(issuer_id, None, None), False


def _identifier(wanted: Identifier, key: CertificatePublicKeyTypes) -> bytes | None:
    return pyca.SubjectKeyIdentifier.from_public_key(key).digest if wanted == "right" else wanted


def _addresses(options: Wanted) -> Iterator[tuple[pyca.ExtensionType, bool]]:
    lists = [
        pyca.DistributionPoint([pyca.UniformResourceIdentifier(url)], None, None, None) for url in options.crl_urls
    ]
    if lists:
        yield pyca.CRLDistributionPoints(lists), False
    access = [
        *_access(AuthorityInformationAccessOID.OCSP, options.ocsp_urls),
        *_access(AuthorityInformationAccessOID.CA_ISSUERS, options.issuer_urls),
    ]
    if access:
        yield pyca.AuthorityInformationAccess(access), False


def _access(method: pyca.ObjectIdentifier, urls: Sequence[str]) -> list[pyca.AccessDescription]:
    return [pyca.AccessDescription(method, pyca.UniformResourceIdentifier(url)) for url in urls]
