"""What the rules about an upload share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from expressway_certs.product.behaviours import Behaviour
from expressway_certs.product.changes import Change, ReplaceUpload, Store, WithdrawUpload
from expressway_certs.product.changes.certificates import MOST_DAYS
from expressway_certs.product.provenance import Source
from expressway_certs.rules import requests
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


def hit(context: Context, case: UploadCase, message: str, *words: str, sources: Iterable[Source], **more: Any) -> Hit:
    """Return a hit about an upload: what was looked at goes by its name in `Evidence`, the rest as in `Hit`.

    ``evidence`` stands for all of that where it is OpenSSL's verdict. ``changes`` are those of the remedy: left out,
    another certificate in place of the one in the file.
    """
    looked_at: Mapping[str, Any] = {name: more.pop(name) for name in _FOUND & more.keys()}
    changes = more.pop("changes") if "changes" in more else another(context, case)
    return Hit(
        message=message,
        cause=(case.node.name, case.upload),
        node=case.node.name,
        remedy=Remedy(before=words, changes=changes),
        evidence=more.pop("evidence", None) or Evidence(certificate=case.certificate, **looked_at),
        sources=tuple(sources),
        **more,
    )


def waits(context: Context, case: UploadCase) -> bool:
    """Whether the file waits in the deployment, so that a change can leave it out."""
    return case.upload in context.deployment.uploads


def by_hand(context: Context, case: UploadCase, *words: str) -> tuple[str, ...]:
    """Return words for what a change says of a file that waits, and nothing says of one that does not."""
    return () if waits(context, case) else words


def withdrawn(context: Context, case: UploadCase) -> list[Change]:
    """Return the change that leaves the file out, where it waits."""
    return [WithdrawUpload(upload=case.upload)] if waits(context, case) else []


def instead(context: Context, case: UploadCase, **fields: Any) -> list[Change]:
    """Return the change that puts another file in the place of one that waits."""
    return [ReplaceUpload(upload=case.upload, new=attrs.evolve(case.upload, **fields))] if waits(context, case) else []


def another(
    context: Context, case: UploadCase, *, not_from: Iterable[str] = (), most_days: int = MOST_DAYS
) -> list[Change]:
    """Return the changes to another certificate: the file left out, and the exact request for each store."""
    asked = [requests.for_store(context, case.node, one, not_from=not_from) for one in stores(case)]
    return [*withdrawn(context, case), *(attrs.evolve(one, most_days=most_days) for one in asked)]


def stores(case: UploadCase) -> tuple[Store, ...]:
    """Return the stores that the certificate goes into: the copy box of the page Server certificate makes it two."""
    if case.upload.store == "client":
        return ("client",)
    return ("server", "client") if case.upload.copy_to_client else ("server",)
