"""A certificate revocation list as a value (RFC 5280 §5)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cached_property
from typing import Self, TypeVar

import attrs

from expressway_certs.x509 import der, extensions, names, times
from expressway_certs.x509.distribution import IssuingDistributionPoint, issuing_distribution_point
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.extensions import AuthorityKeyIdentifier, GeneralName
from expressway_certs.x509.files import pem
from expressway_certs.x509.files.containers import crl_ders
from expressway_certs.x509.files.source import read_source
from expressway_certs.x509.slices import Extension, Reader

T = TypeVar("T")

REMOVE_FROM_CRL = 8
_REASONS = {
    0: "unspecified",
    1: "keyCompromise",
    2: "cACompromise",
    3: "affiliationChanged",
    4: "superseded",
    5: "cessationOfOperation",
    6: "certificateHold",
    8: "removeFromCRL",
    9: "privilegeWithdrawn",
    10: "aACompromise",
}
MAX_CRL_BYTES = 4 << 20
"""The longest CRL that is read: some 170,000 entries, which take 45 MiB."""
_WRAPPED_EXTENSIONS = der.CONSTRUCTED | 0
_HANDLED = frozenset({extensions.ISSUING_DISTRIBUTION_POINT, extensions.AUTHORITY_KEY_IDENTIFIER, extensions.DELTA_CRL})


@attrs.frozen(kw_only=True)
class RevokedEntry:
    """One revoked certificate: the reason code, if any, and whose it is where the list speaks for several."""

    reason: int | None
    issuers: tuple[GeneralName, ...] | None

    @property
    def reason_name(self) -> str | None:
        """The reason by its RFC 5280 §5.3.1 name ("keyCompromise"), its number where it has none; None without one."""
        return None if self.reason is None else _REASONS.get(self.reason, f"reason {self.reason}")


@attrs.frozen(repr=False)
class RevocationList:
    """A certificate revocation list (CRL). Its one field is the DER; everything else is read from it.

    >>> crl = RevocationList.load("issuing.crl")
    >>> crl.issuer
    'C=NO, O=Example, CN=Example Issuing CA'
    """

    der: bytes

    @classmethod
    def load(cls, source: str | bytes | os.PathLike[str]) -> Self:
        """Load the one CRL in a file, bytes or PEM text; `LoadError` for none or several."""
        data, where = read_source(source)
        found = crl_ders(data, where=where)
        if len(found) != 1:
            message = f"{where or 'the input'} holds {len(found)} CRLs where one is wanted"
            raise LoadError(message, found=f"{len(found)} CRLs", where=where, remedy="give one CRL a file")
        return cls.from_der(found[0])

    @classmethod
    def from_pem(cls, data: str | bytes) -> Self:
        """Load the one CRL in PEM text; `LoadError` for none, several or a broken one."""
        return cls.load(data.encode("utf-8", "replace") if isinstance(data, str) else data)

    @classmethod
    def from_der(cls, data: bytes) -> Self:
        """Take one DER CRL; `LoadError` where it is not exactly that."""
        if len(data) > MAX_CRL_BYTES:
            message = f"a CRL of {len(data)} bytes is over the limit of {MAX_CRL_BYTES}"
            raise LoadError(message, found="an oversized CRL", remedy="use the CRL of a single distribution point")
        crl = cls(bytes(data))
        try:
            names.check(crl.slices.issuer)
            _ = crl.entries
        except der.DerError as error:
            message = f"the bytes are not a DER CRL: {error}"
            raise LoadError(message, found="bytes that are no CRL", remedy="fetch the CRL again") from None
        return crl

    def to_pem(self) -> str:
        """Return the list as PEM (RFC 7468), with its final newline."""
        return pem.encode(self.der, "X509 CRL")

    @cached_property
    def slices(self) -> CrlSlices:
        """The pieces of the list as they stand in the DER."""
        return cut(self.der)

    @property
    def issuer(self) -> str:
        """The issuer, as people read it."""
        return names.display(self.slices.issuer)

    @property
    def this_update(self) -> datetime | None:
        """When the list was made (aware, UTC); None where the field is malformed."""
        return times.parse(self.slices.this_update)

    @property
    def next_update(self) -> datetime | None:
        """When the next list is due (aware, UTC); None where the list does not say."""
        return times.parse(self.slices.next_update) if self.slices.next_update else None

    @property
    def crl_number(self) -> int | None:
        """The number of the list (RFC 5280 §5.2.3), or None."""
        return self._decoded(extensions.CRL_NUMBER, extensions.integer)

    @property
    def is_delta(self) -> bool:
        """Whether the list only says what changed since another one (RFC 5280 §5.2.4)."""
        return self._decoded(extensions.DELTA_CRL, extensions.integer) is not None

    @cached_property
    def authority_key_identifier(self) -> AuthorityKeyIdentifier | None:
        """Which key signed the list, or None where it does not say."""
        return self._decoded(extensions.AUTHORITY_KEY_IDENTIFIER, extensions.authority_key_identifier)

    @cached_property
    def scope(self) -> IssuingDistributionPoint | None:
        """What the list speaks for (RFC 5280 §5.2.5), or None where it speaks for everything."""
        return self._decoded(extensions.ISSUING_DISTRIBUTION_POINT, issuing_distribution_point)

    @cached_property
    def unhandled_critical(self) -> str | None:
        """The OID of a critical extension, of the list or an entry, that OpenSSL does not handle."""
        listed = (found.oid for found in self.slices.extensions if found.critical and found.oid not in _HANDLED)
        oid = next(listed, self._entries[1])
        return None if oid is None else der.oid_text(oid)

    @property
    def entries(self) -> dict[int, tuple[RevokedEntry, ...]]:
        """The revoked certificates, by serial number."""
        return self._entries[0]

    @cached_property
    def _entries(self) -> tuple[dict[int, tuple[RevokedEntry, ...]], bytes | None]:
        return read_entries(self.slices.revoked)

    def entry_for(self, serial: int, issuer: bytes) -> RevokedEntry | None:
        """Return the entry for the certificate ``serial`` of ``issuer`` (a canonical name), if it is revoked."""
        for entry in self.entries.get(serial, ()):
            whose = [names.canonical(self.slices.issuer)]
            if entry.issuers is not None:
                directories = (name.value for name in entry.issuers if name.tag == extensions.DIRECTORY)
                whose = list(map(names.canonical, directories))
            if issuer in whose:
                return entry
        return None

    def revoked_at(self, serial: int) -> datetime | None:
        """Return since when the certificate ``serial`` is revoked (aware, UTC); None where it is not or none can tell.

        The times are not kept, for a list has very many: it is read through again.
        """
        found = (at for number, at, _ in _raw_entries(self.slices.revoked) if number == serial)
        return next(map(times.parse, found), None)

    def _decoded(self, oid: bytes, decode: Callable[[bytes], T]) -> T | None:
        # A malformed or repeated extension of a CRL is as good as none to OpenSSL.
        try:
            return _decoded(self.slices.extensions, oid, decode, None)
        except der.DerError:
            return None

    def __repr__(self) -> str:
        due = f"{self.next_update:%Y-%m-%d}" if self.next_update else "never"
        return f"<RevocationList {self.issuer!r} next update {due} {len(self.entries)} revoked>"


@attrs.frozen(kw_only=True)
class CrlSlices:
    """The pieces of one CRL (RFC 5280 §5.1)."""

    tbs: bytes
    inner_algorithm: bytes
    issuer: bytes
    this_update: times.EncodedTime
    next_update: times.EncodedTime | None
    revoked: bytes
    extensions: tuple[Extension, ...]
    outer_algorithm: bytes
    signature: bytes


def cut(crl: bytes) -> CrlSlices:
    """Cut a DER CRL; `DerError` where the structure of RFC 5280 §5.1 is not there."""
    outer = Reader(crl, 0, len(crl))
    body = outer.inside(der.SEQUENCE)
    outer.finish()
    tbs = body.whole(der.SEQUENCE)
    outer_algorithm = body.whole(der.SEQUENCE)
    signature = body.content(der.BIT_STRING)
    body.finish()
    fields = Reader(tbs, 0, len(tbs)).inside(der.SEQUENCE)
    if fields.tag == der.INTEGER:
        fields.content(der.INTEGER)
    slices = CrlSlices(
        tbs=tbs,
        inner_algorithm=fields.whole(der.SEQUENCE),
        issuer=fields.whole(der.SEQUENCE),
        this_update=fields.time(),
        next_update=fields.time() if fields.tag in {der.UTC_TIME, der.GENERALIZED_TIME} else None,
        revoked=fields.whole(der.SEQUENCE) if fields.tag == der.SEQUENCE else b"",
        extensions=_extensions(fields),
        outer_algorithm=outer_algorithm,
        signature=signature,
    )
    fields.finish()
    return slices


def _extensions(fields: Reader) -> tuple[Extension, ...]:
    if fields.tag is None:
        return ()
    wrapped = fields.inside(_WRAPPED_EXTENSIONS)
    found = _listed(wrapped.inside(der.SEQUENCE))
    wrapped.finish()
    return found


def _listed(listed: Reader) -> tuple[Extension, ...]:
    found = []
    while listed.tag is not None:
        found.append(listed.extension())
    return tuple(found)


def read_entries(revoked: bytes) -> tuple[dict[int, tuple[RevokedEntry, ...]], bytes | None]:
    """Read the revoked certificates: (entries by serial number, the OID of an unhandled critical extension).

    The issuer of an entry holds for those that follow it (RFC 5280 §5.3.3). After the first entry
    whose issuer or reason cannot be read, OpenSSL looks at no entry's extensions any more.
    """
    found: dict[int, tuple[RevokedEntry, ...]] = {}
    issuers: tuple[GeneralName, ...] | None = None
    unhandled: bytes | None = None
    is_readable = True
    for serial, _, own in _raw_entries(revoked):
        whose, reason = None, None
        if is_readable:
            try:
                whose = issuers = _decoded(own, extensions.CERTIFICATE_ISSUER, extensions.general_names, issuers)
                reason = _decoded(own, extensions.CRL_REASON, extensions.enumerated, None)
            except der.DerError:
                is_readable = False
            else:
                critical = (one.oid for one in own if one.critical and one.oid != extensions.CERTIFICATE_ISSUER)
                unhandled = unhandled or next(critical, None)
        found[serial] = (*found.get(serial, ()), RevokedEntry(reason=reason, issuers=whose))
    return found, unhandled


def _raw_entries(revoked: bytes) -> Iterator[tuple[int, times.EncodedTime, tuple[Extension, ...]]]:
    """Yield the serial number, the time and the extensions of each entry."""
    if not revoked:
        return
    listed = Reader(revoked, 0, len(revoked)).inside(der.SEQUENCE)
    while listed.tag is not None:
        fields = listed.inside(der.SEQUENCE)
        serial = der.integer(fields.content(der.INTEGER))
        at = fields.time()
        own = _listed(fields.inside(der.SEQUENCE)) if fields.tag is not None else ()
        fields.finish()
        yield serial, at, own


def _decoded(own: tuple[Extension, ...], oid: bytes, decode: Callable[[bytes], T], absent: T) -> T:
    """Decode the one extension with that OID; `DerError` where it is malformed or there twice."""
    found = [one.value for one in own if one.oid == oid] if own else []
    if not found:
        return absent
    if len(found) > 1:
        raise der.DerError("an extension that is there twice")
    return decode(found[0])


_ONE = (RevocationList, bytes, bytearray, memoryview, str)


def revocation_lists(
    values: RevocationList | bytes | str | Iterable[RevocationList | bytes | str],
) -> tuple[RevocationList, ...]:
    """Make CRLs of CRLs, DER or PEM; PEM may hold several, and one by itself will do.

    Raises `LoadError` for what holds none, `TypeError` for something else.
    """
    found: list[RevocationList] = []
    for value in (values,) if isinstance(values, _ONE) else values:
        if isinstance(value, RevocationList):
            found.append(value)
        elif not isinstance(value, _ONE):
            raise TypeError(f"a CRL is a RevocationList, or its DER or PEM as bytes or str, not {type(value).__name__}")
        else:
            data = value.encode("utf-8", "replace") if isinstance(value, str) else bytes(value)
            found.extend(map(RevocationList.from_der, crl_ders(data, where="the CRL")))
    return tuple(found)
