"""Changes of what waits to be uploaded."""

from __future__ import annotations

from typing import ClassVar

import attrs

from expressway_certs.product.changes.pages import CLIENT_PAGE, SERVER_PAGE, TRUSTED_CA_PAGE
from expressway_certs.product.changes.step import Step
from expressway_certs.product.provenance import Source
from expressway_certs.product.uploads import Upload
from expressway_certs.x509.typed import typed

_PAGES = {"server": SERVER_PAGE, "client": CLIENT_PAGE, "trusted-ca": TRUSTED_CA_PAGE}


@attrs.frozen(kw_only=True, field_transformer=typed)
class WithdrawUpload(Step):
    """Leave out a file that somebody means to upload."""

    sources: ClassVar[tuple[Source, ...]] = (Source("platform.md §1.2", "own choice"),)

    upload: Upload

    @property
    def steps(self) -> tuple[str, ...]:
        """The page that it does not go to."""
        upload = self.upload
        return (f"On {upload.node}: do not upload {upload.file_name} as it is on {_PAGES[upload.store]}.",)


@attrs.frozen(kw_only=True, field_transformer=typed)
class ReplaceUpload(Step):
    """Upload another file in place of one that somebody means to upload: the same content in another form."""

    sources: ClassVar[tuple[Source, ...]] = (Source("platform.md §1.1: CG155-load, T-221624"),)

    upload: Upload
    new: Upload

    @property
    def steps(self) -> tuple[str, ...]:
        """The page that it goes to."""
        old, new = self.upload, self.new
        what = f"{new.file_name} in place of {old.file_name}"
        if attrs.evolve(old, copy_to_client=new.copy_to_client) == new:
            what = f"{new.file_name} with{'' if new.copy_to_client else 'out'} the box to copy it as client certificate"
        return (f"On {new.node}: {_PAGES[new.store]}: upload {what}.",)
