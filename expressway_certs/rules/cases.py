"""What waits to be judged besides the legs: files on their way onto a page, requests, and what a CA made of one."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Self

import attrs

from expressway_certs.product.deployment import Deployment, Upload
from expressway_certs.product.key_file import KeyFile
from expressway_certs.product.nodes import Expressway
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files.contents import contents
from expressway_certs.x509.files.identify import identify
from expressway_certs.x509.files.report import FileKind, FileReport
from expressway_certs.x509.files.shapes import Shape
from expressway_certs.x509.request import CertificateRequest
from expressway_certs.x509.revocation_list import RevocationList, revocation_lists
from expressway_certs.x509.trust_store import TrustStore

_CONSUMER = "Expressway"
_SEVERAL = frozenset({FileKind.CHAIN, FileKind.BUNDLE})
_PEM_CERTIFICATES = _SEVERAL | {FileKind.CERTIFICATE, FileKind.CERTIFICATE_AND_KEY}


@attrs.frozen(kw_only=True)
class UploadCase:
    """A file on its way onto the page Server certificate or Client certificate."""

    upload: Upload
    node: Expressway

    @property
    def key_file(self) -> KeyFile | None:
        """The private key file that goes with it, where there is one."""
        return self.upload.private_key

    @cached_property
    def file(self) -> FileReport:
        """What the file is."""
        return identify(self.upload.file, consumer=_CONSUMER)

    @property
    def is_pem(self) -> bool:
        """Whether the page takes the format."""
        return self.file.is_ready or (self.holds_several and not self.file.problems)

    @cached_property
    def certificate(self) -> Certificate | None:
        """The certificate that the file is about: its leaf, in whatever format; None where it has none."""
        leaves = [one for one in self.file.certificates if one.role == "leaf"]
        return next(iter((*leaves, *self.file.certificates)), None)

    @property
    def holds_several(self) -> bool:
        """Whether there are other certificates in the file."""
        return self.file.kind in _SEVERAL


@attrs.frozen(kw_only=True)
class CaUploadCase:
    """A file on its way onto the page Trusted CA certificate, which appends what is in it to the node's list."""

    upload: Upload
    node: Expressway

    @cached_property
    def file(self) -> FileReport:
        """What the file is."""
        return identify(self.upload.file, consumer=_CONSUMER)

    @property
    def is_pem(self) -> bool:
        """Whether the file is PEM certificates as they are, with a private key among them or without."""
        return self.file.kind in _PEM_CERTIFICATES and not self.file.problems

    @property
    def new(self) -> tuple[Certificate, ...]:
        """The certificates that the list does not have yet, each once, in the order of the file."""
        return tuple(dict.fromkeys(one for one in self.file.certificates if one not in self.node.trusted_ca))

    @cached_property
    def after(self) -> TrustStore:
        """The list as it is once the certificates of the file stand at its end, whatever the file's format."""
        return self.node.trusted_ca.adding(*self.new)

    @property
    def crls_after(self) -> tuple[RevocationList, ...]:
        """The CRLs in the node's CA file once those of this file are in it."""
        return tuple(dict.fromkeys((*self.node.trusted_ca_crls, *self.revocation_lists)))

    @property
    def revocation_lists(self) -> tuple[RevocationList, ...]:
        """The CRLs in the file; none where one of them cannot be read (`crl_fault`)."""
        return self._crls[0]

    @property
    def crl_fault(self) -> LoadError | None:
        """What is wrong with a CRL in the file; None where nothing is, or there is none."""
        return self._crls[1]

    @cached_property
    def _crls(self) -> tuple[tuple[RevocationList, ...], LoadError | None]:
        try:
            return revocation_lists([self.upload.file]), None
        except LoadError as error:
            return (), error if self._has_crl_block else None

    @property
    def _has_crl_block(self) -> bool:
        try:
            return contents(self.upload.file).count(Shape.CRL) > 0
        except LoadError:
            return False


@attrs.frozen(kw_only=True)
class RequestCase:
    """A request that was made for a node."""

    request: CertificateRequest
    node: Expressway


@attrs.frozen(kw_only=True)
class SigningCase:
    """A request, and the certificate that a CA made of it, in the file of an ``upload``; ``node`` is who it is for."""

    request: CertificateRequest
    certificate: Certificate
    node: str
    upload: Upload | None = None


def _uploads(values: Iterable[UploadCase]) -> tuple[UploadCase, ...]:
    return tuple(values)


def _ca_uploads(values: Iterable[CaUploadCase]) -> tuple[CaUploadCase, ...]:
    return tuple(values)


def _requests(values: Iterable[RequestCase]) -> tuple[RequestCase, ...]:
    return tuple(values)


def _signings(values: Iterable[SigningCase]) -> tuple[SigningCase, ...]:
    return tuple(values)


@attrs.frozen(kw_only=True)
class Cases:
    """Everything that waits to be judged besides the legs."""

    uploads: tuple[UploadCase, ...] = attrs.field(default=(), converter=_uploads)
    ca_uploads: tuple[CaUploadCase, ...] = attrs.field(default=(), converter=_ca_uploads)
    requests: tuple[RequestCase, ...] = attrs.field(default=(), converter=_requests)
    signings: tuple[SigningCase, ...] = attrs.field(default=(), converter=_signings)

    @classmethod
    def of(cls, deployment: Deployment) -> Self:
        """Return what waits in a deployment: its uploads, and the pending requests of its nodes."""
        pairs = [(upload, deployment.expressway(upload.node)) for upload in deployment.uploads]
        uploads = [UploadCase(upload=upload, node=node) for upload, node in pairs if upload.store != "trusted-ca"]
        signings = [
            SigningCase(
                request=case.node.pending_request,
                certificate=case.certificate,
                node=case.node.name,
                upload=case.upload,
            )
            for case in uploads
            if case.node.pending_request is not None and case.certificate is not None
        ]
        return cls(
            uploads=uploads,
            ca_uploads=[CaUploadCase(upload=one, node=node) for one, node in pairs if one.store == "trusted-ca"],
            requests=[
                RequestCase(request=node.pending_request, node=node)
                for node in deployment.nodes
                if node.pending_request is not None
            ],
            signings=signings,
        )
