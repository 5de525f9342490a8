"""Certificates made on the spot, the same ones on every run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, Unpack

from cryptography import x509 as pyca
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from expressway_certs.product.fields import wanted
from expressway_certs.testing.encoding import distinguished_name, extensions, request_builder
from expressway_certs.testing.issued import Issued
from expressway_certs.testing.keys import FactoryKey, KeySource, remember, seeded_number
from expressway_certs.testing.likeness import kind_of, like
from expressway_certs.testing.options import CA, LEAF, Options, Wanted
from expressway_certs.testing.revoking import CertificateStatus, Revoked, ocsp_response, revocation_list
from expressway_certs.testing.signing import Digest, certificate_der, request_der
from expressway_certs.x509 import clock
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.ocsp import OcspHash, OcspResponse
from expressway_certs.x509.request import CertificateRequest
from expressway_certs.x509.revocation_list import RevocationList

__all__ = ["CertificateFactory", "Issued"]

_DAY: Final = timedelta(days=1)
_LEAF_LIFE: Final = 365 * _DAY
_CA_LIFE: Final = 3650 * _DAY
_LIST_LIFE: Final = 30 * _DAY
_SERIAL_BITS: Final = 120
_OF_SUBJECT: Final = ("organization", "attributes")
_OF_KEY: Final = ("key", "public_key")
_OF_NAMES: Final = ("dns_names", "ip_addresses", "uris")


class CertificateFactory:
    """Makes certificates for tests; the same calls with the same ``seed`` and ``at`` give the same bytes.

    ``at`` is the aware instant that validity is counted from: a day before it until a year after it for a leaf, ten
    years for a CA; None is now. Every method takes `Options`. A certificate's key and serial number come from the
    seed, its common name, and how many of that name were made before, so that one more changes no other.

    >>> from expressway_certs.testing import CertificateFactory
    >>> factory = CertificateFactory(seed=1)
    >>> root = factory.root("Example Root CA")
    >>> issuing = factory.intermediate(root, "Example Issuing CA")
    >>> leaf = factory.leaf(issuing, dns_names=["expe1.example.com"])
    >>> leaf.certificate.common_name
    'expe1.example.com'
    >>> factory.leaf(issuing, "no purposes", extended_key_usage=None).certificate.extended_key_usage is None
    True
    """

    def __init__(self, seed: int = 0, at: datetime | None = None) -> None:
        self.seed = seed
        self.at: datetime = clock.resolve(at)
        self._names: Counter[str] = Counter()
        self._keys = KeySource(seed)

    def root(self, common_name: str, **options: Unpack[Options]) -> Issued:
        """Make a self-signed CA certificate."""
        return self._issue(common_name, None, CA.changed(options))

    def intermediate(self, issuer: Issued, common_name: str, **options: Unpack[Options]) -> Issued:
        """Make a CA certificate under ``issuer``."""
        return self._issue(common_name, issuer, CA.changed(options))

    def leaf(self, issuer: Issued, common_name: str | None = None, **options: Unpack[Options]) -> Issued:
        """Make a certificate for a server and a client; its common name is the first DNS name unless given."""
        merged = LEAF.changed(options)
        return self._issue(_common_name(common_name, merged), issuer, merged)

    def self_signed(self, common_name: str | None = None, **options: Unpack[Options]) -> Issued:
        """Make a leaf certificate that signed itself, as a server makes one for a start."""
        merged = LEAF.changed(options)
        return self._issue(_common_name(common_name, merged), None, merged)

    def renewed(
        self, issued: Issued, issuer: Issued | None = None, *, same_key: bool = False, **options: Unpack[Options]
    ) -> Issued:
        """Make a certificate anew: the same subject, names and usages, but for what the options say.

        Its key is another one of the same kind unless ``same_key``; ``issuer`` is that of the old one unless another is
        given. A CA that is renewed with another key is the same-name twin of the old one.
        """
        wanted(Issued, issued)
        old = issued.certificate
        above = issuer or issued.issuer
        if above is None and not old.is_self_signed:
            raise ValueError(f"who issued {old.subject} is not known here: give the issuer")
        key = issued.key if same_key else kind_of(issued.key)
        return self._issue(old.common_name or "", above, Wanted().changed({**like(old), "key": key, **options}))

    def cross_signed(self, issued: Issued, issuer: Issued, **options: Unpack[Options]) -> Issued:
        """Make a certificate for a CA and its key under another CA, so that two chains lead from what it issued."""
        return self.renewed(issued, issuer, same_key=True, **options)

    def request(self, common_name: str | None = None, **options: Unpack[Options]) -> CertificateRequest:
        """Make a request for a server and a client (PKCS#10), as Generate CSR does; `key_of` finds its key."""
        merged = LEAF.changed({"is_ca": None, "subject_key_identifier": None, **options})
        name = _common_name(common_name, merged)
        key = self._key(merged, name, self._names[name])
        self._names[name] += 1
        request = CertificateRequest.from_der(request_der(request_builder(name, merged), key, merged.digest))
        remember(key)
        return request

    def crl(
        self,
        issuer: Issued,
        revoked: Iterable[Revoked] = (),
        *,
        number: int = 1,
        this_update: datetime | None = None,
        next_update: datetime | None = None,
        digest: Digest = "sha256",
    ) -> RevocationList:
        """Make a CRL of a CA; it was made a day ago, when it revoked what it revokes, and holds for 30 days more."""
        wanted(Issued, issuer)
        made = _instant(this_update, "this_update", self.at - _DAY)
        return revocation_list(
            issuer,
            revoked,
            number=number,
            revoked_at=made,
            this_update=made,
            next_update=_instant(next_update, "next_update", self.at + _LIST_LIFE),
            digest=digest,
        )

    def ocsp(
        self,
        issued: Issued,
        status: CertificateStatus = "good",
        *,
        responder: Issued | None = None,
        this_update: datetime | None = None,
        next_update: datetime | None = None,
        digest: Digest = "sha256",
        algorithm: OcspHash = "sha256",
    ) -> OcspResponse:
        """Make the OCSP answer about a certificate; its CA signs it, or the ``responder`` whose certificate is sent.

        ``algorithm`` is that of the hashes that name the CA; old clients want "sha1".
        """
        wanted(Issued, issued)
        wanted(Issued | None, responder)
        made = _instant(this_update, "this_update", self.at - _DAY)
        return ocsp_response(
            issued,
            status,
            responder=responder,
            revoked_at=made,
            this_update=made,
            next_update=_instant(next_update, "next_update", self.at + _LIST_LIFE),
            digest=digest,
            algorithm=algorithm,
        )

    def issue(
        self, issuer: Issued, request: CertificateRequest, common_name: str | None = None, **options: Unpack[Options]
    ) -> Certificate:
        """Sign a request as a CA: everything as it asks, but for what ``common_name`` and the options say.

        Its names are left out where any of ``dns_names``, ``ip_addresses`` and ``uris`` is given, its subject where
        ``common_name``, ``organization`` or ``attributes`` is.
        """
        wanted(Issued, issuer)
        wanted(CertificateRequest, request)
        if not options.keys().isdisjoint(_OF_KEY):
            raise TypeError("a request brings its own key")
        asked: Options = {
            "key_usage": None if request.key_usage is None else sorted(request.key_usage),
            "extended_key_usage": None if request.extended_key_usage is None else sorted(request.extended_key_usage),
        }
        merged = LEAF.changed({**asked, **options})
        theirs = request.to_cryptography()
        subject = theirs.subject
        if common_name is not None:
            _check_name(common_name)
        if common_name is not None or not options.keys().isdisjoint(_OF_SUBJECT):
            subject = _subject(common_name if common_name is not None else request.common_name or "", merged)
        names = request.alternative_names if options.keys().isdisjoint(_OF_NAMES) else ()
        return self._certificate(subject, theirs.public_key(), issuer.key, issuer, merged, names)

    def _issue(self, common_name: str, issuer: Issued | None, options: Wanted) -> Issued:
        wanted(Issued | None, issuer)
        _check_name(common_name)
        key = self._key(options, common_name, self._names[common_name])
        signer = issuer.key if issuer else key
        subject = _subject(common_name, options)
        public_key = options.public_key or key.public_key()
        certificate = self._certificate(subject, public_key, signer, issuer, options, (), common_name)
        remember(key)
        return Issued(certificate=certificate, key=key, issuer=issuer)

    def _certificate(
        self,
        subject: pyca.Name,
        public_key: CertificatePublicKeyTypes,
        signer: FactoryKey,
        issuer: Issued | None,
        options: Wanted,
        names: Sequence[pyca.GeneralName],
        called: str | None = None,
    ) -> Certificate:
        called = subject.rfc4514_string() if called is None else called
        copy = self._names[called]
        self._names[called] += 1
        builder = self._builder(subject, issuer, options).public_key(public_key)
        builder = builder.serial_number(self._serial(options, called, copy))
        for extension, critical in extensions(options, public_key, signer.public_key()):
            builder = builder.add_extension(extension, critical)
        if names:
            builder = builder.add_extension(pyca.SubjectAlternativeName(names), critical=False)
        return Certificate.from_der(certificate_der(builder, signer, options.digest, options.version))

    def _builder(self, subject: pyca.Name, issuer: Issued | None, options: Wanted) -> pyca.CertificateBuilder:
        life = _CA_LIFE if options.is_ca else _LEAF_LIFE
        return (
            pyca.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.certificate.to_cryptography().subject if issuer else subject)
            .not_valid_before(options.not_before or self.at - _DAY)
            .not_valid_after(options.not_after or self.at + life)
        )

    def _key(self, options: Wanted, common_name: str, copy: int) -> FactoryKey:
        key = options.key
        return self._keys.take(key, common_name, copy) if isinstance(key, str) else key

    def _serial(self, options: Wanted, common_name: str, copy: int) -> int:
        given = options.serial_number
        drawn = seeded_number(self.seed, common_name, copy, "serial") % (1 << _SERIAL_BITS)
        return given if given is not None else drawn + 1


def _subject(common_name: str, options: Wanted) -> pyca.Name:
    return distinguished_name(common_name, options.organization, options.attributes)


def _instant(given: datetime | None, name: str, usual: datetime) -> datetime:
    return usual if given is None else clock.resolve(given, name)


def _check_name(common_name: str) -> None:
    if not isinstance(common_name, str):
        raise TypeError(f"a common name is a text, not {type(common_name).__name__}")


def _common_name(given: str | None, options: Wanted) -> str:
    if given is not None:
        _check_name(given)
        return given
    if not options.dns_names:
        raise TypeError("give a common name or at least one of dns_names")
    return options.dns_names[0]
