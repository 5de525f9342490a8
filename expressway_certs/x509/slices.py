"""A certificate cut into the pieces that RFC 5280 §4.1 names, each as it stands in the DER."""

from __future__ import annotations

from functools import lru_cache

import attrs

from expressway_certs.x509 import der

_VERSION = 0xA0
_ISSUER_ID = 0x81
_SUBJECT_ID = 0x82
_EXTENSIONS = 0xA3
_UNIQUE_IDS = frozenset({_ISSUER_ID, _SUBJECT_ID, 0xA1, 0xA2})
# Of longer extensions few are the same, and to keep them takes memory.
_SHORT = 256


@attrs.frozen
class Extension:
    """One extension: its OID's content octets, whether it is critical, and its value's DER."""

    oid: bytes
    critical: bool
    value: bytes


@attrs.frozen(kw_only=True)
class Slices:
    """The pieces of one certificate; ``version`` is 0 for X.509 v1, 2 for v3."""

    tbs: bytes
    version: int
    serial: bytes
    inner_algorithm: bytes
    issuer: bytes
    not_before: tuple[int, bytes]
    not_after: tuple[int, bytes]
    subject: bytes
    public_key_info: bytes
    extensions: tuple[Extension, ...]
    outer_algorithm: bytes
    signature: bytes
    """The content of the BIT STRING, the count of unused bits first."""

    def find(self, oid: bytes) -> Extension | None:
        """Return the first extension with that OID, if any."""
        return next((extension for extension in self.extensions if extension.oid == oid), None)


class Reader:
    """Walks over the members of one constructed value; every step raises `DerError` where it cannot."""

    def __init__(self, data: bytes, start: int, end: int) -> None:
        self._data = data
        self._at = start
        self._end = end

    @property
    def tag(self) -> int | None:
        """The tag of the next member; None at the end."""
        return self._data[self._at] if self._at < self._end else None

    def whole(self, tag: int) -> bytes:
        """Take the next member, tag and length included."""
        start = self._at
        _, self._at = der.expect(self._data, start, self._end, tag)
        return self._data[start : self._at]

    def content(self, tag: int) -> bytes:
        """Take the content of the next member."""
        start, self._at = der.expect(self._data, self._at, self._end, tag)
        return self._data[start : self._at]

    def time(self) -> tuple[int, bytes]:
        """Take the next member, which must be a time of either kind, as (tag, content)."""
        tag, start, self._at = der.read(self._data, self._at, self._end)
        if tag not in {der.UTC_TIME, der.GENERALIZED_TIME}:
            msg = "no time where one belongs"
            raise der.DerError(msg)
        return tag, self._data[start : self._at]

    def inside(self, tag: int) -> Reader:
        """Take the next member and return a reader of its own members."""
        start, stop = der.expect(self._data, self._at, self._end, tag)
        self._at = stop
        return Reader(self._data, start, stop)

    def extension(self) -> Extension:
        """Take the next member, which must be an Extension."""
        start = self._at
        _, self._at = der.expect(self._data, start, self._end, der.SEQUENCE)
        encoded = self._data[start : self._at]
        return _known_extension(encoded) if len(encoded) <= _SHORT else _extension(encoded)

    def finish(self) -> None:
        """Make sure that nothing is left."""
        if self._at != self._end:
            msg = "bytes are left over"
            raise der.DerError(msg)


def _extension(encoded: bytes) -> Extension:
    # Without a reader of its own, for they are half of what there is to read in a certificate.
    start, stop = der.expect(encoded, 0, len(encoded), der.SEQUENCE)
    oid, at = der.expect(encoded, start, stop, der.OID)
    kind, critical = encoded[oid:at], False
    if at < stop and encoded[at] == der.BOOLEAN:
        flag, at = der.expect(encoded, at, stop, der.BOOLEAN)
        critical = der.boolean(encoded[flag:at])
    value, end = der.expect(encoded, at, stop, der.OCTET_STRING)
    if end != stop:
        msg = "bytes are left over"
        raise der.DerError(msg)
    return Extension(kind, critical, encoded[value:end])


_known_extension = lru_cache(maxsize=1024)(_extension)
"""Certificates of one CA have the same extensions over and over, all but two of them."""


def cut(certificate: bytes) -> Slices:
    """Cut a DER certificate; `DerError` where the structure of RFC 5280 §4.1 is not there."""
    outer = Reader(certificate, 0, len(certificate))
    body = outer.inside(der.SEQUENCE)
    outer.finish()
    tbs = body.whole(der.SEQUENCE)
    outer_algorithm = body.whole(der.SEQUENCE)
    signature = body.content(der.BIT_STRING)
    body.finish()
    fields = Reader(tbs, 0, len(tbs)).inside(der.SEQUENCE)
    version = der.integer(fields.inside(_VERSION).content(der.INTEGER)) if fields.tag == _VERSION else 0
    serial = fields.content(der.INTEGER)
    inner_algorithm = fields.whole(der.SEQUENCE)
    issuer = fields.whole(der.SEQUENCE)
    validity = fields.inside(der.SEQUENCE)
    return Slices(
        tbs=tbs,
        version=version,
        serial=serial,
        inner_algorithm=inner_algorithm,
        issuer=issuer,
        not_before=validity.time(),
        not_after=validity.time(),
        subject=fields.whole(der.SEQUENCE),
        public_key_info=fields.whole(der.SEQUENCE),
        extensions=_extensions(fields),
        outer_algorithm=outer_algorithm,
        signature=signature,
    )


def _extensions(fields: Reader) -> tuple[Extension, ...]:
    while fields.tag in _UNIQUE_IDS:
        fields.content(fields.tag or 0)
    if fields.tag is None:
        return ()
    wrapped = fields.inside(_EXTENSIONS)
    fields.finish()
    listed = wrapped.inside(der.SEQUENCE)
    wrapped.finish()
    found = []
    while listed.tag is not None:
        found.append(listed.extension())
    return tuple(found)
