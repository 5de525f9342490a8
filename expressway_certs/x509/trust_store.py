"""A trust store: certificates in the order in which the product would find them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Self

import attrs

from expressway_certs.x509.certificate import Certificate, Source, load_certificates
from expressway_certs.x509.notebook import as_html
from expressway_certs.x509.typed import typed
from expressway_certs.x509.wanted import as_certificates


def _each_once(values: Iterable[Certificate]) -> tuple[Certificate, ...]:
    # OpenSSL's store keeps the first of two copies.
    return tuple(dict.fromkeys(as_certificates(values)))


@attrs.frozen(repr=False, field_transformer=typed)
class TrustStore:
    """An ordered list of trusted certificates, each once. Order decides: the first fitting issuer is taken.

    It may hold roots, intermediates and leaves; which of them ends a chain is the judge's affair.

    >>> store = TrustStore.load("root.pem", name="expc1 trusted CAs")
    >>> store.adding(Certificate.load("intermediate.pem"))
    <TrustStore 'expc1 trusted CAs' 1 root, 1 intermediate>
    >>> Certificate.load("root.pem") in store
    True
    """

    certificates: tuple[Certificate, ...] = attrs.field(default=(), converter=_each_once)
    name: str = ""

    @classmethod
    def load(cls, source: Source, name: str = "", *, password: str | bytes | None = None) -> Self:
        """Load every certificate in a file, bytes or PEM text, in order; `LoadError` where there is none."""
        default = os.fspath(source) if isinstance(source, os.PathLike) else ""
        return cls(load_certificates(source, password=password), name or str(default))

    def adding(self, *certificates: Certificate) -> Self:
        """Return the store with ``certificates`` after those it has."""
        return attrs.evolve(self, certificates=(*self.certificates, *certificates))

    def removing(self, *certificates: Certificate) -> Self:
        """Return the store without ``certificates``; one that is not in it is passed over."""
        gone = set(as_certificates(certificates))
        return attrs.evolve(self, certificates=tuple(kept for kept in self.certificates if kept not in gone))

    @property
    def roots(self) -> tuple[Certificate, ...]:
        """The self-signed CA certificates, in order."""
        return tuple(certificate for certificate in self.certificates if certificate.role == "root")

    @property
    def intermediates(self) -> tuple[Certificate, ...]:
        """The CA certificates that are not self-signed, in order."""
        return tuple(certificate for certificate in self.certificates if certificate.role == "intermediate")

    def with_subject(self, canonical_name: bytes) -> tuple[Certificate, ...]:
        """Return the certificates with that subject, in order; the name as OpenSSL compares it."""
        return self._by_subject.get(canonical_name, ())

    @cached_property
    def _by_subject(self) -> dict[bytes, tuple[Certificate, ...]]:
        return by_subject(self.certificates)

    @cached_property
    def _members(self) -> frozenset[Certificate]:
        return frozenset(self.certificates)

    @cached_property
    def memory(self) -> dict[object, object]:
        """What others have worked out about the store and may drop again; gone with it, and never sent along."""
        return {}

    def __iter__(self) -> Iterator[Certificate]:
        return iter(self.certificates)

    def __len__(self) -> int:
        return len(self.certificates)

    def __contains__(self, certificate: object) -> bool:
        return certificate in self._members

    _repr_html_ = as_html

    def __repr__(self) -> str:
        roles = [certificate.role for certificate in self.certificates]
        counts = [(roles.count(role), role) for role in ("root", "intermediate", "leaf")]
        names = {"leaf": "leaves"}
        listed = ", ".join(
            f"{count} {role if count == 1 else names.get(role, f'{role}s')}" for count, role in counts if count
        )
        return f"<TrustStore {self.name!r} {listed or 'empty'}>"


def as_trust_store(value: TrustStore | Iterable[Certificate]) -> TrustStore:
    """Return certificates as a trust store; one that is given is kept."""
    return value if isinstance(value, TrustStore) else TrustStore(value)


def as_optional_trust_store(value: TrustStore | Iterable[Certificate] | None) -> TrustStore | None:
    """Return certificates as a trust store, and None where there are none to speak of."""
    return None if value is None else as_trust_store(value)


def by_subject(certificates: Iterable[Certificate]) -> dict[bytes, tuple[Certificate, ...]]:
    """Group certificates by subject, as OpenSSL compares names, keeping their order."""
    found: dict[bytes, list[Certificate]] = {}
    for certificate in certificates:
        found.setdefault(certificate.view.subject, []).append(certificate)
    return {subject: tuple(group) for subject, group in found.items()}
