"""What the rules about an upload share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from expressway_certs.product.behaviours import Behaviour
from expressway_certs.product.changes import Store
from expressway_certs.product.provenance import Source
from expressway_certs.rules.cases import UploadCase
from expressway_certs.rules.finding import Evidence, Hit, Remedy
from expressway_certs.rules.rule import Context, NotApplicableError
from expressway_certs.x509.certificate import Certificate

NEEDS_NEW = "Get a new certificate from the CA, {}."
_FOUND = {"extension", "expected", "found"}

Judged = tuple[UploadCase, Certificate]


def cases(context: Context) -> tuple[UploadCase, ...]:
    """Return what waits to be uploaded; `NotApplicableError` where nothing does."""
    if not context.cases.uploads:
        raise NotApplicableError("no file waits to be uploaded")
    return context.cases.uploads


def certificates(context: Context) -> Iterator[Judged]:
    """Yield the uploads whose page is there, with the certificate in the file: what format it has is asked apart."""
    for case in cases(context):
        if case.certificate is not None and has_page(case):
            yield case, case.certificate


def has_page(case: UploadCase) -> bool:
    """Whether the node's release has the page, and the box on it, that the upload names."""
    upload = case.upload
    wants_client = upload.store == "client" or upload.copy_to_client
    return not wants_client or case.node.emulation.has(Behaviour.SEPARATE_CLIENT_CERTIFICATE)


def page(case: UploadCase) -> str:
    """Return the menu path of the page."""
    name = "Client" if case.upload.store == "client" else "Server"
    return f"On {case.node.name}: Maintenance > Security > {name} certificate"


def hit(case: UploadCase, message: str, *steps: str, sources: Iterable[Source], **more: Any) -> Hit:
    """Return a hit about an upload: what was looked at goes by its name in `Evidence`, the rest as in `Hit`.

    ``evidence`` stands for all of that where it is OpenSSL's verdict.
    """
    looked_at: Mapping[str, Any] = {name: more.pop(name) for name in _FOUND & more.keys()}
    return Hit(
        message=message,
        cause=(case.node.name, case.upload),
        node=case.node.name,
        remedy=Remedy(steps=steps, changes=more.pop("changes", ())),
        evidence=more.pop("evidence", None) or Evidence(certificate=case.certificate, **looked_at),
        sources=tuple(sources),
        **more,
    )


def stores(case: UploadCase) -> tuple[Store, ...]:
    """Return the stores that the certificate goes into: the copy box of the page Server certificate makes it two."""
    if case.upload.store == "client":
        return ("client",)
    return ("server", "client") if case.upload.copy_to_client else ("server",)
