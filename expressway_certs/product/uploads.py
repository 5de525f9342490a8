"""Files that wait to be uploaded."""

from __future__ import annotations

from typing import Literal

import attrs

from expressway_certs.product.fields import is_name
from expressway_certs.product.key_file import KeyFile, as_key_file
from expressway_certs.x509.typed import typed


def _size(file: bytes) -> str:
    return f"<{len(file)} bytes>"


Page = Literal["server", "client", "trusted-ca"]
"""Where a file is uploaded: the pages Server certificate, Client certificate (X15.5), Trusted CA certificate."""


@attrs.frozen(kw_only=True, field_transformer=typed)
class Upload:
    """A file that somebody means to upload, the node it is for, and the page.

    ``reuse_current_key`` and ``copy_to_client`` are the boxes "Re-use current private key" and (X15.5) "Copy
    server certificate file as client certificate" of the page Server certificate. ``private_key`` is the key file that
    goes with the certificate: a path, bytes or PEM text, of which only what the page looks at is kept, and no key; a
    deployment with one can be neither pickled nor copied deeply. Raises `LoadError` where that file cannot be read,
    `ValueError` for a page that there is not, and for what a page does not offer.
    """

    file: bytes = attrs.field(repr=_size)
    node: str = attrs.field(validator=is_name)
    file_name: str = "certificate.pem"
    store: Page = "server"
    reuse_current_key: bool = False
    copy_to_client: bool = False
    private_key: KeyFile | None = attrs.field(default=None, converter=as_key_file)

    def __attrs_post_init__(self) -> None:
        if self.store != "server" and self.copy_to_client:
            message = "the box to copy a certificate to the client store is on the page Server certificate alone"
            raise ValueError(message)
        if self.store == "trusted-ca" and self.private_key is not None:
            message = "the page Trusted CA certificate takes no private key file"
            raise ValueError(message)
